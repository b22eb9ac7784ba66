//! The settings of a finished account: overview with its connection check, and callback information.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::connection;
use super::connection::points::{self, Check};
use super::setup::callback::{CallbackValues, callback_values};
use super::shown::{self, ShownAccount};
use super::typed;
use crate::channels::{Credentials, SetupError};
use crate::crypto::Secret;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::accounts::{self, Acknowledgement};
use crate::store::pages;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        overview,
        change_name,
        change_credentials,
        change_token_flag,
        callback
    ]
}

#[derive(Template)]
#[template(path = "admin/settings/overview.html")]
struct Overview {
    checks: Vec<Check>,
    acknowledgement: Option<Acknowledgement>,
    secret_looks_odd: bool,
    name: String,
    external_id: String,
    asks_again: bool,
    problems: Problems,
    shown: ShownAccount,
}

impl Overview {
    fn load(app: &App, shown: ShownAccount) -> Answer<Overview> {
        let account = &shown.account;
        let (acknowledgement, secret) = app.store.read(|reader| {
            Ok((
                accounts::acknowledgement(reader, account.id)?,
                accounts::secret(reader, account.id)?,
            ))
        })?;
        Ok(Overview {
            checks: points::checks(app, &shown),
            acknowledgement,
            secret_looks_odd: secret.is_some_and(|secret| !typed::looks_like_a_secret(&secret)),
            name: account.name.clone(),
            external_id: account.external_id.clone(),
            asks_again: false,
            problems: Problems::default(),
            shown,
        })
    }

    /// The last attempt to prove the callback.
    fn verification(&self) -> Text {
        let account = &self.shown.account;
        match (&account.verify_error, account.verified_at) {
            (Some(error), _) => points::verify_error(error),
            (None, Some(_)) => Text::new("account-verified"),
            (None, None) => Text::new("accounts-never"),
        }
    }

    fn verification_at(&self) -> Option<Timestamp> {
        let account = &self.shown.account;
        account.verify_failed_at.or(account.verified_at)
    }

    fn signatures(&self) -> Text {
        Text::new("account-signatures").arg("count", self.shown.account.signature_failures)
    }
}

#[get("/admin/accounts/<account>")]
fn overview(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Overview>> {
    let shown = shown::load_finished(app, account)?;
    Ok(Page::ok(Overview::load(app, shown)?))
}

#[derive(FromForm)]
struct TypedName {
    #[field(default = "")]
    name: String,
}

#[post("/admin/accounts/<account>", data = "<form>")]
async fn change_name(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedName>,
) -> Answer<Result<Led, Page<Overview>>> {
    let shown = shown::load(app, account)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &form.name);
    let id = shown.account.id;
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(Overview {
            name: form.name.clone(),
            problems,
            ..Overview::load(app, shown)?
        })));
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            accounts::rename(tx, id, &name)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("/admin/accounts/{id}"))))
}

#[derive(FromForm)]
struct TypedCredentials {
    #[field(default = "")]
    external_id: String,
    #[field(default_with = Some(Secret::new("")))]
    secret: Secret,
}

/// Another id or secret is checked with the token of a page first; one that the platform refuses leaves the
/// old ones in place.
#[post("/admin/accounts/<account>/credentials", data = "<form>")]
async fn change_credentials(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedCredentials>,
) -> Answer<Result<Led, Page<Overview>>> {
    let shown = shown::load_finished(app, account)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let external_id = typed::id(&mut problems, "external_id", &form.external_id);
    let secret = typed::secret(&mut problems, "secret", &form.secret, true);
    if problems.is_empty() {
        check(app, &shown, &external_id, secret.clone(), &mut problems).await?;
    }
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(Overview {
            external_id: form.external_id.clone(),
            asks_again: !form.secret.is_empty(),
            problems,
            ..Overview::load(app, shown)?
        })));
    }
    let id = shown.account.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            accounts::set_external_id(tx, id, &external_id)?;
            match &secret {
                Some(secret) => accounts::set_secret(tx, id, secret),
                None => Ok(()),
            }
        })
        .await?;
    connection::settle(connection::start(app, id)).await;
    Ok(Ok(Outcome::Saved.at(format!("/admin/accounts/{id}"))))
}

async fn check(
    app: &Arc<App>,
    shown: &ShownAccount,
    external_id: &str,
    secret: Option<Secret>,
    problems: &mut Problems,
) -> Answer<()> {
    let Some(page) = shown.pages.first().map(|page| page.page.id) else {
        return Ok(());
    };
    let Some(stored) = app.store.read(|reader| pages::credentials(reader, page))? else {
        return Ok(());
    };
    let stored = Credentials::from(stored);
    let credentials = Credentials {
        external_id: external_id.to_owned(),
        secret: secret.unwrap_or(stored.secret),
        ..stored
    };
    // A token that is refused whatever the secret is told beside its page, not here.
    match connection::look(app, &shown.account.channel, credentials).await {
        Err(error @ SetupError::SecretRefused(_)) => {
            problems.add("secret", connection::sentence(&error));
        }
        Err(SetupError::OtherApp) => {
            problems.add("external_id", Text::new("account-id-of-another-app"));
        }
        _ => {}
    }
    Ok(())
}

#[derive(FromForm)]
struct TypedFlag {
    #[field(default = false)]
    flags_token_age: bool,
}

/// Whether the age of the account's tokens is flagged: a choice only where tokens do not end by themselves.
#[post("/admin/accounts/<account>/token-flag", data = "<form>")]
async fn change_token_flag(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedFlag>,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    if !shown.shape.token_lasts {
        return Err(Status::NotFound.into());
    }
    let (id, is_flagged) = (shown.account.id, form.read()?.flags_token_age);
    app.store
        .write_by(administrator.actor(), move |tx| {
            accounts::flag_token_age(tx, id, is_flagged)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/accounts/{id}")))
}

#[derive(Template)]
#[template(path = "admin/settings/callback.html")]
struct Callback {
    values: CallbackValues,
    shown: ShownAccount,
}

#[get("/admin/accounts/<account>/callback")]
fn callback(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<Callback>> {
    let shown = shown::load_finished(app, account)?;
    Ok(Page::ok(Callback {
        values: callback_values(app, &shown)?,
        shown,
    }))
}
