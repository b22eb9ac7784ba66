//! What the audit log shows of a queue.

use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::QueueId;
use crate::domain::queue::{Action, Condition, Pair};
use crate::store::{Result, Tx, audit, operating_hours, users};

use super::settings;

/// A queue in the audit log.
#[derive(Serialize)]
pub(super) struct ShownQueue {
    name: String,
    priority: u32,
    method: &'static str,
    hours: Option<String>,
    members: Vec<String>,
    out_of_hours: Option<&'static str>,
    out_of_hours_queue: Option<String>,
    work_items_limit: Option<u32>,
    work_items: Option<&'static str>,
    work_items_queue: Option<String>,
    waiting_time_minutes: Option<u64>,
    waiting_time: Option<&'static str>,
    waiting_time_queue: Option<String>,
}

impl Shown for ShownQueue {}

/// The queue as it is now, other things by their names; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, queue: QueueId) -> Result<Option<ShownQueue>> {
    let reader = tx.reader();
    let Some(found) = settings::by_id(&reader, queue)? else {
        return Ok(None);
    };
    let hours = match found.settings.hours {
        Some(hours) => operating_hours::by_id(&reader, hours)?,
        None => None,
    };
    let mut members = Vec::new();
    for member in settings::members(&reader, queue)? {
        members.extend(users::name(&reader, member)?);
    }
    let mut shown = ShownQueue {
        name: found.settings.name,
        priority: found.settings.priority,
        method: match found.settings.by_rules {
            true => "own-rules",
            false => found.settings.method.word(),
        },
        hours: hours.map(|hours| hours.name),
        members,
        out_of_hours: None,
        out_of_hours_queue: None,
        work_items_limit: None,
        work_items: None,
        work_items_queue: None,
        waiting_time_minutes: None,
        waiting_time: None,
        waiting_time_queue: None,
    };
    for Pair { condition, action } in settings::overflow(&reader, queue)? {
        let what = Some(action.what().word());
        let target = match action {
            Action::Transfer(queue) => super::name(&reader, queue)?,
            Action::AssignAnyway | Action::EndConversation => None,
        };
        match condition {
            Condition::OutOfHours => {
                (shown.out_of_hours, shown.out_of_hours_queue) = (what, target);
            }
            Condition::WorkItems(limit) => {
                shown.work_items_limit = Some(limit);
                (shown.work_items, shown.work_items_queue) = (what, target);
            }
            Condition::WaitingTime(time) => {
                shown.waiting_time_minutes = Some(time.as_secs() / 60);
                (shown.waiting_time, shown.waiting_time_queue) = (what, target);
            }
        }
    }
    Ok(Some(shown))
}

fn subject(queue: QueueId, shown: &ShownQueue) -> Subject {
    Subject::new(Kind::Queue, queue.0, &shown.name)
}

/// Records that a queue was added.
pub(super) fn added(tx: &Tx<'_>, queue: QueueId) -> Result<()> {
    match shown(tx, queue)? {
        Some(shown) => audit::added(tx, Act::QueueAdded, &subject(queue, &shown), &shown),
        None => Ok(()),
    }
}

/// Makes a change of a queue and records what differs afterwards.
pub(super) fn recorded(
    tx: &Tx<'_>,
    queue: QueueId,
    change: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let before = shown(tx, queue)?;
    change()?;
    if let (Some(before), Some(after)) = (before, shown(tx, queue)?) {
        let subject = subject(queue, &after);
        audit::changed(tx, Act::QueueChanged, &subject, &before, &after)?;
    }
    Ok(())
}

/// Records that a queue was taken away.
pub(super) fn removed(tx: &Tx<'_>, queue: QueueId, before: &ShownQueue) -> Result<()> {
    audit::removed(tx, Act::QueueRemoved, &subject(queue, before), before)
}
