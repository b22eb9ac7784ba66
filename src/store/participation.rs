//! Taking part in a conversation beside the agent who holds it: colleagues who are asked, supervisors who read
//! along, and both when they are let in to write to the customer. And what all of them write to each other.
//!
//! Invariant: whoever takes part does so in the session of who holds it, and leaves with its end. Every coming and
//! going is a line of the conversation's history.

use crate::domain::automation::Trigger;
use crate::domain::conversation::{EventKind, State};
use crate::domain::ids::{ConversationId, SessionId, UserId};
use crate::domain::live_event::{Notice, Word};
use crate::domain::session::{Mode, Part};

use super::automated_messages::{self, About};
use super::{Result, Tx, agent_sessions, conversations, users};

/// So many colleagues are asked about one conversation at most. (Specification §3.10.)
pub const ASKED: usize = 5;

/// The session of a conversation that `holder` holds; `None` when it is somebody else's or offered to him only.
fn session_of(tx: &Tx<'_>, id: ConversationId, holder: UserId) -> Result<Option<SessionId>> {
    let reader = tx.reader();
    let conversation = conversations::by_id(&reader, id)?;
    let is_held = conversation.is_some_and(|found| found.agent == Some(holder));
    let current = agent_sessions::current(&reader, id)?;
    Ok(current.filter(|_| is_held).map(|(session, _)| session))
}

fn is_active(tx: &Tx<'_>, id: ConversationId) -> Result<bool> {
    let found = conversations::by_id(&tx.reader(), id)?;
    Ok(found.is_some_and(|found| found.state == State::Active))
}

fn say(tx: &Tx<'_>, id: ConversationId, trigger: Trigger, agent: UserId) -> Result<()> {
    let about = About {
        agent: Some(agent),
        ..About::default()
    };
    automated_messages::say(tx, id, trigger, about).map(drop)
}

/// A line in which somebody does something with somebody else.
fn line(tx: &Tx<'_>, id: ConversationId, kind: EventKind, by: UserId, whom: UserId) -> Result<()> {
    let name = users::name(&tx.reader(), whom)?.unwrap_or_default();
    conversations::add_line(tx, id, kind, Some(by), &name)
}

/// `by`, who holds an Active conversation, asks a colleague, who reads it from now on. False, and nothing changes,
/// when it is not Active any more or not `by`'s, when the colleague takes part already, or when [`ASKED`] do.
///
/// # Errors
/// SQLite's.
pub fn ask(tx: &Tx<'_>, id: ConversationId, by: UserId, whom: UserId) -> Result<bool> {
    let Some(session) = session_of(tx, id, by)? else {
        return Ok(false);
    };
    let asked = agent_sessions::beside(&tx.reader(), id)?;
    let asked = asked.iter().filter(|(_, part)| part.mode == Mode::Consult);
    let has_room = asked.count() < ASKED;
    if !has_room || !is_active(tx, id)? || !agent_sessions::join(tx, session, whom, Mode::Consult)?
    {
        return Ok(false);
    }
    line(tx, id, EventKind::Consulted, by, whom)?;
    say(tx, id, Trigger::ConsultAccepted, whom)?;
    let word = Word::Asked {
        conversation: id,
        by,
    };
    tx.after_commit(Notice::Told(whom, word));
    Ok(true)
}

/// `by`, who holds a conversation, lets a colleague whom he asked write to its customer. False, and nothing
/// changes, when that is not possible (any more).
///
/// # Errors
/// SQLite's.
pub fn let_in(tx: &Tx<'_>, id: ConversationId, by: UserId, whom: UserId) -> Result<bool> {
    let Some(session) = session_of(tx, id, by)? else {
        return Ok(false);
    };
    if !is_active(tx, id)? || !agent_sessions::let_in(tx, session, whom)? {
        return Ok(false);
    }
    line(tx, id, EventKind::LetIn, by, whom)?;
    say(tx, id, Trigger::ColleagueJoined, whom)?;
    let word = Word::LetIn {
        conversation: id,
        by,
    };
    tx.after_commit(Notice::Told(whom, word));
    Ok(true)
}

/// A supervisor reads along: it is noted in the session of who holds the conversation, and as a line of its
/// history. Nothing happens when nobody holds it, or when the supervisor takes part already.
///
/// # Errors
/// SQLite's.
pub fn monitor(tx: &Tx<'_>, id: ConversationId, by: UserId) -> Result<()> {
    let Some((session, _)) = agent_sessions::current(&tx.reader(), id)? else {
        return Ok(());
    };
    match agent_sessions::join(tx, session, by, Mode::Monitor)? {
        true => conversations::add_line(tx, id, EventKind::Monitored, Some(by), ""),
        false => Ok(()),
    }
}

/// A supervisor, reading along or not yet, writes to the customer from now on. False, and nothing changes, when the
/// conversation is not Active, when it is only offered, or when it is the supervisor's own.
///
/// # Errors
/// SQLite's.
pub fn join(tx: &Tx<'_>, id: ConversationId, by: UserId) -> Result<bool> {
    let found = conversations::by_id(&tx.reader(), id)?;
    let is_held = found.is_some_and(|it| it.state == State::Active && it.agent.is_some());
    let Some((session, holder)) = agent_sessions::current(&tx.reader(), id)? else {
        return Ok(false);
    };
    if !is_held || holder == by {
        return Ok(false);
    }
    agent_sessions::join(tx, session, by, Mode::Monitor)?;
    if agent_sessions::let_in(tx, session, by)? {
        conversations::add_line(tx, id, EventKind::Joined, Some(by), "")?;
        say(tx, id, Trigger::ColleagueJoined, by)?;
    }
    Ok(true)
}

