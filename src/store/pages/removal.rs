//! Taking a page away, and moving it to another account. Its conversations stay readable.

use rusqlite::{OptionalExtension as _, params};

use crate::crypto::Secret;
use crate::domain::audit::Act;
use crate::domain::conversation;
use crate::domain::ids::{AccountId, ConversationId, PageId, WorkstreamId};
use crate::store::workstreams::settings as workstreams;
use crate::store::{Reader, Result, Tx, accounts, audit, conversations, instances, outbox};

use super::{NewPage, audited, by_id, replace_token};

/// What goes with a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Going {
    /// The workstream that answers it, with its name; `None`: none does.
    pub workstream: Option<(WorkstreamId, String)>,
    /// Conversations that are not closed: they are closed.
    pub open: u64,
    /// Conversations that there were at all: they stay readable.
    pub conversations: u64,
    /// Calls that are not made any more: their messages are not sent.
    pub unsent: u64,
}

/// What goes with a page, were it taken away now.
///
/// # Errors
/// SQLite's.
pub fn going(reader: &Reader<'_>, page: PageId) -> Result<Going> {
    let connection = reader.connection();
    let workstream = connection
        .prepare_cached(
            "SELECT workstream_id, workstream.name FROM page JOIN workstream USING (workstream_id)
             WHERE page_id = ?1",
        )?
        .query_row([page], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (conversations, open): (i64, i64) = connection
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE state <> 'closed')
             FROM social_profile JOIN conversation USING (social_profile_id)
             WHERE social_profile.page_id = ?1",
        )?
        .query_row([page], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Going {
        workstream,
        open: open.unsigned_abs(),
        conversations: conversations.unsigned_abs(),
        unsent: outbox::unsent(reader, page)?,
    })
}

/// Takes a page away: out of its workstream (which goes too when it was made with the account and answers
/// nothing else), its open conversations closed, what waits to be sent failed, its token forgotten. What was
/// written stays readable. A page that is gone already stays so.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let reader = tx.reader();
    let (Some(before), Some(row)) = (audited::shown(tx, page)?, by_id(&reader, page)?) else {
        return Ok(());
    };
    if row.removed_at.is_some() {
        return Ok(());
    }
    outbox::give_up(tx, page)?;
    for conversation in open(&reader, page)? {
        conversations::apply(tx, conversation, conversation::Act::Fail, None)?;
    }
    if let Some(workstream) = row.workstream {
        leave(tx, workstream, page)?;
    }
    tx.connection()
        .prepare_cached(
            "UPDATE page SET removed_at = ?2, token = NULL, token_last4 = '', token_saved_at = NULL,
                 token_ok_at = NULL, token_error = NULL, token_error_at = NULL, token_ends_at = NULL,
                 token_permissions = '', token_checked_at = NULL, token_check_error = NULL,
                 token_snoozed_until = NULL, held_at = NULL, held_by = NULL, subscribed_at = NULL,
                 subscribe_error = NULL, subscribe_warning = NULL, paused_until = NULL, paused_at = NULL
             WHERE page_id = ?1",
        )?
        .execute(params![page, tx.now()])?;
    // Nobody tells us their names any more.
    tx.connection()
        .prepare_cached("UPDATE social_profile SET name_due_at = NULL WHERE page_id = ?1")?
        .execute([page])?;
    let subject = audited::subject(page, &before);
    audit::removed(tx, Act::PageRemoved, &subject, &before)?;
    accounts::changed(tx, row.account)
}

fn open(reader: &Reader<'_>, page: PageId) -> Result<Vec<ConversationId>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id FROM conversation WHERE page_id = ?1 AND state <> 'closed'",
    )?;
    let ids = statement.query_map([page], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn leave(tx: &Tx<'_>, workstream: WorkstreamId, page: PageId) -> Result<()> {
    let reader = tx.reader();
    let is_automatic: bool = tx
        .connection()
        .prepare_cached("SELECT is_automatic FROM workstream WHERE workstream_id = ?1")?
        .query_row([workstream], |row| row.get(0))?;
    instances::remove(tx, workstream, page)?;
    let is_over = instances::of(&reader, workstream)?.is_empty()
        && workstreams::going_on(&reader, workstream)? == 0;
    if is_automatic && is_over {
        workstreams::remove(tx, workstream)?;
    }
    Ok(())
}

/// Moves a page to another account of its channel, with a token of that account's app. Workstream, customers
/// and conversations stay as they are.
///
/// # Errors
/// SQLite's.
pub fn move_to(tx: &Tx<'_>, page: PageId, account: AccountId, token: &Secret) -> Result<()> {
    let Some(before) = by_id(&tx.reader(), page)? else {
        return Ok(());
    };
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached(
                "UPDATE page SET account_id = ?2, subscribed_at = NULL, subscribe_error = NULL,
                     subscribe_warning = NULL
                 WHERE page_id = ?1",
            )?
            .execute(params![page, account])?;
        Ok(())
    })?;
    replace_token(tx, page, Some(token))?;
    accounts::changed(tx, before.account)
}

/// Puts a page back that was taken away, into the account that it is added to now; `None` when there was no such
/// page. Its customers and conversations are its own again.
pub(super) fn put_back(
    tx: &Tx<'_>,
    new: &NewPage,
    workstream: WorkstreamId,
) -> Result<Option<PageId>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "UPDATE page SET removed_at = NULL, account_id = ?1, name = ?3, handle = ?4, workstream_id = ?5,
                 token_error = NULL, token_error_at = NULL, created_at = ?6
             WHERE page_id = (SELECT max(page_id) FROM page AS gone
                              WHERE gone.channel = (SELECT channel FROM account WHERE account_id = ?1)
                                AND gone.platform_id = ?2 AND ?2 <> '' AND gone.removed_at IS NOT NULL)
             RETURNING page_id",
        )?
        .query_row(
            params![new.account, new.platform_id, new.name, new.handle, workstream, tx.now()],
            |row| row.get(0),
        )
        .optional()?)
}
