//! Why a module is not loaded: the first reason that holds, from what nobody can get around to what only this try ran into.

use std::sync::LazyLock;

use incident::{Confidence, Severity, Subject};
use regex::Regex;

use super::near::nearest;
use super::read::{Module, Rule, State, same_name};
use super::{FAILED, Wanted};
use crate::draft::Draft;
use crate::pattern::patterns;
use crate::read::short;

// As kernel/module/main.c and kernel/params.c of Linux 6.1 print them.
patterns! {
    SYMBOL = r"(?:Unknown symbol (\S+) \(err|disagrees about version of symbol (\S+))";
    PARAMETER = r"`([^']*)' invalid for parameter `([^']+)'";
    MAGIC = r"version magic '(\S+)[^']*' should be '";
    SIGNATURE = r"(?:Loading of (?:unsigned )?module (?:with \S+ \S+ )?is rejected|[Kk]ey was rejected|(?i:required key not available)|Lockdown: .*unsigned module)";
    ELF = r"Invalid ELF|ELF (?:header|section)|[Ee]xec format error";
}

fn find(pattern: &LazyLock<Option<Regex>>, lines: &[String], group: usize) -> Option<String> {
    let pattern = pattern.as_ref()?;
    lines.iter().rev().find_map(|line| {
        let found = pattern.captures(line)?;
        let text = (group..found.len())
            .filter_map(|n| found.get(n))
            .map(|text| text.as_str())
            .next();
        Some(text.unwrap_or("").to_owned())
    })
}

