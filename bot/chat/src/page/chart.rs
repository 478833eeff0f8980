//! The pictures of a page, as SVG within it: hosts against areas, and a host's limits as bars. Colours follow the page's style,
//! and each says the same by a sign or a figure, for those who do not see colours.

use incident::scan::{Scanned, Tally};
use incident::vitals::{Area, State};
use incident::{Gauge, HostName, Vitals};
use maud::{Markup, html};

use crate::picture::text::clean;
use crate::words::picture::AREAS;
use crate::{Locale, text};

/// Hosts of the picture of all; those that need somebody come first.
const HOSTS: usize = 60;
/// Bars of one host.
const BARS: usize = 12;
/// The width of a picture: a phone's, so that its letters are as large there as those around it.
const WIDTH: usize = 360;
/// Where the cells begin, behind the names.
const NAMES: usize = 122;
const ROW: usize = 22;
/// Letters of a name.
const LETTERS: usize = 17;

const fn class(state: State) -> &'static str {
    match state {
        State::Fine => "fine",
        State::Near => "near",
        State::Over => "over",
        State::Unknown => "unknown",
    }
}

const fn sign(state: State) -> &'static str {
    match state {
        State::Fine => "·",
        State::Near => "!",
        State::Over => "‼",
        State::Unknown => "?",
    }
}

/// A name in one line, cut in its middle: its end says most.
fn name(of: &str) -> String {
    let name: Vec<char> = text::shown(&clean(of)).chars().collect();
    if name.len() <= LETTERS {
        return name.into_iter().collect();
    }
    let half = LETTERS / 2 - 1;
    let head = name.iter().take(half);
    let tail = name.iter().skip(name.len() - half);
    head.chain(std::iter::once(&'…')).chain(tail).collect()
}

/// What a bar shows: the area, since a filesystem has room for bytes and for inodes.
fn label(gauge: &Gauge, locale: Locale) -> String {
    format!("{} {}", locale.area_short(gauge.area), gauge.name)
}

/// The worst of an area; unknown where nothing is known of it.
fn worst(host: &Scanned, area: Area) -> State {
    let gauges = host.vitals.iter().flat_map(|vitals| vitals.of(area));
    gauges
        .map(|gauge| gauge.state)
        .max()
        .unwrap_or(State::Unknown)
}

/// Hosts against areas.
pub(super) fn heat(hosts: &[&Scanned], tally: &Tally, locale: Locale) -> Markup {
    let shown: Vec<&&Scanned> = hosts.iter().take(HOSTS).collect();
    let cell = (WIDTH - NAMES) / AREAS.len();
    let height = ROW * (shown.len() + 1) + 4;
    let told = locale.heat_told(tally);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(told) {
            @for (n, area) in AREAS.iter().enumerate() {
                text.q x=(NAMES + n * cell + cell / 2) y="15" text-anchor="middle" { (locale.area_short(*area)) }
            }
            @for (row, host) in shown.iter().enumerate() {
                text x="2" y=(ROW * (row + 1) + 16) { (name(host.report.host.as_str())) }
                @for (n, area) in AREAS.iter().enumerate() {
                    @let state = worst(host, *area);
                    rect class=(class(state)) x=(NAMES + n * cell) y=(ROW * (row + 1) + 1) width=(cell - 2) height=(ROW - 2) rx="3" {
                        title { (name(host.report.host.as_str())) ": " (locale.area(*area)) }
                    }
                    text x=(NAMES + n * cell + cell / 2 - 1) y=(ROW * (row + 1) + 16) text-anchor="middle" { (sign(state)) }
                }
            }
        }
        p.quiet { (locale.legend()) }
        @if hosts.len() > HOSTS {
            p.quiet { (locale.not_pictured(hosts.len() - HOSTS)) }
        }
    }
}

/// A host's limits as bars, the nearest first; what nobody could look at has no bar.
pub(super) fn bars(host: &HostName, vitals: &Vitals, locale: Locale) -> Markup {
    let mut gauges: Vec<(&Gauge, i64)> = vitals
        .gauges
        .iter()
        .filter_map(|gauge| Some((gauge, gauge.percent()?)))
        .collect();
    gauges.sort_by_key(|(gauge, percent)| std::cmp::Reverse((gauge.state, *percent)));
    gauges.truncate(BARS);
    let height = ROW * gauges.len() + 2;
    let room = WIDTH - NAMES - 44;
    let width = |percent: i64| usize::try_from(percent.clamp(1, 100)).unwrap_or(1) * room / 100;
    let told = locale.vitals_told(vitals, host);
    html! {
        @if !gauges.is_empty() {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(told) {
                @for (row, (gauge, percent)) in gauges.iter().enumerate() {
                    text x="2" y=(ROW * row + 15) { (name(&label(gauge, locale))) }
                    rect.trough x=(NAMES) y=(ROW * row + 4) width=(room) height="14" rx="3" {}
                    rect class=(class(gauge.state)) x=(NAMES) y=(ROW * row + 4) width=(width(*percent)) height="14" rx="3" {}
                    text x=(NAMES + room + 6) y=(ROW * row + 15) { (percent) "%" }
                }
            }
        }
    }
}
