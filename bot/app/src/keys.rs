//! At a terminal a fix is one key away: the card is on the screen, the key approves exactly that.

use std::io::{BufRead as _, Write as _};

use crate::cards::View;
use crate::cli::Click;
use crate::commands::click;
use crate::exit::Exit;
use crate::screen;
use crate::world::World;

/// Asks what to do with the cards on the screen. `exit` is what the diagnosis came to, for when nothing is approved.
pub(crate) async fn offer(world: &World, views: &[View], exit: Exit) -> anyhow::Result<Exit> {
    let mine: Vec<&View> = views.iter().filter(|view| view.may_approve()).collect();
    if mine.is_empty() {
        world.hosts.close().await;
        return Ok(exit);
    }
    let menu: Vec<String> = mine
        .iter()
        .enumerate()
        .map(|(n, view)| format!("[{}] {}", n + 1, view.proposal.id))
        .collect();
    let mut out = std::io::stdout().lock();
    write!(out, "\nApprove {}, or [q] nothing: ", menu.join("  "))?;
    out.flush()?;
    drop(out);
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map(|_bytes| line)
    })
    .await??;
    let picked = answer
        .trim()
        .parse::<usize>()
        .ok()
        .and_then(|n| mine.get(n.checked_sub(1)?));
    let Some(view) = picked else {
        screen::line("Nothing was approved.");
        world.hosts.close().await;
        return Ok(exit);
    };
    let asked = Click {
        proposal: view.proposal.id.to_string(),
        as_name: None,
        json: false,
    };
    let exit = click::carry_out(world, &asked, &view.proposal.id).await?;
    world.hosts.close().await;
    Ok(exit)
}
