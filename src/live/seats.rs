//! How many live streams a person may have open. (promises.md E18)
//!
//! One more than that does not get refused: the oldest one makes room. A browser that left a page still
//! holds its seat until the next heartbeat, so the oldest seat is most likely an empty one, and a person
//! who clicks through many conversations must not lose the live page for it. A tab that really had to make
//! room is told to come back later, and replays what it missed.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use rocket::tokio::sync::Notify;

use crate::domain::ids::UserId;

/// Open streams of one person.
pub const PER_PERSON: usize = 8;

/// Who sits where. Cheap to clone.
#[derive(Clone, Default)]
pub struct Seats {
    taken: Arc<Mutex<HashMap<UserId, VecDeque<Arc<Notify>>>>>,
}

/// An open stream's place; given back when it is dropped.
pub struct Seat {
    seats: Seats,
    person: UserId,
    leave: Arc<Notify>,
}

impl Seats {
    /// Takes a seat; when there was none left, the person's oldest stream is asked to leave.
    pub fn take(&self, person: UserId) -> Seat {
        let leave = Arc::new(Notify::new());
        let mut taken = self.taken.lock();
        let streams = taken.entry(person).or_default();
        streams.push_back(leave.clone());
        if streams.len() > PER_PERSON
            && let Some(oldest) = streams.pop_front()
        {
            oldest.notify_one();
        }
        Seat {
            seats: self.clone(),
            person,
            leave,
        }
    }

    /// How many streams are open in all.
    pub fn count(&self) -> usize {
        self.taken.lock().values().map(VecDeque::len).sum()
    }
}

impl Seat {
    /// Waits until this stream has to make room for a newer one.
    pub async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        if let Some(streams) = taken.get_mut(&self.person) {
            streams.retain(|stream| !Arc::ptr_eq(stream, &self.leave));
            if streams.is_empty() {
                taken.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rocket::futures::FutureExt as _;

    #[test]
    fn the_oldest_stream_makes_room_and_only_for_the_same_person() {
        let seats = Seats::default();
        let mut mine: Vec<Seat> = (0..PER_PERSON).map(|_| seats.take(UserId(1))).collect();
        let other = seats.take(UserId(2));
        let left = |seat: &Seat| seat.asked_to_leave().now_or_never().is_some();
        assert!(!mine.iter().any(left));

        mine.push(seats.take(UserId(1)));
        let leaving: Vec<bool> = mine.iter().map(left).collect();
        assert_eq!(leaving.iter().filter(|leaves| **leaves).count(), 1);
        assert!(leaving[0], "the oldest one");
        assert!(!left(&other));
    }

    #[test]
    fn a_closed_stream_gives_its_seat_back() {
        let seats = Seats::default();
        let first = seats.take(UserId(1));
        let second = seats.take(UserId(1));
        assert_eq!(seats.count(), 2);
        drop(first);
        assert_eq!(seats.count(), 1);
        drop(second);
        assert_eq!(seats.count(), 0);
    }
}
