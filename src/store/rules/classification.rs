//! Rulesets of work classification.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::domain::classification::{MAX_RULES, MAX_RULESETS, Output, Rule, Ruleset};
use crate::domain::condition::Condition;
use crate::domain::ids::{ClassificationRuleId, RulesetId, WorkstreamId};
use crate::store::{Reader, Result, Tx};

use super::items::{Item, last_place, place_behind};
use super::{from_json, keep_off, shown, to_json};

/// What an administrator types about a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDraft {
    /// Its name.
    pub name: String,
    /// The IF.
    pub condition: Condition,
    /// The THEN.
    pub outputs: Vec<Output>,
}

/// The rulesets of a workstream with their rules, all in order.
///
/// # Errors
/// SQLite's; a rule that this program did not write.
pub fn rulesets(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Vec<Ruleset>> {
    let heads: Vec<(RulesetId, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT classification_ruleset_id, name FROM classification_ruleset
             WHERE workstream_id = ?1 ORDER BY position",
        )?
        .query_map([workstream], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    heads
        .into_iter()
        .map(|(id, name)| {
            Ok(Ruleset {
                id,
                name,
                rules: rules(reader, id)?,
            })
        })
        .collect()
}

/// The rules of a ruleset, in order.
fn rules(reader: &Reader<'_>, ruleset: RulesetId) -> Result<Vec<Rule>> {
    let rows: Vec<(ClassificationRuleId, String, bool, String, String)> = reader
        .connection()
        .prepare_cached(
            "SELECT classification_rule_id, name, is_active, condition, outputs
             FROM classification_rule WHERE classification_ruleset_id = ?1 ORDER BY position",
        )?
        .query_map([ruleset], |row| {
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
        .map(|(id, name, is_active, condition, outputs)| {
            Ok(Rule {
                id,
                name,
                is_active,
                condition: from_json(&condition)?,
                outputs: from_json(&outputs)?,
            })
        })
        .collect()
}

/// Adds an empty ruleset behind the others. `None`, and nothing happens, when there are [`MAX_RULESETS`].
///
/// # Errors
/// SQLite's.
pub fn add_ruleset(tx: &Tx<'_>, workstream: WorkstreamId, name: &str) -> Result<Option<RulesetId>> {
    add_filled(tx, workstream, name, &[])
}

/// Adds a ruleset with these rules, each switched as it is.
pub(super) fn add_filled(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    name: &str,
    rules: &[Rule],
) -> Result<Option<RulesetId>> {
    let there: usize = tx
        .connection()
        .prepare_cached("SELECT count(*) FROM classification_ruleset WHERE workstream_id = ?1")?
        .query_row([workstream], |row| row.get::<_, u32>(0))? as usize;
    if there >= MAX_RULESETS {
        return Ok(None);
    }
    let position = last_place(tx, Item::Ruleset(RulesetId(0)), workstream.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO classification_ruleset (workstream_id, position, name, created_at)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![workstream, position, name, tx.now()])?;
    let ruleset = RulesetId(tx.connection().last_insert_rowid());
    shown::added(tx, Item::Ruleset(ruleset))?;
    for rule in rules {
        let draft = RuleDraft {
            name: rule.name.clone(),
            condition: rule.condition.clone(),
            outputs: rule.outputs.clone(),
        };
        let added = add_rule(tx, ruleset, &draft)?;
        keep_off(tx, added.map(Item::Classification), rule.is_active)?;
    }
    Ok(Some(ruleset))
}

/// Gives a ruleset another name.
///
/// # Errors
/// SQLite's.
pub fn rename_ruleset(tx: &Tx<'_>, ruleset: RulesetId, name: &str) -> Result<()> {
    shown::recorded(tx, Item::Ruleset(ruleset), || {
        tx.connection()
            .prepare_cached(
                "UPDATE classification_ruleset SET name = ?2 WHERE classification_ruleset_id = ?1",
            )?
            .execute(params![ruleset, name])?;
        Ok(())
    })
}

/// Adds a copy of a ruleset with its rules, right behind it. `None` when it is gone, or there are
/// [`MAX_RULESETS`].
///
/// # Errors
/// SQLite's.
pub fn copy_ruleset(tx: &Tx<'_>, ruleset: RulesetId, name: &str) -> Result<Option<RulesetId>> {
    let item = Item::Ruleset(ruleset);
    let Some(workstream) = super::owner(&tx.reader(), item)? else {
        return Ok(None);
    };
    let rules = rules(&tx.reader(), ruleset)?;
    let copy = add_filled(tx, workstream, name, &rules)?;
    if let Some(copy) = copy {
        place_behind(tx, Item::Ruleset(copy), item, workstream.0)?;
    }
    Ok(copy)
}

/// Adds a rule behind the others of a ruleset, switched on. `None`, and nothing happens, when there are
/// [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn add_rule(
    tx: &Tx<'_>,
    ruleset: RulesetId,
    draft: &RuleDraft,
) -> Result<Option<ClassificationRuleId>> {
    let there: usize = tx
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM classification_rule WHERE classification_ruleset_id = ?1",
        )?
        .query_row([ruleset], |row| row.get::<_, u32>(0))? as usize;
    if there >= MAX_RULES {
        return Ok(None);
    }
    let position = last_place(tx, Item::Classification(ClassificationRuleId(0)), ruleset.0)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO classification_rule (classification_ruleset_id, position, name, condition, outputs,
                 created_at)
             VALUES (:ruleset, :position, :name, :condition, :outputs, :now)",
        )?
        .execute(named_params! {
            ":ruleset": ruleset,
            ":position": position,
            ":name": draft.name,
            ":condition": to_json(&draft.condition)?,
            ":outputs": to_json(&draft.outputs)?,
            ":now": tx.now(),
        })?;
    let rule = ClassificationRuleId(tx.connection().last_insert_rowid());
    shown::added(tx, Item::Classification(rule))?;
    Ok(Some(rule))
}

/// Changes a rule; its place and its switch stay.
///
/// # Errors
/// SQLite's.
pub fn change_rule(tx: &Tx<'_>, rule: ClassificationRuleId, draft: &RuleDraft) -> Result<()> {
    shown::recorded(tx, Item::Classification(rule), || {
        tx.connection()
            .prepare_cached(
                "UPDATE classification_rule SET name = :name, condition = :condition, outputs = :outputs
                 WHERE classification_rule_id = :rule",
            )?
            .execute(named_params! {
                ":rule": rule,
                ":name": draft.name,
                ":condition": to_json(&draft.condition)?,
                ":outputs": to_json(&draft.outputs)?,
            })?;
        Ok(())
    })
}

/// Adds a copy of a rule right behind it, switched as it is. `None` when it is gone, or its ruleset has
/// [`MAX_RULES`].
///
/// # Errors
/// SQLite's.
pub fn copy_rule(
    tx: &Tx<'_>,
    rule: ClassificationRuleId,
    name: &str,
) -> Result<Option<ClassificationRuleId>> {
    let ruleset: Option<RulesetId> = tx
        .connection()
        .prepare_cached(
            "SELECT classification_ruleset_id FROM classification_rule
             WHERE classification_rule_id = ?1",
        )?
        .query_row([rule], |row| row.get(0))
        .optional()?;
    let Some(ruleset) = ruleset else {
        return Ok(None);
    };
    let all = rules(&tx.reader(), ruleset)?;
    let Some(original) = all.into_iter().find(|one| one.id == rule) else {
        return Ok(None);
    };
    let draft = RuleDraft {
        name: name.to_owned(),
        condition: original.condition,
        outputs: original.outputs,
    };
    let copy = add_rule(tx, ruleset, &draft)?;
    if let Some(copy) = copy {
        let (copy, original) = (Item::Classification(copy), Item::Classification(rule));
        place_behind(tx, copy, original, ruleset.0)?;
    }
    keep_off(tx, copy.map(Item::Classification), original.is_active)?;
    Ok(copy)
}
