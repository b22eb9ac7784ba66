//! Every text on screen, from the catalogs beside this file, with real plural rules (Fluent).
//!
//! The pseudo-locale `en-XA` is English with accents and brackets made by the program: what still reads
//! as plain English on a page rendered with it does not come from the catalog.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub mod customers;

/// A language of the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English.
    English,
    /// The pseudo-locale, for tests.
    Pseudo,
}

impl Locale {
    /// Those that a person may choose.
    pub const CHOICES: [Locale; 1] = [Locale::English];
    const ALL: [Locale; 2] = [Locale::English, Locale::Pseudo];

    /// The language tag, as in `<html lang>` and in the database.
    pub const fn tag(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::Pseudo => "en-XA",
        }
    }

    /// Which way it is written, as in `<html dir>`.
    pub const fn direction(self) -> &'static str {
        match self {
            Locale::English | Locale::Pseudo => "ltr",
        }
    }

    /// The locale of a tag; `None` for any other tag.
    pub fn from_tag(tag: &str) -> Option<Locale> {
        Locale::ALL.into_iter().find(|locale| locale.tag() == tag)
    }

    const fn catalog(self) -> &'static str {
        match self {
            Locale::English | Locale::Pseudo => include_str!("en.ftl"),
        }
    }
}

static BUNDLES: LazyLock<HashMap<Locale, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    Locale::ALL
        .into_iter()
        .map(|locale| (locale, bundle(locale)))
        .collect()
});

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let mut bundle = bundle_of(locale.tag(), locale.catalog());
    if locale == Locale::Pseudo {
        bundle.set_transform(Some(pseudo));
    }
    bundle
}

/// A catalog of ours in a language.
fn bundle_of(tag: &str, catalog: &str) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = tag.parse().expect("our own tags are valid");
    let resource = FluentResource::try_new(catalog.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{tag} is not valid Fluent: {errors:?}"));
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .unwrap_or_else(|errors| panic!("{tag} defines a text twice: {errors:?}"));
    bundle
}

/// Reads every catalog, so that a broken one stops the start and not a page.
pub fn load() {
    LazyLock::force(&BUNDLES);
    customers::load();
}

/// A text that is still to be said in somebody's language: a key with its arguments.
#[derive(Clone, Debug)]
pub struct Text {
    key: String,
    arguments: Vec<(&'static str, Argument)>,
}

/// What fills a slot. Fluent's own type may hold things that threads cannot share.
#[derive(Clone, Debug)]
enum Argument {
    Words(String),
    Number(FluentNumber),
}

impl Argument {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Argument::Words(words) => FluentValue::from(words.as_str()),
            Argument::Number(number) => FluentValue::Number(number.clone()),
        }
    }
}

impl Text {
    /// The text of a key of the catalog.
    pub fn new(key: impl Into<String>) -> Text {
        Text {
            key: key.into(),
            arguments: Vec::new(),
        }
    }

    /// Fills a slot of the text.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Text {
        let argument = match value.into() {
            FluentValue::Number(number) => Argument::Number(number),
            FluentValue::String(words) => Argument::Words(words.into_owned()),
            _ => Argument::Words(String::new()),
        };
        self.arguments.push((name, argument));
        self
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Says it. A key that no catalog has reads as the key in angle brackets (and fails a test).
    pub fn say(&self, locale: Locale) -> String {
        let bundle = &BUNDLES[&locale];
        let Some(pattern) = bundle
            .get_message(&self.key)
            .and_then(|message| message.value())
        else {
            tracing::error!(key = self.key, "a text is missing from the catalog");
            return format!("⟨{}⟩", self.key);
        };
        let mut arguments = FluentArgs::with_capacity(self.arguments.len());
        for (name, value) in &self.arguments {
            arguments.set(*name, value.value());
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key = self.key, ?errors, "a text was not filled in");
        }
        text.into_owned()
    }
}

/// Lets templates say a text however deep the reference to it is.
impl AsRef<Text> for Text {
    fn as_ref(&self) -> &Text {
        self
    }
}

/// Whether the catalog has this key.
pub fn has(key: &str) -> bool {
    BUNDLES[&Locale::English].has_message(key)
}

/// A text bound to a language, e.g. in a template.
pub struct Said {
    text: Text,
    locale: Locale,
}

impl Said {
    /// Binds a text to a language.
    pub fn new(text: Text, locale: Locale) -> Said {
        Said { text, locale }
    }

    /// Fills a slot.
    #[must_use]
    pub fn arg(self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Said {
        Said {
            text: self.text.arg(name, value),
            ..self
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text.say(self.locale))
    }
}

/// Accents on every letter and brackets around, so that text from elsewhere stands out.
fn pseudo(text: &str) -> std::borrow::Cow<'_, str> {
    text.chars()
        .map(|letter| match letter {
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ó',
            'u' => 'ú',
            'y' => 'ý',
            'c' => 'ç',
            'n' => 'ñ',
            's' => 'š',
            'z' => 'ž',
            't' => 'ŧ',
            'l' => 'ł',
            'r' => 'ŕ',
            'd' => 'ð',
            'A' => 'Á',
            'E' => 'É',
            'I' => 'Í',
            'O' => 'Ó',
            'U' => 'Ú',
            'C' => 'Ç',
            'N' => 'Ñ',
            'S' => 'Š',
            'T' => 'Ŧ',
            'L' => 'Ł',
            'R' => 'Ŕ',
            'D' => 'Ð',
            'W' => 'Ŵ',
            'M' => 'Ḿ',
            other => other,
        })
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_said_with_its_arguments() {
        assert_eq!(Text::new("app-name").say(Locale::English), "Tiski");
        assert_eq!(
            Text::new("unread-count")
                .arg("count", 1)
                .say(Locale::English),
            "1 unread message"
        );
        assert_eq!(
            Text::new("unread-count")
                .arg("count", 3)
                .say(Locale::English),
            "3 unread messages"
        );
    }

    #[test]
    fn the_pseudo_locale_changes_our_words_and_not_the_arguments() {
        let said = Text::new("closed-by")
            .arg("name", "Anna")
            .say(Locale::Pseudo);
        assert!(said.contains("Anna"), "{said}");
        assert!(!said.contains("Closed"), "{said}");
    }
}
