//! The journal: its place, whether it takes writes, whether the newest incidents hold together, and the key of grants.

use std::path::Path;

use store::Store;

use super::Patient;
use super::report::Area;
use crate::place;

/// How many of the newest incidents are read whole.
const READ: u32 = 5;
/// With less room than this no diagnosis of many hosts fits any more.
const LITTLE: u64 = 64 << 20;
/// With less than this it is time to make some.
const NOT_MUCH: u64 = 512 << 20;

/// Looks at the journal without opening it for use: nothing is made or brought up to date.
pub(super) async fn look(patient: &Patient<'_>, area: &mut Area<'_>) {
    let Some(dir) = &patient.state else {
        let says = place::PlaceError::NoHome.to_string();
        area.wrong("place", says, "");
        return;
    };
    match Store::look(dir).await {
        Ok(None) => not_there(dir, area),
        Ok(Some(store)) => {
            there(&store, area).await;
            store.close().await;
        }
        Err(error) => area.wrong("opens", crate::sentence::of(&error), ""),
    }
    if let Some(says) = crate::serve::safe::the_state(dir) {
        area.wrong("place", says, "`sickbay serve` does not start like this");
    }
    room(dir, area);
    match place::known_grant_key(dir) {
        Ok(Some(_)) => area.fine("grant key", "signs approvals, and is nobody else's"),
        Ok(None) => area.fine("grant key", "not there yet; the first command makes it"),
        Err(error) => area.wrong("grant key", crate::sentence::of(&error), ""),
    }
}

fn not_there(dir: &Path, area: &mut Area<'_>) {
    let mut above = dir.to_owned();
    while !above.exists() && above.pop() {}
    let may = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    let shown = dir.display();
    match rustix::fs::access(&above, may) {
        Ok(()) => area.fine(
            "place",
            format!("nothing in {shown} yet; the first command begins it"),
        ),
        Err(error) => area.wrong(
            "place",
            format!(
                "nothing in {shown} yet, and {} takes no new files: {}",
                above.display(),
                crate::sentence::of(&std::io::Error::from(error))
            ),
            "name another directory with --state DIR or `state` in the settings",
        ),
    }
}

async fn there(store: &Store, area: &mut Area<'_>) {
    let path = store.path().display();
    match store.takes_writes().await {
        Ok(()) => area.fine("opens", format!("{path} can be read and written")),
        Err(error) => area.wrong("opens", crate::sentence::of(&error), ""),
    }
    let rows = match store.incidents(READ).await {
        Ok(rows) => rows,
        Err(error) => {
            area.unknown("holds together", crate::sentence::of(&error), "");
            return;
        }
    };
    let mut records = 0;
    for row in &rows {
        match store.load(&row.id).await {
            Ok(all) => records += all.len(),
            Err(error) => area.wrong(
                "holds together",
                crate::sentence::of(&error),
                "keep a copy of its directory, then `sickbay audit verify` says all that is wrong",
            ),
        }
    }
    match store.head_disagrees().await {
        Ok(None) => area.fine(
            "holds together",
            format!(
                "the last {} incidents, {records} records; `sickbay audit verify` reads all",
                rows.len()
            ),
        ),
        Ok(Some(found)) => area.wrong(
            "holds together",
            found.to_string(),
            "keep a copy of its directory, then `sickbay audit verify` says all that is wrong",
        ),
        Err(error) => area.unknown("holds together", crate::sentence::of(&error), ""),
    }
}

fn room(dir: &Path, area: &mut Area<'_>) {
    let room = match Store::room(dir) {
        Ok(room) => room,
        Err(error) => {
            area.unknown("room", crate::sentence::of(&error), "");
            return;
        }
    };
    let says = format!("{} MiB left under {}", room.free >> 20, dir.display());
    let next = "make room there, or name another directory with `state`";
    if room.free < LITTLE {
        area.wrong("room", says, next);
    } else if room.in_memory {
        area.note(
            "room",
            format!("{} is in memory, and gone after a reboot", dir.display()),
            "name a directory on a disk with `state` in the settings",
        );
    } else if room.free < NOT_MUCH {
        area.note("room", says, next);
    } else {
        area.fine("room", says);
    }
}
