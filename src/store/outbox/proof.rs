//! Proof from the platform: echoes and receipts.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::{MessageId, OutboxId, PageId, SocialProfileId};
use crate::domain::live_event::LiveEvent;
use crate::domain::message::Status;
use crate::domain::time::Timestamp;

use super::super::{Result, Tx, messages};
use super::{advance, close, forget_newest};

/// The platform reports a message of ours back: it arrived at `at` (the platform's time) under
/// `platform_id`, whatever we thought of it. `metadata` is the idempotency key that we sent along. False when
/// it is no message of ours that still lacked this proof: then it is somebody else's, or a repetition.
///
/// # Errors
/// SQLite's.
pub fn settle_echo(
    tx: &Tx<'_>,
    page: PageId,
    metadata: &str,
    platform_id: &str,
    at: Timestamp,
) -> Result<bool> {
    // A person may have pressed Try again meanwhile: then another call carries the message.
    let found: Option<(MessageId, OutboxId)> = tx
        .connection()
        .prepare_cached(
            "WITH RECURSIVE call (outbox_id) AS (
                 SELECT outbox_id FROM outbox WHERE idempotency_key = ?1 AND page_id = ?2
                 UNION SELECT outbox.outbox_id FROM outbox JOIN call ON repeats = call.outbox_id)
             SELECT message_id, outbox_id FROM message JOIN call USING (outbox_id)
             WHERE platform_id IS NULL OR platform_id = ?3
             ORDER BY platform_id IS NULL, message_id LIMIT 1",
        )?
        .query_row(params![metadata, page, platform_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((message, outbox)) = found else {
        return Ok(false);
    };
    name(tx, page, message, platform_id)?;
    tx.connection()
        .prepare_cached("UPDATE message SET sent_at = ?2 WHERE message_id = ?1")?
        .execute(params![message, at])?;
    let (delivered_until, read_until): (Option<Timestamp>, Option<Timestamp>) = tx
        .connection()
        .prepare_cached(
            "SELECT delivered_until, read_until
             FROM message JOIN conversation USING (conversation_id) JOIN social_profile USING (social_profile_id)
             WHERE message_id = ?1",
        )?
        .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let status = if read_until.is_some_and(|until| at <= until) {
        Status::Read
    } else if delivered_until.is_some_and(|until| at <= until) {
        Status::Delivered
    } else {
        Status::Sent
    };
    advance(tx, message, status)?;
    if is_all_named(tx, outbox)? {
        close(tx, outbox, "done")?;
    }
    Ok(true)
}

/// Whether the platform has told its id of every message that a call carries.
fn is_all_named(tx: &Tx<'_>, outbox: OutboxId) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM message WHERE outbox_id = ?1 AND platform_id IS NULL)",
        )?
        .query_row([outbox], |row| row.get(0))?)
}

/// Gives a message of ours the platform's id, unless it has one. An echo that could not be recognised may
/// have come first and stands there as sent from elsewhere: it goes.
pub(super) fn name(tx: &Tx<'_>, page: PageId, message: MessageId, platform_id: &str) -> Result<()> {
    if let Some((other, conversation)) = messages::find(tx, page, platform_id)?
        && other != message
    {
        let is_echo = tx
            .connection()
            .prepare_cached("DELETE FROM message WHERE message_id = ?1 AND author = 'elsewhere'")?
            .execute([other])?
            == 1;
        if !is_echo {
            tracing::warn!(%message, %other, "the platform gave two messages the same id");
            return Ok(());
        }
        forget_newest(tx, conversation, other)?;
        tx.tell(LiveEvent::MessageChanged(conversation, other))?;
    }
    tx.connection()
        .prepare_cached(
            "UPDATE message SET platform_id = ?2 WHERE message_id = ?1 AND platform_id IS NULL",
        )?
        .execute(params![message, platform_id])?;
    Ok(())
}

/// What a platform tells about the way of our messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// These arrived, and all that it accepted up to the moment.
    Delivered {
        /// Platform ids; may be empty.
        platform_ids: Vec<String>,
        /// In the platform's time.
        watermark: Option<Timestamp>,
    },
    /// The customer has read all that it accepted up to the moment.
    Read {
        /// In the platform's time.
        watermark: Timestamp,
    },
}

/// Records a receipt: statuses move forward only, in any order of arrival and however often it comes. The
/// watermark is kept for a message whose acceptance we hear of later.
///
/// # Errors
/// SQLite's.
pub fn receipt(
    tx: &Tx<'_>,
    page: PageId,
    profile: SocialProfileId,
    receipt: &Receipt,
) -> Result<()> {
    let (news, watermark) = match receipt {
        Receipt::Delivered {
            platform_ids,
            watermark,
        } => {
            for platform_id in platform_ids {
                if let Some((message, _)) = messages::find(tx, page, platform_id)? {
                    advance(tx, message, Status::Delivered)?;
                }
            }
            (Status::Delivered, *watermark)
        }
        Receipt::Read { watermark } => (Status::Read, Some(*watermark)),
    };
    let Some(watermark) = watermark else {
        return Ok(());
    };
    let keep = match news {
        Status::Read => {
            "UPDATE social_profile SET read_until = ?2
             WHERE social_profile_id = ?1 AND coalesce(read_until, 0) < ?2"
        }
        _ => {
            "UPDATE social_profile SET delivered_until = ?2
             WHERE social_profile_id = ?1 AND coalesce(delivered_until, 0) < ?2"
        }
    };
    tx.connection()
        .prepare_cached(keep)?
        .execute(params![profile, watermark])?;
    let mut statement = tx.connection().prepare_cached(
        "SELECT message_id FROM conversation JOIN message USING (conversation_id)
         WHERE social_profile_id = ?1 AND status IN ('sent', 'delivered') AND sent_at <= ?2
         ORDER BY message_id",
    )?;
    let seen = statement
        .query_map(params![profile, watermark], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<MessageId>>>()?;
    for message in seen {
        advance(tx, message, news)?;
    }
    Ok(())
}
