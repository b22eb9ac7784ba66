//! Messages of Messenger and what hangs on them.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use crate::channels::json::{self, Fields, Word, lenient, read as read_field};
use crate::domain::inbound::{InboundMessage, What};
use crate::domain::message::{Attachment, AttachmentKind, Kind};
use crate::domain::obstacle::Obstacle;

use super::webhook::{Item, fields};

/// ```json
/// {"mid":"m_2","text":"as I said","reply_to":{"mid":"m_1"},"quick_reply":{"payload":"PICK_GREEN"},
///  "attachments":[{"type":"image","payload":{"url":"https://scontent…"}}],
///  "is_echo":true,"app_id":263902037430900,"metadata":"what we sent along"}
/// ```
#[derive(Deserialize)]
struct Message<'a> {
    mid: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    text: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    is_echo: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    is_deleted: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    is_unsupported: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    metadata: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    reply_to: Option<Reference>,
    #[serde(borrow, default)]
    quick_reply: Option<&'a RawValue>,
    #[serde(borrow, default)]
    referral: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient")]
    sticker_id: Option<Word>,
    #[serde(borrow, default)]
    attachments: Option<Vec<&'a RawValue>>,
}

/// `{"mid":"m_1","is_self_reply":true}`
#[derive(Deserialize)]
struct Reference {
    mid: Option<Word>,
}

/// Reads a `message`: the customer's, an echo of the page's own, or one that is taken back.
pub fn read(item: &Item, raw: &str) -> Result<What, Obstacle> {
    let message: Message<'_> = serde_json::from_str(raw).map_err(json::misread)?;
    let platform_id = json::filled(message.mid).ok_or(Obstacle::NoMessageId)?;
    if message.is_deleted == Some(true) {
        return Ok(What::Unsent { platform_id });
    }
    let text = json::text(message.text);
    let mut attachments = attachments(&message.attachments.unwrap_or_default(), message.sticker_id);
    attachments.extend(message.referral.and_then(|raw| referral_card(raw.get())));
    // A blank bubble helps nobody: what has nothing to show is a kind that we cannot show.
    let nothing_to_show = text.is_empty() && attachments.is_empty();
    let kind = if message.is_unsupported == Some(true) || nothing_to_show {
        Kind::Unsupported
    } else if message.quick_reply.is_some() {
        Kind::Tap
    } else {
        Kind::Text
    };
    let inbound = InboundMessage {
        quote: Some(platform_id.clone()),
        platform_id: Some(platform_id),
        kind,
        text,
        attachments,
        reply_to: message
            .reply_to
            .and_then(|reference| json::filled(reference.mid)),
        read_token: None,
    };
    if message.is_echo == Some(true) || item.from_page {
        return Ok(What::Echo {
            message: inbound,
            metadata: json::filled(message.metadata),
        });
    }
    Ok(What::Message(inbound))
}

/// `{"mid":"m_40","title":"Get Started","payload":"GET_STARTED","referral":{"ref":"r","source":"SHORTLINK"}}`:
/// a tap on a button. The id is missing in old bodies, the payload in standby, and the title may be empty.
pub fn read_postback(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let label = json::filled(read_field(&fields, "title"))
        .unwrap_or_else(|| json::text(read_field(&fields, "payload")));
    let referral = json::field(&fields, "referral").and_then(referral_card);
    Ok(What::Message(InboundMessage {
        quote: None,
        platform_id: json::filled(read_field(&fields, "mid")),
        kind: Kind::Tap,
        text: label,
        attachments: referral.into_iter().collect(),
        reply_to: None,
        read_token: None,
    }))
}

/// `{"ref":"r","ad_id":"6302572858686","source":"ADS","ads_context_data":{"ad_title":"Ad",…}}` or
/// `{"product":{"id":"1"}}`: what the customer looked at when he wrote, as a card. `None` for a mere link.
fn referral_card(raw: &str) -> Option<Attachment> {
    let fields = fields(raw).ok()?;
    if let Some(product) = read_field::<Fields<'_>>(&fields, "product") {
        let id = json::text(read_field(&product, "id"));
        return Some(card(
            AttachmentKind::Product,
            String::new(),
            None,
            json!({ "id": id }),
        ));
    }
    let ad = json::filled(read_field(&fields, "ad_id"))?;
    let title = read_field::<Fields<'_>>(&fields, "ads_context_data")
        .and_then(|context| json::filled(read_field(&context, "ad_title")));
    Some(card(
        AttachmentKind::Link,
        title.unwrap_or_default(),
        None,
        json!({ "ad_id": ad }),
    ))
}

/// What hangs on a message, in order. From June to August 2026 every sticker came twice, as an image and
/// as a sticker with the same address; older bodies have only the image and the id beside it.
fn attachments(raw: &[&RawValue], sticker_id: Option<Word>) -> Vec<Attachment> {
    let all: Vec<Attachment> = raw
        .iter()
        .flat_map(|raw| read_attachment(raw.get()))
        .collect();
    let is_sticker = |attachment: &Attachment| attachment.kind == AttachmentKind::Sticker;
    let named = sticker_id.map(|id| id.0);
    if let (Some(id), false) = (&named, all.iter().any(is_sticker)) {
        let first = all.into_iter().next();
        return vec![sticker(id, first.and_then(|image| image.url))];
    }
    let mut kept: Vec<Attachment> = Vec::new();
    for attachment in &all {
        let twin = |other: &Attachment| {
            is_sticker(other) && (other.url.is_some() && other.url == attachment.url)
        };
        let is_shadow = attachment.kind == AttachmentKind::Picture && all.iter().any(twin);
        let is_repeated = is_sticker(attachment) && kept.contains(attachment);
        if !is_shadow && !is_repeated {
            kept.push(attachment.clone());
        }
    }
    kept
}

