//! The organization and its settings.

use crate::domain::assignment::DECLINES;
use crate::domain::attachments::{MOST_EXTENSIONS, typed_extensions};
use crate::domain::audit::Kind as Subject;
use crate::domain::languages;
use crate::domain::masking::{self, BuiltIn, MOST_RULES};
use crate::domain::message::AttachmentKind;
use crate::domain::settings::{ATTACHMENT_KB, GRACE_S, TOPICS, UNANSWERED};
use crate::domain::workstream::SESSIONS;
use crate::store::configuration::Fields;
use crate::store::configuration::rule::{Known, Rule, Why, numbers, text_of};
use crate::store::configuration::shape::{
    Begins, Section, channel, label, name, number, of, read, section, switch, text, words,
};

use super::words_of;

pub(super) const ORGANIZATION: Section = Section {
    is_single: true,
    key: &[],
    fields: &[
        name("name"),
        read("time_zone", super::work::is_zone),
        text("locale").by(Rule::Known(Known::Locales)),
    ],
    ..section("organization", "organization_id", Subject::Organization)
};

pub(super) const SETTINGS: Section = Section {
    is_single: true,
    key: &[],
    label: "settings_id",
    fields: &[
        words("languages").by(Rule::Words {
            fits: is_language,
            most: languages::ALL.len(),
            is_needed: true,
        }),
        text("default_language"),
        number("attachment_limit_kb").by(numbers(&ATTACHMENT_KB)),
        words("blocked_extensions").by(EXTENSIONS),
        switch("mask_agents"),
        switch("mask_customers"),
        switch("markdown"),
        switch("supervisor_monitor"),
        switch("supervisor_assign"),
        switch("supervisor_transfer"),
        switch("supervisor_force_close"),
        switch("missed_makes_inactive"),
        switch("rejected_makes_do_not_disturb"),
        number("declines").by(Rule::Within(
            *DECLINES.start() as i64,
            *DECLINES.end() as i64,
        )),
        number("session_limit").by(numbers(&SESSIONS)),
        number("grace_s").by(numbers(&GRACE_S)),
        switch("topics"),
        switch("topic_required"),
        number("topic_limit").by(numbers(&TOPICS)),
        number("unanswered_person_minutes")
            .by(UNANSWERED_MINUTES)
            .optional(),
        number("unanswered_queue_minutes")
            .by(UNANSWERED_MINUTES)
            .optional(),
        number("unanswered_administrator_minutes")
            .by(UNANSWERED_MINUTES)
            .optional(),
    ],
    whole: default_is_offered,
    begins: Begins::Never,
    beside: &[],
    ..section("settings", "settings_id", Subject::Settings)
};

const UNANSWERED_MINUTES: Rule = Rule::Within(
    (UNANSWERED.start().as_secs() / 60) as i64,
    (UNANSWERED.end().as_secs() / 60) as i64,
);

pub(super) const CHANNEL_FILES: Section = Section {
    key: &["channel"],
    label: "channel",
    fields: &[
        channel(),
        words("outbound").by(EXTENSIONS),
        words("inbound").by(Rule::Words {
            fits: |word| AttachmentKind::from_word(word).is_some(),
            most: AttachmentKind::ALL.len(),
            is_needed: false,
        }),
    ],
    begins: Begins::Plain(&[]),
    beside: &[],
    ..section("channel_files", "channel", Subject::Settings)
};

pub(super) const MASKING_RULE: Section = Section {
    fields: &[
        text("built_in").by(words_of!(BuiltIn)).optional(),
        name("name"),
        label("description"),
        read("pattern", is_pattern),
        switch("is_active"),
    ],
    most: MOST_RULES,
    begins: Begins::Plain(&[]),
    beside: &[],
    ..section("masking_rule", "masking_rule_id", Subject::MaskingRule)
};

pub(super) const TOPIC: Section = Section {
    key: &["workstream", "name"],
    there: "removed_at IS NULL",
    fields: &[
        name("name"),
        label("description"),
        of("workstream", "workstream_id", "workstream").optional(),
    ],
    begins: Begins::Plain(&[]),
    beside: &["removed_at"],
    ..section("topic", "topic_id", Subject::Topic)
};

/// Endings of files, in small letters and without their dots.
const EXTENSIONS: Rule = Rule::Words {
    fits: |word| typed_extensions(word).is_ok_and(|read| read == [word]),
    most: MOST_EXTENSIONS,
    is_needed: false,
};

pub(super) fn is_language(tag: &str) -> bool {
    languages::name(tag).is_some()
}

/// Empty: the program has it.
fn is_pattern(text: &str) -> bool {
    text.is_empty() || masking::compile(text).is_ok()
}

fn default_is_offered(entry: &Fields) -> Option<(&'static str, Why)> {
    let default = text_of(entry, "default_language");
    let offered = entry.get("languages")?.as_array()?;
    let is_offered = default.is_empty() || offered.iter().any(|it| it.as_str() == Some(default));
    (!is_offered).then_some(("default_language", Why::NotWith { other: "languages" }))
}
