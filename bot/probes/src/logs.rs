//! Logs that grow so fast that they will fill a disk, and who writes them.

use incident::step::Slot;
use incident::{Confidence, ProbeRun, Severity, Subject};

use crate::disk;
use crate::draft::Draft;
use crate::host::{Host, mount_of, mounts};
use crate::look::Look;
use crate::read::{
    after, all_after, files, float, int, nth, percent, real, short, size, time, unit, whole,
};
use crate::spec::Spec;
use crate::work::sample;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "log.rate",
        "how fast the journal grows, and by whom",
        include_str!("sh/log.rate.sh"),
    )
    .first()
    .root(),
    WATCH,
];

const WATCH: Spec = Spec::new(
    "log.watch",
    "whether a log keeps growing, and who has it open",
    concat!(
        include_str!("sh/opened.with.sh"),
        include_str!("sh/log.watch.sh")
    ),
)
.takes(&[Slot::Path])
.root();

/// A log that grows faster than this is looked at a second time.
const SUSPECT_RATE: f64 = 128.0 * 1024.0;
/// Faster than this in both looks no log of a healthy service grows: 86 GB a day.
const FLOOD_RATE: f64 = 1024.0 * 1024.0;
/// A log that takes this share of a full filesystem is what fills it.
const SWOLLEN_PERCENT: i64 = 40;
/// A log that was last written longer ago is no longer being written.
const SWOLLEN_SECONDS: i64 = 3600;
/// A disk that is full within this many seconds is full before the next working day.
const SOON_SECONDS: f64 = 86_400.0;
/// Lines of the journal a second that are too many when one program writes nearly all of them, for ten seconds and more.
const LINES_PER_SECOND: f64 = 40.0;
/// Boot is noisy.
const SETTLED_SECONDS: i64 = 180;

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    for answer in look.all("log.watch") {
        if let Some(draft) = growing(look, drafts, answer.arg(), &answer.text()) {
            drafts.push(draft.cite(answer.key).cite("host.sample"));
        }
    }
    drafts.extend(journal(look));
}

/// A log on a full filesystem that it filled in a short time. It grows no more only because it cannot.
fn swollen(draft: &Draft) -> Option<(&str, i64)> {
    let path = draft
        .text("live_log")
        .filter(|_| draft.code == "fs.full" && draft.severity > Severity::Info)?;
    let share = percent(draft.int("live_size")? / 1024, draft.int("size_kib")?);
    let (rate, age) = (draft.int("live_rate")?, draft.int("live_age")?);
    (share >= SWOLLEN_PERCENT && float(rate) >= SUSPECT_RATE && age < SWOLLEN_SECONDS)
        .then_some((path, rate))
}

