//! Route to queue: rules that send conversations to queues.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::builder::{Builder, TypedCondition};
use super::known::Known;
use super::trial::{self, TypedTrial};
use super::words::{self, Row, ShownCondition, When};
use super::{base, editor, kind, load, moved};
use crate::domain::ids::{QueueId, RouteRuleId};
use crate::domain::queue;
use crate::domain::routing::{MAX_RULES, Rule};
use crate::domain::split::{self, MAX_QUEUES, Share, Split};
use crate::locale::Text;
use crate::store::rules::{self, Item as Place, RouteDraft};
use crate::store::workstreams::settings::Workstream;
use crate::web::App;
use crate::web::admin::queues::typed::{TypedPair, actions, read_pairs, typed_pairs};
use crate::web::admin::{spans, typed};
use crate::web::failure::Answer;
use crate::web::fields::{self, Item};
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, new, add, edit, change]
}

#[derive(Template)]
#[template(path = "admin/rules/routes.html")]
struct Index {
    workstream: Workstream,
    rows: Vec<Row>,
    fallback: String,
    search: String,
    /// How many there are, whatever is searched.
    total: usize,
    /// *Try a message*.
    trial: TypedTrial,
    known: Known,
}

#[get("/admin/workstreams/<workstream>/routes?<search>&<moved>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    search: Option<&str>,
    moved: Option<&str>,
) -> Answer<Page<Index>> {
    let workstream = load(app, workstream)?;
    let known = Known::load(app, &workstream)?;
    let search = search.unwrap_or_default().trim();
    let all = app
        .store
        .read(|reader| rules::routes(reader, workstream.id))?;
    let of = all.len();
    let rows = (1..).zip(&all).filter_map(|(number, rule)| {
        let item = Place::Route(rule.id);
        list::finds(search, [&rule.name]).then(|| Row {
            base: base(workstream.id, item),
            href: editor(workstream.id, item),
            key: format!("{}-{}", kind(item), rule.id),
            number,
            of,
            name: rule.name.clone(),
            is_active: rule.is_active,
            when: When::Condition(ShownCondition::of(&rule.condition, &known)),
            then: words::queues(rule, &known),
            moved: self::moved(moved, item),
            can_move: search.is_empty(),
        })
    });
    Ok(Page::ok(Index {
        rows: rows.collect(),
        fallback: known.queue(workstream.fallback_queue),
        search: search.to_owned(),
        total: of,
        trial: Default::default(),
        known,
        workstream,
    }))
}

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    /// The button that was pressed; empty: *Save*.
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    name: String,
    when: TypedCondition,
    share: Vec<TypedShare>,
    /// Whether the rule has overflow settings of its own.
    #[field(default = false)]
    own_overflow: bool,
    out_of_hours: TypedPair,
    work_items: TypedPair,
    waiting_time: TypedPair,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedShare {
    #[field(default = "")]
    queue: String,
    #[field(default = "")]
    percent: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            when: TypedCondition::empty(),
            share: vec![Default::default()],
            ..Default::default()
        }
    }

    fn of(rule: &Rule) -> Typed {
        let shares = rule.split.0.iter().map(|share| TypedShare {
            queue: share.queue.to_string(),
            percent: share.percent.to_string(),
        });
        let pairs = rule.overflow.as_ref().map(queue::pairs);
        let [out_of_hours, work_items, waiting_time] =
            typed_pairs(pairs.as_deref().unwrap_or_default());
        Typed {
            act: String::new(),
            name: rule.name.clone(),
            when: TypedCondition::of(&rule.condition),
            share: shares.collect(),
            own_overflow: rule.overflow.is_some(),
            out_of_hours,
            work_items,
            waiting_time,
        }
    }

    /// Does what a button says that is not *Save*. The field that gets the focus; `None`: it was *Save*.
    fn act(&mut self) -> Option<String> {
        let act = std::mem::take(&mut self.act);
        let (what, place) = act.split_once(':').unwrap_or((&act, ""));
        match what {
            "add-share" => {
                self.share.push(Default::default());
                Some(format!("share[{}].queue", self.share.len() - 1))
            }
            "remove-share" => {
                let at: usize = place.parse().ok()?;
                if at < self.share.len() {
                    self.share.remove(at);
                }
                if self.share.is_empty() {
                    self.share.push(Default::default());
                }
                let at = at.min(self.share.len() - 1);
                Some(format!("share[{at}].queue"))
            }
            _ => self.when.act(&act),
        }
    }

    fn read(&self, problems: &mut Problems, known: &Known) -> Option<RouteDraft> {
        let name = typed::name(problems, "name", &self.name);
        let condition = self.when.read(problems, known);
        let split = self.split(problems, known);
        let queues = known.queue_items();
        let overflow = self.own_overflow.then(|| {
            let pairs = [&self.out_of_hours, &self.work_items, &self.waiting_time];
            queue::overflow(&read_pairs(pairs, problems, &queues))
        });
        let only = match split.0.as_slice() {
            [share] => Some(share.queue),
            _ => None,
        };
        if overflow
            .as_ref()
            .is_some_and(|overflow| overflow.check(only).is_err())
        {
            problems.add("own_overflow", Text::new("rule-overflow-into-itself"));
        }
        problems.is_empty().then_some(RouteDraft {
            name,
            condition,
            split,
            overflow,
        })
    }

    /// The queues with their parts; one alone gets everything, whatever was typed.
    fn split(&self, problems: &mut Problems, known: &Known) -> Split {
        let queues = known.queue_items();
        let is_alone = self.share.len() == 1;
        let mut shares = Vec::new();
        for (at, share) in self.share.iter().enumerate() {
            let queue_at = format!("share[{at}].queue");
            let queue = typed::chosen(problems, queue_at.clone(), &share.queue, &queues);
            if queue.is_none() && problems.at(&queue_at).is_none() {
                problems.add(queue_at, Text::new("field-choose"));
            }
            let percent = match is_alone {
                true => Some(100),
                false => typed::number(
                    problems,
                    format!("share[{at}].percent"),
                    &share.percent,
                    1..=100,
                ),
            };
            if let (Some(queue), Some(percent)) = (queue, percent) {
                shares.push(Share {
                    queue: QueueId(queue),
                    percent: percent as u8,
                });
            }
        }
        let split = Split(shares);
        let is_read = problems
            .iter()
            .all(|(field, _)| !field.starts_with("share["));
        if let (true, Err(mistake)) = (is_read, split.check()) {
            let (field, why) = match mistake {
                split::Mistake::Total(total) => (
                    format!("share[{}].percent", self.share.len() - 1),
                    Text::new("rule-share-total").arg("total", total.to_string()),
                ),
                split::Mistake::Twice(_) => (
                    format!("share[{}].queue", self.share.len() - 1),
                    Text::new("rule-share-twice"),
                ),
                split::Mistake::TooMany => (
                    format!("share[{MAX_QUEUES}].queue"),
                    Text::new("rule-share-too-many").arg("limit", MAX_QUEUES),
                ),
                split::Mistake::Empty | split::Mistake::Nothing(_) => {
                    ("share[0].queue".to_owned(), Text::new("field-choose"))
                }
            };
            problems.add(field, why);
        }
        split
    }
}

