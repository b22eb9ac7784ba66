//! Says that something changed, to those who wait for it and to those who look now and then.

use parking_lot::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// A counter that grows with every change, and wakes whoever waits for the next one.
#[derive(Debug, Default)]
pub(super) struct Changes {
    version: Mutex<u64>,
    changed: Condvar,
}

impl Changes {
    /// Counts one change. Call it after the state was let go, never under its lock.
    pub(super) fn touch(&self) {
        *self.version.lock() += 1;
        self.changed.notify_all();
    }

    pub(super) fn version(&self) -> u64 {
        *self.version.lock()
    }

    /// Waits until `holds` says so, looking again after every change; false when `limit` passed
    /// first. `holds` runs without any lock of ours.
    pub(super) fn wait_until(&self, limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            let seen = self.version();
            if holds() {
                return true;
            }
            let mut version = self.version.lock();
            while *version == seen {
                if self.changed.wait_until(&mut version, deadline).timed_out() {
                    drop(version);
                    return holds();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_waiter_is_woken_by_the_change_it_waits_for() {
        let changes = Arc::new(Changes::default());
        let done = Arc::new(AtomicBool::new(false));
        let other = std::thread::spawn({
            let (changes, done) = (changes.clone(), done.clone());
            move || {
                changes.touch();
                done.store(true, Ordering::SeqCst);
                changes.touch();
            }
        });
        assert!(changes.wait_until(Duration::from_secs(20), || done.load(Ordering::SeqCst)));
        assert!(other.join().is_ok());
    }

    #[test]
    fn a_wait_for_nothing_ends_at_its_limit() {
        assert!(!Changes::default().wait_until(Duration::ZERO, || false));
    }
}
