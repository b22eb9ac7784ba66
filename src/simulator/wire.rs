//! What goes over the wire: signatures, JSON as each platform writes it, identifiers.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;
use std::fmt::Write as _;

/// How a platform writes text inside its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Everything outside ASCII as lower-case `\uXXXX`, and `/` as `\/`: Facebook
    /// (messenger.md §2.1).
    Facebook,
    /// Emoji as upper-case surrogate pairs, the rest as it is: LINE (line.md §1, escaping).
    Line,
}

/// `value` as the bytes that the platform sends and signs.
pub(super) fn json_bytes(value: &Value, escapes: Escapes) -> Vec<u8> {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len());
    let mut units = [0; 2];
    // Only strings hold `/` or anything outside ASCII, so the escapes cannot break the structure.
    for c in plain.chars() {
        let written = match escapes {
            Escapes::Facebook if c == '/' => write!(text, "\\/"),
            Escapes::Facebook if !c.is_ascii() => c
                .encode_utf16(&mut units)
                .iter()
                .try_for_each(|unit| write!(text, "\\u{unit:04x}")),
            Escapes::Line if c > '\u{ffff}' => c
                .encode_utf16(&mut units)
                .iter()
                .try_for_each(|unit| write!(text, "\\u{unit:04X}")),
            _ => {
                text.push(c);
                Ok(())
            }
        };
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    text.into_bytes()
}

/// `X-Hub-Signature-256`: `sha256=` and the lower-case hex of HMAC-SHA256 (messenger.md §2.1).
pub(super) fn facebook_signature(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(hmac_sha256(app_secret, body).as_ref()))
}

/// `appsecret_proof`: lower-case hex of HMAC-SHA256 of the token (messenger.md §4.2).
pub(super) fn appsecret_proof(app_secret: &str, token: &str) -> String {
    hex(hmac_sha256(app_secret, token.as_bytes()).as_ref())
}

/// `x-line-signature`: standard base64 of HMAC-SHA256 (line.md §1).
pub(super) fn line_signature(channel_secret: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(channel_secret, body))
}

/// How a body of a test's own making is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// With the secret of the app or channel, as it must be.
    Right,
    /// Well formed, with another secret.
    Wrong,
    /// No header at all.
    Missing,
    /// This header.
    Header(String),
}

impl Signature {
    /// The header's value; `sign` is the platform's way to sign with a secret.
    pub(super) fn header(&self, secret: &str, sign: impl Fn(&str) -> String) -> Option<String> {
        match self {
            Self::Right => Some(sign(secret)),
            Self::Wrong => Some(sign(&random_hex())),
            Self::Missing => None,
            Self::Header(header) => Some(header.clone()),
        }
    }
}

fn hmac_sha256(key: &str, data: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), data)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let written = write!(text, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
        text
    })
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system has random bytes");
    bytes
}

/// A number that nobody guesses.
pub(super) fn random_number() -> u64 {
    u64::from_be_bytes(random_bytes())
}

/// 32 lower-case hex digits: an app or channel secret, a LINE id without its first letter.
pub(super) fn random_hex() -> String {
    hex(&random_bytes::<16>())
}

/// `prefix` and 88 characters of the base64url alphabet: access tokens, and with `m_` a Messenger
/// message id as they look now (messenger.md §2.6).
pub(super) fn long_id(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random_bytes::<66>()))
}

/// A `webhookEventId`: 26 characters of a ULID, its time first (line.md §2).
pub(super) fn ulid(now_ms: i64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u128::from(u64::try_from(now_ms).unwrap_or(0)) & 0xffff_ffff_ffff;
    let noise = u128::from_be_bytes(random_bytes()) & ((1 << 80) - 1);
    let number = (time << 80) | noise;
    (0..26)
        .rev()
        .map(|digit| char::from(ALPHABET[((number >> (digit * 5)) & 31) as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facebook_escapes_everything_outside_ascii_and_the_slash() {
        let body = json_bytes(&json!({"text": "Hyvää https://a 🤨"}), Escapes::Facebook);
        assert_eq!(
            String::from_utf8_lossy(&body),
            r#"{"text":"Hyv\u00e4\u00e4 https:\/\/a \ud83e\udd28"}"#
        );
    }

    #[test]
    fn line_escapes_emoji_only() {
        let body = json_bytes(&json!({"text": "好 / 🤨"}), Escapes::Line);
        assert_eq!(
            String::from_utf8_lossy(&body),
            r#"{"text":"好 / \uD83E\uDD28"}"#
        );
    }

    #[test]
    fn escaped_json_says_the_same() {
        let value = json!({"text": "a\"b\\c\n/ é 好 🤨", "n": [1, null, true]});
        for escapes in [Escapes::Facebook, Escapes::Line] {
            let again: Value = serde_json::from_slice(&json_bytes(&value, escapes)).unwrap();
            assert_eq!(again, value);
        }
    }

    /// The vectors of line.md §1.
    #[test]
    fn line_signatures_are_those_of_the_documentation() {
        assert_eq!(
            line_signature(
                "8c570fa6dd201bb328f1c1eac23a96d8",
                br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#
            ),
            "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
        );
        assert_eq!(
            line_signature("SECRET", b"{}"),
            "3q8QXTAGaey18yL8FWTqdVlbMr6hcuNvM4tefa0o9nA="
        );
    }

    #[test]
    fn a_ulid_sorts_by_its_time() {
        let (early, late) = (ulid(1_780_500_000_000), ulid(1_780_500_000_001));
        assert_eq!(early.len(), 26);
        assert!(early < late);
        assert_eq!(early[..9], late[..9]);
    }
}
