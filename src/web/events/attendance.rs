//! Who has a live stream: the heartbeat of presences and offers.
//!
//! A page that leads to another closes one stream and opens the next: only who has had none for a moment is
//! gone. What is written is what holds when it is written, so that nothing depends on the order of messages.
//!
//! What is written to a browser that has vanished without a word (the network is gone, the lid is closed) arrives
//! nowhere, and nobody says so for minutes. So while something is offered, a page that said it can answers the
//! stream: a stream without an answer is over, and the offer goes on. And a stream to which nothing can be written
//! any more, because nobody takes what was written before, is no sign of anybody.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::tokio;
use rocket::tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use rocket::tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use rocket::{Orbit, Rocket};

use super::Desk;
use crate::domain::ids::UserId;
use crate::domain::offer::ANSWERS_WITHIN;
use crate::domain::time::Timestamp;
use crate::store::agents;
use crate::web::App;

/// The way from one page to the next takes no longer.
const WAY: Duration = Duration::from_secs(2);
/// Streams are looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What could not be written is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// Counts the streams of each person.
pub struct Attendance {
    here: Arc<Mutex<HashMap<UserId, Here>>>,
    changed: UnboundedSender<UserId>,
    changes: Mutex<Option<UnboundedReceiver<UserId>>>,
    /// By their numbers. Locked before `here` where both are.
    streams: Arc<Mutex<HashMap<u64, Open>>>,
    numbers: AtomicU64,
}

/// One person's streams.
struct Here {
    streams: usize,
    /// When the last of them was last known to be heard.
    seen_at: Timestamp,
    /// What the database was told.
    is_told: bool,
}

/// What is known of an open stream from outside.
struct Open {
    person: UserId,
    /// When it was last written to.
    written: Instant,
    /// See [`Stay::seen_at`].
    seen_at: Timestamp,
    /// What is written to it goes nowhere any more: it is not counted.
    is_stuck: bool,
    /// What its page answered last.
    answered: Option<(Instant, Timestamp)>,
}

/// An open stream; it is counted until it is dropped.
pub struct Stay {
    here: Arc<Mutex<HashMap<UserId, Here>>>,
    changed: UnboundedSender<UserId>,
    streams: Arc<Mutex<HashMap<u64, Open>>>,
    number: u64,
    person: UserId,
    /// When it was last known to be heard.
    seen_at: Timestamp,
    /// The page says that it answers.
    answers: bool,
    /// Since when an answer is waited for; `None`: nothing is offered.
    asked: Option<Instant>,
}

impl Default for Attendance {
    fn default() -> Attendance {
        let (changed, changes) = unbounded_channel();
        Attendance {
            here: Arc::default(),
            changed,
            changes: Mutex::new(Some(changes)),
            streams: Arc::default(),
            numbers: AtomicU64::new(1),
        }
    }
}

impl Attendance {
    /// A stream of a person opens; `answers`: its page says that it answers.
    pub fn comes(&self, person: UserId, answers: bool, now: Timestamp) -> Stay {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let open = Open {
            person,
            written: Instant::now(),
            seen_at: now,
            is_stuck: false,
            answered: None,
        };
        self.streams.lock().insert(number, open);
        let mut here = self.here.lock();
        let found = here.entry(person).or_insert(Here {
            streams: 0,
            seen_at: now,
            is_told: false,
        });
        found.streams += 1;
        // Nobody listens before the start and after the end.
        let _ = self.changed.send(person);
        Stay {
            here: self.here.clone(),
            changed: self.changed.clone(),
            streams: self.streams.clone(),
            number,
            person,
            seen_at: now,
            answers,
            asked: None,
        }
    }

    /// A page of a person answers the stream of a number. False when that is over, or somebody else's.
    pub fn answers(&self, person: UserId, number: u64, now: Timestamp) -> bool {
        match self.streams.lock().get_mut(&number) {
            Some(open) if open.person == person => {
                open.answered = Some((Instant::now(), now));
                true
            }
            _ => false,
        }
    }

