//! Messages, in and out, and what hangs on them.
//!
//! Order on screen is our own increasing id: a message that a platform delivers late appears where it
//! arrived, with the platform's time beside it, so that nothing is inserted above what an agent has
//! already read.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::domain::delivery::Reason;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, PageId, UserId};
use crate::domain::live_event::LiveEvent;
use crate::domain::message::{Attachment, Author, Kind, Status};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Row id: grows with every message, the order on screen.
    pub id: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The page.
    pub page: PageId,
    /// `mid`, or LINE's message id; `None` until the platform gave one.
    pub platform_id: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// The agent's name.
    pub user_name: Option<String>,
    /// In a group: the platform's id of the person who spoke.
    pub speaker: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The text; empty when there is none or when it was taken back.
    pub text: String,
    /// Made by the browser that sent it.
    pub client_id: Option<String>,
    /// The platform call that carries it.
    pub outbox: Option<OutboxId>,
    /// How far it has come; `None` for what the customer wrote.
    pub status: Option<Status>,
    /// Why it failed or is in doubt.
    pub reason: Option<Reason>,
    /// Platform id of the message that it quotes.
    pub reply_to: Option<String>,
    /// The platform's time for what came in, ours for what goes out.
    pub sent_at: Timestamp,
    /// When it was stored here.
    pub created_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
    /// When its author took it back: text and attachments are gone.
    pub unsent_at: Option<Timestamp>,
    /// What hangs on it, in order.
    pub attachments: Vec<Attachment>,
}

/// A message to store.
pub struct NewMessage<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The page.
    pub page: PageId,
    /// The platform's id; `None` while it has none.
    pub platform_id: Option<&'a str>,
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub user: Option<UserId>,
    /// In a group: who spoke.
    pub speaker: Option<&'a str>,
    /// What it is.
    pub kind: Kind,
    /// The text.
    pub text: &'a str,
    /// Made by the browser that sent it; unique.
    pub client_id: Option<&'a str>,
    /// The platform call that carries it.
    pub outbox: Option<OutboxId>,
    /// `None` for what the customer wrote.
    pub status: Option<Status>,
    /// Platform id of the message that it quotes.
    pub reply_to: Option<&'a str>,
    /// The platform's time for what came in, ours for what goes out.
    pub sent_at: Timestamp,
    /// What hangs on it.
    pub attachments: &'a [Attachment],
}

macro_rules! select_message {
    ($rest:literal) => {
        concat!(
            "SELECT message_id, conversation_id, page_id, platform_id, author, message.user_id, user.name,
                    speaker, kind, text, client_id, outbox_id, status, status_reason, reply_to, sent_at,
                    message.created_at, edited_at, unsent_at
             FROM message LEFT JOIN user USING (user_id) ",
            $rest
        )
    };
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let reason: Option<String> = row.get(13)?;
    Ok(Message {
        id: row.get(0)?,
        conversation: row.get(1)?,
        page: row.get(2)?,
        platform_id: row.get(3)?,
        author: row.get(4)?,
        user: row.get(5)?,
        user_name: row.get(6)?,
        speaker: row.get(7)?,
        kind: row.get(8)?,
        text: row.get(9)?,
        client_id: row.get(10)?,
        outbox: row.get(11)?,
        status: row.get(12)?,
        reason: reason.and_then(|json| serde_json::from_str(&json).ok()),
        reply_to: row.get(14)?,
        sent_at: row.get(15)?,
        created_at: row.get(16)?,
        edited_at: row.get(17)?,
        unsent_at: row.get(18)?,
        attachments: Vec::new(),
    })
}

/// The message of an id, with its attachments. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: MessageId) -> Result<Option<Message>> {
    let found = reader
        .connection()
        .prepare_cached(select_message!("WHERE message_id = ?1"))?
        .query_row([id], message)
        .optional()?;
    found
        .map(|found| with_attachments(reader, found))
        .transpose()
}

