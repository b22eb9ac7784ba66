//! What rules ask: what is known of a conversation, and how the queues stand.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension as _, params};

use crate::domain::facts::{ContactField, Facts, Value};
use crate::domain::ids::{ConversationId, OperatingHoursId, PageId, QueueId, WorkstreamId};
use crate::domain::inbound::CustomerKind;
use crate::domain::overflow::Standing;
use crate::domain::queue::overflow;
use crate::domain::time::Timestamp;
use crate::domain::workstream::VariableKind;
use crate::store::conversations::Conversation;
use crate::store::customer_links::{self, Linked};
use crate::store::workstreams::variables;
use crate::store::{Reader, Result, operating_hours, profiles, queues};

/// What is known of a conversation at `now`, before its rules are asked. `None` when its customer is gone.
///
/// # Errors
/// SQLite's.
pub fn facts(
    reader: &Reader<'_>,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Option<Facts>> {
    facts_within(reader, conversation, &mut Surroundings::default(), now)
}

/// What holds for all conversations of a page and a workstream, for those who ask about many of them at one moment.
#[derive(Default)]
pub struct Surroundings(HashMap<(PageId, WorkstreamId), Around>);

/// See [`add_surroundings`].
struct Around {
    language: Option<String>,
    open: BTreeMap<OperatingHoursId, bool>,
    variables: BTreeMap<String, Value>,
}

impl Surroundings {
    fn add(
        &mut self,
        reader: &Reader<'_>,
        facts: &mut Facts,
        workstream: WorkstreamId,
        now: Timestamp,
    ) -> Result<()> {
        match self.0.entry((facts.page, workstream)) {
            Entry::Occupied(known) => {
                let known = known.get();
                facts.language = known.language.clone();
                facts.open = known.open.clone();
                facts.variables = known.variables.clone();
            }
            Entry::Vacant(unknown) => {
                add_surroundings(reader, facts, workstream, now)?;
                unknown.insert(Around {
                    language: facts.language.clone(),
                    open: facts.open.clone(),
                    variables: facts.variables.clone(),
                });
            }
        }
        Ok(())
    }
}

/// [`facts`], where much is asked at the same moment.
///
/// # Errors
/// SQLite's.
pub fn facts_within(
    reader: &Reader<'_>,
    conversation: &Conversation,
    surroundings: &mut Surroundings,
    now: Timestamp,
) -> Result<Option<Facts>> {
    let Some(profile) = profiles::by_id(reader, conversation.profile)? else {
        return Ok(None);
    };
    let text = first_words(reader, conversation.id)?;
    let (channel, page) = (&profile.channel, conversation.page);
    let mut facts = Facts::new(channel, page, &profile.platform_user_id, &text);
    surroundings.add(reader, &mut facts, conversation.workstream, now)?;
    facts.language = profile.language.or(facts.language);
    facts.earlier_conversations = earlier(reader, conversation)?;
    facts.is_group = profile.kind != CustomerKind::Person;
    facts.profile_name = profile.name;
    facts.profile_locale = profile.locale;
    facts.profile_time_zone = profile.time_zone;
    facts.contact = customer_links::of(reader, profile.id)?.map(book_entry);
    Ok(Some(facts))
}

/// What the shop's book says about the customer, under the names that rules use. Of a company the fields of a person
/// are not known.
fn book_entry(linked: Linked) -> BTreeMap<ContactField, String> {
    let fields = match linked {
        Linked::Contact(contact) => vec![
            (ContactField::FirstName, contact.draft.first_name),
            (ContactField::LastName, contact.draft.last_name),
            (ContactField::FullName, contact.name),
            (ContactField::Company, contact.company.unwrap_or_default()),
            (ContactField::Email, contact.draft.email),
            (ContactField::Phone, contact.draft.phone),
        ],
        Linked::Company(company) => vec![
            (ContactField::Company, company.draft.name),
            (ContactField::Email, company.draft.email),
            (ContactField::Phone, company.draft.phone),
        ],
    };
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    filled.collect()
}

/// What holds for every conversation of a page and a workstream: the page's language, which operating hours are
/// open, the context variables as they are in the beginning.
///
/// # Errors
/// SQLite's.
pub fn add_surroundings(
    reader: &Reader<'_>,
    facts: &mut Facts,
    workstream: WorkstreamId,
    now: Timestamp,
) -> Result<()> {
    facts.language = page_language(reader, facts.page)?;
    facts.open = open(reader, now)?;
    for (_, variable) in variables::of(reader, workstream)? {
        let value = match variable.kind {
            VariableKind::Text => Value::Text(variable.value),
            VariableKind::Number => variable
                .value
                .parse()
                .map_or(Value::Text(variable.value), Value::Number),
        };
        facts.variables.insert(variable.name, value);
    }
    Ok(())
}

/// Which operating hours are open at `now`.
fn open(reader: &Reader<'_>, now: Timestamp) -> Result<BTreeMap<OperatingHoursId, bool>> {
    let all = operating_hours::all(reader)?.into_iter();
    Ok(all
        .map(|hours| (hours.id, hours.hours.is_open(now)))
        .collect())
}

/// The text of the message that a conversation began with; empty when there is none.
fn first_words(reader: &Reader<'_>, conversation: ConversationId) -> Result<String> {
    let text = reader
        .connection()
        .prepare_cached(
            "SELECT text FROM message WHERE conversation_id = ?1 AND author = 'customer'
             ORDER BY message_id LIMIT 1",
        )?
        .query_row([conversation], |row| row.get(0))
        .optional()?;
    Ok(text.unwrap_or_default())
}

/// How many conversations the customer had before this one.
fn earlier(reader: &Reader<'_>, conversation: &Conversation) -> Result<u32> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM conversation
             WHERE social_profile_id = ?1 AND conversation_id < ?2",
        )?
        .query_row(params![conversation.profile, conversation.id], |row| {
            row.get(0)
        })?)
}

/// The language in which a page answers: its own, else the organization's.
fn page_language(reader: &Reader<'_>, page: PageId) -> Result<Option<String>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT coalesce((SELECT answer_language FROM page WHERE page_id = ?1),
                             (SELECT locale FROM organization))",
        )?
        .query_row([page], |row| row.get(0))?)
}

/// How every queue stands at `now`.
///
/// # Errors
/// SQLite's.
pub fn standings(reader: &Reader<'_>, now: Timestamp) -> Result<BTreeMap<QueueId, Standing>> {
    let mut hours = BTreeMap::new();
    for one in operating_hours::all(reader)? {
        hours.insert(one.id, one.hours);
    }
    let mut standings = BTreeMap::new();
    for queue in queues::settings::all(reader)? {
        let hours = queue.settings.hours.and_then(|id| hours.get(&id));
        let is_open = hours.is_none_or(|hours| hours.is_open(now));
        let standing = Standing {
            queue: queue.id,
            is_open,
            next_opening: hours
                .filter(|_| !is_open)
                .and_then(|hours| hours.next_opening(now)),
            waiting: queue.waiting,
            overflow: overflow(&queues::settings::overflow(reader, queue.id)?),
        };
        standings.insert(queue.id, standing);
    }
    Ok(standings)
}
