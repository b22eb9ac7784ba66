//! The people, and what is said of them.

use crate::domain::access::Role;
use crate::domain::audit::Kind as Subject;
use crate::domain::email;
use crate::domain::presence::Base;
use crate::domain::record::{FieldKind, Record};
use crate::store::capacity_profiles;
use crate::store::configuration::Fields;
use crate::store::configuration::rule::{Known, Rule, Why, numbers, text_of};
use crate::store::configuration::shape::{
    Begins, List, Section, label, list, name, number, of, read, section, switch, text,
};
use crate::store::staff::CAPACITY_LIMIT;

use super::words_of;

pub(super) const PRESENCE: Section = Section {
    fields: &[
        text("built_in").optional(),
        name("name"),
        label("text"),
        text("base").by(words_of!(Base)),
        label("description"),
    ],
    ..section("presence", "presence_id", Subject::Presence)
};

pub(super) const SKILL: Section = Section {
    fields: &[name("name"), label("kind"), label("description")],
    ..section("skill", "skill_id", Subject::Skill)
};

pub(super) const CUSTOMER_FIELD: Section = Section {
    key: &["record", "name"],
    label: "record || ' / ' || name",
    fields: &[
        text("record").by(words_of!(Record)),
        name("name"),
        text("kind").by(words_of!(FieldKind)),
        text("choices"),
        number("position"),
    ],
    whole: offers_choices,
    ..section(
        "customer_field",
        "customer_field_id",
        Subject::CustomerField,
    )
};

/// So many items at once, of everybody or of one person.
const ITEMS: Rule = numbers(&(1..=capacity_profiles::LIMIT));

pub(super) const CAPACITY_PROFILE: Section = Section {
    fields: &[
        name("name"),
        number("item_limit").by(ITEMS),
        text("reset").by(Rule::Word(|| vec!["immediate", "end-of-day"])),
        switch("blocks"),
    ],
    lists: &[List {
        name: "member",
        table: "user_capacity_profile",
        there: "user_id IN (SELECT user_id FROM user WHERE disabled_at IS NULL)",
        order: "(SELECT email FROM user WHERE user.user_id = user_capacity_profile.user_id)",
        fields: &[
            of("user", "user_id", "user"),
            number("item_limit").by(ITEMS).optional(),
        ],
        ..list("capacity_profile_id")
    }],
    ..section(
        "capacity_profile",
        "capacity_profile_id",
        Subject::CapacityProfile,
    )
};

pub(super) const USER: Section = Section {
    key: &["email"],
    label: "email",
    there: "disabled_at IS NULL",
    fields: &[
        read("email", |typed| {
            email::clean(typed).is_some_and(|cleaned| cleaned == typed)
        }),
        name("name"),
        label("nickname"),
        text("role").by(words_of!(Role)),
        text("locale").by(Rule::Known(Known::Locales)).optional(),
        number("capacity").by(numbers(&(0..=CAPACITY_LIMIT))),
        of("presence", "default_presence_id", "presence").optional(),
    ],
    lists: &[List {
        name: "skill",
        table: "user_skill",
        order: "(SELECT name FROM skill WHERE skill.skill_id = user_skill.skill_id)",
        fields: &[
            of("skill", "skill_id", "skill"),
            number("rating").by(Rule::Within(1, 10)),
        ],
        ..list("user_id")
    }],
    begins: Begins::Person,
    beside: &["password_hash", "created_at", "disabled_at", "joined_at"],
    ..section("user", "user_id", Subject::User)
};

/// A choice is one of at least two.
fn offers_choices(entry: &Fields) -> Option<(&'static str, Why)> {
    let is_choice = text_of(entry, "kind") == FieldKind::Choice.word();
    let offered = text_of(entry, "choices").lines();
    let is_enough = offered.filter(|line| !line.trim().is_empty()).count() > 1;
    (is_choice && !is_enough).then_some(("choices", Why::NotWith { other: "kind" }))
}
