//! Which passwords are accepted. No rules about kinds of characters, and no change by date: both make
//! people choose worse ones. (promises.md E10)

use zxcvbn::Score;

/// Shortest password, in characters.
pub const MIN_LENGTH: usize = 12;
/// Longest one: longer texts only cost time.
pub const MAX_LENGTH: usize = 128;

/// A name shorter than this may be part of a password: it is part of too many words.
const TELLING_LENGTH: usize = 4;

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`MIN_LENGTH`] characters.
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    TooLong,
    /// It contains what everybody knows: the person's email or name, or the organization's name.
    WellKnown,
    /// Among the first that a guesser tries: a common password, a keyboard row, a repetition.
    Common,
}

impl Weakness {
    /// The text that says so.
    pub const fn key(self) -> &'static str {
        match self {
            Weakness::TooShort => "password-too-short",
            Weakness::TooLong => "password-too-long",
            Weakness::WellKnown => "password-well-known",
            Weakness::Common => "password-common",
        }
    }
}

/// What is wrong with a new password; `None` when it is accepted. `known` is what everybody knows of the
/// person: email, name, organization.
pub fn weakness(password: &str, known: &[&str]) -> Option<Weakness> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Some(Weakness::TooShort);
    }
    if length > MAX_LENGTH {
        return Some(Weakness::TooLong);
    }
    let folded = password.to_lowercase();
    let is_told = known
        .iter()
        .flat_map(|word| [word.to_lowercase(), before_at(word).to_lowercase()])
        .filter(|word| word.chars().count() >= TELLING_LENGTH)
        .any(|word| folded.contains(&word));
    if is_told {
        return Some(Weakness::WellKnown);
    }
    let is_guessed = zxcvbn::zxcvbn(password, known).score() < Score::Three;
    is_guessed.then_some(Weakness::Common)
}

/// The part of an email before the @; of anything else, all of it.
fn before_at(text: &str) -> &str {
    text.split('@').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_not_well_known_and_not_common() {
        let known = ["aino@saarela.example", "Aino Lehtonen", "Saarela Outdoor"];
        let long = "long tents need poles ".repeat(6);
        for (password, expected) in [
            ("correct horse battery", None),
            ("mustikkapiirakka uunissa", None),
            ("請問帳篷的備用營柱還有貨嗎", None),
            ("tent pole 7", Some(Weakness::TooShort)),
            (long.as_str(), Some(Weakness::TooLong)),
            ("we love SAARELA outdoor", Some(Weakness::WellKnown)),
            ("aino-goes-camping", Some(Weakness::WellKnown)),
            ("123456789012", Some(Weakness::Common)),
            ("passwordpassword", Some(Weakness::Common)),
            ("aaaaaaaaaaaaaaaa", Some(Weakness::Common)),
            ("qwertyuiop[]", Some(Weakness::Common)),
        ] {
            assert_eq!(weakness(password, &known), expected, "{password}");
        }
    }
}
