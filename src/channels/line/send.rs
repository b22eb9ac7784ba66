//! Sends messages: by the free reply token first, else by a push, which is paid.
//!
//! A push carries a retry key, by which LINE recognises a repetition for 24 hours. A reply has none: when
//! its outcome is not known it is tried once more with the same token, which holds once. What is in doubt
//! then stays in doubt, at once and until a person decides: LINE reports nothing back. It is never followed
//! by a push, which would be a second message.

use std::time::Duration;

use serde_json::{Value, json};

use crate::channels::json::Word;
use crate::channels::{Call, Credentials, Earlier, OutFile, OutLinks, Sent};
use crate::crypto::Secret;
use crate::domain::attachments::extension;
use crate::domain::delivery::{Mend, SendError};
use crate::domain::message::AttachmentKind;
use crate::domain::text::{Limit, Unit, shorten, split};
use crate::http::{Answer, CallError};

use super::api::{Api, Deadline, Failure, Query, told, words};
use super::quota;
use super::token::TokenError;

/// The largest preview that LINE takes: 1 MB.
pub const LARGEST_PREVIEW: u64 = 1_000_000;
/// Of a file's name on its card so many characters.
const CARD_NAME: usize = 100;
/// A button of LINE has 20 at most.
const CARD_LABEL: usize = 18;
/// When the quota says no although there is room, a running broadcast holds it: look again after this.
const QUOTA_HELD: Duration = Duration::from_secs(10 * 60);

/// The way that costs, and the one that does not.
pub const PUSH: &str = "push";
const REPLY: &str = "reply";

/// What came of a reply.
enum Reply {
    Sent(Sent),
    /// LINE did not take it for sure: the token is used or too old, or the text is wrong.
    NotTaken,
}

/// See [`crate::channels::Channel::send`].
pub fn send(api: &Api, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
    let deadline = Deadline::of_a_call();
    match (call.earlier, &call.reply_token) {
        (Earlier::DoubtWithReplyToken, _) => Err(SendError::Uncertain(String::new())),
        // An earlier push is recognised by its key, but not by a reply.
        (Earlier::Doubt, _) | (Earlier::Nothing, None) => push(api, credentials, deadline, call),
        (Earlier::Nothing, Some(token)) => match reply(api, credentials, deadline, call, token)? {
            Reply::Sent(sent) => Ok(sent),
            Reply::NotTaken => push(api, credentials, deadline, call),
        },
    }
}

fn messages(call: &Call) -> Vec<Value> {
    let texts = call.texts.iter().enumerate().map(|(at, text)| {
        let mut message = json!({ "type": "text", "text": text });
        if let Some(Some(quoted)) = call.quotes.get(at) {
            message["quoteToken"] = quoted.as_str().into();
        }
        message
    });
    let mut messages: Vec<Value> = texts.chain(call.files.iter().map(file)).collect();
    if let Some(name) = call.sender.as_deref().and_then(sender_name) {
        for message in &mut messages {
            message["sender"] = json!({ "name": name });
        }
    }
    messages
}

/// LINE fetches pictures and recordings from us, and so do phones, again and again. It has no messages for
/// documents: they are a card with a link. (line.md §3)
fn file(file: &OutFile) -> Value {
    let Some(links) = &file.links else {
        // Nothing that a customer could open; LINE refuses it in its own words.
        return json!({ "type": "file" });
    };
    let preview = links.preview.as_deref();
    match (file.kind, preview, file.duration) {
        (AttachmentKind::Picture, Some(preview), _) => json!({
            "type": "image", "originalContentUrl": links.file, "previewImageUrl": preview,
        }),
        (AttachmentKind::Video, Some(preview), _) => json!({
            "type": "video", "originalContentUrl": links.file, "previewImageUrl": preview,
        }),
        (AttachmentKind::Audio, _, Some(duration)) => json!({
            "type": "audio",
            "originalContentUrl": links.file,
            "duration": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1),
        }),
        _ => card(file, links),
    }
}

