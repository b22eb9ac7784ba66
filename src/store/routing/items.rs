//! What waits to be offered, with all that the rules of assignment ask about it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row};

use crate::domain::assignment::{self, Item, Keeps};
use crate::domain::capacity::Demand;
use crate::domain::facts::Facts;
use crate::domain::ids::{AgentRuleId, CapacityProfileId, ConversationId, OrderRuleId, UserId};
use crate::domain::offer::Terms;
use crate::domain::presence::Base;
use crate::domain::queue_rules::{self, Considered, Position};
use crate::domain::skills::Need;
use crate::domain::time::Timestamp;
use crate::store::rules::{self, InForce, Surroundings};
use crate::store::{Reader, Result, StoreError, conversations};

use super::priority;

/// A conversation that waits to be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// As the rules of assignment ask about it.
    pub item: Item,
    /// How its workstream offers.
    pub terms: Terms,
    /// Most sessions of an agent to whom it can be offered; `None`: the organization's limit.
    pub session_limit: Option<u32>,
    /// The log has not said yet that nobody can take it, since it came into its queue.
    pub is_new: bool,
    /// The rules of its queue, as they were asked; only of [`item`].
    pub asked: AskedRules,
}

/// The rules of a queue, as they were asked about a conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AskedRules {
    /// Its own order.
    pub order: Vec<Considered<OrderRuleId>>,
    /// Who is asked: see [`queue_rules::ways`].
    pub agents: Vec<Considered<AgentRuleId>>,
}

macro_rules! select_items {
    ($rest:literal) => {
        concat!(
            "SELECT c.conversation_id, c.queue_id, q.priority, q.assignment_method, c.priority,
                    c.interacted_at, w.skill_matching, w.capacity_units, w.capacity_profile_id,
                    w.allowed_presences, c.keeps_agent_id, w.offer_countdown_s, w.offer_reject,
                    w.offer_auto_assign, w.session_limit,
                    NOT EXISTS (SELECT 1 FROM routing_step AS s
                        WHERE s.conversation_id = c.conversation_id AND s.occurred_at >= c.queued_at
                          AND s.step ->> '$.step' = 'assessed')
             FROM conversation AS c
             JOIN queue AS q ON q.queue_id = c.queue_id
             JOIN workstream AS w ON w.workstream_id = c.workstream_id
             WHERE c.state = 'open' AND c.is_push = 1 AND c.routed_at IS NOT NULL ",
            $rest
        )
    };
}

fn head(row: &Row<'_>) -> rusqlite::Result<(Waiting, String)> {
    let profile: Option<CapacityProfileId> = row.get(8)?;
    let keeps: Option<UserId> = row.get(10)?;
    let units = match profile {
        Some(_) => 0,
        None => row.get(7)?,
    };
    let item = Item {
        conversation: row.get(0)?,
        queue: row.get(1)?,
        queue_priority: row.get(2)?,
        method: row.get(3)?,
        priority: priority(row.get(4)?),
        last_interaction_at: row.get(5)?,
        needs: Vec::new(),
        matching: row.get(6)?,
        demand: Demand {
            units,
            profiles: profile.into_iter().collect(),
        },
        allowed: Vec::new(),
        keeps: keeps.map(|user| Keeps {
            user,
            over_capacity: true,
        }),
        declines: BTreeMap::new(),
        position: None,
        ways: None,
    };
    let waiting = Waiting {
        item,
        terms: Terms {
            countdown: Duration::from_secs(u64::from(row.get::<_, u32>(11)?)),
            may_reject: row.get(12)?,
            accepts_itself: row.get(13)?,
        },
        session_limit: row.get(14)?,
        is_new: row.get(15)?,
        asked: AskedRules::default(),
    };
    Ok((waiting, row.get(9)?))
}

