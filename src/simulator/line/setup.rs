//! The LINE Developers Console and the Official Account Manager: channels and their switches.

use super::super::fault::FaultRule;
use super::super::wire;
use super::Line;
use super::state::{Bot, Channel, Token};

impl Line {
    /// Somebody sets another address for the webhook in the console (line.md §7).
    pub fn set_webhook_endpoint(&self, channel_id: &str, endpoint: &str) {
        self.change_channel(channel_id, |channel| {
            channel.endpoint = Some(endpoint.to_owned());
        });
    }

    /// A new channel with its official account. A long-lived token, if any, is the one that was
    /// made by the button in the console.
    pub fn add_channel(
        &self,
        channel_id: &str,
        channel_secret: &str,
        long_lived_token: Option<&str>,
        bot: Bot,
    ) {
        let channel = Channel {
            secret: channel_secret.to_owned(),
            bot,
            endpoint: None,
            is_webhook_active: true,
            is_standby: false,
            quota: None,
            used: 0,
            tested_at_ms: Vec::new(),
        };
        self.world.change(|state| {
            state.channels.insert(channel_id.to_owned(), channel);
            if let Some(token) = long_lived_token {
                let entry = Token {
                    channel_id: channel_id.to_owned(),
                    expires_at_ms: None,
                    is_stateless: false,
                };
                state.tokens.insert(token.to_owned(), entry);
            }
        });
    }

    /// From now on this token is refused; webhooks go on.
    pub fn kill_token(&self, token: &str) {
        self.world.change(|state| state.tokens.remove(token));
    }

    /// One more token for a channel, as the console or a call makes it; those made before go on working.
    pub fn add_token(&self, channel_id: &str, token: &str) {
        let entry = Token {
            channel_id: channel_id.to_owned(),
            expires_at_ms: None,
            is_stateless: false,
        };
        self.world
            .change(|state| state.tokens.insert(token.to_owned(), entry));
    }

    /// This token is a short-lived one: it expires then, in milliseconds since 1970 UTC.
    pub fn set_expiry(&self, token: &str, expires_at_ms: i64) {
        self.world.change(|state| {
            if let Some(token) = state.tokens.get_mut(token) {
                token.expires_at_ms = Some(expires_at_ms);
            }
        });
    }

    /// *Issue* in the console: a new channel secret, the old one is dead at once (line.md §1).
    /// Returns the new one.
    pub fn rotate_secret(&self, channel_id: &str) -> String {
        let secret = wire::random_hex();
        self.change_channel(channel_id, |channel| channel.secret = secret.clone());
        secret
    }

    /// The toggle *Use webhook*. When it is off nothing is delivered, though sending works.
    pub fn set_webhook_active(&self, channel_id: &str, is_active: bool) {
        self.change_channel(channel_id, |channel| channel.is_webhook_active = is_active);
    }

    /// A module channel owns the chats: events come as `standby`, without reply tokens
    /// (line.md §2).
    pub fn set_standby(&self, channel_id: &str, is_standby: bool) {
        self.change_channel(channel_id, |channel| channel.is_standby = is_standby);
    }

    /// So many messages may be pushed this month; `None` is without limit.
    pub fn set_quota(&self, channel_id: &str, quota: Option<u64>) {
        self.change_channel(channel_id, |channel| channel.quota = quota);
    }

    /// So many were pushed this month already.
    pub fn set_quota_used(&self, channel_id: &str, used: u64) {
        self.change_channel(channel_id, |channel| channel.used = used);
    }

    fn change_channel(&self, channel_id: &str, change: impl FnOnce(&mut Channel)) {
        self.world.change(|state| {
            state.channels.get_mut(channel_id).map(change);
        });
    }

    /// Switches a fault on.
    pub fn inject(&self, rule: FaultRule) {
        self.world.change(|state| state.faults.add(rule));
    }

    /// Switches all faults off.
    pub fn clear_faults(&self) {
        self.world.change(|state| state.faults.clear());
    }

    /// The faults that are on.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.world.state().faults.rules().to_vec()
    }
}
