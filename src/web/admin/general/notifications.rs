//! What comes of offers that nobody takes.

use std::ops::RangeInclusive;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::{save, typed};
use crate::domain::assignment::DECLINES;
use crate::domain::settings::Offers;
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

const PATH: &str = "/admin/settings/notifications";

#[derive(FromForm)]
struct Typed {
    #[field(default = false)]
    missed: bool,
    #[field(default = false)]
    rejected: bool,
    #[field(default = "")]
    declines: String,
}

#[derive(Template)]
#[template(path = "admin/general/notifications.html")]
struct Show {
    typed: Typed,
    problems: Problems,
}

#[get("/admin/settings/notifications")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.offers;
    Ok(Page::ok(Show {
        typed: Typed {
            missed: stored.missed_makes_inactive,
            rejected: stored.rejected_makes_do_not_disturb,
            declines: stored.declines.to_string(),
        },
        problems: Problems::default(),
    }))
}

#[post("/admin/settings/notifications", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let limits: RangeInclusive<u32> = (*DECLINES.start()).into()..=(*DECLINES.end()).into();
    let declines = typed::number(&mut problems, "declines", &typed.declines, limits);
    let Some(declines) = declines.and_then(|number| u8::try_from(number).ok()) else {
        return Ok(Err(Page::unprocessable(Show { typed, problems })));
    };
    let to = Offers {
        missed_makes_inactive: typed.missed,
        rejected_makes_do_not_disturb: typed.rejected,
        declines,
    };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.offers = to;
    });
    Ok(Ok(led.await?))
}
