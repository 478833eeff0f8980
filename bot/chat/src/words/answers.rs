//! What one person is told who asks: nothing of it changes anything.

use incident::command::Verb;
use incident::remediation::Remediation;
use incident::{HostName, Proposal, ProposalId};

use crate::locale::{Locale, say};
use crate::text;

/// What a step would do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Would {
    /// Run.
    Run,
    /// Run, and change nothing.
    ChangeNothing,
    /// Be refused by the host; why, in its words.
    BeRefused(String),
}

impl Locale {
    /// What stands above a dry run.
    #[must_use]
    pub fn dry_run_of(self, id: &ProposalId, host: &HostName) -> String {
        say!(
            self,
            "Dry run of {id} on {host}: nothing was changed",
            "在 {host} 上试运行 {id}：没有做任何改动"
        )
    }

    /// What a step would do.
    #[must_use]
    pub fn would(self, would: &Would) -> &'static str {
        match would {
            Would::Run => self.say("would run", "会执行"),
            Would::ChangeNothing => self.say("would change nothing", "不会有任何改动"),
            Would::BeRefused(_) => self.say("would be refused", "会被拒绝"),
        }
    }

    /// What is not any more as it was when a fix was offered.
    #[must_use]
    pub fn was_and_is(self, key: &str, was: &str, is: Option<&str>) -> String {
        match is {
            Some(is) => say!(
                self,
                "{key} was {was} and is {is} now",
                "{key} 原为 {was}，现在是 {is}"
            ),
            None => say!(
                self,
                "{key} was {was} and is gone now",
                "{key} 原为 {was}，现在已不存在"
            ),
        }
    }

    /// A step of a dry run: what it would do, and what is to be known of that.
    #[must_use]
    pub fn rehearsed(self, step: &str, would: &Would, note: &str) -> String {
        let told = self.headed(step, self.would(would));
        if note.is_empty() {
            told
        } else {
            say!(self, "{told}; {note}", "{told}；{note}")
        }
    }

    /// Everything that is known of a proposal, a line each. `title` is what it is called, `because` what it answers, in words.
    #[must_use]
    pub fn details(
        self,
        one: &Proposal,
        title: &str,
        because: Option<(&str, &str)>,
    ) -> Vec<String> {
        let (id, host, key, digest) = (&one.id, &one.host, &one.host_key, one.digest());
        let (runbook, version) = (&one.runbook, one.runbook_version);
        let mut lines = vec![
            self.headed(id.as_str(), title),
            say!(self, "on {host} ({key})", "主机 {host}（{key}）"),
            say!(
                self,
                "runbook {runbook} version {version}",
                "处置手册 {runbook}，版本 {version}"
            ),
            say!(self, "digest {digest}", "摘要 {digest}"),
        ];
        if let Some((title, detail)) = because {
            lines.push(say!(self, "because {title}", "原因：{title}"));
            lines.push(detail.to_owned());
        }
        for (n, step) in one.steps.iter().enumerate() {
            lines.push(format!("{}. {}", n + 1, self.step(step)));
            lines.push(format!("   {}", text::words(&step.argv())));
        }
        let undo = self.undo(one.undo);
        lines.push(say!(self, "undo: {undo}", "撤销：{undo}"));
        lines.extend(one.undo_words.iter().map(|words| format!("   {words}")));
        if !one.diff.is_empty() {
            lines.push(text::exact(&one.diff));
        }
        lines
    }

    /// What an account lacks that was asked for while the journal was behind.
    #[must_use]
    pub const fn behind(self) -> &'static str {
        self.say(
            "What was said last is not in it: the journal is behind",
            "其中没有最近说的话：审计日志还没有跟上",
        )
    }

    /// A fix that is open.
    #[must_use]
    pub fn open(self, id: &ProposalId, title: &str) -> String {
        say!(self, "Open: {id}: {title}", "待处理：{id}：{title}")
    }

    /// A fix that waits or runs, and where.
    #[must_use]
    pub fn at_work(self, one: &Remediation, title: &str) -> String {
        let (id, host) = (&one.proposal.id, &one.proposal.host);
        say!(self, "{id} on {host}: {title}", "{host} 上的 {id}：{title}")
    }

    /// There is no host for whoever asked.
    #[must_use]
    pub const fn no_hosts(self) -> &'static str {
        self.say(
            "there is no host that you may ask about here",
            "这里没有你可以使用的主机",
        )
    }

    /// Nothing is open.
    #[must_use]
    pub const fn nothing_open(self) -> &'static str {
        self.say(
            "nothing waits and nothing runs",
            "没有待批准的修复，也没有正在执行的操作",
        )
    }

    /// A piece of evidence above its text.
    #[must_use]
    pub fn evidence_head(self, id: &str, host: &HostName, key: &str) -> String {
        say!(self, "{id} on {host}: {key}", "{id}（{host}）：{key}")
    }

    /// Lines of a text that are left out.
    #[must_use]
    pub fn more_lines(self, more: usize) -> String {
        say!(self, "… {more} more lines", "…… 另有 {more} 行")
    }

    /// A text that was taken out of the journal.
    #[must_use]
    pub const fn erased(self) -> &'static str {
        self.say("(erased)", "（已清除）")
    }

    /// No runbook fits these words.
    #[must_use]
    pub const fn no_runbook(self) -> &'static str {
        self.say("No runbook fits.", "没有适用的处置手册。")
    }

    /// Runbooks that are left out.
    #[must_use]
    pub fn more_runbooks(self, more: usize) -> String {
        say!(
            self,
            "and {more} more; name a word of what you look for",
            "另有 {more} 篇；请再给一个关键词"
        )
    }

    /// What can be asked: these.
    #[must_use]
    pub fn help(self, verbs: impl Iterator<Item = Verb>) -> String {
        let lines = verbs.map(|verb| {
            let what = self.what_it_does(verb.word());
            let usage = self.usage(verb.word());
            format!("/sickbay {usage} — {what}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What Sickbay's own command is for.
    pub(crate) fn what_sickbay_does(self) -> &'static str {
        self.say(
            "Diagnose, approve, read runbooks",
            "诊断主机、批准修复、查看处置手册",
        )
    }

    /// What the box for hosts takes.
    pub(crate) fn box_for_hosts(self) -> &'static str {
        self.say(
            "A host, several with commas, @group, role=web, or localhost",
            "一台主机；多台用逗号分隔；也可以是 @组、role=web 或 localhost",
        )
    }

    /// What the box for the symptom takes.
    pub(crate) fn box_for_symptom(self) -> &'static str {
        self.say("What is wrong, in your words", "用自己的话说明哪里有问题")
    }

    /// What the box for a fix takes.
    pub(crate) fn box_for_fix(self) -> &'static str {
        self.say("Which fix: the name on its card", "哪个修复：卡片上的编号")
    }

    /// What the box for a fix takes that may stay empty.
    pub(crate) fn box_for_any_fix(self) -> &'static str {
        self.say(
            "Which fix; in an incident's thread the only one that waits",
            "哪个修复；在故障的讨论串中默认为唯一待批准的那个",
        )
    }

    /// What the box for a finding code takes.
    pub(crate) fn box_for_code(self) -> &'static str {
        self.say("A code such as fs.full", "发现代码，例如 fs.full")
    }

    /// What the box for runbooks takes.
    pub(crate) fn box_for_runbook(self) -> &'static str {
        self.say(
            "The name of a runbook, or words that it speaks of",
            "处置手册的名称，或其中提到的词",
        )
    }

    /// What the box for an incident takes.
    pub(crate) fn box_for_incident(self) -> &'static str {
        self.say(
            "Which incident; in a thread its own",
            "哪个故障；在讨论串中默认为其所属的故障",
        )
    }

    /// What the box for a note takes.
    pub(crate) fn box_for_note(self) -> &'static str {
        self.say(
            "How it was resolved, in your words",
            "用自己的话说明如何解决",
        )
    }

    /// What the box for what is to be captured takes.
    pub(crate) fn box_for_capture(self) -> &'static str {
        self.say(
            "backtrace, syscalls or profile of a process or unit; packets of a port; core of a file",
            "进程或单元的 backtrace、syscalls、profile；端口的 packets；文件的 core",
        )
    }

    /// What a verb does.
    pub(crate) fn what_it_does(self, verb: &str) -> &'static str {
        match verb {
            "diagnose" => self.say(
                "Look at hosts and say what is wrong",
                "检查主机，说明哪里有问题",
            ),
            "capture" => self.say(
                "Look closer, once approved: stacks, system calls, profile, packets, core",
                "经批准后深入查看：调用栈、系统调用、CPU 剖析、报文、崩溃转储",
            ),
            "approve" => self.say("Say yes to a fix", "批准一个修复"),
            "reject" => self.say("Say no to a fix", "拒绝一个修复"),
            "dry-run" => self.say(
                "Show what a fix would do; changes nothing",
                "显示修复会做什么，不做任何改动",
            ),
            "rollback" => self.say("Undo a fix", "撤销一个修复"),
            "summarise" => self.say(
                "What happened in an incident so far",
                "到目前为止发生了什么",
            ),
            "ack" => self.say("Say that you are on it", "表示你正在处理"),
            "resolve" => self.say("Say that an incident is over", "将故障标记为解决"),
            "postmortem" => self.say("Draft an incident's postmortem", "生成故障的复盘草稿"),
            "status" => self.say("What waits and what runs", "待批准和正在执行的操作"),
            "hosts" => self.say("The hosts that can be looked at", "可以检查的主机"),
            "explain" => self.say("What a finding code means", "某个发现代码的含义"),
            "runbook" => self.say("Read a runbook, or look for one", "查看或查找处置手册"),
            _ => self.say("What can be asked", "可以使用的命令"),
        }
    }
}
