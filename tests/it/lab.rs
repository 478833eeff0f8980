//! Real hosts for stories: booted by `tests/lab/lab`, taken down when the story ends, however it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Where the repository lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("/"))
        .to_owned()
}

/// Where the lab keeps its hosts.
pub(crate) fn lab_dir() -> PathBuf {
    // As in the lab's own scripts, a variable set to nothing is not set.
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("LAB_DIR").map_or_else(
        || {
            set("TMPDIR")
                .map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
                .join("sickbay-lab")
        },
        PathBuf::from,
    )
}

/// The binary under test, built once for all stories with the fail points of the harness compiled in.
pub(crate) fn sickbay() -> PathBuf {
    static BUILT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    BUILT
        .get_or_init(|| {
            if let Some(path) = std::env::var_os("SICKBAY_BIN") {
                return PathBuf::from(path);
            }
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let out = Command::new(cargo)
                .args([
                    "build",
                    "--locked",
                    "-p",
                    "sickbay",
                    "--features",
                    "failpoints",
                ])
                .args(["--message-format=json"])
                .current_dir(root())
                .stdin(Stdio::null())
                .output()
                .unwrap_or_else(|error| panic!("cargo does not start: {error}"));
            assert!(
                out.status.success(),
                "{}",
                String::from_utf8_lossy(&out.stderr)
            );
            let text = String::from_utf8_lossy(&out.stdout);
            let built = text.lines().rev().find_map(|line| {
                let message: Value = serde_json::from_str(line).ok()?;
                message.get("executable")?.as_str().map(PathBuf::from)
            });
            built.unwrap_or_else(|| panic!("cargo names no executable"))
        })
        .clone()
}

/// A host of the lab. It is taken down when this is dropped.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) state: tempfile::TempDir,
    /// Another ssh configuration than the lab's.
    pub(crate) ssh_config: Option<PathBuf>,
    /// How many seconds a script of the test may take.
    patience: u32,
}

impl Host {
    /// Boots a pristine host. `init` is `systemd`, `busybox`, `containers` for one with an engine, or `vm` for one with a kernel of its own.
    pub(crate) fn up(name: &str, init: &str) -> Self {
        let args = match init {
            "systemd" => vec!["up", name],
            "busybox" => vec!["up", "--no-systemd", name],
            "containers" => vec!["up", "--containers", name],
            "vm" => vec!["up", "--vm", name],
            other => panic!("{name}: the lab has no hosts of the kind {other:?}"),
        };
        let state = tempfile::tempdir().unwrap_or_else(|error| panic!("no directory: {error}"));
        // From here on the host is taken down even where booting it fails half-way.
        let host = Self {
            name: name.to_owned(),
            state,
            ssh_config: None,
            // A VM's processor is emulated, about ten times as slow.
            patience: if init == "vm" { 600 } else { 120 },
        };
        let out = lab(&args);
        assert!(out.status.success(), "{name} does not boot: {}", both(&out));
        host
    }

    /// Runs a script on the host as root.
    pub(crate) fn run(&self, script: &str) -> Output {
        let quoted = format!("sh -e -c '{}'", script.replace('\'', "'\\''"));
        Command::new("timeout")
            .arg(self.patience.to_string())
            .arg(root().join("tests/lab/lab"))
            .args(["ssh", &self.name, &quoted])
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("the lab does not start: {error}"))
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        let out = lab(&["addr", &self.name]);
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Runs a script that must work; gives its standard output.
    #[track_caller]
    pub(crate) fn must(&self, what: &str, script: &str) -> String {
        let out = self.run(script);
        assert!(
            out.status.success(),
            "{}: {what} failed: {}",
            self.name,
            both(&out)
        );
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// A `sickbay` command with this host's state directory and the lab's inventory.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(sickbay());
        command
            .args(args)
            .arg("--state")
            .arg(self.state.path())
            .arg("--ssh-config")
            .arg(
                self.ssh_config
                    .clone()
                    .unwrap_or_else(|| lab_dir().join("ssh_config")),
            )
            .env("SICKBAY_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    /// Runs `sickbay ARGS --json` and reads what it prints.
    #[track_caller]
    pub(crate) fn sickbay(&self, args: &[&str]) -> (i32, Value) {
        let out = self
            .command(args)
            .arg("--json")
            .output()
            .unwrap_or_else(|error| panic!("sickbay does not start: {error}"));
        let code = out.status.code().unwrap_or(-1);
        let value = serde_json::from_slice(&out.stdout).unwrap_or_else(|error| {
            panic!(
                "sickbay {args:?} prints no JSON ({error}), exit {code}: {}",
                both(&out)
            )
        });
        (code, value)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::env::var_os("LAB_KEEP").is_none() {
            lab(&["down", &self.name]);
        }
    }
}

/// Runs a verb of the lab.
pub(crate) fn lab(args: &[&str]) -> Output {
    Command::new(root().join("tests/lab/lab"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("the lab does not start: {error}"))
}

/// Both outputs of a command, for a failure's message.
pub(crate) fn both(out: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    )
}
