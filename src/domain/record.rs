//! The records of the shop's own book of its customers: contacts, companies and cases. Their names, the words by
//! which they are found, and the fields that an administrator adds. (Specification §1.13, §4.7.)

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;

use super::names;
use super::words::words;

/// The longest name or number of a record, in characters.
pub const LINE_LIMIT: usize = 100;
/// The longest address, description or note, in characters.
pub const TEXT_LIMIT: usize = 4_000;
/// What was taken away by a press of a button comes back by another one for so long: the note shows for a third of it.
pub const UNDONE_WITHIN: Duration = Duration::from_secs(30);
/// At most so many words of a search count.
const ASKED_WORDS: usize = 5;
/// A longer word is found by its beginning.
const WORD_LIMIT: usize = 40;
/// The shortest end of a number that finds it.
const SHORTEST_END: usize = 3;

words! {
    /// A kind of record.
    Record {
        /// A person.
        Contact = "contact",
        /// A company, which Dynamics 365 calls an account; that word is a messaging account's here.
        Company = "company",
        /// A matter that lasts longer than a conversation.
        Case = "case",
    }
}

words! {
    /// What is typed into a field that an administrator added.
    FieldKind {
        /// Words.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
        /// One of a list.
        Choice = "choice",
        /// Yes or no.
        Switch = "switch",
    }
}

/// The value of a field as it is kept, from what was typed; `Ok(None)` when the field is left empty. `choices` are
/// those of a [`FieldKind::Choice`].
///
/// # Errors
/// When it is none of that kind.
pub fn field_value(
    kind: FieldKind,
    choices: &[String],
    typed: &str,
) -> Result<Option<String>, NoValue> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let value = match kind {
        FieldKind::Text if typed.chars().count() <= LINE_LIMIT => names::clean(typed),
        FieldKind::Number => {
            // A comma for the point, as most of Europe writes it.
            let number = typed.replace(',', ".").parse::<f64>().ok();
            number.filter(|it| it.is_finite()).map(|it| it.to_string())
        }
        FieldKind::Date => typed.parse::<NaiveDate>().ok().map(|day| day.to_string()),
        FieldKind::Choice => choices.iter().find(|it| *it == typed).cloned(),
        FieldKind::Switch => (typed == "true").then(|| typed.to_owned()),
        FieldKind::Text => None,
    };
    value.map(Some).ok_or(NoValue)
}

/// What was typed is none of the kind that the field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoValue;

/// The choices that were typed, one a line, each once.
pub fn choices(typed: &str) -> Vec<String> {
    let mut choices = Vec::new();
    for line in typed.lines().filter_map(names::clean) {
        if !choices.contains(&line) {
            choices.push(line);
        }
    }
    choices
}

/// The name of a person as it is shown. Where names are written without spaces the last name stands first.
pub fn full_name(first: &str, middle: &str, last: &str) -> String {
    let parts = [first, middle, last];
    let is_unspaced = parts.concat().chars().all(|sign| !sign.is_whitespace());
    let is_ideographic = parts.concat().chars().all(is_unparted);
    if is_unspaced && is_ideographic {
        return [last, first, middle].concat();
    }
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" ")
}

/// A name cut into first, middle and last, as far as it can be guessed; [`full_name`] of them is the name again.
pub fn name_parts(name: &str) -> (String, String, String) {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [] => Default::default(),
        // Where the surname ends cannot be seen.
        [one] => ((*one).to_owned(), String::new(), String::new()),
        [first, middle @ .., last] => ((*first).to_owned(), middle.join(" "), (*last).to_owned()),
    }
}

/// Whether a script writes its words without spaces between them: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_unparted(sign: char) -> bool {
    matches!(
        sign,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
            | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Parted,
    Unparted,
    Digits,
}

fn script(sign: char) -> Option<Script> {
    match sign {
        sign if sign.is_ascii_digit() => Some(Script::Digits),
        sign if is_unparted(sign) => Some(Script::Unparted),
        sign if sign.is_alphanumeric() => Some(Script::Parted),
        _ => None,
    }
}

/// The stretches of a text that are of one script each, in small letters.
fn stretches(text: &str) -> Vec<(Script, String)> {
    let mut found: Vec<(Script, String)> = Vec::new();
    let mut current = None;
    for sign in text.chars().flat_map(char::to_lowercase) {
        let kind = script(sign);
        match (kind, &current) {
            (Some(kind), Some(before)) if kind == *before => {
                if let Some((_, word)) = found.last_mut() {
                    word.push(sign);
                }
            }
            (Some(kind), _) => found.push((kind, sign.into())),
            (None, _) => {}
        }
        current = kind;
    }
    found
}

