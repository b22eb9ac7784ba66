use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_780_000_000_000 + seconds * 1000)
}

fn built_in(base: Base) -> Presence {
    Presence::built_in(base)
}

fn signed_in() -> Status {
    Status::nobody(at(0)).after(Event::SignsIn(None), Fill::Empty, at(0))
}

/// Plays events one second apart.
fn play(start: Status, events: &[(Event, Fill)]) -> Status {
    events
        .iter()
        .zip(1..)
        .fold(start, |status, ((event, fill), second)| {
            status.after(*event, *fill, at(second))
        })
}

#[test]
fn signing_in_keeps_a_default_of_away_or_offline_and_counts_any_other() {
    let own = |base| Presence {
        base,
        custom: Some(PresenceId(7)),
    };
    for (default, fill, expected, why) in [
        (None, Fill::Empty, built_in(Base::Available), Why::Capacity),
        (None, Fill::Part, built_in(Base::Busy), Why::Capacity),
        (
            None,
            Fill::Full,
            built_in(Base::DoNotDisturb),
            Why::Capacity,
        ),
        (
            Some(built_in(Base::Away)),
            Fill::Empty,
            built_in(Base::Away),
            Why::Default,
        ),
        (
            Some(built_in(Base::Offline)),
            Fill::Full,
            built_in(Base::Offline),
            Why::Default,
        ),
        (
            Some(own(Base::Away)),
            Fill::Empty,
            own(Base::Away),
            Why::Default,
        ),
        (
            Some(built_in(Base::DoNotDisturb)),
            Fill::Empty,
            built_in(Base::Available),
            Why::Capacity,
        ),
        (
            Some(own(Base::Busy)),
            Fill::Empty,
            built_in(Base::Available),
            Why::Capacity,
        ),
    ] {
        let status = Status::nobody(at(0)).after(Event::SignsIn(default), fill, at(1));
        assert_eq!(
            (status.presence, status.why),
            (expected, why),
            "{default:?} {fill:?}"
        );
    }
}

#[test]
fn what_holds_and_what_gives_way() {
    use Event::*;
    use Fill::*;
    let available = built_in(Base::Available);
    let away = built_in(Base::Away);
    let quiet = built_in(Base::DoNotDisturb);
    for (events, base, why) in [
        // By capacity.
        (vec![(Accepts, Part)], Base::Busy, Why::Capacity),
        (vec![(Accepts, Full)], Base::DoNotDisturb, Why::Capacity),
        (
            vec![(Accepts, Full), (Closes, Part)],
            Base::Busy,
            Why::Capacity,
        ),
        (
            vec![(CapacityChanges, Full)],
            Base::DoNotDisturb,
            Why::Capacity,
        ),
        // Chosen Available and Busy hold until the next accept or close.
        (
            vec![(Accepts, Part), (Chooses(available), Part)],
            Base::Available,
            Why::Chosen,
        ),
        (
            vec![(Chooses(available), Part), (CapacityChanges, Full)],
            Base::Available,
            Why::Chosen,
        ),
        (
            vec![(Chooses(available), Part), (Accepts, Full)],
            Base::DoNotDisturb,
            Why::Capacity,
        ),
        (
            vec![(Chooses(available), Part), (Closes, Part)],
            Base::Busy,
            Why::Capacity,
        ),
        // The others hold until changed.
        (
            vec![(Chooses(away), Empty), (Accepts, Part)],
            Base::Away,
            Why::Chosen,
        ),
        (
            vec![(Chooses(quiet), Empty), (Closes, Empty)],
            Base::DoNotDisturb,
            Why::Chosen,
        ),
        (
            vec![(SupervisorSets(away), Empty), (Closes, Empty)],
            Base::Away,
            Why::SetBySupervisor,
        ),
        (
            vec![(Chooses(away), Empty), (Resets, Part)],
            Base::Busy,
            Why::Capacity,
        ),
        (
            vec![(Chooses(away), Empty), (Chooses(available), Empty)],
            Base::Available,
            Why::Chosen,
        ),
        // Missed and rejected offers hold until somebody resets them.
        (
            vec![(Misses, Part), (Closes, Empty)],
            Base::Away,
            Why::Missed,
        ),
        (
            vec![(Misses, Part), (Resets, Part)],
            Base::Busy,
            Why::Capacity,
        ),
        (
            vec![(Misses, Part), (Chooses(available), Part)],
            Base::Available,
            Why::Chosen,
        ),
        (
            vec![(Rejects, Part), (CapacityChanges, Empty)],
            Base::DoNotDisturb,
            Why::Rejected,
        ),
        // Too many sessions, until one ends.
        (
            vec![(SessionsFill, Part), (Accepts, Part)],
            Base::DoNotDisturb,
            Why::SessionsFull,
        ),
        (
            vec![(SessionsFill, Part), (Closes, Part)],
            Base::Busy,
            Why::Capacity,
        ),
        // Signed out is out, whatever else happens.
        (
            vec![(SignsOut, Empty), (CapacityChanges, Part)],
            Base::Offline,
            Why::SignedOut,
        ),
        (
            vec![
                (SignsOut, Empty),
                (Disconnects, Part),
                (Connects(GRACE), Part),
            ],
            Base::Offline,
            Why::SignedOut,
        ),
        (
            vec![
                (Chooses(away), Empty),
                (SignsOut, Empty),
                (SignsIn(None), Part),
            ],
            Base::Busy,
            Why::Capacity,
        ),
    ] {
        let status = play(signed_in(), &events);
        assert_eq!(
            (status.presence.base, status.why),
            (base, why),
            "{events:?}"
        );
    }
}

