//! A new conversation: its rules find out what it needs and which queue it waits in.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::domain::automation::Trigger;
use crate::domain::classification::{self, Ruleset};
use crate::domain::conversation::{Act, State};
use crate::domain::ids::{ConversationId, QueueId, WorkstreamId};
use crate::domain::live_event::Worker;
use crate::domain::overflow::{Entry, Overflow};
use crate::domain::routing::{self, By, Destination, Routed, Rule};
use crate::domain::trace::Step;
use crate::domain::workstream::Mode;
use crate::store::automated_messages::{self, About};
use crate::store::conversations::{self, Conversation};
use crate::store::workstreams::settings as workstreams;
use crate::store::{
    Result, Tx, capacity, operating_hours, profiles, queues, routing as log, rules,
};

/// The rules of the workstreams that one transaction meets, read once.
#[derive(Default)]
pub struct Rules(HashMap<WorkstreamId, Known>);

/// What is known of a workstream.
#[derive(Default)]
struct Known {
    /// What is said where conversations come into its fallback queue now.
    says: Option<Trigger>,
    rulesets: Vec<Ruleset>,
    routes: Vec<Rule>,
    asks_profile: bool,
    is_push: bool,
}

impl Known {
    fn load(tx: &Tx<'_>, workstream: WorkstreamId) -> Result<Known> {
        let reader = tx.reader();
        let Some(found) = workstreams::by_id(&reader, workstream)? else {
            return Ok(Known::default());
        };
        let known = Known {
            says: says(tx, found.fallback_queue)?,
            is_push: found.mode == Mode::Push,
            ..Known::default()
        };
        // Every message of every customer comes by here: where there are no rules, none are read.
        if !rules::are_there(&reader, workstream)? {
            return Ok(known);
        }
        let rulesets = rules::rulesets(&reader, workstream)?;
        let routes = rules::routes(&reader, workstream)?;
        Ok(Known {
            asks_profile: rules::asks_profile(&rulesets, &routes),
            rulesets,
            routes,
            ..known
        })
    }

    fn has_rules(&self) -> bool {
        !self.rulesets.is_empty() || !self.routes.is_empty()
    }
}

impl Rules {
    fn of(&mut self, tx: &Tx<'_>, workstream: WorkstreamId) -> Result<&Known> {
        Ok(match self.0.entry(workstream) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(unread) => unread.insert(Known::load(tx, workstream)?),
        })
    }
}

/// Routes a conversation that has just begun, with the customer's first message in it. Where a workstream has
/// no rules and nothing is offered there is nothing to decide: it waits in the fallback queue. Where rules ask
/// for what the platform has not told of the customer yet, they wait for that a moment.
///
/// # Errors
/// SQLite's.
pub fn arrived(
    tx: &Tx<'_>,
    rules: &mut Rules,
    workstream: WorkstreamId,
    conversation: ConversationId,
) -> Result<()> {
    let known = rules.of(tx, workstream)?;
    if !known.has_rules() && !known.is_push {
        return say(tx, conversation, known.says);
    }
    let asks_profile = known.asks_profile;
    let Some(conversation) = conversations::by_id(&tx.reader(), conversation)? else {
        return Ok(());
    };
    let knows_profile = profiles::by_id(&tx.reader(), conversation.profile)?
        .is_some_and(|profile| profile.name.is_some());
    if asks_profile && !knows_profile {
        return log::wait_for_profile(tx, conversation.id);
    }
    route(tx, rules, &conversation)
}

/// Asks the rules and does what they say. Nothing happens to a conversation that somebody has taken meanwhile.
///
/// # Errors
/// SQLite's.
pub fn route(tx: &Tx<'_>, rules: &mut Rules, conversation: &Conversation) -> Result<()> {
    let (reader, id) = (tx.reader(), conversation.id);
    let Some(facts) = rules::facts(&reader, conversation, tx.now())? else {
        return Ok(());
    };
    if conversation.state != State::Open {
        return Ok(());
    }
    let known = rules.of(tx, conversation.workstream)?;
    let demand = capacity::demand(&reader, id)?;
    let classified = classification::classify(&known.rulesets, facts.clone(), demand);
    let (queues, given) = match known.routes.is_empty() {
        true => Default::default(),
        false => (
            rules::standings(&reader, tx.now())?,
            rules::given(&reader, conversation.workstream)?,
        ),
    };
    let routed = routing::route(
        &routing::Workstream {
            rules: &known.routes,
            fallback: conversation.queue,
            queues: &queues,
            given: &given,
        },
        &classified.facts,
        classified.is_broken,
    );
    if !known.rulesets.is_empty() {
        let step = Step::Classified {
            priority: classified.facts.priority,
            needs: classified.facts.needs.clone(),
            rules: classified.trace,
        };
        log::record(tx, id, &step)?;
    }
    let own = own_overflow(&known.routes, &routed);
    rules::dealt(tx, &routed.dealt)?;
    log::keep(tx, id, &facts, &classified.facts, &classified.demand)?;
    let step = Step::Routed {
        destination: routed.destination,
        by: routed.by,
        rules: routed.trace,
    };
    log::record(tx, id, &step)?;
    match routed.destination {
        Destination::Queue(queue) => {
            if queue != conversation.queue || own.is_some() {
                log::place(tx, id, queue, own.as_ref())?;
            }
            say(tx, id, says(tx, queue)?)?;
        }
        Destination::End => {
            conversations::apply(tx, id, Act::OverflowEnds, None)?;
        }
    }
    tx.wake(Worker::Route);
    Ok(())
}

/// What is said to a customer who comes into a queue now: that it is closed, or that nobody works in it. `None` when
/// there is nothing to say.
fn says(tx: &Tx<'_>, queue: QueueId) -> Result<Option<Trigger>> {
    Ok(match closed_because(tx, queue)? {
        Some(trigger) => Some(trigger),
        None => unassignable(tx, queue)?,
    })
}

fn closed_because(tx: &Tx<'_>, queue: QueueId) -> Result<Option<Trigger>> {
    let reader = tx.reader();
    let Some(hours) = queues::hours(&reader, queue)? else {
        return Ok(None);
    };
    let hours = operating_hours::by_id(&reader, hours)?.map(|found| found.hours);
    Ok(hours
        .filter(|hours| !hours.is_open(tx.now()))
        .map(|hours| match hours.holiday(tx.now()) {
            Some(_) => Trigger::Holiday,
            None => Trigger::OutOfHours,
        }))
}

/// What is said where nobody works in a queue. That everybody is busy or away is no reason: somebody comes.
pub(super) fn unassignable(tx: &Tx<'_>, queue: QueueId) -> Result<Option<Trigger>> {
    let is_anybody = queues::has_people(&tx.reader(), queue)?;
    Ok((!is_anybody).then_some(Trigger::AgentUnassignable))
}

pub(super) fn say(
    tx: &Tx<'_>,
    conversation: ConversationId,
    trigger: Option<Trigger>,
) -> Result<()> {
    if let Some(trigger) = trigger {
        automated_messages::say(tx, conversation, trigger, About::default())?;
    }
    Ok(())
}

/// The overflow settings of the rule that sent it into a queue, which hold instead of the queue's.
fn own_overflow(rules: &[Rule], routed: &Routed) -> Option<Overflow> {
    let taken = match routed.by {
        By::Rule(rule)
        | By::Overflow {
            rule,
            action: Entry::QueueAnyway,
            ..
        } => rule,
        By::Overflow { .. } | By::Fallback(_) => return None,
    };
    let rule = rules.iter().find(|rule| rule.id == taken)?;
    rule.overflow.clone()
}
