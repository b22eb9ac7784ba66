//! Presences: the built-in ones, which nobody changes, and those that an administrator makes.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::PresenceId;
use crate::domain::presence::Base;

use super::{Reader, Result, Tx, audit};

/// The word of the presence that only the program sets, after a missed offer.
const INACTIVE: &str = "inactive";

/// A presence.
#[derive(Clone, Debug)]
pub struct Presence {
    /// Row id.
    pub id: PresenceId,
    /// The word of a built-in one; `None`: made by an administrator.
    pub built_in: Option<String>,
    /// Name in the admin center; of a built-in one its word.
    pub name: String,
    /// What colleagues see; empty: the name.
    pub text: String,
    /// What it means for work.
    pub base: Base,
    /// What it is for; may be empty.
    pub description: String,
    /// For how many people it is the default.
    pub people: u32,
}

/// What an administrator types about a presence.
#[derive(Clone, Debug, Serialize)]
pub struct Draft {
    /// Name in the admin center; no two have the same, whatever their capitals.
    pub name: String,
    /// What colleagues see; empty: the name.
    pub text: String,
    /// What it means for work.
    #[serde(serialize_with = "word")]
    pub base: Base,
    /// What it is for; may be empty.
    pub description: String,
}

impl Shown for Draft {}

fn word<S: serde::Serializer>(base: &Base, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(base.word())
}

const COLUMNS: &str = "presence_id, built_in, presence.name, text, base, description, \
    (SELECT count(*) FROM user WHERE default_presence_id = presence_id)";

fn read(row: &Row<'_>) -> rusqlite::Result<Presence> {
    Ok(Presence {
        id: row.get(0)?,
        built_in: row.get(1)?,
        name: row.get(2)?,
        text: row.get(3)?,
        base: row.get(4)?,
        description: row.get(5)?,
        people: row.get(6)?,
    })
}

/// Those that a person may have: the built-in ones first, without the one that only the program sets.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Presence>> {
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT {COLUMNS} FROM presence WHERE built_in IS NULL OR built_in <> ?1
         ORDER BY built_in IS NULL, presence_id"
    ))?;
    let presences = statement.query_map([INACTIVE], read)?;
    Ok(presences.collect::<rusqlite::Result<_>>()?)
}

/// One that an administrator made; `None` when there is none, and for a built-in one: those stay as they are.
///
/// # Errors
/// SQLite's.
pub fn made(reader: &Reader<'_>, id: PresenceId) -> Result<Option<Presence>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM presence WHERE presence_id = ?1 AND built_in IS NULL"
        ))?
        .query_row([id], read)
        .optional()?)
}

/// Adds one. `None` when another one has the name.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<Option<PresenceId>> {
    let id: Option<PresenceId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO presence (name, text, base, description, created_at)
             VALUES (:name, :text, :base, :description, :now)
             ON CONFLICT (name) DO NOTHING RETURNING presence_id",
        )?
        .query_row(
            named_params! {
                ":name": draft.name,
                ":text": draft.text,
                ":base": draft.base.word(),
                ":description": draft.description,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = id {
        let subject = Subject::new(Kind::Presence, id.0, &draft.name);
        audit::added(tx, Act::PresenceAdded, &subject, draft)?;
    }
    Ok(id)
}

/// Changes one that an administrator made. False when another one has the name, it is gone, or a built-in one.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: PresenceId, draft: &Draft) -> Result<bool> {
    let Some(before) = made(&tx.reader(), id)? else {
        return Ok(false);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE presence
             SET name = :name, text = :text, base = :base, description = :description
             WHERE presence_id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":name": draft.name,
            ":text": draft.text,
            ":base": draft.base.word(),
            ":description": draft.description,
        })?;
    if changed == 0 {
        return Ok(false);
    }
    let subject = Subject::new(Kind::Presence, id.0, &draft.name);
    let before = Draft {
        name: before.name,
        text: before.text,
        base: before.base,
        description: before.description,
    };
    audit::changed(tx, Act::PresenceChanged, &subject, &before, draft)?;
    Ok(true)
}

/// Takes one away that an administrator made; people who began with it begin Available. False when it is
/// gone, or a built-in one.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: PresenceId) -> Result<bool> {
    let Some(gone) = made(&tx.reader(), id)? else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached(
            "UPDATE user SET default_presence_id = NULL WHERE default_presence_id = ?1",
        )?
        .execute([id])?;
    tx.connection()
        .prepare_cached("DELETE FROM presence WHERE presence_id = ?1")?
        .execute(params![id])?;
    let subject = Subject::new(Kind::Presence, id.0, &gone.name);
    audit::done(tx, Act::PresenceRemoved, &subject)?;
    Ok(true)
}
