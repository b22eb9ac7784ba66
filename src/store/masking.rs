//! The rules that hide sensitive data, and the mask that they make together.

use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::MaskingRuleId;
use crate::domain::masking::{BuiltIn, MOST_RULES, Mask};
use crate::domain::message::Author;

use super::{Reader, Result, Tx, audit, settings};

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Row id.
    pub id: MaskingRuleId,
    /// Which built-in one; `None`: made by an administrator.
    pub built_in: Option<BuiltIn>,
    /// What an administrator typed; of a built-in one the name is its word, and the expression the program's.
    pub draft: Draft,
}

/// What an administrator types about a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// No two have the same, whatever their capitals.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// One that [`crate::domain::masking::compile`] accepts.
    pub pattern: String,
    /// It is applied where masking is switched on.
    pub is_active: bool,
}

impl Shown for Draft {}

const COLUMNS: &str = "masking_rule_id, built_in, name, description, pattern, is_active";

fn rule(row: &Row<'_>) -> rusqlite::Result<Rule> {
    let built_in: Option<BuiltIn> = row.get(1)?;
    let pattern: String = row.get(4)?;
    Ok(Rule {
        id: row.get(0)?,
        built_in,
        draft: Draft {
            name: row.get(2)?,
            description: row.get(3)?,
            pattern: built_in.map_or(pattern, |rule| rule.pattern().to_owned()),
            is_active: row.get(5)?,
        },
    })
}

/// Every rule: the built-in ones first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Rule>> {
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT {COLUMNS} FROM masking_rule ORDER BY built_in IS NULL, masking_rule_id"
    ))?;
    let rules = statement.query_map([], rule)?;
    Ok(rules.collect::<rusqlite::Result<_>>()?)
}

/// The rule of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: MaskingRuleId) -> Result<Option<Rule>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM masking_rule WHERE masking_rule_id = ?1"
        ))?
        .query_row([id], rule)
        .optional()?)
}

/// What came of adding a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Added(MaskingRuleId),
    /// Another one has the name.
    NameTaken,
    /// There are [`MOST_RULES`] already.
    TooMany,
}

/// Adds a rule.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<Added> {
    if all(&tx.reader())?.len() >= MOST_RULES {
        return Ok(Added::TooMany);
    }
    let id: Option<MaskingRuleId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO masking_rule (name, description, pattern, is_active)
             VALUES (:name, :description, :pattern, :is_active)
             ON CONFLICT (name) DO NOTHING RETURNING masking_rule_id",
        )?
        .query_row(
            named_params! {
                ":name": draft.name,
                ":description": draft.description,
                ":pattern": draft.pattern,
                ":is_active": draft.is_active,
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = id else {
        return Ok(Added::NameTaken);
    };
    let subject = Subject::new(Kind::MaskingRule, id.0, &draft.name);
    audit::added(tx, Act::MaskingRuleAdded, &subject, draft)?;
    Ok(Added::Added(id))
}

/// Changes a rule; of a built-in one only whether it is applied. False when another one has the name, or it is
/// gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: MaskingRuleId, to: &Draft) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    let changed = if before.built_in.is_some() {
        tx.connection()
            .prepare_cached("UPDATE masking_rule SET is_active = ?2 WHERE masking_rule_id = ?1")?
            .execute(params![id, to.is_active])?
    } else {
        tx.connection()
            .prepare_cached(
                "UPDATE OR IGNORE masking_rule
                 SET name = :name, description = :description, pattern = :pattern, is_active = :is_active
                 WHERE masking_rule_id = :id",
            )?
            .execute(named_params! {
                ":id": id,
                ":name": to.name,
                ":description": to.description,
                ":pattern": to.pattern,
                ":is_active": to.is_active,
            })?
    };
    let after = by_id(&tx.reader(), id)?.filter(|_| changed > 0);
    if let Some(after) = &after {
        let subject = Subject::new(Kind::MaskingRule, id.0, &after.draft.name);
        audit::changed(
            tx,
            Act::MaskingRuleChanged,
            &subject,
            &before.draft,
            &after.draft,
        )?;
    }
    Ok(after.is_some())
}

/// Takes a rule away that an administrator made. False when it is gone, or a built-in one.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: MaskingRuleId) -> Result<bool> {
    let Some(gone) = by_id(&tx.reader(), id)?.filter(|rule| rule.built_in.is_none()) else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached("DELETE FROM masking_rule WHERE masking_rule_id = ?1")?
        .execute([id])?;
    let subject = Subject::new(Kind::MaskingRule, id.0, &gone.draft.name);
    audit::removed(tx, Act::MaskingRuleRemoved, &subject, &gone.draft)?;
    Ok(true)
}

