//! The rules of workstreams: work classification, route to queue, timeouts; and those of queues: their own order, and
//! who is asked. Loaded as the values of the domain,
//! which decide; changed by administrators.
//!
//! Invariants: rules stand in an order that is kept; a workstream or a queue has no more of them than the domain allows; a
//! rule's shares of queues are counted from the moment they were last changed; what a rule names is not taken
//! away while it names it ([`uses`]).

mod classification;
mod items;
mod knowledge;
mod of_queues;
mod routes;
mod shown;
mod timeouts;
mod used;

#[cfg(test)]
mod tests;

pub use classification::{
    RuleDraft, add_rule, add_ruleset, change_rule, copy_rule, copy_ruleset, rename_ruleset,
    rulesets,
};
pub use items::{Direction, Item, name, owner, queue_of, remove, shift, switch};
pub use knowledge::{Surroundings, add_surroundings, facts, facts_within, standings};
pub use of_queues::{
    AgentDraft, InForce, OrderDraft, add_agents, add_order, agent_rules, change_agents,
    change_order, copy_agents, copy_order, in_force, order_rules,
};
pub(super) use of_queues::{copy_of_queue, forget_queue};
pub use routes::{RouteDraft, add_route, change_route, copy_route, dealt, given, routes};
pub use timeouts::{TimeoutDraft, add_timeout, change_timeout, copy_timeout, timeouts};
pub use used::{Home, Thing, Use, asks_profile, uses};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::ids::WorkstreamId;

use super::{Reader, Result, StoreError, Tx};

/// Whether a workstream has rulesets of work classification or route-to-queue rules: most have none, and need not
/// be asked for them.
///
/// # Errors
/// SQLite's.
pub fn are_there(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM classification_ruleset WHERE workstream_id = ?1)
                 OR EXISTS (SELECT 1 FROM route_rule WHERE workstream_id = ?1)",
        )?
        .query_row([workstream], |row| row.get(0))?)
}

/// Gives a copy of a workstream its rules.
///
/// # Errors
/// SQLite's.
pub(super) fn copy(tx: &Tx<'_>, from: WorkstreamId, to: WorkstreamId) -> Result<()> {
    let reader = tx.reader();
    for ruleset in rulesets(&reader, from)? {
        classification::add_filled(tx, to, &ruleset.name, &ruleset.rules)?;
    }
    for rule in routes(&reader, from)? {
        let is_active = rule.is_active;
        let copied = add_route(tx, to, &RouteDraft::of(rule))?;
        keep_off(tx, copied.map(Item::Route), is_active)?;
    }
    for rule in timeouts(&reader, from)? {
        let is_active = rule.is_active;
        let copied = add_timeout(tx, to, &TimeoutDraft::of(rule))?;
        keep_off(tx, Some(Item::Timeout(copied)), is_active)?;
    }
    Ok(())
}

/// A copy of a rule that is switched off is switched off too.
fn keep_off(tx: &Tx<'_>, copied: Option<Item>, is_active: bool) -> Result<()> {
    match copied.filter(|_| !is_active) {
        Some(item) => switch(tx, item, false),
        None => Ok(()),
    }
}

/// What a rule's column holds.
fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unreadable(error.to_string()))
}

/// What a column says.
fn from_json<T: DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(|_| unreadable(stored.to_owned()))
}

fn unreadable(word: String) -> StoreError {
    StoreError::Word {
        what: "a part of a rule",
        word,
    }
}
