//! Pictures for where people would rather look than read: a host's vitals, which finding explains which, and what needs what.
//!
//! They are drawn in process: an SVG text of our own, made into a PNG with one embedded font. Each has its content in
//! words beside it, for those who do not see it. What a host calls its things is hostile until it went through `text`.

mod draw;
mod font;
mod gauges;
mod graph;
pub(crate) mod layers;
mod sheet;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod tree;

use incident::{Finding, HostName, Need, Vitals};

use crate::Locale;

/// For which background a picture is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shade {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A picture, and its content in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub png: Vec<u8>,
    /// The same in words; one line, the worst first, at most [`LONGEST_ALT`] characters.
    pub alt: String,
    /// Its width in pixels: always [`WIDTH`].
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// The width of every picture in pixels: a phone's 360 points at twice the resolution.
pub const WIDTH: u32 = 720;

/// The longest description: what the strictest platform takes for a picture.
pub const LONGEST_ALT: usize = 1000;

/// The language of what is drawn: the font has no Chinese. What is told beside the picture has the reader's.
const DRAWN: Locale = Locale::English;

/// A picture that could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The font, the text of the picture or its size was refused.
    #[error(
        "the picture could not be drawn ({what}); the card says the same in words, so send it without"
    )]
    Undrawn {
        /// What was refused.
        what: String,
    },
}

/// How hard a host is pressed against its limits.
///
/// # Errors
/// [`Error::Undrawn`] where the drawing itself fails; no content of `vitals` makes it.
pub fn vitals(
    vitals: &Vitals,
    host: &HostName,
    shade: Shade,
    locale: Locale,
) -> Result<Picture, Error> {
    let sheet = gauges::sheet(vitals, host, shade, DRAWN)?;
    draw::png(&sheet, locale.vitals_told(vitals, host))
}

/// Which finding explains which, root causes at the top; nothing where none explains another.
///
/// # Errors
/// [`Error::Undrawn`] where the drawing itself fails; no content of `findings` makes it.
pub fn causes(
    findings: &[Finding],
    shade: Shade,
    locale: Locale,
) -> Result<Option<Picture>, Error> {
    let graph = layers::layers(findings);
    if graph.nodes.is_empty() {
        return Ok(None);
    }
    let sheet = graph::sheet(&graph, shade, DRAWN)?;
    draw::png(&sheet, locale.causes_told(&graph)).map(Some)
}

/// What the things in trouble need, with what is broken marked; nothing where there is nothing to draw.
///
/// # Errors
/// [`Error::Undrawn`] where the drawing itself fails; no content of `trees` makes it.
pub fn needs(trees: &[Need], shade: Shade, locale: Locale) -> Result<Option<Picture>, Error> {
    if trees.is_empty() {
        return Ok(None);
    }
    let sheet = tree::sheet(trees, shade, DRAWN)?;
    draw::png(&sheet, locale.needs_told(trees)).map(Some)
}
