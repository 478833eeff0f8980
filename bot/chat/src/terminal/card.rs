//! The card: what would be done, in words and as the host will be told, and whether it can be undone.

use incident::notice::Card;
use owo_colors::Style;

use super::Face;
use crate::words;

/// A proposal's card.
pub(super) fn card(card: &Card<'_>, face: Face) -> String {
    let mut out = String::new();
    let proposal = card.proposal;
    let head = format!(
        "{} {}  {}",
        face.paint("Fix", Style::new().cyan().bold()),
        face.strong(proposal.id.as_str()),
        face.strong(&proposal.title)
    );
    face.put(&mut out, 4, &head);
    let about = format!(
        "  on {} · {} risk · {} · for {} {}",
        proposal.host,
        proposal.risk,
        words::undo(proposal.undo),
        proposal.answers,
        card.because
    );
    face.put(&mut out, 4, about.trim_end());
    for (n, step) in proposal.steps.iter().enumerate() {
        face.put(&mut out, 5, &format!("  {}. {}", n + 1, words::step(step)));
        face.put_dim(&mut out, 7, &format!("     {}", step.argv().join(" ")));
    }
    for line in proposal.diff.lines() {
        let style = match line.chars().next() {
            Some('+') => Style::new().green(),
            Some('-') => Style::new().red(),
            _ => Style::new().dimmed(),
        };
        face.put(&mut out, 7, &format!("     {}", face.paint(line, style)));
    }
    let undo: Vec<&str> = proposal
        .undo_words
        .iter()
        .map(String::as_str)
        .filter(|words| !words.is_empty())
        .collect();
    if !undo.is_empty() {
        face.put_dim(&mut out, 8, &format!("  undo: {}", undo.join("; ")));
    }
    let who = words::how_to_approve(card);
    let more = format!(
        "  runbook {} v{} · expires in {}",
        proposal.runbook, proposal.runbook_version, card.left
    );
    face.put(&mut out, 4, &format!("  {}", face.strong(&who)));
    face.put_dim(&mut out, 4, &more);
    out
}
