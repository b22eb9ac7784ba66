//! Where an agent writes.

use askama::Template;
use askama::filters::HtmlSafe;

use super::files;
use crate::channels::Channel;
use crate::crypto;
use crate::domain::ids::{ConversationId, MessageId, PageId};
use crate::domain::text::Unit;
use crate::locale::Text;
use crate::store::{self, Reader, outgoing};
use crate::web::page::filters;

/// The composer, ready for the template.
#[derive(Clone, Debug, Template)]
#[template(path = "workspace/conversations/composer.html")]
pub struct ComposerView {
    /// To whom it writes.
    pub conversation_id: ConversationId,
    /// A fresh id for what is written next, for browsers without scripts.
    pub client_id: String,
    /// The newest message on the page.
    pub last_seen_message_id: MessageId,
    /// What stands in it.
    pub draft: String,
    /// The longest text of one message.
    pub limit_max: usize,
    /// How the channel counts it.
    pub limit_unit: &'static str,
    /// The page as which it writes.
    pub page_name: String,
    /// What files may be sent; `None`: none.
    pub files: Option<FilesView>,
    /// The message that is answered.
    pub quoted: Option<Quoted>,
    /// Why the last try was not taken.
    pub notice: Option<Text>,
    /// The newest message that came in over the last try: *Send anyway* says that it was seen.
    pub confirms: Option<MessageId>,
}

impl HtmlSafe for ComposerView {}

/// The message that is answered.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Row id.
    pub id: MessageId,
    /// The beginning of its words; may be empty.
    pub text: String,
}

/// So many files at once are a delivery, not a message.
pub const MOST_FILES: usize = 10;

/// What files may be sent.
#[derive(Clone, Debug)]
pub struct FilesView {
    /// Endings with their dots, as a file picker wants them.
    pub accept: String,
    /// The largest, in megabytes.
    pub limit_mb: f64,
    /// The same, in bytes.
    pub limit_bytes: u64,
    /// How many at once.
    pub most: usize,
}

impl FilesView {
    /// What an administrator allows on this channel; `None`: agents may not send files on this page.
    ///
    /// # Errors
    /// SQLite's.
    pub fn of(
        reader: &Reader<'_>,
        channel: &dyn Channel,
        page: PageId,
    ) -> store::Result<Option<FilesView>> {
        if !outgoing::agents_may_send(reader, page)? {
            return Ok(None);
        }
        let policy = files::policy_of(reader, channel)?;
        let mut endings: Vec<String> = policy.outbound.iter().map(|it| format!(".{it}")).collect();
        // Of which a JPEG is made.
        if policy.outbound.iter().any(|ending| ending == "jpg") {
            endings.push(".webp".to_owned());
        }
        Ok(Some(FilesView {
            accept: endings.join(","),
            limit_mb: f64::from(policy.limit_kb) / 1024.0,
            limit_bytes: u64::from(policy.limit_kb) * 1024,
            most: MOST_FILES,
        }))
    }

    /// The endings, to be read.
    fn types(&self) -> String {
        self.accept.replace(',', " ")
    }
}

impl ComposerView {
    /// A composer for a conversation on `channel` whose page is called `page_name`; `newest` is the last
    /// message that the page shows.
    pub fn new(
        conversation: ConversationId,
        channel: &dyn Channel,
        page_name: &str,
        newest: Option<MessageId>,
        draft: String,
    ) -> ComposerView {
        let limit = channel.text_limit();
        ComposerView {
            conversation_id: conversation,
            client_id: crypto::random_uuid(),
            last_seen_message_id: newest.unwrap_or(MessageId(0)),
            draft,
            limit_max: limit.max,
            limit_unit: match limit.unit {
                Unit::Characters => "characters",
                Unit::Utf16 => "utf16",
            },
            page_name: page_name.to_owned(),
            files: None,
            quoted: None,
            notice: None,
            confirms: None,
        }
    }
}