/// A card with the file's name, its size and the day until which the link leads there; without words, whose language
/// nobody knows.
fn card(file: &OutFile, links: &OutLinks) -> Value {
    let size = match file.size_bytes {
        0..1_000_000 => format!("{} kB", file.size_bytes.div_ceil(1_000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1_000_000.0),
    };
    let until = chrono::DateTime::from_timestamp_millis(links.until.millis());
    let day = until.map(|until| until.format(" · → %Y-%m-%d").to_string());
    let about = format!("{size}{}", day.unwrap_or_default());
    let name = shorten(&file.name, CARD_NAME);
    let ending = extension(&file.name).unwrap_or_default().to_uppercase();
    json!({
        "type": "flex",
        "altText": format!("📎 {name} · {about}"),
        "contents": {
            "type": "bubble",
            "body": { "type": "box", "layout": "vertical", "spacing": "sm", "contents": [
                { "type": "text", "text": format!("📎 {name}"), "weight": "bold", "wrap": true },
                { "type": "text", "text": about, "size": "sm", "color": "#5b676c", "wrap": true },
            ] },
            "footer": { "type": "box", "layout": "vertical", "contents": [
                { "type": "button", "style": "primary", "color": "#005f6e", "height": "sm", "action": {
                    "type": "uri", "label": shorten(&format!("⬇ {ending}"), CARD_LABEL), "uri": links.file,
                } },
            ] },
        },
    })
}

/// Of a sender's name so many UTF-16 units; LINE's own name must not be in it. (line.md §3)
const SENDER: Limit = Limit {
    max: 20,
    unit: Unit::Utf16,
};

/// A name as LINE takes it; `None` where it takes none.
fn sender_name(name: &str) -> Option<String> {
    let name = split(name, SENDER).into_iter().next()?;
    (!name.to_lowercase().contains("line")).then_some(name)
}

fn reply(
    api: &Api,
    credentials: &Credentials,
    deadline: Deadline,
    call: &Call,
    token: &Secret,
) -> Result<Reply, SendError> {
    let body = json!({ "replyToken": token.expose(), "messages": messages(call) });
    let query = Query::post("/v2/bot/message/reply", body);
    let mut doubt = None;
    for _ in 0..2 {
        match api.ask(credentials, deadline, &query) {
            Ok(answer) if is_success(&answer) => return Ok(Reply::Sent(sent(&answer, REPLY))),
            Ok(answer) if answer.status >= 500 => doubt = Some(told(&answer, credentials)),
            // Used or dead. Used by our first try, perhaps.
            Ok(answer) => match doubt {
                Some(why) => return Err(SendError::Uncertain(why)),
                None if answer.status == 400 => return Ok(Reply::NotTaken),
                None => return Err(refused(api, credentials, deadline, &answer)),
            },
            Err(Failure::NoAnswer(CallError::Uncertain(why))) => doubt = Some(why),
            Err(failure) => {
                return Err(match doubt {
                    Some(why) => SendError::Uncertain(why),
                    None => not_sent(failure),
                });
            }
        }
    }
    Err(SendError::Uncertain(doubt.unwrap_or_default()))
}

fn push(
    api: &Api,
    credentials: &Credentials,
    deadline: Deadline,
    call: &Call,
) -> Result<Sent, SendError> {
    let body = json!({ "to": call.to.platform_id, "messages": messages(call) });
    let mut query = Query::post("/v2/bot/message/push", body);
    query.headers = vec![("x-line-retry-key", &call.idempotency_key)];
    match api.ask(credentials, deadline, &query) {
        // 409: a push with this key was accepted before.
        Ok(answer) if is_success(&answer) || answer.status == 409 => Ok(sent(&answer, PUSH)),
        // The key makes the next try harmless.
        Ok(answer) if answer.status >= 500 => {
            Err(SendError::Repeatable(told(&answer, credentials)))
        }
        Err(Failure::NoAnswer(CallError::Uncertain(why))) => Err(SendError::Repeatable(why)),
        Ok(answer) => Err(refused(api, credentials, deadline, &answer)),
        Err(failure) => Err(not_sent(failure)),
    }
}

fn is_success(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

/// `{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b…"}]}`, in the order sent; older
/// answers are `{}`.
fn sent(answer: &Answer, way: &'static str) -> Sent {
    let body = answer.json().unwrap_or_default();
    let messages = body["sentMessages"].as_array().map(Vec::as_slice);
    let id = |message: &Value| {
        Some(
            serde_json::from_value::<Word>(message["id"].clone())
                .ok()?
                .0,
        )
    };
    let request_id = answer
        .header("x-line-accepted-request-id")
        .or_else(|| answer.header("x-line-request-id"));
    Sent {
        platform_ids: messages.unwrap_or_default().iter().filter_map(id).collect(),
        way,
        request_id: request_id.unwrap_or_default().to_owned(),
        took_control: false,
        used_percent: None,
        kept: None,
    }
}

/// Nothing went out.
fn not_sent(failure: Failure) -> SendError {
    match failure {
        Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why))
        | Failure::NoToken(TokenError::Later(why)) => SendError::Unreachable(why),
        Failure::NoToken(TokenError::Refused(why)) => SendError::Credentials(why),
    }
}

/// What LINE's no means. Not for a reply's 5xx, whose outcome is not known.
fn refused(api: &Api, credentials: &Credentials, deadline: Deadline, answer: &Answer) -> SendError {
    let detail = told(answer, credentials);
    match answer.status {
        401 => SendError::Credentials(detail),
        429 => limited(api, credentials, deadline, answer),
        300..=399 | 500.. => SendError::Unreachable(detail),
        403 => SendError::Mendable(Mend::NotPermitted, detail),
        413 => SendError::Mendable(Mend::TooLarge, detail),
        status => SendError::Rejected {
            code: status.to_string(),
            text: words(answer, credentials),
        },
    }
}

/// LINE has two limits with one status: calls a second, and paid messages a month. The second one is
/// also told while a broadcast is running, which takes its share of the quota in advance.
fn limited(api: &Api, credentials: &Credentials, deadline: Deadline, answer: &Answer) -> SendError {
    let detail = told(answer, credentials);
    let retry_after = answer
        .header("retry-after")
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    if detail.contains("rate limit") {
        return SendError::Throttled {
            retry_after,
            detail,
        };
    }
    match quota::has_room(api, credentials, deadline) {
        Some(true) => SendError::Throttled {
            retry_after: retry_after.max(Some(QUOTA_HELD)),
            detail,
        },
        Some(false) => SendError::QuotaUsed(detail),
        None if detail.contains("monthly") => SendError::QuotaUsed(detail),
        None => SendError::Throttled {
            retry_after,
            detail,
        },
    }
}
