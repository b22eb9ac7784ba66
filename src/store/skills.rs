//! Skills: what somebody is good at. Ratings go from 1 to 10.

use rusqlite::{OptionalExtension as _, Row, named_params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{ConversationId, SkillId};

use super::{Reader, Result, Tx, audit, rules};

/// The best rating; the least is 1.
pub const BEST: u8 = 10;

/// A skill.
#[derive(Clone, Debug)]
pub struct Skill {
    /// Row id.
    pub id: SkillId,
    /// What is typed about it.
    pub draft: Draft,
    /// How many people have it.
    pub people: u32,
}

/// What an administrator types about a skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// Its name; no two have the same, whatever their capitals.
    pub name: String,
    /// What sort of skill it is, e.g. Language; may be empty.
    pub kind: String,
    /// What it is for; may be empty.
    pub description: String,
}

impl Shown for Draft {}

const COLUMNS: &str = "skill_id, name, kind, description, \
    (SELECT count(*) FROM user_skill WHERE user_skill.skill_id = skill.skill_id)";

fn read(row: &Row<'_>) -> rusqlite::Result<Skill> {
    Ok(Skill {
        id: row.get(0)?,
        draft: Draft {
            name: row.get(1)?,
            kind: row.get(2)?,
            description: row.get(3)?,
        },
        people: row.get(4)?,
    })
}

/// Every skill, by sort and name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Skill>> {
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT {COLUMNS} FROM skill ORDER BY kind COLLATE NOCASE, name, skill_id"
    ))?;
    let skills = statement.query_map([], read)?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

/// The skill of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: SkillId) -> Result<Option<Skill>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM skill WHERE skill_id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// The names of the skills that a conversation needs, each with the rating that is needed; `None`: any.
///
/// # Errors
/// SQLite's.
pub fn needed(reader: &Reader<'_>, id: ConversationId) -> Result<Vec<(String, Option<u8>)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT name, rating FROM conversation_skill JOIN skill USING (skill_id)
         WHERE conversation_id = ?1 ORDER BY name",
    )?;
    let needed = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(needed.collect::<rusqlite::Result<_>>()?)
}

/// Adds one. `None` when another one has the name.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<Option<SkillId>> {
    let id: Option<SkillId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO skill (name, kind, description, created_at)
             VALUES (:name, :kind, :description, :now)
             ON CONFLICT (name) DO NOTHING RETURNING skill_id",
        )?
        .query_row(
            named_params! {
                ":name": draft.name,
                ":kind": draft.kind,
                ":description": draft.description,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = id {
        let subject = Subject::new(Kind::Skill, id.0, &draft.name);
        audit::added(tx, Act::SkillAdded, &subject, draft)?;
    }
    Ok(id)
}

/// Changes one. False when another one has the name, or it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: SkillId, draft: &Draft) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE skill SET name = :name, kind = :kind, description = :description
             WHERE skill_id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":name": draft.name,
            ":kind": draft.kind,
            ":description": draft.description,
        })?;
    if changed == 1 {
        let subject = Subject::new(Kind::Skill, id.0, &draft.name);
        audit::changed(tx, Act::SkillChanged, &subject, &before.draft, draft)?;
    }
    Ok(changed == 1)
}

/// Takes one away, also from the people who have it. False when it is gone, or a rule names it; then it stays.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: SkillId) -> Result<bool> {
    let Some(gone) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    if !rules::uses(&tx.reader(), &rules::Thing::Skill(id))?.is_empty() {
        return Ok(false);
    }
    tx.connection()
        .prepare_cached("DELETE FROM skill WHERE skill_id = ?1")?
        .execute([id])?;
    let subject = Subject::new(Kind::Skill, id.0, &gone.draft.name);
    audit::removed(tx, Act::SkillRemoved, &subject, &gone.draft)?;
    Ok(true)
}
