//! The sentences of a postmortem's draft. It is about what happened, not about who: people are named where they decided, and
//! nowhere else.

use incident::account::{Aids, Stamp};
use incident::remediation::{Outcome, Remediation, State};
use incident::report::HostReport;
use incident::{CouldNotCheck, Fact, Finding, HostName, HostStatus, Moment, Span};

use super::account::cut;
use crate::locale::{Locale, say};

/// The most characters of what a person said.
const QUOTE: usize = 300;

impl Locale {
    /// What only people know.
    pub(crate) const fn blank(self) -> &'static str {
        self.say("_to be filled in_", "_待补充_")
    }

    /// What the draft is called.
    pub(crate) fn postmortem_of(self, hosts: &str, symptom: &str) -> String {
        let title = say!(self, "Postmortem draft: {hosts}", "复盘草稿：{hosts}");
        if symptom.is_empty() {
            title
        } else {
            say!(self, "{title}, {symptom}", "{title}，{symptom}")
        }
    }

    /// What it is made from.
    pub(crate) fn drafted(self, incident: &str, facts: usize) -> String {
        say!(
            self,
            "Drafted from the journal of incident {incident} as of its fact {facts}, without a model. All times are UTC. It asks what happened and what would have helped, not who was at fault: people are named where they decided.",
            "根据故障 {incident} 的审计日志（截至第 {facts} 条记录）生成，未使用模型。所有时间均为 UTC。本文只关注发生了什么、什么会有帮助，不追究个人责任；仅在作出决定之处写明人员。"
        )
    }

    /// The headings, in order.
    pub(crate) const fn headings(self) -> [&'static str; 9] {
        [
            self.say("Impact", "影响"),
            self.say("Times", "时间"),
            self.say("Timeline", "时间线"),
            self.say("Cause", "原因"),
            self.say("Detection", "发现过程"),
            self.say("Resolution", "解决过程"),
            self.say("What went well", "做得好的地方"),
            self.say("What did not", "有待改进的地方"),
            self.say("Follow-ups", "后续行动"),
        ]
    }

    /// The four times by name.
    pub(crate) const fn stamps(self) -> [&'static str; 4] {
        [
            self.say("detected", "发现"),
            self.say("acknowledged", "开始处理"),
            self.say("mitigated", "缓解"),
            self.say("resolved", "解决"),
        ]
    }

    /// The columns of the table of times.
    pub(crate) const fn columns_of_times(self) -> &'static str {
        self.say(
            "| | when | after it was detected | known from |",
            "| | 时间 | 距发现 | 依据 |",
        )
    }

    /// The columns of the timeline.
    pub(crate) const fn columns_of_timeline(self) -> &'static str {
        self.say("| when | fact | what |", "| 时间 | 记录 | 内容 |")
    }

    /// That a time is that of a message.
    pub(crate) const fn said_in_thread(self) -> &'static str {
        self.say("a message in the thread", "讨论串中的消息")
    }

    /// What people reported.
    pub(crate) fn was_reported(self, symptom: &str) -> String {
        say!(self, "Reported: “{symptom}”", "报告的现象：“{symptom}”")
    }

    /// What was found on a host.
    pub(crate) fn host_was(self, report: &HostReport) -> String {
        let (host, status) = (&report.host, self.status(report.status));
        let count = report
            .findings
            .iter()
            .filter(|finding| finding.severity > incident::Severity::Info)
            .count();
        say!(
            self,
            "{host} was {status}: {count} findings above info",
            "{host} 的状态：{status}，{count} 项警告或严重发现"
        )
    }

    /// What nobody but people knows of the impact.
    pub(crate) fn affected(self) -> String {
        let blank = self.blank();
        say!(
            self,
            "Who was affected, how, and for how long: {blank}",
            "哪些用户受到影响、影响程度与时长：{blank}"
        )
    }

    /// A cause in a line.
    pub(crate) fn cause(self, finding: &Finding) -> String {
        let (id, code, host) = (&finding.id, &finding.code, &finding.host);
        let (title, sure) = (self.title(finding), self.confidence(finding.confidence));
        let evidence: Vec<&str> = finding.cites.iter().map(|id| id.as_str()).collect();
        let evidence = self.list(&evidence);
        say!(
            self,
            "{host}: {title} ({id}, {code}, {sure}; evidence {evidence})",
            "{host}：{title}（{id}，{code}，{sure}；证据 {evidence}）"
        )
    }

    /// What a cause brought about.
    pub(crate) fn brought_about(self, finding: &Finding) -> String {
        let (id, title) = (&finding.id, self.title(finding));
        say!(self, "explains {id}: {title}", "由此引起 {id}：{title}")
    }

    /// What only people know of the cause.
    pub(crate) fn why_so(self) -> String {
        let blank = self.blank();
        say!(
            self,
            "How it could come to that: {blank}",
            "为什么会出现这种情况：{blank}"
        )
    }

    /// Who noticed it, without a name.
    pub(crate) fn noticed(self, hosts: &[HostName]) -> String {
        let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
        let hosts = self.list(&names);
        say!(
            self,
            "A responder asked Sickbay about {hosts}",
            "一位响应人请求 Sickbay 检查 {hosts}"
        )
    }

    /// How a host was looked at.
    pub(crate) fn probed(self, host: &HostName, probes: usize, took: Span) -> String {
        say!(
            self,
            "{host} answered {probes} probes; the look took {took}",
            "{host} 应答了 {probes} 项探测，检查用时 {took}"
        )
    }

    /// What only people know of the detection.
    pub(crate) fn alarm(self) -> String {
        let blank = self.blank();
        say!(
            self,
            "Whether an alert came before a person did: {blank}",
            "是否有告警先于人发现：{blank}"
        )
    }

    /// A remediation from its offer to its end, with those who decided on it.
    pub(crate) fn remedy(self, aids: &Aids, one: &Remediation, deciders: &[String]) -> String {
        let (id, host, runbook) = (&one.proposal.id, &one.proposal.host, &one.proposal.runbook);
        let title = aids.titles.get(id).unwrap_or(&one.proposal.title);
        let about = say!(
            self,
            "{id} on {host}, {title}, from runbook {runbook}",
            "{host} 上的 {id}，{title}，来自处置手册 {runbook}"
        );
        let mut parts = vec![about];
        if !deciders.is_empty() {
            let names = self.list(deciders);
            parts.push(say!(self, "approved by {names}", "批准人：{names}"));
        }
        parts.push(match &one.state {
            State::Ended { outcome, why, .. } => {
                let is_undo = one.proposal.undoes.is_some();
                self.headed(self.ended(*outcome, is_undo), &self.why(why))
            }
            State::Proposed { .. } => self.say("not decided on", "无人作出决定").to_owned(),
            State::Granted { .. } | State::Dispatched { .. } | State::Executed { .. } => {
                self.say("being carried out", "正在执行").to_owned()
            }
        });
        parts.join(self.semicolon())
    }

    /// The settings' reason why somebody might approve, beside their name.
    pub(crate) fn by_right(self, who: &str, because: &str) -> String {
        if because.is_empty() {
            return who.to_owned();
        }
        say!(self, "{who} ({because})", "{who}（{because}）")
    }

    /// That nobody recorded how it was resolved.
    pub(crate) const fn not_resolved(self) -> &'static str {
        self.say("It is not resolved yet", "故障尚未解决")
    }

    /// A fact for a postmortem: who noticed it is no matter of it.
    pub(crate) fn blameless(self, fact: &Fact) -> String {
        let Fact::Opened { hosts, symptom, .. } = fact else {
            return self.fact(fact);
        };
        let noticed = self.noticed(hosts);
        if symptom.is_empty() {
            noticed
        } else {
            self.headed(&noticed, &cut(symptom, QUOTE))
        }
    }

    /// What somebody said, without their name: each has a number.
    pub(crate) fn somebody_said(self, number: usize, text: Option<&str>) -> String {
        let who = say!(self, "responder {number}", "响应人 {number}");
        match text {
            Some(text) => self.headed(&who, &cut(text, QUOTE)),
            None => self.quoted(&who, None),
        }
    }

    /// How soon somebody was on it.
    pub(crate) fn was_on_it(self, stamp: &Stamp, detected: Moment) -> String {
        let after = stamp.at.since(detected);
        say!(
            self,
            "Somebody was on it {after} after it was detected",
            "发现后 {after} 即有人开始处理"
        )
    }

    /// How soon a cause was named.
    pub(crate) fn was_named(self, report: &HostReport, after: Span) -> String {
        let (host, took) = (&report.host, report.took);
        say!(
            self,
            "What is wrong with {host} was named {after} after it was detected, by a look of {took}",
            "发现后 {after} 即查明 {host} 的问题，检查用时 {took}"
        )
    }

    /// A fix that helped.
    pub(crate) fn helped(self, one: &Remediation) -> String {
        let (id, host) = (&one.proposal.id, &one.proposal.host);
        say!(
            self,
            "{id} helped: {host} was asked again, and what was wrong is gone",
            "{id} 奏效：再次检查 {host}，问题已消失"
        )
    }

    /// A fix that did not.
    pub(crate) fn in_vain(self, one: &Remediation, outcome: Outcome) -> String {
        let (id, host) = (&one.proposal.id, &one.proposal.host);
        let ended = self.outcome(outcome);
        say!(self, "{id} on {host}: {ended}", "{host} 上的 {id}：{ended}")
    }

    /// A fix that was put back.
    pub(crate) fn was_undone(self, one: &Remediation) -> String {
        let id = &one.proposal.id;
        say!(
            self,
            "{id} helped and was undone afterwards",
            "{id} 奏效后又被撤销"
        )
    }

    /// What could not be looked at.
    pub(crate) fn unanswered(self, host: &HostName, count: usize, first: &CouldNotCheck) -> String {
        let first = &first.why;
        if count == 1 {
            return say!(
                self,
                "one probe of {host} got no usable answer: {first}",
                "{host} 的 1 项探测没有得到可用的应答：{first}"
            );
        }
        say!(
            self,
            "{count} probes of {host} got no usable answer, first: {first}",
            "{host} 的 {count} 项探测没有得到可用的应答，首要原因：{first}"
        )
    }

    /// A host that could not be examined.
    pub(crate) fn not_examined(self, host: &HostName, status: HostStatus) -> String {
        let status = self.status(status);
        say!(
            self,
            "{host} could not be examined: {status}",
            "{host} 无法检查：{status}"
        )
    }

    /// That it is over and nothing was verified.
    pub(crate) const fn nothing_verified(self) -> &'static str {
        self.say(
            "It was resolved without a fix that Sickbay verified",
            "故障在没有经 Sickbay 验证的修复的情况下被标记为解决",
        )
    }

    /// Something to do, and who sees to it.
    pub(crate) fn owned(self, what: &str, owner: &str) -> String {
        say!(self, "{what} (owner: {owner})", "{what}（负责人：{owner}）")
    }

    /// To keep a cause from coming back.
    pub(crate) fn prevent(self, finding: &Finding, runbook: Option<&str>) -> String {
        let (host, title) = (&finding.host, self.title(finding));
        match runbook {
            Some(runbook) => say!(
                self,
                "Keep this from coming back on {host}: {title}; see runbook {runbook}",
                "防止 {host} 上再次发生：{title}；参见处置手册 {runbook}"
            ),
            None => {
                let code = &finding.code;
                say!(
                    self,
                    "Keep this from coming back on {host}: {title}; write a runbook for {code}",
                    "防止 {host} 上再次发生：{title}；为 {code} 编写处置手册"
                )
            }
        }
    }

    /// To correct a page whose fix did not help.
    pub(crate) fn correct(self, one: &Remediation) -> String {
        let (id, runbook) = (&one.proposal.id, &one.proposal.runbook);
        say!(
            self,
            "Find out why {id} did not help, and correct runbook {runbook}",
            "查明 {id} 为何没有奏效，并修正处置手册 {runbook}"
        )
    }

    /// To see that somebody decides in time.
    pub(crate) fn decide_in_time(self, one: &Remediation) -> String {
        let id = &one.proposal.id;
        say!(
            self,
            "See that whoever may approve is reached in time: nobody decided on {id}",
            "确保能及时联系到可以批准的人：{id} 无人作出决定"
        )
    }

    /// To let Sickbay look at what it could not.
    pub(crate) fn let_look(self, host: &HostName, gap: &CouldNotCheck) -> String {
        let (probe, next) = (&gap.probe, self.reason(&gap.next));
        say!(
            self,
            "Make {probe} answer on {host}: {next}",
            "使 {host} 上的 {probe} 能够应答：{next}"
        )
    }

    /// To make a host reachable.
    pub(crate) fn let_reach(self, host: &HostName) -> String {
        say!(
            self,
            "Find out why {host} could not be examined: sickbay hosts check {host}",
            "查明 {host} 为何无法检查：sickbay hosts check {host}"
        )
    }
}
