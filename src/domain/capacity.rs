//! How much an agent can do at a time: units, and numbers of conversations of a kind (profiles).
//! (Specification §1.7, §4.9.)
//!
//! Invariant: what is given automatically never takes more than is free; what a person takes or gives by
//! hand may, and the free units are negative then.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeZone as _};
use chrono_tz::Tz;

use super::ids::CapacityProfileId;
use super::time::Timestamp;

/// The shortest and the longest time for which wrap-up may block capacity. (Specification §0.3, C5.)
pub const WRAP_UP_BLOCKING: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(30)..=Duration::from_secs(3600);

/// What one conversation takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Demand {
    /// Units; 0 in a workstream that counts by profiles.
    pub units: u32,
    /// One item of each of these profiles: the workstream's and those that rules added. No profile twice.
    pub profiles: Vec<CapacityProfileId>,
}

impl Demand {
    /// Units only.
    pub fn of_units(units: u32) -> Demand {
        Demand {
            units,
            profiles: Vec::new(),
        }
    }

    /// Adds a profile; nothing changes when it is there.
    pub fn add(&mut self, profile: CapacityProfileId) {
        if !self.profiles.contains(&profile) {
            self.profiles.push(profile);
        }
    }
}

/// When an item stops counting for a profile.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reset {
    /// As soon as the agent is free of it.
    #[default]
    Immediate,
    /// At the end of the agent's day.
    EndOfDay,
}

impl Reset {
    /// When an item stops counting that its agent was free of at `freed_at`, in a day that ends at `day_ends_at`.
    pub fn counts_until(self, freed_at: Timestamp, day_ends_at: Timestamp) -> Timestamp {
        match self {
            Reset::Immediate => freed_at,
            Reset::EndOfDay => freed_at.max(day_ends_at),
        }
    }
}

/// When the day in which `now` lies ends on the clocks of `zone`.
pub fn day_ends_at(zone: Tz, now: Timestamp) -> Timestamp {
    let today = DateTime::from_timestamp_millis(now.millis())
        .unwrap_or(DateTime::UNIX_EPOCH)
        .with_timezone(&zone)
        .date_naive();
    let tomorrow = today.succ_opt().unwrap_or(today);
    // Where the clocks leave midnight out, the day begins with the first hour that there is.
    let begins = (0..3)
        .filter_map(|hour| tomorrow.and_hms_opt(hour, 0, 0))
        .find_map(|wall| zone.from_local_datetime(&wall).earliest());
    begins.map_or(now, |begins| {
        Timestamp::from_millis(begins.timestamp_millis())
    })
}

/// An agent's room in one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Room {
    /// How many items at most.
    pub limit: u32,
    /// How many count now; more than the limit after assignments by hand.
    pub used: u32,
    /// At the limit nothing at all is given to the agent automatically.
    pub blocks: bool,
}

impl Room {
    /// Whether one more does not fit.
    pub const fn is_full(self) -> bool {
        self.used >= self.limit
    }
}

/// What an agent can do, and what of it is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Load {
    /// The agent's units.
    pub units: u32,
    /// Taken units; more than `units` after assignments by hand.
    pub used: u32,
    /// The profiles that the agent has.
    pub profiles: BTreeMap<CapacityProfileId, Room>,
}

/// Why a conversation does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoRoom {
    /// Too few free units.
    Units {
        /// What it takes.
        needed: u32,
        /// What is free; below zero after assignments by hand.
        free: i64,
    },
    /// The agent does not have a profile that it needs.
    NoProfile(CapacityProfileId),
    /// A profile that it needs is full.
    Full(CapacityProfileId),
    /// Another profile is full, and blocks everything.
    Blocked(CapacityProfileId),
}

impl Load {
    /// An agent with units and without profiles, of which nothing is taken.
    pub fn of_units(units: u32) -> Load {
        Load {
            units,
            ..Load::default()
        }
    }

    /// Free units; below zero after assignments by hand.
    pub fn free_units(&self) -> i64 {
        i64::from(self.units) - i64::from(self.used)
    }

