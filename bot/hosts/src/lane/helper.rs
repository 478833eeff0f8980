//! The probe helper for enrolled hosts: the same probe texts, root-owned on the host, so that a request carries no shell.
//!
//! The sudoers entry allows this file and nothing else. What travels is ids and typed arguments, and the helper checks both.

use std::fmt::Write as _;

use incident::Span;
use incident::step::Slot;
use sha2::{Digest as _, Sha256};

use super::{command, head, seconds};
use crate::quote::shell_word;

/// Where the probe helper is installed.
pub const PROBE_HELPER_PATH: &str = "/usr/local/libexec/sickbay-probe";

const PARTS: &str = include_str!("helper.sh");

/// A probe as the helper on a host needs it.
#[derive(Debug, Clone, Copy)]
pub struct ProbeText<'a> {
    /// The probe's id.
    pub id: &'a str,
    /// Its shell text; arguments are `$1`, `$2`, ….
    pub script: &'a str,
    /// The kinds of its arguments.
    pub slots: &'a [Slot],
    /// How long it may take.
    pub limit: Span,
    /// How many bytes of its output are kept.
    pub cap_bytes: u64,
}

/// The helper's text. Its version is the hash of everything in it, and of the texts that are installed with it, so that an
/// outdated set can be told by one word.
pub(crate) fn render_probe_helper<'a>(
    specs: impl Iterator<Item = ProbeText<'a>>,
    with: &[&str],
) -> String {
    let mut known = String::new();
    let mut fits = String::new();
    let mut runs = String::new();
    for spec in specs.filter(|spec| sound(spec.id)) {
        let id = spec.id;
        // Writing to a string cannot fail.
        writeln!(known, "    {id}) ;;").ok();
        write!(fits, "    {id}) [ $# = {} ]", spec.slots.len()).ok();
        for (n, slot) in spec.slots.iter().enumerate() {
            write!(fits, " && is_{} \"${}\"", kind(*slot), n + 1).ok();
        }
        fits.push_str(" ;;\n");
        let cap = spec.cap_bytes.saturating_add(1);
        let words = command(spec.script, id, &[]);
        // A plain program takes no arguments of ours; only a script has `$1`.
        let rest = if words.get(1).is_some_and(|word| word == "-c") {
            " \"$@\""
        } else {
            ""
        };
        let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
        let limit = seconds(spec.limit);
        writeln!(
            runs,
            "    {id}) p \"$i\" {limit} {cap} {}{rest} ;;",
            words.join(" ")
        )
        .ok();
    }
    let own_path = "PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin;";
    let body = format!(
        "{}{PARTS}\
         known() {{\n  case $1 in\n{known}    *) return 1 ;;\n  esac\n}}\n\
         fits() {{\n  P=$1; shift\n  case $P in\n{fits}  esac\n}}\n\
         run() {{\n  i=$1 P=$2; shift 2\n  case $P in\n{runs}  esac\n}}\n",
        head().replacen(own_path, "PATH=/usr/sbin:/usr/bin:/sbin:/bin;", 1),
    );
    let mut hash = Sha256::new();
    for text in [body.as_str()].iter().chain(with) {
        hash.update(text.len().to_string());
        hash.update(text);
    }
    let version = data_encoding::HEXLOWER.encode(&hash.finalize());
    let version: String = version.chars().take(16).collect();
    format!(
        "#!/bin/sh\n\
         # sickbay-probe: the read-only questions of Sickbay, for a login that may run this as root and nothing else.\n\
         # Written by `sickbay hosts enrol --install`; do not edit: the version is the hash of the text.\n\
         VERSION={version}\n{body}main \"$@\"\n"
    )
}

/// The version that a helper's text carries.
pub(crate) fn version_of(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("VERSION="))
}

/// Whether an id can stand as a shell pattern as it is.
fn sound(id: &str) -> bool {
    !id.is_empty()
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        && !id.starts_with('-')
}

/// The helper's check for a kind of argument. Probes take few kinds; any other must at least be one line of text.
fn kind(slot: Slot) -> &'static str {
    match slot {
        Slot::Path => "path",
        Slot::Unit => "unit",
        Slot::Number | Slot::Flag | Slot::Minutes | Slot::Seconds | Slot::Port => "number",
        Slot::Name
        | Slot::Account
        | Slot::Sysctl
        | Slot::Module
        | Slot::Release
        | Slot::Engine
        | Slot::Container
        | Slot::KubeName => "name",
        Slot::Package => "package",
        Slot::Mode
        | Slot::Line
        | Slot::Content
        | Slot::Signal
        | Slot::Version
        | Slot::FirewallTool
        | Slot::RuleWord
        | Slot::Size
        | Slot::Execution
        | Slot::MountOptions
        | Slot::Workload => "line",
    }
}
