//! The agents, the customers and the clock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use crate::domain::assignment::{self, Agent, Item, Keeps, Member, Method, Settings};
use crate::domain::capacity::{Demand, Load, WrapUpBlocking};
use crate::domain::classification::{self, Output, Ruleset};
use crate::domain::condition::{Condition, Operator, Test};
use crate::domain::conversation::{Act, Standing, State};
use crate::domain::facts::{Attribute, Facts, Priority, Value};
use crate::domain::ids::*;
use crate::domain::offer::{self, Consequences, Ending, Offer, Terms};
use crate::domain::overflow::{self, Overflow};
use crate::domain::presence::{self, Base, Status};
use crate::domain::routing::{self, Destination};
use crate::domain::session::Session;
use crate::domain::skills::{Matching, Need, Skill};
use crate::domain::split::{Share, Split};
use crate::domain::status::Closure;
use crate::domain::time::Timestamp;

const SETTINGS: Settings = Settings {
    max_declines: 3,
    max_sessions: 10,
};
const CONSEQUENCES: Consequences = Consequences {
    missed_makes_inactive: true,
    rejected_makes_quiet: true,
};
const TERMS: Terms = Terms {
    countdown: Duration::from_secs(120),
    may_reject: true,
    accepts_itself: false,
};
const BLOCKING: WrapUpBlocking = WrapUpBlocking::For(Duration::from_secs(60));
const SKILL: SkillId = SkillId(1);
const SPLIT_RULE: RouteRuleId = RouteRuleId(2);
/// The queue of those who need the skill.
const SKILLED: QueueId = QueueId(4);

/// How big the counter is.
#[derive(Clone, Copy, Debug)]
pub struct Shop {
    /// People who answer.
    pub agents: usize,
    /// Customers who write.
    pub conversations: usize,
    /// All write within this time.
    pub arrivals_within: Duration,
    /// Every so many agents have the skill.
    pub skilled_every: usize,
}

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrives(usize),
    /// The worker looks at the offer with this number.
    Look(usize, u32),
    Answers(usize, u32, bool),
    /// The agent has finished with a conversation.
    Finishes(usize),
    /// A parked customer writes again.
    Returns(usize),
    FreesWrapUp(usize),
    Completes(usize),
    Disconnects(usize),
    Connects(usize),
    Resets(usize),
}

struct Conversation {
    standing: Standing,
    queue: QueueId,
    priority: Priority,
    needs: Vec<Need>,
    demand: Demand,
    agent: Option<usize>,
    /// Its demand is counted in its agent's load.
    takes_capacity: bool,
    had: Option<UserId>,
    offer: Option<Offer>,
    offers: u32,
    offers_ended: u32,
    session: Option<Session>,
    declines: BTreeMap<UserId, u8>,
    last_interaction_at: Timestamp,
    waits_since: Timestamp,
}

pub struct World {
    shop: Shop,
    chance: u64,
    now: Timestamp,
    events: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    sequence: u64,
    agents: Vec<Agent>,
    connected_at: Vec<Option<Timestamp>>,
    conversations: Vec<Option<Conversation>>,
    waiting: BTreeSet<usize>,
    given: BTreeMap<RouteRuleId, BTreeMap<QueueId, u64>>,
    assigned: BTreeMap<(QueueId, UserId), u64>,
    waits: Vec<Duration>,
    history: Vec<(Timestamp, usize, Act, Option<UserId>)>,
}

impl World {
    /// Plays until nothing more happens.
    pub fn play(shop: Shop, seed: u64) -> World {
        let now = Timestamp::from_millis(1_780_000_000_000);
        let mut world = World {
            shop,
            chance: seed,
            now,
            events: BinaryHeap::new(),
            sequence: 0,
            agents: Vec::new(),
            connected_at: vec![None; shop.agents],
            conversations: (0..shop.conversations).map(|_| None).collect(),
            waiting: BTreeSet::new(),
            given: BTreeMap::new(),
            assigned: BTreeMap::new(),
            waits: Vec::new(),
            history: Vec::new(),
        };
        for number in 0..shop.agents {
            let agent = world.agent(number);
            world.agents.push(agent);
            // Now and then a browser is gone, for seconds or minutes.
            for _ in 0..3 {
                let gone = world.within(4 * 3600);
                let back = gone + world.within(400);
                world.after(gone, Event::Disconnects(number));
                world.after(back, Event::Connects(number));
            }
        }
        let seconds = shop.arrivals_within.as_secs();
        for number in 0..shop.conversations {
            let arrival = world.within(seconds);
            world.after(arrival, Event::Arrives(number));
        }
        while let Some(Reverse((at, _, event))) = world.events.pop() {
            world.now = at;
            world.happens(event);
        }
        world
    }

