//! Which files may go out to customers and come in from them. (Specification §1.14, §5.5, §7.3.)

use std::ops::RangeInclusive;

use super::message::AttachmentKind;

/// Endings that are blocked until an administrator thinks otherwise: what runs when somebody opens it.
/// Sorted.
pub const DANGEROUS: &[&str] = &[
    "apk", "app", "bat", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "htm", "html", "iso",
    "jar", "js", "jse", "lnk", "msi", "msp", "pif", "ps1", "reg", "scr", "sh", "svg", "vbe", "vbs",
    "wsf", "wsh", "xhtml",
];

/// How long an ending may be, without its dot.
const EXTENSION: RangeInclusive<usize> = 1..=10;
/// How many endings a list may have.
pub const MOST_EXTENSIONS: usize = 100;

/// What a channel carries, told by its adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries {
    /// Endings that agents can send, in small letters without the dot.
    pub outbound: &'static [&'static str],
    /// Kinds that customers can send.
    pub inbound: &'static [AttachmentKind],
    /// The largest file that the platform takes, in kilobytes of 1,024 bytes: what the limit may sensibly be
    /// raised to. `None`: not known.
    pub largest_kb: Option<u32>,
}

/// What holds for files on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The largest file, in kilobytes of 1,024 bytes.
    pub limit_kb: u32,
    /// Endings that are never sent nor received.
    pub blocked: Vec<String>,
    /// Endings that agents may send.
    pub outbound: Vec<String>,
    /// Kinds that customers may send.
    pub inbound: Vec<AttachmentKind>,
}

/// Why a file is not taken. Said by the locale key `file-refused-<word>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody sends files here.
    SwitchedOff,
    /// It is larger than the limit, in kilobytes.
    TooLarge {
        /// The limit.
        limit_kb: u32,
    },
    /// Its ending is blocked everywhere.
    Blocked,
    /// The channel does not carry this ending, or the administrator took it out; or the file has none.
    TypeNotAllowed,
    /// The customer sent a kind that the channel's list does not have.
    KindNotAllowed,
    /// There is nothing in it.
    Empty,
    /// A picture as iPhones keep it, which the platforms and browsers do not read.
    Heic,
}

impl Refusal {
    /// The word in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Refusal::SwitchedOff => "switched-off",
            Refusal::TooLarge { .. } => "too-large",
            Refusal::Blocked => "blocked",
            Refusal::TypeNotAllowed => "type-not-allowed",
            Refusal::KindNotAllowed => "kind-not-allowed",
            Refusal::Empty => "empty",
            Refusal::Heic => "heic",
        }
    }
}

/// Whether an agent may send the file called `name` of `size` bytes on a channel with `policy`. `is_on`: agents
/// may send files on this page at all.
///
/// # Errors
/// Why not.
pub fn may_send(policy: &Policy, is_on: bool, name: &str, size: u64) -> Result<(), Refusal> {
    if !is_on {
        return Err(Refusal::SwitchedOff);
    }
    if size == 0 {
        return Err(Refusal::Empty);
    }
    fits(policy, name, size)?;
    let is_allowed = extension(name).is_some_and(|ending| policy.outbound.contains(&ending));
    is_allowed.then_some(()).ok_or(Refusal::TypeNotAllowed)
}

/// Whether the file that a customer sent is kept. `name` may be empty, and `size` unknown, where the platform
/// tells neither: ask again when the file is here. `is_on`: customers may send files on this page at all.
///
/// # Errors
/// Why not.
pub fn may_receive(
    policy: &Policy,
    is_on: bool,
    kind: AttachmentKind,
    name: &str,
    size: Option<u64>,
) -> Result<(), Refusal> {
    if !is_on {
        return Err(Refusal::SwitchedOff);
    }
    fits(policy, name, size.unwrap_or_default())?;
    let is_allowed = policy.inbound.contains(&kind);
    is_allowed.then_some(()).ok_or(Refusal::KindNotAllowed)
}

/// The limit, and every ending of the name: `invoice.exe.pdf` is blocked as well, some programs open what they
/// find first.
fn fits(policy: &Policy, name: &str, size: u64) -> Result<(), Refusal> {
    if size > u64::from(policy.limit_kb) * 1024 {
        return Err(Refusal::TooLarge {
            limit_kb: policy.limit_kb,
        });
    }
    let mut endings = name.trim().split('.').skip(1).map(str::to_lowercase);
    match endings.any(|ending| policy.blocked.contains(&ending)) {
        true => Err(Refusal::Blocked),
        false => Ok(()),
    }
}

