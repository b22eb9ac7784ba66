//! One open tab: what it is told, and in which order.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use rocket::tokio;
use rocket::tokio::sync::broadcast::Receiver;
use rocket::tokio::sync::broadcast::error::RecvError;
use rocket::tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

use super::Desk;
use super::attendance::Stay;
use super::own;
use super::press::{Eye, Lists};
use super::standing::View;
use super::word;
use crate::clock;
use crate::domain::access::{Action, Relation, Viewer, may};
use crate::domain::ids::{BrowserSessionId, LiveEventId};
use crate::domain::live_event::{LiveEvent, Notice, Word};
use crate::domain::time::Timestamp;
use crate::live::seats::Seat;
use crate::live::wire::{self, Frame as Bytes};
use crate::store::{self, live_events, sessions};
use crate::web::App;
use crate::web::page::Frame;
use crate::web::visitor::SignIn;

/// A dead client is noticed after this long: an offer to a browser that is gone goes on 15 s after it was last
/// heard, and that must be known by then.
const BEAT: Duration = Duration::from_secs(5);
/// Lists are fetched anew at most this often by one tab.
const LISTS_EVERY: Duration = Duration::from_secs(1);
/// A tab that missed more than this is told to fetch its page again.
pub const REPLAYED: usize = 500;
/// A tab that made room for a newer one comes back after this long.
const STAND_BACK: Duration = Duration::from_secs(10);

/// An open tab.
pub struct Tab {
    app: Arc<App>,
    desk: Arc<Desk>,
    viewer: Viewer,
    session: BrowserSessionId,
    /// Language and zone of what is rendered.
    eye: Frame,
    seat: Seat,
    stay: Stay,
    /// The last beat: the one before it was heard when this one is sent.
    beat_at: Timestamp,
    notices: Receiver<Notice>,
    standing: View,
    beat: Interval,
    /// The newest event that this tab knows of.
    position: LiveEventId,
    stale: Stale,
}

/// What happens next on a stream.
pub enum Turn {
    /// Something to write; may be nothing.
    Write(Vec<Bytes>),
    /// The end, with what is still to be said.
    Over(Option<Bytes>),
}

impl Tab {
    /// Opens a stream for a signed-in person. From here on no event is missed.
    /// `answers`: its page says that it answers.
    pub fn open(
        app: &Arc<App>,
        desk: &Arc<Desk>,
        sign_in: &SignIn,
        frame: &Frame,
        answers: bool,
    ) -> Tab {
        let mut beat = interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Tab {
            app: app.clone(),
            desk: desk.clone(),
            viewer: sign_in.person.viewer(),
            session: sign_in.session,
            // Nothing of the person: what is rendered is shared.
            eye: Frame {
                locale: frame.locale,
                time_zone: frame.time_zone,
                ..Frame::default()
            },
            seat: desk.seats.take(sign_in.person.id),
            stay: desk
                .attendance
                .comes(sign_in.person.id, answers, clock::now()),
            beat_at: clock::now(),
            notices: app.hub.listen(),
            standing: desk.standing.view(sign_in.session),
            beat,
            position: LiveEventId(0),
            stale: Stale::default(),
        }
    }

    /// What happened since `resume`; from now on without it.
    pub fn catch_up(&mut self, resume: Option<LiveEventId>) -> Vec<Bytes> {
        let mut frames = vec![beat(None)];
        match self.missed(resume) {
            Ok(Missed::Nothing(position)) => {
                self.position = position;
                frames.push(wire::position(position));
            }
            Ok(Missed::TooMuch(position)) => {
                self.position = position;
                frames.push(reload(position));
            }
            Ok(Missed::Some(events)) => {
                for (at, (id, event)) in events.iter().enumerate() {
                    // Of several changes of one message the last says it all.
                    let is_repeated = matches!(event, LiveEvent::MessageChanged(..))
                        && events[at + 1..].iter().any(|(_, later)| later == event);
                    if !is_repeated {
                        frames.extend(self.tell(*id, *event));
                    }
                }
                frames.push(wire::position(self.position));
            }
            Err(error) => {
                tracing::error!(%error, "a live stream could not be replayed");
                frames.push(wire::named(None, "reload", ""));
            }
        }
        frames.extend(self.own());
        frames
    }

