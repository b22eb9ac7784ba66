//! The routing log: what was decided about a conversation, and why, as data that a page turns into sentences.
//! (Specification §3.11.)
//!
//! Stored as JSON, one row a step. Variants and fields may be added; what was written stays readable, so
//! none is ever renamed.

use super::assignment::{Considered, Method};
use super::classification;
use super::facts::Priority;
use super::guard::Level;
use super::ids::{AgentRuleId, OfferId, OrderRuleId, QueueId, TimeoutRuleId, UserId};
use super::offer::Ending;
use super::overflow::Exit;
use super::queue_rules;
use super::routing;
use super::skills::{Matching, Need};
use super::time::Timestamp;

/// One step.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Rulesets found out what it needs.
    Classified {
        /// How urgent it is.
        priority: Priority,
        /// What it needs.
        needs: Vec<Need>,
        /// Every rule.
        rules: Vec<classification::Considered>,
    },
    /// Rules found its queue.
    Routed {
        /// Where it goes.
        destination: routing::Destination,
        /// What decided.
        by: routing::By,
        /// Every rule.
        rules: Vec<routing::Considered>,
    },
    /// It waited too long in a queue.
    WaitedTooLong {
        /// The queue.
        queue: QueueId,
        /// Since when.
        since: Timestamp,
        /// What was done.
        action: Exit,
    },
    /// It was looked who can take it.
    Assessed {
        /// The queue.
        queue: QueueId,
        /// How the queue finds the best.
        method: Method,
        /// How skills were compared.
        matching: Matching,
        /// Whom it is offered to; `None`: it waits.
        chosen: Option<UserId>,
        /// Every agent who was considered.
        agents: Vec<Considered>,
        /// Every rule of the queue's own order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        order: Vec<queue_rules::Considered<OrderRuleId>>,
        /// Every rule of the queue about who is asked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rules: Vec<queue_rules::Considered<AgentRuleId>>,
    },
    /// It was offered.
    Offered {
        /// The offer.
        offer: OfferId,
        /// To whom.
        user: UserId,
        /// Until when.
        expires_at: Timestamp,
    },
    /// The offer ended.
    Answered {
        /// The offer.
        offer: OfferId,
        /// Whose.
        user: UserId,
        /// How.
        ending: Ending,
    },
    /// Somebody took it himself, or gave it to somebody.
    ByHand {
        /// Who did.
        by: UserId,
        /// Who has it.
        user: UserId,
        /// By how many units that is more than he can do; 0: it fits.
        exceeded_by: u32,
    },
    /// Somebody moved it to another queue.
    Moved {
        /// Who; `None`: a rule.
        by: Option<UserId>,
        /// The queue.
        queue: QueueId,
    },
    /// A timeout rule acted.
    RuleActed {
        /// The rule.
        rule: TimeoutRuleId,
        /// Its name then.
        name: String,
    },
    /// Somebody was told that the customer has no answer.
    Reminded {
        /// Who.
        level: Level,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_same_after_being_stored() {
        for step in [
            Step::Routed {
                destination: routing::Destination::Queue(QueueId(1)),
                by: routing::By::Fallback(routing::Why::NoMatch),
                rules: vec![],
            },
            Step::WaitedTooLong {
                queue: QueueId(1),
                since: Timestamp::from_millis(5),
                action: Exit::Move(QueueId(2)),
            },
            Step::Answered {
                offer: OfferId(3),
                user: UserId(4),
                ending: Ending::Missed,
            },
            Step::Reminded {
                level: Level::Queue,
            },
        ] {
            let stored = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<Step>(&stored).unwrap(), step);
        }
    }

    #[test]
    fn what_was_written_stays_readable() {
        let stored = r#"{"step":"answered","offer":3,"user":4,"ending":"taken-back"}"#;
        let step: Step = serde_json::from_str(stored).unwrap();
        let expected = Step::Answered {
            offer: OfferId(3),
            user: UserId(4),
            ending: Ending::TakenBack,
        };
        assert_eq!(step, expected);
        let stored = r#"{"step":"assessed","queue":1,"method":"round-robin","matching":"none","chosen":null,"agents":[]}"#;
        let step: Step = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&step).unwrap(), stored);
        let stored = r#"{"step":"routed","destination":{"queue":7},"by":{"fallback":{"no-queue":2}},"rules":[{"rule":2,"name":"VIP","outcome":{"no-queue":{"asked":[]}}}]}"#;
        let step: Step = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&step).unwrap(), stored);
    }
}
