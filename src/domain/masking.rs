//! Sensitive data in messages, hidden behind `#`. (Specification §2.16, §7.1.)
//!
//! A rule is a regular expression of the linear-time kind (no look-around, no back references): whatever somebody
//! types, a text is searched in time proportional to its length, and what an expression may grow to in memory is
//! bounded.

use regex::{Regex, RegexBuilder};

use super::words::words;

/// How many rules there may be, the built-in ones included.
pub const MOST_RULES: usize = 10;
/// Longest expression, in characters.
pub const PATTERN_LIMIT: usize = 500;
/// What the compiled expression may take, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;
const SIGN: char = '#';

words! {
    /// The rules that are always there, and stay as they are; they can only be turned on and off.
    BuiltIn {
        /// Card numbers: 13 to 19 digits, with or without spaces or dashes between them.
        CreditCard = "credit-card",
        /// Addresses of electronic mail.
        Email = "email",
        /// Identity numbers of the United States and of Finland.
        IdentityNumber = "identity-number",
    }
}

impl BuiltIn {
    /// The expression.
    pub const fn pattern(self) -> &'static str {
        match self {
            BuiltIn::CreditCard => r"\b\d(?:[ -]?\d){12,18}\b",
            BuiltIn::Email => r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+",
            BuiltIn::IdentityNumber => {
                r"\b\d{3}-\d{2}-\d{4}\b|\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b"
            }
        }
    }
}

/// Why an expression is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// It is longer than [`PATTERN_LIMIT`].
    TooLong,
    /// It finds something in an empty text, and so between any two letters of every text.
    MatchesEmpty,
    /// It would take too much memory.
    TooLarge,
    /// It is no expression, or uses what the linear-time kind does not have: the place, counted in characters
    /// from 1.
    Syntax {
        /// Where; `None` when it is not told.
        at: Option<usize>,
    },
}

/// Reads an expression.
///
/// # Errors
/// Why it is not accepted.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    if pattern.chars().count() > PATTERN_LIMIT {
        return Err(PatternError::TooLong);
    }
    let built = RegexBuilder::new(pattern)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .nest_limit(50)
        .build();
    match built {
        Ok(regex) if regex.is_match("") => Err(PatternError::MatchesEmpty),
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(_)) => Err(PatternError::TooLarge),
        Err(error) => Err(PatternError::Syntax {
            at: place(&error.to_string()),
        }),
    }
}

/// The engine points at the place with a caret below the expression, both indented alike.
fn place(message: &str) -> Option<usize> {
    let mut lines = message.lines();
    let indented = lines.find(|line| line.starts_with("    "))?;
    let pointer = lines.next()?;
    let at = pointer.chars().position(|sign| sign == '^')?;
    let indent = indented
        .chars()
        .take_while(|sign| *sign == ' ')
        .count()
        .min(4);
    at.checked_sub(indent).map(|at| at + 1)
}

/// Rules, ready to be applied; the empty one hides nothing.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    rules: Vec<Regex>,
}

impl Mask {
    /// The mask of these expressions. One that is not accepted (any more) is left out.
    pub fn of<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Mask {
        let compiled = patterns.into_iter().map(|it| compile(it.as_ref()));
        Mask {
            rules: compiled.filter_map(Result::ok).collect(),
        }
    }

    /// Whether it hides nothing whatever the text.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The text with a `#` for every character of what a rule finds; white space stays, so that lines break
    /// where they did.
    pub fn hide(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        let mut hidden = vec![false; text.len()];
        for found in self.rules.iter().flat_map(|rule| rule.find_iter(text)) {
            hidden[found.range()].fill(true);
        }
        text.char_indices()
            .map(|(at, sign)| match hidden[at] && !sign.is_whitespace() {
                true => SIGN,
                false => sign,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(rule: BuiltIn, text: &str) -> String {
        Mask::of([rule.pattern()]).hide(text)
    }

    #[test]
    fn the_built_in_rules_hide_what_they_are_for_and_leave_the_rest() {
        use BuiltIn::*;
        for (rule, text, expected) in [
            (
                CreditCard,
                "Card 4111 1111 1111 1111, thanks",
                "Card #### #### #### ####, thanks",
            ),
            (CreditCard, "4111-1111-1111-1111", "###################"),
            (CreditCard, "4111111111111111.", "################."),
            (CreditCard, "Order 20261121", "Order 20261121"),
            (
                Email,
                "to mari@lumi.example please",
                "to ################# please",
            ),
            (Email, "häkkinen@kauppa.fi", "##################"),
            (Email, "5 @ 3", "5 @ 3"),
            (IdentityNumber, "SSN 078-05-1120", "SSN ###########"),
            (IdentityNumber, "131052-308T", "###########"),
            (IdentityNumber, "040-1234567", "040-1234567"),
        ] {
            assert_eq!(hidden(rule, text), expected);
        }
    }

    #[test]
    fn rules_that_overlap_hide_what_any_of_them_finds() {
        let mask = Mask::of(["abc", "cde", "("]);
        assert_eq!(mask.hide("xabcdey 王abc"), "x#####y 王###");
        assert_eq!(Mask::default().hide("abc"), "abc");
        assert!(Mask::default().is_empty() && !mask.is_empty());
    }

    #[test]
    fn an_expression_that_is_no_use_says_why() {
        for (pattern, expected) in [
            ("", PatternError::MatchesEmpty),
            ("a*", PatternError::MatchesEmpty),
            ("(ab", PatternError::Syntax { at: Some(1) }),
            ("ab)", PatternError::Syntax { at: Some(3) }),
            ("(?=a)b", PatternError::Syntax { at: Some(1) }),
            (r"\w{500}{500}", PatternError::TooLarge),
        ] {
            assert_eq!(compile(pattern).unwrap_err(), expected, "{pattern}");
        }
        let long = "a".repeat(PATTERN_LIMIT + 1);
        assert_eq!(compile(&long).unwrap_err(), PatternError::TooLong);
        assert!(compile(r"\bTK-\d{6}\b").is_ok());
    }

    #[test]
    fn what_would_take_other_engines_for_ever_takes_this_one_no_time() {
        let mask = Mask::of(["(a+)+b", "(a|a|aa)+c"]);
        let text = "a".repeat(20_000);
        assert_eq!(mask.hide(&text), text);
    }
}
