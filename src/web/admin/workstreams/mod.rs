//! Workstreams: which pages they answer, how their work is given out, what agents see of it.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::own;
use super::{copy_name, spans, typed};
use crate::domain::ids::{ContextVariableId, QueueId, WorkstreamId};
use crate::domain::queue::PRIORITY;
use crate::domain::workstream::Mode;
use crate::locale::Text;
use crate::store::instances::{self, Instance};
use crate::store::queues::settings as queues;
use crate::store::quick_replies::{self, Owner, QuickReply};
use crate::store::workstreams::settings::{self as store, NewWorkstream, Workstream};
use crate::store::workstreams::variables::{self, Variable};
use crate::store::{capacity_profiles, rules};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

mod distribution;
mod instance;
mod offers;
mod variable;
mod wizard;

/// The value of the choice that makes a new queue.
const NEW_QUEUE: &str = "new";

/// The routes of workstreams.
pub fn routes() -> Vec<Route> {
    let own = routes![
        index,
        new,
        create,
        show,
        edit,
        change,
        copy,
        confirm_removal,
        remove
    ];
    [
        own,
        distribution::routes(),
        offers::routes(),
        variable::routes(),
        wizard::routes(),
        instance::routes(),
    ]
    .concat()
}

/// A row of the list.
struct Row {
    workstream: Workstream,
    pages: String,
    queue: String,
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("workstreams-column-name", "name", |a, b| {
        list::by_words(&a.workstream.name, &b.workstream.name)
    }),
    Column::sorting("workstreams-column-channel", "channel", |a, b| {
        a.workstream.channel.cmp(&b.workstream.channel)
    }),
    Column::plain("workstreams-column-pages"),
    Column::sorting("workstreams-column-mode", "mode", |a, b| {
        a.workstream.mode.word().cmp(b.workstream.mode.word())
    }),
    Column::sorting("workstreams-column-queue", "queue", |a, b| {
        list::by_words(&a.queue, &b.queue)
    }),
    Column::actions(),
];

#[derive(Template)]
#[template(path = "admin/workstreams/index.html")]
struct Index {
    list: List<Row>,
}

#[get("/admin/workstreams?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let rows = app.store.read(|reader| {
        let queues = queues::all(reader)?;
        let mut rows = Vec::new();
        for workstream in store::all(reader)? {
            let pages = instances::of(reader, workstream.id)?;
            let queue = queues
                .iter()
                .find(|queue| queue.id == workstream.fallback_queue);
            rows.push(Row {
                pages: names(&pages),
                queue: queue.map(|it| it.settings.name.clone()).unwrap_or_default(),
                workstream,
            });
        }
        Ok(rows)
    })?;
    let list = List::new("/admin/workstreams", COLUMNS, view).of(rows, |row: &Row, words| {
        list::finds(words, [&row.workstream.name, &row.pages, &row.queue])
    });
    Ok(Page::ok(Index { list }))
}

fn names(pages: &[Instance]) -> String {
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    names.join(", ")
}

#[derive(Debug, Default, FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    channel: String,
    #[field(default = "")]
    mode: String,
    #[field(default = "")]
    fallback_queue: String,
    #[field(default = "")]
    new_queue: String,
}

#[derive(Template)]
#[template(path = "admin/workstreams/new.html")]
struct New {
    typed: Typed,
    channels: Vec<Item>,
    modes: Vec<Item>,
    queues: Vec<Item>,
    problems: Problems,
}

impl New {
    fn page(app: &App, typed: Typed, problems: Problems) -> Answer<New> {
        let channels = app.channels.all();
        let modes = Mode::ALL.iter();
        let mut queues = queue_items(app)?;
        queues.push(Item {
            value: NEW_QUEUE.to_owned(),
            said: fields::Said::Text(Text::new("workstream-queue-new")),
        });
        Ok(New {
            typed,
            channels: channels
                .map(|channel| Item::word("channel", channel.name()))
                .collect(),
            modes: modes
                .map(|mode| Item::word("workstream-mode", mode.word()))
                .collect(),
            queues,
            problems,
        })
    }
}

/// Every queue, the default one first.
fn queue_items(app: &App) -> Answer<Vec<Item>> {
    let mut queues = app.store.read(queues::all)?;
    queues.sort_by_key(|queue| !queue.is_default);
    let items = queues.iter();
    Ok(items
        .map(|queue| Item::named(queue.id, &queue.settings.name))
        .collect())
}

