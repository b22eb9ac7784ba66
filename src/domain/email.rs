//! Email addresses that people sign in with.

/// Longest address that mail can have.
const MAX_LENGTH: usize = 254;

/// The address without the white space around it; `None` when it cannot be one. Whether mail arrives there
/// is not asked: nothing is sent.
pub fn clean(typed: &str) -> Option<String> {
    let email = typed.trim();
    let (before, after) = email.rsplit_once('@')?;
    let is_plausible = email.len() <= MAX_LENGTH
        && !before.is_empty()
        && !after.is_empty()
        && !after.starts_with('.')
        && !after.ends_with('.')
        && !email
            .chars()
            .any(|sign| sign.is_whitespace() || sign.is_control());
    is_plausible.then(|| email.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides_and_no_space() {
        for (typed, expected) in [
            (" aino@saarela.example ", Some("aino@saarela.example")),
            ("Aino.L+shop@localhost", Some("Aino.L+shop@localhost")),
            ("aino", None),
            ("@saarela.example", None),
            ("aino@", None),
            ("aino@saarela.", None),
            ("ai no@saarela.example", None),
            ("aino@saarela.example\nBcc: x", None),
        ] {
            assert_eq!(clean(typed).as_deref(), expected, "{typed:?}");
        }
    }
}
