//! Dispatch on a real database against a scripted platform.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};
use proptest::prelude::*;

use super::*;
use crate::channels::{
    Channel, PageFacts, Preparation, Profile, ProfileError, SetupError, Shape, Subscribed, Wanted,
};
use crate::crypto::Secret;
use crate::domain::attachments::Carries;
use crate::domain::ids::{ConversationId, MessageId, UserId};
use crate::domain::inbound::{Customer, Parsed};
use crate::domain::markdown::Dialect;
use crate::domain::media::Fault;
use crate::domain::message::Status;
use crate::domain::obstacle::Obstacle;
use crate::domain::text::{Limit, Unit};
use crate::domain::window::{Rules, Tag};
use crate::store::messages;
use crate::store::outbox::{Enqueued, Reply};
use crate::store::testing::House;

const HOUR: Duration = Duration::from_secs(3600);
/// Longer than anything here takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(30);

/// What the platform does with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Accept,
    /// The answer is lost; whether the call was accepted is the platform's secret.
    LoseAnswer {
        accepted: bool,
    },
    Refuse(SendError),
}

/// A platform that follows a script, and accepts what comes after it.
struct Platform {
    /// Whether it knows a repeated call by its key.
    knows_keys: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    script: VecDeque<Fate>,
    calls: Vec<Call>,
    /// Key and texts of every call that the customer saw.
    accepted: Vec<(String, Vec<String>)>,
    in_flight: usize,
    /// What it says about the page's allowance.
    used_percent: Option<u32>,
    /// Calls stay in flight until this many are.
    gather: usize,
}

