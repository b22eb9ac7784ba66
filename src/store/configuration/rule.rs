//! What the forms ask of what is typed, as rules for the values of a document: a file is taken when the forms would
//! take it. The limits are the domain's.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;

use crate::domain::names;

use super::Fields;
use super::report::Fresh;

/// What is asked of a value, beside that it is of its kind.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Nothing.
    Any,
    /// A name: tidy, not empty, not too long.
    Name,
    /// A short text that may be empty.
    Label,
    /// A text of at most so many characters; `is_needed`: and not empty.
    Text { most: usize, is_needed: bool },
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// One of the words that only the caller knows.
    Known(Known),
    /// Of a list each word, and not more of them than this.
    Words {
        fits: fn(&str) -> bool,
        most: usize,
        is_needed: bool,
    },
    /// A number of this range.
    Within(i64, i64),
}

/// What only the caller knows.
#[derive(Clone, Copy)]
pub(super) enum Known {
    /// The channels of this program.
    Channels,
    /// The languages of the screens.
    Locales,
}

/// Why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is empty.
    Empty,
    /// It has more than so many characters.
    TooLong {
        /// At most so many.
        most: usize,
    },
    /// It has signs in it that nobody sees, or white space around it.
    Untidy,
    /// It is none of these words.
    NoneOf {
        /// All that are accepted.
        words: Vec<String>,
    },
    /// It is not within this range.
    OutOfRange {
        /// The least.
        from: i64,
        /// The most.
        to: i64,
    },
    /// A word of it is not accepted.
    NoWord {
        /// Which.
        word: String,
    },
    /// There are too many.
    TooMany {
        /// At most so many.
        most: usize,
    },
    /// The percentages are not 100 together, but this.
    Total {
        /// Their sum.
        total: i64,
    },
    /// The last day is before the first.
    Backwards,
    /// It does not go with another field of the entry.
    NotWith {
        /// The other field.
        other: &'static str,
    },
    /// It needs another field of the entry.
    Without {
        /// The other field.
        other: &'static str,
    },
    /// It does not have the form that an export writes.
    Form,
    /// It asks or does something that its kind cannot.
    Senseless,
}

impl Rule {
    /// Why a value of the right kind is not accepted; `None` when it is.
    pub(super) fn broken(self, value: &Value, fresh: &Fresh) -> Option<Why> {
        let text = value.as_str().unwrap_or_default();
        match self {
            Rule::Any => None,
            Rule::Name => long(text, names::LIMIT, true).or_else(|| untidy(text)),
            Rule::Label => long(text, names::LIMIT, false).or_else(|| untidy(text)),
            Rule::Text { most, is_needed } => long(text, most, is_needed),
            Rule::Word(words) => none_of(text, words().into_iter()),
            Rule::Known(Known::Channels) => {
                none_of(text, fresh.channels.iter().map(String::as_str))
            }
            Rule::Known(Known::Locales) => none_of(text, fresh.locales.iter().map(String::as_str)),
            Rule::Words {
                fits,
                most,
                is_needed,
            } => {
                let words: Vec<&str> = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map_while(Value::as_str)
                    .collect();
                let wrong = words.iter().find(|word| !fits(word));
                match wrong {
                    Some(word) => Some(Why::NoWord {
                        word: (*word).to_owned(),
                    }),
                    None if words.is_empty() && is_needed => Some(Why::Empty),
                    None => (words.len() > most).then_some(Why::TooMany { most }),
                }
            }
            Rule::Within(from, to) => {
                let is_within = value.as_i64().is_some_and(|it| (from..=to).contains(&it));
                (!is_within).then_some(Why::OutOfRange { from, to })
            }
        }
    }
}

fn long(text: &str, most: usize, is_needed: bool) -> Option<Why> {
    if is_needed && text.trim().is_empty() {
        return Some(Why::Empty);
    }
    (text.chars().count() > most).then_some(Why::TooLong { most })
}

fn untidy(text: &str) -> Option<Why> {
    let is_tidy = text.is_empty() || names::clean(text).is_some_and(|cleaned| cleaned == text);
    (!is_tidy).then_some(Why::Untidy)
}

fn none_of<'a>(text: &str, words: impl Iterator<Item = &'a str> + Clone) -> Option<Why> {
    let is_one = words.clone().any(|word| word == text);
    (!is_one).then(|| Why::NoneOf {
        words: words.map(str::to_owned).collect(),
    })
}

/// A range of numbers.
pub(super) const fn numbers(range: &RangeInclusive<u32>) -> Rule {
    Rule::Within(*range.start() as i64, *range.end() as i64)
}

/// A range of times, in milliseconds.
pub(super) const fn times(range: &RangeInclusive<Duration>) -> Rule {
    Rule::Within(
        range.start().as_millis() as i64,
        range.end().as_millis() as i64,
    )
}

/// What is asked of an entry as a whole: the field that does not go with the others, and why.
pub(super) type Whole = fn(&Fields) -> Option<(&'static str, Why)>;

/// Nothing.
pub(super) fn anything(_: &Fields) -> Option<(&'static str, Why)> {
    None
}

/// The text of a field; empty when it has none.
pub(super) fn text_of<'f>(entry: &'f Fields, field: &str) -> &'f str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default()
}
