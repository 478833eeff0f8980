//! Judges processes that somebody stopped and never let go on: they hold their ports and answer nobody.

use std::collections::BTreeMap;

use incident::{Severity, Subject};

use crate::draft::{Draft, whose};
use crate::sample::{Process, Sample};

/// A draft for each service that has such processes. What a person stopped in a session of their own is their work.
pub(super) fn judge(sample: &Sample) -> Vec<Draft> {
    let mut of: BTreeMap<&str, Vec<&Process>> = BTreeMap::new();
    for process in &sample.processes {
        if process.state == "T"
            && !process.terminal
            && process.unit.ends_with(".service")
            && !whose(&process.unit).is_empty()
        {
            of.entry(&process.unit).or_default().push(process);
        }
    }
    of.into_iter()
        .filter_map(|(unit, stopped)| draft(unit, &stopped))
        .collect()
}

fn draft(unit: &str, stopped: &[&Process]) -> Option<Draft> {
    let first = stopped.iter().min_by_key(|process| process.pid)?;
    let title = if stopped.len() == 1 {
        format!(
            "Process {} ({}) of {unit} was stopped by a signal and never let go on",
            first.comm, first.pid
        )
    } else {
        format!(
            "{} processes of {unit} were stopped by a signal and never let go on",
            stopped.len()
        )
    };
    Some(
        Draft::new("unit.frozen", Severity::Critical, Subject::new("unit", unit), title)
            .detail("Its state is T in two looks. Clients connect and wait; nothing is lost as long as it exists.")
            .of_unit(unit)
            .fact("pid", first.pid)
            .fact("start_time", first.start)
            .fact("comm", first.comm.as_str())
            .fact("frozen", i64::try_from(stopped.len()).unwrap_or(i64::MAX))
            .fact("mentions", vec![unit.to_owned()])
            .cite("host.sample"),
    )
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::sample::read;

    fn check(processes: &[(&str, &str)], expected: &[&str]) {
        let mut text = String::from("1 uptime 100.00\n2 uptime 100.70\n");
        for (n, (state, unit)) in processes.iter().enumerate() {
            let pid = 100 + n;
            let (state, tty) = match *state {
                "T on a terminal" => ("T", 34_816),
                state => (state, 0),
            };
            text.push_str(&format!(
                "process {pid} 77 mariadbd {state} 0 50 0 9 4000 0 {tty}\ncgroup {pid} 0::/system.slice/{unit}\n"
            ));
        }
        let found = judge(&read(&text).unwrap());
        let titles: Vec<&str> = found.iter().map(|draft| draft.title.as_str()).collect();
        assert_eq!(titles, expected, "{processes:?}");
    }

    #[test]
    fn what_was_stopped_in_a_service_is_told_and_what_a_person_stopped_is_theirs() {
        check(
            &[("T", "mariadb.service"), ("S", "ssh.service")],
            &[
                "Process mariadbd (100) of mariadb.service was stopped by a signal and never let go on",
            ],
        );
        check(
            &[
                ("T", "postgresql@15-main.service"),
                ("T", "postgresql@15-main.service"),
            ],
            &[
                "2 processes of postgresql@15-main.service were stopped by a signal and never let go on",
            ],
        );
        check(
            &[
                ("T", "ssh.service"),
                ("T", "session-4.scope"),
                ("T on a terminal", "cron.service"),
                ("S", "mariadb.service"),
            ],
            &[],
        );
    }
}
