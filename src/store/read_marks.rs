//! How many of a customer's messages a person has seen. Unread = messages that came − messages seen.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, MessageId, UserId};

use super::{Reader, Result, Tx};

/// How many of the customer's messages the person has not seen.
///
/// # Errors
/// SQLite's.
pub fn unread(reader: &Reader<'_>, conversation: ConversationId, user: UserId) -> Result<u32> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT max(0, inbound_count - coalesce(
                 (SELECT seen_count FROM read_mark
                  WHERE read_mark.conversation_id = ?1 AND user_id = ?2), 0))
             FROM conversation WHERE conversation_id = ?1",
        )?
        .query_row(params![conversation, user], |row| row.get(0))?)
}

/// Records that the person has seen the first `seen` messages of the customer: the `inbound_count` of the
/// conversation as the page showed it, so that what came in meanwhile stays unread. Moves forward only.
/// True when it moved.
///
/// # Errors
/// SQLite's.
pub fn mark(tx: &Tx<'_>, conversation: ConversationId, user: UserId, seen: u32) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "INSERT INTO read_mark (conversation_id, user_id, seen_count)
             SELECT conversation_id, ?2, min(?3, inbound_count) FROM conversation
             WHERE conversation_id = ?1
             ON CONFLICT (conversation_id, user_id) DO UPDATE
             SET seen_count = excluded.seen_count WHERE excluded.seen_count > read_mark.seen_count",
        )?
        .execute(params![conversation, user, seen])?;
    Ok(changed > 0)
}

/// How many of the customer's messages there are up to and with `message`: what to [`mark`] when that one is
/// the last on a person's screen.
///
/// # Errors
/// SQLite's.
pub fn seen_through(
    reader: &Reader<'_>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<u32> {
    // What came after it is counted, because that is little; what came before may be years.
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT max(0, inbound_count - (SELECT count(*) FROM message
                 WHERE message.conversation_id = ?1 AND message_id > ?2 AND author = 'customer'))
             FROM conversation WHERE conversation_id = ?1",
        )?
        .query_row(params![conversation, message], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::store::conversations;
    use crate::store::testing::House;

    #[test]
    fn what_came_in_while_the_page_was_shown_stays_unread() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let (mine, other) = (house.user("mine"), house.user("other"));
        for number in 0..3 {
            let message = house.message(id, &format!("m{number}"), "hello");
            house.write(move |tx| {
                conversations::customer_wrote(tx, id, message, Timestamp::from_millis(number))
            });
        }
        let unread = |user| house.read(|reader| super::unread(reader, id, user));
        assert_eq!(unread(mine), 3);
        assert!(house.write(move |tx| mark(tx, id, mine, 2)));
        assert_eq!((unread(mine), unread(other)), (1, 3));
        assert!(!house.write(move |tx| mark(tx, id, mine, 1)), "never back");
        house.write(move |tx| mark(tx, id, mine, 99));
        assert_eq!(unread(mine), 0);
    }

    #[test]
    fn what_is_on_the_screen_counts_as_seen_and_what_is_below_does_not() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let sent = ["m1", "m2", "m3"].map(|name| {
            let message = house.message(id, name, "hello");
            let at = Timestamp::from_millis(0);
            house.write(move |tx| conversations::customer_wrote(tx, id, message, at));
            message
        });
        let seen = sent.map(|message| house.read(|reader| seen_through(reader, id, message)));
        assert_eq!(seen, [1, 2, 3]);
    }
}