/// The message that a page knows by the platform's id, with its attachments: what a reply quotes. `None`
/// when it is not here (any more).
///
/// # Errors
/// SQLite's.
pub fn by_platform_id(
    reader: &Reader<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<Message>> {
    let found = reader
        .connection()
        .prepare_cached(select_message!("WHERE page_id = ?1 AND platform_id = ?2"))?
        .query_row(params![page, platform_id], message)
        .optional()?;
    found
        .map(|found| with_attachments(reader, found))
        .transpose()
}

/// The newest `limit` messages of a conversation that are older than `before` (`None`: the newest of all),
/// oldest first, with their attachments.
///
/// # Errors
/// SQLite's.
pub fn page_of(
    reader: &Reader<'_>,
    conversation: ConversationId,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>> {
    let mut statement = reader.connection().prepare_cached(select_message!(
        "WHERE conversation_id = ?1 AND message_id < ?2 ORDER BY message_id DESC LIMIT ?3"
    ))?;
    let before = before.unwrap_or(MessageId(i64::MAX));
    let mut messages = statement
        .query_map(params![conversation, before, limit as i64], message)?
        .map(|found| with_attachments(reader, found?))
        .collect::<Result<Vec<_>>>()?;
    messages.reverse();
    Ok(messages)
}

/// The messages of a conversation after `last`, oldest first, at most `limit`, with their attachments: what
/// came in while somebody was typing or asleep.
///
/// # Errors
/// SQLite's.
pub fn newer_than(
    reader: &Reader<'_>,
    conversation: ConversationId,
    last: MessageId,
    limit: usize,
) -> Result<Vec<Message>> {
    let mut statement = reader.connection().prepare_cached(select_message!(
        "WHERE conversation_id = ?1 AND message_id > ?2 ORDER BY message_id LIMIT ?3"
    ))?;
    statement
        .query_map(params![conversation, last, limit as i64], message)?
        .map(|found| with_attachments(reader, found?))
        .collect()
}

fn with_attachments(reader: &Reader<'_>, mut message: Message) -> Result<Message> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT kind, name, size_bytes, url, detail FROM attachment
         WHERE message_id = ?1 ORDER BY attachment_id",
    )?;
    let attachments = statement.query_map([message.id], |row| {
        let detail: String = row.get(4)?;
        Ok(Attachment {
            kind: row.get(0)?,
            name: row.get(1)?,
            size_bytes: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
            url: row.get(3)?,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        })
    })?;
    message.attachments = attachments.collect::<rusqlite::Result<_>>()?;
    Ok(message)
}

/// Stores a message with its attachments. `None` when this page already has one with this platform id or
/// this client id: then nothing is stored. Tells nobody and moves no conversation: see
/// [`super::conversations::customer_wrote`] and [`super::conversations::answered`].
///
/// # Errors
/// SQLite's.
pub fn insert(tx: &Tx<'_>, new: &NewMessage<'_>) -> Result<Option<MessageId>> {
    let inserted = tx
        .connection()
        .prepare_cached(
            "INSERT INTO message (conversation_id, page_id, platform_id, author, user_id, speaker, kind,
                                  text, client_id, outbox_id, status, reply_to, sent_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            new.conversation,
            new.page,
            new.platform_id,
            new.author,
            new.user,
            new.speaker,
            new.kind,
            new.text,
            new.client_id,
            new.outbox,
            new.status,
            new.reply_to,
            new.sent_at,
            tx.now()
        ])?;
    if inserted == 0 {
        return Ok(None);
    }
    let id = MessageId(tx.connection().last_insert_rowid());
    for attachment in new.attachments {
        insert_attachment(tx, id, attachment)?;
    }
    Ok(Some(id))
}

fn insert_attachment(tx: &Tx<'_>, message: MessageId, attachment: &Attachment) -> Result<()> {
    let detail = match &attachment.detail {
        serde_json::Value::Null => String::new(),
        detail => detail.to_string(),
    };
    tx.connection()
        .prepare_cached(
            "INSERT INTO attachment (message_id, kind, name, size_bytes, url, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            message,
            attachment.kind,
            attachment.name,
            attachment
                .size_bytes
                .and_then(|size| i64::try_from(size).ok()),
            attachment.url,
            detail
        ])?;
    Ok(())
}

/// What is known of a message before it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foreknown {
    /// It is here already.
    pub is_here: bool,
    /// It was taken back.
    pub unsent_at: Option<Timestamp>,
    /// An edit overtook it: see [`take_early_edit`].
    pub was_edited: bool,
}

