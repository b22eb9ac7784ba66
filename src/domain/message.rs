//! Messages: what they are, what hangs on them, and the states a sent one goes through.

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// A person here.
    Agent,
    /// Somebody in the platform's own inbox, or another application of the page.
    Elsewhere,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Text, attachments, or both.
    #[default]
    Text,
    /// The customer tapped a button; the text is the button's label.
    Tap,
    /// The platform itself says that it cannot show this kind to applications.
    Unsupported,
}

/// What hangs on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture.
    Picture,
    /// A video.
    Video,
    /// A voice message or other sound.
    Audio,
    /// A file.
    File,
    /// A sticker.
    Sticker,
    /// A place on the map.
    Location,
    /// A link with a preview.
    Link,
    /// A shared post, reel or story.
    Post,
    /// A product, or a template with products.
    Product,
    /// An appointment request.
    Appointment,
    /// A kind that we do not know; `name` holds the platform's word for it.
    Other,
}

/// Something that hangs on a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// File name, title or label; empty when the platform tells none.
    pub name: String,
    /// Size in bytes, when the platform tells it.
    pub size_bytes: Option<u64>,
    /// Where the platform keeps it; never shown or fetched by the browser.
    pub url: Option<String>,
    /// More in the platform's words as JSON, e.g. sticker ids, coordinates, address; `null` when none.
    pub detail: serde_json::Value,
}

/// How far a message of ours has come. The order is the order of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Waits for its turn, or for the next try.
    Queued,
    /// Is being handed to the platform.
    Sending,
    /// The platform accepted it.
    Sent,
    /// The platform says that it arrived.
    Delivered,
    /// The customer has read it.
    Read,
    /// It did not arrive; a person may try again.
    Failed,
    /// Nobody knows; a person decides.
    Unknown,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in the database and in locale keys.
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The value of a word; `None` for any other word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

words!(Author { Customer = "customer", Agent = "agent", Elsewhere = "elsewhere" });
words!(Kind { Text = "text", Tap = "tap", Unsupported = "unsupported" });
words!(AttachmentKind {
    Picture = "picture", Video = "video", Audio = "audio", File = "file", Sticker = "sticker",
    Location = "location", Link = "link", Post = "post", Product = "product",
    Appointment = "appointment", Other = "other",
});
words!(Status {
    Queued = "queued", Sending = "sending", Sent = "sent", Delivered = "delivered", Read = "read",
    Failed = "failed", Unknown = "unknown",
});

impl Status {
    /// What a receipt or an answer makes of this status: forward only. `Failed` and `Unknown` are left
    /// by proof that the message did arrive (an echo, a receipt), never by anything less.
    pub fn advanced_to(self, news: Status) -> Status {
        match (self, news) {
            (Status::Failed | Status::Unknown, Status::Sent | Status::Delivered | Status::Read) => {
                news
            }
            (Status::Failed | Status::Unknown, _) => self,
            (_, news) => self.max(news),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_moves_forward_only() {
        use Status::*;
        for (was, news, is) in [
            (Queued, Sending, Sending),
            (Sending, Sent, Sent),
            (Read, Delivered, Read),
            (Read, Sent, Read),
            (Delivered, Read, Read),
            (Unknown, Sent, Sent),
            (Unknown, Sending, Unknown),
            (Failed, Delivered, Delivered),
            (Failed, Queued, Failed),
        ] {
            assert_eq!(was.advanced_to(news), is, "{was:?} then {news:?}");
        }
    }

    #[test]
    fn every_word_reads_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.word()), Some(*status));
        }
        for kind in AttachmentKind::ALL {
            assert_eq!(AttachmentKind::from_word(kind.word()), Some(*kind));
        }
    }
}
