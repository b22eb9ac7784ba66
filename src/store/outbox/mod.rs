//! The outbox: calls to platforms that are to be made, or were.
//!
//! ```text
//! queued → sending → done | failed
//!    ↑        │ └→ reconciling → unknown → released
//!    └────────┘        (an echo or a receipt makes every one of them done)
//! ```
//!
//! Invariants: `sending` is on disk before the platform hears of a call. Of one conversation at most one
//! call is in flight, in the order in which its messages were written (`turn`); one that is queued, sending,
//! reconciling or unknown holds the later ones, a failed or released one does not. What was `sending` when
//! the process died may have been accepted: it carries its doubt from then on.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, params};

use crate::crypto;
use crate::domain::conversation::State;
use crate::domain::delivery::Reason;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::live_event::{LiveEvent, Worker};
use crate::domain::message::Status;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, agent_sessions, conversations};

mod automated;
mod call;
mod economy;
mod person;
mod proof;
mod recovery;
mod reply;
#[cfg(test)]
mod tests;

use person::ended;

pub use automated::add_automated;
pub use call::{Came, Claim, Claimed, MOST_PER_PAGE, Ticket, claim_due, finish};
pub use economy::{answer_free, send_now, try_unpaid};
pub use person::{delete, holds_others, release, retry};
pub use proof::{Receipt, receipt, settle_echo};
pub use recovery::recover;
pub use reply::{Enqueued, FileReply, Reply, enqueue, enqueue_files, stored};

/// What the program would still do by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Calls in flight, or waiting for their echo.
    pub in_flight: u64,
    /// Calls that are due before the moment asked for, and held back by nothing that only a person can mend.
    pub due: u64,
    /// Calls that wait for a later try, a page's token, or a person's word about one in doubt.
    pub waiting: u64,
}

/// Counts what the outbox holds, as of `until`.
///
/// # Errors
/// SQLite's.
pub fn left(reader: &Reader<'_>, until: Timestamp) -> Result<Left> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE outbox.state <> 'queued'),
                    count(*) FILTER (WHERE outbox.state = 'queued' AND is_due),
                    count(*) FILTER (WHERE outbox.state = 'queued' AND NOT is_due)
             FROM (SELECT outbox.state,
                          due_at <= ?1 AND token_error IS NULL AND coalesce(paused_until, 0) <= ?1
                          AND held_at IS NULL
                          AND NOT EXISTS (SELECT 1 FROM disabled_channel WHERE channel = page.channel)
                          AND NOT EXISTS (
                              SELECT 1 FROM outbox AS other
                              WHERE other.conversation_id = outbox.conversation_id
                                AND other.state IN ('queued', 'sending', 'reconciling', 'unknown')
                                AND other.turn < outbox.turn
                                AND (other.state = 'unknown' OR (other.state = 'queued' AND other.due_at > ?1)))
                          AS is_due
                   FROM outbox JOIN page USING (page_id)
                   WHERE outbox.state IN ('queued', 'sending', 'reconciling')) AS outbox",
        )?
        .query_row([until], |row| {
            Ok(Left {
                in_flight: row.get::<_, i64>(0)?.unsigned_abs(),
                due: row.get::<_, i64>(1)?.unsigned_abs(),
                waiting: row.get::<_, i64>(2)?.unsigned_abs(),
            })
        })?)
}

/// How a page's calls went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Tries that ended.
    pub made: u64,
    /// Those of them that the platform did not accept, or of which nobody knows.
    pub failed: u64,
    /// Messages that wait to be handed over.
    pub waiting: u64,
}

