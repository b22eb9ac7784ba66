//! Route-to-queue rules.

use std::collections::BTreeMap;

use rusqlite::{named_params, params};

use crate::domain::condition::Condition;
use crate::domain::ids::{QueueId, RouteRuleId, WorkstreamId};
use crate::domain::overflow::Overflow;
use crate::domain::routing::{MAX_RULES, Rule};
use crate::domain::split::{Share, Split};
use crate::store::{Reader, Result, Tx};

use super::items::{Item, last_place, owner, place_behind};
use super::{from_json, keep_off, shown, to_json};

/// What an administrator types about a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteDraft {
    /// Its name.
    pub name: String,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub split: Split,
    /// Its own overflow settings; `None`: its queue's hold.
    pub overflow: Option<Overflow>,
}

impl RouteDraft {
    /// What was typed about a rule.
    pub fn of(rule: Rule) -> RouteDraft {
        RouteDraft {
            name: rule.name,
            condition: rule.condition,
            split: rule.split,
            overflow: rule.overflow,
        }
    }
}

/// The route-to-queue rules of a workstream, in order.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn routes(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Vec<Rule>> {
    let rows: Vec<(RouteRuleId, String, bool, String, Option<String>)> = reader
        .connection()
        .prepare_cached(
            "SELECT route_rule_id, name, is_active, condition, overflow FROM route_rule
             WHERE workstream_id = ?1 ORDER BY position",
        )?
        .query_map([workstream], |row| {
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
        .map(|(id, name, is_active, condition, overflow)| {
            Ok(Rule {
                id,
                name,
                is_active,
                condition: from_json(&condition)?,
                split: split(reader, id)?,
                overflow: overflow.map(|stored| from_json(&stored)).transpose()?,
            })
        })
        .collect()
}

fn split(reader: &Reader<'_>, rule: RouteRuleId) -> Result<Split> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT queue_id, percent FROM route_share WHERE route_rule_id = ?1 ORDER BY position",
    )?;
    let shares = statement.query_map([rule], |row| {
        Ok(Share {
            queue: row.get(0)?,
            percent: row.get(1)?,
        })
    })?;
    Ok(Split(shares.collect::<rusqlite::Result<_>>()?))
}

/// What the rules of a workstream have dealt to each queue since their shares were last changed.
///
/// # Errors
/// SQLite's.
pub fn given(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
) -> Result<BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>>> {
    let mut given: BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>> = BTreeMap::new();
    let mut statement = reader.connection().prepare_cached(
        "SELECT route_rule_id, queue_id, given FROM route_share JOIN route_rule USING (route_rule_id)
         WHERE workstream_id = ?1",
    )?;
    let rows = statement.query_map([workstream], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))
    })?;
    for row in rows {
        let (rule, queue, count) = row?;
        given
            .entry(rule)
            .or_default()
            .insert(queue, count.unsigned_abs());
    }
    Ok(given)
}

/// Counts what rules dealt: [`crate::domain::routing::Routed::dealt`].
///
/// # Errors
/// SQLite's.
pub fn dealt(tx: &Tx<'_>, dealt: &[(RouteRuleId, QueueId)]) -> Result<()> {
    for (rule, queue) in dealt {
        tx.connection()
            .prepare_cached(
                "UPDATE route_share SET given = given + 1
                 WHERE route_rule_id = ?1 AND queue_id = ?2",
            )?
            .execute(params![rule, queue])?;
    }
    Ok(())
}

/// Adds a rule behind the others, switched on. `None`, and nothing happens, when there are [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn add_route(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    draft: &RouteDraft,
) -> Result<Option<RouteRuleId>> {
    let there: usize = tx
        .connection()
        .prepare_cached("SELECT count(*) FROM route_rule WHERE workstream_id = ?1")?
        .query_row([workstream], |row| row.get::<_, u32>(0))? as usize;
    if there >= MAX_RULES {
        return Ok(None);
    }
    let position = last_place(tx, Item::Route(RouteRuleId(0)), workstream.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO route_rule (workstream_id, position, name, condition, overflow, created_at)
             VALUES (:workstream, :position, :name, :condition, :overflow, :now)",
        )?
        .execute(named_params! {
            ":workstream": workstream,
            ":position": position,
            ":name": draft.name,
            ":condition": to_json(&draft.condition)?,
            ":overflow": draft.overflow.as_ref().map(to_json).transpose()?,
            ":now": tx.now(),
        })?;
    let rule = RouteRuleId(tx.connection().last_insert_rowid());
    set_split(tx, rule, &draft.split)?;
    shown::added(tx, Item::Route(rule))?;
    Ok(Some(rule))
}

/// Changes a rule; its place and its switch stay. When the shares change, counting begins anew: a queue that
/// joins does not have to make up for what the others got before.
///
/// # Errors
/// SQLite's.
pub fn change_route(tx: &Tx<'_>, rule: RouteRuleId, draft: &RouteDraft) -> Result<()> {
    shown::recorded(tx, Item::Route(rule), || {
        tx.connection()
            .prepare_cached(
                "UPDATE route_rule SET name = :name, condition = :condition, overflow = :overflow
                 WHERE route_rule_id = :rule",
            )?
            .execute(named_params! {
                ":rule": rule,
                ":name": draft.name,
                ":condition": to_json(&draft.condition)?,
                ":overflow": draft.overflow.as_ref().map(to_json).transpose()?,
            })?;
        match split(&tx.reader(), rule)? == draft.split {
            true => Ok(()),
            false => set_split(tx, rule, &draft.split),
        }
    })
}

fn set_split(tx: &Tx<'_>, rule: RouteRuleId, split: &Split) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM route_share WHERE route_rule_id = ?1")?
        .execute([rule])?;
    for (position, share) in (1..).zip(&split.0) {
        tx.connection()
            .prepare_cached(
                "INSERT INTO route_share (route_rule_id, queue_id, position, percent)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![rule, share.queue, position, share.percent])?;
    }
    Ok(())
}

/// Adds a copy of a rule right behind it, switched as it is. `None` when it is gone, or there are [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn copy_route(tx: &Tx<'_>, rule: RouteRuleId, name: &str) -> Result<Option<RouteRuleId>> {
    let item = Item::Route(rule);
    let Some(workstream) = owner(&tx.reader(), item)? else {
        return Ok(None);
    };
    let all = routes(&tx.reader(), workstream)?;
    let Some(original) = all.into_iter().find(|one| one.id == rule) else {
        return Ok(None);
    };
    let is_active = original.is_active;
    let draft = RouteDraft {
        name: name.to_owned(),
        ..RouteDraft::of(original)
    };
    let copy = add_route(tx, workstream, &draft)?;
    if let Some(copy) = copy {
        place_behind(tx, Item::Route(copy), item, workstream.0)?;
    }
    keep_off(tx, copy.map(Item::Route), is_active)?;
    Ok(copy)
}
