//! `sickbay proposals`: what waits for an approval.

use incident::Span;
use incident::notice::Card;
use incident::remediation::{Event, State};

use crate::cards::{self, View};
use crate::cli::{Global, Output};
use crate::exit::Exit;
use crate::world::World;
use crate::{clock, json, screen};

/// Runs the command.
pub(crate) async fn run(global: &Global, output: &Output) -> anyhow::Result<Exit> {
    let world = World::open(global, None).await?;
    crate::perform::recover(&world).await;
    let now = clock::now();
    let mut views: Vec<View> = Vec::new();
    for incident in world.recent(Span::minutes(24 * 60), now).await {
        let open =
            |one: &&incident::remediation::Remediation| matches!(one.state, State::Proposed { .. });
        let late = incident
            .remediations
            .values()
            .filter(open)
            .find(|one| now > one.proposal.expires_at);
        if let Some(late) = late {
            world.hear(&late.proposal, &Event::Tick, None).await?;
        }
        let fresh = incident
            .remediations
            .values()
            .filter(open)
            .filter(|one| now <= one.proposal.expires_at)
            .map(|one| &one.proposal);
        views.extend(cards::views(&world, &incident, fresh, now, world.locale));
    }
    if output.json {
        let list: Vec<_> = views.iter().map(|view| json::card(&view.card())).collect();
        screen::json(&serde_json::json!({ "version": 1, "proposals": list }));
    } else if views.is_empty() {
        screen::line(world.locale.no_proposals());
    } else {
        let face = screen::face(false, world.locale);
        for view in &views {
            let card: Card<'_> = view.card();
            screen::line(&chat::terminal::card(&card, face));
        }
    }
    Ok(Exit::Fine)
}
