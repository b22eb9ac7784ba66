//! What came of handing a message to a platform, and what is done about it. Adapters only choose among
//! the errors; the policy is here. (architecture.md, `SendError`; promises.md P3.)
//!
//! Invariant: what may have been accepted is never called `Failed`, and is tried again only where the
//! adapter says that the platform recognises a repetition.

use std::time::Duration;

use super::outgoing::Unsendable;
use super::retry;
use super::time::Timestamp;

/// After a doubtful call the platform's echo is waited for this long; then the message is `unknown`, and
/// an echo that comes later still settles it. Echoes come within seconds, or after the platform's next
/// redelivery, for which nobody should watch a spinner.
pub const ECHO_WAIT: Duration = Duration::from_secs(20);

/// A page that its platform holds back is left alone this long at first, then twice as long each time.
/// (contracts/messenger.md §4.4, 10/1893063: 30 min to 4 h.)
const RESTRICTED_FIRST: Duration = Duration::from_secs(30 * 60);
/// A message that waits for the month's paid messages is tried again this often, should nobody tell that there are
/// some again.
const ROOM_AGAIN: Duration = Duration::from_secs(6 * 3600);
/// No platform's wish is believed beyond this: somebody waits for the answer.
const LONGEST_WAIT: Duration = Duration::from_secs(4 * 3600);

/// Why a call did not deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Not accepted for sure: the platform was not reached, or answered that it is out of order for the
    /// moment. Tried again as it is.
    Unreachable(String),
    /// May or may not have been accepted, but the same call may be made again: it carries a key by which
    /// the platform recognises a repetition (LINE's push).
    Repeatable(String),
    /// The call may or may not have been accepted (time-out, broken connection, 5xx), and nothing would
    /// stop a second one from being accepted too. Never tried again by itself; an echo settles it, where
    /// the platform sends one.
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
    /// Another application of the page, or its own inbox, holds the conversation: nothing of ours gets in.
    HeldElsewhere(String),
    /// The platform holds back the whole page for a while (policy).
    Restricted(String),
    /// Not tried: our own database could not be read. Tried again.
    Hindered,
    /// Not tried: the account has no secret, or none that our key opens. The page's sending stops.
    NoSecret,
    /// Not tried: this program has no such channel.
    NoChannel,
    /// Refused for good, for a reason that somebody can mend.
    Mendable(Mend, String),
    /// Refused for good.
    Rejected {
        /// The platform's code, e.g. `100/2018001` or `400`.
        code: String,
        /// Its words.
        text: String,
    },
}

/// What somebody can mend, so that a message like the refused one arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// The app or the account may not do this: a permission is missing, or the app is not open to the public.
    NotPermitted,
    /// The platform knows no such customer of this page: he is another page's or app's.
    UnknownCustomer,
    /// The page has not accepted the platform's terms for contacts.
    TermsOpen,
    /// The customer has not agreed to hear from the page.
    NoConsent,
    /// The file is of a kind or size that the platform does not take, or it could not fetch it.
    FileNotTaken,
    /// The message as a whole is too large.
    TooLarge,
}

impl Mend {
    /// Names the sentence that the agent reads.
    pub const fn word(self) -> &'static str {
        match self {
            Mend::NotPermitted => "not-permitted",
            Mend::UnknownCustomer => "unknown-customer",
            Mend::TermsOpen => "terms-open",
            Mend::NoConsent => "no-consent",
            Mend::FileNotTaken => "file-not-taken",
            Mend::TooLarge => "too-large",
        }
    }
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
            SendError::Unreachable(_) | SendError::Repeatable(_) => "unreachable",
            SendError::Uncertain(_) => Reason::UNCERTAIN,
            SendError::Throttled { .. } => "throttled",
            SendError::Credentials(_) => "credentials",
            SendError::WindowClosed(_) => "window-closed",
            SendError::QuotaUsed(_) => Reason::QUOTA_USED,
            SendError::Blocked(_) => "blocked",
            SendError::HeldElsewhere(_) => Reason::HELD_ELSEWHERE,
            SendError::Restricted(_) => Reason::RESTRICTED,
            SendError::Hindered => "hindered",
            SendError::NoSecret => Reason::NO_SECRET,
            SendError::NoChannel => "no-channel",
            SendError::Mendable(mend, _) => mend.word(),
            SendError::Rejected { .. } => "rejected",
        }
    }

    /// The platform's own words, for the small print.
    pub fn detail(&self) -> String {
        match self {
            SendError::Unreachable(text)
            | SendError::Repeatable(text)
            | SendError::Uncertain(text)
            | SendError::Credentials(text)
            | SendError::WindowClosed(text)
            | SendError::QuotaUsed(text)
            | SendError::Blocked(text)
            | SendError::HeldElsewhere(text)
            | SendError::Restricted(text)
            | SendError::Mendable(_, text) => text.clone(),
            SendError::Throttled { detail, .. } => detail.clone(),
            SendError::Hindered | SendError::NoSecret | SendError::NoChannel => String::new(),
            SendError::Rejected { code, text } => format!("{code}: {text}"),
        }
    }
}

