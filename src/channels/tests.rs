//! Bounded fuzzing of what strangers can send: the parsers of both webhooks, what takes tokens out of bodies, and the
//! signature checks. Bodies of the fixtures are mutated, with a seed, so that a failure comes again.
//!
//! In `tests/run` it makes [`ROUNDS`] mutations a channel. By hand it goes on as long as one likes:
//!
//! ```text
//! TISKI_FUZZ_ROUNDS=5000000 TISKI_FUZZ_SEED=7 cargo test --release --lib channels::tests
//! ```
//!
//! A body that fails is printed: it belongs into the table [`HOSTILE`], or into a fixture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::testing::{RECEIVED_AT, headers};
use super::{Channel, facebook::Facebook, line::Line};
use crate::config::Platforms;
use crate::crypto::{Secret, hex, hmac_sha256};

/// Mutations a channel within the tests.
const ROUNDS: u64 = 3_000;

/// What real bodies hold.
const FACEBOOK: &[&str] = &[
    include_str!("facebook/fixtures/messages.json"),
    include_str!("facebook/fixtures/attachments.json"),
    include_str!("facebook/fixtures/echoes.json"),
    include_str!("facebook/fixtures/receipts.json"),
    include_str!("facebook/fixtures/taps.json"),
    include_str!("facebook/fixtures/others.json"),
    include_str!("facebook/fixtures/standby.json"),
    include_str!("facebook/fixtures/changes.json"),
    include_str!("facebook/fixtures/bad_neighbours.json"),
];
const LINE: &[&str] = &[
    include_str!("line/fixtures/messages.json"),
    include_str!("line/fixtures/others.json"),
    include_str!("line/fixtures/old_verify.json"),
    include_str!("line/fixtures/bad_neighbours.json"),
];

/// What parsers stumble over.
const PIECES: &[&str] = &[
    "null",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "1e999",
    "-0.0",
    "99999999999999999999999999",
    "18446744073709551616",
    "true",
    "\"\\ud83d\"",
    "\"\\u0000\"",
    "[[[[[[[[[[[[[[[[",
    "}}}}}}}}",
    ",,",
    "\"replyToken\":\"",
    "\"id\":",
    "\u{feff}",
    "\u{202e}",
    "\r\n",
    "\"\u{0}\"",
];

/// Small, quick and always the same: no randomness but the seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap_or_default()
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let begin = self.roll(length + 1);
        begin..begin + self.roll((length - begin).min(200) + 1)
    }
}

fn mutated(corpus: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut body = corpus[dice.roll(corpus.len())].as_bytes().to_vec();
    for _ in 0..=dice.roll(4) {
        let range = dice.range(body.len());
        match dice.roll(7) {
            0 => drop(body.drain(range)),
            1 => {
                let copy = body[range].to_vec();
                let at = dice.roll(body.len() + 1);
                body.splice(at..at, copy);
            }
            2 => {
                let piece = PIECES[dice.roll(PIECES.len())];
                body.splice(range, piece.bytes());
            }
            3 if !body.is_empty() => {
                let at = dice.roll(body.len());
                body[at] ^= 1 << dice.roll(8);
            }
            4 => body.truncate(range.start),
            5 => {
                let other = corpus[dice.roll(corpus.len())].as_bytes();
                let part = dice.range(other.len());
                body.splice(range, other[part].iter().copied());
            }
            _ => {
                let at = dice.roll(body.len() + 1);
                let depth = dice.roll(300);
                body.splice(at..at, std::iter::repeat_n(b"[{"[dice.roll(2)], depth));
            }
        }
    }
    body
}

fn setting(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
    set.unwrap_or(otherwise)
}

fn fuzz(channel: &dyn Channel, corpus: &[&str]) {
    let seed = setting("TISKI_FUZZ_SEED", 0x7151_0000_0000_0001).max(1);
    let mut dice = Dice(seed);
    for round in 0..setting("TISKI_FUZZ_ROUNDS", ROUNDS) {
        let body = mutated(corpus, &mut dice);
        let checked = catch_unwind(AssertUnwindSafe(|| hold_against_the_rules(channel, &body)));
        assert!(
            checked.is_ok(),
            "seed {seed}, round {round}: {}",
            String::from_utf8_lossy(&body)
        );
    }
}

/// What holds of every body, however odd.
fn hold_against_the_rules(channel: &dyn Channel, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let _ = channel.without_tokens(&text);
    if let Ok(events) = channel.parse(body, RECEIVED_AT) {
        for event in &events {
            // What is parked can be read again, alone.
            let again = channel.parse(event.raw.as_bytes(), RECEIVED_AT);
            let again = again.expect("a body with one event is a body");
            assert_eq!(again.len(), 1, "{}", event.raw);
            assert_eq!(again[0].event.is_ok(), event.event.is_ok(), "{}", event.raw);
        }
    }
    let secret = Secret::new("8c570fa6dd201bb328f1c1eac23a96d8");
    for name in ["x-hub-signature-256", "x-line-signature"] {
        let list = [(name, &*text)];
        let stranger = headers(&list);
        assert!(
            !channel.verify(&secret, &stranger, body),
            "a body signs nothing"
        );
    }
}

#[test]
fn no_mutation_of_a_body_of_facebook_brings_the_parser_down() {
    fuzz(&Facebook::new(&Platforms::default()), FACEBOOK);
}

#[test]
fn no_mutation_of_a_body_of_line_brings_the_parser_down() {
    fuzz(&Line::new(&Platforms::default()), LINE);
}

