//! What the program says by itself: what administrators chose, and the saying.
//!
//! Two levels: a channel, and one page, whose choices replace the channel's. What nobody chose is as
//! [`Trigger`] says, in the words of the catalog.
//!
//! [`say`] is the one way to say something: it decides whether, and writes the message and the call that carries
//! it in the transaction of its reason. A reason that is found twice (a redelivery, a start after a crash) is one
//! transaction that happened, or one that did not; so nothing is said twice.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::automation::Trigger;
use crate::domain::ids::PageId;

use super::{Reader, Result, Tx, audit};

mod say;
#[cfg(test)]
mod tests;

pub use say::{About, say, say_rule};

/// Where a choice holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// For every page of a channel that has none of its own.
    Channel(String),
    /// For one page of a channel.
    Page(String, PageId),
}

impl Level {
    fn channel(&self) -> &str {
        match self {
            Level::Channel(channel) | Level::Page(channel, _) => channel,
        }
    }

    fn page(&self) -> Option<PageId> {
        match self {
            Level::Channel(_) => None,
            Level::Page(_, page) => Some(*page),
        }
    }
}

/// What an administrator chose for a trigger at a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Whether it is said.
    pub is_active: bool,
    /// The words, by language tag; a language that is missing has the next level's.
    pub texts: HashMap<String, String>,
}

impl Choice {
    /// What holds at the level of a channel before anybody chose.
    pub fn at_first(trigger: Trigger) -> Choice {
        Choice {
            is_active: trigger.is_on_at_first(),
            texts: HashMap::new(),
        }
    }
}

/// A choice in the audit log.
#[derive(Serialize)]
struct ShownChoice {
    message: &'static str,
    is_active: Option<bool>,
    /// With the language before each.
    words: Vec<String>,
}

impl Shown for ShownChoice {}

impl ShownChoice {
    fn of(trigger: Trigger, choice: Option<&Choice>) -> ShownChoice {
        let texts = choice.into_iter().flat_map(|choice| &choice.texts);
        let mut texts: Vec<String> = texts
            .map(|(language, text)| format!("{language}: {text}"))
            .collect();
        texts.sort();
        ShownChoice {
            message: trigger.word(),
            is_active: choice.map(|choice| choice.is_active),
            words: texts,
        }
    }
}

