//! Who is offered a conversation: the agents of its queue who can take it, the best first, and for each of
//! the others why not. (Specification §3.5, §3.9.)
//!
//! Order of conversations: those that go back to the agent who had them, then by the queue's priority, then
//! by their own, then the one whose last interaction is longest ago. A queue may have an order of its own, and rules
//! about who is asked: see [`super::queue_rules`].

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::capacity::{Demand, Load, NoRoom};
use super::facts::Priority;
use super::ids::{AgentRuleId, ConversationId, QueueId, UserId};
use super::presence::{Base, Status};
use super::queue_rules::{Asking, Position, RuleWay};
use super::skills::{self, Distance, Matching, Need, Skill};
use super::time::Timestamp;

/// After this many different agents declined a conversation, it is not offered any more; people may still take
/// it or give it. (Specification §3.6.)
pub const MOST_DECLINERS: usize = 100;
/// How many declines of one agent a setting may allow.
pub const DECLINES: std::ops::RangeInclusive<u8> = 1..=5;

/// How a queue finds the best of those who can take a conversation.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Most free capacity; equals by turn.
    #[default]
    HighestCapacity,
    /// By turn: whose last assignment from this queue is longest ago, at first in the order of joining it.
    RoundRobin,
    /// Who became free of a conversation longest ago; who has just signed in is the most idle; equals by turn.
    LeastActive,
    /// The highest rating in the skills that are asked for, over all of them; equals by turn. Only in rules.
    Proficiency,
    /// The fewest skills, so that those with many stay free for what needs them; equals by turn. Only in rules.
    FewestSkills,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 5] = [
        Method::HighestCapacity,
        Method::RoundRobin,
        Method::LeastActive,
        Method::Proficiency,
        Method::FewestSkills,
    ];
    /// Those of queues without rules of their own.
    pub const PLAIN: [Method; 3] = [
        Method::HighestCapacity,
        Method::RoundRobin,
        Method::LeastActive,
    ];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Method::HighestCapacity => "highest-capacity",
            Method::RoundRobin => "round-robin",
            Method::LeastActive => "least-active",
            Method::Proficiency => "proficiency",
            Method::FewestSkills => "fewest-skills",
        }
    }

    /// The method of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.word() == word)
    }
}

/// An agent as he stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Who.
    pub user: UserId,
    /// His presence, and why.
    pub status: Status,
    /// One of his browsers has a live connection.
    pub is_connected: bool,
    /// His capacity.
    pub load: Load,
    /// His skills.
    pub skills: Vec<Skill>,
    /// His open sessions.
    pub sessions: u32,
    /// When he signed in.
    pub signed_in_at: Timestamp,
    /// When he last became free of a conversation: it was closed, parked, given away. `None`: never.
    pub released_at: Option<Timestamp>,
    /// The queues that he works in.
    pub queues: BTreeMap<QueueId, Member>,
}

/// An agent in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// His place in the order of joining; the first is the smallest.
    pub joined: i64,
    /// When he was last given a conversation of this queue; `None`: never.
    pub assigned_at: Option<Timestamp>,
}

/// A conversation that waits for somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which.
    pub conversation: ConversationId,
    /// Its queue.
    pub queue: QueueId,
    /// The queue's priority; the smallest number is served first.
    pub queue_priority: i64,
    /// How the queue finds the best.
    pub method: Method,
    /// How urgent it is.
    pub priority: Priority,
    /// When somebody last wrote in it: who comes back waits behind those who wait since then.
    pub last_interaction_at: Timestamp,
    /// The skills that it needs.
    pub needs: Vec<Need>,
    /// How skills are compared.
    pub matching: Matching,
    /// What it takes.
    pub demand: Demand,
    /// The presences in which its workstream offers.
    pub allowed: Vec<Base>,
    /// Who had it, and is asked first now that the customer is back; `None`: nobody.
    pub keeps: Option<Keeps>,
    /// How often each agent declined it.
    pub declines: BTreeMap<UserId, u8>,
    /// Its place in its queue's own order; `None`: the queue has none.
    pub position: Option<Position>,
    /// The rules of its queue about who is asked, as far as they hold for it; `None`: the queue's method decides.
    pub ways: Option<Vec<RuleWay>>,
}

/// The agent who had a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keeps {
    /// Who.
    pub user: UserId,
    /// The workstream wants it to go back to him also when he has no room.
    pub over_capacity: bool,
}

/// The organization's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// After so many declines an agent is not asked again about the same conversation; within [`DECLINES`].
    pub max_declines: u8,
    /// Open sessions of an agent at most.
    pub max_sessions: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            max_declines: 3,
            max_sessions: 10,
        }
    }
}

/// What was found about one agent.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Considered {
    /// Who.
    pub user: UserId,
    /// His presence.
    pub presence: Base,
    /// What is free of his capacity for a conversation of this kind.
    pub free: i64,
    /// How far his skills are from what is needed.
    pub distance: Distance,
    /// How often he declined this conversation.
    pub declines: u8,
    /// What came of it.
    pub verdict: Verdict,
}

