//! What holds of all modules at once: the kernel that runs has lost them, or loads none any more; another one cannot boot.

use std::collections::BTreeMap;

use incident::{Severity, Subject};

use super::read::State;
use super::{Wanted, list};
use crate::draft::Draft;
use crate::read::short;

type Wants = BTreeMap<String, Vec<Wanted>>;

/// A kernel that can be booted and has no initramfs, where others have one.
pub(super) fn initrd(state: &State<'_>) -> Option<Draft> {
    let tool = state.initrd_tool?;
    let lacking = state.without_initrd.last()?;
    if state.without_initrd.len() >= state.boots.len() {
        return None;
    }
    let make = if tool == "dracut" {
        format!("dracut --kver {lacking}")
    } else {
        format!("update-initramfs -c -k {lacking}")
    };
    Some(
        Draft::new(
            "kernel.initrd_missing",
            Severity::Warning,
            Subject::new("kernel", *lacking),
            format!("Kernel {} has no initramfs", short(lacking, 60)),
        )
        .detail(format!(
            "It is booted next, or when somebody picks it, and does not find its root without one. This makes it: {make}"
        ))
        .fact("release", *lacking)
        .cite("kernel.modules"),
    )
}

/// The modules of the kernel that runs are gone, so nothing can be loaded any more.
pub(super) fn kernel_gone(state: &State<'_>, wanted: &Wants) -> Option<Draft> {
    if state.tree || state.release.is_empty() {
        return None;
    }
    // A kernel that somebody built without modules of its own has none anywhere; then nothing is missing.
    if wanted.is_empty() && state.kernels.is_empty() {
        return None;
    }
    let release = state.release;
    let next = state
        .boots
        .iter()
        .rfind(|boot| state.kernels.contains(boot))
        .or(state.kernels.last());
    let severity = if wanted.is_empty() {
        Severity::Warning
    } else {
        Severity::Critical
    };
    let mut draft = Draft::new(
        "kmod.kernel_gone",
        severity,
        Subject::new("kernel", release),
        format!("The modules of the running kernel {} are gone", short(release, 60)),
    )
    .detail(match next {
        Some(next) => format!(
            "/lib/modules/{release} is not there: the kernel was upgraded or removed without a reboot. What is not loaded by now cannot be loaded; {next} is installed and runs after a reboot."
        ),
        None => format!(
            "/lib/modules/{release} is not there. What is not loaded by now cannot be loaded until the kernel's package is installed again."
        ),
    })
    .fact("release", release)
    .cite("kernel.modules");
    if let Some(next) = next {
        draft = draft.fact("next", *next);
    }
    if !wanted.is_empty() {
        draft = draft.fact("mentions", list(wanted.keys().cloned()));
    }
    for want in wanted.values().flatten() {
        draft = of_want(draft, want);
    }
    Some(draft)
}

/// What waits for it.
pub(super) fn of_want(draft: Draft, want: &Wanted) -> Draft {
    match want {
        Wanted::Unit { unit } => draft.fact("unit", unit.as_str()),
        Wanted::Mount { target } => draft.fact("mount", target.as_str()),
        Wanted::Said(said) => match said.text("unit") {
            Some(unit) => draft.fact("unit", unit),
            None => draft,
        },
        Wanted::AtBoot { .. } | Wanted::Parameter { .. } => draft,
    }
}

/// Loading is switched off until the next boot.
pub(super) fn locked(state: &State<'_>, wanted: &Wants) -> Option<Draft> {
    if wanted.is_empty() {
        return None;
    }
    let names: Vec<String> = wanted.keys().cloned().collect();
    let mut draft = Draft::new(
        "kmod.locked",
        Severity::Warning,
        Subject::new("kernel", state.release),
        format!(
            "No module can be loaded until the next boot; missing: {}",
            short(&names.join(", "), 100)
        ),
    )
    .detail("kernel.modules_disabled is 1, which nothing takes back but a reboot. Somebody or something set it after the boot; what is to be loaded has to be loaded before that.")
    .fact("mentions", list(names.into_iter()))
    .cite("kernel.modules");
    for want in wanted.values().flatten() {
        draft = of_want(draft, want);
    }
    Some(draft)
}
