//! The own rules of a queue: which of its conversations are served first, and who of its people gets them.
//! (Specification §3.5, *Custom*.)
//!
//! Rules of the first kind are asked in order; the first that fits decides the place of a conversation, and what fits
//! none is served last, the oldest first. Of the rules of the second kind that fit a conversation, the first that
//! finds somebody decides; so each may ask for less than the one before it. What no rule may relax is what protects
//! people: room, the number of sessions, a live connection, and their own no.

use super::assignment::{Item, Method};
use super::condition::{Asked, Condition, Fault};
use super::facts::{Facts, Priority};
use super::ids::{AgentRuleId, OrderRuleId};
use super::presence::Base;
use super::skills::{Matching, Need};
use super::time::Timestamp;
use super::words::words;

/// Rules of each kind in a queue at most.
pub const MAX_RULES: usize = 50;
/// Skills that a rule asks of agents at most.
pub const MAX_NEEDS: usize = 5;

words! {
    /// Which comes first of the conversations that a rule fits.
    Order {
        /// Whose last interaction is longest ago.
        Oldest = "oldest",
        /// Whose last interaction was last.
        Newest = "newest",
        /// The most urgent; equals as [`Order::Oldest`].
        Urgent = "urgent",
    }
}

/// IF a condition holds THEN the conversation is served before those that only later rules fit.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRule {
    /// Row id.
    pub id: OrderRuleId,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// The IF.
    pub condition: Condition,
    /// Which comes first of those that it fits.
    pub order: Order,
}

/// IF a condition holds THEN such agents are asked.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentRule {
    /// Row id.
    pub id: AgentRuleId,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub way: Way,
}

/// Who can be asked, and who is asked first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Way {
    /// Agents with one of these presences; empty: those that the conversation's workstream allows.
    pub presences: Vec<Base>,
    /// How skills are compared with what the conversation needs; `None`: as its workstream does.
    pub matching: Option<Matching>,
    /// Skills that an agent must have beside, whatever the conversation needs; at most [`MAX_NEEDS`].
    pub needs: Vec<Need>,
    /// Who is asked first.
    pub method: Method,
}

/// A rule that holds for a conversation, with its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleWay {
    /// The rule.
    pub rule: AgentRuleId,
    /// Its way.
    pub way: Way,
}

/// The place of a conversation in the own order of its queue. The smallest is served first. Queues of the same
/// priority that have an order of their own are served by name, after those that have none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The queue's name, in small letters.
    queue: String,
    /// Of the rule that fits; behind all of them: of none.
    place: usize,
    /// Among those of the same rule.
    key: (i64, i64),
}

impl Position {
    /// The place of a conversation that the rule at `place` fits (`None`: none does), in the queue of a name.
    pub fn new(
        queue: &str,
        rule: Option<(usize, Order)>,
        priority: Priority,
        last_interaction: Timestamp,
    ) -> Position {
        let at = last_interaction.millis();
        let (place, order) = rule.unwrap_or((usize::MAX, Order::Oldest));
        let urgency = match priority {
            Priority::High => 0,
            Priority::Normal => 1,
            Priority::Low => 2,
        };
        Position {
            queue: queue.to_lowercase(),
            place,
            key: match order {
                Order::Oldest => (0, at),
                Order::Newest => (0, -at),
                Order::Urgent => (urgency, at),
            },
        }
    }
}

/// One rule in the trace.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Considered<Id> {
    /// The rule.
    pub rule: Id,
    /// Its name then.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It fits, and decided.
    Taken {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// It fits, but finds nobody.
    Nobody {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// It does not fit.
    NotMatched {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// A rule before it decided.
    NotReached,
    /// It is switched off.
    Inactive,
    /// It cannot be asked, and is passed over.
    Broken(Fault),
}

fn ask(is_active: bool, condition: &Condition, facts: &Facts) -> Outcome {
    if !is_active {
        return Outcome::Inactive;
    }
    match condition.ask(facts) {
        Ok(answer) if answer.holds => Outcome::Taken {
            asked: answer.asked,
        },
        Ok(answer) => Outcome::NotMatched {
            asked: answer.asked,
        },
        Err(fault) => Outcome::Broken(fault),
    }
}

/// Which rule decides the place of a conversation: its position in `rules` and its order; `None` when none fits. With
/// the trace of every rule.
pub fn place(
    rules: &[OrderRule],
    facts: &Facts,
) -> (Option<(usize, Order)>, Vec<Considered<OrderRuleId>>) {
    let mut found = None;
    let mut trace = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let outcome = match found {
            Some(_) => Outcome::NotReached,
            None => ask(rule.is_active, &rule.condition, facts),
        };
        if matches!(outcome, Outcome::Taken { .. }) {
            found = Some((at, rule.order));
        }
        trace.push(Considered {
            rule: rule.id,
            name: rule.name.clone(),
            outcome,
        });
    }
    (found, trace)
}

/// The ways of the rules that fit a conversation, in order. In the trace each of them is taken, until [`told`] says
/// which one was.
pub fn ways(rules: &[AgentRule], facts: &Facts) -> (Vec<RuleWay>, Vec<Considered<AgentRuleId>>) {
    let mut ways = Vec::new();
    let mut trace = Vec::new();
    for rule in rules {
        let outcome = ask(rule.is_active, &rule.condition, facts);
        if matches!(outcome, Outcome::Taken { .. }) {
            ways.push(RuleWay {
                rule: rule.id,
                way: rule.way.clone(),
            });
        }
        trace.push(Considered {
            rule: rule.id,
            name: rule.name.clone(),
            outcome,
        });
    }
    (ways, trace)
}

/// The trace of [`ways`], once it is known which rule found somebody; `None`: none did.
pub fn told(
    trace: Vec<Considered<AgentRuleId>>,
    decided: Option<AgentRuleId>,
) -> Vec<Considered<AgentRuleId>> {
    let mut is_decided = false;
    let tell = |considered: Considered<AgentRuleId>| {
        let outcome = match considered.outcome {
            Outcome::Taken { .. } if is_decided => Outcome::NotReached,
            Outcome::Taken { asked } if decided == Some(considered.rule) => {
                is_decided = true;
                Outcome::Taken { asked }
            }
            Outcome::Taken { asked } => Outcome::Nobody { asked },
            other => other,
        };
        Considered {
            outcome,
            ..considered
        }
    };
    trace.into_iter().map(tell).collect()
}

impl Way {
    /// How a rule has a conversation assigned: what it leaves open is as the workstream has it.
    pub fn of<'a>(&'a self, item: &'a Item) -> Asking<'a> {
        Asking {
            method: self.method,
            matching: self.matching.unwrap_or(item.matching),
            allowed: match self.presences.is_empty() {
                true => &item.allowed,
                false => &self.presences,
            },
            needs: &self.needs,
        }
    }
}

/// What is asked of agents for one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking<'a> {
    /// Who is asked first.
    pub method: Method,
    /// How skills are compared with what the conversation needs.
    pub matching: Matching,
    /// The presences in which agents are asked.
    pub allowed: &'a [Base],
    /// Skills that agents must have beside.
    pub needs: &'a [Need],
}

impl<'a> Asking<'a> {
    /// Without rules: the queue's method, and the workstream's settings.
    pub fn plain(item: &'a Item) -> Asking<'a> {
        Asking {
            method: item.method,
            matching: item.matching,
            allowed: &item.allowed,
            needs: &[],
        }
    }
}

#[cfg(test)]
mod tests;
