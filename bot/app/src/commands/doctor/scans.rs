//! The scans of the settings: what is due next, and whether it can be made and told.

use hosts::Inventory;
use incident::access::Access;
use incident::command::Verb;
use store::Store;

use super::Patient;
use super::report::Area;
use crate::clock;
use crate::propose::traits_of;
use crate::settings::access;
use crate::settings::scans::{Planned, Tell};

/// Looks at each; whether it was made lately is read from the journal, where there is one.
pub(super) async fn look(
    patient: &Patient<'_>,
    inventory: Option<&Inventory>,
    area: &mut Area<'_>,
) {
    let scans = &patient.settings.scans;
    if scans.is_empty() {
        return;
    }
    // What is wrong with the journal stands in its own area.
    let store = match &patient.state {
        Some(dir) => Store::look(dir).await.ok().flatten(),
        None => None,
    };
    for planned in scans {
        let access = &patient.settings.access;
        the_scan(planned, store.as_ref(), inventory, access, area).await;
    }
    if let Some(store) = store {
        store.close().await;
    }
}

async fn the_scan(
    planned: &Planned,
    store: Option<&Store>,
    inventory: Option<&Inventory>,
    access: &Access,
    area: &mut Area<'_>,
) {
    let name = planned.name.as_str();
    let hosts = inventory.map(|inventory| inventory.select(&planned.targets));
    let hosts = match hosts {
        Some(Ok(hosts)) => hosts,
        Some(Err(error)) => {
            let next = "correct its targets; until then its report says only that";
            area.wrong(name, error.to_string(), next);
            return;
        }
        None => {
            area.unknown(
                name,
                "which hosts it means is not known without the inventory",
                "",
            );
            return;
        }
    };
    let now = clock::now();
    let done = match store {
        Some(store) => store.scan_done_so_far(name).await.ok().flatten(),
        None => None,
    };
    let schedule = &planned.schedule;
    let due = done.and_then(|done| schedule.due(done, now));
    let next = schedule.next(done.unwrap_or(now), now);
    let when = match (due, next) {
        (Some(due), _) => format!(
            "due since {}, and made when `sickbay serve` runs",
            schedule.shown(due)
        ),
        (None, Some(next)) => format!("next {}", schedule.shown(next)),
        (None, None) => {
            let next = "write a cron that comes, such as \"0 6 1 * *\"";
            area.wrong(name, "it is never due", next);
            return;
        }
    };
    let tell = match planned.tell {
        Tell::Always => "",
        Tell::Findings => ", where something is found",
        Tell::Worse => ", where something is worse than last time",
    };
    closed(planned, &hosts, access, area);
    let hosts = hosts.len();
    let so_many = if hosts == 1 { "host" } else { "hosts" };
    let (platform, channel) = (planned.platform.name(), &planned.channel);
    area.fine(
        name,
        format!("{when}; {hosts} {so_many}; told in {channel} of {platform}{tell}"),
    );
}

/// More hosts than this are not named in one line.
const NAMED: usize = 5;

/// Says which hosts a report tells of where nobody may ask for them: who reads there learns of them all the same.
fn closed(planned: &Planned, hosts: &[hosts::Host], access: &Access, area: &mut Area<'_>) {
    let place = planned.place();
    let channel = access::channel(&place);
    let closed: Vec<&str> = hosts
        .iter()
        .filter(|host| !access.lets_somebody(channel, Verb::DIAGNOSE, &traits_of(host)))
        .map(|host| host.name.as_str())
        .collect();
    if closed.is_empty() {
        return;
    }
    let named = closed.get(..NAMED).unwrap_or(&closed).join(", ");
    let more = match closed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    area.note(
        &planned.name,
        format!(
            "its report tells {} of {named}{more}, which [[commands]] lets nobody diagnose there",
            planned.channel
        ),
        format!(
            "name another channel or other targets; or let them be diagnosed there, by a rule with channels = [\"{channel}\"] and commands = [\"diagnose\"]"
        ),
    );
}
