//! The journal: signed webhook bodies as they came, committed before the answer 200. Once every event of a
//! body is stored, parked or known to mean nothing, the body is emptied and only its counts stay.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::ids::{AccountId, WebhookEventId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A body that waits to be worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Row id; grows with arrival.
    pub id: WebhookEventId,
    /// Whose callback URL it came to.
    pub account: AccountId,
    /// The account's channel.
    pub channel: String,
    /// When it came.
    pub received_at: Timestamp,
    /// The bytes.
    pub body: Vec<u8>,
    /// How often working on it failed as a whole.
    pub tries: u32,
}

/// What became of a body's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Stored.
    pub stored: u32,
    /// Parked.
    pub parked: u32,
    /// Come before, for unknown pages, or meaning nothing to us.
    pub ignored: u32,
}

/// Adds a signed body and wakes ingest.
///
/// # Errors
/// SQLite's; an account that is gone breaks a `FOREIGN KEY` constraint.
pub fn append(tx: &Tx<'_>, account: AccountId, body: &[u8]) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO webhook_event (account_id, received_at, body) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![account, tx.now(), body])?;
    tx.wake(Worker::Ingest);
    Ok(())
}

macro_rules! select_entry {
    ($rest:literal) => {
        concat!(
            "SELECT webhook_event_id, account_id, account.channel, received_at, body, tries
             FROM webhook_event JOIN account USING (account_id) ",
            $rest
        )
    };
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        account: row.get(1)?,
        channel: row.get(2)?,
        received_at: row.get(3)?,
        body: row.get(4)?,
        tries: row.get(5)?,
    })
}

/// The body of an id; empty when it is done. `None` when there is none (any more).
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: WebhookEventId) -> Result<Option<Entry>> {
    Ok(reader
        .connection()
        .prepare_cached(select_entry!("WHERE webhook_event_id = ?1"))?
        .query_row([id], entry)
        .optional()?)
}

/// Bodies after `last` that are not done, oldest first: at most `limit`, and no more once they are
/// `bytes` long together.
///
/// # Errors
/// SQLite's.
pub fn unfinished(
    reader: &Reader<'_>,
    last: WebhookEventId,
    limit: usize,
    bytes: usize,
) -> Result<Vec<Entry>> {
    let mut statement = reader.connection().prepare_cached(select_entry!(
        "WHERE state = 'new' AND webhook_event_id > ?1 ORDER BY webhook_event_id LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![last, limit as i64])?;
    let mut entries = Vec::new();
    let mut length = 0;
    while length < bytes {
        let Some(row) = rows.next()? else { break };
        let entry = entry(row)?;
        length += entry.body.len();
        entries.push(entry);
    }
    Ok(entries)
}

/// The newest body, settled or not; zero when none ever came.
///
/// # Errors
/// SQLite's.
pub fn newest(reader: &Reader<'_>) -> Result<WebhookEventId> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT coalesce(max(webhook_event_id), 0) FROM webhook_event")?
        .query_row([], |row| row.get(0))?)
}

/// A body that came, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it came.
    pub received_at: Timestamp,
    /// When its events were settled; `None`: they are not yet.
    pub done_at: Option<Timestamp>,
    /// What became of them.
    pub counts: Counts,
    /// How often working on it failed as a whole.
    pub tries: u32,
}

/// The last bodies of an account, newest first.
///
/// # Errors
/// SQLite's.
pub fn latest(reader: &Reader<'_>, account: AccountId, limit: usize) -> Result<Vec<Arrival>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT received_at, done_at, events, parked, ignored, tries FROM webhook_event
             WHERE account_id = ?1 ORDER BY webhook_event_id DESC LIMIT ?2",
        )?
        .query_map(params![account, limit as i64], |row| {
            Ok(Arrival {
                received_at: row.get(0)?,
                done_at: row.get(1)?,
                counts: Counts {
                    stored: row.get(2)?,
                    parked: row.get(3)?,
                    ignored: row.get(4)?,
                },
                tries: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// How many bodies are not done.
///
/// # Errors
/// SQLite's.
pub fn unfinished_count(reader: &Reader<'_>) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM webhook_event WHERE state = 'new'")?
        .query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Records that a body's events are settled, and empties the body.
///
/// # Errors
/// SQLite's.
pub fn done(tx: &Tx<'_>, id: WebhookEventId, counts: Counts) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE webhook_event
             SET state = 'done', body = x'', events = ?2, parked = ?3, ignored = ?4, done_at = ?5
             WHERE webhook_event_id = ?1",
        )?
        .execute(params![
            id,
            counts.stored,
            counts.parked,
            counts.ignored,
            tx.now()
        ])?;
    Ok(())
}

/// Records that working on a body failed as a whole; it stays where it is.
///
/// # Errors
/// SQLite's.
pub fn tried(tx: &Tx<'_>, id: WebhookEventId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE webhook_event SET tries = tries + 1 WHERE webhook_event_id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Forgets at most `limit` bodies that were done before `moment` and of which nothing is parked. How many.
///
/// # Errors
/// SQLite's.
pub fn prune(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM webhook_event WHERE webhook_event_id IN (
                 SELECT webhook_event_id FROM webhook_event
                 WHERE state = 'done' AND done_at < ?1
                   AND NOT EXISTS (SELECT 1 FROM parked_event
                                   WHERE parked_event.webhook_event_id = webhook_event.webhook_event_id)
                 ORDER BY done_at LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn bodies_wait_in_order_until_they_are_done_and_are_then_emptied() {
        let house = House::furnished();
        let account = house.account;
        for body in ["first", "second", "third"] {
            house.write(move |tx| append(tx, account, body.as_bytes()));
        }
        let waiting = |last, limit, bytes| -> Vec<String> {
            house
                .read(|reader| unfinished(reader, last, limit, bytes))
                .into_iter()
                .map(|entry| String::from_utf8(entry.body).unwrap())
                .collect()
        };
        let none = WebhookEventId(0);
        assert_eq!(waiting(none, 10, 1000), ["first", "second", "third"]);
        assert_eq!(waiting(none, 10, 1), ["first"], "one at least");
        let first = house.read(|reader| unfinished(reader, none, 1, 1))[0].id;
        house.write(move |tx| tried(tx, first));
        house.write(move |tx| done(tx, first, Counts::default()));
        assert_eq!(waiting(none, 10, 1000), ["second", "third"]);
        assert_eq!(house.read(unfinished_count), 2);
        let length: i64 = house.read(|reader| {
            Ok(reader.connection().query_row(
                "SELECT length(body) FROM webhook_event WHERE webhook_event_id = ?1",
                [first],
                |row| row.get(0),
            )?)
        });
        assert_eq!(length, 0);
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(house.write(move |tx| prune(tx, end, 10)), 1);
        assert_eq!(waiting(none, 10, 1000).len(), 2);
    }
}
