//! Hosts over a real sshd on this machine: what works, and every way in which it does not.

mod changes;
mod failures;
mod sshd;
mod waves;

use incident::{Ended, Plan, ProbeId, ProbeRun, RawOutput, Span};

/// A question of a test.
fn ask(probe: &str, script: &str, limit: u64) -> ProbeRun {
    ProbeRun {
        probe: ProbeId::new(probe).unwrap(),
        args: Vec::new(),
        script: script.to_owned(),
        wants_root: false,
        limit: Span::seconds(limit),
        cap_bytes: 65_536,
        because: String::new(),
    }
}

fn plan(runs: Vec<ProbeRun>) -> Plan {
    Plan { wave: 1, runs }
}

fn text(answer: &RawOutput) -> (Ended, String) {
    (
        answer.ended,
        String::from_utf8_lossy(&answer.bytes).into_owned(),
    )
}

const FINE: Ended = Ended::Exited { code: 0 };