/// The draft that says why.
pub(super) fn draft(state: &State<'_>, module: &Module, wants: &[Wanted]) -> Draft {
    let name = &same_name(&module.name);
    let shown = short(name, 60);
    let release = state.release;
    let make = |code: &str, title: String, detail: String| {
        Draft::new(
            code,
            Severity::Critical,
            Subject::new("module", name),
            title,
        )
        .detail(detail)
        .fact("module", name.as_str())
        .fact("release", release)
        .cite(module.key.as_str())
        .cite("kernel.modules")
    };
    let at = |draft: Draft, rule: &Rule| {
        // The kernel's command line is no file that anybody edits here, and where two rules keep it out one is not enough.
        if rule.file.starts_with("/etc/") && !module.kept_out_twice() {
            draft
                .fact("path", rule.file.as_str())
                .fact("line", rule.line)
        } else {
            draft
        }
    };
    let place = |rule: &Rule| {
        if rule.file == "/proc/cmdline" {
            "the kernel's command line".to_owned()
        } else {
            format!("{}:{}", rule.file, rule.line)
        }
    };
    let says: Vec<String> = module
        .kernel_says
        .iter()
        .chain(&module.loader_says)
        .cloned()
        .collect();
    let last = says.last().map_or_else(String::new, |line| {
        format!("\nIt says: {}", short(line, 200))
    });

    if let Some(rule) = module.rule("install").filter(|rule| !loads_itself(rule)) {
        let command = rule.rest();
        let draft = make(
            "kmod.overridden",
            format!("Module {shown} is switched off by {}", place(rule)),
            format!(
                "{} says that {} is run in its place.",
                place(rule),
                short(&command, 120)
            ),
        );
        return at(draft, rule);
    }
    // An explicit modprobe takes no notice of it; the loader at boot and the kernel's own requests do.
    let by_loader = wants.iter().any(|want| !matches!(want, Wanted::Said(_)));
    if let Some(rule) = module.rule("blacklist").filter(|_| by_loader) {
        let draft = make(
            "kmod.blacklisted",
            format!("Module {shown} is wanted, but {} forbids it", place(rule)),
            format!(
                "{} has \"{}\". Whoever wants it and whoever forbids it do not agree.",
                place(rule),
                short(&rule.text, 120)
            ),
        );
        return at(draft, rule);
    }
    if let Some(other) = module.alias_of() {
        return make(
            FAILED,
            format!("Kernel module {shown} is wanted but not loaded"),
            format!(
                "It is another name for {}, which is not loaded.{last}",
                short(other, 60)
            ),
        );
    }
    if module.file.is_none() {
        return no_file(state, module, wants, &make);
    }
    let path = module.file.clone().unwrap_or_default();
    let with_package = |draft: Draft| match &module.package {
        Some(package) => draft.fact("package", package.as_str()),
        None => draft,
    };
    if !module.indexed {
        return make(
            "kmod.stale_index",
            format!(
                "The index of the modules of {} does not know {shown}",
                short(release, 60)
            ),
            format!(
                "{path} is there, and /lib/modules/{release}/modules.dep has no line for it, so modprobe does not find it: depmod did not run after it was put there."
            ),
        );
    }
    // A file that its owner has built or signed anew differs too; it is damaged where the kernel does not take it.
    let refused = find(&ELF, &says, 1).or_else(|| find(&SIGNATURE, &says, 1));
    let differs = module.differs && refused.is_some();
    if module.broken.is_some() || differs {
        let what = module
            .broken
            .as_deref()
            .unwrap_or("the kernel does not take it");
        let why = if module.differs {
            format!("{path} is not what its package brought ({what}).")
        } else {
            format!("{path} cannot be read as a module ({what}).")
        };
        return with_package(
            make(
                "kmod.corrupt",
                format!("The file of module {shown} is damaged"),
                format!("{why}{last}"),
            )
            .fact("path", path.as_str()),
        );
    }
    let built_for = Some(&module.built_for)
        .filter(|built| module.bound && !built.is_empty() && *built != release);
    if let Some(other) = find(&MAGIC, &says, 1).or_else(|| built_for.cloned()) {
        return make(
            "kmod.other_kernel",
            format!(
                "Module {shown} is built for kernel {}, and {} runs",
                short(&other, 60),
                short(release, 60)
            ),
            format!("{path} was made for another kernel.{last}"),
        )
        .fact("path", path.as_str())
        .fact("other", other);
    }
    if let Some(missing) = module.lacks.first() {
        return with_package(
            make(
                "kmod.unknown_symbol",
                format!(
                    "Module {shown} needs {}, which is gone",
                    short(missing, 120)
                ),
                format!("{path} is built on it and cannot be loaded without.{last}"),
            )
            .fact("path", missing.as_str()),
        );
    }
    if let Some(symbol) = find(&SYMBOL, &says, 1) {
        return with_package(
            make(
                "kmod.unknown_symbol",
                format!(
                    "Module {shown} needs {}, which this kernel has not got",
                    short(&symbol, 60)
                ),
                format!("{path} does not fit the kernel or the modules that it is built on.{last}"),
            )
            .fact("path", path.as_str())
            .fact("symbol", symbol),
        );
    }
    if let Some(draft) = parameter(module, &says, &make) {
        return draft;
    }
    // A line that names no module is about this one only where it is not signed.
    let about = |line: &&String| line.contains(name.as_str()) || !module.signed;
    let ours: Vec<String> = says.iter().filter(about).cloned().collect();
    if find(&SIGNATURE, &ours, 1).is_some() {
        let why = if module.signed {
            "The kernel does not know the key that it is signed with."
        } else {
            "It is not signed, and this kernel takes only signed ones (Secure Boot, lockdown or module.sig_enforce)."
        };
        return with_package(
            make(
                "kmod.bad_signature",
                format!("The kernel refuses the signature of module {shown}"),
                format!("{why}{last}"),
            )
            .fact("signed", module.signed)
            .fact("path", path.as_str()),
        );
    }
    let device = says.iter().any(|line| line.contains("No such device"))
        || wants.iter().any(|want| matches!(want, Wanted::Said(said) if said.text("message").is_some_and(|text| text.contains("No such device"))));
    if device {
        let draft = make(
            FAILED,
            format!("Kernel module {shown} is wanted but not loaded"),
            format!("It was tried, and this machine has no device for it.{last}"),
        );
        return Draft {
            severity: Severity::Info,
            ..draft
        };
    }
    let loadable = module.dry.iter().any(|line| line.starts_with("insmod "));
    let draft = make(
        FAILED,
        format!("Kernel module {shown} is wanted but not loaded"),
        format!("It is there for the running kernel, and nothing forbids it: it was taken out, or what it needed was not there yet when it was tried.{last}"),
    )
    .fact("exists", true);
    if loadable {
        draft.fact("loadable", true)
    } else {
        draft
    }
}

/// Whether an `install` line ends in loading the module after all.
fn loads_itself(rule: &Rule) -> bool {
    let command = rule.rest();
    command.contains("--ignore-install")
        || command.contains("modprobe -i")
        || command.contains("insmod")
}

