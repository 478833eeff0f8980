//! An undo is a proposal like any other, made from what the guard saved before the change.
//!
//! The inverse steps run in reverse order, and each needs its target to look as the change left it:
//! an undo refuses when somebody has changed the target since.

use std::collections::BTreeMap;

use crate::ExecutionId;
use crate::fact::StepReport;
use crate::step::{BadStep, Step};

/// Why there is nothing to roll back, or no way to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRollback {
    /// No step was done.
    #[error("nothing was changed, so there is nothing to roll back")]
    NothingDone,
    /// A step that was done has no inverse.
    #[error("step {number} ({verb}) cannot be undone: {why}")]
    Irreversible {
        /// The step's number, from 1.
        number: usize,
        /// Its verb.
        verb: String,
        /// Why.
        why: String,
    },
    /// What the guard saved cannot be made into a step.
    #[error("what was saved for step {number} does not make a step: {source}")]
    BadSaved {
        /// The step's number, from 1.
        number: usize,
        /// What is wrong.
        source: BadStep,
    },
}

/// The facts about a target that an undo insists on, of those that the guard reported after the change.
const BOUND: [&str; 11] = [
    "exists", "type", "mode", "uid", "gid", "sha256", "target", "value", "usec", "revision",
    "cluster",
];

/// The steps that undo what an execution did: `steps` as they were approved, `reports` as the guard gave them.
///
/// # Errors
/// [`NoRollback`] when nothing was done, or one of the steps that were done has no inverse.
pub fn invert(
    execution: &ExecutionId,
    steps: &[Step],
    reports: &[StepReport],
) -> Result<Vec<Step>, NoRollback> {
    let mut inverse = Vec::new();
    let mut any_done = false;
    // Unit states must come back after the files they read did, so restarts are collected and put last.
    let mut restarts = Vec::new();
    // A module can go only when nothing uses it any more, a unit of the same run among the rest.
    let mut unloads = Vec::new();
    // A unit that runs is left running where what is put back counts at once: to restart it would only interrupt it, and
    // where the change had been its repair it might not come back.
    let at_once = steps.iter().all(|step| {
        let counts = [
            "unit.",
            "file.chmod",
            "file.chown",
            "mount.",
            "sysctl.",
            "firewall.",
            "process.",
        ];
        step.verb() != "unit.set_property"
            && counts.iter().any(|verb| step.verb().starts_with(verb))
    });
    for (n, (step, report)) in steps.iter().zip(reports).enumerate().rev() {
        if !report.done || crate::capture::is_capture(step) {
            continue;
        }
        any_done = true;
        let runs = || {
            report
                .before
                .get("active")
                .is_some_and(|state| state == "active")
        };
        if at_once && matches!(step.verb(), "unit.restart" | "unit.reload") && runs() {
            continue;
        }
        let made = undo_one(execution, n + 1, step, report)?;
        let target = match step.verb() {
            "unit.start" => &mut restarts,
            verb if verb.starts_with("unit.re") => &mut restarts,
            "kmod.load" => &mut unloads,
            _ => &mut inverse,
        };
        target.extend(made);
    }
    if !any_done {
        return Err(NoRollback::NothingDone);
    }
    inverse.append(&mut restarts);
    inverse.append(&mut unloads);
    if inverse.is_empty() {
        return Err(NoRollback::NothingDone);
    }
    Ok(inverse)
}

