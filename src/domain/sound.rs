//! How a person hears of what happens while he looks elsewhere. (Specification §4.3.)

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::words::words;

/// How loud, in hundredths of the loudest.
pub const VOLUME: RangeInclusive<u8> = 0..=100;

words! {
    /// A sound. The browser makes it; there is no file.
    Sound {
        /// Two tones that rise.
        Chime = "chime",
        /// One tone that rings on.
        Bell = "bell",
        /// Two short low ones.
        Knock = "knock",
        /// None.
        Silent = "silent",
    }
}

/// What a person hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sounds {
    /// Within [`VOLUME`].
    pub volume: u8,
    /// An offer sounds again and again until it is answered.
    pub repeats: bool,
    /// A new message in an open session.
    pub message: Sound,
    /// An offer, by the channel's name; see [`Sounds::offer`].
    pub offers: BTreeMap<String, Sound>,
}

impl Default for Sounds {
    fn default() -> Sounds {
        Sounds {
            volume: 60,
            repeats: true,
            message: Sound::Knock,
            offers: BTreeMap::new(),
        }
    }
}

impl Sounds {
    /// The sound of an offer on a channel, also of one that nothing was chosen for.
    pub fn offer(&self, channel: &str) -> Sound {
        self.offers.get(channel).copied().unwrap_or(Sound::Chime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_chose_is_heard() {
        let sounds = Sounds::default();
        assert!(VOLUME.contains(&sounds.volume) && sounds.volume > 0);
        assert_ne!(sounds.offer("any"), Sound::Silent);
        assert_ne!(sounds.message, sounds.offer("any"), "told apart by ear");
    }
}