impl Platform {
    fn new(knows_keys: bool) -> Arc<Platform> {
        Arc::new(Platform {
            knows_keys,
            state: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    fn script(&self, fates: impl IntoIterator<Item = Fate>) {
        self.state.lock().script.extend(fates);
    }

    fn calls(&self) -> usize {
        self.state.lock().calls.len()
    }

    fn texts(&self) -> Vec<String> {
        let state = self.state.lock();
        state
            .accepted
            .iter()
            .flat_map(|(_, it)| it.clone())
            .collect()
    }

    fn accept(&self, call: &Call) {
        let mut state = self.state.lock();
        let is_known = state
            .accepted
            .iter()
            .any(|(key, _)| *key == call.idempotency_key);
        if !(self.knows_keys && is_known) {
            let accepted = (call.idempotency_key.clone(), call.texts.clone());
            state.accepted.push(accepted);
        }
    }

    fn answer(&self, call: &Call) -> Result<Sent, SendError> {
        if call.earlier != Earlier::Nothing && !self.knows_keys {
            return Err(SendError::Uncertain("not asked".to_owned()));
        }
        let fate = {
            let mut state = self.state.lock();
            state.calls.push(call.clone());
            state.script.pop_front().unwrap_or(Fate::Accept)
        };
        match fate {
            Fate::Accept => {
                self.accept(call);
                Ok(Sent {
                    platform_ids: vec![format!("m-{}", call.idempotency_key)],
                    way: "RESPONSE",
                    request_id: "r-1".to_owned(),
                    kept: None,
                    took_control: false,
                    used_percent: self.state.lock().used_percent,
                })
            }
            Fate::LoseAnswer { accepted } => {
                if accepted {
                    self.accept(call);
                }
                let words = "no answer in time".to_owned();
                Err(match self.knows_keys {
                    true => SendError::Repeatable(words),
                    false => SendError::Uncertain(words),
                })
            }
            Fate::Refuse(error) => Err(error),
        }
    }
}

struct Script(Arc<Platform>);

impl Channel for Script {
    fn tells(&self) -> &'static [crate::domain::facts::Attribute] {
        &[]
    }

    fn name(&self) -> &'static str {
        "facebook"
    }

    fn window(&self) -> Rules {
        Rules {
            standard: Some(24 * HOUR),
            tagged: Some(7 * 24 * HOUR),
            in_standby: false,
        }
    }

    fn messages_per_call(&self) -> usize {
        1
    }

    fn text_limit(&self) -> Limit {
        Limit {
            max: 2000,
            unit: Unit::Characters,
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Marks
    }

    fn files(&self) -> Carries {
        Carries {
            outbound: &[],
            inbound: &[],
            largest_kb: None,
        }
    }

    fn manner(&self, _found: crate::domain::media::Type) -> crate::domain::outgoing::Manner {
        crate::domain::outgoing::Manner::AsItIs
    }

    fn fetches_files(&self) -> bool {
        false
    }

    fn echoes(&self) -> bool {
        !self.0.knows_keys
    }

    fn send(&self, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
        assert_eq!(credentials.token, Some(Secret::new("page-token-1234")));
        let platform = &self.0;
        {
            let mut state = platform.state.lock();
            state.in_flight += 1;
            platform.changed.notify_all();
            while state.in_flight < state.gather {
                let late = platform.changed.wait_for(&mut state, LIMIT).timed_out();
                assert!(!late, "only {} calls are in flight", state.in_flight);
            }
            // Enough came together once: the others need not wait.
            state.gather = 0;
        }
        let answer = platform.answer(call);
        platform.state.lock().in_flight -= 1;
        answer
    }

    fn shape(&self) -> Shape {
        unreachable!("dispatch does not ask")
    }

    fn fetch(
        &self,
        _: &Credentials,
        _: &Wanted<'_>,
        _: u64,
        _: &mut dyn std::io::Write,
    ) -> Result<(), Fault> {
        unreachable!("dispatch does not ask")
    }

    fn verify(&self, _: &Secret, _: &dyn Fn(&str) -> Vec<String>, _: &[u8]) -> bool {
        unreachable!("dispatch does not ask")
    }

    fn handshake(&self, _: &Secret, _: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        unreachable!("dispatch does not ask")
    }

    fn parse(&self, _: &[u8], _: Timestamp) -> Result<Vec<Parsed>, Obstacle> {
        unreachable!("dispatch does not ask")
    }

    fn profile(&self, _: &Credentials, _: &Customer) -> Result<Profile, ProfileError> {
        unreachable!("dispatch does not ask")
    }

    fn check(&self, _: &Credentials) -> Result<PageFacts, SetupError> {
        unreachable!("dispatch does not ask")
    }

    fn subscribe(&self, _: &Credentials, _: &str) -> Result<Subscribed, SetupError> {
        unreachable!("dispatch does not ask")
    }

    fn renew_subscription(&self, _: &Credentials, _: &str) -> Result<bool, SetupError> {
        unreachable!("dispatch does not ask")
    }

    fn show(
        &self,
        _: &Credentials,
        _: &Customer,
        _: crate::domain::courtesy::Courtesy,
        _: Option<&str>,
    ) -> Result<(), SendError> {
        unreachable!("dispatch does not ask")
    }

    fn unsubscribe(&self, _: &Credentials) -> Result<(), SetupError> {
        unreachable!("dispatch does not ask")
    }

    fn preparation(&self) -> &'static [Preparation] {
        unreachable!("dispatch does not ask")
    }
}

/// A furnished house, an agent, and the platform.
struct Post {
    house: House,
    agent: UserId,
    platform: Arc<Platform>,
    wake: Wake,
}

impl Post {
    fn open(knows_keys: bool) -> Post {
        let house = House::furnished();
        house.with_credentials();
        Post {
            agent: house.user("Mia"),
            house,
            platform: Platform::new(knows_keys),
            wake: Wake::default(),
        }
    }

    fn channels(&self) -> Registry {
        Registry::of(vec![Box::new(Script(self.platform.clone()))])
    }

    /// One sender whose circuits know nothing.
    fn sender(&self) -> Sender {
        Sender {
            store: self.house.store.clone(),
            channels: self.channels(),
            wake: self.wake.clone(),
            circuits: Arc::default(),
            public_url: "https://shop.example".to_owned(),
        }
    }

    fn conversation(&self, customer: &str) -> ConversationId {
        self.house.answered_by(self.agent, customer)
    }

    fn say(&self, conversation: ConversationId, text: &str) -> MessageId {
        let reply = Reply {
            conversation,
            user: self.agent,
            client_id: format!("{conversation}-{text}"),
            parts: vec![text.to_owned()],
            parts_per_call: 1,
            quoted: None,
            last_seen: None,
        };
        match self.house.write(move |tx| outbox::enqueue(tx, &reply)) {
            Enqueued::Queued(ids) => ids[0],
            other => panic!("{other:?}"),
        }
    }

    fn status(&self, id: MessageId) -> Status {
        let message = self.house.read(|reader| messages::by_id(reader, id));
        message.and_then(|it| it.status).expect("it is ours")
    }

