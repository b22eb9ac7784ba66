//! Sends a message.

use serde_json::json;

use crate::channels::{Call, Credentials, Earlier, Sent};
use crate::domain::delivery::SendError;
use crate::domain::window::Tag;

use super::errors;
use super::graph::{Graph, Query, part};

/// `POST /{page}/messages`. By the page's id and not `me`: a token of another page is refused then.
///
/// The Send API knows no idempotency key. Ours goes along as `metadata`, which the echo brings back; a call
/// in doubt is never made again.
pub fn send(graph: &Graph, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
    if call.earlier != Earlier::Nothing {
        return Err(SendError::Uncertain(String::new()));
    }
    let [text] = &call.texts[..] else {
        return Err(SendError::Rejected {
            code: String::new(),
            text: "Messenger takes one message in a call".to_owned(),
        });
    };
    let mut body = json!({
        "recipient": { "id": call.to.platform_id },
        "messaging_type": "RESPONSE",
        "message": { "text": text, "metadata": call.idempotency_key },
    });
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
        body: Some(body),
    };
    let (answer, used_percent) = graph
        .ask_and_weigh(credentials, &query)
        .map_err(errors::of_send)?;
    // {"recipient_id":"5794982867201265","message_id":"m_AbC…"}
    let message_id = answer["message_id"].as_str().map(str::to_owned);
    Ok(Sent {
        platform_ids: message_id.into_iter().collect(),
        way,
        request_id: String::new(),
        used_percent,
    })
}
