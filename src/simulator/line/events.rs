//! What LINE tells a channel: the common shape of events, and their reply tokens (line.md §2).

use super::super::courier::Event;
use super::super::wire;
use super::World;
use super::state::{ReplyToken, State};
use serde_json::{Value, json};

/// One thing that happened in a chat with the official account.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) channel_id: String,
    /// The user or group whose chat it is: where a reply goes.
    pub(super) chat: String,
    /// `source` of the event.
    pub(super) source: Value,
    /// `type` of the event, and the property that carries what happened.
    pub(super) kind: &'static str,
    pub(super) property: &'static str,
    pub(super) what: Value,
    pub(super) has_reply_token: bool,
}

impl World {
    /// Brings it to the channel's webhook, unless there is none or it is switched off.
    pub(super) fn tell(&self, happening: &Happening) {
        let now_ms = self.now_ms();
        let event = self.change(|state| event(state, happening, now_ms));
        if let Some(event) = event {
            let event = Event {
                place: happening.channel_id.clone(),
                slot: "events",
                item: event,
            };
            let channel = &happening.channel_id;
            self.courier
                .deliver(channel, channel, happening.kind, vec![event]);
        }
    }
}

/// The event, with a new reply token where there is to be one.
fn event(state: &mut State, happening: &Happening, now_ms: i64) -> Option<Value> {
    let channel = state.channels.get(&happening.channel_id)?;
    if channel.endpoint.is_none() || !channel.is_webhook_active {
        return None;
    }
    let mut event = json!({
        "type": happening.kind,
        "mode": if channel.is_standby { "standby" } else { "active" },
        "timestamp": now_ms,
        "source": happening.source,
        "webhookEventId": wire::ulid(now_ms),
        "deliveryContext": {"isRedelivery": false},
    });
    if !happening.property.is_empty() {
        event[happening.property] = happening.what.clone();
    }
    if happening.has_reply_token && !channel.is_standby {
        let token = wire::random_hex();
        event["replyToken"] = token.as_str().into();
        let reply = ReplyToken {
            channel_id: happening.channel_id.clone(),
            chat: happening.chat.clone(),
            event_at_ms: now_ms,
            delivered_at_ms: None,
            is_used: false,
        };
        state.reply_tokens.insert(token, reply);
    }
    Some(event)
}
