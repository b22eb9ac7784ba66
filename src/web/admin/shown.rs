//! Accounts and pages as the admin center shows them.

use rocket::http::Status;

use crate::channels::{Channel, Shape};
use crate::clock;
use crate::domain::connection::{self, Cause, Facts, Provisioning};
use crate::domain::delivery::Reason;
use crate::domain::ids::AccountId;
use crate::domain::time::Timestamp;
use crate::domain::token_health::{self, Concern, TokenAge};
use crate::locale::Text;
use crate::store::accounts::{self, Account, SIGNATURE_ALARM};
use crate::store::pages::{self, Page};
use crate::store::workstreams::{self, Workstream};
use crate::store::{self, Reader};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::list;
use crate::work::connection::UNREACHABLE;

/// An account with its pages.
pub struct ShownAccount {
    pub account: Account,
    pub shape: Shape,
    pub pages: Vec<ShownPage>,
}

/// A page of an account.
pub struct ShownPage {
    pub page: Page,
    pub workstream: String,
    pub state: Provisioning,
    /// Why it fails, or what keeps it waiting.
    pub reason: Option<Text>,
}

/// A state as a pill.
pub struct Pill {
    pub kind: &'static str,
    pub icon: &'static str,
    pub text: Text,
}

/// The account of an id with its pages.
///
/// # Errors
/// 404 when there is none; what the database says.
pub fn load(app: &App, account: i64) -> Answer<ShownAccount> {
    let found = app.store.read(|reader| {
        let Some(account) = accounts::by_id(reader, AccountId(account))? else {
            return Ok(None);
        };
        let pages = pages::of_account(reader, account.id)?;
        Ok(Some((account, pages, workstreams::all(reader)?)))
    })?;
    let (account, pages, workstreams) = found.ok_or(Status::NotFound)?;
    let shape = channel(app, &account)?.shape();
    Ok(show(account, shape, pages, &workstreams))
}

/// An account that is set up, with its pages.
///
/// # Errors
/// 404 when there is none; one that is still being set up leads to the wizard; what the database says.
pub fn load_finished(app: &App, account: i64) -> Answer<ShownAccount> {
    let shown = load(app, account)?;
    match shown.account.completed_at {
        Some(_) => Ok(shown),
        None => Err(Failure::elsewhere(shown.href())),
    }
}

/// Every account with its pages, oldest first. Those of a channel that this program does not have are
/// left out.
///
/// # Errors
/// What the database says.
pub fn load_all(app: &App, reader: &Reader<'_>) -> store::Result<Vec<ShownAccount>> {
    let mut pages = pages::all(reader)?;
    let workstreams = workstreams::all(reader)?;
    Ok(accounts::all(reader)?
        .into_iter()
        .filter_map(|account| {
            let shape = app.channels.get(&account.channel)?.shape();
            let own = pages
                .extract_if(.., |page| page.account == account.id)
                .collect();
            Some(show(account, shape, own, &workstreams))
        })
        .collect())
}

/// The channel of an account.
///
/// # Errors
/// 404 when this program does not have it.
pub fn channel<'a>(app: &'a App, account: &Account) -> Result<&'a dyn Channel, Status> {
    app.channels.get(&account.channel).ok_or(Status::NotFound)
}

fn show(
    account: Account,
    shape: Shape,
    pages: Vec<Page>,
    workstreams: &[Workstream],
) -> ShownAccount {
    let pages = pages
        .into_iter()
        .map(|page| {
            let state = connection::provisioning(facts(&account, shape, &page));
            let workstream = workstreams
                .iter()
                .find(|workstream| Some(workstream.id) == page.workstream)
                .map(|workstream| workstream.name.clone())
                .unwrap_or_default();
            ShownPage {
                reason: reason(&page, state),
                workstream,
                state,
                page,
            }
        })
        .collect();
    ShownAccount {
        account,
        shape,
        pages,
    }
}

fn facts(account: &Account, shape: Shape, page: &Page) -> Facts {
    Facts {
        has_credentials: account.has_secret && (page.has_token || shape.token_optional),
        token_accepted: page.token_ok_at.is_some(),
        token_refused: page.token_error.is_some(),
        events_refused: failure(page).is_some_and(|reason| reason.word != UNREACHABLE),
        callback_proved: is_callback_proved(account),
        signatures_refused: are_signatures_refused(account),
    }
}

/// Whether the platform called our address and was content, or has sent an event since.
pub fn is_callback_proved(account: &Account) -> bool {
    account.verified_at.is_some()
        || account.first_event_at.is_some()
        || account.test_event_at.is_some()
}

/// Whether the secret must be taken to be wrong.
pub fn are_signatures_refused(account: &Account) -> bool {
    i64::try_from(account.signature_failures).is_ok_and(|count| count >= SIGNATURE_ALARM)
}

