//! The own rules of queues.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::domain::condition::Condition;
use crate::domain::ids::{AgentRuleId, OrderRuleId, QueueId};
use crate::domain::queue_rules::{AgentRule, MAX_RULES, Order, OrderRule, Way};
use crate::store::{Reader, Result, Tx};

use super::items::{Item, last_place, place_behind, queue_of};
use super::{from_json, keep_off, shown, to_json};

/// What an administrator types about a rule of a queue's own order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDraft {
    /// Its name.
    pub name: String,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub order: Order,
}

/// What an administrator types about a rule that says who is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentDraft {
    /// Its name.
    pub name: String,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub way: Way,
}

/// The rules of a queue that are in force.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The queue's name.
    pub name: String,
    /// Its own order; empty: it has none.
    pub order: Vec<OrderRule>,
    /// Who is asked; `None`: its method decides.
    pub agents: Option<Vec<AgentRule>>,
}

/// The queues whose rules decide something, with all of their rules, also those that are off. Few have any: asking
/// costs one look.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn in_force(reader: &Reader<'_>) -> Result<HashMap<QueueId, InForce>> {
    let queues: Vec<(QueueId, String, bool)> = reader
        .connection()
        .prepare_cached(
            "SELECT queue_id, name, assigns_by_rules FROM queue
             WHERE removed_at IS NULL AND (assigns_by_rules = 1 OR EXISTS (
                 SELECT 1 FROM queue_order_rule
                 WHERE queue_order_rule.queue_id = queue.queue_id AND is_active = 1))",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut found = HashMap::new();
    for (queue, name, by_rules) in queues {
        let mut order = order_rules(reader, queue)?;
        if order.iter().all(|rule| !rule.is_active) {
            order.clear();
        }
        let agents = match by_rules {
            true => Some(agent_rules(reader, queue)?),
            false => None,
        };
        let in_force = InForce {
            name,
            order,
            // Without a rule that is on nobody would ever be asked: until there is one, the method decides.
            agents: agents.filter(|rules| rules.iter().any(|rule| rule.is_active)),
        };
        found.insert(queue, in_force);
    }
    Ok(found)
}

/// The rules of a queue's own order, in order.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn order_rules(reader: &Reader<'_>, queue: QueueId) -> Result<Vec<OrderRule>> {
    let rows: Vec<(OrderRuleId, String, bool, String, Order)> = reader
        .connection()
        .prepare_cached(
            "SELECT queue_order_rule_id, name, is_active, condition, serves FROM queue_order_rule
             WHERE queue_id = ?1 ORDER BY position",
        )?
        .query_map([queue], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(id, name, is_active, condition, order)| {
            Ok(OrderRule {
                id,
                name,
                is_active,
                condition: from_json(&condition)?,
                order,
            })
        })
        .collect()
}

/// The rules of a queue about who is asked, in order.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn agent_rules(reader: &Reader<'_>, queue: QueueId) -> Result<Vec<AgentRule>> {
    let rows: Vec<(AgentRuleId, String, bool, String, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT queue_agent_rule_id, name, is_active, condition, way FROM queue_agent_rule
             WHERE queue_id = ?1 ORDER BY position",
        )?
        .query_map([queue], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(id, name, is_active, condition, way)| {
            Ok(AgentRule {
                id,
                name,
                is_active,
                condition: from_json(&condition)?,
                way: from_json(&way)?,
            })
        })
        .collect()
}

fn has_room(tx: &Tx<'_>, item: Item, queue: QueueId) -> Result<bool> {
    let table = item.table();
    let there: u32 = tx
        .connection()
        .prepare_cached(&format!("SELECT count(*) FROM {table} WHERE queue_id = ?1"))?
        .query_row([queue], |row| row.get(0))?;
    Ok((there as usize) < MAX_RULES)
}

/// Adds a rule of the queue's own order behind the others, switched on. `None`, and nothing happens, when there are
/// [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn add_order(tx: &Tx<'_>, queue: QueueId, draft: &OrderDraft) -> Result<Option<OrderRuleId>> {
    let item = Item::Order(OrderRuleId(0));
    if !has_room(tx, item, queue)? {
        return Ok(None);
    }
    let position = last_place(tx, item, queue.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue_order_rule (queue_id, position, name, condition, serves, created_at)
             VALUES (:queue, :position, :name, :condition, :serves, :now)",
        )?
        .execute(named_params! {
            ":queue": queue,
            ":position": position,
            ":name": draft.name,
            ":condition": to_json(&draft.condition)?,
            ":serves": draft.order,
            ":now": tx.now(),
        })?;
    let rule = OrderRuleId(tx.connection().last_insert_rowid());
    shown::added(tx, Item::Order(rule))?;
    Ok(Some(rule))
}

