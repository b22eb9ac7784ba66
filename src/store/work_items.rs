//! Conversations as work: who may reach one, and the lists of the dashboard and the session list.
//!
//! Every handler reaches a conversation by [`load_for`] (or its sibling [`load_earlier`]) and by nothing
//! else: what a person may not see is not there. All lists are keyset pages out of an index made for them.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::access::{self, Action, Relation, Viewer};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, QueueId, SocialProfileId, UserId};
use crate::domain::message::{AttachmentKind, Author, Kind};
use crate::domain::time::Timestamp;

use super::conversations::{self, Conversation};
use super::profiles::ShownName;
use super::{Reader, Result, queues};

/// Counts stop here: a list that long needs no exact figure, and counting it would take time.
pub const COUNTED_UP_TO: u32 = 999;

/// The conversation of an id with how it stands to `viewer`. `None` when there is none, or when the viewer
/// may not read it: the two look the same from outside.
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
    let relation = access::relation(viewer.user, conversation.agent, is_member);
    let may_read = access::may(viewer.role, Action::ReadConversation, relation);
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

/// Whom a conversation concerns: asked once for a live event, then of every open tab.
#[derive(Clone, Debug)]
pub struct Audience {
    agent: Option<UserId>,
    members: Vec<UserId>,
}

impl Audience {
    /// How the conversation stands to a person; the same answer that [`load_for`] gives.
    pub fn relation(&self, person: UserId) -> Relation {
        access::relation(person, self.agent, self.is_member(person))
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
    Ok(Some(Audience { agent, members }))
}

/// A row of a list: one conversation with what is said about it at a glance.
#[derive(Clone, Debug)]
pub struct WorkItem {
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
    /// When it closes by itself; `None` once it is closed.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its newest message was stored.
    pub last_message_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How many of the customer's messages the person has not seen.
    pub unread: u32,
    /// Its newest message; `None` before the first.
    pub last_message: Option<Snippet>,
}

/// The beginning of a message.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// What it is.
    pub kind: Kind,
    /// At most 200 characters; empty when there is no text.
    pub text: String,
    /// What hangs on it first.
    pub attachment: Option<AttachmentKind>,
    /// Its author took it back.
    pub is_removed: bool,
}

/// Every list selects these columns; `:user` is whose unread count is told.
macro_rules! select_work_items {
    ($rest:literal) => {
        concat!(
            "SELECT c.conversation_id, c.social_profile_id, p.name, p.platform_user_id, p.language,
                    page.channel, page.name, c.state, c.due_at, c.created_at, c.last_message_at, c.closed_at,
                    max(c.inbound_count - coalesce(r.seen_count, 0), 0),
                    m.author, m.user_id, m.kind, substr(m.text, 1, 200), m.unsent_at IS NOT NULL,
                    (SELECT kind FROM attachment WHERE message_id = m.message_id
                     ORDER BY attachment_id LIMIT 1)
             FROM conversation AS c
             JOIN social_profile AS p ON p.social_profile_id = c.social_profile_id
             JOIN page ON page.page_id = c.page_id
             LEFT JOIN read_mark AS r ON r.conversation_id = c.conversation_id AND r.user_id = :user
             LEFT JOIN message AS m ON m.message_id = c.last_message_id ",
            $rest
        )
    };
}

const OF_AGENT: &str = select_work_items!(
    "WHERE c.agent_id = :user AND c.state = :state
       AND (c.last_message_at, c.conversation_id) < (:at, :id)
     ORDER BY c.last_message_at DESC, c.conversation_id DESC LIMIT :limit"
);

const OPEN: &str = select_work_items!(
    "WHERE c.queue_id = :queue AND c.state = 'open' AND c.conversation_id > :id
     ORDER BY c.conversation_id LIMIT :limit"
);

const CLOSED: &str = select_work_items!(
    "WHERE c.closed_by = :user AND c.state = 'closed' AND c.closed_at >= :since
       AND (c.closed_at, c.conversation_id) < (:at, :id)
     ORDER BY c.closed_at DESC, c.conversation_id DESC LIMIT :limit"
);

