//! Route to queue: which queue a classified conversation goes to. (Specification §3.1 steps 4–7, §3.3,
//! §3.8.)
//!
//! The order: rules as listed; of those that match, the first whose queue does not overflow; when all of them
//! overflow, an open one (else the one that opens first) and its action; without a match, or when a rule
//! cannot be asked, the fallback queue, whose overflow is not asked.

use std::collections::BTreeMap;

use super::condition::{Asked, Condition, Fault};
use super::facts::Facts;
use super::ids::{QueueId, RouteRuleId};
use super::overflow::{Entry, Overflow, Standing, Trigger};
use super::split::{self, Split};

/// Rules of a workstream at most.
pub const MAX_RULES: usize = 200;

/// IF a condition holds THEN one of these queues.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// Row id.
    pub id: RouteRuleId,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub split: Split,
    /// Its own overflow settings; `None`: its queue's hold.
    pub overflow: Option<Overflow>,
}

/// Why rules cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// More than [`MAX_RULES`].
    TooMany,
    /// The percentages make no sense.
    Split(split::Mistake),
    /// The overflow settings make no sense.
    Overflow(super::overflow::Mistake),
    /// A test that cannot be asked.
    Condition(Fault),
}

/// Whether a workstream's rules are within the limits and make sense.
///
/// # Errors
/// The first mistake, rules in order.
pub fn check(rules: &[Rule]) -> Result<(), Mistake> {
    if rules.len() > MAX_RULES {
        return Err(Mistake::TooMany);
    }
    for rule in rules {
        rule.condition.check().map_err(Mistake::Condition)?;
        rule.split.check().map_err(Mistake::Split)?;
        if let Some(overflow) = &rule.overflow {
            let only = match rule.split.0.as_slice() {
                [share] => Some(share.queue),
                _ => None,
            };
            overflow.check(only).map_err(Mistake::Overflow)?;
        }
    }
    Ok(())
}

/// Where a conversation goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// It waits in this queue.
    Queue(QueueId),
    /// It is closed, and the customer is told.
    End,
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A rule, and a queue that takes it.
    Rule(RouteRuleId),
    /// A rule, and what its queue does when it overflows.
    Overflow {
        /// The rule.
        rule: RouteRuleId,
        /// The queue that overflows.
        queue: QueueId,
        /// Why.
        trigger: Trigger,
        /// What is done.
        action: Entry,
    },
    /// The workstream's fallback queue.
    Fallback(Why),
}

/// Why the fallback queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// There are no rules.
    NoRules,
    /// None matched.
    NoMatch,
    /// Classification met a rule that cannot be asked.
    Classification,
    /// A rule cannot be asked.
    Rule(RouteRuleId),
    /// A rule names a queue that is not there any more.
    NoQueue(RouteRuleId),
}

/// One rule in the trace.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Considered {
    /// The rule.
    pub rule: RouteRuleId,
    /// Its name then.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It matched, and its queue takes the conversation.
    Taken {
        /// Its tests.
        asked: Vec<Asked>,
        /// The queue.
        queue: QueueId,
    },
    /// It matched, and its queue overflows.
    Overflows {
        /// Its tests.
        asked: Vec<Asked>,
        /// The queue.
        queue: QueueId,
        /// Why.
        trigger: Trigger,
        /// What would be done.
        action: Entry,
    },
    /// It matched, but a rule before it was taken.
    MatchesToo {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// Its condition did not hold.
    NotMatched {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// It is switched off.
    Inactive,
    /// It cannot be asked.
    Broken(Fault),
    /// It matched, but its queue is not there any more.
    NoQueue {
        /// Its tests.
        asked: Vec<Asked>,
    },
}

/// A decision with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Routed {
    /// Where it goes.
    pub destination: Destination,
    /// What decided.
    pub by: By,
    /// Which queue each rule that was tried dealt the conversation to: added to what the rule has given out,
    /// also where that queue overflowed, because percentages are dealt before overflow is asked.
    pub dealt: Vec<(RouteRuleId, QueueId)>,
    /// Every rule, in order.
    pub trace: Vec<Considered>,
}

/// What routing asks about a workstream.
pub struct Workstream<'a> {
    /// Its rules, in order.
    pub rules: &'a [Rule],
    /// Its fallback queue.
    pub fallback: QueueId,
    /// Every queue that rules name, as it stands.
    pub queues: &'a BTreeMap<QueueId, Standing>,
    /// What each rule has given out so far.
    pub given: &'a BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>>,
}

