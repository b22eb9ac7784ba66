//! Reply and push: what is accepted, what it costs, whom it reaches (line.md §3).

use super::super::call::Answer;
use super::super::transcript::{Side, Tick, TranscriptEntry};
use super::super::wire;
use super::World;
use super::account::is_id;
use super::errors::{LineError, bad, invalid};
use super::messages;
use super::routes::Request;
use super::state::{AcceptedPush, Phone, SentLine, State, Via};
use serde_json::{Value, json};
use std::sync::Arc;

/// A reply token works so long after its webhook went out.
const REPLY_TOKEN_MS: i64 = 60_000;

/// And never once its event is so old, however often it was redelivered.
const OLDEST_REPLY_MS: i64 = 20 * 60_000;

/// A retry key is remembered so long; later the same key sends again.
const RETRY_KEY_MS: i64 = 24 * 3_600_000;

impl World {
    /// `POST /v2/bot/message/reply`: free, once per token, without a retry key.
    pub(super) fn reply(self: &Arc<Self>, request: &Request<'_>) -> Answer {
        if request.call.header("x-line-retry-key").is_some() {
            return bad("The header 'X-Line-Retry-Key' is not supported by this endpoint");
        }
        let faults = messages::faults(&request.body);
        if !faults.is_empty() {
            return invalid(&faults);
        }
        let token = request.body["replyToken"].as_str().unwrap_or_default();
        self.change(|state| {
            let Some(reply) = state.reply_tokens.get_mut(token).filter(|reply| {
                let delivered_lately = reply
                    .delivered_at_ms
                    .is_some_and(|at_ms| request.now_ms - at_ms < REPLY_TOKEN_MS);
                reply.channel_id == request.channel_id
                    && !reply.is_used
                    && delivered_lately
                    && request.now_ms - reply.event_at_ms < OLDEST_REPLY_MS
            }) else {
                return LineError::INVALID_REPLY_TOKEN.answer();
            };
            reply.is_used = true;
            let chat = reply.chat.clone();
            let sent = accept(state, request, &chat, Via::Reply, None);
            let phone = self.phone_fetches(&chat, &sent, &request.body);
            Answer::json(200, &sent).and_then(phone)
        })
    }

    /// The chat that a reply would go to.
    pub(super) fn chat_of_reply(&self, request: &Request<'_>) -> Option<String> {
        let token = request.body["replyToken"].as_str()?;
        Some(self.state().reply_tokens.get(token)?.chat.clone())
    }

    /// `POST /v2/bot/message/push`: against the quota, once per retry key.
    pub(super) fn push(self: &Arc<Self>, request: &Request<'_>) -> Answer {
        let retry_key = request.call.header("x-line-retry-key").map(str::to_owned);
        if retry_key.as_deref().is_some_and(|key| !is_uuid(key)) {
            return bad("The value for the 'X-Line-Retry-Key' header is invalid");
        }
        self.change(|state| {
            if let Some(answer) = accepted_before(state, request, retry_key.as_deref()) {
                return answer;
            }
            let faults = messages::faults(&request.body);
            if !faults.is_empty() {
                return invalid(&faults);
            }
            let to = request.body["to"].as_str().unwrap_or_default();
            if !['U', 'C', 'R'].into_iter().any(|letter| is_id(to, letter)) {
                return bad("The property, 'to', in the request body is invalid");
            }
            let Some(cost) = reached(state, request, to) else {
                return LineError::UNKNOWN_RECIPIENT.answer();
            };
            let Some(channel) = state.channels.get_mut(&request.channel_id) else {
                return LineError::UNKNOWN_RECIPIENT.answer();
            };
            if channel
                .quota
                .is_some_and(|quota| channel.used + cost > quota)
            {
                return LineError::MONTHLY_LIMIT.answer();
            }
            channel.used += cost;
            let answer = accept(state, request, to, Via::Push, retry_key.clone());
            if let Some(key) = retry_key {
                let accepted = AcceptedPush {
                    request_id: request.request_id.clone(),
                    at_ms: request.now_ms,
                    body: request.body.clone(),
                    answer: answer.clone(),
                };
                let key = (request.channel_id.clone(), key);
                state.retry_keys.insert(key, accepted);
            }
            let phone = self.phone_fetches(to, &answer, &request.body);
            Answer::json(200, &answer).and_then(phone)
        })
    }

