//! The wizard after its first step: credentials, pages, callback information. Each step is a page of its
//! own; the account is kept all the while, and a finished one leads to its settings.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::connection::{self, Check};
use super::pages::{self as admin_pages, Adding, TypedPage};
use super::shown::{self, ShownAccount};
use super::typed;
use crate::channels::{Credentials, PageFacts, SetupError};
use crate::crypto::Secret;
use crate::domain::ids::{AccountId, PageId};
use crate::domain::privacy;
use crate::locale::Text;
use crate::store::accounts;
use crate::store::pages::{self as page_store, NewPage};
use crate::store::{self, Tx};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};
use crate::work::connection::{UNREACHABLE, reason, stored_facts};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        details,
        change_details,
        credentials,
        save_credentials,
        pages,
        add_page,
        callback,
        complete
    ]
}

/// One step in the list at the side.
pub struct Step {
    pub title: Text,
    pub sub: Option<Text>,
    pub href: String,
    pub is_done: bool,
    pub is_current: bool,
}

/// The steps of the account's channel; `current` is the last segment of the step's address.
pub fn steps(shown: &ShownAccount, current: &str) -> Vec<Step> {
    let account = &shown.account;
    let step = |name: &str, title: Text, sub: Option<Text>, is_done: bool| Step {
        title,
        sub,
        href: format!("/admin/accounts/{}/setup/{name}", account.id),
        is_done,
        is_current: name == current,
    };
    let mut steps = vec![
        step(
            "details",
            Text::new("account-step-details"),
            Some(Text::new(format!("channel-{}", account.channel))),
            true,
        ),
        step(
            "credentials",
            shown.own("step-credentials"),
            account.has_secret.then(|| shown.external_id()),
            account.has_secret,
        ),
    ];
    if shown.shape.many_pages {
        let count = shown.pages.len();
        steps.push(step(
            "pages",
            shown.own("step-pages"),
            (count > 0).then(|| Text::new("account-pages").arg("count", count)),
            count > 0,
        ));
    }
    steps.push(step(
        "callback",
        Text::new("account-step-callback"),
        None,
        account.completed_at.is_some(),
    ));
    steps
}

/// An account that is being set up; the settings' address for one that is finished.
fn unfinished(app: &App, account: i64) -> Answer<Result<ShownAccount, Redirect>> {
    let shown = shown::load(app, account)?;
    Ok(if shown.account.completed_at.is_some() {
        Err(Redirect::to(shown.href()))
    } else {
        Ok(shown)
    })
}

#[derive(Template)]
#[template(path = "admin/setup/details.html")]
struct ShowDetails {
    steps: Vec<Step>,
    shown: ShownAccount,
    name: String,
    problems: Problems,
}

impl ShowDetails {
    fn page(shown: ShownAccount, name: String, problems: Problems) -> ShowDetails {
        ShowDetails {
            steps: steps(&shown, "details"),
            shown,
            name,
            problems,
        }
    }
}

#[get("/admin/accounts/<account>/setup/details")]
fn details(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Result<Page<ShowDetails>, Redirect>> {
    Ok(unfinished(app, account)?.map(|shown| {
        let name = shown.account.name.clone();
        Page::ok(ShowDetails::page(shown, name, Problems::default()))
    }))
}

#[derive(FromForm)]
struct TypedDetails {
    #[field(default = "")]
    name: String,
}

#[post("/admin/accounts/<account>/setup/details", data = "<form>")]
async fn change_details(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedDetails>,
) -> Answer<Result<Redirect, Page<ShowDetails>>> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(Ok(elsewhere)),
    };
    let form = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &form.name);
    if !problems.is_empty() {
        let page = ShowDetails::page(shown, form.name.clone(), problems);
        return Ok(Err(Page::unprocessable(page)));
    }
    let id = shown.account.id;
    app.store
        .write(move |tx| accounts::rename(tx, id, &name))
        .await?;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{id}/setup/credentials"
    ))))
}

#[derive(Template)]
#[template(path = "admin/setup/credentials.html")]
struct ShowCredentials {
    steps: Vec<Step>,
    shown: ShownAccount,
    external_id: String,
    acknowledged: bool,
    /// Secrets were typed that are not kept over the error: they are asked again.
    asks_again: bool,
    taken: Option<Owner>,
    problems: Problems,
}

/// The account that has a page already.
pub struct Owner {
    pub id: AccountId,
    pub name: String,
}

/// The account that has this page already; `None` when none has.
///
/// # Errors
/// What the database says.
pub fn owner(app: &App, channel: &str, platform_id: &str) -> Answer<Option<Owner>> {
    Ok(app.store.read(|reader| {
        let Some(page) = page_store::by_platform_id(reader, channel, platform_id)? else {
            return Ok(None);
        };
        let account = accounts::by_id(reader, page.account)?;
        Ok(account.map(|account| Owner {
            id: account.id,
            name: account.name,
        }))
    })?)
}

