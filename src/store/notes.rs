//! What people write down for each other, about a conversation or a record. Customers never see it.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::ids::{CaseId, CompanyId, ContactId, ConversationId, NoteId, UserId};
use crate::domain::record::UNDONE_WITHIN;
use crate::domain::time::Timestamp;

use super::contacts::of_person;
use super::{Reader, Result, Tx};

/// What a note is about: exactly one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A conversation.
    Conversation(ConversationId),
    /// A contact, and those who are merged into him.
    Contact(ContactId),
    /// A company.
    Company(CompanyId),
    /// A case.
    Case(CaseId),
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Row id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: UserId,
    /// His name.
    pub author_name: String,
    /// What.
    pub text: String,
    /// When it was begun.
    pub written_at: Timestamp,
    /// Its author has just deleted it, and may take that back.
    pub is_removed: bool,
}

macro_rules! select_note {
    ($($rest:expr),*) => {
        concat!(
            "SELECT note_id, note.user_id, user.name, text, written_at, removed_at IS NOT NULL
             FROM note JOIN user USING (user_id) WHERE ",
            $($rest,)*
            " AND (removed_at IS NULL OR (removed_at >= ?2 AND note.user_id = ?3))
              ORDER BY note_id DESC LIMIT ?4"
        )
    };
}

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        id: row.get(0)?,
        author: row.get(1)?,
        author_name: row.get(2)?,
        text: row.get(3)?,
        written_at: row.get(4)?,
        is_removed: row.get(5)?,
    })
}

/// The notes about something that `viewer` sees at `now`, newest first, at most `limit`: all that are there, and
/// those that he has deleted a moment ago. Whether he may see them at all is asked before.
///
/// # Errors
/// SQLite's.
pub fn of(
    reader: &Reader<'_>,
    about: About,
    viewer: UserId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Note>> {
    let (sql, id) = match about {
        About::Conversation(id) => (select_note!("conversation_id = ?1"), id.0),
        About::Contact(id) => (select_note!("contact_id IN ", of_person!()), id.0),
        About::Company(id) => (select_note!("company_id = ?1"), id.0),
        About::Case(id) => (select_note!("customer_case_id = ?1"), id.0),
    };
    let mut statement = reader.connection().prepare_cached(sql)?;
    let since = now.minus(UNDONE_WITHIN);
    let notes = statement.query_map(params![id, since, viewer, limit as i64], note)?;
    Ok(notes.collect::<rusqlite::Result<_>>()?)
}

/// What a note is about and who wrote it. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn place_of(reader: &Reader<'_>, id: NoteId) -> Result<Option<(About, UserId)>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT conversation_id, contact_id, company_id, customer_case_id, user_id FROM note
             WHERE note_id = ?1",
        )?
        .query_row([id], |row| {
            let conversation = row
                .get::<_, Option<ConversationId>>(0)?
                .map(About::Conversation);
            let contact = row.get::<_, Option<ContactId>>(1)?.map(About::Contact);
            let company = row.get::<_, Option<CompanyId>>(2)?.map(About::Company);
            let case = row.get::<_, Option<CaseId>>(3)?.map(About::Case);
            let about = conversation.or(contact).or(company).or(case);
            Ok(about.zip(row.get(4).ok()))
        })
        .optional()?
        .flatten())
}

/// Writes a note. `by_itself`: its author left without saving it; what he writes next about the same thing, with
/// nobody's note between, is added to it.
///
/// # Errors
/// SQLite's.
pub fn write(
    tx: &Tx<'_>,
    about: About,
    user: UserId,
    text: &str,
    by_itself: bool,
) -> Result<NoteId> {
    let newest = of(&tx.reader(), about, user, tx.now(), 1)?;
    let mine = newest
        .first()
        .filter(|note| note.author == user && !note.is_removed);
    if let Some(mine) = mine {
        let added = tx
            .connection()
            .prepare_cached(
                "UPDATE note SET text = text || char(10) || ?2, changed_at = ?3, saved_itself = ?4
                 WHERE note_id = ?1 AND saved_itself = 1",
            )?
            .execute(params![mine.id, text, tx.now(), by_itself])?;
        if added > 0 {
            return Ok(mine.id);
        }
    }
    let (conversation, contact, company, case) = match about {
        About::Conversation(id) => (Some(id), None, None, None),
        About::Contact(id) => (None, Some(id), None, None),
        About::Company(id) => (None, None, Some(id), None),
        About::Case(id) => (None, None, None, Some(id)),
    };
    Ok(tx
        .connection()
        .prepare_cached(
            "INSERT INTO note (conversation_id, contact_id, company_id, customer_case_id, user_id, text,
                               written_at, changed_at, saved_itself)
             VALUES (:conversation, :contact, :company, :case, :user, :text, :now, :now, :itself)
             RETURNING note_id",
        )?
        .query_row(
            named_params! {
                ":conversation": conversation,
                ":contact": contact,
                ":company": company,
                ":case": case,
                ":user": user,
                ":text": text,
                ":now": tx.now(),
                ":itself": by_itself,
            },
            |row| row.get(0),
        )?)
}