    /// How much is free for this kind of conversation, to compare agents: units, and where it takes none, the
    /// items that still fit in the tightest of its profiles.
    pub fn free_for(&self, demand: &Demand) -> i64 {
        if demand.units > 0 {
            return self.free_units();
        }
        let room = |profile| self.profiles.get(profile).copied();
        demand
            .profiles
            .iter()
            .map(|profile| {
                room(profile).map_or(0, |room| i64::from(room.limit) - i64::from(room.used))
            })
            .min()
            .unwrap_or_else(|| self.free_units())
    }

    /// Whether it fits, as automatic assignment asks.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn fits(&self, demand: &Demand) -> Result<(), NoRoom> {
        let free = self.free_units();
        if demand.units > 0 && i64::from(demand.units) > free {
            return Err(NoRoom::Units {
                needed: demand.units,
                free,
            });
        }
        for profile in &demand.profiles {
            match self.profiles.get(profile) {
                None => return Err(NoRoom::NoProfile(*profile)),
                Some(room) if room.is_full() => return Err(NoRoom::Full(*profile)),
                Some(_) => {}
            }
        }
        match self.blocking_profile() {
            Some(profile) => Err(NoRoom::Blocked(profile)),
            None => Ok(()),
        }
    }

    /// A full profile that blocks every automatic assignment; `None` when there is none.
    pub fn blocking_profile(&self) -> Option<CapacityProfileId> {
        let full = |(profile, room): (&CapacityProfileId, &Room)| {
            (room.blocks && room.is_full()).then_some(*profile)
        };
        self.profiles.iter().find_map(full)
    }

    /// Takes it automatically.
    ///
    /// # Errors
    /// Why it does not fit; nothing is taken then.
    pub fn take(&mut self, demand: &Demand) -> Result<(), NoRoom> {
        self.fits(demand)?;
        self.take_by_hand(demand);
        Ok(())
    }

    /// Takes it because a person wants it so: also when it does not fit. A profile that the agent does not
    /// have is not counted.
    pub fn take_by_hand(&mut self, demand: &Demand) {
        self.used = self.used.saturating_add(demand.units);
        for profile in &demand.profiles {
            if let Some(room) = self.profiles.get_mut(profile) {
                room.used = room.used.saturating_add(1);
            }
        }
    }

    /// Gives back what a conversation took.
    pub fn release(&mut self, demand: &Demand) {
        self.used = self.used.saturating_sub(demand.units);
        for profile in &demand.profiles {
            if let Some(room) = self.profiles.get_mut(profile) {
                room.used = room.used.saturating_sub(1);
            }
        }
    }

    /// How full the agent is, for the automatic presence.
    pub fn fill(&self) -> Fill {
        // An agent without any units works by profiles alone, and the other way round.
        let has_units = self.units > 0 || self.used > 0;
        let mut open_profiles = self
            .profiles
            .values()
            .filter(|room| !room.blocks)
            .peekable();
        let schemes = has_units || open_profiles.peek().is_some();
        let units_full = !has_units || self.used >= self.units;
        let is_over =
            self.used > self.units || self.profiles.values().any(|room| room.used > room.limit);
        if is_over || self.blocking_profile().is_some() {
            return Fill::Full;
        }
        if schemes && units_full && open_profiles.all(|room| room.is_full()) {
            return Fill::Full;
        }
        let is_used = self.used > 0 || self.profiles.values().any(|room| room.used > 0);
        if is_used { Fill::Part } else { Fill::Empty }
    }
}

/// How full an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// Nothing is taken.
    Empty,
    /// Something is taken.
    Part,
    /// All that does not block is taken, or one that blocks, or more than there is.
    Full,
}

/// How long a conversation in Wrap-up goes on taking its agent's capacity.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum WrapUpBlocking {
    /// Until it is closed.
    #[default]
    Always,
    /// Not at all.
    Never,
    /// For this long; within [`WRAP_UP_BLOCKING`].
    For(Duration),
}

impl WrapUpBlocking {
    /// When the capacity is free again of a conversation that was ended at `ended_at`; `None`: not before it is
    /// closed. Closing frees it in any case.
    pub fn frees_at(self, ended_at: Timestamp) -> Option<Timestamp> {
        match self {
            WrapUpBlocking::Always => None,
            WrapUpBlocking::Never => Some(ended_at),
            WrapUpBlocking::For(time) => Some(ended_at.plus(time)),
        }
    }

