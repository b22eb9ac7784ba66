//! What all kinds of rules have in common: a place in an order, a switch, an end.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{
    AgentRuleId, ClassificationRuleId, OrderRuleId, QueueId, RouteRuleId, RulesetId, TimeoutRuleId,
    WorkstreamId,
};
use crate::store::{Reader, Result, Tx};

use super::shown;

/// A rule of any kind, or a ruleset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A ruleset of work classification.
    Ruleset(RulesetId),
    /// One of its rules.
    Classification(ClassificationRuleId),
    /// A route-to-queue rule.
    Route(RouteRuleId),
    /// A timeout rule.
    Timeout(TimeoutRuleId),
    /// A rule of a queue's own order.
    Order(OrderRuleId),
    /// A rule of a queue about who is asked.
    Agents(AgentRuleId),
}

/// Where an item moves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// One place towards the beginning.
    Up,
    /// One place towards the end.
    Down,
}

impl Item {
    /// Its row id.
    pub const fn id(self) -> i64 {
        match self {
            Item::Ruleset(id) => id.0,
            Item::Classification(id) => id.0,
            Item::Route(id) => id.0,
            Item::Timeout(id) => id.0,
            Item::Order(id) => id.0,
            Item::Agents(id) => id.0,
        }
    }

    pub(super) const fn table(self) -> &'static str {
        match self {
            Item::Ruleset(_) => "classification_ruleset",
            Item::Classification(_) => "classification_rule",
            Item::Route(_) => "route_rule",
            Item::Timeout(_) => "timeout_rule",
            Item::Order(_) => "queue_order_rule",
            Item::Agents(_) => "queue_agent_rule",
        }
    }

    /// The column of what it is one of.
    const fn parent(self) -> &'static str {
        match self {
            Item::Classification(_) => "classification_ruleset_id",
            Item::Ruleset(_) | Item::Route(_) | Item::Timeout(_) => "workstream_id",
            Item::Order(_) | Item::Agents(_) => "queue_id",
        }
    }
}

/// The workstream that an item belongs to; `None` when it is gone, and of a queue's rule.
///
/// # Errors
/// SQLite's.
pub fn owner(reader: &Reader<'_>, item: Item) -> Result<Option<WorkstreamId>> {
    let table = item.table();
    let ruleset = match item {
        Item::Classification(_) => "JOIN classification_ruleset USING (classification_ruleset_id)",
        Item::Ruleset(_) | Item::Route(_) | Item::Timeout(_) => "",
        Item::Order(_) | Item::Agents(_) => return Ok(None),
    };
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT workstream_id FROM {table} {ruleset} WHERE {table}_id = ?1"
        ))?
        .query_row([item.id()], |row| row.get(0))
        .optional()?)
}

/// The queue that a rule belongs to; `None` when it is gone, and of a workstream's.
///
/// # Errors
/// SQLite's.
pub fn queue_of(reader: &Reader<'_>, item: Item) -> Result<Option<QueueId>> {
    if item.parent() != "queue_id" {
        return Ok(None);
    }
    let table = item.table();
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT queue_id FROM {table} WHERE {table}_id = ?1"
        ))?
        .query_row([item.id()], |row| row.get(0))
        .optional()?)
}

/// The name of an item; `None` when it is gone.
///
/// # Errors
/// SQLite's.
pub fn name(reader: &Reader<'_>, item: Item) -> Result<Option<String>> {
    let table = item.table();
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT name FROM {table} WHERE {table}_id = ?1"))?
        .query_row([item.id()], |row| row.get(0))
        .optional()?)
}

/// Moves an item past its neighbour. The first does not move up, the last not down.
///
/// # Errors
/// SQLite's.
pub fn shift(tx: &Tx<'_>, item: Item, to: Direction) -> Result<()> {
    shown::recorded(tx, item, || {
        let (table, parent) = (item.table(), item.parent());
        let (beyond, order) = match to {
            Direction::Up => ("<", "DESC"),
            Direction::Down => (">", "ASC"),
        };
        let neighbour: Option<(i64, i64, i64)> = tx
            .connection()
            .prepare_cached(&format!(
                "SELECT other.{table}_id, other.position, this.position
                 FROM {table} AS this JOIN {table} AS other USING ({parent})
                 WHERE this.{table}_id = ?1 AND other.position {beyond} this.position
                 ORDER BY other.position {order} LIMIT 1"
            ))?
            .query_row([item.id()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((other, its_place, place)) = neighbour else {
            return Ok(());
        };
        let mut put = tx.connection().prepare_cached(&format!(
            "UPDATE {table} SET position = ?2 WHERE {table}_id = ?1"
        ))?;
        put.execute(params![item.id(), its_place])?;
        put.execute(params![other, place])?;
        Ok(())
    })
}

/// Switches a rule on or off. A ruleset has no switch: nothing happens.
///
/// # Errors
/// SQLite's.
pub fn switch(tx: &Tx<'_>, item: Item, is_active: bool) -> Result<()> {
    if matches!(item, Item::Ruleset(_)) {
        return Ok(());
    }
    shown::recorded(tx, item, || {
        let table = item.table();
        tx.connection()
            .prepare_cached(&format!(
                "UPDATE {table} SET is_active = ?2 WHERE {table}_id = ?1"
            ))?
            .execute(params![item.id(), is_active])?;
        Ok(())
    })
}

/// Takes an item away; a ruleset with its rules. What it decided stays decided, and in the routing logs.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, item: Item) -> Result<()> {
    let Some(before) = shown::shown(tx, item)? else {
        return Ok(());
    };
    let table = item.table();
    tx.connection()
        .prepare_cached(&format!("DELETE FROM {table} WHERE {table}_id = ?1"))?
        .execute([item.id()])?;
    shown::removed(tx, item, &before)
}

/// The place behind the last one of a table's rows that belong to a parent.
pub(super) fn last_place(tx: &Tx<'_>, item: Item, parent: i64) -> Result<i64> {
    let (table, column) = (item.table(), item.parent());
    Ok(tx
        .connection()
        .prepare_cached(&format!(
            "SELECT coalesce(max(position), 0) + 1 FROM {table} WHERE {column} = ?1"
        ))?
        .query_row([parent], |row| row.get(0))?)
}

/// Puts a new row, which stands at the end, right behind another one.
pub(super) fn place_behind(tx: &Tx<'_>, new: Item, other: Item, parent: i64) -> Result<()> {
    let (table, column) = (new.table(), new.parent());
    tx.connection()
        .prepare_cached(&format!(
            "UPDATE {table} SET position = position + 1
             WHERE {column} = ?1 AND position > (SELECT position FROM {table} WHERE {table}_id = ?2)"
        ))?
        .execute(params![parent, other.id()])?;
    tx.connection()
        .prepare_cached(&format!(
            "UPDATE {table}
             SET position = 1 + (SELECT position FROM {table} WHERE {table}_id = ?2)
             WHERE {table}_id = ?1"
        ))?
        .execute(params![new.id(), other.id()])?;
    Ok(())
}
