//! The people with their queues and capacity, and how work is given out: everybody sees it, supervisors also see
//! the operating hours, and set queues, capacity and default presence. Everything else is the administrators'.
//! (Specification §1.9.)

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::admin::operating_hours::preview::Preview;
use super::admin::presences::shown_name;
use super::fields::Item;
use super::list::{self, Column, List, View};
use crate::clock;
use crate::domain::ids::{PresenceId, QueueId, UserId};
use crate::locale::Text;
use crate::store::operating_hours::{self, OperatingHours};
use crate::store::presences::{self, Presence};
use crate::store::queues::settings::{self as queue_settings, Queue};
use crate::store::queues::{self, QueueName};
use crate::store::staff::{self, CAPACITY_LIMIT, Draft, Member};
use crate::store::workstreams::settings::{self as workstreams, Workstream};
use crate::web::App;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::{Agent, TeamManager};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, work, show, change]
}

const COLUMNS: &[Column<Member>] = &[
    Column::sorting("users-column-name", "name", |a, b| {
        list::by_words(&a.name, &b.name)
    }),
    Column::sorting("users-column-role", "role", |a, b| b.role.cmp(&a.role)),
    Column::plain("users-column-queues"),
    Column::sorting("users-column-capacity", "capacity", |a, b| {
        a.capacity.cmp(&b.capacity)
    }),
];

#[derive(Template)]
#[template(path = "team/index.html")]
struct Index {
    list: List<Member>,
    /// Whoever looks may also change something.
    may_manage: bool,
}

impl Index {
    fn initials(&self, member: &Member) -> String {
        crate::domain::names::initials(&member.name)
    }

    fn tone(&self, member: &Member) -> char {
        super::page::tone(member.id.0)
    }

    fn role(&self, member: &Member) -> Text {
        Text::new(format!("role-{}", member.role.word()))
    }
}

/// Those who may sign in.
#[get("/team?<view..>")]
fn index(person: Agent, app: &State<Arc<App>>, view: View) -> Answer<Page<Index>> {
    let mut all = app.store.read(staff::all)?;
    all.retain(|member| member.disabled_at.is_none());
    Ok(Page::ok(Index {
        may_manage: person.may_manage_team(),
        list: List::new("/team", COLUMNS, view).of(all, |member, words| {
            list::finds(words, [&member.name, &member.email, &member.nickname])
        }),
    }))
}

/// How work is given out, to be looked at.
#[derive(Template)]
#[template(path = "team/work.html")]
struct Work {
    queues: Vec<Queue>,
    workstreams: Vec<Workstream>,
    presences: Vec<Presence>,
    /// For supervisors only.
    hours: Vec<OperatingHours>,
}

impl Work {
    /// The next seven days.
    fn preview(&self, hours: &OperatingHours) -> Preview {
        Preview::of(&hours.hours, clock::now())
    }

    fn method(&self, queue: &Queue) -> Text {
        Text::new(format!("queue-method-{}", queue.settings.method.word()))
    }

    fn mode(&self, workstream: &Workstream) -> Text {
        Text::new(format!("workstream-mode-{}", workstream.mode.word()))
    }

    fn fallback(&self, workstream: &Workstream) -> &str {
        let mut queues = self.queues.iter();
        let queue = queues.find(|queue| queue.id == workstream.fallback_queue);
        queue.map_or("", |queue| &queue.settings.name)
    }

    fn base(&self, presence: &Presence) -> Text {
        Text::new(format!("presence-{}", presence.base.word()))
    }
}

#[get("/team/work")]
fn work(person: Agent, app: &State<Arc<App>>) -> Answer<Page<Work>> {
    let sees_hours = person.may_manage_team();
    Ok(Page::ok(app.store.read(|reader| {
        Ok(Work {
            hours: match sees_hours {
                true => operating_hours::all(reader)?,
                false => Vec::new(),
            },
            queues: queue_settings::all(reader)?,
            workstreams: workstreams::all(reader)?,
            presences: presences::all(reader)?,
        })
    })?))
}

#[derive(Template)]
#[template(path = "team/show.html")]
struct Show {
    user: UserId,
    draft: Draft,
    presences: Vec<Item>,
    queues: Vec<QueueName>,
    typed: Typed,
    problems: Problems,
}

/// What a supervisor sets about a person.
#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    capacity: String,
    #[field(default = "")]
    presence: String,
    queues: Vec<i64>,
}

impl Show {
    /// Of a person who may sign in, or 404.
    fn load(app: &App, user: i64) -> Answer<Show> {
        let user = UserId(user);
        let found = app.store.read(|reader| {
            let member = staff::by_id(reader, user)?;
            if member.is_none_or(|member| member.disabled_at.is_some()) {
                return Ok(None);
            }
            Ok(Some((
                staff::draft(reader, user)?,
                presences::all(reader)?,
                queues::names(reader)?,
            )))
        })?;
        let (draft, presences, queues) = found.ok_or(Status::NotFound)?;
        let draft = draft.ok_or(Status::NotFound)?;
        let items = presences.iter().map(|presence| Item {
            value: presence.id.to_string(),
            said: super::fields::Said::Text(shown_name(presence)),
        });
        Ok(Show {
            user,
            typed: Typed {
                capacity: draft.capacity.to_string(),
                presence: draft.presence.map(|id| id.to_string()).unwrap_or_default(),
                queues: draft.queues.iter().map(|queue| queue.0).collect(),
            },
            presences: [Item::none("users-presence-empty")]
                .into_iter()
                .chain(items)
                .collect(),
            draft,
            queues,
            problems: Problems::default(),
        })
    }

    fn is_in(&self, queue: &QueueName) -> bool {
        queue.is_default || self.typed.queues.contains(&queue.id.0)
    }

    /// What is to be set, when all that was typed is accepted.
    fn check(&mut self) -> Option<Draft> {
        let Show {
            problems,
            typed,
            presences,
            queues,
            draft,
            ..
        } = self;
        let capacity = typed::number(problems, "capacity", &typed.capacity, 0..=CAPACITY_LIMIT);
        let presence = typed::chosen(problems, "presence", &typed.presence, presences);
        let wanted = queues
            .iter()
            .filter(|queue| typed.queues.contains(&queue.id.0));
        let draft = Draft {
            capacity: capacity?,
            presence: presence.map(PresenceId),
            queues: wanted.map(|queue| queue.id).collect::<Vec<QueueId>>(),
            ..draft.clone()
        };
        problems.is_empty().then_some(draft)
    }
}

#[get("/team/<user>", rank = 2)]
fn show(_manager: TeamManager, app: &State<Arc<App>>, user: i64) -> Answer<Page<Show>> {
    Ok(Page::ok(Show::load(app, user)?))
}

#[post("/team/<user>", data = "<form>", rank = 2)]
async fn change(
    manager: TeamManager,
    app: &State<Arc<App>>,
    user: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let mut page = Show::load(app, user)?;
    page.typed = form.read()?;
    let Some(wanted) = page.check() else {
        return Ok(Err(Page::unprocessable(page)));
    };
    let id = page.user;
    app.store
        .write_by(manager.actor(), move |tx| {
            staff::set_work(tx, id, wanted.capacity, wanted.presence, wanted.queues)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at("/team")))
}
