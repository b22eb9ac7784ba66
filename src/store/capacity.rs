//! What conversations take of what their agents can do.
//!
//! Invariant: a conversation takes of one agent at a time, and of nobody while it is Open, Waiting or closed.

use std::collections::HashMap;

use rusqlite::params;

use crate::domain::capacity::{Demand, Load, Reset, Room, day_ends_at};
use crate::domain::ids::{CapacityProfileId, ConversationId, UserId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, organization};

/// What a person can do, and what of it is taken at `now`. Nothing for somebody who does not exist.
///
/// # Errors
/// SQLite's.
pub fn load(reader: &Reader<'_>, user: UserId, now: Timestamp) -> Result<Load> {
    let (units, used) = reader
        .connection()
        .prepare_cached(
            "SELECT capacity,
                    (SELECT coalesce(sum(units), 0) FROM capacity_use
                     WHERE capacity_use.user_id = user.user_id AND (frees_at IS NULL OR frees_at > ?2))
             FROM user WHERE user_id = ?1",
        )?
        .query_row(params![user, now], |row| Ok((row.get(0)?, row.get(1)?)))
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok((0, 0)),
            other => Err(other),
        })?;
    let profiles = rooms(reader, Some(user), now)?;
    Ok(Load {
        units,
        used,
        profiles: profiles
            .into_iter()
            .map(|(_, profile, room)| (profile, room))
            .collect(),
    })
}

/// What is taken of everybody at `now`, by person; `units` is left at 0. Whoever is not there has nothing taken
/// and no profile.
///
/// # Errors
/// SQLite's.
pub fn loads(reader: &Reader<'_>, now: Timestamp) -> Result<HashMap<UserId, Load>> {
    let mut loads: HashMap<UserId, Load> = HashMap::new();
    let mut statement = reader.connection().prepare_cached(
        "SELECT user_id, sum(units) FROM capacity_use WHERE frees_at IS NULL OR frees_at > ?1
         GROUP BY user_id",
    )?;
    let mut rows = statement.query([now])?;
    while let Some(row) = rows.next()? {
        loads.entry(row.get(0)?).or_default().used = row.get(1)?;
    }
    for (user, profile, room) in rooms(reader, None, now)? {
        loads
            .entry(user)
            .or_default()
            .profiles
            .insert(profile, room);
    }
    Ok(loads)
}

/// The room in every profile of a person, or of everybody.
fn rooms(
    reader: &Reader<'_>,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Vec<(UserId, CapacityProfileId, Room)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT own.user_id, own.capacity_profile_id, coalesce(own.item_limit, profile.item_limit), blocks,
                (SELECT count(*) FROM profile_use
                 WHERE profile_use.user_id = own.user_id
                   AND profile_use.capacity_profile_id = own.capacity_profile_id
                   AND (counts_until IS NULL OR counts_until > ?2))
         FROM user_capacity_profile AS own
         JOIN capacity_profile AS profile USING (capacity_profile_id)
         WHERE ?1 IS NULL OR own.user_id = ?1",
    )?;
    let rooms = statement.query_map(params![user, now], |row| {
        let room = Room {
            limit: row.get(2)?,
            blocks: row.get(3)?,
            used: row.get(4)?,
        };
        Ok((row.get(0)?, row.get(1)?, room))
    })?;
    Ok(rooms.collect::<rusqlite::Result<_>>()?)
}

/// What a conversation takes: its workstream's units or profile, and the profiles that rules added.
///
/// # Errors
/// SQLite's; also when there is no such conversation.
pub fn demand(reader: &Reader<'_>, conversation: ConversationId) -> Result<Demand> {
    let (units, profile): (u32, Option<CapacityProfileId>) = reader
        .connection()
        .prepare_cached(
            "SELECT capacity_units, capacity_profile_id
             FROM conversation JOIN workstream USING (workstream_id) WHERE conversation_id = ?1",
        )?
        .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut demand = Demand::of_units(if profile.is_some() { 0 } else { units });
    let mut statement = reader.connection().prepare_cached(
        "SELECT capacity_profile_id FROM conversation_profile WHERE conversation_id = ?1",
    )?;
    let added = statement.query_map([conversation], |row| row.get(0))?;
    for profile in profile.into_iter().map(Ok).chain(added) {
        demand.add(profile?);
    }
    Ok(demand)
}

/// Whether a conversation takes something of somebody, and nothing says until when.
fn is_taken(tx: &Tx<'_>, conversation: ConversationId, user: UserId) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM capacity_use
             WHERE conversation_id = ?1 AND user_id = ?2 AND frees_at IS NULL)",
        )?
        .query_row(params![conversation, user], |row| row.get(0))?)
}

