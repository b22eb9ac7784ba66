//! What an administrator decides for the whole organization, beside what each workstream and queue decides.
//! (Specification §1.10, §1.14, §1.21, §2.8, §2.14, §2.16, §3.6.)

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Serialize;

use super::assignment;
use super::guard::Patience;
use super::presence;

/// How large an attachment may be allowed to be, in kilobytes of 1,024 bytes: up to 128 MB.
pub const ATTACHMENT_KB: RangeInclusive<u32> = 1..=131_072;
/// How many seconds a lost connection may be overlooked: up to an hour.
pub const GRACE_S: RangeInclusive<u32> = 0..=3_600;
/// After how long without an answer somebody may be told of it: from a minute to thirty days.
pub const UNANSWERED: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(30 * 24 * 3600);
/// How many topics a conversation may be allowed to have.
pub const TOPICS: RangeInclusive<u32> = 1..=12;

/// Every setting of the organization, in its sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The languages of texts to customers.
    pub languages: Languages,
    /// What files may be sent and received.
    pub attachments: Attachments,
    /// In whose texts the masking rules are applied.
    pub masking: Masking,
    /// How texts are formatted.
    pub formatting: Formatting,
    /// What supervisors may do with conversations of others.
    pub supervision: Supervision,
    /// What comes of offers that nobody takes.
    pub offers: Offers,
    /// How presences follow what people do.
    pub presence: Presence,
    /// Who is told of customers whom nobody answers.
    pub unanswered: Unanswered,
    /// What conversations are about.
    pub topics: Topics,
}

impl Settings {
    /// What assignment needs of them.
    pub fn assignment(&self) -> assignment::Settings {
        assignment::Settings {
            max_declines: self.offers.declines,
            max_sessions: self.presence.sessions,
        }
    }
}

/// The languages in which automated messages and quick replies exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Languages {
    /// Tags of [`super::languages::ALL`], in its order; never empty.
    pub languages: Vec<String>,
    /// The one for customers whose language is not known or not offered; one of `languages`.
    pub default_language: String,
}

impl Default for Languages {
    fn default() -> Languages {
        Languages {
            languages: ["en", "fi", "zh-TW", "pl", "pt-BR"]
                .map(str::to_owned)
                .into(),
            default_language: "en".to_owned(),
        }
    }
}

/// What files may be sent and received, on every channel. Which types a channel takes is decided for each: see
/// [`super::attachments`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachments {
    /// The largest file, in kilobytes of 1,024 bytes; within [`ATTACHMENT_KB`].
    pub attachment_limit_kb: u32,
    /// Endings that are never sent nor received, in small letters without the dot, sorted.
    pub blocked_extensions: Vec<String>,
}

impl Default for Attachments {
    fn default() -> Attachments {
        Attachments {
            attachment_limit_kb: 5_120,
            blocked_extensions: super::attachments::DANGEROUS
                .iter()
                .map(|ending| (*ending).to_owned())
                .collect(),
        }
    }
}

/// In whose texts the masking rules are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Masking {
    /// What agents write is masked before it is kept and sent: customers get the masked text as well.
    pub mask_agents: bool,
    /// What customers write is masked wherever people of ours read it. The text itself is kept.
    pub mask_customers: bool,
}

/// How texts are formatted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Formatting {
    /// What agents write is Markdown, and goes out as the channel can show it. Off: it goes out as typed.
    pub markdown: bool,
}

/// What supervisors may do with conversations of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Supervision {
    /// Read along, and join.
    pub monitor: bool,
    /// Give an open conversation to somebody.
    pub assign: bool,
    /// Give somebody's conversation to somebody else.
    pub transfer: bool,
    /// Close a conversation whatever its state.
    pub force_close: bool,
}

impl Default for Supervision {
    fn default() -> Supervision {
        Supervision {
            monitor: true,
            assign: true,
            transfer: true,
            force_close: true,
        }
    }
}