/// Everything that was chosen at a level. A trigger that is missing follows the next one.
///
/// # Errors
/// SQLite's.
pub fn choices(reader: &Reader<'_>, level: &Level) -> Result<HashMap<Trigger, Choice>> {
    let mut choices: HashMap<Trigger, Choice> = reader
        .connection()
        .prepare_cached(
            "SELECT trigger, is_active FROM automated_message WHERE channel = ?1 AND page_id IS ?2",
        )?
        .query_map(params![level.channel(), level.page()], |row| {
            let choice = Choice {
                is_active: row.get(1)?,
                texts: HashMap::new(),
            };
            Ok((row.get(0)?, choice))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = reader.connection().prepare_cached(
        "SELECT trigger, language, text
         FROM automated_text JOIN automated_message USING (automated_message_id)
         WHERE channel = ?1 AND page_id IS ?2",
    )?;
    let mut rows = statement.query(params![level.channel(), level.page()])?;
    while let Some(row) = rows.next()? {
        if let Some(choice) = choices.get_mut(&row.get(0)?) {
            choice.texts.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(choices)
}

/// What was chosen for a trigger at a level; `None`: nothing was.
///
/// # Errors
/// SQLite's.
pub fn choice(reader: &Reader<'_>, level: &Level, trigger: Trigger) -> Result<Option<Choice>> {
    let found: Option<(i64, bool)> = reader
        .connection()
        .prepare_cached(
            "SELECT automated_message_id, is_active FROM automated_message
             WHERE channel = ?1 AND page_id IS ?2 AND trigger = ?3",
        )?
        .query_row(params![level.channel(), level.page(), trigger], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((id, is_active)) = found else {
        return Ok(None);
    };
    let texts = reader
        .connection()
        .prepare_cached(
            "SELECT language, text FROM automated_text WHERE automated_message_id = ?1",
        )?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Choice { is_active, texts }))
}

/// Chooses for a trigger at a level. It holds from the next message on. What says the same as the next level is no
/// choice: then the trigger follows that one.
///
/// # Errors
/// SQLite's.
pub fn choose(tx: &Tx<'_>, level: &Level, trigger: Trigger, to: &Choice) -> Result<()> {
    let next = next_choice(tx, level, trigger)?;
    let is_own = !to.texts.is_empty() || to.is_active != next.is_active;
    replace(tx, level, trigger, is_own.then_some(to))
}

/// Makes a trigger follow the next level again: a page its channel, a channel the catalog.
///
/// # Errors
/// SQLite's.
pub fn reset(tx: &Tx<'_>, level: &Level, trigger: Trigger) -> Result<()> {
    replace(tx, level, trigger, None)
}

/// Turns triggers on or off at a level; their words stay.
///
/// # Errors
/// SQLite's.
pub fn turn(tx: &Tx<'_>, level: &Level, triggers: &[Trigger], is_active: bool) -> Result<()> {
    for trigger in triggers {
        let own = choice(&tx.reader(), level, *trigger)?;
        let texts = own.map(|choice| choice.texts).unwrap_or_default();
        choose(tx, level, *trigger, &Choice { is_active, texts })?;
    }
    Ok(())
}

/// What holds where nothing is chosen at a level.
fn next_choice(tx: &Tx<'_>, level: &Level, trigger: Trigger) -> Result<Choice> {
    let of_channel = match level {
        Level::Channel(_) => None,
        Level::Page(channel, _) => choice(&tx.reader(), &Level::Channel(channel.clone()), trigger)?,
    };
    Ok(of_channel.unwrap_or_else(|| Choice::at_first(trigger)))
}

fn replace(tx: &Tx<'_>, level: &Level, trigger: Trigger, to: Option<&Choice>) -> Result<()> {
    let before = choice(&tx.reader(), level, trigger)?;
    if before.as_ref() == to {
        return Ok(());
    }
    tx.connection()
        .prepare_cached(
            "DELETE FROM automated_message WHERE channel = ?1 AND page_id IS ?2 AND trigger = ?3",
        )?
        .execute(params![level.channel(), level.page(), trigger])?;
    if let Some(choice) = to {
        insert(tx, level, trigger, choice)?;
    }
    audit::changed(
        tx,
        Act::AutomatedMessageChanged,
        &subject(tx, level)?,
        &ShownChoice::of(trigger, before.as_ref()),
        &ShownChoice::of(trigger, to),
    )
}

fn insert(tx: &Tx<'_>, level: &Level, trigger: Trigger, choice: &Choice) -> Result<()> {
    let id: i64 = tx
        .connection()
        .prepare_cached(
            "INSERT INTO automated_message (channel, page_id, trigger, is_active)
             VALUES (:channel, :page, :trigger, :is_active) RETURNING automated_message_id",
        )?
        .query_row(
            named_params! {
                ":channel": level.channel(),
                ":page": level.page(),
                ":trigger": trigger,
                ":is_active": choice.is_active,
            },
            |row| row.get(0),
        )?;
    for (language, text) in &choice.texts {
        tx.connection()
            .prepare_cached(
                "INSERT INTO automated_text (automated_message_id, language, text)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![id, language, text])?;
    }
    Ok(())
}

/// A page by its row and name, a channel by its name alone.
fn subject(tx: &Tx<'_>, level: &Level) -> Result<Subject> {
    let Level::Page(_, page) = level else {
        return Ok(Subject {
            name: level.channel().to_owned(),
            ..Subject::only(Kind::AutomatedMessage)
        });
    };
    let name: Option<String> = tx
        .connection()
        .prepare_cached("SELECT name FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))
        .optional()?;
    Ok(Subject::new(
        Kind::AutomatedMessage,
        page.0,
        name.unwrap_or_default(),
    ))
}
