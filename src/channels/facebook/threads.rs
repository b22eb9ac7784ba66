//! The Conversations API: what Facebook keeps of a page's talks. Its message ids are those of the webhook.
//! (messenger.md §6.3)

use std::time::Duration;

use serde_json::{Value, json};

use crate::channels::{Call, Credentials, Look, Sent, SetupError, json};
use crate::domain::delivery::SendError;
use crate::domain::inbound::{Customer, CustomerKind, Inbound, InboundMessage, What};
use crate::domain::message::{Attachment, AttachmentKind, Kind};
use crate::domain::time::Timestamp;

use super::errors;
use super::graph::{Failure, Graph, Query, part};
use super::setup;

/// Only the twenty newest messages of a thread can be read.
const MESSAGES: &str = "messages.limit(20){id,created_time,from,message,attachments,sticker}";
/// So many threads are read at most, the newest first.
const THREADS: &str = "25";
/// Times are told in whole seconds, by another clock than ours.
const SLACK: Duration = Duration::from_secs(30);

/// Looks in the customer's thread for the text of a call that may have arrived. Found is only what the page wrote since
/// the first try, in the same words, and what is not known as another message.
pub fn find_sent(
    graph: &Graph,
    credentials: &Credentials,
    call: &Call,
    look: &Look,
) -> Result<Sent, SendError> {
    let uncertain = || SendError::Uncertain(String::new());
    let [text] = &call.texts[..] else {
        return Err(uncertain());
    };
    let parameters = [
        ("platform", "messenger"),
        ("user_id", call.to.platform_id.as_str()),
        ("fields", MESSAGES),
    ];
    let threads = ask(graph, credentials, &parameters).map_err(errors::of_send)?;
    let since = look.since.minus(SLACK);
    let found = messages_of(&threads).find(|message| {
        message["from"]["id"] == credentials.page.as_str()
            && message["message"].as_str() == Some(text)
            && time(message).is_some_and(|at| at >= since)
            && message["id"]
                .as_str()
                .is_some_and(|id| !look.known.iter().any(|known| known == id))
    });
    let id = found.and_then(|message| message["id"].as_str());
    Ok(Sent {
        platform_ids: vec![id.ok_or_else(uncertain)?.to_owned()],
        way: "found",
        request_id: String::new(),
        took_control: false,
        used_percent: None,
        kept: None,
    })
}

/// What was said with the page's customers since a moment, oldest first.
pub fn history(
    graph: &Graph,
    credentials: &Credentials,
    since: Timestamp,
) -> Result<Vec<Inbound>, SetupError> {
    let fields = format!("id,updated_time,participants,{MESSAGES}");
    let parameters = [
        ("platform", "messenger"),
        ("fields", fields.as_str()),
        ("limit", THREADS),
    ];
    let answer = ask(graph, credentials, &parameters).map_err(setup::of_failure)?;
    let threads = answer["data"].as_array().map(Vec::as_slice);
    let mut events: Vec<Inbound> = threads
        .unwrap_or_default()
        .iter()
        .flat_map(|thread| of_thread(thread, &credentials.page))
        .filter(|event| event.at >= since)
        .collect();
    events.sort_by_key(|event| event.at);
    Ok(events)
}

fn ask(
    graph: &Graph,
    credentials: &Credentials,
    parameters: &[(&str, &str)],
) -> Result<Value, Failure> {
    let query = Query {
        method: "GET",
        path: format!("{}/conversations", part(&credentials.page)),
        parameters,
        body: None,
    };
    graph.ask(credentials, &query)
}

fn messages_of(threads: &Value) -> impl Iterator<Item = &Value> {
    let threads = threads["data"].as_array().map(Vec::as_slice);
    let threads = threads.unwrap_or_default().iter();
    threads.flat_map(|thread| {
        let messages = thread["messages"]["data"].as_array().map(Vec::as_slice);
        messages.unwrap_or_default()
    })
}

/// `2026-08-01T12:00:00+0000`
fn time(message: &Value) -> Option<Timestamp> {
    let text = message["created_time"].as_str()?;
    let moment = chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z").ok()?;
    Some(Timestamp::from_millis(moment.timestamp_millis()))
}