impl Reason {
    /// The process ended between the platform and our record of its answer.
    pub const CRASHED: &'static str = "crashed";
    /// Nobody knows whether the platform accepted it.
    pub const UNCERTAIN: &'static str = "uncertain";
    /// The reply window closed while the message waited for its turn.
    pub const WINDOW_CLOSED: &'static str = "window-closed";
    /// Another application began to answer the customer while the message waited for its turn, or holds the
    /// conversation.
    pub const HELD_ELSEWHERE: &'static str = "held-elsewhere";
    /// The account has no secret, or none that our key opens.
    pub const NO_SECRET: &'static str = "no-secret";
    /// The platform holds the page back for a while.
    pub const RESTRICTED: &'static str = "restricted";
    /// The month's paid messages are used up.
    pub const QUOTA_USED: &'static str = "quota-used";
    /// Nothing is the matter: the message waits for the next one, to go in one call with it.
    pub const BUNDLING: &'static str = "bundling";
    /// The page was taken away while the message waited for its turn.
    pub const PAGE_REMOVED: &'static str = "page-removed";

    /// A reason of our own, without anybody's words.
    pub fn of(word: &str) -> Reason {
        Reason {
            word: word.to_owned(),
            detail: String::new(),
        }
    }

    /// Every word that a reason can have; each has a sentence `reason-<word>` for a message that did not
    /// arrive, or may not have.
    pub const WORDS: [&'static str; 23] = [
        "unreachable",
        Reason::UNCERTAIN,
        "throttled",
        "credentials",
        Reason::WINDOW_CLOSED,
        Reason::QUOTA_USED,
        "blocked",
        Reason::HELD_ELSEWHERE,
        Reason::RESTRICTED,
        "rejected",
        "hindered",
        Reason::NO_SECRET,
        "no-channel",
        Reason::CRASHED,
        Reason::PAGE_REMOVED,
        Mend::NotPermitted.word(),
        Mend::UnknownCustomer.word(),
        Mend::TermsOpen.word(),
        Mend::NoConsent.word(),
        Mend::FileNotTaken.word(),
        Mend::TooLarge.word(),
        Unsendable::Damaged.word(),
        Unsendable::TooManyPixels.word(),
    ];

    /// The words that a message can have while it waits for its next try; each has a sentence
    /// `waiting-<word>`.
    pub const WAITING_WORDS: [&'static str; 8] = [
        "unreachable",
        "throttled",
        "credentials",
        "restricted",
        "hindered",
        Reason::NO_SECRET,
        Reason::QUOTA_USED,
        Reason::BUNDLING,
    ];
}

impl From<&SendError> for Reason {
    fn from(error: &SendError) -> Reason {
        Reason {
            word: error.word().to_owned(),
            detail: error.detail(),
        }
    }
}

/// A call that did not deliver, with what is known of the tries before it.
#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    /// What the adapter made of it.
    pub error: &'a SendError,
    /// How many tries there were, this one included; 1 or more.
    pub tries: u32,
    /// When the first of them began.
    pub first_tried_at: Timestamp,
    /// When this one ended.
    pub now: Timestamp,
    /// Whether an earlier one may have been accepted.
    pub doubt: bool,
    /// Whether it can wait for days: a person wrote it, and it does not go stale like what the program says by itself.
    pub can_wait: bool,
    /// Whether the platform's own record was looked at already, after no echo had come.
    pub looked: bool,
    /// Whether the platform reports back what it accepted, so that a doubt may settle itself.
    pub echoes: bool,
    /// 0 to 1, spreads callers that failed together.
    pub luck: f64,
}

/// What is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same call is made again at the moment.
    RetryAt(Timestamp, Reason),
    /// The whole page waits until the moment; then the same call is made again.
    PausePage(Timestamp, Reason),
    /// The call waits for an answer that is free, or for room among the paid messages; the moment is when it is tried
    /// again should neither come.
    WaitForRoom(Timestamp, Reason),
    /// The page's sending stops until its token is replaced; the message stays queued.
    HoldPage(Reason),
    /// It may have been accepted. The platform's echo is waited for until the moment; then `Unknown`.
    WaitForEcho(Timestamp, Reason),
    /// It did not arrive. A person decides what next.
    Failed(Reason),
    /// Nobody can tell whether it arrived. A person decides what next.
    Unknown(Reason),
}

