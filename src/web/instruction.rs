//! Instructions for somebody else's pages: in a text of the catalog, `*names*` of buttons and menus stand out
//! and `` `values` `` are to be typed as they are. Cut here, so that templates escape every piece.

/// A piece of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Ordinary words.
    Plain(String),
    /// The name of something on the other page.
    Name(String),
    /// To be typed as it is.
    Value(String),
}

/// Cuts a text into its pieces. A sign without its partner stays what it is.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['*', '`']) {
        let sign = &rest[start..=start];
        let inside = &rest[start + 1..];
        let Some(end) = inside.find(sign) else {
            break;
        };
        plain.push_str(&rest[..start]);
        if !plain.is_empty() {
            pieces.push(Piece::Plain(std::mem::take(&mut plain)));
        }
        let words = inside[..end].to_owned();
        pieces.push(match sign {
            "*" => Piece::Name(words),
            _ => Piece::Value(words),
        });
        rest = &inside[end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_cut_out() {
        let plain = |text: &str| Piece::Plain(text.to_owned());
        let name = |text: &str| Piece::Name(text.to_owned());
        let value = |text: &str| Piece::Value(text.to_owned());
        for (text, expected) in [
            ("Plain.", vec![plain("Plain.")]),
            (
                "Open *Messenger* and tick `messages`.",
                vec![
                    plain("Open "),
                    name("Messenger"),
                    plain(" and tick "),
                    value("messages"),
                    plain("."),
                ],
            ),
            ("2 * 3", vec![plain("2 * 3")]),
            ("", vec![]),
        ] {
            assert_eq!(pieces(text), expected);
        }
    }
}
