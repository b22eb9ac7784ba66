//! A name for a copy.

use super::Result;

/// `wanted`, or with the first number behind it that makes it differ from every name that is taken.
///
/// # Errors
/// What `is_taken` returns.
pub(super) fn free_name(wanted: &str, is_taken: impl Fn(&str) -> Result<bool>) -> Result<String> {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while is_taken(&name)? {
        name = format!("{wanted} {number}");
        number += 1;
    }
    Ok(name)
}
