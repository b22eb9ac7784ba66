//! Links in what people wrote: found here, so that the page holds nothing but text and real addresses of
//! the web. (promises.md E5)

use url::Url;

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// An address that may be opened.
    Link {
        /// As the browser is told: parsed, `http` or `https`.
        href: String,
        /// As it was written.
        shown: String,
    },
}

/// Cuts a text at its links; what does not parse as an address of the web stays words. Joined again, the
/// pieces are the text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut words = 0;
    let mut from = 0;
    while let Some(start) = next_scheme(text, from) {
        let shown = address_at(&text[start..]);
        from = start + shown.len();
        if let Some(href) = parse(shown) {
            if words < start {
                pieces.push(Piece::Words(text[words..start].to_owned()));
            }
            pieces.push(Piece::Link {
                href,
                shown: shown.to_owned(),
            });
            words = from;
        }
    }
    if words < text.len() {
        pieces.push(Piece::Words(text[words..].to_owned()));
    }
    pieces
}

/// Where the next `http://` or `https://` begins, at or after `from`.
fn next_scheme(text: &str, from: usize) -> Option<usize> {
    text[from..].match_indices("://").find_map(|(at, _)| {
        let before = &text[from..from + at];
        ["https", "http"].into_iter().find_map(|scheme| {
            let start = before.len().checked_sub(scheme.len())?;
            let matches = before
                .get(start..)
                .is_some_and(|word| word.eq_ignore_ascii_case(scheme));
            matches.then_some(from + start)
        })
    })
}

/// The address that `text` begins with: up to white space or a sign that ends it, without the punctuation
/// of the sentence around it.
fn address_at(text: &str) -> &str {
    let ends = |sign: char| {
        sign.is_whitespace()
            || sign.is_control()
            || matches!(sign, '<' | '>' | '"' | '“' | '”' | '«' | '»')
            || matches!(
                sign,
                '。' | '，'
                    | '、'
                    | '！'
                    | '？'
                    | '；'
                    | '：'
                    | '（'
                    | '）'
                    | '「'
                    | '」'
                    | '『'
                    | '』'
                    | '【'
                    | '】'
            )
    };
    let mut address = text.find(ends).map_or(text, |end| &text[..end]);
    while let Some(last) = address.chars().next_back() {
        let is_closing = |open, close| {
            last == close && address.matches(close).count() > address.matches(open).count()
        };
        let is_punctuation = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '’'
        );
        if !is_punctuation
            && !is_closing('(', ')')
            && !is_closing('[', ']')
            && !is_closing('{', '}')
        {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}

/// What a browser may open. An address with a user name in front is written to deceive: `https://bank@evil`.
fn parse(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let is_of_the_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_of_the_web && is_plain).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link { shown, .. } => Some(shown),
                Piece::Words(_) => None,
            })
            .collect()
    }

    #[test]
    fn an_address_ends_where_a_reader_would_end_it() {
        for (text, links) in [
            (
                "see https://shop.example/a?b=1.",
                vec!["https://shop.example/a?b=1"],
            ),
            (
                "(https://en.wikipedia.org/wiki/Tent_(disambiguation))",
                vec!["https://en.wikipedia.org/wiki/Tent_(disambiguation)"],
            ),
            (
                "請看https://shop.example/退款。謝謝",
                vec!["https://shop.example/退款"],
            ),
            (
                "HTTP://SHOP.EXAMPLE and http://b.example/",
                vec!["HTTP://SHOP.EXAMPLE", "http://b.example/"],
            ),
            ("http:// nothing", vec![]),
            (
                "javascript:alert(1) ftp://x.example data:text/html,x",
                vec![],
            ),
            ("https://bank.example@evil.example/", vec![]),
            ("\"https://a.example\"><script>", vec!["https://a.example"]),
        ] {
            assert_eq!(shown(text), links, "{text}");
        }
    }

    #[test]
    fn what_the_browser_gets_is_a_parsed_address() {
        let link = pieces("https://shop.example/退款").remove(0);
        let href = "https://shop.example/%E9%80%80%E6%AC%BE".to_owned();
        let shown = "https://shop.example/退款".to_owned();
        assert_eq!(link, Piece::Link { href, shown });
    }

    proptest! {
        #[test]
        fn no_sign_is_lost(text in "(\\PC|https?://|[.)\" ]){0,60}") {
            let joined: String = pieces(&text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Words(words) => words,
                    Piece::Link { shown, .. } => shown,
                })
                .collect();
            prop_assert_eq!(joined, text);
        }
    }
}