fn undo_one(
    execution: &ExecutionId,
    number: usize,
    step: &Step,
    report: &StepReport,
) -> Result<Vec<Step>, NoRollback> {
    let before = |key: &str| report.before.get(key).cloned().unwrap_or_default();
    let arg = |slot: &str| step.arg(slot).unwrap_or_default().to_owned();
    let irreversible = |why: &str| {
        Err(NoRollback::Irreversible {
            number,
            verb: step.verb().to_owned(),
            why: why.to_owned(),
        })
    };
    let bound: BTreeMap<String, String> = report
        .after
        .iter()
        .filter(|(key, _)| BOUND.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let one = |verb: &str, args: Vec<String>| {
        Step::new(verb, args)
            .map(|made| vec![made.needing(bound.clone())])
            .map_err(|source| NoRollback::BadSaved { number, source })
    };
    let plain = |verb: &str, args: Vec<String>| {
        Step::new(verb, args)
            .map(|made| vec![made])
            .map_err(|source| NoRollback::BadSaved { number, source })
    };
    let restore = |path: String| {
        one(
            "file.restore",
            vec![path, execution.to_string(), number.to_string()],
        )
    };
    match step.verb() {
        "file.chmod" => one("file.chmod", vec![arg("path"), before("mode")]),
        "file.chown" if arg("recursive") == "1" => restore(arg("path")),
        "file.chown" => one(
            "file.chown",
            vec![arg("path"), before("uid"), before("gid"), "0".into()],
        ),
        "file.move" => plain("file.move", vec![arg("to"), arg("from")]),
        // Whether a copy was kept is known to the guard, which refuses to restore what it does not have.
        "file.delete" | "file.truncate" => plain(
            "file.restore",
            vec![arg("path"), execution.to_string(), number.to_string()],
        ),
        "file.comment_line" | "file.set_key" | "file.put" | "file.link" | "file.restore"
        | "kmod.rename" => restore(arg("path")),
        "unit.start" | "unit.restart" => match before("active").as_str() {
            "active" | "reloading" => plain("unit.restart", vec![arg("unit")]),
            _ => plain("unit.stop", vec![arg("unit")]),
        },
        "unit.stop" => match before("active").as_str() {
            "active" | "reloading" | "activating" => plain("unit.start", vec![arg("unit")]),
            _ => Ok(Vec::new()),
        },
        "unit.reload" => plain("unit.try_reload", vec![arg("unit")]),
        // The mark "failed" is memory of the service manager, not a state of the service: there is nothing to bring back.
        "unit.reset_failed" => Ok(Vec::new()),
        "unit.enable" if before("enabled") == "enabled" => Ok(Vec::new()),
        "unit.enable" => plain("unit.disable", vec![arg("unit")]),
        "unit.disable" if before("enabled") == "enabled" => plain("unit.enable", vec![arg("unit")]),
        "unit.disable" => Ok(Vec::new()),
        "unit.unmask" if before("load") == "masked" => plain("unit.mask", vec![arg("unit")]),
        "unit.unmask" => Ok(Vec::new()),
        "unit.mask" if before("load") == "masked" => Ok(Vec::new()),
        "unit.mask" => plain("unit.unmask", vec![arg("unit")]),
        "unit.set_property" => plain("unit.unset_property", vec![arg("unit"), arg("key")]),
        "process.renice" => one(
            "process.renice",
            vec![arg("pid"), arg("start_time"), before("nice")],
        ),
        "process.signal" => match arg("signal").as_str() {
            "STOP" => plain(
                "process.signal",
                vec![arg("pid"), arg("start_time"), "CONT".into()],
            ),
            _ => irreversible("a signal cannot be taken back"),
        },
        "mount.remount" => match options_were(&arg("options"), &before("options")) {
            none if none.is_empty() => irreversible("what the options were is not known"),
            were => plain("mount.remount", vec![arg("path"), were]),
        },
        "mount.mount" => plain("mount.unmount", vec![arg("path")]),
        "mount.unmount" => plain("mount.mount", vec![arg("path")]),
        "firewall.delete_rule" => {
            let mut args = vec![arg("tool"), arg("table"), arg("chain"), before("index")];
            args.extend(step.rest().iter().cloned());
            plain("firewall.insert_rule", args)
        }
        "firewall.insert_rule" => {
            let mut args = vec![arg("tool"), arg("table"), arg("chain")];
            args.extend(step.rest().iter().cloned());
            plain("firewall.delete_rule", args)
        }
        "sysctl.set" => one("sysctl.set", vec![arg("key"), before("value")]),
        "package.install" => match before("version") {
            none if none.is_empty() => plain("package.remove", vec![arg("package")]),
            version => plain("package.install", vec![arg("package"), version]),
        },
        "package.remove" => plain("package.install", vec![arg("package"), before("version")]),
        "package.hold" if before("hold") == "1" => Ok(Vec::new()),
        "package.hold" => plain("package.unhold", vec![arg("package")]),
        "package.unhold" if before("hold") == "1" => plain("package.hold", vec![arg("package")]),
        "package.unhold" => Ok(Vec::new()),
        "kmod.load" if before("loaded") == "1" => Ok(Vec::new()),
        "kmod.load" => plain("kmod.unload", vec![arg("module")]),
        "kmod.unload" if before("loaded") == "0" => Ok(Vec::new()),
        "kmod.unload" => plain("kmod.load", vec![arg("module")]),
        // Bound to the moment it is planned for: a reboot that somebody else plans later is not ours to call off.
        "host.reboot" => one("host.cancel_reboot", Vec::new()),
        "container.start" if before("state") == "running" => Ok(Vec::new()),
        "container.start" => plain("container.stop", vec![arg("engine"), arg("container")]),
        "container.stop" => plain("container.start", vec![arg("engine"), arg("container")]),
        "container.restart" => irreversible("it runs again as it did before"),
        // Bound to the revision that the change made: what somebody has rolled out since is not ours to take back.
        "k8s.rollout_undo" => one(
            "k8s.rollout_undo",
            vec![arg("namespace"), arg("deployment"), before("revision")],
        ),
        "k8s.rollout_restart" => irreversible("its pods were replaced by new ones"),
        "k8s.uncordon" if before("unschedulable") == "0" => Ok(Vec::new()),
        "k8s.uncordon" => one("k8s.cordon", vec![arg("node")]),
        "k8s.cordon" if before("unschedulable") == "1" => Ok(Vec::new()),
        "k8s.cordon" => one("k8s.uncordon", vec![arg("node")]),
        "unit.unset_property" => {
            irreversible("the drop-in is written anew by the runbook that first did")
        }
        "dpkg.configure" => irreversible("package scripts ran"),
        "package.reinstall" => irreversible("the package's files were written anew"),
        "journal.vacuum" => irreversible("the old log lines are gone"),
        "kmod.depmod" => irreversible("the index was made anew; the old one was wrong"),
        "kmod.dkms" => {
            irreversible("the module was built and installed; `dkms uninstall` takes it out")
        }
        "host.cancel_reboot" => irreversible("a reboot that was called off is not planned again"),
        _ => irreversible("no inverse is known"),
    }
}

/// What the options of a mount were that a remount changed: whether it could be written to, and limits such as `size`.
fn options_were(changed: &str, before: &str) -> String {
    let had: Vec<&str> = before.split(',').collect();
    let were: Vec<&str> = changed
        .split(',')
        .filter_map(|option| match option.split_once('=') {
            Some((key, _)) => had
                .iter()
                .copied()
                .find(|old| old.split_once('=').is_some_and(|(of, _)| of == key)),
            None if matches!(option, "ro" | "rw") => {
                Some(if had.contains(&"ro") { "ro" } else { "rw" })
            }
            None => None,
        })
        .collect();
    were.join(",")
}

#[cfg(test)]
mod tests;
