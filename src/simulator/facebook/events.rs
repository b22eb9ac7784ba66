//! What Facebook tells the apps that subscribed: which event goes to whom, in which shape.

use super::super::courier::Event;
use super::World;
use super::state::State;
use serde_json::{Value, json};

/// The fields that an app can subscribe on a page (messenger.md §8.2).
pub(super) const FIELDS: [&str; 19] = [
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_reads",
    "message_deliveries",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_optins",
    "messaging_optouts",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
    "messaging_account_linking",
    "messaging_integrity",
    "business_integrity",
    "send_cart",
    "response_feedback",
    "feed",
];

/// One thing that happened between a customer and a page.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) page_id: String,
    pub(super) psid: String,
    /// What an app must have subscribed to hear of it.
    pub(super) field: &'static str,
    /// Its name in the courier's book.
    pub(super) kind: &'static str,
    /// The whole item of the `messaging` array.
    pub(super) item: Value,
}

impl World {
    /// Tells it to every app that subscribed, on the caller's thread.
    pub(super) fn tell(&self, happening: &Happening) {
        for (app_id, event) in self.listeners(happening) {
            self.courier
                .deliver(&app_id, &happening.page_id, happening.kind, vec![event]);
        }
        self.changes.touch();
    }

    /// Tells it to every app that subscribed, on the courier's thread.
    pub(super) fn tell_soon(&self, happening: &Happening) {
        for (app_id, event) in self.listeners(happening) {
            self.courier
                .deliver_soon(&app_id, &happening.page_id, happening.kind, vec![event]);
        }
        self.changes.touch();
    }

    fn listeners(&self, happening: &Happening) -> Vec<(String, Event)> {
        let state = self.state();
        let Some(page) = state.pages.get(&happening.page_id) else {
            return Vec::new();
        };
        let hears = |app_id: &str, field: &str| {
            page.subscriptions
                .get(app_id)
                .is_some_and(|fields| fields.contains(field))
                && state
                    .apps
                    .get(app_id)
                    .is_some_and(|app| app.callback_url.is_some() && app.fields.contains(field))
        };
        page.subscriptions
            .keys()
            .filter_map(|app_id| {
                let is_standby = is_controlled_by_another(&state, &happening.psid, app_id);
                let (slot, field) = match is_standby {
                    true => ("standby", "standby"),
                    false => ("messaging", happening.field),
                };
                let event = Event {
                    place: happening.page_id.clone(),
                    slot,
                    item: match is_standby {
                        true => without_postback_payload(&happening.item),
                        false => happening.item.clone(),
                    },
                };
                hears(app_id, field).then(|| (app_id.clone(), event))
            })
            .collect()
    }
}

/// Does an app other than this one control the conversation (messenger.md §8.5)?
pub(super) fn is_controlled_by_another(state: &State, psid: &str, app_id: &str) -> bool {
    state
        .people
        .get(psid)
        .and_then(|person| person.controlled_by.as_deref())
        .is_some_and(|owner| owner != app_id)
}

/// Postbacks in standby come without their payload (messenger.md §3.7).
fn without_postback_payload(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(postback) = item.get_mut("postback").and_then(Value::as_object_mut) {
        postback.remove("payload");
    }
    item
}

/// An item from the customer to the page: `{"sender", "recipient", "timestamp", <name>: <what>}`.
pub(super) fn from_customer(
    page_id: &str,
    psid: &str,
    at_ms: i64,
    name: &str,
    what: Value,
) -> Value {
    let mut item = json!({"sender": {"id": psid}, "recipient": {"id": page_id}});
    // Delivery items are the only ones without a time (messenger.md §2.5).
    if name != "delivery" {
        item["timestamp"] = at_ms.into();
    }
    item[name] = what;
    item
}

/// The echo of a message that went from the page to the customer (messenger.md §3.3).
pub(super) fn echo(page_id: &str, psid: &str, at_ms: i64, message: Value) -> Happening {
    let mut item = json!({
        "sender": {"id": page_id},
        "recipient": {"id": psid},
        "timestamp": at_ms,
        "message": message,
    });
    item["message"]["is_echo"] = true.into();
    Happening {
        page_id: page_id.to_owned(),
        psid: psid.to_owned(),
        field: "message_echoes",
        kind: "echo",
        item,
    }
}
