//! Queues: who answers, in which order, and what happens when there is too much.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use self::typed::Typed;
use super::{copy_name, spans};
use crate::domain::ids::{QueueId, UserId};
use crate::domain::queue::When;
use crate::locale::Text;
use crate::store::queues::settings::{self as store, Queue};
use crate::store::{self as database, Reader, operating_hours, users};
use crate::web::App;
use crate::web::admin::removal::Removal;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Button, Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

mod rules;
pub(super) mod typed;

/// The routes of queues.
pub fn routes() -> Vec<Route> {
    let own = routes![
        index,
        new,
        create,
        edit,
        change,
        copy,
        confirm_removal,
        remove
    ];
    [own, rules::routes()].concat()
}

/// A row of the list.
struct Row {
    queue: Queue,
    method: Text,
    /// Empty: around the clock.
    hours: String,
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("queues-column-priority", "priority", |a, b| {
        let settings = |row: &Row| (row.queue.settings.priority, row.queue.settings.name.clone());
        settings(a).cmp(&settings(b))
    }),
    Column::sorting("queues-column-name", "name", |a, b| {
        list::by_words(&a.queue.settings.name, &b.queue.settings.name)
    }),
    Column::sorting("queues-column-members", "members", |a, b| {
        a.queue.members.cmp(&b.queue.members)
    }),
    Column::sorting("queues-column-waiting", "waiting", |a, b| {
        a.queue.waiting.cmp(&b.queue.waiting)
    }),
    Column::plain("queues-column-method"),
    Column::plain("queues-column-hours"),
    Column::actions(),
];

#[derive(Template)]
#[template(path = "admin/queues/index.html")]
struct Index {
    list: List<Row>,
}

#[get("/admin/queues?<view..>")]
fn index(_administrator: Administrator, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let rows = app.store.read(|reader| {
        let hours = operating_hours::all(reader)?;
        let queues = store::all(reader)?.into_iter();
        let rows = queues.map(|queue| Row {
            method: method(&queue),
            hours: hours
                .iter()
                .find(|hours| Some(hours.id) == queue.settings.hours)
                .map(|hours| hours.name.clone())
                .unwrap_or_default(),
            queue,
        });
        Ok(rows.collect())
    })?;
    let list = List::new("/admin/queues", COLUMNS, view).of(rows, |row: &Row, words| {
        list::finds(words, [&row.queue.settings.name, &row.hours])
    });
    Ok(Page::ok(Index { list }))
}

fn method(queue: &Queue) -> Text {
    let word = match queue.settings.by_rules {
        true => typed::OWN_RULES,
        false => queue.settings.method.word(),
    };
    Text::new(format!("queue-method-{word}"))
}

/// The queues that nobody works in, for the administrator's first page. Their conversations wait.
///
/// # Errors
/// What the database says.
pub fn without_members(reader: &Reader<'_>) -> database::Result<Vec<Queue>> {
    let mut queues = store::all(reader)?;
    queues.retain(|queue| queue.members == 0);
    Ok(queues)
}

/// A new queue, or one that is there.
#[derive(Template)]
#[template(path = "admin/queues/edit.html")]
struct Edit {
    /// `None`: it is not there yet.
    queue: Option<Queue>,
    typed: Typed,
    lists: Lists,
    problems: Problems,
}

/// What may be chosen.
struct Lists {
    methods: Vec<Item>,
    hours: Vec<Item>,
    /// The other queues.
    queues: Vec<Item>,
    units: Vec<Item>,
    /// What may be done outside the hours, when too many wait, and when one waits for too long.
    out_of_hours: Vec<Item>,
    work_items: Vec<Item>,
    waiting_time: Vec<Item>,
    people: Vec<Colleague>,
}

/// Somebody who may be a member.
struct Colleague {
    id: UserId,
    name: String,
    email: String,
    is_disabled: bool,
}

impl Lists {
    fn load(app: &App, queue: Option<QueueId>) -> Answer<Lists> {
        let (hours, queues, people) = app.store.read(|reader| {
            Ok((
                operating_hours::all(reader)?,
                store::all(reader)?,
                users::all(reader)?,
            ))
        })?;
        let hours = hours.iter().map(|hours| Item::named(hours.id, &hours.name));
        let others = queues.iter().filter(|other| Some(other.id) != queue);
        let others = others.map(|other| Item::named(other.id, &other.settings.name));
        Ok(Lists {
            methods: typed::methods(),
            hours: std::iter::once(Item::none("queue-hours-none"))
                .chain(hours)
                .collect(),
            queues: std::iter::once(Item::none("queue-overflow-queue-choose"))
                .chain(others)
                .collect(),
            units: spans::units(),
            out_of_hours: typed::actions(When::OutOfHours),
            work_items: typed::actions(When::WorkItems),
            waiting_time: typed::actions(When::WaitingTime),
            people: people
                .into_iter()
                .map(|user| Colleague {
                    id: user.id,
                    name: user.name,
                    email: user.email,
                    is_disabled: user.disabled_at.is_some(),
                })
                .collect(),
        })
    }
}

impl Edit {
    fn page(app: &App, queue: Option<Queue>, typed: Typed, problems: Problems) -> Answer<Edit> {
        let lists = Lists::load(app, queue.as_ref().map(|queue| queue.id))?;
        Ok(Edit {
            queue,
            typed,
            lists,
            problems,
        })
    }

    fn action(&self) -> String {
        match &self.queue {
            Some(queue) => format!("/admin/queues/{}", queue.id),
            None => "/admin/queues/new".to_owned(),
        }
    }

