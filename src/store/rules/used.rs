//! What rules name, so that it is not taken away under them.

use crate::domain::classification::Output;
use crate::domain::condition::Condition;
use crate::domain::facts::Attribute;
use crate::domain::ids::{
    CapacityProfileId, OperatingHoursId, PageId, QueueId, SkillId, WorkstreamId,
};
use crate::domain::overflow::{Entry, Exit, Overflow};
use crate::domain::routing::Rule;
use crate::store::{Reader, Result, workstreams};

use super::{Item, routes, rulesets};

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

/// A rule that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its workstream.
    pub workstream: WorkstreamId,
    /// The workstream's name.
    pub workstream_name: String,
    /// The rule.
    pub item: Item,
    /// Its name.
    pub name: String,
}

/// Which rules name a thing: workstreams in the order in which they were made, rules in theirs.
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
            workstream: workstream.id,
            workstream_name: workstream.name.clone(),
            item,
            name,
        }));
    }
    Ok(uses)
}

/// Whether a rule of a workstream that is switched on asks for what a platform tells of a customer only when it
/// is asked: see [`Attribute::is_asked_for`]. Then it is worth waiting a moment for it.
///
/// # Errors
/// SQLite's.
pub fn asks_profile(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<bool> {
    let asks = |condition: &Condition| condition.tests().any(|test| test.attribute.is_asked_for());
    let classifying = rulesets(reader, workstream)?
        .iter()
        .flat_map(|ruleset| &ruleset.rules)
        .any(|rule| rule.is_active && asks(&rule.condition));
    Ok(classifying
        || routes(reader, workstream)?
            .iter()
            .any(|rule| rule.is_active && asks(&rule.condition)))
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