/// What a page knows of a platform's message id.
///
/// # Errors
/// SQLite's.
pub fn foreknown(tx: &Tx<'_>, page: PageId, platform_id: &str) -> Result<Foreknown> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message WHERE page_id = ?1 AND platform_id = ?2),
                    (SELECT unsent_at FROM unsent WHERE page_id = ?1 AND platform_id = ?2),
                    EXISTS (SELECT 1 FROM early_edit WHERE page_id = ?1 AND platform_id = ?2)",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok(Foreknown {
                is_here: row.get(0)?,
                unsent_at: row.get(1)?,
                was_edited: row.get(2)?,
            })
        })?)
}

/// The message that a page knows by the platform's id, and its conversation.
///
/// # Errors
/// SQLite's.
pub fn find(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<(MessageId, ConversationId)>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT message_id, conversation_id FROM message WHERE page_id = ?1 AND platform_id = ?2",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Changes the text of a message that its author edited at `at`. An edit older than the one that is shown
/// changes nothing, and nothing brings back what was taken back. An edit that overtakes its message waits
/// for it (see [`take_early_edit`]). The conversation, when something changed.
///
/// # Errors
/// SQLite's.
pub fn edit(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
    text: &str,
    at: Timestamp,
) -> Result<Option<ConversationId>> {
    let Some((id, conversation)) = find(tx, page, platform_id)? else {
        tx.connection()
            .prepare_cached(
                "INSERT INTO early_edit (page_id, platform_id, text, edited_at, arrived_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (page_id, platform_id) DO UPDATE
                 SET text = excluded.text, edited_at = excluded.edited_at
                 WHERE excluded.edited_at >= early_edit.edited_at",
            )?
            .execute(params![page, platform_id, text, at, tx.now()])?;
        return Ok(None);
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE message SET text = ?2, edited_at = ?3
             WHERE message_id = ?1 AND unsent_at IS NULL AND ?3 >= coalesce(edited_at, ?3)
               AND (text <> ?2 OR edited_at IS NULL)",
        )?
        .execute(params![id, text, at])?;
    if changed == 0 {
        return Ok(None);
    }
    tx.tell(LiveEvent::MessageChanged(conversation, id))?;
    Ok(Some(conversation))
}

/// Takes the edit that came before its message: the text, and when it was edited.
///
/// # Errors
/// SQLite's.
pub fn take_early_edit(
    tx: &Tx<'_>,
    page: PageId,
    platform_id: &str,
) -> Result<Option<(String, Timestamp)>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM early_edit WHERE page_id = ?1 AND platform_id = ?2 RETURNING text, edited_at",
        )?
        .query_row(params![page, platform_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Forgets at most `limit` edits that came before `moment` and whose message never did. How many.
///
/// # Errors
/// SQLite's.
pub fn prune_early_edits(tx: &Tx<'_>, moment: Timestamp, limit: usize) -> Result<usize> {
    Ok(tx
        .connection()
        .prepare_cached(
            "DELETE FROM early_edit WHERE (page_id, platform_id) IN (
                 SELECT page_id, platform_id FROM early_edit WHERE arrived_at < ?1 LIMIT ?2)",
        )?
        .execute(params![moment, limit as i64])?)
}

/// Takes a message back: text and attachments go, a tombstone stays. One that has not arrived yet is
/// remembered (see [`foreknown`]).
///
/// # Errors
/// SQLite's.
pub fn unsend(tx: &Tx<'_>, page: PageId, platform_id: &str, at: Timestamp) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO unsent (page_id, platform_id, unsent_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![page, platform_id, at])?;
    take_early_edit(tx, page, platform_id)?;
    let Some((id, conversation)) = find(tx, page, platform_id)? else {
        return Ok(());
    };
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE message SET text = '', unsent_at = ?2 WHERE message_id = ?1 AND unsent_at IS NULL",
        )?
        .execute(params![id, at])?;
    if changed > 0 {
        tx.connection()
            .prepare_cached("DELETE FROM attachment WHERE message_id = ?1")?
            .execute([id])?;
        tx.tell(LiveEvent::MessageChanged(conversation, id))?;
    }
    Ok(())
}

