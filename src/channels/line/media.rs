//! Files that customers sent: LINE keeps them for a while under the message's id. (line.md §4)

use std::io::Write;

use crate::channels::{Credentials, Wanted, fault_of_download};
use crate::domain::media::Fault;

use super::api::{Api, Failure, FetchFailure, part};
use super::token::TokenError;

/// See [`crate::channels::Channel::fetch`].
///
/// `contentProvider.type=external` names an address that any application may have written: LINE has nothing
/// then, and a stranger's server is not visited.
pub fn fetch(
    api: &Api,
    credentials: &Credentials,
    wanted: &Wanted<'_>,
    most: u64,
    to: &mut dyn Write,
) -> Result<(), Fault> {
    let is_elsewhere = wanted.attachment.detail["provider"].as_str() == Some("external");
    let Some(message) = wanted.message.filter(|_| !is_elsewhere) else {
        return Err(Fault::Elsewhere);
    };
    let path = format!("/v2/bot/message/{}/content", part(message));
    let came = api.fetch(credentials, &path, most, to).map_err(fault)?;
    match came.status {
        // Nothing was seen for files that were not ready yet.
        200 if came.bytes == 0 => Err(Fault::NotReady),
        200 => Ok(()),
        // A large video is still being prepared.
        202 => Err(Fault::NotReady),
        // Deleted after its time, or taken back.
        400 | 404 | 410 => Err(Fault::Gone),
        401 | 403 => Err(Fault::Credentials(came.status.to_string())),
        status => Err(Fault::Later(status.to_string())),
    }
}

fn fault(failure: FetchFailure) -> Fault {
    match failure {
        FetchFailure::NoToken(Failure::NoToken(TokenError::Refused(why))) => {
            Fault::Credentials(why)
        }
        FetchFailure::NoToken(Failure::NoToken(TokenError::Later(why))) => Fault::Later(why),
        FetchFailure::NoToken(Failure::NoAnswer(error)) => Fault::Later(error.to_string()),
        FetchFailure::NotFetched(error) => fault_of_download(error),
    }
}
