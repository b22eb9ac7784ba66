//! What is pasted at the platform, and *Done*.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, post, routes};

use super::credentials::has_acknowledged;
use super::{Step, steps, unfinished};
use crate::crypto::Secret;
use crate::locale::Text;
use crate::store::accounts;
use crate::web::App;
use crate::web::admin::connection::points::{self, Check};
use crate::web::admin::shown::ShownAccount;
use crate::web::admin::{connection, typed};
use crate::web::failure::{Answer, Failure};
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![callback, complete]
}

#[derive(Template)]
#[template(path = "admin/setup/callback.html")]
struct ShowCallback {
    steps: Vec<Step>,
    values: CallbackValues,
    checks: Vec<Check>,
    shown: ShownAccount,
}

/// What is pasted at the platform.
pub struct CallbackValues {
    pub url: String,
    /// `None` where the channel has no verification call.
    pub verify_token: Option<Secret>,
    /// The numbered steps at the platform, in its own words.
    pub how: Vec<Text>,
    /// The secret does not look like those of the platform.
    pub secret_looks_odd: bool,
}

/// What is pasted at the platform for this account.
///
/// # Errors
/// What the database says.
pub fn callback_values(app: &App, shown: &ShownAccount) -> Answer<CallbackValues> {
    let account = &shown.account;
    let (verify_token, secret) = app.store.read(|reader| {
        Ok((
            accounts::verify_token(reader, account.id)?,
            accounts::secret(reader, account.id)?,
        ))
    })?;
    let how = (1..)
        .map(|number| shown.own(&format!("how-{number}")))
        .take_while(|text| crate::locale::has(text.key()))
        .collect();
    Ok(CallbackValues {
        url: connection::callback_url(app, &account.channel, &account.webhook_key),
        verify_token,
        how,
        secret_looks_odd: secret.is_some_and(|secret| !typed::looks_like_a_secret(&secret)),
    })
}

#[get("/admin/accounts/<account>/setup/callback")]
fn callback(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<ShowCallback>> {
    let shown = unfinished(app, account)?;
    all_done(app, &shown)?;
    Ok(Page::ok(ShowCallback {
        steps: steps(&shown, "callback"),
        values: callback_values(app, &shown)?,
        checks: points::checks(app, &shown),
        shown,
    }))
}

/// An earlier step that is not done leads there.
fn all_done(app: &App, shown: &ShownAccount) -> Answer<()> {
    let step = if !shown.account.has_secret || !has_acknowledged(app, shown.account.id)? {
        "credentials"
    } else if shown.pages.is_empty() {
        "pages?missing=true"
    } else {
        return Ok(());
    };
    let id = shown.account.id;
    Err(Failure::elsewhere(format!(
        "/admin/accounts/{id}/setup/{step}"
    )))
}

/// *Done*.
#[post("/admin/accounts/<account>/setup/callback", data = "<_button>")]
async fn complete(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    _button: Button,
) -> Answer<Led> {
    let shown = unfinished(app, account)?;
    all_done(app, &shown)?;
    let id = shown.account.id;
    app.store
        .write_by(administrator.actor(), move |tx| accounts::complete(tx, id))
        .await?;
    Ok(Outcome::AccountCompleted.at(format!("/admin/accounts/{id}")))
}
