//! Reads what platforms write: ids as text whatever they look like, times by their magnitude, and
//! nothing fatal in a field that only decorates.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::value::RawValue;
use url::Url;

use crate::crypto::{self, Secret};
use crate::domain::obstacle::Obstacle;
use crate::domain::text::shorten;
use crate::domain::time::Timestamp;

/// A text, or a number written down as its digits: an id of 17 digits does not survive a double.
/// Half a surrogate pair (a text cut within an emoji) reads as replacement characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.bytes().next() {
            Some(b'"') => serde_json::Deserializer::from_str(text)
                .deserialize_bytes(Lossy)
                .map(Word)
                .map_err(|_| D::Error::custom("not a text")),
            Some(b'-' | b'0'..=b'9') => Ok(Word(text.to_owned())),
            _ => Err(D::Error::custom("neither a text nor a number")),
        }
    }
}

/// Takes a JSON string as bytes, because only then half a surrogate pair is no error.
struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// A field that only decorates: `None` when it is not of the expected form.
pub fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// The text of a field that may be missing; empty for a missing one.
pub fn text(word: Option<Word>) -> String {
    word.map(|word| word.0).unwrap_or_default()
}

/// The text of a field; `None` when it is missing or empty.
pub fn filled(word: Option<Word>) -> Option<String> {
    word.map(|word| word.0).filter(|text| !text.is_empty())
}

/// Why JSON was not read, without a word of its content.
pub fn misread(error: serde_json::Error) -> Obstacle {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => Obstacle::OtherForm { line, column },
        _ => Obstacle::NotJson { line, column },
    }
}

const YEAR_2010: Timestamp = Timestamp::from_millis(1_262_304_000_000);

/// The moment that a platform wrote: seconds below 10^11, milliseconds from there on. `None` for what
/// cannot be believed: not a whole number, before 2010, or more than a day after `received_at`.
pub fn moment(word: Option<&Word>, received_at: Timestamp) -> Option<Timestamp> {
    let number: i64 = word?.0.parse().ok()?;
    let millis = if number.unsigned_abs() < 100_000_000_000 {
        number * 1000
    } else {
        number
    };
    let moment = Timestamp::from_millis(millis);
    let latest = received_at.plus(Duration::from_secs(24 * 3600));
    (moment >= YEAR_2010 && moment <= latest).then_some(moment)
}

/// Names an event that has no id of its own by all that a redelivery repeats.
pub fn event_key(parts: &[&str], payload: &str) -> String {
    let canonical = serde_json::from_str::<serde_json::Value>(payload)
        .map_or_else(|_| payload.to_owned(), |value| value.to_string());
    let whole = serde_json::to_vec(&(parts, canonical)).unwrap_or_default();
    crypto::hex(&crypto::sha256(&whole)[..16])
}

/// An address on the web; `None` for anything else, e.g. `javascript:`.
pub fn web_address(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| address.to_owned())
}

/// A platform's words as people here may see them: one line, not too long, and without our own secrets,
/// which platforms like to quote ("Malformed access token EAAG…").
pub fn words(text: &str, secrets: &[&Secret]) -> String {
    let hidden = secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose(), "***")
        });
    let line = hidden.split_whitespace().collect::<Vec<_>>().join(" ");
    let visible: String = line.chars().filter(|sign| !sign.is_control()).collect();
    shorten(&visible, 300)
}

/// What makes a payload readable when only part of it is known: a table of the fields by name.
pub type Fields<'a> = std::collections::BTreeMap<String, &'a RawValue>;

/// A field that is there and not `null`.
pub fn field<'a>(fields: &Fields<'a>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .map(|raw| raw.get())
        .filter(|raw| *raw != "null")
}

/// Reads a field that is there and of the expected form.
pub fn read<'a, T: Deserialize<'a>>(fields: &Fields<'a>, name: &str) -> Option<T> {
    serde_json::from_str(field(fields, name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(json: &str) -> Option<String> {
        serde_json::from_str::<Word>(json).ok().map(|word| word.0)
    }

    #[test]
    fn an_id_keeps_every_digit() {
        for (json, id) in [
            ("28181025008155419", "28181025008155419"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            (r#""281""#, "281"),
            (r#""\ud83d\ude00""#, "😀"),
        ] {
            assert_eq!(word(json).as_deref(), Some(id));
        }
        assert_eq!(word(r#"{"id":1}"#), None);
        assert_eq!(word("null"), None);
        assert!(word(r#""cut \ud83d""#).unwrap().starts_with("cut \u{FFFD}"));
    }

    #[test]
    fn times_are_read_by_their_magnitude() {
        let now = Timestamp::from_millis(1_780_500_000_000);
        let read = |text: &str| moment(Some(&Word(text.to_owned())), now).map(Timestamp::millis);
        assert_eq!(read("1780500000100"), Some(1_780_500_000_100));
        assert_eq!(read("1780500000"), Some(1_780_500_000_000));
        assert_eq!(read("1780600000000"), None, "more than a day ahead");
        assert_eq!(read("0"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(read("1.78e12"), None);
        assert_eq!(read("9223372036854775807"), None);
        assert_eq!(moment(None, now), None);
    }

    #[test]
    fn the_same_event_has_the_same_key_in_any_spelling() {
        let key = event_key(&["page", "kind"], r#"{"a":1,"b":"ä"}"#);
        assert_eq!(
            key,
            event_key(&["page", "kind"], r#"{ "b":"\u00e4", "a":1 }"#)
        );
        assert_ne!(key, event_key(&["pagek", "ind"], r#"{"a":1,"b":"ä"}"#));
    }

    #[test]
    fn a_platforms_words_never_hold_our_secrets() {
        let token = Secret::new("EAAG123");
        let empty = Secret::new("");
        assert_eq!(
            words("Malformed access token\nEAAG123", &[&token, &empty]),
            "Malformed access token ***"
        );
        assert_eq!(words(&"a".repeat(500), &[]).chars().count(), 301);
    }

    #[test]
    fn only_addresses_on_the_web_pass() {
        assert!(web_address("https://example.com/a?b").is_some());
        for address in ["javascript:alert(1)", "/reel/1", "", "data:text/html,x"] {
            assert_eq!(web_address(address), None);
        }
    }
}
