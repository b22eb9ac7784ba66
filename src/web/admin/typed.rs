//! What is pasted into the admin center's forms: trimmed, and looked at before the platform is asked.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::crypto::Secret;
use crate::domain::names;
use crate::locale::Text;
use crate::web::fields::Item;
use crate::web::forms::Problems;

/// Longest label of an account or name of a page.
pub const NAME_LIMIT: usize = names::LIMIT;
const ID_LIMIT: usize = 100;
const SECRET_LIMIT: usize = 225;
/// Page access tokens have some 200 characters and may grow.
const TOKEN_LIMIT: usize = 2000;

/// A label, cleaned.
pub fn name(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    let cleaned = names::clean(typed).unwrap_or_default();
    if cleaned.is_empty() {
        problems.add(field, Text::new("field-required"));
    } else if typed.trim().chars().count() > NAME_LIMIT {
        problems.add(field, Text::new("field-too-long").arg("limit", NAME_LIMIT));
    }
    cleaned
}

/// A text that may stay empty, cleaned like a name.
pub fn label(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    if typed.trim().chars().count() > NAME_LIMIT {
        problems.add(field, Text::new("field-too-long").arg("limit", NAME_LIMIT));
    }
    names::clean(typed).unwrap_or_default()
}

/// A whole number within limits; `None` when it is not one.
pub fn number(
    problems: &mut Problems,
    field: impl Into<Cow<'static, str>>,
    typed: &str,
    limits: RangeInclusive<u32>,
) -> Option<u32> {
    let number = typed.trim().parse().ok().filter(|it| limits.contains(it));
    if number.is_none() {
        let why = Text::new("field-number")
            .arg("from", *limits.start())
            .arg("to", *limits.end());
        problems.add(field, why);
    }
    number
}

/// An App ID, Channel ID or Page ID.
pub fn id(problems: &mut Problems, field: &'static str, typed: &str) -> String {
    let typed = typed.trim();
    check_text(problems, field, typed, ID_LIMIT);
    typed.to_owned()
}

/// An app secret or channel secret. `kept`: one is stored already, and an empty field keeps it.
pub fn secret(
    problems: &mut Problems,
    field: &'static str,
    typed: &Secret,
    kept: bool,
) -> Option<Secret> {
    optional(problems, field, typed, kept, SECRET_LIMIT)
}

/// An access token. `kept`: it may be left empty.
pub fn token(
    problems: &mut Problems,
    field: &'static str,
    typed: &Secret,
    kept: bool,
) -> Option<Secret> {
    optional(problems, field, typed, kept, TOKEN_LIMIT)
}

fn optional(
    problems: &mut Problems,
    field: &'static str,
    typed: &Secret,
    kept: bool,
    limit: usize,
) -> Option<Secret> {
    let typed = typed.expose().trim();
    if typed.is_empty() && kept {
        return None;
    }
    check_text(problems, field, typed, limit);
    Some(Secret::new(typed))
}

fn check_text(problems: &mut Problems, field: &'static str, typed: &str, limit: usize) {
    if typed.is_empty() {
        problems.add(field, Text::new("field-required"));
    } else if typed.contains(|sign: char| sign.is_whitespace() || sign.is_control()) {
        problems.add(field, Text::new("field-pasted-with-space"));
    } else if typed.len() > limit {
        problems.add(field, Text::new("field-too-long").arg("limit", limit));
    }
}

/// Whether a secret looks like those of both platforms today: 32 hexadecimal digits. Another one may be
/// right some day, so it is only pointed out.
pub fn looks_like_a_secret(secret: &Secret) -> bool {
    let secret = secret.expose();
    secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Something of a list; `None` when nothing was chosen, or something that is not in it.
pub fn chosen(
    problems: &mut Problems,
    field: impl Into<Cow<'static, str>>,
    typed: &str,
    items: &[Item],
) -> Option<i64> {
    if typed.is_empty() {
        return None;
    }
    let is_there = items.iter().any(|item| item.value == typed);
    problems.check(field, is_there, "field-choose");
    typed.parse().ok().filter(|_| is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_trimmed_and_a_break_in_the_middle_is_noticed() {
        for (typed, expected, problem) in [
            ("  4711\n", "4711", None),
            ("", "", Some("field-required")),
            ("   ", "", Some("field-required")),
            ("EAAG abc", "EAAG abc", Some("field-pasted-with-space")),
            (
                "EAAG\u{a0}abc",
                "EAAG\u{a0}abc",
                Some("field-pasted-with-space"),
            ),
        ] {
            let mut problems = Problems::default();
            assert_eq!(id(&mut problems, "page_id", typed), expected);
            assert_eq!(problems.at("page_id").map(Text::key), problem, "{typed:?}");
        }
    }

    #[test]
    fn an_empty_secret_keeps_the_stored_one() {
        let mut problems = Problems::default();
        let empty = Secret::new(" ");
        assert!(secret(&mut problems, "secret", &empty, true).is_none());
        assert!(problems.is_empty());
        assert!(secret(&mut problems, "secret", &empty, false).is_some());
        assert_eq!(problems.at("secret").map(Text::key), Some("field-required"));
    }

    #[test]
    fn a_page_token_does_not_look_like_a_secret() {
        assert!(looks_like_a_secret(&Secret::new(
            "0123456789abcdef0123456789abcdef"
        )));
        assert!(!looks_like_a_secret(&Secret::new("EAAGm0PX4ZCpsBA")));
    }
}