/// Everything that waits to be offered, in the order in which it is handed out at `now`.
///
/// # Errors
/// SQLite's.
pub fn waiting(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<Waiting>> {
    let found = reader
        .connection()
        .prepare_cached(select_items!(
            "ORDER BY c.keeps_agent_id IS NULL, q.priority, c.priority DESC, c.interacted_at, c.conversation_id"
        ))?
        .query_map([], head)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut more = More::of_all(reader)?;
    let mut found = found
        .into_iter()
        .map(|(waiting, presences)| more.complete(waiting, &presences))
        .collect::<Result<Vec<_>>>()?;
    let rules = rules::in_force(reader)?;
    if rules.is_empty() {
        return Ok(found);
    }
    let mut surroundings = Surroundings::default();
    for waiting in &mut found {
        if let Some(rules) = rules.get(&waiting.item.queue) {
            ask(reader, waiting, rules, &mut surroundings, now)?;
            waiting.asked = AskedRules::default();
        }
    }
    found.sort_by(|a, b| assignment::turn(&a.item).cmp(&assignment::turn(&b.item)));
    Ok(found)
}

/// Asks the rules of its queue about a conversation.
fn ask(
    reader: &Reader<'_>,
    waiting: &mut Waiting,
    rules: &InForce,
    surroundings: &mut Surroundings,
    now: Timestamp,
) -> Result<()> {
    let item = &mut waiting.item;
    let Some(facts) = found_facts(reader, item, surroundings, now)? else {
        return Ok(());
    };
    if !rules.order.is_empty() {
        let (place, asked) = queue_rules::place(&rules.order, &facts);
        let position = Position::new(&rules.name, place, item.priority, item.last_interaction_at);
        item.position = Some(position);
        waiting.asked.order = asked;
    }
    if let Some(agents) = &rules.agents {
        let (ways, asked) = queue_rules::ways(agents, &facts);
        item.ways = Some(ways);
        waiting.asked.agents = asked;
    }
    Ok(())
}

/// What is known of a conversation now that its workstream's rules were asked. `None` when its customer is gone.
fn found_facts(
    reader: &Reader<'_>,
    item: &Item,
    surroundings: &mut Surroundings,
    now: Timestamp,
) -> Result<Option<Facts>> {
    let Some(conversation) = conversations::by_id(reader, item.conversation)? else {
        return Ok(None);
    };
    let Some(mut facts) = rules::facts_within(reader, &conversation, surroundings, now)? else {
        return Ok(None);
    };
    facts.priority = item.priority;
    facts.need(&item.needs);
    let mut statement = reader.connection().prepare_cached(
        "SELECT name, value FROM conversation_variable WHERE conversation_id = ?1",
    )?;
    let mut rows = statement.query([item.conversation])?;
    while let Some(row) = rows.next()? {
        let value = super::from_json(&row.get::<_, String>(1)?)?;
        facts.variables.insert(row.get(0)?, value);
    }
    Ok(Some(facts))
}

/// One conversation, while it waits to be offered at `now`, with the rules of its queue; `None` otherwise.
///
/// # Errors
/// SQLite's.
pub fn item(
    reader: &Reader<'_>,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<Option<Waiting>> {
    let found = reader
        .connection()
        .prepare_cached(select_items!("AND c.conversation_id = ?1"))?
        .query_row([conversation], head)
        .optional()?;
    let Some((waiting, presences)) = found else {
        return Ok(None);
    };
    let mut more = More::of_one(reader, conversation)?;
    let mut waiting = more.complete(waiting, &presences)?;
    if let Some(rules) = rules::in_force(reader)?.get(&waiting.item.queue) {
        ask(
            reader,
            &mut waiting,
            rules,
            &mut Surroundings::default(),
            now,
        )?;
    }
    Ok(Some(waiting))
}

/// What stands in tables of its own.
#[derive(Default)]
struct More {
    needs: HashMap<ConversationId, Vec<Need>>,
    profiles: HashMap<ConversationId, Vec<CapacityProfileId>>,
    declines: HashMap<ConversationId, BTreeMap<UserId, u8>>,
}

/// The rows of a table that belong to what waits.
macro_rules! of_all {
    ($columns:literal, $table:literal) => {
        concat!(
            "SELECT t.conversation_id, ", $columns, " FROM ", $table, " AS t
             JOIN conversation AS c USING (conversation_id) WHERE c.state = 'open' AND c.is_push = 1"
        )
    };
}

macro_rules! of_one {
    ($columns:literal, $table:literal) => {
        concat!(
            "SELECT conversation_id, ",
            $columns,
            " FROM ",
            $table,
            " WHERE conversation_id = ?1"
        )
    };
}

impl More {
    fn of_all(reader: &Reader<'_>) -> Result<More> {
        More::read(
            reader,
            None,
            [
                of_all!("t.skill_id, t.rating", "conversation_skill"),
                of_all!("t.capacity_profile_id", "conversation_profile"),
                of_all!("t.user_id, t.times", "decline"),
            ],
        )
    }

    fn of_one(reader: &Reader<'_>, conversation: ConversationId) -> Result<More> {
        More::read(
            reader,
            Some(conversation),
            [
                of_one!("skill_id, rating", "conversation_skill"),
                of_one!("capacity_profile_id", "conversation_profile"),
                of_one!("user_id, times", "decline"),
            ],
        )
    }

    fn read(
        reader: &Reader<'_>,
        only: Option<ConversationId>,
        [needs, profiles, declines]: [&str; 3],
    ) -> Result<More> {
        let mut more = More::default();
        let parameters = || rusqlite::params_from_iter(only);
        let connection = reader.connection();
        let mut statement = connection.prepare_cached(needs)?;
        let mut rows = statement.query(parameters())?;
        while let Some(row) = rows.next()? {
            let need = Need {
                skill: row.get(1)?,
                rating: row.get(2)?,
            };
            more.needs.entry(row.get(0)?).or_default().push(need);
        }
        let mut statement = connection.prepare_cached(profiles)?;
        let mut rows = statement.query(parameters())?;
        while let Some(row) = rows.next()? {
            more.profiles
                .entry(row.get(0)?)
                .or_default()
                .push(row.get(1)?);
        }
        let mut statement = connection.prepare_cached(declines)?;
        let mut rows = statement.query(parameters())?;
        while let Some(row) = rows.next()? {
            let times: i64 = row.get(2)?;
            more.declines
                .entry(row.get(0)?)
                .or_default()
                .insert(row.get(1)?, u8::try_from(times).unwrap_or(u8::MAX));
        }
        Ok(more)
    }

    fn complete(&mut self, mut waiting: Waiting, presences: &str) -> Result<Waiting> {
        let item = &mut waiting.item;
        for word in presences.split(' ').filter(|word| !word.is_empty()) {
            item.allowed
                .push(Base::from_word(word).ok_or_else(|| StoreError::Word {
                    what: "a presence",
                    word: word.to_owned(),
                })?);
        }
        let conversation = item.conversation;
        item.needs = self.needs.remove(&conversation).unwrap_or_default();
        item.declines = self.declines.remove(&conversation).unwrap_or_default();
        for profile in self.profiles.remove(&conversation).unwrap_or_default() {
            item.demand.add(profile);
        }
        Ok(waiting)
    }
}