/// Somebody who takes part leaves by himself. False when he takes no part.
///
/// # Errors
/// SQLite's.
pub fn leave(tx: &Tx<'_>, id: ConversationId, who: UserId) -> Result<bool> {
    let Some(part) = agent_sessions::part_of(&tx.reader(), id, who)? else {
        return Ok(false);
    };
    goes(tx, id, who, part)?;
    conversations::add_line(tx, id, EventKind::Left, Some(who), "")?;
    Ok(true)
}

/// `by`, who holds a conversation, ends the part of a colleague whom he asked. Supervisors come and go as they
/// please. False, and nothing changes, when that is not possible (any more).
///
/// # Errors
/// SQLite's.
pub fn dismiss(tx: &Tx<'_>, id: ConversationId, by: UserId, whom: UserId) -> Result<bool> {
    let part = agent_sessions::part_of(&tx.reader(), id, whom)?;
    let asked = part.filter(|part| part.mode == Mode::Consult);
    let (Some(part), Some(_)) = (asked, session_of(tx, id, by)?) else {
        return Ok(false);
    };
    goes(tx, id, whom, part)?;
    line(tx, id, EventKind::Dismissed, by, whom)?;
    let word = Word::Dismissed {
        conversation: id,
        by,
    };
    tx.after_commit(Notice::Told(whom, word));
    Ok(true)
}

fn goes(tx: &Tx<'_>, id: ConversationId, who: UserId, part: Part) -> Result<()> {
    if let Some((session, _)) = agent_sessions::current(&tx.reader(), id)? {
        agent_sessions::leave(tx, session, who)?;
    }
    match part {
        Part { writes: true, .. } => say(tx, id, Trigger::ColleagueLeft, who)?,
        Part {
            mode: Mode::Consult,
            ..
        } => say(tx, id, Trigger::ConsultEnded, who)?,
        Part { .. } => {}
    }
    tx.after_commit(Notice::Seen(who));
    Ok(())
}

/// Writes to those who read a conversation here; the customer never sees it.
///
/// # Errors
/// SQLite's.
pub fn note(tx: &Tx<'_>, id: ConversationId, by: UserId, text: &str) -> Result<()> {
    conversations::add_line(tx, id, EventKind::Note, Some(by), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::Act;
    use crate::store::testing::House;

    /// Mei holds a conversation; Aino and Ida are there.
    fn house() -> (House, ConversationId, [UserId; 3]) {
        let house = House::furnished();
        let people = ["mei", "aino", "ida"].map(|name| house.user(name));
        let id = house.conversation("anna");
        let mei = people[0];
        house.write(move |tx| conversations::assign(tx, id, mei));
        (house, id, people)
    }

    fn part(house: &House, id: ConversationId, user: UserId) -> Option<(Mode, bool)> {
        let part = house.read(|reader| agent_sessions::part_of(reader, id, user));
        part.map(|part| (part.mode, part.writes))
    }

    #[test]
    fn whoever_holds_a_conversation_asks_lets_in_and_dismisses_and_nobody_else_does() {
        let (house, id, [mei, aino, ida]) = house();
        assert!(!house.write(move |tx| ask(tx, id, aino, ida)), "not hers");
        assert!(
            !house.write(move |tx| let_in(tx, id, mei, ida)),
            "not asked"
        );
        assert!(house.write(move |tx| ask(tx, id, mei, ida)));
        assert!(!house.write(move |tx| ask(tx, id, mei, ida)), "once");
        assert_eq!(part(&house, id, ida), Some((Mode::Consult, false)));
        assert!(!house.write(move |tx| let_in(tx, id, ida, ida)));
        assert!(house.write(move |tx| let_in(tx, id, mei, ida)));
        assert_eq!(part(&house, id, ida), Some((Mode::Consult, true)));
        assert!(!house.write(move |tx| dismiss(tx, id, ida, ida)));
        assert!(house.write(move |tx| dismiss(tx, id, mei, ida)));
        assert_eq!(part(&house, id, ida), None);
    }

    #[test]
    fn so_many_are_asked_and_no_more() {
        let (house, id, [mei, ..]) = house();
        for number in 0..ASKED {
            let whom = house.user(&format!("colleague{number}"));
            assert!(house.write(move |tx| ask(tx, id, mei, whom)));
        }
        let whom = house.user("one too many");
        assert!(!house.write(move |tx| ask(tx, id, mei, whom)));
    }

    #[test]
    fn a_supervisor_reads_along_joins_and_leaves_and_the_agent_cannot_send_him_away() {
        let (house, id, [mei, aino, _]) = house();
        house.write(move |tx| monitor(tx, id, aino));
        assert_eq!(part(&house, id, aino), Some((Mode::Monitor, false)));
        assert!(!house.write(move |tx| join(tx, id, mei)), "her own");
        assert!(house.write(move |tx| join(tx, id, aino)));
        assert_eq!(part(&house, id, aino), Some((Mode::Monitor, true)));
        assert!(!house.write(move |tx| dismiss(tx, id, mei, aino)));
        assert!(house.write(move |tx| leave(tx, id, aino)));
        assert!(!house.write(move |tx| leave(tx, id, aino)), "gone already");
        assert!(!house.write(move |tx| leave(tx, id, mei)), "she holds it");
    }

    #[test]
    fn everybody_leaves_with_the_session_and_nobody_comes_into_what_nobody_holds() {
        let (house, id, [mei, aino, ida]) = house();
        house.write(move |tx| ask(tx, id, mei, ida));
        house.write(move |tx| conversations::apply(tx, id, Act::Park, Some(mei)));
        assert_eq!(part(&house, id, ida), None);
        assert!(!house.write(move |tx| ask(tx, id, mei, ida)));
        assert!(!house.write(move |tx| join(tx, id, aino)));
    }
}
