//! Group chats and rooms with the bot in them (line.md §2).

use super::super::wire;
use super::Line;
use super::events::Happening;
use super::state::Group;
use serde_json::{Value, json};

/// A group chat or room of one channel's bot.
#[derive(Clone)]
pub struct LineGroup {
    line: Line,
    channel_id: String,
    group_id: String,
}

impl Line {
    /// The group (`C` and 32 hex digits) or room (`R` …) with this id; new ones have this name and
    /// no members.
    pub fn group(&self, channel_id: &str, group_id: &str, name: &str) -> LineGroup {
        self.world.change(|state| {
            state
                .groups
                .entry(group_id.to_owned())
                .or_insert_with(|| Group {
                    channel_id: channel_id.to_owned(),
                    name: name.to_owned(),
                    ..Group::default()
                });
        });
        LineGroup {
            line: self.clone(),
            channel_id: channel_id.to_owned(),
            group_id: group_id.to_owned(),
        }
    }
}

impl LineGroup {
    /// The bot was invited: a `join`.
    pub fn invites_bot(&self) {
        self.acts(None, "join", "", Value::Null, true);
    }

    /// The bot was removed: a `leave`.
    pub fn removes_bot(&self) {
        self.acts(None, "leave", "", Value::Null, false);
    }

    /// Somebody is a member from now on; nothing is told of it.
    pub fn has_member(&self, user_id: &str, name: &str) {
        self.line.world.change(|state| {
            if let Some(group) = state.groups.get_mut(&self.group_id) {
                group.members.insert(user_id.to_owned(), name.to_owned());
            }
        });
    }

    /// A member writes a text; returns its message id.
    pub fn hears(&self, user_id: &str, text: &str) -> String {
        let id = self.line.world.change(|state| state.new_message_id());
        let message = json!({
            "type": "text",
            "id": id,
            "text": text,
            "quoteToken": wire::long_id("q"),
        });
        self.acts(Some(user_id), "message", "message", message, true);
        id
    }

    /// A member changes a text: the same id, a new reply token (line.md §2, `messageEdited`).
    pub fn hears_edit(&self, user_id: &str, message_id: &str, text: &str) {
        let message = json!({
            "type": "text",
            "id": message_id,
            "text": text,
            "quoteToken": wire::long_id("q"),
        });
        self.acts(Some(user_id), "messageEdited", "message", message, true);
    }

    fn acts(
        &self,
        user_id: Option<&str>,
        kind: &'static str,
        property: &'static str,
        what: Value,
        has_reply_token: bool,
    ) {
        let mut source = match self.group_id.starts_with('R') {
            true => json!({"type": "room", "roomId": self.group_id}),
            false => json!({"type": "group", "groupId": self.group_id}),
        };
        if let Some(user_id) = user_id {
            source["userId"] = user_id.into();
        }
        self.line.world.tell(&Happening {
            channel_id: self.channel_id.clone(),
            chat: self.group_id.clone(),
            source,
            kind,
            property,
            what,
            has_reply_token,
        });
    }
}
