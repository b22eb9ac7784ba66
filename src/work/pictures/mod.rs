//! Looks at files that are here: makes small pictures for the log, and what platforms take instead of what they do
//! not. Never in a request: a picture of 50 million pixels takes a second and 200 MB, so that one is opened at a time.
//!
//! A message of ours goes out when its files are done. What a crash interrupts is begun anew, but not for ever: the
//! file may be what ended the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::channels::Registry;
use crate::clock;
use crate::domain::live_event::Worker;
use crate::domain::media::type_of;
use crate::domain::message::AttachmentKind;
use crate::domain::outgoing::{LEASE, Manner, Purpose, Unsendable};
use crate::store::files::{Arrived, Files};
use crate::store::renditions::{self, Rendition, Seen, ToPrepare};
use crate::store::{self, Store, StoreError};

use super::{Wake, spawn};
use drawing::{Drawn, Picture};

mod drawing;
mod recording;

/// A lost wake-up costs at most this.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The pause before the database, or the disk, is asked again that refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
/// And before a file is looked at again for which the disk had no room.
const AFTER_FULL: Duration = Duration::from_secs(30);
/// The longer side of a picture in the log, twice as many pixels as it is shown with.
const SMALL: u32 = 640;
/// A file up to this size needs no smaller one, in bytes.
const SMALL_ENOUGH: u64 = 150_000;
/// What a small picture may take, in bytes.
const SMALL_BYTES: u64 = 300_000;
/// The longer side of a picture that is made to be sent.
const SENT: u32 = 4_096;
/// The longer side of the small one beside it.
const PREVIEW: u32 = 1_024;

/// Finds what a crash interrupted and starts the worker.
///
/// # Errors
/// The database's: then nothing was started.
pub fn start(store: &Store, channels: &Registry, wake: &Wake) -> store::Result<JoinHandle<()>> {
    store.write_blocking(renditions::recover)?;
    let maker = Maker {
        store: store.clone(),
        channels: channels.clone(),
        wake: wake.clone(),
    };
    Ok(spawn("pictures", move || maker.run()))
}

struct Maker {
    store: Store,
    channels: Registry,
    wake: Wake,
}

impl Maker {
    fn run(&self) {
        while !self.wake.is_stopping() {
            match self.step() {
                Ok(None) => {}
                Ok(Some(pause)) => {
                    self.wake.wait(Worker::Pictures, pause);
                }
                Err(error) => {
                    tracing::error!(%error, "what was made of a file cannot be kept");
                    self.wake.pause(AFTER_REFUSAL);
                }
            }
        }
    }

    /// Looks at the file that waits longest. `Some`: none does; for how long.
    fn step(&self) -> store::Result<Option<Duration>> {
        let claimed = self
            .store
            .write_blocking(|tx| renditions::claim(tx, LEASE))?;
        let Some(file) = claimed else {
            let next = self.store.read(renditions::next_due)?;
            let pause = next.map(|next| next.since(clock::now()).min(LOOK_EVERY));
            return Ok(Some(pause.unwrap_or(LOOK_EVERY)));
        };
        let made = match file.is_hopeless {
            true => Ok(Made::broken(file.is_ours)),
            false => self.make(&file),
        };
        match made.and_then(|made| self.keep(&file, made)) {
            Err(StoreError::File(error)) => {
                tracing::warn!(attachment = %file.id, %error, "a picture could not be made");
                let id = file.id;
                self.store.write_blocking(move |tx| {
                    renditions::later(tx, id, tx.now().plus(AFTER_FULL))
                })?;
            }
            other => other?,
        }
        Ok(None)
    }

