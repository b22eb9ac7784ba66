//! Conversations: their state, who holds them, and the lines of their history.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::conversation::{self, Act, EventKind, State};
use crate::domain::ids::{
    ConversationId, MessageId, PageId, QueueId, SocialProfileId, UserId, WorkstreamId,
};
use crate::domain::live_event::LiveEvent;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A conversation with one customer on one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Row id.
    pub id: ConversationId,
    /// The customer.
    pub profile: SocialProfileId,
    /// The page.
    pub page: PageId,
    /// The workstream that it came in by.
    pub workstream: WorkstreamId,
    /// The queue that it is in.
    pub queue: QueueId,
    /// The same customer's conversation before this one.
    pub previous: Option<ConversationId>,
    /// Where it stands.
    pub state: State,
    /// Who holds it; kept when it is closed. `None` while it is Open, or when it closed unanswered.
    pub agent: Option<UserId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it entered its state.
    pub state_changed_at: Timestamp,
    /// When it closes by itself; `None` once it is closed.
    pub due_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it; `None`: nobody yet, or the time did.
    pub closed_by: Option<UserId>,
    /// Its newest message.
    pub last_message: Option<MessageId>,
    /// When its newest message was stored.
    pub last_message_at: Timestamp,
    /// The customer's last act that opens the reply window, in the platform's time.
    pub last_inbound_at: Option<Timestamp>,
    /// How many messages the customer wrote in it.
    pub inbound_count: u32,
    /// When the first customer message after our last one came; `None`: answered.
    pub unanswered_since: Option<Timestamp>,
}

/// A line of a conversation's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// Row id.
    pub id: i64,
    /// What happened.
    pub kind: EventKind,
    /// Who did it; `None`: the customer, or the program.
    pub user: Option<UserId>,
    /// His name.
    pub user_name: Option<String>,
    /// When.
    pub occurred_at: Timestamp,
    /// More; see [`EventKind`].
    pub detail: String,
}

/// What came of *Assign to me*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The person holds it now (or held it already).
    Won,
    /// Somebody else was faster.
    Lost {
        /// Who holds it.
        to: UserId,
    },
    /// It is not Open any more, and nobody holds it; or there is no such conversation.
    NotOpen,
}

macro_rules! select_conversation {
    ($rest:literal) => {
        concat!(
            "SELECT conversation_id, social_profile_id, page_id, workstream_id, queue_id,
                    previous_conversation_id, state, agent_id, created_at, state_changed_at, due_at,
                    closed_at, closed_by, last_message_id, last_message_at, last_inbound_at,
                    inbound_count, unanswered_since
             FROM conversation ",
            $rest
        )
    };
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        profile: row.get(1)?,
        page: row.get(2)?,
        workstream: row.get(3)?,
        queue: row.get(4)?,
        previous: row.get(5)?,
        state: row.get(6)?,
        agent: row.get(7)?,
        created_at: row.get(8)?,
        state_changed_at: row.get(9)?,
        due_at: row.get(10)?,
        closed_at: row.get(11)?,
        closed_by: row.get(12)?,
        last_message: row.get(13)?,
        last_message_at: row.get(14)?,
        last_inbound_at: row.get(15)?,
        inbound_count: row.get(16)?,
        unanswered_since: row.get(17)?,
    })
}

/// The conversation of an id. `None` when there is none. Handlers reach a conversation by the loader that
/// checks permission, not by this.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: ConversationId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!("WHERE conversation_id = ?1"))?
        .query_row([id], conversation)
        .optional()?)
}

/// The customer's conversation that is not closed. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn current(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!(
            "WHERE social_profile_id = ?1 AND state <> 'closed'"
        ))?
        .query_row([profile], conversation)
        .optional()?)
}

/// The customer's newest conversation, closed or not. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn newest(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Conversation>> {
    Ok(reader
        .connection()
        .prepare_cached(select_conversation!(
            "WHERE social_profile_id = ?1 ORDER BY conversation_id DESC LIMIT 1"
        ))?
        .query_row([profile], conversation)
        .optional()?)
}

/// The customer's conversations before `id`, newest first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn earlier(
    reader: &Reader<'_>,
    profile: SocialProfileId,
    id: ConversationId,
    limit: usize,
) -> Result<Vec<Conversation>> {
    let mut statement = reader.connection().prepare_cached(select_conversation!(
        "WHERE social_profile_id = ?1 AND conversation_id < ?2
         ORDER BY conversation_id DESC LIMIT ?3"
    ))?;
    let conversations = statement.query_map(params![profile, id, limit as i64], conversation)?;
    Ok(conversations.collect::<rusqlite::Result<_>>()?)
}

