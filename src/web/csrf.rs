//! Whether a request that changes something was made by a page of ours. (promises.md E13)
//!
//! Two locks, each enough by itself: where the browser says that the request comes from, and a token of
//! the session in every form. Rocket has neither.

use rocket::Request;

use super::App;
use crate::crypto;

/// Whether the browser says that a page of ours, or the person alone, made this request.
///
/// Browsers that send `Sec-Fetch-Site` are believed by it; older ones and programs must name our origin
/// in `Origin`. Whoever says nothing is refused.
pub fn is_same_origin(request: &Request<'_>, app: &App) -> bool {
    let header = |name| request.headers().get_one(name);
    comes_from(header("Sec-Fetch-Site"), header("Origin"), &app.public_url)
}

fn comes_from(fetch_site: Option<&str>, origin: Option<&str>, public_url: &str) -> bool {
    match (fetch_site, origin) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin == public_url,
        (None, None) => false,
    }
}

/// Whether a form carries the token of its session, in constant time. An empty token fits nothing.
pub fn token_fits(expected: &str, given: &str) -> bool {
    !expected.is_empty() && crypto::equal_in_constant_time(expected, given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_may_change_something() {
        const OURS: &str = "https://help.shop.example";
        for (fetch_site, origin, expected) in [
            (Some("same-origin"), Some(OURS), true),
            (Some("same-origin"), None, true),
            (Some("none"), None, true),
            (Some("same-site"), Some(OURS), false),
            (Some("cross-site"), Some(OURS), false),
            (Some("cross-site"), None, false),
            (Some(""), Some(OURS), false),
            (None, Some(OURS), true),
            (None, Some("https://help.shop.example:8443"), false),
            (None, Some("http://help.shop.example"), false),
            (None, Some("https://help.shop.example.evil.example"), false),
            (None, Some("null"), false),
            (None, None, false),
        ] {
            assert_eq!(
                comes_from(fetch_site, origin, OURS),
                expected,
                "{fetch_site:?} {origin:?}"
            );
        }
    }

    #[test]
    fn an_empty_token_fits_nothing() {
        assert!(token_fits("abc", "abc"));
        assert!(!token_fits("abc", "abd"));
        assert!(!token_fits("", ""));
    }
}
