//! What is worth asking when nothing is wrong: what a host is, what lies ahead, and whether its kernel would come back as it is.
//!
//! A diagnosis does not ask it, since somebody waits for that; a scan does.

use incident::scan::About;
use incident::{ProbeRun, Severity, Subject};

use crate::draft::Draft;
use crate::host::Host;
use crate::look::{Look, Window};
use crate::plan::first_wave;
use crate::read::{after, all_after, file, files, int, short};
use crate::spec::Spec;
use crate::tls;

#[cfg(test)]
mod tests;

/// What can be asked.
pub(crate) const PROBES: &[Spec] = &[
    Spec::new(
        "scan.machine",
        "processor, virtualisation, faults of the processor",
        include_str!("sh/scan.machine.sh"),
    ),
    Spec::new(
        "scan.modules",
        "what modprobe would do for each module that is loaded",
        include_str!("sh/scan.modules.sh"),
    )
    .within(15, 131_072),
];

/// Of how many modules one by one is said that they would not be there.
const MOST: usize = 8;
/// More names than this are only counted.
const NAMED: usize = 24;

/// The questions of a scan: those of a diagnosis, and those that only a scan has the time for.
#[must_use]
pub fn scan_wave(window: &Window) -> incident::Plan {
    let mut plan = first_wave(window, None);
    let more = PROBES.iter().filter_map(|spec| spec.run(&[], "").ok());
    let more: Vec<ProbeRun> = more.collect();
    plan.runs.extend(more);
    plan
}

/// A module that would not be there after the next start.
struct Lost<'t> {
    name: &'t str,
    /// `loaded`, `outside`, `initramfs`.
    why: &'t str,
    /// The file that is gone, or what modprobe said.
    said: &'t str,
    gone: bool,
}

/// Those that would not be there, where that can be said: a container has the modules of its machine, and where the whole
/// folder is gone that is the finding.
fn lost<'t>(look: &Look<'_>, text: &'t str) -> Vec<Lost<'t>> {
    let has = |word: &str| text.lines().any(|line| line == word);
    if Host::read(look).contained() || !has("tree") || !has("index") {
        return Vec::new();
    }
    let kinds = [("gone ", true), ("fails ", false)];
    let lines = kinds
        .into_iter()
        .flat_map(|(start, gone)| all_after(text, start).map(move |line| (line, gone)));
    lines
        .filter_map(|(line, gone)| {
            let mut words = line.splitn(3, ' ');
            let (why, name) = (words.next()?, words.next()?);
            let said = words.next().unwrap_or("");
            Some(Lost {
                name,
                why,
                said,
                gone,
            })
        })
        .collect()
}

/// What the answers mean.
pub(crate) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("scan.modules");
    let release = after(&text, "release ").unwrap_or("");
    for one in lost(look, &text).iter().take(MOST) {
        // What was put in by hand from somewhere else was never meant to come back by itself.
        let severity = match one.why {
            "loaded" => Severity::Warning,
            _ => Severity::Info,
        };
        let name = short(one.name, 60);
        let title = if one.why == "initramfs" {
            format!("Module {name} is to be in the initramfs and cannot be found")
        } else {
            format!("Module {name} is loaded, and would not be after the next start")
        };
        let detail = if one.gone {
            format!("Its file is gone: {}", short(one.said, 160))
        } else {
            format!("modprobe says: {}", short(one.said, 200))
        };
        drafts.push(
            Draft::new(
                "kmod.next_start",
                severity,
                Subject::new("module", one.name),
                title,
            )
            .detail(detail)
            .fact("module", one.name)
            .fact("release", release)
            .cite("scan.modules"),
        );
    }
}

/// What is known of a host besides findings.
#[must_use]
pub fn about(look: &Look<'_>) -> Vec<About> {
    let host = Host::read(look);
    let mut about = Vec::new();
    about.extend(system(look));
    about.extend(processor(look, &host));
    if host.uptime > 0 && !host.contained() {
        let days = host.uptime / 86_400;
        about.push(About::Up { days });
    }
    if !host.contained() {
        about.extend(unmitigated(look));
    }
    let text = look.heard("scan.modules");
    let asked = ["ok ", "gone ", "fails "]
        .iter()
        .map(|start| all_after(&text, start).count())
        .sum::<usize>();
    if asked > 0 && !host.contained() {
        let lost = lost(look, &text).into_iter().take(NAMED);
        about.push(About::Modules {
            asked: i64::try_from(asked).unwrap_or(i64::MAX),
            lost: lost.map(|one| short(one.name, 60)).collect(),
        });
    }
    about.extend(certificate(look, &host));
    about
}

fn system(look: &Look<'_>) -> Option<About> {
    let text = look.heard("os.identity");
    let name = files(&text)
        .filter(|(path, _)| path.ends_with("os-release"))
        .find_map(|(_, line)| line.strip_prefix("PRETTY_NAME="))
        .map(|name| short(name.trim_matches('"'), 80));
    let kernel = file(&text, "/proc/sys/kernel/osrelease").map(|kernel| short(kernel, 80));
    if name.is_none() && kernel.is_none() {
        return None;
    }
    Some(About::System {
        name: name.unwrap_or_default(),
        kernel: kernel.unwrap_or_default(),
    })
}

fn processor(look: &Look<'_>, host: &Host) -> Option<About> {
    let text = look.heard("scan.machine");
    let model = after(&text, "model ")
        .and_then(|line| line.split_once(':'))
        .map(|(_, model)| short(model.trim(), 80))
        .or_else(|| file(&text, "/proc/device-tree/model").map(|model| short(model, 80)))?;
    let vendor = file(&text, "/sys/class/dmi/id/sys_vendor").unwrap_or("");
    let product = file(&text, "/sys/class/dmi/id/product_name").unwrap_or("");
    let virtual_machine = text.lines().any(|line| line == "hypervisor");
    let within = if host.contained() {
        short(&host.container, 40)
    } else if let Some(kind) = file(&text, "/sys/hypervisor/type") {
        short(kind, 40)
    } else if virtual_machine {
        let named = format!("{vendor} {product}");
        let named = named.trim();
        short(if named.is_empty() { "?" } else { named }, 60)
    } else {
        String::new()
    };
    Some(About::Processor {
        model,
        online: host.cpus,
        within,
    })
}

/// What the kernel itself calls vulnerable.
fn unmitigated(look: &Look<'_>) -> Option<About> {
    let text = look.heard("scan.machine");
    let faults: Vec<String> = files(&text)
        .filter_map(|(path, line)| {
            let fault = path.strip_prefix("/sys/devices/system/cpu/vulnerabilities/")?;
            line.starts_with("Vulnerable").then(|| short(fault, 40))
        })
        .take(NAMED)
        .collect();
    (!faults.is_empty()).then_some(About::Unmitigated { faults })
}

/// The certificate that ends first, by the host's own clock.
fn certificate(look: &Look<'_>, host: &Host) -> Option<About> {
    let text = look.heard("tls.files");
    let now = after(&text, "now ").map_or(host.now, int);
    if now <= 0 {
        return None;
    }
    let all = tls::in_use(&text);
    let first = all.iter().min_by_key(|one| one.not_after)?;
    Some(About::Certificate {
        path: short(&first.path, 160),
        days: first.not_after.saturating_sub(now).div_euclid(86_400),
    })
}
