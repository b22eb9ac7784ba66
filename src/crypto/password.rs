//! Password hashes: Argon2id with 19 MiB, two passes, one lane (OWASP's and ASVS's minimum), as PHC strings.
//! Each call takes tens of milliseconds and 19 MiB: never on the writer thread or a server's thread.

use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};

use super::Secret;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of a password that nobody knows, with the costs above: what an unknown email is compared
/// with, so that the answer takes as long as for a known one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$3BQ6tqSKZC7a1M5pFdJYqg$\
    J1uu3h0mGWAhqS4WZ0lXTQ0yCkC6g0DqNnJ4S9m0yQw";

/// Hashes a new password with a random salt.
pub fn hash(password: &Secret) -> String {
    argon2()
        .hash_password(password.expose().as_bytes())
        .expect("the costs above are valid and the system gives a salt")
        .to_string()
}

/// Whether `password` is the one of `hash`; `None` stands for nobody's and costs the same.
pub fn is_right(password: &Secret, hash: Option<&str>) -> bool {
    let fits = argon2()
        .verify_password(password.expose().as_bytes(), hash.unwrap_or(NOBODYS))
        .is_ok();
    fits && hash.is_some()
}

fn argon2() -> Argon2<'static> {
    let costs =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the costs are within the limits");
    Argon2::from(costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let password = Secret::new("correct horse battery");
        let hashed = hash(&password);
        assert!(is_right(&password, Some(&hashed)));
        assert!(!is_right(&Secret::new("correct horse"), Some(&hashed)));
        assert!(!is_right(&password, None));
        assert_ne!(hashed, hash(&password), "each hash has a salt of its own");
    }

    #[test]
    fn nobodys_hash_is_valid_and_costs_what_every_hash_costs() {
        let costs = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert_eq!(costs(NOBODYS), costs(&hash(&Secret::new("x"))));
        let wrong = argon2().verify_password(b"x", NOBODYS).unwrap_err();
        assert_eq!(wrong, argon2::password_hash::Error::PasswordInvalid);
    }
}
