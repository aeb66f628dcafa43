//! The ladder as pixels, for what shows no SVG: chat, slides, issue trackers. Light colours, twice the size.
//!
//! resvg knows neither CSS variables nor media queries, so the light values are put in their places first. The
//! fonts are inside of this program: the same picture on every machine.

use std::sync::Arc;

use aftershake_shared::channel::Failure;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::commands::{bad_input, internal};

/// Largest picture in pixels; each takes four bytes while it is drawn.
const LARGEST: f32 = 64_000_000.0;
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../../fonts/DejaVuSans.ttf"),
    include_bytes!("../../../fonts/DejaVuSans-Bold.ttf"),
    include_bytes!("../../../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../../../fonts/DejaVuSansMono-Bold.ttf"),
];

/// Draws a picture of ours.
///
/// # Errors
/// A picture with more pixels than [`LARGEST`] even in its own size.
pub(super) fn draw(svg: &str) -> Result<Vec<u8>, Failure> {
    let mut fonts = Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let options = Options {
        font_family: "DejaVu Sans".to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(&light(svg), &options).map_err(|error| internal(&error))?;
    let size = tree.size();
    let pixels = size.width() * size.height();
    let scale = if pixels * 4.0 <= LARGEST { 2.0 } else { 1.0 };
    let (width, height) = (size.width() * scale, size.height() * scale);
    let scaled = size.scale_by(scale).map(|size| size.to_int_size());
    let map = scaled
        .filter(|_| width * height <= LARGEST)
        .and_then(|size| Pixmap::new(size.width(), size.height()));
    let Some(mut map) = map else {
        let message =
            format!("the picture would have {width} by {height} pixels, too many for PNG");
        return Err(bad_input(message, "--to svg"));
    };
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut map.as_mut(),
    );
    map.encode_png().map_err(|error| internal(&error))
}

/// The picture with the values of its variables for light surroundings in their places.
fn light(svg: &str) -> String {
    let Some((before, rest)) = svg.split_once("<style>") else {
        return svg.to_owned();
    };
    let Some((style, after)) = rest.split_once("</style>") else {
        return svg.to_owned();
    };
    let mut plain = String::new();
    for line in style.lines().filter(|line| !line.starts_with("@media")) {
        plain.push_str(line);
        plain.push('\n');
    }
    let (first, _) = plain.split_once('}').unwrap_or_default();
    let variables: Vec<(String, String)> = first
        .split([';', '{'])
        .filter(|declared| declared.starts_with("--"))
        .filter_map(|declared| declared.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in &variables {
        plain = plain.replace(&format!("{name}:{value};"), "");
        plain = plain.replace(&format!("var({name})"), value);
    }
    format!("{before}<style>{plain}</style>{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_the_dark_are_gone() {
        let svg = "<svg><style>\nsvg{color-scheme:light dark;--a:#fff;--b:\"A B\",mono;font:12px x}\n\
            @media (prefers-color-scheme:dark){svg{--a:#000}}\n.x{fill:var(--a);font:1px var(--b)}\n</style>--a</svg>";
        assert_eq!(
            light(svg),
            "<svg><style>\nsvg{color-scheme:light dark;font:12px x}\n.x{fill:#fff;font:1px \"A B\",mono}\n</style>--a</svg>"
        );
    }

    #[test]
    fn a_picture_becomes_pixels_of_twice_its_size() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\"><text y=\"15\">a</text></svg>";
        let png = draw(svg).unwrap();
        assert_eq!(png.get(..8).unwrap(), b"\x89PNG\r\n\x1a\n");
        assert_eq!(png.get(16..24).unwrap(), [0, 0, 0, 60, 0, 0, 0, 40]);
        let blank = draw(&svg.replace("a</text>", "</text>")).unwrap();
        assert!(png.len() > blank.len(), "the letter is drawn");
    }

    #[test]
    fn a_picture_beyond_all_bounds_is_refused() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1000\" height=\"4000000\"/>";
        let failure = draw(svg).unwrap_err();
        assert!(
            failure.message.contains("too many for PNG"),
            "{}",
            failure.message
        );
    }
}
