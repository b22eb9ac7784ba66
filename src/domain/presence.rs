//! Whether an agent can be reached, and who says so: the program by capacity, the agent, a supervisor.
//! (Specification §1.10, §3.7.)

use std::time::Duration;

use super::capacity::Fill;
use super::ids::PresenceId;
use super::time::Timestamp;

/// How long a connection may be gone where the organization has not set it.
pub const GRACE: Duration = Duration::from_secs(150);

/// What a presence means for routing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// Nothing to do yet.
    Available,
    /// At work, with room.
    Busy,
    /// At work, without room or not to be asked.
    DoNotDisturb,
    /// Not at the desk.
    Away,
    /// Not signed in, without a connection, or wants to look like it.
    Offline,
}

impl Base {
    /// Every one, in the order of menus.
    pub const ALL: [Base; 5] = [
        Base::Available,
        Base::Busy,
        Base::DoNotDisturb,
        Base::Away,
        Base::Offline,
    ];

    /// The word in the database and in the locale key `presence-<word>`.
    pub const fn word(self) -> &'static str {
        match self {
            Base::Available => "available",
            Base::Busy => "busy",
            Base::DoNotDisturb => "do-not-disturb",
            Base::Away => "away",
            Base::Offline => "offline",
        }
    }

    /// The one of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Base> {
        Base::ALL.into_iter().find(|base| base.word() == word)
    }

    /// The presence that capacity alone makes.
    pub const fn of(fill: Fill) -> Base {
        match fill {
            Fill::Empty => Base::Available,
            Fill::Part => Base::Busy,
            Fill::Full => Base::DoNotDisturb,
        }
    }
}

/// A presence: one of the built-in ones, or one of the organization's own on top of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Presence {
    /// What it means for routing.
    pub base: Base,
    /// The organization's own presence; `None`: the built-in one.
    pub custom: Option<PresenceId>,
}

impl Presence {
    /// A built-in presence.
    pub const fn built_in(base: Base) -> Presence {
        Presence { base, custom: None }
    }
}

/// Why an agent has his presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The program made it by capacity.
    Capacity,
    /// The agent chose it.
    Chosen,
    /// A supervisor set it.
    SetBySupervisor,
    /// It is the agent's default, which holds from signing in.
    Default,
    /// He missed an offer. Shown as *Inactive*, which nobody can choose: a kind of Away (specification §0.3,
    /// C11) that nothing is offered to.
    Missed,
    /// He rejected an offer.
    Rejected,
    /// He has as many sessions as allowed.
    SessionsFull,
    /// His last connection is gone.
    Disconnected,
    /// He signed out, or has never been here.
    SignedOut,
}

impl Why {
    /// Whether nothing is offered whatever the workstream allows: the agent showed that he does not answer, or
    /// has no room for another session.
    pub const fn bars_offers(self) -> bool {
        matches!(
            self,
            Why::Missed | Why::Rejected | Why::SessionsFull | Why::Disconnected | Why::SignedOut
        )
    }
}

/// An agent's presence as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Status {
    /// The presence.
    pub presence: Presence,
    /// Why.
    pub why: Why,
    /// Since when.
    pub since: Timestamp,
    /// What it was before the connection went; `None` while there is one.
    pub before: Option<(Presence, Why)>,
}

/// What happens to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// He signs in; with his default presence (`None`: Available).
    SignsIn(Option<Presence>),
    /// He signs out of his last browser.
    SignsOut,
    /// He chooses a presence.
    Chooses(Presence),
    /// A supervisor sets one.
    SupervisorSets(Presence),
    /// He or a supervisor presses *Reset*.
    Resets,
    /// He accepts or takes a conversation.
    Accepts,
    /// One of his sessions ends.
    Closes,
    /// His capacity changed in another way: an assignment by a supervisor, wrap-up blocking that ended, an
    /// edited profile.
    CapacityChanges,
    /// He did not answer an offer, and the organization's setting is on.
    Misses,
    /// He rejected an offer, and the organization's setting is on.
    Rejects,
    /// He has the highest number of sessions, and another conversation came.
    SessionsFill,
    /// His last connection is gone.
    Disconnects,
    /// A connection is there again. Who was without one for no longer than this is what he was before.
    Connects(Duration),
}

