//! A page in a workstream: its settings, and taking it out.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::load;
use crate::domain::ids::{PageId, WorkstreamId};
use crate::domain::languages as known;
use crate::locale::Text;
use crate::store::automated_messages::{self, Level};
use crate::store::instances::{self as store, Instance, Settings};
use crate::store::settings;
use crate::store::workstreams::settings::Workstream;
use crate::web::App;
use crate::web::admin::shown::own;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![edit, change, confirm_removal, remove]
}

/// The languages that a page may speak, as a list: those of the settings, and the one that is `chosen` already.
pub fn languages(app: &App, chosen: &str) -> Answer<Vec<Item>> {
    let offered = app.store.read(settings::read)?.languages.languages;
    let is_listed = |tag: &str| tag == chosen || offered.iter().any(|offered| offered == tag);
    let listed = known::ALL.iter().filter(|(tag, _)| is_listed(tag));
    let named = listed.map(|(tag, name)| Item::named(tag, name));
    let organization = Item::none("instance-language-organization");
    Ok(std::iter::once(organization).chain(named).collect())
}

/// Whether replies of a channel may carry the human agent tag.
pub fn has_tag(app: &App, channel: &str) -> bool {
    let channel = app.channels.get(channel);
    channel.is_some_and(|channel| channel.window().tagged.is_some())
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    language: String,
    #[field(default = false)]
    file_attachments: bool,
    #[field(default = false)]
    customer_files: bool,
    #[field(default = false)]
    agent_files: bool,
    #[field(default = false)]
    human_agent_tag: bool,
}

impl From<&Settings> for Typed {
    fn from(stored: &Settings) -> Typed {
        Typed {
            language: stored.language.clone().unwrap_or_default(),
            file_attachments: stored.file_attachments,
            customer_files: stored.customer_files,
            agent_files: stored.agent_files,
            human_agent_tag: stored.human_agent_tag,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/workstreams/instance.html")]
struct Edit {
    workstream: Workstream,
    instance: Instance,
    typed: Typed,
    languages: Vec<Item>,
    has_tag: bool,
    /// Automated messages that are not the channel's here.
    own_messages: usize,
    problems: Problems,
}

impl Edit {
    fn page(
        app: &App,
        (workstream, instance): (Workstream, Instance),
        typed: Typed,
        problems: Problems,
    ) -> Answer<Edit> {
        let level = Level::Page(workstream.channel.clone(), instance.page);
        let own = app
            .store
            .read(|reader| automated_messages::choices(reader, &level))?;
        Ok(Edit {
            own_messages: own.len(),
            has_tag: has_tag(app, &workstream.channel),
            languages: languages(app, &typed.language)?,
            workstream,
            instance,
            typed,
            problems,
        })
    }

    fn key(&self, part: &str) -> String {
        format!("channel-{}-{part}", self.workstream.channel)
    }

    fn own(&self, part: &str) -> Text {
        own(&self.workstream.channel, part)
    }
}

/// A page of a workstream.
///
/// # Errors
/// 404 when the workstream does not answer it; what the database says.
fn find(app: &App, workstream: i64, page: i64) -> Answer<(Workstream, Instance)> {
    let workstream = load(app, workstream)?;
    let found = app
        .store
        .read(|reader| store::by_page(reader, workstream.id, PageId(page)))?;
    Ok((workstream, found.ok_or(Status::NotFound)?))
}

#[get("/admin/workstreams/<workstream>/instances/<page>")]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    page: i64,
) -> Answer<Page<Edit>> {
    let found = find(app, workstream, page)?;
    let typed = Typed::from(&found.1.settings);
    Ok(Page::ok(Edit::page(
        app,
        found,
        typed,
        Problems::default(),
    )?))
}

#[post("/admin/workstreams/<workstream>/instances/<page>", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    page: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let found = find(app, workstream, page)?;
    let typed = form.read()?;
    let (id, page): (WorkstreamId, PageId) = (found.0.id, found.1.page);
    let is_known = known::name(&typed.language).is_some();
    if !typed.language.is_empty() && !is_known {
        let mut problems = Problems::default();
        problems.add("language", Text::new("field-choose"));
        let page = Edit::page(app, found, typed, problems)?;
        return Ok(Err(Page::unprocessable(page)));
    }
    let settings = Settings {
        language: Some(typed.language.clone()).filter(|language| !language.is_empty()),
        survey: found.1.settings.survey,
        file_attachments: typed.file_attachments,
        customer_files: typed.customer_files,
        agent_files: typed.agent_files,
        human_agent_tag: typed.human_agent_tag && has_tag(app, &found.0.channel),
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::change(tx, id, page, &settings)
        })
        .await?;
    Ok(Ok(
        Outcome::Saved.at(format!("/admin/workstreams/{id}/instances/{page}"))
    ))
}

#[derive(Template)]
#[template(path = "admin/workstreams/instance_removal.html")]
struct Removal {
    workstream: Workstream,
    instance: Instance,
    going_on: u32,
}

#[get("/admin/workstreams/<workstream>/instances/<page>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    page: i64,
) -> Answer<Page<Removal>> {
    let (workstream, instance) = find(app, workstream, page)?;
    let going_on = app
        .store
        .read(|reader| store::going_on(reader, instance.page))?;
    Ok(Page::ok(Removal {
        workstream,
        instance,
        going_on,
    }))
}

#[post(
    "/admin/workstreams/<workstream>/instances/<page>/removal",
    data = "<_button>"
)]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    page: i64,
    _button: Button,
) -> Answer<Led> {
    let (workstream, instance) = find(app, workstream, page)?;
    let (id, page) = (workstream.id, instance.page);
    app.store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id, page))
        .await?;
    Ok(Outcome::Removed.at(format!("/admin/workstreams/{id}")))
}
