//! Saying something: whether, in which words, and the rows that carry it.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::automation::{self, Manner, Often, Receiver, Trigger, Values, Voice};
use crate::domain::conversation::EventKind;
use crate::domain::ids::{
    ConversationId, MessageId, PageId, SocialProfileId, UserId, WorkstreamId,
};
use crate::domain::window::Circumstances;
use crate::store::workstreams::variables;
use crate::store::{Result, Tx, conversations, outbox, privacy_notices, users};

use super::{Choice, Level, choice};

/// What a message is about, beside the conversation itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Whom `{AgentName}` means; `None`: whoever holds the conversation.
    pub agent: Option<UserId>,
    /// Only in a line for agents, after its words: a platform's code and reason; may be empty.
    pub facts: &'a str,
}

/// Says what `trigger` asks for in a conversation, when it is to be said: the workstream allows automated
/// messages, the message is active, it was not said already (see [`Trigger::often`]), there are words for it, and
/// the reply window is open. To a customer it is a message on its way; several that come together go out in one
/// call, where the channel has such, so that one free reply carries them. To agents it is a line of the
/// conversation.
///
/// Call it after what it is about: the conversation's agent and queue are named as they are then. The message;
/// `None` when nothing was said, and for a line.
///
/// # Errors
/// SQLite's.
pub fn say(
    tx: &Tx<'_>,
    conversation: ConversationId,
    trigger: Trigger,
    about: About<'_>,
) -> Result<Option<MessageId>> {
    let Some(voice) = tx.voice() else {
        return Ok(None);
    };
    let Some(place) = Place::of(tx, conversation)? else {
        return Ok(None);
    };
    if trigger.receiver() == Receiver::Agent {
        if let Some(words) = place.words(tx, voice, trigger, about.agent)?
            && !place.was_noticed(tx, trigger, &words)?
        {
            let detail = match about.facts {
                "" => words,
                facts => format!("{words} ({facts})"),
            };
            conversations::add_line(tx, conversation, EventKind::Notice, None, &detail)?;
        }
        return Ok(None);
    }
    let Some(manner) = voice.manners.get(&place.channel) else {
        return Ok(None);
    };
    let circumstances = Circumstances {
        tag_allowed: false,
        last_inbound_at: conversations::by_id(&tx.reader(), conversation)?
            .and_then(|found| found.last_inbound_at),
        standby: place.standby,
    };
    if !manner.may_speak(circumstances, tx.now()) || place.was_said(tx, trigger)? {
        return Ok(None);
    }
    match trigger {
        Trigger::PrivacyNotice => place.tell_privacy(tx, manner),
        _ => match place.words(tx, voice, trigger, about.agent)? {
            Some(words) => place.send(tx, manner, trigger, &words),
            None => Ok(None),
        },
    }
}

/// Says the words of a timeout rule to the customer, under the same conditions. `choose` finds them for the first
/// of these languages that it has.
///
/// # Errors
/// SQLite's.
pub fn say_rule(
    tx: &Tx<'_>,
    conversation: ConversationId,
    choose: impl FnOnce(&str) -> Option<String>,
) -> Result<Option<MessageId>> {
    let (Some(voice), Some(place)) = (tx.voice(), Place::of(tx, conversation)?) else {
        return Ok(None);
    };
    let Some(manner) = voice.manners.get(&place.channel) else {
        return Ok(None);
    };
    let circumstances = Circumstances {
        tag_allowed: false,
        last_inbound_at: conversations::by_id(&tx.reader(), conversation)?
            .and_then(|found| found.last_inbound_at),
        standby: place.standby,
    };
    if !place.is_allowed || !manner.may_speak(circumstances, tx.now()) {
        return Ok(None);
    }
    let Some(words) = choose(&place.languages[0]) else {
        return Ok(None);
    };
    let words = automation::fill(&words, &place.values(tx, None)?);
    place.send(tx, manner, Trigger::TimeoutRule, &words)
}

/// A conversation, as far as speaking in it needs.
struct Place {
    conversation: ConversationId,
    page: PageId,
    channel: String,
    profile: SocialProfileId,
    workstream: WorkstreamId,
    /// The workstream allows automated messages.
    is_allowed: bool,
    /// Another application answers the customer.
    standby: bool,
    /// The page's language, and the one for customers whose language is not offered.
    languages: [String; 2],
    /// That of the organization's screens.
    screens: String,
    queue: String,
    agent: Option<UserId>,
}

impl Place {
    fn of(tx: &Tx<'_>, conversation: ConversationId) -> Result<Option<Place>> {
        Ok(tx
            .connection()
            .prepare_cached(
                "SELECT conversation.page_id, page.channel, social_profile_id, conversation.workstream_id,
                        automated_messages, standby, answer_language,
                        (SELECT default_language FROM settings), queue.name, agent_id,
                        (SELECT locale FROM organization)
                 FROM conversation
                     JOIN page ON page.page_id = conversation.page_id
                     JOIN social_profile USING (social_profile_id)
                     JOIN workstream ON workstream.workstream_id = conversation.workstream_id
                     JOIN queue USING (queue_id)
                 WHERE conversation_id = ?1",
            )?
            .query_row([conversation], |row| {
                let (page, others): (Option<String>, String) = (row.get(6)?, row.get(7)?);
                let screens: Option<String> = row.get(10)?;
                Ok(Place {
                    conversation,
                    page: row.get(0)?,
                    channel: row.get(1)?,
                    profile: row.get(2)?,
                    workstream: row.get(3)?,
                    is_allowed: row.get(4)?,
                    standby: row.get(5)?,
                    screens: screens.unwrap_or_else(|| others.clone()),
                    languages: [page.unwrap_or_else(|| others.clone()), others],
                    queue: row.get(8)?,
                    agent: row.get(9)?,
                })
            })
            .optional()?)
    }