    /// What concerns the person alone. While something is offered the page has to answer.
    fn own(&mut self) -> Vec<Bytes> {
        match own::own(&self.app, self.viewer.user, &self.eye, self.position) {
            Ok(own) => {
                let asked = self.stay.ask(own.is_offered);
                let asks = asked.map(|number| answer(self.position, number));
                std::iter::once(own.frame).chain(asks).collect()
            }
            Err(error) => {
                tracing::error!(%error, "a person's offers could not be told");
                Vec::new()
            }
        }
    }

    /// What the person is told in passing.
    fn told(&self, what: Word) -> Option<Bytes> {
        match word::print(&self.app, what, &self.eye, self.position) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(%error, "a person could not be told something");
                None
            }
        }
    }

    fn missed(&self, resume: Option<LiveEventId>) -> store::Result<Missed> {
        self.app.store.read(|reader| {
            let newest = live_events::newest(reader)?;
            let Some(last) = resume else {
                return Ok(Missed::Nothing(newest));
            };
            // Newer than the newest: the database is another one, e.g. restored from a backup.
            let is_unknown = last > newest;
            let oldest = live_events::oldest(reader)?.unwrap_or(newest);
            let is_forgotten = last.0 + 1 < oldest.0;
            if is_unknown || is_forgotten {
                return Ok(Missed::TooMuch(newest));
            }
            let events = live_events::after(reader, last, REPLAYED + 1)?;
            Ok(match events.len() {
                0 => Missed::Nothing(last),
                1..=REPLAYED => Missed::Some(events),
                _ => Missed::TooMuch(newest),
            })
        })
    }

    /// Waits for what happens next.
    pub async fn turn(&mut self) -> Turn {
        tokio::select! {
            // What happened is told before the lists that show it are fetched anew.
            biased;
            notice = self.notices.recv() => self.noticed(notice),
            () = lists_due(self.stale.due) => Turn::Write(self.stale.take()),
            _ = self.beat.tick() => self.beats(),
            () = self.standing.doubted(self.viewer.role) => self.go_on_if_signed_in(),
            // Whatever is written to it arrives nowhere.
            () = self.stay.is_deaf() => Turn::Over(None),
            () = self.seat.asked_to_leave() => {
                Turn::Over(Some(wire::retry(self.position, STAND_BACK)))
            }
        }
    }

    fn beats(&mut self) -> Turn {
        self.stay.written(self.beat_at);
        self.beat_at = clock::now();
        match self.check_session() {
            ControlFlow::Continue(()) => {
                let asks = self.stay.asked();
                let asks = asks.map(|number| answer(self.position, number));
                let beat = beat(Some(self.position));
                Turn::Write(std::iter::once(beat).chain(asks).collect())
            }
            ControlFlow::Break(()) => Turn::Over(None),
        }
    }

    fn noticed(&mut self, notice: Result<Notice, RecvError>) -> Turn {
        if let Ok(Notice::OffersChanged(_) | Notice::PresenceChanged(_)) = notice {
            self.note_board();
        }
        match notice {
            Ok(Notice::Live(id, event)) if id > self.position => Turn::Write(self.tell(id, event)),
            Ok(Notice::SignedOut(user)) if user == self.viewer.user => self.go_on_if_signed_in(),
            Ok(Notice::Seen(user)) if user == self.viewer.user => {
                self.stale.note(Lists::Mine);
                Turn::Write(Vec::new())
            }
            Ok(Notice::OffersChanged(user) | Notice::PresenceChanged(user))
                if user == self.viewer.user =>
            {
                Turn::Write(self.own())
            }
            Ok(Notice::Told(user, word)) if user == self.viewer.user => {
                Turn::Write(self.told(word).into_iter().collect())
            }
            Ok(_) => Turn::Write(Vec::new()),
            // It was too slow for what happens: one fresh page is cheaper than all of it.
            Err(RecvError::Lagged(_)) => Turn::Write(self.catch_up(Some(LiveEventId(-1)))),
            Err(RecvError::Closed) => Turn::Over(None),
        }
    }

    /// What this tab is told of an event; nothing when its person may not see it.
    fn tell(&mut self, id: LiveEventId, event: LiveEvent) -> Vec<Bytes> {
        self.position = self.position.max(id);
        let conversation = match event {
            LiveEvent::AccountChanged(account) => {
                let may_see = may(self.viewer.role, Action::Administer, Relation::Foreign);
                let told =
                    may_see.then(|| wire::named(Some(id), "account-changed", &account.to_string()));
                return told.into_iter().collect();
            }
            LiveEvent::MessageAdded(conversation, _)
            | LiveEvent::MessageChanged(conversation, _)
            | LiveEvent::ConversationChanged(conversation) => conversation,
        };
        let edition = match self.desk.press.edition(&self.app, id, event, conversation) {
            Ok(Some(edition)) => edition,
            Ok(None) => return Vec::new(),
            Err(error) => {
                tracing::error!(%error, "a live event could not be read");
                return vec![reload(id)];
            }
        };
        if edition.changes_lists {
            self.note_board();
        }
        if let Some(lists) = edition.lists_of(self.viewer.user) {
            self.stale.note(lists);
        }
        let own = match edition.changes_offer_to(self.viewer.user) {
            true => self.own(),
            false => Vec::new(),
        };
        let Some(eye) = Eye::of(&edition, self.viewer) else {
            return own;
        };
        match edition.print(&self.app, eye, self.viewer, &self.eye) {
            Ok(frame) => frame.into_iter().chain(own).collect(),
            Err(error) => {
                tracing::error!(%error, "a live event could not be rendered");
                vec![reload(id)]
            }
        }
    }

    /// The supervisor board looks different now.
    fn note_board(&mut self) {
        if may(self.viewer.role, Action::Supervise, Relation::Foreign) {
            self.stale.note_board();
        }
    }

    fn go_on_if_signed_in(&mut self) -> Turn {
        match self.check_session() {
            ControlFlow::Continue(()) => Turn::Write(Vec::new()),
            ControlFlow::Break(()) => Turn::Over(None),
        }
    }

    /// Ends the stream of a session that is over; takes over a change of role.
    fn check_session(&mut self) -> ControlFlow<()> {
        let session = self
            .app
            .store
            .read(|reader| sessions::still(reader, self.session, clock::now()));
        match session {
            Ok(Some(session)) => {
                self.viewer.role = session.role;
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Break(()),
            Err(error) => {
                tracing::warn!(%error, "a session could not be checked; its live stream ends");
                ControlFlow::Break(())
            }
        }
    }
}

