//! What platforms say about pages themselves: warnings, blocks, services that were attached. The newest word of each
//! stays until somebody has seen it, or the platform takes it back.

use std::time::Duration;

use rusqlite::params;

use crate::domain::ids::{AccountId, PageId};
use crate::domain::inbound::{PageEffect, PageNotice};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, Tx};

use super::page_changed;

/// A page that its platform blocks is tried again after this; what it answers then decides on. (messenger.md §4.4)
const BLOCKED_FOR: Duration = Duration::from_secs(4 * 3600);

/// What a platform said about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The page's account.
    pub account: AccountId,
    /// The page.
    pub page: PageId,
    /// The page's name.
    pub name: String,
    /// Names the sentence `page-notice-<word>`.
    pub word: String,
    /// The platform's words; may be empty.
    pub detail: String,
    /// When it said so.
    pub told_at: Timestamp,
}

/// Records what a platform says about a page. A block pauses what is to be sent, and its end lets it go on.
///
/// # Errors
/// SQLite's.
pub fn noted(tx: &Tx<'_>, page: PageId, notice: &PageNotice) -> Result<()> {
    match notice.effect {
        PageEffect::Tells => keep(tx, page, notice.word, &notice.detail),
        PageEffect::Pauses => {
            pause(tx, page, Some(tx.now().plus(BLOCKED_FOR)))?;
            keep(tx, page, notice.word, &notice.detail)
        }
        PageEffect::Resumes => {
            pause(tx, page, None)?;
            tx.wake(Worker::Dispatch);
            dismiss(tx, page)
        }
    }
}

/// A platform answered a message that it holds the page back, in these words.
///
/// # Errors
/// SQLite's.
pub fn restricted(tx: &Tx<'_>, page: PageId, detail: &str) -> Result<()> {
    keep(tx, page, "restricted", detail)
}

fn pause(tx: &Tx<'_>, page: PageId, until: Option<Timestamp>) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET paused_until = ?2, paused_at = ?3 WHERE page_id = ?1")?
        .execute(params![page, until, until.map(|_| tx.now())])?;
    Ok(())
}

fn keep(tx: &Tx<'_>, page: PageId, word: &str, detail: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO page_notice (page_id, word, detail, told_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (page_id) DO UPDATE
             SET word = excluded.word, detail = excluded.detail, told_at = excluded.told_at",
        )?
        .execute(params![page, word, detail, tx.now()])?;
    page_changed(tx, page)
}

/// The platform takes messages again: what it had against that is over.
pub(super) fn block_is_over(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "DELETE FROM page_notice
             WHERE page_id = ?1 AND word IN ('restricted', 'policy-blocked', 'account-suspended')",
        )?
        .execute([page])?;
    Ok(())
}

/// Somebody has seen what the platform said.
///
/// # Errors
/// SQLite's.
pub fn dismiss(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM page_notice WHERE page_id = ?1")?
        .execute([page])?;
    page_changed(tx, page)
}

/// What platforms said about pages, the newest first.
///
/// # Errors
/// SQLite's.
pub fn notices(reader: &Reader<'_>) -> Result<Vec<Notice>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT account_id, page_id, page.name, word, detail, told_at
         FROM page_notice JOIN page USING (page_id)
         WHERE removed_at IS NULL ORDER BY told_at DESC, page_id",
    )?;
    let notices = statement.query_map([], |row| {
        Ok(Notice {
            account: row.get(0)?,
            page: row.get(1)?,
            name: row.get(2)?,
            word: row.get(3)?,
            detail: row.get(4)?,
            told_at: row.get(5)?,
        })
    })?;
    Ok(notices.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn a_block_pauses_the_page_until_it_is_lifted_or_a_message_goes_through() {
        let house = House::furnished();
        let page = house.page;
        let said = |effect| {
            let notice = PageNotice {
                word: "policy-blocked",
                detail: "Spam".to_owned(),
                effect,
            };
            house.write(move |tx| noted(tx, page, &notice));
        };
        let paused =
            || house.number("SELECT paused_until IS NOT NULL FROM page WHERE page_id = 1") == 1;
        let told = || house.read(notices).len();
        said(PageEffect::Pauses);
        assert_eq!((paused(), told()), (true, 1));
        said(PageEffect::Resumes);
        assert_eq!((paused(), told()), (false, 0));
        said(PageEffect::Pauses);
        house.write(move |tx| super::super::note_sent(tx, page));
        assert_eq!((paused(), told()), (false, 0));
        said(PageEffect::Tells);
        assert_eq!((paused(), told()), (false, 1));
        house.write(move |tx| dismiss(tx, page));
        assert_eq!(told(), 0);
    }
}
