//! Capacity profiles as an administrator sets them: so many conversations of a kind at a time. What is taken of
//! them is in [`super::capacity`].

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::capacity::Reset;
use crate::domain::ids::{CapacityProfileId, UserId};

use super::{Reader, Result, Tx, audit, rules};

/// The highest limit of a profile, and of a person in it.
pub const LIMIT: u32 = 1000;

/// A capacity profile.
#[derive(Clone, Debug)]
pub struct CapacityProfile {
    /// Row id.
    pub id: CapacityProfileId,
    /// When an item stops counting; stays as it was made.
    pub reset: Reset,
    /// What may be changed.
    pub draft: Draft,
}

/// What an administrator types about a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its name; no two have the same, whatever their capitals.
    pub name: String,
    /// So many at a time, 1 to [`LIMIT`].
    pub item_limit: u32,
    /// Whether at the limit nothing at all is offered.
    pub blocks: bool,
    /// Who has it; with a limit of their own, or `None`: the profile's.
    pub people: Vec<(UserId, Option<u32>)>,
}

/// Whether something could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Done,
    /// Another one has the name.
    NameTaken,
    /// A workstream or a rule names it.
    InUse,
    /// There is no such profile.
    Gone,
}

/// A profile in the audit log.
#[derive(Serialize)]
struct ShownProfile {
    name: String,
    item_limit: u32,
    reset: &'static str,
    blocks: bool,
    members: Vec<String>,
}

impl Shown for ShownProfile {}

/// The word of a reset in the database and in locale keys.
pub const fn reset_word(reset: Reset) -> &'static str {
    match reset {
        Reset::Immediate => "immediate",
        Reset::EndOfDay => "end-of-day",
    }
}

/// The reset of a word; `None` for any other word.
pub fn reset_of(word: &str) -> Option<Reset> {
    [Reset::Immediate, Reset::EndOfDay]
        .into_iter()
        .find(|reset| reset_word(*reset) == word)
}

fn read(row: &Row<'_>) -> rusqlite::Result<CapacityProfile> {
    Ok(CapacityProfile {
        id: row.get(0)?,
        reset: row.get(2)?,
        draft: Draft {
            name: row.get(1)?,
            item_limit: row.get(3)?,
            blocks: row.get(4)?,
            people: Vec::new(),
        },
    })
}

/// Every profile, by name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<CapacityProfile>> {
    let mut profiles: Vec<CapacityProfile> = reader
        .connection()
        .prepare_cached(
            "SELECT capacity_profile_id, name, reset, item_limit, blocks FROM capacity_profile
             ORDER BY name, capacity_profile_id",
        )?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?;
    for profile in &mut profiles {
        profile.draft.people = people(reader, profile.id)?;
    }
    Ok(profiles)
}

/// The profile of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: CapacityProfileId) -> Result<Option<CapacityProfile>> {
    let found = reader
        .connection()
        .prepare_cached(
            "SELECT capacity_profile_id, name, reset, item_limit, blocks FROM capacity_profile
             WHERE capacity_profile_id = ?1",
        )?
        .query_row([id], read)
        .optional()?;
    let Some(mut profile) = found else {
        return Ok(None);
    };
    profile.draft.people = people(reader, id)?;
    Ok(Some(profile))
}

fn people(reader: &Reader<'_>, id: CapacityProfileId) -> Result<Vec<(UserId, Option<u32>)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT user_id, item_limit FROM user_capacity_profile WHERE capacity_profile_id = ?1
         ORDER BY user_id",
    )?;
    let people = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}

