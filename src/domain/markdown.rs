//! What agents write as Markdown, as a platform can show it. (Specification §5.5, §7.2.)
//!
//! Kept where the platform shows it: bold, italic, strikethrough, monospace. Links with a text of their own become
//! text and address; headings, quotes and the asterisks of lists lose their signs. What only looks like Markdown
//! (`snake_case`, `2 * 3 * 4`, addresses) stays as it was typed.

/// Which signs a platform shows as formatting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `*bold*`, `_italic_`, `~struck out~`, `` `monospace` `` and fences of three backticks.
    Marks,
    /// None: the signs are taken out.
    Plain,
}

/// How far the end of something marked is looked for, in bytes: what is longer is no emphasis.
const REACH: usize = 1_000;
const FENCE: &str = "```";

/// The signs that an agent types, the longer ones first, and the one that stands for the same on platforms.
const MARKS: [(&str, char); 6] = [
    ("**", '*'),
    ("__", '*'),
    ("~~", '~'),
    ("*", '*'),
    ("_", '_'),
    ("~", '~'),
];

/// The text for a platform that shows `dialect`.
pub fn render(text: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    let mut is_first = true;
    for line in text.split('\n') {
        let is_fence = line.trim_start().starts_with(FENCE);
        if is_fence {
            is_code = !is_code;
        }
        if is_fence && dialect == Dialect::Plain {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push('\n');
        }
        match is_fence || is_code {
            true => out.push_str(line),
            false => block(line, dialect, &mut out),
        }
    }
    out
}

/// A line outside code.
fn block(line: &str, dialect: Dialect, out: &mut String) {
    let text = line.trim_start();
    let after_signs = text.trim_start_matches('#');
    let signs = text.len() - after_signs.len();
    if (1..=6).contains(&signs) && after_signs.starts_with(' ') {
        return inline(after_signs.trim_start(), dialect, out);
    }
    if let Some(quoted) = text.strip_prefix("> ") {
        return inline(quoted, dialect, out);
    }
    if let Some(item) = text.strip_prefix("* ") {
        out.push_str(&line[..line.len() - text.len()]);
        out.push_str("- ");
        return inline(item, dialect, out);
    }
    inline(line, dialect, out);
}

/// The words of a line.
fn inline(text: &str, dialect: Dialect, out: &mut String) {
    let mut at = 0;
    while let Some(sign) = text[at..].chars().next() {
        let rest = &text[at..];
        let taken = address(rest, out)
            .or_else(|| escaped(rest, out))
            .or_else(|| code(rest, dialect, out))
            .or_else(|| link(rest, dialect, out))
            .or_else(|| emphasis(text, at, dialect, out));
        at += taken.unwrap_or_else(|| {
            out.push(sign);
            sign.len_utf8()
        });
    }
}

/// An address keeps every sign that is in it.
fn address(rest: &str, out: &mut String) -> Option<usize> {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return None;
    }
    let end = rest.find([' ', '\t', ')', '*']).unwrap_or(rest.len());
    out.push_str(&rest[..end]);
    Some(end)
}

/// A sign behind a backslash is only that sign.
fn escaped(rest: &str, out: &mut String) -> Option<usize> {
    let sign = rest.strip_prefix('\\')?.chars().next()?;
    sign.is_ascii_punctuation().then(|| {
        out.push(sign);
        1 + sign.len_utf8()
    })
}

fn code(rest: &str, dialect: Dialect, out: &mut String) -> Option<usize> {
    let inside = rest.strip_prefix('`')?;
    let end = reach(inside).find('`').filter(|end| *end > 0)?;
    match dialect {
        Dialect::Marks => out.push_str(&rest[..end + 2]),
        Dialect::Plain => out.push_str(&inside[..end]),
    }
    Some(end + 2)
}

fn link(rest: &str, dialect: Dialect, out: &mut String) -> Option<usize> {
    let inside = reach(rest.strip_prefix('[')?);
    let (words, after) = inside.split_once("](")?;
    let (address, _) = after.split_once(')')?;
    let is_link =
        !words.is_empty() && !address.is_empty() && !address.contains(char::is_whitespace);
    if !is_link {
        return None;
    }
    if words != address {
        inline(words, dialect, out);
        out.push_str(": ");
    }
    out.push_str(address);
    Some(1 + words.len() + 2 + address.len() + 1)
}

