//! What is typed into the forms of records.

use crate::domain::record::{LINE_LIMIT, TEXT_LIMIT};
use crate::domain::{email, names};
use crate::locale::Text;
use crate::web::forms::Problems;

/// One line that may stay empty, cleaned.
pub fn line(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    if typed.trim().chars().count() > LINE_LIMIT {
        problems.add(field, Text::new("field-too-long").arg("limit", LINE_LIMIT));
    }
    names::clean(typed).unwrap_or_default()
}

/// One line that may not stay empty, cleaned.
pub fn name(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    let cleaned = line(problems, field, typed);
    problems.check(field, !cleaned.is_empty(), "field-required");
    cleaned
}

/// An email address; may stay empty.
pub fn email(problems: &mut Problems, typed: &str) -> String {
    if typed.trim().is_empty() {
        return String::new();
    }
    let cleaned = email::clean(typed);
    problems.check("email", cleaned.is_some(), "record-email-wrong");
    cleaned.unwrap_or_default()
}

/// Several lines; may stay empty. A browser ends lines with CR LF; control characters are nothing that anybody typed.
pub fn text(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    let text: String = typed
        .replace("\r\n", "\n")
        .chars()
        .filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t'))
        .collect();
    let text = text.trim().to_owned();
    if text.chars().count() > TEXT_LIMIT {
        problems.add(field, Text::new("field-too-long").arg("limit", TEXT_LIMIT));
    }
    text
}