/// Routes a conversation. `is_broken`: classification met a rule that cannot be asked.
pub fn route(workstream: &Workstream<'_>, facts: &Facts, is_broken: bool) -> Routed {
    let mut dealt = Vec::new();
    let mut trace = Vec::new();
    let mut taken = None;
    let mut overflowing = Vec::new();
    let mut broken = is_broken.then_some(Why::Classification);
    for rule in workstream.rules {
        let is_decided = taken.is_some() || broken.is_some();
        let outcome = consider(workstream, rule, facts, is_decided, &mut dealt);
        match &outcome {
            Outcome::Taken { queue, .. } => taken = Some((rule.id, *queue)),
            Outcome::Overflows {
                queue,
                trigger,
                action,
                ..
            } => overflowing.push((rule.id, *queue, *trigger, *action)),
            Outcome::Broken(_) if !is_decided => broken = Some(Why::Rule(rule.id)),
            Outcome::NoQueue { .. } => broken = Some(Why::NoQueue(rule.id)),
            _ => {}
        }
        trace.push(Considered {
            rule: rule.id,
            name: rule.name.clone(),
            outcome,
        });
    }
    let to_fallback = |why| (Destination::Queue(workstream.fallback), By::Fallback(why));
    let (destination, by) = match (taken, broken) {
        (Some((rule, queue)), _) => (Destination::Queue(queue), By::Rule(rule)),
        (None, Some(why)) => to_fallback(why),
        (None, None) => match least_closed(workstream, &overflowing) {
            Some((rule, queue, trigger, action)) => {
                let by = By::Overflow {
                    rule,
                    queue,
                    trigger,
                    action,
                };
                (destination(queue, action), by)
            }
            None if workstream.rules.is_empty() => to_fallback(Why::NoRules),
            None => to_fallback(Why::NoMatch),
        },
    };
    Routed {
        destination,
        by,
        dealt,
        trace,
    }
}

fn consider(
    workstream: &Workstream<'_>,
    rule: &Rule,
    facts: &Facts,
    is_decided: bool,
    dealt: &mut Vec<(RouteRuleId, QueueId)>,
) -> Outcome {
    if !rule.is_active {
        return Outcome::Inactive;
    }
    let answer = match rule.condition.ask(facts) {
        Ok(answer) => answer,
        Err(fault) => return Outcome::Broken(fault),
    };
    let asked = answer.asked;
    if !answer.holds {
        return Outcome::NotMatched { asked };
    }
    if is_decided {
        return Outcome::MatchesToo { asked };
    }
    let none = BTreeMap::new();
    let given = workstream.given.get(&rule.id).unwrap_or(&none);
    let standing = rule
        .split
        .next(given)
        .and_then(|queue| workstream.queues.get(&queue));
    let Some(standing) = standing else {
        return Outcome::NoQueue { asked };
    };
    dealt.push((rule.id, standing.queue));
    let overflow = rule.overflow.as_ref().unwrap_or(&standing.overflow);
    match overflow.before_queueing(standing) {
        None => Outcome::Taken {
            asked,
            queue: standing.queue,
        },
        Some((trigger, action)) => Outcome::Overflows {
            asked,
            queue: standing.queue,
            trigger,
            action,
        },
    }
}

type Overflowing = (RouteRuleId, QueueId, Trigger, Entry);

/// Of queues that all overflow: the first that is open, else the one that opens first; one that never opens
/// comes last.
fn least_closed(workstream: &Workstream<'_>, overflowing: &[Overflowing]) -> Option<Overflowing> {
    overflowing
        .iter()
        .min_by_key(|(_, queue, _, _)| {
            let standing = workstream.queues.get(queue);
            let is_open = standing.is_some_and(|standing| standing.is_open);
            let opens = standing.and_then(|standing| standing.next_opening);
            (!is_open, opens.is_none(), opens)
        })
        .copied()
}

fn destination(queue: QueueId, action: Entry) -> Destination {
    match action {
        Entry::QueueAnyway => Destination::Queue(queue),
        Entry::Move(other) => Destination::Queue(other),
        Entry::End => Destination::End,
    }
}

#[cfg(test)]
mod tests;
