//! What an administrator sets of workstreams.
//!
//! Invariants: channel and mode stay as they were made; a workstream that answers a page is not taken away;
//! what is set holds at once, also for conversations that are going on.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::capacity::{Demand, WrapUpBlocking};
use crate::domain::conversation::{AUTO_CLOSE_WAITING, AutoClose, State, WRAP_UP};
use crate::domain::ids::{CapacityProfileId, QueueId, WorkstreamId};
use crate::domain::presence::Base;
use crate::domain::skills::Matching;
use crate::domain::workstream::{Desktop, Mode};
use crate::store::{Reader, Result, StoreError, Tx, instances, rules};

use super::{audited, variables};

/// A workstream with its settings.
#[derive(Clone, Debug)]
pub struct Workstream {
    /// Row id.
    pub id: WorkstreamId,
    /// Its name.
    pub name: String,
    /// The channel's name; stays.
    pub channel: String,
    /// How conversations come to agents; stays.
    pub mode: Mode,
    /// Where conversations go that nothing else sends elsewhere.
    pub fallback_queue: QueueId,
    /// Whether it was made with an account and nobody has changed it.
    pub is_automatic: bool,
    /// How work is given out.
    pub distribution: Distribution,
    /// What agents see of an offer.
    pub offers: Offers,
}

/// How work is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// What a conversation takes of an agent's capacity, unless it takes a profile.
    pub capacity_units: u32,
    /// The capacity profile that a conversation takes instead of units; `None`: units.
    pub capacity_profile: Option<CapacityProfileId>,
    /// Agents with one of these are offered conversations; at least one.
    pub allowed_presences: Vec<Base>,
    /// How long a conversation in Wrap-up goes on taking capacity.
    pub wrap_up_blocking: WrapUpBlocking,
    /// How agents' skills are compared with what a conversation needs.
    pub skill_matching: Matching,
    /// Whether a conversation that leaves Waiting goes to the agent who had it.
    pub keep_same_agent: bool,
    /// Whether automated messages go out.
    pub automated_messages: bool,
    /// When conversations close by themselves, by state.
    pub auto_close: AutoClose,
    /// Whether agents may not download transcripts.
    pub restrict_transcript: bool,
}

impl Distribution {
    /// What a conversation takes before its rules are asked: units, or a profile.
    pub fn demand(&self) -> Demand {
        match self.capacity_profile {
            Some(profile) => Demand {
                units: 0,
                profiles: vec![profile],
            },
            None => Demand::of_units(self.capacity_units),
        }
    }

    /// When conversations close: what blocks capacity is not closed before it is free.
    fn pace(&self) -> AutoClose {
        AutoClose {
            wrap_up: self.wrap_up_blocking.wrap_up(self.auto_close.wrap_up),
            ..self.auto_close
        }
    }
}

/// What agents see of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// Most sessions of an agent; `None`: the organization's limit.
    pub session_limit: Option<u32>,
    /// How many seconds it waits for an answer.
    pub countdown_s: u32,
    /// Whether it is assigned at the end of that time, or opened at once.
    pub auto_assign: bool,
    /// Whether there is a button to reject it.
    pub reject: bool,
    /// When it shows outside the browser's page.
    pub desktop: Desktop,
    /// Headers and values, at most [`crate::domain::workstream::OFFER_FIELDS`]; values with `{slugs}`.
    pub fields: Vec<(String, String)>,
}

/// A workstream to make.
#[derive(Clone, Debug)]
pub struct NewWorkstream {
    /// Its name.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// How conversations come to agents.
    pub mode: Mode,
    /// Where conversations go that nothing else sends elsewhere.
    pub fallback_queue: QueueId,
}

