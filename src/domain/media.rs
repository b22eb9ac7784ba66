//! What customers send beside words: when it is fetched, what it turns out to be, and how it is named and shown.
//!
//! A platform keeps such a file for a while only (Messenger's addresses expire within days, LINE deletes content
//! after an undisclosed time): it is fetched at once. What it is, its bytes say; names and declared types are
//! a stranger's words.

use std::time::Duration;

use super::attachments::{Refusal, extension};
use super::names;
use super::retry;
use super::words::words;

/// How many bytes from the beginning of a file [`sniff`] wants to see.
pub const HEAD: usize = 512;
/// One fetch takes at most this long.
pub const FETCH: Duration = Duration::from_secs(120);
/// A fetch that is not over after this was interrupted.
pub const LEASE: Duration = Duration::from_secs(180);
/// After so many tries a person decides.
const TRIES: u32 = 12;
/// A large video may be prepared for many minutes (line.md §4): asked again after at most this.
const PREPARED_IN: Duration = Duration::from_secs(60);
/// So often at most, about half an hour in all.
const PREPARING_TRIES: u32 = 36;

words! {
    /// Where a file stands.
    Stage {
        /// Is fetched as soon as somebody has time, or again later.
        Waiting = "waiting",
        /// Is being fetched.
        Fetching = "fetching",
        /// Is here.
        Here = "here",
        /// Is not taken, by a rule of ours.
        Refused = "refused",
        /// Could not be had.
        Failed = "failed",
    }
}

/// Why a file was not had this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The platform is still preparing it, or gave nothing.
    NotReady,
    /// The platform has it no longer.
    Gone,
    /// It is longer than it may be: that was seen while it came.
    TooLarge,
    /// A rule of ours.
    Refused(Refusal),
    /// It lies on a server that is none of the platform's, or leads to one: such a place is not visited.
    Elsewhere,
    /// The platform was not reached, or is out of order; what it said, for the log.
    Later(String),
    /// The platform refuses the page's token; what it said, for the log.
    Credentials(String),
    /// Our disk did not take it; why, for the log.
    Disk(String),
}

/// What is done about a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another try, so much later.
    Again(Duration),
    /// None: the state, and the word of the reason in the locale key `media-why-<word>`.
    Over(Stage, &'static str),
}

impl Fault {
    /// What is done after `tries` tries (1 or more) ended with this. `luck` in 0..=1 spreads those that failed
    /// together.
    pub fn next(&self, tries: u32, luck: f64) -> Next {
        let again = |pause: Duration, most: u32, word| match tries < most {
            true => Next::Again(pause),
            false => Next::Over(Stage::Failed, word),
        };
        let pause = retry::pause(tries, luck, None);
        match self {
            Fault::NotReady => again(pause.min(PREPARED_IN), PREPARING_TRIES, "not-ready"),
            Fault::Gone => Next::Over(Stage::Failed, "gone"),
            Fault::Elsewhere => Next::Over(Stage::Failed, "elsewhere"),
            Fault::TooLarge => Next::Over(Stage::Refused, "too-large"),
            Fault::Refused(refusal) => Next::Over(Stage::Refused, refusal.word()),
            Fault::Later(_) => again(pause, TRIES, "unreachable"),
            Fault::Credentials(_) => again(pause, TRIES, "credentials"),
            Fault::Disk(_) => again(pause, TRIES, "disk"),
        }
    }
}