/// How every page's calls went since a moment, and what waits. Pages without either are left out.
///
/// # Errors
/// SQLite's.
pub fn tries_since(reader: &Reader<'_>, moment: Timestamp) -> Result<HashMap<PageId, Tries>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT page_id, sum(made), sum(failed), sum(waiting) FROM (
             SELECT page_id, 1 AS made, outcome <> 'sent' AS failed, 0 AS waiting
             FROM delivery_attempt JOIN outbox USING (outbox_id)
             WHERE delivery_attempt.started_at >= ?1 AND delivery_attempt.finished_at IS NOT NULL
             UNION ALL
             SELECT page_id, 0, 0, 1 FROM outbox WHERE state = 'queued')
         GROUP BY page_id",
    )?;
    let rows = statement.query_map([moment], |row| {
        let tries = Tries {
            made: row.get::<_, i64>(1)?.unsigned_abs(),
            failed: row.get::<_, i64>(2)?.unsigned_abs(),
            waiting: row.get::<_, i64>(3)?.unsigned_abs(),
        };
        Ok((row.get(0)?, tries))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many calls of a page are still to be made.
///
/// # Errors
/// SQLite's.
pub fn unsent(reader: &Reader<'_>, page: PageId) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM outbox WHERE page_id = ?1 AND state = 'queued'")?
        .query_row([page], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Messages that did not arrive, or may not have, and that somebody can still do something about: their
/// conversations are not closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undelivered {
    /// How many.
    pub count: u64,
    /// The conversation of the newest; `None`: there is none.
    pub newest: Option<ConversationId>,
}

/// What did not arrive.
///
/// # Errors
/// SQLite's.
pub fn undelivered(reader: &Reader<'_>) -> Result<Undelivered> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*), max(message_id), conversation_id FROM message JOIN conversation USING (conversation_id)
             WHERE status IN ('failed', 'unknown') AND state <> 'closed'",
        )?
        // Beside `max` the other columns are those of its row.
        .query_row([], |row| {
            Ok(Undelivered {
                count: row.get::<_, i64>(0)?.unsigned_abs(),
                newest: row.get(2)?,
            })
        })?)
}

/// What a page was still to send is not sent any more: the page is gone. A call that may have been accepted
/// already stays in doubt.
///
/// # Errors
/// SQLite's.
pub fn give_up(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let queued = tx
        .connection()
        .prepare_cached(
            "SELECT outbox_id, doubt FROM outbox WHERE page_id = ?1 AND state = 'queued' ORDER BY outbox_id",
        )?
        .query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(OutboxId, Option<String>)>>>()?;
    for (call, doubt) in queued {
        match doubt {
            Some(doubt) => give_up_knowing(tx, call, &read_reason(&doubt))?,
            None => {
                close(tx, call, "failed")?;
                let reason = Reason::of(Reason::PAGE_REMOVED);
                set_status(tx, call, &ON_THE_WAY, Status::Failed, Some(&reason))?;
            }
        }
    }
    Ok(())
}

/// Whether the conversation is Active and this person's, or the person was let in to write.
fn is_answered_by(tx: &Tx<'_>, id: ConversationId, user: UserId) -> Result<bool> {
    let conversation = conversations::by_id(&tx.reader(), id)?;
    let Some(active) = conversation.filter(|it| it.state == State::Active) else {
        return Ok(false);
    };
    let part = agent_sessions::part_of(&tx.reader(), id, user)?;
    Ok(active.agent == Some(user) || part.is_some_and(|part| part.writes))
}

/// Adds a call that is due now. One that repeats another takes its turn.
fn insert(
    tx: &Tx<'_>,
    conversation: ConversationId,
    page: PageId,
    repeats: Option<OutboxId>,
) -> Result<OutboxId> {
    let id: OutboxId = tx
        .connection()
        .prepare_cached(
            "INSERT INTO outbox (conversation_id, page_id, repeats, state, idempotency_key, due_at,
                                 changed_at, created_at)
             VALUES (?1, ?2, ?3, 'queued', ?4, ?5, ?5, ?5) RETURNING outbox_id",
        )?
        .query_row(
            params![conversation, page, repeats, crypto::random_uuid(), tx.now()],
            |row| row.get(0),
        )?;
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET turn = coalesce((SELECT turn FROM outbox WHERE outbox_id = ?2), ?1)
             WHERE outbox_id = ?1",
        )?
        .execute(params![id, repeats])?;
    Ok(id)
}

/// The states of a message whose call is not over.
const ON_THE_WAY: [Status; 2] = [Status::Queued, Status::Sending];