fn work_item(row: &Row<'_>) -> rusqlite::Result<WorkItem> {
    let channel: String = row.get(5)?;
    let platform_user_id: String = row.get(3)?;
    let author: Option<Author> = row.get(13)?;
    Ok(WorkItem {
        conversation: row.get(0)?,
        profile: row.get(1)?,
        name: ShownName::new(row.get(2)?, &channel, &platform_user_id),
        language: row.get(4)?,
        channel,
        page_name: row.get(6)?,
        state: row.get(7)?,
        due_at: row.get(8)?,
        created_at: row.get(9)?,
        last_message_at: row.get(10)?,
        closed_at: row.get(11)?,
        unread: row.get(12)?,
        last_message: author.map(|author| snippet(row, author)).transpose()?,
    })
}

fn snippet(row: &Row<'_>, author: Author) -> rusqlite::Result<Snippet> {
    Ok(Snippet {
        author,
        user: row.get(14)?,
        kind: row.get(15)?,
        text: row.get(16)?,
        is_removed: row.get(17)?,
        attachment: row.get(18)?,
    })
}

/// The states of *My work items*, in the order of the list.
pub const MINE: [State; 3] = [State::Active, State::Waiting, State::WrapUp];

/// Where a page of a list ended; the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The state of the last row (*My work items* goes through [`MINE`]).
    pub state: State,
    /// Its time: of the newest message, or of closing.
    pub at: Timestamp,
    /// Its id.
    pub conversation: ConversationId,
}

impl Cursor {
    /// Before the first row of a state.
    const fn start(state: State) -> Cursor {
        Cursor {
            state,
            at: Timestamp::from_millis(i64::MAX),
            conversation: ConversationId(i64::MAX),
        }
    }
}

impl WorkItem {
    /// The place of this row in its list.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            state: self.state,
            at: self.closed_at.unwrap_or(self.last_message_at),
            conversation: self.conversation,
        }
    }
}

/// *My work items*: what `user` holds, state by state in the order of [`MINE`], the newest message first;
/// at most `limit`, after `after`.
///
/// # Errors
/// SQLite's.
pub fn mine(
    reader: &Reader<'_>,
    user: UserId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let first = after.map_or(State::Active, |cursor| cursor.state);
    let mut items = Vec::new();
    for state in MINE.into_iter().skip_while(|state| *state != first) {
        let from = after
            .filter(|cursor| cursor.state == state)
            .unwrap_or(Cursor::start(state));
        items.extend(of_agent(reader, user, from, limit - items.len())?);
        if items.len() == limit {
            break;
        }
    }
    Ok(items)
}

/// What `user` holds in one state, the newest message first, at most `limit`: a group of the session list.
///
/// # Errors
/// SQLite's.
pub fn in_state(
    reader: &Reader<'_>,
    user: UserId,
    state: State,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    of_agent(reader, user, Cursor::start(state), limit)
}

fn of_agent(
    reader: &Reader<'_>,
    user: UserId,
    after: Cursor,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let mut statement = reader.connection().prepare_cached(OF_AGENT)?;
    let items = statement.query_map(
        named_params! {
            ":user": user, ":state": after.state, ":at": after.at, ":id": after.conversation,
            ":limit": limit as i64,
        },
        work_item,
    )?;
    Ok(items.collect::<rusqlite::Result<_>>()?)
}

