//! Letters to administrators about access tokens. A row is a letter: it is there before it is sent, and says when
//! it was.
//!
//! Invariant: as long as a trouble lasts, a person has one letter about it.

use std::time::Duration;

use rusqlite::params;

use crate::domain::ids::{AlarmMailId, PageId};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A trouble that comes back within this time is no news.
const SAME_TROUBLE: Duration = Duration::from_secs(3600);
/// So long after its trouble a letter is remembered.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// A letter that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Row id.
    pub id: AlarmMailId,
    /// The page whose token it is about.
    pub page: PageId,
    /// To whom.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The person's language tag, else the organization's.
    pub locale: Option<String>,
    /// How often it was tried.
    pub tries: u32,
}

/// Those who administer and have no letter about the page ?1 and the concern ?2, nor had one since ?3.
macro_rules! untold {
    () => {
        "FROM user
         WHERE role = 'administrator' AND disabled_at IS NULL AND joined_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM alarm_mail AS other
                           WHERE other.user_id = user.user_id AND other.page_id = ?1 AND other.concern = ?2
                             AND (other.over_at IS NULL OR other.raised_at > ?3))"
    };
}

/// The letters about troubles that are not over, sent or not.
fn going_on(reader: &Reader<'_>) -> Result<Vec<(AlarmMailId, PageId, String)>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT alarm_mail_id, page_id, concern FROM alarm_mail WHERE over_at IS NULL",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Whether [`raise`] would change nothing at `now`.
///
/// # Errors
/// SQLite's.
pub fn is_raised(reader: &Reader<'_>, troubles: &[(PageId, &str)], now: Timestamp) -> Result<bool> {
    let is_over =
        |(_, page, concern): &(_, PageId, String)| !troubles.contains(&(*page, concern.as_str()));
    if going_on(reader)?.iter().any(is_over) {
        return Ok(false);
    }
    let mut untold = reader
        .connection()
        .prepare_cached(concat!("SELECT 1 ", untold!()))?;
    for (page, concern) in troubles {
        if untold.exists(params![page, concern, now.minus(SAME_TROUBLE)])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When the next letter is to be sent; `None`: none waits.
///
/// # Errors
/// SQLite's.
pub fn next_due(reader: &Reader<'_>) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT min(due_at) FROM alarm_mail JOIN user USING (user_id)
             WHERE sent_at IS NULL AND over_at IS NULL AND disabled_at IS NULL",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Sees to it that everybody who administers has a letter about each of these troubles, and that no others are
/// sent. A trouble is a page and a word of [`crate::domain::token_health::Concern`].
///
/// # Errors
/// SQLite's.
pub fn raise(tx: &Tx<'_>, troubles: &[(PageId, &str)]) -> Result<()> {
    for (id, page, concern) in going_on(&tx.reader())? {
        if !troubles.contains(&(page, concern.as_str())) {
            tx.connection()
                .prepare_cached("UPDATE alarm_mail SET over_at = ?2 WHERE alarm_mail_id = ?1")?
                .execute(params![id, tx.now()])?;
        }
    }
    for (page, concern) in troubles {
        tx.connection()
            .prepare_cached(concat!(
                "INSERT INTO alarm_mail (user_id, page_id, concern, raised_at, due_at)
                 SELECT user_id, ?1, ?2, ?4, ?4 ",
                untold!()
            ))?
            .execute(params![
                page,
                concern,
                tx.now().minus(SAME_TROUBLE),
                tx.now(),
            ])?;
    }
    tx.connection()
        .prepare_cached("DELETE FROM alarm_mail WHERE over_at < ?1")?
        .execute([tx.now().minus(KEPT)])?;
    Ok(())
}

/// The letters that are due, oldest first.
///
/// # Errors
/// SQLite's.
pub fn due(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<Due>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT alarm_mail_id, page_id, email, user.name, coalesce(user.locale, organization.locale), tries
         FROM alarm_mail JOIN user USING (user_id) LEFT JOIN organization
         WHERE sent_at IS NULL AND over_at IS NULL AND due_at <= ?1 AND disabled_at IS NULL
         ORDER BY due_at, alarm_mail_id",
    )?;
    let letters = statement.query_map([now], |row| {
        Ok(Due {
            id: row.get(0)?,
            page: row.get(1)?,
            email: row.get(2)?,
            name: row.get(3)?,
            locale: row.get(4)?,
            tries: row.get(5)?,
        })
    })?;
    Ok(letters.collect::<rusqlite::Result<_>>()?)
}

/// The server took a letter.
///
/// # Errors
/// SQLite's.
pub fn sent(tx: &Tx<'_>, id: AlarmMailId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE alarm_mail SET sent_at = ?2, tries = tries + 1, error = NULL WHERE alarm_mail_id = ?1",
        )?
        .execute(params![id, tx.now()])?;
    Ok(())
}

/// The server did not take a letter: it is tried again at `due`.
///
/// # Errors
/// SQLite's.
pub fn failed(tx: &Tx<'_>, id: AlarmMailId, error: &str, due: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE alarm_mail SET error = ?2, due_at = ?3, tries = tries + 1 WHERE alarm_mail_id = ?1",
        )?
        .execute(params![id, error, due])?;
    Ok(())
}

/// Why letters do not get out; `None`: they do.
///
/// # Errors
/// SQLite's.
pub fn failure(reader: &Reader<'_>) -> Result<Option<String>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT max(error) FROM alarm_mail WHERE sent_at IS NULL AND over_at IS NULL AND error IS NOT NULL",
        )?
        .query_row([], |row| row.get(0))?)
}