words! {
    /// What a browser makes of a file.
    Form {
        /// Shows it.
        Picture = "picture",
        /// Plays it.
        Video = "video",
        /// Plays it.
        Audio = "audio",
        /// Keeps it: opened inside a page of ours it could act there.
        Download = "download",
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// As `Content-Type` says it.
    pub mime: &'static str,
    /// The usual ending of its name, without the dot.
    pub extension: &'static str,
    /// What a browser makes of it.
    pub form: Form,
}

/// What nobody knows.
pub const UNKNOWN: Type = Type {
    mime: "application/octet-stream",
    extension: "bin",
    form: Form::Download,
};

const fn kind(mime: &'static str, extension: &'static str, form: Form) -> Type {
    Type {
        mime,
        extension,
        form,
    }
}

/// Every type that is told apart.
const TYPES: &[Type] = &[
    kind("image/jpeg", "jpg", Form::Picture),
    kind("image/png", "png", Form::Picture),
    kind("image/gif", "gif", Form::Picture),
    kind("image/webp", "webp", Form::Picture),
    kind("video/mp4", "mp4", Form::Video),
    kind("video/webm", "webm", Form::Video),
    kind("audio/mp4", "m4a", Form::Audio),
    kind("audio/mpeg", "mp3", Form::Audio),
    kind("audio/ogg", "ogg", Form::Audio),
    kind("audio/wav", "wav", Form::Audio),
    kind("audio/aac", "aac", Form::Audio),
    kind("audio/amr", "amr", Form::Download),
    kind("image/heic", "heic", Form::Download),
    kind("video/quicktime", "mov", Form::Download),
    kind("application/pdf", "pdf", Form::Download),
    kind("application/zip", "zip", Form::Download),
    kind("application/x-ole-storage", "ole", Form::Download),
    kind(
        "application/vnd.microsoft.portable-executable",
        "exe",
        Form::Download,
    ),
    kind("application/x-elf", "elf", Form::Download),
    kind("text/plain", "txt", Form::Download),
    kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        Form::Download,
    ),
    kind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        Form::Download,
    ),
    kind("application/vnd.ms-excel", "xls", Form::Download),
    kind("text/html", "html", Form::Download),
    kind("image/svg+xml", "svg", Form::Download),
];

/// The type that was stored under this name; [`UNKNOWN`] for any other.
pub fn type_of(mime: &str) -> Type {
    let known = TYPES.iter().find(|known| known.mime == mime);
    known.copied().unwrap_or(UNKNOWN)
}

/// What a file is, by its first [`HEAD`] bytes.
pub fn sniff(head: &[u8]) -> Type {
    type_of(mime(head).unwrap_or_default())
}

/// What a file is that is called `name`, where its first bytes leave that open: a document of an office program is an
/// archive by them, and plain words are nothing.
pub fn called(found: Type, name: &str) -> Type {
    let ending = extension(name).unwrap_or_default();
    let is_open = match ending.as_str() {
        "docx" | "xlsx" => found.extension == "zip",
        "xls" => found.extension == "ole",
        "txt" => found == UNKNOWN,
        _ => false,
    };
    let named = TYPES.iter().find(|known| known.extension == ending);
    named.copied().filter(|_| is_open).unwrap_or(found)
}

fn mime(head: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, sign: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(sign))
    };
    Some(match head {
        _ if at(0, b"\xFF\xD8\xFF") => "image/jpeg",
        _ if at(0, b"\x89PNG\r\n\x1A\n") => "image/png",
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => "image/gif",
        _ if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        _ if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        _ if at(4, b"ftyp") => match head.get(8..12)? {
            b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc" => "image/heic",
            b"M4A " | b"M4B " => "audio/mp4",
            b"qt  " => "video/quicktime",
            _ => "video/mp4",
        },
        _ if at(0, b"\x1A\x45\xDF\xA3") => "video/webm",
        _ if at(0, b"OggS") => "audio/ogg",
        _ if at(0, b"#!AMR") => "audio/amr",
        _ if at(0, b"ID3") || matches!(head, [0xFF, 0xFB | 0xF3 | 0xF2 | 0xFA, ..]) => "audio/mpeg",
        _ if matches!(head, [0xFF, 0xF1 | 0xF9, ..]) => "audio/aac",
        _ if at(0, b"%PDF-") => "application/pdf",
        _ if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") => "application/zip",
        _ if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => "application/x-ole-storage",
        _ if at(0, b"MZ") => "application/vnd.microsoft.portable-executable",
        _ if at(0, b"\x7FELF") => "application/x-elf",
        _ => return markup(head),
    })
}

/// Text that a browser would run.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
    if text.contains("<svg")
        && (text.starts_with("<svg") || text.starts_with("<?xml") || text.starts_with("<!"))
    {
        return Some("image/svg+xml");
    }
    let begins = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<iframe",
    ];
    let is_page = begins.iter().any(|begin| text.starts_with(begin));
    is_page.then_some("text/html")
}

