//! Messages of LINE.

use serde_json::{Value, json};

use crate::channels::json::{self, Fields, field, read as read_field};
use crate::domain::inbound::{InboundMessage, What};
use crate::domain::message::{Attachment, AttachmentKind, Kind};
use crate::domain::obstacle::Obstacle;

/// `{"type":"text","id":"444573844083572737","text":"Hello","quoteToken":"q3…","quotedMessageId":"444…"}`
pub fn read(raw: &str) -> Result<What, Obstacle> {
    let message: Fields<'_> = serde_json::from_str(raw).map_err(json::misread)?;
    let platform_id = json::filled(read_field(&message, "id")).ok_or(Obstacle::NoMessageId)?;
    let kind: String = json::text(read_field(&message, "type"));
    let is_text = kind == "text";
    let text = if is_text {
        json::text(read_field(&message, "text"))
    } else {
        String::new()
    };
    Ok(What::Message(InboundMessage {
        platform_id: Some(platform_id),
        kind: if is_text && text.is_empty() {
            Kind::Unsupported
        } else {
            Kind::Text
        },
        text,
        attachments: if is_text {
            Vec::new()
        } else {
            vec![attachment(&kind, &message)]
        },
        reply_to: json::filled(read_field(&message, "quotedMessageId")),
        quote: json::filled(read_field(&message, "quoteToken")),
        read_token: json::filled(read_field(&message, "markAsReadToken")),
    }))
}

fn attachment(kind: &str, message: &Fields<'_>) -> Attachment {
    let word = |name| json::filled(read_field(message, name));
    let number = |name| read_field::<f64>(message, name);
    match kind {
        "image" => content(AttachmentKind::Picture, message),
        "video" => content(AttachmentKind::Video, message),
        "audio" => content(AttachmentKind::Audio, message),
        // {"type":"file","id":"325708","fileName":"file.txt","fileSize":2138}
        "file" => Attachment {
            name: word("fileName").unwrap_or_default(),
            size_bytes: word("fileSize").and_then(|size| size.parse().ok()),
            ..content(AttachmentKind::File, message)
        },
        // {"type":"location","title":"my location","address":"1-3 Kioicho","latitude":35.67966,"longitude":139.73669}
        "location" => Attachment {
            kind: AttachmentKind::Location,
            name: word("title").unwrap_or_default(),
            size_bytes: None,
            url: None,
            detail: json!({
                "latitude": number("latitude"),
                "longitude": number("longitude"),
                "address": word("address"),
            }),
        },
        "sticker" => sticker(message),
        other => Attachment {
            kind: AttachmentKind::Other,
            name: other.to_owned(),
            size_bytes: None,
            url: None,
            detail: Value::Null,
        },
    }
}

/// What LINE keeps for us under the message's id, or what an application keeps somewhere else:
/// ```json
/// {"type":"image","id":"354718","contentProvider":{"type":"external","originalContentUrl":"https://…"},
///  "imageSet":{"id":"E005D41A7288F41B65593ED38FF6E9834B046AB36A37921A56BC236F13A91855","index":1,"total":2}}
/// ```
fn content(kind: AttachmentKind, message: &Fields<'_>) -> Attachment {
    let provider: Fields<'_> = read_field(message, "contentProvider").unwrap_or_default();
    let provider_kind = json::filled(read_field(&provider, "type"));
    let url = json::filled(read_field(&provider, "originalContentUrl"));
    let image_set = field(message, "imageSet").and_then(|raw| serde_json::from_str(raw).ok());
    Attachment {
        kind,
        name: String::new(),
        size_bytes: None,
        url: url.as_deref().and_then(json::web_address),
        detail: json!({
            "provider": provider_kind.unwrap_or_else(|| "line".to_owned()),
            "duration_ms": read_field::<u64>(message, "duration"),
            "image_set": image_set.unwrap_or(Value::Null),
        }),
    }
}

/// `{"type":"sticker","packageId":"446","stickerId":"1988","stickerResourceType":"STATIC","keywords":["Hi"],"text":"…"}`.
/// Its picture is not to be had: the words that LINE gives are its name.
fn sticker(message: &Fields<'_>) -> Attachment {
    let word = |name| json::filled(read_field(message, name));
    let keywords: Vec<String> = read_field(message, "keywords").unwrap_or_default();
    let first_keywords = keywords[..keywords.len().min(3)].join(", ");
    Attachment {
        kind: AttachmentKind::Sticker,
        name: word("text").unwrap_or(first_keywords),
        size_bytes: None,
        url: None,
        detail: json!({
            "package_id": word("packageId"),
            "sticker_id": word("stickerId"),
            "resource_type": word("stickerResourceType"),
        }),
    }
}