/// Adds a rule about who is asked behind the others, switched on. `None`, and nothing happens, when there are
/// [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn add_agents(tx: &Tx<'_>, queue: QueueId, draft: &AgentDraft) -> Result<Option<AgentRuleId>> {
    let item = Item::Agents(AgentRuleId(0));
    if !has_room(tx, item, queue)? {
        return Ok(None);
    }
    let position = last_place(tx, item, queue.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue_agent_rule (queue_id, position, name, condition, way, created_at)
             VALUES (:queue, :position, :name, :condition, :way, :now)",
        )?
        .execute(named_params! {
            ":queue": queue,
            ":position": position,
            ":name": draft.name,
            ":condition": to_json(&draft.condition)?,
            ":way": to_json(&draft.way)?,
            ":now": tx.now(),
        })?;
    let rule = AgentRuleId(tx.connection().last_insert_rowid());
    shown::added(tx, Item::Agents(rule))?;
    Ok(Some(rule))
}

/// Changes a rule of a queue's own order; its place and its switch stay.
///
/// # Errors
/// SQLite's.
pub fn change_order(tx: &Tx<'_>, rule: OrderRuleId, draft: &OrderDraft) -> Result<()> {
    shown::recorded(tx, Item::Order(rule), || {
        tx.connection()
            .prepare_cached(
                "UPDATE queue_order_rule SET name = :name, condition = :condition, serves = :serves
                 WHERE queue_order_rule_id = :rule",
            )?
            .execute(named_params! {
                ":rule": rule,
                ":name": draft.name,
                ":condition": to_json(&draft.condition)?,
                ":serves": draft.order,
            })?;
        Ok(())
    })
}

/// Changes a rule about who is asked; its place and its switch stay.
///
/// # Errors
/// SQLite's.
pub fn change_agents(tx: &Tx<'_>, rule: AgentRuleId, draft: &AgentDraft) -> Result<()> {
    shown::recorded(tx, Item::Agents(rule), || {
        tx.connection()
            .prepare_cached(
                "UPDATE queue_agent_rule SET name = :name, condition = :condition, way = :way
                 WHERE queue_agent_rule_id = :rule",
            )?
            .execute(named_params! {
                ":rule": rule,
                ":name": draft.name,
                ":condition": to_json(&draft.condition)?,
                ":way": to_json(&draft.way)?,
            })?;
        Ok(())
    })
}

/// Adds a copy of a rule of a queue's own order right behind it, switched as it is. `None` when it is gone, or there
/// are [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn copy_order(tx: &Tx<'_>, rule: OrderRuleId, name: &str) -> Result<Option<OrderRuleId>> {
    let item = Item::Order(rule);
    let Some(queue) = queue_of(&tx.reader(), item)? else {
        return Ok(None);
    };
    let all = order_rules(&tx.reader(), queue)?;
    let Some(original) = all.into_iter().find(|one| one.id == rule) else {
        return Ok(None);
    };
    let draft = OrderDraft {
        name: name.to_owned(),
        condition: original.condition,
        order: original.order,
    };
    let copy = add_order(tx, queue, &draft)?;
    if let Some(copy) = copy {
        place_behind(tx, Item::Order(copy), item, queue.0)?;
    }
    keep_off(tx, copy.map(Item::Order), original.is_active)?;
    Ok(copy)
}

/// Adds a copy of a rule about who is asked right behind it, switched as it is. `None` when it is gone, or there are
/// [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn copy_agents(tx: &Tx<'_>, rule: AgentRuleId, name: &str) -> Result<Option<AgentRuleId>> {
    let item = Item::Agents(rule);
    let Some(queue) = queue_of(&tx.reader(), item)? else {
        return Ok(None);
    };
    let all = agent_rules(&tx.reader(), queue)?;
    let Some(original) = all.into_iter().find(|one| one.id == rule) else {
        return Ok(None);
    };
    let draft = AgentDraft {
        name: name.to_owned(),
        condition: original.condition,
        way: original.way,
    };
    let copy = add_agents(tx, queue, &draft)?;
    if let Some(copy) = copy {
        place_behind(tx, Item::Agents(copy), item, queue.0)?;
    }
    keep_off(tx, copy.map(Item::Agents), original.is_active)?;
    Ok(copy)
}

/// Gives a copy of a queue its rules.
///
/// # Errors
/// SQLite's.
pub(in crate::store) fn copy_of_queue(tx: &Tx<'_>, from: QueueId, to: QueueId) -> Result<()> {
    let reader = tx.reader();
    for rule in order_rules(&reader, from)? {
        let draft = OrderDraft {
            name: rule.name,
            condition: rule.condition,
            order: rule.order,
        };
        let copied = add_order(tx, to, &draft)?;
        keep_off(tx, copied.map(Item::Order), rule.is_active)?;
    }
    for rule in agent_rules(&reader, from)? {
        let draft = AgentDraft {
            name: rule.name,
            condition: rule.condition,
            way: rule.way,
        };
        let copied = add_agents(tx, to, &draft)?;
        keep_off(tx, copied.map(Item::Agents), rule.is_active)?;
    }
    Ok(())
}

/// Takes the rules of a queue away that is taken away: what they name is free again.
///
/// # Errors
/// SQLite's.
pub(in crate::store) fn forget_queue(tx: &Tx<'_>, queue: QueueId) -> Result<()> {
    for table in ["queue_order_rule", "queue_agent_rule"] {
        tx.connection()
            .prepare_cached(&format!("DELETE FROM {table} WHERE queue_id = ?1"))?
            .execute([queue])?;
    }
    Ok(())
}
