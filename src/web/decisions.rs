//! What rules and assignment decided, and why, as people read it: on the page of *Try a message* and in the
//! routing log.

use askama::Template;
use askama::filters::HtmlSafe;

use super::admin::rules::known::Known;
use super::admin::rules::words::{self, ShownTest};
use super::page::filters;
use crate::domain::assignment::{self, Verdict, WhyNot};
use crate::domain::capacity::NoRoom;
use crate::domain::classification;
use crate::domain::condition::{Asked, Fault};
use crate::domain::ids::UserId;
use crate::domain::overflow::{Entry, Trigger};
use crate::domain::queue_rules;
use crate::domain::routing::{self, By, Destination, Why};
use crate::locale::Text;
use crate::web::fields::{self, Said};

/// A rule that was considered.
#[derive(Template)]
#[template(path = "decisions/rule.html")]
pub struct RuleEntry {
    icon: &'static str,
    tone: &'static str,
    name: String,
    /// What came of it.
    outcome: Text,
    /// What it wrote, or where it sends.
    then: Vec<Text>,
    tests: Vec<TestLine>,
}

impl HtmlSafe for RuleEntry {}

/// A test that was asked.
struct TestLine {
    holds: bool,
    test: ShownTest,
    /// What was found; `None` when nothing was, or it is not kept.
    found: Option<Said>,
}

fn tests(asked: &[Asked], known: &Known) -> Vec<TestLine> {
    let lines = asked.iter().map(|asked| {
        let found = asked.found.as_ref();
        TestLine {
            holds: asked.holds,
            test: words::test(&asked.test, known),
            found: found.map(|value| words::value(&asked.test.attribute, value, known)),
        }
    });
    lines.collect()
}

impl RuleEntry {
    fn new(name: &str, outcome: Text) -> RuleEntry {
        RuleEntry {
            icon: "x",
            tone: "is-muted",
            name: name.to_owned(),
            outcome,
            then: Vec::new(),
            tests: Vec::new(),
        }
    }

    fn hit(self) -> RuleEntry {
        RuleEntry {
            icon: "check",
            tone: "is-ok",
            ..self
        }
    }

    fn warning(self) -> RuleEntry {
        RuleEntry {
            icon: "triangle-alert",
            tone: "is-warn",
            ..self
        }
    }

    /// A rule of classification.
    pub fn classified(considered: &classification::Considered, known: &Known) -> RuleEntry {
        use classification::Outcome;
        let line = |key: &str| RuleEntry::new(&considered.rule_name, Text::new(key));
        match &considered.outcome {
            Outcome::Matched { asked, wrote } => RuleEntry {
                then: wrote.iter().map(|it| words::output(it, known)).collect(),
                tests: tests(asked, known),
                ..line("decision-matched").hit()
            },
            Outcome::NotMatched { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-not-matched")
            },
            Outcome::NotReached => line("decision-not-reached"),
            Outcome::Inactive => line("decision-inactive"),
            Outcome::Broken(fault) => {
                RuleEntry::new(&considered.rule_name, broken(*fault)).warning()
            }
        }
    }

    /// A rule that sends to queues.
    pub fn routed(considered: &routing::Considered, known: &Known) -> RuleEntry {
        use routing::Outcome;
        let line = |key: &str| RuleEntry::new(&considered.name, Text::new(key));
        match &considered.outcome {
            Outcome::Taken { asked, queue } => RuleEntry {
                then: vec![Text::new("rule-to").arg("name", known.queue(*queue))],
                tests: tests(asked, known),
                ..line("decision-taken").hit()
            },
            Outcome::Overflows {
                asked,
                queue,
                trigger,
                action,
            } => RuleEntry {
                then: vec![
                    overflows(known.queue(*queue), *trigger),
                    entry(*action, known),
                ],
                tests: tests(asked, known),
                ..line("decision-overflows").warning()
            },
            Outcome::MatchesToo { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-matches-too")
            },
            Outcome::NotMatched { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-not-matched")
            },
            Outcome::Inactive => line("decision-inactive"),
            Outcome::Broken(fault) => RuleEntry::new(&considered.name, broken(*fault)).warning(),
            Outcome::NoQueue { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-no-queue").warning()
            },
        }
    }
}

impl RuleEntry {
    /// A rule of a queue.
    pub fn of_queue<Id>(considered: &queue_rules::Considered<Id>, known: &Known) -> RuleEntry {
        use queue_rules::Outcome;
        let line = |key: &str| RuleEntry::new(&considered.name, Text::new(key));
        match &considered.outcome {
            Outcome::Taken { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-decides").hit()
            },
            Outcome::Nobody { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-finds-nobody")
            },
            Outcome::NotMatched { asked } => RuleEntry {
                tests: tests(asked, known),
                ..line("decision-not-matched")
            },
            Outcome::NotReached => line("decision-not-reached"),
            Outcome::Inactive => line("decision-inactive"),
            Outcome::Broken(fault) => RuleEntry::new(&considered.name, broken(*fault)).warning(),
        }
    }
}

