//! What a customer does on LINE.

use super::super::transcript::{Enclosed, Side, Tick, TranscriptEntry};
use super::super::wire;
use super::events::Happening;
use super::send::arrival;
use super::state::{Content, Person, Phone};
use super::{Line, World};
use serde_json::{Value, json};

/// A customer in the one-to-one chat with one official account. Acts return when the product has
/// answered the webhook, or has not; the courier's book tells which.
#[derive(Clone)]
pub struct LineUser {
    line: Line,
    channel_id: String,
    user_id: String,
}

impl Line {
    /// The customer of this channel with this id (`U` and 32 hex digits); new ones have this name,
    /// are friends already, and nothing is told of it.
    pub fn user(&self, channel_id: &str, user_id: &str, name: &str) -> LineUser {
        self.world.change(|state| {
            state
                .people
                .entry(user_id.to_owned())
                .or_insert_with(|| Person {
                    channel_id: channel_id.to_owned(),
                    name: name.to_owned(),
                    is_friend: true,
                    has_blocked: false,
                    hides_profile: false,
                    last_wrote_ms: None,
                    phone: Phone::On,
                    transcript: Default::default(),
                });
        });
        LineUser {
            line: self.clone(),
            channel_id: channel_id.to_owned(),
            user_id: user_id.to_owned(),
        }
    }

    /// A customer that exists, by user id.
    pub fn find_user(&self, user_id: &str) -> Option<LineUser> {
        let channel_id = self.world.state().people.get(user_id)?.channel_id.clone();
        Some(LineUser {
            line: self.clone(),
            channel_id,
            user_id: user_id.to_owned(),
        })
    }
}

impl LineUser {
    /// The user id.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The channel.
    pub fn channel_id(&self) -> &str {
        &self.channel_id
    }

    /// Writes a text; returns its message id.
    pub fn writes(&self, text: &str) -> String {
        self.sends_message(json!({"type": "text", "text": text}))
    }

    /// Sends a sticker (line.md §2); its picture cannot be had.
    pub fn sends_sticker(&self, package_id: &str, sticker_id: &str) -> String {
        self.sends_message(json!({
            "type": "sticker",
            "packageId": package_id,
            "stickerId": sticker_id,
            "stickerResourceType": "STATIC",
            "keywords": ["Hello"],
        }))
    }

    /// Sends a picture.
    pub fn sends_picture(&self, bytes: &[u8]) -> String {
        let message = json!({"type": "image", "contentProvider": {"type": "line"}});
        self.sends(message, Some(("image/jpeg", bytes)))
    }

    /// Sends a video of this length.
    pub fn sends_video(&self, bytes: &[u8], duration_ms: u64) -> String {
        let provider = json!({"type": "line"});
        let message =
            json!({"type": "video", "duration": duration_ms, "contentProvider": provider});
        self.sends(message, Some(("video/mp4", bytes)))
    }

    /// Sends a voice message of this length.
    pub fn sends_audio(&self, bytes: &[u8], duration_ms: u64) -> String {
        let provider = json!({"type": "line"});
        let message =
            json!({"type": "audio", "duration": duration_ms, "contentProvider": provider});
        self.sends(message, Some(("audio/x-m4a", bytes)))
    }

    /// Sends a file.
    pub fn sends_file(&self, file_name: &str, bytes: &[u8]) -> String {
        let message = json!({"type": "file", "fileName": file_name, "fileSize": bytes.len()});
        self.sends(message, Some(("application/octet-stream", bytes)))
    }

    /// Sends a place.
    pub fn sends_location(&self, title: &str, latitude: f64, longitude: f64) -> String {
        self.sends_message(json!({
            "type": "location",
            "title": title,
            "address": "1 Example Street",
            "latitude": latitude,
            "longitude": longitude,
        }))
    }

    /// Sends a message of any shape, also of kinds that nobody knows yet; `id` and tokens are
    /// filled in. Returns the id.
    pub fn sends_message(&self, message: Value) -> String {
        self.sends(message, None)
    }

