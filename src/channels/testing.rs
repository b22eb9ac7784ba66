//! What the adapters' tests share.

use proptest::prelude::*;
use serde_json::Value;

use super::Channel;
use crate::domain::inbound::{InboundMessage, Parsed, What};
use crate::domain::time::Timestamp;

/// When the bodies of the fixtures arrived.
pub const RECEIVED_AT: Timestamp = Timestamp::from_millis(1_780_500_001_000);

/// An event in one line: what happened, in whose conversation.
pub fn describe(parsed: &Parsed) -> String {
    let event = match &parsed.event {
        Ok(event) => event,
        Err(why) => return format!("! {why:?}"),
    };
    let who = match &event.customer {
        None => "-".to_owned(),
        Some(customer) => match &customer.speaker {
            None => format!("{} {}", customer.kind.word(), customer.platform_id),
            Some(speaker) => format!("{speaker} in {}", customer.platform_id),
        },
    };
    let standby = if event.standby { " (standby)" } else { "" };
    format!("{who}: {}{standby}", describe_what(&event.what))
}

fn describe_what(what: &What) -> String {
    match what {
        What::Message(message) => describe_message(message),
        What::Echo { message, metadata } => {
            let metadata = metadata.as_deref().unwrap_or("nobody");
            format!("echo of {metadata}: {}", describe_message(message))
        }
        What::Edited { platform_id, text } => format!("edited {platform_id} to {text:?}"),
        What::Unsent { platform_id } => format!("unsent {platform_id}"),
        What::Reaction { platform_id, emoji } => format!("reaction {emoji:?} to {platform_id}"),
        What::Delivered {
            platform_ids,
            watermark,
        } => format!(
            "delivered {platform_ids:?} until {:?}",
            watermark.map(Timestamp::millis)
        ),
        What::Read { watermark } => format!("read until {}", watermark.millis()),
        What::Remark(remark) => {
            let window = if remark.opens_window {
                ", opens the window"
            } else {
                ""
            };
            format!("remark {} {:?}{window}", remark.word, remark.detail)
        }
        What::Page(notice) => format!("{:?}: {} {:?}", notice.effect, notice.word, notice.detail),
        other => format!("{other:?}"),
    }
}

fn describe_message(message: &InboundMessage) -> String {
    let id = message.platform_id.as_deref().unwrap_or("without id");
    let mut line = format!("{} {id} {:?}", message.kind.word(), message.text);
    for attachment in &message.attachments {
        line.push_str(&format!(
            " [{} {:?}",
            attachment.kind.word(),
            attachment.name
        ));
        line.extend(attachment.url.iter().map(|url| format!(" {url}")));
        line.extend(
            attachment
                .size_bytes
                .iter()
                .map(|size| format!(" {size} bytes")),
        );
        line.push(']');
    }
    line.extend(message.reply_to.iter().map(|id| format!(" re {id}")));
    line
}

/// Reads a fixture and compares what was understood with the lines beside it. Every event is then read
/// again by itself, as a parked one is, and must come out the same.
pub fn check_fixture(channel: &dyn Channel, name: &str, body: &str, expected: &str) {
    let events = channel.parse(body.as_bytes(), RECEIVED_AT).unwrap();
    let lines: Vec<String> = events.iter().map(describe).collect();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(lines, expected, "{name}");
    for event in &events {
        let again = channel.parse(event.raw.as_bytes(), RECEIVED_AT).unwrap();
        let [again] = &again[..] else {
            panic!("{} holds {} events", event.raw, again.len());
        };
        match (&event.event, &again.event) {
            (Ok(event), Ok(again)) => assert_eq!(event, again),
            (Err(_), Err(_)) => {}
            _ => panic!("{} reads differently alone", event.raw),
        }
    }
}

/// The header lookup of a request with these headers.
pub fn headers(list: &[(&'static str, &str)]) -> impl Fn(&str) -> Vec<String> {
    let list: Vec<(&str, String)> = list
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    move |wanted| {
        list.iter()
            .filter(|(name, _)| *name == wanted)
            .map(|(_, value)| value.clone())
            .collect()
    }
}

/// JSON that looks like a webhook body and is one only by luck: any value in any place.
pub fn almost_bodies(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let word = move || proptest::sample::select(words).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 96, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(word(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
