//! The fields of forms, each rendered by a call. In a template:
//!
//! ```text
//! {{ fields::text("name", "queue-name", typed.name, problems) }}
//! {{ fields::text("priority", "queue-priority", typed.priority, problems).hint("queue-priority-hint").number() }}
//! {{ fields::choice("method", "queue-method", methods, typed.method, problems) }}
//! {{ fields::switch("reject", "offer-reject", typed.reject).hint("offer-reject-hint") }}
//! ```
//!
//! `name` is the field's name and id; labels and hints are locale keys. The browser checks nothing by itself:
//! what is wrong is said in our words, at the field.

use askama::Template;
use askama::filters::HtmlSafe;

use super::forms::Problems;
use super::page::filters;
use crate::locale::{Locale, Text};

/// One line of text.
#[derive(Template)]
#[template(path = "ui/field/text.html")]
pub struct TextField<'a> {
    name: &'a str,
    label: &'a str,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a Text>,
    kind: &'static str,
    /// The id of a `<datalist>`; empty without one.
    list: &'a str,
    is_optional: bool,
}

impl HtmlSafe for TextField<'_> {}

/// Makes a [`TextField`].
pub fn text<'a>(
    name: &'a str,
    label: &'a str,
    value: &'a str,
    problems: &'a Problems,
) -> TextField<'a> {
    TextField {
        name,
        label,
        value,
        hint: None,
        error: problems.at(name),
        kind: "text",
        list: "",
        is_optional: false,
    }
}

impl<'a> TextField<'a> {
    /// With a sentence below it.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        TextField {
            hint: Some(hint),
            ..self
        }
    }

    /// That may be left empty.
    #[must_use]
    pub fn optional(self) -> Self {
        TextField {
            is_optional: true,
            ..self
        }
    }

    /// For a number.
    #[must_use]
    pub fn number(self) -> Self {
        TextField {
            kind: "number",
            ..self
        }
    }

    /// For a day.
    #[must_use]
    pub fn date(self) -> Self {
        TextField {
            kind: "date",
            ..self
        }
    }

    /// With suggestions.
    #[must_use]
    pub fn list(self, list: &'a str) -> Self {
        TextField { list, ..self }
    }
}

/// Several lines of text.
#[derive(Template)]
#[template(path = "ui/field/area.html")]
pub struct Area<'a> {
    name: &'a str,
    label: &'a str,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a Text>,
    is_optional: bool,
}

impl HtmlSafe for Area<'_> {}

/// Makes an [`Area`]; it may be left empty.
pub fn area<'a>(name: &'a str, label: &'a str, value: &'a str, problems: &'a Problems) -> Area<'a> {
    Area {
        name,
        label,
        value,
        hint: None,
        error: problems.at(name),
        is_optional: true,
    }
}

impl<'a> Area<'a> {
    /// With a sentence below it.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Area {
            hint: Some(hint),
            ..self
        }
    }

    /// That may not be left empty.
    #[must_use]
    pub fn required(self) -> Self {
        Area {
            is_optional: false,
            ..self
        }
    }
}

/// One of the things that a [`Choice`] offers.
#[derive(Clone, Debug)]
pub struct Item {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub said: Said,
}

/// What people read: words of ours, or a name that somebody gave.
#[derive(Clone, Debug)]
pub enum Said {
    /// Ours.
    Text(Text),
    /// Theirs.
    Name(String),
}

impl Said {
    /// In a language.
    pub fn say(&self, locale: Locale) -> String {
        match self {
            Said::Text(text) => text.say(locale),
            Said::Name(name) => name.clone(),
        }
    }
}

impl Item {
    /// Something that has a word of ours: the locale key `<prefix>-<value>`, with `-` for `_`.
    pub fn word(prefix: &str, value: &str) -> Item {
        Item {
            value: value.to_owned(),
            said: Said::Text(Text::new(format!("{prefix}-{}", value.replace('_', "-")))),
        }
    }

    /// Something with a name.
    pub fn named(value: impl std::fmt::Display, name: &str) -> Item {
        Item {
            value: value.to_string(),
            said: Said::Name(name.to_owned()),
        }
    }

    /// Nothing of the list.
    pub fn none(key: &str) -> Item {
        Item {
            value: String::new(),
            said: Said::Text(Text::new(key)),
        }
    }
}

/// One of a list.
#[derive(Template)]
#[template(path = "ui/field/choice.html")]
pub struct Choice<'a> {
    name: &'a str,
    label: &'a str,
    items: &'a [Item],
    chosen: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a Text>,
}

impl HtmlSafe for Choice<'_> {}

/// Makes a [`Choice`].
pub fn choice<'a>(
    name: &'a str,
    label: &'a str,
    items: &'a [Item],
    chosen: &'a str,
    problems: &'a Problems,
) -> Choice<'a> {
    Choice {
        name,
        label,
        items,
        chosen,
        hint: None,
        error: problems.at(name),
    }
}

impl<'a> Choice<'a> {
    /// With a sentence below it.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Choice {
            hint: Some(hint),
            ..self
        }
    }
}

/// A switch in a row of its own; it takes effect when the form is saved.
#[derive(Template)]
#[template(path = "ui/field/switch.html")]
pub struct Switch<'a> {
    name: &'a str,
    label: &'a str,
    is_on: bool,
    hint: Option<&'a str>,
    is_ready: bool,
}

impl HtmlSafe for Switch<'_> {}

/// Makes a [`Switch`].
pub fn switch<'a>(name: &'a str, label: &'a str, is_on: &bool) -> Switch<'a> {
    Switch {
        name,
        label,
        is_on: *is_on,
        hint: None,
        is_ready: true,
    }
}

/// A switch that cannot be turned yet; its `reason` says why. The form does not send it.
pub fn switch_to_come<'a>(name: &'a str, label: &'a str, reason: &'a str) -> Switch<'a> {
    Switch {
        is_ready: false,
        ..switch(name, label, &false).hint(reason)
    }
}

impl<'a> Switch<'a> {
    /// With a sentence below its label.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Switch {
            hint: Some(hint),
            ..self
        }
    }
}
