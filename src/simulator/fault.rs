//! What can go wrong on the platforms' side, switched on and off by tests and by the demo page.

use super::call::Answer;
use std::time::Duration;

/// One way in which a platform fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The access token is refused: Facebook 190/460 (messenger.md §4.4), LINE 401 (line.md §3).
    DeadToken,
    /// Too many calls: Facebook 613 with a usage header that asks for a minute of rest (without it:
    /// `GraphError::RATE_LIMIT.fault()`), LINE 429 of the first kind.
    RateLimited,
    /// The platform does what it was asked at once, and answers only after this time. What follows
    /// the answer (an echo that comes after it, receipts) waits as long.
    Slow(Duration),
    /// The platform does what it was asked, then closes the connection without an answer.
    AcceptThenDrop,
    /// The platform does what it was asked, then answers 500 with an HTML page.
    AcceptThenServerError,
    /// The connection closes without an answer, and nothing was done.
    DropBeforeAccept,
    /// 500 with an HTML page; nothing was done.
    ServerError,
    /// Exactly this answer; nothing was done. Made from the rows of `GraphError` and `LineError`.
    Refusal {
        /// HTTP status.
        status: u16,
        /// The body, as it goes out.
        body: String,
    },
    /// A webhook that was delivered comes a second time.
    Redelivery,
    /// A webhook waits until the next one has overtaken it, or for three seconds.
    OutOfOrder,
}

impl Fault {
    /// What the demo page offers as buttons, in their order.
    pub const BUTTONS: [Self; 8] = [
        Self::DeadToken,
        Self::RateLimited,
        Self::Slow(Duration::from_secs(6)),
        Self::ServerError,
        Self::AcceptThenDrop,
        Self::DropBeforeAccept,
        Self::Redelivery,
        Self::OutOfOrder,
    ];

    /// The fault's name in forms and text keys.
    pub fn key(&self) -> &'static str {
        match self {
            Self::DeadToken => "dead-token",
            Self::RateLimited => "rate-limited",
            Self::Slow(_) => "slow",
            Self::AcceptThenDrop => "accept-then-drop",
            Self::AcceptThenServerError => "accept-then-server-error",
            Self::DropBeforeAccept => "drop-before-accept",
            Self::ServerError => "server-error",
            Self::Refusal { .. } => "refusal",
            Self::Redelivery => "redelivery",
            Self::OutOfOrder => "out-of-order",
        }
    }

    /// The button with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::BUTTONS.into_iter().find(|fault| fault.key() == key)
    }

    /// Once, at the next call it concerns.
    pub fn once(self) -> FaultRule {
        self.times(1)
    }

    /// At the next `count` calls it concerns.
    pub fn times(self, count: u32) -> FaultRule {
        FaultRule {
            left: Some(count),
            ..self.until_cleared()
        }
    }

    /// At every call it concerns, until it is cleared.
    pub fn until_cleared(self) -> FaultRule {
        FaultRule {
            calls: match self {
                Self::DeadToken => Calls::Every,
                _ => Calls::Sends,
            },
            fault: self,
            place: None,
            recipient: None,
            left: None,
        }
    }

    /// The answer of a call that this fault strikes. `perform` does what the call asks for;
    /// `dead_token` and `rate_limited` are the platform's own answers.
    pub(super) fn spoil(
        self,
        perform: impl FnOnce() -> Answer,
        dead_token: impl FnOnce() -> Answer,
        rate_limited: impl FnOnce() -> Answer,
    ) -> Answer {
        match self {
            Self::DeadToken => dead_token(),
            Self::RateLimited => rate_limited(),
            Self::Slow(delay) => Answer { delay, ..perform() },
            Self::AcceptThenDrop => Answer {
                hang_up: true,
                ..perform()
            },
            Self::AcceptThenServerError => Answer {
                afterwards: perform().afterwards,
                ..Answer::server_error()
            },
            Self::DropBeforeAccept => Answer::hang_up(),
            Self::ServerError => Answer::server_error(),
            Self::Refusal { status, body } => Answer::json_text(status, body),
            Self::Redelivery | Self::OutOfOrder => perform(),
        }
    }

    fn concerns_deliveries(&self) -> bool {
        matches!(self, Self::Redelivery | Self::OutOfOrder)
    }
}

/// Which calls a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Those that send a message. The usual choice.
    Sends,
    /// Those that read a customer's profile.
    Profiles,
    /// Those that get a new LINE token for a channel's secret.
    Tokens,
    /// All that carry the token of the place; the usual choice for a dead token.
    Every,
}

