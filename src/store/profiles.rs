//! Customers, each as one page knows him, and LINE's reply tokens that wait with them.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::crypto::Secret;
use crate::domain::ids::{ConversationId, PageId, SocialProfileId};
use crate::domain::inbound::{Customer, CustomerKind};
use crate::domain::live_event::Worker;
use crate::domain::names;
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx};

/// A name is believed for this long.
pub const NAME_HOLDS: Duration = Duration::from_secs(24 * 3600);

/// A customer as one page knows him: a person, a LINE group or a LINE room.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Row id.
    pub id: SocialProfileId,
    /// The page that he writes to.
    pub page: PageId,
    /// The page's channel.
    pub channel: String,
    /// PSID, LINE user id, group id or room id.
    pub platform_user_id: String,
    /// Person, group or room.
    pub kind: CustomerKind,
    /// The name as the platform told it, cleaned; `None` until then.
    pub name: Option<String>,
    /// What people here call him instead; `None`: nothing else.
    pub own_name: Option<String>,
    /// What he is called on pages: people's own name, else the platform's, else that of the contact that he is.
    pub called: Option<String>,
    /// BCP 47; `None` where the platform tells none.
    pub language: Option<String>,
    /// E.g. `fi_FI`; `None` where the platform tells none.
    pub locale: Option<String>,
    /// Hours from GMT; `None` where the platform tells none.
    pub time_zone: Option<f64>,
    /// LINE: `false` after the customer blocked the account; `None`: not known.
    pub follows: Option<bool>,
    /// Another application answers him at the moment.
    pub standby: bool,
    /// How often the name was asked for without an answer.
    pub name_tries: u32,
    /// Whether the platform is still to be asked about him for the first time.
    pub is_unasked: bool,
    /// When he first came.
    pub created_at: Timestamp,
}

/// What the platform tells of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The name, cleaned and not empty.
    pub name: &'a str,
    /// BCP 47, when told.
    pub language: Option<&'a str>,
    /// E.g. `fi_FI`, when told.
    pub locale: Option<&'a str>,
    /// Hours from GMT, when told.
    pub time_zone: Option<f64>,
}

/// What a page shows as a customer's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownName {
    /// The platform told it, or people here gave it.
    Known(String),
    /// Not told: the locale key `customer-unnamed-<channel>-<kind>` with the tail of the platform's id.
    Unnamed {
        /// The channel's name.
        channel: String,
        /// Person, group or room.
        kind: CustomerKind,
        /// The id's last four characters.
        tail: String,
    },
}

impl ShownName {
    /// What is shown for a customer of a channel with this name, if any, and this id of the platform's.
    pub fn new(
        name: Option<String>,
        channel: &str,
        kind: CustomerKind,
        platform_user_id: &str,
    ) -> ShownName {
        match name {
            Some(name) => ShownName::Known(name),
            None => ShownName::Unnamed {
                channel: channel.to_owned(),
                kind,
                tail: names::id_tail(platform_user_id),
            },
        }
    }
}

impl Profile {
    /// The name, or what stands in for it.
    pub fn shown_name(&self) -> ShownName {
        let name = self.called.clone();
        ShownName::new(name, &self.channel, self.kind, &self.platform_user_id)
    }

    /// Whom the channel is asked about, and writes to.
    pub fn customer(&self) -> Customer {
        Customer {
            platform_id: self.platform_user_id.clone(),
            kind: self.kind,
            speaker: None,
        }
    }
}

/// What a customer is called, in SQL; `$profile` is what the statement calls his row.
macro_rules! called {
    ($profile:literal) => {
        concat!(
            "coalesce(", $profile, ".own_name, ", $profile, ".name,
                 (SELECT kept.name FROM customer_link AS link JOIN contact AS linked USING (contact_id)
                  JOIN contact AS kept ON kept.contact_id = coalesce(linked.merged_into, linked.contact_id)
                  WHERE link.social_profile_id = ", $profile, ".social_profile_id
                    AND link.unlinked_at IS NULL))"
        )
    };
}
pub(super) use called;

