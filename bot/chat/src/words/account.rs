//! The account of an incident in words: a headline, the times, and a line for each statement, short enough for a phone. Each line
//! keeps what it rests on, so that whoever lays it out can link it.

use incident::account::{Account, Aids, Highlighted, Next, Occasion, Source, Statement, What};
use incident::remediation::{Remediation, State};
use incident::{HostName, HostStatus, Moment, ProposalId, Status};

use super::sign;
use crate::locale::{Locale, say};

/// The most characters of what a person said, and of a reason.
const QUOTE: usize = 140;
/// The most characters of a line.
const LINE: usize = 240;

/// An account in words, before layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What is read first, and the times.
    pub(crate) head: Vec<String>,
    /// What follows.
    pub(crate) sections: Vec<Section>,
}

/// A part of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// What it is called.
    pub(crate) title: String,
    /// Its lines.
    pub(crate) lines: Vec<Line>,
    /// Whether its last lines count more than its first ones.
    pub(crate) goes_on: bool,
}

/// A line of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it says.
    pub(crate) text: String,
    /// What it rests on; none where it rests on all of it.
    pub(crate) source: Option<Source>,
}

impl Section {
    /// At most so many of its lines, and how many are left out before the line of this number.
    pub(crate) fn picked(&self, most: usize) -> (Vec<&Line>, usize, usize) {
        let left_out = self.lines.len().saturating_sub(most);
        if left_out == 0 {
            return (self.lines.iter().collect(), 0, 0);
        }
        // How it began is told, and then how it is now.
        let first = if self.goes_on { 1 } else { most };
        let (begin, rest) = self.lines.split_at(first.min(self.lines.len()));
        let rest = rest.iter().skip(left_out);
        (begin.iter().chain(rest).collect(), left_out, begin.len())
    }
}

impl Line {
    fn of(text: &str, source: Option<&Source>) -> Self {
        Self {
            text: cut(text, LINE),
            source: source.cloned(),
        }
    }
}

/// The place of a statement in the journal, or a sign for a message.
pub(crate) fn label(source: &Source) -> String {
    match source {
        Source::Fact(seq) => format!("#{seq}"),
        Source::Remark(_) => "↗".to_owned(),
    }
}

/// One line, no longer than this.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

