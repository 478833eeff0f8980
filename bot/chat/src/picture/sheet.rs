//! The paper: an SVG text that grows downwards, with a palette for each shade.

use std::fmt::Write as _;

use incident::Severity;
use incident::vitals::State;

use super::Shade;
use super::font::{FAMILY, Ruler};
use super::text::{escape, fit};

/// The width of the paper in points; a point is two pixels.
pub(super) const WIDTH: f32 = 360.0;
/// What is left free at the sides.
pub(super) const MARGIN: f32 = 14.0;
/// The size of all text but headings: 26 pixels.
pub(super) const TEXT: f32 = 13.0;
/// The size of headings: 34 pixels.
pub(super) const HEADING: f32 = 17.0;
/// From one line of text to the next.
pub(super) const LINE: f32 = 18.0;

/// The colours of a shade. Each pair that is drawn on each other has a contrast of at least 4.5 to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) paper: &'static str,
    pub(super) ink: &'static str,
    pub(super) quiet: &'static str,
    /// The empty part of a bar, and the inside of a box.
    pub(super) trough: &'static str,
    pub(super) line: &'static str,
    pub(super) good: &'static str,
    pub(super) warn: &'static str,
    pub(super) bad: &'static str,
}

impl Palette {
    pub(super) const fn of(shade: Shade) -> Self {
        match shade {
            Shade::Light => Self {
                paper: "#ffffff",
                ink: "#14171a",
                quiet: "#4b5560",
                trough: "#eceff2",
                line: "#5c6670",
                good: "#0b6b3a",
                warn: "#8a4b00",
                bad: "#b3141c",
            },
            Shade::Dark => Self {
                paper: "#17191d",
                ink: "#f2f4f6",
                quiet: "#b4bcc5",
                trough: "#2a2e35",
                line: "#8e98a3",
                good: "#5fd38d",
                warn: "#ffb84d",
                bad: "#ff8a84",
            },
        }
    }

    pub(super) const fn state(&self, state: State) -> &'static str {
        match state {
            State::Fine => self.good,
            State::Near => self.warn,
            State::Over => self.bad,
            State::Unknown => self.quiet,
        }
    }

    pub(super) const fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Critical => self.bad,
            Severity::Warning => self.warn,
            Severity::Info => self.quiet,
        }
    }
}

/// How heavy a text is. The font has one weight; a heavy text is drawn with a line around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Plain,
    Heavy,
}

/// From which end a text is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Left,
    Right,
}

/// A picture in the making.
pub(super) struct Sheet {
    pub(super) palette: Palette,
    pub(super) ruler: Ruler,
    /// Down to where something is drawn.
    pub(super) y: f32,
    /// What lies under everything else.
    under: String,
    over: String,
}

impl Sheet {
    pub(super) fn new(shade: Shade) -> Result<Self, super::Error> {
        Ok(Self {
            palette: Palette::of(shade),
            ruler: Ruler::new()?,
            y: 0.0,
            under: String::new(),
            over: String::new(),
        })
    }

    /// Moves down.
    pub(super) fn skip(&mut self, by: f32) {
        self.y += by;
    }

    /// The height in points, a whole number so that pixels are too.
    pub(super) fn height(&self) -> f32 {
        (self.y + MARGIN).ceil()
    }

    /// A text with its foot on a line. It is drawn as it is: whoever calls has cleaned and fitted it.
    pub(super) fn text(
        &mut self,
        (x, y): (f32, f32),
        size: f32,
        (colour, weight, from): (&str, Weight, From),
        text: &str,
    ) {
        let anchor = match from {
            From::Left => "",
            From::Right => " text-anchor=\"end\"",
        };
        let heavy = match weight {
            Weight::Plain => String::new(),
            Weight::Heavy => format!(" stroke=\"{colour}\" stroke-width=\"0.55\""),
        };
        push(
            &mut self.over,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\"{heavy}{anchor}>{}</text>",
                escape(text)
            ),
        );
    }

    /// What a picture begins with: its heading, and how it is read.
    pub(super) fn head(&mut self, title: &str, key: &str) {
        let ink = self.palette.ink;
        self.skip(MARGIN + HEADING);
        let title = fit(&self.ruler, title, HEADING, WIDTH - 2.0 * MARGIN);
        let at = (MARGIN, self.y);
        self.text(at, HEADING, (ink, Weight::Heavy, From::Left), &title);
        self.line(key, self.palette.quiet);
    }

    /// A line of text of its own, below what is drawn.
    pub(super) fn line(&mut self, text: &str, colour: &str) {
        self.skip(LINE + 2.0);
        let text = fit(&self.ruler, text, TEXT, WIDTH - 2.0 * MARGIN);
        let at = (MARGIN, self.y);
        self.text(at, TEXT, (colour, Weight::Plain, From::Left), &text);
    }

    /// A filled box with round corners.
    pub(super) fn block(&mut self, (x, y): (f32, f32), (w, h): (f32, f32), round: f32, fill: &str) {
        push(
            &mut self.over,
            format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{round}\" fill=\"{fill}\"/>"
            ),
        );
    }

    /// A box with a border, dashed where it stands for something nobody saw.
    pub(super) fn frame(
        &mut self,
        (x, y): (f32, f32),
        (w, h): (f32, f32),
        (fill, line, width): (&str, &str, f32),
        dashes: &str,
    ) {
        let dashes = if dashes.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dashes}\"")
        };
        push(
            &mut self.over,
            format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"4\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"{width}\"{dashes}/>"
            ),
        );
    }

    /// A line through points, under everything else.
    pub(super) fn path_under(&mut self, path: &str, colour: &str) {
        push(
            &mut self.under,
            format_args!(
                "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
            ),
        );
    }

    /// A filled shape.
    pub(super) fn shape(&mut self, path: &str, colour: &str) {
        push(
            &mut self.over,
            format_args!("<path d=\"{path}\" fill=\"{colour}\"/>"),
        );
    }

    /// The whole picture as SVG.
    pub(super) fn svg(&self) -> String {
        let (height, paper) = (self.height(), self.palette.paper);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"{FAMILY}\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"{paper}\"/>\n{}{}</svg>\n",
            self.under, self.over
        )
    }
}

fn push(out: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing into a String does not fail.
    let _written = writeln!(out, "{element}");
}
