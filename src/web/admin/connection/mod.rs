//! The connection check of an account: when it is made, and how long a form waits for it. What is shown of it,
//! and turns green by itself, are its [`points`].

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use rocket::response::Redirect;
use rocket::tokio::task::JoinHandle;
use rocket::{Route, State, get, post, routes, tokio};

use super::reach;
use super::shown::{self, setup_error};
use crate::channels::{Channel, Credentials, PageFacts, SetupError};
use crate::domain::ids::AccountId;
use crate::locale::Text;
use crate::store::{self, accounts, pages};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};
use crate::work::connection;

pub mod points;

use points::Check;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, check_now]
}

/// A form waits this long for the check that it started, so that its answer already shows what came of it.
/// The check itself goes on.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Template)]
#[template(path = "admin/connection/show.html")]
struct Show {
    id: AccountId,
    checks: Vec<Check>,
}

/// The list as a fragment, fetched again whenever the account changes.
#[get("/admin/accounts/<account>/connection")]
fn show(_administrator: Administrator, account: i64, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let shown = shown::load(app, account)?;
    Ok(Page::ok(Show {
        id: shown.account.id,
        checks: points::checks(app, &shown),
    }))
}

/// *Check now*.
#[post("/admin/accounts/<account>/check", data = "<_button>")]
async fn check_now(
    _administrator: Administrator,
    account: i64,
    app: &State<Arc<App>>,
    _button: Button,
) -> Answer<Redirect> {
    let shown = shown::load(app, account)?;
    settle(start(app, shown.account.id)).await;
    Ok(Redirect::to(if shown.account.completed_at.is_some() {
        format!("/admin/accounts/{account}")
    } else {
        format!("/admin/accounts/{account}/setup/callback")
    }))
}

/// What the platforms call for this account.
pub fn callback_url(app: &App, channel: &str, webhook_key: &str) -> String {
    format!("{}/webhooks/{channel}/{webhook_key}", app.public_url)
}

/// Checks the account in the background: our own address, then each page's token and events. Every result
/// is recorded as it comes.
pub fn start(app: &Arc<App>, account: AccountId) -> JoinHandle<()> {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = check(&app, account).await {
            tracing::error!(%account, %error, "a connection check was not recorded");
        }
    })
}

/// Waits a little for a check.
pub async fn settle(check: JoinHandle<()>) {
    // A check that takes longer goes on, and tells the open pages itself.
    let _ = tokio::time::timeout(PATIENCE, check).await;
}

async fn check(app: &Arc<App>, id: AccountId) -> store::Result<()> {
    let (account, pages) = app
        .store
        .read(|reader| Ok((accounts::by_id(reader, id)?, pages::of_account(reader, id)?)))?;
    let Some(account) = account else {
        return Ok(());
    };
    let callback_url = callback_url(app, &account.channel, &account.webhook_key);
    reach::check(app, id, callback_url.clone()).await?;
    let store = app.store.clone();
    let checked = ask(app, &account.channel, move |channel| {
        for page in &pages {
            // What the platform says stands beside the page.
            let _ = connection::check_page(&store, channel, page, &callback_url)?;
        }
        Ok(())
    });
    checked.await.unwrap_or(Ok(()))
}

/// Asks the platform on a thread of its own. `None` when the channel is gone or its code panicked.
pub async fn ask<T: Send + 'static>(
    app: &Arc<App>,
    channel: &str,
    question: impl FnOnce(&dyn Channel) -> T + Send + 'static,
) -> Option<T> {
    let channels = app.channels.clone();
    let channel = channel.to_owned();
    let asked = tokio::task::spawn_blocking(move || channels.get(&channel).map(question));
    match asked.await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(%error, "asking the platform failed");
            None
        }
    }
}

/// Asks the platform whose token it is. `None` when it was not reached: that does not stand in the way.
///
/// # Errors
/// Why the platform does not accept what was typed.
pub async fn look(
    app: &Arc<App>,
    channel: &str,
    credentials: Credentials,
) -> Result<Option<PageFacts>, SetupError> {
    match ask(app, channel, move |channel| channel.check(&credentials)).await {
        Some(Ok(facts)) => Ok(Some(facts)),
        Some(Err(SetupError::Unreachable(_))) | None => Ok(None),
        Some(Err(error)) => Err(error),
    }
}

/// The sentence of an error, for a field.
pub fn sentence(error: &SetupError) -> Text {
    setup_error(&connection::told(error))
}
