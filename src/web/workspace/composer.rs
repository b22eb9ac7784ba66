//! Where an agent writes.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::channels::Channel;
use crate::crypto;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::text::Unit;
use crate::locale::Text;
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
    /// Why the last try was not taken.
    pub notice: Option<Text>,
    /// The newest message that came in over the last try: *Send anyway* says that it was seen.
    pub confirms: Option<MessageId>,
}

impl HtmlSafe for ComposerView {}

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
            notice: None,
            confirms: None,
        }
    }
}
