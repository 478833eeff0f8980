//! Containers that the host's engine runs: those that restart again and again, or ended although they should run.

use incident::step::Slot;
use incident::{ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::look::Look;
use crate::read::{after, all_after, short};
use crate::spec::Spec;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "container.list",
        "containers and their state",
        include_str!("sh/container.list.sh"),
    )
    .first()
    .root()
    .within(6, 65_536),
    SHOW,
];

const SHOW: Spec = Spec::new(
    "container.show",
    "how one container ended, and its last lines",
    include_str!("sh/container.show.sh"),
)
.takes(&[Slot::Name])
.root()
.within(8, 16_384);

/// Name and status of each container that does not simply run: `Exited (1) 2 hours ago`.
pub(crate) fn troubled(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (name, status) = (fields.next()?, fields.next()?);
            let ended = status.starts_with("Exited (")
                && !["Exited (0)", "Exited (137)", "Exited (143)"]
                    .iter()
                    .any(|ok| status.starts_with(ok));
            (ended
                || status.starts_with("Restarting")
                || status.contains("(unhealthy)")
                || status.starts_with("Dead"))
            .then_some((name, status))
        })
        .collect()
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("container.list");
    for (name, status) in troubled(&text) {
        let key = format!("container.show {name}");
        let shown = look.heard(&key);
        let state = after(&shown, "state ").unwrap_or("");
        let policy = state.split(' ').nth(3).unwrap_or("");
        // Without a restart policy a container that ended with an error is a job that failed, or was left behind.
        let should_run = matches!(policy, "always" | "unless-stopped" | "on-failure");
        let loops = status.starts_with("Restarting");
        let severity = if loops || should_run || status.contains("(unhealthy)") {
            Severity::Warning
        } else {
            Severity::Info
        };
        let mut draft = Draft::new(
            "container.exited",
            severity,
            Subject::new("container", name),
            format!("Container {} is {}", short(name, 60), short(status, 60)),
        )
        .detail(short(
            &all_after(&shown, "log ")
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .take(3)
                .collect::<Vec<_>>()
                .join("\n"),
            600,
        ))
        .fact("container", name)
        .fact("status", status)
        .fact("policy", policy)
        .cite("container.list");
        if look.answer(&key).is_some_and(|answer| answer.key == key) {
            draft = draft.cite(key);
        }
        drafts.push(draft);
    }
}

/// What else to ask: how each of them ended.
pub(crate) fn follow(look: &Look<'_>, _drafts: &[Draft]) -> Vec<ProbeRun> {
    let text = look.heard("container.list");
    let mut runs = Vec::new();
    for (name, status) in troubled(&text).into_iter().take(8) {
        runs.extend(SHOW.run(
            &[name],
            &format!("container {} is {}", short(name, 60), short(status, 40)),
        ));
    }
    runs
}
