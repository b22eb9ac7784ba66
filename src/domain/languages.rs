//! The languages that customers and agents write in, by their own names.

/// Every language that the organization can choose for its texts: BCP 47 tag and own name, in the order of menus.
pub const ALL: &[(&str, &str)] = &[
    ("en", "English"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("pl", "polski"),
    ("pt-BR", "português (Brasil)"),
    ("zh-TW", "繁體中文"),
    ("ja", "日本語"),
    ("th", "ไทย"),
    ("id", "Bahasa Indonesia"),
    ("vi", "Tiếng Việt"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
];

/// The own name of a language; `None` for a tag that is not in [`ALL`].
pub fn name(tag: &str) -> Option<&'static str> {
    ALL.iter()
        .find(|(known, _)| *known == tag)
        .map(|(_, name)| *name)
}

/// Whether a text in `text` is for somebody who reads `reader`: the same language, whatever the region
/// (`pt` and `pt-BR`).
pub fn same(text: &str, reader: &str) -> bool {
    primary(text).eq_ignore_ascii_case(primary(reader))
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_part_a_language() {
        for (text, reader, expected) in [
            ("fr", "fr", true),
            ("pt-BR", "pt", true),
            ("FI", "fi-FI", true),
            ("fi", "fr", false),
            ("", "fr", false),
        ] {
            assert_eq!(same(text, reader), expected, "{text} {reader}");
        }
        assert_eq!(name("fi"), Some("Suomi"));
        assert_eq!(name("xx"), None);
    }
}
