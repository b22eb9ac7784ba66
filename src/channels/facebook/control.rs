//! Conversation Routing: who may write to a customer, where a page has several apps. (messenger.md §8.5)

use serde_json::json;

use crate::channels::{Call, Credentials, Earlier, Sent};
use crate::domain::courtesy::Courtesy;
use crate::domain::delivery::SendError;
use crate::domain::inbound::Customer;

use super::errors;
use super::graph::{Body, Graph, Query, part};
use super::{send, threads};

/// Sends. When another app, or the page's own inbox, holds the conversation, and a person of ours wants to write, the
/// conversation is taken over and the message sent again: it was refused, so that nothing is doubled. Taken once;
/// refused again it stays refused.
pub fn send(graph: &Graph, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
    if let Some(look) = &call.look {
        return threads::find_sent(graph, credentials, call, look);
    }
    let refused = match send::send(graph, credentials, call) {
        Err(refused @ SendError::HeldElsewhere(_)) => refused,
        sent => return sent,
    };
    if !call.by_person || call.earlier != Earlier::Nothing {
        return Err(refused);
    }
    if !take(graph, credentials, &call.to) {
        return Err(refused);
    }
    let sent = send::send(graph, credentials, call)?;
    Ok(Sent {
        took_control: true,
        ..sent
    })
}

/// `POST /{page}/take_thread_control`: only the page's default app may. False when it may not.
fn take(graph: &Graph, credentials: &Credentials, customer: &Customer) -> bool {
    let query = Query {
        method: "POST",
        path: format!("{}/take_thread_control", part(&credentials.page)),
        parameters: &[],
        body: Some(Body::Json(
            json!({ "recipient": { "id": customer.platform_id } }),
        )),
    };
    graph.ask(credentials, &query).is_ok()
}

/// `sender_action` goes alone with the recipient. (messenger.md §4.1)
pub fn show(
    graph: &Graph,
    credentials: &Credentials,
    customer: &Customer,
    courtesy: Courtesy,
) -> Result<(), SendError> {
    let action = match courtesy {
        Courtesy::Writing => "typing_on",
        Courtesy::Seen => "mark_seen",
    };
    let query = Query {
        method: "POST",
        path: format!("{}/messages", part(&credentials.page)),
        parameters: &[],
        body: Some(Body::Json(json!({
            "recipient": { "id": customer.platform_id },
            "sender_action": action,
        }))),
    };
    graph
        .ask(credentials, &query)
        .map(drop)
        .map_err(errors::of_send)
}
