//! The privacy notice that an administrator acknowledges before an account is connected.

/// The version of its text. Raised with every change of what the text says: who agreed to which version is
/// kept. The texts are the locale keys `channel-<name>-privacy` and `privacy-1` to `privacy-3`.
pub const TEXT_VERSION: &str = "2026-11";

/// The longest text of the organization's own notice, in characters.
pub const MOST_CHARACTERS: usize = 1_800;
/// The longest address of it, in characters.
pub const URL_CHARACTERS: usize = 200;

/// Whether a text is the address of a page of the web, and nothing else: customers open it on their phones.
pub fn is_web_address(text: &str) -> bool {
    let is_web = |url: url::Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    text.len() <= URL_CHARACTERS
        && !text.contains(char::is_whitespace)
        && url::Url::parse(text).is_ok_and(is_web)
}

/// The organization's own notice as a customer is told it: the words, then the address. Empty when both are.
pub fn words(text: &str, url: &str) -> String {
    format!("{}\n{}", text.trim(), url.trim()).trim().to_owned()
}
