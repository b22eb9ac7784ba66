//! Events that could not be worked on, each with its reason, until an administrator tries again or
//! discards them. Trying again is `work::ingest::parked`.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::{AccountId, ParkedEventId, WebhookEventId};
use crate::domain::live_event::LiveEvent;
use crate::domain::obstacle::Obstacle;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, audit, containing};

/// A parked event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedEvent {
    /// Row id.
    pub id: ParkedEventId,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The account's channel.
    pub channel: String,
    /// The journal row that it came in.
    pub webhook_event: WebhookEventId,
    /// When it came.
    pub received_at: Timestamp,
    /// The event as the adapter cut it out, or the whole body when that failed. May hold what a customer
    /// wrote.
    pub payload: String,
    /// Whether the payload is a whole body, maybe of several events.
    pub whole_body: bool,
    /// Why it could not be worked on.
    pub obstacle: Obstacle,
    /// How often it was tried.
    pub tries: u32,
    /// When it was parked.
    pub parked_at: Timestamp,
    /// When it was last tried.
    pub last_tried_at: Timestamp,
}

/// An event to park.
pub struct NewParkedEvent<'a> {
    /// The account.
    pub account: AccountId,
    /// The journal row that it came in.
    pub webhook_event: WebhookEventId,
    /// The event, or the whole body.
    pub payload: &'a str,
    /// Which of the two.
    pub whole_body: bool,
    /// Why.
    pub obstacle: &'a Obstacle,
}

macro_rules! select_parked {
    ($rest:literal) => {
        concat!(
            "SELECT parked_event_id, parked_event.account_id, account.name, account.channel,
                    webhook_event_id, received_at, payload, whole_body, reason, parked_event.tries,
                    parked_at, last_tried_at
             FROM parked_event
             JOIN account ON account.account_id = parked_event.account_id
             JOIN webhook_event USING (webhook_event_id) ",
            $rest
        )
    };
}

fn parked(row: &Row<'_>) -> rusqlite::Result<ParkedEvent> {
    Ok(ParkedEvent {
        id: row.get(0)?,
        account: row.get(1)?,
        account_name: row.get(2)?,
        channel: row.get(3)?,
        webhook_event: row.get(4)?,
        received_at: row.get(5)?,
        payload: row.get(6)?,
        whole_body: row.get(7)?,
        obstacle: read(row.get(8)?),
        tries: row.get(9)?,
        parked_at: row.get(10)?,
        last_tried_at: row.get(11)?,
    })
}

/// Rows of an earlier program hold a sentence.
fn read(kept: String) -> Obstacle {
    serde_json::from_str(&kept).unwrap_or(Obstacle::Noted { detail: kept })
}

fn written(obstacle: &Obstacle) -> String {
    serde_json::json!(obstacle).to_string()
}

/// The parked events before `before` (`None`: from the newest on) that have these words in them, or in the name of
/// their account; newest first, at most `limit`. Without words all of them.
///
/// # Errors
/// SQLite's.
pub fn list(
    reader: &Reader<'_>,
    words: &str,
    before: Option<ParkedEventId>,
    limit: usize,
) -> Result<Vec<ParkedEvent>> {
    let mut statement = reader.connection().prepare_cached(select_parked!(
        r"WHERE parked_event_id < ?1 AND (account.name LIKE ?3 ESCAPE '\' OR payload LIKE ?3 ESCAPE '\')
          ORDER BY parked_event_id DESC LIMIT ?2"
    ))?;
    let before = before.unwrap_or(ParkedEventId(i64::MAX));
    let pattern = containing(words);
    let events = statement.query_map(params![before, limit as i64, pattern], parked)?;
    Ok(events.collect::<rusqlite::Result<_>>()?)
}

/// The parked event of an id. `None` when there is none (any more).
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: ParkedEventId) -> Result<Option<ParkedEvent>> {
    Ok(reader
        .connection()
        .prepare_cached(select_parked!("WHERE parked_event_id = ?1"))?
        .query_row([id], parked)
        .optional()?)
}

/// The parked events after `last` whose page has come into a workstream since, oldest first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn ready(reader: &Reader<'_>, last: ParkedEventId, limit: usize) -> Result<Vec<ParkedEvent>> {
    Ok(reader
        .connection()
        .prepare_cached(select_parked!(
            "JOIN page ON page.page_id = waits_for_page_id
             WHERE waits_for_page_id IS NOT NULL AND workstream_id IS NOT NULL AND parked_event_id > ?1
             ORDER BY parked_event_id LIMIT ?2"
        ))?
        .query_map(params![last, limit as i64], parked)?
        .collect::<rusqlite::Result<_>>()?)
}

/// How many events are parked.
///
/// # Errors
/// SQLite's.
pub fn count(reader: &Reader<'_>) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM parked_event")?
        .query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Parks an event and tells the tabs that show its account.
///
/// # Errors
/// SQLite's.
pub fn park(tx: &Tx<'_>, event: &NewParkedEvent<'_>) -> Result<ParkedEventId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO parked_event (account_id, webhook_event_id, payload, whole_body, reason,
                                       waits_for_page_id, parked_at, last_tried_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        )?
        .execute(params![
            event.account,
            event.webhook_event,
            event.payload,
            event.whole_body,
            written(event.obstacle),
            event.obstacle.waits_for(),
            tx.now()
        ])?;
    let id = ParkedEventId(tx.connection().last_insert_rowid());
    tx.tell(LiveEvent::AccountChanged(event.account))?;
    Ok(id)
}

/// Records that another try failed, and why.
///
/// # Errors
/// SQLite's.
pub fn failed_again(tx: &Tx<'_>, id: ParkedEventId, obstacle: &Obstacle) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE parked_event
             SET reason = ?2, waits_for_page_id = ?3, tries = tries + 1, last_tried_at = ?4
             WHERE parked_event_id = ?1",
        )?
        .execute(params![
            id,
            written(obstacle),
            obstacle.waits_for(),
            tx.now()
        ])?;
    Ok(())
}

/// Gives a parked event up because an administrator does not want it. False when it was gone.
///
/// # Errors
/// SQLite's.
pub fn discard(tx: &Tx<'_>, id: ParkedEventId) -> Result<bool> {
    let Some(event) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    let subject = Subject::new(Kind::ParkedEvent, id.0, event.account_name);
    audit::done(tx, Act::ParkedEventDiscarded, &subject)?;
    settle(tx, id)
}

/// Gives up what is parked of an account that is taken away.
///
/// # Errors
/// SQLite's.
pub fn give_up_all(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let parked = tx
        .connection()
        .prepare_cached("SELECT parked_event_id FROM parked_event WHERE account_id = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ParkedEventId>>>()?;
    for event in parked {
        discard(tx, event)?;
    }
    Ok(())
}

/// How many events of an account are parked.
///
/// # Errors
/// SQLite's.
pub fn count_of(reader: &Reader<'_>, account: AccountId) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM parked_event WHERE account_id = ?1")?
        .query_row([account], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Forgets a parked event, because it was stored after all. False when it was gone.
///
/// # Errors
/// SQLite's.
pub fn settle(tx: &Tx<'_>, id: ParkedEventId) -> Result<bool> {
    let account: Option<AccountId> = tx
        .connection()
        .prepare_cached("DELETE FROM parked_event WHERE parked_event_id = ?1 RETURNING account_id")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(account) = account {
        tx.tell(LiveEvent::AccountChanged(account))?;
    }
    Ok(account.is_some())
}
