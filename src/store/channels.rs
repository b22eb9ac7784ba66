//! Channels that an administrator switched off. Which channels there are is the program's knowledge, not the
//! database's.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::domain::audit::{Act, Kind, Subject};
use crate::domain::ids::UserId;
use crate::domain::live_event::{Notice, Worker};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, accounts, audit};

/// A channel that is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Off {
    /// The name of who switched it off.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Every channel that is off, by its name.
///
/// # Errors
/// SQLite's.
pub fn off(reader: &Reader<'_>) -> Result<BTreeMap<String, Off>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT channel, user.name, disabled_channel.disabled_at
         FROM disabled_channel JOIN user ON user_id = disabled_by",
    )?;
    let rows = statement.query_map([], |row| {
        let off = Off {
            by: row.get(1)?,
            at: row.get(2)?,
        };
        Ok((row.get(0)?, off))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Switches a channel off: what is to be sent waits, what comes in goes on. Off already, it stays as it is.
///
/// # Errors
/// SQLite's.
pub fn disable(tx: &Tx<'_>, channel: &str, by: UserId) -> Result<()> {
    let off = tx
        .connection()
        .prepare_cached(
            "INSERT INTO disabled_channel (channel, disabled_by, disabled_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (channel) DO NOTHING",
        )?
        .execute(params![channel, by, tx.now()])?;
    if off > 0 {
        audit::done(tx, Act::ChannelDisabled, &subject(channel))?;
    }
    changed(tx, channel)
}

/// Switches a channel on again: what waited goes out.
///
/// # Errors
/// SQLite's.
pub fn enable(tx: &Tx<'_>, channel: &str) -> Result<()> {
    let on = tx
        .connection()
        .prepare_cached("DELETE FROM disabled_channel WHERE channel = ?1")?
        .execute([channel])?;
    if on > 0 {
        audit::done(tx, Act::ChannelEnabled, &subject(channel))?;
    }
    tx.wake(Worker::Dispatch);
    changed(tx, channel)
}

fn subject(channel: &str) -> Subject {
    Subject {
        name: channel.to_owned(),
        ..Subject::only(Kind::Channel)
    }
}

/// Tells every tab that shows one of the channel's accounts.
fn changed(tx: &Tx<'_>, channel: &str) -> Result<()> {
    tx.after_commit(Notice::AccountsChanged);
    for account in accounts::all(&tx.reader())? {
        if account.channel == channel {
            accounts::tell(tx, account.id)?;
        }
    }
    Ok(())
}