/// *Open work items*: what nobody holds in the queues of `user`, the longest waiting first; at most `limit`,
/// after the conversation `after`.
///
/// # Errors
/// SQLite's.
pub fn open(
    reader: &Reader<'_>,
    user: UserId,
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let mut statement = reader.connection().prepare_cached(OPEN)?;
    let mut items = Vec::new();
    // Each queue is one walk along the index; a person has few.
    for queue in queues_of(reader, user)? {
        let found = statement.query_map(
            named_params! {
                ":user": user, ":queue": queue, ":id": after.unwrap_or(ConversationId(0)),
                ":limit": limit as i64,
            },
            work_item,
        )?;
        items.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    items.sort_by_key(|item| item.conversation);
    items.truncate(limit);
    Ok(items)
}

/// *Closed work items*: what `user` closed at or after `since`, the last closed first; at most `limit`, after
/// `after`.
///
/// # Errors
/// SQLite's.
pub fn closed(
    reader: &Reader<'_>,
    user: UserId,
    since: Timestamp,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<WorkItem>> {
    let after = after.unwrap_or(Cursor::start(State::Closed));
    let mut statement = reader.connection().prepare_cached(CLOSED)?;
    let items = statement.query_map(
        named_params! {
            ":user": user, ":since": since, ":at": after.at, ":id": after.conversation,
            ":limit": limit as i64,
        },
        work_item,
    )?;
    Ok(items.collect::<rusqlite::Result<_>>()?)
}

fn queues_of(reader: &Reader<'_>, user: UserId) -> Result<Vec<QueueId>> {
    let mut statement = reader
        .connection()
        .prepare_cached("SELECT queue_id FROM queue_member WHERE user_id = ?1 ORDER BY queue_id")?;
    let queues = statement.query_map([user], |row| row.get(0))?;
    Ok(queues.collect::<rusqlite::Result<_>>()?)
}

/// How much work there is. No figure is above [`COUNTED_UP_TO`] + 1, which reads "more than".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active, held by the person.
    pub active: u32,
    /// Waiting.
    pub waiting: u32,
    /// In Wrap-up.
    pub wrap_up: u32,
    /// Open in the person's queues.
    pub open: u32,
    /// Closed by the person since the moment asked about.
    pub closed: u32,
    /// Unread messages of the person's Active conversations. (A customer who writes makes a conversation
    /// Active, so there are none elsewhere.)
    pub unread: u32,
}

impl Counts {
    /// All that the person holds.
    pub fn mine(&self) -> u32 {
        self.active + self.waiting + self.wrap_up
    }

    /// The figure of one state of [`MINE`].
    pub fn in_state(&self, state: State) -> u32 {
        match state {
            State::Active => self.active,
            State::Waiting => self.waiting,
            State::WrapUp => self.wrap_up,
            State::Open => self.open,
            State::Closed => self.closed,
        }
    }
}

const COUNT_OF_AGENT: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE agent_id = ?1 AND state = ?2 LIMIT ?3)";
const COUNT_OPEN: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE queue_id = ?1 AND state = 'open' LIMIT ?2)";
const COUNT_CLOSED: &str = "SELECT count(*) FROM (
    SELECT 1 FROM conversation WHERE closed_by = ?1 AND state = 'closed' AND closed_at >= ?2 LIMIT ?3)";
const COUNT_UNREAD: &str = "SELECT coalesce(sum(unread), 0) FROM (
    SELECT max(c.inbound_count - coalesce(r.seen_count, 0), 0) AS unread
    FROM conversation AS c
    LEFT JOIN read_mark AS r ON r.conversation_id = c.conversation_id AND r.user_id = c.agent_id
    WHERE c.agent_id = ?1 AND c.state = 'active' LIMIT ?2)";

