//! A rule of a queue about who is asked.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::super::load;
use crate::domain::assignment::Method;
use crate::domain::ids::{AgentRuleId, SkillId};
use crate::domain::presence::Base;
use crate::domain::queue_rules::{AgentRule, MAX_NEEDS, MAX_RULES, Way};
use crate::domain::skills::{Matching, Need};
use crate::locale::Text;
use crate::store::queues::settings::Queue;
use crate::store::rules::{self, AgentDraft, Item as Place};
use crate::store::skills::BEST;
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

/// The presences that a rule may ask for.
const PRESENCES: [Base; 4] = [Base::Available, Base::Busy, Base::DoNotDisturb, Base::Away];

#[derive(Clone, Debug, Default, FromForm)]
struct Typed {
    /// The button that was pressed; empty: *Save*.
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    name: String,
    when: TypedCondition,
    presence: Vec<String>,
    #[field(default = "")]
    matching: String,
    need: Vec<TypedNeed>,
    #[field(default = "")]
    method: String,
}

#[derive(Clone, Debug, Default, FromForm)]
struct TypedNeed {
    #[field(default = "")]
    skill: String,
    #[field(default = "")]
    rating: String,
}

impl Typed {
    fn empty() -> Typed {
        Typed {
            when: TypedCondition::empty(),
            need: vec![Default::default()],
            method: Method::default().word().to_owned(),
            ..Default::default()
        }
    }

    fn of(rule: &AgentRule) -> Typed {
        let way = &rule.way;
        let mut need: Vec<TypedNeed> = way.needs.iter().map(TypedNeed::of).collect();
        if need.is_empty() {
            need.push(Default::default());
        }
        Typed {
            act: String::new(),
            name: rule.name.clone(),
            when: TypedCondition::of(&rule.condition),
            presence: way
                .presences
                .iter()
                .map(|it| it.word().to_owned())
                .collect(),
            matching: way
                .matching
                .map(Matching::word)
                .unwrap_or_default()
                .to_owned(),
            need,
            method: way.method.word().to_owned(),
        }
    }

    /// Does what a button says that is not *Save*. The field that gets the focus; `None`: it was *Save*.
    fn act(&mut self) -> Option<String> {
        let act = std::mem::take(&mut self.act);
        let (what, place) = act.split_once(':').unwrap_or((&act, ""));
        match what {
            "add-need" => {
                self.need.push(Default::default());
                Some(format!("need[{}].skill", self.need.len() - 1))
            }
            "remove-need" => {
                let at: usize = place.parse().ok()?;
                if at < self.need.len() {
                    self.need.remove(at);
                }
                if self.need.is_empty() {
                    self.need.push(Default::default());
                }
                let at = at.min(self.need.len() - 1);
                Some(format!("need[{at}].skill"))
            }
            _ => self.when.act(&act),
        }
    }

    fn read(&self, problems: &mut Problems, known: &Known) -> Option<AgentDraft> {
        let name = typed::name(problems, "name", &self.name);
        let condition = self.when.read(problems, known);
        let presences = PRESENCES.into_iter();
        let presences = presences.filter(|base| self.presence.iter().any(|it| it == base.word()));
        let matching = match self.matching.as_str() {
            "" => None,
            word => {
                let found = Matching::from_word(word);
                problems.check("matching", found.is_some(), "field-choose");
                found
            }
        };
        let mut needs = Vec::new();
        for (at, need) in self.need.iter().enumerate() {
            if !need.skill.is_empty() {
                needs.extend(need.read(problems, known, at));
            }
        }
        if needs.len() > MAX_NEEDS {
            let why = Text::new("queue-agents-needs-too-many").arg("limit", MAX_NEEDS);
            problems.add(format!("need[{MAX_NEEDS}].skill"), why);
        }
        let method = Method::from_word(&self.method);
        problems.check("method", method.is_some(), "field-choose");
        let draft = AgentDraft {
            name,
            condition,
            way: Way {
                presences: presences.collect(),
                matching,
                needs,
                method: method?,
            },
        };
        problems.is_empty().then_some(draft)
    }
}

impl TypedNeed {
    fn of(need: &Need) -> TypedNeed {
        TypedNeed {
            skill: need.skill.to_string(),
            rating: need.rating.map(|it| it.to_string()).unwrap_or_default(),
        }
    }

