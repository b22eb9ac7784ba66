//! Checking the connection of a page: whether its platform accepts the token and sends us the page's events.
//! Every result is recorded as it comes, so that open pages show how far the check is.

use crate::channels::{Channel, Credentials, PageFacts, SetupError};
use crate::clock;
use crate::domain::delivery::Reason;
use crate::domain::ids::PageId;
use crate::store::pages::{Facts, Page, PageCredentials};
use crate::store::{Result, Store, Tx, accounts, allowances, pages};

/// The word of the reason that says nothing against the page: the platform was not reached.
pub const UNREACHABLE: &str = "unreachable";

/// What came of a check.
pub type Checked = std::result::Result<(), SetupError>;

impl From<PageCredentials> for Credentials {
    fn from(stored: PageCredentials) -> Credentials {
        Credentials {
            external_id: stored.external_id,
            secret: stored.secret,
            page: stored.page,
            token: stored.token,
        }
    }
}

/// Asks the platform whose token a page has, then to send its events to `callback_url`, and records what came
/// of both. A page of an account without a secret is left alone. Blocks up to 100 s.
///
/// # Errors
/// The database's; what the platform says is in what is returned.
pub fn check_page(
    store: &Store,
    channel: &dyn Channel,
    page: &Page,
    callback_url: &str,
) -> Result<Checked> {
    let id = page.id;
    let Some(credentials) = store.read(|reader| pages::credentials(reader, id))? else {
        return Ok(Ok(()));
    };
    let credentials = Credentials::from(credentials);
    let facts = match channel.check(&credentials) {
        Ok(facts) => facts,
        Err(error) => {
            record_refusal(store, page, &error)?;
            return Ok(Err(error));
        }
    };
    let credentials = Credentials {
        page: facts.page.clone(),
        ..credentials
    };
    record_acceptance(store, channel, page, facts)?;
    // What is left to send is good to know from the beginning; whether it is told proves nothing.
    if let Ok(Some(allowance)) = channel.allowance(&credentials, clock::now()) {
        store.write_blocking(move |tx| allowances::told(tx, id, &allowance))?;
    }
    let subscribed = channel.subscribe(&credentials, callback_url);
    let account = page.account;
    store.write_blocking(move |tx| match subscribed {
        Ok(subscribed) => {
            if subscribed.callback_proved {
                accounts::verified(tx, account)?;
            }
            pages::subscribed(tx, id, subscribed.warning)?;
            Ok(Ok(()))
        }
        Err(error) => {
            pages::subscribe_failed(tx, id, &stored(&error))?;
            Ok(Err(error))
        }
    })
}

pub(super) fn record_acceptance(
    store: &Store,
    channel: &dyn Channel,
    page: &Page,
    facts: PageFacts,
) -> Result<()> {
    let id = page.id;
    let facts = stored_facts(facts, !channel.shape().many_pages);
    let recorded = store.write_blocking(move |tx| pages::token_accepted(tx, id, &facts));
    match recorded {
        Err(error) if error.is_unique_violation() => {
            let reason = reason("page-taken", "");
            store.write_blocking(move |tx| pages::subscribe_failed(tx, id, &reason))
        }
        other => other,
    }
}

fn record_refusal(store: &Store, page: &Page, error: &SetupError) -> Result<()> {
    let (id, error) = (page.id, error.clone());
    store.write_blocking(move |tx| {
        if matches!(error, SetupError::Unreachable(_)) {
            // The check waits for it.
            pages::subscribe_failed(tx, id, &stored(&error))?;
        }
        refused(tx, id, &error)
    })
}

/// Records what a platform has against a page's token: a refused one stops sending, everything else is told
/// beside the page. A platform that was not reached has said nothing.
///
/// # Errors
/// The database's.
pub fn refused(tx: &Tx<'_>, page: PageId, error: &SetupError) -> Result<()> {
    let reason = stored(error);
    match error {
        SetupError::OtherPage { .. }
        | SetupError::NotAPageToken
        | SetupError::OtherApp
        | SetupError::TokenRefused(_)
        | SetupError::SecretRefused(_) => pages::token_refused(tx, page, &reason),
        SetupError::Unreachable(_) => pages::token_unchecked(tx, page, &reason),
        _ => pages::subscribe_failed(tx, page, &reason),
    }
}

/// The platform's facts as they are kept. Where the administrator types no name the platform's is taken.
pub fn stored_facts(facts: PageFacts, takes_name: bool) -> Facts {
    Facts {
        platform_id: facts.page,
        name: takes_name.then_some(facts.name),
        handle: facts.handle,
        token_ends_at: facts.token_end.map(|end| end.at(clock::now())),
        token_permissions: facts.permissions.join(" "),
        answered_elsewhere: facts.answered_elsewhere,
    }
}

/// A reason as it is stored.
pub fn reason(word: &str, detail: &str) -> String {
    serde_json::json!(Reason {
        word: word.to_owned(),
        detail: detail.to_owned(),
    })
    .to_string()
}

fn stored(error: &SetupError) -> String {
    let told = told(error);
    reason(&told.word, &told.detail)
}

/// What an error says: the word of a locale key `setup-error-…`, and the platform's words.
pub fn told(error: &SetupError) -> Reason {
    let (word, detail) = match error {
        SetupError::OtherPage { name, page } => ("other-page", format!("{name} ({page})")),
        SetupError::NotAPageToken => ("not-a-page-token", String::new()),
        SetupError::OtherApp => ("other-app", String::new()),
        SetupError::TokenRefused(detail) => ("token-refused", detail.clone()),
        SetupError::SecretRefused(detail) => ("secret-refused", detail.clone()),
        SetupError::MissingPermission(detail) => ("missing-permission", detail.clone()),
        SetupError::PointsElsewhere(detail) => ("points-elsewhere", detail.clone()),
        SetupError::CallbackRefused(detail) => ("callback-refused", detail.clone()),
        SetupError::CallbackUnreachable(detail) => ("callback-unreachable", detail.clone()),
        SetupError::WebhookOff => ("webhook-off", String::new()),
        SetupError::Unreachable(detail) => (UNREACHABLE, detail.clone()),
        SetupError::Other(detail) => ("other", detail.clone()),
    };
    Reason {
        word: word.to_owned(),
        detail,
    }
}
