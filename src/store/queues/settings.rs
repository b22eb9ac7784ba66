//! What an administrator sets of queues.
//!
//! Invariants: the default queue keeps its name, and everybody is its member; a queue that something sends
//! conversations to is not taken away; no conversation is lost with a queue.

use std::time::Duration;

use rusqlite::types::Type;
use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::domain::assignment::Method;
use crate::domain::ids::{ConversationId, OperatingHoursId, QueueId, UserId, WorkstreamId};
use crate::domain::live_event::LiveEvent;
use crate::domain::queue::{Action, Condition, Do, Pair, When};
use crate::store::free_name::free_name;
use crate::store::{Reader, Result, Tx, rules};

use super::{audited, default_queue};

/// A queue with its settings.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Row id.
    pub id: QueueId,
    /// Whether it is the one that is always there.
    pub is_default: bool,
    /// What an administrator set.
    pub settings: Settings,
    /// How many people who may sign in are members.
    pub members: u32,
    /// How many conversations nobody has taken.
    pub waiting: u32,
}

/// What an administrator sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name; no two queues have the same.
    pub name: String,
    /// The smaller number is served first; see [`crate::domain::queue::PRIORITIES`].
    pub priority: u32,
    /// Who gets a conversation; one of [`Method::PLAIN`].
    pub method: Method,
    /// Whether instead the queue's own rules say who gets it: see [`rules::agent_rules`].
    pub by_rules: bool,
    /// When it is open; `None`: around the clock.
    pub hours: Option<OperatingHoursId>,
}

/// Everything that an administrator gives.
#[derive(Clone, Debug)]
pub struct Given {
    /// Name, priority, method, hours.
    pub settings: Settings,
    /// Who works in it.
    pub members: Vec<UserId>,
    /// What happens when there is too much; at most one pair for each kind of condition.
    pub overflow: Vec<Pair>,
}

/// What uses a queue, so that it cannot be taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Workstreams whose fallback queue it is.
    pub workstreams: Vec<(WorkstreamId, String)>,
    /// Queues whose overflow goes into it.
    pub queues: Vec<(QueueId, String)>,
    /// Rules that send conversations to it.
    pub rules: Vec<rules::Use>,
}

impl Uses {
    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        self.workstreams.is_empty() && self.queues.is_empty() && self.rules.is_empty()
    }
}

const SELECT: &str =
    "SELECT queue_id, is_default, name, priority, assignment_method, assigns_by_rules, operating_hours_id,
        (SELECT count(*) FROM queue_member JOIN user USING (user_id)
         WHERE queue_member.queue_id = queue.queue_id AND disabled_at IS NULL),
        (SELECT count(*) FROM conversation
         WHERE conversation.queue_id = queue.queue_id AND state = 'open')
    FROM queue WHERE removed_at IS NULL";

fn read(row: &Row<'_>) -> rusqlite::Result<Queue> {
    Ok(Queue {
        id: row.get(0)?,
        is_default: row.get(1)?,
        settings: Settings {
            name: row.get(2)?,
            priority: row.get(3)?,
            method: row.get(4)?,
            by_rules: row.get(5)?,
            hours: row.get(6)?,
        },
        members: row.get(7)?,
        waiting: row.get(8)?,
    })
}

/// Every queue, in the order in which they are served.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Queue>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("{SELECT} ORDER BY priority, name, queue_id"))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// The queue of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, queue: QueueId) -> Result<Option<Queue>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("{SELECT} AND queue_id = ?1"))?
        .query_row([queue], read)
        .optional()?)
}