/// `{"type":"image","payload":{"url":"https://scontent.xx.fbcdn.net/v/…"}}`. A `fallback` has had four
/// shapes: the payload an object, a text, or null with `title` and `url` (or `URL`) beside it.
#[derive(Deserialize)]
struct RawAttachment<'a> {
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    kind: Option<Word>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient")]
    title: Option<Word>,
    #[serde(default, alias = "URL", deserialize_with = "lenient")]
    url: Option<Word>,
}

fn read_attachment(raw: &str) -> Vec<Attachment> {
    let Ok(attachment) = serde_json::from_str::<RawAttachment<'_>>(raw) else {
        return vec![card(
            AttachmentKind::Other,
            String::new(),
            None,
            Value::Null,
        )];
    };
    let kind = json::text(attachment.kind);
    let raw_payload = attachment.payload.map_or("null", RawValue::get);
    let payload: Fields<'_> = serde_json::from_str(raw_payload).unwrap_or_default();
    let detail: Value = serde_json::from_str(raw_payload).unwrap_or_default();
    let address = json::filled(read_field(&payload, "url"))
        .or_else(|| json::filled(attachment.url))
        .or_else(|| json::filled(serde_json::from_str(raw_payload).ok()));
    let title = json::filled(read_field(&payload, "title"))
        .or_else(|| json::filled(attachment.title))
        .unwrap_or_default();
    let url = address.as_deref().and_then(public_address);
    let one = |kind, name, detail| vec![card(kind, name, url.clone(), detail)];
    match kind.as_str() {
        "image" => match json::filled(read_field(&payload, "sticker_id")) {
            Some(id) => vec![sticker(&id, url)],
            None => one(AttachmentKind::Picture, String::new(), Value::Null),
        },
        "video" => one(AttachmentKind::Video, String::new(), Value::Null),
        "audio" => one(AttachmentKind::Audio, String::new(), Value::Null),
        "file" => {
            let name = url.as_deref().and_then(file_name).unwrap_or_default();
            one(AttachmentKind::File, name, Value::Null)
        }
        "sticker" => {
            let id = json::text(read_field(&payload, "sticker_id"));
            vec![sticker(&id, url)]
        }
        "location" => {
            let place: Fields<'_> = read_field(&payload, "coordinates").unwrap_or_default();
            let number = |name| read_field::<f64>(&place, name);
            let detail = json!({ "latitude": number("lat"), "longitude": number("long") });
            one(AttachmentKind::Location, title, detail)
        }
        "fallback" | "share" => one(AttachmentKind::Link, title, Value::Null),
        "post" | "ig_post" | "reel" | "ig_reel" | "ig_story" | "story_mention" => {
            one(AttachmentKind::Post, title, detail)
        }
        "appointment_booking" => one(AttachmentKind::Appointment, title, detail),
        "template" => template(&payload, title, url, detail),
        _ => one(AttachmentKind::Other, kind.clone(), detail),
    }
}

/// `{"product":{"elements":[{"id":"1","title":"Shoes","subtitle":"$10"}]}}`, or a card with buttons sent
/// by an application, of which often nothing but the title is told.
fn template(
    payload: &Fields<'_>,
    title: String,
    url: Option<String>,
    detail: Value,
) -> Vec<Attachment> {
    let elements = |name| {
        let part: Fields<'_> = read_field(payload, name)?;
        let elements: Vec<Fields<'_>> = read_field(&part, "elements")?;
        (!elements.is_empty()).then_some(elements)
    };
    let cards = |kind, elements: Vec<Fields<'_>>| {
        let one = |element: &Fields<'_>| {
            let title = json::text(read_field(element, "title"));
            let url = json::filled(read_field(element, "url"));
            let subtitle: String = json::text(read_field(element, "subtitle"));
            let id: String = json::text(read_field(element, "id"));
            let detail = json!({ "id": id, "subtitle": subtitle });
            card(kind, title, url.as_deref().and_then(public_address), detail)
        };
        elements.iter().map(one).collect()
    };
    if let Some(products) = elements("product") {
        return cards(AttachmentKind::Product, products);
    }
    if let Some(links) = elements("generic") {
        return cards(AttachmentKind::Link, links);
    }
    if title.is_empty() {
        return vec![card(
            AttachmentKind::Other,
            "template".to_owned(),
            url,
            detail,
        )];
    }
    vec![card(AttachmentKind::Link, title, url, detail)]
}

fn card(kind: AttachmentKind, name: String, url: Option<String>, detail: Value) -> Attachment {
    Attachment {
        kind,
        name,
        size_bytes: None,
        url,
        detail,
    }
}

/// The thumb in its three sizes is a sticker too; it is the one that has a name.
fn sticker(id: &str, url: Option<String>) -> Attachment {
    let name = match id {
        "369239263222822" | "369239343222814" | "369239383222810" => "👍",
        _ => "",
    };
    card(
        AttachmentKind::Sticker,
        name.to_owned(),
        url,
        json!({ "sticker_id": id }),
    )
}

/// An address on the web. Facebook writes some of its own without the host: `/reel/…`.
fn public_address(address: &str) -> Option<String> {
    if address.starts_with('/') && !address.starts_with("//") {
        return Some(format!("https://www.facebook.com{address}"));
    }
    json::web_address(address)
}

/// `https://cdn.fbsbx.com/v/t59…/Invoice-7.pdf?…`: the body tells no file name, the address does.
fn file_name(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let last = url.path_segments()?.next_back()?;
    let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    (!name.is_empty()).then(|| name.into_owned())
}