/// Why the platform does not send a page's events, as it was stored.
fn failure(page: &Page) -> Option<Reason> {
    page.subscribe_error.as_deref().map(stored_reason)
}

/// A reason as it was stored; what is not in our form is the platform's own words.
pub fn stored_reason(stored: &str) -> Reason {
    serde_json::from_str(stored).unwrap_or_else(|_| Reason {
        word: "other".to_owned(),
        detail: stored.to_owned(),
    })
}

fn reason(page: &Page, state: Provisioning) -> Option<Text> {
    match state {
        Provisioning::Failing(Cause::TokenRefused) => page.token_error.as_deref().map(token_reason),
        Provisioning::Failing(Cause::SignaturesRefused) => {
            Some(own(&page.channel, "signatures-refused"))
        }
        Provisioning::NotConnected => None,
        Provisioning::Failing(Cause::EventsRefused) | Provisioning::Waiting => {
            failure(page).map(|reason| setup_error(&reason))
        }
        Provisioning::Running => page.subscribe_warning.as_deref().map(Text::new),
    }
}

/// Why a token is refused. Sending stores the platform's words as they came.
fn token_reason(stored: &str) -> Text {
    serde_json::from_str(stored).map_or_else(
        |_| {
            setup_error(&Reason {
                word: "token-refused".to_owned(),
                detail: stored.to_owned(),
            })
        },
        |reason| setup_error(&reason),
    )
}

/// The sentence of a reason why setting up does not go on.
pub fn setup_error(reason: &Reason) -> Text {
    Text::new(format!("setup-error-{}", reason.word)).arg("detail", reason.detail.clone())
}

/// A channel's own word for something: the locale key `channel-<name>-<part>`.
pub fn own(channel: &str, part: &str) -> Text {
    Text::new(format!("channel-{channel}-{part}"))
}

impl ShownAccount {
    /// The channel's own word for something.
    pub fn own(&self, part: &str) -> Text {
        own(&self.account.channel, part)
    }

    /// Where it stands.
    pub fn state(&self) -> Provisioning {
        connection::of_account(self.pages.iter().map(|page| page.state))
    }

    /// Where it stands, as a pill.
    pub fn pill(&self) -> Pill {
        let held = self.pages.iter().map(ShownPage::held);
        let held = held.min().flatten();
        pill(&self.account.channel, self.state(), held, self.concern())
    }

    /// Why it fails, or what keeps it waiting: the reason of the page that decides its state.
    pub fn reason(&self) -> Option<&Text> {
        let state = self.state();
        self.pages
            .iter()
            .filter(|page| page.state == state)
            .find_map(|page| page.reason.as_ref())
    }

    /// App ID or Channel ID, called by its name.
    pub fn external_id(&self) -> Text {
        self.own("id-short")
            .arg("id", self.account.external_id.clone())
    }

    /// The age of its oldest token; `None` without a stored one.
    pub fn oldest_token(&self) -> Option<TokenAge> {
        self.pages.iter().filter_map(ShownPage::token_age).max()
    }

    /// What is wrong with its tokens: the worst of it.
    pub fn concern(&self) -> Option<Concern> {
        let concerns = self.pages.iter().filter_map(ShownPage::concern);
        concerns.max_by_key(|concern| (concern.is_urgent(), concern.is_flag()))
    }

    /// When the last message came to any of its pages.
    pub fn last_message_at(&self) -> Option<Timestamp> {
        self.pages
            .iter()
            .filter_map(|page| page.page.last_message_at)
            .max()
    }

    /// Whether an administrator must do something.
    pub fn needs_attention(&self) -> bool {
        matches!(self.state(), Provisioning::Failing(_))
            || self.concern().is_some_and(Concern::is_flag)
    }

    /// Whether all of it runs.
    pub fn is_running(&self) -> bool {
        self.state() == Provisioning::Running
    }

    /// Its place in a list where what needs an administrator comes first.
    pub fn urgency(&self) -> u8 {
        match self.state() {
            Provisioning::Failing(_) => 0,
            Provisioning::Running if self.needs_attention() => 1,
            Provisioning::Waiting => 2,
            Provisioning::NotConnected => 3,
            Provisioning::Running => 4,
        }
    }

    /// Whether an administrator has paused every page of it.
    pub fn is_paused(&self) -> bool {
        !self.pages.is_empty() && self.pages.iter().all(|page| page.page.held_at.is_some())
    }

    /// The workstreams of its pages, each once.
    pub fn workstreams(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for page in &self.pages {
            if !page.workstream.is_empty() && !names.contains(&page.workstream.as_str()) {
                names.push(&page.workstream);
            }
        }
        names.join(", ")
    }

