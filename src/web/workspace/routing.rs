//! The routing log of a conversation: every rule that was asked, every agent who was considered, every offer and
//! its answer. For supervisors and administrators.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::{Route, State as Managed, get, routes};

use super::customer::CustomerView;
use super::load;
use super::sessions::Sessions;
use crate::clock;
use crate::domain::assignment::Method;
use crate::domain::facts::Priority;
use crate::domain::ids::{AgentRuleId, ConversationId, UserId};
use crate::domain::offer::Ending;
use crate::domain::overflow::Exit;
use crate::domain::queue_rules::{Considered, Outcome};
use crate::domain::routing::Destination;
use crate::domain::time::Timestamp;
use crate::domain::trace::Step;
use crate::locale::Text;
use crate::store::{profiles, routing, users};
use crate::web::App;
use crate::web::admin::rules::known::Known;
use crate::web::decisions::{AgentEntry, RuleEntry, decided, destination};
use crate::web::failure::Answer;
use crate::web::guards::RoutingReader;
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show]
}

#[derive(Template)]
#[template(path = "workspace/routing/show.html")]
struct Show {
    conversation: ConversationId,
    customer: Option<CustomerView>,
    sessions: Sessions,
    steps: Vec<ShownStep>,
}

/// A step: its sentence, and what is behind it.
struct ShownStep {
    at: Timestamp,
    title: Text,
    /// More of it.
    note: Option<Text>,
    rules: Vec<RuleEntry>,
    agents: Vec<AgentEntry>,
}

#[get("/workspace/conversations/<id>/routing")]
fn show(supervisor: RoutingReader, app: &Managed<Arc<App>>, id: i64) -> Answer<Page<Show>> {
    let (conversation, _) = load(app, &supervisor, id)?;
    let now = clock::now();
    let (steps, names, profile, sessions) = app.store.read(|reader| {
        let people = users::all(reader)?.into_iter();
        let names: HashMap<UserId, String> = people.map(|user| (user.id, user.name)).collect();
        Ok((
            routing::steps(reader, conversation.id)?,
            names,
            profiles::by_id(reader, conversation.profile)?,
            Sessions::read(reader, &supervisor, Some(conversation.id), now)?,
        ))
    })?;
    let channel = profile.as_ref().map(|it| it.channel.clone());
    let known = Known::of(app, conversation.workstream, &channel.unwrap_or_default())?;
    let told = Told {
        known: &known,
        names: &names,
    };
    Ok(Page::ok(Show {
        conversation: conversation.id,
        customer: profile.as_ref().map(CustomerView::from),
        sessions,
        steps: steps
            .into_iter()
            .map(|(at, step)| told.step(at, step))
            .collect(),
    }))
}

/// Turns steps into sentences.
struct Told<'a> {
    known: &'a Known,
    names: &'a HashMap<UserId, String>,
}

