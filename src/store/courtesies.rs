//! What is to be shown to customers beside messages, see [`Courtesy`].

use rusqlite::{OptionalExtension as _, params};

use crate::domain::courtesy::{Courtesy, LATE, WRITING_AGAIN};
use crate::domain::ids::{ConversationId, PageId, SocialProfileId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// Something to show now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// To whom.
    pub profile: SocialProfileId,
    /// By which page.
    pub page: PageId,
    /// What.
    pub courtesy: Courtesy,
    /// What marks the customer's newest message as read, where the platform gave such a thing.
    pub read_token: Option<String>,
}

/// Somebody who holds a conversation writes in it, or has read it. Nothing comes of it when its page shows no such
/// thing, when somebody else answers the customer, when he has blocked us, or when he was shown the same a moment ago.
///
/// # Errors
/// SQLite's.
pub fn ask(tx: &Tx<'_>, conversation: ConversationId, courtesy: Courtesy) -> Result<()> {
    let again = match courtesy {
        Courtesy::Writing => WRITING_AGAIN,
        Courtesy::Seen => std::time::Duration::ZERO,
    };
    let asked = tx
        .connection()
        .prepare_cached(
            "INSERT INTO courtesy (social_profile_id, kind, asked_at)
             SELECT social_profile_id, ?2, ?3
             FROM conversation JOIN social_profile USING (social_profile_id) JOIN page ON page.page_id = conversation.page_id
             WHERE conversation_id = ?1 AND state = 'active' AND standby = 0 AND coalesce(follows, 1) = 1
               AND CASE ?2 WHEN 'writing' THEN shows_writing ELSE marks_seen END
             ON CONFLICT (social_profile_id, kind) DO UPDATE SET asked_at = excluded.asked_at, done_at = NULL
             WHERE done_at IS NOT NULL AND done_at <= ?4",
        )?
        .execute(params![
            conversation,
            courtesy,
            tx.now(),
            tx.now().minus(again)
        ])?;
    if asked > 0 {
        tx.wake(Worker::Courtesies);
    }
    Ok(())
}

/// Whether there is something to show.
///
/// # Errors
/// SQLite's.
pub fn is_any_due(reader: &Reader<'_>) -> Result<bool> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM courtesy WHERE done_at IS NULL)")?
        .query_row([], |row| row.get(0))?)
}

/// Takes the next thing to show. What is too late, and what a page that cannot send now would show, is over. `None`:
/// nothing is to be shown.
///
/// # Errors
/// SQLite's.
pub fn take(tx: &Tx<'_>) -> Result<Option<Due>> {
    loop {
        let found: Option<(Due, Timestamp, bool)> = tx
            .connection()
            .prepare_cached(
                "SELECT social_profile_id, page_id, courtesy.kind, read_token, asked_at,
                        token_error IS NULL AND held_at IS NULL AND coalesce(paused_until, 0) <= ?1
                        AND NOT EXISTS (SELECT 1 FROM disabled_channel WHERE channel = page.channel)
                 FROM courtesy JOIN social_profile USING (social_profile_id) JOIN page USING (page_id)
                 WHERE done_at IS NULL ORDER BY asked_at LIMIT 1",
            )?
            .query_row([tx.now()], |row| {
                let due = Due {
                    profile: row.get(0)?,
                    page: row.get(1)?,
                    courtesy: row.get(2)?,
                    read_token: row.get(3)?,
                };
                Ok((due, row.get(4)?, row.get(5)?))
            })
            .optional()?;
        let Some((due, asked_at, can_send)) = found else {
            return Ok(None);
        };
        tx.connection()
            .prepare_cached(
                "UPDATE courtesy SET done_at = ?3 WHERE social_profile_id = ?1 AND kind = ?2",
            )?
            .execute(params![due.profile, due.courtesy, tx.now()])?;
        if can_send && tx.now().since(asked_at) <= LATE {
            return Ok(Some(due));
        }
    }
}

/// Keeps what marks a customer's newest message as read.
///
/// # Errors
/// SQLite's.
pub fn keep_read_token(tx: &Tx<'_>, profile: SocialProfileId, token: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE social_profile SET read_token = ?2 WHERE social_profile_id = ?1")?
        .execute(params![profile, token])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn that_somebody_writes_is_shown_once_in_a_while_and_never_late() {
        let house = House::furnished();
        let agent = house.user("Mia");
        let conversation = house.answered_by(agent, "anna");
        let ask = || house.write(move |tx| ask(tx, conversation, Courtesy::Writing));
        let taken = || house.write(take).map(|due| due.courtesy);
        ask();
        ask();
        assert_eq!(taken(), Some(Courtesy::Writing));
        assert_eq!(taken(), None);
        ask();
        assert_eq!(taken(), None, "it is shown already");
        house.execute("UPDATE courtesy SET done_at = done_at - 16000");
        ask();
        assert_eq!(taken(), Some(Courtesy::Writing));
        house.execute("UPDATE courtesy SET asked_at = asked_at - 40000, done_at = NULL");
        assert_eq!(taken(), None, "too late");
    }

    #[test]
    fn nothing_is_shown_where_it_is_switched_off_or_the_page_cannot_send() {
        for spoilt in [
            "UPDATE page SET marks_seen = 0",
            "UPDATE page SET token_error = '190'",
            "UPDATE page SET held_at = 1",
            "UPDATE social_profile SET standby = 1",
            "UPDATE social_profile SET follows = 0",
            "UPDATE conversation SET state = 'waiting'",
        ] {
            let house = House::furnished();
            let agent = house.user("Mia");
            let conversation = house.answered_by(agent, "anna");
            house.execute(spoilt);
            house.write(move |tx| ask(tx, conversation, Courtesy::Seen));
            assert_eq!(house.write(take), None, "{spoilt}");
        }
    }
}
