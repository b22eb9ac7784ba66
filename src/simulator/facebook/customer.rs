//! What a customer does on Messenger, and what the phone tells of it.

use super::super::transcript::{Side, Tick, TranscriptEntry};
use super::super::wire;
use super::errors::GraphError;
use super::events::{self, Happening, from_customer};
use super::state::{Person, ProfileAccess, Receipts};
use super::{Facebook, World};
use serde_json::{Value, json};

/// The app of the page's own inbox, as echoes name it (messenger.md §2.6).
const PAGE_INBOX_APP: u64 = 263_902_037_430_900;

/// A customer of one page. Acts return when the product has answered the webhook, or has not; the
/// courier's book tells which.
#[derive(Clone)]
pub struct Customer {
    facebook: Facebook,
    page_id: String,
    psid: String,
}

impl Facebook {
    /// The customer of this page with this page-scoped id; new ones have this name.
    pub fn customer(&self, page_id: &str, psid: &str, name: &str) -> Customer {
        self.world.change(|state| {
            state
                .people
                .entry(psid.to_owned())
                .or_insert_with(|| Person {
                    page_id: page_id.to_owned(),
                    name: name.to_owned(),
                    profile: ProfileAccess::Full,
                    region: None,
                    last_act_ms: None,
                    has_blocked: false,
                    has_role: false,
                    receipts: Receipts::Delivered,
                    controlled_by: None,
                    transcript: Default::default(),
                });
        });
        Customer {
            facebook: self.clone(),
            page_id: page_id.to_owned(),
            psid: psid.to_owned(),
        }
    }

    /// A customer that exists, by page-scoped id.
    pub fn find_customer(&self, psid: &str) -> Option<Customer> {
        let page_id = self.world.state().people.get(psid)?.page_id.clone();
        Some(Customer {
            facebook: self.clone(),
            page_id,
            psid: psid.to_owned(),
        })
    }
}

impl Customer {
    /// The page-scoped id.
    pub fn psid(&self) -> &str {
        &self.psid
    }

    /// The page.
    pub fn page_id(&self) -> &str {
        &self.page_id
    }

    /// Writes a text; returns its message id.
    pub fn writes(&self, text: &str) -> String {
        self.sends_message(json!({"text": text}))
    }

    /// Sends one attachment of this type: `image`, `sticker`, `location` … (messenger.md §3.2).
    pub fn sends_attachment(&self, kind: &str, payload: Value) -> String {
        self.sends_message(json!({"attachments": [{"type": kind, "payload": payload}]}))
    }

    /// Taps a quick reply.
    pub fn taps_quick_reply(&self, title: &str, payload: &str) -> String {
        self.sends_message(json!({"text": title, "quick_reply": {"payload": payload}}))
    }

    /// Sends something that Messenger cannot show to a page.
    pub fn sends_unsupported(&self) -> String {
        self.sends_message(json!({"is_unsupported": true}))
    }

    /// Sends a message of any shape; the `mid` is filled in and returned.
    pub fn sends_message(&self, mut message: Value) -> String {
        let mid = wire::long_id("m_");
        message["mid"] = mid.as_str().into();
        let at_ms = self.world().now_ms();
        let kind = match message["attachments"][0]["type"].as_str() {
            Some(kind) => kind,
            None if message["is_unsupported"] == true => "unsupported",
            None => "text",
        };
        let text = message["text"].as_str().unwrap_or_default();
        let url = message["attachments"][0]["payload"]["url"].as_str();
        let enclosed = url.and_then(|url| self.world().enclosed(url));
        let entry = TranscriptEntry::new(&mid, Side::Customer, kind, text, at_ms).with(enclosed);
        self.change(|person| person.transcript.push(entry));
        self.acts("messages", "message", message);
        mid
    }

    /// Taps a button, the menu or *Get Started*.
    pub fn taps_postback(&self, title: &str, payload: &str) -> String {
        let mid = wire::long_id("m_");
        let at_ms = self.world().now_ms();
        let entry = TranscriptEntry::new(&mid, Side::Customer, "postback", title, at_ms);
        self.change(|person| person.transcript.push(entry));
        let postback = json!({"mid": mid, "title": title, "payload": payload});
        self.acts("messaging_postbacks", "postback", postback);
        mid
    }

    /// Comes back through an `m.me` link into the conversation that exists.
    pub fn follows_link(&self, reference: &str) {
        let referral = json!({"ref": reference, "source": "SHORTLINK", "type": "OPEN_THREAD"});
        self.acts("messaging_referrals", "referral", referral);
    }

    /// Reacts to a message: `love` and its emoji, `like` …
    pub fn reacts(&self, mid: &str, reaction: &str, emoji: &str) {
        self.change(|person| {
            if let Some(entry) = person.transcript.find_mut(mid) {
                entry.reaction = Some(emoji.to_owned());
            }
        });
        let what = json!({"mid": mid, "action": "react", "reaction": reaction, "emoji": emoji});
        self.acts("message_reactions", "reaction", what);
    }