impl Outcome {
    /// The word in `delivery_attempt.outcome`.
    pub const fn word(&self) -> &'static str {
        match self {
            Outcome::RetryAt(..) => "retry",
            Outcome::PausePage(..) => "page-paused",
            Outcome::WaitForRoom(..) => "room-awaited",
            Outcome::HoldPage(_) => "page-held",
            Outcome::WaitForEcho(..) => "echo-awaited",
            Outcome::Failed(_) => "failed",
            Outcome::Unknown(_) => "unknown",
        }
    }

    /// Why.
    pub const fn reason(&self) -> &Reason {
        match self {
            Outcome::RetryAt(_, reason)
            | Outcome::PausePage(_, reason)
            | Outcome::WaitForRoom(_, reason)
            | Outcome::HoldPage(reason)
            | Outcome::WaitForEcho(_, reason)
            | Outcome::Failed(reason)
            | Outcome::Unknown(reason) => reason,
        }
    }
}

/// What is done about a call that did not deliver.
pub fn decide(it: Try<'_>) -> Outcome {
    let reason = Reason::from(it.error);
    match it.error {
        SendError::Unreachable(_) | SendError::Repeatable(_) | SendError::Hindered => {
            let doubt = it.doubt || matches!(it.error, SendError::Repeatable(_));
            let next = it.now.plus(retry::pause(it.tries, it.luck, None));
            again(&it, next, doubt, reason, Outcome::RetryAt)
        }
        SendError::Throttled { retry_after, .. } => {
            let wish = retry_after.map(|wish| wish.min(LONGEST_WAIT));
            let next = it.now.plus(retry::pause(it.tries, it.luck, wish));
            again(&it, next, it.doubt, reason, Outcome::PausePage)
        }
        SendError::Restricted(_) => {
            let doublings = it.tries.saturating_sub(1).min(3);
            let next = it.now.plus(RESTRICTED_FIRST * 2u32.pow(doublings));
            again(&it, next, it.doubt, reason, Outcome::PausePage)
        }
        SendError::Credentials(_) | SendError::NoSecret => Outcome::HoldPage(reason),
        SendError::Uncertain(_) if it.echoes && !it.looked => {
            Outcome::WaitForEcho(it.now.plus(ECHO_WAIT), reason)
        }
        SendError::Uncertain(_) => Outcome::Unknown(reason),
        SendError::QuotaUsed(_) if it.can_wait && !it.doubt => {
            Outcome::WaitForRoom(it.now.plus(ROOM_AGAIN), reason)
        }
        SendError::WindowClosed(_)
        | SendError::QuotaUsed(_)
        | SendError::Blocked(_)
        | SendError::HeldElsewhere(_)
        | SendError::NoChannel
        | SendError::Mendable(..)
        | SendError::Rejected { .. } => over(reason, it.doubt),
    }
}

/// How long a page leaves between the beginnings of two calls when the platform says that this much of its
/// allowance is used, in percent. Zero: as fast as it likes. (contracts/messenger.md §4.5: slow down at 80 %.
/// Calls beyond 100 % prolong the block.)
pub const fn gap(used_percent: u32) -> Duration {
    Duration::from_secs(match used_percent {
        0..80 => 0,
        80..90 => 1,
        90..100 => 5,
        100.. => 60,
    })
}

/// Another try at `next`, unless the call has been tried for too long already.
fn again(
    it: &Try<'_>,
    next: Timestamp,
    doubt: bool,
    reason: Reason,
    outcome: fn(Timestamp, Reason) -> Outcome,
) -> Outcome {
    if retry::may_try_again(it.first_tried_at, next) {
        outcome(next, reason)
    } else {
        over(reason, doubt)
    }
}