/// The people who work in a queue, also those who may not sign in at the moment.
///
/// # Errors
/// SQLite's.
pub fn members(reader: &Reader<'_>, queue: QueueId) -> Result<Vec<UserId>> {
    Ok(reader
        .connection()
        .prepare_cached("SELECT user_id FROM queue_member WHERE queue_id = ?1 ORDER BY user_id")?
        .query_map([queue], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The overflow pairs of a queue, in the order in which they are looked at.
///
/// # Errors
/// SQLite's.
pub fn overflow(reader: &Reader<'_>, queue: QueueId) -> Result<Vec<Pair>> {
    let mut pairs = reader
        .connection()
        .prepare_cached(
            "SELECT condition, threshold, action, target_queue_id FROM queue_overflow
             WHERE queue_id = ?1",
        )?
        .query_map([queue], read_overflow)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let place = |pair: &Pair| When::ALL.iter().position(|it| *it == pair.condition.when());
    pairs.sort_by_key(place);
    Ok(pairs)
}

fn read_overflow(row: &Row<'_>) -> rusqlite::Result<Pair> {
    // The table's checks keep threshold and target where they belong.
    let threshold = || row.get::<_, u32>(1);
    Ok(Pair {
        condition: match row.get(0)? {
            When::OutOfHours => Condition::OutOfHours,
            When::WorkItems => Condition::WorkItems(threshold()?),
            When::WaitingTime => {
                Condition::WaitingTime(Duration::from_millis(u64::from(threshold()?)))
            }
        },
        action: match row.get(2)? {
            Do::AssignAnyway => Action::AssignAnyway,
            Do::EndConversation => Action::EndConversation,
            Do::Transfer => Action::Transfer(row.get::<_, Option<QueueId>>(3)?.ok_or(
                rusqlite::Error::InvalidColumnType(3, "target_queue_id".to_owned(), Type::Null),
            )?),
        },
    })
}

/// What uses a queue.
///
/// # Errors
/// SQLite's.
pub fn uses(reader: &Reader<'_>, queue: QueueId) -> Result<Uses> {
    let workstreams = reader
        .connection()
        .prepare_cached(
            "SELECT workstream_id, name FROM workstream
             WHERE fallback_queue_id = ?1 AND removed_at IS NULL ORDER BY name",
        )?
        .query_map([queue], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let queues = reader
        .connection()
        .prepare_cached(
            "SELECT queue.queue_id, name FROM queue_overflow JOIN queue USING (queue_id)
             WHERE target_queue_id = ?1 AND removed_at IS NULL ORDER BY name",
        )?
        .query_map([queue], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Uses {
        workstreams,
        queues,
        rules: rules::uses(reader, &rules::Thing::Queue(queue))?,
    })
}

/// How many conversations of a queue are not closed.
///
/// # Errors
/// SQLite's.
pub fn going_on(reader: &Reader<'_>, queue: QueueId) -> Result<u32> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM conversation WHERE queue_id = ?1 AND state <> 'closed'",
        )?
        .query_row([queue], |row| row.get(0))?)
}

/// Adds a queue. A name that another has breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, given: &Given) -> Result<QueueId> {
    let settings = &given.settings;
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue (name, priority, assignment_method, assigns_by_rules, operating_hours_id, created_at)
             VALUES (:name, :priority, :method, :by_rules, :hours, :now)",
        )?
        .execute(named_params! {
            ":name": settings.name,
            ":priority": settings.priority,
            ":method": settings.method,
            ":by_rules": settings.by_rules,
            ":hours": settings.hours,
            ":now": tx.now(),
        })?;
    let queue = QueueId(tx.connection().last_insert_rowid());
    set_members(tx, queue, &given.members)?;
    set_overflow(tx, queue, &given.overflow)?;
    audited::added(tx, queue)?;
    Ok(queue)
}

/// Changes a queue that is not the default one. A name that another has breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn change(tx: &Tx<'_>, queue: QueueId, given: &Given) -> Result<()> {
    let settings = &given.settings;
    audited::recorded(tx, queue, || {
        let changed = tx
            .connection()
            .prepare_cached(
                "UPDATE queue SET name = :name, priority = :priority, assignment_method = :method,
                     assigns_by_rules = :by_rules, operating_hours_id = :hours
                 WHERE queue_id = :queue AND is_default = 0",
            )?
            .execute(named_params! {
                ":queue": queue,
                ":name": settings.name,
                ":priority": settings.priority,
                ":method": settings.method,
                ":by_rules": settings.by_rules,
                ":hours": settings.hours,
            })?;
        if changed == 1 {
            set_members(tx, queue, &given.members)?;
            set_overflow(tx, queue, &given.overflow)?;
        }
        Ok(())
    })
}

/// Changes what may be changed of the default queue, too.
///
/// # Errors
/// SQLite's.
pub fn set_method(tx: &Tx<'_>, queue: QueueId, method: Method, by_rules: bool) -> Result<()> {
    audited::recorded(tx, queue, || {
        tx.connection()
            .prepare_cached("UPDATE queue SET assignment_method = ?2, assigns_by_rules = ?3 WHERE queue_id = ?1")?
            .execute(params![queue, method, by_rules])?;
        Ok(())
    })
}

/// Makes exactly these people the members of a queue; of the default queue everybody stays one.
fn set_members(tx: &Tx<'_>, queue: QueueId, members: &[UserId]) -> Result<()> {
    let gone: Vec<UserId> = self::members(&tx.reader(), queue)?
        .into_iter()
        .filter(|member| !members.contains(member))
        .collect();
    for member in gone {
        tx.connection()
            .prepare_cached(
                "DELETE FROM queue_member WHERE queue_id = ?1 AND user_id = ?2
                     AND NOT EXISTS (SELECT 1 FROM queue WHERE queue_id = ?1 AND is_default = 1)",
            )?
            .execute(params![queue, member])?;
    }
    for member in members {
        super::join(tx, queue, *member)?;
    }
    Ok(())
}

