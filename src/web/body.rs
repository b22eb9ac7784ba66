//! Reading a request's body: the one place, with a deadline and a cap. Rocket itself has neither a
//! deadline nor, for raw bytes, a cap that says what happened.
//!
//! Before a handler runs Rocket looks at the first bytes of a body, for a field `_method`, and waits for them
//! without a deadline; it lets nobody else listen on its socket either. Whoever sends a head and then nothing is
//! therefore held off by the front gate that promises.md §3, lesson 3, plans for a later version, and until then
//! by the proxy or tunnel that stands in front.

use std::time::Duration;

use rocket::data::ByteUnit;
use rocket::http::Status;
use rocket::{Data, tokio};

/// Whoever needs longer for a body is holding a connection open, not sending a form or an event.
const DEADLINE: Duration = Duration::from_secs(10);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than allowed.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection broke.
    Broken,
}

impl BodyError {
    /// What the client is answered.
    pub const fn status(self) -> Status {
        match self {
            BodyError::TooLarge => Status::PayloadTooLarge,
            BodyError::TooSlow => Status::RequestTimeout,
            BodyError::Broken => Status::BadRequest,
        }
    }
}

/// The whole body.
///
/// # Errors
/// [`BodyError`] when it is longer than `limit`, comes too slowly, or breaks off.
pub async fn read(data: Data<'_>, limit: ByteUnit) -> Result<Vec<u8>, BodyError> {
    let bytes = tokio::time::timeout(DEADLINE, data.open(limit).into_bytes())
        .await
        .map_err(|_| BodyError::TooSlow)?
        .map_err(|_| BodyError::Broken)?;
    if bytes.is_complete() {
        Ok(bytes.into_inner())
    } else {
        Err(BodyError::TooLarge)
    }
}