    fn agent(&mut self, number: usize) -> Agent {
        let is_skilled = number.is_multiple_of(self.shop.skilled_every);
        let mut queues = BTreeSet::from([QueueId(1 + number as i64 % 3)]);
        if is_skilled {
            queues.insert(SKILLED);
        }
        if number.is_multiple_of(5) {
            queues.insert(QueueId(1));
        }
        let member = Member {
            joined: number as i64,
            assigned_at: None,
        };
        let load = Load::of_units(2 + self.within(2) as u32);
        let status =
            Status::nobody(self.now).after(presence::Event::SignsIn(None), load.fill(), self.now);
        Agent {
            user: UserId(number as i64),
            status,
            is_connected: true,
            load,
            skills: is_skilled
                .then_some(Skill {
                    skill: SKILL,
                    rating: 5,
                })
                .into_iter()
                .collect(),
            sessions: 0,
            signed_in_at: self.now,
            released_at: None,
            queues: queues.into_iter().map(|queue| (queue, member)).collect(),
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Arrives(number) => self.arrives(number),
            Event::Look(number, offer) => self.looks(number, offer),
            Event::Answers(number, offer, accepts) => {
                let Some(user) = self.offered(number, offer).map(|offer| offer.user) else {
                    return;
                };
                let answer = match accepts {
                    true => offer::Event::Accept(user),
                    false => offer::Event::Reject(user),
                };
                self.tells(number, answer);
            }
            Event::Finishes(number) => self.finishes(number),
            Event::Returns(number) => {
                self.moves(number, Act::CustomerReturns);
                let now = self.now;
                let conversation = self.conversation(number);
                conversation.waits_since = now;
                conversation.last_interaction_at = now;
                self.offers(number);
            }
            Event::FreesWrapUp(number) => self.frees(number),
            Event::Completes(number) => {
                let agent = self
                    .conversation(number)
                    .agent
                    .expect("an agent in Wrap-up");
                self.moves(number, Act::Complete);
                self.leaves(number, Act::Complete);
                self.conversation(number).agent = None;
                self.is_free(agent);
            }
            Event::Disconnects(agent) => {
                self.connected_at[agent] = Some(self.now);
                self.agents[agent].is_connected = false;
                self.shows(agent, presence::Event::Disconnects);
            }
            Event::Connects(agent) => {
                self.agents[agent].is_connected = true;
                self.shows(agent, presence::Event::Connects(presence::GRACE));
                self.is_free(agent);
            }
            Event::Resets(agent) => {
                self.shows(agent, presence::Event::Resets);
                self.is_free(agent);
            }
        }
    }

    /// A customer writes: classified, routed, queued, offered.
    fn arrives(&mut self, number: usize) {
        let mut facts = Facts::new("chat", PageId(1), "1", "Hello");
        if self.within(10) == 0 {
            facts.message_text = "A claim".to_owned();
        }
        let classified = classification::classify(&rulesets(), facts, Demand::of_units(1));
        let workstream = routing::Workstream {
            rules: &rules(),
            fallback: QueueId(1),
            queues: &queues(),
            given: &self.given,
        };
        let routed = routing::route(&workstream, &classified.facts, classified.is_broken);
        for (rule, queue) in routed.dealt {
            *self
                .given
                .entry(rule)
                .or_default()
                .entry(queue)
                .or_default() += 1;
        }
        let Destination::Queue(queue) = routed.destination else {
            panic!("nothing ends a conversation here");
        };
        self.conversations[number] = Some(Conversation {
            standing: Standing::in_state(State::Open),
            queue,
            priority: classified.facts.priority,
            needs: classified.facts.needs,
            demand: classified.demand,
            agent: None,
            takes_capacity: false,
            had: None,
            offer: None,
            offers: 0,
            offers_ended: 0,
            session: None,
            declines: BTreeMap::new(),
            last_interaction_at: self.now,
            waits_since: self.now,
        });
        self.offers(number);
    }

    /// A conversation waits, and is offered if anybody can take it.
    fn offers(&mut self, number: usize) {
        self.waiting.insert(number);
        let item = self.item(number);
        let given = assignment::hand_out([&item], &mut self.agents, SETTINGS, self.now);
        for given in given {
            self.gives(number, given.user);
        }
    }

