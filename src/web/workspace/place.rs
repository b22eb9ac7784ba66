//! The conversation that a person writes to, or decides about a message of.

use rocket::http::Status;

use crate::channels::Channel;
use crate::domain::access::{Action, may};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, MessageId, UserId};
use crate::store::conversations::Conversation;
use crate::store::pages::Page as ChannelPage;
use crate::store::{self, Reader, Store, messages, pages, profiles, work_items};
use crate::web::App;
use crate::web::failure::{Answer, Failure};
use crate::web::guards::Agent;

/// The conversation that is written to, for the person who writes.
pub struct Place {
    /// The conversation.
    pub conversation: Conversation,
    /// The page that it is on.
    pub page: ChannelPage,
    /// Another application answers the customer now.
    pub standby: bool,
    /// The person.
    pub agent: UserId,
    /// Whether the person may write here, or decide about what was written.
    pub may_answer: bool,
}

impl Place {
    /// `None`: there is no such conversation for this person.
    ///
    /// # Errors
    /// SQLite's.
    pub fn load(
        reader: &Reader<'_>,
        agent: &Agent,
        id: ConversationId,
    ) -> store::Result<Option<Place>> {
        let viewer = agent.viewer();
        let Some((conversation, relation)) = work_items::load_for(reader, viewer, id)? else {
            return Ok(None);
        };
        let Some(page) = pages::by_id(reader, conversation.page)? else {
            return Ok(None);
        };
        let Some(profile) = profiles::by_id(reader, conversation.profile)? else {
            return Ok(None);
        };
        let may_answer = may(viewer.role, Action::WriteToCustomer, relation);
        Ok(Some(Place {
            conversation,
            page,
            standby: profile.standby,
            agent: agent.id,
            may_answer,
        }))
    }

    /// The conversation of a message that the person may decide about.
    ///
    /// # Errors
    /// 404 when the person may not know of it, 403 when the person may only read it; what the database says.
    pub fn of_message(store: &Store, agent: &Agent, id: MessageId) -> Answer<Place> {
        let place = store.read(|reader| match messages::by_id(reader, id)? {
            Some(message) => Place::load(reader, agent, message.conversation),
            None => Ok(None),
        })?;
        match place {
            Some(place) if place.may_answer => Ok(place),
            Some(_) => Err(Status::Forbidden.into()),
            None => Err(Status::NotFound.into()),
        }
    }

    /// The channel that carries what is written.
    ///
    /// # Errors
    /// 500 when the program has no such channel.
    pub fn channel<'a>(&self, app: &'a App) -> Result<&'a dyn Channel, Failure> {
        app.channels
            .get(&self.page.channel)
            .ok_or_else(|| Status::InternalServerError.into())
    }

    /// Whether the buttons at a message that did not arrive do something.
    pub fn has_buttons(&self) -> bool {
        self.may_answer && self.conversation.state == State::Active
    }

    /// Where its page is.
    pub fn address(&self) -> String {
        format!("/workspace/conversations/{}", self.conversation.id)
    }
}
