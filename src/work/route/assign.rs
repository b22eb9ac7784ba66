//! Hands out what waits: to whom the rules of assignment say, in their order, as far as it goes.

use std::collections::HashSet;

use crate::clock;
use crate::domain::assignment::{self, Agent, Assessment, Settings, Verdict, WhyNot};
use crate::domain::conversation::Act;
use crate::domain::ids::{CapacityProfileId, ConversationId, QueueId, UserId};
use crate::domain::offer::Offer;
use crate::domain::presence::{Base, Event};
use crate::domain::queue_rules::{self, RuleWay};
use crate::domain::skills::{Matching, Need};
use crate::domain::time::Timestamp;
use crate::domain::trace::Step;
use crate::store::conversations::Deed;
use crate::store::routing::Waiting;
use crate::store::{Reader, Result, Store, Tx, agents, conversations, offers, routing, settings};

/// Conversations handed out in one transaction: the writer must be free again soon.
const PORTION: usize = 20;

/// Hands out what waits.
///
/// # Errors
/// The database's.
pub fn hand_out(store: &Store) -> Result<()> {
    let plan = store.read(|reader| plan(reader, clock::now()))?;
    for portion in plan.chunks(PORTION) {
        let portion = portion.to_vec();
        store.write_blocking(move |tx| give(tx, &portion))?;
    }
    Ok(())
}

/// All that decides who can take a conversation that nobody had or declined.
#[derive(PartialEq, Eq, Hash)]
struct Class {
    queue: QueueId,
    matching: Matching,
    needs: Vec<Need>,
    units: u32,
    profiles: Vec<CapacityProfileId>,
    allowed: Vec<Base>,
    ways: Option<Vec<RuleWay>>,
    session_limit: Option<u32>,
}

impl Class {
    /// `None` for a conversation that is a class of its own.
    fn of(waiting: &Waiting) -> Option<Class> {
        let item = &waiting.item;
        (item.keeps.is_none() && item.declines.is_empty()).then(|| Class {
            queue: item.queue,
            matching: item.matching,
            needs: item.needs.clone(),
            units: item.demand.units,
            profiles: item.demand.profiles.clone(),
            allowed: item.allowed.clone(),
            ways: item.ways.clone(),
            session_limit: waiting.session_limit,
        })
    }
}

/// What can be handed out, in order, and what the log does not say yet that nobody can take. Agents only have
/// less room further down: of a class that nobody could take once, nothing can be.
fn plan(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<ConversationId>> {
    let waiting = routing::waiting(reader, now)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let settings = settings::read(reader)?.assignment();
    let mut agents = agents::roster(reader, now)?;
    let mut hopeless = HashSet::new();
    let mut plan = Vec::new();
    for one in &waiting {
        let class = Class::of(one);
        let is_hopeless = class.as_ref().is_some_and(|class| hopeless.contains(class));
        let is_given = !is_hopeless && assess(one, &mut agents, settings, now).0.is_some();
        if is_given || one.is_new {
            plan.push(one.item.conversation);
        }
        if let Some(class) = class.filter(|_| !is_given) {
            hopeless.insert(class);
        }
    }
    Ok(plan)
}

/// Offers each of these to whoever is the best for it now.
fn give(tx: &Tx<'_>, plan: &[ConversationId]) -> Result<()> {
    let settings = settings::read(&tx.reader())?.assignment();
    let mut agents = agents::roster(&tx.reader(), tx.now())?;
    super::each(tx, plan, "offer", |tx, id| {
        let Some(waiting) = routing::item(&tx.reader(), *id, tx.now())? else {
            return Ok(false);
        };
        let (chosen, assessment) = assess(&waiting, &mut agents, settings, tx.now());
        quiet_the_full(tx, &assessment, &mut agents)?;
        match chosen {
            Some(user) => offer(tx, &waiting, user, assessment)?,
            None if waiting.is_new => record(tx, &waiting, None, assessment)?,
            None => {}
        }
        Ok(chosen.is_some())
    })?;
    Ok(())
}

/// Who gets a conversation, counted in `agents`, and why.
fn assess(
    waiting: &Waiting,
    agents: &mut [Agent],
    settings: Settings,
    now: Timestamp,
) -> (Option<UserId>, Assessment) {
    let settings = Settings {
        max_sessions: waiting.session_limit.unwrap_or(settings.max_sessions),
        ..settings
    };
    let Some(given) = assignment::hand_out([&waiting.item], agents, settings, now).pop() else {
        return (None, assignment::assess(&waiting.item, agents, settings));
    };
    let taker = agents.iter_mut().find(|agent| agent.user == given.user);
    if let Some(agent) = taker {
        let fill = agent.load.fill();
        agent.status = agent.status.after(Event::CapacityChanges, fill, now);
    }
    (Some(given.user), given.assessment)
}

/// Whoever could take it but for the number of sessions is not asked any more until one of them is closed.
fn quiet_the_full(tx: &Tx<'_>, assessment: &Assessment, agents: &mut [Agent]) -> Result<()> {
    for one in &assessment.considered {
        if matches!(one.verdict, Verdict::No(WhyNot::SessionsFull { .. })) {
            agents::happens(tx, one.user, Event::SessionsFill)?;
            for agent in agents.iter_mut().filter(|agent| agent.user == one.user) {
                agent.status = agent
                    .status
                    .after(Event::SessionsFill, agent.load.fill(), tx.now());
            }
        }
    }
    Ok(())
}

fn offer(tx: &Tx<'_>, waiting: &Waiting, user: UserId, assessment: Assessment) -> Result<()> {
    let conversation = waiting.item.conversation;
    record(tx, waiting, Some(user), assessment)?;
    let deed = Deed {
        act: Act::Offer,
        by: None,
        to: Some(user),
    };
    conversations::hand(tx, conversation, deed)?;
    let offer = Offer {
        user,
        offered_at: tx.now(),
        terms: waiting.terms,
    };
    offers::make(tx, conversation, &offer)?;
    Ok(())
}

fn record(
    tx: &Tx<'_>,
    waiting: &Waiting,
    chosen: Option<UserId>,
    assessment: Assessment,
) -> Result<()> {
    let item = &waiting.item;
    let step = Step::Assessed {
        queue: item.queue,
        method: item.method,
        matching: item.matching,
        chosen,
        agents: assessment.considered,
        order: waiting.asked.order.clone(),
        rules: queue_rules::told(waiting.asked.agents.clone(), assessment.rule),
    };
    routing::record(tx, item.conversation, &step)
}
