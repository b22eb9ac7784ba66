//! A counter with hundreds of agents and thousands of customers on a virtual clock: the rules of the domain
//! together, as the workers apply them. Deterministic: the seed is the only chance.

mod world;

use std::time::Duration;

use proptest::prelude::*;

use world::{Shop, World};

use super::ids::QueueId;

const BIG: Shop = Shop {
    agents: 240,
    conversations: 6_000,
    arrivals_within: Duration::from_secs(2 * 3600),
    skilled_every: 4,
};

#[test]
fn a_busy_day_is_distributed_as_configured_and_nobody_starves() {
    let world = World::play(BIG, 1);
    let (dealt, total) = world.dealt();
    assert!(total > 5_000, "most go by the split: {total}");
    for (queue, percent) in [(1, 50.0), (2, 30.0), (3, 20.0)] {
        let part = 100.0 * dealt[&QueueId(queue)] as f64 / total as f64;
        assert!((part - percent).abs() <= 3.0, "queue {queue}: {part} %");
    }
    assert_eq!(world.closed(), 6_000, "nobody is lost");
    assert!(
        world.has_waited() > 100,
        "there was a rush: {}",
        world.has_waited()
    );
    let longest = world.longest_wait();
    assert!(
        longest < Duration::from_secs(3600),
        "nobody starves: {longest:?}"
    );
    let least = world.least_given(QueueId(2));
    assert!(least > 0, "everybody of the queue has work");
}

#[test]
fn the_same_seed_plays_the_same_day() {
    let small = Shop {
        agents: 40,
        conversations: 500,
        ..BIG
    };
    let first = World::play(small, 7);
    let first = first.history();
    assert!(first.len() > 2_000);
    assert!(first == World::play(small, 7).history());
    assert!(first != World::play(small, 8).history());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `World` looks after each event that no conversation is lost or held by two, and that no agent has more
    /// than fits.
    #[test]
    fn in_any_shop_no_conversation_is_lost_and_every_offer_ends(
        seed in any::<u64>(),
        agents in 0usize..8,
        conversations in 1usize..40,
        minutes in 1u64..120,
        skilled_every in 1usize..5,
    ) {
        let shop = Shop {
            agents,
            conversations,
            arrivals_within: Duration::from_secs(minutes * 60),
            skilled_every,
        };
        let world = World::play(shop, seed);
        world.look_after_everybody();
        prop_assert_eq!(world.offers_made(), world.offers_ended());
        prop_assert_eq!(world.closed() + world.waiting_without_anybody(), conversations);
    }
}
