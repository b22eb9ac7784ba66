//! Topics: what conversations are about. (Disposition codes, specification §2.16.)

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{ConversationId, TopicId, UserId, WorkstreamId};

use super::{Reader, Result, Tx, audit, settings};

/// A topic.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Row id.
    pub id: TopicId,
    /// What an administrator typed.
    pub draft: Draft,
    /// The name of its workstream; `None`: it is offered everywhere.
    pub workstream: Option<String>,
    /// How many conversations have it.
    pub conversations: u32,
}

/// What an administrator types about a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// No two of one workstream have the same, whatever their capitals.
    pub name: String,
    /// When to choose it; may be empty.
    pub description: String,
    /// Where it is offered; `None`: everywhere.
    pub workstream: Option<WorkstreamId>,
}

/// A topic in the audit log.
#[derive(Serialize)]
struct ShownTopic {
    name: String,
    description: String,
    workstream: Option<String>,
}

impl Shown for ShownTopic {}

fn shown(topic: &Topic) -> ShownTopic {
    ShownTopic {
        name: topic.draft.name.clone(),
        description: topic.draft.description.clone(),
        workstream: topic.workstream.clone(),
    }
}

macro_rules! select_topic {
    ($rest:literal) => {
        concat!(
            "SELECT topic_id, topic.name, description, topic.workstream_id, workstream.name,
                    (SELECT count(*) FROM conversation_topic AS chosen WHERE chosen.topic_id = topic.topic_id)
             FROM topic LEFT JOIN workstream ON workstream.workstream_id = topic.workstream_id ",
            $rest
        )
    };
}

fn topic(row: &Row<'_>) -> rusqlite::Result<Topic> {
    Ok(Topic {
        id: row.get(0)?,
        draft: Draft {
            name: row.get(1)?,
            description: row.get(2)?,
            workstream: row.get(3)?,
        },
        workstream: row.get(4)?,
        conversations: row.get(5)?,
    })
}

/// Every topic that is offered somewhere, by name.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Topic>> {
    let mut statement = reader.connection().prepare_cached(select_topic!(
        "WHERE topic.removed_at IS NULL ORDER BY topic.name, topic_id"
    ))?;
    let topics = statement.query_map([], topic)?;
    Ok(topics.collect::<rusqlite::Result<_>>()?)
}

/// The topic of an id; `None` when there is none, or it was taken away.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: TopicId) -> Result<Option<Topic>> {
    Ok(reader
        .connection()
        .prepare_cached(select_topic!(
            "WHERE topic_id = ?1 AND topic.removed_at IS NULL"
        ))?
        .query_row([id], topic)
        .optional()?)
}

fn subject(topic: &Topic) -> Subject {
    Subject::new(Kind::Topic, topic.id.0, &topic.draft.name)
}

/// Adds a topic. `None` when its workstream has one of this name.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, draft: &Draft) -> Result<Option<TopicId>> {
    let id: Option<TopicId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO topic (name, description, workstream_id) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING RETURNING topic_id",
        )?
        .query_row(
            params![draft.name, draft.description, draft.workstream],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = id
        && let Some(after) = by_id(&tx.reader(), id)?
    {
        audit::added(tx, Act::TopicAdded, &subject(&after), &shown(&after))?;
    }
    Ok(id)
}

/// Changes a topic, also where conversations have it. False when its workstream has another one of this name, or
/// it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, id: TopicId, draft: &Draft) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE topic SET name = ?2, description = ?3, workstream_id = ?4 WHERE topic_id = ?1",
        )?
        .execute(params![id, draft.name, draft.description, draft.workstream])?;
    let after = by_id(&tx.reader(), id)?.filter(|_| changed > 0);
    if let Some(after) = &after {
        let (was, is) = (shown(&before), shown(after));
        audit::changed(tx, Act::TopicChanged, &subject(after), &was, &is)?;
    }
    Ok(after.is_some())
}

/// Takes a topic away: it is offered no more, and stays where conversations have it. False when it is gone.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: TopicId) -> Result<bool> {
    let Some(gone) = by_id(&tx.reader(), id)? else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached("UPDATE topic SET removed_at = ?2 WHERE topic_id = ?1")?
        .execute(params![id, tx.now()])?;
    audit::removed(tx, Act::TopicRemoved, &subject(&gone), &shown(&gone))?;
    Ok(true)
}

/// A topic as a conversation is offered it, or has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Row id.
    pub id: TopicId,
    /// Its name.
    pub name: String,
    /// When to choose it; may be empty.
    pub description: String,
    /// The conversation has it.
    pub is_chosen: bool,
}

/// What a conversation can be about: what is offered everywhere and in its workstream, and what it has already, also
/// of topics that were taken away. By name.
///
/// # Errors
/// SQLite's.
pub fn choices(reader: &Reader<'_>, conversation: ConversationId) -> Result<Vec<Choice>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT topic_id, topic.name, description, chosen.topic_id IS NOT NULL
         FROM conversation JOIN topic
         LEFT JOIN conversation_topic AS chosen USING (conversation_id, topic_id)
         WHERE conversation_id = ?1
           AND (chosen.topic_id IS NOT NULL
                OR (topic.removed_at IS NULL
                    AND (topic.workstream_id IS NULL OR topic.workstream_id = conversation.workstream_id)))
         ORDER BY topic.name, topic_id",
    )?;
    let choices = statement.query_map([conversation], |row| {
        Ok(Choice {
            id: row.get(0)?,
            name: row.get(1)?,
            description: row.get(2)?,
            is_chosen: row.get(3)?,
        })
    })?;
    Ok(choices.collect::<rusqlite::Result<_>>()?)
}

