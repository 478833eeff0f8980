//! The one font that pictures are drawn with, read when the first of them is drawn and not before.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::Database;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use super::Error;

/// Its name, as the SVG asks for it.
pub(super) const FAMILY: &str = "DejaVu Sans";

/// What stands for a character that the font has not.
pub(super) const INSTEAD: char = '\u{fffd}';

static FILE: &[u8] = include_bytes!("../../font/DejaVuSans-subset.ttf");

static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    database.load_font_data(FILE.to_vec());
    database.set_sans_serif_family(FAMILY);
    Arc::new(database)
});

/// The font as the drawing wants it.
pub(super) fn database() -> Arc<Database> {
    Arc::clone(&DATABASE)
}

/// The font as a ruler: which characters it has, and how wide they are.
pub(super) struct Ruler {
    charmap: skrifa::charmap::Charmap<'static>,
    widths: GlyphMetrics<'static>,
}

impl Ruler {
    /// Opens the font.
    pub(super) fn new() -> Result<Self, Error> {
        let font = FontRef::new(FILE).map_err(|why| Error::Undrawn {
            what: format!("the font: {why}"),
        })?;
        Ok(Self {
            charmap: font.charmap(),
            widths: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
        })
    }

    /// Whether the font can draw a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.charmap.map(c).is_some()
    }

    /// How wide a text is at a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c) * size).sum()
    }

    /// How wide a character is, as a share of the size.
    fn advance(&self, c: char) -> f32 {
        self.charmap
            .map(c)
            .and_then(|glyph| self.widths.advance_width(glyph))
            .unwrap_or(1.0)
    }
}
