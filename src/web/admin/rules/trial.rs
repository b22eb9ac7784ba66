//! *Try a message*: what the rules would do with it, without making anything. And what they would have done with
//! the last conversations.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::known::Known;
use super::load;
use crate::clock;
use crate::domain::assignment::{self, Assessment, Item};
use crate::domain::capacity::Demand;
use crate::domain::classification::{self, Classified};
use crate::domain::facts::{Attribute, Facts};
use crate::domain::ids::{ConversationId, PageId, QueueId, RouteRuleId, UserId};
use crate::domain::overflow::Standing;
use crate::domain::queue_rules;
use crate::domain::routing::{self, Destination, Routed};
use crate::domain::skills::Matching;
use crate::domain::time::Timestamp;
use crate::domain::workstream::Mode;
use crate::locale::Text;
use crate::store::conversations::{self, Conversation};
use crate::store::queues::settings as queues;
use crate::store::workstreams::settings::Workstream;
use crate::store::{self, Reader, agents, instances, profiles, rules, settings, users};
use crate::web::App;
use crate::web::decisions::{AgentEntry, RuleEntry, decided, destination};
use crate::web::failure::Answer;
use crate::web::fields;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};
use crate::web::workspace::customer;

/// So many conversations are looked at.
const LAST: usize = 100;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![new, try_message, history]
}

/// What was typed about a message that nobody sent.
#[derive(Clone, Debug, Default, FromForm)]
pub struct TypedTrial {
    #[field(default = "")]
    message: String,
    #[field(default = "")]
    page: String,
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    language: String,
    #[field(default = "")]
    locale: String,
    #[field(default = "")]
    time_zone: String,
    #[field(default = "")]
    earlier: String,
}

/// The form, on its own page and beside the list of rules.
#[derive(Template)]
#[template(path = "admin/rules/_trial.html")]
pub struct TrialForm<'a> {
    action: String,
    typed: &'a TypedTrial,
    pages: Vec<fields::Item>,
    /// What the channel may tell of a customer.
    asks: Vec<&'static str>,
    problems: Problems,
}

impl HtmlSafe for TrialForm<'_> {}

impl<'a> TrialForm<'a> {
    /// The form of a workstream, before it was sent.
    pub fn new(
        workstream: crate::domain::ids::WorkstreamId,
        typed: &'a TypedTrial,
        known: &Known,
    ) -> TrialForm<'a> {
        let tells = |attribute: &Attribute| known.tells(attribute);
        let fields = [
            ("name", tells(&Attribute::ProfileName)),
            ("locale", tells(&Attribute::ProfileLocale)),
            ("time_zone", tells(&Attribute::ProfileTimeZone)),
        ];
        TrialForm {
            action: format!("/admin/workstreams/{workstream}/trial"),
            typed,
            pages: known.page_items(),
            asks: fields
                .into_iter()
                .filter_map(|(field, is_told)| is_told.then_some(field))
                .collect(),
            problems: Problems::default(),
        }
    }

    fn asks(&self, field: &str) -> bool {
        self.asks.contains(&field)
    }
}

/// What the rules of a workstream are asked with.
struct Rules {
    rulesets: Vec<classification::Ruleset>,
    routes: Vec<routing::Rule>,
    demand: Demand,
    fallback: QueueId,
}

impl Rules {
    fn load(reader: &Reader<'_>, workstream: &Workstream) -> store::Result<Rules> {
        Ok(Rules {
            rulesets: rules::rulesets(reader, workstream.id)?,
            routes: rules::routes(reader, workstream.id)?,
            demand: workstream.distribution.demand(),
            fallback: workstream.fallback_queue,
        })
    }

    fn ask(
        &self,
        facts: Facts,
        queues: &BTreeMap<QueueId, Standing>,
        given: &BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>>,
    ) -> (Classified, Routed) {
        let classified = classification::classify(&self.rulesets, facts, self.demand.clone());
        let workstream = routing::Workstream {
            rules: &self.routes,
            fallback: self.fallback,
            queues,
            given,
        };
        let routed = routing::route(&workstream, &classified.facts, classified.is_broken);
        (classified, routed)
    }
}

/// What would become of a message.
struct Tried {
    decided: Text,
    destination: Text,
    classification: Vec<RuleEntry>,
    routes: Vec<RuleEntry>,
    /// Who would be offered it; `None`: it is ended.
    offered: Option<Text>,
    agents: Vec<AgentEntry>,
}

