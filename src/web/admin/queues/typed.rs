//! What is typed about a queue, and what it means.

use std::time::Duration;

use rocket::form::FromForm;

use super::Lists;
use crate::domain::assignment::Method;
use crate::domain::ids::{OperatingHoursId, QueueId, UserId};
use crate::domain::overflow::{WAITING_LIMIT, WAITING_TIME};
use crate::domain::queue::{Action, Condition, Do, PRIORITIES, PRIORITY, Pair, When};
use crate::locale::Text;
use crate::store::queues::settings::{Given, Queue, Settings};
use crate::web::admin::{spans, typed};
use crate::web::fields::Item;
use crate::web::forms::Problems;

/// The form.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Typed {
    #[field(default = "")]
    pub name: String,
    #[field(default = "")]
    pub priority: String,
    #[field(default = "")]
    pub method: String,
    #[field(default = "")]
    pub hours: String,
    pub member: Vec<i64>,
    pub out_of_hours: TypedPair,
    pub work_items: TypedPair,
    pub waiting_time: TypedPair,
}

/// What is to be done when.
#[derive(Clone, Debug, Default, FromForm)]
pub struct TypedPair {
    #[field(default = "")]
    pub limit: String,
    #[field(default = "")]
    pub unit: String,
    #[field(default = "")]
    pub action: String,
    #[field(default = "")]
    pub queue: String,
}

/// The fields of a pair.
struct Names {
    limit: &'static str,
    action: &'static str,
    queue: &'static str,
}

const OUT_OF_HOURS: Names = Names {
    limit: "",
    action: "out_of_hours.action",
    queue: "out_of_hours.queue",
};
const WORK: Names = Names {
    limit: "work_items.limit",
    action: "work_items.action",
    queue: "work_items.queue",
};
const WAIT: Names = Names {
    limit: "waiting_time.limit",
    action: "waiting_time.action",
    queue: "waiting_time.queue",
};

/// The choice of a queue's own rules, where others are methods.
pub const OWN_RULES: &str = "own-rules";

/// The ways to choose an agent.
pub fn methods() -> Vec<Item> {
    let methods = Method::PLAIN.iter().map(|method| method.word());
    methods
        .chain([OWN_RULES])
        .map(|word| Item::word("queue-method", word))
        .collect()
}

/// What may be done about something; without doing anything the conversation waits. Outside the hours it is
/// assigned anyway.
pub fn actions(when: When) -> Vec<Item> {
    let nothing = match when {
        When::OutOfHours => None,
        When::WorkItems | When::WaitingTime => Some(Item::none("queue-overflow-wait")),
    };
    let actions = when.actions().iter();
    nothing
        .into_iter()
        .chain(actions.map(|action| Item::word("queue-overflow", action.word())))
        .collect()
}

impl Typed {
    /// What a new queue begins with.
    pub fn usual() -> Typed {
        Typed {
            priority: PRIORITY.to_string(),
            method: Method::HighestCapacity.word().to_owned(),
            ..Default::default()
        }
    }

    /// A stored queue.
    pub fn of(queue: &Queue, members: &[UserId], overflow: &[Pair]) -> Typed {
        let settings = &queue.settings;
        let mut typed = Typed {
            name: settings.name.clone(),
            priority: settings.priority.to_string(),
            method: match settings.by_rules {
                true => OWN_RULES.to_owned(),
                false => settings.method.word().to_owned(),
            },
            hours: settings.hours.map(|id| id.to_string()).unwrap_or_default(),
            member: members.iter().map(|member| member.0).collect(),
            ..Default::default()
        };
        [typed.out_of_hours, typed.work_items, typed.waiting_time] = typed_pairs(overflow);
        typed
    }

    /// What it means; `None` when something is not accepted.
    pub(super) fn read(&self, problems: &mut Problems, lists: &Lists) -> Option<Given> {
        let name = typed::name(problems, "name", &self.name);
        let priority = typed::number(problems, "priority", &self.priority, PRIORITIES);
        let method = self.method(problems);
        let hours =
            typed::chosen(problems, "hours", &self.hours, &lists.hours).map(OperatingHoursId);
        // Hours come with their pair; only what is done may be changed.
        let out_of_hours = TypedPair {
            action: match (hours, self.out_of_hours.action.as_str()) {
                (None, _) => String::new(),
                (Some(_), "") => Do::AssignAnyway.word().to_owned(),
                (Some(_), action) => action.to_owned(),
            },
            ..self.out_of_hours.clone()
        };
        let pairs = [&out_of_hours, &self.work_items, &self.waiting_time];
        let overflow = read_pairs(pairs, problems, &lists.queues);
        let members = lists.people.iter().map(|person| person.id);
        let given = Given {
            members: members.filter(|id| self.member.contains(&id.0)).collect(),
            overflow,
            settings: Settings {
                name,
                priority: priority?,
                method: method?.0,
                by_rules: method?.1,
                hours,
            },
        };
        problems.is_empty().then_some(given)
    }

