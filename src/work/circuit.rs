//! Which pages are left alone for a while: because their platform does not answer, or because it says that
//! they call too much. In memory: a restart may ask again.

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
    paces: Mutex<HashMap<PageId, Pace>>,
}

/// The pace of a page that calls too much.
struct Pace {
    gap: Duration,
    next: Instant,
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
        let mut closed: Vec<PageId> = resting.map(|(page, _)| *page).collect();
        let paces = self.paces.lock();
        let between_calls = paces.iter().filter(|(_, pace)| now < pace.next);
        closed.extend(between_calls.map(|(page, _)| *page));
        closed
    }

    /// When the next page that is left alone gets a call again. `None`: there is no such page.
    pub fn next_probe(&self, now: Instant) -> Option<Instant> {
        let pages = self.pages.lock();
        let resting = pages.values().filter(|circuit| circuit.is_resting());
        let probe = resting.map(|circuit| circuit.probe_at).min();
        let paces = self.paces.lock();
        let between_calls = paces.values().filter(|pace| now < pace.next);
        let call = between_calls.map(|pace| pace.next).min();
        [probe, call].into_iter().flatten().min()
    }

    /// A call for the page begins: while it rests, no other does until this one is over or lost.
    pub fn began(&self, page: PageId, now: Instant) {
        if let Some(circuit) = self.pages.lock().get_mut(&page)
            && circuit.is_resting()
        {
            circuit.probe_at = now + PROBE_EVERY;
        }
        if let Some(pace) = self.paces.lock().get_mut(&page) {
            pace.next = now + pace.gap;
        }
    }

    /// From now on the page leaves `gap` between the beginnings of two calls; zero: as fast as it likes.
    pub fn pace(&self, page: PageId, gap: Duration, now: Instant) {
        let mut paces = self.paces.lock();
        if gap.is_zero() {
            paces.remove(&page);
        } else {
            let next = now + gap;
            paces.insert(page, Pace { gap, next });
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
        let probe = circuits.next_probe(start).unwrap();
        assert_eq!(probe, start + PROBE_EVERY);
        assert!(circuits.resting(probe).is_empty());
        circuits.began(PAGE, probe);
        assert_eq!(circuits.resting(probe), [PAGE], "one probe only");
        circuits.answered(PAGE);
        assert!(circuits.resting(probe).is_empty());
        assert_eq!(circuits.next_probe(probe), None);
    }

    #[test]
    fn a_page_that_calls_too_much_leaves_a_gap_until_it_does_no_longer() {
        let circuits = Circuits::default();
        let (start, gap) = (Instant::now(), Duration::from_secs(5));
        circuits.pace(PAGE, gap, start);
        assert_eq!(circuits.resting(start), [PAGE]);
        let next = circuits.next_probe(start).unwrap();
        assert_eq!(next, start + gap);
        assert!(circuits.resting(next).is_empty());
        circuits.began(PAGE, next);
        circuits.answered(PAGE);
        assert_eq!(circuits.resting(next), [PAGE], "one call only");
        circuits.pace(PAGE, Duration::ZERO, next);
        assert!(circuits.resting(next).is_empty());
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
