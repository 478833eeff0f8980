//! The journal told for people: a sentence for each fact.

use incident::fact::Ran;
use incident::report::Verdict;
use incident::{Fact, HostName, Severity};

use crate::locale::{Locale, say};

impl Locale {
    /// What somebody said, on one line; none where they took it back.
    #[must_use]
    pub fn quoted(self, author: &str, text: Option<&str>) -> String {
        match text {
            Some(text) => {
                let words: Vec<&str> = text.split_whitespace().collect();
                self.headed(author, &words.join(" "))
            }
            None => say!(
                self,
                "{author} took back what they had said",
                "{author} 撤回了说过的话"
            ),
        }
    }

    /// A fact in a sentence.
    #[must_use]
    pub fn fact(self, fact: &Fact) -> String {
        match fact {
            Fact::Opened {
                by,
                via,
                hosts,
                symptom,
                ..
            } => {
                let hosts: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
                let hosts = self.list(&hosts);
                let asked = say!(
                    self,
                    "{by} ({via}) asked about {hosts}",
                    "{by}（{via}）请求检查 {hosts}"
                );
                if symptom.is_empty() {
                    asked
                } else {
                    self.headed(&asked, symptom)
                }
            }
            Fact::Examined {
                host,
                wave,
                evidence,
            } => {
                let count = evidence.len();
                if *wave == 1 {
                    say!(
                        self,
                        "{host} answered {count} probes",
                        "{host} 应答了 {count} 项探测"
                    )
                } else {
                    say!(
                        self,
                        "{host} answered {count} probes, looking closer",
                        "{host} 应答了 {count} 项深入探测"
                    )
                }
            }
            Fact::Judged { report } => {
                let (host, status) = (&report.host, self.status(report.status));
                let judged = say!(self, "{host} is {status}", "{host} 的状态：{status}");
                let mut findings = report.findings.iter();
                match findings.find(|finding| finding.severity > Severity::Info) {
                    Some(first) => {
                        let title = self.title(first);
                        say!(self, "{judged}: {title}", "{judged}，{title}")
                    }
                    None => judged,
                }
            }
            Fact::Picked { model, probes, .. } => {
                let (name, count) = (&model.model, probes.len());
                let keys: Vec<String> = probes
                    .iter()
                    .map(|one| format!("{} {}", one.host, one.key))
                    .collect();
                let keys = self.list(&keys.iter().map(String::as_str).collect::<Vec<_>>());
                say!(
                    self,
                    "the model {name} picked {count} more probes: {keys}",
                    "模型 {name} 选择了 {count} 项进一步探测：{keys}"
                )
            }
            Fact::Worded { wording, .. } => match &wording.model {
                Some(model) => {
                    let (name, held) = (&model.model, wording.claims.len());
                    let dropped = wording.dropped();
                    say!(
                        self,
                        "the model {name} worded it: {held} sentences hold, {dropped} were dropped",
                        "模型 {name} 给出措辞：{held} 句成立，{dropped} 句被丢弃"
                    )
                }
                None => self
                    .say(
                        "no model gave an answer that can be used; the template stands",
                        "没有模型给出可用的回答；使用模板",
                    )
                    .to_owned(),
            },
            Fact::Highlighted { highlights, .. } => match &highlights.model {
                Some(model) => {
                    let (name, count) = (&model.model, highlights.statements.len());
                    say!(
                        self,
                        "the model {name} chose what matters most of the account: {count} statements",
                        "模型 {name} 从经过中选出了最重要的 {count} 条"
                    )
                }
                None => self
                    .say(
                        "no model said what matters most of the account",
                        "没有模型选出经过中最重要的内容",
                    )
                    .to_owned(),
            },
            Fact::Proposed { proposal } => {
                let (id, host, title) = (&proposal.id, &proposal.host, &proposal.title);
                let risk = self.risk(proposal.risk);
                if proposal.undoes.is_some() {
                    say!(
                        self,
                        "undo {id} offered on {host}: {title} ({risk})",
                        "在 {host} 上提出回滚 {id}：{title}（{risk}）"
                    )
                } else {
                    say!(
                        self,
                        "fix {id} offered on {host}: {title} ({risk})",
                        "在 {host} 上提出修复 {id}：{title}（{risk}）"
                    )
                }
            }
            Fact::Approved { proposal, approval } => {
                let (by, via, because) = (&approval.by, &approval.via, &approval.because);
                if because.is_empty() {
                    say!(
                        self,
                        "{by} ({via}) approved {proposal}",
                        "{by}（{via}）批准了 {proposal}"
                    )
                } else {
                    say!(
                        self,
                        "{by} ({via}) approved {proposal}, by {because}",
                        "{by}（{via}）批准了 {proposal}，依据：{because}"
                    )
                }
            }
            Fact::Rejected {
                proposal,
                by,
                via,
                reason,
            } if reason.is_empty() => say!(
                self,
                "{by} ({via}) rejected {proposal}",
                "{by}（{via}）拒绝了 {proposal}"
            ),
            Fact::Rejected {
                proposal,
                by,
                via,
                reason,
            } => say!(
                self,
                "{by} ({via}) rejected {proposal}: {reason}",
                "{by}（{via}）拒绝了 {proposal}：{reason}"
            ),
            Fact::Expired { proposal } => say!(self, "{proposal} expired", "{proposal} 已过期"),
            Fact::Voided {
                proposal,
                why,
                moved,
            } => {
                let why = moved
                    .as_ref()
                    .map_or_else(|| why.clone(), |moved| self.moved(moved));
                say!(
                    self,
                    "{proposal} no longer stands: {why}",
                    "{proposal} 不再成立：{why}"
                )
            }
            Fact::Granted {
                proposal, grant, ..
            } => {
                let execution = &grant.grant.execution;
                say!(
                    self,
                    "{proposal} may run, once, as {execution}",
                    "{proposal} 获准执行一次，编号 {execution}"
                )
            }
            Fact::Dispatched { execution, .. } => say!(
                self,
                "{execution} was sent to the host",
                "{execution} 已下发到主机"
            ),
            Fact::Executed { execution, ran, .. } => {
                let ended = self.ran(ran);
                format!("{execution} {ended}")
            }
            Fact::Verified {
                proposal,
                verdict,
                why,
                seen,
            } => {
                let verdict = self.verdict(*verdict);
                let why = seen
                    .as_ref()
                    .map_or_else(|| why.clone(), |seen| self.seen(seen));
                say!(
                    self,
                    "{proposal} looked at again, {verdict}: {why}",
                    "{proposal} 复查，{verdict}：{why}"
                )
            }
            Fact::Thread { .. } => self
                .say("it got a thread in chat", "在聊天中建立了讨论串")
                .to_owned(),
            Fact::Acknowledged { by, via } => {
                say!(self, "{by} ({via}) is on it", "{by}（{via}）正在处理")
            }
            Fact::Resolved { by, via, reason } => {
                let resolved = say!(
                    self,
                    "{by} ({via}) resolved the incident",
                    "{by}（{via}）将故障标记为解决"
                );
                if reason.is_empty() {
                    resolved
                } else {
                    self.headed(&resolved, reason)
                }
            }
            Fact::Closed { by } => say!(self, "{by} closed the incident", "{by} 关闭了故障"),
        }
    }