/// A log that grew in both looks, or has filled its filesystem.
fn growing(look: &Look<'_>, drafts: &[Draft], path: &str, text: &str) -> Option<Draft> {
    let first_look = sample(look)?.logs.get(path).copied().unwrap_or(0.0);
    let filled = drafts
        .iter()
        .filter_map(swollen)
        .find(|(of, _)| *of == path)
        .map(|(_, rate)| float(rate));
    let mut sizes = all_after(text, "size ").map(|line| {
        let at = line.rsplit(' ').next().map_or(0.0, real);
        (nth(line, 0), at)
    });
    let ((size_a, at_a), (size_b, at_b)) = (sizes.next()?, sizes.next()?);
    let seconds = at_b - at_a;
    if seconds < 0.2 {
        return None;
    }
    let growth = (float(size_b.saturating_sub(size_a)) / seconds).min(first_look);
    let rate = growth.max(filled.unwrap_or(0.0));
    if rate < SUSPECT_RATE {
        return None;
    }
    let mounted = mounts(&look.heard("disk.mounts"));
    let mount = mount_of(&mounted, path).map_or("/", |mount| &mount.path);
    let rooms = disk::read(&look.heard("disk.space"));
    let free = rooms
        .iter()
        .find(|room| room.path == mount)
        .map(|room| room.free);
    let until_full = free.map(|kib| float(kib) * 1024.0 / rate);
    let soon = until_full.is_some_and(|seconds| seconds < SOON_SECONDS);
    let severity = if soon || filled.is_some() || rate >= FLOOD_RATE {
        Severity::Warning
    } else {
        Severity::Info
    };
    let writer = files(text).find(|(path, _)| path.ends_with("/comm"));
    let pid = writer
        .and_then(|(path, _)| path.split('/').nth(2))
        .map_or(0, int);
    let comm = writer.map_or(String::new(), |(_, name)| short(name, 32));
    let unit = files(text)
        .filter(|(path, _)| path.ends_with("/cgroup"))
        .map(|(_, group)| unit(group))
        .find(|unit| !unit.is_empty())
        .unwrap_or_default();
    let mut detail = format!("{} now holds {}.", short(path, 200), size(size_b));
    let open = all_after(text, "open ").next().is_some();
    let has = if open { "has it open" } else { "names it" };
    if pid > 0 {
        let who = if unit.is_empty() {
            String::new()
        } else {
            format!(" of {unit}")
        };
        detail.push_str(&format!(" {comm} ({pid}){who} {has}."));
    }
    let rate_of = size(whole(rate));
    let title = if filled.is_some() {
        format!(
            "{} has filled {mount} at {rate_of} a second",
            short(path, 80)
        )
    } else {
        if let Some(seconds) = until_full {
            detail.push_str(&format!(
                " At this rate {mount} is full in {}.",
                time(whole(seconds))
            ));
        }
        format!("{} grows by {rate_of} a second", short(path, 80))
    };
    Some(
        Draft::new("log.flood", severity, Subject::new("path", path), title)
            .detail(detail)
            .fact("path", path)
            .fact("mount", mount)
            .fact("rate_bytes_per_second", whole(rate))
            .fact("size_bytes", size_b)
            .fact("pid", pid)
            .fact("comm", comm)
            .of_unit(&unit),
    )
}

/// One program that fills the journal.
fn journal(look: &Look<'_>) -> Option<Draft> {
    let host = Host::read(look);
    let text = look.heard("log.rate");
    let line = after(&text, "lines ")?;
    let now = after(&text, "now ").map_or(0, int);
    let mut words = line.split(' ');
    let lines = words.next().map_or(0, int);
    let from = words.nth(1).map_or(0.0, real);
    let to = words.nth(1).map_or(0.0, real);
    let seconds = to - from;
    let rate = float(lines) / seconds.max(0.1);
    // The lines must be many, recent, and spread over more than a moment, or it is a burst that has passed.
    if lines < 400
        || seconds < 5.0
        || rate < LINES_PER_SECOND
        || float(now) - to > 5.0
        || host.uptime < SETTLED_SECONDS
    {
        return None;
    }
    let (count, who) = all_after(&text, "by ")
        .filter_map(|line| line.split_once(' '))
        .map(|(n, who)| (int(n), who))
        .max()?;
    if percent(count, lines) < 80 {
        return None;
    }
    let who = short(who, 64);
    Some(
        Draft::new(
            "log.flood",
            Severity::Warning,
            Subject::new("journal", &who),
            format!("{who} writes {rate:.0} lines a second to the journal"),
        )
        .sure(Confidence::Likely)
        .detail(format!("{count} of the journal's last {lines} lines are its own; the journal drops older lines to make room."))
        .fact("comm", who.as_str())
        .fact("lines_per_second", whole(rate))
        .cite("log.rate"),
    )
}

/// What else to ask: each log that grew, once more.
pub(crate) fn follow(look: &Look<'_>, drafts: &[Draft]) -> Vec<ProbeRun> {
    let Some(sample) = sample(look) else {
        return Vec::new();
    };
    let mut fast: Vec<(&String, f64)> = sample
        .logs
        .iter()
        .map(|(path, rate)| (path, *rate))
        .filter(|(_, rate)| *rate >= SUSPECT_RATE)
        .collect();
    fast.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let mut runs = Vec::new();
    for (path, rate) in fast.into_iter().take(4) {
        let because = format!(
            "{} grows by {} a second",
            short(path, 80),
            size(whole(rate))
        );
        runs.extend(WATCH.run(&[path], &because));
    }
    for (path, _) in drafts.iter().filter_map(swollen) {
        let because = format!("{} has filled its filesystem", short(path, 80));
        runs.extend(WATCH.run(&[path], &because));
    }
    runs
}
