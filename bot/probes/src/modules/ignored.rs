//! Parameters that a loaded module does not know: the kernel loads it all the same, and says once that it goes without.

use std::collections::BTreeMap;

use incident::{Severity, Subject};

use super::near::nearest;
use super::read::{Module, same_name};
use crate::draft::Draft;
use crate::kernel::messages;
use crate::look::Look;
use crate::pattern::patterns;
use crate::read::{after, float, real, short};

patterns! {
    // `pr_warn("%s: unknown parameter '%s' ignored\n", …)` of the kernel's `load_module`.
    IGNORED = r"^([A-Za-z0-9_]{1,64}): unknown parameter '([A-Za-z0-9_.-]{1,64})' ignored";
}

/// A parameter that was set and is not known, and whether that was said within the window.
struct Ignored {
    module: String,
    parameter: String,
    fresh: bool,
}

fn said(look: &Look<'_>) -> Vec<Ignored> {
    let text = look.heard("kernel.messages");
    let up = after(&text, "uptime ").map_or(0.0, real);
    let window = float(i64::try_from(look.window.since_seconds).unwrap_or(i64::MAX));
    let Some(pattern) = IGNORED.as_ref() else {
        return Vec::new();
    };
    let mut all: BTreeMap<(String, String), bool> = BTreeMap::new();
    for message in messages(&text) {
        let Some(found) = pattern.captures(message.text) else {
            continue;
        };
        let group = |n: usize| found.get(n).map_or("", |part| part.as_str());
        all.insert(
            (same_name(group(1)), group(2).to_owned()),
            up - message.at <= window,
        );
    }
    all.into_iter()
        .map(|((module, parameter), fresh)| Ignored {
            module,
            parameter,
            fresh,
        })
        .collect()
}

/// The modules to ask about.
pub(super) fn names(look: &Look<'_>) -> Vec<String> {
    said(look).into_iter().map(|one| one.module).collect()
}

/// What is still set and not known; of a host where nobody set it any more, or the module says otherwise, nothing.
pub(super) fn judge(look: &Look<'_>, asked: &BTreeMap<String, Module>, drafts: &mut Vec<Draft>) {
    for one in said(look) {
        let Some(module) = asked.get(&one.module) else {
            continue;
        };
        let sets = |text: &str| {
            text.split_whitespace()
                .any(|word| word.split('=').next() == Some(one.parameter.as_str()))
        };
        let rule = module
            .rules
            .iter()
            .find(|rule| rule.verb() == "options" && sets(&rule.rest()));
        let Some(rule) = rule.filter(|_| !module.parameters.contains(&one.parameter)) else {
            continue;
        };
        // A line that newer kernels no longer know is common and harms nobody who has lived with it.
        let severity = if one.fresh {
            Severity::Warning
        } else {
            Severity::Info
        };
        let shown = short(&one.module, 60);
        let meant = nearest(&one.parameter, module.parameters.iter().map(String::as_str));
        let hint = meant.map_or_else(
            || {
                format!(
                    "Its parameters: {}",
                    short(&module.parameters.join(", "), 200)
                )
            },
            |meant| format!("It has one that is called {meant}."),
        );
        drafts.push(
            Draft::new(
                "kmod.parameter_ignored",
                severity,
                Subject::new("module", &one.module),
                format!(
                    "Module {shown} is loaded without its setting {}, which it does not know",
                    one.parameter
                ),
            )
            .detail(format!("{}:{} sets it. {hint}", rule.file, rule.line))
            .fact("module", one.module.as_str())
            .fact("parameter", one.parameter.as_str())
            .cite(look.key("kernel.messages"))
            .cite(module.key.as_str()),
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::all_compile());
    }
}