    fn reason(&self, id: MessageId) -> Option<String> {
        let message = self.house.read(|reader| messages::by_id(reader, id));
        message.and_then(|it| it.reason).map(|reason| reason.word)
    }

    /// Makes what is due until nothing is; how many calls.
    fn drain(&self) -> usize {
        let sender = self.sender();
        let mut made = 0;
        while let Claim::Call(call) = sender.claim().unwrap() {
            sender.make(&call);
            made += 1;
        }
        made
    }

    /// Runs the threads until every one of these has left.
    fn run_until_sent(&self, ids: &[MessageId]) {
        let shop = "https://shop.example";
        let threads = start(&self.house.store, &self.channels(), &self.wake, shop).unwrap();
        let deadline = Instant::now() + LIMIT;
        while !ids.iter().all(|id| self.status(*id) == Status::Sent) {
            assert!(Instant::now() < deadline, "not everything was sent");
            std::thread::yield_now();
        }
        self.wake.stop();
        threads.into_iter().for_each(|it| it.join().unwrap());
    }
}

fn words(text: &str) -> String {
    text.to_owned()
}

#[test]
fn every_answer_of_the_platform_shows_at_the_message() {
    let throttled = SendError::Throttled {
        retry_after: Some(HOUR),
        detail: words("429"),
    };
    let rejected = SendError::Rejected {
        code: words("100"),
        text: words("No"),
    };
    for (fate, status, reason) in [
        (Fate::Accept, Status::Sent, None),
        (Fate::LoseAnswer { accepted: true }, Status::Sending, None),
        (
            Fate::Refuse(SendError::Unreachable(words("refused"))),
            Status::Queued,
            Some("unreachable"),
        ),
        (
            Fate::Refuse(SendError::Repeatable(words("late"))),
            Status::Queued,
            Some("unreachable"),
        ),
        (Fate::Refuse(throttled), Status::Queued, Some("throttled")),
        (
            Fate::Refuse(SendError::Credentials(words("190"))),
            Status::Queued,
            Some("credentials"),
        ),
        (
            Fate::Refuse(SendError::Restricted(words("368"))),
            Status::Queued,
            Some("restricted"),
        ),
        (
            Fate::Refuse(SendError::WindowClosed(words("10"))),
            Status::Failed,
            Some("window-closed"),
        ),
        (
            Fate::Refuse(SendError::QuotaUsed(words("429"))),
            Status::Queued,
            Some("quota-used"),
        ),
        (
            Fate::Refuse(SendError::HeldElsewhere(words("10/2018300"))),
            Status::Failed,
            Some("held-elsewhere"),
        ),
        (
            Fate::Refuse(SendError::Blocked(words("551"))),
            Status::Failed,
            Some("blocked"),
        ),
        (Fate::Refuse(rejected), Status::Failed, Some("rejected")),
    ] {
        let post = Post::open(false);
        let id = post.say(post.conversation("anna"), "Hello");
        post.platform.script([fate.clone()]);
        assert_eq!(post.drain(), 1, "{fate:?}");
        assert_eq!(post.status(id), status, "{fate:?}");
        assert_eq!(post.reason(id).as_deref(), reason, "{fate:?}");
    }
}

#[test]
fn a_doubtful_call_is_never_repeated_and_ends_unknown() {
    let post = Post::open(false);
    let id = post.say(post.conversation("anna"), "Hello");
    post.platform.script([Fate::LoseAnswer { accepted: true }]);
    post.drain();
    post.house.let_time_pass();
    assert_eq!(post.drain(), 1, "the platform's record is looked at");
    assert_eq!(
        (post.status(id), post.platform.calls()),
        (Status::Unknown, 1)
    );
}

#[test]
fn a_platform_that_knows_keys_is_asked_again_and_delivers_once() {
    let post = Post::open(true);
    let id = post.say(post.conversation("anna"), "Hello");
    post.platform.script([Fate::LoseAnswer { accepted: true }]);
    post.drain();
    post.house.let_time_pass();
    assert_eq!(post.drain(), 1);
    assert_eq!(post.status(id), Status::Sent);
    assert_eq!(post.platform.texts(), ["Hello"]);
}

#[test]
fn the_reply_window_is_looked_at_when_the_message_goes_out() {
    let post = Post::open(false);
    let conversation = post.conversation("anna");
    let tags = || -> Vec<Option<Tag>> {
        let state = post.platform.state.lock();
        state.calls.iter().map(|call| call.tag).collect()
    };
    post.say(conversation, "inside");
    post.drain();
    let late = post.say(conversation, "a day later, no tag allowed");
    post.house.last_inbound(conversation, 25 * HOUR);
    post.drain();
    assert_eq!(post.status(late), Status::Failed);
    assert_eq!(post.reason(late).as_deref(), Some("window-closed"));
    post.house.with_human_agent_tag();
    post.say(conversation, "a day later");
    post.drain();
    assert_eq!(tags(), [None, Some(Tag::HumanAgent)]);
    let much_later = post.say(conversation, "a week later");
    post.house.last_inbound(conversation, 8 * 24 * HOUR);
    post.drain();
    assert_eq!(
        (post.status(much_later), post.platform.calls()),
        (Status::Failed, 2)
    );
}

#[test]
fn a_refused_token_stops_its_page_after_one_call() {
    let post = Post::open(false);
    let waiting: Vec<MessageId> = (0..3)
        .map(|number| post.say(post.conversation(&format!("customer-{number}")), "Hello"))
        .collect();
    post.platform
        .script([Fate::Refuse(SendError::Credentials(words("190/463")))]);
    assert_eq!(post.drain(), 1);
    let page = post.house.page;
    let held = post
        .house
        .read(|reader| pages::by_id(reader, page))
        .unwrap();
    assert_eq!(held.token_error.as_deref(), Some("190/463"));
    post.house.with_credentials();
    assert_eq!(post.drain(), 3);
    assert!(waiting.iter().all(|id| post.status(*id) == Status::Sent));
}

#[test]
fn a_platform_that_does_not_answer_is_left_alone_after_five_calls() {
    let post = Post::open(false);
    for number in 0..20 {
        post.say(post.conversation(&format!("customer-{number}")), "Hello");
    }
    let broken = Fate::Refuse(SendError::Unreachable(words("refused")));
    post.platform.script(vec![broken; 20]);
    let sender = post.sender();
    while let Claim::Call(call) = sender.claim().unwrap() {
        sender.make(&call);
    }
    assert_eq!(post.platform.calls(), 5);
    assert!(sender.circuits.next_probe(Instant::now()).is_some());
}

#[test]
fn a_page_that_has_nearly_used_up_its_allowance_waits_between_calls() {
    let post = Post::open(false);
    for customer in ["anna", "bertil", "cecilia"] {
        post.say(post.conversation(customer), "Hello");
    }
    post.platform.state.lock().used_percent = Some(95);
    let sender = post.sender();
    let Claim::Call(call) = sender.claim().unwrap() else {
        panic!("nothing is due");
    };
    sender.make(&call);
    assert!(matches!(sender.claim().unwrap(), Claim::Nothing(_)));
    let page = call.ticket.page;
    sender.circuits.pace(page, Duration::ZERO, Instant::now());
    assert!(matches!(sender.claim().unwrap(), Claim::Call(_)));
}

#[test]
fn a_doubt_on_a_channel_without_echoes_is_told_at_once_and_nothing_more_is_sent() {
    let post = Post::open(true);
    let id = post.say(post.conversation("anna"), "Hello");
    let lost = SendError::Uncertain(words("no answer in time"));
    post.platform.script([Fate::Refuse(lost)]);
    assert_eq!(post.drain(), 1);
    assert_eq!(post.status(id), Status::Unknown);
    assert_eq!(post.reason(id).as_deref(), Some(Reason::UNCERTAIN));
    post.house.let_time_pass();
    assert_eq!(post.drain(), 0, "a person decides");
}

#[test]
fn conversations_are_served_side_by_side_and_each_in_its_order() {
    let post = Post::open(false);
    let conversations: Vec<ConversationId> = (0..outbox::MOST_PER_PAGE)
        .map(|number| post.conversation(&format!("customer-{number}")))
        .collect();
    let mut ids = Vec::new();
    for number in 0..4 {
        for conversation in &conversations {
            ids.push(post.say(*conversation, &format!("{conversation}:{number}")));
        }
    }
    post.platform.state.lock().gather = outbox::MOST_PER_PAGE;
    post.run_until_sent(&ids);
    let texts = post.platform.texts();
    assert_eq!(texts.len(), ids.len());
    for conversation in conversations {
        let prefix = format!("{conversation}:");
        let mine: Vec<&String> = texts.iter().filter(|it| it.starts_with(&prefix)).collect();
        let expected: Vec<String> = (0..4).map(|number| format!("{prefix}{number}")).collect();
        assert_eq!(mine, expected.iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_a_crash_left_in_flight_is_settled_at_the_next_start() {
    for (knows_keys, status, seen) in [(true, Status::Sent, 1), (false, Status::Sending, 0)] {
        let mut post = Post::open(knows_keys);
        let id = post.say(post.conversation("anna"), "Hello");
        assert!(matches!(post.sender().claim().unwrap(), Claim::Call(_)));
        post.house.reopen();
        post.house.write(outbox::recover);
        assert_eq!(post.drain(), 1);
        assert_eq!(post.status(id), status);
        assert_eq!(post.platform.calls(), seen);
    }
}

/// What happens to one step of the property below.
#[derive(Clone, Debug)]
enum Event {
    Call(Fate),
    /// The process dies with a call in flight.
    Crash {
        accepted: bool,
    },
    /// The platform reports back everything that it accepted.
    Echoes,
}

fn event() -> impl Strategy<Value = Event> {
    let error = prop_oneof![
        Just(SendError::Unreachable(words("refused"))),
        Just(SendError::Throttled {
            retry_after: None,
            detail: String::new()
        }),
        Just(SendError::Restricted(words("368"))),
        Just(SendError::Blocked(words("551"))),
        Just(SendError::Rejected {
            code: words("100"),
            text: String::new()
        }),
    ];
    prop_oneof![
        2 => Just(Event::Call(Fate::Accept)),
        2 => any::<bool>().prop_map(|accepted| Event::Call(Fate::LoseAnswer { accepted })),
        2 => error.prop_map(|error| Event::Call(Fate::Refuse(error))),
        2 => any::<bool>().prop_map(|accepted| Event::Crash { accepted }),
        1 => Just(Event::Echoes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_message_is_accepted_twice_and_none_is_called_what_it_is_not(
        knows_keys: bool,
        events in proptest::collection::vec(event(), 1..24),
    ) {
        let mut post = Post::open(knows_keys);
        let conversations = [post.conversation("anna"), post.conversation("berta")];
        let ids: Vec<(MessageId, String)> = (0..6)
            .map(|number| {
                let text = format!("text {number}");
                (post.say(conversations[number % 2], &text), text)
            })
            .collect();
        for event in events {
            post.house.let_time_pass();
            match event {
                Event::Call(fate) => {
                    post.platform.script([fate]);
                    let sender = post.sender();
                    if let Claim::Call(call) = sender.claim().unwrap() {
                        sender.make(&call);
                    }
                    post.platform.state.lock().script.clear();
                }
                Event::Crash { accepted } => {
                    if let Claim::Call(call) = post.sender().claim().unwrap() {
                        let may_call = knows_keys || call.doubt.is_none();
                        if accepted && may_call {
                            post.platform.accept(&Call {
                                to: call.to.clone(),
                                texts: call.texts.clone(),
                                quotes: Vec::new(),
                                files: Vec::new(),
                                idempotency_key: call.idempotency_key.clone(),
                                reply_token: None,
                                tag: None,
                                earlier: Earlier::Nothing,
                                look: None,
                                by_person: true,
                                sender: None,
                            });
                        }
                    }
                    post.house.reopen();
                    post.house.write(outbox::recover);
                }
                Event::Echoes if !knows_keys => {
                    let accepted = post.platform.state.lock().accepted.clone();
                    let page = post.house.page;
                    for (key, _) in accepted {
                        post.house.write(move |tx| {
                            outbox::settle_echo(tx, page, &key, &format!("m-{key}"), tx.now())
                        });
                    }
                }
                Event::Echoes => {}
            }
            let accepted = post.platform.texts();
            for (id, text) in &ids {
                let times = accepted.iter().filter(|it| *it == text).count();
                prop_assert!(times <= 1, "{text} was accepted {times} times");
                match post.status(*id) {
                    Status::Sent => prop_assert_eq!(times, 1, "{} is called sent", text),
                    Status::Failed => prop_assert_eq!(times, 0, "{} is called failed", text),
                    _ => {}
                }
            }
            for (start, _) in conversations.iter().enumerate() {
                let mine: Vec<&String> = ids.iter().skip(start).step_by(2).map(|(_, text)| text).collect();
                let order: Vec<usize> = accepted
                    .iter()
                    .filter_map(|text| mine.iter().position(|it| *it == text))
                    .collect();
                prop_assert!(order.is_sorted(), "{accepted:?}");
            }
        }
    }
}
