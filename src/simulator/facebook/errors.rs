//! The error object of the Graph API, row by row of messenger.md §4.4.

use super::super::call::Answer;
use super::super::fault::Fault;
use super::super::wire;
use serde_json::json;

/// One row: what the platform says, and how a client must tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status; mostly 400, so it decides nothing.
    pub status: u16,
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// `error.is_transient`.
    pub is_transient: bool,
    /// `error.message`: English here, translated and changing in reality.
    pub message: &'static str,
}

const fn row(code: i64, subcode: i64, message: &'static str) -> GraphError {
    GraphError {
        status: 400,
        code,
        subcode: if subcode == 0 { None } else { Some(subcode) },
        is_transient: false,
        message,
    }
}

const fn transient(status: u16, code: i64, subcode: i64, message: &'static str) -> GraphError {
    GraphError {
        status,
        is_transient: true,
        ..row(code, subcode, message)
    }
}

/// A constant for every row, and the list of all.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $row:expr;)*) => {
        impl GraphError {
            $($(#[$doc])* pub const $name: Self = $row;)*

            /// Every row with its name, for tests that try them all.
            pub const ALL: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

rows! {
    /// Something went wrong, try again.
    UNKNOWN = transient(500, 1, 0, "An unknown error has occurred.");
    /// The older form of [`UNKNOWN`](Self::UNKNOWN).
    UNKNOWN_99 = transient(500, 1, 99, "An unknown error occurred");
    /// Temporary trouble inside.
    SERVICE = transient(500, 2, 0, "Service temporarily unavailable");
    /// The Page has not accepted the contact terms.
    CONTACT_TERMS = row(2, 2018344, "Page contact terms must be accepted");
    /// Sending failed for the moment.
    TEMPORARY_SEND_FAILURE = transient(400, 1200, 0, "Temporary send message failure. Please try again later.");
    /// Too many calls of the app.
    APP_LIMIT = row(4, 0, "(#4) Application request limit reached");
    /// Too many calls of the user.
    USER_LIMIT = row(17, 2446079, "(#17) User request limit reached");
    /// Too many calls of the page.
    PAGE_LIMIT = row(32, 0, "(#32) Page request limit reached");
    /// Too many actions.
    ACTION_LIMIT = row(341, 0, "(#341) Application limit reached");
    /// Too many messages to this conversation.
    RATE_LIMIT = row(613, 0, "(#613) Calls to this api have exceeded the rate limit.");
    /// The tag was used too much.
    TAG_ABUSE = row(613, 2018338, "(#613) Abusive use of message tag");
    /// The page's business-use-case limit.
    PAGE_USE_CASE_LIMIT = row(80001, 0, "(#80001) There have been too many calls to this Page account. Wait a bit and try again.");
    /// Messenger's business-use-case limit.
    MESSENGER_LIMIT = row(80006, 0, "(#80006) There have been too many calls to this Messenger account. Wait a bit and try again.");
    /// More than 24 hours, or 7 days with the tag, after the customer's last act.
    OUTSIDE_WINDOW = row(10, 2018278, "(#10) This message is sent outside of allowed window.");
    /// An older form of [`OUTSIDE_WINDOW`](Self::OUTSIDE_WINDOW).
    OUTSIDE_WINDOW_OLD = row(10, 2018065, "(#10) This message is sent outside of allowed window.");
    /// The person cannot get messages now.
    CANNOT_RECEIVE = row(10, 2018108, "(#10) This person isn't receiving messages from you right now.");
    /// Another app holds the conversation.
    OTHER_APP_IN_CONTROL = row(10, 2018300, "(#10) Message failed to send because another app is controlling this thread now.");
    /// The Page may not send for a while.
    PAGE_RESTRICTED = row(10, 1893063, "(#10) This Page is temporarily restricted from sending messages.");
    /// The token is of another page than the path names.
    PAGE_MISMATCH = row(10, 0, "(#10) Requested Page Does Not Match Page Access Token");
    /// The app lacks the feature Human Agent.
    NO_HUMAN_AGENT = row(10, 0, "(#10) This application does not have the Human Agent feature.");
    /// The token lacks `pages_messaging`.
    PERMISSION = row(200, 0, "(#200) Requires pages_messaging permission to manage the object");
    /// The app is in development and the person has no role on it.
    APP_NOT_LIVE = row(200, 2018028, "(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging permission is reviewed and the app is live.");
    /// This page-scoped id is nobody's here.
    NO_MATCHING_USER = row(100, 2018001, "(#100) No matching user found");
    /// The node does not exist, or not for this token.
    UNKNOWN_ID = row(100, 33, "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation.");
    /// The platform could not fetch our file.
    CANNOT_FETCH = row(100, 2018008, "(#100) Failed to fetch the file from the url");
    /// Type and content of the file do not agree.
    WRONG_MEDIA_TYPE = row(100, 2018047, "(#100) Upload attachment failure.");
    /// The attachment id is of another page, or of nobody.
    FOREIGN_ATTACHMENT = row(100, 2018074, "(#100) Attachment is not owned by this page");
    /// The file is over 25 MB.
    MEDIA_TOO_BIG = row(100, 2018109, "(#100) Attachment size exceeds allowable limit");
    /// This kind of file is never taken.
    FILE_TYPE_BLOCKED = row(546, 0, "(#546) The type of file you're trying to attach isn't allowed. Please try again with a different format.");
    /// The tag died in April 2026.
    DEAD_TAG = row(100, 1893061, "(#100) Message tag is no longer supported.");
    /// Something in the request is not as it must be.
    INVALID_PARAMETER = row(100, 0, "(#100) Invalid parameter");
    /// The token expired.
    TOKEN_EXPIRED = row(190, 463, "Error validating access token: Session has expired.");
    /// The person removed the app.
    APP_REMOVED = row(190, 458, "Error validating access token: The user has not authorized application.");
    /// The person must log in to pass a check.
    CHECKPOINT = row(190, 459, "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given.");
    /// The person changed the password.
    PASSWORD_CHANGED = row(190, 460, "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.");
    /// The token is no longer valid, or never was.
    TOKEN_INVALID = row(190, 467, "Invalid OAuth access token - Cannot parse access token");
    /// The person is no longer an admin of the Page.
    NOT_PAGE_ADMIN = row(190, 492, "Error validating access token: The user must be an administrator of the page in order to impersonate it.");
    /// No token at all, or a session of the old kind.
    SESSION = row(102, 0, "(#102) A user access token is required to request this resource.");
    /// The person has not agreed.
    NO_CONSENT = row(230, 0, "(#230) Requires pages_messaging permission to manage the object");
    /// Blocked for breaking the rules.
    POLICY_BLOCK = row(368, 0, "(#368) The action attempted has been deemed abusive or is otherwise disallowed");
    /// The person blocked us, left or is deleted.
    PERSON_UNAVAILABLE = row(551, 1545041, "(#551) This person isn't available right now.");
    /// The page is blocked for commerce.
    COMMERCE_BLOCK = row(2022, 0, "(#2022) This Page is not allowed to use commerce messaging.");
    /// The message to act upon was deleted.
    MESSAGE_DELETED = row(9000001, 0, "(#9000001) The message was deleted.");
    /// The profile is of an account made by phone number.
    PROFILE_BY_PHONE = row(100, 2018218, "(#100) No profile available for this user.");
    /// The app may not read profiles.
    PROFILE_PERMISSION = row(100, 2018247, "(#100) Insufficient permission to access user profile.");
    /// The call must carry `appsecret_proof`.
    PROOF_REQUIRED = row(100, 0, "API calls from the server require an appsecret_proof argument");
    /// `appsecret_proof` does not fit the token.
    PROOF_INVALID = row(100, 0, "Invalid appsecret_proof provided in the API argument");
}

impl GraphError {
    /// This error at the calls that a rule names.
    pub fn fault(self) -> Fault {
        Fault::Refusal {
            status: self.status,
            body: self.body(self.message),
        }
    }

    pub(super) fn answer(self) -> Answer {
        self.answer_saying(self.message)
    }

    /// The same error with words that name what was wrong.
    pub(super) fn answer_saying(self, message: &str) -> Answer {
        Answer::json_text(self.status, self.body(message))
            .with_header("x-fb-trace-id", wire::random_hex())
    }

    fn body(&self, message: &str) -> String {
        let kind = match self.code {
            100 if self.subcode != Some(33) => "GraphMethodException",
            _ => "OAuthException",
        };
        let mut error = json!({
            "message": message,
            "type": kind,
            "code": self.code,
            "is_transient": self.is_transient,
            "fbtrace_id": wire::random_hex(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        json!({ "error": error }).to_string()
    }
}

/// `100` in the platform's own words about a parameter.
pub(super) fn invalid(message: &str) -> Answer {
    GraphError::INVALID_PARAMETER.answer_saying(&format!("(#100) {message}"))
}
