//! Secrets: random values, sealing at rest, digests, signatures.
//!
//! Sealed text is `v1.<key id>.<nonce>.<ciphertext>` (base64url without padding), XChaCha20-Poly1305
//! with a random 24-byte nonce. The place where a value is kept (`table|column|row`) is bound in as
//! associated data, so that a ciphertext copied to another row does not open.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub mod password;

/// A text that must not be seen: `Debug` and `Display` print `***`, memory is wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that must send or compare it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, as a page may show them; fewer than eight characters show nothing.
    pub fn last4(&self) -> String {
        let chars: Vec<char> = self.0.chars().collect();
        if chars.len() < 8 {
            return String::new();
        }
        chars[chars.len() - 4..].iter().collect()
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Why a sealed text does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// The text is not of the form that `seal` makes.
    #[error("the sealed text is damaged")]
    Malformed,
    /// Another key sealed it, or it was moved from another place, or it was changed.
    #[error("the sealed text does not open with this key in this place")]
    Refused,
}

/// The key that seals secrets at rest: 32 bytes from `secret.key` or `TISKI_SECRET_KEY`.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    key_id: String,
}

impl Sealer {
    /// Makes a sealer from 32 key bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        let key_id = URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, key).as_ref()[..6]);
        Self {
            cipher: XChaCha20Poly1305::new(key.into()),
            key_id,
        }
    }

    /// Reads 32 bytes written in base64, as `secret.key` and `TISKI_SECRET_KEY` hold them. `None` when
    /// the text is anything else.
    pub fn from_base64(text: &str) -> Option<Self> {
        let mut bytes = STANDARD.decode(text.trim()).ok()?;
        let sealer = <&[u8; 32]>::try_from(bytes.as_slice()).ok().map(Self::new);
        bytes.zeroize();
        sealer
    }

    /// Seals `secret` for one place, e.g. `page|token|7`.
    pub fn seal(&self, place: &str, secret: &Secret) -> String {
        let nonce: [u8; 24] = random();
        let aad = self.aad(place);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: aad.as_bytes(),
        };
        let ciphertext = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("XChaCha20-Poly1305 refuses only texts of more than 256 GB");
        format!(
            "v1.{}.{}.{}",
            self.key_id,
            URL_SAFE_NO_PAD.encode(nonce),
            URL_SAFE_NO_PAD.encode(ciphertext)
        )
    }

    /// Opens what [`Sealer::seal`] made for the same place.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] or [`OpenError::Refused`].
    pub fn open(&self, place: &str, sealed: &str) -> Result<Secret, OpenError> {
        let mut parts = sealed.split('.');
        let (Some("v1"), Some(key_id), Some(nonce), Some(ciphertext), None) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return Err(OpenError::Malformed);
        };
        if key_id != self.key_id {
            return Err(OpenError::Refused);
        }
        let nonce: [u8; 24] = URL_SAFE_NO_PAD
            .decode(nonce)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(OpenError::Malformed)?;
        let ciphertext = URL_SAFE_NO_PAD
            .decode(ciphertext)
            .map_err(|_| OpenError::Malformed)?;
        let aad = self.aad(place);
        let payload = Payload {
            msg: &ciphertext,
            aad: aad.as_bytes(),
        };
        let bytes = self
            .cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| OpenError::Refused)?;
        String::from_utf8(bytes)
            .map(Secret::new)
            .map_err(|_| OpenError::Malformed)
    }

    fn aad(&self, place: &str) -> String {
        format!("{place}|{}", self.key_id)
    }
}

/// `N` random bytes from the system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system's random source works, or nothing here is safe");
    bytes
}

/// 256 random bits as base64url, for cookies, keys in URLs and the like.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// 100 random bits as 20 lower-case letters and digits without look-alikes, for a key that people
/// see in a URL.
pub fn random_key() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random::<20>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// A random UUID (version 4) as 36 characters.
pub fn random_uuid() -> String {
    let mut bytes: [u8; 16] = random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex(&bytes);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256, e.g. of a cookie's value before it is stored or looked up.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes)
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}

/// HMAC-SHA256 of `message` under `key`.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
        .as_ref()
        .try_into()
        .expect("HMAC-SHA256 has 32 bytes")
}

/// Whether `tag` is the HMAC-SHA256 of `message` under `key`, in constant time. An empty key never
/// matches: a missing secret closes a door, it does not open it.
pub fn verify_hmac_sha256(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    !key.is_empty() && hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), message, tag).is_ok()
}

/// Whether two texts are equal, in a time that does not depend on where they differ.
pub fn equal_in_constant_time(a: &str, b: &str) -> bool {
    let key: [u8; 32] = random();
    verify_hmac_sha256(&key, b.as_bytes(), &hmac_sha256(&key, a.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[7; 32])
    }

    #[test]
    fn a_sealed_secret_opens_in_its_own_place_only() {
        let sealed = sealer().seal("page|token|1", &Secret::new("EAAG-secret"));
        assert!(!sealed.contains("EAAG"));
        assert_eq!(
            sealer().open("page|token|1", &sealed).unwrap().expose(),
            "EAAG-secret"
        );
        assert_eq!(
            sealer().open("page|token|2", &sealed),
            Err(OpenError::Refused)
        );
    }

    #[test]
    fn another_key_or_a_changed_text_is_refused() {
        let sealed = sealer().seal("account|secret|1", &Secret::new("s3cret"));
        assert_eq!(
            Sealer::new(&[8; 32]).open("account|secret|1", &sealed),
            Err(OpenError::Refused)
        );
        let mut changed = sealed.into_bytes();
        let last = changed.len() - 1;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(sealer().open("account|secret|1", &changed).is_err());
        assert_eq!(
            sealer().open("account|secret|1", "plain"),
            Err(OpenError::Malformed)
        );
    }

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new("EAAGverysecret1234");
        assert_eq!(format!("{secret:?} {secret}"), "*** ***");
        assert_eq!(secret.last4(), "1234");
        assert_eq!(Secret::new("short").last4(), "");
    }

    #[test]
    fn an_empty_key_verifies_nothing() {
        let tag = hmac_sha256(b"", b"{}");
        assert!(!verify_hmac_sha256(b"", b"{}", &tag));
    }

    #[test]
    fn texts_compare_by_content() {
        assert!(equal_in_constant_time("vt_1", "vt_1"));
        assert!(!equal_in_constant_time("vt_1", "vt_2"));
        assert!(!equal_in_constant_time("vt_1", "vt_10"));
    }
}
