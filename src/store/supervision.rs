//! The supervisor's view: what waits and goes on in every queue, and what a supervisor does about it.

use rusqlite::{Row, named_params};

use crate::domain::audit::{Act as AuditAct, Kind, Subject};
use crate::domain::conversation::{Act, State};
use crate::domain::ids::{ConversationId, QueueId, SocialProfileId, UserId};
use crate::domain::presence::Event;
use crate::domain::supervision::Intervention;
use crate::domain::time::Timestamp;

use super::conversations::{self, Deed};
use super::profiles::{ShownName, called};
use super::{Reader, Result, Tx, agents, audit, users};

/// The list of what goes on has at most so many rows: the most urgent. So many can also be acted upon at once.
pub const LISTED_UP_TO: usize = 1_000;

/// A queue at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Row id.
    pub queue: QueueId,
    /// Name on screen.
    pub name: String,
    /// How many wait for somebody.
    pub open: u32,
    /// How many are offered to somebody who has not answered yet.
    pub offered: u32,
    /// How many somebody answers.
    pub active: u32,
    /// How many are parked until their customer writes.
    pub waiting: u32,
    /// Since when the customer of those that wait for somebody waits who waits longest; `None`: nobody does.
    pub since: Option<Timestamp>,
}

/// Every queue, by name.
///
/// # Errors
/// SQLite's.
pub fn backlogs(reader: &Reader<'_>) -> Result<Vec<Backlog>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT queue.queue_id, queue.name,
                coalesce(sum(c.state = 'open'), 0),
                coalesce(sum(c.state = 'active' AND c.agent_id IS NULL), 0),
                coalesce(sum(c.state = 'active' AND c.agent_id IS NOT NULL), 0),
                coalesce(sum(c.state = 'waiting'), 0),
                min(CASE WHEN c.state = 'open' THEN coalesce(c.unanswered_since, c.created_at) END)
         FROM queue
         LEFT JOIN conversation AS c ON c.queue_id = queue.queue_id AND c.state <> 'closed'
         WHERE queue.removed_at IS NULL
         GROUP BY queue.queue_id ORDER BY queue.name COLLATE NOCASE, queue.queue_id",
    )?;
    let backlogs = statement.query_map([], |row| {
        Ok(Backlog {
            queue: row.get(0)?,
            name: row.get(1)?,
            open: row.get(2)?,
            offered: row.get(3)?,
            active: row.get(4)?,
            waiting: row.get(5)?,
            since: row.get(6)?,
        })
    })?;
    Ok(backlogs.collect::<rusqlite::Result<_>>()?)
}

/// Which conversations are wanted; an empty filter wants all that are not closed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this queue.
    pub queue: Option<QueueId>,
    /// Held by this person, or offered to this person.
    pub agent: Option<UserId>,
    /// In this state.
    pub state: Option<State>,
    /// On this channel.
    pub channel: Option<String>,
}

/// A conversation that is not closed.
#[derive(Clone, Debug)]
pub struct Ongoing {
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub profile: SocialProfileId,
    /// The customer's name, or what stands in for it.
    pub name: ShownName,
    /// BCP 47; `None` where the platform tells none.
    pub language: Option<String>,
    /// The channel's name.
    pub channel: String,
    /// The name of the page.
    pub page_name: String,
    /// Where it stands.
    pub state: State,
    /// Its queue.
    pub queue: QueueId,
    /// The name of its queue.
    pub queue_name: String,
    /// Who holds it; `None`: nobody.
    pub agent: Option<UserId>,
    /// The name of who holds it.
    pub agent_name: Option<String>,
    /// The name of who is offered it; `None`: nobody.
    pub offered_to: Option<String>,
    /// Since when the customer waits for an answer; `None`: the last word was ours.
    pub unanswered_since: Option<Timestamp>,
    /// When its newest message was stored.
    pub last_message_at: Timestamp,
}

macro_rules! select_ongoing {
    ($rest:literal) => {
        concat!(
            "SELECT c.conversation_id, c.social_profile_id, ",
            called!("p"),
            ", p.platform_user_id, p.kind, p.language,
                    page.channel, page.name, c.state, c.queue_id, queue.name, c.agent_id, holder.name,
                    asked.name, c.unanswered_since, c.last_message_at
             FROM queue
             CROSS JOIN conversation AS c ON c.queue_id = queue.queue_id AND c.state <> 'closed'
             JOIN social_profile AS p ON p.social_profile_id = c.social_profile_id
             JOIN page ON page.page_id = c.page_id
             LEFT JOIN user AS holder ON holder.user_id = c.agent_id
             LEFT JOIN offer ON offer.conversation_id = c.conversation_id AND offer.ended_at IS NULL
             LEFT JOIN user AS asked ON asked.user_id = offer.user_id ",
            $rest
        )
    };
}