const SELECT: &str = "SELECT workstream_id, name, channel, mode, fallback_queue_id, is_automatic,
        capacity_units, capacity_profile_id, allowed_presences, wrap_up_blocking, wrap_up_blocking_ms, skill_matching,
        keep_same_agent, automated_messages, auto_close_open_ms, auto_close_active_ms,
        auto_close_waiting_ms, wrap_up_ms, restrict_transcript, session_limit, offer_countdown_s, offer_auto_assign, offer_reject, offer_desktop
    FROM workstream WHERE removed_at IS NULL";

/// A workstream without its presences and offer fields, which are read afterwards.
fn read(row: &Row<'_>) -> rusqlite::Result<(Workstream, String)> {
    let duration = |column: &str| {
        row.get::<_, i64>(column)
            .map(|millis| Duration::from_millis(millis.unsigned_abs()))
    };
    let blocking: String = row.get("wrap_up_blocking")?;
    let workstream = Workstream {
        id: row.get("workstream_id")?,
        name: row.get("name")?,
        channel: row.get("channel")?,
        mode: row.get("mode")?,
        fallback_queue: row.get("fallback_queue_id")?,
        is_automatic: row.get("is_automatic")?,
        distribution: Distribution {
            capacity_units: row.get("capacity_units")?,
            capacity_profile: row.get("capacity_profile_id")?,
            allowed_presences: Vec::new(),
            wrap_up_blocking: match blocking.as_str() {
                "never" => WrapUpBlocking::Never,
                "for" => WrapUpBlocking::For(duration("wrap_up_blocking_ms")?),
                _ => WrapUpBlocking::Always,
            },
            skill_matching: row.get("skill_matching")?,
            keep_same_agent: row.get("keep_same_agent")?,
            automated_messages: row.get("automated_messages")?,
            auto_close: AutoClose {
                open: duration("auto_close_open_ms")?,
                active: duration("auto_close_active_ms")?,
                waiting: duration("auto_close_waiting_ms")?,
                wrap_up: duration("wrap_up_ms")?,
            },
            restrict_transcript: row.get("restrict_transcript")?,
        },
        offers: Offers {
            session_limit: row.get("session_limit")?,
            countdown_s: row.get("offer_countdown_s")?,
            auto_assign: row.get("offer_auto_assign")?,
            reject: row.get("offer_reject")?,
            desktop: row.get("offer_desktop")?,
            fields: Vec::new(),
        },
    };
    Ok((workstream, row.get("allowed_presences")?))
}

fn complete(
    reader: &Reader<'_>,
    (mut workstream, presences): (Workstream, String),
) -> Result<Workstream> {
    for word in presences.split(' ').filter(|word| !word.is_empty()) {
        let base = Base::from_word(word).ok_or_else(|| StoreError::Word {
            what: "a presence",
            word: word.to_owned(),
        })?;
        workstream.distribution.allowed_presences.push(base);
    }
    workstream.offers.fields = reader
        .connection()
        .prepare_cached(
            "SELECT header, value FROM offer_field WHERE workstream_id = ?1 ORDER BY position",
        )?
        .query_map([workstream.id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(workstream)
}

/// Every workstream, by name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Workstream>> {
    let found: Vec<_> = reader
        .connection()
        .prepare_cached(&format!(
            "{SELECT} ORDER BY name COLLATE NOCASE, workstream_id"
        ))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?;
    found.into_iter().map(|row| complete(reader, row)).collect()
}

/// The workstream of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Option<Workstream>> {
    let found = reader
        .connection()
        .prepare_cached(&format!("{SELECT} AND workstream_id = ?1"))?
        .query_row([workstream], read)
        .optional()?;
    found.map(|row| complete(reader, row)).transpose()
}

/// How many conversations of a workstream are not closed.
///
/// # Errors
/// SQLite's.
pub fn going_on(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<u32> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM conversation WHERE workstream_id = ?1 AND state <> 'closed'",
        )?
        .query_row([workstream], |row| row.get(0))?)
}

