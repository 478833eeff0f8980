//! At a terminal a fix is a key away: the card is on the screen, the key names it, and a second one confirms.

use std::io::BufRead as _;

use incident::notice::Notice;

use crate::cards::View;
use crate::cli::Click;
use crate::commands::click::{self, Said};
use crate::exit::Exit;
use crate::screen;
use crate::world::World;

/// Asks what to do with the cards on the screen, until nothing is wanted any more. `exit` is what the diagnosis came
/// to, for when nothing is approved.
pub(crate) async fn offer(world: &World, views: &[View], mut exit: Exit) -> anyhow::Result<Exit> {
    let mut open: Vec<&View> = views.iter().filter(|view| view.may_approve()).collect();
    let locale = world.locale;
    while !open.is_empty() {
        let menu: Vec<String> = open
            .iter()
            .enumerate()
            .map(|(n, view)| {
                let one = &view.proposal;
                format!("  [{}] {}: {}", n + 1, one.host, locale.gist(one))
            })
            .collect();
        screen::line(&format!("\n{}", locale.pick()));
        screen::wrapped(&menu.join("\n"), 6);
        screen::line(&format!("  [q] {}", locale.none_of_them()));
        let answer = asked("> ").await?;
        let picked = answer
            .parse::<usize>()
            .ok()
            .and_then(|n| n.checked_sub(1))
            .filter(|n| *n < open.len());
        let Some(picked) = picked else {
            screen::wrapped(locale.none_picked(), 2);
            break;
        };
        let view = open.remove(picked);
        screen::say(
            &Notice::Chosen {
                proposal: &view.proposal,
            },
            false,
            world.locale,
        );
        if asked(&format!("{} [y/N] ", locale.run_now())).await? != "y" {
            screen::line(locale.not_approved());
            continue;
        }
        exit = click::carry_out(world, &click_on(view), &view.proposal.id, Said::Steps).await?;
        if exit == Exit::Fine
            && click::can_undo(world, &view.proposal.id).await?
            && asked(&format!("{} [K/u] ", locale.keep_it())).await? == "u"
        {
            exit = Box::pin(click::undo(world, &click_on(view), &view.proposal.id)).await?;
        }
    }
    world.hosts.close().await;
    Ok(exit)
}

fn click_on(view: &View) -> Click {
    Click {
        proposal: view.proposal.id.to_string(),
        as_name: None,
        json: false,
    }
}

/// What the person types, in small letters; nothing where the terminal is gone.
async fn asked(question: &str) -> anyhow::Result<String> {
    screen::ask(question);
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map(|_bytes| line)
    })
    .await??;
    if !answer.ends_with('\n') {
        screen::line("");
    }
    Ok(answer.trim().to_lowercase())
}
