//! Outbox to platforms: some threads claim what is due, make the call, and record what came of it.
//!
//! The call is made between two transactions: the first puts the try on record, the second its outcome.
//! Whatever happens between them is found at the next start and carried as a doubt ([`outbox::recover`]).
//! What is done about a failure is decided in [`domain::delivery`](crate::domain::delivery).

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::channels::{Call, Credentials, Earlier, Look, OutFile, OutLinks, Registry, Sent};
use crate::clock;
use crate::crypto;
use crate::domain::delivery::{self, Outcome, Reason, SendError, Try};
use crate::domain::live_event::Worker;
use crate::domain::message::AttachmentKind;
use crate::domain::retry;
use crate::domain::time::Timestamp;
use crate::domain::window::{self, Circumstances, Window};
use crate::store::outbox::{self, Came, Claim, Claimed, Ticket};
use crate::store::outgoing::CarriedFile;
use crate::store::{self, Store, StoreError, pages};

use super::circuit::Circuits;
use super::{Wake, spawn};

/// Calls in flight at the same time. A slow platform holds a thread for up to 20 s a call; of one page there
/// are never more than [`outbox::MOST_PER_PAGE`], and it rests after five that failed (see [`Circuits`]).
pub const SENDERS: usize = 8;
/// A lost wake-up costs at most this.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The pause before the database is asked again that refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// Finds what a crash left in flight and starts the senders.
///
/// # Errors
/// The database's: then nothing was started.
pub fn start(
    store: &Store,
    channels: &Registry,
    wake: &Wake,
    public_url: &str,
) -> store::Result<Vec<JoinHandle<()>>> {
    let interrupted = store.write_blocking(outbox::recover)?;
    if interrupted > 0 {
        tracing::warn!(
            calls = interrupted,
            "the process had ended while messages were being sent"
        );
    }
    let circuits = Arc::new(Circuits::default());
    Ok((0..SENDERS)
        .map(|number| {
            let sender = Sender {
                store: store.clone(),
                channels: channels.clone(),
                wake: wake.clone(),
                circuits: circuits.clone(),
                public_url: public_url.to_owned(),
            };
            spawn(&format!("dispatch-{number}"), move || sender.run())
        })
        .collect())
}

struct Sender {
    store: Store,
    channels: Registry,
    wake: Wake,
    circuits: Arc<Circuits>,
    public_url: String,
}

impl Sender {
    fn run(&self) {
        while !self.wake.is_stopping() {
            match self.claim() {
                Ok(Claim::Call(call)) => {
                    // There may be more than this one, and a wake-up wakes one thread.
                    self.wake.wake(Worker::Dispatch);
                    self.make(&call);
                }
                Ok(Claim::Nothing(next)) => {
                    self.wake.wait(Worker::Dispatch, self.pause(next));
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be read or written");
                    self.wake.pause(AFTER_REFUSAL);
                }
            }
        }
    }

    fn claim(&self) -> store::Result<Claim> {
        let circuits = self.circuits.clone();
        self.store.write_blocking(move |tx| {
            let claim = outbox::claim_due(tx, &circuits.resting(Instant::now()))?;
            if let Claim::Call(call) = &claim {
                circuits.began(call.ticket.page, Instant::now());
            }
            Ok(claim)
        })
    }

    /// How long nothing is to be done unless something happens.
    fn pause(&self, next: Option<Timestamp>) -> Duration {
        let until_due = next.map(|next| next.since(clock::now()));
        let until_probe = self
            .circuits
            .next_probe(Instant::now())
            .map(|probe| probe.saturating_duration_since(Instant::now()));
        // A probe that is due already waits for something else: its page's pause, or a call.
        let until_probe = until_probe.filter(|pause| !pause.is_zero());
        let pauses = [Some(LOOK_EVERY), until_due, until_probe];
        pauses.into_iter().flatten().min().unwrap_or(LOOK_EVERY)
    }

    fn make(&self, call: &Claimed) {
        let came = match self.refusal(call) {
            Some(outcome) => Came::NotSent {
                outcome,
                doubt: false,
            },
            None => self.hand_over(call),
        };
        self.record(call.ticket, came);
    }

    /// Why the platform need not be asked. `None`: it is to be.
    fn refusal(&self, call: &Claimed) -> Option<Outcome> {
        let now = clock::now();
        if let Some(doubt) = &call.doubt {
            // A retry key is forgotten after a day; then a repetition is a second message.
            let is_too_late = !retry::may_try_again(call.ticket.first_tried_at, now);
            return is_too_late.then(|| Outcome::Unknown(doubt.clone()));
        }
        if let Some(why_not) = call.files.iter().find_map(|file| file.unsendable) {
            return Some(Outcome::Failed(Reason::of(why_not.word())));
        }
        let why_not = match self.window(call, now)? {
            Window::Always | Window::Open(_) | Window::Tagged(..) => return None,
            Window::Closed(_) => Reason::WINDOW_CLOSED,
            Window::HeldElsewhere => Reason::HELD_ELSEWHERE,
        };
        Some(Outcome::Failed(Reason::of(why_not)))
    }

    /// The reply window as of now, not as of when the message was written. `None` without such a channel.
    fn window(&self, call: &Claimed, now: Timestamp) -> Option<Window> {
        let channel = self.channels.get(&call.channel)?;
        let circumstances = Circumstances {
            tag_allowed: call.human_agent_tag && call.by_person,
            last_inbound_at: call.last_inbound_at,
            standby: call.standby,
        };
        Some(window::check(channel.window(), circumstances, now))
    }

