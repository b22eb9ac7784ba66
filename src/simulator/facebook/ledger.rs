//! What Facebook saw and accepted: the side of the story that tests compare with.

use super::Facebook;
use super::state::{Receipts, SentMessage};

/// A customer of a page, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// The page-scoped id.
    pub psid: String,
    /// The name.
    pub name: String,
    /// The page.
    pub page_id: String,
    /// The page's name.
    pub page_name: String,
    /// What this customer's phone tells.
    pub receipts: Receipts,
}

impl Facebook {
    /// Every message that the platform accepted for this person, oldest first.
    pub fn sent_to(&self, psid: &str) -> Vec<SentMessage> {
        let state = self.world.state();
        let sent = state.sent.iter().filter(|sent| sent.recipient == psid);
        sent.cloned().collect()
    }

    /// Every message that the platform accepted, oldest first.
    pub fn sent(&self) -> Vec<SentMessage> {
        self.world.state().sent.clone()
    }

    /// The fields that this page sends to this app; `None` when the app is not subscribed.
    pub fn subscribed_fields(&self, page_id: &str, app_id: &str) -> Option<Vec<String>> {
        let state = self.world.state();
        let fields = state.pages.get(page_id)?.subscriptions.get(app_id)?;
        Some(fields.iter().cloned().collect())
    }

    /// The callback that the dashboard keeps for this app.
    pub fn callback_url(&self, app_id: &str) -> Option<String> {
        self.world.state().apps.get(app_id)?.callback_url.clone()
    }

    /// The customers of all pages, by page-scoped id.
    pub fn customers(&self) -> Vec<CustomerSummary> {
        let state = self.world.state();
        let people = state.people.iter().map(|(psid, person)| CustomerSummary {
            psid: psid.clone(),
            name: person.name.clone(),
            page_id: person.page_id.clone(),
            page_name: state
                .pages
                .get(&person.page_id)
                .map(|page| page.name.clone())
                .unwrap_or_default(),
            receipts: person.receipts,
        });
        people.collect()
    }
}
