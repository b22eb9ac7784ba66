use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::channels::testing::{RECEIVED_AT, almost_bodies, check_fixture, headers};
use crate::domain::inbound::{Inbound, What};

fn line() -> Line {
    Line::new(&Platforms::default())
}

fn event(event: &Value) -> Inbound {
    let body = json!({ "destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [event] });
    let mut parsed = line()
        .parse(body.to_string().as_bytes(), RECEIVED_AT)
        .unwrap();
    parsed.remove(0).event.unwrap()
}

fn text_event() -> Value {
    json!({
        "type": "message",
        "timestamp": 1_780_500_000_100_i64,
        "source": { "type": "user", "userId": "U4af4" },
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
        "message": { "type": "text", "id": "1", "text": "Hello" },
    })
}

#[test]
fn every_event_of_the_contract_is_understood() {
    macro_rules! fixtures {
        ($($name:literal),* $(,)?) => {$(
            check_fixture(
                &line(),
                $name,
                include_str!(concat!("fixtures/", $name, ".json")),
                include_str!(concat!("fixtures/", $name, ".txt")),
            );
        )*};
    }
    fixtures!["messages", "others", "bad_neighbours", "old_verify"];
}

#[test]
fn a_signature_is_the_secrets_over_the_bytes_as_they_came() {
    let verify = |secret: &str, list: &[(&'static str, &str)], body: &str| {
        line().verify(&Secret::new(secret), &headers(list), body.as_bytes())
    };
    let name = "x-line-signature";
    // From LINE's documentation, and from its Java SDK.
    let secret = "8c570fa6dd201bb328f1c1eac23a96d8";
    let body = r#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    let right = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";
    assert!(verify(secret, &[(name, right)], body));
    assert!(verify(
        "SECRET",
        &[(name, "3q8QXTAGaey18yL8FWTqdVlbMr6hcuNvM4tefa0o9nA=")],
        "{}"
    ));
    assert!(!verify("other", &[(name, right)], body));
    assert!(!verify("", &[(name, right)], body));
    assert!(!verify(secret, &[(name, right)], "{}"));
    assert!(!verify(secret, &[], body), "none");
    assert!(
        !verify(secret, &[(name, right), (name, right)], body),
        "two"
    );
    assert!(
        !verify(secret, &[(name, &right[..43])], body),
        "without padding"
    );
    assert!(!verify(secret, &[(name, &format!("{right} "))], body));
    assert!(!verify(secret, &[(name, "")], body));
}

#[test]
fn there_is_no_verification_call() {
    let query = |_: &str| Some("subscribe".to_owned());
    assert_eq!(line().handshake(&Secret::new("subscribe"), &query), None);
}

#[test]
fn a_test_of_the_console_is_a_test() {
    let body = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    let parsed = line().parse(body, RECEIVED_AT).unwrap();
    assert_eq!(parsed.len(), 1);
    assert_eq!(parsed[0].event.as_ref().unwrap().what, What::Test);
    assert!(line().parse(b"{}", RECEIVED_AT).is_err());
}

#[test]
fn a_reply_token_ends_a_little_before_its_minute() {
    let token = event(&text_event()).reply_token.unwrap();
    assert_eq!(token.token, "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA");
    let life = token.expires_at.since(RECEIVED_AT).as_secs();
    assert!((45..60).contains(&life), "{life} s");
}

#[test]
fn what_is_kept_for_long_has_no_reply_token_and_is_the_same_event_otherwise() {
    let whole = |event: &Value| json!({"destination": "U8", "events": [event, event]}).to_string();
    let mut text = text_event();
    text["message"]["text"] = json!(r#"my "replyToken":"is none", "#);
    let mut follow = text.clone();
    follow["type"] = json!("follow");
    follow["webhookEventId"] = json!(null);
    for event in [text, follow] {
        let body = whole(&event);
        let kept = line().without_tokens(&body);
        assert!(!kept.contains("nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"), "{kept}");
        let read = |body: &str| line().parse(body.as_bytes(), RECEIVED_AT).unwrap();
        for (kept, whole) in read(&kept).into_iter().zip(read(&body)) {
            let whole = whole.event.unwrap();
            assert!(whole.reply_token.is_some(), "the premise");
            let expected = Inbound {
                reply_token: None,
                ..whole
            };
            assert_eq!(kept.event, Ok(expected));
        }
    }
    for (broken, kept) in [
        (r#"{"replyToken" : "abc"#, r#"{"replyToken" : """#),
        (
            r#"{"replyToken":null,"a":"b"}"#,
            r#"{"replyToken":null,"a":"b"}"#,
        ),
        (r#"{"replyToken""#, r#"{"replyToken""#),
    ] {
        assert_eq!(line().without_tokens(broken), kept);
    }
}

#[test]
fn a_redelivery_revives_its_token_for_twenty_minutes() {
    let mut late = text_event();
    late["deliveryContext"] = json!({ "isRedelivery": true });
    let minutes_ago = |minutes: i64| json!(RECEIVED_AT.millis() - minutes * 60_000);
    late["timestamp"] = minutes_ago(19);
    assert!(event(&late).reply_token.is_some());
    late["timestamp"] = minutes_ago(21);
    assert_eq!(event(&late).reply_token, None);
}

#[test]
fn nothing_may_be_answered_while_another_service_is_in_control() {
    let mut standby = text_event();
    standby["mode"] = json!("standby");
    let event = event(&standby);
    assert!(event.standby);
    assert_eq!(event.reply_token, None);
}

#[test]
fn messages_are_known_by_their_id_and_all_else_by_the_events() {
    let mut follow = text_event();
    assert_eq!(event(&follow).key, None);
    follow["type"] = json!("follow");
    let first = event(&follow).key.unwrap();
    follow["deliveryContext"] = json!({ "isRedelivery": true });
    assert_eq!(event(&follow).key.as_deref(), Some(&first[..]));
    follow["type"] = json!("unfollow");
    assert_ne!(event(&follow).key.unwrap(), first);
    follow.as_object_mut().unwrap().remove("webhookEventId");
    assert!(event(&follow).key.is_some());
}

#[test]
fn a_message_of_a_person_without_an_id_is_reported() {
    let mut nobody = text_event();
    nobody["source"] = json!({ "type": "user" });
    let body = json!({ "destination": "U8", "events": [nobody] });
    let parsed = line()
        .parse(body.to_string().as_bytes(), RECEIVED_AT)
        .unwrap();
    assert!(parsed[0].event.is_err());
}

const WORDS: &[&str] = &[
    "destination",
    "events",
    "type",
    "mode",
    "standby",
    "timestamp",
    "source",
    "user",
    "group",
    "room",
    "userId",
    "groupId",
    "roomId",
    "webhookEventId",
    "deliveryContext",
    "isRedelivery",
    "replyToken",
    "message",
    "messageEdited",
    "text",
    "id",
    "sticker",
    "keywords",
    "image",
    "file",
    "location",
    "contentProvider",
    "postback",
    "params",
    "data",
    "unsend",
    "messageId",
    "joined",
    "memberJoined",
    "members",
    "beacon",
    "link",
    "module",
    "membership",
    "follow",
];

proptest! {
    #[test]
    fn no_bytes_bring_it_down(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = line().parse(&body, RECEIVED_AT);
    }

    #[test]
    fn no_json_brings_it_down(event in almost_bodies(WORDS), whole in almost_bodies(WORDS)) {
        let _ = line().parse(whole.to_string().as_bytes(), RECEIVED_AT);
        let body = json!({ "destination": "U8", "events": [event] });
        let parsed = line().parse(body.to_string().as_bytes(), RECEIVED_AT).unwrap();
        prop_assert_eq!(parsed.len(), 1);
        prop_assert!(serde_json::from_str::<Value>(&parsed[0].raw).is_ok());
    }
}
