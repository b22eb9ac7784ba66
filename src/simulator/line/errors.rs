//! The errors of the Messaging API, row by row of line.md §3.

use super::super::call::Answer;
use super::super::fault::Fault;
use serde_json::{Value, json};

/// One row: the status decides, the text may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineError {
    /// HTTP status.
    pub status: u16,
    /// `message`.
    pub message: &'static str,
}

const fn row(status: u16, message: &'static str) -> LineError {
    LineError { status, message }
}

/// A constant for every row, and the list of all.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $row:expr;)*) => {
        impl LineError {
            $($(#[$doc])* pub const $name: Self = $row;)*

            /// Every row with its name, for tests that try them all.
            pub const ALL: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

rows! {
    /// The body is not as it must be.
    BAD_REQUEST = row(400, "The request body has 1 error(s)");
    /// The reply token was used, is too old, or never was.
    INVALID_REPLY_TOKEN = row(400, "Invalid reply token");
    /// Nobody with this id, or of another provider.
    UNKNOWN_RECIPIENT = row(400, "Failed to send messages");
    /// The token is missing, wrong or expired.
    UNAUTHORIZED = row(401, "Authentication failed. Confirm that the access token in the authorization header is valid.");
    /// The account or plan does not allow it.
    FORBIDDEN = row(403, "Access to this API is not available for your account");
    /// No such profile, group or webhook.
    NOT_FOUND = row(404, "Not found");
    /// A push with this retry key was accepted before.
    RETRY_KEY_ACCEPTED = row(409, "The retry key is already accepted");
    /// The content was unsent.
    CONTENT_GONE = row(410, "The content is gone");
    /// The body is over 2 MB.
    TOO_LARGE = row(413, "Request body exceeds the limit");
    /// The body is not JSON.
    WRONG_MEDIA_TYPE = row(415, "Unsupported media type");
    /// Too many calls: the first kind of 429.
    RATE_LIMIT = row(429, "The API rate limit has been exceeded. Try again later.");
    /// The quota is used up: the second kind of 429.
    MONTHLY_LIMIT = row(429, "You have reached your monthly limit.");
    /// Something broke inside.
    INTERNAL = row(500, "The API server encountered an internal error");
}

impl LineError {
    /// This error at the calls that a rule names.
    pub fn fault(self) -> Fault {
        Fault::Refusal {
            status: self.status,
            body: json!({"message": self.message}).to_string(),
        }
    }

    pub(super) fn answer(self) -> Answer {
        Answer::json(self.status, &json!({"message": self.message}))
    }
}

/// 400 with what is wrong where.
pub(super) fn invalid(details: &[(String, String)]) -> Answer {
    let message = format!("The request body has {} error(s)", details.len());
    let details: Vec<Value> = details
        .iter()
        .map(|(property, message)| json!({"message": message, "property": property}))
        .collect();
    Answer::json(400, &json!({"message": message, "details": details}))
}

/// 400 with one sentence.
pub(super) fn bad(message: &str) -> Answer {
    Answer::json(400, &json!({"message": message}))
}
