//! The look at every access token: each platform is asked whose it is, what it may do and when it ends. Nobody
//! tells us when a token dies, and webhooks go on, so only asking finds out before a customer waits.
//! (contracts/messenger.md §7.)

use super::connection;
use super::schedule::Tools;
use crate::channels::{Credentials, SetupError};
use crate::store::Result;
use crate::store::pages::{self, Page};

/// Checks the token of every page, one after another; how many platforms answered. Those that are not
/// reached change nothing but that it is told. Blocks up to 20 s a page.
///
/// # Errors
/// The database's.
pub fn run(tools: &Tools) -> Result<u64> {
    let mut checked = 0;
    for page in tools.store.read(pages::all)? {
        if tools.wake.is_stopping() {
            break;
        }
        checked += u64::from(check(tools, &page)?);
    }
    Ok(checked)
}

/// Whether the platform answered.
fn check(tools: &Tools, page: &Page) -> Result<bool> {
    let (store, id) = (&tools.store, page.id);
    let credentials = match store.read(|reader| pages::credentials(reader, id)) {
        Ok(found) => found,
        // One sealed value that does not open must not hide the other pages' tokens.
        Err(error) => {
            tracing::error!(page = %id, %error, "a page's token cannot be checked");
            return Ok(false);
        }
    };
    let (Some(channel), Some(credentials)) = (tools.channels.get(&page.channel), credentials)
    else {
        return Ok(false);
    };
    // Nothing is given yet: the wizard is not finished.
    if credentials.token.is_none() && !channel.shape().token_optional {
        return Ok(false);
    }
    match channel.check(&Credentials::from(credentials)) {
        Ok(facts) => {
            connection::record_acceptance(store, channel, page, facts)?;
            Ok(true)
        }
        Err(error) => {
            let was_reached = !matches!(error, SetupError::Unreachable(_));
            tracing::info!(page = %id, error = connection::told(&error).word, "a token is not accepted");
            store.write_blocking(move |tx| connection::refused(tx, id, &error))?;
            Ok(was_reached)
        }
    }
}