/// Puts these overflow pairs in place of those that are there.
fn set_overflow(tx: &Tx<'_>, queue: QueueId, pairs: &[Pair]) -> Result<()> {
    tx.connection()
        .prepare_cached("DELETE FROM queue_overflow WHERE queue_id = ?1")?
        .execute([queue])?;
    for pair in pairs {
        let threshold = match pair.condition {
            Condition::OutOfHours => None,
            Condition::WorkItems(count) => Some(i64::from(count)),
            Condition::WaitingTime(time) => Some(time.as_millis() as i64),
        };
        let target = match pair.action {
            Action::Transfer(target) => Some(target),
            Action::AssignAnyway | Action::EndConversation => None,
        };
        tx.connection()
            .prepare_cached(
                "INSERT INTO queue_overflow (queue_id, condition, threshold, action, target_queue_id)
                 VALUES (:queue, :condition, :threshold, :action, :target)",
            )?
            .execute(named_params! {
                ":queue": queue,
                ":condition": pair.condition.when(),
                ":threshold": threshold,
                ":action": pair.action.what(),
                ":target": target,
            })?;
    }
    Ok(())
}

/// Adds a copy with the members, the overflow and the rules of a queue, called `name` or, where that is taken, `name 2`.
///
/// # Errors
/// SQLite's.
pub fn copy(tx: &Tx<'_>, queue: QueueId, name: &str) -> Result<QueueId> {
    let name = free_name(name, |name| is_taken(tx, name))?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue (name, priority, assignment_method, assigns_by_rules, operating_hours_id, created_at)
             SELECT ?2, priority, assignment_method, assigns_by_rules, operating_hours_id, ?3 FROM queue
             WHERE queue_id = ?1",
        )?
        .execute(params![queue, name, tx.now()])?;
    let copy = QueueId(tx.connection().last_insert_rowid());
    tx.connection()
        .prepare_cached(
            "INSERT INTO queue_member (queue_id, user_id, joined_at)
             SELECT ?2, user_id, joined_at FROM queue_member WHERE queue_id = ?1",
        )?
        .execute(params![queue, copy])?;
    set_overflow(tx, copy, &overflow(&tx.reader(), queue)?)?;
    audited::added(tx, copy)?;
    rules::copy_of_queue(tx, queue, copy)?;
    Ok(copy)
}

fn is_taken(tx: &Tx<'_>, name: &str) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM queue
                 WHERE name = ?1 COLLATE NOCASE AND removed_at IS NULL)",
        )?
        .query_row([name], |row| row.get(0))?)
}

