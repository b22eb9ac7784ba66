//! Quick replies: everybody's, and those that somebody keeps for himself.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{ConversationId, QuickReplyId, UserId, WorkstreamId};
use crate::domain::quick_reply::{Reply, Values, for_language};

use super::profiles::called;
use super::{Reader, Result, Tx, audit};

/// Whose replies are looked at or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Everybody's.
    Shared,
    /// A person's own: nobody else sees them.
    Person(UserId),
}

impl Owner {
    const fn user(self) -> Option<UserId> {
        match self {
            Owner::Shared => None,
            Owner::Person(user) => Some(user),
        }
    }
}

/// A quick reply.
#[derive(Clone, Debug)]
pub struct QuickReply {
    /// Row id.
    pub id: QuickReplyId,
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub reply: Reply,
    /// Where it is offered, by id and name; empty: everywhere. Workstreams that are gone are left out.
    pub workstreams: Vec<(WorkstreamId, String)>,
}

/// What somebody types about a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub reply: Reply,
    /// Where it is offered; empty: everywhere. Always empty of a personal one.
    pub workstreams: Vec<WorkstreamId>,
}

/// What the audit log shows of a shared one.
#[derive(Serialize)]
struct ShownReply {
    name: String,
    reply: String,
    language: String,
    tags: Vec<String>,
    workstreams: Vec<String>,
}

impl Shown for ShownReply {}

impl From<&QuickReply> for ShownReply {
    fn from(found: &QuickReply) -> ShownReply {
        ShownReply {
            name: found.reply.title.clone(),
            reply: found.reply.text.clone(),
            language: found.reply.language.clone(),
            tags: found.reply.tags.clone(),
            workstreams: found
                .workstreams
                .iter()
                .map(|(_, name)| name.clone())
                .collect(),
        }
    }
}

macro_rules! select_reply {
    ($rest:literal) => {
        concat!(
            "SELECT quick_reply_id, user_id, title, text, language, tags FROM quick_reply ",
            $rest
        )
    };
}

fn reply(row: &Row<'_>) -> rusqlite::Result<QuickReply> {
    let user: Option<UserId> = row.get(1)?;
    let tags: String = row.get(5)?;
    Ok(QuickReply {
        id: row.get(0)?,
        owner: user.map_or(Owner::Shared, Owner::Person),
        reply: Reply {
            title: row.get(2)?,
            text: row.get(3)?,
            language: row.get(4)?,
            tags: tags.split_whitespace().map(str::to_owned).collect(),
        },
        workstreams: Vec::new(),
    })
}

fn with_workstreams(reader: &Reader<'_>, mut found: QuickReply) -> Result<QuickReply> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT workstream_id, name FROM quick_reply_workstream JOIN workstream USING (workstream_id)
         WHERE quick_reply_id = ?1 AND removed_at IS NULL ORDER BY name",
    )?;
    let rows = statement.query_map([found.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.workstreams = rows.collect::<rusqlite::Result<_>>()?;
    Ok(found)
}

/// Every reply of an owner, by title.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>, owner: Owner) -> Result<Vec<QuickReply>> {
    let mut statement = reader.connection().prepare_cached(select_reply!(
        "WHERE user_id IS ?1 ORDER BY title, language, quick_reply_id"
    ))?;
    let found: Vec<QuickReply> = statement
        .query_map([owner.user()], reply)?
        .collect::<rusqlite::Result<_>>()?;
    let found = found.into_iter();
    found.map(|one| with_workstreams(reader, one)).collect()
}

/// A reply of an owner; `None` when there is none, and for another owner's.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, owner: Owner, id: QuickReplyId) -> Result<Option<QuickReply>> {
    let found = reader
        .connection()
        .prepare_cached(select_reply!("WHERE quick_reply_id = ?1 AND user_id IS ?2"))?
        .query_row(params![id, owner.user()], reply)
        .optional()?;
    found.map(|one| with_workstreams(reader, one)).transpose()
}

/// The reply of an owner with this title in this language; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_title(
    reader: &Reader<'_>,
    owner: Owner,
    title: &str,
    language: &str,
) -> Result<Option<QuickReply>> {
    let found = reader
        .connection()
        .prepare_cached(select_reply!(
            "WHERE title = ?1 AND language = ?2 AND user_id IS ?3"
        ))?
        .query_row(params![title, language, owner.user()], reply)
        .optional()?;
    found.map(|one| with_workstreams(reader, one)).transpose()
}