#[get("/admin/workstreams/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<New>> {
    let page = New::page(app, Typed::default_choice(), Problems::default())?;
    Ok(Page::ok(page))
}

impl Typed {
    fn default_choice() -> Typed {
        Typed {
            mode: Mode::Push.word().to_owned(),
            ..Default::default()
        }
    }
}

#[post("/admin/workstreams/new", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<New>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &typed.name);
    let channel = app.channels.get(&typed.channel);
    problems.check("channel", channel.is_some(), "account-channel-required");
    let mode = Mode::from_word(&typed.mode);
    problems.check("mode", mode.is_some(), "field-choose");
    let is_new_queue = typed.fallback_queue == NEW_QUEUE;
    let queue = if is_new_queue {
        None
    } else {
        let items = queue_items(app)?;
        let queue = typed::chosen(
            &mut problems,
            "fallback_queue",
            &typed.fallback_queue,
            &items,
        );
        if problems.at("fallback_queue").is_none() {
            problems.check("fallback_queue", queue.is_some(), "field-choose");
        }
        queue.map(QueueId)
    };
    let new_queue = is_new_queue.then(|| typed::name(&mut problems, "new_queue", &typed.new_queue));
    if let (Some(channel), Some(mode), true) = (channel, mode, problems.is_empty()) {
        let channel = channel.name().to_owned();
        let added = app.store.write_by(administrator.actor(), move |tx| {
            let fallback_queue = match (queue, new_queue) {
                (Some(queue), _) => queue,
                (None, name) => queues::add(tx, &plain_queue(name.unwrap_or_default()))?,
            };
            let new = NewWorkstream {
                name,
                channel,
                mode,
                fallback_queue,
            };
            store::add(tx, &new)
        });
        match added.await {
            Ok(id) => return Ok(Ok(Outcome::Saved.at(format!("/admin/workstreams/{id}")))),
            // Workstreams may share a name; queues may not.
            Err(error) if error.is_unique_violation() => {
                problems.add("new_queue", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = New::page(app, typed, problems)?;
    Ok(Err(Page::unprocessable(page)))
}

/// A queue that is made on the way, with the usual settings and nobody in it.
fn plain_queue(name: String) -> queues::Given {
    queues::Given {
        settings: queues::Settings {
            name,
            priority: PRIORITY,
            method: Default::default(),
            by_rules: false,
            hours: None,
        },
        members: Vec::new(),
        overflow: Vec::new(),
    }
}

/// The workstream of an id.
///
/// # Errors
/// 404 when there is none; what the database says.
fn load(app: &App, workstream: i64) -> Answer<Workstream> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, WorkstreamId(workstream)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[derive(Template)]
#[template(path = "admin/workstreams/show.html")]
struct Show {
    workstream: Workstream,
    pages: Vec<Instance>,
    queue: String,
    /// The capacity profile that a conversation takes; `None`: units.
    profile: Option<String>,
    variables: Vec<(ContextVariableId, Variable)>,
    rulesets: usize,
    routes: usize,
    timeouts: usize,
    /// Those of everybody that are offered here.
    quick_replies: usize,
}

impl Show {
    /// The channel's own word for something.
    fn own(&self, part: &str) -> Text {
        own(&self.workstream.channel, part)
    }

    fn mode(&self) -> Text {
        Text::new(format!("workstream-mode-{}", self.workstream.mode.word()))
    }

    fn presences(&self) -> Vec<Text> {
        let presences = self.workstream.distribution.allowed_presences.iter();
        presences
            .map(|base| Text::new(format!("presence-{}", base.word())))
            .collect()
    }

    fn matching(&self) -> Text {
        let word = self.workstream.distribution.skill_matching.word();
        Text::new(format!("workstream-matching-{word}"))
    }

    /// When conversations close by themselves: what that time is called, and the time, by state.
    fn closes(&self) -> [(Text, Text); 4] {
        let closes = self.workstream.distribution.auto_close;
        [
            ("workstream-auto-close-open", closes.open),
            ("workstream-auto-close-active", closes.active),
            ("workstream-auto-close", closes.waiting),
            ("workstream-wrap-up", closes.wrap_up),
        ]
        .map(|(key, time)| (Text::new(key), spans::said(time)))
    }

    fn desktop(&self) -> Text {
        Text::new(format!(
            "offer-desktop-{}",
            self.workstream.offers.desktop.word()
        ))
    }
}

#[get("/admin/workstreams/<workstream>")]
fn show(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Show>> {
    let workstream = load(app, workstream)?;
    Ok(Page::ok(app.store.read(|reader| {
        let queue = queues::by_id(reader, workstream.fallback_queue)?;
        let profile = match workstream.distribution.capacity_profile {
            Some(profile) => capacity_profiles::by_id(reader, profile)?,
            None => None,
        };
        let replies = quick_replies::all(reader, Owner::Shared)?.into_iter();
        let is_here = |reply: &QuickReply| {
            let mut only = reply.workstreams.iter();
            reply.workstreams.is_empty() || only.any(|(id, _)| *id == workstream.id)
        };
        Ok(Show {
            profile: profile.map(|profile| profile.draft.name),
            quick_replies: replies.filter(is_here).count(),
            pages: instances::of(reader, workstream.id)?,
            queue: queue.map(|queue| queue.settings.name).unwrap_or_default(),
            variables: variables::of(reader, workstream.id)?,
            rulesets: rules::rulesets(reader, workstream.id)?.len(),
            routes: rules::routes(reader, workstream.id)?.len(),
            timeouts: rules::timeouts(reader, workstream.id)?.len(),
            workstream,
        })
    })?))
}

#[derive(Template)]
#[template(path = "admin/workstreams/edit.html")]
struct Edit {
    workstream: Workstream,
    typed: TypedDetails,
    queues: Vec<Item>,
    problems: Problems,
}

#[derive(Debug, FromForm)]
struct TypedDetails {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    fallback_queue: String,
}

#[get("/admin/workstreams/<workstream>/details")]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    Ok(Page::ok(Edit {
        typed: TypedDetails {
            name: workstream.name.clone(),
            fallback_queue: workstream.fallback_queue.to_string(),
        },
        workstream,
        queues: queue_items(app)?,
        problems: Problems::default(),
    }))
}