    fn sends(&self, mut message: Value, content: Option<(&str, &[u8])>) -> String {
        let kind = message["type"].as_str().unwrap_or_default().to_owned();
        let text = message["text"].as_str().unwrap_or_default().to_owned();
        let now_ms = self.world().now_ms();
        let read_token = wire::long_id("r");
        let id = self.world().change(|state| {
            let id = state.new_message_id();
            if let Some(person) = state.people.get_mut(&self.user_id) {
                person.last_wrote_ms = Some(now_ms);
                let entry = TranscriptEntry::new(&id, Side::Customer, &kind, &text, now_ms);
                let enclosed = content.map(|(media_type, bytes)| Enclosed {
                    name: message["fileName"].as_str().unwrap_or_default().to_owned(),
                    media_type: media_type.to_owned(),
                    bytes: bytes.into(),
                });
                person.transcript.push(entry.with(enclosed));
            }
            let chat = (self.channel_id.clone(), self.user_id.clone());
            state.read_tokens.insert(read_token.clone(), chat);
            if let Some((media_type, bytes)) = content {
                let content = Content {
                    channel_id: self.channel_id.clone(),
                    media_type: media_type.to_owned(),
                    bytes: bytes.to_vec(),
                    is_gone: false,
                    preparing: 0,
                };
                state.contents.insert(id.clone(), content);
            }
            id
        });
        message["id"] = id.as_str().into();
        message["markAsReadToken"] = read_token.into();
        if ["text", "sticker", "image", "video"].contains(&kind.as_str()) {
            message["quoteToken"] = wire::long_id("q").into();
        }
        self.acts("message", "message", message, true);
        id
    }

    /// Taps a button that sends `data`.
    pub fn taps_postback(&self, data: &str) {
        self.acts("postback", "postback", json!({"data": data}), true);
    }

    /// Adds the account as a friend, or lifts the block.
    pub fn follows(&self) {
        let mut is_unblocked = false;
        self.change(|person| {
            is_unblocked = person.has_blocked;
            person.is_friend = true;
            person.has_blocked = false;
        });
        self.acts(
            "follow",
            "follow",
            json!({"isUnblocked": is_unblocked}),
            true,
        );
    }

    /// Blocks the account.
    pub fn unfollows(&self) {
        self.change(|person| person.has_blocked = true);
        self.acts("unfollow", "", Value::Null, false);
    }

    /// Takes a message back. Its content is gone: 410.
    pub fn unsends(&self, message_id: &str) {
        self.world().change(|state| {
            if let Some(content) = state.contents.get_mut(message_id) {
                content.is_gone = true;
            }
        });
        self.change(|person| {
            if let Some(entry) = person.transcript.find_mut(message_id) {
                entry.text.clear();
                entry.is_unsent = true;
            }
        });
        self.acts("unsend", "unsend", json!({"messageId": message_id}), false);
    }

    /// Does anything else: an event of type `kind`, with `what` under `property`.
    pub fn acts(
        &self,
        kind: &'static str,
        property: &'static str,
        what: Value,
        has_reply_token: bool,
    ) {
        self.world().tell(&Happening {
            channel_id: self.channel_id.clone(),
            chat: self.user_id.clone(),
            source: json!({"type": "user", "userId": self.user_id}),
            kind,
            property,
            what,
            has_reply_token,
        });
    }

    /// Is a friend of the account, or is not; nothing is told of it.
    pub fn is_friend(&self, is_friend: bool) {
        self.change(|person| person.is_friend = is_friend);
    }

    /// The profile cannot be read: 404 (line.md §5).
    pub fn hides_profile(&self, hides_profile: bool) {
        self.change(|person| person.hides_profile = hides_profile);
    }

    /// What the phone does with messages from now on; those that wait arrive at once.
    pub fn sets_phone(&self, phone: Phone) {
        self.change(|person| {
            person.phone = phone;
            person.transcript.tick_all(Side::Business, arrival(phone));
        });
    }

    /// Looks at everything the account sent. LINE does not tell the account.
    pub fn reads_all(&self) {
        self.change(|person| person.transcript.tick_all(Side::Business, Tick::Read));
    }

    /// The chat on the phone, oldest first.
    pub fn transcript(&self) -> Vec<TranscriptEntry> {
        self.line.transcript(&self.user_id)
    }

    fn world(&self) -> &World {
        &self.line.world
    }

    fn change(&self, change: impl FnOnce(&mut Person)) {
        self.world().change(|state| {
            state.people.get_mut(&self.user_id).map(change);
        });
    }
}