    /// Takes the reaction back; the event says no more than that (messenger.md §3.4).
    pub fn unreacts(&self, mid: &str) {
        self.change(|person| {
            if let Some(entry) = person.transcript.find_mut(mid) {
                entry.reaction = None;
            }
        });
        let what = json!({"mid": mid, "action": "unreact"});
        self.tells("message_reactions", "reaction", what);
    }

    /// Changes the words of a message; `num_edit` is the how-manieth time.
    pub fn edits(&self, mid: &str, text: &str, num_edit: u32) {
        self.change(|person| {
            if let Some(entry) = person.transcript.find_mut(mid) {
                text.clone_into(&mut entry.text);
                entry.is_edited = true;
            }
        });
        let what = json!({"mid": mid, "text": text, "num_edit": num_edit});
        self.tells("message_edits", "message_edit", what);
    }

    /// Takes a message back: an event with the same `mid` (messenger.md §3.1).
    pub fn unsends(&self, mid: &str) {
        self.change(|person| {
            if let Some(entry) = person.transcript.find_mut(mid) {
                entry.text.clear();
                entry.is_unsent = true;
            }
        });
        self.tells(
            "messages",
            "message",
            json!({"mid": mid, "is_deleted": true}),
        );
    }

    /// The phone gets what the page sent meanwhile: a delivery receipt, if there was anything.
    pub fn receives_all(&self) {
        let world = self.world();
        world.receipts(&self.psid, &[Tick::Delivered], World::tell);
    }

    /// Reads everything the page sent: a read receipt, if there was anything unread.
    pub fn reads_all(&self) {
        self.world()
            .receipts(&self.psid, &[Tick::Read], World::tell);
    }

    /// Does anything else that reaches the page as `field`: the item is
    /// `{"sender", "recipient", "timestamp", <name>: <what>}`, and it opens the window.
    pub fn acts(&self, field: &'static str, name: &'static str, what: Value) {
        let now_ms = self.world().now_ms();
        self.change(|person| person.last_act_ms = Some(now_ms));
        self.tells(field, name, what);
    }

    /// As [`acts`](Self::acts) for what does not open the window (messenger.md §5).
    pub fn tells(&self, field: &'static str, name: &'static str, what: Value) {
        let now_ms = self.world().now_ms();
        self.world().tell(&Happening {
            page_id: self.page_id.clone(),
            psid: self.psid.clone(),
            field,
            kind: name,
            item: from_customer(&self.page_id, &self.psid, now_ms, name, what),
        });
    }

    /// Someone answers in Facebook's own inbox: an echo of the inbox's app (messenger.md §3.3).
    pub fn is_answered_in_page_inbox(&self, text: &str) -> String {
        let mid = wire::long_id("m_");
        let at_ms = self.world().now_ms();
        let entry = TranscriptEntry::new(&mid, Side::Business, "text", text, at_ms);
        self.change(|person| person.transcript.push(entry));
        let message = json!({"mid": mid, "app_id": PAGE_INBOX_APP, "text": text});
        let echo = events::echo(&self.page_id, &self.psid, at_ms, message);
        self.world().tell(&echo);
        mid
    }

    /// Another app takes control: events come in `standby`, sends are refused (messenger.md §8.5).
    /// `None` gives it back.
    pub fn is_controlled_by(&self, app_id: Option<&str>) {
        self.change(|person| person.controlled_by = app_id.map(str::to_owned));
    }

    /// Blocks the page, or lets it write again: sends get 551 meanwhile.
    pub fn blocks(&self, has_blocked: bool) {
        self.change(|person| person.has_blocked = has_blocked);
    }

    /// Gets a role on the app, and can be written to while it is in development.
    pub fn has_role(&self, has_role: bool) {
        self.change(|person| person.has_role = has_role);
    }

    /// What the page may learn from the profile.
    pub fn shows_profile(&self, profile: ProfileAccess) {
        self.change(|person| person.profile = profile);
    }

    /// The app was granted to ask where this customer is.
    pub fn comes_from(&self, locale: &str, hours_from_gmt: f64) {
        self.change(|person| person.region = Some((locale.to_owned(), hours_from_gmt)));
    }

    /// The page may not learn the name: the error that is seen in practice.
    pub fn hides_profile(&self) {
        self.shows_profile(ProfileAccess::Refused(GraphError::PROFILE_PERMISSION));
    }

    /// What the phone tells from now on; and at once about what it got before.
    pub fn sets_receipts(&self, receipts: Receipts) {
        self.change(|person| person.receipts = receipts);
        self.world().send_receipts(&self.psid);
    }

    /// The conversation on the phone, oldest first.
    pub fn transcript(&self) -> Vec<TranscriptEntry> {
        self.facebook.transcript(&self.psid)
    }

    fn world(&self) -> &World {
        &self.facebook.world
    }

    fn change(&self, change: impl FnOnce(&mut Person)) {
        self.world().change(|state| {
            state.people.get_mut(&self.psid).map(change);
        });
    }
}