/// What may be chosen.
struct Lists {
    queues: Vec<Item>,
    units: Vec<Item>,
    out_of_hours: Vec<Item>,
    work_items: Vec<Item>,
    waiting_time: Vec<Item>,
}

impl Lists {
    fn of(known: &Known) -> Lists {
        let mut out_of_hours = actions(queue::When::OutOfHours);
        out_of_hours.insert(0, Item::none("queue-overflow-wait"));
        Lists {
            queues: known.queue_items(),
            units: spans::units(),
            out_of_hours,
            work_items: actions(queue::When::WorkItems),
            waiting_time: actions(queue::When::WaitingTime),
        }
    }
}

/// A new rule, or one that is there.
#[derive(Template)]
#[template(path = "admin/rules/route_rule.html")]
struct Edit {
    workstream: Workstream,
    /// Where the form is sent.
    action: String,
    /// Its name; `None`: it is not there yet.
    name: Option<String>,
    typed: Typed,
    known: Known,
    lists: Lists,
    problems: Problems,
    focus: String,
}

/// A queue with its part as it is drawn.
struct DrawnShare<'a> {
    path: String,
    typed: &'a TypedShare,
    errors: [Option<&'a Text>; 2],
}

impl Edit {
    fn new(
        app: &App,
        workstream: Workstream,
        action: String,
        name: Option<String>,
        typed: Typed,
    ) -> Answer<Edit> {
        let known = Known::load(app, &workstream)?;
        Ok(Edit {
            lists: Lists::of(&known),
            known,
            workstream,
            action,
            name,
            typed,
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

    fn shares(&self) -> Vec<DrawnShare<'_>> {
        let shares = self.typed.share.iter().enumerate();
        shares
            .map(|(at, typed)| {
                let path = format!("share[{at}]");
                DrawnShare {
                    errors: [
                        self.problems.at(&format!("{path}.queue")),
                        self.problems.at(&format!("{path}.percent")),
                    ],
                    path,
                    typed,
                }
            })
            .collect()
    }

    fn is_split(&self) -> bool {
        self.typed.share.len() > 1
    }

    fn may_add(&self) -> bool {
        self.typed.share.len() < MAX_QUEUES
    }

    fn back(&self) -> String {
        format!("/admin/workstreams/{}/routes", self.workstream.id)
    }
}

#[get("/admin/workstreams/<workstream>/routes/new")]
fn new(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let action = format!("/admin/workstreams/{}/routes/new", workstream.id);
    let page = Edit::new(app, workstream, action, None, Typed::empty())?;
    Ok(Page::ok(page))
}

#[post("/admin/workstreams/<workstream>/routes/new", data = "<form>")]
async fn add(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let id = workstream.id;
    let action = format!("/admin/workstreams/{id}/routes/new");
    let mut page = Edit::new(app, workstream, action, None, form.read()?)?;
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    if let Some(draft) = page.typed.read(&mut page.problems, &page.known) {
        let added = app
            .store
            .write_by(administrator.actor(), move |tx| {
                rules::add_route(tx, id, &draft)
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

/// A rule of a workstream.
///
/// # Errors
/// 404 when there is none, or it is another workstream's; what the database says.
fn rule(app: &App, workstream: &Workstream, id: i64) -> Answer<Rule> {
    let rules = app
        .store
        .read(|reader| rules::routes(reader, workstream.id))?;
    let found = rules.into_iter().find(|rule| rule.id == RouteRuleId(id));
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/workstreams/<workstream>/routes/<id>", rank = 2)]
fn edit(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
) -> Answer<Page<Edit>> {
    let workstream = load(app, workstream)?;
    let rule = rule(app, &workstream, id)?;
    let action = editor(workstream.id, Place::Route(rule.id));
    let typed = Typed::of(&rule);
    let page = Edit::new(app, workstream, action, Some(rule.name), typed)?;
    Ok(Page::ok(page))
}

#[post(
    "/admin/workstreams/<workstream>/routes/<id>",
    data = "<form>",
    rank = 2
)]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    id: i64,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Edit>>> {
    let workstream = load(app, workstream)?;
    let rule = rule(app, &workstream, id)?;
    let id = rule.id;
    let action = editor(workstream.id, Place::Route(id));
    let mut page = Edit::new(app, workstream, action, Some(rule.name), form.read()?)?;
    if let Some(focus) = page.typed.act() {
        page.focus = focus;
        return Ok(Err(Page::ok(page)));
    }
    let Some(draft) = page.typed.read(&mut page.problems, &page.known) else {
        return Ok(Err(Page::unprocessable(page)));
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            rules::change_route(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}

impl Index {
    fn path(&self) -> String {
        format!("/admin/workstreams/{}/routes", self.workstream.id)
    }

    /// The form of *Try a message*.
    fn trial(&self) -> trial::TrialForm<'_> {
        trial::TrialForm::new(self.workstream.id, &self.trial, &self.known)
    }
}