/// The lines of history between two moments (`since` included, `until` not; `None`: open), oldest first, at
/// most the newest `limit`. A page of messages shows those between its first message and the next page's.
///
/// # Errors
/// SQLite's.
pub fn history(
    reader: &Reader<'_>,
    id: ConversationId,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: usize,
) -> Result<Vec<HistoryLine>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_event_id, kind, conversation_event.user_id, user.name, occurred_at, detail
         FROM conversation_event LEFT JOIN user USING (user_id)
         WHERE conversation_id = ?1 AND occurred_at >= ?2 AND occurred_at < ?3
         ORDER BY conversation_event_id DESC LIMIT ?4",
    )?;
    let since = since.unwrap_or(Timestamp::from_millis(i64::MIN));
    let until = until.unwrap_or(Timestamp::from_millis(i64::MAX));
    let mut lines = statement
        .query_map(params![id, since, until, limit as i64], |row| {
            Ok(HistoryLine {
                id: row.get(0)?,
                kind: row.get(1)?,
                user: row.get(2)?,
                user_name: row.get(3)?,
                occurred_at: row.get(4)?,
                detail: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    lines.reverse();
    Ok(lines)
}

/// Adds a line of history and tells the tabs.
///
/// # Errors
/// SQLite's.
pub fn add_line(
    tx: &Tx<'_>,
    id: ConversationId,
    kind: EventKind,
    user: Option<UserId>,
    detail: &str,
) -> Result<()> {
    record(tx, id, kind, user, detail)?;
    tx.tell(LiveEvent::ConversationChanged(id))
}

fn record(
    tx: &Tx<'_>,
    id: ConversationId,
    kind: EventKind,
    user: Option<UserId>,
    detail: &str,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO conversation_event (conversation_id, kind, user_id, occurred_at, detail)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, kind, user, tx.now(), detail])?;
    Ok(())
}

/// Moves a conversation by an act of `by` (`None`: the customer or the time), writes the line of history and
/// tells the tabs. The new state; `None` when the act is not possible: there is no such conversation,
/// somebody was faster, or it is somebody else's.
///
/// *Assign to me* is [`assign`], which also tells who was faster.
///
/// # Errors
/// SQLite's.
pub fn apply(
    tx: &Tx<'_>,
    id: ConversationId,
    act: Act,
    by: Option<UserId>,
) -> Result<Option<State>> {
    let Some(standing) = standing(tx, id)? else {
        return Ok(None);
    };
    let mine = by.is_none() || act == Act::Assign || standing.agent == by;
    match conversation::next(standing.state, act).filter(|_| mine) {
        Some(state) if shift(tx, id, &standing, act, state, by)? => Ok(Some(state)),
        _ => Ok(None),
    }
}

/// Moves a conversation that stands as `standing` says to `state`. False when it does not stand so any more.
fn shift(
    tx: &Tx<'_>,
    id: ConversationId,
    standing: &Standing,
    act: Act,
    state: State,
    by: Option<UserId>,
) -> Result<bool> {
    if state == standing.state {
        return Ok(true);
    }
    let agent = if act == Act::Assign {
        by
    } else {
        standing.agent
    };
    let is_closed = state == State::Closed;
    let moved = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation
             SET state = ?3, agent_id = ?4, state_changed_at = ?5, due_at = ?6, closed_at = ?7, closed_by = ?8
             WHERE conversation_id = ?1 AND state = ?2",
        )?
        .execute(params![
            id,
            standing.state,
            state,
            agent,
            tx.now(),
            standing.pace.due(state, tx.now()),
            is_closed.then(|| tx.now()),
            by.filter(|_| is_closed)
        ])?;
    if moved == 0 {
        return Ok(false);
    }
    record(tx, id, line_of(act), by, "")?;
    tx.tell(LiveEvent::ConversationChanged(id))?;
    Ok(true)
}

/// Where a conversation stands, as far as moving it needs.
struct Standing {
    state: State,
    agent: Option<UserId>,
    pace: Pace,
}

impl Standing {
    /// When the conversation closes by itself if nothing more happens.
    fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.pace.due(self.state, now)
    }
}