/// Adds a reply. `None` when the owner has one of this title and language.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, owner: Owner, draft: &Draft) -> Result<Option<QuickReplyId>> {
    let to = &draft.reply;
    let id: Option<QuickReplyId> = tx
        .connection()
        .prepare_cached(
            "INSERT INTO quick_reply (user_id, title, text, language, tags, changed_at)
             VALUES (:user, :title, :text, :language, :tags, :now)
             ON CONFLICT DO NOTHING RETURNING quick_reply_id",
        )?
        .query_row(
            named_params! {
                ":user": owner.user(),
                ":title": to.title,
                ":text": to.text,
                ":language": to.language,
                ":tags": to.tags.join(" "),
                ":now": tx.now(),
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = id else {
        return Ok(None);
    };
    offer_in(tx, id, &draft.workstreams)?;
    if let (Owner::Shared, Some(after)) = (owner, by_id(&tx.reader(), owner, id)?) {
        audit::added(
            tx,
            Act::QuickReplyAdded,
            &subject(&after),
            &ShownReply::from(&after),
        )?;
    }
    Ok(Some(id))
}

/// Changes a reply. False when the owner has another one of this title and language, or it is gone.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, owner: Owner, id: QuickReplyId, draft: &Draft) -> Result<bool> {
    let Some(before) = by_id(&tx.reader(), owner, id)? else {
        return Ok(false);
    };
    let to = &draft.reply;
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE OR IGNORE quick_reply
             SET title = :title, text = :text, language = :language, tags = :tags, changed_at = :now
             WHERE quick_reply_id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":title": to.title,
            ":text": to.text,
            ":language": to.language,
            ":tags": to.tags.join(" "),
            ":now": tx.now(),
        })?;
    if changed == 0 {
        return Ok(false);
    }
    offer_in(tx, id, &draft.workstreams)?;
    if let (Owner::Shared, Some(after)) = (owner, by_id(&tx.reader(), owner, id)?) {
        let (was, is) = (ShownReply::from(&before), ShownReply::from(&after));
        audit::changed(tx, Act::QuickReplyChanged, &subject(&after), &was, &is)?;
    }
    Ok(true)
}

/// Takes a reply away. False when it is gone, or another owner's.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, owner: Owner, id: QuickReplyId) -> Result<bool> {
    let Some(gone) = by_id(&tx.reader(), owner, id)? else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached("DELETE FROM quick_reply WHERE quick_reply_id = ?1")?
        .execute([id])?;
    if owner == Owner::Shared {
        audit::removed(
            tx,
            Act::QuickReplyRemoved,
            &subject(&gone),
            &ShownReply::from(&gone),
        )?;
    }
    Ok(true)
}

/// Adds a copy of a reply for `to`, under the first title that is free beginning with `title`. `None` when the
/// reply is gone.
///
/// # Errors
/// SQLite's.
pub fn copy(
    tx: &Tx<'_>,
    (from, id): (Owner, QuickReplyId),
    to: Owner,
    title: &str,
) -> Result<Option<QuickReplyId>> {
    let Some(found) = by_id(&tx.reader(), from, id)? else {
        return Ok(None);
    };
    let language = found.reply.language.clone();
    let title = super::free_name::free_name(title, |title| {
        Ok(by_title(&tx.reader(), to, title, &language)?.is_some())
    })?;
    let workstreams = found.workstreams.iter().map(|(id, _)| *id);
    let draft = Draft {
        reply: Reply {
            title,
            ..found.reply
        },
        workstreams: match to {
            Owner::Shared => workstreams.collect(),
            Owner::Person(_) => Vec::new(),
        },
    };
    add(tx, to, &draft)
}

fn subject(found: &QuickReply) -> Subject {
    Subject::new(Kind::QuickReply, found.id.0, &found.reply.title)
}

fn offer_in(tx: &Tx<'_>, id: QuickReplyId, workstreams: &[WorkstreamId]) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM quick_reply_workstream WHERE quick_reply_id = ?1")?
        .execute([id])?;
    let mut statement = tx.connection().prepare_cached(
        "INSERT OR IGNORE INTO quick_reply_workstream (quick_reply_id, workstream_id) VALUES (?1, ?2)",
    )?;
    for workstream in workstreams {
        statement.execute(params![id, workstream])?;
    }
    Ok(())
}

/// Where replies are offered, and to whom.
struct Place {
    workstream: WorkstreamId,
    /// The page's, else the organization's.
    language: String,
}

