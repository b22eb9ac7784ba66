//! Pages: where messages come in. A Facebook Page, or the official account of a LINE channel.

mod audited;
mod manners;
mod notices;
mod removal;
#[cfg(test)]
mod tests;
mod token;
mod traffic;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::crypto::Secret;
use crate::domain::audit::Act;
use crate::domain::ids::{AccountId, PageId, WorkstreamId};
use crate::domain::time::Timestamp;
use crate::domain::token_health::Token;

use super::accounts::changed;
use super::{Reader, Result, Tx, audit, workstreams};

use token::store_token;

pub use manners::{
    LONGEST_HOLD_S, Manners, import_since, imported, manners, set_manners, want_import,
};
pub use notices::{Notice, dismiss, noted, notices, restricted};
pub use removal::{Going, going, move_to, remove};
pub use token::{
    Facts, PageCredentials, credentials, replace_token, snooze_token, token_accepted,
    token_refused, token_unchecked, token_used,
};
pub use traffic::{
    hold, learn_platform_id, note_message, note_sent, resume, subscribe_failed, subscribed,
};

/// A page. Its token is not in it: see [`credentials`].
#[derive(Clone, Debug)]
pub struct Page {
    /// Row id.
    pub id: PageId,
    /// The account that it belongs to.
    pub account: AccountId,
    /// The channel's name.
    pub channel: String,
    /// Page ID or bot user id; empty while the platform has not told it.
    pub platform_id: String,
    /// The name that customers see.
    pub name: String,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// Who answers its messages.
    pub workstream: Option<WorkstreamId>,
    /// Whether replies may use the human agent tag.
    pub human_agent_tag: bool,
    /// Whether a token is stored; without one it is made from the secret.
    pub has_token: bool,
    /// The token's last four characters; may be empty.
    pub token_last4: String,
    /// When the token was saved.
    pub token_saved_at: Option<Timestamp>,
    /// When the platform last accepted the token (or the one made from the secret).
    pub token_ok_at: Option<Timestamp>,
    /// Why the platform refuses it; `None`: it does not. Sending waits while it is set.
    pub token_error: Option<String>,
    /// Since when it refuses.
    pub token_error_at: Option<Timestamp>,
    /// When the token ends, as the platform told; `None`: it does not, or nobody said.
    pub token_ends_at: Option<Timestamp>,
    /// What the token may do, as the platform told: words parted by spaces.
    pub token_permissions: String,
    /// When the platform last said whether it accepts the token.
    pub token_checked_at: Option<Timestamp>,
    /// Why the last check got no answer: a [`crate::domain::delivery::Reason`] as JSON.
    pub token_check_error: Option<String>,
    /// *Remind me in a week* holds until then.
    pub token_snoozed_until: Option<Timestamp>,
    /// Whether the age of its token is flagged: the account's setting.
    pub flags_token_age: bool,
    /// When the platform last accepted a message.
    pub last_sent_at: Option<Timestamp>,
    /// Since when an administrator has paused it; `None`: it runs.
    pub held_at: Option<Timestamp>,
    /// Whether its channel is switched off.
    pub is_channel_off: bool,
    /// When the platform last said that it sends us this page's events.
    pub subscribed_at: Option<Timestamp>,
    /// Why it does not: a [`crate::domain::delivery::Reason`] as JSON.
    pub subscribe_error: Option<String>,
    /// Something to mend although it does, as a locale key.
    pub subscribe_warning: Option<String>,
    /// When its first message came.
    pub first_message_at: Option<Timestamp>,
    /// When its last message came.
    pub last_message_at: Option<Timestamp>,
    /// Whether people can also answer in the platform's own chat, which we do not see; `None`: it does not say.
    pub answered_elsewhere: Option<bool>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was taken away; `None`: it is there.
    pub removed_at: Option<Timestamp>,
}

