//! Conversations in which somebody is silent, and what was done about it.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::conversation::State;
use crate::domain::guard::{Level, Unanswered};
use crate::domain::ids::{ConversationId, TimeoutRuleId, WorkstreamId};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;
use crate::domain::timeouts::{Side, Silence};
use crate::domain::trace::Step;
use crate::store::{Reader, Result, Tx};

use super::record;

macro_rules! select_silence {
    ($rest:literal) => {
        concat!(
            "SELECT conversation_id, state, spoke_last, spoke_at FROM conversation
             WHERE state IN ('open', 'active', 'waiting') AND spoke_at IS NOT NULL ",
            $rest
        )
    };
}

fn silence(row: &Row<'_>) -> rusqlite::Result<(ConversationId, Silence)> {
    let silence = Silence {
        state: row.get(1)?,
        // Who did not speak last is silent.
        of: match row.get(2)? {
            Side::Customer => Side::Agent,
            Side::Agent => Side::Customer,
        },
        since: row.get(3)?,
        done: Vec::new(),
    };
    Ok((row.get(0)?, silence))
}

/// The conversations of a workstream in which nobody has spoken since `moment`, with what rules did about it.
///
/// # Errors
/// SQLite's.
pub fn silences(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
    moment: Timestamp,
) -> Result<Vec<(ConversationId, Silence)>> {
    let found = reader
        .connection()
        .prepare_cached(select_silence!(
            "AND workstream_id = ?1 AND spoke_at <= ?2 ORDER BY spoke_at"
        ))?
        .query_map(params![workstream, moment], silence)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    found
        .into_iter()
        .map(|(id, silence)| Ok((id, with_done(reader, id, silence)?)))
        .collect()
}

/// The silence in one conversation; `None` where nobody has spoken, and once it is ended or closed.
///
/// # Errors
/// SQLite's.
pub fn silence_of(reader: &Reader<'_>, id: ConversationId) -> Result<Option<Silence>> {
    let found = reader
        .connection()
        .prepare_cached(select_silence!("AND conversation_id = ?1"))?
        .query_row([id], silence)
        .optional()?;
    found
        .map(|(id, silence)| with_done(reader, id, silence))
        .transpose()
}

fn with_done(reader: &Reader<'_>, id: ConversationId, mut silence: Silence) -> Result<Silence> {
    silence.done = reader
        .connection()
        .prepare_cached(
            "SELECT timeout_rule_id FROM timeout_done WHERE conversation_id = ?1 AND since = ?2",
        )?
        .query_map(params![id, silence.since], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(silence)
}

/// Notes that a rule acted in the silence since `since`.
///
/// # Errors
/// SQLite's.
pub fn acted(
    tx: &Tx<'_>,
    id: ConversationId,
    rule: TimeoutRuleId,
    name: &str,
    since: Timestamp,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO timeout_done (conversation_id, timeout_rule_id, since) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET since = excluded.since",
        )?
        .execute(params![id, rule, since])?;
    let step = Step::RuleActed {
        rule,
        name: name.to_owned(),
    };
    record(tx, id, &step)
}

/// Conversations whose customers have had no answer since `moment`, and who was told so, the longest first.
///
/// # Errors
/// SQLite's.
pub fn unanswered(
    reader: &Reader<'_>,
    moment: Timestamp,
) -> Result<Vec<(ConversationId, Unanswered)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id, state, unanswered_since, reminded FROM conversation
         WHERE state IN ('open', 'active', 'waiting', 'wrap_up') AND unanswered_since <= ?1
         ORDER BY unanswered_since",
    )?;
    let found = statement.query_map([moment], |row| {
        let unanswered = Unanswered {
            state: row.get::<_, State>(1)?,
            since: row.get(2)?,
            told: row.get::<_, Option<Level>>(3)?,
        };
        Ok((row.get(0)?, unanswered))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Notes who was told that a customer has no answer. False when somebody answered meanwhile.
///
/// # Errors
/// SQLite's.
pub fn remind(tx: &Tx<'_>, id: ConversationId, level: Level) -> Result<bool> {
    let noted = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation SET reminded = ?2
             WHERE conversation_id = ?1 AND unanswered_since IS NOT NULL AND state <> 'closed'",
        )?
        .execute(params![id, level])?;
    if noted == 1 {
        record(tx, id, &Step::Reminded { level })?;
        tx.tell(LiveEvent::ConversationChanged(id))?;
    }
    Ok(noted == 1)
}
