//! Webhook bodies and signatures, and the calls that look after the webhook's address
//! (line.md §1 and §5).

use super::super::call::Answer;
use super::super::courier::{Delivery, Post, Postman};
use super::super::fault::Fault;
use super::super::transcript::{Side, Tick};
use super::super::wire::{self, Escapes, Signature};
use super::errors::{LineError, bad};
use super::routes::Request;
use super::state::{ChatMode, State};
use super::{Line, Memory, World};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST …/webhook/test` may be called so often an hour.
const TESTS_PER_HOUR: usize = 60;

pub(super) struct LinePostman(pub(super) Arc<Memory>);

impl Postman for LinePostman {
    fn post(&self, delivery: &Delivery) -> Option<Post> {
        let now_ms = self.0.now_ms();
        let is_redelivery = !delivery.attempts.is_empty();
        let mut state = self.0.state.lock();
        let mut events = Vec::new();
        for event in &delivery.events {
            let mut event = event.item.clone();
            event["deliveryContext"]["isRedelivery"] = is_redelivery.into();
            let token = event["replyToken"].as_str().unwrap_or_default();
            if let Some(reply) = state.reply_tokens.get_mut(token) {
                reply.delivered_at_ms = Some(now_ms);
            }
            events.push(event);
        }
        let channel = state.channels.get(&delivery.account)?;
        let url = channel.endpoint.clone()?;
        Some(post(&state, &delivery.account, &url, events))
    }

    fn is_received(&self, status: u16) -> bool {
        (200..300).contains(&status)
    }

    fn strike(&self, place: &str) -> Option<Fault> {
        self.0.state.lock().faults.strike_delivery(place)
    }

    fn delivered(&self, delivery: &Delivery) {
        let mut state = self.0.state.lock();
        let channel = state.channels.get(&delivery.account);
        // With Chat off LINE marks everything as read by itself (line.md §7).
        let is_read_by_itself =
            channel.is_some_and(|channel| channel.bot.chat_mode == ChatMode::Bot);
        for event in &delivery.events {
            let user_id = event.item["source"]["userId"].as_str().unwrap_or_default();
            let message_id = event.item["message"]["id"].as_str().unwrap_or_default();
            if let Some(person) = state.people.get_mut(user_id) {
                person.transcript.tick(message_id, Tick::Delivered);
                if is_read_by_itself {
                    person.transcript.tick_all(Side::Customer, Tick::Read);
                }
            }
        }
    }

    fn now_ms(&self) -> i64 {
        self.0.now_ms()
    }
}

/// A signed webhook with these events.
fn post(state: &State, channel_id: &str, url: &str, events: Vec<Value>) -> Post {
    let channel = state.channels.get(channel_id);
    let destination = channel.map_or("", |channel| &channel.bot.user_id);
    let secret = channel.map_or("", |channel| &channel.secret);
    let body = json!({"destination": destination, "events": events});
    let body = wire::json_bytes(&body, Escapes::Line);
    Post {
        url: url.to_owned(),
        headers: vec![("x-line-signature", wire::line_signature(secret, &body))],
        body,
    }
}

impl World {
    /// `GET /v2/bot/channel/webhook/endpoint`.
    pub(super) fn endpoint(&self, request: &Request<'_>) -> Answer {
        let state = self.state();
        let channel = state.channels.get(&request.channel_id);
        match channel.and_then(|channel| Some((channel.endpoint.as_deref()?, channel))) {
            None => no_endpoint(),
            Some((endpoint, channel)) => Answer::json(
                200,
                &json!({"endpoint": endpoint, "active": channel.is_webhook_active}),
            ),
        }
    }

    /// `PUT /v2/bot/channel/webhook/endpoint`.
    pub(super) fn set_endpoint(&self, request: &Request<'_>) -> Answer {
        let endpoint = request.body["endpoint"].as_str().unwrap_or_default();
        if !is_endpoint(endpoint) {
            return bad("Invalid webhook endpoint URL");
        }
        self.change(|state| {
            if let Some(channel) = state.channels.get_mut(&request.channel_id) {
                channel.endpoint = Some(endpoint.to_owned());
            }
        });
        Answer::json(200, &json!({}))
    }

    /// `POST /v2/bot/channel/webhook/test`: really posts an empty list of events, signed.
    pub(super) fn test_webhook(&self, request: &Request<'_>) -> Answer {
        let wanted = request.body["endpoint"].as_str();
        if wanted.is_some_and(|wanted| !is_endpoint(wanted)) {
            return bad("Invalid webhook endpoint URL");
        }
        let planned = self.change(|state| {
            let channel = state.channels.get_mut(&request.channel_id)?;
            let an_hour_ago = request.now_ms - 3_600_000;
            channel.tested_at_ms.retain(|&at_ms| at_ms > an_hour_ago);
            channel.tested_at_ms.push(request.now_ms);
            let is_limited = channel.tested_at_ms.len() > TESTS_PER_HOUR;
            let url = wanted.or(channel.endpoint.as_deref())?.to_owned();
            Some((
                is_limited,
                post(state, &request.channel_id, &url, Vec::new()),
            ))
        });
        let post = match planned {
            None => return no_endpoint(),
            Some((true, _)) => return LineError::RATE_LIMIT.answer(),
            Some((false, post)) => post,
        };
        let (status, reason, detail) = match self.courier.try_post(&post) {
            Ok(posted) if (200..300).contains(&posted.status) => {
                (posted.status, "OK", posted.status.to_string())
            }
            Ok(posted) => (
                posted.status,
                "ERROR_STATUS_CODE",
                posted.status.to_string(),
            ),
            Err(ureq::Error::Timeout(_)) => (0, "REQUEST_TIMEOUT", "Request timeout".to_owned()),
            Err(error) => (0, "COULD_NOT_CONNECT", error.to_string()),
        };
        let time = chrono::DateTime::from_timestamp_millis(request.now_ms).unwrap_or_default();
        Answer::json(
            200,
            &json!({
                "success": reason == "OK",
                "timestamp": time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
                "statusCode": status,
                "reason": reason,
                "detail": detail,
            }),
        )
    }
}

fn no_endpoint() -> Answer {
    LineError {
        message: "Webhook endpoint not found",
        ..LineError::NOT_FOUND
    }
    .answer()
}

/// https and at most 500 characters; plain http towards this machine, where the real platform
/// could not come.
fn is_endpoint(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_scheme_right = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    text.len() <= 500 && is_scheme_right
}

impl Line {
    /// Posts this body, rightly signed, to the channel's webhook; returns the product's status, or
    /// `None` when nobody answered. Not in the courier's book, and never repeated.
    pub fn deliver_raw(&self, channel_id: &str, body: &[u8]) -> Option<u16> {
        self.deliver_with_signature(channel_id, body, &Signature::Right)
    }

    /// As [`deliver_raw`](Self::deliver_raw), signed as told.
    pub fn deliver_with_signature(
        &self,
        channel_id: &str,
        body: &[u8],
        signature: &Signature,
    ) -> Option<u16> {
        let (url, secret) = {
            let state = self.world.state();
            let channel = state.channels.get(channel_id)?;
            (channel.endpoint.clone()?, channel.secret.clone())
        };
        let header = signature.header(&secret, |secret| wire::line_signature(secret, body));
        let post = Post {
            url,
            headers: header
                .map(|it| ("x-line-signature", it))
                .into_iter()
                .collect(),
            body: body.to_vec(),
        };
        Some(self.world.courier.post(&post)?.status)
    }
}
