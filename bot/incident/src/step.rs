//! One typed change to a host: the single vocabulary from runbook to guard.
//!
//! A step is data. It is shown to the approver, hashed into the digest and read by the guard on
//! the host as the same words, so what was approved is what runs. The verbs and the order of their
//! arguments are the table in [`VERBS`]; the guard refuses anything else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod argv;
mod slot;
pub use slot::Slot;

/// Whether the guard can undo a verb from what it saved before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// There is an inverse made from what was saved.
    FromSaved,
    /// There is an inverse where the guard's preview says that a copy fits; otherwise there is none.
    IfSaved,
    /// There is none; the reason is shown to the approver.
    Never(&'static str),
    /// It only looks, so there is nothing to undo.
    Nothing,
}

/// A verb of the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct Verb {
    /// `file.chmod`.
    pub name: &'static str,
    /// Its arguments in order: name and kind. A kind at the end may repeat when `repeats` is set.
    pub slots: &'static [(&'static str, Slot)],
    /// Whether the last slot may occur any number of times.
    pub repeats: bool,
    /// Whether it can be undone.
    pub reversal: Reversal,
    /// Whether runbooks may use it; the others appear in rollbacks only.
    pub in_runbooks: bool,
}

use Reversal::{FromSaved, IfSaved, Never, Nothing};

const UNIT: &[(&str, Slot)] = &[("unit", Slot::Unit)];
const PATH: &[(&str, Slot)] = &[("path", Slot::Path)];
const PACKAGE: &[(&str, Slot)] = &[("package", Slot::Package)];
const CONTAINER: &[(&str, Slot)] = &[("engine", Slot::Engine), ("container", Slot::Container)];
const NODE: &[(&str, Slot)] = &[("node", Slot::KubeName)];
const MODULE: &[(&str, Slot)] = &[("module", Slot::Module)];
const PROCESS: &[(&str, Slot)] = &[("pid", Slot::Number), ("start_time", Slot::Number)];
const WATCHED: &[(&str, Slot)] = &[
    ("pid", Slot::Number),
    ("start_time", Slot::Number),
    ("seconds", Slot::Seconds),
];

const fn verb(
    name: &'static str,
    slots: &'static [(&'static str, Slot)],
    reversal: Reversal,
) -> Verb {
    Verb {
        name,
        slots,
        repeats: false,
        reversal,
        in_runbooks: true,
    }
}

const fn rollback_only(
    name: &'static str,
    slots: &'static [(&'static str, Slot)],
    reversal: Reversal,
) -> Verb {
    Verb {
        name,
        slots,
        repeats: false,
        reversal,
        in_runbooks: false,
    }
}

