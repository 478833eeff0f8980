//! What things in trouble need, on paper: a line for each thing, set in below what needs it, with what is broken marked.

use incident::Need;
use incident::needs::State;

use super::sheet::{From, LINE, MARGIN, Sheet, TEXT, WIDTH, Weight};
use super::text::{fit, fit_middle, wrap};
use super::{Error, Shade};
use crate::Locale;

/// At most so many things are drawn of all trees together.
pub(crate) const MOST_LINES: usize = 28;
/// How far a thing is set in from what needs it.
const INDENT: f32 = 18.0;
/// Between the mark of a thing and its name.
const MARK: f32 = 16.0;
/// Between two trees.
const GAP: f32 = 10.0;

pub(super) fn sheet(trees: &[Need], shade: Shade, locale: Locale) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(shade)?;
    sheet.head(locale.needs_head(), locale.needs_key());
    let mut room = MOST_LINES;
    let mut left = 0;
    for tree in trees {
        sheet.skip(GAP);
        // The foot of the last thing drawn on each level, from which a line leads down to the next.
        let mut feet: Vec<f32> = Vec::new();
        for (level, need) in tree.walk() {
            if room == 0 {
                left += 1;
                continue;
            }
            room -= 1;
            line(&mut sheet, need, level, &mut feet, locale);
        }
    }
    if left > 0 {
        sheet.line(&locale.left_out(left, 0), sheet.palette.ink);
    }
    Ok(sheet)
}

fn line(sheet: &mut Sheet, need: &Need, level: usize, feet: &mut Vec<f32>, locale: Locale) {
    let palette = sheet.palette;
    let left = MARGIN + INDENT * float(level);
    let text_left = left + MARK;
    let width = WIDTH - MARGIN - text_left;
    sheet.skip(LINE);
    let foot = sheet.y;
    feet.truncate(level);
    if let Some(above) = feet.last() {
        let x = left - INDENT + 5.5;
        sheet.path_under(
            &format!(
                "M{x:.1} {:.1}V{:.1}H{:.1}",
                above + 3.0,
                foot - 4.5,
                left - 1.0
            ),
            palette.line,
        );
    }
    let (colour, weight) = match need.state {
        State::Broken => (palette.bad, Weight::Heavy),
        State::There => (palette.ink, Weight::Plain),
        State::Unknown => (palette.quiet, Weight::Plain),
    };
    mark(sheet, need.state, (left, foot), colour);
    let kind = format!(" · {}", locale.need_kind(need.kind));
    let kind_width = sheet.ruler.width(&kind, TEXT);
    let name = fit_middle(&sheet.ruler, &need.name, TEXT, width - kind_width);
    let name_width = sheet.ruler.width(&name, TEXT);
    sheet.text((text_left, foot), TEXT, (colour, weight, From::Left), &name);
    sheet.text(
        (text_left + name_width, foot),
        TEXT,
        (palette.quiet, Weight::Plain, From::Left),
        &kind,
    );
    feet.push(foot);
    let why = if need.state == State::There {
        Vec::new()
    } else {
        wrap(&sheet.ruler, &need.why, TEXT, width, 2)
    };
    for text in why {
        sheet.skip(LINE - 2.0);
        sheet.text(
            (text_left, sheet.y),
            TEXT,
            (palette.quiet, Weight::Plain, From::Left),
            &text,
        );
    }
    if need.more > 0 {
        sheet.skip(LINE - 2.0);
        let more = fit(&sheet.ruler, &locale.needs_more(need.more), TEXT, width);
        sheet.text(
            (text_left, sheet.y),
            TEXT,
            (palette.quiet, Weight::Plain, From::Left),
            &more,
        );
    }
}

/// A shape for a state, so that colour is not the only sign: a cross, a dot, a bar where nobody looked.
fn mark(sheet: &mut Sheet, state: State, (x, foot): (f32, f32), colour: &str) {
    let (mid, y) = (x + 5.5, foot - 4.5);
    let path = match state {
        State::Broken => format!(
            "M{:.1} {:.1}l2 -2l3.5 3.5l3.5 -3.5l2 2l-3.5 3.5l3.5 3.5l-2 2l-3.5 -3.5l-3.5 3.5l-2 -2l3.5 -3.5z",
            mid - 5.5,
            y - 3.5
        ),
        State::There => format!(
            "M{:.1} {y:.1}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
            mid - 3.5
        ),
        State::Unknown => format!("M{:.1} {:.1}h8v2h-8z", mid - 4.0, y - 1.0),
    };
    sheet.shape(&path, colour);
}

#[expect(clippy::cast_precision_loss, reason = "levels are few")]
const fn float(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests;
