use proptest::prelude::*;

use super::*;

#[test]
fn every_act_in_every_state_does_what_the_state_machine_says() {
    use Act::*;
    use State::*;
    let moves = [
        (Open, Assign, Active),
        (Open, Offer, Active),
        (Open, SupervisorAssigns, Active),
        (Open, SupervisorToQueue, Open),
        (Open, OverflowMoves, Open),
        (Open, OverflowEnds, Closed),
        (Open, CustomerWrites, Open),
        (Open, RuleClosesSilentCustomer, Closed),
        (Open, RuleClosesUnanswered, Closed),
        (Open, ForceClose, Closed),
        (Open, Fail, Closed),
        (Open, TimeOver, Closed),
        (Active, Accept, Active),
        (Active, Decline, Open),
        (Active, OfferExpires, Open),
        (Active, OfferLost, Open),
        (Active, Withdraw, Open),
        (Active, GiveBack, Open),
        (Active, Release, Open),
        (Active, AgentGone, Open),
        (Active, TransferToQueue, Open),
        (Active, TransferToAgent, Active),
        (Active, SupervisorTransfers, Active),
        (Active, SupervisorToQueue, Open),
        (Active, End, WrapUp),
        (Active, Park, Waiting),
        (Active, RuleParks, Waiting),
        (Active, CustomerWrites, Active),
        (Active, RuleClosesSilentCustomer, Closed),
        (Active, RuleClosesUnanswered, Closed),
        (Active, ForceClose, Closed),
        (Active, Fail, Closed),
        (Active, TimeOver, Closed),
        (Waiting, Resume, Active),
        (Waiting, Release, Open),
        (Waiting, SupervisorTransfers, Active),
        (Waiting, SupervisorToQueue, Open),
        (Waiting, CustomerWrites, Active),
        (Waiting, CustomerReturns, Open),
        (Waiting, RuleClosesSilentCustomer, Closed),
        (Waiting, RuleClosesUnanswered, Closed),
        (Waiting, ForceClose, Closed),
        (Waiting, Fail, Closed),
        (Waiting, TimeOver, Closed),
        (WrapUp, UndoEnd, Active),
        (WrapUp, Complete, Closed),
        (WrapUp, Release, Open),
        (WrapUp, CustomerWrites, Active),
        (WrapUp, ForceClose, Closed),
        (WrapUp, Fail, Closed),
        (WrapUp, TimeOver, Closed),
    ];
    for state in State::ALL {
        for act in Act::ALL {
            let expected = moves
                .iter()
                .find(|(from, by, _)| (*from, *by) == (state, act))
                .map(|(_, _, to)| *to);
            assert_eq!(next(state, act), expected, "{state:?} {act:?}");
        }
    }
}

#[test]
fn an_offered_conversation_is_answered_and_nothing_else_by_its_agent() {
    let offered = Standing::in_state(State::Open).after(Act::Offer).unwrap();
    let held = Standing::in_state(State::Active);
    for act in [
        Act::End,
        Act::Park,
        Act::RuleParks,
        Act::GiveBack,
        Act::AgentGone,
        Act::TransferToQueue,
        Act::TransferToAgent,
    ] {
        assert_eq!(offered.after(act), None, "{act:?}");
        assert!(held.after(act).is_some(), "{act:?}");
    }
    for act in [
        Act::Accept,
        Act::Decline,
        Act::OfferExpires,
        Act::OfferLost,
        Act::Withdraw,
    ] {
        assert!(!offered.after(act).unwrap().is_offered, "{act:?}");
        assert_eq!(held.after(act), None, "{act:?}");
    }
    assert_eq!(offered.after(Act::CustomerWrites), Some(offered));
    assert_eq!(offered.after(Act::Offer), None, "never held by two");
}

#[test]
fn each_state_has_its_own_time_and_a_closed_conversation_is_never_due() {
    let now = Timestamp::from_millis(1);
    let pace = AutoClose::default();
    let day = Duration::from_secs(24 * 3600);
    for (state, after) in [
        (State::Open, Some(30 * day)),
        (State::Active, Some(30 * day)),
        (State::Waiting, Some(28 * day)),
        (State::WrapUp, Some(day)),
        (State::Closed, None),
    ] {
        assert_eq!(pace.due(state, now), after.map(|after| now.plus(after)));
    }
}

#[test]
fn every_word_leads_back_to_its_kind() {
    for kind in EventKind::ALL {
        assert_eq!(EventKind::from_word(kind.word()), Some(kind));
    }
    for state in State::ALL {
        assert_eq!(State::from_word(state.word()), Some(state));
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_closed_one_stays_closed_and_only_an_active_one_is_offered(
        acts in proptest::collection::vec(proptest::sample::select(Act::ALL.to_vec()), 0..60)
    ) {
        let mut standing = Standing::in_state(State::Open);
        for act in acts {
            let before = standing;
            if let Some(after) = standing.after(act) {
                standing = after;
            }
            prop_assert!(before.state != State::Closed || standing == before);
            prop_assert!(!standing.is_offered || standing.state == State::Active);
        }
    }
}