/// The name under which a file of the type `found` is kept: the one it came with, without what could deceive or
/// lead out of a folder; `fallback` where it had none (a picture of Messenger has a number for a name, or nothing).
/// What has no ending gets the usual one.
pub fn file_name(name: &str, found: Type, fallback: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let allowed = |sign: &char| !matches!(sign, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    let kept: String = last.chars().filter(allowed).collect();
    let kept = names::clean(kept.trim_start_matches(['.', ' ', '-']))
        .unwrap_or_else(|| fallback.to_owned());
    match kept.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && (1..=10).contains(&ending.len()) => kept,
        _ if found == UNKNOWN => kept,
        _ => format!("{kept}.{}", found.extension),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        for (head, extension) in [
            (&b"\xFF\xD8\xFF\xE0\x00\x10JFIF"[..], "jpg"),
            (b"\x89PNG\r\n\x1A\n\0\0", "png"),
            (b"GIF89a..", "gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (b"\0\0\0\x18ftypmp42", "mp4"),
            (b"\0\0\0\x18ftypM4A ", "m4a"),
            (b"\0\0\0\x18ftypheic", "heic"),
            (b"OggS\0\x02", "ogg"),
            (b"ID3\x04", "mp3"),
            (b"%PDF-1.7", "pdf"),
            (b"PK\x03\x04", "zip"),
            (b"MZ\x90\0", "exe"),
            (b" \n<!DOCTYPE html><p>", "html"),
            (b"<?xml version='1.0'?><svg onload=x>", "svg"),
            (b"hello", "bin"),
            (b"", "bin"),
            (b"\0\0\0\x18ftyp", "bin"),
        ] {
            assert_eq!(sniff(head).extension, extension, "{head:?}");
        }
    }

    #[test]
    fn a_name_tells_documents_apart_and_makes_nothing_of_what_is_known() {
        for (head, name, extension) in [
            (&b"PK\x03\x04"[..], "offer.docx", "docx"),
            (b"PK\x03\x04", "offer.XLSX", "xlsx"),
            (b"PK\x03\x04", "offer.pdf", "zip"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "offer.xls", "xls"),
            (b"hello", "offer.txt", "txt"),
            (b"<html>", "offer.txt", "html"),
            (b"MZ", "offer.docx", "exe"),
            (b"hello", "offer.jpg", "bin"),
        ] {
            assert_eq!(called(sniff(head), name).extension, extension, "{name}");
        }
    }

    #[test]
    fn only_what_cannot_act_in_a_page_is_shown_in_one() {
        for known in TYPES {
            let is_shown = known.form != Form::Download;
            let could_act = ["text/html", "image/svg+xml", "application/pdf"].contains(&known.mime);
            assert!(!(is_shown && could_act), "{known:?}");
        }
    }

    #[test]
    fn a_name_leads_nowhere_and_has_an_ending() {
        let jpeg = type_of("image/jpeg");
        for (name, found, kept) in [
            ("Invoice-7.pdf", type_of("application/pdf"), "Invoice-7.pdf"),
            ("../../etc/passwd", UNKNOWN, "passwd"),
            ("C:\\Users\\a\\photo", jpeg, "photo.jpg"),
            ("..hidden.png", jpeg, "hidden.png"),
            ("", jpeg, "picture-3.jpg"),
            ("\u{202E}fdp.exe", UNKNOWN, "fdp.exe"),
            ("a\"b<c>.txt", UNKNOWN, "abc.txt"),
            ("報價單", type_of("application/pdf"), "報價單.pdf"),
        ] {
            assert_eq!(file_name(name, found, "picture-3"), kept, "{name:?}");
        }
    }

    #[test]
    fn what_may_come_is_waited_for_and_what_is_gone_is_not() {
        let over = |word| Next::Over(Stage::Failed, word);
        let later = || Fault::Later(String::new());
        for (fault, tries, next) in [
            (Fault::NotReady, 1, Next::Again(Duration::from_secs(1))),
            (Fault::NotReady, 20, Next::Again(Duration::from_secs(60))),
            (Fault::NotReady, 36, over("not-ready")),
            (Fault::Gone, 1, over("gone")),
            (Fault::Elsewhere, 1, over("elsewhere")),
            (later(), 3, Next::Again(Duration::from_secs(4))),
            (later(), 12, over("unreachable")),
            (Fault::TooLarge, 1, Next::Over(Stage::Refused, "too-large")),
            (
                Fault::Refused(Refusal::Blocked),
                1,
                Next::Over(Stage::Refused, "blocked"),
            ),
        ] {
            assert_eq!(fault.next(tries, 1.0), next, "{fault:?} {tries}");
        }
    }
}
