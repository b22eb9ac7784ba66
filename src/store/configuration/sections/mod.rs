//! What belongs to the configuration, and what is none.

use super::shape::Section;

mod channels;
mod people;
mod rules;
mod shop;
mod work;

/// Every section, those that others name first.
pub(super) const SECTIONS: &[Section] = &[
    shop::ORGANIZATION,
    shop::SETTINGS,
    shop::CHANNEL_FILES,
    shop::MASKING_RULE,
    people::PRESENCE,
    people::SKILL,
    people::CAPACITY_PROFILE,
    people::CUSTOMER_FIELD,
    work::OPERATING_HOURS,
    people::USER,
    work::QUEUE,
    work::WORKSTREAM,
    channels::CHANNEL_OFF,
    channels::ACCOUNT,
    channels::PAGE,
    channels::AUTOMATED_MESSAGE,
    channels::PRIVACY_NOTICE,
    channels::QUICK_REPLY,
    shop::TOPIC,
];

/// The section of a name.
pub(super) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

/// The words of an enum of the domain, for [`super::rule::Rule::Word`].
macro_rules! words_of {
    ($enum:ty) => {
        crate::store::configuration::rule::Rule::Word(|| {
            <$enum>::ALL.iter().map(|it| it.word()).collect()
        })
    };
}
use words_of;

/// Tables that are no configuration: what happened, what was written, who is signed in, what the program keeps for
/// itself.
pub(super) const NO_CONFIGURATION: &[&str] = &[
    "account_preparation",
    "agent",
    "agent_session",
    "alarm_mail",
    "allowance",
    "attachment",
    "audit_entry",
    "browser_session",
    "capacity_use",
    "company",
    "contact",
    "contact_merge",
    "conversation",
    "conversation_count",
    "conversation_event",
    "conversation_profile",
    "conversation_skill",
    "conversation_topic",
    "conversation_variable",
    "courtesy",
    "customer_case",
    "customer_link",
    "customer_value",
    "decline",
    "delivery_attempt",
    "discarded_content",
    "draft",
    "early_edit",
    "fact",
    "instance_draft",
    "job",
    "live_event",
    "message",
    "note",
    "note_draft",
    "offer",
    "outbox",
    "page_notice",
    "parked_event",
    "participant",
    "platform_file",
    "privacy_acknowledgement",
    "privacy_notice_told",
    "profile_use",
    "public_link",
    "read_mark",
    "record_word",
    "rendition",
    "reply_token",
    "routing_step",
    "seen_event",
    "sending_cost",
    "social_profile",
    "throttle",
    "timeout_done",
    "unsent",
    "user_channel_sound",
    "user_link",
    "user_sound",
    "webhook_event",
];
