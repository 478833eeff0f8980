//! The card: what would be done, in words and as the host will be told, and whether it can be undone.

use incident::notice::Card;
use owo_colors::Style;

use super::Face;
use crate::text;

/// A proposal's card.
pub(super) fn card(card: &Card<'_>, face: Face) -> String {
    let mut out = String::new();
    let proposal = card.proposal;
    let locale = face.locale;
    let head = format!(
        "{} {}  {}",
        face.paint(locale.fix(), Style::new().cyan().bold()),
        face.strong(proposal.id.as_str()),
        face.strong(card.title)
    );
    face.put(&mut out, 4, &head);
    let about = format!(
        "  {} · {}",
        locale.terms(proposal),
        locale.answers(&proposal.answers, card.because)
    );
    face.put(&mut out, 4, about.trim_end());
    for (n, step) in proposal.steps.iter().enumerate() {
        face.put(&mut out, 5, &format!("  {}. {}", n + 1, locale.step(step)));
        face.put_dim(&mut out, 7, &format!("     {}", text::words(&step.argv())));
    }
    for line in text::exact(&proposal.diff).lines() {
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
        face.put_dim(
            &mut out,
            8,
            &format!("  {}", locale.undo_by(proposal.undo, &undo)),
        );
    }
    let who = locale.how_to_approve(card);
    let more = format!("  {}", locale.origin(card));
    face.put(&mut out, 4, &format!("  {}", face.strong(&who)));
    face.put_dim(&mut out, 4, &more);
    out
}
