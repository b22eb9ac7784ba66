//! Who has a live stream: the heartbeat of presences and offers.
//!
//! A page that leads to another closes one stream and opens the next: only who has had none for a moment is
//! gone. What is written is what holds when it is written, so that nothing depends on the order of messages.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use rocket::tokio::{self, time::sleep};
use rocket::{Orbit, Rocket};

use super::Desk;
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::store::agents;
use crate::web::App;

/// The way from one page to the next takes no longer.
const WAY: Duration = Duration::from_secs(2);

/// Counts the streams of each person.
pub struct Attendance {
    here: Arc<Mutex<HashMap<UserId, Here>>>,
    changed: UnboundedSender<UserId>,
    changes: Mutex<Option<UnboundedReceiver<UserId>>>,
}

/// One person's streams.
struct Here {
    streams: usize,
    /// When the last of them was last known to be heard.
    seen_at: Timestamp,
    /// What the database was told.
    is_told: bool,
}

/// An open stream; it is counted until it is dropped.
pub struct Stay {
    here: Arc<Mutex<HashMap<UserId, Here>>>,
    changed: UnboundedSender<UserId>,
    person: UserId,
    seen_at: Timestamp,
}

impl Default for Attendance {
    fn default() -> Attendance {
        let (changed, changes) = unbounded_channel();
        Attendance {
            here: Arc::default(),
            changed,
            changes: Mutex::new(Some(changes)),
        }
    }
}

impl Attendance {
    /// A stream of a person opens.
    pub fn comes(&self, person: UserId, now: Timestamp) -> Stay {
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
            person,
            seen_at: now,
        }
    }
}

impl Stay {
    /// The stream was heard until this moment.
    pub fn heard(&mut self, until: Timestamp) {
        self.seen_at = until;
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut here = self.here.lock();
        if let Some(found) = here.get_mut(&self.person) {
            found.streams -= 1;
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
            loop {
                let person = tokio::select! {
                    person = changes.recv() => person,
                    () = &mut shutdown => None,
                };
                let Some(person) = person else { return };
                let (app, here) = (app.clone(), desk.attendance.here.clone());
                tokio::spawn(async move { tell(&app, &here, person).await });
            }
        });
    }
}

/// Tells the database how a person stands, when that is news.
async fn tell(app: &App, here: &Mutex<HashMap<UserId, Here>>, person: UserId) {
    let is_gone = here
        .lock()
        .get(&person)
        .is_none_or(|found| found.streams == 0);
    if is_gone {
        sleep(WAY).await;
    }
    let news = {
        let mut here = here.lock();
        let Some(found) = here.get_mut(&person) else {
            return;
        };
        let is_here = found.streams > 0;
        if found.is_told == is_here {
            return;
        }
        found.is_told = is_here;
        (is_here, found.seen_at)
    };
    let written = app.store.write(move |tx| match news {
        (true, _) => agents::connects(tx, person),
        (false, seen_at) => agents::disconnects(tx, person, seen_at),
    });
    if let Err(error) = written.await {
        tracing::error!(%error, "a person's connection could not be noted");
        if let Some(found) = here.lock().get_mut(&person) {
            found.is_told = !found.is_told;
        }
    }
}