/// A refusal of this try says nothing certain about an earlier one that may have been accepted.
fn over(reason: Reason, doubt: bool) -> Outcome {
    if doubt {
        Outcome::Unknown(Reason {
            word: Reason::UNCERTAIN.to_owned(),
            ..reason
        })
    } else {
        Outcome::Failed(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn words(text: &str) -> String {
        text.to_owned()
    }

    fn every_error() -> Vec<SendError> {
        vec![
            SendError::Unreachable(words("the connection was refused")),
            SendError::Repeatable(words("no answer in time")),
            SendError::Uncertain(words("no answer in time")),
            SendError::Throttled {
                retry_after: Some(Duration::from_secs(90)),
                detail: words("80006"),
            },
            SendError::Credentials(words("190")),
            SendError::WindowClosed(words("10/2018278")),
            SendError::QuotaUsed(words("You have reached your monthly limit.")),
            SendError::Blocked(words("551")),
            SendError::Restricted(words("10/1893063")),
            SendError::Rejected {
                code: words("100/2018001"),
                text: words("No matching user"),
            },
            SendError::HeldElsewhere(words("10/2018300")),
            SendError::Mendable(Mend::TermsOpen, words("2/2018344")),
        ]
    }

    fn after(error: &SendError, tries: u32, tried_for: Duration, doubt: bool) -> Outcome {
        let first_tried_at = Timestamp::from_millis(1_780_500_000_000);
        decide(Try {
            error,
            tries,
            first_tried_at,
            now: first_tried_at.plus(tried_for),
            doubt,
            can_wait: true,
            looked: false,
            echoes: true,
            luck: 1.0,
        })
    }

    #[test]
    fn every_error_has_its_policy_from_the_first_try_to_giving_up() {
        let first = Timestamp::from_millis(1_780_500_000_000);
        for (error, at_first, at_last, at_last_in_doubt) in [
            (0, "retry", "failed", "unknown"),
            (1, "retry", "unknown", "unknown"),
            (2, "echo-awaited", "echo-awaited", "echo-awaited"),
            (3, "page-paused", "failed", "unknown"),
            (4, "page-held", "page-held", "page-held"),
            (5, "failed", "failed", "unknown"),
            (6, "room-awaited", "room-awaited", "unknown"),
            (7, "failed", "failed", "unknown"),
            (8, "page-paused", "failed", "unknown"),
            (9, "failed", "failed", "unknown"),
            (10, "failed", "failed", "unknown"),
            (11, "failed", "failed", "unknown"),
        ] {
            let error = &every_error()[error];
            let word = |tried_for, doubt| after(error, 1, tried_for, doubt).word();
            assert_eq!(word(Duration::ZERO, false), at_first, "{error:?}");
            assert_eq!(word(23 * HOUR, false), at_last, "{error:?}");
            assert_eq!(word(23 * HOUR, true), at_last_in_doubt, "{error:?}");
        }
        assert_eq!(
            after(&every_error()[2], 1, Duration::ZERO, false),
            Outcome::WaitForEcho(
                first.plus(ECHO_WAIT),
                Reason {
                    word: words("uncertain"),
                    detail: words("no answer in time")
                }
            )
        );
    }

    #[test]
    fn nobody_waits_for_an_echo_that_the_platform_never_sends() {
        let now = Timestamp::from_millis(1_780_500_000_000);
        let error = &every_error()[2];
        let outcome = decide(Try {
            error,
            tries: 1,
            first_tried_at: now,
            now,
            doubt: false,
            can_wait: true,
            looked: false,
            echoes: false,
            luck: 1.0,
        });
        assert_eq!(outcome, Outcome::Unknown(Reason::from(error)));
    }

    #[test]
    fn a_page_slows_down_before_its_allowance_is_used_up() {
        let seconds = |percent| gap(percent).as_secs();
        assert_eq!(
            [0, 79, 80, 89, 90, 99, 100, 250].map(seconds),
            [0, 0, 1, 1, 5, 5, 60, 60]
        );
    }

    #[test]
    fn pauses_follow_the_platforms_wish_within_reason() {
        let start = Timestamp::from_millis(1_780_500_000_000);
        let pause = |error: &SendError, tries| match after(error, tries, Duration::ZERO, false) {
            Outcome::RetryAt(at, _) | Outcome::PausePage(at, _) => at.since(start).as_secs(),
            other => panic!("{other:?}"),
        };
        let asking = |seconds| SendError::Throttled {
            retry_after: seconds,
            detail: String::new(),
        };
        assert_eq!(pause(&asking(Some(Duration::from_secs(90))), 1), 90);
        assert_eq!(pause(&asking(Some(100 * HOUR)), 1), 4 * 3600);
        assert_eq!(pause(&asking(None), 3), 4);
        let unreachable = &every_error()[0];
        assert_eq!(
            [1, 4, 20].map(|tries| pause(unreachable, tries)),
            [1, 8, 300]
        );
        let restricted = &every_error()[8];
        assert_eq!(
            [1, 2, 4, 9].map(|tries| pause(restricted, tries)),
            [1800, 3600, 14_400, 14_400]
        );
    }

    #[test]
    fn every_reason_has_a_word_that_is_listed() {
        for error in every_error() {
            assert!(Reason::WORDS.contains(&error.word()), "{error:?}");
            if let Outcome::RetryAt(_, reason)
            | Outcome::PausePage(_, reason)
            | Outcome::WaitForRoom(_, reason)
            | Outcome::HoldPage(reason) = after(&error, 1, Duration::ZERO, false)
            {
                assert!(Reason::WAITING_WORDS.contains(&reason.word.as_str()));
            }
        }
    }
}