/// The messages of a thread; none when it does not tell who the customer is.
fn of_thread(thread: &Value, page: &str) -> Vec<Inbound> {
    let participants = thread["participants"]["data"].as_array();
    let ids = participants.into_iter().flatten();
    let customer = ids
        .filter_map(|participant| participant["id"].as_str())
        .find(|id| *id != page);
    let Some(customer) = customer else {
        return Vec::new();
    };
    let messages = thread["messages"]["data"].as_array().map(Vec::as_slice);
    let read = |message: &Value| {
        let inbound = InboundMessage {
            platform_id: Some(message["id"].as_str()?.to_owned()),
            text: message["message"].as_str().unwrap_or_default().to_owned(),
            attachments: attachments(message),
            ..InboundMessage::default()
        };
        let nothing_to_show = inbound.text.is_empty() && inbound.attachments.is_empty();
        let message_of_ours = message["from"]["id"] == page;
        let inbound = InboundMessage {
            kind: match nothing_to_show {
                true => Kind::Unsupported,
                false => Kind::Text,
            },
            ..inbound
        };
        Some(Inbound {
            page: page.to_owned(),
            customer: Some(Customer {
                platform_id: customer.to_owned(),
                kind: CustomerKind::Person,
                speaker: None,
            }),
            at: time(message)?,
            key: None,
            reply_token: None,
            standby: false,
            what: match message_of_ours {
                true => What::Echo {
                    message: inbound,
                    metadata: None,
                },
                false => What::Message(inbound),
            },
        })
    };
    messages
        .unwrap_or_default()
        .iter()
        .filter_map(read)
        .collect()
}

/// `{"data":[{"mime_type":"image/jpeg","name":"image-1","size":1024,"image_data":{"url":"https://scontent…"}}]}`; a
/// sticker is an address of its own.
fn attachments(message: &Value) -> Vec<Attachment> {
    let listed = message["attachments"]["data"].as_array();
    let mut found: Vec<Attachment> = listed.into_iter().flatten().map(attachment).collect();
    if let Some(sticker) = message["sticker"].as_str().and_then(json::web_address) {
        found.push(Attachment {
            kind: AttachmentKind::Sticker,
            name: String::new(),
            size_bytes: None,
            url: Some(sticker),
            detail: Value::Null,
        });
    }
    found
}

fn attachment(listed: &Value) -> Attachment {
    let mime = listed["mime_type"].as_str().unwrap_or_default();
    let kind = match mime.split('/').next() {
        Some("image") => AttachmentKind::Picture,
        Some("video") => AttachmentKind::Video,
        Some("audio") => AttachmentKind::Audio,
        _ => AttachmentKind::File,
    };
    let places = [
        &listed["image_data"]["url"],
        &listed["video_data"]["url"],
        &listed["file_url"],
    ];
    let url = places.into_iter().find_map(Value::as_str);
    Attachment {
        kind,
        name: listed["name"].as_str().unwrap_or_default().to_owned(),
        size_bytes: listed["size"].as_u64(),
        url: url.and_then(json::web_address),
        detail: json!(null),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_tells_who_said_what_and_what_hung_on_it() {
        let thread = json!({
            "id": "t_1",
            "participants": { "data": [{ "id": "U" }, { "id": "P" }] },
            "messages": { "data": [
                { "id": "m2", "created_time": "2026-08-01T12:00:01+0000", "from": { "id": "P" }, "message": "Yes" },
                { "id": "m1", "created_time": "2026-08-01T12:00:00+0000", "from": { "id": "U" }, "message": "",
                  "attachments": { "data": [{ "mime_type": "image/png", "name": "a.png", "size": 7,
                                              "image_data": { "url": "https://scontent.xx.fbcdn.net/a" } }] } },
                { "id": "m0", "created_time": "never", "from": { "id": "U" }, "message": "lost" },
                { "created_time": "2026-08-01T12:00:00+0000", "from": { "id": "U" }, "message": "no id" },
            ] },
        });
        let events = of_thread(&thread, "P");
        let [answer, question] = &events[..] else {
            panic!("{events:?}");
        };
        assert!(matches!(&answer.what, What::Echo { message, .. } if message.text == "Yes"));
        let What::Message(question) = &question.what else {
            panic!("{question:?}");
        };
        assert_eq!(question.attachments[0].kind, AttachmentKind::Picture);
        assert_eq!(question.attachments[0].size_bytes, Some(7));
        assert!(of_thread(&json!({ "participants": null }), "P").is_empty());
    }
}