/// How much work `user` has; closed since `since`.
///
/// # Errors
/// SQLite's.
pub fn counts(reader: &Reader<'_>, user: UserId, since: Timestamp) -> Result<Counts> {
    let limit = COUNTED_UP_TO + 1;
    let of_agent = |state: State| {
        reader
            .connection()
            .prepare_cached(COUNT_OF_AGENT)?
            .query_row(params![user, state, limit], |row| row.get::<_, u32>(0))
    };
    let mut open = 0;
    for queue in queues_of(reader, user)? {
        open += reader
            .connection()
            .prepare_cached(COUNT_OPEN)?
            .query_row(params![queue, limit], |row| row.get::<_, u32>(0))?;
    }
    Ok(Counts {
        active: of_agent(State::Active)?,
        waiting: of_agent(State::Waiting)?,
        wrap_up: of_agent(State::WrapUp)?,
        open: open.min(limit),
        closed: reader
            .connection()
            .prepare_cached(COUNT_CLOSED)?
            .query_row(params![user, since, limit], |row| row.get(0))?,
        unread: reader
            .connection()
            .prepare_cached(COUNT_UNREAD)?
            .query_row(params![user, limit], |row| row.get(0))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use crate::domain::conversation::Act;
    use crate::store::testing::House;

    fn viewer(user: UserId, role: Role) -> Viewer {
        Viewer { user, role }
    }

    /// A house where everybody picks from the one queue.
    fn staffed() -> (House, UserId, UserId) {
        let house = House::furnished();
        let (mei, aino) = (house.user("mei"), house.user("aino"));
        let queue = house.queue;
        house.write(move |tx| {
            queues::join(tx, queue, mei)?;
            queues::join(tx, queue, aino)
        });
        (house, mei, aino)
    }

    fn taken(house: &House, customer: &str, by: UserId) -> ConversationId {
        let id = house.conversation(customer);
        house.write(move |tx| conversations::assign(tx, id, by));
        id
    }

    fn ids(items: &[WorkItem]) -> Vec<ConversationId> {
        items.iter().map(|item| item.conversation).collect()
    }

    #[test]
    fn what_somebody_else_holds_is_not_there_for_an_agent() {
        let (house, mei, aino) = staffed();
        let id = taken(&house, "anna", mei);
        let reaches = |user, role| {
            house
                .read(|reader| load_for(reader, viewer(user, role), id))
                .map(|(_, relation)| relation)
        };
        assert_eq!(reaches(mei, Role::Agent), Some(Relation::Own));
        assert_eq!(reaches(aino, Role::Agent), None);
        assert_eq!(reaches(aino, Role::Supervisor), Some(Relation::Foreign));

        let audience = house.read(|reader| audience(reader, id)).unwrap();
        assert_eq!(audience.relation(mei), Relation::Own);
        assert_eq!(audience.relation(aino), Relation::Foreign);
    }

    #[test]
    fn an_open_conversation_is_there_for_those_who_pick_from_its_queue() {
        let (house, mei, _) = staffed();
        let outsider = house.user("outsider");
        let id = house.conversation("anna");
        let reaches = |user| {
            house
                .read(|reader| load_for(reader, viewer(user, Role::Agent), id))
                .map(|(_, relation)| relation)
        };
        assert_eq!(reaches(mei), Some(Relation::OwnQueue));
        assert_eq!(reaches(outsider), None);
    }

    #[test]
    fn only_the_same_customers_earlier_conversations_belong_to_a_thread() {
        let (house, mei, aino) = staffed();
        let first = taken(&house, "anna", aino);
        let stranger = taken(&house, "bertil", aino);
        house.write(move |tx| {
            conversations::apply(tx, first, Act::End, Some(aino))?;
            conversations::apply(tx, first, Act::Complete, Some(aino))
        });
        let second = taken(&house, "anna", mei);
        let mine = viewer(mei, Role::Agent);
        let (now, _) = house.read(|reader| load_for(reader, mine, second)).unwrap();
        let earlier = |id| house.read(|reader| load_earlier(reader, &now, id));
        assert_eq!(earlier(first).map(|found| found.id), Some(first));
        assert_eq!(earlier(stranger), None);
        assert_eq!(earlier(second), None, "a thread does not contain itself");
    }

    #[test]
    fn my_work_items_go_through_the_states_page_by_page() {
        let (house, mei, aino) = staffed();
        let held: Vec<_> = (0..7)
            .map(|number| taken(&house, &format!("customer {number}"), mei))
            .collect();
        taken(&house, "somebody else's", aino);
        let (parked, ended) = (held[1], held[2]);
        house.write(move |tx| {
            conversations::apply(tx, parked, Act::Park, Some(mei))?;
            conversations::apply(tx, ended, Act::End, Some(mei))
        });

        let whole = house.read(|reader| mine(reader, mei, None, 50));
        let states: Vec<_> = whole.iter().map(|item| item.state).collect();
        assert_eq!(states[..5], [State::Active; 5]);
        assert_eq!(states[5..], [State::Waiting, State::WrapUp]);

        let mut paged = Vec::new();
        loop {
            let after = paged.last().map(WorkItem::cursor);
            let page = house.read(|reader| mine(reader, mei, after, 2));
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(ids(&paged), ids(&whole));

        let counts = house.read(|reader| counts(reader, mei, Timestamp::from_millis(0)));
        assert_eq!((counts.active, counts.waiting, counts.wrap_up), (5, 1, 1));
    }

    #[test]
    fn the_longest_waiting_comes_first_and_unread_messages_are_counted() {
        let (house, mei, _) = staffed();
        let (first, second) = (house.conversation("anna"), house.conversation("bertil"));
        let message = house.message(first, "m1", "Is it open on Sunday?");
        let at = Timestamp::from_millis(0);
        house.write(move |tx| conversations::customer_wrote(tx, first, message, at));

        let waiting = house.read(|reader| open(reader, mei, None, 50));
        assert_eq!(ids(&waiting), [first, second]);
        let snippet = waiting[0].last_message.as_ref().unwrap();
        assert_eq!(snippet.text, "Is it open on Sunday?");
        assert!(waiting[1].last_message.is_none());
        let rest = house.read(|reader| open(reader, mei, Some(first), 50));
        assert_eq!(ids(&rest), [second]);

        house.write(move |tx| conversations::assign(tx, first, mei));
        let counts = house.read(|reader| counts(reader, mei, at));
        assert_eq!((counts.open, counts.active, counts.unread), (1, 1, 1));
    }

    #[test]
    fn closed_work_items_are_those_that_the_person_closed_since_a_moment() {
        let (house, mei, aino) = staffed();
        let id = taken(&house, "anna", mei);
        house.write(move |tx| {
            conversations::apply(tx, id, Act::End, Some(mei))?;
            conversations::apply(tx, id, Act::Complete, Some(mei))
        });
        let closed_by = |user, since| {
            let since = Timestamp::from_millis(since);
            ids(&house.read(|reader| closed(reader, user, since, None, 50)))
        };
        assert_eq!(closed_by(mei, 0), [id]);
        assert_eq!(closed_by(aino, 0), []);
        assert_eq!(closed_by(mei, i64::MAX), []);
    }

    /// Conversations and messages are only ever reached by an index, and no list is sorted after the fact.
    #[test]
    fn no_list_scans_or_sorts() {
        let house = House::furnished();
        for sql in [
            OF_AGENT,
            OPEN,
            CLOSED,
            COUNT_OF_AGENT,
            COUNT_OPEN,
            COUNT_CLOSED,
            COUNT_UNREAD,
        ] {
            let plan = house.read(|reader| plan(reader, sql));
            for step in &plan {
                // The bounded lists that are counted are scanned, and they are made by an index.
                let scans = step.starts_with("SCAN") && step != "SCAN (subquery-1)";
                assert!(!scans, "{sql}\n{plan:#?}");
                assert!(!step.contains("TEMP B-TREE"), "{sql}\n{plan:#?}");
            }
            assert!(
                plan.iter()
                    .any(|step| step.contains("USING INDEX conversation_")
                        || step.contains("USING COVERING INDEX conversation_")),
                "{sql}\n{plan:#?}"
            );
        }
    }

    fn plan(reader: &Reader<'_>, sql: &str) -> Result<Vec<String>> {
        let mut statement = reader
            .connection()
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        // What is looked for does not matter to how it is looked for.
        let mut rows = statement.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next()? {
            steps.push(row.get(3)?);
        }
        Ok(steps)
    }
}
