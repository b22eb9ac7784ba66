//! A rule of a queue's own order.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::super::load;
use crate::domain::ids::OrderRuleId;
use crate::domain::queue_rules::{MAX_RULES, Order, OrderRule};
use crate::locale::Text;
use crate::store::queues::settings::Queue;
use crate::store::rules::{self, Item as Place, OrderDraft};
use crate::web::App;
use crate::web::admin::rules::builder::{Builder, TypedCondition};
use crate::web::admin::rules::editor;
use crate::web::admin::rules::known::Known;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![new, add, edit, change]
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    /// The button that was pressed; empty: *Save*.
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    name: String,
    when: TypedCondition,
    #[field(default = "")]
    order: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            when: TypedCondition::empty(),
            order: Order::Oldest.word().to_owned(),
            ..Default::default()
        }
    }

    fn of(rule: &OrderRule) -> Typed {
        Typed {
            act: String::new(),
            name: rule.name.clone(),
            when: TypedCondition::of(&rule.condition),
            order: rule.order.word().to_owned(),
        }
    }

    /// Does what a button says that is not *Save*. The field that gets the focus; `None`: it was *Save*.
    fn act(&mut self) -> Option<String> {
        let act = std::mem::take(&mut self.act);
        self.when.act(&act)
    }

    fn read(&self, problems: &mut Problems, known: &Known) -> Option<OrderDraft> {
        let name = typed::name(problems, "name", &self.name);
        let condition = self.when.read(problems, known);
        let order = Order::from_word(&self.order);
        problems.check("order", order.is_some(), "field-choose");
        let draft = OrderDraft {
            name,
            condition,
            order: order?,
        };
        problems.is_empty().then_some(draft)
    }
}

/// A new rule, or one that is there.
#[derive(Template)]
#[template(path = "admin/queues/rules/order_rule.html")]
struct Edit {
    queue: Queue,
    /// Where the form is sent.
    action: String,
    is_new: bool,
    typed: Typed,
    known: Known,
    orders: Vec<Item>,
    problems: Problems,
    focus: String,
}

impl Edit {
    fn new(app: &App, queue: Queue, rule: Option<OrderRuleId>, typed: Typed) -> Answer<Edit> {
        let orders = Order::ALL.iter();
        Ok(Edit {
            action: match rule {
                Some(rule) => editor(queue.id, Place::Order(rule)),
                None => format!("/admin/queues/{}/rules/order/new", queue.id),
            },
            queue,
            is_new: rule.is_none(),
            typed,
            known: Known::of_queues(app)?,
            orders: orders
                .map(|order| Item::word("queue-order", order.word()))
                .collect(),
            problems: Problems::default(),
            focus: String::new(),
        })
    }

    fn builder(&self) -> Builder<'_> {
        Builder::new(
            &self.typed.when,
            &self.known,
            &self.problems,
            &self.action,
            &self.focus,
        )
    }

    fn back(&self) -> String {
        format!("/admin/queues/{}/rules", self.queue.id)
    }
}

#[get("/admin/queues/<queue>/rules/order/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>, queue: i64) -> Answer<Page<Edit>> {
    let queue = load(app, queue)?;
    Ok(Page::ok(Edit::new(app, queue, None, Typed::empty())?))
}

#[post("/admin/queues/<queue>/rules/order/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let queue = load(app, queue)?;
    let id = queue.id;
    let mut page = Edit::new(app, queue, None, form.read()?)?;
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    if let Some(draft) = page.typed.read(&mut page.problems, &page.known) {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| {
                rules::add_order(tx, id, &draft)
            })
            .await?;
        if added.is_some() {
            return Ok(Ok(Outcome::Saved.at(page.back())));
        }
        let why = Text::new("rule-too-many").arg("limit", MAX_RULES);
        page.problems.add("name", why);
    }
    Ok(Err(Page::unprocessable(page)))
}

/// A rule of a queue.
///
/// # Errors
/// 404 when there is none, or it is another queue's; what the database says.
fn rule(app: &App, queue: &Queue, id: i64) -> Answer<OrderRule> {
    let rules = app
        .store
        .read(|reader| rules::order_rules(reader, queue.id))?;
    let found = rules.into_iter().find(|rule| rule.id == OrderRuleId(id));
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/queues/<queue>/rules/order/<id>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    id: i64,
) -> Answer<Page<Edit>> {
    let queue = load(app, queue)?;
    let rule = rule(app, &queue, id)?;
    let page = Edit::new(app, queue, Some(rule.id), Typed::of(&rule))?;
    Ok(Page::ok(page))
}

#[post("/admin/queues/<queue>/rules/order/<id>", data = "<form>", rank = 2)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    queue: i64,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let queue = load(app, queue)?;
    let id = rule(app, &queue, id)?.id;
    let mut page = Edit::new(app, queue, Some(id), form.read()?)?;
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    let Some(draft) = page.typed.read(&mut page.problems, &page.known) else {
        return Ok(Err(Page::unprocessable(page)));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::change_order(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}