/// Adds a workstream with the usual settings. It answers no page yet.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, new: &NewWorkstream) -> Result<WorkstreamId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO workstream (name, channel, mode, fallback_queue_id, auto_close_waiting_ms,
                 wrap_up_ms, created_at)
             VALUES (:name, :channel, :mode, :queue, :auto_close_waiting, :wrap_up, :now)",
        )?
        .execute(named_params! {
            ":name": new.name,
            ":channel": new.channel,
            ":mode": new.mode,
            ":queue": new.fallback_queue,
            ":auto_close_waiting": AUTO_CLOSE_WAITING.as_millis() as i64,
            ":wrap_up": WRAP_UP.as_millis() as i64,
            ":now": tx.now(),
        })?;
    let workstream = WorkstreamId(tx.connection().last_insert_rowid());
    audited::added(tx, workstream)?;
    Ok(workstream)
}

/// Gives a workstream another name and fallback queue.
///
/// # Errors
/// SQLite's.
pub fn change(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    name: &str,
    fallback_queue: QueueId,
) -> Result<()> {
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "UPDATE workstream SET name = ?2, fallback_queue_id = ?3, is_automatic = 0
                 WHERE workstream_id = ?1",
            )?
            .execute(params![workstream, name, fallback_queue])?;
        Ok(())
    })
}

/// Changes how work is given out. Conversations that are going on close by the new times.
///
/// # Errors
/// SQLite's.
pub fn distribute(tx: &Tx<'_>, workstream: WorkstreamId, to: &Distribution) -> Result<()> {
    let Some(before) = by_id(&tx.reader(), workstream)? else {
        return Ok(());
    };
    let (blocking, time) = match to.wrap_up_blocking {
        WrapUpBlocking::Always => ("always", None),
        WrapUpBlocking::Never => ("never", None),
        WrapUpBlocking::For(time) => ("for", Some(time.as_millis() as i64)),
    };
    let presences: Vec<&str> = to
        .allowed_presences
        .iter()
        .map(|base| base.word())
        .collect();
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "UPDATE workstream SET is_automatic = 0, capacity_units = :units,
                     capacity_profile_id = :profile, allowed_presences = :presences, wrap_up_blocking = :blocking,
                     wrap_up_blocking_ms = coalesce(:time, wrap_up_blocking_ms),
                     skill_matching = :matching, keep_same_agent = :keep,
                     automated_messages = :messages, auto_close_open_ms = :open,
                     auto_close_active_ms = :active, auto_close_waiting_ms = :waiting,
                     wrap_up_ms = :wrap_up, restrict_transcript = :restrict
                 WHERE workstream_id = :workstream",
            )?
            .execute(named_params! {
                ":workstream": workstream,
                ":units": to.capacity_units,
                ":profile": to.capacity_profile,
                ":presences": presences.join(" "),
                ":blocking": blocking,
                ":time": time,
                ":matching": to.skill_matching,
                ":keep": to.keep_same_agent,
                ":messages": to.automated_messages,
                ":open": to.auto_close.open.as_millis() as i64,
                ":active": to.auto_close.active.as_millis() as i64,
                ":waiting": to.auto_close.waiting.as_millis() as i64,
                ":wrap_up": to.auto_close.wrap_up.as_millis() as i64,
                ":restrict": to.restrict_transcript,
            })?;
        Ok(())
    })?;
    let (was, is) = (before.distribution.pace(), to.pace());
    shift(tx, workstream, State::Open, was.open, is.open)?;
    shift(tx, workstream, State::Active, was.active, is.active)?;
    shift(tx, workstream, State::Waiting, was.waiting, is.waiting)?;
    shift(tx, workstream, State::WrapUp, was.wrap_up, is.wrap_up)
}

/// Lets the conversations in a state close as if the new time had held when they entered it.
fn shift(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    state: State,
    was: Duration,
    is: Duration,
) -> Result<()> {
    if was == is {
        return Ok(());
    }
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET due_at = due_at + ?3
             WHERE workstream_id = ?1 AND state = ?2 AND due_at IS NOT NULL",
        )?
        .execute(params![
            workstream,
            state,
            is.as_millis() as i64 - was.as_millis() as i64
        ])?;
    Ok(())
}

