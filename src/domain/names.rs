//! Names that strangers chose: what is taken out of them before anybody sees them. (promises.md E5)

use super::text::shorten;

/// The longest name that somebody gives a thing here, in characters.
pub const LIMIT: usize = 100;

/// A name or file name as it may be shown: without control characters, direction overrides and invisible
/// characters, white space folded, at most 100 characters as people see them. `None` when nothing is left.
pub fn clean(name: &str) -> Option<String> {
    let visible: String = name
        .chars()
        .map(|sign| if sign.is_whitespace() { ' ' } else { sign })
        .filter(|sign| !is_hidden(*sign))
        .collect();
    let folded = visible.split(' ').filter(|word| !word.is_empty());
    let name = folded.collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then(|| shorten(&name, LIMIT))
}

/// Control characters, direction overrides and isolates, zero-width characters, the byte order mark.
/// The zero-width joiner stays: it holds emoji together.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{200B}'..='\u{200C}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        )
}

/// The one or two letters in a person's round picture: the first letters of the first and last word, or
/// the first character where the script writes names without spaces. `?` for an empty name.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    let Some(first) = words.next() else {
        return "?".to_owned();
    };
    match words.next_back() {
        Some(last) => first.to_uppercase().chain(last.to_uppercase()).collect(),
        None => first.to_uppercase().collect(),
    }
}

/// The last four characters of a platform's id, to tell nameless customers apart.
pub fn id_tail(platform_id: &str) -> String {
    let chars: Vec<char> = platform_id.chars().collect();
    chars[chars.len().saturating_sub(4)..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_the_line_around_or_hide_something() {
        assert_eq!(clean("\u{202E}nimdA\u{0000}").as_deref(), Some("nimdA"));
        assert_eq!(
            clean("  Anna\t\nVirtanen ").as_deref(),
            Some("Anna Virtanen")
        );
        assert_eq!(clean("\u{200B}\u{FEFF}"), None);
        assert_eq!(
            clean(&"a".repeat(5000)).map(|name| name.chars().count()),
            Some(101)
        );
        assert_eq!(clean("👨‍👩‍👧").as_deref(), Some("👨‍👩‍👧"));
    }

    #[test]
    fn initials_suit_the_script() {
        for (name, letters) in [
            ("Katarzyna Nowak", "KN"),
            ("林怡君", "林"),
            ("ville", "V"),
            ("Ana Maria de Souza", "AS"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }
}
