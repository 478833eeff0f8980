//! The account of a diagnosis in a few sentences: what is wrong first, whatever the order in which hosts were named.

use incident::report::HostReport;
use incident::summary::{Claim, Source, Summary};
use incident::{Confidence, Finding, FindingId, HostStatus, Severity};

use crate::locale::{Locale, say};

impl Locale {
    /// The account of a diagnosis, from typed findings alone.
    #[must_use]
    pub fn summary(self, reports: &[HostReport]) -> Summary {
        let (mut claims, well) = self.claims(reports, &[]);
        claims.extend(well);
        Summary::of(Source::Template, claims)
    }

    /// What is wrong, host by host, and last that the others are well; no claim of that where none is. Of what a root cause does
    /// not stand for, what leads comes first.
    pub(super) fn claims(
        self,
        reports: &[HostReport],
        lead: &[FindingId],
    ) -> (Vec<Claim>, Option<Claim>) {
        let mut order: Vec<&HostReport> = reports.iter().collect();
        order.sort_by_key(|report| std::cmp::Reverse(report.status.urgency()));
        let (well, ill): (Vec<&HostReport>, Vec<&HostReport>) = order
            .into_iter()
            .partition(|report| report.status == HostStatus::Healthy);
        let ill = ill
            .into_iter()
            .flat_map(|report| self.host_claims(report, lead));
        let well = (!well.is_empty()).then(|| {
            let names = self.names(&well);
            let mut claim = Claim {
                text: say!(
                    self,
                    "{names}: nothing is wrong that Sickbay can see.",
                    "{names}：Sickbay 未发现异常。"
                ),
                cites: Vec::new(),
            };
            // Of several hosts, what a service complains of stands with its host.
            if let [report] = well.as_slice()
                && let Some(complaint) = report.findings.iter().find(|one| one.is_complaint())
            {
                let title = self.full(complaint);
                claim.text += &say!(self, " Look first at this: {title}", "可先看：{title}");
                claim.cites = cites(complaint);
            }
            claim
        });
        (ill.collect(), well)
    }

    fn names(self, reports: &[&HostReport]) -> String {
        const MOST: usize = 5;
        let named: Vec<&str> = reports
            .iter()
            .take(MOST)
            .map(|report| report.host.as_str())
            .collect();
        let named = self.list(&named);
        match reports.len().saturating_sub(MOST) {
            0 => named,
            more => say!(
                self,
                "{named} and {more} more",
                "{named} 等（另有 {more} 台）"
            ),
        }
    }

    fn host_claims(self, report: &HostReport, lead: &[FindingId]) -> Vec<Claim> {
        let host = &report.host;
        let bad: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| finding.severity > Severity::Info)
            .collect();
        let mut claims = Vec::new();
        let mut claim = |text: String, cites: Vec<String>| claims.push(Claim { text, cites });
        match report.status {
            HostStatus::Unreachable => {
                let why = report.unreachable.strip_prefix(&format!("{host}: "));
                let why = self.reason(why.unwrap_or(&report.unreachable));
                let stop = if why.ends_with(['.', '?', '!', '？']) {
                    ""
                } else {
                    self.say(".", "。")
                };
                let text = say!(
                    self,
                    "{host} could not be reached: {why}{stop}",
                    "{host} 无法连接：{why}{stop}"
                );
                claim(text, Vec::new());
                return claims;
            }
            HostStatus::Unknown => claim(
                say!(
                    self,
                    "{host}: too little could be read to say whether it is well.",
                    "{host}：能读到的信息太少，无法判断是否正常。"
                ),
                Vec::new(),
            ),
            HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
        }
        if let Some((root, rest)) = bad.split_first() {
            let sure = match root.confidence {
                Confidence::Confirmed => "",
                Confidence::Likely => self.say(" (likely)", "（很可能）"),
                Confidence::Possible => self.say(" (possible)", "（可能）"),
            };
            let title = self.full(root);
            let text = say!(self, "{host}: {title}{sure}.", "{host}：{title}{sure}。");
            claim(text, cites(root));
            let mut rest = rest.to_vec();
            rest.sort_by_key(|finding| !lead.contains(&finding.id));
            let (caused, others): (Vec<&Finding>, Vec<&Finding>) = rest
                .into_iter()
                .partition(|finding| root.explains.contains(&finding.id));
            if !caused.is_empty() {
                let titles: Vec<String> = caused
                    .iter()
                    .map(|finding| self.full(finding))
                    .take(3)
                    .collect();
                let titles = titles.join(self.say("; ", "；"));
                let mut ids: Vec<String> = vec![root.id.to_string()];
                ids.extend(caused.iter().map(|finding| finding.id.to_string()));
                claim(
                    say!(self, "That explains: {titles}.", "由此引起：{titles}。"),
                    ids,
                );
            }
            for other in others.iter().take(2) {
                let title = self.full(other);
                claim(
                    say!(self, "Also: {title}.", "此外：{title}。"),
                    cites(other),
                );
            }
            if others.len() > 2 {
                let ids = others
                    .iter()
                    .skip(2)
                    .map(|finding| finding.id.to_string())
                    .collect();
                let more = others.len() - 2;
                claim(say!(self, "And {more} more.", "另有 {more} 项发现。"), ids);
            }
        }
        claims
    }

    /// A title without a full stop, since the sentence sets its own.
    fn full(self, finding: &Finding) -> String {
        self.title(finding).trim_end_matches('.').to_owned()
    }
}

fn cites(finding: &Finding) -> Vec<String> {
    std::iter::once(finding.id.to_string())
        .chain(finding.cites.iter().map(ToString::to_string))
        .collect()
}
