//! Timeout rules.

use std::time::Duration;

use rusqlite::named_params;

use crate::domain::ids::{TimeoutRuleId, WorkstreamId};
use crate::domain::timeouts::{Action, Rule, Side};
use crate::store::{Reader, Result, Tx};

use super::items::{Item, last_place, owner, place_behind};
use super::{from_json, keep_off, shown, to_json};

/// What an administrator types about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeoutDraft {
    /// Its name.
    pub name: String,
    /// Whose silence.
    pub silent: Side,
    /// How long.
    pub after: Duration,
    /// What is done.
    pub action: Action,
}

impl TimeoutDraft {
    /// What was typed about a rule.
    pub fn of(rule: Rule) -> TimeoutDraft {
        TimeoutDraft {
            name: rule.name,
            silent: rule.silent,
            after: rule.after,
            action: rule.action,
        }
    }
}

/// The timeout rules of a workstream, in order; the place is the priority.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn timeouts(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Vec<Rule>> {
    let rows: Vec<(Rule, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT timeout_rule_id, position, name, is_active, silent, after_ms, action
             FROM timeout_rule WHERE workstream_id = ?1 ORDER BY position",
        )?
        .query_map([workstream], |row| {
            let rule = Rule {
                id: row.get(0)?,
                priority: row.get(1)?,
                name: row.get(2)?,
                is_active: row.get(3)?,
                silent: row.get(4)?,
                after: Duration::from_millis(row.get::<_, i64>(5)?.unsigned_abs()),
                action: Action::Park,
            };
            Ok((rule, row.get(6)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(rule, action)| {
            Ok(Rule {
                action: from_json(&action)?,
                ..rule
            })
        })
        .collect()
}

/// Adds a rule behind the others, switched on.
///
/// # Errors
/// SQLite's; a time outside [`crate::domain::timeouts::AFTER`] breaks a constraint.
pub fn add_timeout(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    draft: &TimeoutDraft,
) -> Result<TimeoutRuleId> {
    let position = last_place(tx, Item::Timeout(TimeoutRuleId(0)), workstream.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO timeout_rule (workstream_id, position, name, silent, after_ms, action, created_at)
             VALUES (:workstream, :position, :name, :silent, :after, :action, :now)",
        )?
        .execute(named_params! {
            ":workstream": workstream,
            ":position": position,
            ":name": draft.name,
            ":silent": draft.silent,
            ":after": draft.after.as_millis() as i64,
            ":action": to_json(&draft.action)?,
            ":now": tx.now(),
        })?;
    let rule = TimeoutRuleId(tx.connection().last_insert_rowid());
    shown::added(tx, Item::Timeout(rule))?;
    Ok(rule)
}

/// Changes a rule; its place and its switch stay.
///
/// # Errors
/// SQLite's; a time outside [`crate::domain::timeouts::AFTER`] breaks a constraint.
pub fn change_timeout(tx: &Tx<'_>, rule: TimeoutRuleId, draft: &TimeoutDraft) -> Result<()> {
    shown::recorded(tx, Item::Timeout(rule), || {
        tx.connection()
            .prepare_cached(
                "UPDATE timeout_rule
                 SET name = :name, silent = :silent, after_ms = :after, action = :action
                 WHERE timeout_rule_id = :rule",
            )?
            .execute(named_params! {
                ":rule": rule,
                ":name": draft.name,
                ":silent": draft.silent,
                ":after": draft.after.as_millis() as i64,
                ":action": to_json(&draft.action)?,
            })?;
        Ok(())
    })
}

/// Adds a copy of a rule right behind it, switched as it is. `None` when it is gone.
///
/// # Errors
/// SQLite's.
pub fn copy_timeout(tx: &Tx<'_>, rule: TimeoutRuleId, name: &str) -> Result<Option<TimeoutRuleId>> {
    let item = Item::Timeout(rule);
    let Some(workstream) = owner(&tx.reader(), item)? else {
        return Ok(None);
    };
    let all = timeouts(&tx.reader(), workstream)?;
    let Some(original) = all.into_iter().find(|one| one.id == rule) else {
        return Ok(None);
    };
    let is_active = original.is_active;
    let draft = TimeoutDraft {
        name: name.to_owned(),
        ..TimeoutDraft::of(original)
    };
    let copy = add_timeout(tx, workstream, &draft)?;
    place_behind(tx, Item::Timeout(copy), item, workstream.0)?;
    keep_off(tx, Some(Item::Timeout(copy)), is_active)?;
    Ok(Some(copy))
}
