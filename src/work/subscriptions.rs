//! The look whether every platform still sends us its pages' events. A platform that could not reach us for long stops
//! sending, and begins again only when it is asked. (contracts/messenger.md §2.3) What was said meanwhile is brought in
//! from the platform's record, where it keeps one.

use std::time::Duration;

use super::connection;
use super::history;
use super::schedule::Tools;
use crate::channels::{Channel, Credentials, SetupError};
use crate::clock;
use crate::domain::time::Timestamp;
use crate::store::pages::{self, Page};
use crate::store::{Result, accounts, facts};

/// The looks are closer together than this: a longer silence means that the program did not run, or the machine slept.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// What was said a little before the silence may be lost as well.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// Nothing older is brought in by itself: the reply window is closed, and nobody waits any more.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Looks at every page that was connected once, one after another; how many had to be subscribed again. Blocks up to
/// 40 s a page.
///
/// # Errors
/// The database's.
pub fn run(tools: &Tools) -> Result<u64> {
    let began = clock::now();
    let listened_until = tools.store.read(facts::listened_until)?;
    let silent_since = listened_until.filter(|until| began.since(*until) > SILENCE);
    let mut is_all_here = true;
    let mut mended = 0;
    for page in tools.store.read(pages::all)? {
        if tools.wake.is_stopping() {
            break;
        }
        let is_connected = page.subscribed_at.is_some() && page.token_error.is_none();
        let channel = tools.channels.get(&page.channel);
        if let Some(channel) = channel.filter(|_| is_connected) {
            let had_stopped = look(tools, channel, &page)?;
            mended += u64::from(had_stopped);
            let gap = match had_stopped {
                true => listened_until.or(page.last_message_at),
                false => silent_since,
            };
            is_all_here &= fill(tools, channel, &page, gap)?;
        }
    }
    if is_all_here && !tools.wake.is_stopping() {
        tools.store.write_blocking(facts::note_listening)?;
    }
    Ok(mended)
}

/// Brings in what was said in a gap, and what somebody asked for. False when the platform was not reached.
fn fill(tools: &Tools, channel: &dyn Channel, page: &Page, gap: Option<Timestamp>) -> Result<bool> {
    let id = page.id;
    if let Some(since) = tools.store.read(|reader| pages::import_since(reader, id))? {
        if history::bring_in(tools, channel, page, since, false)?.is_none() {
            return Ok(false);
        }
        tools
            .store
            .write_blocking(move |tx| pages::imported(tx, id))?;
    }
    let Some(gap) = gap else {
        return Ok(true);
    };
    let since = gap.minus(OVERLAP).max(clock::now().minus(LONGEST));
    let brought = history::bring_in(tools, channel, page, since, true)?;
    Ok(brought.is_some())
}

/// Whether the page had to be subscribed again.
fn look(tools: &Tools, channel: &dyn Channel, page: &Page) -> Result<bool> {
    let (store, id) = (&tools.store, page.id);
    let found = store.read(|reader| {
        let account = accounts::by_id(reader, page.account)?;
        Ok((pages::credentials(reader, id)?, account))
    });
    let (Some(credentials), Some(account)) = (match found {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(page = %id, %error, "a page's credentials cannot be read");
            return Ok(false);
        }
    }) else {
        return Ok(false);
    };
    let callback = format!("/webhooks/{}/{}", page.channel, account.webhook_key);
    match channel.renew_subscription(&Credentials::from(credentials), &callback) {
        Ok(false) if page.subscribe_error.is_none() => Ok(false),
        Ok(mended) => {
            if mended {
                tracing::warn!(page = %id, "a page's events had stopped; they were subscribed to again");
            }
            let warning = page.subscribe_warning.clone();
            store.write_blocking(move |tx| pages::subscribed(tx, id, warning.as_deref()))?;
            Ok(mended)
        }
        Err(SetupError::Unreachable(why)) => {
            tracing::info!(page = %id, why, "a platform does not tell whether it sends a page's events");
            Ok(false)
        }
        Err(error) => {
            store.write_blocking(move |tx| connection::refused(tx, id, &error))?;
            Ok(false)
        }
    }
}
