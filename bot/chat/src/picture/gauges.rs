//! A host's vitals on paper: a bar for each limit, what is fine elsewhere in one line, what nobody saw as a dashed frame.

use incident::vitals::{Area, State};
use incident::{Gauge, HostName, Vitals};

use super::sheet::{From, HEADING, LINE, MARGIN, Sheet, TEXT, WIDTH, Weight};
use super::text::{fit, fit_middle, wrap};
use super::{Error, Shade};
use crate::Locale;
use crate::words::picture::{AREAS, short};

const INNER: f32 = WIDTH - 2.0 * MARGIN;
const BAR: f32 = 12.0;
/// The most that figures may take beside a bar.
const FIGURES: f32 = INNER * 0.65;
/// No more bars than this in one area; vitals from elsewhere may hold anything.
const MOST_BARS: usize = 8;
/// Lines for all that is fine in an area without bars.
const MOST_LINES: usize = 4;

pub(super) fn sheet(
    vitals: &Vitals,
    host: &HostName,
    shade: Shade,
    locale: Locale,
) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(shade)?;
    let palette = sheet.palette;
    sheet.skip(MARGIN + HEADING);
    let title = fit_middle(&sheet.ruler, host.as_str(), HEADING, INNER);
    let heavy = (palette.ink, Weight::Heavy, From::Left);
    sheet.text((MARGIN, sheet.y), HEADING, heavy, &title);
    for line in wrap(&sheet.ruler, &locale.pressed(vitals), TEXT, INNER, 2) {
        sheet.skip(LINE + 2.0);
        let colour = palette.state(vitals.worst());
        let heavy = (colour, Weight::Heavy, From::Left);
        sheet.text((MARGIN, sheet.y), TEXT, heavy, &line);
    }
    let bars = bars_width(&sheet, vitals, locale);
    for area in AREAS {
        let gauges: Vec<&Gauge> = vitals.of(area).collect();
        if !gauges.is_empty() {
            section(&mut sheet, area, &gauges, bars, locale);
        }
    }
    Ok(sheet)
}

/// How many of an area's gauges have a bar also when they are fine: the fullest filesystems, not all.
const fn always_drawn(area: Area) -> usize {
    match area {
        Area::Processors => 4,
        Area::Memory | Area::Space => 2,
        Area::Inodes | Area::Network | Area::Waiting | Area::Limits => 0,
    }
}

/// The gauges that have a bar of their own, and those that stand in one line.
fn split<'a>(area: Area, gauges: &[&'a Gauge]) -> (Vec<&'a Gauge>, Vec<&'a Gauge>) {
    let mut left = always_drawn(area);
    gauges.iter().partition(|gauge| {
        let shown = left > 0 && gauge.of.is_some();
        left = left.saturating_sub(1);
        shown || gauge.state != State::Fine
    })
}

/// What nobody saw for the same reason, as one.
fn together(gauges: &[&Gauge]) -> Vec<Gauge> {
    let mut all: Vec<Gauge> = Vec::new();
    for gauge in gauges {
        let same = all
            .iter_mut()
            .find(|other| other.state == State::Unknown && other.why == gauge.why);
        match same {
            Some(other) if gauge.state == State::Unknown => {
                other.name = format!("{}, {}", other.name, gauge.name);
            }
            Some(_) | None => all.push((*gauge).clone()),
        }
    }
    all
}

/// The width of all bars, so that one can be compared with another: what the longest figures leave.
fn bars_width(sheet: &Sheet, vitals: &Vitals, locale: Locale) -> f32 {
    let bars = AREAS.iter().flat_map(|area| {
        let gauges: Vec<&Gauge> = vitals.of(*area).collect();
        split(*area, &gauges).0
    });
    let widths = bars
        .filter_map(|gauge| Some(locale.figures(gauge, gauge.used?)))
        .map(|figures| sheet.ruler.width(&figures, TEXT));
    let longest = widths.fold(0.0, f32::max).min(FIGURES);
    INNER - longest - 10.0
}

fn section(sheet: &mut Sheet, area: Area, gauges: &[&Gauge], width: f32, locale: Locale) {
    let palette = sheet.palette;
    sheet.skip(14.0);
    sheet.block((MARGIN, sheet.y), (INNER, 1.0), 0.0, palette.line);
    sheet.skip(LINE + 2.0);
    let heavy = (palette.ink, Weight::Heavy, From::Left);
    sheet.text((MARGIN, sheet.y), TEXT + 1.0, heavy, locale.area(area));
    let (bars, fine) = split(area, gauges);
    let bars = together(&bars);
    for gauge in bars.iter().take(MOST_BARS) {
        bar(sheet, gauge, width, locale);
    }
    if bars.len() > MOST_BARS {
        let more = locale.left_out(bars.len() - MOST_BARS, 0);
        quiet(sheet, &more, 1);
    }
    if !fine.is_empty() {
        let all: Vec<String> = fine.iter().take(40).map(|g| short(g)).collect();
        quiet(sheet, &locale.all_fine(&all), MOST_LINES);
    }
}

