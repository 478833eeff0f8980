//! The cloud that a host runs in: whose it is, whether its first start ended well, and what the cloud holds back.

use std::collections::BTreeMap;

use incident::{Confidence, Severity, Subject};
use serde_json::Value;

use crate::draft::Draft;
use crate::host::Host;
use crate::look::Look;
use crate::read::{after, all_after, file, int, short, time};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[Spec::new(
    "cloud.state",
    "the cloud that the host runs in, its first start, and what the cloud holds back",
    include_str!("sh/cloud.state.sh"),
)
.first()
.root()
.within(6, 65_536)];

/// A first start that goes on for so many seconds hangs.
const HANGS: i64 = 15 * 60;
/// A host that has run for longer has lived with what its first start left undone.
const SETTLED: i64 = 24 * 3600;
/// Packets within a second that are more than one burst.
const HELD_BACK: i64 = 10;

/// Whose machine it is, by what its firmware says.
///
/// The strings are those that the vendors document for telling their machines: Amazon and Google by the vendor, Azure by the tag
/// of its chassis, which distinguishes it from other machines of Hyper-V.
pub(crate) fn vendor(text: &str) -> Option<&'static str> {
    let id = |name: &str| file(text, &format!("/sys/class/dmi/id/{name}")).unwrap_or("");
    let (system, product, bios) = (id("sys_vendor"), id("product_name"), id("bios_vendor"));
    let starts = |start: &str| {
        [system, product, bios]
            .iter()
            .any(|said| said.starts_with(start))
    };
    if starts("Amazon") {
        Some("AWS")
    } else if starts("Alibaba") {
        Some("Alibaba Cloud")
    } else if starts("Tencent") {
        Some("Tencent Cloud")
    } else if starts("Google") {
        Some("Google Cloud")
    } else if id("chassis_asset_tag") == "7783-7084-3265-9085-8269-3286-77" {
        Some("Azure")
    } else {
        None
    }
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("cloud.state");
    let host = Host::read(look);
    let vendor = vendor(&text).unwrap_or("");
    let found = first_start(&text, &host)
        .into_iter()
        .chain(held_back(&text, vendor));
    drafts.extend(found.map(|draft| draft.fact("vendor", vendor).cite("cloud.state")));
}

/// What went wrong when cloud-init made the host what it is.
fn first_start(text: &str, host: &Host) -> Option<Draft> {
    let read = |name: &str| {
        let line = after(text, name)?;
        serde_json::from_str::<Value>(line).ok()
    };
    let about = Subject::new("host", "cloud-init");
    let result = read("cloud-init-result ");
    let errors: Vec<String> = result
        .as_ref()
        .and_then(|result| result.pointer("/v1/errors")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|error| short(error, 200))
        .collect();
    if let Some(first) = errors.first() {
        let severity = if host.uptime > SETTLED {
            Severity::Info
        } else {
            Severity::Warning
        };
        return Some(
            Draft::new(
                "cloud.init_failed",
                severity,
                about,
                "cloud-init did not finish setting this host up",
            )
            .detail(format!("It says: {first}"))
            .fact("count", i64::try_from(errors.len()).unwrap_or(i64::MAX)),
        );
    }
    // It has no result while it works; then its status names the stage and since when.
    let status = read("cloud-init-status ").filter(|_| result.is_none())?;
    let stage = status.pointer("/v1/stage")?.as_str()?.to_owned();
    let began = status
        .pointer(&format!("/v1/{stage}/start"))
        .and_then(Value::as_f64)?;
    let since = host.now.saturating_sub(crate::read::whole(began));
    (host.now > 0 && began > 0.0 && since >= HANGS).then(|| {
        let title = format!(
            "cloud-init has been setting this host up for {}",
            time(since)
        );
        Draft::new("cloud.init_failed", Severity::Warning, about, title)
            .sure(Confidence::Likely)
            .detail(format!(
                "It is in its stage {}; what comes after is not done.",
                short(&stage, 40)
            ))
            .fact("stage", short(&stage, 40))
    })
}

/// What a counter said at the first look and at the second.
type Count = (Option<i64>, Option<i64>);

/// What the cloud held back in the second between two looks, link by link.
fn held_back(text: &str, vendor: &str) -> Vec<Draft> {
    let mut counts: BTreeMap<(&str, &str), Count> = BTreeMap::new();
    for line in all_after(text, "held ") {
        let words: Vec<&str> = line.split(' ').collect();
        let [round, link, what, count] = words[..] else {
            continue;
        };
        let entry = counts.entry((link, what)).or_default();
        if round == "1" {
            entry.0 = Some(int(count));
        } else {
            entry.1 = Some(int(count));
        }
    }
    let mut found = Vec::new();
    for ((link, what), seen) in counts {
        let (Some(before), Some(now)) = seen else {
            continue;
        };
        let more = now.saturating_sub(before);
        if more < HELD_BACK {
            continue;
        }
        let (words, limit) = allowance(what);
        let title = format!("The cloud holds back the network of {link}");
        let whose = if vendor.is_empty() {
            String::new()
        } else {
            format!(" at {vendor}")
        };
        found.push(
            Draft::new("cloud.throttled", Severity::Warning, Subject::new("link", link), title)
                .detail(format!("It counts {words}: {more} too many within a second, {now} since the link came up ({what}). The limit is that of {limit}{whose}."))
                .fact("link", link)
                .fact("allowance", what)
                .fact("count", more),
        );
    }
    found
}

/// What a counter of Amazon's adapter counts, and whose limit it is.
fn allowance(what: &str) -> (&'static str, &'static str) {
    match what {
        "bw_in_allowance_exceeded" => ("incoming traffic", "the instance's bandwidth"),
        "bw_out_allowance_exceeded" => ("outgoing traffic", "the instance's bandwidth"),
        "pps_allowance_exceeded" => ("packets", "the instance's packets per second"),
        "conntrack_allowance_exceeded" => (
            "new connections",
            "connections that the instance may have tracked",
        ),
        "linklocal_allowance_exceeded" => (
            "questions to name servers, clocks and metadata",
            "packets to the cloud's own services",
        ),
        _ => ("packets", "the instance"),
    }
}

#[cfg(test)]
mod tests;
