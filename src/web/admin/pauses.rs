//! Pausing a page, or all pages of an account, without taking them away: what is to be sent waits, what comes in
//! goes on.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown;
use crate::clock;
use crate::domain::ids::PageId;
use crate::locale::Text;
use crate::store::{outbox, pages};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        confirm,
        pause,
        resume,
        confirm_account,
        pause_account,
        resume_account
    ]
}

#[derive(Template)]
#[template(path = "admin/pauses/new.html")]
struct New {
    /// Where the form goes.
    action: String,
    back: String,
    title: Text,
    waiting: u64,
}

/// The page of this account with its name, or 404.
fn load(app: &App, account: i64, page: i64) -> Answer<(PageId, String)> {
    let shown = shown::load(app, account)?;
    let page = shown
        .pages
        .into_iter()
        .find(|shown| shown.page.id.0 == page);
    let page = page.ok_or(Status::NotFound)?.page;
    Ok((page.id, page.name))
}

#[get("/admin/accounts/<account>/pages/<page>/pause")]
fn confirm(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
) -> Answer<Page<New>> {
    let (page, name) = load(app, account, page)?;
    let tries = app
        .store
        .read(|reader| outbox::tries_since(reader, clock::now()))?;
    Ok(Page::ok(New {
        action: format!("/admin/accounts/{account}/pages/{page}/pause"),
        back: "/admin/channels".to_owned(),
        title: Text::new("page-pause-title").arg("page", name),
        waiting: tries.get(&page).map_or(0, |tries| tries.waiting),
    }))
}

#[post("/admin/accounts/<account>/pages/<page>/pause", data = "<_button>")]
async fn pause(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let (id, _) = load(app, account, page)?;
    let by = administrator.id;
    app.store
        .write_by(administrator.actor(), move |tx| pages::hold(tx, id, by))
        .await?;
    Ok(Outcome::PagePaused.at("/admin/channels"))
}

#[post(
    "/admin/accounts/<account>/pages/<page>/resumption",
    data = "<_button>"
)]
async fn resume(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let (id, _) = load(app, account, page)?;
    app.store
        .write_by(administrator.actor(), move |tx| pages::resume(tx, id))
        .await?;
    Ok(Outcome::PageResumed.at("/admin/channels"))
}

#[get("/admin/accounts/<account>/pause")]
fn confirm_account(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<New>> {
    let shown = shown::load_finished(app, account)?;
    let tries = app
        .store
        .read(|reader| outbox::tries_since(reader, clock::now()))?;
    let tries = shown
        .pages
        .iter()
        .filter_map(|page| tries.get(&page.page.id));
    Ok(Page::ok(New {
        action: format!("/admin/accounts/{account}/pause"),
        back: shown.href(),
        title: Text::new("account-pause-title").arg("account", shown.account.name.clone()),
        waiting: tries.map(|tries| tries.waiting).sum(),
    }))
}

#[post("/admin/accounts/<account>/pause", data = "<_button>")]
async fn pause_account(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    _button: Button,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    let (account, by) = (shown.account.id, administrator.id);
    app.store
        .write_by(administrator.actor(), move |tx| {
            for page in pages::of_account(&tx.reader(), account)? {
                pages::hold(tx, page.id, by)?;
            }
            Ok(())
        })
        .await?;
    Ok(Outcome::AccountPaused.at(shown.href()))
}

#[post("/admin/accounts/<account>/resumption", data = "<_button>")]
async fn resume_account(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    _button: Button,
) -> Answer<Led> {
    let shown = shown::load_finished(app, account)?;
    let account = shown.account.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            for page in pages::of_account(&tx.reader(), account)? {
                pages::resume(tx, page.id)?;
            }
            Ok(())
        })
        .await?;
    Ok(Outcome::AccountResumed.at(shown.href()))
}
