//! Fetches the files that hang on messages, after those are stored: a platform keeps them for a while only, and
//! one that is slow, or has them no longer, never holds up a message.
//!
//! A fetch is put on record before it begins and its outcome after it ended; what a crash interrupts is begun
//! anew. What is done about a fault is decided in [`domain::media`](crate::domain::media).

use std::thread::JoinHandle;
use std::time::Duration;

use crate::channels::{Credentials, Registry, Wanted};
use crate::clock;
use crate::crypto;
use crate::domain::attachments::{self, Policy, Refusal};
use crate::domain::automation::{self, Receiver, Trigger};
use crate::domain::live_event::Worker;
use crate::domain::media::{self as rules, Fault, LEASE, Next, Type};
use crate::domain::message::{AttachmentKind, Author};
use crate::store::automated_messages::About;
use crate::store::files::Arrived;
use crate::store::media::{self, Due, Kept};
use crate::store::{self, Store, StoreError, Tx, automated_messages, pages, settings};

use super::{Wake, spawn};

/// Files fetched at the same time: a large one takes two minutes and must not hold up the small ones.
const FETCHERS: usize = 3;
/// A lost wake-up costs at most this.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The pause before the database is asked again that refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
/// Files removed before the next is fetched.
const TIDIED_AT_ONCE: usize = 100;

/// Finds what a crash interrupted and starts the fetchers.
///
/// # Errors
/// The database's: then nothing was started.
pub fn start(
    store: &Store,
    channels: &Registry,
    wake: &Wake,
) -> store::Result<Vec<JoinHandle<()>>> {
    store.write_blocking(media::recover)?;
    let fetcher = |number| {
        let fetcher = Fetcher {
            store: store.clone(),
            channels: channels.clone(),
            wake: wake.clone(),
        };
        spawn(&format!("media-{number}"), move || {
            if number == 0 {
                fetcher.tidy_after_a_crash();
            }
            fetcher.run();
        })
    };
    Ok((0..FETCHERS).map(fetcher).collect())
}

struct Fetcher {
    store: Store,
    channels: Registry,
    wake: Wake,
}

impl Fetcher {
    fn run(&self) {
        while !self.wake.is_stopping() {
            match self.step() {
                Ok(None) => {}
                Ok(Some(pause)) => {
                    self.wake.wait(Worker::Media, pause);
                }
                Err(error) => {
                    tracing::error!(%error, "what customers sent cannot be kept");
                    self.wake.pause(AFTER_REFUSAL);
                }
            }
        }
    }

    /// Fetches what is due longest. `Some`: nothing was; for how long nothing is.
    fn step(&self) -> store::Result<Option<Duration>> {
        self.tidy()?;
        let Some(due) = self.store.write_blocking(|tx| media::claim(tx, LEASE))? else {
            let next = self.store.read(media::next_due)?;
            let pause = next.map(|next| next.since(clock::now()).min(LOOK_EVERY));
            return Ok(Some(pause.unwrap_or(LOOK_EVERY)));
        };
        // There may be more than this one, and a wake-up wakes one thread.
        self.wake.wake(Worker::Media);
        match self.fetch(&due)? {
            Ok(file) => self.keep(due, file)?,
            Err(fault) => self.settle(due, fault)?,
        }
        Ok(None)
    }

    fn fetch(&self, due: &Due) -> store::Result<Result<File, Fault>> {
        let not_set_up = || Ok(Err(Fault::Credentials("the page is not set up".to_owned())));
        let Some(channel) = self.channels.get(&due.channel) else {
            return not_set_up();
        };
        let (credentials, policy) = self.store.read(|reader| {
            let credentials = pages::credentials(reader, due.page)?;
            let policy = settings::file_policy(reader, &due.channel, &channel.files())?;
            Ok((credentials, policy))
        })?;
        let Some(credentials) = credentials else {
            return not_set_up();
        };
        let attachment = &due.attachment;
        let named = (attachment.name.as_str(), attachment.size_bytes);
        if let Err(refusal) = judge(&policy, due, named.0, named.1) {
            return Ok(Err(Fault::Refused(refusal)));
        }
        let mut incoming = match self.store.files().begin() {
            Ok(incoming) => incoming,
            Err(error) => return Ok(Err(Fault::Disk(error.kind().to_string()))),
        };
        let wanted = Wanted {
            message: due.platform_id.as_deref(),
            attachment,
        };
        let most = u64::from(policy.limit_kb) * 1024;
        let credentials = Credentials::from(credentials);
        if let Err(fault) = channel.fetch(&credentials, &wanted, most, &mut incoming) {
            return Ok(Err(fault));
        }
        let arrived = match incoming.finish() {
            Ok(arrived) => arrived,
            Err(error) => return Ok(Err(Fault::Disk(error.kind().to_string()))),
        };
        let found = rules::sniff(&arrived.head);
        let name = match attachment.name.as_str() {
            "" => String::new(),
            name => rules::file_name(name, found, attachment.kind.word()),
        };
        // Also by what it is: a program may call itself a picture.
        let told = format!("{name}.{}", found.extension);
        Ok(match judge(&policy, due, &told, Some(arrived.size)) {
            Err(refusal) => Err(Fault::Refused(refusal)),
            Ok(()) => Ok(File {
                arrived,
                found,
                name,
            }),
        })
    }