    /// An agent has room: what waits is handed out at once, oldest first.
    fn is_free(&mut self, agent: usize) {
        let waiting: Vec<usize> = self.waiting.iter().copied().collect();
        let items: Vec<Item> = waiting
            .into_iter()
            .map(|number| self.item(number))
            .collect();
        let free = std::slice::from_mut(&mut self.agents[agent]);
        for given in assignment::hand_out(&items, free, SETTINGS, self.now) {
            self.gives(given.conversation.0 as usize, given.user);
        }
    }

    fn gives(&mut self, number: usize, user: UserId) {
        let agent = user.0 as usize;
        let now = self.now;
        assert!(self.waiting.remove(&number), "what is given has waited");
        self.moves(number, Act::Offer);
        let offer = Offer {
            user,
            offered_at: now,
            terms: TERMS,
        };
        let conversation = self.conversation(number);
        assert_eq!(conversation.agent, None, "held by two");
        conversation.agent = Some(agent);
        conversation.takes_capacity = true;
        conversation.offer = Some(offer);
        conversation.offers += 1;
        let session = Session::begin(
            ConversationId(number as i64),
            conversation.queue,
            user,
            false,
            now,
        );
        conversation.session = Some(session);
        let (offers, queue) = (conversation.offers, conversation.queue);
        let waited = now.since(conversation.waits_since);
        self.waits.push(waited);
        *self.assigned.entry((queue, user)).or_default() += 1;
        self.shows(agent, presence::Event::CapacityChanges);
        self.look_after(agent);
        self.at(
            offer.next_look(self.seen(agent)),
            Event::Look(number, offers),
        );
        let pause = 2 + self.within(60);
        match self.within(20) {
            0 => {}
            1 => self.after(pause, Event::Answers(number, offers, false)),
            _ => self.after(pause, Event::Answers(number, offers, true)),
        }
    }

    fn looks(&mut self, number: usize, offers: u32) {
        let Some(offer) = self.offered(number, offers) else {
            return;
        };
        let seen = self.seen(offer.user.0 as usize);
        self.tells(number, offer::Event::Clock(seen));
        if self.offered(number, offers).is_some() {
            self.at(offer.next_look(seen), Event::Look(number, offers));
        }
    }

    fn tells(&mut self, number: usize, event: offer::Event) {
        let now = self.now;
        let offer = self.conversation(number).offer.expect("an offer");
        let agent = offer.user.0 as usize;
        // Without a connection there is nothing to press.
        if !self.agents[agent].is_connected && !matches!(event, offer::Event::Clock(_)) {
            return;
        }
        let Some(ending) = offer.after(event, now).expect("nobody else answers") else {
            return;
        };
        self.moves(number, ending.act());
        let conversation = self.conversation(number);
        conversation.offer = None;
        conversation.offers_ended += 1;
        if ending == Ending::Accepted {
            if let Some(session) = &mut conversation.session {
                session.accept(now);
            }
            conversation.had = None;
            self.shows(agent, ending.presence(CONSEQUENCES));
            let talk = 60 + self.within(900);
            self.after(talk, Event::Finishes(number));
            return;
        }
        if ending.is_decline() {
            *conversation.declines.entry(offer.user).or_default() += 1;
            let rest = 30 + self.within(300);
            self.after(rest, Event::Resets(agent));
        }
        self.leaves(number, ending.act());
        self.conversation(number).agent = None;
        self.shows(agent, ending.presence(CONSEQUENCES));
        self.offers(number);
        self.is_free(agent);
    }

    fn finishes(&mut self, number: usize) {
        let agent = self
            .conversation(number)
            .agent
            .expect("an agent who answers");
        match self.within(10) {
            0 | 1 => {
                self.moves(number, Act::Park);
                self.leaves(number, Act::Park);
                let conversation = self.conversation(number);
                conversation.agent = None;
                conversation.had = Some(UserId(agent as i64));
                conversation.declines.clear();
                let away = 60 + self.within(3_600);
                self.after(away, Event::Returns(number));
                self.is_free(agent);
            }
            2 => {
                self.moves(number, Act::GiveBack);
                self.leaves(number, Act::GiveBack);
                let now = self.now;
                let conversation = self.conversation(number);
                conversation.agent = None;
                conversation.waits_since = now;
                self.offers(number);
                self.is_free(agent);
            }
            _ => {
                self.moves(number, Act::End);
                let frees_at = BLOCKING.frees_at(self.now).expect("it blocks for a time");
                self.at(frees_at, Event::FreesWrapUp(number));
                let tidy = 20 + self.within(120);
                self.after(tidy, Event::Completes(number));
            }
        }
    }

