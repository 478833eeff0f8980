//! Judges whether what a unit starts is as its packages brought it: a file that a full disk or a copy cut short crashes its program
//! without a word.

use incident::{Confidence, Severity, Subject};

use super::list::Unit;
use crate::draft::Draft;
use crate::read::{after, all_after};

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
    let tool = after(text, "system ").unwrap_or("dpkg");
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
                .fact("tool", tool)
                .fact("damaged", broken)
                .of_unit(&unit.id)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use incident::Severity;

    use super::judge;
    use crate::units::list::Units;

    /// As `unit.whole` answered on a host whose library was cut short, with other fates put in its place.
    fn check(kind: &str, state: &str, result: &str, expected: Option<(Severity, &str)>) {
        let text = format!(
            "system dpkg\nsame redis-tools /usr/bin/redis-check-rdb\ndiffers {kind} liblzf1 1796111063 /usr/lib/x86_64-linux-gnu/liblzf.so.1.5\n"
        );
        let list = format!(
            "manager systemd\nstate degraded\nnow 1796111070.0 1000.0\nId=redis-server.service\nLoadState=loaded\nActiveState={state}\nResult={result}\nType=notify\n"
        );
        let units = Units::read(&list);
        let found = judge(&text, units.get("redis-server.service").unwrap());
        let seen = found
            .first()
            .map(|draft| (draft.severity, draft.title.as_str()));
        assert_eq!(seen, expected, "{kind} {state} {result}");
        for draft in found {
            assert_eq!(draft.text("package"), Some("liblzf1"));
            assert_eq!(draft.text("restart_unit"), Some("redis-server.service"));
        }
    }

    #[test]
    fn a_broken_file_is_the_cause_and_a_whole_one_of_somebody_elses_is_not() {
        const PATH: &str = "/usr/lib/x86_64-linux-gnu/liblzf.so.1.5";
        let title = |rest: &str| format!("{PATH} {rest}");
        let short = title("of package liblzf1 is cut short");
        let empty = title("of package liblzf1 is empty");
        let other = title("is not what package liblzf1 brought");
        check(
            "short",
            "failed",
            "signal",
            Some((Severity::Critical, &short)),
        );
        check(
            "short",
            "active",
            "success",
            Some((Severity::Warning, &short)),
        );
        check(
            "empty",
            "failed",
            "exit-code",
            Some((Severity::Critical, &empty)),
        );
        check(
            "other",
            "failed",
            "core-dump",
            Some((Severity::Critical, &other)),
        );
        check(
            "other",
            "failed",
            "exit-code",
            Some((Severity::Info, &other)),
        );
        check("other", "active", "success", Some((Severity::Info, &other)));
        check("strange", "failed", "signal", None);
    }
}
