use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::channels::testing::{RECEIVED_AT, almost_bodies, check_fixture, headers};
use crate::crypto::{hex, hmac_sha256};
use crate::domain::inbound::Inbound;

fn facebook() -> Facebook {
    Facebook::new(&Platforms::default())
}

fn events(body: &str) -> Vec<Inbound> {
    let parsed = facebook().parse(body.as_bytes(), RECEIVED_AT).unwrap();
    parsed
        .into_iter()
        .map(|parsed| parsed.event.unwrap())
        .collect()
}

/// One event of the page, with what is particular to it.
fn item(what: Value) -> Inbound {
    let mut item = json!({
        "sender": { "id": "5794982867201265" },
        "recipient": { "id": "542998526103632" },
        "timestamp": 1_780_500_000_100_i64,
    });
    item.as_object_mut()
        .unwrap()
        .extend(what.as_object().unwrap().clone());
    let body = json!({
        "object": "page",
        "entry": [{ "id": "542998526103632", "time": 1_780_500_000_400_i64, "messaging": [item] }],
    });
    events(&body.to_string()).remove(0)
}

#[test]
fn every_event_of_the_contract_is_understood() {
    macro_rules! fixtures {
        ($($name:literal),* $(,)?) => {$(
            check_fixture(
                &facebook(),
                $name,
                include_str!(concat!("fixtures/", $name, ".json")),
                include_str!(concat!("fixtures/", $name, ".txt")),
            );
        )*};
    }
    fixtures![
        "messages",
        "attachments",
        "echoes",
        "receipts",
        "taps",
        "others",
        "standby",
        "bad_neighbours",
        "changes",
    ];
}