macro_rules! select_profile {
    ($rest:literal) => {
        concat!(
            "SELECT social_profile_id, social_profile.page_id, page.channel, platform_user_id, kind,
                    social_profile.name, language, follows, standby, name_tries, social_profile.created_at,
                    locale, time_zone, name_due_at IS NOT NULL AND name_asked_at IS NULL, own_name, ",
            called!("social_profile"),
            " FROM social_profile JOIN page USING (page_id) ",
            $rest
        )
    };
}

fn profile(row: &Row<'_>) -> rusqlite::Result<Profile> {
    Ok(Profile {
        id: row.get(0)?,
        page: row.get(1)?,
        channel: row.get(2)?,
        platform_user_id: row.get(3)?,
        kind: row.get(4)?,
        name: row.get(5)?,
        language: row.get(6)?,
        follows: row.get(7)?,
        standby: row.get(8)?,
        name_tries: row.get(9)?,
        created_at: row.get(10)?,
        locale: row.get(11)?,
        time_zone: row.get(12)?,
        is_unasked: row.get(13)?,
        own_name: row.get(14)?,
        called: row.get(15)?,
    })
}

/// The profile of an id. `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, id: SocialProfileId) -> Result<Option<Profile>> {
    Ok(reader
        .connection()
        .prepare_cached(select_profile!("WHERE social_profile_id = ?1"))?
        .query_row([id], profile)
        .optional()?)
}

/// The profile that a page knows by the platform's id; makes one when the customer is new, and asks for
/// his name later. The second value tells whether he is new.
///
/// # Errors
/// SQLite's.
pub fn find_or_create(
    tx: &Tx<'_>,
    page: PageId,
    customer: &Customer,
) -> Result<(SocialProfileId, bool)> {
    let known = tx
        .connection()
        .prepare_cached(
            "SELECT social_profile_id, name_due_at IS NULL AND coalesce(name_asked_at < ?3, 0)
             FROM social_profile WHERE page_id = ?1 AND platform_user_id = ?2",
        )?
        .query_row(
            params![page, customer.platform_id, tx.now().minus(NAME_HOLDS)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((known, is_name_old)) = known {
        if is_name_old {
            renew_name(tx, known)?;
        }
        return Ok((known, false));
    }
    tx.connection()
        .prepare_cached(
            "INSERT INTO social_profile (page_id, platform_user_id, kind, name_due_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?4)",
        )?
        .execute(params![page, customer.platform_id, customer.kind, tx.now()])?;
    tx.wake(Worker::Names);
    Ok((SocialProfileId(tx.connection().last_insert_rowid()), true))
}

/// Names change, and hidden ones are shown one day: who comes back is asked for again, but not before
/// [`NAME_HOLDS`].
fn renew_name(tx: &Tx<'_>, id: SocialProfileId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE social_profile SET name_due_at = ?2 WHERE social_profile_id = ?1")?
        .execute(params![id, tx.now()])?;
    tx.wake(Worker::Names);
    Ok(())
}

/// The profile that a page knows by the platform's id. `None` for a stranger.
///
/// # Errors
/// SQLite's.
pub fn find(tx: &Tx<'_>, page: PageId, platform_user_id: &str) -> Result<Option<SocialProfileId>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT social_profile_id FROM social_profile
             WHERE page_id = ?1 AND platform_user_id = ?2",
        )?
        .query_row(params![page, platform_user_id], |row| row.get(0))
        .optional()?)
}

/// Profiles whose name is to be asked for by `now`, the longest waiting first, at most `limit`.
///
/// # Errors
/// SQLite's.
pub fn names_due(reader: &Reader<'_>, now: Timestamp, limit: usize) -> Result<Vec<Profile>> {
    let mut statement = reader.connection().prepare_cached(select_profile!(
        "WHERE name_due_at <= ?1 ORDER BY name_due_at LIMIT ?2"
    ))?;
    let profiles = statement.query_map(params![now, limit as i64], profile)?;
    Ok(profiles.collect::<rusqlite::Result<_>>()?)
}

