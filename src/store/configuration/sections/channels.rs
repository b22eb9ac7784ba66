//! Channels, accounts and pages, and what is said on them.

use crate::domain::audit::Kind as Subject;
use crate::domain::automation::{MOST_CHARACTERS, Trigger};
use crate::domain::quick_reply::{MOST_TAGS, TEXT_LIMIT, TITLE_LIMIT, typed_tags};
use crate::domain::{languages, privacy};
use crate::store::configuration::Fields;
use crate::store::configuration::rule::{Rule, Why, numbers, text_of};
use crate::store::configuration::shape::{
    Begins, List, Section, channel, list, name, number, of, read, section, switch, text, words,
};
use crate::store::pages::LONGEST_HOLD_S;

use super::shop::is_language;

pub(super) const CHANNEL_OFF: Section = Section {
    table: "disabled_channel",
    key: &["channel"],
    label: "channel",
    fields: &[channel()],
    begins: Begins::OffChannel,
    beside: &["disabled_by", "disabled_at"],
    ..section("channel_off", "channel", Subject::Channel)
};

pub(super) const ACCOUNT: Section = Section {
    there: "removed_at IS NULL",
    fields: &[
        name("name"),
        channel(),
        text("external_id").by(ID),
        switch("flags_token_age"),
    ],
    begins: Begins::Account,
    beside: &[
        "webhook_key",
        "secret",
        "secret_last4",
        "secret_saved_at",
        "verify_token",
        "created_by",
        "created_at",
        "completed_at",
        "reachable_at",
        "reachable_error",
        "verified_at",
        "verify_error",
        "verify_failed_at",
        "first_event_at",
        "last_event_at",
        "test_event_at",
        "signature_failures",
        "signature_failed_at",
        "unknown_page_events",
        "removed_at",
    ],
    ..section("account", "account_id", Subject::Account)
};

pub(super) const PAGE: Section = Section {
    key: &["account", "name"],
    label: "(SELECT account.name FROM account WHERE account.account_id = page.account_id) || ' / ' || page.name",
    there: "removed_at IS NULL",
    fields: &[
        of("account", "account_id", "account"),
        name("name"),
        text("platform_id").by(ID),
        of("workstream", "workstream_id", "workstream").optional(),
        read("answer_language", is_language).optional(),
        switch("survey"),
        switch("file_attachments"),
        switch("customer_files"),
        switch("agent_files"),
        switch("human_agent_tag"),
        number("hold_s").by(numbers(&(0..=LONGEST_HOLD_S))),
        switch("shows_writing"),
        switch("marks_seen"),
        switch("shows_sender"),
    ],
    begins: Begins::Page,
    beside: &[
        "channel",
        "handle",
        "import_since",
        "token",
        "token_last4",
        "token_saved_at",
        "token_ok_at",
        "token_error",
        "token_error_at",
        "token_ends_at",
        "token_permissions",
        "token_checked_at",
        "token_check_error",
        "token_snoozed_until",
        "paused_until",
        "paused_at",
        "held_at",
        "held_by",
        "subscribed_at",
        "subscribe_error",
        "subscribe_warning",
        "first_message_at",
        "last_message_at",
        "last_sent_at",
        "answered_elsewhere",
        "created_at",
        "removed_at",
    ],
    ..section("page", "page_id", Subject::Page)
};

pub(super) const AUTOMATED_MESSAGE: Section = Section {
    key: &["channel", "page", "trigger"],
    label: "channel || ' / ' || trigger",
    there: "page_id IS NULL OR page_id IN (SELECT page_id FROM page WHERE removed_at IS NULL)",
    fields: &[
        channel(),
        of("page", "page_id", "page").optional(),
        text("trigger").by(Rule::Word(|| {
            Trigger::listed().map(Trigger::word).collect()
        })),
        switch("is_active"),
    ],
    lists: &[List {
        name: "text",
        table: "automated_text",
        order: "language",
        fields: &[
            read("language", is_language),
            text("text").by(Rule::Text {
                most: MOST_CHARACTERS,
                is_needed: true,
            }),
        ],
        most: languages::ALL.len(),
        ..list("automated_message_id")
    }],
    begins: Begins::Plain(&[]),
    beside: &[],
    ..section(
        "automated_message",
        "automated_message_id",
        Subject::AutomatedMessage,
    )
};

pub(super) const PRIVACY_NOTICE: Section = Section {
    is_single: true,
    appends: true,
    key: &[],
    label: "text",
    there: "privacy_notice_id = (SELECT max(privacy_notice_id) FROM privacy_notice)",
    fields: &[
        text("text").by(Rule::Text {
            most: privacy::MOST_CHARACTERS,
            is_needed: false,
        }),
        read("url", |url| url.is_empty() || privacy::is_web_address(url)),
        switch("is_told"),
    ],
    whole: says_something,
    begins: Begins::Plain(&["saved_at"]),
    beside: &["saved_at", "user_id"],
    ..section(
        "privacy_notice",
        "privacy_notice_id",
        Subject::PrivacyNotice,
    )
};

pub(super) const QUICK_REPLY: Section = Section {
    key: &["title", "language"],
    label: "title",
    there: "user_id IS NULL",
    fields: &[
        text("title").by(Rule::Text {
            most: TITLE_LIMIT,
            is_needed: true,
        }),
        text("text").by(Rule::Text {
            most: TEXT_LIMIT,
            is_needed: true,
        }),
        read("language", |tag| tag.is_empty() || is_language(tag)),
        words("tags").by(Rule::Words {
            fits: |tag| typed_tags(tag).is_ok_and(|read| read == [tag]),
            most: MOST_TAGS,
            is_needed: false,
        }),
    ],
    lists: &[List {
        name: "workstream",
        table: "quick_reply_workstream",
        order: "(SELECT name FROM workstream
                 WHERE workstream.workstream_id = quick_reply_workstream.workstream_id)",
        fields: &[of("workstream", "workstream_id", "workstream")],
        ..list("quick_reply_id")
    }],
    begins: Begins::Plain(&["changed_at"]),
    beside: &["changed_at", "user_id"],
    ..section("quick_reply", "quick_reply_id", Subject::QuickReply)
};

/// An id at the platform; empty while it is not known.
const ID: Rule = Rule::Label;

/// Whom something is told, is told something.
fn says_something(entry: &Fields) -> Option<(&'static str, Why)> {
    let is_told = entry.get("is_told")?.as_bool()?;
    let says = |field| !entry.contains_key(field) || !text_of(entry, field).is_empty();
    (is_told && !says("text") && !says("url"))
        .then_some(("is_told", Why::Without { other: "text" }))
}
