//! The hub behind the live streams: takes notices from the store's commits and hands them to whoever
//! listens. Everything here is a hint; a listener that lags is told so and reads the database again.

use rocket::tokio::sync::broadcast;

use crate::domain::live_event::Notice;

pub mod seats;
pub mod wire;

/// A listener may be this many notices behind before it is told to start over.
const BACKLOG: usize = 1024;

/// Hands notices to listeners. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    sender: broadcast::Sender<Notice>,
}

impl Hub {
    /// A hub without listeners.
    pub fn new() -> Hub {
        Hub {
            sender: broadcast::Sender::new(BACKLOG),
        }
    }

    /// Tells every listener. Never blocks.
    pub fn publish(&self, notice: Notice) {
        // No listener is no error.
        let _ = self.sender.send(notice);
    }

    /// A listener for what is published from now on.
    pub fn listen(&self) -> broadcast::Receiver<Notice> {
        self.sender.subscribe()
    }
}

impl Default for Hub {
    fn default() -> Self {
        Hub::new()
    }
}
