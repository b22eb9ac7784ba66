//! What LINE calls us with: the signature, and bodies full of events.
//!
//! LINE adds event types, message types and properties without notice, and its own samples lack fields
//! that its specification demands: what is not needed may be missing, what is unknown is shown by name.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::channels::json::{self, Fields, Word, field, lenient, read};
use crate::crypto::{self, Secret};
use crate::domain::inbound::{
    Customer, CustomerKind, Inbound, InboundMessage, PageEffect, PageNotice, Parsed, Remark,
    ReplyToken, What,
};
use crate::domain::message::Kind;
use crate::domain::obstacle::Obstacle;
use crate::domain::time::Timestamp;

use super::message;

/// `x-line-signature: <base64>`, HMAC-SHA256 of the raw body under the channel secret. The console's
/// *Verify* signs its empty body too, so a wrong secret shows there.
pub fn verify(secret: &Secret, header: &dyn Fn(&str) -> Vec<String>, body: &[u8]) -> bool {
    let [signature] = &header("x-line-signature")[..] else {
        return false;
    };
    STANDARD.decode(signature).is_ok_and(|tag| {
        tag.len() == 32 && crypto::verify_hmac_sha256(secret.expose().as_bytes(), body, &tag)
    })
}

/// `{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[…]}`; the console's *Verify* and the
/// webhook test send no events.
#[derive(Deserialize)]
struct Body<'a> {
    destination: Option<Word>,
    #[serde(borrow)]
    events: Option<Vec<&'a RawValue>>,
}

/// Cuts a body into events. See [`crate::channels::Channel::parse`].
pub fn parse(body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, Obstacle> {
    let body: Body<'_> = serde_json::from_slice(body).map_err(json::misread)?;
    let page = json::text(body.destination);
    let Some(events) = body.events else {
        return Err(Obstacle::NoEvents);
    };
    if events.is_empty() {
        return Ok(vec![Parsed {
            raw: wrapped(&page, ""),
            event: Ok(bare(&page, received_at, What::Test)),
        }]);
    }
    Ok(events
        .into_iter()
        .map(|raw| Parsed {
            raw: wrapped(&page, raw.get()),
            event: read_event(&page, raw.get(), received_at),
        })
        .collect())
}

/// A body with every reply token emptied. By its letters, because it may be one that cannot be parsed.
pub fn without_reply_tokens(body: &str) -> String {
    const NAME: &str = "\"replyToken\"";
    let mut kept = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find(NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        kept.push_str(before);
        let value = after.trim_start_matches(|sign: char| sign.is_whitespace() || sign == ':');
        kept.push_str(&after[..after.len() - value.len()]);
        rest = match value.strip_prefix('"') {
            // A token has no quotation mark in it; one that is cut off ends with the body.
            Some(token) => {
                kept.push_str("\"\"");
                token.split_once('"').map_or("", |(_, rest)| rest)
            }
            None => value,
        };
    }
    kept.push_str(rest);
    kept
}

/// A body with only one event.
fn wrapped(page: &str, event: &str) -> String {
    let page = serde_json::Value::from(page);
    format!(r#"{{"destination":{page},"events":[{event}]}}"#)
}

/// An event that concerns no conversation.
fn bare(page: &str, at: Timestamp, what: What) -> Inbound {
    Inbound {
        page: page.to_owned(),
        customer: None,
        at,
        key: None,
        reply_token: None,
        standby: false,
        what,
    }
}

/// The part that all events share:
/// ```json
/// {"type":"message","mode":"active","timestamp":1780500000100,"source":{"type":"user","userId":"U4af…"},
///  "webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":false},
///  "replyToken":"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA","message":{…}}
/// ```
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: Word,
    #[serde(default, deserialize_with = "lenient")]
    mode: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    timestamp: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    source: Option<Source>,
    #[serde(default, rename = "webhookEventId", deserialize_with = "lenient")]
    id: Option<Word>,
    #[serde(default, rename = "deliveryContext", deserialize_with = "lenient")]
    delivery: Option<Delivery>,
    #[serde(default, rename = "replyToken", deserialize_with = "lenient")]
    reply_token: Option<Word>,
}

/// `{"type":"group","groupId":"Ca56…","userId":"U4af…"}`; the user is not always told.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    #[serde(rename = "type")]
    kind: Word,
    user_id: Option<Word>,
    group_id: Option<Word>,
    room_id: Option<Word>,
}