/// What an agent is offered in a conversation.
#[derive(Debug, Default)]
pub struct Offered {
    /// His own first, each group by title.
    pub replies: Vec<QuickReply>,
    /// There are others, in other languages.
    pub has_others: bool,
}

/// What `user` is offered in a conversation: shared ones of its workstream and the user's own, in the language of
/// the page (see [`for_language`]), or in every language. Nothing when the conversation is gone.
///
/// # Errors
/// SQLite's.
pub fn offered(
    reader: &Reader<'_>,
    conversation: ConversationId,
    user: UserId,
    every_language: bool,
) -> Result<Offered> {
    let place = reader
        .connection()
        .prepare_cached(
            "SELECT conversation.workstream_id, coalesce(page.answer_language, settings.default_language)
             FROM conversation JOIN page USING (page_id), settings WHERE conversation_id = ?1",
        )?
        .query_row([conversation], |row| {
            Ok(Place {
                workstream: row.get(0)?,
                language: row.get(1)?,
            })
        })
        .optional()?;
    let Some(place) = place else {
        return Ok(Offered::default());
    };
    let mut statement = reader.connection().prepare_cached(select_reply!(
        "WHERE user_id = :user OR (user_id IS NULL AND (
             NOT EXISTS (SELECT 1 FROM quick_reply_workstream AS offered JOIN workstream USING (workstream_id)
                         WHERE offered.quick_reply_id = quick_reply.quick_reply_id AND removed_at IS NULL)
             OR EXISTS (SELECT 1 FROM quick_reply_workstream AS offered
                        WHERE offered.quick_reply_id = quick_reply.quick_reply_id
                          AND offered.workstream_id = :workstream)))
         ORDER BY user_id IS NULL, title, quick_reply_id"
    ))?;
    let all: Vec<QuickReply> = statement
        .query_map(
            named_params! { ":user": user, ":workstream": place.workstream },
            reply,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let count = all.len();
    let language = Some(place.language.as_str()).filter(|_| !every_language);
    let replies = for_language(all, language, |it: &QuickReply| it.reply.language.as_str());
    Ok(Offered {
        has_others: replies.len() < count,
        replies,
    })
}

