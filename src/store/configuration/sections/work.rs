//! How work is given out: hours, queues, workstreams.

use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;

use crate::domain::assignment::Method;
use crate::domain::audit::Kind as Subject;
use crate::domain::capacity::WRAP_UP_BLOCKING;
use crate::domain::hours::{DESCRIPTION_LIMIT, DayHours, LONGEST_EXCEPTION_DAYS};
use crate::domain::overflow::{WAITING_LIMIT, WAITING_TIME};
use crate::domain::presence::Base;
use crate::domain::queue::{Do, PRIORITIES, When};
use crate::domain::skills::Matching;
use crate::domain::workstream::{
    AUTO_CLOSE, CAPACITY_UNITS, COUNTDOWN, Desktop, Mode, OFFER_FIELDS, OFFER_VALUE, SESSIONS,
    VariableKind, WRAP_UP, is_variable_name, is_variable_value,
};
use crate::store::configuration::Fields;
use crate::store::configuration::rule::{Rule, Why, numbers, text_of, times};
use crate::store::configuration::shape::{
    List, Section, channel, label, list, name, number, of, read, section, switch, text, words,
};

use super::{rules, words_of};

pub(super) const OPERATING_HOURS: Section = Section {
    fields: &[
        name("name"),
        text("description").by(Rule::Text {
            most: DESCRIPTION_LIMIT,
            is_needed: false,
        }),
        read("time_zone", is_zone),
    ],
    lists: &[
        List {
            name: "day",
            table: "operating_hours_day",
            order: "weekday",
            fields: &[
                number("weekday").by(Rule::Within(1, 7)),
                read("hours", are_hours),
            ],
            most: 7,
            ..list("operating_hours_id")
        },
        List {
            name: "holiday",
            table: "holiday",
            order: "first_day, holiday_id",
            fields: &[
                read("first_day", is_day),
                read("last_day", is_day),
                label("reason"),
                read("hours", are_hours),
            ],
            whole: days_go_forward,
            beside: &["holiday_id"],
            ..list("operating_hours_id")
        },
    ],
    ..section(
        "operating_hours",
        "operating_hours_id",
        Subject::OperatingHours,
    )
};

pub(super) const QUEUE: Section = Section {
    there: "removed_at IS NULL",
    fields: &[
        name("name"),
        switch("is_default"),
        number("priority").by(numbers(&PRIORITIES)),
        text("assignment_method").by(Rule::Word(|| {
            Method::PLAIN.iter().map(|method| method.word()).collect()
        })),
        switch("assigns_by_rules"),
        of("operating_hours", "operating_hours_id", "operating_hours").optional(),
    ],
    lists: &[
        List {
            name: "member",
            table: "queue_member",
            there: "user_id IN (SELECT user_id FROM user WHERE disabled_at IS NULL)",
            order: "(SELECT email FROM user WHERE user.user_id = queue_member.user_id)",
            fields: &[of("user", "user_id", "user")],
            begins: &["joined_at"],
            beside: &["assigned_at"],
            ..list("queue_id")
        },
        List {
            name: "overflow",
            table: "queue_overflow",
            order: "condition",
            fields: &[
                text("condition").by(words_of!(When)),
                number("threshold").optional(),
                text("action").by(words_of!(Do)),
                of("queue", "target_queue_id", "queue").optional(),
            ],
            whole: overflow_fits,
            ..list("queue_id")
        },
        rules::ORDER_RULE,
        rules::AGENT_RULE,
    ],
    beside: &["created_at", "removed_at"],
    ..section("queue", "queue_id", Subject::Queue)
};

