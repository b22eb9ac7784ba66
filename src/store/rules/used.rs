//! What rules name, so that it is not taken away under them.

use crate::domain::classification::{Output, Ruleset};
use crate::domain::condition::Condition;
use crate::domain::facts::Attribute;
use crate::domain::ids::{
    CapacityProfileId, OperatingHoursId, PageId, QueueId, SkillId, WorkstreamId,
};
use crate::domain::overflow::{Entry, Exit, Overflow};
use crate::domain::queue_rules::Way;
use crate::domain::routing::Rule;
use crate::store::{Reader, Result, queues, workstreams};

use super::{Item, agent_rules, order_rules, routes, rulesets};

/// Something that rules can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A queue that conversations are sent to.
    Queue(QueueId),
    /// A skill that is asked about or written.
    Skill(SkillId),
    /// Operating hours that are asked about.
    Hours(OperatingHoursId),
    /// A capacity profile that is written.
    Profile(CapacityProfileId),
    /// A context variable of a workstream that is asked about or written.
    Variable(WorkstreamId, String),
    /// A page that is asked about.
    Page(PageId),
}

/// What has rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// A workstream.
    Workstream(WorkstreamId),
    /// A queue.
    Queue(QueueId),
}

impl From<WorkstreamId> for Home {
    fn from(workstream: WorkstreamId) -> Home {
        Home::Workstream(workstream)
    }
}

impl From<QueueId> for Home {
    fn from(queue: QueueId) -> Home {
        Home::Queue(queue)
    }
}

/// A rule that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whose it is.
    pub home: Home,
    /// The name of that.
    pub home_name: String,
    /// The rule.
    pub item: Item,
    /// Its name.
    pub name: String,
}

/// Which rules name a thing: workstreams in the order in which they were made, then queues by name, rules in their
/// order. A queue's rules may name a context variable of any workstream.
///
/// # Errors
/// SQLite's.
pub fn uses(reader: &Reader<'_>, thing: &Thing) -> Result<Vec<Use>> {
    let mut uses = Vec::new();
    for workstream in workstreams::all(reader)? {
        if matches!(thing, Thing::Variable(of, _) if *of != workstream.id) {
            continue;
        }
        let classifying = rulesets(reader, workstream.id)?
            .into_iter()
            .flat_map(|ruleset| ruleset.rules)
            .filter(|rule| {
                thing.is_asked(&rule.condition)
                    || rule.outputs.iter().any(|output| thing.is_written(output))
            })
            .map(|rule| (Item::Classification(rule.id), rule.name));
        let routing = routes(reader, workstream.id)?
            .into_iter()
            .filter(|rule| thing.is_asked(&rule.condition) || thing.is_aimed_at(rule))
            .map(|rule| (Item::Route(rule.id), rule.name));
        uses.extend(classifying.chain(routing).map(|(item, name)| Use {
            home: Home::Workstream(workstream.id),
            home_name: workstream.name.clone(),
            item,
            name,
        }));
    }
    for queue in queues::names(reader)? {
        let ordering = order_rules(reader, queue.id)?
            .into_iter()
            .filter(|rule| thing.is_asked(&rule.condition))
            .map(|rule| (Item::Order(rule.id), rule.name));
        let asking = agent_rules(reader, queue.id)?
            .into_iter()
            .filter(|rule| thing.is_asked(&rule.condition) || thing.is_needed(&rule.way))
            .map(|rule| (Item::Agents(rule.id), rule.name));
        uses.extend(ordering.chain(asking).map(|(item, name)| Use {
            home: Home::Queue(queue.id),
            home_name: queue.name.clone(),
            item,
            name,
        }));
    }
    Ok(uses)
}

/// Whether one of these rules that is switched on asks for what a platform tells of a customer only when it
/// is asked: see [`Attribute::is_asked_for`]. Then it is worth waiting a moment for it.
pub fn asks_profile(rulesets: &[Ruleset], routes: &[Rule]) -> bool {
    let asks = |condition: &Condition| condition.tests().any(|test| test.attribute.is_asked_for());
    let classifying = rulesets.iter().flat_map(|ruleset| &ruleset.rules);
    classifying
        .filter(|rule| rule.is_active)
        .any(|rule| asks(&rule.condition))
        || routes
            .iter()
            .any(|rule| rule.is_active && asks(&rule.condition))
}

impl Thing {
    fn is_asked(&self, condition: &Condition) -> bool {
        condition.tests().any(|test| match (self, &test.attribute) {
            (Thing::Skill(skill), Attribute::Skill(asked)) => skill == asked,
            (Thing::Hours(hours), Attribute::IsOpen(asked)) => hours == asked,
            (Thing::Variable(_, name), Attribute::Variable(asked)) => name == asked,
            (Thing::Page(page), Attribute::Page) => test
                .values
                .iter()
                .any(|value| value.number() == Some(page.0 as f64)),
            _ => false,
        })
    }

    fn is_written(&self, output: &Output) -> bool {
        match (self, output) {
            (Thing::Skill(skill), Output::Skill(need)) => *skill == need.skill,
            (Thing::Profile(profile), Output::Profile(written)) => profile == written,
            (Thing::Variable(_, name), Output::Variable { name: written, .. }) => name == written,
            _ => false,
        }
    }

    fn is_needed(&self, way: &Way) -> bool {
        match self {
            Thing::Skill(skill) => way.needs.iter().any(|need| need.skill == *skill),
            _ => false,
        }
    }

    fn is_aimed_at(&self, rule: &Rule) -> bool {
        let Thing::Queue(queue) = self else {
            return false;
        };
        let overflow = rule.overflow.as_ref();
        rule.split.0.iter().any(|share| share.queue == *queue)
            || overflow.is_some_and(|overflow| moves_to(overflow, *queue))
    }
}

fn moves_to(overflow: &Overflow, queue: QueueId) -> bool {
    let entries = [
        overflow.out_of_hours,
        overflow.too_many.map(|many| many.action),
    ];
    entries.contains(&Some(Entry::Move(queue)))
        || overflow.too_long.map(|long| long.action) == Some(Exit::Move(queue))
}
