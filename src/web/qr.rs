//! QR codes as pictures in a page: one path of black squares, without any style, so that the strict content
//! policy has nothing against it.

use qrcode::{Color, EcLevel, QrCode};

/// White squares around the code; readers need them.
const MARGIN: usize = 4;

/// A QR code for an `<svg>`: `viewBox="0 0 side side"` and one `<path>`.
pub struct Picture {
    /// Width and height, with the white around it.
    pub side: usize,
    /// The path of the black squares.
    pub path: String,
}

/// The picture of a text; `None` when the text is too long for one.
pub fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % width + MARGIN, index / width + MARGIN);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Some(Picture {
        side: width + 2 * MARGIN,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_white_around_it() {
        let picture = picture("https://help.shop.example/join?token=abc").unwrap();
        let last = picture.side - MARGIN - 1;
        for (x, y) in [(MARGIN, MARGIN), (last, MARGIN), (MARGIN, last)] {
            assert!(picture.path.contains(&format!("M{x} {y}h")), "{x} {y}");
        }
        assert!(!picture.path.contains("M0 ") && !picture.path.contains("M3 "));
        assert!(super::picture(&"x".repeat(5000)).is_none());
    }
}