#[test]
fn a_signature_holds_for_its_body_and_for_no_mutation_of_either() {
    let secret = "60efff025951cddde78c8d03de52cc90";
    let mut dice = Dice(0x5151);
    let facebook = Facebook::new(&Platforms::default());
    for _ in 0..setting("TISKI_FUZZ_ROUNDS", ROUNDS) / 10 {
        let body = mutated(FACEBOOK, &mut dice);
        let tag = hmac_sha256(secret.as_bytes(), &body);
        let signature = format!("sha256={}", hex(&tag));
        let verify = |signature: &str, body: &[u8]| {
            let list = [("x-hub-signature-256", signature)];
            let header = headers(&list);
            facebook.verify(&Secret::new(secret), &header, body)
        };
        assert!(verify(&signature, &body));
        let other = mutated(FACEBOOK, &mut dice);
        assert!(other == body || !verify(&signature, &other));
        let mut wrong = signature.clone().into_bytes();
        let at = dice.roll(wrong.len());
        wrong[at] ^= 1;
        let wrong = String::from_utf8_lossy(&wrong).into_owned();
        // A capital letter is the same figure.
        assert!(
            wrong.eq_ignore_ascii_case(&signature) || !verify(&wrong, &body),
            "{wrong}"
        );
    }
}

/// Bodies made to break something, with how many events are read from each of the two: `None`, it is refused as a whole.
type Hostile = (&'static str, fn() -> Vec<u8>, Option<usize>, Option<usize>);

const HOSTILE: &[Hostile] = &[
    ("nothing", Vec::new, None, None),
    ("null", || b"null".to_vec(), None, None),
    ("a list", || b"[]".to_vec(), None, None),
    ("a text", || b"\"page\"".to_vec(), None, None),
    ("nothing in it", || b"{}".to_vec(), Some(0), None),
    (
        "null in it",
        || br#"{"object":null,"entry":null,"destination":null,"events":null}"#.to_vec(),
        Some(0),
        None,
    ),
    (
        "empty lists",
        || br#"{"object":"page","entry":[],"destination":"U8","events":[]}"#.to_vec(),
        Some(0),
        Some(1),
    ),
    (
        "objects where lists belong",
        || br#"{"entry":{},"events":{}}"#.to_vec(),
        None,
        None,
    ),
    (
        "a mark of the byte order",
        || {
            [
                b"\xef\xbb\xbf".to_vec(),
                br#"{"entry":[],"events":[]}"#.to_vec(),
            ]
            .concat()
        },
        None,
        None,
    ),
    (
        "no UTF-8",
        || b"{\"object\":\"\xff\xfe\",\"entry\":[],\"events\":[]}".to_vec(),
        None,
        // What LINE does not send is not looked at.
        Some(1),
    ),
    (
        "keys twice",
        || br#"{"entry":[],"entry":[],"events":[],"events":[]}"#.to_vec(),
        None,
        None,
    ),
    (
        "an entry of every kind",
        || {
            br#"{"object":"page","entry":[null,1,"a",[],{},{"id":null},{"id":{}}],"destination":"U8","events":[null,1,"a",[],{},{"type":null},{"type":{}}]}"#.to_vec()
        },
        Some(7),
        Some(7),
    ),
    (
        "huge numbers",
        || {
            br#"{"object":"page","entry":[{"id":99999999999999999999999999,"time":1e999,"messaging":[{"sender":{"id":18446744073709551616},"recipient":{"id":-1},"timestamp":1e400,"message":{"mid":"m","text":"x"}}]}],"destination":"U8","events":[{"type":"message","timestamp":1e999,"source":{"type":"user","userId":18446744073709551616},"message":{"type":"text","id":99999999999999999999,"text":"x"}}]}"#.to_vec()
        },
        Some(1),
        Some(1),
    ),
    ("a thousand updates", thousand, Some(1000), Some(1000)),
    ("very deep", deep, Some(1), Some(1)),
    (
        "half of a sign",
        || {
            br#"{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"recipient":{"id":"1"},"message":{"mid":"m","text":"\ud83d"}}]}],"destination":"U8","events":[{"type":"message","source":{"type":"user","userId":"U1"},"message":{"type":"text","id":"1","text":"\ud83d"}}]}"#.to_vec()
        },
        Some(1),
        Some(1),
    ),
];

fn thousand() -> Vec<u8> {
    let item = r#"{"sender":{"id":"2"},"recipient":{"id":"1"},"message":{"mid":"m","text":"x"}}"#;
    let event = r#"{"type":"message","source":{"type":"user","userId":"U1"},"message":{"type":"text","id":"1","text":"x"}}"#;
    let list = |one: &str| vec![one; 1000].join(",");
    format!(
        r#"{{"object":"page","entry":[{{"id":"1","messaging":[{}]}}],"destination":"U8","events":[{}]}}"#,
        list(item),
        list(event)
    )
    .into_bytes()
}

/// Deeper than any stack should follow.
fn deep() -> Vec<u8> {
    let depth = 100_000;
    let mut body = br#"{"entry":"#.to_vec();
    body.extend(std::iter::repeat_n(b'[', depth));
    body.extend(std::iter::repeat_n(b']', depth));
    body.extend_from_slice(br#","events":"#);
    body.extend(std::iter::repeat_n(b'[', depth));
    body.extend(std::iter::repeat_n(b']', depth));
    body.push(b'}');
    body
}

#[test]
fn hostile_bodies_are_refused_or_read_event_by_event_and_nothing_else() {
    let platforms = Platforms::default();
    let (facebook, line) = (Facebook::new(&platforms), Line::new(&platforms));
    for (name, body, of_facebook, of_line) in HOSTILE {
        let body = body();
        let read = |channel: &dyn Channel| {
            hold_against_the_rules(channel, &body);
            channel
                .parse(&body, RECEIVED_AT)
                .ok()
                .map(|events| events.len())
        };
        assert_eq!(
            (read(&facebook), read(&line)),
            (*of_facebook, *of_line),
            "{name}"
        );
    }
}
