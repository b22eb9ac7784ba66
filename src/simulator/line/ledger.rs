//! What LINE saw and accepted: the side of the story that tests compare with.

use super::Line;
use super::state::{Phone, SentLine};

/// A customer of an official account, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSummary {
    /// The user id.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// The channel.
    pub channel_id: String,
    /// The official account's name.
    pub account_name: String,
    /// Whether this customer has blocked the account.
    pub has_blocked: bool,
    /// What this customer's phone does with messages.
    pub phone: Phone,
}

impl Line {
    /// Every message object that the platform accepted for this user or group, oldest first.
    pub fn sent_to(&self, id: &str) -> Vec<SentLine> {
        let state = self.world.state();
        let sent = state.sent.iter().filter(|sent| sent.to == id);
        sent.cloned().collect()
    }

    /// Every message object that the platform accepted, oldest first.
    pub fn sent(&self) -> Vec<SentLine> {
        self.world.state().sent.clone()
    }

    /// How often a retry key came again with another body. More than zero is a fault of the
    /// product: a message was lost behind a 409 (line.md §3).
    pub fn misused_retry_keys(&self) -> u32 {
        self.world.state().misused_retry_keys
    }

    /// How many messages this channel has pushed against its quota.
    pub fn quota_used(&self, channel_id: &str) -> u64 {
        let state = self.world.state();
        state
            .channels
            .get(channel_id)
            .map_or(0, |channel| channel.used)
    }

    /// The webhook address of this channel.
    pub fn webhook_endpoint(&self, channel_id: &str) -> Option<String> {
        self.world
            .state()
            .channels
            .get(channel_id)?
            .endpoint
            .clone()
    }

    /// The customers of all channels, by user id.
    pub fn users(&self) -> Vec<UserSummary> {
        let state = self.world.state();
        let people = state.people.iter().map(|(user_id, person)| UserSummary {
            user_id: user_id.clone(),
            name: person.name.clone(),
            channel_id: person.channel_id.clone(),
            account_name: state
                .channels
                .get(&person.channel_id)
                .map(|channel| channel.bot.display_name.clone())
                .unwrap_or_default(),
            has_blocked: person.has_blocked,
            phone: person.phone,
        });
        people.collect()
    }
}
