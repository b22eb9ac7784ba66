//! Automated messages that are written while a page is being set up in a workstream. They are said nowhere: when
//! the page gets its place ([`super::instances::place`]) they become its own.

use rusqlite::params;

use crate::domain::automation::Trigger;
use crate::domain::ids::PageId;

use super::automated_messages::{self, Choice, Level};
use super::{Reader, Result, Tx, settings};

/// What is written for a page so far, in the order in which things happen in a conversation.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, page: PageId) -> Result<Vec<(Trigger, String)>> {
    let mut drafts: Vec<(Trigger, String)> = reader
        .connection()
        .prepare_cached("SELECT trigger, text FROM instance_draft WHERE page_id = ?1")?
        .query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    drafts.sort_by_key(|(trigger, _)| Trigger::listed().position(|it| it == *trigger));
    Ok(drafts)
}

/// Writes the words of a trigger, in place of those of before.
///
/// # Errors
/// SQLite's.
pub fn put(tx: &Tx<'_>, page: PageId, trigger: Trigger, text: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO instance_draft (page_id, trigger, text) VALUES (?1, ?2, ?3)
             ON CONFLICT (page_id, trigger) DO UPDATE SET text = excluded.text",
        )?
        .execute(params![page, trigger, text])?;
    Ok(())
}

/// Takes the words of a trigger away again.
///
/// # Errors
/// SQLite's.
pub fn take_away(tx: &Tx<'_>, page: PageId, trigger: Trigger) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM instance_draft WHERE page_id = ?1 AND trigger = ?2")?
        .execute(params![page, trigger])?;
    Ok(())
}

/// Makes what was written the page's own, turned on and in its `language` (`None`: the organization's). Words that
/// the page has in other languages stay.
///
/// # Errors
/// SQLite's.
pub(super) fn settle(
    tx: &Tx<'_>,
    channel: &str,
    page: PageId,
    language: Option<&str>,
) -> Result<()> {
    let reader = tx.reader();
    let language = match language {
        Some(language) => language.to_owned(),
        None => settings::read(&reader)?.languages.default_language,
    };
    let level = Level::Page(channel.to_owned(), page);
    for (trigger, text) in of(&reader, page)? {
        let own = automated_messages::choice(&reader, &level, trigger)?;
        let mut texts = own.map(|choice| choice.texts).unwrap_or_default();
        texts.insert(language.clone(), text);
        let choice = Choice {
            is_active: true,
            texts,
        };
        automated_messages::choose(tx, &level, trigger, &choice)?;
        take_away(tx, page, trigger)?;
    }
    Ok(())
}
