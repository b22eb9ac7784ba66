//! The developer console and the people who work in it: apps, pages, tokens, switches.

use super::super::courier::Wire;
use super::super::fault::FaultRule;
use super::super::wire;
use super::errors::GraphError;
use super::events::{FIELDS, Happening};
use super::state::{App, Echo, Holder, Page, Token};
use super::{Facebook, World};
use serde_json::json;

/// What a page token is granted when the owner ticks everything (messenger.md §7).
const PAGE_SCOPES: [&str; 4] = [
    "pages_messaging",
    "pages_manage_metadata",
    "pages_show_list",
    "pages_read_engagement",
];

impl Facebook {
    /// A new app with this secret.
    pub fn add_app(&self, app_id: &str, app_secret: &str) {
        let app = App {
            secret: app_secret.to_owned(),
            ..App::default()
        };
        self.world
            .change(|state| state.apps.insert(app_id.to_owned(), app));
    }

    /// A new page, and a token for it that never expires, as the dashboard makes it.
    pub fn add_page(&self, app_id: &str, page_id: &str, name: &str) -> String {
        let page = Page {
            name: name.to_owned(),
            ..Page::default()
        };
        self.world
            .change(|state| state.pages.insert(page_id.to_owned(), page));
        self.new_page_token(app_id, page_id)
    }

    /// Another app is the default one of this page: ours may take no conversation over (messenger.md §8.5).
    pub fn refuse_takeover(&self, page_id: &str) {
        self.world.change(|state| {
            if let Some(page) = state.pages.get_mut(page_id) {
                page.refuses_takeover = true;
            }
        });
    }

    /// Meta takes this app off the page, as after an hour of webhooks that failed (messenger.md §2.3).
    pub fn drop_subscription(&self, page_id: &str, app_id: &str) {
        self.world.change(|state| {
            if let Some(page) = state.pages.get_mut(page_id) {
                page.subscriptions.remove(app_id);
            }
        });
    }

    /// Meta says something about a page: `policy_enforcement` with this action and reason (messenger.md §3.6).
    pub fn enforce_policy(&self, page_id: &str, action: &str, reason: &str) {
        let now_ms = self.world.now_ms();
        self.world.tell(&Happening {
            page_id: page_id.to_owned(),
            psid: String::new(),
            field: "messaging_policy_enforcement",
            kind: "policy_enforcement",
            item: json!({
                "recipient": { "id": page_id },
                "timestamp": now_ms,
                "policy_enforcement": { "action": action, "reason": reason },
            }),
        });
    }

    /// One more token for a page; those made before go on working (messenger.md §7).
    pub fn new_page_token(&self, app_id: &str, page_id: &str) -> String {
        self.new_token(app_id, Holder::Page(page_id.to_owned()))
    }

    /// A user's token: what people paste by mistake instead of a page's.
    pub fn user_token(&self, app_id: &str, user_name: &str) -> String {
        self.new_token(app_id, Holder::User(user_name.to_owned()))
    }

    fn new_token(&self, app_id: &str, holder: Holder) -> String {
        let token = wire::long_id("EAA");
        let entry = Token {
            app_id: app_id.to_owned(),
            holder,
            scopes: PAGE_SCOPES.map(str::to_owned).into(),
            expires_at_ms: 0,
            issued_at_ms: self.world.now_ms(),
            dead: None,
        };
        self.world
            .change(|state| state.tokens.insert(token.clone(), entry));
        token
    }

    /// From now on this token is refused with `error`: [`GraphError::PASSWORD_CHANGED`],
    /// [`GraphError::APP_REMOVED`] … Webhooks go on, as in reality (messenger.md §7).
    pub fn kill_token(&self, token: &str, error: GraphError) {
        self.change_token(token, |it| it.dead = Some(error));
    }

    /// This token has only these scopes.
    pub fn set_scopes(&self, token: &str, scopes: &[&str]) {
        self.change_token(token, |it| {
            it.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        });
    }

    /// This token expires then, in milliseconds since 1970 UTC; 0 is never.
    pub fn set_expiry(&self, token: &str, expires_at_ms: i64) {
        self.change_token(token, |it| it.expires_at_ms = expires_at_ms);
    }

