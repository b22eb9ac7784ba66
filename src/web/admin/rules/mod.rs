//! The rules of a workstream: what a conversation needs, which queue it goes to, what happens in a long silence.
//! This file has what all kinds have in common; each kind has its list and its editor in a file of its own.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use self::words::Moved;
use super::copy_name;
use crate::domain::ids::{
    AgentRuleId, ClassificationRuleId, OrderRuleId, RouteRuleId, RulesetId, TimeoutRuleId,
    WorkstreamId,
};
use crate::store::rules::{self, Direction, Home, Item, Use};
use crate::store::workstreams::settings::{self as workstreams, Workstream};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Button, Form};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};

pub(in crate::web::admin) mod builder;
mod classification;
pub mod known;
mod queues;
mod timeouts;
mod trial;
pub mod used;
pub mod words;

/// The routes of rules.
pub fn routes() -> Vec<Route> {
    let own = routes![place, switch, copy, confirm_removal, remove];
    [
        own,
        classification::routes(),
        queues::routes(),
        timeouts::routes(),
        trial::routes(),
    ]
    .concat()
}

/// The workstream of an id.
///
/// # Errors
/// 404 when there is none; what the database says.
fn load(app: &App, workstream: i64) -> Answer<Workstream> {
    let found = app
        .store
        .read(|reader| workstreams::by_id(reader, WorkstreamId(workstream)))?;
    Ok(found.ok_or(Status::NotFound)?)
}

/// The word of an item's kind in addresses.
pub(in crate::web::admin) const fn kind(item: Item) -> &'static str {
    match item {
        Item::Ruleset(_) => "ruleset",
        Item::Classification(_) => "classification",
        Item::Route(_) => "route",
        Item::Timeout(_) => "timeout",
        Item::Order(_) => "order",
        Item::Agents(_) => "agents",
    }
}

/// The item of a kind and an id; `None` for another kind.
pub(in crate::web::admin) fn item(kind: &str, id: i64) -> Option<Item> {
    match kind {
        "ruleset" => Some(Item::Ruleset(RulesetId(id))),
        "classification" => Some(Item::Classification(ClassificationRuleId(id))),
        "route" => Some(Item::Route(RouteRuleId(id))),
        "timeout" => Some(Item::Timeout(TimeoutRuleId(id))),
        "order" => Some(Item::Order(OrderRuleId(id))),
        "agents" => Some(Item::Agents(AgentRuleId(id))),
        _ => None,
    }
}

fn path(home: Home) -> String {
    match home {
        Home::Workstream(id) => format!("/admin/workstreams/{id}"),
        Home::Queue(id) => format!("/admin/queues/{id}"),
    }
}

/// The list that an item stands in.
pub(in crate::web::admin) fn list(home: impl Into<Home>, item: Item) -> String {
    let list = match item {
        Item::Ruleset(_) | Item::Classification(_) => "classification",
        Item::Route(_) => "routes",
        Item::Timeout(_) => "timeouts",
        Item::Order(_) | Item::Agents(_) => "rules",
    };
    format!("{}/{list}", path(home.into()))
}

/// What an item has in common with others: addresses begin with this.
pub(in crate::web::admin) fn base(home: impl Into<Home>, item: Item) -> String {
    format!("{}/rules/{}/{}", path(home.into()), kind(item), item.id())
}

/// The page on which an item is changed.
pub(in crate::web::admin) fn editor(home: impl Into<Home>, item: Item) -> String {
    let (home, id) = (home.into(), item.id());
    let list = list(home, item);
    match item {
        Item::Ruleset(_) => format!("{list}/rulesets/{id}"),
        Item::Classification(_) => format!("{list}/rules/{id}"),
        Item::Route(_) | Item::Timeout(_) => format!("{list}/{id}"),
        Item::Order(_) | Item::Agents(_) => base(home, item),
    }
}

/// The button that was pressed to move an item, as the address of its list says: `route-7-up`.
pub(in crate::web::admin) fn moved(asked: Option<&str>, item: Item) -> Option<Moved> {
    let (key, direction) = asked?.rsplit_once('-')?;
    let is_it = key == format!("{}-{}", kind(item), item.id());
    match direction {
        "up" if is_it => Some(Moved::Up),
        "down" if is_it => Some(Moved::Down),
        _ => None,
    }
}

/// An item of a workstream with its name.
struct Found {
    workstream: Workstream,
    item: Item,
    name: String,
}

/// The item of a kind and an id.
///
/// # Errors
/// 404 when there is none, or it is another workstream's; what the database says.
fn find(app: &App, workstream: i64, kind: &str, id: i64) -> Answer<Found> {
    let workstream = load(app, workstream)?;
    let item = item(kind, id).ok_or(Status::NotFound)?;
    let name = app.store.read(|reader| {
        let owner = rules::owner(reader, item)?;
        match owner == Some(workstream.id) {
            true => rules::name(reader, item),
            false => Ok(None),
        }
    })?;
    Ok(Found {
        name: name.ok_or(Status::NotFound)?,
        workstream,
        item,
    })
}

#[derive(FromForm)]
pub(in crate::web::admin) struct TypedPlace {
    #[field(default = "")]
    to: String,
}