/// The words by which something with these texts is found: each by its beginning, and what is written without
/// spaces, as well as numbers, also from the middle on.
pub fn index_words<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        let text = text.as_ref();
        for (script, word) in stretches(text) {
            match script {
                Script::Parted => words.extend([head(&word)]),
                Script::Unparted => words.extend(ends(&word, 1)),
                Script::Digits => words.extend(ends(&word, SHORTEST_END)),
            }
        }
        // A phone number is looked for with its spaces, and without.
        let is_number = text
            .chars()
            .all(|sign| script(sign) != Some(Script::Unparted));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if is_number && !text.chars().any(char::is_alphabetic) {
            words.extend(ends(&digits, SHORTEST_END));
        }
    }
    words
}

/// The beginnings of words that are looked for; what is found has a word with each of them.
pub fn asked_words(search: &str) -> Vec<String> {
    let words = stretches(search).into_iter().map(|(_, word)| head(&word));
    words.take(ASKED_WORDS).collect()
}

fn head(word: &str) -> String {
    word.chars().take(WORD_LIMIT).collect()
}

/// A word and all of its ends that have at least `shortest` signs.
fn ends(word: &str, shortest: usize) -> Vec<String> {
    let signs = word.chars().count();
    let starts = word.char_indices().map(|(at, _)| at);
    let long_enough = starts.take((signs + 1).saturating_sub(shortest));
    let mut ends: Vec<String> = long_enough.map(|at| head(&word[at..])).collect();
    if ends.is_empty() && !word.is_empty() {
        ends.push(head(word));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a search finds something with these texts.
    fn finds(search: &str, texts: &[&str]) -> bool {
        let words = index_words(texts);
        let asked = asked_words(search);
        !asked.is_empty()
            && asked
                .iter()
                .all(|asked| words.iter().any(|word| word.starts_with(asked.as_str())))
    }

    #[test]
    fn a_record_is_found_by_beginnings_and_in_scripts_without_spaces_by_any_part() {
        let anna = [
            "Anna-Maija Mäkinen",
            "anna@lumi.example",
            "+358 40 123 4567",
        ];
        for (search, expected) in [
            ("anna", true),
            ("MÄK", true),
            ("maij anna", true),
            ("kinen", false),
            ("lumi.exa", true),
            ("0401234567", false),
            ("358401234567", true),
            ("4567", true),
            ("40 123", true),
            ("  ,", false),
            ("anna bell", false),
        ] {
            assert_eq!(finds(search, &anna), expected, "{search:?}");
        }
        for (search, expected) in [("林", true), ("怡君", true), ("君", true), ("王", false)] {
            assert_eq!(finds(search, &["林怡君"]), expected, "{search}");
        }
        assert!(finds("สวัสดี", &["ร้านสวัสดี"]), "Thai");
    }

    #[test]
    fn a_name_is_put_together_as_its_script_does() {
        for (parts, name) in [
            (["Anna", "", "Virtanen"], "Anna Virtanen"),
            (["Ana", "Maria de", "Souza"], "Ana Maria de Souza"),
            (["怡君", "", "林"], "林怡君"),
            (["", "", "Lumi"], "Lumi"),
            (["怡君", "", "Lin"], "怡君 Lin"),
        ] {
            let [first, middle, last] = parts;
            assert_eq!(full_name(first, middle, last), name);
        }
        for name in ["Anna Virtanen", "Ana Maria de Souza", "林怡君", "Lumi"] {
            let (first, middle, last) = name_parts(name);
            assert_eq!(full_name(&first, &middle, &last), name);
        }
    }

    #[test]
    fn a_field_takes_what_is_of_its_kind() {
        use FieldKind::*;
        let sizes = ["S".to_owned(), "M".to_owned()];
        for (kind, typed, expected) in [
            (Text, "  Blue\u{202E} ", Ok(Some("Blue"))),
            (Text, "   ", Ok(None)),
            (Number, "3,50", Ok(Some("3.5"))),
            (Number, "three", Err(NoValue)),
            (Number, "inf", Err(NoValue)),
            (Date, "2026-02-28", Ok(Some("2026-02-28"))),
            (Date, "2026-02-30", Err(NoValue)),
            (Choice, "M", Ok(Some("M"))),
            (Choice, "L", Err(NoValue)),
            (Switch, "true", Ok(Some("true"))),
            (Switch, "", Ok(None)),
            (Switch, "maybe", Err(NoValue)),
        ] {
            let value = field_value(kind, &sizes, typed);
            let value = value.as_ref().map(|value| value.as_deref());
            assert_eq!(value, expected.as_ref().copied(), "{kind:?} {typed:?}");
        }
        assert_eq!(choices(" S\n\nM\nS"), ["S", "M"]);
    }
}
