//! What supervisors may do with conversations of others.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::save;
use crate::domain::settings::Supervision;
use crate::store::settings;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::Form;
use crate::web::guards::Administrator;
use crate::web::outcome::Led;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

const PATH: &str = "/admin/settings/supervision";

#[derive(FromForm)]
struct Typed {
    #[field(default = false)]
    monitor: bool,
    #[field(default = false)]
    assign: bool,
    #[field(default = false)]
    transfer: bool,
    #[field(default = false)]
    force_close: bool,
}

#[derive(Template)]
#[template(path = "admin/general/supervision.html")]
struct Show {
    typed: Typed,
}

#[get("/admin/settings/supervision")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.supervision;
    Ok(Page::ok(Show {
        typed: Typed {
            monitor: stored.monitor,
            assign: stored.assign,
            transfer: stored.transfer,
            force_close: stored.force_close,
        },
    }))
}

#[post("/admin/settings/supervision", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Led> {
    let typed = form.read()?;
    let to = Supervision {
        monitor: typed.monitor,
        assign: typed.assign,
        transfer: typed.transfer,
        force_close: typed.force_close,
    };
    save(app, &administrator, PATH, move |settings| {
        settings.supervision = to;
    })
    .await
}