    fn frees(&mut self, number: usize) {
        if let Some(agent) = self.conversation(number).agent {
            self.releases(number);
            self.shows(agent, presence::Event::CapacityChanges);
            self.is_free(agent);
        }
    }

    /// A session ends: its agent has room again.
    fn leaves(&mut self, number: usize, act: Act) {
        let now = self.now;
        self.releases(number);
        let conversation = self.conversation(number);
        let agent = conversation.agent.expect("an agent");
        if let Some(session) = &mut conversation.session {
            session.end(Closure::by(act).expect("a reason"), now);
        }
        let free = &mut self.agents[agent];
        free.sessions -= 1;
        free.released_at = Some(now);
        self.shows(agent, presence::Event::Closes);
    }

    fn releases(&mut self, number: usize) {
        let conversation = self.conversations[number].as_mut().expect("it came");
        if let (true, Some(agent)) = (conversation.takes_capacity, conversation.agent) {
            conversation.takes_capacity = false;
            self.agents[agent].load.release(&conversation.demand);
        }
    }

    fn moves(&mut self, number: usize, act: Act) {
        let now = self.now;
        let conversation = self.conversation(number);
        let before = conversation.standing;
        conversation.standing = before
            .after(act)
            .unwrap_or_else(|| panic!("{act:?} in {before:?}"));
        let user = conversation.agent.map(|agent| UserId(agent as i64));
        self.history.push((now, number, act, user));
    }

    fn shows(&mut self, agent: usize, event: presence::Event) {
        let agent = &mut self.agents[agent];
        agent.status = agent.status.after(event, agent.load.fill(), self.now);
    }

    fn item(&self, number: usize) -> Item {
        let conversation = self.conversations[number].as_ref().expect("it came");
        let method = match conversation.queue.0 {
            2 => Method::RoundRobin,
            3 => Method::LeastActive,
            _ => Method::HighestCapacity,
        };
        Item {
            conversation: ConversationId(number as i64),
            queue: conversation.queue,
            queue_priority: 100,
            method,
            priority: conversation.priority,
            last_interaction_at: conversation.last_interaction_at,
            needs: conversation.needs.clone(),
            matching: Matching::Exact,
            demand: conversation.demand.clone(),
            allowed: vec![Base::Available, Base::Busy],
            keeps: conversation.had.map(|user| Keeps {
                user,
                over_capacity: false,
            }),
            declines: conversation.declines.clone(),
            position: None,
            ways: None,
        }
    }

    fn conversation(&mut self, number: usize) -> &mut Conversation {
        self.conversations[number].as_mut().expect("it came")
    }

    /// The offer with this number, while it waits for its answer.
    fn offered(&self, number: usize, offers: u32) -> Option<Offer> {
        let conversation = self.conversations[number].as_ref()?;
        conversation.offer.filter(|_| conversation.offers == offers)
    }

    /// When an agent's browser last had a connection.
    fn seen(&self, agent: usize) -> Option<Timestamp> {
        match self.agents[agent].is_connected {
            true => Some(self.now),
            false => self.connected_at[agent],
        }
    }

    fn at(&mut self, at: Timestamp, event: Event) {
        self.sequence += 1;
        self.events.push(Reverse((at, self.sequence, event)));
    }

    fn after(&mut self, seconds: u64, event: Event) {
        self.at(self.now.plus(Duration::from_secs(seconds)), event);
    }

    /// A number below `bound`, by SplitMix64.
    fn within(&mut self, bound: u64) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// What the tests ask.
impl World {
    /// An agent has what his conversations take, and not more than fits.
    fn look_after(&self, number: usize) {
        let agent = &self.agents[number];
        assert!(agent.load.used <= agent.load.units, "{agent:?}");
        assert!(agent.sessions <= SETTINGS.max_sessions, "{agent:?}");
    }