    /// Does not count streams any more that nothing could be written to for too long: what was sent before fills the
    /// way to a browser that does not take it.
    fn look(&self, now: Instant) {
        let mut streams = self.streams.lock();
        let stuck = streams.values_mut().filter(|open| {
            !open.is_stuck && now.saturating_duration_since(open.written) >= ANSWERS_WITHIN
        });
        for open in stuck {
            open.is_stuck = true;
            if let Some(found) = self.here.lock().get_mut(&open.person) {
                found.streams -= 1;
                found.seen_at = found.seen_at.max(open.seen_at);
            }
            let _ = self.changed.send(open.person);
        }
    }
}

impl Stay {
    /// The stream was written to until this moment. While an answer is waited for that proves nothing.
    pub fn written(&mut self, until: Timestamp) {
        if self.asked.is_none() {
            self.seen_at = until;
        }
        let mut streams = self.streams.lock();
        let Some(open) = streams.get_mut(&self.number) else {
            return;
        };
        open.written = Instant::now();
        open.seen_at = self.seen_at;
        if std::mem::take(&mut open.is_stuck) {
            if let Some(found) = self.here.lock().get_mut(&self.person) {
                found.streams += 1;
            }
            let _ = self.changed.send(self.person);
        }
    }

    /// Something is offered, or nothing any more: the number under which the page is to answer; `None` when it is
    /// not to.
    pub fn ask(&mut self, is_offered: bool) -> Option<u64> {
        match is_offered && self.answers {
            true => {
                self.asked.get_or_insert_with(Instant::now);
            }
            false => self.asked = None,
        }
        self.asked()
    }

    /// The number under which the page is to answer again; `None` while nothing is offered.
    pub fn asked(&self) -> Option<u64> {
        self.asked.map(|_| self.number)
    }

    /// Waits until the page has not answered for too long; for ever while nothing is offered.
    pub async fn is_deaf(&mut self) {
        loop {
            let Some(due) = self.answer_due() else {
                return std::future::pending().await;
            };
            if Instant::now() >= due {
                return;
            }
            sleep_until(due).await;
        }
    }

    /// When an answer must have come, as far as the last one is known.
    fn answer_due(&mut self) -> Option<Instant> {
        let asked = self.asked?;
        let answered = self.streams.lock().get(&self.number)?.answered;
        if let Some((_, at)) = answered {
            self.seen_at = self.seen_at.max(at);
        }
        let last = answered.map_or(asked, |(answered, _)| answered.max(asked));
        Some(last + ANSWERS_WITHIN)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.answer_due();
        let open = self.streams.lock().remove(&self.number);
        let was_counted = open.is_some_and(|open| !open.is_stuck);
        if let Some(found) = self.here.lock().get_mut(&self.person) {
            found.streams -= usize::from(was_counted);
            found.seen_at = found.seen_at.max(self.seen_at);
        }
        let _ = self.changed.send(self.person);
    }
}

/// Tells the database for as long as the server runs.
pub struct Keeper;

#[rocket::async_trait]
impl Fairing for Keeper {
    fn info(&self) -> Info {
        Info {
            name: "Attendance",
            kind: Kind::Liftoff,
        }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let (Some(app), Some(desk)) = (rocket.state::<Arc<App>>(), rocket.state::<Arc<Desk>>())
        else {
            return;
        };
        let Some(mut changes) = desk.attendance.changes.lock().take() else {
            return;
        };
        let (app, desk, mut shutdown) = (app.clone(), desk.clone(), rocket.shutdown());
        tokio::spawn(async move {
            let mut turn = interval(LOOK_EVERY);
            turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let person = tokio::select! {
                    person = changes.recv() => person,
                    _ = turn.tick() => {
                        desk.attendance.look(Instant::now());
                        continue;
                    }
                    () = &mut shutdown => None,
                };
                let Some(person) = person else { return };
                let (app, here) = (app.clone(), desk.attendance.here.clone());
                tokio::spawn(async move { tell(&app, &here, person).await });
            }
        });
    }
}

