//! Topics: whether agents choose them, how many, and which there are.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::{save, typed};
use crate::domain::ids::{TopicId, WorkstreamId};
use crate::domain::settings::{TOPICS, Topics};
use crate::locale::Text;
use crate::store::topics::{self as store, Draft, Topic};
use crate::store::{settings, workstreams};
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![
        show,
        change,
        new,
        add,
        edit,
        change_topic,
        confirm_removal,
        remove
    ]
}

const PATH: &str = "/admin/settings/topics";

const COLUMNS: &[Column<Topic>] = &[
    Column::sorting("topics-column-name", "name", |a, b| {
        list::by_words(&a.draft.name, &b.draft.name)
    }),
    Column::sorting("topics-column-workstream", "workstream", |a, b| {
        a.workstream.cmp(&b.workstream)
    }),
    Column::sorting("topics-column-conversations", "conversations", |a, b| {
        b.conversations.cmp(&a.conversations)
    }),
];

#[derive(FromForm)]
struct Switches {
    #[field(default = false)]
    topics: bool,
    #[field(default = false)]
    required: bool,
    #[field(default = "")]
    limit: String,
}

#[derive(Template)]
#[template(path = "admin/general/topics.html")]
struct Show {
    switches: Switches,
    list: List<Topic>,
    problems: Problems,
}

fn page(app: &App, view: View, typed: Option<Switches>, problems: Problems) -> Answer<Show> {
    let (stored, all) = app
        .store
        .read(|reader| Ok((settings::read(reader)?.topics, store::all(reader)?)))?;
    let list = List::new(PATH, COLUMNS, view).of(all, |topic, words| {
        list::finds(words, [&topic.draft.name, &topic.draft.description])
    });
    Ok(Show {
        switches: typed.unwrap_or_else(|| Switches {
            topics: stored.topics,
            required: stored.topic_required,
            limit: stored.topic_limit.to_string(),
        }),
        list,
        problems,
    })
}

#[get("/admin/settings/topics?<view..>")]
fn show(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Show>> {
    Ok(Page::ok(page(app, view, None, Problems::default())?))
}

#[post("/admin/settings/topics", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Switches>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let Some(topic_limit) = typed::number(&mut problems, "limit", &typed.limit, TOPICS) else {
        let page = page(app, Default::default(), Some(typed), problems)?;
        return Ok(Err(Page::unprocessable(page)));
    };
    let to = Topics {
        topics: typed.topics,
        topic_required: typed.required,
        topic_limit,
    };
    let led = save(app, &administrator, PATH, move |settings| {
        settings.topics = to;
    });
    Ok(Ok(led.await?))
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    description: String,
    #[field(default = "")]
    workstream: String,
}

/// The form of a new one (`topic` is `None`) or of one that is there.
#[derive(Template)]
#[template(path = "admin/general/topic.html")]
struct Edit {
    topic: Option<Topic>,
    typed: Typed,
    workstreams: Vec<Item>,
    problems: Problems,
}

impl Edit {
    fn new(app: &App, topic: Option<Topic>) -> Answer<Edit> {
        let all = app.store.read(workstreams::all)?;
        let mut workstreams = vec![Item::none("topics-everywhere")];
        workstreams.extend(all.iter().map(|it| Item::named(it.id, &it.name)));
        let typed = topic.as_ref().map(|topic| Typed {
            name: topic.draft.name.clone(),
            description: topic.draft.description.clone(),
            workstream: topic
                .draft
                .workstream
                .map(|id| id.to_string())
                .unwrap_or_default(),
        });
        Ok(Edit {
            topic,
            typed: typed.unwrap_or_default(),
            workstreams,
            problems: Problems::default(),
        })
    }

    fn action(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{PATH}/{}", topic.id),
            None => format!("{PATH}/new"),
        }
    }

    /// Saves what was typed; the form again when it is not accepted.
    async fn save(
        mut self,
        app: &App,
        administrator: &Administrator,
        typed: Typed,
    ) -> Answer<Result<Led, Page<Edit>>> {
        self.typed = typed;
        let (typed, problems) = (&self.typed, &mut self.problems);
        let name = typed::name(problems, "name", &typed.name);
        let description = typed::label(problems, "description", &typed.description);
        let chosen = typed::chosen(problems, "workstream", &typed.workstream, &self.workstreams);
        if problems.is_empty() {
            let draft = Draft {
                name,
                description,
                workstream: chosen.map(WorkstreamId),
            };
            let id = self.topic.as_ref().map(|topic| topic.id);
            let write = app
                .store
                .write_by(administrator.actor(), move |tx| match id {
                    Some(id) => store::change(tx, id, &draft),
                    None => Ok(store::add(tx, &draft)?.is_some()),
                });
            if write.await? {
                return Ok(Ok(Outcome::Saved.at(PATH)));
            }
            self.problems.add("name", Text::new("name-taken"));
        }
        Ok(Err(Page::unprocessable(self)))
    }
}

fn load(app: &App, topic: i64) -> Answer<Topic> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, TopicId(topic)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/settings/topics/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Edit>> {
    Ok(Page::ok(Edit::new(app, None)?))
}

#[post("/admin/settings/topics/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let edit = Edit::new(app, None)?;
    edit.save(app, &administrator, form.read()?).await
}

#[get("/admin/settings/topics/<topic>", rank = 2)]
fn edit(_administrator: Administrator, app: &State<Arc<App>>, topic: i64) -> Answer<Page<Edit>> {
    let found = load(app, topic)?;
    Ok(Page::ok(Edit::new(app, Some(found))?))
}

#[post("/admin/settings/topics/<topic>", data = "<form>", rank = 2)]
async fn change_topic(
    administrator: Administrator,
    app: &State<Arc<App>>,
    topic: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let found = load(app, topic)?;
    let edit = Edit::new(app, Some(found))?;
    edit.save(app, &administrator, form.read()?).await
}

#[get("/admin/settings/topics/<topic>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    topic: i64,
) -> Answer<Page<Removal>> {
    let topic = load(app, topic)?;
    let above = vec![
        ("/admin/settings", Text::new("nav-settings")),
        (PATH, Text::new("settings-topics")),
    ];
    let name = topic.draft.name.as_str();
    let title = Text::new("topics-remove-title").arg("name", name.to_owned());
    let lede = Text::new("topics-remove-lede").arg("count", topic.conversations);
    Ok(Page::ok(Removal {
        back: format!("{PATH}/{}", topic.id),
        ..Removal::new(above, name, title, lede)
    }))
}

#[post("/admin/settings/topics/<topic>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    topic: i64,
    _button: Button,
) -> Answer<Led> {
    let id = load(app, topic)?.id;
    app.store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id))
        .await?;
    Ok(Outcome::Removed.at(PATH))
}
