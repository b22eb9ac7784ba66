//! The list of conversations that are not closed, with what can be done with each and with several at once.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;

use super::{PATH, Rights};
use crate::channels::Registry;
use crate::domain::access::{self, Relation};
use crate::domain::conversation::State;
use crate::domain::ids::{ConversationId, QueueId, UserId};
use crate::domain::session::Part;
use crate::domain::supervision::Intervention;
use crate::domain::time::Timestamp;
use crate::store::profiles::ShownName;
use crate::store::queues::QueueName;
use crate::store::supervision::{self, Filter, LISTED_UP_TO};
use crate::store::users::User;
use crate::store::{Reader, Result, agent_sessions, queues, users, work_items};
use crate::web::guards::Overseer;
use crate::web::list::{self, Column, List, View};
use crate::web::page::filters;
use crate::web::workspace::customer::CustomerView;

/// The states that a conversation goes on in.
const STATES: [State; 4] = [State::Open, State::Active, State::Waiting, State::WrapUp];

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("supervisor-column-state", "urgency", |a, b| {
        a.place.cmp(&b.place)
    }),
    Column::sorting("supervisor-column-customer", "customer", |a, b| {
        list::by_words(&a.words, &b.words)
    }),
    Column::sorting("supervisor-column-queue", "queue", |a, b| {
        list::by_words(&a.queue, &b.queue)
    }),
    Column::sorting("supervisor-column-agent", "agent", |a, b| {
        list::by_words(a.whose(), b.whose())
    }),
    Column::sorting("supervisor-column-last", "last", |a, b| {
        b.last_message_at.cmp(&a.last_message_at)
    }),
    Column::actions(),
];

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// A queue's row id.
    pub queue: String,
    /// A person's row id.
    pub agent: String,
    /// A state's word.
    pub state: String,
    /// A channel's name.
    pub channel: String,
}

impl Asked {
    /// What is no queue, person or state asks for nothing: the page shows it unset.
    fn filter(&self) -> Filter {
        Filter {
            queue: self.queue.parse().ok().map(QueueId),
            agent: self.agent.parse().ok().map(UserId),
            state: State::from_word(&self.state),
            channel: Some(self.channel.clone()).filter(|channel| !channel.is_empty()),
        }
    }

    fn is_empty(&self) -> bool {
        [&self.queue, &self.agent, &self.state, &self.channel]
            .iter()
            .all(|value| value.is_empty())
    }
}

/// The list.
#[derive(Template)]
#[template(path = "workspace/supervisor/conversations.html")]
pub struct Ongoing {
    list: List<Row>,
    asked: Asked,
    /// There are more than are listed.
    is_cut: bool,
    queues: Vec<QueueName>,
    people: Vec<User>,
    channels: Vec<&'static str>,
    /// What can be done with several at once.
    bulk: Vec<Intervention>,
}

impl HtmlSafe for Ongoing {}

struct Row {
    /// Its place by urgency.
    place: usize,
    conversation: ConversationId,
    customer: CustomerView,
    /// What a search finds it by.
    words: String,
    page_name: String,
    state: State,
    queue: String,
    agent: Option<String>,
    offered_to: Option<String>,
    unanswered_since: Option<Timestamp>,
    last_message_at: Timestamp,
    may: Vec<Intervention>,
    /// The conversation, and why it came to whom it came to, may be looked at.
    reads: bool,
    /// How the viewer takes part in it, as a word of the text `company-<word>`.
    part: Option<&'static str>,
    /// The viewer can begin to write in it.
    may_join: bool,
}

/// How the viewer stands to what goes on.
struct Mine {
    user: UserId,
    queues: Vec<QueueId>,
    parts: HashMap<ConversationId, Part>,
}

impl Row {
    fn new(place: usize, one: supervision::Ongoing, rights: &Rights, mine: &Mine) -> Row {
        let part = mine.parts.get(&one.conversation).copied();
        let is_member = mine.queues.contains(&one.queue);
        let relation = access::relation(mine.user, one.agent, is_member, part);
        let mut may = Intervention::ALL.to_vec();
        may.retain(|act| act.fits(one.state) && rights.may(*act, relation));
        Row {
            reads: rights.may_read(relation),
            part: match relation {
                Relation::Monitored => Some("monitor"),
                Relation::Joined => Some("writes"),
                Relation::Consulted => Some("consult"),
                Relation::Own | Relation::OwnQueue | Relation::Foreign => None,
            },
            may_join: one.state == State::Active
                && one.agent.is_some()
                && rights.may(Intervention::Monitor, relation),
            place,
            conversation: one.conversation,
            words: words(&one.name).to_owned(),
            customer: CustomerView::new(
                one.profile,
                &one.name,
                one.language.as_deref(),
                &one.channel,
            ),
            page_name: one.page_name,
            state: one.state,
            queue: one.queue_name,
            agent: one.agent_name,
            offered_to: one.offered_to,
            unanswered_since: one.unanswered_since,
            last_message_at: one.last_message_at,
            may,
        }
    }

    /// Who has it or is asked; empty: nobody.
    fn whose(&self) -> &str {
        let whose = self.agent.as_deref().or(self.offered_to.as_deref());
        whose.unwrap_or_default()
    }

    fn may(&self, act: Intervention) -> bool {
        self.may.contains(&act)
    }
}

fn words(name: &ShownName) -> &str {
    match name {
        ShownName::Known(name) => name,
        ShownName::Unnamed { tail, .. } => tail,
    }
}

impl Ongoing {
    /// Reads the list as `person` sees it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(
        reader: &Reader<'_>,
        person: &Overseer,
        registry: &Registry,
        asked: Asked,
        view: View,
    ) -> Result<Ongoing> {
        let rights = Rights::of(reader, person)?;
        let found = supervision::ongoing(reader, &asked.filter())?;
        let is_cut = found.len() == LISTED_UP_TO;
        let rows = found.into_iter().enumerate();
        let mine = Mine {
            user: person.id,
            queues: work_items::queues_of(reader, person.id)?,
            parts: agent_sessions::parts_of(reader, person.id)?,
        };
        let rows = rows.map(|(place, one)| Row::new(place, one, &rights, &mine));
        let list = List::new(PATH, COLUMNS, view)
            .filter("queue", asked.queue.as_str())
            .filter("agent", asked.agent.as_str())
            .filter("state", asked.state.as_str())
            .filter("channel", asked.channel.as_str())
            .of(rows.collect(), |row, words| {
                list::finds(words, [&row.words, &row.page_name, &row.queue])
                    || list::finds(words, [row.whose()])
            });
        let mut bulk = Intervention::ALL.to_vec();
        bulk.retain(|act| *act != Intervention::Monitor && rights.may(*act, Relation::Foreign));
        Ok(Ongoing {
            list,
            asked,
            is_cut,
            queues: queues::names(reader)?,
            people: users::all(reader)?,
            channels: registry.all().map(|channel| channel.name()).collect(),
            bulk,
        })
    }

    /// Nothing is asked for, and there is nothing.
    fn is_quiet(&self) -> bool {
        self.list.is_empty() && self.asked.is_empty()
    }

    fn states(&self) -> [State; 4] {
        STATES
    }

    /// The locale key of a state.
    fn state_key(&self, state: &State) -> String {
        format!("conversation-state-{}", state.word().replace('_', "-"))
    }

    /// Where this list is fetched anew.
    fn address(&self) -> String {
        self.list
            .here()
            .replacen(PATH, "/workspace/supervisor/conversations", 1)
    }
}