impl Calls {
    fn include(self, calls: Self) -> bool {
        self == calls || (self == Self::Every && calls != Self::Tokens)
    }
}

/// A fault with its reach: which calls, which page or channel, which recipient, how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// What happens.
    pub fault: Fault,
    /// To which calls. Without meaning for faults of webhook delivery.
    pub calls: Calls,
    /// Only on this page or channel.
    pub place: Option<String>,
    /// Only towards this customer.
    pub recipient: Option<String>,
    /// How often still; `None` is until cleared.
    pub left: Option<u32>,
}

impl FaultRule {
    /// Strikes these calls instead of the fault's usual ones.
    pub fn on(mut self, calls: Calls) -> Self {
        self.calls = calls;
        self
    }

    /// Strikes only on this page (by page id) or channel (by channel id).
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Strikes only what is sent to this customer.
    pub fn towards(mut self, recipient: impl Into<String>) -> Self {
        self.recipient = Some(recipient.into());
        self
    }
}

/// The faults that are on. The oldest that fits strikes.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<FaultRule>);

impl Faults {
    pub(super) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn rules(&self) -> &[FaultRule] {
        &self.0
    }

    /// What strikes this call, counted as having struck.
    pub(super) fn strike_call(
        &mut self,
        calls: Calls,
        place: &str,
        recipient: Option<&str>,
    ) -> Option<Fault> {
        self.strike(|rule| {
            !rule.fault.concerns_deliveries()
                && rule.calls.include(calls)
                && rule.place.as_deref().is_none_or(|only| only == place)
                && (rule.recipient.is_none() || rule.recipient.as_deref() == recipient)
        })
    }

    /// What strikes this webhook delivery, counted as having struck.
    pub(super) fn strike_delivery(&mut self, place: &str) -> Option<Fault> {
        self.strike(|rule| {
            rule.fault.concerns_deliveries()
                && rule.place.as_deref().is_none_or(|only| only == place)
        })
    }

    /// Is the token of this place dead by a fault? Does not count as a strike.
    pub(super) fn has_dead_token(&self, place: &str) -> bool {
        self.0.iter().any(|rule| {
            rule.fault == Fault::DeadToken && rule.place.as_deref().is_none_or(|only| only == place)
        })
    }

    fn strike(&mut self, fits: impl Fn(&FaultRule) -> bool) -> Option<Fault> {
        let index = self.0.iter().position(fits)?;
        let rule = &mut self.0[index];
        let fault = rule.fault.clone();
        if let Some(left) = &mut rule.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.0.remove(index);
            }
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_it_was_told() {
        let mut faults = Faults::default();
        faults.add(Fault::ServerError.times(2));
        assert_eq!(faults.strike_call(Calls::Profiles, "p", None), None);
        for _ in 0..2 {
            assert_eq!(
                faults.strike_call(Calls::Sends, "p", None),
                Some(Fault::ServerError)
            );
        }
        assert_eq!(faults.strike_call(Calls::Sends, "p", None), None);
    }

    #[test]
    fn a_fault_keeps_to_its_place_and_its_recipient() {
        let mut faults = Faults::default();
        faults.add(Fault::RateLimited.until_cleared().at("p1").towards("anna"));
        assert_eq!(faults.strike_call(Calls::Sends, "p2", Some("anna")), None);
        assert_eq!(faults.strike_call(Calls::Sends, "p1", Some("ben")), None);
        assert_eq!(faults.strike_call(Calls::Sends, "p1", None), None);
        assert!(
            faults
                .strike_call(Calls::Sends, "p1", Some("anna"))
                .is_some()
        );
        faults.clear();
        assert_eq!(faults.strike_call(Calls::Sends, "p1", Some("anna")), None);
    }

    #[test]
    fn faults_of_delivery_leave_calls_alone() {
        let mut faults = Faults::default();
        faults.add(Fault::Redelivery.once().on(Calls::Every));
        assert_eq!(faults.strike_call(Calls::Sends, "p", None), None);
        assert_eq!(faults.strike_delivery("p"), Some(Fault::Redelivery));
        assert_eq!(faults.strike_delivery("p"), None);
    }

    #[test]
    fn every_button_is_found_by_its_key() {
        for fault in Fault::BUTTONS {
            assert_eq!(Fault::from_key(fault.key()), Some(fault));
        }
    }
}
