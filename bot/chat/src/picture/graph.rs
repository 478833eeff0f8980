//! The cause graph on paper: a box for each finding, set in below what causes it, and an arrow from cause to effect.

use incident::Severity;

use super::layers::{Graph, Node};
use super::sheet::{From, LINE, MARGIN, Sheet, TEXT, WIDTH, Weight};
use super::text::{fit, wrap};
use super::{Error, Shade};
use crate::Locale;

/// How far a box is set in from its cause, where there is room.
const INDENT: f32 = 24.0;
/// The most that the deepest box is set in: what is left must hold a title.
const DEEPEST: f32 = 130.0;
/// Between two boxes.
const GAP: f32 = 12.0;
const PADDING: f32 = 9.0;
/// Lines of a title before it is cut.
const MOST_LINES: usize = 3;

/// A box on the paper.
struct Place {
    left: f32,
    top: f32,
    bottom: f32,
}

pub(super) fn sheet(graph: &Graph<'_>, shade: Shade, locale: Locale) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(shade)?;
    sheet.head(locale.causes_head(), locale.arrows());
    sheet.skip(GAP);
    let deepest = graph.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
    let indent = INDENT.min(DEEPEST / float(deepest.max(1)));
    let mut places: Vec<Place> = Vec::new();
    for node in &graph.nodes {
        let place = block(&mut sheet, graph, node, indent, locale);
        for cause in &node.causes {
            if let Some(from) = places.get(*cause) {
                // Causes of one depth have lines of their own.
                let lane = 0.3 + 0.2 * float(cause % 3);
                arrow(&mut sheet, from, &place, indent * lane);
            }
        }
        places.push(place);
    }
    if graph.more > 0 {
        let more = locale.left_out(graph.more, graph.more_critical);
        sheet.line(&more, sheet.palette.ink);
    }
    Ok(sheet)
}

fn block(
    sheet: &mut Sheet,
    graph: &Graph<'_>,
    node: &Node<'_>,
    indent: f32,
    locale: Locale,
) -> Place {
    let palette = sheet.palette;
    let finding = node.finding;
    let colour = palette.severity(finding.severity);
    let left = MARGIN + indent * float(node.depth);
    let width = WIDTH - MARGIN - left;
    let inner = width - 2.0 * PADDING - 4.0;
    let text_left = left + PADDING + 4.0;
    let head = fit(
        &sheet.ruler,
        &locale.node(finding, node.depth == 0),
        TEXT,
        inner - 16.0,
    );
    let title = wrap(&sheet.ruler, &finding.title, TEXT, inner, MOST_LINES);
    // One arrow is followed by eye; of several the box names the causes.
    let because = if node.causes.len() > 1 {
        let causes = locale.explained_by(graph, node);
        wrap(&sheet.ruler, &causes, TEXT, inner, 2)
    } else {
        Vec::new()
    };
    let lines = 1 + title.len() + because.len();
    let (top, height) = (sheet.y + GAP, LINE * float(lines) + PADDING + 3.0);
    let line = match finding.severity {
        Severity::Critical => 2.0,
        Severity::Warning | Severity::Info => 1.2,
    };
    sheet.frame(
        (left, top),
        (width, height),
        (palette.trough, colour, line),
        "",
    );
    sheet.block((left, top), (6.0, height), 3.0, colour);
    let mut foot = top + PADDING + TEXT - 3.0;
    mark(sheet, finding.severity, (text_left, foot), colour);
    let heavy = (colour, Weight::Heavy, From::Left);
    sheet.text((text_left + 16.0, foot), TEXT, heavy, &head);
    for text in title {
        foot += LINE;
        let plain = (palette.ink, Weight::Plain, From::Left);
        sheet.text((text_left, foot), TEXT, plain, &text);
    }
    for text in because {
        foot += LINE;
        let plain = (palette.quiet, Weight::Plain, From::Left);
        sheet.text((text_left, foot), TEXT, plain, &text);
    }
    sheet.y = top + height;
    Place {
        left,
        top,
        bottom: top + height,
    }
}

/// A shape for a severity, so that colour is not the only sign: a diamond, a triangle, a dot.
fn mark(sheet: &mut Sheet, severity: Severity, (x, foot): (f32, f32), colour: &str) {
    let (mid, top) = (x + 5.5, foot - 10.0);
    let path = match severity {
        Severity::Critical => format!("M{mid:.1} {top:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"),
        Severity::Warning => format!("M{mid:.1} {top:.1}l5.5 10h-11z"),
        Severity::Info => format!(
            "M{:.1} {:.1}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            mid - 4.0,
            top + 5.5
        ),
    };
    sheet.shape(&path, colour);
}

/// From below a box down and then right to another.
fn arrow(sheet: &mut Sheet, from: &Place, to: &Place, lane: f32) {
    let x = from.left + lane;
    let y = (to.top + 18.0).min(to.bottom - 4.0);
    let head = (to.left - x).clamp(4.0, 8.0);
    let line = sheet.palette.line;
    sheet.path_under(
        &format!(
            "M{x:.1} {:.1}V{y:.1}H{:.1}",
            from.bottom - 1.0,
            to.left - head
        ),
        line,
    );
    sheet.shape(
        &format!(
            "M{:.1} {:.1}l{head:.1} 5l-{head:.1} 5z",
            to.left - head,
            y - 5.0
        ),
        line,
    );
}

#[expect(clippy::cast_precision_loss, reason = "lines and levels are few")]
const fn float(n: usize) -> f32 {
    n as f32
}