enum Missed {
    Nothing(LiveEventId),
    Some(Vec<(LiveEventId, LiveEvent)>),
    TooMuch(LiveEventId),
}

/// The lists that a tab has to fetch anew, and when.
#[derive(Default)]
struct Stale {
    lists: Option<Lists>,
    board: bool,
    due: Option<Instant>,
    told: Option<Instant>,
}

impl Stale {
    fn note(&mut self, lists: Lists) {
        self.lists = self.lists.max(Some(lists));
        self.make_due();
    }

    fn note_board(&mut self) {
        self.board = true;
        self.make_due();
    }

    fn make_due(&mut self) {
        let soonest = self
            .told
            .map_or_else(Instant::now, |told| told + LISTS_EVERY);
        self.due.get_or_insert(soonest);
    }

    fn take(&mut self) -> Vec<Bytes> {
        self.due = None;
        self.told = Some(Instant::now());
        let names: &[&str] = match self.lists.take() {
            Some(Lists::Mine) => &["sessions", "work-items"],
            Some(Lists::Queue) => &["work-items"],
            None => &[],
        };
        let board = std::mem::take(&mut self.board).then_some("board");
        names
            .iter()
            .copied()
            .chain(board)
            .map(|name| wire::named(None, name, ""))
            .collect()
    }
}

async fn lists_due(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

fn beat(position: Option<LiveEventId>) -> Bytes {
    wire::named(position, "beat", &clock::now().millis().to_string())
}

/// Asks the page to answer under a number.
fn answer(position: LiveEventId, number: u64) -> Bytes {
    wire::named(Some(position), "answer", &number.to_string())
}

fn reload(position: LiveEventId) -> Bytes {
    wire::named(Some(position), "reload", "")
}
