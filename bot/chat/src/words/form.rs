//! What stands in a form.

use incident::Proposal;

use crate::locale::{Locale, say};

impl Locale {
    /// Above the form that asks where to look.
    pub(crate) const fn diagnose_form(self) -> &'static str {
        self.say("Diagnose", "诊断")
    }

    /// The button under it.
    pub(crate) const fn look_button(self) -> &'static str {
        self.say("Look", "开始诊断")
    }

    /// Before the hosts.
    pub(crate) const fn where_to_look(self) -> &'static str {
        self.say("Hosts or groups", "主机或主机组")
    }

    /// In the field before anything is chosen.
    pub(crate) const fn type_a_host(self) -> &'static str {
        self.say("Type a few letters", "输入几个字母")
    }

    /// Before the symptom.
    pub(crate) const fn what_is_wrong(self) -> &'static str {
        self.say("What is wrong?", "现象是什么？")
    }

    /// Above the form that asks why a fix is rejected.
    pub(crate) fn reject_form(self, id: &str) -> String {
        say!(self, "Reject {id}?", "拒绝 {id}？")
    }

    /// Before the reason.
    pub(crate) const fn reject_why(self) -> &'static str {
        self.say("Why? It may stay empty.", "原因（可不填）")
    }

    /// Who sees the reason.
    pub(crate) const fn who_reads_why(self) -> &'static str {
        self.say(
            "All who see the card read it, and the journal keeps it.",
            "所有能看到卡片的人都会看到，并记入日志。",
        )
    }

    /// Which fix a form is about.
    #[must_use]
    pub fn form_title(self, proposal: &Proposal, title: &str) -> String {
        let (id, host) = (&proposal.id, &proposal.host);
        say!(self, "{id} on {host}: {title}", "{id}（{host}）：{title}")
    }
}