/// A value that the module does not take, and the line that sets it.
fn parameter(
    module: &Module,
    says: &[String],
    make: &dyn Fn(&str, String, String) -> Draft,
) -> Option<Draft> {
    let name = find(&PARAMETER, says, 2)?;
    let value = find(&PARAMETER, says, 1).unwrap_or_default();
    let sets = |rule: &Rule, whole: bool| {
        let rest = rule.rest();
        rule.verb() == "options"
            && rest.split(' ').any(|word| {
                let (key, given) = word.split_once('=').unwrap_or((word, ""));
                key == name && (!whole || given == value)
            })
    };
    let rule = module.rules.iter().rfind(|rule| sets(rule, true));
    // What has been corrected since is old news.
    if rule.is_none() && module.rules.iter().any(|rule| sets(rule, false)) {
        return None;
    }
    let shown = short(&same_name(&module.name), 60);
    let draft = make(
        "kmod.bad_parameter",
        format!(
            "Module {shown} does not take {}={}",
            short(&name, 40),
            short(&value, 40)
        ),
        match rule {
            Some(rule) => format!(
                "{}:{} sets it. Its parameters: {}",
                rule.file,
                rule.line,
                short(&module.parameters.join(", "), 200)
            ),
            None => format!(
                "Whoever loads it gives that value. Its parameters: {}",
                short(&module.parameters.join(", "), 200)
            ),
        },
    )
    .fact("parameter", name.as_str())
    .fact("value", value);
    Some(match rule {
        // With other settings on the same line, more than the wrong one would go.
        Some(rule) if rule.file.starts_with("/etc/") && rule.rest().split(' ').count() == 1 => {
            draft
                .fact("path", rule.file.as_str())
                .fact("line", rule.line)
        }
        _ => draft,
    })
}

/// There is no file of that name for the kernel that runs.
fn no_file(
    state: &State<'_>,
    module: &Module,
    wants: &[Wanted],
    make: &dyn Fn(&str, String, String) -> Draft,
) -> Draft {
    let name = same_name(&module.name);
    let (shown, release) = (short(&name, 60), state.release);
    if let Some(dkms) = &module.dkms {
        let complaint = dkms.complaint.as_ref().map_or_else(String::new, |line| {
            format!("\nIts last build says: {}", short(line, 160))
        });
        let headers = if module.headers {
            ""
        } else {
            " The kernel's headers are not installed, without which it cannot be built."
        };
        let built = if dkms.built.is_empty() {
            "for none".to_owned()
        } else {
            format!("for {}", dkms.built.join(", "))
        };
        return make(
            "kmod.dkms_failed",
            format!(
                "Module {shown} was not built for the running kernel {}",
                short(release, 60)
            ),
            format!(
                "DKMS has its source ({} {}) and built it {built}.{headers}{complaint}",
                dkms.name, dkms.version
            ),
        )
        .fact("dkms", dkms.name.as_str())
        .fact("version", dkms.version.as_str())
        .fact("headers", module.headers);
    }
    // An older kernel is nothing to go back to for it.
    let newest = |other: &&String| state.boots.last() == Some(&other.as_str());
    if let Some(other) = module.elsewhere.iter().find(newest) {
        return make(
            "kmod.other_kernel",
            format!(
                "Module {shown} is there for kernel {}, and {} runs",
                short(other, 60),
                short(release, 60)
            ),
            format!("/lib/modules/{release} has no such module; that of {other} has one."),
        )
        .fact("other", other.as_str());
    }
    let at_boot = wants.iter().find_map(|want| {
        if let Wanted::AtBoot { file, line } = want
            && *line > 0
            && (file == "/etc/modules" || file.starts_with("/etc/modules-load.d/"))
        {
            Some((file.as_str(), *line))
        } else {
            None
        }
    });
    let near = nearest(&name, module.near.iter().map(String::as_str));
    if let (Some((file, line)), Some(near)) = (at_boot, near) {
        return make(
            "kmod.misnamed",
            format!(
                "There is no kernel module {shown}; there is one named {}",
                short(near, 60)
            ),
            format!(
                "{file}:{line} names it, and the loader passes over a name that it does not find."
            ),
        )
        .sure(Confidence::Likely)
        .fact("path", file)
        .fact("line", line)
        .fact("from", module.name.as_str())
        .fact("to", near);
    }
    let like = near.map_or_else(String::new, |near| format!(" One named {near} is there."));
    let who = at_boot.map_or_else(String::new, |(file, line)| {
        format!(" {file}:{line} names it.")
    });
    make(
        "kmod.not_found",
        format!("There is no kernel module {shown} for the running kernel"),
        format!(
            "/lib/modules/{release} has no file of that name, and it is not built in.{who}{like}"
        ),
    )
}