    fn change_token(&self, token: &str, change: impl FnOnce(&mut Token)) {
        self.world.change(|state| {
            state.tokens.get_mut(token).map(change);
        });
    }

    /// The dashboard's *Verify and save*: calls the address with `hub.…` and keeps it when the
    /// challenge comes back, with all fields ticked (messenger.md §1).
    ///
    /// # Errors
    /// The sentence that the dashboard shows, when it does not come back.
    pub fn set_webhook(&self, app_id: &str, url: &str, verify_token: &str) -> Result<(), String> {
        self.world
            .set_webhook(app_id, url, verify_token, FIELDS.iter().copied())
    }

    /// The fields that are ticked in the dashboard; what is not is never delivered
    /// (messenger.md §8.2).
    pub fn set_app_fields(&self, app_id: &str, fields: &[&str]) {
        self.change_app(app_id, |app| {
            app.fields = fields.iter().map(|&field| field.to_owned()).collect();
        });
    }

    /// The setting *Require App Secret* (messenger.md §4.2).
    pub fn require_proof(&self, app_id: &str, is_required: bool) {
        self.change_app(app_id, |app| app.requires_proof = is_required);
    }

    /// In development only people with a role on the app can be written to (200/2018028).
    pub fn set_in_development(&self, app_id: &str, is_in_development: bool) {
        self.change_app(app_id, |app| app.is_in_development = is_in_development);
    }

    /// Grants or takes away the app feature *Human Agent* (messenger.md §5). New apps have it.
    pub fn set_human_agent(&self, app_id: &str, is_granted: bool) {
        self.change_app(app_id, |app| app.lacks_human_agent = !is_granted);
    }

    fn change_app(&self, app_id: &str, change: impl FnOnce(&mut App)) {
        self.world.change(|state| {
            state.apps.get_mut(app_id).map(change);
        });
    }

    /// "Webhooks disabled": what Facebook does after an hour of failures. The page is no longer
    /// subscribed by any app, and nothing subscribes it again by itself (messenger.md §2.3).
    pub fn disable_webhooks(&self, page_id: &str) {
        self.world.change(|state| {
            if let Some(page) = state.pages.get_mut(page_id) {
                page.subscriptions.clear();
            }
        });
    }

    /// When echoes come.
    pub fn set_echo(&self, echo: Echo) {
        self.world.change(|state| state.echo = echo);
    }

    /// Shows this percentage of the limit in `X-Business-Use-Case-Usage` of every answer;
    /// `None` sends no header (messenger.md §4.5).
    pub fn set_usage(&self, percent: Option<u32>) {
        self.world.change(|state| state.usage_percent = percent);
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

impl World {
    /// Verifies a callback and keeps it with these fields.
    pub(super) fn set_webhook<'a>(
        &self,
        app_id: &str,
        url: &str,
        verify_token: &str,
        fields: impl Iterator<Item = &'a str>,
    ) -> Result<(), String> {
        if !self.state().apps.contains_key(app_id) {
            return Err(format!("There is no app {app_id}."));
        }
        let challenge = (wire::random_number() >> 33).to_string();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", verify_token)
            .finish();
        let separator = if url.contains('?') { '&' } else { '?' };
        let address = format!("{url}{separator}{query}");
        let answer = Wire::get(&address, Facebook::WEBHOOK_DEADLINE).map_err(|error| {
            format!("The URL couldn't be validated. Callback verification failed: {error}")
        })?;
        if answer.status != 200 {
            return Err(format!(
                "The URL couldn't be validated. Callback verification failed with the following \
                 errors: HTTP Status Code = {}",
                answer.status
            ));
        }
        if answer.body != challenge {
            return Err(format!(
                "The URL couldn't be validated. Response does not match challenge, expected value \
                 = {challenge:?}, received = {:?}",
                answer.body.chars().take(80).collect::<String>()
            ));
        }
        self.change(|state| {
            if let Some(app) = state.apps.get_mut(app_id) {
                app.callback_url = Some(url.to_owned());
                app.verify_token = verify_token.to_owned();
                app.fields = fields.map(str::to_owned).collect();
            }
        });
        Ok(())
    }
}
