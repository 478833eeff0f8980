//! Every sentence that Sickbay says to people, so that its tone is reviewed in one place. Each stands in every language side
//! by side, by [`say!`] or [`Locale::say`]; names, paths, commands and what a host wrote are the same in all of them.
//!
//! One word per thing in Chinese too:
//!
//! | English | Chinese | | English | Chinese |
//! |---|---|---|---|---|
//! | incident | 故障 | | approve | 批准 |
//! | host | 主机 | | reject | 拒绝 |
//! | probe | 探测 | | dry run | 试运行 |
//! | evidence | 证据 | | undo | 撤销 |
//! | finding | 发现 | | rollback | 回滚 |
//! | symptom | 现象 | | execution | 执行 |
//! | cause, root cause | 原因，根因 | | verified | 已验证 |
//! | runbook | 处置手册 | | responder | 响应人 |
//! | action, step | 操作，步骤 | | settings | 配置 |
//! | fix, proposal | 修复，修复方案 | | policy | 审批策略 |
//! | risk | 风险 | | journal | 审计日志 |
//! | critical, warning, info | 严重，警告，提示 | | timeline | 时间线 |
//! | resolve | 解决 | | postmortem | 复盘 |
//! | scan | 扫描 | | report | 报告 |

use incident::capture::only_looks;
use incident::notice::{Card, Hints, Stage};
use incident::remediation::Outcome;
use incident::{Confidence, HostName, HostStatus, Proposal, ProposalId, Risk, Severity, Undo};

use crate::locale::{Locale, say};

pub(crate) mod account;
mod answers;
mod captures;
mod chat;
mod codes;
mod fixes;
mod form;
mod found;
mod hints;
mod model;
mod needs;
pub(crate) mod picture;
mod postmortem;
mod refusals;
pub(crate) mod scan;
mod since;
mod step;
mod summary;
mod terminal;
#[cfg(test)]
mod tests;
mod timeline;
mod why;

pub use answers::Would;
pub(crate) use chat::{mark, sign, told};
pub use codes::{Named, codes};
pub(crate) use model::first_lines;
pub(crate) use since::FEW;

/// Where runbooks are read: what one types before a page's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// In a chat.
    Chat,
    /// At a terminal.
    Terminal,
}

impl Reading {
    /// What one types.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Chat => "/sickbay runbook",
            Self::Terminal => "sickbay runbook show",
        }
    }
}

