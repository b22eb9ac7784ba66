//! Channel details: the account's name. (Its channel is chosen when it is made and stays.)

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::{Step, steps, unfinished};
use crate::store::accounts;
use crate::web::App;
use crate::web::admin::shown::ShownAccount;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![details, change_details]
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
) -> Answer<Page<ShowDetails>> {
    let shown = unfinished(app, account)?;
    let name = shown.account.name.clone();
    Ok(Page::ok(ShowDetails::page(
        shown,
        name,
        Problems::default(),
    )))
}

#[derive(FromForm)]
struct TypedDetails {
    #[field(default = "")]
    name: String,
}

#[post("/admin/accounts/<account>/setup/details", data = "<form>")]
async fn change_details(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedDetails>,
) -> Answer<Result<Redirect, Page<ShowDetails>>> {
    let shown = unfinished(app, account)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &form.name);
    if !problems.is_empty() {
        let page = ShowDetails::page(shown, form.name.clone(), problems);
        return Ok(Err(Page::unprocessable(page)));
    }
    let id = shown.account.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            accounts::rename(tx, id, &name)
        })
        .await?;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{id}/setup/credentials"
    ))))
}
