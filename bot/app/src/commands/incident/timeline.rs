//! `sickbay incident timeline`: the journal told for people, a line a fact.

use chat::Locale;
use incident::{Fact, IncidentId, Moment};
use store::Said;

use crate::cli::Output;
use crate::exit::Exit;
use crate::world::World;
use crate::{clock, journal, screen};

/// How much of what was said in the thread is told: the last of it.
pub(crate) const MOST_SAID: u32 = 2_000;

/// Tells an incident from its first fact to its last.
pub(super) async fn tell(world: &World, id: &IncidentId, output: &Output) -> anyhow::Result<Exit> {
    let facts = journal::facts(&world.store, id).await?;
    let said = world.store.said(id, MOST_SAID).await?;
    if output.json {
        let of = |at: Moment, what: &str, value| {
            (
                at,
                serde_json::json!({ "at": clock::rfc3339(at), what: value }),
            )
        };
        let facts = facts
            .iter()
            .map(|(at, fact)| of(*at, "fact", serde_json::json!(fact)));
        let said = said.iter().map(|one| {
            let words = serde_json::json!({ "by": one.author, "text": one.text });
            of(one.at, "said", words)
        });
        let list = in_order(facts.chain(said));
        let list: Vec<_> = list.into_iter().map(|(_, value)| value).collect();
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "timeline": list }));
        return Ok(Exit::Fine);
    }
    for (at, line) in lines(&facts, &said, world.locale) {
        screen::wrapped(&format!("{}  {line}", clock::local(at)), 21);
    }
    Ok(Exit::Fine)
}

/// What happened and what people said of it, a line each, in order.
pub(crate) fn lines(
    facts: &[(Moment, Fact)],
    said: &[Said],
    locale: Locale,
) -> Vec<(Moment, String)> {
    let facts = facts.iter().map(|(at, fact)| (*at, locale.fact(fact)));
    let said = said
        .iter()
        .map(|one| (one.at, locale.quoted(&one.author, one.text.as_deref())));
    in_order(facts.chain(said))
}

/// By time; what happened at the same moment stays as it was.
fn in_order<T>(all: impl Iterator<Item = (Moment, T)>) -> Vec<(Moment, T)> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(at, _)| *at);
    all
}
