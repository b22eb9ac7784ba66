//! Which pages are left alone for a while. In memory: a restart may ask again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::domain::ids::PageId;

/// After this many failed calls in a row a page rests (promises.md §1.2).
const LIMIT: u32 = 5;
/// While it rests, one call every so often finds out whether it works again.
const PROBE_EVERY: Duration = Duration::from_secs(30);

/// One circuit a page.
#[derive(Default)]
pub struct Circuits {
    pages: Mutex<HashMap<PageId, Circuit>>,
}

struct Circuit {
    failures: u32,
    probe_at: Instant,
}

impl Circuit {
    fn is_resting(&self) -> bool {
        self.failures >= LIMIT
    }
}

impl Circuits {
    /// The pages that get no call now.
    pub fn resting(&self, now: Instant) -> Vec<PageId> {
        let pages = self.pages.lock();
        let resting = pages
            .iter()
            .filter(|(_, circuit)| circuit.is_resting() && now < circuit.probe_at);
        resting.map(|(page, _)| *page).collect()
    }

    /// When the next resting page gets a call again. `None`: no page rests.
    pub fn next_probe(&self) -> Option<Instant> {
        let pages = self.pages.lock();
        let resting = pages.values().filter(|circuit| circuit.is_resting());
        resting.map(|circuit| circuit.probe_at).min()
    }

    /// A call for the page begins: while it rests, no other does until this one is over or lost.
    pub fn began(&self, page: PageId, now: Instant) {
        if let Some(circuit) = self.pages.lock().get_mut(&page)
            && circuit.is_resting()
        {
            circuit.probe_at = now + PROBE_EVERY;
        }
    }

    /// The platform answered.
    pub fn answered(&self, page: PageId) {
        self.pages.lock().remove(&page);
    }

    /// The platform did not answer, or only that it is out of order.
    pub fn failed(&self, page: PageId, now: Instant) {
        let mut pages = self.pages.lock();
        let circuit = pages.entry(page).or_insert(Circuit {
            failures: 0,
            probe_at: now,
        });
        circuit.failures = circuit.failures.saturating_add(1);
        circuit.probe_at = now + PROBE_EVERY;
    }

    /// The platform asked to wait: when the page's pause is over, one call goes ahead of the others.
    pub fn go_singly(&self, page: PageId, now: Instant) {
        self.pages.lock().insert(
            page,
            Circuit {
                failures: LIMIT,
                probe_at: now,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: PageId = PageId(1);

    #[test]
    fn a_page_rests_after_five_failures_in_a_row_and_is_probed_one_call_at_a_time() {
        let circuits = Circuits::default();
        let start = Instant::now();
        for _ in 0..4 {
            circuits.failed(PAGE, start);
        }
        circuits.answered(PAGE);
        for _ in 0..4 {
            circuits.failed(PAGE, start);
            assert!(circuits.resting(start).is_empty());
        }
        circuits.failed(PAGE, start);
        assert_eq!(circuits.resting(start), [PAGE]);
        let probe = circuits.next_probe().unwrap();
        assert_eq!(probe, start + PROBE_EVERY);
        assert!(circuits.resting(probe).is_empty());
        circuits.began(PAGE, probe);
        assert_eq!(circuits.resting(probe), [PAGE], "one probe only");
        circuits.answered(PAGE);
        assert!(circuits.resting(probe).is_empty());
        assert_eq!(circuits.next_probe(), None);
    }

    #[test]
    fn after_a_request_to_wait_one_call_goes_ahead() {
        let circuits = Circuits::default();
        let now = Instant::now();
        circuits.go_singly(PAGE, now);
        assert!(circuits.resting(now).is_empty());
        circuits.began(PAGE, now);
        assert_eq!(circuits.resting(now), [PAGE]);
    }
}
