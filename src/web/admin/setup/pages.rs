//! The pages of an account that may have several.

use std::sync::Arc;

use askama::Template;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::{Step, steps, unfinished};
use crate::web::App;
use crate::web::admin::pages::{Adding, TypedPage, add_to};
use crate::web::admin::shown::ShownAccount;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![pages, add_page]
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
) -> Answer<Page<ShowPages>> {
    let shown = unfinished(app, account)?;
    let mut problems = Problems::default();
    problems.check("add", missing.is_none(), "account-needs-a-page");
    Ok(Page::ok(ShowPages {
        steps: steps(&shown, "pages"),
        shown,
        adding: add.map(|_| Adding::default()),
        problems,
    }))
}

#[post("/admin/accounts/<account>/setup/pages", data = "<form>")]
async fn add_page(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedPage>,
) -> Answer<Result<Redirect, Page<ShowPages>>> {
    let shown = unfinished(app, account)?;
    Ok(
        match add_to(app, administrator.actor(), &shown, form.read()?).await? {
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