/// Tells the database how a person stands, when that is news. What cannot be written is tried again until it is, or
/// is no news any more: nobody else would.
async fn tell(app: &App, here: &Mutex<HashMap<UserId, Here>>, person: UserId) {
    let is_gone = here
        .lock()
        .get(&person)
        .is_none_or(|found| found.streams == 0);
    if is_gone {
        sleep(WAY).await;
    }
    while let Some((is_here, seen_at)) = news(here, person) {
        let written = app.store.write(move |tx| match is_here {
            true => agents::connects(tx, person),
            false => agents::disconnects(tx, person, seen_at),
        });
        let Err(error) = written.await else {
            return;
        };
        tracing::error!(%error, "a person's connection could not be noted; it is tried again");
        if let Some(found) = here.lock().get_mut(&person) {
            found.is_told = !is_here;
        }
        sleep(AGAIN).await;
    }
}

/// Whether a person is here, and when he was last seen; `None` when the database knows. Whoever asks tells it.
fn news(here: &Mutex<HashMap<UserId, Here>>, person: UserId) -> Option<(bool, Timestamp)> {
    let mut here = here.lock();
    let found = here.get_mut(&person)?;
    let is_here = found.streams > 0;
    if found.is_told == is_here {
        return None;
    }
    found.is_told = is_here;
    Some((is_here, found.seen_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AINO: UserId = UserId(1);
    const MEI: UserId = UserId(2);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn seen_at(attendance: &Attendance) -> Timestamp {
        attendance.here.lock()[&AINO].seen_at
    }

    /// What `act` returns, and the moments before and after it.
    fn timed<T>(act: impl FnOnce() -> T) -> (Instant, T, Instant) {
        let before = Instant::now();
        let result = act();
        (before, result, Instant::now())
    }

    #[test]
    fn a_page_has_to_answer_an_offer_again_and_again_and_was_last_seen_when_it_did() {
        let attendance = Attendance::default();
        let mut stay = attendance.comes(AINO, true, at(0));
        stay.written(at(5));
        let (before, number, after) = timed(|| stay.ask(true));
        let number = number.expect("it says that it answers");
        let due = stay.answer_due().expect("it is waited for");
        assert!(before + ANSWERS_WITHIN <= due && due <= after + ANSWERS_WITHIN);

        let (before, is_taken, _) = timed(|| attendance.answers(AINO, number, at(11)));
        assert!(is_taken);
        assert!(!attendance.answers(MEI, number, at(12)), "somebody else");
        assert_eq!(stay.ask(true), Some(number), "another offer");
        let due = stay.answer_due().expect("and again");
        assert!(before + ANSWERS_WITHIN <= due);
        stay.written(at(15));
        drop(stay);
        assert_eq!(seen_at(&attendance), at(11), "writing proves nothing");
        assert!(!attendance.answers(AINO, number, at(20)), "it is over");
    }

    #[test]
    fn nobody_has_to_answer_while_nothing_is_offered_or_who_did_not_say_so() {
        let attendance = Attendance::default();
        let mut able = attendance.comes(AINO, true, at(0));
        let mut plain = attendance.comes(AINO, false, at(0));
        assert_eq!((plain.ask(true), plain.answer_due()), (None, None));
        assert!(able.ask(true).is_some() && able.asked().is_some());
        assert_eq!((able.ask(false), able.answer_due()), (None, None));
        able.written(at(3600));
        drop((able, plain));
        assert_eq!(seen_at(&attendance), at(3600));
    }

    #[test]
    fn a_stream_that_takes_nothing_any_more_is_not_counted_until_it_does() {
        let attendance = Attendance::default();
        let mut stay = attendance.comes(AINO, false, at(0));
        stay.written(at(5));
        let count = || attendance.here.lock()[&AINO].streams;
        attendance.look(Instant::now());
        assert_eq!(count(), 1);
        let later = Instant::now() + ANSWERS_WITHIN;
        attendance.look(later);
        attendance.look(later);
        assert_eq!((count(), seen_at(&attendance)), (0, at(5)), "once");
        stay.written(at(60));
        assert_eq!(count(), 1, "it goes on");
        attendance.look(Instant::now() + ANSWERS_WITHIN);
        drop(stay);
        assert_eq!(count(), 0);
    }
}
