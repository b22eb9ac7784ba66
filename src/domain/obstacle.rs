//! Why something that a platform sent could not be worked on: what an administrator reads beside the event.

use super::ids::PageId;

/// Why an event, or a whole body, is parked. The sentence is the locale key `obstacle-<word>`; the fields are
/// its arguments. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Obstacle {
    /// It is not JSON.
    NotJson {
        /// Where, from 1, within what was read.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// It is JSON of another form than the platform documents.
    OtherForm {
        /// Where, from 1, within what was read.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// The body has no list of events.
    NoEvents,
    /// An event about a message has no message.
    NoMessage,
    /// A message has no id of its own.
    NoMessageId,
    /// It does not say in whose conversation it belongs.
    NoCustomer,
    /// It does not say which message it is about.
    NoSubject,
    /// It does not say what happened.
    NothingHappened,
    /// Its page is in no workstream that its messages could go to.
    NoWorkstream {
        /// The page. Once it is in one, the event is tried again by itself.
        page: PageId,
    },
    /// The account is of a channel that this program does not have.
    NoChannel {
        /// The channel's name.
        channel: String,
    },
    /// The program itself failed on it.
    Fault,
    /// The database refused it.
    NotStored {
        /// The database's words.
        detail: String,
    },
    /// As an earlier program put it.
    Noted {
        /// Its words.
        detail: String,
    },
}

impl Obstacle {
    /// Names the sentence.
    pub const fn word(&self) -> &'static str {
        match self {
            Obstacle::NotJson { .. } => "not-json",
            Obstacle::OtherForm { .. } => "other-form",
            Obstacle::NoEvents => "no-events",
            Obstacle::NoMessage => "no-message",
            Obstacle::NoMessageId => "no-message-id",
            Obstacle::NoCustomer => "no-customer",
            Obstacle::NoSubject => "no-subject",
            Obstacle::NothingHappened => "nothing-happened",
            Obstacle::NoWorkstream { .. } => "no-workstream",
            Obstacle::NoChannel { .. } => "no-channel",
            Obstacle::Fault => "fault",
            Obstacle::NotStored { .. } => "not-stored",
            Obstacle::Noted { .. } => "noted",
        }
    }

    /// The page that has to come into a workstream first; `None` when something else is in the way.
    pub const fn waits_for(&self) -> Option<PageId> {
        match self {
            Obstacle::NoWorkstream { page } => Some(*page),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_names_the_sentence() {
        let of_each_kind = [
            Obstacle::NotJson { line: 1, column: 2 },
            Obstacle::NoWorkstream { page: PageId(3) },
            Obstacle::NoMessageId,
            Obstacle::NotStored {
                detail: "full".to_owned(),
            },
        ];
        for obstacle in of_each_kind {
            let kept = serde_json::to_value(&obstacle).unwrap();
            assert_eq!(kept["why"], obstacle.word());
            assert_eq!(serde_json::from_value::<Obstacle>(kept).unwrap(), obstacle);
        }
    }
}