/// Deletes a note, or brings it back a moment later. False when it is not this person's, or too late.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, id: NoteId, user: UserId, is_removed: bool) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE note SET removed_at = CASE WHEN ?3 THEN ?4 END
             WHERE note_id = ?1 AND user_id = ?2 AND (removed_at IS NOT NULL) <> ?3
               AND (?3 OR removed_at >= ?5)",
        )?
        .execute(params![
            id,
            user,
            is_removed,
            tx.now(),
            tx.now().minus(UNDONE_WITHIN)
        ])?;
    Ok(changed > 0)
}

/// The note that a person is writing in a conversation; empty when there is none.
///
/// # Errors
/// SQLite's.
pub fn draft(reader: &Reader<'_>, conversation: ConversationId, user: UserId) -> Result<String> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT text FROM note_draft WHERE conversation_id = ?1 AND user_id = ?2")?
        .query_row(params![conversation, user], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

/// Keeps the note that a person is writing in a conversation; an empty text removes it.
///
/// # Errors
/// SQLite's.
pub fn keep_draft(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
    text: &str,
) -> Result<()> {
    if text.is_empty() {
        tx.connection()
            .prepare_cached("DELETE FROM note_draft WHERE conversation_id = ?1 AND user_id = ?2")?
            .execute(params![conversation, user])?;
    } else {
        tx.connection()
            .prepare_cached(
                "INSERT INTO note_draft (conversation_id, user_id, text, saved_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (conversation_id, user_id) DO UPDATE
                 SET text = excluded.text, saved_at = excluded.saved_at",
            )?
            .execute(params![conversation, user, text, tx.now()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn what_is_written_after_a_note_that_saved_itself_is_added_to_it() {
        let house = House::furnished();
        let (mine, other) = (house.user("mine"), house.user("other"));
        let about = About::Conversation(house.conversation("anna"));
        let write = |user, text: &'static str, by_itself| {
            house.write(move |tx| super::write(tx, about, user, text, by_itself))
        };
        let texts = || -> Vec<String> {
            let notes = house.read(|reader| of(reader, about, mine, Timestamp::from_millis(0), 9));
            notes.into_iter().map(|note| note.text).collect()
        };
        write(mine, "Wants the blue", true);
        write(mine, "one", true);
        assert_eq!(texts(), ["Wants the blue\none"]);
        write(other, "We have none", false);
        write(mine, "Told her", false);
        write(mine, "Twice", false);
        assert_eq!(
            texts(),
            ["Twice", "Told her", "We have none", "Wants the blue\none"]
        );
    }

    #[test]
    fn its_author_deletes_a_note_and_takes_that_back() {
        let house = House::furnished();
        let (mine, other) = (house.user("mine"), house.user("other"));
        let about = About::Conversation(house.conversation("anna"));
        let note = house.write(move |tx| write(tx, about, mine, "Nonsense", false));
        assert!(!house.write(move |tx| remove(tx, note, other, true)));
        assert!(house.write(move |tx| remove(tx, note, mine, true)));
        let seen = |viewer| {
            let notes = house.write(move |tx| of(&tx.reader(), about, viewer, tx.now(), 9));
            notes.len()
        };
        assert_eq!((seen(mine), seen(other)), (1, 0), "he may take it back");
        assert!(house.write(move |tx| remove(tx, note, mine, false)));
        assert_eq!(seen(other), 1);
        house.write(move |tx| remove(tx, note, mine, true));
        house.execute("UPDATE note SET removed_at = removed_at - 31000");
        assert!(!house.write(move |tx| remove(tx, note, mine, false)));
        assert_eq!(seen(mine), 0);
    }
}
