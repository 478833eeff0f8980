//! A connection that was refused: whether nobody listens there, who would, and who does and does not answer.

use incident::{Confidence, Severity};

use super::hits::{Hit, Standing};
use super::port::{Peer, Port, peers};
use super::verify::{Known, confirmed, plain, port, quiet};
use crate::draft::Draft;

/// What a refused connection means, after the port was looked at.
pub(super) fn drafts(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    match port(hit) {
        Some(number) => vec![at_port(known, hit, number)],
        None => unnamed(known, hit),
    }
}

/// The line names no address; the unit's own settings do.
fn unnamed(known: &Known<'_>, hit: &Hit<'_>) -> Vec<Draft> {
    let said = plain(known, hit);
    let Some(unit) = hit.unit.as_deref() else {
        return vec![said];
    };
    let mut found = Vec::new();
    let key = format!("unit.peers {unit}");
    let text = known.look.text(&key).unwrap_or_default();
    let silent: Vec<Peer> = peers(&text)
        .into_iter()
        .filter(|peer| !peer.port.listens)
        .collect();
    let alone = silent.len() == 1;
    for Peer { port, named_in } in silent {
        // A port that nobody else would serve may be the unit's own; where it is the only one, it is all there is to go by.
        let own = port.owners.iter().any(|owner| owner.unit == unit) && port.owners.len() == 1;
        if own && !(alone && hit.standing == Standing::Failing) {
            continue;
        }
        let mut draft = said
            .clone()
            .sure(if own {
                Confidence::Possible
            } else {
                Confidence::Likely
            })
            .cite(key.as_str())
            .fact("port", port.number);
        draft.severity = match hit.standing {
            Standing::Failing => Severity::Critical,
            Standing::Running | Standing::Unknown => confirmed(hit),
        };
        draft.title = format!(
            "{unit} is refused by a service that it needs: nothing listens on port {}, which {} names",
            port.number, named_in
        );
        found.push(with_owners(draft, &port, hit));
    }
    if found.is_empty() { vec![said] } else { found }
}

/// Says who would listen, and ties the finding to how that unit stands.
fn with_owners(draft: Draft, port: &Port, hit: &Hit<'_>) -> Draft {
    let owners: Vec<&super::port::Owner> = port
        .owners
        .iter()
        .filter(|owner| hit.unit.as_deref() != Some(owner.unit.as_str()))
        .collect();
    if owners.is_empty() {
        return draft;
    }
    let said: Vec<String> = owners
        .iter()
        .map(|owner| {
            format!(
                "{} is set up for it ({}) and does not run.",
                owner.unit, owner.named_in
            )
        })
        .collect();
    let detail = format!("{}\n{}", draft.detail, said.join("\n"));
    let units: Vec<String> = owners.iter().map(|owner| owner.unit.clone()).collect();
    draft.detail(detail).fact("mentions", units)
}

fn at_port(known: &Known<'_>, hit: &Hit<'_>, number: i64) -> Draft {
    let said = plain(known, hit);
    let local = hit.get("host").is_none_or(|host| {
        matches!(
            host,
            "127.0.0.1" | "::1" | "[::1]" | "localhost" | "0.0.0.0"
        )
    });
    if !local {
        return said;
    }
    let key = format!("port.holder {number}");
    let Some(port) = known
        .look
        .text(&key)
        .ok()
        .and_then(|text| Port::read(&text))
    else {
        return said;
    };
    let mut said = said.cite(key);
    let frozen = port.holders.iter().find(|holder| holder.frozen);
    if let Some(unit) = frozen
        .or(port.holders.first())
        .and_then(|holder| holder.unit.as_deref())
    {
        said = said
            .fact("restart_unit", unit)
            .fact("mentions", vec![unit.to_owned()]);
    }
    if hit.get("reason") == Some("timeout") && port.listens {
        if frozen.is_none() && port.waiting == 0 {
            return said;
        }
        let why = match frozen {
            Some(holder) => format!(
                "Its process {} ({}) was stopped by a signal and never let go on.",
                holder.pid, holder.comm
            ),
            None => format!("{} connections wait there and are not taken.", port.waiting),
        };
        let detail = format!("{}\n{why}", said.detail);
        let draft = Draft {
            severity: Severity::Critical,
            ..said
        };
        return draft.sure(Confidence::Confirmed).detail(detail);
    }
    if hit.get("reason") == Some("closed") && port.listens {
        let detail = format!(
            "{}\nIt listens, takes the connection and ends it: its own log says why.",
            said.detail
        );
        return said.detail(detail);
    }
    if port.listens {
        return quiet(said, "Something listens there again.");
    }
    let draft = Draft {
        severity: confirmed(hit),
        ..said
    }
    .sure(Confidence::Confirmed);
    let detail = format!(
        "{}\nNothing listens on port {number} of this host.",
        draft.detail
    );
    with_owners(draft.detail(detail), &port, hit)
}
