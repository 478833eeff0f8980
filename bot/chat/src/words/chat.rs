//! The sentences that only a chat needs: around a thread, on a card that others look at too, and to one person alone.

use incident::notice::Card;
use incident::people::Candidate;
use incident::remediation::Outcome;
use incident::report::HostReport;
use incident::{
    Finding, HostName, HostStatus, IncidentId, Proposal, ResponderId, Severity, Status, Vitals,
};

use super::{FEW, Reading};
use crate::event::{Button, Platform};
use crate::locale::{Locale, say};

impl Locale {
    /// What stands on a button.
    #[must_use]
    pub(crate) const fn button(self, button: Button) -> &'static str {
        match button {
            Button::Approve => self.say("Approve", "批准"),
            Button::DryRun => self.say("Dry run", "试运行"),
            Button::Reject => self.say("Reject", "拒绝"),
            Button::Details => self.say("Details", "详情"),
            Button::Undo => self.say("Undo", "撤销"),
            Button::Evidence => self.say("Evidence", "证据"),
            Button::Account => self.say("So far", "至今经过"),
        }
    }

    /// The button that takes a press back.
    pub(crate) const fn not_now(self) -> &'static str {
        self.say("Not now", "暂不")
    }

    /// Who asked for what, above a thread.
    #[must_use]
    pub(crate) fn asked(self, by: &ResponderId, hosts: &[HostName], symptom: &str) -> String {
        const MOST: usize = 5;
        let named: Vec<&str> = hosts.iter().take(MOST).map(HostName::as_str).collect();
        let mut named = self.list(&named);
        if let more @ 1.. = hosts.len().saturating_sub(MOST) {
            named.push_str(&say!(self, ", {more} more", " 等（另有 {more} 台）"));
        }
        if symptom.is_empty() {
            say!(
                self,
                "{by} asks to look at {named}",
                "{by} 请求检查 {named}"
            )
        } else {
            say!(
                self,
                "{by} asks to look at {named}: {symptom}",
                "{by} 请求检查 {named}：{symptom}"
            )
        }
    }

    /// Which incident a message belongs to.
    #[must_use]
    pub(crate) fn incident(self, incident: &IncidentId) -> String {
        say!(self, "incident {incident}", "故障 {incident}")
    }

    /// The same, and how far it is where somebody did something about it.
    #[must_use]
    pub(crate) fn placed(self, incident: &IncidentId, stage: Status) -> String {
        let incident = self.incident(incident);
        match stage {
            Status::Investigating => incident,
            Status::Mitigating | Status::Monitoring => {
                format!("{incident} · {}", self.stage(stage))
            }
            Status::Resolved => format!("{incident} · ✅ {}", self.stage(stage)),
        }
    }

    /// Until when a card can be approved. A clock time stays true while the card stands there.
    #[must_use]
    pub(crate) fn expires(self, at: incident::Moment) -> String {
        let minute = at.0.div_euclid(60_000);
        let (hour, minute) = (minute.rem_euclid(1_440) / 60, minute.rem_euclid(60));
        say!(
            self,
            "expires at {hour:02}:{minute:02} UTC",
            "有效期至 {hour:02}:{minute:02} UTC"
        )
    }

    /// Why a fix is offered.
    #[must_use]
    pub(crate) fn because(self, finding: &str) -> String {
        say!(self, "Because: {finding}", "原因：{finding}")
    }

    /// A fix that is not offered, and why.
    #[must_use]
    pub(crate) fn withheld(self, why: &str) -> String {
        say!(self, "Not offered: {why}", "未提供修复：{why}")
    }

    /// Who may approve a card in a chat.
    #[must_use]
    pub(crate) fn approvers(self, card: &Card<'_>) -> String {
        if card.approvers.is_empty() {
            return self.nobody().to_owned();
        }
        let names = self.candidates(card.approvers);
        match card.needed {
            0 | 1 => say!(self, "{names} may approve", "可由 {names} 批准"),
            many => say!(
                self,
                "{many} of {names} must approve",
                "需要以下人员中的 {many} 人批准：{names}"
            ),
        }
    }

    /// Those who may, as far as that is settled: people, whoever is in a group, people who have to be in one.
    #[must_use]
    pub(crate) fn candidates(self, all: &[Candidate]) -> String {
        let names: Vec<String> = all.iter().map(|one| self.candidate(one)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.list(&names)
    }

    fn candidate(self, one: &Candidate) -> String {
        let person = one.person.iter().map(ToString::to_string);
        let groups = one.groups.iter().map(|name| format!("@{name}"));
        let mut words = person.chain(groups);
        let first = words.next().unwrap_or_default();
        let rest: Vec<String> = words.collect();
        if rest.is_empty() {
            return first;
        }
        let rest = rest.join(self.say(" in ", "、"));
        say!(self, "{first} in {rest}", "{first}（须属于 {rest}）")
    }

    /// How far the yeses are.
    #[must_use]
    pub(crate) fn given(self, given: &[ResponderId], needed: u32) -> String {
        let names: Vec<&str> = given.iter().map(ResponderId::as_str).collect();
        let (so_far, names) = (given.len(), self.list(&names));
        say!(
            self,
            "{so_far} of {needed} approvals: {names}",
            "已批准 {so_far}/{needed}：{names}"
        )
    }

    /// That a fix still waits for whoever is called.
    pub(crate) fn waits(self, card: &Card<'_>) -> String {
        let (id, title) = (&card.proposal.id, card.title);
        let (host, expires) = (&card.proposal.host, self.expires(card.proposal.expires_at));
        say!(
            self,
            "{id} on {host} still waits for you and {expires}: {title}",
            "{host} 上的 {id} 仍在等待您批准，{expires}：{title}"
        )
    }

    /// Somebody whom the settings do not know.
    #[must_use]
    pub fn stranger(self, platform: &str, user: &str) -> String {
        say!(
            self,
            "Sickbay does not know you, so it does nothing for you. Ask whoever keeps its settings to add {platform} = [\"{user}\"] to your entry under [people].",
            "Sickbay 不认识你，因此不会为你执行任何操作。请让配置管理员在 [people] 中你的条目下加上 {platform} = [\"{user}\"]。"
        )
    }

    /// A thread cannot be begun where somebody asked.
    #[must_use]
    pub fn no_thread(self, platform: Platform, incident: &IncidentId) -> String {
        let invite = match platform {
            Platform::Slack => self.say(
                "invite it to this conversation with /invite @sickbay",
                "请用 /invite @sickbay 把它邀请到这个频道",
            ),
            Platform::Discord => self.say(
                "let it view this channel, send messages in it and in its threads, create public threads, embed links and attach files",
                "请授予它查看此频道、在频道和子区中发送消息、创建公开子区、嵌入链接和附加文件的权限",
            ),
        };
        say!(
            self,
            "Sickbay is looking, but cannot write here yet: {invite}, and the thread appears by itself. The incident is {incident}.",
            "Sickbay 正在检查，但暂时不能在这里发言：{invite}，之后讨论串会自动出现。故障编号：{incident}。"
        )
    }

    /// Somebody asked where no thread can begin.
    #[must_use]
    pub(crate) fn no_server(self) -> &'static str {
        self.say(
            "Sickbay answers in the channels of a server, where the others can see what is done.",
            "Sickbay 只在服务器的频道里应答，这样其他人也能看到做了什么。",
        )
    }

    /// Somebody asked in a server that the settings do not name.
    #[must_use]
    pub(crate) fn other_server(self, guild: u64) -> String {
        say!(
            self,
            "Sickbay does not answer in this server. Whoever keeps its settings can add \"{guild}\" to guilds under [discord].",
            "Sickbay 不在这个服务器里应答。配置管理员可以把 \"{guild}\" 加到 [discord] 的 guilds 中。"
        )
    }

    /// Whether one means an approval.
    pub(crate) const fn run_this(self) -> &'static str {
        self.say("Run this?", "确定要执行吗？")
    }

    /// Whether one means an undo.
    pub(crate) const fn undo_this(self) -> &'static str {
        self.say(
            "Undo this? What it changed is put back.",
            "确定要撤销吗？它所做的改动会恢复原状。",
        )
    }

    /// The same, where one sees nothing else of the card.
    pub(crate) fn run_named(self, proposal: &Proposal) -> String {
        let (id, host) = (&proposal.id, &proposal.host);
        say!(self, "Run {id} on {host}?", "在 {host} 上执行 {id}？")
    }

    /// The same, where one sees nothing else of the card.
    pub(crate) fn undo_named(self, proposal: &Proposal) -> String {
        let id = &proposal.id;
        say!(self, "Undo {id}?", "撤销 {id}？")
    }

    /// What an undo does.
    pub(crate) fn put_back(self, proposal: &Proposal) -> String {
        let host = &proposal.host;
        say!(
            self,
            "What it changed on {host} is put back.",
            "它在 {host} 上所做的改动会恢复原状。"
        )
    }

    /// Somebody was asked whether they mean it, and does not.
    pub(crate) const fn nothing_done(self) -> &'static str {
        self.say("Not now: nothing was done.", "暂不：什么都没有做。")
    }

    /// Somebody was asked whether they mean it, and does. What comes of it stands on the card.
    pub(crate) const fn said_yes(self) -> &'static str {
        self.say(
            "You said yes; the card says what comes of it.",
            "已收到你的确认，结果会显示在卡片上。",
        )
    }

    /// Where a fix runs, what it risks, and what undo there is.
    #[must_use]
    pub(crate) fn terms(self, proposal: &Proposal) -> String {
        let host = &proposal.host;
        let (risk, undo) = (self.risk(proposal.risk), self.undo(proposal.undo));
        say!(
            self,
            "on {host} · {risk} · {undo}",
            "主机 {host} · {risk} · {undo}"
        )
    }

    /// A runbook that is to be read, and how.
    #[must_use]
    pub(crate) fn page(self, id: &str, title: &str, finding: &str) -> String {
        let read = Reading::Chat.command();
        say!(
            self,
            "Runbook for {finding}: {title}. Read it: {read} {id}",
            "{finding} 的处置手册：{title}。查看：{read} {id}"
        )
    }

    /// What a finding is the cause of, where there is something.
    #[must_use]
    pub(crate) fn explains(self, finding: &Finding) -> Option<String> {
        let explained: Vec<&str> = finding.explains.iter().map(|id| id.as_str()).collect();
        let (id, explained) = (&finding.id, self.list(&explained));
        (!explained.is_empty())
            .then(|| say!(self, "{id} explains {explained}", "{id} 引起了 {explained}"))
    }

    /// What a finding is called above its words. Where several hosts are spoken of it says on which.
    #[must_use]
    pub(crate) fn finding(self, finding: &Finding, several: bool) -> String {
        let severity = self.severity(finding.severity).to_uppercase();
        let (id, host) = (&finding.id, &finding.host);
        if several {
            say!(
                self,
                "{severity} {id} on {host}",
                "{severity} {id}（{host}）"
            )
        } else {
            format!("{severity} {id}")
        }
    }

    /// Findings that a message has no room for.
    pub(crate) fn more_findings(self, more: usize, file: &str) -> String {
        say!(
            self,
            "{more} more findings; all of them are in {file}",
            "另有 {more} 项发现，全部见 {file}"
        )
    }

    /// A part of a message that it has no room for.
    pub(crate) fn whole(self, file: &str) -> String {
        say!(self, "All of it is in {file}", "完整内容见 {file}")
    }

    /// What a long answer says where its file is seen by all.
    pub(crate) fn long_answer(self, file: &str) -> String {
        say!(
            self,
            "It is long, so it is in the thread: {file}",
            "内容较长，已放到讨论串中：{file}"
        )
    }

    /// What a long answer says where there is no thread to put its rest.
    pub(crate) const fn cut_off(self) -> &'static str {
        self.say(
            "The rest does not fit here; the sickbay command at a terminal shows all of it.",
            "其余内容这里放不下，请在终端用 sickbay 命令查看全部。",
        )
    }

    /// What is below the pictures of hosts.
    pub(crate) fn pictured(self, vitals: &[(HostName, Vitals)]) -> String {
        let hosts: Vec<&str> = vitals.iter().map(|(host, _)| host.as_str()).collect();
        let (names, are) = match hosts.as_slice() {
            [first @ .., last] if !first.is_empty() => {
                let first = self.list(first);
                (say!(self, "{first} and {last}", "{first} 和 {last}"), "are")
            }
            hosts => (hosts.concat(), "is"),
        };
        say!(
            self,
            "How near {names} {are} to the limits",
            "{names} 离各项上限还有多远"
        )
    }

    /// What could not be looked at, host by host. Where several hosts are spoken of each line says on which.
    #[must_use]
    pub(crate) fn gaps(self, reports: &[HostReport]) -> Vec<String> {
        let several = reports.len() > 1;
        reports
            .iter()
            .flat_map(|report| report.could_not_check.iter().map(move |gap| (report, gap)))
            .map(|(report, gap)| {
                let (host, probe, why) = (&report.host, &gap.probe, &gap.why);
                if several {
                    say!(
                        self,
                        "Could not check {probe} on {host}: {why}",
                        "无法检查 {host} 上的 {probe}：{why}"
                    )
                } else {
                    say!(
                        self,
                        "Could not check {probe}: {why}",
                        "无法检查 {probe}：{why}"
                    )
                }
            })
            .collect()
    }

    /// More that could not be looked at, and where it stands.
    #[must_use]
    pub(crate) fn more_gaps(self, more: usize, incident: &IncidentId) -> String {
        say!(
            self,
            "Could not check {more} more; sickbay incident show {incident} lists them",
            "另有 {more} 项无法检查，详见 sickbay incident show {incident}"
        )
    }

    /// What changed since the baselines of hosts, a line for each host: those that changed, and those that could not be compared.
    pub(crate) fn changed(self, reports: &[HostReport]) -> Vec<String> {
        let several = reports.len() > 1;
        let mut lines = Vec::new();
        for report in reports {
            let Some(since) = report.since.as_deref() else {
                continue;
            };
            let same = since.nothing.is_none() && since.changes.is_empty();
            if same
                && report
                    .findings
                    .iter()
                    .all(|one| one.severity == Severity::Info)
            {
                continue;
            }
            let head = self.since(&report.host, since);
            let head = if several {
                self.headed(report.host.as_str(), &head)
            } else {
                head
            };
            let changes = self.changes(&report.host, since, FEW).join(" · ");
            let mut line = format!("{head} {changes}").trim_end().to_owned();
            if let Some(unseen) = self.not_compared(since) {
                line.push_str(" · ");
                line.push_str(&unseen);
            }
            lines.push(line);
        }
        lines
    }

    /// What stands above the evidence of an incident.
    #[must_use]
    pub(crate) fn evidence_of(self, incident: &IncidentId) -> String {
        say!(self, "Evidence of {incident}", "{incident} 的证据")
    }
}

/// How a host is, as a sign before the verdict.
#[must_use]
pub(crate) fn mark(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Healthy => "🟢 ",
        HostStatus::Degraded => "🟡 ",
        HostStatus::Critical | HostStatus::Unreachable => "🔴 ",
        HostStatus::Unknown => "⚪ ",
    }
}

/// How something ended, as a sign before the words.
#[must_use]
pub(crate) fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "✅ ",
        Outcome::NotFixed | Outcome::Worse | Outcome::Failed => "❌ ",
        Outcome::Planned => "🕒 ",
        Outcome::Captured => "🔎 ",
        Outcome::Unknown => "❓ ",
        Outcome::Refused | Outcome::Rejected | Outcome::Expired => "🚫 ",
    }
}

/// The findings that a chat tells of: what is above info.
#[must_use]
pub(crate) fn told(reports: &[HostReport]) -> Vec<&Finding> {
    let all = reports.iter().flat_map(|report| &report.findings);
    all.filter(|finding| finding.severity > Severity::Info)
        .collect()
}
