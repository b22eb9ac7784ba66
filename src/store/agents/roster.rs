//! Everybody whom a conversation could be offered to, as the rules of assignment ask about them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::domain::assignment::{Agent, Member};
use crate::domain::ids::{QueueId, UserId};
use crate::domain::presence::Status;
use crate::domain::skills::Skill;
use crate::domain::time::Timestamp;
use crate::store::{Reader, Result, capacity};

use super::{COLUMNS, agent};

/// Everybody who may sign in, by id. Whoever has never been here is not connected.
///
/// # Errors
/// SQLite's.
pub fn roster(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<Agent>> {
    let mut loads = capacity::loads(reader, now)?;
    let mut skills = by_user(skills(reader)?);
    let mut queues = by_user(memberships(reader)?);
    let sessions: HashMap<UserId, u32> = sessions(reader)?.into_iter().collect();
    let mut statement = reader.connection().prepare_cached(&format!(
        "SELECT user.user_id, capacity, {COLUMNS} FROM user LEFT JOIN agent USING (user_id)
         WHERE disabled_at IS NULL ORDER BY user.user_id"
    ))?;
    let mut rows = statement.query([])?;
    let mut agents = Vec::new();
    while let Some(row) = rows.next()? {
        let (user, units) = (row.get(0)?, row.get(1)?);
        let found = match row.get::<_, Option<String>>("base")? {
            Some(_) => Some(agent(row)?),
            None => None,
        };
        let mut load = loads.remove(&user).unwrap_or_default();
        load.units = units;
        agents.push(Agent {
            user,
            status: found.map_or(Status::nobody(now), |found| found.status),
            is_connected: found.is_some_and(|found| found.is_connected),
            load,
            skills: skills.remove(&user).unwrap_or_default(),
            sessions: sessions.get(&user).copied().unwrap_or(0),
            signed_in_at: found.map_or(now, |found| found.signed_in_at),
            released_at: found.and_then(|found| found.released_at),
            queues: BTreeMap::from_iter(queues.remove(&user).unwrap_or_default()),
        });
    }
    Ok(agents)
}

fn by_user<U: Eq + Hash, T>(rows: Vec<(U, T)>) -> HashMap<U, Vec<T>> {
    let mut by_user: HashMap<U, Vec<T>> = HashMap::new();
    for (user, one) in rows {
        by_user.entry(user).or_default().push(one);
    }
    by_user
}

fn skills(reader: &Reader<'_>) -> Result<Vec<(UserId, Skill)>> {
    let mut statement = reader
        .connection()
        .prepare_cached("SELECT user_id, skill_id, rating FROM user_skill")?;
    let skills = statement.query_map([], |row| {
        let skill = Skill {
            skill: row.get(1)?,
            rating: row.get(2)?,
        };
        Ok((row.get(0)?, skill))
    })?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

fn memberships(reader: &Reader<'_>) -> Result<Vec<(UserId, (QueueId, Member))>> {
    let mut statement = reader
        .connection()
        .prepare_cached("SELECT user_id, queue_id, joined_at, assigned_at FROM queue_member")?;
    let members = statement.query_map([], |row| {
        let member = Member {
            joined: row.get(2)?,
            assigned_at: row.get(3)?,
        };
        Ok((row.get(0)?, (row.get(1)?, member)))
    })?;
    Ok(members.collect::<rusqlite::Result<_>>()?)
}

fn sessions(reader: &Reader<'_>) -> Result<Vec<(UserId, u32)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT user_id, count(*) FROM agent_session WHERE closed_at IS NULL GROUP BY user_id",
    )?;
    let counts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}
