//! Judges whether what a unit starts is as its packages brought it: a file that a full disk or a copy cut short crashes its program
//! without a word.

use incident::{Confidence, Severity, Subject};

use super::list::Unit;
use crate::draft::Draft;
use crate::read::all_after;

/// How a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing is in it.
    Empty,
    /// Shorter than it says of itself.
    Short,
    /// Neither a program, nor a library, nor a script.
    Foreign,
    /// Whole, but not what the package brought.
    Other,
}

/// A file of a package that is not as the package brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Differs {
    kind: Kind,
    package: String,
    path: String,
}

fn read(text: &str) -> Vec<Differs> {
    all_after(text, "differs ")
        .filter_map(|line| {
            let mut words = line.splitn(4, ' ');
            let kind = match words.next()? {
                "empty" => Kind::Empty,
                "short" => Kind::Short,
                "foreign" => Kind::Foreign,
                "other" | "script" => Kind::Other,
                _ => return None,
            };
            let (package, _changed) = (words.next()?, words.next()?);
            Some(Differs {
                kind,
                package: package.to_owned(),
                path: words
                    .next()
                    .filter(|path| path.starts_with('/'))?
                    .to_owned(),
            })
        })
        .collect()
}

/// What the answer of `unit.whole` means for a unit in this state.
pub(super) fn judge(text: &str, unit: &Unit) -> Vec<Draft> {
    // A program that ends by a signal of its own, or that cannot be run or linked, may well be the wrong one.
    let crashed = matches!(unit.result.as_str(), "signal" | "core-dump" | "protocol")
        || matches!(unit.exit_status, 126 | 127 | 203);
    read(text)
        .into_iter()
        .map(|file| {
            let Differs { kind, package, path } = file;
            let title = match kind {
                Kind::Empty => format!("{path} of package {package} is empty"),
                Kind::Short => format!("{path} of package {package} is cut short"),
                Kind::Foreign => format!("{path} is no program or library any more, as package {package} brought it"),
                Kind::Other => format!("{path} is not what package {package} brought"),
            };
            let broken = kind != Kind::Other;
            let (severity, sure) = match (broken, unit.is_not_up()) {
                (true, true) => (Severity::Critical, Confidence::Confirmed),
                (true, false) => (Severity::Warning, Confidence::Confirmed),
                (false, true) if crashed => (Severity::Critical, Confidence::Likely),
                // Somebody may have put a program of their own there.
                (false, _) => (Severity::Info, Confidence::Possible),
            };
            Draft::new("pkg.file_damaged", severity, Subject::new("path", &path), title)
                .sure(sure)
                .detail(format!("{} uses it. Its sum differs from the one that the package keeps; installing the package again brings it back.", unit.id))
                .fact("path", path.as_str())
                .fact("package", package)
                .fact("damaged", broken)
                .of_unit(&unit.id)
        })
        .collect()
}