#[test]
fn who_comes_back_within_150_seconds_has_the_presence_of_before() {
    let away = built_in(Base::Away);
    for (back_after, expected) in [
        (1, Base::Away),
        (150, Base::Away),
        (151, Base::Busy),
        (100_000, Base::Busy),
    ] {
        let status = signed_in()
            .after(Event::Chooses(away), Fill::Part, at(5))
            .after(Event::Disconnects, Fill::Part, at(10));
        assert_eq!(
            (status.presence.base, status.why),
            (Base::Offline, Why::Disconnected)
        );
        let status = status.after(Event::Connects(GRACE), Fill::Part, at(10 + back_after));
        assert_eq!(status.presence.base, expected, "{back_after} s");
        assert_eq!(status.before, None);
    }
}

#[test]
fn a_second_sign_that_the_connection_is_gone_changes_nothing() {
    let gone = signed_in().after(Event::Disconnects, Fill::Empty, at(10));
    assert_eq!(gone.after(Event::Disconnects, Fill::Empty, at(60)), gone);
}

#[test]
fn what_happens_while_somebody_is_gone_holds_when_he_is_back() {
    let away = built_in(Base::Away);
    let back = signed_in()
        .after(Event::Disconnects, Fill::Empty, at(10))
        .after(Event::SupervisorSets(away), Fill::Empty, at(20));
    assert_eq!(back.presence.base, Base::Offline);
    let back = back.after(Event::Connects(GRACE), Fill::Empty, at(30));
    assert_eq!((back.presence, back.why), (away, Why::SetBySupervisor));
    let counted = signed_in()
        .after(Event::Disconnects, Fill::Empty, at(10))
        .after(Event::Connects(GRACE), Fill::Full, at(11));
    assert_eq!(
        counted.presence.base,
        Base::DoNotDisturb,
        "the capacity of now"
    );
}

#[test]
fn nothing_is_offered_to_whom_missed_rejected_or_is_gone_whatever_is_allowed() {
    let all = Base::ALL;
    assert!(signed_in().is_allowed(&all));
    assert!(!signed_in().is_allowed(&[Base::Busy]));
    assert!(!signed_in().is_allowed(&[]));
    for event in [
        Event::Misses,
        Event::Rejects,
        Event::SessionsFill,
        Event::Disconnects,
        Event::SignsOut,
    ] {
        let status = signed_in().after(event, Fill::Empty, at(1));
        assert!(!status.is_allowed(&all), "{event:?}");
    }
    let quiet = Event::Chooses(built_in(Base::DoNotDisturb));
    let status = signed_in().after(quiet, Fill::Empty, at(1));
    assert!(
        status.is_allowed(&[Base::DoNotDisturb]),
        "an administrator may want it"
    );
}

#[test]
fn an_unchanged_presence_keeps_its_moment() {
    let busy = signed_in().after(Event::Accepts, Fill::Part, at(10));
    let busier = busy.after(Event::Accepts, Fill::Part, at(20));
    assert_eq!(busier.since, at(10));
}

#[test]
fn saving_tells_which_allowed_presence_works_against_the_settings() {
    let allowed = [Base::Available, Base::Away, Base::DoNotDisturb];
    assert_eq!(conflicts(&allowed, false, false), []);
    assert_eq!(conflicts(&allowed, true, false), [Base::Away]);
    assert_eq!(
        conflicts(&allowed, true, true),
        [Base::Away, Base::DoNotDisturb]
    );
    assert_eq!(conflicts(&[Base::Busy], true, true), []);
}

#[test]
fn every_word_leads_back_to_its_presence() {
    for base in Base::ALL {
        assert_eq!(Base::from_word(base.word()), Some(base));
    }
}

fn events() -> impl Strategy<Value = Event> {
    let base = proptest::sample::select(Base::ALL.to_vec());
    prop_oneof![
        Just(Event::SignsIn(None)),
        Just(Event::SignsOut),
        base.clone().prop_map(|base| Event::Chooses(built_in(base))),
        base.prop_map(|base| Event::SupervisorSets(built_in(base))),
        proptest::sample::select(vec![
            Event::Resets,
            Event::Accepts,
            Event::Closes,
            Event::CapacityChanges,
            Event::Misses,
            Event::Rejects,
            Event::SessionsFill,
            Event::Disconnects,
            Event::Connects(GRACE),
        ]),
    ]
}

proptest! {
    #[test]
    fn without_a_connection_or_a_sign_in_an_agent_is_offline(
        played in proptest::collection::vec(
            (events(), proptest::sample::select(vec![Fill::Empty, Fill::Part, Fill::Full])),
            0..40,
        )
    ) {
        let status = play(signed_in(), &played);
        prop_assert_eq!(status.before.is_some(), status.why == Why::Disconnected);
        if matches!(status.why, Why::Disconnected | Why::SignedOut) {
            prop_assert_eq!(status.presence.base, Base::Offline);
        }
        if status.why == Why::Missed {
            prop_assert!(!status.is_allowed(&Base::ALL));
        }
    }
}