pub(super) const WORKSTREAM: Section = Section {
    there: "removed_at IS NULL",
    fields: &[
        name("name"),
        channel(),
        text("mode").by(words_of!(Mode)),
        switch("is_automatic"),
        of("fallback_queue", "fallback_queue_id", "queue"),
        number("capacity_units").by(numbers(&CAPACITY_UNITS)),
        of(
            "capacity_profile",
            "capacity_profile_id",
            "capacity_profile",
        )
        .optional(),
        words("allowed_presences").by(Rule::Words {
            fits: |word| Base::from_word(word).is_some(),
            most: Base::ALL.len(),
            is_needed: true,
        }),
        text("wrap_up_blocking").by(Rule::Word(|| vec!["always", "never", "for"])),
        number("wrap_up_blocking_ms").by(times(&WRAP_UP_BLOCKING)),
        text("skill_matching").by(words_of!(Matching)),
        switch("keep_same_agent"),
        switch("automated_messages"),
        number("auto_close_open_ms").by(times(&AUTO_CLOSE)),
        number("auto_close_active_ms").by(times(&AUTO_CLOSE)),
        number("auto_close_waiting_ms").by(times(&AUTO_CLOSE)),
        number("wrap_up_ms").by(times(&WRAP_UP)),
        switch("restrict_transcript"),
        number("session_limit").by(numbers(&SESSIONS)).optional(),
        number("offer_countdown_s").by(numbers(&COUNTDOWN)),
        switch("offer_auto_assign"),
        switch("offer_reject"),
        text("offer_desktop").by(words_of!(Desktop)),
    ],
    lists: &[
        List {
            name: "offer_field",
            table: "offer_field",
            order: "position",
            position: "position",
            fields: &[
                name("header"),
                text("value").by(Rule::Text {
                    most: OFFER_VALUE,
                    is_needed: true,
                }),
            ],
            most: OFFER_FIELDS,
            ..list("workstream_id")
        },
        List {
            name: "context_variable",
            table: "context_variable",
            order: "name",
            fields: &[
                read("name", is_variable_name),
                text("kind").by(words_of!(VariableKind)),
                text("value"),
            ],
            whole: value_is_of_its_kind,
            beside: &["context_variable_id"],
            ..list("workstream_id")
        },
        rules::RULESET,
        rules::ROUTE,
        rules::TIMEOUT,
    ],
    beside: &["created_at", "removed_at"],
    ..section("workstream", "workstream_id", Subject::Workstream)
};

pub(super) fn is_zone(text: &str) -> bool {
    text.parse::<chrono_tz::Tz>().is_ok()
}

fn is_day(text: &str) -> bool {
    text.parse::<NaiveDate>().is_ok()
}

/// Empty: closed.
fn are_hours(text: &str) -> bool {
    text.is_empty() || DayHours::parse(text).is_ok()
}

fn days_go_forward(line: &Fields) -> Option<(&'static str, Why)> {
    let day = |field| text_of(line, field).parse::<NaiveDate>().ok();
    let (first, last) = (day("first_day")?, day("last_day")?);
    let longest = TimeDelta::days(LONGEST_EXCEPTION_DAYS);
    let why = match last - first {
        span if span < TimeDelta::zero() => Why::Backwards,
        span if span >= longest => Why::TooMany {
            most: usize::try_from(LONGEST_EXCEPTION_DAYS).unwrap_or_default(),
        },
        _ => return None,
    };
    Some(("last_day", why))
}

/// What may be done when, from which threshold on, and where to.
fn overflow_fits(line: &Fields) -> Option<(&'static str, Why)> {
    let when = When::from_word(text_of(line, "condition"))?;
    let action = Do::from_word(text_of(line, "action"))?;
    if !when.actions().contains(&action) {
        let words = when.actions().iter().map(|it| it.word().to_owned());
        return Some((
            "action",
            Why::NoneOf {
                words: words.collect(),
            },
        ));
    }
    let range = match when {
        When::OutOfHours => None,
        When::WorkItems => Some(numbers(&WAITING_LIMIT)),
        When::WaitingTime => Some(times(&WAITING_TIME)),
    };
    let threshold = line.get("threshold");
    match (range, threshold) {
        (None, Some(_)) => return Some(("threshold", Why::NotWith { other: "condition" })),
        (Some(Rule::Within(from, to)), threshold) => {
            let number = threshold.and_then(Value::as_i64);
            if !number.is_some_and(|it| (from..=to).contains(&it)) {
                return Some(("threshold", Why::OutOfRange { from, to }));
            }
        }
        _ => {}
    }
    match (action, line.contains_key("queue")) {
        (Do::Transfer, false) => Some(("action", Why::Without { other: "queue" })),
        (Do::AssignAnyway | Do::EndConversation, true) => {
            Some(("queue", Why::NotWith { other: "action" }))
        }
        _ => None,
    }
}

fn value_is_of_its_kind(line: &Fields) -> Option<(&'static str, Why)> {
    let kind = VariableKind::from_word(text_of(line, "kind"))?;
    let fits = is_variable_value(kind, text_of(line, "value"));
    (!fits).then_some(("value", Why::NotWith { other: "kind" }))
}
