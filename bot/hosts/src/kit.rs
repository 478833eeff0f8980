//! What an enrolled host has of ours: texts that belong together under one version, so that an outdated set is noticed.

use crate::guard::{GUARD, GUARD_PATH};
use crate::lane::{PROBE_HELPER_PATH, ProbeText, render_probe_helper, version_of};
use crate::quote::shell_word;

const GATE: &str = include_str!("../../../deploy/ssh/sickbay-gate");
const SUDOERS: &str = include_str!("../../../deploy/ssh/sudoers-enrolled");
const INSTALL: &str = include_str!("kit/install.sh");

/// The forced command of an enrolled key.
pub const GATE_PATH: &str = "/usr/local/libexec/sickbay-gate";

/// The texts that are installed on an enrolled host.
#[derive(Debug, Clone)]
pub struct Kit {
    version: String,
    guard: String,
    probe: String,
}

/// A file of an enrolled host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitFile {
    /// Where it belongs.
    pub path: &'static str,
    /// Its mode.
    pub mode: u32,
    /// What is in it.
    pub text: String,
}

impl Kit {
    /// The helpers that know these probes.
    #[must_use]
    pub fn new<'a>(probes: impl Iterator<Item = ProbeText<'a>>) -> Self {
        let probe = render_probe_helper(probes, &[GUARD, GATE, SUDOERS]);
        let version = version_of(&probe).unwrap_or("?").to_owned();
        let guard = GUARD.replacen("\n  VERSION=1\n", &format!("\n  VERSION={version}\n"), 1);
        Self {
            version,
            guard,
            probe,
        }
    }

    /// The version of all of them together.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The files, for an account that is to run them; none where its name cannot stand in a sudoers file.
    #[must_use]
    pub fn files(&self, account: &str) -> Option<Vec<KitFile>> {
        is_account(account).then(|| self.all(account))
    }

    fn all(&self, account: &str) -> Vec<KitFile> {
        let file = |path, mode, text: &str| KitFile {
            path,
            mode,
            text: text.to_owned(),
        };
        let sudoers = SUDOERS
            .replace("Defaults:sickbay", &format!("Defaults:{account}"))
            .replace("\nsickbay ", &format!("\n{account} "));
        vec![
            file(GUARD_PATH, 0o755, &self.guard),
            file(PROBE_HELPER_PATH, 0o755, &self.probe),
            file(GATE_PATH, 0o755, GATE),
            file("/etc/sudoers.d/sickbay", 0o440, &sudoers),
        ]
    }

    /// The script that puts them in place, as root. Everything is inside one group, so that one that was cut off on its way
    /// does nothing.
    pub(crate) fn install_script(&self, account: &str) -> String {
        let mut script = format!("{{ account={}\n", shell_word(account));
        for (name, file) in ["guard", "probe", "gate", "sudoers"]
            .iter()
            .zip(self.all(account))
        {
            script.push_str(&format!("{name}={}\n", quoted(&file.text)));
        }
        script.push_str(INSTALL);
        script.push_str("}\n");
        script
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether a name can stand in a sudoers file as an account and nothing else.
pub(crate) fn is_account(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(plain)
        && name != "ALL"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kit(script: &str) -> Kit {
        let probe = ProbeText {
            id: "os.kind",
            script,
            slots: &[],
            limit: incident::Span::seconds(5),
            cap_bytes: 1000,
        };
        Kit::new(std::iter::once(probe))
    }

    #[test]
    fn one_version_stands_in_all_of_them() {
        let ours = kit("cat /proc/sys/kernel/ostype");
        assert_eq!(ours.version().len(), 16);
        for file in &ours.all("ops")[..2] {
            let line = format!("VERSION={}\n", ours.version());
            assert!(file.text.contains(&line), "{}", file.path);
        }
        assert_ne!(ours.version(), kit("uname").version());
    }

    /// A verb that the bot uses and sudo does not let through would make every fix on enrolled hosts fail.
    #[test]
    fn sudo_lets_every_verb_through_and_no_shell() {
        let sudoers = &kit("uname").all("ops")[3].text;
        for verb in [
            "version",
            "preview",
            "ready",
            "start *",
            "status *",
            "wait *",
            "report *",
            "output *",
            "abandon *",
            "cancel *",
            "ack *",
        ] {
            let entry = format!("    {GUARD_PATH} {verb}");
            assert!(sudoers.contains(&entry), "{verb}");
            let in_run = format!("    {GUARD_PATH} --root run {verb}");
            assert!(
                verb == "version" || sudoers.contains(&in_run),
                "run: {verb}"
            );
        }
        assert!(sudoers.contains("\nops ALL=(root:root) NOPASSWD: "));
        assert!(sudoers.contains("\nDefaults:ops env_reset"));
        let entries = sudoers.lines().filter(|line| !line.starts_with('#'));
        assert!(!entries.collect::<String>().contains("/sh "));
    }

    #[test]
    fn accounts() {
        for good in ["ops", "_sick-bay.2"] {
            assert!(is_account(good), "{good}");
        }
        for bad in [
            "", "ALL", "-x", "#0", "%wheel", "a b", "a,b", "1000", "ü", "a\nb",
        ] {
            assert!(!is_account(bad), "{bad}");
        }
    }
}