fn emphasis(text: &str, at: usize, dialect: Dialect, out: &mut String) -> Option<usize> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let (mark, shown) = MARKS.iter().find(|(mark, _)| rest.starts_with(mark))?;
    let inside = &rest[mark.len()..];
    let end = end_of(inside, mark)?;
    let signs = (dialect == Dialect::Marks).then_some(*shown);
    out.extend(signs);
    inline(&inside[..end], dialect, out);
    out.extend(signs);
    Some(mark.len() * 2 + end)
}

/// Where what `mark` began ends: at the first of the same signs with no blank before it and no letter after it.
fn end_of(inside: &str, mark: &str) -> Option<usize> {
    let sign = mark.chars().next()?;
    if inside.starts_with(|first: char| first.is_whitespace() || first == sign) {
        return None;
    }
    let near = reach(inside);
    near.match_indices(mark).map(|(at, _)| at).find(|at| {
        let before = near[..*at].chars().next_back();
        let after = near[at + mark.len()..].chars().next();
        before.is_some_and(|before| !before.is_whitespace() && before != sign)
            && after.is_none_or(|after| !after.is_alphanumeric() && after != sign)
    })
}

/// The beginning of a text, as far as an end is looked for.
fn reach(text: &str) -> &str {
    let mut end = text.len().min(REACH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_mark_becomes_what_the_platform_shows() {
        for (typed, marks, plain) in [
            ("**Open** *today*", "*Open* *today*", "Open today"),
            ("__Open__ _today_", "*Open* _today_", "Open today"),
            ("~~12 €~~ ~9 €~", "~12 €~ ~9 €~", "12 € 9 €"),
            ("**_both_**", "*_both_*", "both"),
            ("### Opening hours", "Opening hours", "Opening hours"),
            ("> you asked", "you asked", "you asked"),
            (
                "* milk\n* *fresh* bread",
                "- milk\n- *fresh* bread",
                "- milk\n- fresh bread",
            ),
            ("- milk\n1. bread", "- milk\n1. bread", "- milk\n1. bread"),
            ("code `a*b*` here", "code `a*b*` here", "code a*b* here"),
            ("```\n*raw*\n```", "```\n*raw*\n```", "*raw*"),
            (
                "see [the map](https://x.fi/a_b_c)!",
                "see the map: https://x.fi/a_b_c!",
                "see the map: https://x.fi/a_b_c!",
            ),
            (
                "[https://x.fi](https://x.fi)",
                "https://x.fi",
                "https://x.fi",
            ),
            (r"\*not\* bold", "*not* bold", "*not* bold"),
            ("(*now*), *now*.", "(*now*), *now*.", "(now), now."),
            ("*林怡君*", "*林怡君*", "林怡君"),
        ] {
            assert_eq!(render(typed, Dialect::Marks), marks, "{typed:?}");
            assert_eq!(render(typed, Dialect::Plain), plain, "{typed:?}");
        }
    }

    #[test]
    fn what_only_looks_like_markdown_stays_as_it_was_typed() {
        for typed in [
            "snake_case_name",
            "2 * 3 * 4 = 24",
            "2*3*4",
            "*open",
            "a ** b",
            "#1 and #hashtag",
            "https://x.fi/_a_/*b",
            "[x] (y)",
            "C:\\new",
            "5 ~ 6 ~ 7",
            "",
            "two\n\nparagraphs",
        ] {
            assert_eq!(render(typed, Dialect::Plain), typed);
        }
    }

    #[test]
    fn a_long_line_of_signs_takes_no_time() {
        let typed = "*a ".repeat(80_000);
        assert_eq!(render(&typed, Dialect::Plain), typed);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "[a-c 王*_~`#>\\n\\[\\]()]{0,60}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            for dialect in [Dialect::Marks, Dialect::Plain] {
                let rendered = render(&text, dialect);
                // The words of a fence's first line are not part of the text.
                if !text.contains("```") {
                    prop_assert_eq!(letters(&rendered), letters(&text));
                }
            }
        }
    }
}
