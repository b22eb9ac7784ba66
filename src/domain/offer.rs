//! The life of an offer: a conversation is shown to an agent with a countdown, and is his when he accepts.
//! (Specification §3.6; product.md for the lost browser.)
//!
//! Invariant: every offer ends, by an answer, by the clock, or because it was taken back.

use std::time::Duration;

use super::conversation::Act;
use super::ids::UserId;
use super::presence;
use super::time::Timestamp;

/// An offer goes on to the next agent when this one's browser has had no connection for so long.
pub const LOST_AFTER: Duration = Duration::from_secs(15);
/// While something is offered, the agent's page has to answer the live stream within so long: otherwise it is gone,
/// and that is known before [`LOST_AFTER`] is over.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// How long a countdown may be.
pub const COUNTDOWN: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(10)..=Duration::from_secs(300);

/// How a workstream offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Terms {
    /// How long it waits for an answer; within [`COUNTDOWN`].
    pub countdown: Duration,
    /// There is a button to reject it.
    pub may_reject: bool,
    /// It is accepted when the countdown is over, and cannot be rejected.
    pub accepts_itself: bool,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms {
            countdown: Duration::from_secs(120),
            may_reject: false,
            accepts_itself: false,
        }
    }
}

/// A conversation that is shown to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The agent.
    pub user: UserId,
    /// Since when.
    pub offered_at: Timestamp,
    /// How.
    pub terms: Terms,
}

/// What happens to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody presses *Accept*.
    Accept(UserId),
    /// Somebody presses *Reject*.
    Reject(UserId),
    /// Time passes. With when a browser of the agent last had a live connection (the present moment when one
    /// has; `None`: never).
    Clock(Option<Timestamp>),
    /// The conversation is closed or moved, or the agent may not work any more.
    TakeBack,
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The agent has the conversation.
    Accepted,
    /// The agent does not want it.
    Rejected,
    /// The agent did not answer.
    Missed,
    /// The agent's browser was gone.
    Lost,
    /// It was taken back.
    TakenBack,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is offered to somebody else.
    NotYours,
    /// This workstream's offers cannot be rejected.
    CannotReject,
}

impl Offer {
    /// When the countdown is over.
    pub fn expires_at(&self) -> Timestamp {
        self.offered_at.plus(self.terms.countdown)
    }

    /// When the clock is to be asked next, for an agent who was last connected at `connected_at`.
    pub fn next_look(&self, connected_at: Option<Timestamp>) -> Timestamp {
        self.expires_at().min(self.lost_at(connected_at))
    }

    fn lost_at(&self, connected_at: Option<Timestamp>) -> Timestamp {
        connected_at
            .unwrap_or(self.offered_at)
            .max(self.offered_at)
            .plus(LOST_AFTER)
    }

    /// How it ends by `event`; `None` when it goes on. Who presses *Accept* in the last moment has it, also when
    /// the countdown was over on the way here: nobody else has been asked yet.
    ///
    /// # Errors
    /// The answer is not taken, and the offer goes on.
    pub fn after(&self, event: Event, now: Timestamp) -> Result<Option<Ending>, Refusal> {
        match event {
            Event::Accept(user) | Event::Reject(user) if user != self.user => {
                Err(Refusal::NotYours)
            }
            Event::Accept(_) => Ok(Some(Ending::Accepted)),
            Event::Reject(_) if !self.terms.may_reject || self.terms.accepts_itself => {
                Err(Refusal::CannotReject)
            }
            Event::Reject(_) => Ok(Some(Ending::Rejected)),
            Event::TakeBack => Ok(Some(Ending::TakenBack)),
            Event::Clock(connected_at) => {
                let (lost_at, expires_at) = (self.lost_at(connected_at), self.expires_at());
                Ok(match () {
                    () if now >= lost_at && lost_at <= expires_at => Some(Ending::Lost),
                    () if now < expires_at => None,
                    () if self.terms.accepts_itself => Some(Ending::Accepted),
                    () => Some(Ending::Missed),
                })
            }
        }
    }
}

/// The organization's settings about agents who do not accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Consequences {
    /// A missed offer makes its agent Inactive.
    pub missed_makes_inactive: bool,
    /// A rejected offer makes its agent Do not disturb.
    pub rejected_makes_quiet: bool,
}

impl Ending {
    /// What it does to the conversation.
    pub const fn act(self) -> Act {
        match self {
            Ending::Accepted => Act::Accept,
            Ending::Rejected => Act::Decline,
            Ending::Missed => Act::OfferExpires,
            Ending::Lost => Act::OfferLost,
            Ending::TakenBack => Act::Withdraw,
        }
    }

    /// Whether it counts among the agent's declines of this conversation. A lost browser is nobody's answer.
    pub const fn is_decline(self) -> bool {
        matches!(self, Ending::Rejected | Ending::Missed)
    }