    /// Every conversation is where it belongs, and every agent has what he holds.
    pub fn look_after_everybody(&self) {
        let mut used = vec![(0, 0); self.agents.len()];
        for (number, conversation) in self.conversations.iter().enumerate() {
            let conversation = conversation.as_ref().expect("everybody came");
            let state = conversation.standing.state;
            let is_held = matches!(state, State::Active | State::WrapUp);
            assert_eq!(conversation.agent.is_some(), is_held, "{state:?}");
            assert_eq!(self.waiting.contains(&number), state == State::Open);
            let primary = conversation.session.as_ref().and_then(Session::primary);
            assert_eq!(
                primary,
                conversation.agent.map(|agent| UserId(agent as i64))
            );
            if let Some(agent) = conversation.agent {
                used[agent].0 += u32::from(conversation.takes_capacity);
                used[agent].1 += 1;
            }
        }
        for (agent, (used, sessions)) in self.agents.iter().zip(used) {
            assert_eq!((agent.load.used, agent.sessions), (used, sessions));
        }
    }

    /// How many conversations the split gave to each queue, and to all.
    pub fn dealt(&self) -> (&BTreeMap<QueueId, u64>, u64) {
        let dealt = &self.given[&SPLIT_RULE];
        (dealt, dealt.values().sum())
    }

    pub fn closed(&self) -> usize {
        self.count(|conversation| conversation.standing.state == State::Closed)
    }

    /// Conversations that wait although nobody can be asked any more.
    pub fn waiting_without_anybody(&self) -> usize {
        let nobody = |number: &&usize| {
            let item = self.item(**number);
            assignment::assess(&item, &self.agents, SETTINGS)
                .order
                .is_empty()
        };
        self.waiting.iter().filter(nobody).count()
    }

    pub fn offers_made(&self) -> u32 {
        let offers = |conversation: &Conversation| conversation.offers;
        self.conversations.iter().flatten().map(offers).sum()
    }

    pub fn offers_ended(&self) -> u32 {
        let ended = |conversation: &Conversation| conversation.offers_ended;
        self.conversations.iter().flatten().map(ended).sum()
    }

    pub fn has_waited(&self) -> usize {
        let long = |waited: &&Duration| **waited > Duration::from_secs(300);
        self.waits.iter().filter(long).count()
    }

    pub fn longest_wait(&self) -> Duration {
        self.waits.iter().max().copied().unwrap_or_default()
    }

    /// The least that an agent was given from a queue.
    pub fn least_given(&self, queue: QueueId) -> u64 {
        let given = |agent: &Agent| {
            self.assigned
                .get(&(queue, agent.user))
                .copied()
                .unwrap_or(0)
        };
        let members = self
            .agents
            .iter()
            .filter(|agent| agent.queues.contains_key(&queue));
        members.map(given).min().unwrap_or(0)
    }

    pub fn history(&self) -> &[(Timestamp, usize, Act, Option<UserId>)] {
        &self.history
    }

    fn count(&self, is_one: impl Fn(&Conversation) -> bool) -> usize {
        self.conversations
            .iter()
            .flatten()
            .filter(|one| is_one(one))
            .count()
    }
}

fn says_claim() -> Condition {
    Condition::all(vec![Test {
        attribute: Attribute::MessageText,
        operator: Operator::Contains,
        values: vec![Value::Text("claim".to_owned())],
    }])
}

fn rulesets() -> [Ruleset; 1] {
    let outputs = vec![
        Output::Priority(Priority::High),
        Output::Skill(Need {
            skill: SKILL,
            rating: Some(3),
        }),
    ];
    [Ruleset {
        id: RulesetId(1),
        name: "Topics".to_owned(),
        rules: vec![classification::Rule {
            id: ClassificationRuleId(1),
            name: "Claims".to_owned(),
            is_active: true,
            condition: says_claim(),
            outputs,
        }],
    }]
}

fn rules() -> [routing::Rule; 2] {
    let share = |queue, percent| Share {
        queue: QueueId(queue),
        percent,
    };
    let rule = |id, name: &str, condition, split| routing::Rule {
        id,
        name: name.to_owned(),
        is_active: true,
        condition,
        split,
        overflow: None,
    };
    let split = Split(vec![share(1, 50), share(2, 30), share(3, 20)]);
    [
        rule(RouteRuleId(1), "Claims", says_claim(), Split::one(SKILLED)),
        rule(SPLIT_RULE, "All others", Condition::always(), split),
    ]
}

fn queues() -> BTreeMap<QueueId, overflow::Standing> {
    let open = |number| overflow::Standing {
        queue: QueueId(number),
        is_open: true,
        next_opening: None,
        waiting: 0,
        overflow: Overflow::default(),
    };
    (1..=4)
        .map(|number| (QueueId(number), open(number)))
        .collect()
}
