//! What engines keep on a disk that is full, of which no container makes use.

use incident::{Confidence, ProbeRun, Severity, Subject};

use crate::disk;
use crate::draft::Draft;
use crate::look::Look;
use crate::read::{all_after, percent, real, size};
use crate::spec::Spec;

/// Asked only where a disk is full: it may take an engine seconds to count.
pub(super) const DISK: Spec = Spec::new(
    "container.disk",
    "what engines for containers keep on the disk",
    concat!(
        include_str!("../sh/safe.with.sh"),
        include_str!("../sh/container.disk.sh")
    ),
)
.root()
.within(15, 16_384);

/// Less than this share of a disk is not what fills it.
const SHARE_PERCENT: i64 = 5;

/// `1.998MB (12%)` in bytes; engines count in thousands.
fn bytes(text: &str) -> i64 {
    let text = text.split_whitespace().next().unwrap_or("");
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        _ => 1.0,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a size in bytes; what is larger than any disk is cut"
    )]
    let bytes = (real(number) * factor) as i64;
    bytes
}

/// One finding for each engine that keeps much without need on a disk that is full.
pub(super) fn judge(look: &Look<'_>, drafts: &mut Vec<Draft>) {
    let text = look.heard("container.disk");
    let rooms = disk::read(&look.heard("disk.space"));
    for part in text.split("engine ").skip(1) {
        let mut lines = part.lines();
        let engine = lines.next().unwrap_or("").trim();
        let mount = all_after(part, "mount ").next().unwrap_or("").trim();
        let Some(room) = rooms.iter().find(|room| room.path == mount) else {
            continue;
        };
        // Where its own disk has room, what it keeps there is nobody's trouble.
        let is_full = drafts
            .iter()
            .any(|draft| draft.code == "fs.full" && draft.text("mount") == Some(mount));
        if !is_full {
            continue;
        }
        let kinds: Vec<(&str, i64)> = all_after(part, "use\t")
            .filter_map(|line| {
                let fields: Vec<&str> = line.split('\t').collect();
                Some((*fields.first()?, bytes(fields.get(3)?)))
            })
            .collect();
        // What lies in volumes may be somebody's data, whether a container uses it now or not.
        let idle: i64 = kinds
            .iter()
            .filter(|(kind, _)| !kind.contains("Volume"))
            .fold(0, |sum, (_, bytes)| sum.saturating_add(*bytes));
        if percent(idle / 1024, room.total) < SHARE_PERCENT {
            continue;
        }
        let list: Vec<String> = kinds
            .iter()
            .filter(|(_, bytes)| *bytes > 0)
            .map(|(kind, bytes)| format!("{kind}: {}", size(*bytes)))
            .collect();
        drafts.push(
            Draft::new(
                "container.disk",
                Severity::Warning,
                Subject::new("engine", engine),
                format!(
                    "{engine} keeps {} on {mount} that no container uses",
                    size(idle)
                ),
            )
            .sure(Confidence::Confirmed)
            .detail(format!(
                "What it calls reclaimable: {}. Volumes are not counted: they may hold data.",
                list.join(", ")
            ))
            .fact("engine", engine)
            .fact("mount", mount)
            .fact("size_bytes", idle)
            .cite("container.disk")
            .cite("disk.space"),
        );
    }
}

/// Asks where a disk is full and an engine answers.
pub(super) fn follow(look: &Look<'_>, drafts: &[Draft]) -> Option<ProbeRun> {
    let full = drafts.iter().find(|draft| draft.code == "fs.full")?;
    all_after(&look.heard("container.list"), "engine ").next()?;
    DISK.run(&[], &full.title).ok()
}

#[cfg(test)]
mod tests {
    use incident::{Severity, Subject};

    use super::{bytes, judge};
    use crate::draft::Draft;
    use crate::judge::tests::{answers, look_at};

    #[test]
    fn sizes_are_read_as_engines_write_them() {
        assert_eq!(bytes("1.998MB"), 1_998_000);
        assert_eq!(bytes("12B (100%)"), 12);
        assert_eq!(bytes("0B (0%)"), 0);
        assert_eq!(bytes("3.2GB (88%)"), 3_200_000_000);
        assert_eq!(bytes("many"), 0);
    }

    #[test]
    fn what_no_container_uses_is_told_where_it_is_a_share_of_the_disk() {
        let df = |total: &str| {
            format!(
                "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda2 {total} 5000000 0 100% /\n"
            )
        };
        let said = "engine docker\nmount /\nuse\tImages\t2\t4.1GB\t3.2GB (78%)\nuse\tContainers\t1\t120MB\t100MB (83%)\nuse\tLocal Volumes\t1\t9GB\t8GB (88%)\nuse\tBuild Cache\t0\t500MB\t500MB\n";
        let found = |full: &str, total: &str| -> Vec<String> {
            let given = answers(&[("container.disk", said), ("disk.space", &df(total))]);
            let subject = Subject::new("mount", full);
            let draft = Draft::new("fs.full", Severity::Critical, subject, "full");
            let mut drafts = vec![draft.fact("mount", full)];
            look_at(&given, |look| judge(look, &mut drafts));
            drafts
                .into_iter()
                .filter(|draft| draft.code == "container.disk")
                .map(|draft| draft.title)
                .collect()
        };
        assert_eq!(
            found("/", "5000000"),
            ["docker keeps 3.5 GiB on / that no container uses"]
        );
        assert_eq!(found("/", "500000000"), Vec::<String>::new());
        assert_eq!(found("/srv", "5000000"), Vec::<String>::new());
    }
}
