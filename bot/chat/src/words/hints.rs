//! What is known beside what was found: what was seen before, and pages that may fit.

use incident::notice::{Hints, MayFit, SeenBefore};

use super::Reading;
use crate::locale::{Locale, say};

impl Locale {
    /// All hints, a line each.
    #[must_use]
    pub(crate) fn hints(self, hints: &Hints, reading: Reading) -> Vec<String> {
        let seen = hints.seen_before.iter().map(|one| self.seen_before(one));
        let pages = hints.may_fit.iter().map(|one| self.may_fit(one, reading));
        seen.chain(pages).collect()
    }

    /// An incident of before with the same cause, on one line.
    #[must_use]
    pub fn seen_before(self, seen: &SeenBefore) -> String {
        let (host, on, incident) = (&seen.host, &seen.on, &seen.incident);
        let head = match &seen.finding {
            Some(finding) => say!(self, "Seen before ({finding})", "以前出现过（{finding}）"),
            None => self.say("Seen before", "以前出现过").to_owned(),
        };
        let what = seen
            .title
            .as_ref()
            .map_or_else(String::new, |title| say!(self, "; {title}", "；{title}"));
        let what = self.headed(
            &head,
            &say!(self, "{host}, {on}{what}", "{host}，{on}{what}"),
        );
        match &seen.fixed {
            Some(fixed) => {
                let (title, took) = (&fixed.title, fixed.took);
                let how = match &fixed.runbook {
                    Some(runbook) => say!(
                        self,
                        "fixed after {took} by {runbook} ({title})",
                        "{took} 后由 {runbook}（{title}）修复"
                    ),
                    None if title.is_empty() => {
                        say!(self, "resolved by hand after {took}", "{took} 后由人工解决")
                    }
                    None => say!(
                        self,
                        "resolved by hand after {took}: {title}",
                        "{took} 后由人工解决：{title}"
                    ),
                };
                say!(
                    self,
                    "{what}; {how}; incident {incident}",
                    "{what}；{how}；故障 {incident}"
                )
            }
            None => say!(
                self,
                "{what}; no fix is recorded; incident {incident}",
                "{what}；没有修复记录；故障 {incident}"
            ),
        }
    }

    /// A runbook that was found by its words alone.
    pub(super) fn may_fit(self, page: &MayFit, reading: Reading) -> String {
        let (read, id, title) = (reading.command(), &page.runbook, &page.title);
        match &page.finding {
            Some(finding) => say!(
                self,
                "May fit {finding}: {title}. Read it: {read} {id}",
                "可能适用于 {finding}：{title}。查看：{read} {id}"
            ),
            None => say!(
                self,
                "May fit what was reported: {title}. Read it: {read} {id}",
                "可能与所述现象有关：{title}。查看：{read} {id}"
            ),
        }
    }
}