    /// `POST /v2/bot/message/validate/{reply,push}`: checks, sends nothing.
    pub(super) fn validate(&self, request: &Request<'_>) -> Answer {
        let faults = messages::faults(&request.body);
        match faults.is_empty() {
            true => Answer::json(200, &json!({})),
            false => invalid(&faults),
        }
    }
}

/// 409 with what was answered the first time, when this key was accepted in the last 24 hours. The
/// platform looks at the key only; a key with another body is counted as misused.
fn accepted_before(state: &mut State, request: &Request<'_>, key: Option<&str>) -> Option<Answer> {
    let key = (request.channel_id.clone(), key?.to_owned());
    let accepted = state.retry_keys.get(&key)?;
    if request.now_ms - accepted.at_ms >= RETRY_KEY_MS {
        return None;
    }
    let mut body = accepted.answer.clone();
    body["message"] = LineError::RETRY_KEY_ACCEPTED.message.into();
    let answer = Answer::json(LineError::RETRY_KEY_ACCEPTED.status, &body)
        .with_header("x-line-accepted-request-id", accepted.request_id.clone());
    if accepted.body != request.body {
        state.misused_retry_keys += 1;
    }
    Some(answer)
}

/// How many people a push to this chat reaches; `None` when this channel does not know it.
fn reached(state: &State, request: &Request<'_>, to: &str) -> Option<u64> {
    if let Some(person) = state.people.get(to) {
        return (person.channel_id == request.channel_id)
            .then(|| u64::from(person.is_reachable(request.now_ms)));
    }
    let group = state.groups.get(to)?;
    (group.channel_id == request.channel_id).then_some(group.members.len() as u64)
}

/// Enters every message into the ledger and onto the phone; returns the body of the answer.
fn accept(
    state: &mut State,
    request: &Request<'_>,
    to: &str,
    via: Via,
    retry_key: Option<String>,
) -> Value {
    let is_reached = state
        .people
        .get(to)
        .is_none_or(|person| person.is_reachable(request.now_ms));
    let mut answers = Vec::new();
    for message in request.body["messages"].as_array().into_iter().flatten() {
        let id = state.new_message_id();
        let kind = message["type"].as_str().unwrap_or_default();
        let text = message["text"].as_str();
        if let Some(person) = state.people.get_mut(to).filter(|_| is_reached) {
            let words = text.unwrap_or_default();
            let mut entry = TranscriptEntry::new(&id, Side::Business, kind, words, request.now_ms);
            entry.tick = arrival(person.phone);
            if kind == "flex" {
                entry.text = message["altText"].as_str().unwrap_or_default().to_owned();
                entry.link = button_of(&message["contents"]);
            }
            person.transcript.push(entry);
        }
        let mut answer = json!({"id": id});
        // Not every kind can be quoted.
        if !["audio", "location", "imagemap", "coupon"].contains(&kind) {
            answer["quoteToken"] = wire::long_id("q").into();
        }
        answers.push(answer);
        state.sent.push(SentLine {
            id,
            channel_id: request.channel_id.clone(),
            to: to.to_owned(),
            via,
            reply_token: match via {
                Via::Reply => request.body["replyToken"].as_str().map(str::to_owned),
                Via::Push => None,
            },
            retry_key: retry_key.clone(),
            request_id: request.request_id.clone(),
            message: message.clone(),
            text: text.map(str::to_owned),
            at_ms: request.now_ms,
            is_reached,
        });
    }
    json!({"sentMessages": answers})
}

/// Where the first button of a flex message leads.
fn button_of(contents: &Value) -> Option<String> {
    match contents {
        Value::Object(fields) => match contents["action"]["uri"].as_str() {
            Some(uri) => Some(uri.to_owned()),
            None => fields.values().find_map(button_of),
        },
        Value::Array(items) => items.iter().find_map(button_of),
        _ => None,
    }
}

/// How far a message comes on such a phone at once.
pub(super) fn arrival(phone: Phone) -> Tick {
    match phone {
        Phone::Off => Tick::Sent,
        Phone::On => Tick::Delivered,
        Phone::Open => Tick::Read,
    }
}

fn is_uuid(key: &str) -> bool {
    key.len() == 36
        && key.char_indices().all(|(index, c)| match index {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn a_retry_key_is_a_uuid() {
        assert!(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
        assert!(!is_uuid("123e4567e89b12d3a456426614174000"));
        assert!(!is_uuid("123e4567-e89b-12d3-a456-42661417400g"));
    }
}