    /// Where the account goes on: its settings, or the wizard's step that comes next.
    pub fn href(&self) -> String {
        let account = self.account.id;
        if self.account.completed_at.is_some() {
            format!("/admin/accounts/{account}")
        } else if !self.account.has_secret {
            format!("/admin/accounts/{account}/setup/credentials")
        } else if self.pages.is_empty() && self.shape.many_pages {
            format!("/admin/accounts/{account}/setup/pages")
        } else {
            format!("/admin/accounts/{account}/setup/callback")
        }
    }

    /// The address of its pages.
    pub fn pages_href(&self) -> String {
        format!("/admin/accounts/{}/pages", self.account.id)
    }

    /// The address of the wizard's step where pages are added.
    pub fn setup_pages_href(&self) -> String {
        format!("/admin/accounts/{}/setup/pages", self.account.id)
    }

    /// Where the secret is found, or that the stored one is kept when the field stays empty.
    pub fn secret_hint(&self) -> Text {
        let tail = &self.account.secret_last4;
        match (self.account.has_secret, tail.is_empty()) {
            (false, _) => self.own("secret-hint"),
            (true, true) => Text::new("secret-kept"),
            (true, false) => Text::new("secret-kept-tail").arg("tail", tail.clone()),
        }
    }

    /// Whether the search finds it: by name, id, page or page id.
    pub fn matches(&self, words: &str) -> bool {
        let pages = self
            .pages
            .iter()
            .flat_map(|page| [&page.page.name, &page.page.platform_id, &page.page.handle]);
        let own = [&self.account.name, &self.account.external_id];
        list::finds(words, own.into_iter().chain(pages))
    }
}

impl ShownPage {
    /// Where it stands, as a pill.
    pub fn pill(&self) -> Pill {
        pill(&self.page.channel, self.state, self.held(), self.concern())
    }

    /// Why nothing is sent although it runs, as a locale key; `None`: it is.
    fn held(&self) -> Option<&'static str> {
        match (self.page.is_channel_off, self.page.held_at) {
            (true, _) => Some("provisioning-channel-off"),
            (false, Some(_)) => Some("provisioning-paused"),
            (false, None) => None,
        }
    }

    /// What is wrong with its token; `None`: nothing.
    pub fn concern(&self) -> Option<Concern> {
        token_health::concern(&self.page.token(), clock::now())
    }

    /// Whether its token ends within days.
    pub fn is_ending(&self) -> bool {
        matches!(self.concern(), Some(Concern::Ending(_)))
    }

    /// What is said about its token beside its age: why it could not be asked about.
    pub fn token_notes(&self) -> Vec<Text> {
        let page = &self.page;
        let unchecked = page.token_check_error.as_deref().map(|stored| {
            let reason = stored_reason(stored);
            Text::new("token-unchecked").arg("detail", reason.detail)
        });
        let reminder = page
            .token_snoozed_until
            .filter(|until| *until > clock::now())
            .map(|_| Text::new("token-snoozed"));
        [unchecked, reminder].into_iter().flatten().collect()
    }

    /// The age of its token; `None` when it is made from the secret.
    pub fn token_age(&self) -> Option<TokenAge> {
        self.page
            .token_saved_at
            .map(|saved_at| token_health::age(saved_at, clock::now()))
    }

    /// Letters in the round picture.
    pub fn initials(&self) -> String {
        crate::domain::names::initials(&self.page.name)
    }

    /// Its colour.
    pub fn tone(&self) -> char {
        crate::web::page::tone(self.page.id.0)
    }
}

fn pill(
    channel: &str,
    state: Provisioning,
    held: Option<&'static str>,
    concern: Option<Concern>,
) -> Pill {
    if let (Provisioning::Running, Some(held)) = (state, held) {
        return Pill {
            kind: "",
            icon: "circle-dashed",
            text: Text::new(held),
        };
    }
    let (kind, icon, text) = match (state, concern) {
        (Provisioning::NotConnected, _) => ("", "plug", Text::new("provisioning-not-connected")),
        (Provisioning::Waiting, _) => ("info", "clock", own(channel, "waiting")),
        (Provisioning::Failing(_), _) => ("bad", "circle-alert", Text::new("provisioning-failing")),
        (Provisioning::Running, Some(Concern::Ending(_))) => (
            "bad",
            "circle-alert",
            Text::new("provisioning-running-ending-token"),
        ),
        (Provisioning::Running, Some(Concern::Old(_))) => (
            "warn",
            "triangle-alert",
            Text::new("provisioning-running-old-token"),
        ),
        (Provisioning::Running, _) => ("ok", "check", Text::new("provisioning-running")),
    };
    Pill { kind, icon, text }
}
