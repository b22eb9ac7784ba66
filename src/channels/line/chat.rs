//! What is shown in the chat beside messages. (line.md §3)

use serde_json::json;

use crate::channels::Credentials;
use crate::domain::courtesy::Courtesy;
use crate::domain::delivery::SendError;
use crate::domain::inbound::{Customer, CustomerKind};
use crate::http::CallError;

use super::api::{Api, Deadline, Failure, Query, told};
use super::token::TokenError;

/// LINE takes multiples of five, from 5 to 60; the animation ends with our message.
const LOADING_S: u32 = 20;

/// The loading animation, which LINE shows one person at a time, and the mark that a message was read, for which the
/// message brought a token. LINE marks by itself where the official account's chat is switched off.
pub fn show(
    api: &Api,
    credentials: &Credentials,
    customer: &Customer,
    courtesy: Courtesy,
    read_token: Option<&str>,
) -> Result<(), SendError> {
    let query = match (courtesy, read_token) {
        (Courtesy::Writing, _) if customer.kind != CustomerKind::Person => return Ok(()),
        (Courtesy::Writing, _) => Query::post(
            "/v2/bot/chat/loading/start",
            json!({ "chatId": customer.platform_id, "loadingSeconds": LOADING_S }),
        ),
        (Courtesy::Seen, None) => return Ok(()),
        (Courtesy::Seen, Some(token)) => Query::post(
            "/v2/bot/chat/markAsRead",
            json!({ "markAsReadToken": token }),
        ),
    };
    match api.ask(credentials, Deadline::of_a_call(), &query) {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => Err(SendError::Rejected {
            code: answer.status.to_string(),
            text: told(&answer, credentials),
        }),
        Err(Failure::NoToken(TokenError::Refused(why))) => Err(SendError::Credentials(why)),
        Err(
            Failure::NoToken(TokenError::Later(why))
            | Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why)),
        ) => Err(SendError::Unreachable(why)),
    }
}
