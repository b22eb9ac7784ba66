//! Queues and people at a glance.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::assignment::Agent;
use crate::domain::ids::{QueueId, UserId};
use crate::domain::presence::{Base, Why};
use crate::domain::time::Timestamp;
use crate::store::supervision::{self, Backlog};
use crate::store::{Reader, Result, agents, presences, users};
use crate::web::page::{filters, tone};
use crate::web::workspace::presence_view::PresenceView;

/// Every queue and everybody who may sign in.
#[derive(Template)]
#[template(path = "workspace/supervisor/figures.html")]
pub struct Board {
    queues: Vec<QueueView>,
    people: Vec<PersonView>,
}

impl HtmlSafe for Board {}

struct QueueView {
    backlog: Backlog,
    /// Members that are Available or Busy.
    here: usize,
    members: usize,
}

/// Somebody with presence and load.
pub struct PersonView {
    /// Row id.
    pub user: UserId,
    /// Name on screen.
    pub name: String,
    /// Letters in the round picture.
    pub initials: String,
    /// Its colour.
    pub tone: char,
    /// What the person is now.
    pub presence: PresenceView,
    /// Since when.
    pub since: Timestamp,
    /// Units that are taken.
    pub used: u32,
    /// Units that there are.
    pub units: u32,
    /// Conversations that the person holds or is offered.
    pub sessions: u32,
    /// The queues that the person works in.
    pub queues: Vec<QueueId>,
    /// The names of those queues.
    pub queue_names: String,
    /// Available or Busy.
    pub is_reachable: bool,
    /// The presence was chosen, or made by an offer that was not accepted.
    pub may_reset: bool,
}

impl PersonView {
    /// Units that are taken beyond what there is.
    pub fn over(&self) -> u32 {
        self.used.saturating_sub(self.units)
    }

    /// How full the person is, for a bar; at most `units`.
    pub fn level(&self) -> u32 {
        self.used.min(self.units)
    }
}

impl Board {
    /// Reads how things stand at `now`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn read(reader: &Reader<'_>, now: Timestamp) -> Result<Board> {
        let backlogs = supervision::backlogs(reader)?;
        let people = people(reader, &backlogs, now)?;
        let queues = backlogs.into_iter().map(|backlog| {
            let members = people
                .iter()
                .filter(|person| person.queues.contains(&backlog.queue));
            QueueView {
                here: members.clone().filter(|person| person.is_reachable).count(),
                members: members.count(),
                backlog,
            }
        });
        Ok(Board {
            queues: queues.collect(),
            people,
        })
    }
}

/// Everybody who may sign in, by name.
///
/// # Errors
/// SQLite's.
pub fn people(
    reader: &Reader<'_>,
    backlogs: &[Backlog],
    now: Timestamp,
) -> Result<Vec<PersonView>> {
    let all = presences::all(reader)?;
    let mut roster = agents::roster(reader, now)?;
    let mut people = Vec::new();
    for user in users::all(reader)? {
        if let Some(at) = roster.iter().position(|agent| agent.user == user.id) {
            let agent = roster.swap_remove(at);
            people.push(person(user.name, &agent, &all, backlogs));
        }
    }
    Ok(people)
}

fn person(
    name: String,
    agent: &Agent,
    all: &[presences::Presence],
    backlogs: &[Backlog],
) -> PersonView {
    let status = &agent.status;
    let names = backlogs
        .iter()
        .filter(|backlog| agent.queues.contains_key(&backlog.queue))
        .map(|backlog| backlog.name.as_str());
    let is_gone = matches!(status.why, Why::SignedOut | Why::Disconnected);
    PersonView {
        user: agent.user,
        initials: crate::domain::names::initials(&name),
        tone: tone(agent.user.0),
        presence: PresenceView::now(status, all),
        since: status.since,
        used: agent.load.used,
        units: agent.load.units,
        sessions: agent.sessions,
        queues: agent.queues.keys().copied().collect(),
        queue_names: names.collect::<Vec<_>>().join(", "),
        is_reachable: matches!(status.presence.base, Base::Available | Base::Busy),
        may_reset: status.why != Why::Capacity && !is_gone,
        name,
    }
}

/// Those who are Available or Busy, by name, without some.
///
/// # Errors
/// SQLite's.
pub fn reachable(
    reader: &Reader<'_>,
    without: &[UserId],
    now: Timestamp,
) -> Result<Vec<PersonView>> {
    let mut people = people(reader, &supervision::backlogs(reader)?, now)?;
    people.retain(|person| person.is_reachable && !without.contains(&person.user));
    Ok(people)
}
