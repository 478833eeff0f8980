//! The sentences that only a terminal needs: whole cards and whole findings, for one person who looks.

use incident::notice::Card;
use incident::{Finding, FindingId, Proposal, Severity};

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

    /// What each step leaves for an undo, one after the other.
    pub(crate) fn undo_by(self, words: &[&str]) -> String {
        let words = words.join(self.semicolon());
        say!(self, "undo: {words}", "撤销：{words}")
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