/// A conversation takes of a person what it needs, whether or not that fits: who asks whether it does asks
/// before. Nothing changes when it has it already.
///
/// # Errors
/// SQLite's.
pub(super) fn take(tx: &Tx<'_>, conversation: ConversationId, user: UserId) -> Result<()> {
    if is_taken(tx, conversation, user)? {
        return Ok(());
    }
    let demand = demand(&tx.reader(), conversation)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO capacity_use (conversation_id, user_id, units) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation_id) DO UPDATE
             SET user_id = excluded.user_id, units = excluded.units, frees_at = NULL",
        )?
        .execute(params![conversation, user, demand.units])?;
    for profile in demand.profiles {
        // What still counted of the same day goes on counting, once.
        let counts_again = tx
            .connection()
            .prepare_cached(
                "UPDATE profile_use SET counts_until = NULL
                 WHERE conversation_id = ?1 AND user_id = ?2 AND capacity_profile_id = ?3",
            )?
            .execute(params![conversation, user, profile])?;
        if counts_again == 0 {
            tx.connection()
                .prepare_cached(
                    "INSERT INTO profile_use (conversation_id, user_id, capacity_profile_id)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![conversation, user, profile])?;
        }
    }
    Ok(())
}

/// A conversation gives back what it takes, and work is looked for. False when it took nothing.
///
/// # Errors
/// SQLite's.
pub(super) fn release(tx: &Tx<'_>, conversation: ConversationId) -> Result<bool> {
    let released = tx
        .connection()
        .prepare_cached("DELETE FROM capacity_use WHERE conversation_id = ?1")?
        .execute([conversation])?;
    if released == 0 {
        return Ok(false);
    }
    let counted = tx
        .connection()
        .prepare_cached(
            "SELECT profile_use_id, reset FROM profile_use JOIN capacity_profile USING (capacity_profile_id)
             WHERE conversation_id = ?1 AND counts_until IS NULL",
        )?
        .query_map([conversation], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(i64, Reset)>>>()?;
    for (id, reset) in counted {
        let until = reset.counts_until(tx.now(), day_ends_at(zone(&tx.reader())?, tx.now()));
        tx.connection()
            .prepare_cached("UPDATE profile_use SET counts_until = ?2 WHERE profile_use_id = ?1")?
            .execute(params![id, until])?;
    }
    tx.wake(Worker::Route);
    Ok(true)
}

/// What a conversation takes is free at a moment, and not before.
///
/// # Errors
/// SQLite's.
pub(super) fn release_at(tx: &Tx<'_>, conversation: ConversationId, at: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE capacity_use SET frees_at = ?2 WHERE conversation_id = ?1")?
        .execute(params![conversation, at])?;
    tx.wake(Worker::Route);
    Ok(())
}

/// When something that is taken is free next by the clock; `None`: nothing is.
///
/// # Errors
/// SQLite's.
pub fn next_release(reader: &Reader<'_>) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT min(at) FROM (
                 SELECT min(frees_at) AS at FROM capacity_use WHERE frees_at IS NOT NULL
                 UNION ALL
                 SELECT min(counts_until) FROM profile_use WHERE counts_until IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Gives back what is free by now; whose it was.
///
/// # Errors
/// SQLite's.
pub fn release_due(tx: &Tx<'_>) -> Result<Vec<UserId>> {
    let due = tx
        .connection()
        .prepare_cached(
            "SELECT conversation_id, user_id FROM capacity_use
             WHERE frees_at IS NOT NULL AND frees_at <= ?1",
        )?
        .query_map([tx.now()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(ConversationId, UserId)>>>()?;
    let mut users = Vec::new();
    for (conversation, user) in due {
        release(tx, conversation)?;
        users.push(user);
    }
    let over = tx
        .connection()
        .prepare_cached(
            "DELETE FROM profile_use WHERE counts_until IS NOT NULL AND counts_until <= ?1
             RETURNING user_id",
        )?
        .query_map([tx.now()], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<UserId>>>()?;
    users.extend(over);
    users.sort();
    users.dedup();
    Ok(users)
}

fn zone(reader: &Reader<'_>) -> Result<chrono_tz::Tz> {
    let organization = organization::find(reader)?;
    let zone = organization.and_then(|organization| organization.time_zone.parse().ok());
    Ok(zone.unwrap_or(chrono_tz::UTC))
}
