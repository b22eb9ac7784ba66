//! Who may reach a conversation.

use rusqlite::OptionalExtension as _;

use crate::domain::access::{self, Relation, Viewer};
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::session::Part;
use crate::domain::settings::Supervision;
use crate::domain::supervision;
use crate::domain::time::Timestamp;
use crate::store::conversations::{self, Conversation};
use crate::store::{Reader, Result, agent_sessions, offers, queues, settings};

/// The conversation of an id with how it stands to `viewer`. `None` when there is none, or when the viewer
/// may not read it ([`supervision::may_read`]): the two look the same from outside.
///
/// # Errors
/// SQLite's.
pub fn load_for(
    reader: &Reader<'_>,
    viewer: Viewer,
    id: ConversationId,
) -> Result<Option<(Conversation, Relation)>> {
    let Some(conversation) = conversations::by_id(reader, id)? else {
        return Ok(None);
    };
    let is_member = queues::is_member(reader, conversation.queue, viewer.user)?;
    let part = agent_sessions::part_of(reader, id, viewer.user)?;
    let relation = access::relation(viewer.user, conversation.agent, is_member, part);
    let switches = settings::read(reader)?.supervision;
    let may_read = supervision::may_read(viewer.role, relation, &switches);
    Ok(may_read.then_some((conversation, relation)))
}

/// An earlier conversation of the customer of `conversation`. Whoever may read a conversation may read what
/// the same customer wrote on the same page before it, whoever answered then: it is one thread. `None` when
/// it is not an earlier one of that thread.
///
/// # Errors
/// SQLite's.
pub fn load_earlier(
    reader: &Reader<'_>,
    conversation: &Conversation,
    earlier: ConversationId,
) -> Result<Option<Conversation>> {
    let same_thread =
        |found: &Conversation| found.profile == conversation.profile && found.id < conversation.id;
    Ok(conversations::by_id(reader, earlier)?.filter(same_thread))
}

/// The conversation of an id, for somebody who may read it or a later one of its thread (see [`load_earlier`]).
/// `None` when there is none, or when the viewer may read none of them.
///
/// # Errors
/// SQLite's.
pub fn load_in_thread(
    reader: &Reader<'_>,
    viewer: Viewer,
    id: ConversationId,
) -> Result<Option<Conversation>> {
    let mut later = reader.connection().prepare_cached(
        "SELECT later.conversation_id
         FROM conversation JOIN conversation AS later USING (social_profile_id)
         WHERE conversation.conversation_id = ?1 AND later.conversation_id >= ?1
         ORDER BY later.conversation_id",
    )?;
    for later in later.query_map([id], |row| row.get(0))? {
        if load_for(reader, viewer, later?)?.is_some() {
            return conversations::by_id(reader, id);
        }
    }
    Ok(None)
}

/// Whom a conversation concerns: asked once for a live event, then of every open tab.
#[derive(Clone, Debug)]
pub struct Audience {
    agent: Option<UserId>,
    members: Vec<UserId>,
    beside: Vec<(UserId, Part)>,
    asked: Option<UserId>,
    switches: Supervision,
}

impl Audience {
    /// How the conversation stands to a person; the same answer that [`load_for`] gives.
    pub fn relation(&self, person: UserId) -> Relation {
        let part = self.beside.iter().find(|(user, _)| *user == person);
        let part = part.map(|(_, part)| *part);
        access::relation(person, self.agent, self.is_member(person), part)
    }

    /// Whether a person may read the conversation; the same answer that [`load_for`] gives.
    pub fn may_read(&self, viewer: Viewer) -> bool {
        supervision::may_read(viewer.role, self.relation(viewer.user), &self.switches)
    }

    /// Whether the conversation is offered to the person.
    pub fn is_asked(&self, person: UserId) -> bool {
        self.asked == Some(person)
    }

    /// Whether the person picks from the conversation's queue.
    pub fn is_member(&self, person: UserId) -> bool {
        self.members.contains(&person)
    }
}

/// Whom a conversation concerns. `None` when there is no such conversation.
///
/// # Errors
/// SQLite's.
pub fn audience(reader: &Reader<'_>, id: ConversationId) -> Result<Option<Audience>> {
    let found: Option<(Option<UserId>, QueueId)> = reader
        .connection()
        .prepare_cached("SELECT agent_id, queue_id FROM conversation WHERE conversation_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((agent, queue)) = found else {
        return Ok(None);
    };
    let members = reader
        .connection()
        .prepare_cached("SELECT user_id FROM queue_member WHERE queue_id = ?1")?
        .query_map([queue], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Audience {
        agent,
        members,
        beside: agent_sessions::beside(reader, id)?,
        // When the person was last seen does not matter here.
        asked: offers::of(reader, id, Timestamp::from_millis(0))?.map(|waiting| waiting.offer.user),
        switches: settings::read(reader)?.supervision,
    }))
}
