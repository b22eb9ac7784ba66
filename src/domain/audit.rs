//! The words of the audit log: who acted, what they did, to what, and how it is shown without secrets.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Map, Value};

use super::ids::UserId;

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person {
        /// Row id.
        id: UserId,
        /// Name at that moment.
        name: String,
        /// Where the browser is.
        address: IpAddr,
    },
    /// Somebody who is not signed in and proved by a code or link of ours that they may: the set-up, an
    /// invitation, a new password.
    Link {
        /// Where the browser is.
        address: IpAddr,
    },
    /// Somebody at the machine itself, with `tiski`.
    CommandLine,
    /// The program, by the clock or because of what a platform said.
    Program,
}

impl Actor {
    /// The word in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Actor::Person { .. } => "person",
            Actor::Link { .. } => "link",
            Actor::CommandLine => "command-line",
            Actor::Program => "program",
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $enum:ident { $($(#[$item:meta])* $name:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$item])* $name,)*
        }

        impl $enum {
            /// Every one, in the order of lists.
            pub const ALL: &[$enum] = &[$($enum::$name,)*];

            /// The word in the database, in addresses and in locale keys.
            pub const fn word(self) -> &'static str {
                match self {
                    $($enum::$name => $word,)*
                }
            }

            /// What a word stands for; `None` for any other word.
            pub fn from_word(word: &str) -> Option<$enum> {
                match word {
                    $($word => Some($enum::$name),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What was done. The text of a word is the locale key `audit-action-<word>`; every variant needs one.
    /// One line each, in alphabetical order, so that two people who add one do not meet.
    Act {
        /// An account was begun.
        AccountAdded = "account-added",
        /// Name, id or secret of an account.
        AccountChanged = "account-changed",
        /// The wizard's *Done*.
        AccountCompleted = "account-completed",
        /// An account was taken away.
        AccountRemoved = "account-removed",
        /// Text or switch of an automated message.
        AutomatedMessageChanged = "automated-message-changed",
        /// The audit log left the program as a file.
        AuditExported = "audit-exported",
        /// A capacity profile was added.
        CapacityProfileAdded = "capacity-profile-added",
        /// Name, limit, blocking or people of a capacity profile.
        CapacityProfileChanged = "capacity-profile-changed",
        /// A capacity profile was taken away.
        CapacityProfileRemoved = "capacity-profile-removed",
        /// A channel was turned off.
        ChannelDisabled = "channel-disabled",
        /// A channel was turned on.
        ChannelEnabled = "channel-enabled",
        /// The configuration was read from a file.
        ConfigurationImported = "configuration-imported",
        /// Two contacts became one.
        ContactMerged = "contact-merged",
        /// One contact became two again.
        ContactParted = "contact-parted",
        /// A field was added to contacts, companies or cases.
        CustomerFieldAdded = "customer-field-added",
        /// Name, kind or choices of such a field.
        CustomerFieldChanged = "customer-field-changed",
        /// Such a field was taken away, with what stood in it.
        CustomerFieldRemoved = "customer-field-removed",
        /// Somebody pressed *Run now*.
        JobRequested = "job-requested",
        /// A page was put into a workstream.
        InstanceAdded = "instance-added",
        /// What is set for a page of a workstream.
        InstanceChanged = "instance-changed",
        /// A page was taken out of a workstream.
        InstanceRemoved = "instance-removed",
        /// A masking rule was added.
        MaskingRuleAdded = "masking-rule-added",
        /// Anything of a masking rule.
        MaskingRuleChanged = "masking-rule-changed",
        /// A masking rule was taken away.
        MaskingRuleRemoved = "masking-rule-removed",
        /// Operating hours were added.
        OperatingHoursAdded = "operating-hours-added",
        /// Anything of operating hours, or their holidays.
        OperatingHoursChanged = "operating-hours-changed",
        /// Operating hours were taken away.
        OperatingHoursRemoved = "operating-hours-removed",
        /// Name, zone or language of the organization.
        OrganizationChanged = "organization-changed",
        /// A page was added to an account.
        PageAdded = "page-added",
        /// Name, token or switches of a page.
        PageChanged = "page-changed",
        /// A page was taken away.
        PageRemoved = "page-removed",
        /// An event that could not be worked on was given up.
        ParkedEventDiscarded = "parked-event-discarded",
        /// A presence was made.
        PresenceAdded = "presence-added",
        /// Name or meaning of a presence.
        PresenceChanged = "presence-changed",
        /// A presence was taken away.
        PresenceRemoved = "presence-removed",
        /// A supervisor let the program decide about a person's presence again.
        PresenceReset = "presence-reset",
        /// Somebody agreed to the privacy notice.
        PrivacyAcknowledged = "privacy-acknowledged",
        /// The organization's own privacy notice, or whether customers are told it.
        PrivacyNoticeChanged = "privacy-notice-changed",
        /// A queue was added.
        QueueAdded = "queue-added",
        /// Anything of a queue.
        QueueChanged = "queue-changed",
        /// A queue was taken away.
        QueueRemoved = "queue-removed",
        /// A rule or a ruleset was added.
        RuleAdded = "rule-added",
        /// Anything of a rule or a ruleset, also its place.
        RuleChanged = "rule-changed",
        /// A rule or a ruleset was taken away.
        RuleRemoved = "rule-removed",
        /// A shared quick reply was added.
        QuickReplyAdded = "quick-reply-added",
        /// Anything of a shared quick reply.
        QuickReplyChanged = "quick-reply-changed",
        /// A shared quick reply was taken away.
        QuickReplyRemoved = "quick-reply-removed",
        /// A person's browsers were signed out.
        SessionsEnded = "sessions-ended",
        /// Settings of the organization.
        SettingsChanged = "settings-changed",
        /// A skill was added.
        SkillAdded = "skill-added",
        /// Name or description of a skill.
        SkillChanged = "skill-changed",
        /// A skill was taken away.
        SkillRemoved = "skill-removed",
        /// A topic was added.
        TopicAdded = "topic-added",
        /// Name, description or workstream of a topic.
        TopicChanged = "topic-changed",
        /// A topic was taken away.
        TopicRemoved = "topic-removed",
        /// A person was added.
        UserAdded = "user-added",
        /// Name, role or anything else of a person.
        UserChanged = "user-changed",
        /// A person may no longer sign in.
        UserDisabled = "user-disabled",
        /// A person may sign in again.
        UserEnabled = "user-enabled",
        /// A link by which a person chooses a password was made.
        UserLinkMade = "user-link-made",
        /// A person has another password.
        UserPasswordChanged = "user-password-changed",
        /// A workstream was added.
        WorkstreamAdded = "workstream-added",
        /// Anything of a workstream, or its context variables.
        WorkstreamChanged = "workstream-changed",
        /// A workstream was taken away.
        WorkstreamRemoved = "workstream-removed",
    }
}

words! {
    /// What a change is about. The text of a word is the locale key `audit-subject-<word>`.
    Kind {
        /// A messaging account.
        Account = "account",
        /// A ruleset of work classification.
        Ruleset = "ruleset",
        /// A rule of a ruleset.
        ClassificationRule = "classification-rule",
        /// A route-to-queue rule.
        RouteRule = "route-rule",
        /// A timeout rule.
        TimeoutRule = "timeout-rule",
        /// A rule of a queue's own order.
        OrderRule = "order-rule",
        /// A rule of a queue about who is asked.
        AgentRule = "agent-rule",
        /// An automated message of a channel or a page.
        AutomatedMessage = "automated-message",
        /// A capacity profile.
        CapacityProfile = "capacity-profile",
        /// A channel.
        Channel = "channel",
        /// A contact. Its name is not written down: it would outlive the customer's wish to be erased.
        Contact = "contact",
        /// A field of contacts, companies or cases.
        CustomerField = "customer-field",
        /// A job of the schedule.
        Job = "job",
        /// This log.
        AuditLog = "audit-log",
        /// A rule that hides sensitive data.
        MaskingRule = "masking-rule",
        /// Operating hours.
        OperatingHours = "operating-hours",
        /// The organization.
        Organization = "organization",
        /// A page.
        Page = "page",
        /// An event that could not be worked on.
        ParkedEvent = "parked-event",
        /// The organization's own privacy notice.
        PrivacyNotice = "privacy-notice",
        /// A queue.
        Queue = "queue",
        /// A shared quick reply.
        QuickReply = "quick-reply",
        /// A presence.
        Presence = "presence",
        /// The settings of the organization.
        Settings = "settings",
        /// A skill.
        Skill = "skill",
        /// What a conversation is about.
        Topic = "topic",
        /// A person.
        User = "user",
        /// A workstream.
        Workstream = "workstream",
    }
}

/// The thing that a change is about. Its name is kept as it was, for when the thing is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// Row id; `None` for what there is only one of.
    pub id: Option<i64>,
    /// Name at that moment; empty for what there is only one of.
    pub name: String,
}

impl Subject {
    /// Something with a row of its own.
    pub fn new(kind: Kind, id: i64, name: impl Into<String>) -> Subject {
        Subject {
            kind,
            id: Some(id),
            name: name.into(),
        }
    }

    /// Something that there is only one of.
    pub fn only(kind: Kind) -> Subject {
        Subject {
            kind,
            id: None,
            name: String::new(),
        }
    }
}

/// What of a thing the audit log may show. To implement it is a promise: no field holds a secret, a customer's
/// words or a customer's name. A secret stands in it as a [`ShownSecret`]. The text of a field is the locale
/// key `audit-field-<name>`, with `-` for `_`; without one the field's own name is shown.
pub trait Shown: Serialize {}

/// For acts that change nothing that could be shown, e.g. an export.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nothing {}

impl Shown for Nothing {}

/// A secret as the audit log shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShownSecret {
    /// There is none.
    None,
    /// There is one.
    Set,
    /// There is another one now.
    Replaced,
}

impl ShownSecret {
    /// Of a secret that is there or not.
    pub const fn of(is_set: bool) -> ShownSecret {
        if is_set {
            ShownSecret::Set
        } else {
            ShownSecret::None
        }
    }

    /// After another one was put in its place.
    #[must_use]
    pub const fn replaced(self) -> ShownSecret {
        match self {
            ShownSecret::None => ShownSecret::Set,
            ShownSecret::Set | ShownSecret::Replaced => ShownSecret::Replaced,
        }
    }
}

/// The fields of a thing.
pub type Fields = Map<String, Value>;

/// The fields of something that is shown.
pub fn fields(shown: &impl Shown) -> Fields {
    match serde_json::to_value(shown) {
        Ok(Value::Object(fields)) => fields,
        // Shown things are structs of plain values; anything else has nothing to show.
        _ => Fields::new(),
    }
}

/// What differs between two states of a thing: the fields before, and the fields after.
pub fn difference(mut before: Fields, mut after: Fields) -> (Fields, Fields) {
    before.retain(|name, value| match after.get(name) {
        Some(now) if now == value => {
            after.remove(name);
            false
        }
        _ => true,
    });
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Thing {
        name: &'static str,
        limit: u32,
        token: ShownSecret,
    }

    impl Shown for Thing {}

    #[test]
    fn only_what_differs_is_kept_and_a_secret_is_a_word() {
        let token = ShownSecret::of(true);
        let before = Thing {
            name: "Shop",
            limit: 5,
            token,
        };
        let after = Thing {
            name: "Shop",
            limit: 7,
            token: token.replaced(),
        };
        let (before, after) = difference(fields(&before), fields(&after));
        assert_eq!(
            Value::Object(before).to_string(),
            r#"{"limit":5,"token":"set"}"#
        );
        assert_eq!(
            Value::Object(after).to_string(),
            r#"{"limit":7,"token":"replaced"}"#
        );
    }

    #[test]
    fn a_word_stands_for_one_act_and_one_kind() {
        for act in Act::ALL {
            assert_eq!(Act::from_word(act.word()), Some(*act));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(*kind));
        }
        assert_eq!(Act::from_word("account"), None);
    }
}