/// Whether an agent can be offered a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Yes, at this place; 1 is the best.
    Candidate(u32),
    /// Yes, before all others, because he had it.
    Keeps,
    /// No.
    No(WhyNot),
}

/// Why an agent is not offered a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// He had it, but cannot have it back, and does not work in its queue.
    NotMember,
    /// No browser of his is connected.
    NotConnected,
    /// The workstream does not offer in his presence.
    Presence,
    /// He missed or rejected an offer and was not reset, or is gone.
    Barred,
    /// It does not fit.
    NoRoom(NoRoom),
    /// He has as many sessions as allowed.
    SessionsFull {
        /// So many.
        allowed: u32,
    },
    /// He lacks a skill or a rating.
    Skills,
    /// He declined it too often.
    Declined,
    /// So many agents declined it that it is not offered any more.
    TooManyDeclined,
    /// He lacks a skill that the queue's rule asks for.
    RuleSkills,
    /// None of the queue's rules is about this conversation.
    NoRule,
}

/// Who can take a conversation.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Assessment {
    /// The agents who can, the best first.
    pub order: Vec<UserId>,
    /// Every agent of the queue, and who had it.
    pub considered: Vec<Considered>,
    /// The rule of the queue that found them; `None`: there are none, or none found anybody.
    pub rule: Option<AgentRuleId>,
}

/// Finds who can take a conversation. Where the queue has rules of its own, the first that finds somebody decides;
/// what is told about agents is what the last rule that was asked found.
pub fn assess(item: &Item, agents: &[Agent], settings: Settings) -> Assessment {
    let Some(ways) = &item.ways else {
        return assess_by(Asking::plain(item), item, agents, settings);
    };
    let mut found = None;
    for one in ways {
        let mut assessment = assess_by(one.way.of(item), item, agents, settings);
        if !assessment.order.is_empty() {
            assessment.rule = Some(one.rule);
            return assessment;
        }
        found = Some(assessment);
    }
    found.unwrap_or_else(|| without_rule(item, agents, settings))
}

/// A conversation that no rule of its queue is about goes to nobody but who had it.
fn without_rule(item: &Item, agents: &[Agent], settings: Settings) -> Assessment {
    let mut assessment = assess_by(Asking::plain(item), item, agents, settings);
    let mut keeper = Vec::new();
    for considered in &mut assessment.considered {
        match considered.verdict {
            Verdict::Keeps => keeper.push(considered.user),
            Verdict::Candidate(_) => considered.verdict = Verdict::No(WhyNot::NoRule),
            Verdict::No(_) => {}
        }
    }
    assessment.order = keeper;
    assessment
}

fn assess_by(asking: Asking<'_>, item: &Item, agents: &[Agent], settings: Settings) -> Assessment {
    let decliners = item.declines.values().filter(|times| **times > 0).count();
    let mut considered = Vec::new();
    let mut ranked = Vec::new();
    for agent in agents {
        let is_keeper = item.keeps.is_some_and(|keeps| keeps.user == agent.user);
        if !is_keeper && !agent.queues.contains_key(&item.queue) {
            continue;
        }
        let declines = item.declines.get(&agent.user).copied().unwrap_or(0);
        let distance = skills::distance(&item.needs, &agent.skills);
        let keeps = item
            .keeps
            .filter(|keeps| is_keeper && declines == 0 && keeps.suits(item, agent, settings));
        let verdict = match suits(asking, item, agent, settings, declines, distance) {
            _ if keeps.is_some() => Verdict::Keeps,
            _ if decliners >= MOST_DECLINERS => Verdict::No(WhyNot::TooManyDeclined),
            Ok(()) => Verdict::Candidate(0),
            Err(why) => Verdict::No(why),
        };
        if !matches!(verdict, Verdict::No(_)) {
            let rank = rank(asking, item, agent, declines, distance);
            let key = (keeps.is_none(), rank);
            ranked.push((key, considered.len()));
        }
        considered.push(Considered {
            user: agent.user,
            presence: agent.status.presence.base,
            free: agent.load.free_for(&item.demand),
            distance,
            declines,
            verdict,
        });
    }
    ranked.sort();
    let mut order = Vec::new();
    for (place, (_, index)) in (1..).zip(ranked) {
        let found = &mut considered[index];
        order.push(found.user);
        if found.verdict != Verdict::Keeps {
            found.verdict = Verdict::Candidate(place);
        }
    }
    Assessment {
        order,
        considered,
        rule: None,
    }
}

