//! The sentences that only a terminal needs: whole cards and whole findings, for one person who looks.

use incident::notice::Card;
use incident::{Finding, FindingId, Proposal, ProposalId, ResponderId, Severity, Undo};

use crate::locale::{Locale, say};

impl Locale {
    /// A severity as it stands before a finding, all of one width.
    pub(crate) const fn severity_mark(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Critical => self.say("CRITICAL", "严重"),
            Severity::Warning => self.say("WARNING ", "警告"),
            Severity::Info => self.say("info    ", "提示"),
        }
    }

    /// What a card begins with.
    pub(crate) const fn fix(self) -> &'static str {
        self.say("Fix", "修复")
    }

    /// Which finding a fix answers.
    pub(crate) fn answers(self, finding: &FindingId, title: &str) -> String {
        say!(self, "for {finding} {title}", "针对 {finding} {title}")
    }

    /// What each step leaves for an undo, one after the other; what only looks says what it costs.
    pub(crate) fn undo_by(self, undo: Undo, words: &[&str]) -> String {
        let words = words.join(self.semicolon());
        match undo {
            Undo::Nothing => words,
            Undo::Automatic | Undo::Declared | Undo::Irreversible => {
                say!(self, "undo: {words}", "撤销：{words}")
            }
        }
    }

    /// What parts sentences of one line.
    pub(crate) const fn semicolon(self) -> &'static str {
        self.say("; ", "；")
    }

    /// Where a fix comes from, and how long it can be approved.
    pub(crate) fn origin(self, card: &Card<'_>) -> String {
        let Proposal {
            runbook,
            runbook_version,
            ..
        } = card.proposal;
        let left = card.left;
        say!(
            self,
            "runbook {runbook} v{runbook_version} · expires in {left}",
            "处置手册 {runbook} v{runbook_version} · {left} 后过期"
        )
    }

    /// What stands before a runbook's title.
    pub(crate) fn runbook_for(self, finding: &str) -> String {
        say!(self, "Runbook for {finding}", "{finding} 的处置手册")
    }

    /// What stands before the reason why a fix is not offered.
    pub(crate) const fn not_offered(self) -> &'static str {
        self.say("Not offered", "未提供修复")
    }

    /// What stands before what got no usable answer.
    pub(crate) const fn could_not_check(self) -> &'static str {
        self.say("Could not check", "无法检查")
    }

    /// What got no usable answer and is not shown.
    pub(crate) fn more_unseen(self, more: usize) -> String {
        say!(
            self,
            "and {more} more; --all shows them",
            "另有 {more} 项，用 --all 查看"
        )
    }

    /// What a code's explanation begins with.
    #[must_use]
    pub fn explains_head(self, code: &str, title: &str, severity: &str) -> String {
        say!(
            self,
            "{code} — {title} ({severity})",
            "{code} — {title}（{severity}）"
        )
    }

    /// What is usually done about a finding.
    #[must_use]
    pub fn usually(self, usual: &str) -> String {
        say!(self, "What is usually done: {usual}", "通常的处理：{usual}")
    }

    /// What stands before the runbooks for a code.
    #[must_use]
    pub const fn runbooks(self) -> &'static str {
        self.say("Runbooks:", "处置手册：")
    }

    /// No finding has this code; the codes that begin so, or the one that may have been meant.
    #[must_use]
    pub fn no_code(self, wanted: &str, below: &[&str], near: Option<&str>) -> String {
        let next = match (below, near) {
            ([], None) => self
                .say(
                    "`sickbay explain` lists all codes",
                    "`sickbay explain` 列出全部代码",
                )
                .to_owned(),
            ([], Some(near)) => say!(
                self,
                "did you mean `{near}`? `sickbay explain` lists all codes",
                "是不是 `{near}`？`sickbay explain` 列出全部代码"
            ),
            (below, _) => {
                let below = self.list(below);
                say!(
                    self,
                    "those of this area are {below}",
                    "这一类的代码有 {below}"
                )
            }
        };
        say!(
            self,
            "there is no finding code {wanted:?}; {next}",
            "没有代码 {wanted:?}；{next}"
        )
    }

    /// What stands above the fixes that a key approves.
    #[must_use]
    pub const fn pick(self) -> &'static str {
        self.say("Approve a fix:", "批准一个修复：")
    }

    /// What stands below them.
    #[must_use]
    pub const fn none_of_them(self) -> &'static str {
        self.say("none of them", "都不批准")
    }

    /// Nothing was picked.
    #[must_use]
    pub const fn none_picked(self) -> &'static str {
        self.say(
            "Nothing was approved; the cards stay good until they expire.",
            "没有批准任何修复；卡片在过期之前一直有效。",
        )
    }

    /// Whether a fix that was picked shall run.
    #[must_use]
    pub const fn run_now(self) -> &'static str {
        self.say("Run it now?", "现在执行吗？")
    }

    /// It shall not.
    #[must_use]
    pub const fn not_approved(self) -> &'static str {
        self.say("Not approved.", "未批准。")
    }

    /// It runs, and what then.
    #[must_use]
    pub const fn runs(self) -> &'static str {
        self.say("Running, then looking again …", "正在执行，随后复查……")
    }

    /// Whether a fix that helped shall stay.
    #[must_use]
    pub const fn keep_it(self) -> &'static str {
        self.say("Keep it, or undo it again?", "保留它，还是撤销？")
    }

    /// More people have to say yes.
    #[must_use]
    pub fn waits_for_more(self, id: &ProposalId, given: usize, needed: u32) -> String {
        say!(
            self,
            "{given} of {needed} approvals of {id} are given; it runs when the last one is",
            "{id} 已获得 {given}/{needed} 个批准；全部批准后才会执行"
        )
    }

    /// A fix was rejected.
    #[must_use]
    pub fn rejected(self, id: &ProposalId, by: &ResponderId) -> String {
        say!(self, "{id} rejected by {by}.", "{id} 已被 {by} 拒绝。")
    }

    /// No fix waits.
    #[must_use]
    pub const fn no_proposals(self) -> &'static str {
        self.say(
            "No proposal waits for an approval.",
            "没有待批准的修复方案。",
        )
    }

    /// Nothing was ever looked at.
    #[must_use]
    pub const fn no_incidents(self) -> &'static str {
        self.say(
            "No incident so far; `sickbay diagnose HOST` opens one.",
            "还没有故障记录；`sickbay diagnose 主机` 会新建一个。",
        )
    }

    /// When an incident was opened, by whom and why.
    #[must_use]
    pub fn opened(self, at: &str, by: Option<&ResponderId>, symptom: &str) -> String {
        let opened = match by {
            Some(by) => say!(self, "Opened {at} by {by}", "{at} 由 {by} 发起"),
            None => say!(self, "Opened {at}", "{at} 发起"),
        };
        if symptom.is_empty() {
            opened
        } else {
            self.headed(&opened, symptom)
        }
    }

    /// What stands above what an incident began with.
    #[must_use]
    pub const fn found_then(self) -> &'static str {
        self.say("What was found then:", "当时的发现：")
    }

    /// What a finding rests on, and what it is the cause of.
    pub(crate) fn rests_on(self, finding: &Finding) -> String {
        let (code, sure) = (&finding.code, self.confidence(finding.confidence));
        let cites: Vec<&str> = finding.cites.iter().map(|id| id.as_str()).collect();
        let cites = self.list(&cites);
        let mut text = say!(
            self,
            "{code} · {sure} · evidence {cites}",
            "{code} · {sure} · 证据 {cites}"
        );
        if !finding.explains.is_empty() {
            let explained: Vec<&str> = finding.explains.iter().map(|id| id.as_str()).collect();
            let explained = self.list(&explained);
            text.push_str(&say!(
                self,
                " · explains {explained}",
                " · 引起 {explained}"
            ));
        }
        text
    }
}