#[derive(Template)]
#[template(path = "admin/rules/trial.html")]
struct Trial {
    workstream: Workstream,
    typed: TypedTrial,
    known: Known,
    problems: Problems,
    /// `None`: nothing was tried yet.
    tried: Option<Tried>,
}

impl Trial {
    fn form(&self) -> TrialForm<'_> {
        let form = TrialForm::new(self.workstream.id, &self.typed, &self.known);
        let problems = self.problems.iter();
        TrialForm {
            problems: problems.cloned().collect(),
            ..form
        }
    }
}

#[get("/admin/workstreams/<workstream>/trial")]
fn new(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<Trial>> {
    let workstream = load(app, workstream)?;
    Ok(Page::ok(Trial {
        known: Known::load(app, &workstream)?,
        workstream,
        typed: Default::default(),
        problems: Problems::default(),
        tried: None,
    }))
}

/// Nothing is stored: a POST only because what customers write does not belong into addresses.
#[post("/admin/workstreams/<workstream>/trial", data = "<form>")]
fn try_message(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
    form: Form<TypedTrial>,
) -> Answer<Page<Trial>> {
    let workstream = load(app, workstream)?;
    let mut page = Trial {
        known: Known::load(app, &workstream)?,
        workstream,
        typed: form.read()?,
        problems: Problems::default(),
        tried: None,
    };
    let typed = &page.typed;
    let mut problems = Problems::default();
    let pages = app
        .store
        .read(|reader| instances::of(reader, page.workstream.id))?;
    let place = match typed.page.as_str() {
        "" => pages.first().map_or(PageId(0), |first| first.page),
        chosen => PageId(chosen.parse().unwrap_or_default()),
    };
    let is_there = typed.page.is_empty() || page.known.has_page(place);
    problems.check("page", is_there, "field-choose");
    let number = |typed: &str| typed.trim().replace(',', ".").parse::<f64>().ok();
    let time_zone = number(&typed.time_zone);
    let is_number = typed.time_zone.trim().is_empty() || time_zone.is_some();
    problems.check("time_zone", is_number, "rule-value-number");
    let earlier = match typed.earlier.trim() {
        "" => Some(0),
        typed => typed.parse().ok(),
    };
    problems.check("earlier", earlier.is_some(), "rule-value-number");
    if !problems.is_empty() {
        page.problems = problems;
        return Ok(Page::unprocessable(page));
    }
    let told = |typed: &str| Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty());
    let now = clock::now();
    let workstream = &page.workstream;
    let (classified, routed, assessment, people) = app.store.read(|reader| {
        let mut facts = Facts::new(&workstream.channel, place, "", &typed.message);
        rules::add_surroundings(reader, &mut facts, workstream.id, now)?;
        facts.language = told(&typed.language).or(facts.language);
        facts.profile_name = told(&typed.name);
        facts.profile_locale = told(&typed.locale);
        facts.profile_time_zone = time_zone;
        facts.earlier_conversations = earlier.unwrap_or_default();
        let asked = Rules::load(reader, workstream)?;
        let queues = rules::standings(reader, now)?;
        let given = rules::given(reader, workstream.id)?;
        let (classified, routed) = asked.ask(facts, &queues, &given);
        let assessment = match routed.destination {
            Destination::Queue(queue) => assess(reader, workstream, queue, &classified, now)?,
            Destination::End => None,
        };
        Ok((classified, routed, assessment, users::all(reader)?))
    })?;
    let known = &page.known;
    let name = |id: UserId| {
        let found = people.iter().find(|person| person.id == id);
        found.map(|person| person.name.clone()).unwrap_or_default()
    };
    let first = assessment.as_ref().and_then(|found| found.order.first());
    let needs_skills = workstream.distribution.skill_matching != Matching::None;
    let offered = match (workstream.mode, first, routed.destination) {
        (_, _, Destination::End) => None,
        (Mode::Pick, _, _) => Some(Text::new("trial-agent-pick")),
        (Mode::Push, Some(first), _) => {
            Some(Text::new("trial-agent-first").arg("name", name(*first)))
        }
        (Mode::Push, None, _) => Some(Text::new("trial-agent-nobody")),
    };
    let considered = assessment.map(|found| found.considered).unwrap_or_default();
    page.tried = Some(Tried {
        offered,
        agents: considered
            .iter()
            .map(|agent| AgentEntry::new(agent, needs_skills, &name))
            .collect(),
        decided: decided(routed.by, &routed.trace, known),
        destination: destination(routed.destination, known),
        classification: classified
            .trace
            .iter()
            .map(|considered| RuleEntry::classified(considered, known))
            .collect(),
        routes: routed
            .trace
            .iter()
            .map(|considered| RuleEntry::routed(considered, known))
            .collect(),
    });
    Ok(Page::ok(page))
}