    /// Who gets a conversation, and whether that is what the queue's own rules say; `None` when nothing of the list
    /// was chosen.
    pub fn method(&self, problems: &mut Problems) -> Option<(Method, bool)> {
        if self.method == OWN_RULES {
            return Some((Method::default(), true));
        }
        let methods = Method::PLAIN.into_iter();
        let method = methods
            .map(|method| (method, false))
            .find(|(method, _)| method.word() == self.method);
        problems.check("method", method.is_some(), "field-choose");
        method
    }
}

/// Stored overflow pairs: outside the hours, when too many wait, when one waits for too long.
pub fn typed_pairs(overflow: &[Pair]) -> [TypedPair; 3] {
    let mut typed = [const { TypedPair::EMPTY }; 3];
    for pair in overflow {
        let (place, limit, unit) = match pair.condition {
            Condition::OutOfHours => (0, String::new(), ""),
            Condition::WorkItems(count) => (1, count.to_string(), ""),
            Condition::WaitingTime(time) => {
                let (limit, unit) = spans::shown(time);
                (2, limit, unit)
            }
        };
        typed[place] = TypedPair {
            limit,
            unit: unit.to_owned(),
            action: pair.action.what().word().to_owned(),
            queue: match pair.action {
                Action::Transfer(target) => target.to_string(),
                Action::AssignAnyway | Action::EndConversation => String::new(),
            },
        };
    }
    typed
}

/// What typed overflow pairs mean, in the order of [`typed_pairs`]; `queues` are those that may be chosen. What
/// is not accepted is added to the problems.
pub fn read_pairs(
    [out_of_hours, work_items, waiting_time]: [&TypedPair; 3],
    problems: &mut Problems,
    queues: &[Item],
) -> Vec<Pair> {
    let mut overflow = Vec::new();
    let action = out_of_hours.read(problems, When::OutOfHours, &OUT_OF_HOURS, queues);
    overflow.extend(action.map(|action| Pair {
        condition: Condition::OutOfHours,
        action,
    }));
    if let Some(action) = work_items.read(problems, When::WorkItems, &WORK, queues) {
        let limit = typed::number(problems, WORK.limit, &work_items.limit, WAITING_LIMIT);
        overflow.extend(limit.map(|limit| Pair {
            condition: Condition::WorkItems(limit),
            action,
        }));
    }
    if let Some(action) = waiting_time.read(problems, When::WaitingTime, &WAIT, queues) {
        overflow.extend(waiting_time.time(problems).map(|time| Pair {
            condition: Condition::WaitingTime(time),
            action,
        }));
    }
    overflow
}

impl TypedPair {
    const EMPTY: TypedPair = TypedPair {
        limit: String::new(),
        unit: String::new(),
        action: String::new(),
        queue: String::new(),
    };

    /// What is to be done; `None` when nothing is, or something is not accepted.
    fn read(
        &self,
        problems: &mut Problems,
        when: When,
        names: &Names,
        queues: &[Item],
    ) -> Option<Action> {
        if self.action.is_empty() {
            return None;
        }
        let action = Do::from_word(&self.action).filter(|action| when.actions().contains(action));
        match action {
            Some(Do::AssignAnyway) => Some(Action::AssignAnyway),
            Some(Do::EndConversation) => Some(Action::EndConversation),
            Some(Do::Transfer) => {
                let target = typed::chosen(problems, names.queue, &self.queue, queues);
                problems.check(
                    names.queue,
                    target.is_some(),
                    "queue-overflow-queue-missing",
                );
                target.map(|target| Action::Transfer(QueueId(target)))
            }
            None => {
                problems.add(names.action, Text::new("field-choose"));
                None
            }
        }
    }

    fn time(&self, problems: &mut Problems) -> Option<Duration> {
        let time = spans::read(&self.limit, &self.unit, &WAITING_TIME);
        problems.check(WAIT.limit, time.is_some(), "queue-waiting-range");
        time
    }
}
