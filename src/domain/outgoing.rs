//! Files that agents send: what becomes of one before it goes out. What a platform wants is told by its adapter;
//! this is the vocabulary.

use std::time::Duration;

use super::attachments::{self, Policy, Refusal, extension};
use super::media::Type;
use super::words::words;

/// A public address of a picture or recording leads there for so long: phones fetch what is in a chat again and
/// again. (contracts/line.md §3)
pub const SHOWN_FOR: Duration = Duration::from_secs(365 * 24 * 3600);
/// And that of a document, which somebody keeps who wants to have it.
pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// Larger pictures are not decoded: each would take 200 MB. (Cameras of phones make 12 to 50 million.)
pub const MOST_PIXELS: u64 = 50_000_000;
/// What does not end within this was interrupted.
pub const LEASE: Duration = Duration::from_secs(120);
/// What interrupts us so often is left alone: it may be what ended the process.
pub const TRIES: u32 = 3;

/// What a channel does with a file of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Hands it over as it is.
    AsItIs,
    /// Hands over a picture that we make of it.
    Picture {
        /// The largest that the platform takes, in bytes.
        largest: u64,
        /// The largest small one that it wants beside it, in bytes; `None`: it wants none.
        preview: Option<u64>,
    },
    /// Plays it, and wants a picture beside it of at most so many bytes.
    Video {
        /// In bytes.
        preview: u64,
    },
    /// Plays it, and wants to know how long it is.
    Audio,
    /// Carries no such files: the customer gets a link.
    Link,
}

impl Manner {
    /// Whether something is to be made of the file before it goes out.
    pub fn needs_work(self) -> bool {
        !matches!(self, Manner::AsItIs | Manner::Link)
    }

    /// For how long its public address leads there.
    pub fn lasts(self) -> Duration {
        match self {
            Manner::Link => KEPT_FOR,
            _ => SHOWN_FOR,
        }
    }
}

words! {
    /// Why a file cannot go out, seen when something was to be made of it. Said by the locale key `reason-<word>`.
    Unsendable {
        /// It is no picture, or a broken one.
        Damaged = "picture-damaged",
        /// It has more than [`MOST_PIXELS`].
        TooManyPixels = "picture-too-many-pixels",
    }
}

words! {
    /// What was made of a file, and what for.
    Purpose {
        /// A picture, small enough for the log.
        Small = "small",
        /// What goes out instead of it.
        Sent = "sent",
        /// A picture that the platform wants beside it.
        Preview = "preview",
    }
}

/// Whether the file that arrived, called `name`, may go out after all: by what it is. A program may call itself a
/// picture; and what iPhones make is read by nobody else.
///
/// # Errors
/// Why not.
pub fn may_go_out(policy: &Policy, found: Type) -> Result<(), Refusal> {
    if found.mime == "image/heic" {
        return Err(Refusal::Heic);
    }
    match policy
        .blocked
        .iter()
        .any(|ending| ending == found.extension)
    {
        true => Err(Refusal::Blocked),
        false => Ok(()),
    }
}

/// Whether a file called `name` may go out, as far as its name and the `size` that has come of it tell. `is_on`:
/// agents may send files on this page at all.
///
/// # Errors
/// Why not.
pub fn may_begin(policy: &Policy, is_on: bool, name: &str, size: u64) -> Result<(), Refusal> {
    match attachments::may_send(policy, is_on, &judged_name(name), size) {
        Err(Refusal::TypeNotAllowed) if is_called_heic(name) => Err(Refusal::Heic),
        judged => judged,
    }
}

fn is_called_heic(name: &str) -> bool {
    extension(name).is_some_and(|ending| ["heic", "heif"].contains(&ending.as_str()))
}

/// The name by which a file that is to be sent is judged: one that we make a picture of has that one's ending.
pub fn judged_name(name: &str) -> String {
    match extension(name).as_deref() {
        Some("webp") => format!("{}.jpg", stem(name)),
        _ => name.to_owned(),
    }
}

/// A name with another ending.
pub fn renamed(name: &str, ending: &str) -> String {
    match extension(name).as_deref() {
        Some("jpeg") if ending == "jpg" => name.to_owned(),
        Some(own) if own == ending => name.to_owned(),
        _ => format!("{}.{ending}", stem(name)),
    }
}

fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// A size that fits into a square of `side`, in the same proportions; at least one pixel each way. What fits stays as
/// it is.
pub fn fitted((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width.max(1), height.max(1));
    }
    let scaled = |length: u32| {
        let scaled = u64::from(length) * u64::from(side) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::super::media::type_of;
    use super::*;

    #[test]
    fn what_a_file_is_decides_whether_it_goes_out() {
        let policy = Policy {
            limit_kb: 5_120,
            blocked: vec!["exe".into()],
            outbound: vec!["jpg".into()],
            inbound: Vec::new(),
        };
        for (mime, expected) in [
            ("image/jpeg", Ok(())),
            ("", Ok(())),
            ("image/heic", Err(Refusal::Heic)),
            (
                "application/vnd.microsoft.portable-executable",
                Err(Refusal::Blocked),
            ),
        ] {
            assert_eq!(may_go_out(&policy, type_of(mime)), expected, "{mime}");
        }
        for (name, expected) in [
            ("kuva.webp", Ok(())),
            ("kuva.HEIC", Err(Refusal::Heic)),
            ("kuva.tif", Err(Refusal::TypeNotAllowed)),
        ] {
            assert_eq!(may_begin(&policy, true, name, 10), expected, "{name}");
        }
    }

    #[test]
    fn a_name_gets_the_ending_of_what_is_sent() {
        for (name, ending, expected) in [
            ("kuva.webp", "jpg", "kuva.jpg"),
            ("kuva.jpeg", "jpg", "kuva.jpeg"),
            ("kuva.JPG", "jpg", "kuva.JPG"),
            ("kuva.gif", "png", "kuva.png"),
            ("kuva", "png", "kuva.png"),
            (".webp", "png", ".webp.png"),
        ] {
            assert_eq!(renamed(name, ending), expected, "{name}");
        }
        assert_eq!(judged_name("a.b.WEBP"), "a.b.jpg");
        assert_eq!(judged_name("a.pdf"), "a.pdf");
    }

    #[test]
    fn a_picture_is_made_smaller_in_its_proportions_and_never_larger() {
        for (size, side, expected) in [
            ((4000, 3000), 1000, (1000, 750)),
            ((30, 20), 1000, (30, 20)),
            ((10_000, 2), 1000, (1000, 1)),
            ((u32::MAX, u32::MAX), 1000, (1000, 1000)),
        ] {
            assert_eq!(fitted(size, side), expected);
        }
    }
}