fn broken(fault: Fault) -> Text {
    Text::new(match fault {
        Fault::Operator => "decision-broken-operator",
        Fault::Count => "decision-broken-count",
        Fault::Kind => "decision-broken-kind",
        Fault::TooManyTests => "decision-broken-tests",
    })
}

fn overflows(queue: String, trigger: Trigger) -> Text {
    match trigger {
        Trigger::OutOfHours => Text::new("decision-closed").arg("name", queue),
        Trigger::TooMany { limit, waiting } => Text::new("decision-full")
            .arg("name", queue)
            .arg("limit", limit)
            .arg("waiting", waiting),
    }
}

/// What an overflow does.
pub fn entry(action: Entry, known: &Known) -> Text {
    match action {
        Entry::QueueAnyway => Text::new("decision-queued-anyway"),
        Entry::Move(queue) => Text::new("decision-moved").arg("name", known.queue(queue)),
        Entry::End => Text::new("decision-ended"),
    }
}

/// What decided where a conversation goes: the first sentence that a person reads.
pub fn decided(by: By, rules: &[routing::Considered], known: &Known) -> Text {
    let name = |rule| {
        let found = rules.iter().find(|considered| considered.rule == rule);
        found.map(|it| it.name.clone()).unwrap_or_default()
    };
    match by {
        By::Rule(rule) => Text::new("decision-by-rule").arg("name", name(rule)),
        By::Overflow { rule, queue, .. } => Text::new("decision-by-overflow")
            .arg("name", name(rule))
            .arg("queue", known.queue(queue)),
        By::Fallback(why) => match why {
            Why::NoRules => Text::new("decision-fallback-no-rules"),
            Why::NoMatch => Text::new("decision-fallback-no-match"),
            Why::Classification => Text::new("decision-fallback-classification"),
            Why::Rule(rule) => Text::new("decision-fallback-rule").arg("name", name(rule)),
            Why::NoQueue(rule) => Text::new("decision-fallback-no-queue").arg("name", name(rule)),
        },
    }
}

/// Where a conversation goes.
pub fn destination(destination: Destination, known: &Known) -> Text {
    match destination {
        Destination::Queue(queue) => Text::new("rule-to").arg("name", known.queue(queue)),
        Destination::End => Text::new("decision-ended"),
    }
}

/// An agent who was considered.
#[derive(Template)]
#[template(path = "decisions/agent.html")]
pub struct AgentEntry {
    icon: &'static str,
    tone: &'static str,
    name: String,
    presence: Text,
    free: i64,
    verdict: Text,
    skills: Option<Text>,
    declines: u32,
}

impl HtmlSafe for AgentEntry {}

impl AgentEntry {
    /// An agent; `names` are those of people.
    pub fn new(
        considered: &assignment::Considered,
        needs_skills: bool,
        names: &dyn Fn(UserId) -> String,
    ) -> AgentEntry {
        let (icon, tone) = match considered.verdict {
            Verdict::Candidate(1) | Verdict::Keeps => ("check", "is-ok"),
            Verdict::Candidate(_) => ("circle", "is-muted"),
            Verdict::No(_) => ("x", "is-muted"),
        };
        AgentEntry {
            icon,
            tone,
            name: names(considered.user),
            presence: Text::new(format!("presence-{}", considered.presence.word())),
            free: considered.free,
            verdict: verdict(considered.verdict),
            skills: needs_skills.then(|| skills(considered)),
            declines: u32::from(considered.declines),
        }
    }
}

fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Candidate(1) => Text::new("decision-agent-first"),
        Verdict::Candidate(place) => Text::new("decision-agent-place").arg("place", place),
        Verdict::Keeps => Text::new("decision-agent-keeps"),
        Verdict::No(why) => match why {
            WhyNot::NotMember => Text::new("decision-agent-not-member"),
            WhyNot::NotConnected => Text::new("decision-agent-not-connected"),
            WhyNot::Presence => Text::new("decision-agent-presence"),
            WhyNot::Barred => Text::new("decision-agent-barred"),
            WhyNot::NoRoom(NoRoom::Units { needed, free }) => Text::new("decision-agent-no-units")
                .arg("free", free)
                .arg("needed", needed),
            WhyNot::NoRoom(_) => Text::new("decision-agent-no-profile"),
            WhyNot::SessionsFull { allowed } => {
                Text::new("decision-agent-sessions").arg("allowed", allowed)
            }
            WhyNot::Skills => Text::new("decision-agent-skills"),
            WhyNot::Declined => Text::new("decision-agent-declined"),
            WhyNot::TooManyDeclined => Text::new("decision-agent-too-many-declined"),
            WhyNot::RuleSkills => Text::new("decision-agent-rule-skills"),
            WhyNot::NoRule => Text::new("decision-agent-no-rule"),
        },
    }
}

fn skills(considered: &assignment::Considered) -> Text {
    let distance = considered.distance;
    match (distance.missing, distance.lacking) {
        (0, 0) => Text::new("decision-skills-enough"),
        (0, lacking) => Text::new("decision-skills-lacking").arg("count", lacking),
        (missing, _) => Text::new("decision-skills-missing").arg("count", missing),
    }
}