/// The ending of a file's name in small letters, without the dot; `None` when it has none.
pub fn extension(name: &str) -> Option<String> {
    let (stem, ending) = name.trim().rsplit_once('.')?;
    (!stem.is_empty() && !ending.is_empty()).then(|| ending.to_lowercase())
}

/// The endings that somebody typed, parted by spaces, commas or lines, with or without dots: in small letters,
/// sorted, each once. `Err` holds the first that cannot be one, or an empty text when there are too many.
pub fn typed_extensions(typed: &str) -> Result<Vec<String>, String> {
    let parts = typed.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';'));
    let mut endings = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let ending = part.trim_start_matches(['*', '.']).to_lowercase();
        let is_fine = EXTENSION.contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_fine {
            return Err(part.to_owned());
        }
        endings.push(ending);
    }
    endings.sort();
    endings.dedup();
    match endings.len() > MOST_EXTENSIONS {
        true => Err(String::new()),
        false => Ok(endings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            limit_kb: 5_120,
            blocked: vec!["exe".into(), "pdfx".into()],
            outbound: ["jpg", "pdf", "exe"].map(str::to_owned).into(),
            inbound: vec![AttachmentKind::Picture],
        }
    }

    #[test]
    fn a_file_goes_out_when_its_size_and_ending_are_allowed() {
        let limit = 5_120 * 1024;
        for (name, size, expected) in [
            ("photo.JPG", limit, Ok(())),
            (
                "photo.jpg",
                limit + 1,
                Err(Refusal::TooLarge { limit_kb: 5_120 }),
            ),
            ("photo.jpg", 0, Err(Refusal::Empty)),
            ("table.xlsx", 10, Err(Refusal::TypeNotAllowed)),
            ("setup.exe", 10, Err(Refusal::Blocked)),
            ("invoice.exe.pdf", 10, Err(Refusal::Blocked)),
            ("pdf", 10, Err(Refusal::TypeNotAllowed)),
            (".pdf", 10, Err(Refusal::TypeNotAllowed)),
            ("report.", 10, Err(Refusal::TypeNotAllowed)),
        ] {
            assert_eq!(
                may_send(&policy(), true, name, size),
                expected,
                "{name} {size}"
            );
        }
        let off = may_send(&policy(), false, "photo.jpg", 10);
        assert_eq!(off, Err(Refusal::SwitchedOff));
    }

    #[test]
    fn a_customers_file_is_kept_when_its_kind_is_allowed_and_what_is_known_of_it_fits() {
        use AttachmentKind::{File, Picture};
        for (kind, name, size, expected) in [
            (Picture, "", None, Ok(())),
            (Picture, "a.png", Some(5_120 * 1024), Ok(())),
            (
                Picture,
                "a.png",
                Some(5_121 * 1024),
                Err(Refusal::TooLarge { limit_kb: 5_120 }),
            ),
            (Picture, "a.exe", None, Err(Refusal::Blocked)),
            (File, "a.txt", None, Err(Refusal::KindNotAllowed)),
        ] {
            assert_eq!(
                may_receive(&policy(), true, kind, name, size),
                expected,
                "{name}"
            );
        }
        let off = may_receive(&policy(), false, Picture, "", None);
        assert_eq!(off, Err(Refusal::SwitchedOff));
    }

    #[test]
    fn endings_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("exe, .BAT\n*.js exe", Ok(vec!["bat", "exe", "js"])),
            ("", Ok(vec![])),
            ("tar.gz", Err("tar.gz")),
            ("ok näin", Err("näin")),
        ] {
            let read = typed_extensions(typed);
            let read = read
                .as_ref()
                .map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(read.map_err(String::as_str), expected, "{typed:?}");
        }
        let many: String = (0..=MOST_EXTENSIONS).map(|n| format!("e{n} ")).collect();
        assert_eq!(typed_extensions(&many), Err(String::new()));
    }

    #[test]
    fn what_is_dangerous_is_sorted_and_written_as_it_is_compared() {
        assert_eq!(typed_extensions(&DANGEROUS.join(" ")).unwrap(), DANGEROUS);
    }
}
