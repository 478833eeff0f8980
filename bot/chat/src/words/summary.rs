//! The account of a diagnosis in a few sentences: what is wrong first, whatever the order in which hosts were named.

use incident::report::HostReport;
use incident::summary::{Claim, Source, Summary};
use incident::{Confidence, Finding, HostStatus, Severity};

/// The account of a diagnosis, from typed findings alone.
#[must_use]
pub fn summary(reports: &[HostReport]) -> Summary {
    let mut order: Vec<&HostReport> = reports.iter().collect();
    order.sort_by_key(|report| std::cmp::Reverse(report.status.urgency()));
    let (well, ill): (Vec<&HostReport>, Vec<&HostReport>) = order
        .into_iter()
        .partition(|report| report.status == HostStatus::Healthy);
    let mut claims: Vec<Claim> = ill.into_iter().flat_map(host_claims).collect();
    if !well.is_empty() {
        claims.push(Claim {
            text: format!("{}: nothing is wrong that Sickbay can see.", names(&well)),
            cites: Vec::new(),
        });
    }
    Summary::of(Source::Template, claims)
}

fn names(reports: &[&HostReport]) -> String {
    const MOST: usize = 5;
    let named: Vec<&str> = reports
        .iter()
        .take(MOST)
        .map(|report| report.host.as_str())
        .collect();
    match reports.len().saturating_sub(MOST) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn host_claims(report: &HostReport) -> Vec<Claim> {
    let host = &report.host;
    let bad: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .collect();
    let mut claims = Vec::new();
    let mut say = |text: String, cites: Vec<String>| claims.push(Claim { text, cites });
    match report.status {
        HostStatus::Unreachable => {
            let why = report.unreachable.strip_prefix(&format!("{host}: "));
            let why = why.unwrap_or(&report.unreachable);
            let stop = if why.ends_with(['.', '?', '!']) {
                ""
            } else {
                "."
            };
            say(
                format!("{host} could not be reached: {why}{stop}"),
                Vec::new(),
            );
            return claims;
        }
        HostStatus::Unknown => say(
            format!("{host}: too little could be read to say whether it is well."),
            Vec::new(),
        ),
        HostStatus::Healthy | HostStatus::Degraded | HostStatus::Critical => {}
    }
    if let Some((root, rest)) = bad.split_first() {
        let sure = match root.confidence {
            Confidence::Confirmed => "",
            Confidence::Likely => " (likely)",
            Confidence::Possible => " (possible)",
        };
        say(format!("{host}: {}{sure}.", full(&root.title)), cites(root));
        let caused: Vec<&&Finding> = rest
            .iter()
            .filter(|finding| root.explains.contains(&finding.id))
            .collect();
        if !caused.is_empty() {
            let titles: Vec<&str> = caused
                .iter()
                .map(|finding| full(&finding.title))
                .take(3)
                .collect();
            let mut ids: Vec<String> = vec![root.id.to_string()];
            ids.extend(caused.iter().map(|finding| finding.id.to_string()));
            say(format!("That explains: {}.", titles.join("; ")), ids);
        }
        let others: Vec<&&Finding> = rest
            .iter()
            .filter(|finding| !root.explains.contains(&finding.id))
            .collect();
        for other in others.iter().take(2) {
            say(format!("Also: {}.", full(&other.title)), cites(other));
        }
        if others.len() > 2 {
            let ids = others
                .iter()
                .skip(2)
                .map(|finding| finding.id.to_string())
                .collect();
            say(format!("And {} more.", others.len() - 2), ids);
        }
    }
    claims
}

fn cites(finding: &Finding) -> Vec<String> {
    std::iter::once(finding.id.to_string())
        .chain(finding.cites.iter().map(ToString::to_string))
        .collect()
}

/// A title without a full stop, since the sentence sets its own.
fn full(title: &str) -> &str {
    title.trim_end_matches('.')
}