impl Locale {
    /// A status in one word.
    #[must_use]
    pub fn status(self, status: HostStatus) -> &'static str {
        match status {
            HostStatus::Healthy => self.say("healthy", "正常"),
            HostStatus::Degraded => self.say("degraded", "异常"),
            HostStatus::Critical => self.say("critical", "严重"),
            HostStatus::Unknown => self.say("unknown", "未知"),
            HostStatus::Unreachable => self.say("unreachable", "无法连接"),
        }
    }

    /// A severity in one word.
    #[must_use]
    pub fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Critical => self.say("critical", "严重"),
            Severity::Warning => self.say("warning", "警告"),
            Severity::Info => self.say("info", "提示"),
        }
    }

    /// A confidence in one word.
    #[must_use]
    pub fn confidence(self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Confirmed => self.say("confirmed", "已确认"),
            Confidence::Likely => self.say("likely", "很可能"),
            Confidence::Possible => self.say("possible", "可能"),
        }
    }

    /// A risk in two words.
    #[must_use]
    pub fn risk(self, risk: Risk) -> &'static str {
        match risk {
            Risk::Read => self.say("read risk", "只读"),
            Risk::Low => self.say("low risk", "低风险"),
            Risk::Medium => self.say("medium risk", "中风险"),
            Risk::High => self.say("high risk", "高风险"),
        }
    }

    /// What undo there is, in a few words.
    #[must_use]
    pub fn undo(self, undo: Undo) -> &'static str {
        match undo {
            Undo::Automatic => self.say("can be undone", "可撤销"),
            Undo::Declared => self.say("undone by hand, as the runbook says", "按处置手册手工撤销"),
            Undo::Irreversible => self.say("cannot be undone", "无法撤销"),
            Undo::Nothing => self.say("only looks", "只查看"),
        }
    }

    /// An outcome as a sentence's beginning.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Verified => self.say("Verified", "已验证"),
            Outcome::NotFixed => self.say("Not fixed", "未修复"),
            Outcome::Planned => self.say("Planned", "已安排"),
            Outcome::Worse => self.say("Worse than before", "情况恶化"),
            Outcome::Captured => self.say("Captured", "已采集"),
            Outcome::Failed => self.say("Failed", "执行失败"),
            Outcome::Refused => self.say("Refused, nothing was changed", "未执行，没有做任何改动"),
            Outcome::Unknown => self.say(
                "Unknown, nobody can tell how it ended",
                "结果未知，无法确认执行到哪一步",
            ),
            Outcome::Rejected => self.say("Rejected", "已拒绝"),
            Outcome::Expired => self.say("Expired", "已过期"),
        }
    }

    /// An outcome of a fix or of an undo as a sentence's beginning.
    #[must_use]
    pub fn ended(self, ended: Outcome, is_undo: bool) -> &'static str {
        match ended {
            Outcome::Verified if is_undo => self.say("Undone", "已撤销"),
            Outcome::Verified
            | Outcome::NotFixed
            | Outcome::Planned
            | Outcome::Worse
            | Outcome::Captured
            | Outcome::Failed
            | Outcome::Refused
            | Outcome::Unknown
            | Outcome::Rejected
            | Outcome::Expired => self.outcome(ended),
        }
    }

    /// A heading and what it is of.
    #[must_use]
    pub fn headed(self, head: &str, text: &str) -> String {
        say!(self, "{head}: {text}", "{head}：{text}")
    }

    /// Words one after the other.
    #[must_use]
    pub fn list<T: AsRef<str>>(self, words: &[T]) -> String {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        words.join(self.say(", ", "、"))
    }

    /// What an outcome asks of the person at a terminal; empty where nothing.
    #[must_use]
    pub fn after(self, outcome: Outcome, id: &str, can_undo: bool) -> String {
        match outcome {
            Outcome::Verified if can_undo => {
                say!(
                    self,
                    "Undo with: sickbay rollback {id}",
                    "撤销命令：sickbay rollback {id}"
                )
            }
            Outcome::NotFixed | Outcome::Worse | Outcome::Failed if can_undo => say!(
                self,
                "Undo with: sickbay rollback {id}, then diagnose again",
                "撤销命令：sickbay rollback {id}，然后重新诊断"
            ),
            Outcome::Planned if can_undo => say!(
                self,
                "Call it off with: sickbay rollback {id}; otherwise diagnose again after it",
                "取消命令：sickbay rollback {id}；否则请在之后重新诊断"
            ),
            Outcome::Verified
            | Outcome::NotFixed
            | Outcome::Planned
            | Outcome::Worse
            | Outcome::Captured
            | Outcome::Failed
            | Outcome::Refused
            | Outcome::Unknown
            | Outcome::Rejected
            | Outcome::Expired => self.next(outcome).to_owned(),
        }
    }

    /// What an outcome asks of the person, besides an undo; empty where nothing.
    #[must_use]
    pub fn next(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::NotFixed | Outcome::Worse | Outcome::Failed => self.say(
                "Diagnose again to see what is left",
                "请重新诊断，看看还剩什么问题",
            ),
            Outcome::Refused | Outcome::Expired => self.say(
                "Diagnose again to get a fresh proposal",
                "请重新诊断，以获得新的修复方案",
            ),
            Outcome::Unknown => self.say(
                "Look at the host before doing anything else; it is not started again by itself",
                "请先到主机上确认，再做其他操作；它不会自动重新执行",
            ),
            Outcome::Planned => self.say(
                "Diagnose again after it; until then Undo calls it off",
                "之后请重新诊断；在此之前可以撤销",
            ),
            Outcome::Verified | Outcome::Captured | Outcome::Rejected => "",
        }
    }

    /// A wave of probes is under way.
    #[must_use]
    pub fn looking(self, host: &HostName, wave: u32, probes: usize) -> String {
        if wave == 1 {
            say!(
                self,
                "{host}: looking, {probes} probes",
                "{host}：正在检查，{probes} 项探测"
            )
        } else {
            say!(
                self,
                "{host}: looking closer, {probes} probes",
                "{host}：正在深入检查，{probes} 项探测"
            )
        }
    }

    /// How many of several hosts were looked at.
    #[must_use]
    pub fn looked(self, done: usize, hosts: usize) -> String {
        say!(
            self,
            "{done} of {hosts} hosts looked at",
            "已检查 {done}/{hosts} 台主机"
        )
    }

    /// A line while somebody waits.
    #[must_use]
    pub fn doing(self, proposal: &Proposal, stage: Stage) -> String {
        let (id, host) = (&proposal.id, &proposal.host);
        match stage {
            Stage::Checking => say!(
                self,
                "{id}: looking whether {host} is still as the card says …",
                "{id}：正在确认 {host} 的现状与卡片一致……"
            ),
            Stage::Running => {
                say!(
                    self,
                    "{id}: running on {host} …",
                    "{id}：正在 {host} 上执行……"
                )
            }
            Stage::Verifying if only_looks(proposal) => {
                say!(
                    self,
                    "{id}: fetching what was seen …",
                    "{id}：正在取回看到的内容……"
                )
            }
            Stage::Verifying => {
                say!(
                    self,
                    "{id}: looking whether it helped …",
                    "{id}：正在验证是否修复……"
                )
            }
        }
    }

    /// What is offered, in at most three lines: the fixes, or else the pages to read, or else one that may fit.
    #[must_use]
    pub(crate) fn offered(
        self,
        cards: &[Card<'_>],
        pages: &[(String, String, String)],
        hints: &Hints,
        reading: Reading,
    ) -> Vec<String> {
        const MOST: usize = 3;
        let mut lines: Vec<String> = cards
            .iter()
            .take(MOST)
            .map(|card| {
                let one = card.proposal;
                let (id, gist) = (&one.id, self.gist(one));
                let (risk, undo) = (self.risk(one.risk), self.undo(one.undo));
                say!(
                    self,
                    "Fix {id} ({risk}, {undo}): {gist}.",
                    "修复 {id}（{risk}，{undo}）：{gist}。"
                )
            })
            .collect();
        if let more @ 1.. = cards.len().saturating_sub(MOST) {
            lines.push(say!(
                self,
                "And {more} more fixes below.",
                "下方还有 {more} 个修复方案。"
            ));
        }
        if lines.is_empty() {
            let read = reading.command();
            lines.extend(pages.iter().take(1).map(|(id, title, _)| {
                say!(
                    self,
                    "No fix to run; what to do by hand: {read} {id} ({title}).",
                    "没有可执行的修复；手工处理请看：{read} {id}（{title}）。"
                )
            }));
        }
        if lines.is_empty() {
            let may_fit = hints.may_fit.first();
            lines.extend(may_fit.map(|page| self.may_fit(page, reading)));
        }
        lines
    }

    /// What a host simply has not got, so that nothing there can be wrong or right.
    #[must_use]
    pub(crate) fn absent(self, what: &[&str]) -> String {
        let what = self.list(what);
        say!(
            self,
            "Not looked at, since the host has none: {what}",
            "主机上没有，因此未检查：{what}"
        )
    }

    /// A fix that was picked, before it is confirmed.
    #[must_use]
    pub(crate) fn chosen(self, proposal: &Proposal) -> String {
        let (id, host, count) = (&proposal.id, &proposal.host, proposal.steps.len());
        let (risk, undo) = (self.risk(proposal.risk), self.undo(proposal.undo));
        let steps = if count == 1 { "step" } else { "steps" };
        say!(
            self,
            "{id} on {host}: {count} {steps}, {risk}, {undo}.",
            "{host} 上的 {id}：共 {count} 步，{risk}，{undo}。"
        )
    }

    /// What the undo of a fix is called.
    #[must_use]
    pub fn undo_of(self, fix: &ProposalId, title: &str) -> String {
        say!(self, "Undo {fix}: {title}", "撤销 {fix}：{title}")
    }

    /// An approved fix is being carried out.
    #[must_use]
    pub(crate) fn running(self, proposal: &Proposal) -> String {
        let (id, host) = (&proposal.id, &proposal.host);
        say!(self, "Running {id} on {host}", "正在 {host} 上执行 {id}")
    }

    /// What a card says that no rule lets anybody approve.
    const fn nobody(self) -> &'static str {
        self.say(
            "nobody may approve this: no rule of the policy in the settings names anybody for it",
            "没有人可以批准：配置中的审批策略没有为它指定任何人",
        )
    }

    /// How the person who looks at a card can say yes, or who can.
    #[must_use]
    pub(crate) fn how_to_approve(self, card: &Card<'_>) -> String {
        let (id, needed) = (&card.proposal.id, card.needed);
        let people = if needed > 1 {
            say!(self, " ({needed} people must)", "（需要 {needed} 人批准）")
        } else {
            String::new()
        };
        if card.may_approve {
            return format!("sickbay approve {id}{people}");
        }
        if card.approvers.is_empty() {
            return self.nobody().to_owned();
        }
        let names = self.candidates(card.approvers);
        say!(
            self,
            "you may not approve this; ask {names}: sickbay approve {id}{people}",
            "你无权批准，请联系 {names}：sickbay approve {id}{people}"
        )
    }

    /// How many findings are not shown since nothing is wrong by them.
    #[must_use]
    pub(crate) fn quiet(self, count: usize) -> String {
        match count {
            1 => say!(
                self,
                "1 thing that is merely worth knowing; --all shows it",
                "另有 1 项仅供参考，用 --all 查看"
            ),
            count => say!(
                self,
                "{count} things that are merely worth knowing; --all shows them",
                "另有 {count} 项仅供参考，用 --all 查看"
            ),
        }
    }
}
