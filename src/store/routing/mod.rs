//! What routing remembers and asks: the log of its decisions, what rules found out, what waits to be offered.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use crate::domain::capacity::Demand;
use crate::domain::facts::{Facts, Priority};
use crate::domain::ids::{ConversationId, QueueId};
use crate::domain::live_event::LiveEvent;
use crate::domain::overflow::{Overflow, TooLong};
use crate::domain::queue::overflow;
use crate::domain::time::Timestamp;
use crate::domain::trace::Step;

use super::{Reader, Result, StoreError, Tx, queues};

mod items;
mod silence;

pub use items::{AskedRules, Waiting, item, waiting};
pub use silence::{acted, remind, silence_of, silences, unanswered};

/// Adds a step to the routing log of a conversation.
///
/// # Errors
/// SQLite's.
pub fn record(tx: &Tx<'_>, conversation: ConversationId, step: &Step) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO routing_step (conversation_id, occurred_at, step) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![conversation, tx.now(), to_json(step)?])?;
    Ok(())
}

/// The routing log of a conversation, oldest first. A step of a newer program is left out.
///
/// # Errors
/// SQLite's.
pub fn steps(reader: &Reader<'_>, conversation: ConversationId) -> Result<Vec<(Timestamp, Step)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT occurred_at, step FROM routing_step
         WHERE conversation_id = ?1 ORDER BY routing_step_id",
    )?;
    let rows = statement.query_map([conversation], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?))
    })?;
    let mut steps = Vec::new();
    for row in rows {
        let (at, step) = row?;
        if let Ok(step) = serde_json::from_str(&step) {
            steps.push((at, step));
        }
    }
    Ok(steps)
}

/// Forgets the routing logs of conversations that were closed before `moment`, the oldest steps first, at most
/// `limit` of them; how many.
///
/// # Errors
/// SQLite's.
pub fn prune(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM routing_step WHERE routing_step_id IN (
                 SELECT routing_step_id FROM routing_step JOIN conversation USING (conversation_id)
                 WHERE occurred_at < ?1 AND closed_at < ?1 ORDER BY routing_step_id LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}

/// Keeps what rules found out about a conversation, and that they were asked. What they name and is gone is left
/// out.
///
/// # Errors
/// SQLite's.
pub fn keep(
    tx: &Tx<'_>,
    conversation: ConversationId,
    before: &Facts,
    found: &Facts,
    demand: &Demand,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET priority = ?2, routed_at = ?3 WHERE conversation_id = ?1",
        )?
        .execute(params![conversation, weight(found.priority), tx.now()])?;
    for need in &found.needs {
        tx.connection()
            .prepare_cached(
                "INSERT INTO conversation_skill (conversation_id, skill_id, rating)
                 SELECT ?1, skill_id, ?3 FROM skill WHERE skill_id = ?2
                 ON CONFLICT DO UPDATE SET rating = excluded.rating",
            )?
            .execute(params![conversation, need.skill, need.rating])?;
    }
    for profile in &demand.profiles {
        tx.connection()
            .prepare_cached(
                "INSERT OR IGNORE INTO conversation_profile (conversation_id, capacity_profile_id)
                 SELECT ?1, capacity_profile_id FROM capacity_profile WHERE capacity_profile_id = ?2",
            )?
            .execute(params![conversation, profile])?;
    }
    for (name, value) in &found.variables {
        if before.variables.get(name) != Some(value) {
            tx.connection()
                .prepare_cached(
                    "INSERT INTO conversation_variable (conversation_id, name, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                )?
                .execute(params![conversation, name, to_json(value)?])?;
        }
    }
    Ok(())
}

/// Puts a conversation that has just begun into the queue that rules found, with the overflow settings of the
/// rule that hold instead of the queue's.
///
/// # Errors
/// SQLite's.
pub fn place(
    tx: &Tx<'_>,
    conversation: ConversationId,
    queue: QueueId,
    own: Option<&Overflow>,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET queue_id = ?2, queued_at = ?3, own_overflow = ?4
             WHERE conversation_id = ?1",
        )?
        .execute(params![
            conversation,
            queue,
            tx.now(),
            own.map(to_json).transpose()?
        ])?;
    tx.tell(LiveEvent::ConversationChanged(conversation))
}

