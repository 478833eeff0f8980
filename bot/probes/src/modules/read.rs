//! The answers about modules, read.

use std::collections::BTreeSet;

use super::Wanted;
use crate::read::{after, all_after, file, int, unescape};

/// A module's name in its one form: the kernel makes no difference between `-` and `_`, and some became part of another.
pub(super) fn same_name(name: &str) -> String {
    let name = name.replace('-', "_");
    match name.as_str() {
        // Since Linux 4.19, 5.1 and 6.2.
        "nf_conntrack_ipv4" | "nf_conntrack_ipv6" => "nf_conntrack".to_owned(),
        "nf_nat_ipv4" | "nf_nat_ipv6" => "nf_nat".to_owned(),
        "vfio_virqfd" => "vfio".to_owned(),
        _ => name,
    }
}

/// What the host has and wants of modules.
#[derive(Debug, Default)]
pub(super) struct State<'t> {
    /// Whether this kernel loads modules, and what it has was looked at.
    pub(super) loadable: bool,
    /// The kernel that runs.
    pub(super) release: &'t str,
    /// Whether the modules of that kernel are there.
    pub(super) tree: bool,
    /// Kernels whose modules are there.
    pub(super) kernels: Vec<&'t str>,
    /// Kernels that can be booted, and those of them that have no initramfs.
    pub(super) boots: Vec<&'t str>,
    pub(super) without_initrd: Vec<&'t str>,
    /// What makes one.
    pub(super) initrd_tool: Option<&'t str>,
    /// Whether loading is switched off until the next boot.
    pub(super) disabled: bool,
    /// Who wants what, by the name as it is written.
    pub(super) wants: Vec<(&'t str, Wanted)>,
    /// All that are loaded or built in and say so.
    pub(super) has: BTreeSet<String>,
    /// Whether the host runs pods or containers.
    pub(super) runs_pods: bool,
}

/// `FILE:LINE`.
fn place(text: &str) -> (String, i64) {
    text.rsplit_once(':').map_or_else(
        || (text.to_owned(), 0),
        |(file, line)| (file.to_owned(), int(line)),
    )
}

impl<'t> State<'t> {
    pub(super) fn read(text: &'t str) -> Self {
        let says = |word: &str| text.lines().any(|line| line == word);
        let mut wants = Vec::new();
        for line in all_after(text, "want ") {
            if let Some((name, at)) = line.split_once(' ') {
                let (file, line) = place(at);
                wants.push((name, Wanted::AtBoot { file, line }));
            }
        }
        for line in all_after(text, "need ") {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            let [name, kind, _place, what] = words[..] else {
                continue;
            };
            let what = what.to_owned();
            let want = match kind {
                "sysctl" => Wanted::Parameter { key: what },
                "fstab" => Wanted::Mount {
                    target: unescape(&what),
                },
                "unit" => Wanted::Unit { unit: what },
                _ => continue,
            };
            wants.push((name, want));
        }
        Self {
            // Whoever may not look into the folder of modules says nothing of them; and a kernel that came from elsewhere, with
            // all that it needs built in, loads none.
            loadable: says("looked") && after(text, "count ").is_some_and(|count| int(count) > 0),
            release: after(text, "release ").unwrap_or(""),
            tree: says("tree"),
            kernels: all_after(text, "kernel ").collect(),
            boots: all_after(text, "boot ").collect(),
            without_initrd: all_after(text, "no-initrd ").collect(),
            initrd_tool: after(text, "initrd-tool "),
            disabled: file(text, "/proc/sys/kernel/modules_disabled") == Some("1"),
            wants,
            has: all_after(text, "has ").map(same_name).collect(),
            runs_pods: all_after(text, "runtime ").next().is_some(),
        }
    }

    /// Who wants what. Where nobody loads modules at boot, what is written down for it says nothing.
    pub(super) fn wanted(&self, managed: bool) -> impl Iterator<Item = (&'t str, &Wanted)> {
        self.wants
            .iter()
            .filter(move |(_, want)| managed || !matches!(want, Wanted::AtBoot { .. }))
            .map(|(name, want)| (*name, want))
    }
}

/// A line of modprobe's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) file: String,
    pub(super) line: i64,
    pub(super) text: String,
}

impl Rule {
    /// `blacklist`, `install`, `options`.
    pub(super) fn verb(&self) -> &str {
        self.text.split_whitespace().next().unwrap_or("")
    }

    /// What stands after the module's name.
    pub(super) fn rest(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().skip(2).collect();
        words.join(" ")
    }
}

/// An out-of-tree source of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dkms {
    pub(super) name: String,
    pub(super) version: String,
    /// The kernels that it was built for.
    pub(super) built: Vec<String>,
    /// What its last build complained of.
    pub(super) complaint: Option<String>,
}

