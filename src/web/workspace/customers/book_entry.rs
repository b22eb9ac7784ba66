//! What the panel beside a conversation says of its customer: who he is in the book, or who he may be; what he was
//! told; how long he waited; what it is about.

use crate::domain::record::Record;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::cases::{self, Case};
use crate::store::contacts::{self, Contact};
use crate::store::conversations::Conversation;
use crate::store::customer_links::{self, Linked};
use crate::store::profiles::Profile;
use crate::store::{Reader, Result, agent_sessions, privacy_notices, skills};
use crate::web::times;

use super::extra::Facts;

/// So many contacts of the same name are suggested.
const SUGGESTED: usize = 3;

/// What is read for it.
#[derive(Clone, Debug)]
pub struct BookEntry {
    /// Who he is.
    pub linked: Option<Linked>,
    /// What stands in the fields that an administrator added.
    pub extra: Facts,
    /// Who he may be: contacts of his name, while he is nobody.
    pub suggested: Vec<Contact>,
    /// What the conversation is about.
    pub case: Option<Case>,
    /// The skills that the conversation needs, each with the rating that is needed.
    pub skills: Vec<(String, Option<u8>)>,
    /// When he was told about privacy.
    pub told_at: Option<Timestamp>,
    /// The platform's name, where people here call him something else.
    pub platform_name: Option<String>,
    /// Whether the platform knows that he follows the account; `None` where it does not say.
    pub follows: Option<bool>,
    /// When somebody first answered; `None`: nobody yet.
    answered_at: Option<Timestamp>,
    began_at: Timestamp,
}

impl BookEntry {
    /// Reads what the panel of a conversation shows, which the viewer may read.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        conversation: &Conversation,
        profile: &Profile,
    ) -> Result<BookEntry> {
        let linked = customer_links::of(reader, profile.id)?;
        let extra = match &linked {
            Some(Linked::Contact(contact)) => Facts::read(reader, Record::Contact, contact.id.0)?,
            Some(Linked::Company(company)) => Facts::read(reader, Record::Company, company.id.0)?,
            None => Facts::default(),
        };
        let suggested = match (&linked, &profile.called) {
            (None, Some(name)) => contacts::named(reader, name, SUGGESTED)?,
            _ => Vec::new(),
        };
        let parts = agent_sessions::of(reader, conversation.id)?;
        Ok(BookEntry {
            linked,
            extra,
            suggested,
            case: cases::of_conversation(reader, conversation.id)?,
            skills: skills::needed(reader, conversation.id)?,
            told_at: privacy_notices::told_at(reader, profile.id)?,
            platform_name: profile
                .own_name
                .as_ref()
                .and(profile.name.as_ref())
                .cloned(),
            follows: profile.follows,
            answered_at: parts.iter().find_map(|(_, session)| session.accepted_at),
            began_at: conversation.created_at,
        })
    }

    /// How long the customer waited until somebody took the conversation; until `now` while nobody has.
    pub fn waited(&self, now: Timestamp) -> Text {
        let until = self.answered_at.unwrap_or(now);
        times::span(until.since(self.began_at))
    }
}
