//! The look at the paid messages of every page whose platform counts them.

use super::schedule::Tools;
use crate::channels::Credentials;
use crate::clock;
use crate::store::pages::{self, Page};
use crate::store::{Result, allowances};

/// Asks every platform for the month's paid messages, page after page; how many told them. One that is not reached
/// changes nothing. Blocks up to 20 s a page.
///
/// # Errors
/// The database's.
pub fn run(tools: &Tools) -> Result<u64> {
    let mut told = 0;
    for page in tools.store.read(pages::all)? {
        if tools.wake.is_stopping() {
            break;
        }
        told += u64::from(ask(tools, &page)?);
    }
    Ok(told)
}

fn ask(tools: &Tools, page: &Page) -> Result<bool> {
    let id = page.id;
    // A token that is refused is the daily check's matter.
    let (Some(channel), None) = (tools.channels.get(&page.channel), &page.token_error) else {
        return Ok(false);
    };
    let credentials = match tools.store.read(|reader| pages::credentials(reader, id)) {
        Ok(Some(credentials)) => Credentials::from(credentials),
        Ok(None) => return Ok(false),
        Err(error) => {
            tracing::error!(page = %id, %error, "a page's credentials cannot be read");
            return Ok(false);
        }
    };
    match channel.allowance(&credentials, clock::now()) {
        Ok(Some(allowance)) => {
            tools
                .store
                .write_blocking(move |tx| allowances::told(tx, id, &allowance))?;
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(error) => {
            tracing::info!(page = %id, ?error, "a platform does not tell what is left of the paid messages");
            Ok(false)
        }
    }
}