/// The names of the topics that a conversation has.
///
/// # Errors
/// SQLite's.
pub fn chosen(reader: &Reader<'_>, conversation: ConversationId) -> Result<Vec<String>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT name FROM conversation_topic JOIN topic USING (topic_id)
         WHERE conversation_id = ?1 ORDER BY name",
    )?;
    let names = statement.query_map([conversation], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Gives a conversation exactly these topics, in the name of `user`. Those that it is not offered are left out. False,
/// and nothing is changed, when they are more than the settings allow.
///
/// # Errors
/// SQLite's.
pub fn choose(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
    topics: &[TopicId],
) -> Result<bool> {
    let offered = choices(&tx.reader(), conversation)?.into_iter();
    let wanted: Vec<Choice> = offered.filter(|it| topics.contains(&it.id)).collect();
    let limit = settings::read(&tx.reader())?.topics.topic_limit;
    if wanted.len() > limit as usize {
        return Ok(false);
    }
    let mut chosen = tx
        .connection()
        .prepare_cached("SELECT topic_id FROM conversation_topic WHERE conversation_id = ?1")?;
    let had: Vec<TopicId> = chosen
        .query_map([conversation], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut drop = tx.connection().prepare_cached(
        "DELETE FROM conversation_topic WHERE conversation_id = ?1 AND topic_id = ?2",
    )?;
    for gone in had
        .iter()
        .filter(|id| wanted.iter().all(|it| it.id != **id))
    {
        drop.execute(params![conversation, gone])?;
    }
    let mut add = tx.connection().prepare_cached(
        "INSERT OR IGNORE INTO conversation_topic (conversation_id, topic_id, user_id, chosen_at)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for new in &wanted {
        add.execute(params![conversation, new.id, user, tx.now()])?;
    }
    Ok(true)
}

/// Whether a conversation may not be closed yet, because it has no topic and the settings want one. Where none is
/// offered, none is wanted.
///
/// # Errors
/// SQLite's.
pub fn is_missing(reader: &Reader<'_>, conversation: ConversationId) -> Result<bool> {
    let settings = settings::read(reader)?.topics;
    if !settings.topics || !settings.topic_required {
        return Ok(false);
    }
    let choices = choices(reader, conversation)?;
    Ok(!choices.is_empty() && choices.iter().all(|choice| !choice.is_chosen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    fn draft(name: &str) -> Draft {
        Draft {
            name: name.to_owned(),
            description: String::new(),
            workstream: None,
        }
    }

    #[test]
    fn a_conversation_has_as_many_topics_as_allowed_and_keeps_those_that_are_taken_away() {
        let house = House::furnished();
        let conversation = house.conversation("anna");
        let user = house.user("mine");
        let ids: Vec<TopicId> = ["Refund", "Repair", "Thanks"]
            .into_iter()
            .map(|name| house.write(move |tx| add(tx, &draft(name))).unwrap())
            .collect();
        let all_three = ids.clone();
        assert!(!house.write(move |tx| choose(tx, conversation, user, &all_three)));
        assert!(house.read(|reader| chosen(reader, conversation)).is_empty());
        let two = [ids[0], ids[1]];
        assert!(house.write(move |tx| choose(tx, conversation, user, &two)));
        let gone = ids[0];
        assert!(house.write(move |tx| remove(tx, gone)));
        assert!(!house.write(move |tx| remove(tx, gone)));
        let has = || house.read(|reader| chosen(reader, conversation));
        assert_eq!(
            has(),
            ["Refund", "Repair"],
            "what is taken away stays visible"
        );
        let other = house.conversation("ben");
        let offered = house.read(|reader| choices(reader, other));
        let offered: Vec<&str> = offered.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(offered, ["Repair", "Thanks"]);
        assert!(
            house.write(|tx| add(tx, &draft("REFUND"))).is_some(),
            "the name is free again"
        );
        assert!(house.write(|tx| add(tx, &draft("repair"))).is_none());
        assert!(house.write(move |tx| choose(tx, conversation, user, &[])));
        assert!(has().is_empty());
    }

    #[test]
    fn a_topic_is_missed_only_where_one_is_wanted_and_offered() {
        let house = House::furnished();
        let conversation = house.conversation("anna");
        let user = house.user("mine");
        let missing = || house.read(|reader| is_missing(reader, conversation));
        house.write(|tx| settings::change(tx, |all| all.topics.topic_required = true));
        assert!(!missing(), "topics are off");
        house.write(|tx| settings::change(tx, |all| all.topics.topics = true));
        assert!(!missing(), "there is none to choose");
        let id = house.write(|tx| add(tx, &draft("Refund"))).unwrap();
        assert!(missing());
        house.write(move |tx| choose(tx, conversation, user, &[id]));
        assert!(!missing());
    }
}