/// Moves an item; the list comes back with the focus on the same button.
///
/// # Errors
/// 422 for another direction; what the database says.
pub(in crate::web::admin) async fn move_item(
    app: &App,
    administrator: &Administrator,
    home: impl Into<Home>,
    item: Item,
    typed: &TypedPlace,
) -> Answer<Led> {
    let (direction, word) = match typed.to.as_str() {
        "up" => (Direction::Up, "up"),
        "down" => (Direction::Down, "down"),
        _ => return Err(Status::UnprocessableEntity.into()),
    };
    let list = list(home, item);
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::shift(tx, item, direction)
        })
        .await?;
    let (kind, id) = (kind(item), item.id());
    Ok(Outcome::Saved.at(format!("{list}?moved={kind}-{id}-{word}")))
}

#[post(
    "/admin/workstreams/<workstream>/rules/<kind>/<id>/place",
    data = "<form>"
)]
async fn place(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    kind: &str,
    id: i64,
    form: Form<TypedPlace>,
) -> Answer<Led> {
    let found = find(app, workstream, kind, id)?;
    let home = found.workstream.id;
    move_item(app, &administrator, home, found.item, &form.read()?).await
}

#[derive(FromForm)]
pub(in crate::web::admin) struct TypedSwitch {
    on: bool,
}

/// Switches an item on or off.
///
/// # Errors
/// What the database says.
pub(in crate::web::admin) async fn switch_item(
    app: &App,
    administrator: &Administrator,
    home: impl Into<Home>,
    item: Item,
    typed: &TypedSwitch,
) -> Answer<Led> {
    let (list, is_on) = (list(home, item), typed.on);
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::switch(tx, item, is_on)
        })
        .await?;
    Ok(Outcome::Saved.at(list))
}

#[post(
    "/admin/workstreams/<workstream>/rules/<kind>/<id>/switch",
    data = "<form>"
)]
async fn switch(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    kind: &str,
    id: i64,
    form: Form<TypedSwitch>,
) -> Answer<Led> {
    let found = find(app, workstream, kind, id)?;
    let home = found.workstream.id;
    switch_item(app, &administrator, home, found.item, &form.read()?).await
}

/// Copies an item under a name. One that there is no room for leads to the list, which says what the limit is.
///
/// # Errors
/// What the database says.
pub(in crate::web::admin) async fn copy_item(
    app: &App,
    administrator: &Administrator,
    home: impl Into<Home>,
    item: Item,
    name: String,
) -> Answer<Led> {
    let home = home.into();
    let copied = app
        .store
        .write_by(administrator.actor(), move |tx| {
            Ok(match item {
                Item::Ruleset(id) => rules::copy_ruleset(tx, id, &name)?.map(Item::Ruleset),
                Item::Classification(id) => {
                    rules::copy_rule(tx, id, &name)?.map(Item::Classification)
                }
                Item::Route(id) => rules::copy_route(tx, id, &name)?.map(Item::Route),
                Item::Timeout(id) => rules::copy_timeout(tx, id, &name)?.map(Item::Timeout),
                Item::Order(id) => rules::copy_order(tx, id, &name)?.map(Item::Order),
                Item::Agents(id) => rules::copy_agents(tx, id, &name)?.map(Item::Agents),
            })
        })
        .await?;
    Ok(match copied {
        Some(copied) => Outcome::Saved.at(editor(home, copied)),
        None => Outcome::Full.at(list(home, item)),
    })
}

#[post(
    "/admin/workstreams/<workstream>/rules/<kind>/<id>/copy",
    data = "<_button>"
)]
async fn copy(
    administrator: Administrator,
    app: &State<Arc<App>>,
    frame: &Frame,
    workstream: i64,
    kind: &str,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let found = find(app, workstream, kind, id)?;
    let name = copy_name(frame, &found.name);
    let home = found.workstream.id;
    copy_item(app, &administrator, home, found.item, name).await
}

/// Takes an item away.
///
/// # Errors
/// What the database says.
pub(in crate::web::admin) async fn remove_item(
    app: &App,
    administrator: &Administrator,
    home: impl Into<Home>,
    item: Item,
) -> Answer<Led> {
    let list = list(home, item);
    app.store
        .write_by(administrator.actor(), move |tx| rules::remove(tx, item))
        .await?;
    Ok(Outcome::Removed.at(list))
}

#[derive(Template)]
#[template(path = "admin/rules/removal.html")]
struct Removal {
    workstream: Workstream,
    item: Item,
    name: String,
    /// Of a ruleset.
    rules: usize,
}

impl Removal {
    fn back(&self) -> String {
        list(self.workstream.id, self.item)
    }

    fn action(&self) -> String {
        format!("{}/removal", base(self.workstream.id, self.item))
    }

    /// What happens then, by the kind of item.
    fn what(&self) -> String {
        format!("rule-removal-{}", kind(self.item))
    }
}

#[get("/admin/workstreams/<workstream>/rules/<kind>/<id>/removal")]
fn confirm_removal(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    kind: &str,
    id: i64,
) -> Answer<Page<Removal>> {
    let found = find(app, workstream, kind, id)?;
    let rulesets = app
        .store
        .read(|reader| rules::rulesets(reader, found.workstream.id))?;
    let mut rulesets = rulesets.into_iter();
    let ruleset = rulesets.find(|ruleset| Item::Ruleset(ruleset.id) == found.item);
    Ok(Page::ok(Removal {
        workstream: found.workstream,
        item: found.item,
        name: found.name,
        rules: ruleset.map_or(0, |ruleset| ruleset.rules.len()),
    }))
}

#[post(
    "/admin/workstreams/<workstream>/rules/<kind>/<id>/removal",
    data = "<_button>"
)]
async fn remove(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    kind: &str,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let found = find(app, workstream, kind, id)?;
    remove_item(app, &administrator, found.workstream.id, found.item).await
}
