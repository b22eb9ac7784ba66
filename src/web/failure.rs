//! Why a handler could not do its work: a status, whose catcher answers, and the cause for the log; or where
//! its work is done instead.

use rocket::Request;
use rocket::http::Status;
use rocket::response::{self, Redirect, Responder};
use rusqlite::ErrorCode;

use crate::crypto;
use crate::store::StoreError;

/// The work was not done. Made with `?` from a [`StoreError`], or from a status such as
/// [`Status::NotFound`].
#[derive(Debug)]
pub struct Failure {
    status: Status,
    cause: Option<StoreError>,
    elsewhere: Option<String>,
}

impl Failure {
    /// This is not the place: the browser is led to `path`.
    pub fn elsewhere(path: String) -> Failure {
        Failure {
            elsewhere: Some(path),
            ..Failure::from(Status::SeeOther)
        }
    }
}

/// What most handlers return.
pub type Answer<T> = Result<T, Failure>;

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Failure {
            status,
            cause: None,
            elsewhere: None,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure {
            status: if is_passing(&error) {
                Status::ServiceUnavailable
            } else {
                Status::InternalServerError
            },
            cause: Some(error),
            elsewhere: None,
        }
    }
}

/// Whether the same request may succeed later without anybody mending the program.
fn is_passing(error: &StoreError) -> bool {
    match error {
        StoreError::Busy | StoreError::NoReader(_) => true,
        StoreError::Database(rusqlite::Error::SqliteFailure(error, _)) => matches!(
            error.code,
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
        ),
        _ => false,
    }
}

impl<'r> Responder<'r, 'static> for Failure {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(path) = self.elsewhere {
            return Redirect::to(path).respond_to(request);
        }
        if let Some(error) = self.cause {
            tracing::error!(
                reference = reference(request),
                method = %request.method(),
                path = request.uri().path().as_str(),
                %error,
                "a request could not be answered"
            );
        }
        Err(self.status)
    }
}

struct Reference(String);

/// A request's number, by which its error page and the log's line about it are found together.
pub fn reference<'r>(request: &'r Request<'_>) -> &'r str {
    let made = || Reference(crypto::hex(&crypto::random::<4>()));
    &request.local_cache(made).0
}
