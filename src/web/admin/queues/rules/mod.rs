//! The own rules of a queue: which conversation is served first, and who is asked for it. Both lists are on one page;
//! each kind has its editor in a file of its own.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::load;
use crate::domain::ids::QueueId;
use crate::domain::queue_rules::{AgentRule, MAX_RULES, OrderRule};
use crate::locale::Text;
use crate::store::queues::settings::Queue;
use crate::store::rules::{self, Item};
use crate::web::App;
use crate::web::admin::copy_name;
use crate::web::admin::rules::known::Known;
use crate::web::admin::rules::words::{self, Row, ShownCondition, When};
use crate::web::admin::rules::{
    TypedPlace, TypedSwitch, base, copy_item, editor, item, kind, list, move_item, moved,
    remove_item, switch_item,
};
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Administrator;
use crate::web::outcome::Led;
use crate::web::page::{Frame, Page, filters};

mod agents;
mod order;

/// The routes of a queue's rules.
pub fn routes() -> Vec<Route> {
    let own = routes![index, place, switch, copy, confirm_removal, remove];
    [own, order::routes(), agents::routes()].concat()
}

#[derive(Template)]
#[template(path = "admin/queues/rules/index.html")]
struct Index {
    queue: Queue,
    order: Vec<Row>,
    agents: Vec<Row>,
}

impl Index {
    fn most(&self) -> usize {
        MAX_RULES
    }
}

#[get("/admin/queues/<queue>/rules?<moved>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    moved: Option<&str>,
) -> Answer<Page<Index>> {
    let queue = load(app, queue)?;
    let known = Known::of_queues(app)?;
    let (order, agents) = app.store.read(|reader| {
        Ok((
            rules::order_rules(reader, queue.id)?,
            rules::agent_rules(reader, queue.id)?,
        ))
    })?;
    Ok(Page::ok(Index {
        order: order_rows(queue.id, &order, &known, moved),
        agents: agent_rows(queue.id, &agents, &known, moved),
        queue,
    }))
}

fn order_rows(queue: QueueId, rules: &[OrderRule], known: &Known, asked: Option<&str>) -> Vec<Row> {
    let rows = (1..).zip(rules).map(|(number, rule)| {
        let item = Item::Order(rule.id);
        Row {
            base: base(queue, item),
            href: editor(queue, item),
            key: format!("{}-{}", kind(item), rule.id),
            number,
            of: rules.len(),
            name: rule.name.clone(),
            is_active: rule.is_active,
            when: When::Condition(ShownCondition::of(&rule.condition, known)),
            then: vec![Text::new(format!("queue-order-{}", rule.order.word()))],
            moved: moved(asked, item),
            can_move: true,
        }
    });
    rows.collect()
}

fn agent_rows(queue: QueueId, rules: &[AgentRule], known: &Known, asked: Option<&str>) -> Vec<Row> {
    let rows = (1..).zip(rules).map(|(number, rule)| {
        let item = Item::Agents(rule.id);
        Row {
            base: base(queue, item),
            href: editor(queue, item),
            key: format!("{}-{}", kind(item), rule.id),
            number,
            of: rules.len(),
            name: rule.name.clone(),
            is_active: rule.is_active,
            when: When::Condition(ShownCondition::of(&rule.condition, known)),
            then: words::way(&rule.way, known),
            moved: moved(asked, item),
            can_move: true,
        }
    });
    rows.collect()
}

/// A rule of a queue with its name.
struct Found {
    queue: Queue,
    item: Item,
    name: String,
}

/// The rule of a kind and an id.
///
/// # Errors
/// 404 when there is none, or it is another queue's; what the database says.
fn find(app: &App, queue: i64, kind: &str, id: i64) -> Answer<Found> {
    let queue = load(app, queue)?;
    let item = item(kind, id).ok_or(Status::NotFound)?;
    let name = app.store.read(|reader| {
        let owner = rules::queue_of(reader, item)?;
        match owner == Some(queue.id) {
            true => rules::name(reader, item),
            false => Ok(None),
        }
    })?;
    Ok(Found {
        name: name.ok_or(Status::NotFound)?,
        queue,
        item,
    })
}

/// Moves a rule; the list comes back with the focus on the same button.
#[post("/admin/queues/<queue>/rules/<kind>/<id>/place", data = "<form>")]
async fn place(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    kind: &str,
    id: i64,
    form: Form<TypedPlace>,
) -> Answer<Led> {
    let found = find(app, queue, kind, id)?;
    let home = found.queue.id;
    move_item(app, &administrator, home, found.item, &form.read()?).await
}

#[post("/admin/queues/<queue>/rules/<kind>/<id>/switch", data = "<form>")]
async fn switch(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    kind: &str,
    id: i64,
    form: Form<TypedSwitch>,
) -> Answer<Led> {
    let found = find(app, queue, kind, id)?;
    let home = found.queue.id;
    switch_item(app, &administrator, home, found.item, &form.read()?).await
}

#[post("/admin/queues/<queue>/rules/<kind>/<id>/copy", data = "<_button>")]
async fn copy(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    queue: i64,
    kind: &str,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let found = find(app, queue, kind, id)?;
    let name = copy_name(frame, &found.name);
    let home = found.queue.id;
    copy_item(app, &administrator, home, found.item, name).await
}

#[derive(Template)]
#[template(path = "admin/queues/rules/removal.html")]
struct Removal {
    queue: Queue,
    item: Item,
    name: String,
}

impl Removal {
    fn back(&self) -> String {
        list(self.queue.id, self.item)
    }

    fn action(&self) -> String {
        format!("{}/removal", base(self.queue.id, self.item))
    }

    /// What happens then, by the kind of rule.
    fn what(&self) -> String {
        format!("rule-removal-{}", kind(self.item))
    }
}

#[get("/admin/queues/<queue>/rules/<kind>/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    kind: &str,
    id: i64,
) -> Answer<Page<Removal>> {
    let Found { queue, item, name } = find(app, queue, kind, id)?;
    Ok(Page::ok(Removal { queue, item, name }))
}

#[post("/admin/queues/<queue>/rules/<kind>/<id>/removal", data = "<_button>")]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    kind: &str,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let found = find(app, queue, kind, id)?;
    remove_item(app, &administrator, found.queue.id, found.item).await
}