    /// Whether only the method may be changed.
    fn is_default(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| queue.is_default)
    }
}

/// The queue of an id.
///
/// # Errors
/// 404 when there is none; what the database says.
fn load(app: &App, queue: i64) -> Answer<Queue> {
    let found = app
        .store
        .read(|reader| store::by_id(reader, QueueId(queue)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/queues/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Edit>> {
    let page = Edit::page(app, None, Typed::usual(), Problems::default())?;
    Ok(Page::ok(page))
}

#[post("/admin/queues/new", data = "<form>")]
async fn create(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let lists = Lists::load(app, None)?;
    if let Some(given) = typed.read(&mut problems, &lists) {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| store::add(tx, &given));
        match added.await {
            Ok(queue) => return Ok(Ok(Outcome::Saved.at(format!("/admin/queues/{queue}")))),
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = Edit::page(app, None, typed, problems)?;
    Ok(Err(Page::unprocessable(page)))
}

#[get("/admin/queues/<queue>")]
fn edit(_administrator: Administrator, app: &State<Arc<App>>, queue: i64) -> Answer<Page<Edit>> {
    let queue = load(app, queue)?;
    let (members, overflow) = app.store.read(|reader| {
        Ok((
            store::members(reader, queue.id)?,
            store::overflow(reader, queue.id)?,
        ))
    })?;
    let typed = Typed::of(&queue, &members, &overflow);
    let page = Edit::page(app, Some(queue), typed, Problems::default())?;
    Ok(Page::ok(page))
}

#[post("/admin/queues/<queue>", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let queue = load(app, queue)?;
    let id = queue.id;
    let typed = form.read()?;
    let mut problems = Problems::default();
    if queue.is_default {
        // Whatever else a form may say.
        if let Some((method, by_rules)) = typed.method(&mut problems) {
            app.store
                .write_by(administrator.actor(), move |tx| {
                    store::set_method(tx, id, method, by_rules)
                })
                .await?;
            return Ok(Ok(Outcome::Saved.at(format!("/admin/queues/{id}"))));
        }
    } else if let Some(given) = typed.read(&mut problems, &Lists::load(app, Some(id))?) {
        let changed = app.store.write_by(administrator.actor(), move |tx| {
            store::change(tx, id, &given)
        });
        match changed.await {
            Ok(()) => return Ok(Ok(Outcome::Saved.at(format!("/admin/queues/{id}")))),
            Err(error) if error.is_unique_violation() => {
                problems.add("name", Text::new("name-taken"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = Edit::page(app, Some(queue), typed, problems)?;
    Ok(Err(Page::unprocessable(page)))
}

#[post("/admin/queues/<queue>/copy", data = "<_button>")]
async fn copy(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    queue: i64,
    _button: Button,
) -> Answer<Led> {
    let queue = load(app, queue)?;
    let name = copy_name(frame, &queue.settings.name);
    let copy = app
        .store
        .write_by(administrator.actor(), move |tx| {
            store::copy(tx, queue.id, &name)
        })
        .await?;
    Ok(Outcome::Saved.at(format!("/admin/queues/{copy}")))
}

fn removal(app: &App, queue: &Queue) -> Answer<Removal> {
    let (uses, going_on) = app.store.read(|reader| {
        let uses = store::uses(reader, queue.id)?;
        Ok((uses, store::going_on(reader, queue.id)?))
    })?;
    let name = queue.settings.name.as_str();
    let used =
        |place: String, key: &str, name: String| (Some(place), Text::new(key).arg("name", name));
    let workstreams = uses.workstreams.into_iter().map(|(id, name)| {
        let place = format!("/admin/workstreams/{id}");
        used(place, "queue-used-by-workstream", name)
    });
    let queues = uses.queues.into_iter().map(|(id, name)| {
        let place = format!("/admin/queues/{id}");
        used(place, "queue-used-by-queue", name)
    });
    let needed: Vec<_> = workstreams.chain(queues).collect();
    let lede = match needed.is_empty() && uses.rules.is_empty() {
        true => "queue-removal-text",
        false => "queue-removal-used",
    };
    let above = vec![("/admin/queues", Text::new("nav-queues"))];
    let title = Text::new("queue-removal-title").arg("name", name.to_owned());
    Ok(Removal {
        points: vec![
            Text::new("queue-removal-going-on").arg("count", going_on),
            Text::new("queue-removal-members").arg("count", queue.members),
            Text::new("queue-removal-history"),
        ],
        needed,
        rules: uses.rules,
        back: format!("/admin/queues/{}", queue.id),
        act: Text::new("queue-removal"),
        ..Removal::new(above, name, title, Text::new(lede))
    })
}

/// A queue that may go; 404 for the default one.
fn removable(app: &App, queue: i64) -> Answer<Queue> {
    let queue = load(app, queue)?;
    if queue.is_default {
        return Err(Status::NotFound.into());
    }
    Ok(queue)
}

#[get("/admin/queues/<queue>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
) -> Answer<Page<Removal>> {
    let queue = removable(app, queue)?;
    Ok(Page::ok(removal(app, &queue)?))
}

#[post("/admin/queues/<queue>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Removal>>> {
    let queue = removable(app, queue)?;
    let id = queue.id;
    let is_gone = app
        .store
        .write_by(administrator.actor(), move |tx| store::remove(tx, id))
        .await?;
    Ok(if is_gone {
        Ok(Outcome::Removed.at("/admin/queues"))
    } else {
        Err(Page::unprocessable(removal(app, &queue)?))
    })
}