    fn ran(self, ran: &Ran) -> String {
        match ran {
            Ran::Done => self
                .say("was done, every step", "已执行全部步骤")
                .to_owned(),
            Ran::StepFailed { step, code } => say!(
                self,
                "stopped: step {step} failed with exit code {code}",
                "已停止：第 {step} 步失败，退出码 {code}"
            ),
            Ran::Refused { why } => say!(
                self,
                "was refused by the host's guard: {why}",
                "被主机上的 guard 拒绝：{why}"
            ),
            Ran::TimedOut => self
                .say("was stopped at its time limit", "达到时限，已被停止")
                .to_owned(),
            Ran::NeverRan => self
                .say("never ran, and never will", "从未执行，也不会再执行")
                .to_owned(),
            Ran::Unknown { why } => say!(
                self,
                "may have run, nobody can tell: {why}",
                "可能已执行，无法确认：{why}"
            ),
        }
    }

    fn verdict(self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Verified => self.say("verified", "已验证"),
            Verdict::NotFixed => self.say("not fixed", "未修复"),
            Verdict::Planned => self.say("planned", "已安排"),
            Verdict::Worse => self.say("worse", "情况恶化"),
            Verdict::Captured => self.say("captured", "已采集"),
            Verdict::CouldNotCheck => self.say("could not be checked", "无法检查"),
        }
    }
}