/// Who could take a new conversation of a workstream in a queue; `None`: it is picked, or the queue is gone.
fn assess(
    reader: &Reader<'_>,
    workstream: &Workstream,
    queue: QueueId,
    classified: &Classified,
    now: Timestamp,
) -> store::Result<Option<Assessment>> {
    let Some(found) = queues::by_id(reader, queue)?.filter(|_| workstream.mode == Mode::Push)
    else {
        return Ok(None);
    };
    let mut in_force = rules::in_force(reader)?;
    let in_force = in_force.remove(&queue).and_then(|rules| rules.agents);
    let item = Item {
        conversation: ConversationId(0),
        queue,
        queue_priority: i64::from(found.settings.priority),
        method: found.settings.method,
        priority: classified.facts.priority,
        last_interaction_at: now,
        needs: classified.facts.needs.clone(),
        matching: workstream.distribution.skill_matching,
        demand: classified.demand.clone(),
        allowed: workstream.distribution.allowed_presences.clone(),
        keeps: None,
        declines: BTreeMap::new(),
        position: None,
        ways: in_force
            .as_ref()
            .map(|rules| queue_rules::ways(rules, &classified.facts).0),
    };
    let mut settings = settings::read(reader)?.assignment();
    if let Some(limit) = workstream.offers.session_limit {
        settings.max_sessions = limit;
    }
    let agents = agents::roster(reader, now)?;
    Ok(Some(assignment::assess(&item, &agents, settings)))
}

/// What would have become of a conversation.
struct Past {
    id: ConversationId,
    customer: Text,
    at: Timestamp,
    /// Where it is.
    queue: String,
    /// Where it would be.
    would: Text,
    decided: Text,
    differs: bool,
}

#[derive(Template)]
#[template(path = "admin/rules/history.html")]
struct History {
    workstream: Workstream,
    past: Vec<Past>,
    differing: usize,
}

/// The last conversations, each with what the rules as they are now would have done when it began. How full
/// queues were then is not known: only their opening hours count.
#[get("/admin/workstreams/<workstream>/trial/history")]
fn history(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    workstream: i64,
) -> Answer<Page<History>> {
    let workstream = load(app, workstream)?;
    let known = Known::load(app, &workstream)?;
    let past = app.store.read(|reader| {
        let asked = Rules::load(reader, &workstream)?;
        let mut given = BTreeMap::new();
        let mut past = Vec::new();
        // Percentages deal from the oldest on.
        let last = conversations::last_of(reader, workstream.id, LAST)?;
        for conversation in last.into_iter().rev() {
            past.extend(judge(reader, &known, &asked, &mut given, &conversation)?);
        }
        past.reverse();
        Ok(past)
    })?;
    Ok(Page::ok(History {
        differing: past.iter().filter(|past| past.differs).count(),
        past,
        workstream,
    }))
}

/// `None` when the customer is gone.
fn judge(
    reader: &Reader<'_>,
    known: &Known,
    asked: &Rules,
    given: &mut BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>>,
    conversation: &Conversation,
) -> store::Result<Option<Past>> {
    let at = conversation.created_at;
    let Some(facts) = rules::facts(reader, conversation, at)? else {
        return Ok(None);
    };
    let Some(profile) = profiles::by_id(reader, conversation.profile)? else {
        return Ok(None);
    };
    let mut queues = rules::standings(reader, at)?;
    for standing in queues.values_mut() {
        standing.waiting = 0;
    }
    let (_, routed) = asked.ask(facts, &queues, given);
    for (rule, queue) in &routed.dealt {
        *given.entry(*rule).or_default().entry(*queue).or_insert(0) += 1;
    }
    Ok(Some(Past {
        id: conversation.id,
        customer: customer::text_of(&profile.shown_name()),
        at,
        queue: known.queue(conversation.queue),
        would: destination(routed.destination, known),
        decided: decided(routed.by, &routed.trace, known),
        differs: routed.destination != Destination::Queue(conversation.queue),
    }))
}