const COLUMNS: &str = "page_id, account_id, channel, platform_id, name, handle, workstream_id, \
    human_agent_tag, token IS NOT NULL AS has_token, token_last4, token_saved_at, token_ok_at, token_error, \
    token_error_at, token_ends_at, token_permissions, token_checked_at, token_check_error, token_snoozed_until, \
    (SELECT flags_token_age FROM account WHERE account.account_id = page.account_id) AS flags_token_age, \
    last_sent_at, held_at, EXISTS (SELECT 1 FROM disabled_channel WHERE channel = page.channel) AS is_channel_off, \
    subscribed_at, subscribe_error, subscribe_warning, first_message_at, last_message_at, answered_elsewhere, created_at, removed_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page {
        id: row.get("page_id")?,
        account: row.get("account_id")?,
        channel: row.get("channel")?,
        platform_id: row.get("platform_id")?,
        name: row.get("name")?,
        handle: row.get("handle")?,
        workstream: row.get("workstream_id")?,
        human_agent_tag: row.get("human_agent_tag")?,
        has_token: row.get("has_token")?,
        token_last4: row.get("token_last4")?,
        token_saved_at: row.get("token_saved_at")?,
        token_ok_at: row.get("token_ok_at")?,
        token_error: row.get("token_error")?,
        token_error_at: row.get("token_error_at")?,
        token_ends_at: row.get("token_ends_at")?,
        token_permissions: row.get("token_permissions")?,
        token_checked_at: row.get("token_checked_at")?,
        token_check_error: row.get("token_check_error")?,
        token_snoozed_until: row.get("token_snoozed_until")?,
        flags_token_age: row.get("flags_token_age")?,
        last_sent_at: row.get("last_sent_at")?,
        held_at: row.get("held_at")?,
        is_channel_off: row.get("is_channel_off")?,
        subscribed_at: row.get("subscribed_at")?,
        subscribe_error: row.get("subscribe_error")?,
        subscribe_warning: row.get("subscribe_warning")?,
        first_message_at: row.get("first_message_at")?,
        last_message_at: row.get("last_message_at")?,
        answered_elsewhere: row.get("answered_elsewhere")?,
        created_at: row.get("created_at")?,
        removed_at: row.get("removed_at")?,
    })
}

impl Page {
    /// What is known about its token.
    pub fn token(&self) -> Token {
        Token {
            saved_at: self.token_saved_at,
            ends_at: self.token_ends_at,
            is_refused: self.token_error.is_some(),
            flags_age: self.flags_token_age,
            snoozed_until: self.token_snoozed_until,
        }
    }

    /// Whether nothing is sent because an administrator wants it so.
    pub fn is_held(&self) -> bool {
        self.held_at.is_some() || self.is_channel_off
    }
}

/// The page of an id, also one that was taken away; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, page: PageId) -> Result<Option<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM page WHERE page_id = ?1"))?
        .query_row([page], read)
        .optional()?)
}

/// The page that the platform calls by this id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_platform_id(
    reader: &Reader<'_>,
    channel: &str,
    platform_id: &str,
) -> Result<Option<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page
             WHERE channel = ?1 AND platform_id = ?2 AND platform_id <> '' AND removed_at IS NULL"
        ))?
        .query_row([channel, platform_id], read)
        .optional()?)
}

/// The pages of an account, oldest first.
///
/// # Errors
/// SQLite's.
pub fn of_account(reader: &Reader<'_>, account: AccountId) -> Result<Vec<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page WHERE account_id = ?1 AND removed_at IS NULL ORDER BY page_id"
        ))?
        .query_map([account], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// Every page, oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page WHERE removed_at IS NULL ORDER BY page_id"
        ))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// A page to add to an account.
#[derive(Clone, Debug)]
pub struct NewPage {
    /// The account.
    pub account: AccountId,
    /// Page ID or bot user id; empty while the platform has not told it.
    pub platform_id: String,
    /// The name that customers see.
    pub name: String,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// The access token; `None`: made from the secret.
    pub token: Option<Secret>,
}

/// Adds a page, with the account's workstream, so that its first message has a place to land. One that was taken
/// away comes back with its conversations. A page that is in an account already breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, page: &NewPage) -> Result<PageId> {
    let workstream = workstreams::of_account(tx, page.account)?;
    let id = match removal::put_back(tx, page, workstream)? {
        Some(id) => id,
        None => insert(tx, page, workstream)?,
    };
    if let Some(token) = &page.token {
        store_token(tx, id, token)?;
    }
    if let Some(shown) = audited::shown(tx, id)? {
        let subject = audited::subject(id, &shown);
        audit::added(tx, Act::PageAdded, &subject, &shown)?;
    }
    changed(tx, page.account)?;
    Ok(id)
}

fn insert(tx: &Tx<'_>, page: &NewPage, workstream: WorkstreamId) -> Result<PageId> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO page (account_id, channel, platform_id, name, handle, workstream_id, created_at)
             SELECT account_id, channel, :platform_id, :name, :handle, :workstream, :now
             FROM account WHERE account_id = :account",
        )?
        .execute(named_params! {
            ":account": page.account,
            ":platform_id": page.platform_id,
            ":name": page.name,
            ":handle": page.handle,
            ":workstream": workstream,
            ":now": tx.now(),
        })?;
    Ok(PageId(tx.connection().last_insert_rowid()))
}

/// Gives a page another name.
///
/// # Errors
/// SQLite's.
pub fn rename(tx: &Tx<'_>, page: PageId, name: &str) -> Result<()> {
    audited::recorded(tx, page, || {
        tx.connection()
            .prepare_cached("UPDATE page SET name = ?2 WHERE page_id = ?1")?
            .execute(params![page, name])?;
        Ok(())
    })?;
    page_changed(tx, page)
}

fn page_changed(tx: &Tx<'_>, page: PageId) -> Result<()> {
    changed(tx, account_of(tx, page)?)
}

fn account_of(tx: &Tx<'_>, page: PageId) -> Result<AccountId> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT account_id FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))?)
}