/// What comes of offers that nobody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// Who misses an offer becomes Inactive.
    pub missed_makes_inactive: bool,
    /// Who rejects an offer is not disturbed any more.
    pub rejected_makes_do_not_disturb: bool,
    /// After so many declines an agent is not asked again about the same conversation; within
    /// [`assignment::DECLINES`].
    pub declines: u8,
}

impl Default for Offers {
    fn default() -> Offers {
        Offers {
            missed_makes_inactive: false,
            rejected_makes_do_not_disturb: false,
            declines: assignment::Settings::default().max_declines,
        }
    }
}

/// How presences follow what people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// A person has at most so many open sessions, within [`super::workstream::SESSIONS`]; a workstream may
    /// have its own limit.
    #[serde(rename = "session_limit")]
    pub sessions: u32,
    /// Somebody who comes back within so many seconds after the connection was gone has the presence of
    /// before; within [`GRACE_S`].
    #[serde(rename = "reconnect_seconds")]
    pub grace_s: u32,
}

impl Presence {
    /// [`Presence::grace_s`] as a time.
    pub const fn grace(self) -> Duration {
        Duration::from_secs(self.grace_s as u64)
    }
}

impl Default for Presence {
    fn default() -> Presence {
        Presence {
            sessions: assignment::Settings::default().max_sessions,
            grace_s: presence::GRACE.as_secs() as u32,
        }
    }
}

/// Who is told of customers whom nobody answers, and after how many minutes; `None`: never. Each within
/// [`UNANSWERED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    /// Who holds the conversation.
    #[serde(rename = "unanswered_person_minutes")]
    pub person: Option<u32>,
    /// Everybody of its queue.
    #[serde(rename = "unanswered_queue_minutes")]
    pub queue: Option<u32>,
    /// The administrators.
    #[serde(rename = "unanswered_administrator_minutes")]
    pub administrator: Option<u32>,
}

impl Unanswered {
    /// As the guard asks.
    pub fn patience(self) -> Patience {
        let time = |minutes: Option<u32>| minutes.map(|it| Duration::from_secs(u64::from(it) * 60));
        Patience {
            person: time(self.person),
            queue: time(self.queue),
            administrator: time(self.administrator),
        }
    }
}

impl Default for Unanswered {
    fn default() -> Unanswered {
        Unanswered {
            person: Some(60),
            queue: Some(4 * 60),
            administrator: Some(20 * 60),
        }
    }
}

/// What conversations are about (disposition codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Topics {
    /// Agents choose topics.
    pub topics: bool,
    /// A conversation is not closed without one.
    pub topic_required: bool,
    /// At most so many on one conversation; within [`TOPICS`].
    pub topic_limit: u32,
}

impl Default for Topics {
    fn default() -> Topics {
        Topics {
            topics: false,
            topic_required: false,
            topic_limit: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{languages, workstream};

    #[test]
    fn what_holds_without_anybodys_doing_is_within_what_may_be_set() {
        let settings = Settings::default();
        assert!(ATTACHMENT_KB.contains(&settings.attachments.attachment_limit_kb));
        assert!(assignment::DECLINES.contains(&settings.offers.declines));
        assert!(workstream::SESSIONS.contains(&settings.presence.sessions));
        assert!(GRACE_S.contains(&settings.presence.grace_s));
        assert!(TOPICS.contains(&settings.topics.topic_limit));
        let patience = settings.unanswered.patience();
        let times = [patience.person, patience.queue, patience.administrator].map(Option::unwrap);
        assert!(times.iter().all(|time| UNANSWERED.contains(time)));
        assert!(times.is_sorted(), "who is nearer is told first");
        let offered = &settings.languages.languages;
        assert!(offered.contains(&settings.languages.default_language));
        assert!(offered.iter().all(|tag| languages::name(tag).is_some()));
        assert_eq!(settings.assignment(), assignment::Settings::default());
        assert_eq!(settings.presence.grace(), presence::GRACE);
    }
}