/// A workstream's times.
struct Pace {
    auto_close_waiting: Duration,
    wrap_up: Duration,
}

impl Pace {
    fn due(&self, state: State, now: Timestamp) -> Option<Timestamp> {
        conversation::due(state, now, self.auto_close_waiting, self.wrap_up)
    }
}

fn pace(row: &Row<'_>) -> rusqlite::Result<Pace> {
    let millis = |value: i64| Duration::from_millis(value.unsigned_abs());
    Ok(Pace {
        auto_close_waiting: millis(row.get("auto_close_waiting_ms")?),
        wrap_up: millis(row.get("wrap_up_ms")?),
    })
}

fn standing(tx: &Tx<'_>, id: ConversationId) -> Result<Option<Standing>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT state, agent_id, auto_close_waiting_ms, wrap_up_ms
             FROM conversation JOIN workstream USING (workstream_id) WHERE conversation_id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Standing {
                state: row.get(0)?,
                agent: row.get(1)?,
                pace: pace(row)?,
            })
        })
        .optional()?)
}

/// The line of history that a move leaves.
fn line_of(act: Act) -> EventKind {
    match act {
        Act::Assign => EventKind::Assigned,
        Act::End => EventKind::Ended,
        Act::Park => EventKind::Parked,
        Act::Resume => EventKind::Resumed,
        Act::Complete => EventKind::Closed,
        Act::CustomerWrites => EventKind::Reopened,
        Act::TimeOver => EventKind::ClosedByTime,
    }
}

/// Gives an Open conversation to a person: of any number who ask at the same instant exactly one gets it.
///
/// # Errors
/// SQLite's.
pub fn assign(tx: &Tx<'_>, id: ConversationId, to: UserId) -> Result<Assignment> {
    if apply(tx, id, Act::Assign, Some(to))?.is_some() {
        return Ok(Assignment::Won);
    }
    let holder = by_id(&tx.reader(), id)?
        .filter(|conversation| conversation.state != State::Closed)
        .and_then(|conversation| conversation.agent);
    Ok(match holder {
        Some(holder) if holder == to => Assignment::Won,
        Some(holder) => Assignment::Lost { to: holder },
        None => Assignment::NotOpen,
    })
}

/// Starts a conversation in a workstream's fallback queue, linked to the customer's earlier one. The customer must
/// have no conversation that is not closed.
///
/// # Errors
/// SQLite's; a second current conversation breaks a `UNIQUE` constraint.
pub fn open(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
    previous: Option<ConversationId>,
) -> Result<ConversationId> {
    let id = insert(tx, profile, page, workstream, previous, State::Open)?;
    record(tx, id, EventKind::Opened, None, "")?;
    tx.tell(LiveEvent::ConversationChanged(id))?;
    Ok(id)
}

fn insert(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
    previous: Option<ConversationId>,
    state: State,
) -> Result<ConversationId> {
    let pace = tx
        .connection()
        .prepare_cached(
            "SELECT auto_close_waiting_ms, wrap_up_ms FROM workstream WHERE workstream_id = ?1",
        )?
        .query_row([workstream], pace)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO conversation (social_profile_id, page_id, workstream_id, queue_id,
                                       previous_conversation_id, state, created_at, state_changed_at,
                                       due_at, closed_at, last_message_at)
             SELECT ?1, ?2, workstream_id, fallback_queue_id, ?4, ?5, ?6, ?6, ?7, ?8, ?6
             FROM workstream WHERE workstream_id = ?3",
        )?
        .execute(params![
            profile,
            page,
            workstream,
            previous,
            state,
            tx.now(),
            pace.due(state, tx.now()),
            (state == State::Closed).then(|| tx.now())
        ])?;
    Ok(ConversationId(tx.connection().last_insert_rowid()))
}

