//! Automated messages: what the program says by itself, when, to whom and in which words. (Specification §1.20,
//! §2.6, §2.7.)
//!
//! Every trigger has a text of ours, in the catalog. An administrator gives a channel another text, turns it on or
//! off there, and does the same for one page, whose settings replace the channel's. What the platforms do not
//! offer (place in the queue, waiting time, callbacks) is no trigger; what only tells about the work here (an
//! offer declined, a transfer begun) is a line of the conversation's history and no message.
//!
//! Which ones are on before anybody chose: those without which a customer would not learn that something did not
//! reach anybody, or that nobody is there. The others are courtesy; on LINE some of them cost a message of the
//! plan each time, so they wait for an administrator.

use std::collections::HashMap;
use std::time::Duration;

use super::conversation::Act;
use super::text::{self, Limit};
use super::time::Timestamp;
use super::window::{self, Circumstances, Rules, Window};
use super::words::words;

/// The longest text of a message, in characters. (Specification §1.20.)
pub const MOST_CHARACTERS: usize = 2_000;
/// A message of a customer that came in later than this is answered by people only: the machine was off.
pub const LATE: Duration = Duration::from_secs(3600);
/// Filled with long variables a text may need several messages; more than these are not sent.
const MOST_PARTS: usize = 5;
/// What is told again and again is told so often at most.
const PAUSE: Duration = Duration::from_secs(10 * 60);

words! {
    /// Why something is said. The order is that of the lists.
    Trigger {
        /// A customer's first message of a new conversation.
        Greeting = "greeting",
        /// A conversation began while its queue is closed.
        OutOfHours = "out-of-hours",
        /// A conversation began on a holiday of its queue.
        Holiday = "holiday",
        /// Routing gave the conversation to an agent, who has still to accept it.
        AgentAssigned = "agent-assigned",
        /// Nobody works in the conversation's queue. That everybody is busy is no reason to say so.
        AgentUnassignable = "agent-unassignable",
        /// An agent took the conversation, or accepted it.
        AgentJoined = "agent-joined",
        /// A colleague joined the conversation.
        ColleagueJoined = "colleague-joined",
        /// A colleague left the conversation.
        ColleagueLeft = "colleague-left",
        /// A colleague accepted to be asked.
        ConsultAccepted = "consult-accepted",
        /// A colleague is asked no longer.
        ConsultEnded = "consult-ended",
        /// Another agent took the conversation over.
        TransferAccepted = "transfer-accepted",
        /// The agent's browser is gone, and has not come back within the time that a lost connection is overlooked.
        AgentDisconnected = "agent-disconnected",
        /// The agent pressed *End*.
        AgentEnded = "agent-ended",
        /// The conversation was ended and is closed now.
        SessionEnded = "session-ended",
        /// An overflow rule closes the conversation.
        OverflowEnded = "overflow-ended",
        /// The customer's file is too large for us.
        FileTooLarge = "file-too-large",
        /// The customer's file is not taken: files are switched off, or those of its type.
        FileRefused = "file-refused",
        /// The platform does not show us what the customer sent.
        Unsupported = "unsupported",
        /// The organization's privacy notice, once to every customer. Its text is not among those of the
        /// automated messages: see [`crate::domain::privacy`].
        PrivacyNotice = "privacy-notice",
        /// A timeout rule says its own words.
        TimeoutRule = "timeout-rule",
        /// To the agent: a message did not reach the customer.
        NotSent = "not-sent",
        /// To the agent: the reply window was closed.
        WindowClosed = "window-closed",
        /// To the agent: the customer's file is too large.
        AgentFileTooLarge = "agent-file-too-large",
        /// To the agent: the platform does not show what the customer sent.
        AgentUnsupported = "agent-unsupported",
    }
}

/// To whom something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// To the customer: a message.
    Customer,
    /// To whoever reads the conversation here: a line in it.
    Agent,
}

impl Receiver {
    /// The word in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Receiver::Customer => "customer",
            Receiver::Agent => "agent",
        }
    }
}

/// How often the same is said in one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// Once.
    Once,
    /// Not again for so long.
    After(Duration),
    /// Whenever there is a reason.
    Always,
}

impl Trigger {
    /// Those that an administrator gives texts to.
    pub fn listed() -> impl Iterator<Item = Trigger> {
        let all = Trigger::ALL.iter().copied();
        let has_words_elsewhere =
            |trigger: &Trigger| matches!(trigger, Trigger::PrivacyNotice | Trigger::TimeoutRule);
        all.filter(move |trigger| !has_words_elsewhere(trigger))
    }

    /// What the customer is told of an act that moves a conversation.
    pub const fn of(act: Act) -> Option<Trigger> {
        match act {
            Act::Offer => Some(Trigger::AgentAssigned),
            Act::Assign | Act::Accept => Some(Trigger::AgentJoined),
            Act::TransferToAgent | Act::SupervisorTransfers => Some(Trigger::TransferAccepted),
            Act::OverflowEnds => Some(Trigger::OverflowEnded),
            Act::End => Some(Trigger::AgentEnded),
            Act::Complete => Some(Trigger::SessionEnded),
            _ => None,
        }
    }

    /// To whom it speaks.
    pub const fn receiver(self) -> Receiver {
        use Trigger::*;
        match self {
            NotSent | WindowClosed | AgentFileTooLarge | AgentUnsupported => Receiver::Agent,
            _ => Receiver::Customer,
        }
    }

