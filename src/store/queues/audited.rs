//! What the audit log shows of a queue.

use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{OperatingHoursId, QueueId, UserId};
use crate::domain::queue::{Action, Condition, Pair};
use crate::store::{Result, Tx, audit};

use super::settings;

/// A queue in the audit log.
#[derive(Serialize)]
pub(super) struct ShownQueue {
    name: String,
    priority: u32,
    method: &'static str,
    hours: Option<OperatingHoursId>,
    members: Vec<UserId>,
    overflow: Vec<String>,
}

impl Shown for ShownQueue {}

/// The queue as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, queue: QueueId) -> Result<Option<ShownQueue>> {
    let reader = tx.reader();
    let Some(found) = settings::by_id(&reader, queue)? else {
        return Ok(None);
    };
    let overflow = settings::overflow(&reader, queue)?;
    Ok(Some(ShownQueue {
        name: found.settings.name,
        priority: found.settings.priority,
        method: found.settings.method.word(),
        hours: found.settings.hours,
        members: settings::members(&reader, queue)?,
        overflow: overflow.iter().map(pair).collect(),
    }))
}

/// `work-items 10: transfer 3`.
fn pair(pair: &Pair) -> String {
    let condition = match pair.condition {
        Condition::OutOfHours => String::new(),
        Condition::WorkItems(count) => format!(" {count}"),
        Condition::WaitingTime(time) => format!(" {} s", time.as_secs()),
    };
    let target = match pair.action {
        Action::Transfer(queue) => format!(" {queue}"),
        Action::AssignAnyway | Action::EndConversation => String::new(),
    };
    let (when, what) = (pair.condition.when().word(), pair.action.what().word());
    format!("{when}{condition}: {what}{target}")
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
