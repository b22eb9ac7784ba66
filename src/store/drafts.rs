//! What a person has typed into a conversation and not sent yet.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{ConversationId, UserId};

use super::{Reader, Result, Tx};

/// The draft; empty when there is none.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, conversation: ConversationId, user: UserId) -> Result<String> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT text FROM draft WHERE conversation_id = ?1 AND user_id = ?2")?
        .query_row(params![conversation, user], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

/// Keeps a draft; an empty text removes it.
///
/// # Errors
/// SQLite's.
pub fn save(tx: &Tx<'_>, conversation: ConversationId, user: UserId, text: &str) -> Result<()> {
    if text.is_empty() {
        tx.connection()
            .prepare_cached("DELETE FROM draft WHERE conversation_id = ?1 AND user_id = ?2")?
            .execute(params![conversation, user])?;
    } else {
        tx.connection()
            .prepare_cached(
                "INSERT INTO draft (conversation_id, user_id, text, saved_at)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (conversation_id, user_id) DO UPDATE
                 SET text = excluded.text, saved_at = excluded.saved_at",
            )?
            .execute(params![conversation, user, text, tx.now()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::store::testing::House;

    #[test]
    fn a_draft_is_kept_per_person_until_it_is_emptied() {
        let house = House::furnished();
        let id = house.conversation("anna");
        let (mine, other) = (house.user("mine"), house.user("other"));
        let draft = |user| house.read(|reader| super::of(reader, id, user));
        house.write(move |tx| super::save(tx, id, mine, "Dear"));
        house.write(move |tx| super::save(tx, id, mine, "Dear Anna"));
        assert_eq!(
            (draft(mine).as_str(), draft(other).as_str()),
            ("Dear Anna", "")
        );
        house.write(move |tx| super::save(tx, id, mine, ""));
        assert_eq!(draft(mine), "");
    }
}
