//! The languages in which texts to customers exist.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::save;
use crate::domain::languages;
use crate::domain::settings::Languages;
use crate::store::settings;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::Led;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

const PATH: &str = "/admin/settings/languages";

#[derive(FromForm)]
struct Typed {
    language: Vec<String>,
    #[field(default = "")]
    default_language: String,
}

#[derive(Template)]
#[template(path = "admin/general/languages.html")]
struct Show {
    typed: Typed,
    /// Every language, for the choice of the default one.
    all: Vec<Item>,
    problems: Problems,
}

impl Show {
    fn new(typed: Typed, problems: Problems) -> Show {
        let all = languages::ALL.iter();
        Show {
            typed,
            all: all.map(|(tag, name)| Item::named(tag, name)).collect(),
            problems,
        }
    }

    /// Tag, own name, and whether it is ticked.
    fn ticks(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let is_on = |tag: &str| self.typed.language.iter().any(|chosen| chosen == tag);
        languages::ALL
            .iter()
            .map(move |(tag, name)| (*tag, *name, is_on(tag)))
    }
}

#[get("/admin/settings/languages")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(settings::read)?.languages;
    let typed = Typed {
        language: stored.languages,
        default_language: stored.default_language,
    };
    Ok(Page::ok(Show::new(typed, Problems::default())))
}

#[post("/admin/settings/languages", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let all = languages::ALL.iter().map(|(tag, _)| (*tag).to_owned());
    let chosen: Vec<String> = all.filter(|tag| typed.language.contains(tag)).collect();
    problems.check("language", !chosen.is_empty(), "settings-languages-missing");
    let is_offered = chosen.contains(&typed.default_language);
    problems.check(
        "default_language",
        is_offered,
        "settings-languages-default-missing",
    );
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(Show::new(typed, problems))));
    }
    let to = Languages {
        languages: chosen,
        default_language: typed.default_language,
    };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.languages = to;
    });
    Ok(Ok(led.await?))
}
