//! The accounts that platforms call, in memory: their secrets, and what is still to be written down about
//! refused and verification calls. A hint: it may be dropped at any moment and is then read again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use rocket::fairing::AdHoc;
use rocket::tokio::sync::broadcast::error::RecvError;
use rocket::tokio::{self, time::sleep};

use super::App;
use crate::crypto::Secret;
use crate::domain::ids::AccountId;
use crate::domain::live_event::Notice;
use crate::store::accounts::{self, WebhookAccount};
use crate::store::{Result, Store, StoreError};

/// What is noted about an account is written at most this often, all of it together: a stranger who sends
/// us rubbish must not make us write it down.
const NOTE_EVERY: Duration = Duration::from_secs(1);
/// After a signature that does not fit, the secret is read again unless it was read within this time.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A failing database is complained about this often.
const COMPLAIN_EVERY: Duration = Duration::from_secs(10);

/// The accounts that were called, by the key in their URL. Cheap to clone.
#[derive(Clone, Default)]
pub struct Known {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    accounts: RwLock<Accounts>,
    complained_at: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Accounts {
    by_key: HashMap<String, Arc<Account>>,
    /// How often everything was forgotten: what was read before that is not kept after it.
    forgotten: u64,
}

impl Known {
    /// The account of a channel by the key in its URL; read from the database the first time. `None` for a
    /// key of nobody.
    ///
    /// # Errors
    /// As [`accounts::for_webhook`].
    pub fn account(
        &self,
        store: &Store,
        channel: &'static str,
        key: &str,
    ) -> Result<Option<Arc<Account>>> {
        let known = self.inner.accounts.read().by_key.get(key).cloned();
        match known.filter(|account| account.channel == channel) {
            Some(account) => Ok(Some(account)),
            None => self.read(store, channel, key),
        }
    }

    /// The account as it is in the database now. `None` when it was read a moment ago, is gone, or cannot be
    /// read.
    pub fn read_again(&self, store: &Store, account: &Account) -> Option<Arc<Account>> {
        if account.read_at.elapsed() < READ_AGAIN_AFTER {
            return None;
        }
        self.read(store, account.channel, &account.key).ok()?
    }

    fn read(
        &self,
        store: &Store,
        channel: &'static str,
        key: &str,
    ) -> Result<Option<Arc<Account>>> {
        let forgotten = self.inner.accounts.read().forgotten;
        let found = store.read(|reader| accounts::for_webhook(reader, channel, key))?;
        let Some(row) = found else {
            return Ok(None);
        };
        let account = Arc::new(Account {
            channel,
            key: key.to_owned(),
            row,
            read_at: Instant::now(),
            notes: Arc::default(),
        });
        let mut accounts = self.inner.accounts.write();
        if accounts.forgotten == forgotten {
            accounts.by_key.insert(key.to_owned(), account.clone());
        }
        Ok(Some(account))
    }

    fn forget(&self) {
        let mut accounts = self.inner.accounts.write();
        accounts.by_key.clear();
        accounts.forgotten += 1;
    }

    /// Logs that a call could not be stored, but not every call of a storm.
    pub fn complain(&self, error: &StoreError) {
        let mut complained_at = self.inner.complained_at.lock();
        if complained_at.is_none_or(|at| at.elapsed() >= COMPLAIN_EVERY) {
            *complained_at = Some(Instant::now());
            tracing::error!(%error, "webhook calls cannot be stored; the platforms send them again");
        }
    }
}

/// Forgets the accounts whenever one of them changes.
pub fn forget_what_changes() -> AdHoc {
    AdHoc::on_liftoff("Changed accounts", |rocket| {
        Box::pin(async move {
            if let (Some(app), Some(known)) = (rocket.state::<Arc<App>>(), rocket.state::<Known>())
            {
                let mut notices = app.hub.listen();
                let known = known.clone();
                tokio::spawn(async move {
                    loop {
                        match notices.recv().await {
                            Ok(Notice::AccountsChanged) | Err(RecvError::Lagged(_)) => {
                                known.forget();
                            }
                            Ok(_) => {}
                            Err(RecvError::Closed) => return,
                        }
                    }
                });
            }
        })
    })
}

/// An account as its webhook knows it.
pub struct Account {
    channel: &'static str,
    key: String,
    row: WebhookAccount,
    read_at: Instant,
    notes: Arc<Mutex<Notes>>,
}

/// What is to be written down about an account.
#[derive(Default)]
struct Notes {
    wrong_signatures: u32,
    /// Whether the last verification call proved the callback.
    handshake: Option<bool>,
    /// A task writes, and looks again when it has written.
    is_being_written: bool,
}

impl Account {
    /// Row id.
    pub fn id(&self) -> AccountId {
        self.row.id
    }

    /// Signs the bodies; `None` closes the webhook.
    pub fn secret(&self) -> Option<&Secret> {
        self.row.secret.as_ref()
    }

    /// Proves the callback; `None` where the channel has no verification call.
    pub fn verify_token(&self) -> Option<&Secret> {
        self.row.verify_token.as_ref()
    }

    /// Notes a verification call and whether it proved the callback. Does not wait for the database.
    pub fn note_handshake(&self, store: &Store, proved: bool) {
        self.note(store, |notes| notes.handshake = Some(proved));
    }

    /// Counts a call whose signature did not fit. Does not wait for the database.
    pub fn note_wrong_signature(&self, store: &Store) {
        self.note(store, |notes| notes.wrong_signatures += 1);
    }

    fn note(&self, store: &Store, add: impl FnOnce(&mut Notes)) {
        let mut notes = self.notes.lock();
        add(&mut notes);
        if !notes.is_being_written {
            notes.is_being_written = true;
            tokio::spawn(write_down(store.clone(), self.id(), self.notes.clone()));
        }
    }
}

/// Writes notes until there are none.
async fn write_down(store: Store, account: AccountId, notes: Arc<Mutex<Notes>>) {
    loop {
        let (wrong_signatures, handshake) = {
            let mut notes = notes.lock();
            if notes.wrong_signatures == 0 && notes.handshake.is_none() {
                notes.is_being_written = false;
                return;
            }
            (
                std::mem::take(&mut notes.wrong_signatures),
                notes.handshake.take(),
            )
        };
        if wrong_signatures > 0 {
            tracing::warn!(%account, count = wrong_signatures, "webhook calls with a wrong signature were refused");
        }
        let written = store
            .write(move |tx| {
                if wrong_signatures > 0 {
                    accounts::signature_failures(tx, account, wrong_signatures)?;
                }
                match handshake {
                    Some(true) => accounts::verified(tx, account),
                    Some(false) => accounts::verify_refused(tx, account, "token"),
                    None => Ok(()),
                }
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%account, %error, "refused webhook calls could not be counted");
        }
        sleep(NOTE_EVERY).await;
    }
}
