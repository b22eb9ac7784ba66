//! The Send API's request: JSON, form or multipart, and what is wrong with it by itself
//! (messenger.md §4.1 and §4.3).

use super::super::call::Answer;
use super::super::transcript::Enclosed;
use super::errors::{GraphError, invalid};
use super::routes::Request;
use serde_json::Value;

/// Tags that died in April 2026 (messenger.md §5).
const DEAD_TAGS: [&str; 3] = [
    "CONFIRMED_EVENT_UPDATE",
    "ACCOUNT_UPDATE",
    "POST_PURCHASE_UPDATE",
];

/// The longest text, in characters.
const LONGEST_TEXT: usize = 2000;

/// The longest metadata, in characters.
const LONGEST_METADATA: usize = 1000;

/// The largest file: 25 MB.
const LARGEST_FILE: usize = 25 << 20;

/// What is to be sent, in itself without fault.
#[derive(Debug)]
pub(super) struct SendRequest {
    pub(super) recipient: String,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// `typing_on`, `typing_off`, `mark_seen`, `react`, `unreact`.
    Action(String),
    Message {
        messaging_type: String,
        tag: Option<String>,
        text: Option<String>,
        attachment: Option<Value>,
        /// The file that came along.
        file: Option<Enclosed>,
        metadata: Option<String>,
    },
}

impl SendRequest {
    pub(super) fn read(request: &Request<'_>) -> Result<Self, Answer> {
        let recipient = object(request, "recipient")?
            .ok_or_else(|| invalid("The parameter recipient is required"))?;
        let recipient = recipient["id"]
            .as_str()
            .ok_or_else(|| invalid("Param recipient[id] must be a valid ID string"))?
            .to_owned();
        let message = object(request, "message")?;
        let what = match (request.parameter("sender_action"), message) {
            (Some(_), Some(_)) => {
                return Err(invalid("Cannot send message and sender_action at once"));
            }
            (Some(action), None) => action_of(action)?,
            (None, Some(message)) => message_of(request, &message)?,
            (None, None) => return Err(invalid("The parameter message is required")),
        };
        Ok(Self { recipient, what })
    }

    /// The attachment of a `message_attachments` call.
    pub(super) fn read_upload(request: &Request<'_>) -> Result<Option<Enclosed>, Answer> {
        let message = object(request, "message")?
            .ok_or_else(|| invalid("The parameter message is required"))?;
        match attachment_of(request, &message)? {
            (Some(_), file) => Ok(file),
            (None, _) => Err(invalid("Param message[attachment] is required")),
        }
    }
}

/// A parameter that must be a JSON object; in forms and multipart it comes as text.
fn object(request: &Request<'_>, name: &str) -> Result<Option<Value>, Answer> {
    let Some(text) = request.parameter(name) else {
        return Ok(None);
    };
    match serde_json::from_str(&text) {
        Ok(value @ Value::Object(_)) => Ok(Some(value)),
        _ => Err(invalid(&format!("Param {name} must be a JSON object"))),
    }
}

fn action_of(action: String) -> Result<What, Answer> {
    match action.as_str() {
        "typing_on" | "typing_off" | "mark_seen" | "react" | "unreact" => Ok(What::Action(action)),
        _ => Err(invalid(
            "Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN, REACT, UNREACT}",
        )),
    }
}

fn message_of(request: &Request<'_>, message: &Value) -> Result<What, Answer> {
    let messaging_type = request
        .parameter("messaging_type")
        .ok_or_else(|| invalid("The parameter messaging_type is required"))?;
    let tag = request.parameter("tag");
    check_type(&messaging_type, tag.as_deref())?;
    let metadata = message["metadata"].as_str().map(str::to_owned);
    if metadata
        .as_ref()
        .is_some_and(|it| it.chars().count() > LONGEST_METADATA)
    {
        return Err(invalid(
            "Length of param message[metadata] must be less than or equal to 1000",
        ));
    }
    let text = text_of(message)?;
    let (attachment, file) = attachment_of(request, message)?;
    if text.is_none() && attachment.is_none() {
        return Err(invalid("Must send at least one of text or attachment"));
    }
    Ok(What::Message {
        messaging_type,
        tag,
        text,
        attachment,
        file,
        metadata,
    })
}

fn check_type(messaging_type: &str, tag: Option<&str>) -> Result<(), Answer> {
    match (messaging_type, tag) {
        ("RESPONSE" | "UPDATE" | "UTILITY", None) | ("MESSAGE_TAG", Some("HUMAN_AGENT")) => Ok(()),
        ("MESSAGE_TAG", None) => Err(invalid("The parameter tag is required with MESSAGE_TAG")),
        (_, Some(tag)) if DEAD_TAGS.contains(&tag) => Err(GraphError::DEAD_TAG.answer()),
        ("MESSAGE_TAG", Some(_)) => Err(invalid("Param tag must be one of {HUMAN_AGENT}")),
        ("RESPONSE" | "UPDATE" | "UTILITY", Some(_)) => {
            Err(invalid("Param tag must only be set with MESSAGE_TAG"))
        }
        _ => Err(invalid(
            "Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}",
        )),
    }
}

fn text_of(message: &Value) -> Result<Option<String>, Answer> {
    let text = match &message["text"] {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        _ => return Err(invalid("Param message[text] must be a string")),
    };
    if text.trim().is_empty() {
        return Err(invalid(
            "Param message[text] must be a non-empty UTF-8 encoded string",
        ));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(invalid(
            "Length of param message[text] must be less than or equal to 2000",
        ));
    }
    Ok(Some(text.clone()))
}

/// The attachment, with an uploaded file described in its payload.
fn attachment_of(
    request: &Request<'_>,
    message: &Value,
) -> Result<(Option<Value>, Option<Enclosed>), Answer> {
    let Some(mut attachment) = message.get("attachment").cloned() else {
        return Ok((None, None));
    };
    let kind = attachment["type"].as_str().unwrap_or_default().to_owned();
    if !["image", "audio", "video", "file", "template"].contains(&kind.as_str()) {
        return Err(invalid(
            "Param message[attachment][type] must be one of {AUDIO, FILE, IMAGE, TEMPLATE, VIDEO}",
        ));
    }
    let files: Vec<_> = request
        .call
        .parts()
        .unwrap_or_default()
        .into_iter()
        .filter(|part| part.file_name.is_some())
        .collect();
    match files.as_slice() {
        [] if kind != "template"
            && ["url", "attachment_id"]
                .iter()
                .all(|name| attachment["payload"][name].as_str().is_none()) =>
        {
            Err(invalid(
                "Incorrect number of files uploaded. Must upload exactly one file.",
            ))
        }
        [] => Ok((Some(attachment), None)),
        [file] => {
            let media_type = file.content_type.as_deref().unwrap_or_default();
            if kind != "file" && !media_type.starts_with(&format!("{kind}/")) {
                return Err(GraphError::WRONG_MEDIA_TYPE.answer());
            }
            if file.body.len() > LARGEST_FILE {
                return Err(GraphError::MEDIA_TOO_BIG.answer());
            }
            attachment["payload"]["file_name"] = file.file_name.as_deref().into();
            attachment["payload"]["media_type"] = media_type.into();
            attachment["payload"]["size"] = file.body.len().into();
            let enclosed = Enclosed {
                name: file.file_name.clone().unwrap_or_default(),
                media_type: media_type.to_owned(),
                bytes: file.body.as_slice().into(),
            };
            Ok((Some(attachment), Some(enclosed)))
        }
        _ => Err(invalid(
            "Incorrect number of files uploaded. Must upload exactly one file.",
        )),
    }
}