/// Every verb there is. The guard on the host has the same table.
pub const VERBS: &[Verb] = &[
    verb(
        "file.chmod",
        &[("path", Slot::Path), ("mode", Slot::Mode)],
        FromSaved,
    ),
    verb(
        "file.chown",
        &[
            ("path", Slot::Path),
            ("owner", Slot::Account),
            ("group", Slot::Account),
            ("recursive", Slot::Flag),
        ],
        FromSaved,
    ),
    verb(
        "file.move",
        &[("from", Slot::Path), ("to", Slot::Path)],
        FromSaved,
    ),
    verb("file.delete", PATH, IfSaved),
    verb("file.truncate", PATH, IfSaved),
    verb(
        "file.comment_line",
        &[
            ("path", Slot::Path),
            ("line", Slot::Number),
            ("comment", Slot::Line),
        ],
        FromSaved,
    ),
    verb(
        "file.set_key",
        &[
            ("path", Slot::Path),
            ("section", Slot::Name),
            ("key", Slot::Name),
            ("value", Slot::Line),
            ("separator", Slot::Line),
        ],
        FromSaved,
    ),
    verb(
        "file.put",
        &[
            ("path", Slot::Path),
            ("mode", Slot::Mode),
            ("content", Slot::Content),
        ],
        FromSaved,
    ),
    verb(
        "file.link",
        &[("path", Slot::Path), ("target", Slot::Path)],
        FromSaved,
    ),
    rollback_only(
        "file.restore",
        &[
            ("path", Slot::Path),
            ("execution", Slot::Execution),
            ("step", Slot::Number),
        ],
        FromSaved,
    ),
    verb("unit.start", UNIT, FromSaved),
    verb("unit.stop", UNIT, FromSaved),
    verb("unit.restart", UNIT, FromSaved),
    verb("unit.reload", UNIT, FromSaved),
    rollback_only("unit.try_reload", UNIT, FromSaved),
    verb("unit.reset_failed", UNIT, FromSaved),
    verb("unit.enable", UNIT, FromSaved),
    verb("unit.disable", UNIT, FromSaved),
    verb("unit.mask", UNIT, FromSaved),
    verb("unit.unmask", UNIT, FromSaved),
    verb(
        "unit.set_property",
        &[
            ("unit", Slot::Unit),
            ("section", Slot::Name),
            ("key", Slot::Name),
            ("value", Slot::Line),
        ],
        FromSaved,
    ),
    rollback_only(
        "unit.unset_property",
        &[("unit", Slot::Unit), ("key", Slot::Name)],
        FromSaved,
    ),
    verb(
        "process.signal",
        &[
            ("pid", Slot::Number),
            ("start_time", Slot::Number),
            ("signal", Slot::Signal),
        ],
        Never("a signal cannot be taken back"),
    ),
    verb(
        "process.renice",
        &[
            ("pid", Slot::Number),
            ("start_time", Slot::Number),
            ("nice", Slot::Line),
        ],
        FromSaved,
    ),
    verb(
        "mount.remount",
        &[("path", Slot::Path), ("options", Slot::MountOptions)],
        FromSaved,
    ),
    verb("mount.mount", PATH, FromSaved),
    rollback_only("mount.unmount", PATH, FromSaved),
    Verb {
        name: "firewall.delete_rule",
        slots: &[
            ("tool", Slot::FirewallTool),
            ("table", Slot::Name),
            ("chain", Slot::Name),
            ("rule", Slot::RuleWord),
        ],
        repeats: true,
        reversal: FromSaved,
        in_runbooks: true,
    },
    Verb {
        name: "firewall.insert_rule",
        slots: &[
            ("tool", Slot::FirewallTool),
            ("table", Slot::Name),
            ("chain", Slot::Name),
            ("index", Slot::Number),
            ("rule", Slot::RuleWord),
        ],
        repeats: true,
        reversal: FromSaved,
        in_runbooks: false,
    },
    verb(
        "sysctl.set",
        &[("key", Slot::Sysctl), ("value", Slot::Line)],
        FromSaved,
    ),
    verb(
        "dpkg.configure",
        &[],
        Never("package scripts ran; what they changed is not recorded"),
    ),
    verb(
        "package.install",
        &[("package", Slot::Package), ("version", Slot::Version)],
        FromSaved,
    ),
    verb(
        "package.reinstall",
        PACKAGE,
        Never("the package's files are written anew; changed ones are replaced"),
    ),
    rollback_only("package.remove", PACKAGE, FromSaved),
    verb("package.hold", PACKAGE, FromSaved),
    verb("package.unhold", PACKAGE, FromSaved),
    verb(
        "journal.vacuum",
        &[("size", Slot::Size)],
        Never("old log lines are gone"),
    ),
    verb("kmod.load", MODULE, FromSaved),
    rollback_only("kmod.unload", MODULE, FromSaved),
    verb(
        "kmod.depmod",
        &[("release", Slot::Release)],
        Never("the index is made anew from the modules that are there; the old one was wrong"),
    ),
    verb(
        "kmod.rename",
        &[
            ("path", Slot::Path),
            ("line", Slot::Number),
            ("from", Slot::Module),
            ("to", Slot::Module),
        ],
        FromSaved,
    ),
    verb(
        "kmod.dkms",
        &[
            ("name", Slot::Module),
            ("version", Slot::Release),
            ("release", Slot::Release),
        ],
        Never("the module is built and installed; `dkms uninstall` takes it out"),
    ),
    verb("host.reboot", &[("minutes", Slot::Minutes)], FromSaved),
    rollback_only(
        "host.cancel_reboot",
        &[],
        Never("a reboot that was called off is not planned again"),
    ),
    verb("container.start", CONTAINER, FromSaved),
    rollback_only("container.stop", CONTAINER, FromSaved),
    verb(
        "container.restart",
        CONTAINER,
        Never("it runs again as it did before; what it had in memory is gone"),
    ),
    verb(
        "k8s.rollout_restart",
        &[("namespace", Slot::KubeName), ("workload", Slot::Workload)],
        Never("its pods are replaced by new ones of the same revision"),
    ),
    verb(
        "k8s.rollout_undo",
        &[
            ("namespace", Slot::KubeName),
            ("deployment", Slot::KubeName),
            ("revision", Slot::Number),
        ],
        FromSaved,
    ),
    verb("capture.backtrace", PROCESS, Nothing),
    verb("capture.syscalls", WATCHED, Nothing),
    verb("capture.profile", WATCHED, Nothing),
    verb(
        "capture.packets",
        &[("port", Slot::Port), ("seconds", Slot::Seconds)],
        Nothing,
    ),
    verb("capture.core", PATH, Nothing),
    verb("k8s.uncordon", NODE, FromSaved),
    rollback_only("k8s.cordon", NODE, FromSaved),
];