    fn keep(&self, due: Due, file: File) -> store::Result<()> {
        let kept = Kept {
            content: file.arrived.content.clone(),
            media_type: file.found.mime.to_owned(),
            name: file.name,
            size_bytes: file.arrived.size,
        };
        let (again, store) = (due.clone(), &self.store);
        let came = store.files().keep([file.arrived], || {
            store.write_blocking(move |tx| media::arrived(tx, &due, &kept).map(drop))
        });
        match came {
            Err(StoreError::File(error)) => {
                self.settle(again, Fault::Disk(error.kind().to_string()))
            }
            came => came,
        }
    }

    fn settle(&self, due: Due, fault: Fault) -> store::Result<()> {
        if let Fault::Later(why) | Fault::Credentials(why) | Fault::Disk(why) = &fault {
            tracing::warn!(page = %due.page, attachment = %due.id, why, "a file was not fetched");
        }
        let luck = f64::from(u16::from_le_bytes(crypto::random())) / f64::from(u16::MAX);
        let next = fault.next(due.tries, luck);
        self.store.write_blocking(move |tx| match next {
            Next::Again(pause) => media::later(tx, &due, tx.now().plus(pause)),
            Next::Over(stage, why) => match media::over(tx, &due, stage, why)? {
                true => tell(tx, &due, &fault),
                false => Ok(()),
            },
        })
    }

    /// Removes files that nobody names any more.
    fn tidy(&self) -> store::Result<()> {
        let discarded = self
            .store
            .read(|reader| media::discarded(reader, TIDIED_AT_ONCE))?;
        for content in discarded {
            self.store.files().discard(&content, || {
                self.store.read(|reader| media::is_named(reader, &content))
            })?;
            self.store
                .write_blocking(move |tx| media::tidied(tx, &content))?;
        }
        Ok(())
    }

    fn tidy_after_a_crash(&self) {
        let is_named = |content: &str| self.store.read(|reader| media::is_named(reader, content));
        if let Err(error) = self.store.files().tidy(is_named) {
            tracing::warn!(%error, "the folder of the files cannot be tidied up");
        }
    }
}

/// What is said of a file that is not taken: to the customer, who believes that it arrived, and where the card in
/// the log is not enough to the agent. What came in long ago is left to people.
fn tell(tx: &Tx<'_>, due: &Due, fault: &Fault) -> store::Result<()> {
    let triggers: &[Trigger] = match fault {
        Fault::TooLarge | Fault::Refused(Refusal::TooLarge { .. }) => {
            &[Trigger::AgentFileTooLarge, Trigger::FileTooLarge]
        }
        Fault::Refused(_) => &[Trigger::FileRefused],
        _ => &[],
    };
    let is_late = tx.now().since(due.sent_at) > automation::LATE;
    for trigger in triggers {
        let is_for_customer = trigger.receiver() == Receiver::Customer;
        if due.author == Author::Customer && !(is_late && is_for_customer) {
            automated_messages::say(tx, due.conversation, *trigger, About::default())?;
        }
    }
    Ok(())
}

/// A file that came and is taken.
struct File {
    arrived: Arrived,
    found: Type,
    name: String,
}

/// Whether a file is taken. The customers' switch and kinds are for what customers send: what was written in the
/// platform's own inbox is ours. A sticker is no file that somebody chose.
fn judge(policy: &Policy, due: &Due, name: &str, size: Option<u64>) -> Result<(), Refusal> {
    let is_on = due.is_on
        || due.author != Author::Customer
        || due.attachment.kind == AttachmentKind::Sticker;
    let kind = match due.attachment.kind {
        AttachmentKind::Sticker => AttachmentKind::Picture,
        kind => kind,
    };
    match attachments::may_receive(policy, is_on, kind, name, size) {
        Err(Refusal::KindNotAllowed) if due.author != Author::Customer => Ok(()),
        judged => judged,
    }
}