impl Source {
    /// A group's talk belongs to the group, never to the person who spoke.
    fn customer(self) -> Option<Customer> {
        let user = json::filled(self.user_id);
        let (kind, platform_id, speaker) = match self.kind.0.as_str() {
            "group" => (CustomerKind::Group, json::filled(self.group_id)?, user),
            "room" => (CustomerKind::Room, json::filled(self.room_id)?, user),
            _ => (CustomerKind::Person, user?, None),
        };
        Some(Customer {
            platform_id,
            kind,
            speaker,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    is_redelivery: Option<bool>,
}

/// A reply token holds for a minute after the webhook came; this much of it is left for the way back.
const TOKEN_LIFE: Duration = Duration::from_secs(60 - 5);
/// With a redelivery it holds for another minute, unless the event is older than this.
const TOKEN_REVIVAL: Duration = Duration::from_secs(20 * 60);

/// The tokens of the two made-up events that the console's *Verify* sent before 2019, and that some
/// simulators still send.
fn is_dummy(token: &str) -> bool {
    token.len() == 32
        && (token.bytes().all(|sign| sign == b'0') || token.bytes().all(|sign| sign == b'f'))
}

fn read_event(page: &str, raw: &str, received_at: Timestamp) -> Result<Inbound, Obstacle> {
    let event: Event = serde_json::from_str(raw).map_err(json::misread)?;
    let fields: Fields<'_> = serde_json::from_str(raw).map_err(json::misread)?;
    let at = json::moment(event.timestamp.as_ref(), received_at).unwrap_or(received_at);
    let token = json::filled(event.reply_token);
    if token.as_deref().is_some_and(is_dummy) {
        return Ok(bare(page, at, What::Test));
    }
    let kind = event.kind.0;
    let standby = event.mode.is_some_and(|mode| mode.0 == "standby");
    let is_redelivery = event
        .delivery
        .is_some_and(|delivery| delivery.is_redelivery == Some(true));
    let revives = !is_redelivery || received_at.since(at) <= TOKEN_REVIVAL;
    let customer = event.source.and_then(Source::customer);
    let what = read_kind(&kind, &fields)?;
    if matches!(what, What::Message(_)) && customer.is_none() {
        return Err(Obstacle::NoCustomer);
    }
    let key = is_keyed(&what).then(|| {
        let when = json::text(event.timestamp);
        match json::filled(event.id) {
            // LINE's samples use one id for events of several kinds; a redelivery changes none of the three.
            Some(id) => format!("{kind}:{id}:{when}"),
            None => {
                let who = customer
                    .as_ref()
                    .map_or("", |customer| &customer.platform_id);
                // Without its token, as it may have been parked.
                json::event_key(&[page, who, &kind, &when], &without_reply_tokens(raw))
            }
        }
    });
    Ok(Inbound {
        customer,
        key,
        reply_token: token
            .filter(|_| !standby && revives)
            .map(|token| ReplyToken {
                token,
                expires_at: received_at.plus(TOKEN_LIFE),
            }),
        standby,
        ..bare(page, at, what)
    })
}

/// Whether coming twice would change something: all but messages, which LINE's message id tells.
fn is_keyed(what: &What) -> bool {
    match what {
        What::Message(message) => message.platform_id.is_none(),
        What::Edited { .. }
        | What::Followed
        | What::Unfollowed
        | What::Remark(_)
        | What::Page(_) => true,
        _ => false,
    }
}

fn read_kind(kind: &str, event: &Fields<'_>) -> Result<What, Obstacle> {
    // The object that carries what is particular to the kind.
    let part = |name: &str| read::<Fields<'_>>(event, name).unwrap_or_default();
    let detail = |part_name: &str, name: &str| json::text(read(&part(part_name), name));
    let what = match kind {
        "message" => message::read(field(event, "message").ok_or(Obstacle::NoMessage)?)?,
        "messageEdited" => What::Edited {
            platform_id: message_id(&part("message"), "id")?,
            text: detail("message", "text"),
        },
        "unsend" => What::Unsent {
            platform_id: message_id(&part("unsend"), "messageId")?,
        },
        "follow" => What::Followed,
        "unfollow" => What::Unfollowed,
        "join" => remark("group-joined", String::new()),
        "leave" => remark("group-left", String::new()),
        "memberJoined" => remark("members-joined", members(&part("joined"))),
        "memberLeft" => remark("members-left", members(&part("left"))),
        "postback" => read_postback(&part("postback")),
        "videoPlayComplete" => remark("video-watched", detail("videoPlayComplete", "trackingId")),
        "beacon" => match detail("beacon", "type").as_str() {
            // Comes again every few seconds while somebody stands near.
            "stay" => What::Nothing("beacon-stay"),
            "banner" => remark("beacon-banner", detail("beacon", "hwid")),
            _ => remark("beacon-entered", detail("beacon", "hwid")),
        },
        "accountLink" => match detail("link", "result").as_str() {
            "failed" => remark("account-link-failed", String::new()),
            _ => remark("account-linked", String::new()),
        },
        "membership" => {
            let word = match detail("membership", "type").as_str() {
                "left" => "membership-left",
                "renewed" => "membership-renewed",
                _ => "membership-joined",
            };
            remark(word, detail("membership", "membershipId"))
        }
        "module" => match detail("module", "type").as_str() {
            "detached" => notice(
                "app-detached",
                detail("module", "reason"),
                PageEffect::Tells,
            ),
            _ => notice("app-attached", String::new(), PageEffect::Tells),
        },
        "activated" => remark("control-gained", String::new()),
        "deactivated" => remark("control-lost", String::new()),
        "botSuspended" => notice("account-suspended", String::new(), PageEffect::Pauses),
        "botResumed" => notice("account-resumed", String::new(), PageEffect::Resumes),
        "delivery" => remark("notice-delivered", detail("delivery", "data")),
        other => remark("unknown-event", other.to_owned()),
    };
    Ok(what)
}

fn remark(word: &'static str, detail: String) -> What {
    What::Remark(Remark {
        word,
        detail,
        opens_window: false,
    })
}

fn notice(word: &'static str, detail: String, effect: PageEffect) -> What {
    What::Page(PageNotice {
        word,
        detail,
        effect,
    })
}

fn message_id(part: &Fields<'_>, name: &str) -> Result<String, Obstacle> {
    json::filled(read(part, name)).ok_or(Obstacle::NoSubject)
}

/// `{"members":[{"type":"user","userId":"U4af…"}]}`: how many; who they are is not told by name.
fn members(part: &Fields<'_>) -> String {
    let members: Vec<&RawValue> = read(part, "members").unwrap_or_default();
    members.len().to_string()
}

/// `{"data":"storeId=12345","params":{"datetime":"2017-12-25T01:00"}}`: a tap on a button, a choice of
/// date or time, or a change of the menu under the conversation (`newRichMenuAliasId`, `status`).
fn read_postback(postback: &Fields<'_>) -> What {
    let params: Fields<'_> = read(postback, "params").unwrap_or_default();
    let param = |name| json::filled(read(&params, name));
    if param("newRichMenuAliasId")
        .or_else(|| param("status"))
        .is_some()
    {
        return remark(
            "menu-switched",
            param("newRichMenuAliasId").unwrap_or_default(),
        );
    }
    let chosen = param("datetime")
        .or_else(|| param("date"))
        .or_else(|| param("time"));
    What::Message(InboundMessage {
        kind: Kind::Tap,
        text: chosen.unwrap_or_else(|| json::text(read(postback, "data"))),
        ..InboundMessage::default()
    })
}