#[post("/admin/workstreams/<workstream>/details", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<TypedDetails>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let queues = queue_items(app)?;
    let typed = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &typed.name);
    let queue = typed::chosen(
        &mut problems,
        "fallback_queue",
        &typed.fallback_queue,
        &queues,
    );
    let (Some(queue), true) = (queue, problems.is_empty()) else {
        if problems.is_empty() {
            problems.add("fallback_queue", Text::new("field-choose"));
        }
        return Ok(Err(Page::unprocessable(Edit {
            workstream,
            typed,
            queues,
            problems,
        })));
    };
    let id = workstream.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::change(tx, id, &name, QueueId(queue))
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(format!("/admin/workstreams/{id}"))))
}

#[post("/admin/workstreams/<workstream>/copy", data = "<_button>")]
async fn copy(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    workstream: i64,
    _button: Button,
) -> Answer<Led> {
    let workstream = load(app, workstream)?;
    let name = copy_name(frame, &workstream.name);
    let copy = app
        .store
        .write_by(administrator.actor(), move |tx| {
            store::copy(tx, workstream.id, &name)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/workstreams/{copy}")))
}

#[derive(Template)]
#[template(path = "admin/workstreams/removal.html")]
struct Removal {
    workstream: Workstream,
    /// That it answers; then it stays.
    pages: Vec<Instance>,
    going_on: u32,
}

impl Removal {
    fn of(app: &App, workstream: Workstream) -> Answer<Removal> {
        Ok(app.store.read(|reader| {
            Ok(Removal {
                pages: instances::of(reader, workstream.id)?,
                going_on: store::going_on(reader, workstream.id)?,
                workstream,
            })
        })?)
    }
}

#[get("/admin/workstreams/<workstream>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Removal>> {
    let workstream = load(app, workstream)?;
    Ok(Page::ok(Removal::of(app, workstream)?))
}

#[post("/admin/workstreams/<workstream>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let workstream = load(app, workstream)?;
    let id = workstream.id;
    let is_gone = app
        .store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id))
        .await?;
    Ok(if is_gone {
        Ok(Outcome::Removed.at("/admin/workstreams"))
    } else {
        Err(Page::unprocessable(Removal::of(app, workstream)?))
    })
}
