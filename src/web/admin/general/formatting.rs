//! How the texts of agents are formatted.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::save;
use crate::domain::settings::Formatting;
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

const PATH: &str = "/admin/settings/formatting";

#[derive(FromForm)]
struct Typed {
    #[field(default = false)]
    markdown: bool,
}

#[derive(Template)]
#[template(path = "admin/general/formatting.html")]
struct Show {
    typed: Typed,
}

#[get("/admin/settings/formatting")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let markdown = app.store.read(settings::read)?.formatting.markdown;
    Ok(Page::ok(Show {
        typed: Typed { markdown },
    }))
}

#[post("/admin/settings/formatting", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Led> {
    let Typed { markdown } = form.read()?;
    let to = Formatting { markdown };
    save(app, &administrator, PATH, move |settings| {
        settings.formatting = to;
    })
    .await
}