/// What hides sensitive data, for each who writes.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// For what customers write, where people of ours read it.
    pub customers: Arc<Mask>,
    /// For what agents write, before it is kept.
    pub agents: Arc<Mask>,
}

impl Masks {
    /// A text of `author` as people of ours read it.
    pub fn hide(&self, author: Author, text: &str) -> String {
        match author {
            Author::Customer => self.customers.hide(text),
            Author::Agent | Author::Elsewhere => self.agents.hide(text),
        }
    }
}

/// The masks as the settings say now. Cheap: expressions are compiled when the rules differ from the last time.
///
/// # Errors
/// SQLite's.
pub fn masks(reader: &Reader<'_>) -> Result<Masks> {
    let masking = settings::read(reader)?.masking;
    if !masking.mask_agents && !masking.mask_customers {
        return Ok(Masks::default());
    }
    let active = all(reader)?.into_iter().filter(|rule| rule.draft.is_active);
    let mask = compiled(active.map(|rule| rule.draft.pattern).collect());
    let where_on = |is_on: bool| if is_on { mask.clone() } else { Arc::default() };
    Ok(Masks {
        customers: where_on(masking.mask_customers),
        agents: where_on(masking.mask_agents),
    })
}

/// Compiling takes milliseconds, and every message that is shown asks: the last mask is kept with its expressions.
fn compiled(patterns: Vec<String>) -> Arc<Mask> {
    static LAST: Mutex<Option<(Vec<String>, Arc<Mask>)>> = Mutex::new(None);
    let mut last = LAST.lock();
    match &*last {
        Some((known, mask)) if *known == patterns => mask.clone(),
        _ => {
            let mask = Arc::new(Mask::of(&patterns));
            *last = Some((patterns, mask.clone()));
            mask
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    fn draft(name: &str, pattern: &str) -> Draft {
        Draft {
            name: name.to_owned(),
            description: String::new(),
            pattern: pattern.to_owned(),
            is_active: true,
        }
    }

    #[test]
    fn nothing_is_hidden_until_it_is_switched_on_and_then_by_every_active_rule() {
        let house = House::furnished();
        let text = "TK-1 to mari@lumi.example";
        let hidden = |house: &House| {
            let masks = house.read(masks);
            (masks.customers.hide(text), masks.agents.hide(text))
        };
        house.write(|tx| add(tx, &draft("Orders", r"TK-\d+")));
        assert_eq!(hidden(&house), (text.to_owned(), text.to_owned()));
        house.write(|tx| settings::change(tx, |all| all.masking.mask_customers = true));
        let masked = "#### to #################".to_owned();
        assert_eq!(hidden(&house), (masked, text.to_owned()));
        let rules = house.read(all);
        let email = rules
            .iter()
            .find(|rule| rule.built_in == Some(BuiltIn::Email))
            .unwrap();
        let (id, mut off) = (email.id, email.draft.clone());
        off.is_active = false;
        off.pattern = "nonsense".to_owned();
        assert!(house.write(move |tx| change(tx, id, &off)));
        assert_eq!(hidden(&house).0, "#### to mari@lumi.example");
        let kept = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!(
            kept.draft.pattern,
            BuiltIn::Email.pattern(),
            "a built-in one stays as it is"
        );
    }

    #[test]
    fn there_are_ten_at_most_and_a_built_in_one_stays() {
        let house = House::furnished();
        let built_in = house.read(all);
        assert_eq!(built_in.len(), BuiltIn::ALL.len());
        for number in built_in.len()..MOST_RULES {
            let added = house.write(move |tx| add(tx, &draft(&format!("Rule {number}"), "x")));
            assert!(matches!(added, Added::Added(_)));
        }
        let more = house.write(|tx| add(tx, &draft("One more", "x")));
        assert_eq!(more, Added::TooMany);
        let first = built_in[0].id;
        assert!(!house.write(move |tx| remove(tx, first)));
        let last = house.read(all).last().unwrap().id;
        assert!(house.write(move |tx| remove(tx, last)));
        let taken = house.write(|tx| add(tx, &draft("RULE 3", "x")));
        assert_eq!(taken, Added::NameTaken);
    }
}