    /// How often it is said in one conversation. The privacy notice has a record of its own.
    pub const fn often(self) -> Often {
        use Trigger::*;
        match self {
            Greeting | OutOfHours | Holiday | AgentUnassignable | OverflowEnded => Often::Once,
            AgentDisconnected | FileTooLarge | FileRefused | Unsupported | WindowClosed => {
                Often::After(PAUSE)
            }
            _ => Often::Always,
        }
    }

    /// Whether it is said before an administrator chose.
    pub const fn is_on_at_first(self) -> bool {
        use Trigger::*;
        matches!(
            self,
            OutOfHours
                | Holiday
                | OverflowEnded
                | FileTooLarge
                | FileRefused
                | Unsupported
                | AgentFileTooLarge
                | PrivacyNotice
        )
    }

    /// Whether it answers what the customer has just written: on a channel where an answer is free for a moment,
    /// it is.
    pub const fn answers(self) -> bool {
        use Trigger::*;
        matches!(
            self,
            Greeting
                | OutOfHours
                | Holiday
                | FileTooLarge
                | FileRefused
                | Unsupported
                | PrivacyNotice
        )
    }

    /// Whether it is said although it was turned off, with our own text: a customer whose conversation a rule
    /// closes must learn it. (Specification §2.7.)
    pub const fn is_said_in_any_case(self) -> bool {
        matches!(self, Trigger::OverflowEnded)
    }
}

/// What slugs stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// `{AgentName}`; empty when nobody holds the conversation.
    pub agent: String,
    /// `{QueueName}`.
    pub queue: String,
    /// `{$Name$}`, by the exact name.
    pub variables: HashMap<String, String>,
}

/// A text with its slugs filled in, in one pass: what a value holds is not looked at again. A variable that does
/// not exist is empty; anything else in braces stays as it is.
pub fn fill(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        match slug(rest) {
            Some((slug, length)) => {
                filled.push_str(match slug {
                    Slug::Agent => &values.agent,
                    Slug::Queue => &values.queue,
                    Slug::Variable(name) => values.variables.get(name).map_or("", String::as_str),
                });
                rest = &rest[length..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled.trim().to_owned()
}

enum Slug<'a> {
    Agent,
    Queue,
    Variable(&'a str),
}

/// The slug that `text` begins with, and its length in bytes.
fn slug(text: &str) -> Option<(Slug<'_>, usize)> {
    let end = text.find('}')?;
    let slug = match &text[1..end] {
        "AgentName" => Slug::Agent,
        "QueueName" => Slug::Queue,
        inner => {
            let name = inner.strip_prefix('$')?.strip_suffix('$')?;
            let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
            if name.is_empty() || !name.chars().all(fits) {
                return None;
            }
            Slug::Variable(name)
        }
    };
    Some((slug, end + 1))
}

/// The names of the variables in a text, each once, in the order in which they come.
pub fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('{') {
        if let Some((Slug::Variable(name), _)) = slug(&text[at..])
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// How a channel carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// How long after the customer's last act something may be said.
    pub window: Rules,
    /// How long a message may be.
    pub limit: Limit,
    /// How many messages go out in one call; 1 or more.
    pub messages_per_call: usize,
}

impl Manner {
    /// Whether the program itself may say something now: never with a tag that is for people, and never into a
    /// conversation that another application answers.
    pub fn may_speak(&self, circumstances: Circumstances, now: Timestamp) -> bool {
        let by_itself = Circumstances {
            tag_allowed: false,
            ..circumstances
        };
        let window = window::check(self.window, by_itself, now);
        !circumstances.standby && matches!(window, Window::Always | Window::Open(_))
    }

    /// A text as messages of this channel.
    pub fn messages(&self, text: &str) -> Vec<String> {
        let mut parts = text::split(text, self.limit);
        parts.truncate(MOST_PARTS);
        parts
    }
}

/// What the program needs to know to speak: how each channel carries messages, and its own texts. Told to the
/// store once, at start.
#[derive(Clone, Debug, Default)]
pub struct Voice {
    /// By channel.
    pub manners: HashMap<String, Manner>,
    /// By language tag. English has every trigger.
    pub texts: HashMap<String, HashMap<Trigger, String>>,
}

impl Voice {
    /// Our own text of a trigger in a language; `None` when the catalog does not have that language.
    pub fn own_text(&self, trigger: Trigger, language: &str) -> Option<&str> {
        let texts = self.texts.get(language)?;
        texts.get(&trigger).map(String::as_str)
    }
}

/// The language in which we have a text for everything.
pub const LAST_LANGUAGE: &str = "en";

/// The words for a page: what was written for the page itself, in its language, else the organization's; else the
/// channel's or ours, in the page's language before the organization's; else ours in English. `of_page` and
/// `of_channel` are an administrator's texts by language. `None` when there is no text at all.
pub fn words_for<'a>(
    of_page: &'a HashMap<String, String>,
    of_channel: &'a HashMap<String, String>,
    ours: impl Fn(&str) -> Option<&'a str>,
    languages: [&str; 2],
) -> Option<&'a str> {
    let find = |texts: &'a HashMap<String, String>, language: &str| {
        texts.get(language).map(String::as_str)
    };
    let by_page = languages.iter().find_map(|it| find(of_page, it));
    let by_channel = || {
        languages
            .iter()
            .find_map(|it| find(of_channel, it).or_else(|| ours(it)))
    };
    by_page
        .or_else(by_channel)
        .or_else(|| ours(LAST_LANGUAGE))
        .filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