#[get("/admin/accounts/<account>/setup/credentials")]
fn credentials(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Result<Page<ShowCredentials>, Redirect>> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(Err(elsewhere)),
    };
    let acknowledged = has_acknowledged(app, shown.account.id)?;
    Ok(Ok(Page::ok(ShowCredentials {
        steps: steps(&shown, "credentials"),
        external_id: shown.account.external_id.clone(),
        acknowledged,
        asks_again: false,
        taken: None,
        problems: Problems::default(),
        shown,
    })))
}

/// Whether somebody agreed to today's text of the privacy notice for this account.
fn has_acknowledged(app: &App, account: AccountId) -> Answer<bool> {
    let acknowledgement = app
        .store
        .read(|reader| accounts::acknowledgement(reader, account))?;
    Ok(acknowledgement.is_some_and(|it| it.text_version == privacy::TEXT_VERSION))
}

#[derive(FromForm)]
struct TypedCredentials {
    #[field(default = "")]
    external_id: String,
    #[field(default_with = Some(Secret::new("")))]
    secret: Secret,
    #[field(default_with = Some(Secret::new("")))]
    token: Secret,
    #[field(default = false)]
    acknowledged: bool,
}

/// What the step yields when it is right.
struct Given {
    external_id: String,
    /// `None` keeps the stored one.
    secret: Option<Secret>,
    token: Option<Secret>,
}

#[post("/admin/accounts/<account>/setup/credentials", data = "<form>")]
async fn save_credentials(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedCredentials>,
) -> Answer<Result<Redirect, Page<ShowCredentials>>> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(Ok(elsewhere)),
    };
    let form = form.read()?;
    let mut problems = Problems::default();
    let given = read_credentials(&mut problems, &shown, &form);
    problems.check("acknowledged", form.acknowledged, "privacy-required");
    let mut facts = None;
    let mut taken = None;
    if problems.is_empty() && !shown.shape.many_pages {
        facts = check_only_page(app, &shown, &given, &mut problems).await?;
        if let Some(facts) = &facts {
            taken = owner(app, &shown.account.channel, &facts.page)?
                .filter(|owner| owner.id != shown.account.id);
            if taken.is_some() {
                problems.add("external_id", Text::new("account-page-taken"));
            }
        }
    }
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(ShowCredentials {
            steps: steps(&shown, "credentials"),
            external_id: form.external_id.clone(),
            acknowledged: form.acknowledged,
            asks_again: !form.secret.is_empty() || !form.token.is_empty(),
            taken,
            problems,
            shown,
        })));
    }
    let id = shown.account.id;
    let (has_acknowledged, user) = (has_acknowledged(app, id)?, administrator.id);
    let only_page = (!shown.shape.many_pages).then(|| OnlyPage {
        account: id,
        page: shown.pages.first().map(|page| page.page.id),
        name: shown.account.name.clone(),
        facts,
    });
    let step = if only_page.is_some() {
        "callback"
    } else {
        "pages"
    };
    app.store
        .write(move |tx| {
            if !has_acknowledged {
                accounts::acknowledge(tx, id, privacy::TEXT_VERSION, user)?;
            }
            accounts::set_external_id(tx, id, &given.external_id)?;
            if let Some(secret) = &given.secret {
                accounts::set_secret(tx, id, secret)?;
            }
            match only_page {
                Some(only_page) => only_page.store(tx, given.token.as_ref()),
                None => Ok(()),
            }
        })
        .await?;
    connection::settle(connection::start(app, id)).await;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{id}/setup/{step}"
    ))))
}

fn read_credentials(
    problems: &mut Problems,
    shown: &ShownAccount,
    form: &TypedCredentials,
) -> Given {
    let has_page = !shown.pages.is_empty();
    Given {
        external_id: typed::id(problems, "external_id", &form.external_id),
        secret: typed::secret(problems, "secret", &form.secret, shown.account.has_secret),
        token: if shown.shape.many_pages {
            None
        } else {
            let may_be_empty = shown.shape.token_optional || has_page;
            typed::token(problems, "token", &form.token, may_be_empty)
        },
    }
}

/// Where the account's own token tells its one page: asks the platform for it. `None` when it was not
/// reached; the account is saved all the same and says so.
async fn check_only_page(
    app: &Arc<App>,
    shown: &ShownAccount,
    given: &Given,
    problems: &mut Problems,
) -> Answer<Option<PageFacts>> {
    let id = shown.account.id;
    let stored = app.store.read(|reader| accounts::secret(reader, id))?;
    let Some(secret) = given.secret.clone().or(stored) else {
        return Ok(None);
    };
    let credentials = Credentials {
        external_id: given.external_id.clone(),
        secret,
        page: String::new(),
        token: given.token.clone(),
    };
    let checked = connection::ask(app, &shown.account.channel, move |channel| {
        channel.check(&credentials)
    })
    .await;
    match checked {
        Some(Ok(facts)) => Ok(Some(facts)),
        Some(Err(SetupError::Unreachable(_))) | None => Ok(None),
        Some(Err(error)) => {
            let field = match error {
                SetupError::SecretRefused(_) => "secret",
                _ if given.token.is_some() => "token",
                _ => "secret",
            };
            problems.add(field, connection::sentence(&error));
            Ok(None)
        }
    }
}