/// How many messages customers sent since `moment`. Looks at every message: for a report, not for a page.
///
/// # Errors
/// SQLite's.
pub fn inbound_since(reader: &Reader<'_>, moment: Timestamp) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM message WHERE author = 'customer' AND created_at >= ?1",
        )?
        .query_row([moment], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::AttachmentKind;
    use crate::store::testing::House;

    fn picture() -> Attachment {
        Attachment {
            kind: AttachmentKind::Picture,
            name: "tent.jpg".to_owned(),
            size_bytes: Some(12),
            url: Some("https://example.com/tent.jpg".to_owned()),
            detail: serde_json::json!({"sticker_id": 7}),
        }
    }

    #[test]
    fn pages_run_backwards_by_message_and_read_forwards() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let other = house.conversation("berta");
        let mut all = Vec::new();
        for number in 0..7 {
            house.message(other, &format!("o{number}"), "elsewhere");
            all.push(house.message(id, &format!("m{number}"), &number.to_string()));
        }
        let ids = |before, limit| -> Vec<MessageId> {
            house
                .read(|reader| page_of(reader, id, before, limit))
                .iter()
                .map(|message| message.id)
                .collect()
        };
        assert_eq!(ids(None, 3), all[4..]);
        assert_eq!(ids(Some(all[4]), 3), all[1..4]);
        assert_eq!(ids(Some(all[1]), 3), all[..1]);
        let newer = house.read(|reader| newer_than(reader, id, all[4], 10));
        assert_eq!(newer.len(), 2);
    }

    #[test]
    fn the_same_platform_id_is_stored_once_on_a_page() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let (page, stored) = (house.page, house.message(id, "m1", "hello"));
        let again = house.write(move |tx| {
            let attachments = [picture()];
            insert(tx, &inbound(id, page, "m1", "again", &attachments))
        });
        assert_eq!(again, None);
        let message = house.read(|reader| by_id(reader, stored)).unwrap();
        assert_eq!(
            (message.text.as_str(), message.attachments.len()),
            ("hello", 0)
        );
    }

    #[test]
    fn what_was_taken_back_is_gone_and_stays_gone() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let page = house.page;
        let message = house
            .write(move |tx| {
                let attachments = [picture()];
                insert(tx, &inbound(id, page, "m1", "secret", &attachments))
            })
            .unwrap();
        assert_eq!(
            house
                .read(|reader| by_id(reader, message))
                .unwrap()
                .attachments,
            [picture()]
        );
        let at = Timestamp::from_millis(5);
        house.write(move |tx| unsend(tx, page, "m1", at));
        house.write(move |tx| edit(tx, page, "m1", "secret again", Timestamp::from_millis(9)));
        let gone = house.read(|reader| by_id(reader, message)).unwrap();
        assert_eq!((gone.text.as_str(), gone.attachments.len()), ("", 0));
        assert_eq!(gone.unsent_at, Some(at));
    }

    #[test]
    fn the_latest_edit_is_shown_whatever_the_order() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let page = house.page;
        let message = house.message(id, "m1", "frist");
        let time = |seconds: i64| Timestamp::from_millis(1_780_500_000_000 + seconds * 1000);
        house.write(move |tx| edit(tx, page, "m1", "third", time(3)));
        house.write(move |tx| edit(tx, page, "m1", "second", time(2)));
        let shown = house.read(|reader| by_id(reader, message)).unwrap();
        assert_eq!(
            (shown.text.as_str(), shown.edited_at),
            ("third", Some(time(3)))
        );
        for (text, at) in [("b", time(2)), ("c", time(3)), ("a", time(1))] {
            house.write(move |tx| edit(tx, page, "early", text, at));
        }
        assert_eq!(
            house.write(move |tx| take_early_edit(tx, page, "early")),
            Some(("c".to_owned(), time(3)))
        );
    }

    fn inbound<'a>(
        conversation: ConversationId,
        page: PageId,
        platform_id: &'a str,
        text: &'a str,
        attachments: &'a [Attachment],
    ) -> NewMessage<'a> {
        NewMessage {
            conversation,
            page,
            platform_id: Some(platform_id),
            author: Author::Customer,
            user: None,
            speaker: None,
            kind: Kind::Text,
            text,
            client_id: None,
            outbox: None,
            status: None,
            reply_to: None,
            sent_at: Timestamp::from_millis(1_780_500_000_000),
            attachments,
        }
    }
}
