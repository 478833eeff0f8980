//! Tells a service that hangs from one that is only too slow: its queue is full and none of its processes does anything.

use incident::{ProbeRun, Severity};

use crate::draft::{Draft, whose};
use crate::look::Look;
use crate::signatures;
use crate::signatures::port::Port;
use crate::work::sample;

const HOLDER: &str = "port.holder";
/// Of how many processes that worked the sample tells.
const MOST_SHOWN: usize = 12;

/// Who holds the ports whose queues are full.
pub(crate) fn follow(_look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let spec = signatures::PROBES.iter().find(|spec| spec.id == HOLDER);
    drafts
        .iter()
        .filter(|draft| draft.code == "net.listen_overflow")
        .filter_map(|draft| {
            spec?
                .run(&[&draft.int("port")?.to_string()], &draft.title)
                .ok()
        })
        .take(3)
        .collect()
}

/// The draft of a full queue, with what is known of who should empty it.
pub(super) fn known(look: &Look<'_>, draft: Draft, port: i64) -> Draft {
    let key = format!("{HOLDER} {port}");
    let holder = look.text(&key).ok().and_then(|text| Port::read(&text));
    let (Some(holder), Some(sample)) = (holder, sample(look)) else {
        return draft;
    };
    let draft = draft.cite(key);
    let mut units = holder
        .holders
        .iter()
        .filter_map(|one| one.unit.as_deref())
        .filter(|unit| unit.ends_with(".service") && !whose(unit).is_empty());
    let Some(unit) = units
        .next()
        .filter(|first| units.all(|unit| unit == *first))
    else {
        return draft;
    };
    let works = sample
        .processes
        .iter()
        .any(|process| process.unit == unit && (process.cpu > 0.0 || process.state == "R"));
    // The sample shows those that worked most: where it is full, the unit's own may be among the others.
    let busy = sample
        .processes
        .iter()
        .filter(|process| process.cpu > 0.0)
        .count();
    let seen = busy < MOST_SHOWN || sample.processes.iter().any(|process| process.unit == unit);
    // One that is only slow is not helped by being started again: no unit is named.
    if works || !seen || holder.waiting == 0 {
        return draft;
    }
    let detail = format!(
        "{}\nNo process of {unit} did anything while they waited: it hangs, or waits for something that does not come.",
        draft.detail
    );
    // Which of its processes to look at closer: the one that was started first holds the others.
    let first = holder.holders.iter().min_by_key(|one| (one.start, one.pid));
    let draft = match first {
        Some(first) => draft.fact("pid", first.pid).fact("start_time", first.start),
        None => draft,
    };
    Draft {
        severity: Severity::Critical,
        ..draft
    }
    .detail(detail)
    .of_unit(unit)
}
