//! Which sessions hold, looked up for all open tabs at once every few seconds.
//!
//! Within this process a tab hears at once that its session has ended. But `tiski user disable` is another
//! process that writes to the same database, and a session whose time is over ends without anybody's doing:
//! nobody tells. (promises.md E12, interface.md)

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::tokio::sync::watch;
use rocket::tokio::time::{MissedTickBehavior, interval};
use rocket::{Orbit, Rocket, tokio};

use super::Desk;
use crate::clock;
use crate::domain::access::Role;
use crate::domain::ids::BrowserSessionId;
use crate::store::sessions;
use crate::web::App;

/// With what a look and a tab's own question take, a live page ends within five seconds.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The sessions that hold, with the role of their person.
type Sessions = Arc<HashMap<BrowserSessionId, Role>>;

/// What is known of the sessions.
pub struct Standing(watch::Sender<Sessions>);

/// A tab's view of it.
pub struct View {
    sessions: watch::Receiver<Sessions>,
    own: BrowserSessionId,
}

impl Default for Standing {
    fn default() -> Standing {
        Standing(watch::Sender::new(Sessions::default()))
    }
}

impl Standing {
    /// The view of a tab of the session `own`.
    pub fn view(&self, own: BrowserSessionId) -> View {
        View {
            sessions: self.0.subscribe(),
            own,
        }
    }

    /// Looks once, when there is a tab that wants to know.
    fn look(&self, app: &App) {
        if self.0.receiver_count() == 0 {
            return;
        }
        match app
            .store
            .read(|reader| sessions::standing(reader, clock::now()))
        {
            Ok(standing) => {
                self.0
                    .send_replace(Arc::new(standing.into_iter().collect()));
            }
            Err(error) => tracing::warn!(%error, "the sessions could not be looked at"),
        }
    }
}

impl View {
    /// Waits until a look finds the tab's session gone, or its person in another role than `role`. A session
    /// that began after the look is not there either: who waits asks the database before it acts.
    pub async fn doubted(&mut self, role: Role) {
        loop {
            if self.sessions.changed().await.is_err() {
                return std::future::pending().await;
            }
            if self.sessions.borrow_and_update().get(&self.own) != Some(&role) {
                return;
            }
        }
    }
}

/// Looks for as long as the server runs.
pub struct Watch;

#[rocket::async_trait]
impl Fairing for Watch {
    fn info(&self) -> Info {
        Info {
            name: "Standing of sessions",
            kind: Kind::Liftoff,
        }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let (Some(app), Some(desk)) = (rocket.state::<Arc<App>>(), rocket.state::<Arc<Desk>>())
        else {
            return;
        };
        let (app, desk, mut shutdown) = (app.clone(), desk.clone(), rocket.shutdown());
        tokio::spawn(async move {
            let mut turn = interval(LOOK_EVERY);
            turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = turn.tick() => desk.standing.look(&app),
                    () = &mut shutdown => return,
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use rocket::futures::FutureExt as _;

    use super::*;
    use crate::domain::ids::UserId;
    use crate::store::sessions::NewSession;
    use crate::store::users;
    use crate::web::testing::House;

    fn session(house: &House, user: UserId) -> BrowserSessionId {
        let session = NewSession {
            token_hash: [user.0 as u8; 32],
            csrf_token: "token".to_owned(),
            user_agent: String::new(),
            address: String::new(),
            idle: Duration::from_secs(3600),
            lifetime: Duration::from_secs(3600),
        };
        let store = &house.app.store;
        let started = store.write_blocking(move |tx| sessions::start(tx, user, &session));
        started.unwrap()
    }

    #[test]
    fn a_look_doubts_who_was_disabled_or_has_another_role_and_nobody_else() {
        let house = House::new();
        let [mia, ben, ida] = ["mia", "ben", "ida"].map(|name| house.add(name, Role::Agent));
        let standing = Standing::default();
        let mut views = [mia, ben, ida].map(|user| standing.view(session(&house, user)));
        let mut doubted = || {
            standing.look(&house.app);
            views
                .each_mut()
                .map(|view| view.doubted(Role::Agent).now_or_never().is_some())
        };
        assert_eq!(doubted(), [false; 3]);

        // As another process does it: nothing is told.
        let elsewhere = rusqlite::Connection::open(house.app.store.path()).unwrap();
        let execute = |sql: &str, user: UserId| elsewhere.execute(sql, [user.0]).unwrap();
        execute("UPDATE user SET disabled_at = 1 WHERE user_id = ?1", mia);
        execute(
            "UPDATE user SET role = 'supervisor' WHERE user_id = ?1",
            ben,
        );
        assert_eq!(doubted(), [true, true, false]);
        let store = &house.app.store;
        store
            .write_blocking(move |tx| users::disable(tx, ida, None).map(drop))
            .unwrap();
        assert_eq!(doubted(), [true; 3]);
    }
}