/// The verb of a name.
#[must_use]
pub fn verb_named(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// What is wrong with a step. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStep {
    /// There is no such verb.
    #[error("there is no action {name:?}; `sickbay runbook actions` lists them")]
    UnknownVerb {
        /// What was written.
        name: String,
    },
    /// Too few or too many arguments.
    #[error("{verb} takes {wanted} arguments, {given} were given")]
    Count {
        /// The verb.
        verb: &'static str,
        /// How many it takes.
        wanted: usize,
        /// How many there were.
        given: usize,
    },
    /// An argument is not of its kind.
    #[error("{verb}: {slot} {text:?} {why}")]
    Argument {
        /// The verb.
        verb: &'static str,
        /// The argument's name.
        slot: &'static str,
        /// What was given, cut at 120 characters.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// One typed change. Made by [`Step::new`], which checks every argument.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "RawStep")]
pub struct Step {
    verb: String,
    args: Vec<String>,
    /// What the target looks like now; the guard runs nothing unless it still does.
    needs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    verb: String,
    args: Vec<String>,
    #[serde(default)]
    needs: BTreeMap<String, String>,
}

impl TryFrom<RawStep> for Step {
    type Error = BadStep;
    fn try_from(raw: RawStep) -> Result<Self, BadStep> {
        let mut step = Self::new(&raw.verb, raw.args)?;
        step.needs = raw.needs;
        Ok(step)
    }
}

impl Step {
    /// Checks the arguments against the verb's slots and makes the step, without needs.
    ///
    /// # Errors
    /// [`BadStep`] when the verb is unknown or an argument is not of its kind.
    pub fn new(verb: &str, args: Vec<String>) -> Result<Self, BadStep> {
        let Some(found) = verb_named(verb) else {
            return Err(BadStep::UnknownVerb {
                name: verb.to_owned(),
            });
        };
        let enough = if found.repeats {
            args.len() >= found.slots.len()
        } else {
            args.len() == found.slots.len()
        };
        if !enough {
            return Err(BadStep::Count {
                verb: found.name,
                wanted: found.slots.len(),
                given: args.len(),
            });
        }
        let last = found.slots.last();
        for (n, text) in args.iter().enumerate() {
            let Some((slot, kind)) = found.slots.get(n).or(last) else {
                continue;
            };
            if let Err(why) = kind.check(text) {
                let text = text.chars().take(120).collect();
                return Err(BadStep::Argument {
                    verb: found.name,
                    slot,
                    text,
                    why,
                });
            }
        }
        Ok(Self {
            verb: found.name.to_owned(),
            args,
            needs: BTreeMap::new(),
        })
    }

    /// The verb's name: `file.chmod`.
    #[must_use]
    pub fn verb(&self) -> &str {
        &self.verb
    }

    /// The arguments, in the order of the verb's slots.
    #[must_use]
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// The argument of a slot, by name.
    #[must_use]
    pub fn arg(&self, slot: &str) -> Option<&str> {
        let verb = verb_named(&self.verb)?;
        let at = verb.slots.iter().position(|(name, _)| *name == slot)?;
        self.args.get(at).map(String::as_str)
    }

    /// The words of the last, repeating slot.
    #[must_use]
    pub fn rest(&self) -> &[String] {
        let from = verb_named(&self.verb).map_or(0, |verb| verb.slots.len().saturating_sub(1));
        self.args.get(from..).unwrap_or(&[])
    }

    /// What the target must still look like when the step runs.
    #[must_use]
    pub fn needs(&self) -> &BTreeMap<String, String> {
        &self.needs
    }

    /// The same step, bound to what its target looks like now.
    #[must_use]
    pub fn needing(mut self, needs: BTreeMap<String, String>) -> Self {
        self.needs = needs;
        self
    }

    /// What it changes, for telling whether two steps touch the same thing: `path:/etc/x`, `unit:nginx.service`.
    #[must_use]
    pub fn target(&self) -> String {
        let area = self.verb.split('.').next().unwrap_or("");
        let first = self.args.first().map_or("", String::as_str);
        match area {
            "file" => format!("path:{first}"),
            "kmod" if self.verb == "kmod.rename" => format!("path:{first}"),
            "process" => format!("pid:{first}"),
            // Two looks do not get into each other's way, nor into that of a change.
            "capture" => format!("{}:{first}", self.verb),
            "container" => format!("container:{}", self.arg("container").unwrap_or("")),
            "k8s" if self.args.len() > 1 => format!(
                "k8s:{first}/{}",
                self.arg("workload").map_or_else(
                    || format!("deployment/{}", self.arg("deployment").unwrap_or("")),
                    str::to_owned
                )
            ),
            area => format!("{area}:{first}"),
        }
    }
}