/// Takes a queue away. Its conversations that are not closed go into the default queue; closed ones keep its
/// name. False, and nothing happens, when it is the default queue or something uses it.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, queue: QueueId) -> Result<bool> {
    let default = default_queue(tx)?;
    if queue == default || !uses(&tx.reader(), queue)?.is_empty() {
        return Ok(false);
    }
    let Some(before) = audited::shown(tx, queue)? else {
        return Ok(false);
    };
    tx.connection()
        .prepare_cached(
            "UPDATE queue SET removed_at = ?2, operating_hours_id = NULL WHERE queue_id = ?1",
        )?
        .execute(params![queue, tx.now()])?;
    set_overflow(tx, queue, &[])?;
    set_members(tx, queue, &[])?;
    rules::forget_queue(tx, queue)?;
    let moved: Vec<ConversationId> = tx
        .connection()
        .prepare_cached(
            "UPDATE conversation SET queue_id = ?2 WHERE queue_id = ?1 AND state <> 'closed'
             RETURNING conversation_id",
        )?
        .query_map(params![queue, default], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for conversation in moved {
        tx.tell(LiveEvent::ConversationChanged(conversation))?;
    }
    audited::removed(tx, queue, &before)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;
    use crate::store::{operating_hours, queues};

    fn settings(name: &str) -> Settings {
        Settings {
            name: name.to_owned(),
            priority: 5,
            method: Method::RoundRobin,
            by_rules: false,
            hours: None,
        }
    }

    fn given(name: &str) -> Given {
        Given {
            settings: settings(name),
            members: Vec::new(),
            overflow: Vec::new(),
        }
    }

    fn add(house: &House, name: &str) -> QueueId {
        let given = given(name);
        house.write(move |tx| super::add(tx, &given))
    }

    #[test]
    fn queues_stand_in_the_order_in_which_they_are_served() {
        let house = House::furnished();
        let urgent = add(&house, "Urgent");
        let names: Vec<String> = house
            .read(all)
            .into_iter()
            .map(|queue| queue.settings.name)
            .collect();
        assert_eq!(names, ["Urgent", "Default messaging queue"]);
        let stored = house.read(|reader| by_id(reader, urgent)).unwrap();
        assert_eq!(stored.settings, settings("Urgent"));
        assert_eq!((stored.members, stored.waiting), (0, 0));
    }

    #[test]
    fn overflow_comes_back_in_the_order_in_which_it_is_looked_at() {
        let house = House::furnished();
        let (queue, other) = (add(&house, "A"), add(&house, "B"));
        let pairs = [
            Pair {
                condition: Condition::OutOfHours,
                action: Action::AssignAnyway,
            },
            Pair {
                condition: Condition::WorkItems(100),
                action: Action::EndConversation,
            },
            Pair {
                condition: Condition::WaitingTime(Duration::from_secs(172_800)),
                action: Action::Transfer(other),
            },
        ];
        let stored = pairs.to_vec();
        house.write(move |tx| {
            let mut backwards = stored.clone();
            backwards.reverse();
            set_overflow(tx, queue, &backwards)
        });
        assert_eq!(house.read(|reader| overflow(reader, queue)), pairs);
    }

    #[test]
    fn everybody_stays_in_the_default_queue() {
        let house = House::furnished();
        let mei = house.user("Mei");
        let (default, queue) = (house.queue, add(&house, "Returns"));
        house.write(move |tx| {
            queues::join(tx, default, mei)?;
            queues::join(tx, queue, mei)?;
            set_members(tx, default, &[])?;
            set_members(tx, queue, &[])
        });
        assert_eq!(house.read(|reader| members(reader, default)), [mei]);
        assert!(house.read(|reader| members(reader, queue)).is_empty());
        let returns = house.write(move |tx| {
            change(tx, default, &given("Renamed"))?;
            set_method(tx, default, Method::LeastActive, true)?;
            by_id(&tx.reader(), default)
        });
        let settings = returns.unwrap().settings;
        assert_eq!(settings.name, "Default messaging queue");
        assert_eq!(
            (settings.method, settings.by_rules),
            (Method::LeastActive, true)
        );
    }

    #[test]
    fn a_queue_goes_only_when_nothing_needs_it_and_no_conversation_goes_with_it() {
        let house = House::furnished();
        let (queue, other) = (add(&house, "Returns"), add(&house, "Other"));
        let conversation = house.conversation("customer");
        house.execute(&format!(
            "UPDATE conversation SET queue_id = {queue}; UPDATE workstream SET fallback_queue_id = {queue};"
        ));
        assert!(
            !house.write(move |tx| remove(tx, queue)),
            "a fallback queue"
        );
        let used = house.read(|reader| uses(reader, queue));
        assert_eq!(
            used.workstreams,
            [(house.workstream, "Facebook".to_owned())]
        );
        house.execute("UPDATE workstream SET fallback_queue_id = 1");
        house.write(move |tx| {
            let condition = Condition::WorkItems(3);
            let action = Action::Transfer(queue);
            set_overflow(tx, other, &[Pair { condition, action }])
        });
        assert!(
            !house.write(move |tx| remove(tx, queue)),
            "a place for overflow"
        );
        house.write(move |tx| set_overflow(tx, other, &[]));
        assert!(house.write(move |tx| remove(tx, queue)));
        assert!(!house.write(move |tx| remove(tx, queue)), "once");
        assert!(
            !house.write(|tx| remove(tx, QueueId(1))),
            "the default queue"
        );
        let place: i64 = house.number(&format!(
            "SELECT queue_id FROM conversation WHERE conversation_id = {conversation}"
        ));
        assert_eq!(place, 1);
        assert!(house.read(|reader| by_id(reader, queue)).is_none());
        // The name is free again.
        add(&house, "returns");
    }

    #[test]
    fn hours_that_a_queue_uses_stay() {
        let house = House::furnished();
        let queue = add(&house, "Returns");
        let hours = house.write(move |tx| {
            let given = operating_hours::Given {
                name: "Shop".to_owned(),
                description: String::new(),
                zone: chrono_tz::UTC,
                week: Default::default(),
            };
            let hours = operating_hours::add(tx, &given)?;
            let mut with_hours = super::tests::given("Returns");
            with_hours.settings.hours = Some(hours);
            change(tx, queue, &with_hours)?;
            Ok(hours)
        });
        assert!(!house.write(move |tx| operating_hours::remove(tx, hours)));
        house.write(move |tx| remove(tx, queue));
        assert!(house.write(move |tx| operating_hours::remove(tx, hours)));
    }
}
