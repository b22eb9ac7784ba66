use proptest::prelude::*;

use super::*;
use crate::domain::ids::SkillId;
use crate::domain::presence::{Presence, Why};

const QUEUE: QueueId = QueueId(1);
const SETTINGS: Settings = Settings {
    max_declines: 3,
    max_sessions: 10,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

/// Somebody who is there, with three units, and joined in the order of the number.
fn agent(user: i64) -> Agent {
    Agent {
        user: UserId(user),
        status: status(Base::Available, Why::Capacity),
        is_connected: true,
        load: Load::of_units(3),
        skills: Vec::new(),
        sessions: 0,
        signed_in_at: at(0),
        released_at: None,
        queues: BTreeMap::from([(
            QUEUE,
            Member {
                joined: user,
                assigned_at: None,
            },
        )]),
    }
}

fn status(base: Base, why: Why) -> Status {
    Status {
        presence: Presence::built_in(base),
        why,
        since: at(0),
        before: None,
    }
}

/// A conversation that takes one unit and came at that second.
fn item(conversation: i64) -> Item {
    Item {
        conversation: ConversationId(conversation),
        queue: QUEUE,
        queue_priority: 100,
        method: Method::HighestCapacity,
        priority: Priority::Normal,
        last_interaction_at: at(conversation),
        needs: Vec::new(),
        matching: Matching::None,
        demand: Demand::of_units(1),
        allowed: vec![Base::Available, Base::Busy],
        keeps: None,
        declines: BTreeMap::new(),
        position: None,
        ways: None,
    }
}

fn order(item: &Item, agents: &[Agent]) -> Vec<i64> {
    let assessment = assess(item, agents, SETTINGS);
    assessment.order.iter().map(|user| user.0).collect()
}

fn with_free(user: i64, units: u32) -> Agent {
    Agent {
        load: Load::of_units(units),
        ..agent(user)
    }
}

fn last_given(user: i64, second: Option<i64>) -> Agent {
    let mut agent = agent(user);
    agent.queues.get_mut(&QUEUE).unwrap().assigned_at = second.map(at);
    agent
}

#[test]
fn highest_capacity_takes_the_freest_and_equals_by_turn() {
    let agents = [with_free(1, 2), with_free(2, 5), with_free(3, 4)];
    assert_eq!(order(&item(1), &agents), [2, 3, 1]);
    let equals = [
        last_given(1, Some(50)),
        last_given(2, Some(20)),
        last_given(3, None),
    ];
    assert_eq!(order(&item(1), &equals), [3, 2, 1]);
}

#[test]
fn round_robin_goes_by_turn_and_begins_in_the_order_of_joining() {
    let robin = Item {
        method: Method::RoundRobin,
        ..item(1)
    };
    let agents = [last_given(3, None), with_free(1, 1), last_given(2, Some(9))];
    assert_eq!(order(&robin, &agents), [1, 3, 2]);
    let mut agents = [agent(1), agent(2), agent(3)];
    let items: Vec<Item> = (1..=9)
        .map(|number| Item {
            method: Method::RoundRobin,
            ..item(number)
        })
        .collect();
    let mut given = Vec::new();
    for (second, item) in (100..).zip(&items) {
        given.extend(hand_out([item], &mut agents, SETTINGS, at(second)));
    }
    let users: Vec<i64> = given.iter().map(|given| given.user.0).collect();
    assert_eq!(users, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
}

#[test]
fn least_active_takes_who_was_freed_longest_ago_and_first_who_just_signed_in() {
    let freed = |user, second: Option<i64>| Agent {
        released_at: second.map(at),
        ..agent(user)
    };
    let least = Item {
        method: Method::LeastActive,
        ..item(1)
    };
    let new = Agent {
        signed_in_at: at(500),
        ..freed(4, Some(5))
    };
    let agents = [
        freed(1, Some(90)),
        freed(2, Some(30)),
        freed(3, Some(60)),
        new,
    ];
    assert_eq!(order(&least, &agents), [4, 2, 3, 1]);
}

#[test]
fn exact_skills_filter_and_closest_skills_sort_before_the_method() {
    let (finnish, bread) = (SkillId(1), SkillId(2));
    let skilled = |user, units, skills: &[(SkillId, u8)]| Agent {
        skills: skills
            .iter()
            .map(|&(skill, rating)| Skill { skill, rating })
            .collect(),
        ..with_free(user, units)
    };
    let agents = [
        skilled(1, 9, &[]),
        skilled(2, 8, &[(finnish, 2), (bread, 5)]),
        skilled(3, 3, &[(finnish, 7), (bread, 5)]),
        skilled(4, 1, &[(finnish, 5), (bread, 5)]),
        skilled(5, 7, &[(finnish, 5), (bread, 5)]),
    ];
    let needs = |matching| Item {
        needs: [finnish, bread]
            .map(|skill| Need {
                skill,
                rating: Some(5),
            })
            .to_vec(),
        matching,
        ..item(1)
    };
    assert_eq!(
        order(&needs(Matching::Exact), &agents),
        [5, 3, 4],
        "then by capacity"
    );
    assert_eq!(
        order(&needs(Matching::Closest), &agents),
        [4, 5, 3, 2, 1],
        "equals take turns, whatever their capacity"
    );
    assert_eq!(order(&needs(Matching::None), &agents), [1, 2, 5, 3, 4]);
}

#[test]
fn everybody_who_is_not_asked_is_told_why_not() {
    let full = NoRoom::Units { needed: 1, free: 0 };
    let declined = |times| Item {
        declines: BTreeMap::from([(UserId(1), times)]),
        ..item(1)
    };
    let skilled = Item {
        needs: vec![Need {
            skill: SkillId(1),
            rating: None,
        }],
        matching: Matching::Exact,
        ..item(1)
    };
    let with_status = |base, why| Agent {
        status: status(base, why),
        ..agent(1)
    };
    for (agent, item, expected) in [
        (agent(1), item(1), Verdict::Candidate(1)),
        (
            Agent {
                is_connected: false,
                ..agent(1)
            },
            item(1),
            Verdict::No(WhyNot::NotConnected),
        ),
        (
            with_status(Base::Away, Why::Chosen),
            item(1),
            Verdict::No(WhyNot::Presence),
        ),
        (
            with_status(Base::Away, Why::Missed),
            item(1),
            Verdict::No(WhyNot::Barred),
        ),
        (with_free(1, 0), item(1), Verdict::No(WhyNot::NoRoom(full))),
        (
            Agent {
                sessions: 10,
                ..agent(1)
            },
            item(1),
            Verdict::No(WhyNot::SessionsFull { allowed: 10 }),
        ),
        (agent(1), skilled, Verdict::No(WhyNot::Skills)),
        (agent(1), declined(2), Verdict::Candidate(1)),
        (agent(1), declined(3), Verdict::No(WhyNot::Declined)),
    ] {
        let assessment = assess(&item, &[agent], SETTINGS);
        assert_eq!(assessment.considered[0].verdict, expected);
        assert_eq!(
            assessment.order.is_empty(),
            matches!(expected, Verdict::No(_))
        );
    }
    let stranger = Agent {
        queues: BTreeMap::new(),
        ..agent(1)
    };
    assert_eq!(
        assess(&item(1), &[stranger], SETTINGS),
        Assessment::default()
    );
}

#[test]
fn who_declined_is_asked_after_the_others_and_after_a_hundred_nobody() {
    let mut one = Item {
        declines: BTreeMap::from([(UserId(1), 1)]),
        ..item(1)
    };
    let agents = [with_free(1, 9), with_free(2, 1)];
    assert_eq!(order(&one, &agents), [2, 1]);
    one.declines = (100..200).map(|user| (UserId(user), 1)).collect();
    assert_eq!(order(&one, &agents), [0; 0]);
    let why = assess(&one, &agents, SETTINGS).considered[0].verdict;
    assert_eq!(why, Verdict::No(WhyNot::TooManyDeclined));
}

#[test]
fn a_conversation_goes_back_to_whom_had_it_first() {
    let kept = |over_capacity| Item {
        keeps: Some(Keeps {
            user: UserId(1),
            over_capacity,
        }),
        ..item(1)
    };
    let other = with_free(2, 9);
    let had = |base, why, units| Agent {
        status: status(base, why),
        load: Load::of_units(units),
        queues: BTreeMap::new(),
        ..agent(1)
    };
    for (keeper, over_capacity, expected) in [
        (had(Base::Available, Why::Capacity, 3), false, &[1, 2][..]),
        (had(Base::DoNotDisturb, Why::Chosen, 3), false, &[1, 2]),
        (had(Base::Away, Why::Chosen, 3), false, &[1, 2]),
        (had(Base::Available, Why::Capacity, 0), false, &[2]),
        (had(Base::Available, Why::Capacity, 0), true, &[1, 2]),
        (had(Base::Away, Why::Missed, 3), true, &[2]),
        (had(Base::Offline, Why::Chosen, 3), true, &[2]),
    ] {
        let agents = [keeper, other.clone()];
        assert_eq!(
            order(&kept(over_capacity), &agents),
            expected,
            "{:?}",
            agents[0].status
        );
    }
    let declined = Item {
        declines: BTreeMap::from([(UserId(1), 1)]),
        ..kept(true)
    };
    let agents = [had(Base::Available, Why::Capacity, 3), other];
    assert_eq!(order(&declined, &agents), [2], "then it is the queue's");
}

#[test]
fn what_waits_is_handed_out_in_order() {
    let high = Item {
        priority: Priority::High,
        ..item(5)
    };
    let front = Item {
        queue_priority: 1,
        priority: Priority::Low,
        ..item(6)
    };
    let kept = Item {
        keeps: Some(Keeps {
            user: UserId(9),
            over_capacity: false,
        }),
        ..item(7)
    };
    let back = Item {
        last_interaction_at: at(99),
        ..item(1)
    };
    let items = [item(3), item(2), back, high, front, kept];
    let sorted: Vec<i64> = in_order(&items)
        .iter()
        .map(|item| item.conversation.0)
        .collect();
    assert_eq!(sorted, [7, 6, 5, 2, 3, 1]);
}

#[test]
fn one_that_nobody_can_take_holds_up_none_of_the_others() {
    let hard = Item {
        needs: vec![Need {
            skill: SkillId(1),
            rating: None,
        }],
        matching: Matching::Exact,
        ..item(1)
    };
    let given = hand_out([&hard, &item(2)], &mut [agent(1)], SETTINGS, at(100));
    let given: Vec<i64> = given.iter().map(|given| given.conversation.0).collect();
    assert_eq!(given, [2]);
}

proptest! {
    #[test]
    fn nothing_is_given_twice_capacity_holds_and_who_waits_longer_is_served_first(
        capacities in proptest::collection::vec((0u32..4, 0u32..4), 0..6),
        times in proptest::collection::vec((0i64..50, 1u32..3), 0..20),
        method in proptest::sample::select(Method::ALL.to_vec()),
    ) {
        let mut agents: Vec<Agent> = (1..)
            .zip(&capacities)
            .map(|(user, (units, sessions))| Agent {
                sessions: 10 - sessions,
                ..with_free(user, *units)
            })
            .collect();
        let items: Vec<Item> = (1..)
            .zip(&times)
            .map(|(number, (time, units))| Item {
                last_interaction_at: at(*time),
                demand: Demand::of_units(*units),
                method,
                ..item(number)
            })
            .collect();
        let given = hand_out(&items, &mut agents, SETTINGS, at(100));
        for agent in &agents {
            prop_assert!(agent.load.used <= agent.load.units && agent.sessions <= 10);
        }
        let mut conversations: Vec<_> = given.iter().map(|given| given.conversation).collect();
        conversations.sort();
        conversations.dedup();
        prop_assert_eq!(conversations.len(), given.len());
        // First in, first out: who waits on takes as much, and wrote no earlier, as anybody who was served.
        let is_given = |item: &&Item| given.iter().any(|given| given.conversation == item.conversation);
        let (served, waiting): (Vec<&Item>, Vec<&Item>) = items.iter().partition(is_given);
        for late in &waiting {
            for early in &served {
                let key = |item: &Item| (item.last_interaction_at, item.conversation);
                prop_assert!(key(early) < key(late) || early.demand.units < late.demand.units);
            }
            prop_assert!(assess(late, &agents, SETTINGS).order.is_empty(), "all that fits is given");
        }
    }
}