fn quiet(sheet: &mut Sheet, text: &str, most: usize) {
    let colour = sheet.palette.quiet;
    for line in wrap(&sheet.ruler, text, TEXT, INNER, most) {
        sheet.skip(LINE);
        let plain = (colour, Weight::Plain, From::Left);
        sheet.text((MARGIN, sheet.y), TEXT, plain, &line);
    }
    sheet.skip(2.0);
}

fn bar(sheet: &mut Sheet, gauge: &Gauge, width: f32, locale: Locale) {
    let palette = sheet.palette;
    let colour = palette.state(gauge.state);
    // What it is and how near, in words, above; the bar and its figures below.
    sheet.skip(LINE + 4.0);
    let word = locale.pressure(gauge);
    let mark = 16.0;
    let word_width = sheet.ruler.width(word, TEXT);
    let heavy = (colour, Weight::Heavy, From::Right);
    let right = WIDTH - MARGIN;
    sheet.text((right, sheet.y), TEXT, heavy, word);
    shape(
        sheet,
        gauge.state,
        (right - word_width - mark, sheet.y),
        colour,
    );
    let room = INNER - word_width - mark - 10.0;
    let name = fit_middle(&sheet.ruler, &gauge.name, TEXT, room);
    let plain = (palette.ink, Weight::Plain, From::Left);
    sheet.text((MARGIN, sheet.y), TEXT, plain, &name);
    let Some(used) = gauge.used.filter(|_| gauge.state != State::Unknown) else {
        unseen(sheet, gauge, locale);
        return;
    };
    let figures = locale.figures(gauge, used);
    let figures = fit(&sheet.ruler, &figures, TEXT, FIGURES);
    let top = sheet.y + 7.0;
    if let Some(percent) = gauge.percent() {
        sheet.frame(
            (MARGIN + 0.5, top + 0.5),
            (width - 1.0, BAR - 1.0),
            (palette.trough, palette.line, 1.0),
            "",
        );
        let share = share(percent);
        if share > 0.0 {
            let filled = ((width - 4.0) * share).max(2.0);
            sheet.block((MARGIN + 2.0, top + 2.0), (filled, BAR - 4.0), 2.0, colour);
        }
    }
    sheet.skip(LINE);
    let plain = (palette.ink, Weight::Plain, From::Right);
    sheet.text((right, sheet.y), TEXT, plain, &figures);
}

/// Nobody looked: a dashed frame with nothing in it, and the reason below. It is not an empty bar, which would say zero.
fn unseen(sheet: &mut Sheet, gauge: &Gauge, locale: Locale) {
    let palette = sheet.palette;
    for line in wrap(
        &sheet.ruler,
        &locale.unseen(&gauge.why),
        TEXT,
        INNER - 20.0,
        2,
    ) {
        let top = sheet.y + 4.0;
        sheet.skip(LINE);
        sheet.frame(
            (MARGIN + 0.5, top + 1.0),
            (3.0, LINE - 2.0),
            ("none", palette.quiet, 1.0),
            "2 2",
        );
        let plain = (palette.quiet, Weight::Plain, From::Left);
        sheet.text((MARGIN + 12.0, sheet.y), TEXT, plain, &line);
    }
}

/// A shape for a state, so that colour is not the only sign: a dot, a triangle, a diamond, an empty ring.
fn shape(sheet: &mut Sheet, state: State, (x, foot): (f32, f32), colour: &str) {
    let (mid, top) = (x + 6.0, foot - 10.0);
    let (left, half) = (mid - 4.5, top + 5.5);
    let dot = format!("M{left:.1} {half:.1}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z");
    let path = match state {
        State::Fine => dot,
        State::Near => format!("M{mid:.1} {top:.1}l5.5 10h-11z"),
        State::Over => format!("M{mid:.1} {top:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"),
        State::Unknown => format!(
            "{dot}M{:.1} {half:.1}a2.7 2.7 0 1 1 5.4 0a2.7 2.7 0 1 1 -5.4 0z",
            mid - 2.7
        ),
    };
    sheet.shape(&path, colour);
}

/// Percent as a share of a bar; more than all fills it.
fn share(percent: i64) -> f32 {
    let percent = i16::try_from(percent.clamp(0, 100)).unwrap_or(100);
    f32::from(percent) / 100.0
}
