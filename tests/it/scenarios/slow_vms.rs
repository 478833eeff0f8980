//! What the scenarios of one run tell each other: on a slow machine each VM takes minutes to show again what the first ones did.

use std::io::Write as _;
use std::path::PathBuf;

/// After so many, the machine is the reason.
const ENOUGH: usize = 3;

/// Nothing where the runner has no name for its run.
fn list() -> Option<PathBuf> {
    let run = std::env::var("NEXTEST_RUN_ID").ok()?;
    Some(std::env::temp_dir().join(format!("sickbay-slow-vms-{run}")))
}

pub(super) fn one_more(name: &str) {
    let file = list().map(|path| {
        std::fs::File::options()
            .append(true)
            .create(true)
            .open(path)
    });
    if let Some(Ok(mut file)) = file {
        writeln!(file, "{name}").unwrap();
    }
}

pub(super) fn are_known() -> bool {
    let told = list().and_then(|path| std::fs::read_to_string(path).ok());
    told.is_some_and(|names| names.lines().count() >= ENOUGH)
}