/// What is known of one module.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// The key of the probe that told.
    pub(super) key: String,
    /// Its name as it was asked for.
    pub(super) name: String,
    pub(super) loaded: bool,
    pub(super) builtin: bool,
    /// Modules of other names that this one stands for.
    pub(super) stands_for: Vec<String>,
    /// Its file for the kernel that runs.
    pub(super) file: Option<String>,
    /// Other kernels that have it.
    pub(super) elsewhere: Vec<String>,
    /// Whether the index of the kernel that runs knows it.
    pub(super) indexed: bool,
    /// Files of other modules that it needs and that are gone.
    pub(super) lacks: Vec<String>,
    /// What modprobe would do.
    pub(super) dry: Vec<String>,
    /// The kernel that its file was built for; empty where the file does not say.
    pub(super) built_for: String,
    pub(super) signed: bool,
    /// The parameters that it takes.
    pub(super) parameters: Vec<String>,
    /// What is wrong with the file itself.
    pub(super) broken: Option<String>,
    /// Whether its file binds it to one release; one that has versions of its symbols fits all that have the same.
    pub(super) bound: bool,
    pub(super) package: Option<String>,
    /// Whether it differs from what its package brought.
    pub(super) differs: bool,
    pub(super) rules: Vec<Rule>,
    pub(super) dkms: Option<Dkms>,
    pub(super) headers: bool,
    /// The kernel's last words about it, the newest last.
    pub(super) kernel_says: Vec<String>,
    pub(super) loader_says: Vec<String>,
    pub(super) near: Vec<String>,
}

impl Module {
    pub(super) fn read(key: &str, name: &str, text: &str) -> Self {
        let says = |word: &str| text.lines().any(|line| line == word);
        let all = |start: &'static str| -> Vec<String> {
            all_after(text, start).map(str::to_owned).collect()
        };
        let info = |name: &str| {
            all_after(text, "info ")
                .filter_map(|line| line.split_once(':'))
                .find(|(of, _)| *of == name)
                .map(|(_, value)| value.trim())
        };
        let parameters = all_after(text, "info parm:").filter_map(|line| {
            let name = line.trim().split([':', ' ']).next()?;
            Some(name.to_owned())
        });
        let rules = all_after(text, "rule ").filter_map(|line| {
            let mut parts = line.splitn(3, ':');
            let (file, line, text) = (parts.next()?, parts.next()?, parts.next()?);
            Some(Rule {
                file: file.to_owned(),
                line: int(line),
                text: text.trim().to_owned(),
            })
        });
        let dkms = after(text, "dkms ").and_then(|line| {
            let (name, version) = line.split_once(' ')?;
            Some(Dkms {
                name: name.to_owned(),
                version: version.to_owned(),
                built: all("dkms-built "),
                complaint: after(text, "dkms-log ").map(str::to_owned),
            })
        });
        let unreadable = text
            .lines()
            .any(|line| line.starts_with("info ") && line.contains("could not get modinfo"));
        Self {
            key: key.to_owned(),
            name: name.to_owned(),
            loaded: says("loaded"),
            builtin: says("builtin"),
            stands_for: all("is ").iter().map(|name| same_name(name)).collect(),
            file: after(text, "file ").map(str::to_owned),
            elsewhere: all_after(text, "elsewhere ")
                .filter_map(|line| line.split_once(' '))
                .map(|(release, _)| release.to_owned())
                .collect(),
            indexed: all_after(text, "dep ").next().is_some(),
            lacks: all("lacks "),
            dry: all("dry "),
            built_for: info("vermagic")
                .and_then(|magic| magic.split_whitespace().next())
                .unwrap_or("")
                .to_owned(),
            bound: info("vermagic").is_some_and(|magic| !magic.contains("modversions")),
            signed: info("sig_id").is_some() || info("signer").is_some(),
            parameters: parameters.collect(),
            broken: after(text, "broken ")
                .map(str::to_owned)
                .or_else(|| unreadable.then(|| "what it says of itself".to_owned())),
            package: after(text, "package ")
                .map(|name| name.split(':').next().unwrap_or(name).to_owned()),
            differs: says("differs"),
            rules: rules.collect(),
            dkms,
            headers: says("headers"),
            kernel_says: all("kernel-says "),
            loader_says: all("loader-says "),
            near: all("near "),
        }
    }

    /// Whether the kernel has it, under this name or the one that it stands for.
    pub(super) fn is_there(&self, state: &State<'_>) -> bool {
        let other = |name: &String| state.has.contains(name);
        let builtin = self.dry.iter().any(|line| line.starts_with("builtin "));
        self.loaded || self.builtin || builtin || self.stands_for.iter().any(other)
    }

    /// Its first rule of this kind.
    pub(super) fn rule(&self, verb: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.verb() == verb)
    }

    /// Whether more than one rule keeps it out: then taking one out does not help.
    pub(super) fn kept_out_twice(&self) -> bool {
        let keeps = |rule: &&Rule| matches!(rule.verb(), "blacklist" | "install");
        self.rules.iter().filter(keeps).count() > 1
    }

    /// The name of a module that it is only another name for.
    pub(super) fn alias_of(&self) -> Option<&str> {
        let own = same_name(&self.name);
        let others = self.stands_for.iter().filter(|name| **name != own);
        others.map(String::as_str).next()
    }
}