    /// The words of a trigger with its slugs filled in; `None` when it is not to be said here. Agents are spoken
    /// to in the organization's language.
    fn words(
        &self,
        tx: &Tx<'_>,
        voice: &Voice,
        trigger: Trigger,
        agent: Option<UserId>,
    ) -> Result<Option<String>> {
        if !self.is_allowed {
            return Ok(None);
        }
        let reader = tx.reader();
        let of_page = choice(
            &reader,
            &Level::Page(self.channel.clone(), self.page),
            trigger,
        )?;
        let of_channel = choice(&reader, &Level::Channel(self.channel.clone()), trigger)?;
        let chosen = of_page.as_ref().or(of_channel.as_ref());
        let is_active = chosen.map_or(trigger.is_on_at_first(), |choice| choice.is_active);
        let [page, others] = &self.languages;
        let languages = match trigger.receiver() {
            Receiver::Customer => [page.as_str(), others.as_str()],
            Receiver::Agent => [self.screens.as_str(), others.as_str()],
        };
        let ours = |language: &str| voice.own_text(trigger, language);
        let none = Choice::at_first(trigger).texts;
        // In any case means: in our own words, when nobody wants it said in theirs.
        let texts = |choice: &Option<Choice>| match choice {
            Some(choice) if is_active => choice.texts.clone(),
            _ => none.clone(),
        };
        if !is_active && !trigger.is_said_in_any_case() {
            return Ok(None);
        }
        let (of_page, of_channel) = (texts(&of_page), texts(&of_channel));
        let Some(words) = automation::words_for(&of_page, &of_channel, ours, languages) else {
            return Ok(None);
        };
        let words = automation::fill(words, &self.values(tx, agent)?);
        Ok(Some(words).filter(|words| !words.is_empty()))
    }

    fn values(&self, tx: &Tx<'_>, agent: Option<UserId>) -> Result<Values> {
        let reader = tx.reader();
        let agent = match agent.or(self.agent) {
            Some(agent) => users::name(&reader, agent)?,
            None => None,
        };
        let variables = variables::of(&reader, self.workstream)?;
        Ok(Values {
            agent: agent.unwrap_or_default(),
            queue: self.queue.clone(),
            variables: variables
                .into_iter()
                .map(|(_, variable)| (variable.name, variable.value))
                .collect(),
        })
    }

    /// Whether the customer was told this already, and is not to be told again yet.
    fn was_said(&self, tx: &Tx<'_>, trigger: Trigger) -> Result<bool> {
        let since = match trigger.often() {
            Often::Always => return Ok(false),
            Often::Once => i64::MIN,
            Often::After(pause) => tx.now().minus(pause).millis(),
        };
        Ok(tx
            .connection()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message
                                WHERE conversation_id = ?1 AND automated = ?2 AND created_at > ?3)",
            )?
            .query_row(params![self.conversation, trigger, since], |row| row.get(0))?)
    }

    /// Whether agents were told this already, and are not to be told again yet.
    fn was_noticed(&self, tx: &Tx<'_>, trigger: Trigger, words: &str) -> Result<bool> {
        let Often::After(pause) = trigger.often() else {
            return Ok(false);
        };
        Ok(tx
            .connection()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM conversation_event
                                WHERE conversation_id = ?1 AND kind = ?2 AND occurred_at > ?3
                                  AND substr(detail, 1, length(?4)) = ?4)",
            )?
            .query_row(
                params![
                    self.conversation,
                    EventKind::Notice,
                    tx.now().minus(pause),
                    words
                ],
                |row| row.get(0),
            )?)
    }

    /// The messages and the calls that carry them; the first message.
    fn send(
        &self,
        tx: &Tx<'_>,
        manner: &Manner,
        trigger: Trigger,
        words: &str,
    ) -> Result<Option<MessageId>> {
        let mut first = None;
        for part in manner.messages(words) {
            let id = outbox::add_automated(
                tx,
                (self.conversation, self.page),
                trigger,
                &part,
                manner.messages_per_call,
            )?;
            first = first.or(Some(id));
        }
        Ok(first)
    }

    /// The organization's privacy notice to a customer who was not told it, with the record of it. No switch of
    /// the workstream holds it back: it has its own.
    fn tell_privacy(&self, tx: &Tx<'_>, manner: &Manner) -> Result<Option<MessageId>> {
        let Some((notice, words)) = privacy_notices::untold(&tx.reader(), self.profile)? else {
            return Ok(None);
        };
        let said = self.send(tx, manner, Trigger::PrivacyNotice, &words)?;
        if let Some(message) = said {
            privacy_notices::told(tx, self.profile, notice, message)?;
        }
        Ok(said)
    }
}
