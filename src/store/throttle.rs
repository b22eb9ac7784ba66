//! Counters of failed tries. A try is counted before it is made and taken back when it succeeds, so that
//! neither many tries at once nor a restart gives away free ones.

use rusqlite::{OptionalExtension as _, params};

use crate::crypto;
use crate::domain::throttle::{self, FORGOTTEN_AFTER, Limit};
use crate::domain::time::Timestamp;

use super::{Result, Tx};

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    key: String,
    limit: Limit,
}

impl Counter {
    /// Tries to sign in as somebody, whether or not there is such a person. Only a digest of what was
    /// typed is kept: people type passwords into the wrong field.
    pub fn account(email: &str) -> Counter {
        let digest = crypto::sha256(email.trim().to_lowercase().as_bytes());
        Counter {
            key: format!("account:{}", crypto::hex(&digest[..16])),
            limit: throttle::ACCOUNT,
        }
    }

    /// Tries from a network.
    pub fn address(network: &str) -> Counter {
        Counter {
            key: format!("address:{network}"),
            limit: throttle::ADDRESS,
        }
    }

    /// Tries at the set-up code.
    pub fn setup() -> Counter {
        Counter {
            key: "setup".to_owned(),
            limit: throttle::ACCOUNT,
        }
    }
}

/// Whether a try may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not before this moment; nothing was counted.
    Paused(Timestamp),
    /// It was counted as failed, until [`succeeded`] takes it back.
    Counted(AfterFailure),
}

/// What holds when a counted try has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// This many tries are left before a pause.
    TriesLeft(u32),
    /// No further try before this moment.
    Paused(Timestamp),
}

/// Counts a try against every counter, or refuses it when one of them is paused.
///
/// # Errors
/// SQLite's.
pub fn count(tx: &Tx<'_>, counters: &[Counter]) -> Result<Verdict> {
    forget_old(tx)?;
    let mut pause: Option<Timestamp> = None;
    let mut failures = Vec::with_capacity(counters.len());
    for counter in counters {
        let (counted, until) = find(tx, counter)?;
        pause = pause.max(throttle::end_of_pause(until, tx.now()));
        failures.push(counted.saturating_add(1));
    }
    if let Some(until) = pause {
        return Ok(Verdict::Paused(until));
    }
    let mut tries_left = u32::MAX;
    for (counter, failures) in counters.iter().zip(failures) {
        let until = counter
            .limit
            .pause(failures)
            .map(|pause| tx.now().plus(pause));
        save(tx, counter, failures, until)?;
        pause = pause.max(until);
        tries_left = tries_left.min(counter.limit.tries_left(failures));
    }
    Ok(Verdict::Counted(match pause {
        Some(until) => AfterFailure::Paused(until),
        None => AfterFailure::TriesLeft(tries_left),
    }))
}

/// The try that was counted last has succeeded: what `proven` counted is forgotten, from `shared` only
/// this one try is taken back, because others are counted there too.
///
/// # Errors
/// SQLite's.
pub fn succeeded(tx: &Tx<'_>, proven: &Counter, shared: &Counter) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM throttle WHERE throttle_key = ?1")?
        .execute([&proven.key])?;
    tx.connection()
        .prepare_cached(
            "UPDATE throttle SET failures = max(failures - 1, 0), blocked_until = 0
             WHERE throttle_key = ?1",
        )?
        .execute([&shared.key])?;
    Ok(())
}

fn find(tx: &Tx<'_>, counter: &Counter) -> Result<(u32, Timestamp)> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT failures, blocked_until FROM throttle WHERE throttle_key = ?1")?
        .query_row([&counter.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, Timestamp::from_millis(0))))
}

fn save(tx: &Tx<'_>, counter: &Counter, failures: u32, until: Option<Timestamp>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO throttle (throttle_key, failures, last_tried_at, blocked_until)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (throttle_key) DO UPDATE SET failures = excluded.failures,
                 last_tried_at = excluded.last_tried_at, blocked_until = excluded.blocked_until",
        )?
        .execute(params![
            counter.key,
            failures,
            tx.now(),
            until.unwrap_or(Timestamp::from_millis(0))
        ])?;
    Ok(())
}

/// Forgets what was counted so long ago that it counts no more.
///
/// # Errors
/// SQLite's.
pub fn forget_old(tx: &Tx<'_>) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM throttle WHERE last_tried_at < ?1")?
        .execute([tx.now().minus(FORGOTTEN_AFTER)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Sealer;
    use crate::store::Store;

    fn count_once(store: &Store, counters: &[Counter]) -> Verdict {
        let counters = counters.to_vec();
        store
            .write_blocking(move |tx| count(tx, &counters))
            .unwrap()
    }

    #[test]
    fn a_network_may_try_many_accounts_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[1; 32]), |_| ()).unwrap();
        let address = Counter::address("192.0.2.7");
        for number in 0..20 {
            let account = Counter::account(&format!("person{number}@shop.example"));
            let verdict = count_once(&store, &[account, address.clone()]);
            assert!(
                matches!(verdict, Verdict::Counted(_)),
                "{number}: {verdict:?}"
            );
        }
        let account = Counter::account("somebody@shop.example");
        let verdict = count_once(&store, &[account.clone(), address]);
        assert!(matches!(verdict, Verdict::Paused(_)), "{verdict:?}");
        let elsewhere = Counter::address("192.0.2.8");
        let verdict = count_once(&store, &[account, elsewhere]);
        assert_eq!(verdict, Verdict::Counted(AfterFailure::TriesLeft(4)));
    }

    #[test]
    fn what_was_typed_as_an_email_is_not_kept() {
        let counter = Counter::account("my password");
        assert!(!counter.key.contains("password"));
        assert_eq!(counter, Counter::account(" MY password"));
    }
}
