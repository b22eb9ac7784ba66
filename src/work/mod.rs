//! Background workers: each is a thread that is woken, or looks by itself every so often. A worker that
//! dies takes the process down: a half-alive server is worse than a restarted one.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::channels::Registry;
use crate::domain::live_event::Worker;
use crate::store::{self, Store};

mod allowances;
mod circuit;
pub mod connection;
mod courtesies;
pub mod dispatch;
mod history;
pub mod ingest;
mod media;
mod names;
mod pictures;
pub mod route;
pub mod schedule;
mod subscriptions;
mod token_check;

/// Wakes workers, and tells them to stop. Cheap to clone.
#[derive(Clone, Default)]
pub struct Wake {
    bells: Arc<Bells>,
}

/// A bell for each worker: every webhook call rings one, and must not wake all the others.
#[derive(Default)]
struct Bells {
    signals: Mutex<Signals>,
    ingest: Condvar,
    route: Condvar,
    dispatch: Condvar,
    names: Condvar,
    courtesies: Condvar,
    media: Condvar,
    pictures: Condvar,
    schedule: Condvar,
    inquiries: Condvar,
    mail: Condvar,
    stop: Condvar,
}

#[derive(Default)]
struct Signals {
    woken: HashSet<Worker>,
    stopping: bool,
}

impl Bells {
    fn of(&self, worker: Worker) -> &Condvar {
        match worker {
            Worker::Ingest => &self.ingest,
            Worker::Route => &self.route,
            Worker::Dispatch => &self.dispatch,
            Worker::Names => &self.names,
            Worker::Courtesies => &self.courtesies,
            Worker::Media => &self.media,
            Worker::Pictures => &self.pictures,
            Worker::Schedule => &self.schedule,
            Worker::Inquiries => &self.inquiries,
            Worker::Mail => &self.mail,
        }
    }
}

impl Wake {
    /// Wakes a worker; of several threads one. A wake-up before it waits is not lost.
    pub fn wake(&self, worker: Worker) {
        if self.bells.signals.lock().woken.insert(worker) {
            self.bells.of(worker).notify_one();
        }
    }

    /// Tells every worker to stop after what it is doing.
    pub fn stop(&self) {
        let Bells {
            signals,
            ingest,
            route,
            dispatch,
            names,
            courtesies,
            media,
            pictures,
            schedule,
            inquiries,
            mail,
            stop,
        } = &*self.bells;
        signals.lock().stopping = true;
        for bell in [
            ingest, route, dispatch, names, courtesies, media, pictures, schedule, inquiries, mail,
            stop,
        ] {
            bell.notify_all();
        }
    }

    /// Whether workers are to stop.
    pub fn is_stopping(&self) -> bool {
        self.bells.signals.lock().stopping
    }

    /// Waits until the worker is woken or `longest` has passed. False when it is to stop.
    pub fn wait(&self, worker: Worker, longest: Duration) -> bool {
        let deadline = Instant::now() + longest;
        let mut signals = self.bells.signals.lock();
        while !signals.stopping && !signals.woken.remove(&worker) {
            let bell = self.bells.of(worker);
            if bell.wait_until(&mut signals, deadline).timed_out() {
                break;
            }
        }
        !signals.stopping
    }

    /// Waits until `time` has passed, whoever is woken. False when workers are to stop.
    pub fn pause(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut signals = self.bells.signals.lock();
        while !signals.stopping {
            if self
                .bells
                .stop
                .wait_until(&mut signals, deadline)
                .timed_out()
            {
                break;
            }
        }
        !signals.stopping
    }
}

/// The running workers.
pub struct Workers {
    wake: Wake,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts every worker. `public_url`: where customers' phones reach us, without a trailing slash.
    ///
    /// # Errors
    /// The database's.
    pub fn start(
        store: &Store,
        channels: &Registry,
        wake: Wake,
        public_url: &str,
    ) -> store::Result<Workers> {
        let mut threads = dispatch::start(store, channels, &wake, public_url)?;
        threads.push(route::start(store, &wake)?);
        threads.push(ingest::start(store, channels, &wake));
        threads.push(names::start(store, channels, &wake));
        threads.push(courtesies::start(store, channels, &wake));
        threads.extend(media::start(store, channels, &wake)?);
        threads.push(pictures::start(store, channels, &wake)?);
        threads.extend(schedule::start(store, channels, &wake)?);
        Ok(Workers { wake, threads })
    }

    /// Tells the workers to stop and waits until each has finished its current call.
    pub fn stop(self) {
        self.wake.stop();
        for thread in self.threads {
            // A worker that panicked has already taken the process down.
            let _ = thread.join();
        }
    }
}

/// Starts a worker thread; the process ends when it panics.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let label = name.to_owned();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err();
            if died {
                tracing::error!(
                    worker = label,
                    "a worker died; stopping so that a restart can mend it"
                );
                std::process::exit(1);
            }
        })
        .expect("the system can start a thread")
}