/// Counts a message that the customer wrote (or a tap): moves the conversation, opens the reply window as of
/// `at`, in the platform's time, and tells the tabs.
///
/// # Errors
/// SQLite's.
pub fn customer_wrote(
    tx: &Tx<'_>,
    id: ConversationId,
    message: MessageId,
    at: Timestamp,
) -> Result<()> {
    let Some(mut standing) = standing(tx, id)? else {
        return Ok(());
    };
    if let Some(state) = conversation::next(standing.state, Act::CustomerWrites) {
        shift(tx, id, &standing, Act::CustomerWrites, state, None)?;
        standing.state = state;
    }
    tx.connection()
        .prepare_cached(
            "UPDATE conversation
             SET last_message_id = ?2, last_message_at = ?3, inbound_count = inbound_count + 1,
                 last_inbound_at = max(coalesce(last_inbound_at, ?4), ?4),
                 unanswered_since = coalesce(unanswered_since, ?3), due_at = ?5
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), at, standing.due(tx.now())])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// Counts a message of ours, written here or in the platform's own inbox: the customer is answered. Tells
/// the tabs.
///
/// # Errors
/// SQLite's.
pub fn answered(tx: &Tx<'_>, id: ConversationId, message: MessageId) -> Result<()> {
    let due = standing(tx, id)?.and_then(|standing| standing.due(tx.now()));
    tx.connection()
        .prepare_cached(
            "UPDATE conversation
             SET last_message_id = ?2, last_message_at = ?3, unanswered_since = NULL, due_at = ?4
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), due])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// Counts a message that was sent from the platform's own inbox, or by another application of the page, and
/// tells the tabs. It may be an automatic reply: the customer still counts as unanswered, because a wait that
/// shows too long is seen, and one that does not show is not.
///
/// # Errors
/// SQLite's.
pub fn written_elsewhere(tx: &Tx<'_>, id: ConversationId, message: MessageId) -> Result<()> {
    let due = standing(tx, id)?.and_then(|standing| standing.due(tx.now()));
    tx.connection()
        .prepare_cached(
            "UPDATE conversation SET last_message_id = ?2, last_message_at = ?3, due_at = ?4
             WHERE conversation_id = ?1",
        )?
        .execute(params![id, message, tx.now(), due])?;
    tx.tell(LiveEvent::MessageAdded(id, message))
}

/// The conversation that keeps what was written to a customer who has none: closed from the beginning,
/// because nobody here has anything to do with it, and found above the next one.
///
/// # Errors
/// SQLite's.
pub fn open_closed(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    page: PageId,
    workstream: WorkstreamId,
) -> Result<ConversationId> {
    insert(tx, profile, page, workstream, None, State::Closed)
}

/// Opens the reply window as of `at` by an act that is no message: a reaction, a referral.
///
/// # Errors
/// SQLite's.
pub fn open_window(tx: &Tx<'_>, id: ConversationId, at: Timestamp) -> Result<()> {
    let moved = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation SET last_inbound_at = ?2
             WHERE conversation_id = ?1 AND coalesce(last_inbound_at, 0) < ?2",
        )?
        .execute(params![id, at])?;
    if moved > 0 {
        tx.tell(LiveEvent::ConversationChanged(id))?;
    }
    Ok(())
}

/// Conversations whose time is over by `now`, the longest overdue first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn overdue(reader: &Reader<'_>, now: Timestamp, limit: usize) -> Result<Vec<ConversationId>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT conversation_id FROM conversation WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
    )?;
    let ids = statement.query_map(params![now, limit as i64], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Whether a conversation's time is over by `now`.
///
/// # Errors
/// SQLite's.
pub fn is_overdue(reader: &Reader<'_>, id: ConversationId, now: Timestamp) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM conversation WHERE conversation_id = ?1 AND due_at <= ?2)",
        )?
        .query_row(params![id, now], |row| row.get(0))?)
}