fn ongoing_row(row: &Row<'_>) -> rusqlite::Result<Ongoing> {
    let channel: String = row.get(6)?;
    let platform_user_id: String = row.get(3)?;
    Ok(Ongoing {
        conversation: row.get(0)?,
        profile: row.get(1)?,
        name: ShownName::new(row.get(2)?, &channel, row.get(4)?, &platform_user_id),
        language: row.get(5)?,
        channel,
        page_name: row.get(7)?,
        state: row.get(8)?,
        queue: row.get(9)?,
        queue_name: row.get(10)?,
        agent: row.get(11)?,
        agent_name: row.get(12)?,
        offered_to: row.get(13)?,
        unanswered_since: row.get(14)?,
        last_message_at: row.get(15)?,
    })
}

/// What goes on: what nobody holds first, then what is answered, then the rest; the longest unanswered first.
/// At most [`LISTED_UP_TO`].
///
/// # Errors
/// SQLite's.
pub fn ongoing(reader: &Reader<'_>, filter: &Filter) -> Result<Vec<Ongoing>> {
    let mut statement = reader.connection().prepare_cached(select_ongoing!(
        "WHERE (:queue IS NULL OR queue.queue_id = :queue)
           AND (:agent IS NULL OR c.agent_id = :agent OR offer.user_id = :agent)
           AND (:state IS NULL OR c.state = :state)
           AND (:channel IS NULL OR page.channel = :channel)
         ORDER BY CASE c.state WHEN 'open' THEN 0 WHEN 'active' THEN 1 WHEN 'wrap_up' THEN 2 ELSE 3 END,
                  c.unanswered_since IS NULL, c.unanswered_since, c.last_message_at DESC, c.conversation_id
         LIMIT :limit"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":queue": filter.queue, ":agent": filter.agent, ":state": filter.state,
            ":channel": filter.channel, ":limit": LISTED_UP_TO as i64,
        },
        ongoing_row,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Those of these conversations that are not closed, in the order of `ids`.
///
/// # Errors
/// SQLite's.
pub fn chosen(reader: &Reader<'_>, ids: &[ConversationId]) -> Result<Vec<Ongoing>> {
    let mut statement = reader
        .connection()
        .prepare_cached(select_ongoing!("WHERE c.conversation_id = :id"))?;
    let mut found = Vec::new();
    for id in ids {
        for row in statement.query_map(named_params! {":id": id}, ongoing_row)? {
            found.push(row?);
        }
    }
    Ok(found)
}

/// To whom or where a supervisor gives a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a person, whether or not there is room.
    Person(UserId),
    /// Into a queue, where it begins to wait anew.
    Queue(QueueId),
}

/// Gives a conversation to a person or a queue: `intervention` is [`Intervention::Assign`] or
/// [`Intervention::Transfer`]. False, and nothing changes, when it does not stand where that fits (any more).
///
/// # Errors
/// SQLite's.
pub fn give(
    tx: &Tx<'_>,
    id: ConversationId,
    by: UserId,
    intervention: Intervention,
    target: Target,
) -> Result<bool> {
    let Some(conversation) = conversations::by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    if !intervention.fits(conversation.state) {
        return Ok(false);
    }
    let act = match intervention {
        Intervention::Transfer => Act::SupervisorTransfers,
        _ => Act::SupervisorAssigns,
    };
    match target {
        Target::Person(to)
            if conversation.agent == Some(to) && conversation.state == State::Active =>
        {
            Ok(true)
        }
        // Where it waits already it keeps its place.
        Target::Queue(queue)
            if conversation.state == State::Open && conversation.queue == queue =>
        {
            Ok(true)
        }
        Target::Person(to) => hand(tx, id, act, by, to),
        Target::Queue(queue) => {
            conversations::to_queue(tx, id, Act::SupervisorToQueue, Some(by), queue)
        }
    }
}

/// Hands a conversation on that `by` holds. False, and nothing changes, when `by` does not hold it any more, or it
/// is not Active.
///
/// # Errors
/// SQLite's.
pub fn hand_on(tx: &Tx<'_>, id: ConversationId, by: UserId, target: Target) -> Result<bool> {
    match target {
        Target::Person(to) if to == by => Ok(false),
        Target::Person(to) => hand(tx, id, Act::TransferToAgent, by, to),
        Target::Queue(queue) => {
            conversations::to_queue(tx, id, Act::TransferToQueue, Some(by), queue)
        }
    }
}

fn hand(tx: &Tx<'_>, id: ConversationId, act: Act, by: UserId, to: UserId) -> Result<bool> {
    let deed = Deed {
        act,
        by: Some(by),
        to: Some(to),
    };
    Ok(conversations::hand(tx, id, deed)?.is_some())
}

/// Closes a conversation whatever its state. False when it is closed, or not there.
///
/// # Errors
/// SQLite's.
pub fn force_close(tx: &Tx<'_>, id: ConversationId, by: UserId) -> Result<bool> {
    Ok(conversations::apply(tx, id, Act::ForceClose, Some(by))?.is_some())
}

/// Lets the program decide about a person's presence again: it follows the work in hand. Who did it stands in
/// the audit log. False when there is no such person.
///
/// # Errors
/// SQLite's.
pub fn reset_presence(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let Some(name) = users::name(&tx.reader(), user)? else {
        return Ok(false);
    };
    agents::happens(tx, user, Event::Resets)?;
    let subject = Subject::new(Kind::User, user.0, name);
    audit::done(tx, AuditAct::PresenceReset, &subject)?;
    Ok(true)
}
