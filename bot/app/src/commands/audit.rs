//! `sickbay audit verify`: was any record changed, removed or put in?

use store::Verdict;

use crate::cli::{Global, Output};
use crate::exit::Exit;
use crate::screen;
use crate::world::World;

/// Runs the command.
pub(crate) async fn verify(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    let (sound, why, records, incidents) = match world.store.verify().await? {
        Verdict::Sound(found) => (true, String::new(), found.records, found.incidents),
        Verdict::Broken(found) => (false, found.to_string(), 0, 0),
    };
    if output.json {
        screen::json(&serde_json::json!({
            "version": 1, "sound": sound, "why": why, "records": records, "incidents": incidents,
        }));
    } else if sound {
        screen::line(&format!(
            "The journal is sound: {records} records of {incidents} incidents, every hash holds."
        ));
    } else {
        screen::line(&format!("The journal is NOT sound. {why}"));
    }
    Ok(if sound { Exit::Fine } else { Exit::Findings })
}