    /// What it does to the agent's presence: the capacity that the offer took is free again unless he accepts.
    pub const fn presence(self, consequences: Consequences) -> presence::Event {
        match self {
            Ending::Accepted => presence::Event::Accepts,
            Ending::Rejected if consequences.rejected_makes_quiet => presence::Event::Rejects,
            Ending::Missed if consequences.missed_makes_inactive => presence::Event::Misses,
            Ending::Rejected | Ending::Missed | Ending::Lost | Ending::TakenBack => {
                presence::Event::CapacityChanges
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::conversation::{Standing, State};

    const AINO: UserId = UserId(1);
    const MEI: UserId = UserId(2);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn offer(may_reject: bool, accepts_itself: bool) -> Offer {
        Offer {
            user: AINO,
            offered_at: at(0),
            terms: Terms {
                may_reject,
                accepts_itself,
                ..Terms::default()
            },
        }
    }

    #[test]
    fn every_event_ends_an_offer_as_the_terms_say() {
        let plain = offer(true, false);
        let unrejectable = offer(false, false);
        let itself = offer(true, true);
        let here = |second| Event::Clock(Some(at(second)));
        for (offer, event, second, expected) in [
            (plain, Event::Accept(AINO), 5, Ok(Some(Ending::Accepted))),
            (plain, Event::Accept(AINO), 121, Ok(Some(Ending::Accepted))),
            (plain, Event::Accept(MEI), 5, Err(Refusal::NotYours)),
            (plain, Event::Reject(AINO), 5, Ok(Some(Ending::Rejected))),
            (plain, Event::Reject(MEI), 5, Err(Refusal::NotYours)),
            (
                unrejectable,
                Event::Reject(AINO),
                5,
                Err(Refusal::CannotReject),
            ),
            (itself, Event::Reject(AINO), 5, Err(Refusal::CannotReject)),
            (plain, Event::TakeBack, 5, Ok(Some(Ending::TakenBack))),
            (plain, here(119), 119, Ok(None)),
            (plain, here(120), 120, Ok(Some(Ending::Missed))),
            (itself, here(119), 119, Ok(None)),
            (itself, here(120), 120, Ok(Some(Ending::Accepted))),
            // The browser is gone.
            (plain, Event::Clock(None), 14, Ok(None)),
            (plain, Event::Clock(None), 15, Ok(Some(Ending::Lost))),
            (plain, here(-60), 14, Ok(None)),
            (plain, here(-60), 15, Ok(Some(Ending::Lost))),
            (plain, here(40), 54, Ok(None)),
            (plain, here(40), 55, Ok(Some(Ending::Lost))),
            (itself, here(40), 130, Ok(Some(Ending::Lost))),
            (plain, here(110), 121, Ok(Some(Ending::Missed))),
        ] {
            assert_eq!(
                offer.after(event, at(second)),
                expected,
                "{event:?} at {second}"
            );
        }
    }

    #[test]
    fn the_clock_is_asked_when_something_can_happen() {
        let offer = offer(true, false);
        assert_eq!(offer.next_look(None), at(15));
        assert_eq!(offer.next_look(Some(at(100))), at(115));
        assert_eq!(offer.next_look(Some(at(110))), at(120));
    }

    #[test]
    fn who_does_not_accept_is_left_in_peace_where_the_organization_wants_so() {
        let on = Consequences {
            missed_makes_inactive: true,
            rejected_makes_quiet: true,
        };
        let off = Consequences::default();
        for (ending, consequences, event) in [
            (Ending::Accepted, on, presence::Event::Accepts),
            (Ending::Missed, on, presence::Event::Misses),
            (Ending::Missed, off, presence::Event::CapacityChanges),
            (Ending::Rejected, on, presence::Event::Rejects),
            (Ending::Rejected, off, presence::Event::CapacityChanges),
            (Ending::Lost, on, presence::Event::CapacityChanges),
        ] {
            assert_eq!(ending.presence(consequences), event, "{ending:?}");
        }
        let declines = [Ending::Rejected, Ending::Missed].map(Ending::is_decline);
        assert_eq!(declines, [true, true]);
        let others = [Ending::Accepted, Ending::Lost, Ending::TakenBack].map(Ending::is_decline);
        assert_eq!(others, [false; 3]);
    }

    proptest! {
        #[test]
        fn every_offer_ends_accepted_or_back_in_the_queue(
            steps in proptest::collection::vec((1i64..40, 0u8..6), 0..30),
            may_reject in any::<bool>(),
            accepts_itself in any::<bool>(),
        ) {
            let offer = offer(may_reject, accepts_itself);
            let mut now = 0;
            let mut connected_at = None;
            let mut ending = None;
            for (pause, kind) in steps {
                now += pause;
                let event = match kind {
                    0 => Event::Accept(AINO),
                    1 => Event::Reject(AINO),
                    2 => Event::Accept(MEI),
                    3 => {
                        connected_at = Some(at(now));
                        Event::Clock(connected_at)
                    }
                    _ => Event::Clock(connected_at),
                };
                ending = offer.after(event, at(now)).unwrap_or(None);
                if ending.is_some() {
                    break;
                }
            }
            // The clock ends what nobody answers.
            let look = offer.next_look(connected_at);
            let ending = ending.or_else(|| offer.after(Event::Clock(connected_at), look).unwrap());
            let ending = ending.expect("an ending");
            let offered = Standing::in_state(State::Open).after(Act::Offer).unwrap();
            let standing = offered.after(ending.act()).expect("the conversation goes on");
            let expected = if ending == Ending::Accepted { State::Active } else { State::Open };
            prop_assert_eq!(standing, Standing::in_state(expected));
        }
    }
}