impl Status {
    /// Somebody who has never been here.
    pub const fn nobody(now: Timestamp) -> Status {
        Status {
            presence: Presence::built_in(Base::Offline),
            why: Why::SignedOut,
            since: now,
            before: None,
        }
    }

    /// Whether a conversation may be offered to him in a workstream that allows `allowed`. One who showed that
    /// he does not answer is never asked: so the missed and reject handling works whatever is allowed.
    pub fn is_allowed(&self, allowed: &[Base]) -> bool {
        !self.why.bars_offers() && allowed.contains(&self.presence.base)
    }

    /// What it is after `event`, with the agent's capacity as full as `fill` says then.
    pub fn after(self, event: Event, fill: Fill, now: Timestamp) -> Status {
        let (presence, why) = match event {
            Event::SignsIn(default) => match default {
                Some(default) if matches!(default.base, Base::Offline | Base::Away) => {
                    (default, Why::Default)
                }
                _ => by_capacity(fill),
            },
            Event::SignsOut => (Presence::built_in(Base::Offline), Why::SignedOut),
            Event::Disconnects if self.before.is_some() || self.why == Why::SignedOut => {
                return self;
            }
            Event::Disconnects => {
                let gone = self.set(Presence::built_in(Base::Offline), Why::Disconnected, now);
                return Status {
                    before: Some((self.presence, self.why)),
                    ..gone
                };
            }
            Event::Connects(grace) => match self.before {
                // What holds by capacity is counted anew: it may have changed meanwhile.
                Some(before) if now.since(self.since) <= grace && before.1 != Why::Capacity => {
                    before
                }
                Some(_) => by_capacity(fill),
                None => return self,
            },
            // What happens to somebody who is not here changes what he comes back to.
            _ if self.before.is_some() => {
                return Status {
                    before: self.before.map(|before| changed(before, event, fill)),
                    ..self
                };
            }
            _ if self.why == Why::SignedOut => return self,
            _ => changed((self.presence, self.why), event, fill),
        };
        Status {
            before: None,
            ..self.set(presence, why, now)
        }
    }

    /// The same presence keeps its moment.
    fn set(self, presence: Presence, why: Why, now: Timestamp) -> Status {
        let is_same = self.presence == presence;
        Status {
            presence,
            why,
            since: if is_same { self.since } else { now },
            before: self.before,
        }
    }
}

fn by_capacity(fill: Fill) -> (Presence, Why) {
    (Presence::built_in(Base::of(fill)), Why::Capacity)
}

/// What becomes of the presence of somebody who is here.
fn changed((presence, why): (Presence, Why), event: Event, fill: Fill) -> (Presence, Why) {
    let by_hand = matches!(why, Why::Chosen | Why::SetBySupervisor);
    let is_at_work = matches!(presence.base, Base::Available | Base::Busy);
    match event {
        Event::Chooses(presence) => (presence, Why::Chosen),
        Event::SupervisorSets(presence) => (presence, Why::SetBySupervisor),
        Event::Resets => by_capacity(fill),
        Event::Misses => (Presence::built_in(Base::Away), Why::Missed),
        Event::Rejects => (Presence::built_in(Base::DoNotDisturb), Why::Rejected),
        Event::SessionsFill => (Presence::built_in(Base::DoNotDisturb), Why::SessionsFull),
        Event::Accepts | Event::Closes if by_hand && is_at_work => by_capacity(fill),
        Event::Closes if why == Why::SessionsFull => by_capacity(fill),
        Event::Accepts | Event::Closes | Event::CapacityChanges if why == Why::Capacity => {
            by_capacity(fill)
        }
        _ => (presence, why),
    }
}

/// What of a workstream's allowed presences works against the settings for missed and rejected offers, so
/// that the administrator is told on saving: `Away` with *missed*, `Do not disturb` with *rejected*. Our own
/// handling does not break by it, but people expect to be left in peace.
pub fn conflicts(allowed: &[Base], missed: bool, rejected: bool) -> Vec<Base> {
    let mut found = Vec::new();
    if missed && allowed.contains(&Base::Away) {
        found.push(Base::Away);
    }
    if rejected && allowed.contains(&Base::DoNotDisturb) {
        found.push(Base::DoNotDisturb);
    }
    found
}

#[cfg(test)]
mod tests;
