//! What agents see of an offer, and how many sessions they may have.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::load;
use crate::domain::workstream::{COUNTDOWN, Desktop, OFFER_FIELDS, OFFER_VALUE, SESSIONS};
use crate::locale::Text;
use crate::store::workstreams::settings::{self as store, Offers, Workstream};
use crate::web::App;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![edit, change]
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    sessions: String,
    #[field(default = "")]
    countdown: String,
    #[field(default = false)]
    auto_assign: bool,
    #[field(default = false)]
    reject: bool,
    #[field(default = "")]
    desktop: String,
    first: TypedField,
    second: TypedField,
    third: TypedField,
    fourth: TypedField,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedField {
    #[field(default = "")]
    header: String,
    #[field(default = "")]
    value: String,
}

/// The names of the fields' inputs.
const FIELDS: [(&str, &str); OFFER_FIELDS] = [
    ("first.header", "first.value"),
    ("second.header", "second.value"),
    ("third.header", "third.value"),
    ("fourth.header", "fourth.value"),
];

impl Typed {
    fn fields(&self) -> [&TypedField; OFFER_FIELDS] {
        [&self.first, &self.second, &self.third, &self.fourth]
    }

    /// What it means; `None` when something is not accepted.
    fn read(&self, problems: &mut Problems) -> Option<Offers> {
        let session_limit = match self.sessions.trim() {
            "" => None,
            sessions => typed::number(problems, "sessions", sessions, SESSIONS),
        };
        let countdown_s = typed::number(problems, "countdown", &self.countdown, COUNTDOWN);
        let desktop = Desktop::from_word(&self.desktop);
        problems.check("desktop", desktop.is_some(), "field-choose");
        let mut fields = Vec::new();
        for ((header_name, value_name), field) in FIELDS.into_iter().zip(self.fields()) {
            let value = field.value.trim();
            if field.header.trim().is_empty() && value.is_empty() {
                continue;
            }
            let header = typed::name(problems, header_name, &field.header);
            problems.check(value_name, !value.is_empty(), "field-required");
            if value.chars().count() > OFFER_VALUE {
                let limit = Text::new("field-too-long").arg("limit", OFFER_VALUE);
                problems.add(value_name, limit);
            }
            fields.push((header, value.to_owned()));
        }
        let offers = Offers {
            session_limit,
            countdown_s: countdown_s?,
            auto_assign: self.auto_assign,
            reject: self.reject,
            desktop: desktop?,
            fields,
        };
        problems.is_empty().then_some(offers)
    }
}

impl From<&Offers> for Typed {
    fn from(stored: &Offers) -> Typed {
        let field = |index: usize| {
            let stored = stored.fields.get(index).cloned().unwrap_or_default();
            TypedField {
                header: stored.0,
                value: stored.1,
            }
        };
        Typed {
            sessions: stored
                .session_limit
                .map(|limit| limit.to_string())
                .unwrap_or_default(),
            countdown: stored.countdown_s.to_string(),
            auto_assign: stored.auto_assign,
            reject: stored.reject,
            desktop: stored.desktop.word().to_owned(),
            first: field(0),
            second: field(1),
            third: field(2),
            fourth: field(3),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/workstreams/offers.html")]
struct Edit {
    workstream: Workstream,
    typed: Typed,
    desktops: Vec<Item>,
    problems: Problems,
}

impl Edit {
    fn new(workstream: Workstream, typed: Typed, problems: Problems) -> Edit {
        let desktops = Desktop::ALL.iter();
        Edit {
            workstream,
            typed,
            desktops: desktops
                .map(|when| Item::word("offer-desktop", when.word()))
                .collect(),
            problems,
        }
    }
}

#[get("/admin/workstreams/<workstream>/offers")]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let typed = Typed::from(&workstream.offers);
    Ok(Page::ok(Edit::new(workstream, typed, Problems::default())))
}

#[post("/admin/workstreams/<workstream>/offers", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let Some(to) = typed.read(&mut problems) else {
        let page = Edit::new(workstream, typed, problems);
        return Ok(Err(Page::unprocessable(page)));
    };
    let id = workstream.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::set_offers(tx, id, &to)
        })
        .await?;
    Ok(Ok(
        Outcome::Saved.at(format!("/admin/workstreams/{id}/offers"))
    ))
}
