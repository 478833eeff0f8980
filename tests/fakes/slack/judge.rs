//! A second opinion on each body: `slackblocks`, in a program of its own (`tests/judge`, whose manifest says why).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use crate::fakes::watched::lock;

static JUDGE: OnceLock<Mutex<Judge>> = OnceLock::new();

struct Judge {
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Ends when the test does: nobody asks any more.
    _program: Child,
}

/// What slackblocks has against a body as `message`, `modal` or `home`.
pub(super) fn second_opinion(kind: &str, body: &Value) -> Result<(), String> {
    let judge = JUDGE.get_or_init(|| Mutex::new(start()));
    let mut judge = lock(judge);
    let line = json!({"as": kind, "body": body});
    let mut answer = String::new();
    writeln!(judge.asks, "{line}").unwrap();
    judge.answers.read_line(&mut answer).unwrap();
    assert!(
        answer.ends_with('\n'),
        "the judge is gone; it may have panicked at {line}"
    );
    match answer.trim_end() {
        "" => Ok(()),
        wrong => Err(format!("slackblocks: {wrong}")),
    }
}

fn start() -> Judge {
    let mut program = Command::new(program())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    Judge {
        asks: program.stdin.take().unwrap(),
        answers: BufReader::new(program.stdout.take().unwrap()),
        _program: program,
    }
}

/// The built program: `tests/run` builds it before the tests; a test that runs by itself builds it on first use.
fn program() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = folder.join("../target/judge");
    let built = target.join("debug/judge");
    let age = |path: &Path| path.metadata().and_then(|known| known.modified());
    let source = age(&folder.join("judge/src/main.rs")).unwrap();
    if age(&built).is_ok_and(|built| built >= source) {
        return built;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(folder.join("judge/Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status();
    let well = status.as_ref().is_ok_and(std::process::ExitStatus::success);
    assert!(
        well,
        "cannot build the judge of Slack bodies ({status:?}); run `cargo build` in tests/judge and see why"
    );
    built
}