/// Lets a conversation wait for the customer's profile before rules are asked.
///
/// # Errors
/// SQLite's.
pub fn wait_for_profile(tx: &Tx<'_>, conversation: ConversationId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE conversation SET routed_at = NULL WHERE conversation_id = ?1")?
        .execute([conversation])?;
    Ok(())
}

/// Conversations whose rules wait for a profile that is known by now, or that began before `moment`, oldest
/// first.
///
/// # Errors
/// SQLite's.
pub fn to_route(reader: &Reader<'_>, moment: Timestamp) -> Result<Vec<ConversationId>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id FROM conversation JOIN social_profile USING (social_profile_id)
         WHERE routed_at IS NULL AND state = 'open'
           AND (conversation.created_at <= ?1 OR name IS NOT NULL OR name_due_at IS NULL)
         ORDER BY conversation.created_at LIMIT 100",
    )?;
    let ids = statement.query_map([moment], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// A conversation that has a limit to how long it may wait in its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its queue.
    pub queue: QueueId,
    /// When it came into it.
    pub queued_at: Timestamp,
    /// The limit.
    pub limit: TooLong,
}

/// The conversations that have waited in their queues for longest, of each queue with a limit, and those with a
/// limit of their own: at most `limit` of each.
///
/// # Errors
/// SQLite's.
pub fn limited(reader: &Reader<'_>, limit: usize) -> Result<Vec<Limited>> {
    let mut found = Vec::new();
    let queues = reader
        .connection()
        .prepare_cached("SELECT queue_id FROM queue_overflow WHERE condition = 'waiting-time'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<QueueId>>>()?;
    for queue in queues {
        let pairs = queues::settings::overflow(reader, queue)?;
        let Some(too_long) = overflow(&pairs).too_long else {
            continue;
        };
        let mut statement = reader.connection().prepare_cached(
            "SELECT conversation_id, queued_at FROM conversation
             WHERE queue_id = ?1 AND state = 'open' AND own_overflow IS NULL ORDER BY queued_at LIMIT ?2",
        )?;
        let rows = statement.query_map(params![queue, limit as i64], |row| {
            Ok(Limited {
                conversation: row.get(0)?,
                queue,
                queued_at: row.get(1)?,
                limit: too_long,
            })
        })?;
        found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id, queue_id, queued_at, own_overflow FROM conversation
         WHERE own_overflow IS NOT NULL AND state = 'open' ORDER BY queued_at LIMIT ?1",
    )?;
    let mut rows = statement.query([limit as i64])?;
    while let Some(row) = rows.next()? {
        let own: Overflow = from_json(&row.get::<_, String>(3)?)?;
        if let Some(limit) = own.too_long {
            found.push(Limited {
                conversation: row.get(0)?,
                queue: row.get(1)?,
                queued_at: row.get(2)?,
                limit,
            });
        }
    }
    Ok(found)
}

/// The limit of one conversation that waits; `None` when it has none, or does not wait any more.
///
/// # Errors
/// SQLite's.
pub fn limit_of(reader: &Reader<'_>, conversation: ConversationId) -> Result<Option<Limited>> {
    let found: Option<(QueueId, Timestamp, Option<String>)> = reader
        .connection()
        .prepare_cached(
            "SELECT queue_id, queued_at, own_overflow FROM conversation
             WHERE conversation_id = ?1 AND state = 'open'",
        )?
        .query_row([conversation], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((queue, queued_at, own)) = found else {
        return Ok(None);
    };
    let settings = match own {
        Some(own) => from_json(&own)?,
        None => overflow(&queues::settings::overflow(reader, queue)?),
    };
    Ok(settings.too_long.map(|limit| Limited {
        conversation,
        queue,
        queued_at,
        limit,
    }))
}

/// How long the reasons of routing are kept after a conversation is closed. Who had it, and when, stays.
pub const KEEP_LOG: Duration = Duration::from_secs(90 * 24 * 3600);

/// How long rules wait for a customer's profile.
pub const PROFILE_WAIT: Duration = Duration::from_secs(10);

/// A priority in the order of handing out.
fn weight(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
    }
}

fn priority(weight: i64) -> Priority {
    match weight {
        0 => Priority::Low,
        2 => Priority::High,
        _ => Priority::Normal,
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Word {
        what: "something that can be stored",
        word: error.to_string(),
    })
}

fn from_json<T: serde::de::DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(|_| StoreError::Word {
        what: "a decision of routing",
        word: stored.to_owned(),
    })
}
