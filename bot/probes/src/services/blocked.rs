//! Statements that wait for a lock of a transaction that does not end.

use incident::{Confidence, Severity, Subject};

use crate::draft::Draft;
use crate::read::{int, short, time};

/// Waiting is how databases work; a wait of so many seconds, or behind a transaction of so many, is felt.
const WAIT_SECONDS: i64 = 5;
const HOLD_SECONDS: i64 = 30;

/// The connection that holds the locks, and who waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Blocker {
    waiting: i64,
    /// The longest wait, in seconds.
    longest: i64,
    id: i64,
    /// How long its transaction has gone on, in seconds.
    held: i64,
    /// Whether its program does nothing with it at the moment.
    idle: bool,
    user: String,
}

/// `blocked WAITING LONGEST ID HELD STATE USER`, parted by blanks or tabs.
fn read(line: &str) -> Option<Blocker> {
    let rest = line.strip_prefix("blocked")?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [waiting, longest, id, held, state, user] = words.as_slice() else {
        return None;
    };
    Some(Blocker {
        waiting: int(waiting),
        longest: int(longest),
        id: int(id),
        held: int(held),
        idle: state.eq_ignore_ascii_case("sleep") || state.starts_with("idle"),
        user: short(user, 64),
    })
}

/// What `mysql.state` and `postgres.state` say of it: the connection that most wait for.
pub(super) fn blocked(text: &str, unit: &str) -> Option<Draft> {
    let felt = |one: &Blocker| {
        one.waiting > 0 && one.id > 0 && (one.longest >= WAIT_SECONDS || one.held >= HOLD_SECONDS)
    };
    let worst = text
        .lines()
        .filter_map(read)
        .filter(felt)
        .max_by_key(|one| (one.waiting, one.held))?;
    let Blocker {
        waiting,
        id,
        held,
        user,
        ..
    } = &worst;
    let held = time(*held);
    let does = if worst.idle {
        "It is idle: its program began a transaction and does not end it."
    } else {
        "It is at work on a statement."
    };
    let draft = Draft::new(
        "database.blocked",
        Severity::Warning,
        Subject::new("unit", unit),
        format!(
            "Connection {id} of {user} holds others up ({waiting}): its transaction has gone on for {held}"
        ),
    )
    .sure(Confidence::Confirmed)
    .detail(format!(
        "{does} The longest wait so far is {}.",
        time(worst.longest)
    ))
    .fact("waiting", *waiting)
    .fact("connection", *id)
    .fact("user", user.as_str())
    .fact("held", held);
    Some(if unit.is_empty() {
        draft
    } else {
        draft.fact("unit", unit)
    })
}

#[cfg(test)]
mod tests {
    use super::blocked;

    #[test]
    fn who_holds_others_up_is_named_once_it_is_felt() {
        let said = |line: &str| blocked(line, "mariadb.service").map(|draft| draft.title);
        assert_eq!(
            said("blocked\t3\t12\t42\t90\tSleep\tshop\n").as_deref(),
            Some("Connection 42 of shop holds others up (3): its transaction has gone on for 90 s")
        );
        assert!(said("blocked 1 1 77 3600 idle_in_transaction shop").is_some());
        for fine in [
            "blocked\t1\t1\t42\t3\tQuery\tshop",
            "blocked\t0\t0\t0\t0\tSleep\tshop",
            "blocked\tNULL",
            "",
        ] {
            assert_eq!(said(fine), None, "{fine}");
        }
    }
}
