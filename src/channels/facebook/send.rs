//! Sends a message.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::{Value, json};

use crate::channels::{Call, Credentials, Earlier, OutFile, Sent};
use crate::crypto;
use crate::domain::delivery::{Mend, SendError};
use crate::domain::message::AttachmentKind;
use crate::domain::window::Tag;

use super::errors;
use super::graph::{Body, Failure, Graph, Query, part};

/// The Graph says so of a file's id that it does not know (any more), or of somebody else's.
const BAD_PARAMETER: i64 = 100;

/// Messenger keeps an uploaded file for 90 days; a day less, so that none is asked for that is just gone.
const KEPT: Duration = Duration::from_secs(89 * 24 * 3600);

/// `POST /{page}/messages`. By the page's id and not `me`: a token of another page is refused then.
///
/// See [`crate::channels::Channel::send`]. Messenger's send has no key by which a repetition is told
/// apart: what was in doubt once is left to its echo.
pub fn send(graph: &Graph, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
    if call.earlier != Earlier::Nothing {
        return Err(SendError::Uncertain(String::new()));
    }
    match (&call.texts[..], &call.files[..]) {
        ([text], []) => {
            let message = json!({ "text": text, "metadata": call.idempotency_key });
            post(graph, credentials, call, message, None).map_err(errors::of_send)
        }
        ([], [file]) => send_file(graph, credentials, call, file),
        _ => Err(SendError::Rejected {
            code: String::new(),
            text: "Messenger takes one message in a call".to_owned(),
        }),
    }
}

/// By the id under which Messenger has it, else by its bytes. An id that is refused was not sent: then the bytes
/// follow.
fn send_file(
    graph: &Graph,
    credentials: &Credentials,
    call: &Call,
    file: &OutFile,
) -> Result<Sent, SendError> {
    let message = |payload: Value| {
        json!({
            "attachment": { "type": kind(file), "payload": payload },
            "metadata": call.idempotency_key,
        })
    };
    if let Some(id) = &file.known_as {
        let known = message(json!({ "attachment_id": id }));
        match post(graph, credentials, call, known, None) {
            Err(Failure::Refused(refusal)) if refusal.code == BAD_PARAMETER => {}
            answered => return answered.map_err(errors::of_send),
        }
    }
    let bytes = std::fs::read(&file.path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => SendError::Mendable(Mend::FileNotTaken, String::new()),
        _ => SendError::Hindered,
    })?;
    let message = message(json!({ "is_reusable": true }));
    post(graph, credentials, call, message, Some((file, &bytes))).map_err(errors::of_send)
}

fn post(
    graph: &Graph,
    credentials: &Credentials,
    call: &Call,
    message: Value,
    file: Option<(&OutFile, &[u8])>,
) -> Result<Sent, Failure> {
    let mut body = json!({
        "recipient": { "id": call.to.platform_id },
        "messaging_type": "RESPONSE",
        "message": message,
    });
    // Beside the message, not in it. (messenger.md §4.1)
    if let Some(Some(quoted)) = call.quotes.first() {
        body["reply_to"] = json!({ "mid": quoted });
    }
    let way = match call.tag {
        None => "RESPONSE",
        Some(Tag::HumanAgent) => {
            body["messaging_type"] = "MESSAGE_TAG".into();
            body["tag"] = "HUMAN_AGENT".into();
            "HUMAN_AGENT"
        }
    };
    let query = Query {
        method: "POST",
        path: format!("{}/messages", part(&credentials.page)),
        parameters: &[],
        body: Some(match file {
            None => Body::Json(body),
            Some((file, bytes)) => multipart(&body, file, bytes),
        }),
    };
    let (answer, used_percent) = graph.ask_and_weigh(credentials, &query)?;
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    Ok(Sent {
        platform_ids: text("message_id").into_iter().collect(),
        way,
        request_id: String::new(),
        took_control: false,
        used_percent,
        kept: text("attachment_id").map(|id| (id, KEPT)),
    })
}

/// What Messenger shows it as.
fn kind(file: &OutFile) -> &'static str {
    match file.kind {
        AttachmentKind::Picture => "image",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        _ => "file",
    }
}

/// The bytes go along in a form whose other fields are those of `body`: no public address is needed.
/// (messenger.md §4.3)
fn multipart(body: &Value, file: &OutFile, bytes: &[u8]) -> Body {
    let boundary = crypto::random_token();
    let mut form = Vec::with_capacity(bytes.len() + 1024);
    for (name, value) in body.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        form.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    let could_end_it = |sign: char| matches!(sign, '"' | '\\' | ';') || sign.is_control();
    let name = file.name.replace(could_end_it, "_");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"{name}\"\r\n\
         Content-Type: {}\r\n\r\n",
        file.media_type
    );
    form.extend_from_slice(head.as_bytes());
    form.extend_from_slice(bytes);
    form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Body::Multipart(format!("multipart/form-data; boundary={boundary}"), form)
}