/// Adds a profile; its reset stays as it is given here. `None` when another one has the name.
///
/// # Errors
/// SQLite's; a person who is gone breaks a `FOREIGN KEY` constraint.
pub fn add(tx: &Tx<'_>, draft: &Draft, reset: Reset) -> Result<Option<CapacityProfileId>> {
    let id: Option<CapacityProfileId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO capacity_profile (name, item_limit, reset, blocks, created_at)
             VALUES (:name, :limit, :reset, :blocks, :now)
             ON CONFLICT (name) DO NOTHING RETURNING capacity_profile_id",
        )?
        .query_row(
            named_params! {
                ":name": draft.name,
                ":limit": draft.item_limit,
                ":reset": reset,
                ":blocks": draft.blocks,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = id else {
        return Ok(None);
    };
    set_people(tx, id, &draft.people)?;
    if let Some(shown) = shown(tx, id)? {
        let subject = Subject::new(Kind::CapacityProfile, id.0, &shown.name);
        audit::added(tx, Act::CapacityProfileAdded, &subject, &shown)?;
    }
    Ok(Some(id))
}

/// Changes a profile. What is taken of it already goes on counting; a new limit holds from the next offer on.
///
/// # Errors
/// SQLite's; a person who is gone breaks a `FOREIGN KEY` constraint.
pub fn change(tx: &Tx<'_>, id: CapacityProfileId, draft: &Draft) -> Result<Done> {
    let Some(before) = shown(tx, id)? else {
        return Ok(Done::Gone);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE capacity_profile SET name = ?2, item_limit = ?3, blocks = ?4
             WHERE capacity_profile_id = ?1",
        )?
        .execute(params![id, draft.name, draft.item_limit, draft.blocks])?;
    if changed == 0 {
        return Ok(Done::NameTaken);
    }
    set_people(tx, id, &draft.people)?;
    if let Some(after) = shown(tx, id)? {
        let subject = Subject::new(Kind::CapacityProfile, id.0, &after.name);
        audit::changed(tx, Act::CapacityProfileChanged, &subject, &before, &after)?;
    }
    Ok(Done::Done)
}

fn set_people(tx: &Tx<'_>, id: CapacityProfileId, people: &[(UserId, Option<u32>)]) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM user_capacity_profile WHERE capacity_profile_id = ?1")?
        .execute([id])?;
    for (user, limit) in people {
        tx.connection()
            .prepare_cached(
                "INSERT INTO user_capacity_profile (user_id, capacity_profile_id, item_limit)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![user, id, limit])?;
    }
    Ok(())
}

/// Takes a profile away, also from the people who have it.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: CapacityProfileId) -> Result<Done> {
    let reader = tx.reader();
    let Some(before) = shown(tx, id)? else {
        return Ok(Done::Gone);
    };
    if !workstreams(&reader, id)?.is_empty()
        || !rules::uses(&reader, &rules::Thing::Profile(id))?.is_empty()
    {
        return Ok(Done::InUse);
    }
    tx.connection()
        .prepare_cached("DELETE FROM capacity_profile WHERE capacity_profile_id = ?1")?
        .execute([id])?;
    let subject = Subject::new(Kind::CapacityProfile, id.0, &before.name);
    audit::removed(tx, Act::CapacityProfileRemoved, &subject, &before)?;
    Ok(Done::Done)
}

/// The names of the workstreams whose conversations take this profile.
///
/// # Errors
/// SQLite's.
pub fn workstreams(reader: &Reader<'_>, id: CapacityProfileId) -> Result<Vec<String>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT name FROM workstream WHERE capacity_profile_id = ?1 ORDER BY name",
    )?;
    let names = statement.query_map([id], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn shown(tx: &Tx<'_>, id: CapacityProfileId) -> Result<Option<ShownProfile>> {
    let Some(profile) = by_id(&tx.reader(), id)? else {
        return Ok(None);
    };
    let mut statement = tx.connection().prepare_cached(
        "SELECT name, item_limit FROM user_capacity_profile JOIN user USING (user_id)
         WHERE capacity_profile_id = ?1 ORDER BY name",
    )?;
    let members = statement.query_map([id], |row| {
        let (name, limit): (String, Option<u32>) = (row.get(0)?, row.get(1)?);
        Ok(match limit {
            Some(limit) => format!("{name} {limit}"),
            None => name,
        })
    })?;
    Ok(Some(ShownProfile {
        members: members.collect::<rusqlite::Result<_>>()?,
        name: profile.draft.name,
        item_limit: profile.draft.item_limit,
        reset: reset_word(profile.reset),
        blocks: profile.draft.blocks,
    }))
}