impl Locale {
    /// How far an incident is, in a word.
    #[must_use]
    pub fn stage(self, status: Status) -> &'static str {
        match status {
            Status::Investigating => self.say("investigating", "排查中"),
            Status::Mitigating => self.say("mitigating", "处置中"),
            Status::Monitoring => self.say("monitoring", "观察中"),
            Status::Resolved => self.say("resolved", "已解决"),
        }
    }

    /// Somebody is on it.
    #[must_use]
    pub fn is_on_it(self, by: &str) -> String {
        say!(self, "{by} is on it", "{by} 正在处理")
    }

    /// Somebody resolved it, and how.
    #[must_use]
    pub fn resolved_by(self, by: &str, reason: &str) -> String {
        let resolved = say!(self, "Resolved by {by}", "{by} 已将故障标记为解决");
        if reason.is_empty() {
            resolved
        } else {
            self.headed(&resolved, &cut(reason, QUOTE))
        }
    }

    /// That a summary is for one person alone, who comes later.
    const fn comes_later(self) -> &'static str {
        self.say(
            "What happened before you came. Only you see this.",
            "您加入之前发生的事情，仅您可见。",
        )
    }

    /// What is left out of a section.
    pub(crate) fn lines_left_out(self, more: usize) -> String {
        say!(self, "… {more} more", "…… 另有 {more} 条")
    }

    /// Where all of it can be read.
    pub(crate) fn read_all(self, incident: &str) -> String {
        say!(
            self,
            "All of it: sickbay incident timeline {incident}",
            "查看全部：sickbay incident timeline {incident}"
        )
    }

    /// What the postmortem's file is introduced by.
    pub(crate) const fn draft_is_there(self) -> &'static str {
        self.say(
            "A draft of the postmortem, from the journal. What only people know is left blank.",
            "根据审计日志生成的复盘草稿，只有人知道的内容留空。",
        )
    }

    /// That a draft was written into a file.
    #[must_use]
    pub fn is_written(self, file: &str) -> String {
        say!(self, "Written to {file}", "已写入 {file}")
    }

    /// That an answer stands in the incident's thread.
    #[must_use]
    pub fn is_in_thread(self, file: &str) -> String {
        say!(
            self,
            "It is in the incident's thread: {file}",
            "已放到故障的讨论串中：{file}"
        )
    }

    /// An account in words.
    pub(crate) fn account(self, account: &Account, aids: &Aids, occasion: Occasion) -> Told {
        let incident = &account.incident;
        let status = self.stage(account.status);
        let first = match (occasion, &incident.resolved) {
            (Occasion::Resolved, Some(resolved)) => {
                let text = self.resolved_by(resolved.by.as_str(), &resolved.reason);
                format!("✅ {text}")
            }
            (Occasion::CatchUp, _) => self.comes_later().to_owned(),
            (Occasion::Asked | Occasion::Busy | Occasion::Resolved | Occasion::Highlights, _) => {
                let incident = self.incident(&incident.id);
                format!("{incident} · {status}")
            }
        };
        let mut head = vec![first];
        if occasion == Occasion::CatchUp {
            head.push(format!("{} · {status}", self.incident(&incident.id)));
        }
        if occasion != Occasion::Highlights {
            head.extend(self.times(account));
        }
        let section = |title: &str, list: &[Statement], goes_on| Section {
            title: title.to_owned(),
            lines: list
                .iter()
                .map(|one| {
                    let text = self.statement(account, aids, one);
                    Line::of(&text, Some(&one.source))
                })
                .collect(),
            goes_on,
        };
        let next = Section {
            title: self.say("Next", "下一步").to_owned(),
            lines: self
                .next_step(account, aids)
                .map(|text| Line::of(&text, account.next.source()))
                .into_iter()
                .collect(),
            goes_on: false,
        };
        let chosen = account.highlights.as_ref().map(|chosen| {
            let title = self.matters_most(chosen);
            section(&title, &chosen.statements, false)
        });
        if occasion == Occasion::Highlights {
            return Told {
                head,
                sections: chosen.into_iter().collect(),
            };
        }
        let all = [
            section(self.say("What happened", "经过"), &account.happened, true),
            section(self.say("What is known", "已知情况"), &account.known, false),
            section(self.say("What was tried", "已尝试"), &account.tried, true),
            section(self.say("Who decided what", "决定"), &account.decided, true),
            section(self.say("What is open", "待处理"), &account.open, false),
            next,
        ];
        Told {
            head,
            sections: chosen
                .into_iter()
                .chain(all)
                .filter(|one| !one.lines.is_empty())
                .collect(),
        }
    }

    /// What is chosen, by whom, and when, where more happened since.
    fn matters_most(self, chosen: &Highlighted) -> String {
        let model = &chosen.model.model;
        if chosen.fresh {
            return say!(
                self,
                "What matters most, chosen by the model {model}",
                "最重要的内容（由模型 {model} 选出）"
            );
        }
        let at = chosen.at.clock();
        say!(
            self,
            "What mattered most at {at}, chosen by the model {model}",
            "截至 {at} 最重要的内容（由模型 {model} 选出）"
        )
    }

    /// When it was reported, and how long after that the rest was.
    fn times(self, account: &Account) -> Option<String> {
        let detected = account.detected.as_ref()?.at;
        let at = detected.utc();
        let mut parts = vec![say!(self, "reported {at}", "报告于 {at}")];
        let stamps = [
            (
                &account.acknowledged,
                self.say("somebody on it after", "开始处理"),
            ),
            (&account.mitigated, self.say("mitigated after", "得到缓解")),
            (&account.resolved, self.say("resolved after", "解决")),
        ];
        for (stamp, what) in stamps {
            if let Some(stamp) = stamp {
                let after = stamp.at.since(detected);
                parts.push(say!(self, "{what} {after}", "{after} 后{what}"));
            }
        }
        Some(parts.join(" · "))
    }

    /// A statement in a sentence, with its time where that tells something.
    #[must_use]
    pub fn statement(self, account: &Account, aids: &Aids, one: &Statement) -> String {
        let timed = |text: String| format!("{} {text}", one.at.clock());
        match &one.what {
            What::Asked { by, hosts, symptom } => {
                let asked = self.asked(by, hosts, &cut(symptom, QUOTE));
                timed(asked)
            }
            What::Judged {
                host,
                status,
                first,
            } => {
                let judged = self.host_is(host, *status);
                timed(match first {
                    Some(first) => {
                        let title = self.title(first);
                        say!(self, "{judged}: {title}", "{judged}，{title}")
                    }
                    None => judged,
                })
            }
            What::Said { author, text } => timed(self.headed(author, &cut(text, QUOTE))),
            What::Found { finding } => {
                let (host, title) = (&finding.host, self.title(finding));
                let severity = self.severity(finding.severity);
                say!(
                    self,
                    "{host}: {title} ({severity})",
                    "{host}：{title}（{severity}）"
                )
            }
            What::Unchecked { host, probes: 1 } => say!(
                self,
                "{host}: one probe got no usable answer",
                "{host}：1 项探测没有得到可用的应答"
            ),
            What::Unchecked { host, probes } => say!(
                self,
                "{host}: {probes} probes got no usable answer",
                "{host}：{probes} 项探测没有得到可用的应答"
            ),
            What::Fix { proposal } => match account.incident.remediations.get(proposal) {
                Some(fix) => self.stands(aids, fix, one.at),
                None => proposal.to_string(),
            },
            What::OnIt { by } => timed(self.is_on_it(by.as_str())),
            What::Approved { by, proposal } => timed(say!(
                self,
                "{by} approved {proposal}",
                "{by} 批准了 {proposal}"
            )),
            What::Rejected {
                by,
                proposal,
                reason,
            } => {
                let rejected = say!(self, "{by} rejected {proposal}", "{by} 拒绝了 {proposal}");
                timed(if reason.is_empty() {
                    rejected
                } else {
                    self.headed(&rejected, &cut(reason, QUOTE))
                })
            }
            What::Over { by, reason } => timed(self.resolved_by(by.as_str(), reason)),
            What::Unseen { host } => {
                say!(self, "{host} is not looked at yet", "{host} 还没有检查")
            }
        }
    }

    fn host_is(self, host: &HostName, status: HostStatus) -> String {
        let status = self.status(status);
        say!(self, "{host} is {status}", "{host} 的状态：{status}")
    }

    /// How a fix stands.
    fn stands(self, aids: &Aids, fix: &Remediation, at: Moment) -> String {
        let (id, host) = (&fix.proposal.id, &fix.proposal.host);
        let title = self.called(aids, fix);
        let about = say!(self, "{id} on {host}, {title}", "{host} 上的 {id}，{title}");
        let is_undo = fix.proposal.undoes.is_some();
        match &fix.state {
            State::Proposed { .. } => {
                say!(self, "{about}: waits for a yes", "{about}：等待批准")
            }
            State::Granted { .. } | State::Dispatched { .. } | State::Executed { .. } => {
                say!(self, "{about}: is being carried out", "{about}：正在执行")
            }
            State::Ended { outcome, why, .. } => {
                let ended = self.headed(self.ended(*outcome, is_undo), &self.why(why));
                format!(
                    "{} {}{}",
                    at.clock(),
                    sign(*outcome),
                    self.headed(&about, &ended)
                )
            }
        }
    }

    fn called(self, aids: &Aids, fix: &Remediation) -> String {
        let title = aids.titles.get(&fix.proposal.id);
        title.unwrap_or(&fix.proposal.title).clone()
    }

    /// What comes next; nothing where it is over.
    #[must_use]
    pub fn next_step(self, account: &Account, aids: &Aids) -> Option<String> {
        let incident = &account.incident.id;
        Some(match &account.next {
            Next::Nothing => return None,
            Next::Wait { proposal, .. } => say!(
                self,
                "Wait until {proposal} has ended",
                "等待 {proposal} 执行结束"
            ),
            Next::Look { proposal, host, .. } => say!(
                self,
                "Look at {host} by hand: nobody knows how {proposal} ended, and it is not started again",
                "请到 {host} 上确认：{proposal} 的结果未知，它不会自动重新执行"
            ),
            Next::Decide { proposal, .. } => self.decide(aids, proposal),
            Next::Looking { host, .. } => say!(
                self,
                "Wait until {host} is looked at",
                "等待 {host} 检查完成"
            ),
            Next::Reach { host, .. } => say!(
                self,
                "Find out why {host} cannot be looked at: sickbay hosts check {host}",
                "查明 {host} 为何无法检查：sickbay hosts check {host}"
            ),
            Next::Again { host, .. } => say!(
                self,
                "Diagnose {host} again: what was tried did not help",
                "请重新诊断 {host}：已尝试的修复没有奏效"
            ),
            Next::Read { finding, .. } => match aids.pages.get(&finding.id) {
                Some(page) => {
                    let (id, title) = (&page.runbook, &page.title);
                    let read = super::Reading::Chat.command();
                    say!(
                        self,
                        "Repair it by hand: {read} {id} ({title})",
                        "请手工处理：{read} {id}（{title}）"
                    )
                }
                None => {
                    let (code, host) = (&finding.code, &finding.host);
                    say!(
                        self,
                        "Repair {host} by hand: no runbook fits {code}",
                        "请手工处理 {host}：没有适用于 {code} 的处置手册"
                    )
                }
            },
            Next::Resolve => say!(
                self,
                "Nothing is open. If all is well: @sickbay resolve, or sickbay incident resolve {incident}",
                "没有待处理事项。如果一切正常：@sickbay 解决，或 sickbay incident resolve {incident}"
            ),
        })
    }

    fn decide(self, aids: &Aids, proposal: &ProposalId) -> String {
        let able = aids.approvers.get(proposal).filter(|able| !able.is_empty());
        match able {
            Some(able) => {
                let names = self.candidates(able);
                say!(
                    self,
                    "Decide on {proposal}: {names} may approve",
                    "请对 {proposal} 作出决定：可由 {names} 批准"
                )
            }
            None => say!(
                self,
                "Decide on {proposal}: no rule of the policy lets anybody approve it",
                "请对 {proposal} 作出决定：审批策略没有为它指定批准人"
            ),
        }
    }
}
