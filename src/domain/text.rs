//! Texts: how long they are as a platform counts, where they are cut, and what is taken out of names.

use unicode_segmentation::UnicodeSegmentation;

/// How a platform counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Unicode scalar values (Messenger).
    Characters,
    /// UTF-16 code units (LINE).
    Utf16,
}

/// How long a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At most this many units; at least 20, longer than any character people type.
    pub max: usize,
    /// Counted so.
    pub unit: Unit,
}

impl Limit {
    /// The length of a text as this platform counts it.
    pub fn measure(self, text: &str) -> usize {
        match self.unit {
            Unit::Characters => text.chars().count(),
            Unit::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// Cuts a text into parts that the platform accepts: at the last line break, sentence end or space of
/// the second half of each part where there is one, else between two characters as people see them.
/// White space around a cut and around the whole goes; nothing else is lost. Empty for an empty text.
pub fn split(text: &str, limit: Limit) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let cut = cut_at(rest, limit);
        let (part, remainder) = rest.split_at(cut);
        parts.push(part.trim_end().to_owned());
        rest = remainder.trim_start();
    }
    parts
}

/// The byte index after which `text` is cut.
fn cut_at(text: &str, limit: Limit) -> usize {
    let mut used = 0;
    let mut fits = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += limit.measure(grapheme);
        if used > limit.max {
            return if fits == 0 {
                cut_within_grapheme(text, limit)
            } else {
                soft_cut(&text[..fits]).unwrap_or(fits)
            };
        }
        fits = at + grapheme.len();
    }
    text.len()
}

/// The end of the last line, sentence or word in the second half of `text`.
fn soft_cut(text: &str) -> Option<usize> {
    let half = text.len() / 2;
    let after = |found: Option<(usize, char)>| found.map(|(at, sign)| at + sign.len_utf8());
    let last = |wanted: fn(char) -> bool| {
        after(
            text.char_indices()
                .rev()
                .find(|(at, sign)| *at >= half && wanted(*sign)),
        )
    };
    last(|sign| sign == '\n')
        .or_else(|| last(|sign| matches!(sign, '。' | '！' | '？')))
        .or_else(|| {
            text.char_indices()
                .rev()
                .find(|(at, sign)| {
                    *at >= half && sign.is_whitespace() && text[..*at].ends_with(['.', '!', '?'])
                })
                .map(|(at, _)| at)
        })
        .or_else(|| last(char::is_whitespace))
}

/// A single "character" longer than the limit (a pile of combining marks) is cut between scalar values.
fn cut_within_grapheme(text: &str, limit: Limit) -> usize {
    let mut used = 0;
    for (at, sign) in text.char_indices() {
        used += match limit.unit {
            Unit::Characters => 1,
            Unit::Utf16 => sign.len_utf16(),
        };
        if used > limit.max {
            return at;
        }
    }
    text.len()
}

/// At most `graphemes` characters as people see them, with an ellipsis when something was cut.
pub fn shorten(text: &str, graphemes: usize) -> String {
    let mut indices = text.grapheme_indices(true);
    match indices.nth(graphemes) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWENTY: Limit = Limit {
        max: 20,
        unit: Unit::Utf16,
    };

    #[test]
    fn a_short_text_stays_whole_and_an_empty_one_has_no_parts() {
        assert_eq!(split(" hello ", TWENTY), ["hello"]);
        assert!(split(" \n ", TWENTY).is_empty());
    }

    #[test]
    fn a_long_text_is_cut_where_a_reader_would_pause() {
        assert_eq!(
            split(
                "Your tent is ready. Come by today.",
                Limit { max: 22, ..TWENTY }
            ),
            ["Your tent is ready.", "Come by today."]
        );
        assert_eq!(
            split("one two three four five six", TWENTY),
            ["one two three four", "five six"]
        );
    }

    #[test]
    fn a_family_of_emoji_is_never_cut_in_two() {
        let family = "👨‍👩‍👧‍👦";
        let parts = split(&family.repeat(4), TWENTY);
        assert!(
            parts.iter().all(|part| part.len() % family.len() == 0),
            "{parts:?}"
        );
    }

    #[test]
    fn names_are_shortened_between_characters() {
        assert_eq!(shorten("王小明", 2), "王小…");
        assert_eq!(shorten("王小明", 3), "王小明");
    }

    proptest! {
        #[test]
        fn no_part_is_too_long_or_empty_and_no_sign_is_lost(text in "\\PC{0,200}", max in 20usize..60) {
            for unit in [Unit::Characters, Unit::Utf16] {
                let limit = Limit { max, unit };
                let parts = split(&text, limit);
                for part in &parts {
                    prop_assert!(limit.measure(part) <= max);
                    prop_assert!(!part.trim().is_empty());
                }
                let without_space = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(without_space(&parts.concat()), without_space(&text));
            }
        }
    }
}