    fn read(&self, problems: &mut Problems, known: &Known, at: usize) -> Option<Need> {
        let skill = typed::chosen(
            problems,
            format!("need[{at}].skill"),
            &self.skill,
            &known.skill_items(),
        )?;
        let rating = match self.rating.trim() {
            "" => None,
            typed => {
                let limits = 1..=u32::from(BEST);
                let rating = typed::number(problems, format!("need[{at}].rating"), typed, limits)?;
                u8::try_from(rating).ok()
            }
        };
        Some(Need {
            skill: SkillId(skill),
            rating,
        })
    }
}

/// A new rule, or one that is there.
#[derive(Template)]
#[template(path = "admin/queues/rules/agent_rule.html")]
struct Edit {
    queue: Queue,
    /// Where the form is sent.
    action: String,
    is_new: bool,
    typed: Typed,
    known: Known,
    matchings: Vec<Item>,
    methods: Vec<Item>,
    skills: Vec<Item>,
    problems: Problems,
    focus: String,
}

/// A presence that may be ticked.
struct Presence {
    word: &'static str,
    said: Text,
    is_on: bool,
}

/// A skill that is asked for, as it is drawn.
struct DrawnNeed<'a> {
    path: String,
    typed: &'a TypedNeed,
    errors: [Option<&'a Text>; 2],
}

impl Edit {
    fn new(app: &App, queue: Queue, rule: Option<AgentRuleId>, typed: Typed) -> Answer<Edit> {
        let known = Known::of_queues(app)?;
        let as_workstream = Item::none("queue-agents-matching-workstream");
        let matchings = Matching::ALL.iter();
        let matchings = matchings.map(|way| Item::word("queue-agents-matching", way.word()));
        let methods = Method::ALL.iter();
        Ok(Edit {
            action: match rule {
                Some(rule) => editor(queue.id, Place::Agents(rule)),
                None => format!("/admin/queues/{}/rules/agents/new", queue.id),
            },
            queue,
            is_new: rule.is_none(),
            typed,
            skills: std::iter::once(Item::none("queue-agents-skill-any"))
                .chain(known.skill_items())
                .collect(),
            known,
            matchings: std::iter::once(as_workstream).chain(matchings).collect(),
            methods: methods
                .map(|method| Item::word("queue-method", method.word()))
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

    fn presences(&self) -> Vec<Presence> {
        let presences = PRESENCES.iter();
        presences
            .map(|base| Presence {
                word: base.word(),
                said: Text::new(format!("presence-{}", base.word())),
                is_on: self.typed.presence.iter().any(|word| word == base.word()),
            })
            .collect()
    }

    fn needs(&self) -> Vec<DrawnNeed<'_>> {
        let needs = self.typed.need.iter().enumerate();
        needs
            .map(|(at, typed)| {
                let path = format!("need[{at}]");
                DrawnNeed {
                    errors: [
                        self.problems.at(&format!("{path}.skill")),
                        self.problems.at(&format!("{path}.rating")),
                    ],
                    path,
                    typed,
                }
            })
            .collect()
    }

    fn may_add(&self) -> bool {
        self.typed.need.len() < MAX_NEEDS
    }

    fn back(&self) -> String {
        format!("/admin/queues/{}/rules", self.queue.id)
    }
}

#[get("/admin/queues/<queue>/rules/agents/new")]
fn new(_administrator: Administrator, app: &State<Arc<App>>, queue: i64) -> Answer<Page<Edit>> {
    let queue = load(app, queue)?;
    Ok(Page::ok(Edit::new(app, queue, None, Typed::empty())?))
}

#[post("/admin/queues/<queue>/rules/agents/new", data = "<form>")]
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
                rules::add_agents(tx, id, &draft)
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
fn rule(app: &App, queue: &Queue, id: i64) -> Answer<AgentRule> {
    let rules = app
        .store
        .read(|reader| rules::agent_rules(reader, queue.id))?;
    let found = rules.into_iter().find(|rule| rule.id == AgentRuleId(id));
    Ok(found.ok_or(Status::NotFound)?)
}

#[get("/admin/queues/<queue>/rules/agents/<id>", rank = 2)]
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

#[post("/admin/queues/<queue>/rules/agents/<id>", data = "<form>", rank = 2)]
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
            rules::change_agents(tx, id, &draft)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(page.back())))
}