/// The one page of an account, to be stored with it.
struct OnlyPage {
    account: AccountId,
    /// `None` when it is to be added.
    page: Option<PageId>,
    /// Stands in until the platform tells the page's own.
    name: String,
    /// `None` when the platform was not reached.
    facts: Option<PageFacts>,
}

impl OnlyPage {
    fn store(self, tx: &Tx<'_>, token: Option<&Secret>) -> store::Result<()> {
        let page = match (self.page, token) {
            (Some(page), Some(_)) => {
                page_store::replace_token(tx, page, token)?;
                page
            }
            (Some(page), None) => page,
            (None, _) => page_store::add(
                tx,
                &NewPage {
                    account: self.account,
                    platform_id: String::new(),
                    name: self.name,
                    handle: String::new(),
                    token: token.cloned(),
                },
            )?,
        };
        match self.facts {
            Some(facts) => page_store::token_accepted(tx, page, &stored_facts(facts, true)),
            None => page_store::subscribe_failed(tx, page, &reason(UNREACHABLE, "")),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/setup/pages.html")]
struct ShowPages {
    steps: Vec<Step>,
    shown: ShownAccount,
    adding: Option<Adding>,
    problems: Problems,
}

#[get("/admin/accounts/<account>/setup/pages?<add>&<missing>")]
fn pages(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    add: Option<&str>,
    missing: Option<&str>,
) -> Answer<Result<Page<ShowPages>, Redirect>> {
    Ok(unfinished(app, account)?.map(|shown| {
        let mut problems = Problems::default();
        problems.check("add", missing.is_none(), "account-needs-a-page");
        Page::ok(ShowPages {
            steps: steps(&shown, "pages"),
            shown,
            adding: add.map(|_| Adding::default()),
            problems,
        })
    }))
}

#[post("/admin/accounts/<account>/setup/pages", data = "<form>")]
async fn add_page(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedPage>,
) -> Answer<Result<Redirect, Page<ShowPages>>> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(Ok(elsewhere)),
    };
    Ok(
        match admin_pages::add_to(app, &shown, form.read()?).await? {
            Ok(()) => Ok(Redirect::to(format!(
                "/admin/accounts/{account}/setup/pages"
            ))),
            Err(adding) => Err(Page::unprocessable(ShowPages {
                steps: steps(&shown, "pages"),
                shown,
                adding: Some(adding),
                problems: Problems::default(),
            })),
        },
    )
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
) -> Answer<Result<Page<ShowCallback>, Redirect>> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(Err(elsewhere)),
    };
    Ok(match unfinished_step(app, &shown)? {
        Some(step) => Err(Redirect::to(step)),
        None => Ok(Page::ok(show_callback(app, shown)?)),
    })
}

fn show_callback(app: &App, shown: ShownAccount) -> Answer<ShowCallback> {
    Ok(ShowCallback {
        steps: steps(&shown, "callback"),
        values: callback_values(app, &shown)?,
        checks: connection::checks(app, &shown),
        shown,
    })
}

/// The address of an earlier step that must be done first; `None` when all are.
fn unfinished_step(app: &App, shown: &ShownAccount) -> Answer<Option<String>> {
    let step = if !shown.account.has_secret || !has_acknowledged(app, shown.account.id)? {
        "credentials"
    } else if shown.pages.is_empty() {
        "pages?missing=true"
    } else {
        return Ok(None);
    };
    Ok(Some(format!(
        "/admin/accounts/{}/setup/{step}",
        shown.account.id
    )))
}

/// *Done*.
#[post("/admin/accounts/<account>/setup/callback", data = "<_button>")]
async fn complete(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    _button: Button,
) -> Answer<Redirect> {
    let shown = match unfinished(app, account)? {
        Ok(shown) => shown,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let Some(step) = unfinished_step(app, &shown)? {
        return Ok(Redirect::to(step));
    }
    let id = shown.account.id;
    app.store
        .write(move |tx| accounts::complete(tx, id))
        .await?;
    Ok(Redirect::to(format!("/admin/accounts/{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto;
    use crate::locale::Locale;

    /// Who agreed to which text is kept by the version: a text that changes needs another one.
    #[test]
    fn the_privacy_notice_has_the_text_of_its_version() {
        let keys = [
            "channel-facebook-privacy",
            "channel-line-privacy",
            "privacy-1",
            "privacy-2",
            "privacy-3",
            "privacy-acknowledge",
        ];
        let text: Vec<String> = keys
            .into_iter()
            .map(|key| Text::new(key).say(Locale::English))
            .collect();
        let digest = crypto::hex(&crypto::sha256(text.join("\n").as_bytes()));
        assert_eq!(
            (privacy::TEXT_VERSION, &digest[..16]),
            ("2026-11", "b514c855fb946bde")
        );
    }
}
