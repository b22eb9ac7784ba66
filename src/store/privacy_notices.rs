//! The organization's own privacy notice: its versions, and which customer was told which one, when.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::domain::audit::{Act, Actor, Kind, Shown, Subject};
use crate::domain::ids::{MessageId, PrivacyNoticeId, SocialProfileId, UserId};
use crate::domain::privacy;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, audit, containing};

/// What the notice says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The words; may be empty.
    #[serde(rename = "notice_text")]
    pub text: String,
    /// Where there is more to read; empty: nowhere.
    #[serde(rename = "notice_url")]
    pub url: String,
    /// Whether customers are told it at their first contact.
    pub is_told: bool,
}

impl Shown for Notice {}

/// A version of the notice.
#[derive(Clone, Debug)]
pub struct Version {
    /// Row id: the version's number.
    pub id: PrivacyNoticeId,
    /// What it says.
    pub notice: Notice,
    /// Who wrote it; `None`: nobody who signed in.
    pub by: Option<String>,
    /// When.
    pub saved_at: Timestamp,
}

/// A customer who was told.
#[derive(Clone, Debug)]
pub struct Told {
    /// The customer.
    pub profile: SocialProfileId,
    /// Which version.
    pub version: PrivacyNoticeId,
    /// When it was written; whether it arrived says the message.
    pub at: Timestamp,
}

const COLUMNS: &str = "privacy_notice_id, text, url, is_told, user.name, saved_at
     FROM privacy_notice LEFT JOIN user USING (user_id)";

fn version(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        id: row.get(0)?,
        notice: Notice {
            text: row.get(1)?,
            url: row.get(2)?,
            is_told: row.get(3)?,
        },
        by: row.get(4)?,
        saved_at: row.get(5)?,
    })
}

/// The version that counts; `None` before there is one.
///
/// # Errors
/// SQLite's.
pub fn current(reader: &Reader<'_>) -> Result<Option<Version>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} ORDER BY privacy_notice_id DESC LIMIT 1"
        ))?
        .query_row([], version)
        .optional()?)
}

/// Saves the notice as a new version; nothing when nothing differs.
///
/// # Errors
/// SQLite's.
pub fn save(tx: &Tx<'_>, notice: &Notice) -> Result<()> {
    let before = current(&tx.reader())?.map(|version| version.notice);
    let before = before.unwrap_or_default();
    if before == *notice {
        return Ok(());
    }
    let user: Option<UserId> = match tx.actor() {
        Actor::Person { id, .. } => Some(*id),
        _ => None,
    };
    tx.connection()
        .prepare_cached(
            "INSERT INTO privacy_notice (text, url, is_told, user_id, saved_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            notice.text,
            notice.url,
            notice.is_told,
            user,
            tx.now()
        ])?;
    let subject = Subject::only(Kind::PrivacyNotice);
    audit::changed(tx, Act::PrivacyNoticeChanged, &subject, &before, notice)
}

/// What a customer is to be told now: the version and its words. `None` when he was told (whichever version), when
/// customers are not told, or when there is nothing to tell.
pub(super) fn untold(
    reader: &Reader<'_>,
    profile: SocialProfileId,
) -> Result<Option<(PrivacyNoticeId, String)>> {
    let Some(version) = current(reader)?.filter(|version| version.notice.is_told) else {
        return Ok(None);
    };
    let was_told: bool = reader
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM privacy_notice_told WHERE social_profile_id = ?1)",
        )?
        .query_row([profile], |row| row.get(0))?;
    let words = privacy::words(&version.notice.text, &version.notice.url);
    Ok((!was_told && !words.is_empty()).then_some((version.id, words)))
}

/// Records that a customer is told.
pub(super) fn told(
    tx: &Tx<'_>,
    profile: SocialProfileId,
    notice: PrivacyNoticeId,
    message: MessageId,
) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO privacy_notice_told (social_profile_id, privacy_notice_id, message_id, told_at)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![profile, notice, message, tx.now()])?;
    Ok(())
}

/// When a customer was told; `None`: not yet.
///
/// # Errors
/// SQLite's.
pub fn told_at(reader: &Reader<'_>, profile: SocialProfileId) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT told_at FROM privacy_notice_told WHERE social_profile_id = ?1")?
        .query_row([profile], |row| row.get(0))
        .optional()?)
}

/// How many customers were told.
///
/// # Errors
/// SQLite's.
pub fn told_count(reader: &Reader<'_>) -> Result<u64> {
    let count: i64 = reader
        .connection()
        .prepare_cached("SELECT count(*) FROM privacy_notice_told")?
        .query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Customers who were told and whose name has these words in it, those whom we know last first: at most `limit`,
/// older than `before` (`None`: from the newest on). Without words all of them, also those without a name.
///
/// # Errors
/// SQLite's.
pub fn told_before(
    reader: &Reader<'_>,
    words: &str,
    before: Option<SocialProfileId>,
    limit: usize,
) -> Result<Vec<Told>> {
    let before = before.map_or(i64::MAX, |before| before.0);
    let mut statement = reader.connection().prepare_cached(
        r"SELECT social_profile_id, privacy_notice_id, told_at
          FROM privacy_notice_told JOIN social_profile USING (social_profile_id)
          WHERE social_profile_id < ?1 AND (?3 = '%%' OR name LIKE ?3 ESCAPE '\')
          ORDER BY social_profile_id DESC LIMIT ?2",
    )?;
    let pattern = containing(words);
    let told = statement.query_map(params![before, limit as i64, pattern], |row| {
        Ok(Told {
            profile: row.get(0)?,
            version: row.get(1)?,
            at: row.get(2)?,
        })
    })?;
    Ok(told.collect::<rusqlite::Result<_>>()?)
}