/// Changes what agents see of an offer.
///
/// # Errors
/// SQLite's; a fifth field breaks a constraint.
pub fn set_offers(tx: &Tx<'_>, workstream: WorkstreamId, to: &Offers) -> Result<()> {
    audited::recorded(tx, workstream, || {
        tx.connection()
            .prepare_cached(
                "UPDATE workstream SET is_automatic = 0, session_limit = :sessions,
                     offer_countdown_s = :countdown, offer_auto_assign = :auto_assign,
                     offer_reject = :reject, offer_desktop = :desktop
                 WHERE workstream_id = :workstream",
            )?
            .execute(named_params! {
                ":workstream": workstream,
                ":sessions": to.session_limit,
                ":countdown": to.countdown_s,
                ":auto_assign": to.auto_assign,
                ":reject": to.reject,
                ":desktop": to.desktop,
            })?;
        set_fields(tx, workstream, &to.fields)
    })
}

fn set_fields(tx: &Tx<'_>, workstream: WorkstreamId, fields: &[(String, String)]) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM offer_field WHERE workstream_id = ?1")?
        .execute([workstream])?;
    for (position, (header, value)) in (1..).zip(fields) {
        tx.connection()
            .prepare_cached(
                "INSERT INTO offer_field (workstream_id, position, header, value)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![workstream, position, header, value])?;
    }
    Ok(())
}

/// Adds a copy with all settings, context variables and rules, but without pages: a page is in one workstream.
///
/// # Errors
/// SQLite's.
pub fn copy(tx: &Tx<'_>, workstream: WorkstreamId, name: &str) -> Result<WorkstreamId> {
    let reader = tx.reader();
    tx.connection()
        .prepare_cached(
            "INSERT INTO workstream (name, channel, mode, fallback_queue_id, capacity_units,
                 capacity_profile_id, allowed_presences, wrap_up_blocking, wrap_up_blocking_ms, skill_matching, keep_same_agent,
                 automated_messages, auto_close_open_ms, auto_close_active_ms, auto_close_waiting_ms, wrap_up_ms,
                 restrict_transcript, session_limit, offer_countdown_s, offer_auto_assign, offer_reject, offer_desktop, created_at)
             SELECT ?2, channel, mode, fallback_queue_id, capacity_units,
                 capacity_profile_id, allowed_presences, wrap_up_blocking, wrap_up_blocking_ms, skill_matching, keep_same_agent,
                 automated_messages, auto_close_open_ms, auto_close_active_ms, auto_close_waiting_ms, wrap_up_ms,
                 restrict_transcript, session_limit, offer_countdown_s, offer_auto_assign, offer_reject, offer_desktop, ?3
             FROM workstream WHERE workstream_id = ?1",
        )?
        .execute(params![workstream, name, tx.now()])?;
    let copy = WorkstreamId(tx.connection().last_insert_rowid());
    if let Some(original) = by_id(&reader, workstream)? {
        set_fields(tx, copy, &original.offers.fields)?;
    }
    variables::copy(tx, workstream, copy)?;
    audited::added(tx, copy)?;
    rules::copy(tx, workstream, copy)?;
    Ok(copy)
}

/// Takes a workstream away. Its conversations go on until they are closed, and keep its name. False, and nothing
/// happens, while it answers a page.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, workstream: WorkstreamId) -> Result<bool> {
    let reader = tx.reader();
    if !instances::of(&reader, workstream)?.is_empty() {
        return Ok(false);
    }
    let before = audited::shown(tx, workstream)?;
    tx.connection()
        .prepare_cached("UPDATE workstream SET removed_at = ?2 WHERE workstream_id = ?1")?
        .execute(params![workstream, tx.now()])?;
    match before {
        Some(before) => audited::removed(tx, workstream, &before).map(|()| true),
        None => Ok(false),
    }
}