#[test]
fn a_signature_is_the_secrets_over_the_bytes_as_they_came() {
    let secret = Secret::new("60efff025951cddde78c8d03de52cc90");
    let body = r#"{"text":"Hyv\u00e4\u00e4"}"#.as_bytes();
    let right = format!(
        "sha256={}",
        hex(&hmac_sha256(secret.expose().as_bytes(), body))
    );
    let verify = |secret: &Secret, list: &[(&'static str, &str)], body: &[u8]| {
        facebook().verify(secret, &headers(list), body)
    };
    let name = "x-hub-signature-256";
    assert!(verify(&secret, &[(name, &right)], body));
    // A vector from outside: printf '{}' | openssl dgst -sha256 -hmac FAKE_SECRET
    assert!(verify(
        &Secret::new("FAKE_SECRET"),
        &[(
            name,
            "sha256=448df8785dd36742e43fa3cad9de2eca8ceb6391e79c742e33e52c6637f32dac"
        )],
        b"{}"
    ));
    assert!(!verify(&Secret::new("other"), &[(name, &right)], body));
    assert!(!verify(
        &secret,
        &[(name, &right)],
        "{\"text\":\"Hyvää\"}".as_bytes()
    ));
    assert!(!verify(&secret, &[], body), "none");
    assert!(
        !verify(&secret, &[(name, &right), (name, &right)], body),
        "two"
    );
    assert!(
        !verify(&secret, &[("x-hub-signature", &right)], body),
        "the old one"
    );
    assert!(
        !verify(&secret, &[(name, &right[7..])], body),
        "without its prefix"
    );
    assert!(!verify(&secret, &[(name, &right[..70])], body), "cut");
    assert!(!verify(
        &secret,
        &[(name, &format!("sha256={}", "é".repeat(32)))],
        body
    ));
    let empty = format!("sha256={}", hex(&hmac_sha256(b"", body)));
    assert!(
        !verify(&Secret::new(""), &[(name, &empty)], body),
        "empty secret"
    );
}

#[test]
fn only_the_right_token_gets_its_challenge_back() {
    let answer = |mode: &str, token: &str, challenge: &str, ours: &str| {
        let query = |name: &str| match name {
            "hub.mode" => Some(mode.to_owned()),
            "hub.verify_token" => Some(token.to_owned()),
            "hub.challenge" => Some(challenge.to_owned()),
            _ => None,
        };
        facebook().handshake(&Secret::new(ours), &query)
    };
    let right = answer("subscribe", "meatyhamhock", "1158201444", "meatyhamhock");
    assert_eq!(right.as_deref(), Some("1158201444"));
    let long = "1".repeat(129);
    for (mode, token, challenge, ours) in [
        ("unsubscribe", "meatyhamhock", "1", "meatyhamhock"),
        ("subscribe", "other", "1", "meatyhamhock"),
        ("subscribe", "", "1", ""),
        ("subscribe", "meatyhamhock", "", "meatyhamhock"),
        ("subscribe", "meatyhamhock", "<script>", "meatyhamhock"),
        ("subscribe", "meatyhamhock", &long, "meatyhamhock"),
    ] {
        assert_eq!(answer(mode, token, challenge, ours), None);
    }
    let query = |_: &str| None;
    assert_eq!(
        facebook().handshake(&Secret::new("meatyhamhock"), &query),
        None
    );
}

#[test]
fn times_fall_back_from_the_event_to_its_entry_to_the_arrival() {
    let text = json!({ "message": { "mid": "m_1", "text": "Hello" } });
    let at = |timestamp: Value| {
        let mut what = text.clone();
        what["timestamp"] = timestamp;
        item(what).at.millis()
    };
    assert_eq!(at(json!(1_780_500_000_100_i64)), 1_780_500_000_100);
    assert_eq!(at(json!("1780500000")), 1_780_500_000_000);
    assert_eq!(at(json!(58_649_000_000_000_000_i64)), 1_780_500_000_400);
    assert_eq!(at(Value::Null), 1_780_500_000_400);
    let body = r#"{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"message":{"mid":"m_1"}}]}]}"#;
    assert_eq!(events(body)[0].at, RECEIVED_AT);
}

#[test]
fn an_event_without_an_id_is_known_by_its_key() {
    let tap = || json!({ "postback": { "title": "Menu", "payload": "MENU" } });
    let first = item(tap()).key.unwrap();
    assert_eq!(item(tap()).key.as_deref(), Some(&first[..]), "redelivered");
    let later = json!({ "postback": { "title": "Menu", "payload": "MENU" }, "timestamp": 1_780_500_000_101_i64 });
    assert_ne!(item(later).key.unwrap(), first, "tapped again");
    let other =
        json!({ "postback": { "title": "Menu", "payload": "MENU" }, "sender": { "id": "7" } });
    assert_ne!(item(other).key.unwrap(), first, "tapped by another");
    let with_id = json!({ "postback": { "mid": "m_1", "title": "Menu", "payload": "MENU" } });
    assert_eq!(item(with_id).key, None);
}

#[test]
fn other_objects_change_nothing() {
    let body = r#"{"object":"instagram","entry":[{"id":"17841452691600098","time":1668022334834,
        "messaging":[{"sender":{"id":"5614879045272581"},"recipient":{"id":"17841452691600098"},
        "timestamp":1668022333735,"message":{"mid":"aWdf","text":"x"}}]}]}"#;
    let event = events(body).remove(0);
    assert_eq!(
        event.what,
        crate::domain::inbound::What::Nothing("other-object")
    );
    assert_eq!(events(r#"{"object":"page"}"#), []);
    assert!(facebook().parse(b"[]", RECEIVED_AT).is_err());
    assert!(facebook().parse(b"", RECEIVED_AT).is_err());
    assert!(
        facebook()
            .parse(b"{\"object\":\"page\"", RECEIVED_AT)
            .is_err()
    );
}

const WORDS: &[&str] = &[
    "object",
    "page",
    "entry",
    "id",
    "time",
    "messaging",
    "standby",
    "changes",
    "sender",
    "recipient",
    "timestamp",
    "message",
    "mid",
    "text",
    "attachments",
    "type",
    "payload",
    "url",
    "image",
    "sticker",
    "template",
    "fallback",
    "postback",
    "title",
    "referral",
    "reaction",
    "read",
    "delivery",
    "mids",
    "watermark",
    "is_echo",
    "metadata",
    "optin",
    "order",
    "products",
    "payment",
    "amount",
    "reply_to",
];

proptest! {
    #[test]
    fn no_bytes_bring_it_down(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = facebook().parse(&body, RECEIVED_AT);
    }

    #[test]
    fn no_json_brings_it_down(item in almost_bodies(WORDS), whole in almost_bodies(WORDS)) {
        let _ = facebook().parse(whole.to_string().as_bytes(), RECEIVED_AT);
        let body = json!({ "object": "page", "entry": [{ "id": "1", "messaging": [item] }] });
        let parsed = facebook().parse(body.to_string().as_bytes(), RECEIVED_AT).unwrap();
        prop_assert_eq!(parsed.len(), 1);
        prop_assert!(serde_json::from_str::<Value>(&parsed[0].raw).is_ok());
    }
}
