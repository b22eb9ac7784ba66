//! What came of handing a message to a platform, and what is done about it. Adapters only choose among
//! the errors; the policy is here. (architecture.md, `SendError`; promises.md P3.)

use std::time::Duration;

/// Why a call did not deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Tried again as it is: the platform was not reached, or answered that it is out of order for the
    /// moment, or the call carries a key by which the platform recognises a repetition (LINE's push).
    Unreachable(String),
    /// The call may or may not have been accepted (time-out, broken connection, 5xx), and nothing would
    /// stop a second one from being accepted too. Never tried again by itself; an echo settles it.
    Uncertain(String),
    /// The platform asks to wait.
    Throttled {
        /// How long, when it says so.
        retry_after: Option<Duration>,
        /// Its words.
        detail: String,
    },
    /// The token or secret is refused: the page's sending stops until it is replaced.
    Credentials(String),
    /// The reply window is closed.
    WindowClosed(String),
    /// The monthly quota of paid messages is used up.
    QuotaUsed(String),
    /// The customer cannot be reached: blocked us, left, or accepts nothing.
    Blocked(String),
    /// The platform holds back the whole page for a while (policy, another application in control).
    Restricted(String),
    /// Refused for good.
    Rejected {
        /// The platform's code, e.g. `100/2018001` or `400`.
        code: String,
        /// Its words.
        text: String,
    },
}

/// What the agent is told about a message that is `failed` or `unknown`. Serialised into
/// `message.status_reason`; the sentence is the locale key `reason-<word>`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// Names the sentence.
    pub word: String,
    /// The platform's code and words, in small print; may be empty.
    pub detail: String,
}

impl SendError {
    /// Names the sentence that the agent reads.
    pub const fn word(&self) -> &'static str {
        match self {
            SendError::Unreachable(_) => "unreachable",
            SendError::Uncertain(_) => "uncertain",
            SendError::Throttled { .. } => "throttled",
            SendError::Credentials(_) => "credentials",
            SendError::WindowClosed(_) => "window-closed",
            SendError::QuotaUsed(_) => "quota-used",
            SendError::Blocked(_) => "blocked",
            SendError::Restricted(_) => "restricted",
            SendError::Rejected { .. } => "rejected",
        }
    }

    /// The platform's own words, for the small print.
    pub fn detail(&self) -> String {
        match self {
            SendError::Unreachable(text)
            | SendError::Uncertain(text)
            | SendError::Credentials(text)
            | SendError::WindowClosed(text)
            | SendError::QuotaUsed(text)
            | SendError::Blocked(text)
            | SendError::Restricted(text) => text.clone(),
            SendError::Throttled { detail, .. } => detail.clone(),
            SendError::Rejected { code, text } => format!("{code}: {text}"),
        }
    }
}
