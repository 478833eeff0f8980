//! `sickbay incident timeline`: the journal told for people, a line a fact.

use chat::Locale;
use incident::account::Remark;
use incident::{Fact, IncidentId, Moment};

use crate::account::Gathered;
use crate::cli::Output;
use crate::exit::Exit;
use crate::world::World;
use crate::{clock, screen};

/// How much of what was said in the thread is told: the last of it.
pub(crate) const MOST_SAID: u32 = 2_000;

/// Tells an incident from its first fact to its last.
pub(super) async fn tell(world: &World, id: &IncidentId, output: &Output) -> anyhow::Result<Exit> {
    let Gathered { facts, remarks, .. } = Gathered::of(world, id).await?;
    if output.json {
        let of = |at: Moment, what: &str, value| {
            (
                at,
                serde_json::json!({ "at": clock::rfc3339(at), what: value }),
            )
        };
        let facts = (1_u64..).zip(&facts).map(|(seq, (at, fact))| {
            let (at, mut value) = of(*at, "fact", serde_json::json!(fact));
            if let Some(fields) = value.as_object_mut() {
                fields.insert("seq".to_owned(), seq.into());
            }
            (at, value)
        });
        let said = remarks.iter().map(|one| {
            let words = serde_json::json!({ "by": one.author, "text": one.text });
            of(one.at, "said", words)
        });
        let list = in_order(facts.chain(said));
        let list: Vec<_> = list.into_iter().map(|(_, value)| value).collect();
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "timeline": list }));
        return Ok(Exit::Fine);
    }
    for line in lines(&facts, &remarks, world.locale) {
        screen::wrapped(&line, 28);
    }
    Ok(Exit::Fine)
}

/// What happened and what people said of it, a line each, in order: when, the fact's place in the journal, what.
pub(crate) fn lines(facts: &[(Moment, Fact)], remarks: &[Remark], locale: Locale) -> Vec<String> {
    let line = |at: Moment, place: &str, text: &str| {
        (at, format!("{}  {place:>5}  {text}", clock::local(at)))
    };
    let facts = (1_u64..)
        .zip(facts)
        .map(|(seq, (at, fact))| line(*at, &format!("#{seq}"), &locale.fact(fact)));
    let said = remarks.iter().map(|one| {
        let text = locale.quoted(&one.author, one.text.as_deref());
        line(one.at, "", &text)
    });
    let all = in_order(facts.chain(said)).into_iter();
    all.map(|(_, line)| line).collect()
}

/// By time; what happened at the same moment stays as it was.
fn in_order<T>(all: impl Iterator<Item = (Moment, T)>) -> Vec<(Moment, T)> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(at, _)| *at);
    all
}
