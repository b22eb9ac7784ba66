//! A conversation as the customer's phone shows it.

use std::sync::Arc;

/// Who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The customer, on this phone.
    Customer,
    /// The page or official account.
    Business,
}

/// How far a message came. For the customer's own: *delivered* is the webhook answered 2xx.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tick {
    /// The platform has it.
    Sent,
    /// It reached the other side.
    Delivered,
    /// The other side looked at it.
    Read,
}

/// A picture, a recording or a document on the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// Its name; may be empty.
    pub name: String,
    /// What the platform says that it is.
    pub media_type: String,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// One bubble on the customer's phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptEntry {
    /// The platform's message id.
    pub id: String,
    /// Who wrote it.
    pub side: Side,
    /// `text`, or the platform's name of what it is instead: `image`, `sticker`, `location` …
    pub kind: String,
    /// The words; empty for what is not text.
    pub text: String,
    /// When, in milliseconds since 1970 UTC of the platforms' clock.
    pub at_ms: i64,
    /// How far it came.
    pub tick: Tick,
    /// The customer changed the words afterwards.
    pub is_edited: bool,
    /// The customer took it back.
    pub is_unsent: bool,
    /// The customer's reaction to it, as an emoji.
    pub reaction: Option<String>,
    /// What the bubble shows beside words.
    pub enclosed: Option<Enclosed>,
    /// Why the phone cannot show what belongs there.
    pub trouble: Option<String>,
    /// Where the bubble's button leads.
    pub link: Option<String>,
}

impl TranscriptEntry {
    pub(super) fn new(id: &str, side: Side, kind: &str, text: &str, at_ms: i64) -> Self {
        Self {
            id: id.to_owned(),
            side,
            kind: kind.to_owned(),
            text: text.to_owned(),
            at_ms,
            tick: Tick::Sent,
            is_edited: false,
            is_unsent: false,
            reaction: None,
            enclosed: None,
            trouble: None,
            link: None,
        }
    }

    pub(super) fn with(self, enclosed: Option<Enclosed>) -> Self {
        Self { enclosed, ..self }
    }
}

/// The bubbles of one customer, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Vec<TranscriptEntry>);

impl Transcript {
    pub(super) fn push(&mut self, entry: TranscriptEntry) {
        self.0.push(entry);
    }

    pub(super) fn entries(&self) -> &[TranscriptEntry] {
        &self.0
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut TranscriptEntry> {
        self.0.iter_mut().rev().find(|entry| entry.id == id)
    }

    /// Moves all messages of `side` forward to `tick`, never back.
    pub(super) fn tick_all(&mut self, side: Side, tick: Tick) {
        for entry in self.0.iter_mut().filter(|entry| entry.side == side) {
            entry.tick = entry.tick.max(tick);
        }
    }

    /// Moves one message forward to `tick`, never back.
    pub(super) fn tick(&mut self, id: &str, tick: Tick) {
        if let Some(entry) = self.find_mut(id) {
            entry.tick = entry.tick.max(tick);
        }
    }
}
