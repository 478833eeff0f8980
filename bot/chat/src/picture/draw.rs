//! From the SVG text to a PNG, with the embedded font and nothing from the machine.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::sheet::Sheet;
use super::{Error, Picture, WIDTH, font};

/// Pixels to a point.
const SCALE: f32 = 2.0;
/// No picture is taller; a phone scrolls no further.
const TALLEST: u32 = 8000;

pub(super) fn png(sheet: &Sheet, alt: String) -> Result<Picture, Error> {
    let undrawn = |what: String| Error::Undrawn { what };
    let tree = Tree::from_str(&sheet.svg(), &options()).map_err(|why| undrawn(why.to_string()))?;
    let height = pixels(sheet.height());
    let mut pixmap = Pixmap::new(WIDTH, height)
        .ok_or_else(|| undrawn(format!("{WIDTH} by {height} pixels are no picture")))?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixmap.as_mut(),
    );
    let png = pixmap
        .encode_png()
        .map_err(|why| undrawn(format!("PNG: {why}")))?;
    Ok(Picture {
        png,
        alt,
        width: WIDTH,
        height,
    })
}

/// The embedded font alone; no picture in a picture is loaded from anywhere.
fn options() -> Options<'static> {
    Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: font::database(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` from f32 saturates, and the height is at least one"
)]
fn pixels(points: f32) -> u32 {
    ((points * SCALE) as u32).clamp(1, TALLEST)
}