    fn make(&self, file: &ToPrepare) -> store::Result<Made> {
        let found = type_of(&file.kept.media_type);
        let manner = match self.channels.get(&file.channel) {
            Some(channel) if file.is_ours => channel.manner(found),
            _ => Manner::AsItIs,
        };
        let files = self.store.files();
        let work = || match (manner, file.kind) {
            (Manner::Video { preview }, _) => of_video(files, file, preview),
            (Manner::Audio, _) => of_audio(files, file),
            (_, AttachmentKind::Picture | AttachmentKind::Sticker) => {
                of_picture(files, file, manner)
            }
            _ => Ok(Made::default()),
        };
        // A decoder that is led astray by a stranger's bytes must not end the process.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            tracing::warn!(attachment = %file.id, "a file could not be looked at");
            Ok(Made::broken(file.is_ours && manner.needs_work()))
        })
    }

    fn keep(&self, file: &ToPrepare, made: Made) -> store::Result<()> {
        let Made { seen, drawn } = made;
        let rendition =
            |(purpose, media_type, arrived): &(Purpose, &'static str, Arrived)| Rendition {
                purpose: *purpose,
                content: arrived.content.clone(),
                media_type,
                size_bytes: arrived.size,
            };
        let renditions: Vec<Rendition> = drawn.iter().map(rendition).collect();
        let arrived = drawn.into_iter().map(|(_, _, arrived)| arrived);
        let (file, store) = (file.clone(), &self.store);
        store.files().keep(arrived, || {
            store.write_blocking(move |tx| renditions::prepared(tx, &file, &seen, &renditions))
        })
    }
}

/// What was made of a file.
#[derive(Default)]
struct Made {
    seen: Seen,
    drawn: Vec<(Purpose, &'static str, Arrived)>,
}

impl Made {
    /// Nothing, as it cannot be read. `is_needed`: then it cannot go out either.
    fn broken(is_needed: bool) -> Made {
        Made {
            seen: Seen {
                unsendable: is_needed.then_some(Unsendable::Damaged),
                ..Seen::default()
            },
            ..Made::default()
        }
    }

    fn add(&mut self, files: &Files, purpose: Purpose, drawn: &Drawn) -> store::Result<()> {
        let mut incoming = files.begin()?;
        std::io::Write::write_all(&mut incoming, &drawn.bytes)?;
        self.drawn
            .push((purpose, drawn.media_type, incoming.finish()?));
        Ok(())
    }
}

fn of_picture(files: &Files, file: &ToPrepare, manner: Manner) -> store::Result<Made> {
    let picture = match Picture::open(files.read(&file.kept.content)?) {
        Ok(picture) => picture,
        Err(why) => {
            let mut made = Made::broken(false);
            made.seen.unsendable = manner.needs_work().then_some(why);
            return Ok(made);
        }
    };
    let mut made = Made::default();
    if let Manner::Picture { largest, preview } = manner {
        made.seen.is_still = picture.moves;
        made.add(files, Purpose::Sent, &picture.drawn(SENT, largest))?;
        if let Some(most) = preview {
            made.add(files, Purpose::Preview, &picture.drawn(PREVIEW, most))?;
        }
    }
    if file.kept.size_bytes > SMALL_ENOUGH && !picture.moves {
        made.add(files, Purpose::Small, &picture.drawn(SMALL, SMALL_BYTES))?;
    }
    Ok(made)
}

/// The platform wants a picture of the video's shape beside it. What is on the video itself nobody here can see:
/// it is a plain one. A video whose shape cannot be told goes out as a link.
fn of_video(files: &Files, file: &ToPrepare, most: u64) -> store::Result<Made> {
    let mut made = Made::default();
    let found = recording::mp4(&mut files.read(&file.kept.content)?)?;
    if let Some(size) = found.and_then(|found| found.size) {
        made.add(
            files,
            Purpose::Preview,
            &drawing::of_a_video(size, PREVIEW, most),
        )?;
    }
    Ok(made)
}

/// One whose length cannot be told goes out as a link.
fn of_audio(files: &Files, file: &ToPrepare) -> store::Result<Made> {
    let mut bytes = files.read(&file.kept.content)?;
    let duration = match file.kept.media_type.as_str() {
        "audio/mpeg" => recording::mp3(&mut bytes)?,
        _ => recording::mp4(&mut bytes)?.and_then(|found| found.duration),
    };
    let mut made = Made::default();
    made.seen.duration = duration;
    Ok(made)
}