impl Told<'_> {
    fn person(&self, user: UserId) -> String {
        self.names.get(&user).cloned().unwrap_or_default()
    }

    fn step(&self, at: Timestamp, step: Step) -> ShownStep {
        let known = self.known;
        let plain = |title: Text| ShownStep {
            at,
            title,
            note: None,
            rules: Vec::new(),
            agents: Vec::new(),
        };
        match step {
            Step::Classified {
                priority,
                needs,
                rules,
            } => ShownStep {
                note: (priority != Priority::Normal || !needs.is_empty()).then(|| {
                    let skills = needs.iter().map(|need| known.skill(need.skill));
                    Text::new(format!("routing-log-needs-{}", priority.word()))
                        .arg("count", needs.len())
                        .arg("skills", skills.collect::<Vec<_>>().join(", "))
                }),
                rules: rules
                    .iter()
                    .map(|rule| RuleEntry::classified(rule, known))
                    .collect(),
                ..plain(Text::new("routing-log-classified"))
            },
            Step::Routed {
                destination: to,
                by,
                rules,
            } => ShownStep {
                note: Some(decided(by, &rules, known)),
                rules: rules
                    .iter()
                    .map(|rule| RuleEntry::routed(rule, known))
                    .collect(),
                ..plain(match to {
                    Destination::Queue(queue) => {
                        Text::new("routing-log-routed").arg("queue", known.queue(queue))
                    }
                    Destination::End => destination(to, known),
                })
            },
            Step::WaitedTooLong { queue, action, .. } => plain(match action {
                Exit::Move(to) => Text::new("routing-log-waited-moved")
                    .arg("queue", known.queue(queue))
                    .arg("to", known.queue(to)),
                Exit::End => Text::new("routing-log-waited-ended").arg("queue", known.queue(queue)),
            }),
            Step::Assessed {
                queue,
                method,
                matching,
                chosen,
                agents,
                order,
                rules,
            } => {
                let person = |user| self.person(user);
                let needs_skills = matching != crate::domain::skills::Matching::None;
                let title = match chosen {
                    Some(user) => Text::new("routing-log-chosen").arg("name", self.person(user)),
                    None => Text::new("routing-log-nobody"),
                };
                ShownStep {
                    note: Some(assigned_by(&rules, method, known.queue(queue))),
                    rules: order
                        .iter()
                        .map(|rule| RuleEntry::of_queue(rule, known))
                        .chain(rules.iter().map(|rule| RuleEntry::of_queue(rule, known)))
                        .collect(),
                    agents: agents
                        .iter()
                        .map(|agent| AgentEntry::new(agent, needs_skills, &person))
                        .collect(),
                    ..plain(title)
                }
            }
            Step::Offered {
                user, expires_at, ..
            } => plain(
                Text::new("routing-log-offered")
                    .arg("name", self.person(user))
                    .arg("seconds", expires_at.since(at).as_secs()),
            ),
            Step::Answered { user, ending, .. } => {
                plain(Text::new(answered(ending)).arg("name", self.person(user)))
            }
            Step::ByHand {
                by,
                user,
                exceeded_by,
            } => {
                let title = match by == user {
                    true => Text::new("routing-log-taken").arg("name", self.person(user)),
                    false => Text::new("routing-log-given")
                        .arg("by", self.person(by))
                        .arg("name", self.person(user)),
                };
                ShownStep {
                    note: (exceeded_by > 0)
                        .then(|| Text::new("routing-log-exceeded").arg("units", exceeded_by)),
                    ..plain(title)
                }
            }
            Step::Moved { by, queue } => plain(match by {
                Some(by) => Text::new("routing-log-moved-by")
                    .arg("name", self.person(by))
                    .arg("queue", known.queue(queue)),
                None => Text::new("routing-log-moved").arg("queue", known.queue(queue)),
            }),
            Step::RuleActed { name, .. } => {
                plain(Text::new("routing-log-rule-acted").arg("name", name))
            }
            Step::Reminded { level } => {
                plain(Text::new(format!("routing-log-reminded-{}", level.word())))
            }
        }
    }
}

/// How the queue of a name found whom to ask: by one of its rules, or by its method.
fn assigned_by(rules: &[Considered<AgentRuleId>], method: Method, queue: String) -> Text {
    let is_taken =
        |considered: &&Considered<AgentRuleId>| matches!(considered.outcome, Outcome::Taken { .. });
    let text = match rules.iter().find(is_taken) {
        Some(rule) => Text::new("routing-log-by-rule").arg("rule", rule.name.clone()),
        None if rules.is_empty() => Text::new(format!("routing-log-method-{}", method.word())),
        None => Text::new("routing-log-by-no-rule"),
    };
    text.arg("queue", queue)
}

const fn answered(ending: Ending) -> &'static str {
    match ending {
        Ending::Accepted => "routing-log-answered-accepted",
        Ending::Rejected => "routing-log-answered-rejected",
        Ending::Missed => "routing-log-answered-missed",
        Ending::Lost => "routing-log-answered-lost",
        Ending::TakenBack => "routing-log-answered-taken-back",
    }
}