fn requeue(tx: &Tx<'_>, outbox: OutboxId, due: Timestamp, reason: Option<&Reason>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET state = 'queued', due_at = ?2, lease_until = NULL, changed_at = ?3
             WHERE outbox_id = ?1",
        )?
        .execute(params![outbox, due, tx.now()])?;
    tx.wake(Worker::Dispatch);
    set_status(tx, outbox, &ON_THE_WAY, Status::Queued, reason)?;
    // The page was taken away while the call was under way.
    let removed = tx
        .connection()
        .prepare_cached(
            "SELECT page_id FROM outbox JOIN page USING (page_id)
             WHERE outbox_id = ?1 AND removed_at IS NOT NULL",
        )?
        .query_row([outbox], |row| row.get(0))
        .optional()?;
    removed.map_or(Ok(()), |page| give_up(tx, page))
}

/// Nobody can tell whether it arrived; the later messages wait for a person, or for late proof.
fn give_up_knowing(tx: &Tx<'_>, outbox: OutboxId, reason: &Reason) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET state = 'unknown', lease_until = NULL, changed_at = ?2
             WHERE outbox_id = ?1",
        )?
        .execute(params![outbox, tx.now()])?;
    set_status(tx, outbox, &ON_THE_WAY, Status::Unknown, Some(reason))
}

/// Ends a call; the later ones of its conversation may go.
fn close(tx: &Tx<'_>, outbox: OutboxId, state: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET state = ?2, finished_at = ?3, changed_at = ?3, lease_until = NULL,
                               reply_token = NULL
             WHERE outbox_id = ?1",
        )?
        .execute(params![outbox, state, tx.now()])?;
    tx.wake(Worker::Dispatch);
    Ok(())
}

/// Remembers why a call may have been accepted; the first reason stays.
fn note_doubt(tx: &Tx<'_>, outbox: OutboxId, reason: &Reason) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE outbox SET doubt = coalesce(doubt, ?2) WHERE outbox_id = ?1")?
        .execute(params![outbox, write_reason(reason)])?;
    Ok(())
}

fn carried_by(tx: &Tx<'_>, outbox: OutboxId) -> Result<Vec<MessageId>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT message_id FROM message WHERE outbox_id = ?1 ORDER BY message_id",
    )?;
    let ids = statement.query_map([outbox], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Moves a call's messages that stand at one of `from`, and tells the tabs.
fn set_status(
    tx: &Tx<'_>,
    outbox: OutboxId,
    from: &[Status],
    to: Status,
    reason: Option<&Reason>,
) -> Result<()> {
    for id in carried_by(tx, outbox)? {
        let (status, conversation) = standing(tx, id)?;
        if status.is_some_and(|status| from.contains(&status)) {
            write_status(tx, conversation, id, to, reason)?;
        }
    }
    Ok(())
}

/// Moves one message forward by news from the platform, and tells the tabs. Others' messages have no status
/// and stay without.
fn advance(tx: &Tx<'_>, id: MessageId, news: Status) -> Result<()> {
    let (status, conversation) = standing(tx, id)?;
    match status {
        Some(status) if status.advanced_to(news) != status => {
            write_status(tx, conversation, id, status.advanced_to(news), None)
        }
        _ => Ok(()),
    }
}

fn standing(tx: &Tx<'_>, id: MessageId) -> Result<(Option<Status>, ConversationId)> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT status, conversation_id FROM message WHERE message_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn write_status(
    tx: &Tx<'_>,
    conversation: ConversationId,
    id: MessageId,
    status: Status,
    reason: Option<&Reason>,
) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE message SET status = ?2, status_reason = ?3 WHERE message_id = ?1")?
        .execute(params![id, status, reason.map(write_reason)])?;
    tx.tell(LiveEvent::MessageChanged(conversation, id))
}

fn write_reason(reason: &Reason) -> String {
    serde_json::to_string(reason).expect("two texts are valid JSON")
}

fn read_reason(json: &str) -> Reason {
    serde_json::from_str(json).unwrap_or_else(|_| Reason::of(Reason::UNCERTAIN))
}

/// When the newest message of a conversation goes, the one before it is the newest.
fn forget_newest(tx: &Tx<'_>, conversation: ConversationId, message: MessageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET last_message_id =
                 (SELECT max(message_id) FROM message WHERE conversation_id = ?1)
             WHERE conversation_id = ?1 AND last_message_id = ?2",
        )?
        .execute(params![conversation, message])?;
    Ok(())
}