/// When the next name is to be asked for. `None`: none is.
///
/// # Errors
/// SQLite's.
pub fn next_name_due(reader: &Reader<'_>) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT min(name_due_at) FROM social_profile WHERE name_due_at IS NOT NULL",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Records what the platform told; it is asked again when the customer comes back another day. What it does not
/// tell this time stays as it was. True when what is shown changes.
///
/// # Errors
/// SQLite's.
pub fn set_told(tx: &Tx<'_>, id: SocialProfileId, told: &Told<'_>) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE social_profile SET name = ?2, language = coalesce(?3, language)
             WHERE social_profile_id = ?1
               AND (name IS NOT ?2 OR language IS NOT coalesce(?3, language))",
        )?
        .execute(params![id, told.name, told.language])?;
    tx.connection()
        .prepare_cached(
            "UPDATE social_profile
             SET locale = coalesce(?3, locale), time_zone = coalesce(?4, time_zone),
                 name_tries = 0, name_due_at = NULL, name_asked_at = ?2
             WHERE social_profile_id = ?1",
        )?
        .execute(params![id, tx.now(), told.locale, told.time_zone])?;
    Ok(changed > 0)
}

/// Records that the name could not be had. It is asked for again at `due`, or (`None`) when the customer
/// comes back another day.
///
/// # Errors
/// SQLite's.
pub fn name_failed(tx: &Tx<'_>, id: SocialProfileId, due: Option<Timestamp>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE social_profile
             SET name_tries = name_tries + 1, name_due_at = ?2, name_asked_at = ?3
             WHERE social_profile_id = ?1",
        )?
        .execute(params![id, due, tx.now()])?;
    Ok(())
}

/// Records that the customer began or ceased to follow the account at `at` (LINE). False when something
/// newer is known. Who begins to follow shows his name: it is asked for.
///
/// # Errors
/// SQLite's.
pub fn set_follows(tx: &Tx<'_>, id: SocialProfileId, follows: bool, at: Timestamp) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE social_profile
             SET follows = ?2, follows_at = ?3,
                 name_due_at = CASE WHEN ?2 AND name IS NULL THEN ?4 ELSE name_due_at END
             WHERE social_profile_id = ?1 AND coalesce(follows_at, ?3) <= ?3",
        )?
        .execute(params![id, follows, at, tx.now()])?;
    tx.wake(Worker::Names);
    Ok(changed > 0)
}

/// Records whether another application answers the customer, as an event of `at` says. True when that is
/// news.
///
/// # Errors
/// SQLite's.
pub fn set_standby(tx: &Tx<'_>, id: SocialProfileId, standby: bool, at: Timestamp) -> Result<bool> {
    let changed = tx
        .connection()
        .prepare_cached(
            "UPDATE social_profile SET standby = ?2, standby_at = ?3
             WHERE social_profile_id = ?1 AND standby <> ?2 AND coalesce(standby_at, ?3) <= ?3",
        )?
        .execute(params![id, standby, at])?;
    Ok(changed > 0)
}

/// Keeps the newest reply token: one that lives longer than the one that waits takes its place.
///
/// # Errors
/// SQLite's.
pub fn keep_reply_token(
    tx: &Tx<'_>,
    id: SocialProfileId,
    token: &str,
    expires_at: Timestamp,
) -> Result<()> {
    if expires_at <= tx.now() {
        return Ok(());
    }
    tx.connection()
        .prepare_cached(
            "INSERT INTO reply_token (social_profile_id, token, expires_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (social_profile_id) DO UPDATE
             SET token = excluded.token, expires_at = excluded.expires_at
             WHERE excluded.expires_at >= reply_token.expires_at",
        )?
        .execute(params![
            id,
            tx.seal(&token_place(id), &Secret::new(token)),
            expires_at
        ])?;
    Ok(())
}

