//! How presences follow what people do, and how much somebody may have open.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::{save, typed};
use crate::domain::settings::{GRACE_S, Presence};
use crate::domain::workstream::SESSIONS;
use crate::store::settings;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::Led;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

const PATH: &str = "/admin/settings/presence";

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    sessions: String,
    #[field(default = "")]
    grace: String,
}

#[derive(Template)]
#[template(path = "admin/general/presence.html")]
struct Show {
    typed: Typed,
    problems: Problems,
}

#[get("/admin/settings/presence")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.presence;
    Ok(Page::ok(Show {
        typed: Typed {
            sessions: stored.sessions.to_string(),
            grace: stored.grace_s.to_string(),
        },
        problems: Problems::default(),
    }))
}

#[post("/admin/settings/presence", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let sessions = typed::number(&mut problems, "sessions", &typed.sessions, SESSIONS);
    let grace = typed::number(&mut problems, "grace", &typed.grace, GRACE_S);
    let (Some(sessions), Some(grace_s)) = (sessions, grace) else {
        return Ok(Err(Page::unprocessable(Show { typed, problems })));
    };
    let to = Presence { sessions, grace_s };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.presence = to;
    });
    Ok(Ok(led.await?))
}