/// How many conversations of the whole organization are in a state.
///
/// # Errors
/// SQLite's.
pub fn count_in(reader: &Reader<'_>, state: State) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM conversation WHERE state = ?1")?
        .query_row([state.word()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn of_many_who_press_assign_to_me_exactly_one_gets_it_and_the_others_learn_who() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let agents: Vec<UserId> = (0..16)
            .map(|number| house.user(&format!("a{number}")))
            .collect();
        let results: Vec<(UserId, Assignment)> = std::thread::scope(|scope| {
            let presses: Vec<_> = agents
                .iter()
                .map(|agent| {
                    let (store, agent) = (house.store.clone(), *agent);
                    scope.spawn(move || {
                        let result = store
                            .write_blocking(move |tx| assign(tx, id, agent))
                            .unwrap();
                        (agent, result)
                    })
                })
                .collect();
            presses
                .into_iter()
                .map(|press| press.join().unwrap())
                .collect()
        });
        let winners: Vec<UserId> = results
            .iter()
            .filter(|(_, result)| *result == Assignment::Won)
            .map(|(agent, _)| *agent)
            .collect();
        assert_eq!(winners.len(), 1);
        for (agent, result) in results {
            if agent != winners[0] {
                assert_eq!(result, Assignment::Lost { to: winners[0] });
            }
        }
        let holder = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!(
            (holder.agent, holder.state),
            (Some(winners[0]), State::Active)
        );
    }

    #[test]
    fn only_the_holder_ends_parks_and_closes() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let (mine, other) = (house.user("mine"), house.user("other"));
        house.write(move |tx| assign(tx, id, mine));
        let apply = |act, by| house.write(move |tx| apply(tx, id, act, Some(by)));
        assert_eq!(apply(Act::End, other), None);
        assert_eq!(apply(Act::Complete, mine), None, "Close after End only");
        assert_eq!(apply(Act::Park, mine), Some(State::Waiting));
        assert_eq!(apply(Act::Resume, mine), Some(State::Active));
        assert_eq!(apply(Act::End, mine), Some(State::WrapUp));
        assert_eq!(apply(Act::Complete, mine), Some(State::Closed));
        let closed = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!((closed.agent, closed.closed_by), (Some(mine), Some(mine)));
        assert_eq!((closed.due_at, closed.closed_at.is_some()), (None, true));
        let lines: Vec<EventKind> = house
            .read(|reader| history(reader, id, None, None, 50))
            .into_iter()
            .map(|line| line.kind)
            .collect();
        use EventKind::*;
        assert_eq!(lines, [Opened, Assigned, Parked, Resumed, Ended, Closed]);
    }

    #[test]
    fn a_message_of_the_customer_brings_a_parked_conversation_back_to_its_agent() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let mine = house.user("mine");
        house.write(move |tx| assign(tx, id, mine));
        house.write(move |tx| apply(tx, id, Act::Park, Some(mine)));
        let message = house.message(id, "m1", "hello");
        let wrote = Timestamp::from_millis(1_780_500_000_000);
        house.write(move |tx| customer_wrote(tx, id, message, wrote));
        let late = house.message(id, "m2", "an earlier one that came late");
        let earlier = wrote.minus(Duration::from_secs(60));
        house.write(move |tx| customer_wrote(tx, id, late, earlier));
        let now = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!((now.state, now.agent), (State::Active, Some(mine)));
        assert_eq!((now.inbound_count, now.last_message), (2, Some(late)));
        assert_eq!(
            now.last_inbound_at,
            Some(wrote),
            "the window never moves back"
        );
        assert!(now.unanswered_since.is_some());
        let reply = house.message(id, "m3", "an answer");
        house.write(move |tx| answered(tx, id, reply));
        let now = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!((now.unanswered_since, now.inbound_count), (None, 2));
    }

    #[test]
    fn a_customer_has_one_current_conversation_and_a_closed_one_stays_linked() {
        let house = House::furnished();
        let first = house.conversation("anna");
        let mine = house.user("mine");
        let profile = house.read(|reader| by_id(reader, first)).unwrap().profile;
        let (page, workstream) = (house.page, house.workstream);
        let second = house
            .store
            .write_blocking(move |tx| open(tx, profile, page, workstream, None));
        assert!(second.unwrap_err().is_unique_violation());
        for act in [Act::Assign, Act::End, Act::Complete] {
            house.write(move |tx| apply(tx, first, act, Some(mine)));
        }
        let second = house.write(move |tx| open(tx, profile, page, workstream, Some(first)));
        assert_eq!(
            house.read(|reader| current(reader, profile)).unwrap().id,
            second
        );
        assert_eq!(
            house.read(|reader| earlier(reader, profile, second, 10))[0].id,
            first
        );
    }

    #[test]
    fn conversations_close_when_their_time_is_over() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let due = house
            .read(|reader| by_id(reader, id))
            .unwrap()
            .due_at
            .unwrap();
        let before = due.minus(Duration::from_millis(1));
        assert_eq!(house.read(|reader| overdue(reader, before, 10)), []);
        assert_eq!(house.read(|reader| overdue(reader, due, 10)), [id]);
        let closed = house.write(move |tx| apply(tx, id, Act::TimeOver, None));
        assert_eq!(closed, Some(State::Closed));
        assert_eq!(house.read(|reader| overdue(reader, due, 10)), []);
    }
}