impl Keeps {
    /// Whether it can go back to the agent who had it: whatever his presence allows, but not to somebody who is
    /// gone or does not answer, and over his capacity only where the workstream wants that.
    fn suits(self, item: &Item, agent: &Agent, settings: Settings) -> bool {
        agent.is_connected
            && agent.status.presence.base != Base::Offline
            && !agent.status.why.bars_offers()
            && agent.sessions < settings.max_sessions
            && (self.over_capacity || agent.load.fits(&item.demand).is_ok())
    }
}

fn suits(
    asking: Asking<'_>,
    item: &Item,
    agent: &Agent,
    settings: Settings,
    declines: u8,
    distance: Distance,
) -> Result<(), WhyNot> {
    if !agent.queues.contains_key(&item.queue) {
        return Err(WhyNot::NotMember);
    }
    if !agent.is_connected {
        return Err(WhyNot::NotConnected);
    }
    if agent.status.why.bars_offers() {
        return Err(WhyNot::Barred);
    }
    if !agent.status.is_allowed(asking.allowed) {
        return Err(WhyNot::Presence);
    }
    agent.load.fits(&item.demand).map_err(WhyNot::NoRoom)?;
    if agent.sessions >= settings.max_sessions {
        return Err(WhyNot::SessionsFull {
            allowed: settings.max_sessions,
        });
    }
    if asking.matching == Matching::Exact && !distance.is_enough() {
        return Err(WhyNot::Skills);
    }
    if !skills::distance(asking.needs, &agent.skills).is_enough() {
        return Err(WhyNot::RuleSkills);
    }
    if declines >= settings.max_declines {
        return Err(WhyNot::Declined);
    }
    Ok(())
}

/// The smallest comes first. Who declined it is asked after those who did not. With *closest* skills decide
/// before the method, and equals take turns, so that they do not all hit the same agent.
fn rank(
    asking: Asking<'_>,
    item: &Item,
    agent: &Agent,
    declines: u8,
    distance: Distance,
) -> impl Ord + use<> {
    let is_closest = asking.matching == Matching::Closest;
    let member = agent.queues.get(&item.queue);
    let turn = (
        member.and_then(|member| member.assigned_at),
        member.map(|member| member.joined),
        agent.user,
    );
    let idle_since = agent.released_at.filter(|at| *at >= agent.signed_in_at);
    let (most, idle) = match asking.method {
        _ if is_closest && asking.method == Method::HighestCapacity => (0, None),
        Method::HighestCapacity => (agent.load.free_for(&item.demand), None),
        Method::RoundRobin => (0, None),
        Method::LeastActive => (0, idle_since),
        Method::Proficiency => (proficiency(asking, item, agent), None),
        Method::FewestSkills => (-(agent.skills.len() as i64), None),
    };
    let distance = is_closest.then_some(distance);
    (declines, distance, Reverse(most), idle, turn)
}

/// How good an agent is at what is asked for: the ratings together, each skill once.
fn proficiency(asking: Asking<'_>, item: &Item, agent: &Agent) -> i64 {
    let is_asked = |skill: &&Skill| {
        let mut needs = item.needs.iter().chain(asking.needs);
        needs.any(|need| need.skill == skill.skill)
    };
    let asked = agent.skills.iter().filter(is_asked);
    asked.map(|skill| i64::from(skill.rating)).sum()
}

/// Sorts what waits into the order in which it is handed out.
pub fn in_order<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<&'a Item> {
    let mut items: Vec<&Item> = items.into_iter().collect();
    items.sort_by(|a, b| turn(a).cmp(&turn(b)));
    items
}

/// When an item is handed out: the smallest first. A queue's own order holds within the queue, and instead of the
/// urgency of its conversations.
pub fn turn(item: &Item) -> impl Ord + use<'_> {
    (
        item.keeps.is_none(),
        item.queue_priority,
        &item.position,
        Reverse(item.priority),
        item.last_interaction_at,
        item.conversation,
    )
}

/// A conversation that is to be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Which.
    pub conversation: ConversationId,
    /// To whom.
    pub user: UserId,
    /// Why to him.
    pub assessment: Assessment,
}

/// Hands out what waits, as far as it goes, and counts it: `agents` have less room afterwards. Whatever waits
/// is tried, in order, so that one that nobody can take holds up none of the others.
pub fn hand_out<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    agents: &mut [Agent],
    settings: Settings,
    now: Timestamp,
) -> Vec<Given> {
    let mut given = Vec::new();
    for item in in_order(items) {
        let assessment = assess(item, agents, settings);
        let Some(user) = assessment.order.first().copied() else {
            continue;
        };
        for agent in agents.iter_mut().filter(|agent| agent.user == user) {
            agent.give(item, now);
        }
        given.push(Given {
            conversation: item.conversation,
            user,
            assessment,
        });
    }
    given
}

impl Agent {
    /// Counts a conversation that he is offered.
    fn give(&mut self, item: &Item, now: Timestamp) {
        self.load.take_by_hand(&item.demand);
        self.sessions += 1;
        if let Some(member) = self.queues.get_mut(&item.queue) {
            member.assigned_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests;