    /// How long Wrap-up lasts at most: what is set, but not shorter than the blocking.
    pub fn wrap_up(self, auto_close: Duration) -> Duration {
        match self {
            WrapUpBlocking::For(time) => auto_close.max(time),
            WrapUpBlocking::Always | WrapUpBlocking::Never => auto_close,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHAT: CapacityProfileId = CapacityProfileId(1);
    const CLAIM: CapacityProfileId = CapacityProfileId(2);

    fn load(units: u32, used: u32, profiles: &[(CapacityProfileId, u32, u32, bool)]) -> Load {
        Load {
            units,
            used,
            profiles: profiles
                .iter()
                .map(|&(profile, limit, used, blocks)| {
                    (
                        profile,
                        Room {
                            limit,
                            used,
                            blocks,
                        },
                    )
                })
                .collect(),
        }
    }

    fn demand(units: u32, profiles: &[CapacityProfileId]) -> Demand {
        Demand {
            units,
            profiles: profiles.to_vec(),
        }
    }

    #[test]
    fn a_day_ends_at_the_midnight_of_the_zone() {
        let at = |text: &str| {
            let moment: DateTime<chrono::Utc> = text.parse().unwrap();
            Timestamp::from_millis(moment.timestamp_millis())
        };
        for (zone, now, end) in [
            (Tz::UTC, "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z"),
            (Tz::UTC, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
            (
                Tz::Asia__Taipei,
                "2026-03-01T15:00:00Z",
                "2026-03-01T16:00:00Z",
            ),
            // The day on which Helsinki puts its clocks forward has 23 hours.
            (
                Tz::Europe__Helsinki,
                "2026-03-28T22:00:00Z",
                "2026-03-29T21:00:00Z",
            ),
            // Beirut puts them forward at midnight: the day begins at one.
            (
                Tz::Asia__Beirut,
                "2026-03-28T12:00:00Z",
                "2026-03-28T22:00:00Z",
            ),
        ] {
            assert_eq!(day_ends_at(zone, at(now)), at(end), "{zone} {now}");
        }
    }

    #[test]
    fn what_fits_and_why_not() {
        let two = [(CHAT, 2, 1, false), (CLAIM, 1, 1, false)];
        let blocking = [(CHAT, 2, 0, false), (CLAIM, 1, 1, true)];
        for (load, demand, expected) in [
            (load(3, 2, &[]), demand(1, &[]), Ok(())),
            (
                load(3, 3, &[]),
                demand(1, &[]),
                Err(NoRoom::Units { needed: 1, free: 0 }),
            ),
            (
                load(3, 5, &[]),
                demand(1, &[]),
                Err(NoRoom::Units {
                    needed: 1,
                    free: -2,
                }),
            ),
            (load(0, 0, &two), demand(0, &[CHAT]), Ok(())),
            (
                load(0, 0, &two),
                demand(0, &[CHAT, CLAIM]),
                Err(NoRoom::Full(CLAIM)),
            ),
            (
                load(9, 0, &[]),
                demand(0, &[CHAT]),
                Err(NoRoom::NoProfile(CHAT)),
            ),
            (
                load(9, 0, &blocking),
                demand(1, &[]),
                Err(NoRoom::Blocked(CLAIM)),
            ),
            (
                load(9, 0, &blocking),
                demand(0, &[CHAT]),
                Err(NoRoom::Blocked(CLAIM)),
            ),
            (load(0, 4, &[]), demand(0, &[]), Ok(())),
        ] {
            assert_eq!(load.fits(&demand), expected, "{load:?} {demand:?}");
        }
    }

    #[test]
    fn a_person_may_go_below_zero_and_the_program_may_not() {
        let mut load = Load::of_units(3);
        let one = Demand::of_units(1);
        for _ in 0..3 {
            load.take(&one).unwrap();
        }
        assert!(
            load.take(&one).is_err(),
            "capacity 3, cost 1: the fourth waits"
        );
        load.take_by_hand(&one);
        assert_eq!((load.free_units(), load.fill()), (-1, Fill::Full));
        load.release(&one);
        assert!(load.take(&one).is_err());
        load.release(&one);
        assert_eq!(load.take(&one), Ok(()));
    }

    #[test]
    fn an_agent_is_full_when_all_that_does_not_block_is_taken_or_one_that_blocks() {
        for (load, expected) in [
            (load(3, 0, &[]), Fill::Empty),
            (load(3, 1, &[]), Fill::Part),
            (load(3, 3, &[]), Fill::Full),
            (load(3, 4, &[]), Fill::Full),
            (load(0, 0, &[]), Fill::Empty),
            (load(0, 0, &[(CHAT, 1, 1, false)]), Fill::Full),
            (
                load(0, 0, &[(CHAT, 1, 1, false), (CLAIM, 1, 0, false)]),
                Fill::Part,
            ),
            (load(3, 3, &[(CHAT, 2, 1, false)]), Fill::Part),
            (load(3, 3, &[(CHAT, 2, 2, false)]), Fill::Full),
            (load(3, 0, &[(CHAT, 1, 1, true)]), Fill::Full),
            (load(3, 3, &[(CHAT, 1, 0, true)]), Fill::Full),
            (load(0, 0, &[(CHAT, 1, 0, true)]), Fill::Empty),
            (load(9, 0, &[(CHAT, 1, 2, false)]), Fill::Full),
        ] {
            assert_eq!(load.fill(), expected, "{load:?}");
        }
    }

    #[test]
    fn agents_are_compared_by_what_the_conversation_takes() {
        let load = load(5, 1, &[(CHAT, 4, 1, false), (CLAIM, 2, 1, false)]);
        for (demand, free) in [
            (demand(2, &[CHAT]), 4),
            (demand(0, &[CHAT]), 3),
            (demand(0, &[CHAT, CLAIM]), 1),
            (demand(0, &[]), 4),
        ] {
            assert_eq!(load.free_for(&demand), free, "{demand:?}");
        }
    }

    #[test]
    fn wrap_up_blocks_always_never_or_for_a_time() {
        let ended = Timestamp::from_millis(1_000);
        let five = Duration::from_secs(300);
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(WrapUpBlocking::Always.frees_at(ended), None);
        assert_eq!(WrapUpBlocking::Never.frees_at(ended), Some(ended));
        assert_eq!(
            WrapUpBlocking::For(five).frees_at(ended),
            Some(ended.plus(five))
        );
        assert_eq!(WrapUpBlocking::For(five).wrap_up(day), day);
        let minute = Duration::from_secs(60);
        assert_eq!(WrapUpBlocking::For(five).wrap_up(minute), five);
        assert_eq!(WrapUpBlocking::Always.wrap_up(minute), minute);
    }

    #[test]
    fn a_profile_of_the_day_counts_until_the_day_ends() {
        let (freed, evening) = (Timestamp::from_millis(10), Timestamp::from_millis(99));
        assert_eq!(Reset::Immediate.counts_until(freed, evening), freed);
        assert_eq!(Reset::EndOfDay.counts_until(freed, evening), evening);
        assert_eq!(Reset::EndOfDay.counts_until(evening, freed), evening);
    }

    proptest! {
        #[test]
        fn automatically_capacity_is_never_exceeded(
            units in 0u32..6,
            limit in 0u32..4,
            takes in proptest::collection::vec((0u32..4, any::<bool>(), any::<bool>()), 0..40),
        ) {
            let mut load = load(units, 0, &[(CHAT, limit, 0, false)]);
            let mut held: Vec<Demand> = Vec::new();
            for (cost, with_profile, is_take) in takes {
                let wanted = demand(cost, if with_profile { &[CHAT] } else { &[] });
                if is_take {
                    if load.take(&wanted).is_ok() {
                        held.push(wanted);
                    }
                } else if let Some(given) = held.pop() {
                    load.release(&given);
                }
                prop_assert!(load.used <= load.units);
                prop_assert!(load.profiles[&CHAT].used <= limit);
                prop_assert_eq!(load.used, held.iter().map(|demand| demand.units).sum::<u32>());
            }
        }
    }
}
