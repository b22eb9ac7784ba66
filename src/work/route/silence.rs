//! What is done about silence: timeout rules, and the guard against forgotten messages. Both are jobs of the
//! schedule.

use crate::clock;
use crate::domain::automation::{self, Values};
use crate::domain::conversation::EventKind;
use crate::domain::guard::{self, Level};
use crate::domain::ids::ConversationId;
use crate::domain::timeouts::{self, Action, Rule, Side};
use crate::store::automated_messages;
use crate::store::{Result, Store, Tx, conversations, routing, rules, settings, workstreams};

/// Conversations changed in one transaction.
const PORTION: usize = 50;

/// Lets timeout rules act whose time has come; how often one did.
///
/// # Errors
/// The database's.
pub fn apply_rules(store: &Store) -> Result<u64> {
    let mut acted = 0;
    for workstream in store.read(workstreams::all)? {
        let mut rules = store.read(|reader| rules::timeouts(reader, workstream.id))?;
        rules.retain(|rule| rule.is_active);
        let Some(shortest) = rules.iter().map(|rule| rule.after).min() else {
            continue;
        };
        let now = clock::now();
        let silences =
            store.read(|reader| routing::silences(reader, workstream.id, now.minus(shortest)))?;
        let due: Vec<ConversationId> = silences
            .iter()
            .filter(|(_, silence)| timeouts::next(&rules, silence).is_some_and(|(at, _)| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for portion in due.chunks(PORTION) {
            let (portion, rules) = (portion.to_vec(), rules.clone());
            acted += store.write_blocking(move |tx| {
                let task = "timeout-rule";
                super::each(tx, &portion, task, |tx, id| next_acts(tx, *id, &rules))
            })?;
        }
    }
    Ok(acted)
}

/// The rule that is due in a conversation acts. False when somebody has spoken meanwhile.
fn next_acts(tx: &Tx<'_>, id: ConversationId, rules: &[Rule]) -> Result<bool> {
    let Some(silence) = routing::silence_of(&tx.reader(), id)? else {
        return Ok(false);
    };
    let Some((_, rule)) = timeouts::next(rules, &silence).filter(|(at, _)| *at <= tx.now()) else {
        return Ok(false);
    };
    routing::acted(tx, id, rule.id, &rule.name, silence.since)?;
    match (&rule.action, rule.act()) {
        (_, Some(act)) => {
            conversations::apply(tx, id, act, None)?;
        }
        (Action::Message { to, .. }, None) => speak(tx, id, rule, *to)?,
        (Action::Park | Action::Close(_), None) => {}
    }
    Ok(true)
}

/// Sends the rule's message: to the customer as a message of ours, to the agent as a line of the conversation.
fn speak(tx: &Tx<'_>, id: ConversationId, rule: &Rule, to: Side) -> Result<()> {
    match to {
        Side::Customer => {
            let words = |language: &str| rule.action.text(Some(language)).map(str::to_owned);
            automated_messages::say_rule(tx, id, words)?;
            Ok(())
        }
        Side::Agent => match rule.action.text(None) {
            Some(text) => {
                let text = automation::fill(text, &Values::default());
                conversations::add_line(tx, id, EventKind::Notice, None, &text)
            }
            None => Ok(()),
        },
    }
}

/// Tells people of customers whose messages nobody has answered: first who has the conversation, then everybody
/// of its queue, at last the administrators. How many were told of.
///
/// # Errors
/// The database's.
pub fn remind(store: &Store) -> Result<u64> {
    let now = clock::now();
    let patience = store.read(settings::read)?.unanswered.patience();
    let times = [patience.person, patience.queue, patience.administrator];
    let Some(shortest) = times.into_iter().flatten().min() else {
        return Ok(0);
    };
    let forgotten = store.read(|reader| routing::unanswered(reader, now.minus(shortest)))?;
    let due: Vec<(ConversationId, Level)> = forgotten
        .into_iter()
        .filter_map(|(id, unanswered)| {
            let (at, level) = guard::next(&patience, unanswered, now)?;
            (at <= now).then_some((id, level))
        })
        .collect();
    let mut told = 0;
    for portion in due.chunks(PORTION) {
        let portion = portion.to_vec();
        told += store.write_blocking(move |tx| {
            let task = "remind";
            super::each(tx, &portion, task, |tx, (id, level)| tell(tx, *id, *level))
        })?;
    }
    Ok(told)
}

/// The line in the conversation says who is told; the live stream brings it before them.
fn tell(tx: &Tx<'_>, id: ConversationId, level: Level) -> Result<bool> {
    if !routing::remind(tx, id, level)? {
        return Ok(false);
    }
    let word = format!("unanswered-{}", level.word());
    conversations::add_line(tx, id, EventKind::Remark, None, &word)?;
    Ok(true)
}
