//! The name under which a process holds effects says enough to tell whether that process still lives.
//!
//! A wrong "it lives" costs the rest of its lease. A wrong "it is dead" would cost nothing more than
//! work done twice, since fences and the guard on the host decide, but is never said on a guess.

use std::sync::OnceLock;

/// A process: which, since when, and where its number means something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: u32,
    /// When it started, in clock ticks since the boot: a number alone may have been given away again.
    start: u64,
    /// Its namespace of process numbers.
    space: String,
    boot: String,
}

/// This process.
pub(super) fn ours() -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    let pid = std::process::id();
    // Without /proc the name only has to differ from others: nobody will call its owner dead.
    NAME.get_or_init(|| seen(pid).map_or_else(|| format!("p{pid}"), |process| process.name()))
        .clone()
}

/// Whether the process of this name has ended for certain.
pub(super) fn is_dead(name: &str) -> bool {
    let Some(owner) = Process::of(name) else {
        return false;
    };
    let Some(us) = seen(std::process::id()) else {
        return false;
    };
    if owner.boot != us.boot {
        return true;
    }
    // A number of another container says nothing here.
    owner.space == us.space && seen(owner.pid).as_ref() != Some(&owner)
}

impl Process {
    fn name(&self) -> String {
        format!("{} {} {} {}", self.pid, self.start, self.space, self.boot)
    }

    fn of(name: &str) -> Option<Self> {
        let mut words = name.split(' ');
        let mut next = || words.next();
        let process = Self {
            pid: next()?.parse().ok()?,
            start: next()?.parse().ok()?,
            space: next()?.to_owned(),
            boot: next()?.to_owned(),
        };
        (words.next().is_none() && !process.boot.is_empty()).then_some(process)
    }
}

/// The process with this number as it is now; none where it has ended, even if nobody has reaped it.
fn seen(pid: u32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in the second field may hold anything, so count from behind it.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let start = fields.nth(18)?.parse().ok()?;
    // Of another user's process this cannot be read; then it is there, and where it is is what we are asked.
    let space = std::fs::read_link(format!("/proc/{pid}/ns/pid"))
        .or_else(|_no| std::fs::read_link("/proc/self/ns/pid"))
        .ok()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(Process {
        pid,
        start,
        space: space.to_string_lossy().into_owned(),
        boot: boot.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests;
