//! Password hashing for handlers: off the server's threads, two at a time, with a short queue. A flood of
//! sign-ins waits or is refused instead of taking the machine's memory and processors.

use rocket::http::Status;
use rocket::tokio::{sync::Semaphore, task};

use crate::crypto::{Secret, password};

/// 19 MiB and a processor each.
const AT_ONCE: usize = 2;
/// More than these wait longer than a person does.
const WAITING: usize = 32;

/// The queue at the hash; managed by the server.
pub struct Passwords {
    turns: Semaphore,
    places: Semaphore,
    #[cfg(test)]
    made: std::sync::atomic::AtomicUsize,
}

impl Default for Passwords {
    /// An empty queue.
    fn default() -> Passwords {
        Passwords {
            turns: Semaphore::new(AT_ONCE),
            places: Semaphore::new(AT_ONCE + WAITING),
            #[cfg(test)]
            made: Default::default(),
        }
    }
}

impl Passwords {
    /// Hashes a new password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: Secret) -> Result<String, Status> {
        self.in_turn(move || password::hash(&password)).await
    }

    /// Whether the password is the one of the hash; `None` costs the same and is never right.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn is_right(&self, password: Secret, hash: Option<String>) -> Result<bool, Status> {
        self.in_turn(move || password::is_right(&password, hash.as_deref()))
            .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        let full = |_| Status::ServiceUnavailable;
        let _place = self.places.try_acquire().map_err(full)?;
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|_| Status::ServiceUnavailable)?;
        #[cfg(test)]
        self.made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        task::spawn_blocking(work)
            .await
            .map_err(|_| Status::InternalServerError)
    }

    /// How many hashes were made.
    #[cfg(test)]
    pub fn made(&self) -> usize {
        self.made.load(std::sync::atomic::Ordering::SeqCst)
    }
}