/// The customer of a conversation is ours again: another application that held it lost it to us.
///
/// # Errors
/// SQLite's.
pub fn note_control(tx: &Tx<'_>, conversation: ConversationId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE social_profile SET standby = 0
             WHERE social_profile_id = (SELECT social_profile_id FROM conversation WHERE conversation_id = ?1)",
        )?
        .execute([conversation])?;
    Ok(())
}

/// Until when an answer to the customer is free: the end of his newest unused reply token. `None`: it is not.
///
/// # Errors
/// SQLite's.
pub fn free_until(reader: &Reader<'_>, id: SocialProfileId) -> Result<Option<Timestamp>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT expires_at FROM reply_token WHERE social_profile_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// Takes the reply token away, because it can be used once. `None` when there is none or its time is over.
///
/// # Errors
/// SQLite's; a token that does not open.
pub fn take_reply_token(tx: &Tx<'_>, id: SocialProfileId) -> Result<Option<Secret>> {
    let kept: Option<(String, Timestamp)> = tx
        .connection()
        .prepare_cached(
            "DELETE FROM reply_token WHERE social_profile_id = ?1 RETURNING token, expires_at",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match kept {
        Some((sealed, expires_at)) if expires_at > tx.now() => {
            Ok(Some(tx.reader().open_secret(&token_place(id), &sealed)?))
        }
        _ => Ok(None),
    }
}

fn token_place(id: SocialProfileId) -> String {
    format!("reply_token|token|{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{House, customer};

    #[test]
    fn a_customer_is_made_once_and_asked_for_his_name() {
        let house = House::furnished();
        let page = house.page;
        let (id, is_new) = house.write(move |tx| find_or_create(tx, page, &customer("4711234")));
        let again = house.write(move |tx| find_or_create(tx, page, &customer("4711234")));
        assert_eq!((is_new, again), (true, (id, false)));
        let profile = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!(
            profile.shown_name(),
            ShownName::Unnamed {
                channel: "facebook".to_owned(),
                kind: CustomerKind::Person,
                tail: "1234".to_owned()
            }
        );
        let due = || house.read(next_name_due);
        assert_eq!(due(), Some(profile.created_at));
        assert!(profile.is_unasked);
        let told = |told: Told<'static>| house.write(move |tx| set_told(tx, id, &told));
        let anna = Told {
            name: "Anna",
            language: None,
            locale: Some("fi_FI"),
            time_zone: Some(5.5),
        };
        assert!(told(anna));
        let less = Told {
            locale: None,
            time_zone: None,
            ..anna
        };
        assert!(!told(less));
        let profile = house.read(|reader| by_id(reader, id)).unwrap();
        assert_eq!(profile.locale.as_deref(), Some("fi_FI"), "it stays");
        assert_eq!((profile.time_zone, profile.is_unasked), (Some(5.5), false));
        house.write(move |tx| find_or_create(tx, page, &customer("4711234")));
        assert_eq!(due(), None, "not on the same day");
        house.execute("UPDATE social_profile SET name_asked_at = name_asked_at - 90000000");
        house.write(move |tx| find_or_create(tx, page, &customer("4711234")));
        assert!(due().is_some());
    }

    #[test]
    fn the_newest_reply_token_is_used_once_and_never_after_its_time() {
        let house = House::furnished();
        let page = house.page;
        let (id, _) = house.write(move |tx| find_or_create(tx, page, &customer("U1")));
        let keep = |token: &'static str, seconds: i64| {
            house.write(move |tx| {
                let expires = Timestamp::from_millis(tx.now().millis() + seconds * 1000);
                keep_reply_token(tx, id, token, expires)
            });
        };
        keep("newest", 50);
        keep("older, came late", 40);
        keep("dead", -1);
        let take = || house.write(move |tx| take_reply_token(tx, id));
        assert_eq!(take(), Some(Secret::new("newest")));
        assert_eq!(take(), None);
    }
}