    fn hand_over(&self, call: &Claimed) -> Came {
        match self.send(call) {
            Ok(sent) => {
                self.circuits.answered(call.ticket.page);
                if let Some(used) = sent.used_percent {
                    let gap = delivery::gap(used);
                    self.circuits.pace(call.ticket.page, gap, Instant::now());
                }
                Came::Sent {
                    counted: self.is_counted(call, sent.way),
                    took_control: sent.took_control,
                    platform_ids: sent.platform_ids,
                    way: sent.way,
                    request_id: sent.request_id,
                    kept_there: kept_there(call, sent.kept),
                }
            }
            Err(error) => {
                self.note_in_circuit(call, &error);
                let outcome = delivery::decide(Try {
                    error: &error,
                    tries: call.ticket.tries,
                    first_tried_at: call.ticket.first_tried_at,
                    now: clock::now(),
                    doubt: call.doubt.is_some(),
                    can_wait: call.by_person,
                    looked: call.known.is_some(),
                    echoes: self.echoes(call),
                    luck: luck(),
                });
                tracing::info!(
                    page = %call.ticket.page,
                    call = %call.ticket.outbox,
                    tries = call.ticket.tries,
                    error = error.word(),
                    outcome = outcome.word(),
                    "a message was not sent"
                );
                Came::NotSent {
                    outcome,
                    doubt: matches!(error, SendError::Uncertain(_) | SendError::Repeatable(_)),
                }
            }
        }
    }

    fn is_counted(&self, call: &Claimed, way: &str) -> Option<bool> {
        self.channels.get(&call.channel)?.is_counted(way)
    }

    fn echoes(&self, call: &Claimed) -> bool {
        let channel = self.channels.get(&call.channel);
        channel.is_some_and(|channel| channel.echoes())
    }

    fn send(&self, call: &Claimed) -> Result<Sent, SendError> {
        let channel = self
            .channels
            .get(&call.channel)
            .ok_or(SendError::NoChannel)?;
        let credentials = self.credentials(call)?;
        let tag = self.window(call, clock::now()).and_then(Window::tag);
        channel.send(
            &credentials,
            &Call {
                to: call.to.clone(),
                texts: call.texts.clone(),
                quotes: call.quotes.clone(),
                files: call.files.iter().map(|file| self.out_file(file)).collect(),
                idempotency_key: call.idempotency_key.clone(),
                reply_token: call.reply_token.clone(),
                tag,
                earlier: match (&call.doubt, &call.reply_token) {
                    (None, _) => Earlier::Nothing,
                    (Some(_), None) => Earlier::Doubt,
                    (Some(_), Some(_)) => Earlier::DoubtWithReplyToken,
                },
                look: call.known.clone().map(|known| Look {
                    since: call.ticket.first_tried_at,
                    known,
                }),
                by_person: call.by_person,
                sender: call.sender.clone(),
            },
        )
    }

    fn out_file(&self, file: &CarriedFile) -> OutFile {
        let address = |link: &String| format!("{}/media/{link}", self.public_url);
        OutFile {
            kind: file.kind,
            name: file.kept.name.clone(),
            media_type: file.kept.media_type.clone(),
            size_bytes: file.kept.size_bytes,
            path: self.store.files().path(&file.kept.content),
            duration: file.duration,
            links: file.links.as_ref().map(|links| OutLinks {
                file: address(&links.file),
                preview: file.has_preview.then(|| address(&links.preview)),
                until: links.until,
            }),
            known_as: file.known_as.clone(),
        }
    }

    fn credentials(&self, call: &Claimed) -> Result<Credentials, SendError> {
        let found = self
            .store
            .read(|reader| pages::credentials(reader, call.ticket.page));
        match found {
            Ok(Some(found)) => Ok(Credentials::from(found)),
            Ok(None) => Err(SendError::NoSecret),
            Err(error) => {
                tracing::error!(%error, "a page's credentials cannot be read");
                Err(match error {
                    StoreError::Sealed(_) => SendError::NoSecret,
                    _ => SendError::Hindered,
                })
            }
        }
    }

    fn note_in_circuit(&self, call: &Claimed, error: &SendError) {
        let page = call.ticket.page;
        match error {
            // Without a call: see `Channel::send`.
            SendError::Uncertain(_) if call.doubt.is_some() => {}
            SendError::Hindered | SendError::NoSecret | SendError::NoChannel => {}
            SendError::Unreachable(_) | SendError::Repeatable(_) | SendError::Uncertain(_) => {
                self.circuits.failed(page, Instant::now());
            }
            SendError::Throttled { .. } | SendError::Restricted(_) => {
                self.circuits.go_singly(page, Instant::now());
            }
            _ => self.circuits.answered(page),
        }
    }

    /// Keeps trying while the process lives: what came of a call must not be lost to a full disk.
    fn record(&self, ticket: Ticket, came: Came) {
        loop {
            let came = came.clone();
            let recorded = self
                .store
                .write_blocking(move |tx| outbox::finish(tx, &ticket, came));
            let Err(error) = recorded else { return };
            tracing::error!(%error, call = %ticket.outbox, "what came of a call cannot be recorded");
            if !self.wake.pause(AFTER_REFUSAL) {
                return;
            }
        }
    }
}

/// What the platform keeps of the call's one file, as far as it says so. Documents are shown with their names, and it
/// keeps them with the name that they had: the same one may be called differently next time.
fn kept_there(
    call: &Claimed,
    kept: Option<(String, Duration)>,
) -> Vec<(CarriedFile, String, Timestamp)> {
    match (&call.files[..], kept) {
        ([file], Some((id, time))) if file.kind != AttachmentKind::File => {
            vec![(file.clone(), id, clock::now().plus(time))]
        }
        _ => Vec::new(),
    }
}

/// 0 to 1, evenly.
fn luck() -> f64 {
    f64::from(u32::from_le_bytes(crypto::random())) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
