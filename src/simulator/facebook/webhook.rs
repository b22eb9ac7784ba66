//! Webhook bodies, their signatures, and bodies that no platform would send.

use super::super::courier::{Delivery, Post, Postman};
use super::super::fault::Fault;
use super::super::transcript::Tick;
use super::super::wire::{self, Escapes, Signature};
use super::{Facebook, Memory, World};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) struct FacebookPostman(pub(super) Arc<Memory>);

impl Postman for FacebookPostman {
    fn post(&self, delivery: &Delivery) -> Option<Post> {
        let now_ms = self.0.now_ms();
        let entries: Vec<Value> = delivery
            .events
            .iter()
            .map(|event| json!({"id": event.place, "time": now_ms, event.slot: [event.item]}))
            .collect();
        let body = json!({"object": "page", "entry": entries});
        let state = self.0.state.lock();
        let app = state.apps.get(&delivery.account)?;
        let body = wire::json_bytes(&body, Escapes::Facebook);
        let signature = wire::facebook_signature(&app.secret, &body);
        Some(Post {
            url: app.callback_url.clone()?,
            headers: vec![("X-Hub-Signature-256", signature)],
            body,
        })
    }

    fn is_received(&self, status: u16) -> bool {
        status == 200
    }

    fn strike(&self, place: &str) -> Option<Fault> {
        self.0.state.lock().faults.strike_delivery(place)
    }

    fn delivered(&self, delivery: &Delivery) {
        let mut state = self.0.state.lock();
        for event in &delivery.events {
            let item = &event.item;
            let sender = item["sender"]["id"].as_str().unwrap_or_default();
            let mid = item["message"]["mid"].as_str().unwrap_or_default();
            if let Some(person) = state.people.get_mut(sender) {
                person.transcript.tick(mid, Tick::Delivered);
            }
        }
    }

    fn now_ms(&self) -> i64 {
        self.0.now_ms()
    }
}

impl Facebook {
    /// The dashboard's button *Test*: an event in `changes`, of entry `"0"` and people who do not
    /// exist (messenger.md §3.8). Returns the product's status.
    pub fn press_dashboard_test(&self, app_id: &str) -> Option<u16> {
        let body = json!({"object": "page", "entry": [{
            "id": "0",
            "time": self.world.now_ms() / 1000,
            "changes": [{"field": "messages", "value": {
                "sender": {"id": "12334"},
                "recipient": {"id": "23245"},
                "timestamp": (self.world.now_ms() / 1000).to_string(),
                "message": {"mid": "test_message_id", "text": "test_message"},
            }}],
        }]});
        self.deliver_raw(app_id, &wire::json_bytes(&body, Escapes::Facebook))
    }

    /// Posts this body, rightly signed, to the app's callback; returns the product's status, or
    /// `None` when nobody answered. Not in the courier's book, and never repeated.
    pub fn deliver_raw(&self, app_id: &str, body: &[u8]) -> Option<u16> {
        self.deliver_with_signature(app_id, body, &Signature::Right)
    }

    /// As [`deliver_raw`](Self::deliver_raw), signed as told.
    pub fn deliver_with_signature(
        &self,
        app_id: &str,
        body: &[u8],
        signature: &Signature,
    ) -> Option<u16> {
        let post = self.world.raw_post(app_id, body, signature)?;
        Some(self.world.courier.post(&post)?.status)
    }
}

impl World {
    fn raw_post(&self, app_id: &str, body: &[u8], signature: &Signature) -> Option<Post> {
        let state = self.state();
        let app = state.apps.get(app_id)?;
        let header = signature.header(&app.secret, |secret| wire::facebook_signature(secret, body));
        Some(Post {
            url: app.callback_url.clone()?,
            headers: header
                .map(|header| ("X-Hub-Signature-256", header))
                .into_iter()
                .collect(),
            body: body.to_vec(),
        })
    }
}
