//! Moving a page to another account of its channel, as when a shop gets an app of its own. Customers and
//! conversations stay with the page.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::{self, ShownAccount};
use super::{connection, removals, typed};
use crate::channels::{Credentials, PageFacts};
use crate::crypto::Secret;
use crate::domain::ids::{AccountId, PageId};
use crate::locale::Text;
use crate::store::{accounts, pages};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::Item;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::work::connection::{stored_facts, told};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![ask, change]
}

#[derive(Template)]
#[template(path = "admin/moves/new.html")]
struct Move {
    shown: ShownAccount,
    page: PageId,
    platform_id: String,
    name: String,
    goals: Vec<Item>,
    to: String,
    problems: Problems,
}

impl Move {
    /// Of a page of this account, or 404.
    fn load(app: &App, account: i64, page: i64) -> Answer<Move> {
        let shown = shown::load_finished(app, account)?;
        let found = shown.pages.iter().find(|shown| shown.page.id.0 == page);
        let found = found.filter(|_| shown.shape.many_pages);
        let row = found.ok_or(Status::NotFound)?.page.clone();
        let goals = app.store.read(accounts::all)?.into_iter().filter(|goal| {
            let is_ready = goal.completed_at.is_some() && goal.has_secret;
            is_ready && goal.channel == shown.account.channel && goal.id != shown.account.id
        });
        Ok(Move {
            goals: goals.map(|goal| Item::named(goal.id, &goal.name)).collect(),
            page: row.id,
            platform_id: row.platform_id,
            name: row.name,
            to: String::new(),
            problems: Problems::default(),
            shown,
        })
    }

    /// What the platform says about the token, asked as the other account's app. `None` when there is something
    /// to mend.
    async fn check(
        &mut self,
        app: &Arc<App>,
        goal: AccountId,
        token: Option<Secret>,
    ) -> Answer<Option<PageFacts>> {
        let (account, secret) = app.store.read(|reader| {
            Ok((
                accounts::by_id(reader, goal)?,
                accounts::secret(reader, goal)?,
            ))
        })?;
        let (Some(account), Some(secret)) = (account, secret) else {
            self.problems.add("to", Text::new("field-choose"));
            return Ok(None);
        };
        let credentials = Credentials {
            external_id: account.external_id,
            secret,
            page: self.platform_id.clone(),
            token,
        };
        Ok(
            match connection::look(app, &account.channel, credentials).await {
                Ok(Some(facts)) => Some(facts),
                Ok(None) => {
                    self.problems
                        .add("page_token", Text::new("move-not-checked"));
                    None
                }
                Err(error) => {
                    self.problems
                        .add("page_token", connection::sentence(&error));
                    None
                }
            },
        )
    }
}

#[get("/admin/accounts/<account>/pages/<page>/move")]
fn ask(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
) -> Answer<Page<Move>> {
    Ok(Page::ok(Move::load(app, account, page)?))
}

#[derive(FromForm)]
struct TypedMove {
    #[field(default = "")]
    to: String,
    #[field(default_with = Some(Secret::new("")))]
    page_token: Secret,
}

/// The new token is checked first; then the old app leaves the page, and the page is the other account's.
#[post("/admin/accounts/<account>/pages/<page>/move", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    page: i64,
    form: Form<TypedMove>,
) -> Answer<Result<Led, Page<Move>>> {
    let mut moving = Move::load(app, account, page)?;
    let form = form.read()?;
    moving.to.clone_from(&form.to);
    let goal = typed::chosen(&mut moving.problems, "to", &form.to, &moving.goals);
    if form.to.is_empty() {
        moving.problems.add("to", Text::new("field-choose"));
    }
    let token = typed::token(&mut moving.problems, "page_token", &form.page_token, false);
    let mut facts = None;
    if let (Some(goal), true) = (goal, moving.problems.is_empty()) {
        facts = moving.check(app, AccountId(goal), token.clone()).await?;
    }
    let (Some(goal), Some(token), Some(facts)) = (goal.map(AccountId), token, facts) else {
        return Ok(Err(Page::unprocessable(moving)));
    };
    let id = moving.page;
    // What the old app is still sent is for a page that its account does not have any more.
    if let Err(error) = removals::unsubscribe(app, &moving.shown.account.channel, id).await? {
        tracing::warn!(page = %id, error = told(&error).word, "the old app could not leave the page");
    }
    app.store
        .write_by(administrator.actor(), move |tx| {
            pages::move_to(tx, id, goal, &token)?;
            pages::token_accepted(tx, id, &stored_facts(facts, false))
        })
        .await?;
    connection::settle(connection::start(app, goal)).await;
    Ok(Ok(
        Outcome::PageMoved.at(format!("/admin/accounts/{goal}/pages"))
    ))
}