/// What is filled into the replies that `user` writes in a conversation; the context variables have the values of
/// its workstream. Empty when the conversation is gone.
///
/// # Errors
/// SQLite's.
pub fn values(reader: &Reader<'_>, conversation: ConversationId, user: UserId) -> Result<Values> {
    let names = reader
        .connection()
        .prepare_cached(
            concat!(
                "SELECT coalesce(",
                called!("social_profile"),
                ", ''), user.name, user.nickname
             FROM conversation JOIN social_profile USING (social_profile_id) JOIN user ON user.user_id = ?2
             WHERE conversation_id = ?1"
            ),
        )?
        .query_row(params![conversation, user], |row| {
            Ok(Values {
                customer: row.get(0)?,
                agent: row.get(1)?,
                nickname: row.get(2)?,
                context: Vec::new(),
            })
        })
        .optional()?;
    let mut values = names.unwrap_or_default();
    let mut statement = reader.connection().prepare_cached(
        "SELECT context_variable.name, value
         FROM context_variable JOIN conversation USING (workstream_id) WHERE conversation_id = ?1",
    )?;
    let context = statement.query_map([conversation], |row| Ok((row.get(0)?, row.get(1)?)))?;
    values.context = context.collect::<rusqlite::Result<_>>()?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    fn draft(title: &str, language: &str) -> Draft {
        Draft {
            reply: Reply {
                title: title.to_owned(),
                text: "Hello {FirstName{Customer}}".to_owned(),
                language: language.to_owned(),
                tags: vec!["greeting".to_owned(), "short".to_owned()],
            },
            workstreams: Vec::new(),
        }
    }

    fn titles(offered: &Offered) -> Vec<&str> {
        let replies = offered.replies.iter();
        replies.map(|it| it.reply.title.as_str()).collect()
    }

    #[test]
    fn a_personal_reply_is_its_owners_and_a_shared_one_is_everybodys() {
        let house = House::furnished();
        let conversation = house.conversation("anna");
        let (mine, other) = (house.user("mine"), house.user("other"));
        let own = house
            .write(move |tx| add(tx, Owner::Person(mine), &draft("Own", "")))
            .unwrap();
        house.write(|tx| add(tx, Owner::Shared, &draft("Shared", "")));
        let offer = |user| house.read(|reader| offered(reader, conversation, user, false));
        assert_eq!(titles(&offer(mine)), ["Own", "Shared"]);
        assert_eq!(titles(&offer(other)), ["Shared"]);
        for foreign in [Owner::Shared, Owner::Person(other)] {
            assert!(house.read(|reader| by_id(reader, foreign, own)).is_none());
            assert!(!house.write(move |tx| remove(tx, foreign, own)));
        }
        let found = house
            .read(|reader| by_id(reader, Owner::Person(mine), own))
            .unwrap();
        assert_eq!(found.reply, draft("Own", "").reply);
    }

    #[test]
    fn a_reply_is_offered_in_its_workstreams_and_in_the_language_of_the_page() {
        let house = House::furnished();
        let conversation = house.conversation("anna");
        let user = house.user("mine");
        let workstream = house.workstream;
        house.execute("UPDATE page SET answer_language = 'fr'");
        house.execute(
            "INSERT INTO workstream (name, channel, mode, fallback_queue_id, auto_close_waiting_ms, wrap_up_ms,
                                     created_at)
             SELECT 'Other', channel, mode, fallback_queue_id, auto_close_waiting_ms, wrap_up_ms, 0
             FROM workstream",
        );
        house.write(move |tx| {
            let other = WorkstreamId(workstream.0 + 1);
            for (title, language, workstreams) in [
                ("Bonjour", "fr", vec![workstream]),
                ("Hello", "en", vec![]),
                ("Ailleurs", "fr", vec![other]),
            ] {
                let draft = Draft {
                    workstreams,
                    ..draft(title, language)
                };
                add(tx, Owner::Shared, &draft)?;
            }
            Ok(())
        });
        let offer = |every| house.read(|reader| offered(reader, conversation, user, every));
        assert_eq!(titles(&offer(false)), ["Bonjour"]);
        assert!(offer(false).has_others);
        assert_eq!(titles(&offer(true)), ["Bonjour", "Hello"]);
        house.execute("UPDATE page SET answer_language = 'fi'");
        assert_eq!(
            titles(&offer(false)),
            ["Bonjour", "Hello"],
            "none is Finnish"
        );
    }

    #[test]
    fn a_title_tells_the_replies_of_one_language_apart() {
        let house = House::furnished();
        let user = house.user("mine");
        let first = house
            .write(|tx| add(tx, Owner::Shared, &draft("Hello", "en")))
            .unwrap();
        assert!(
            house
                .write(|tx| add(tx, Owner::Shared, &draft("HELLO", "en")))
                .is_none()
        );
        let french = house
            .write(|tx| add(tx, Owner::Shared, &draft("Hello", "fr")))
            .unwrap();
        assert!(!house.write(move |tx| change(tx, Owner::Shared, french, &draft("hello", "en"))));
        house.write(move |tx| {
            let to = Owner::Person(user);
            copy(tx, (Owner::Shared, first), Owner::Shared, "Copy of Hello")?;
            copy(tx, (Owner::Shared, first), Owner::Shared, "Copy of Hello")?;
            copy(tx, (Owner::Shared, first), to, "Hello")
        });
        let shared = house.read(|reader| all(reader, Owner::Shared));
        let shared: Vec<&str> = shared.iter().map(|it| it.reply.title.as_str()).collect();
        assert_eq!(
            shared,
            ["Copy of Hello", "Copy of Hello 2", "Hello", "Hello"]
        );
        assert_eq!(
            house.read(|reader| all(reader, Owner::Person(user))).len(),
            1
        );
    }

    #[test]
    fn a_reply_is_filled_with_what_is_known_of_the_conversation() {
        let house = House::furnished();
        let conversation = house.conversation("anna");
        let user = house.user("mine");
        house.execute("UPDATE social_profile SET name = 'Anna Virtanen'");
        house.execute("UPDATE user SET nickname = 'Mi'");
        house.execute(
            "INSERT INTO context_variable (workstream_id, name, kind, value) VALUES (1, 'shop', 'text', 'Lumi')",
        );
        let values = house.read(|reader| values(reader, conversation, user));
        assert_eq!(values.customer, "Anna Virtanen");
        assert_eq!(
            (values.agent.as_str(), values.nickname.as_str()),
            ("mine", "Mi")
        );
        assert_eq!(values.context, [("shop".to_owned(), "Lumi".to_owned())]);
    }
}
