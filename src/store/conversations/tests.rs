use std::time::Duration;

use super::*;
use crate::domain::conversation::{Act, EventKind};
use crate::store::testing::House;
use crate::store::users;

#[test]
fn of_many_who_press_assign_to_me_exactly_one_gets_it_and_the_others_learn_who() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let agents: Vec<UserId> = (0..16)
        .map(|number| house.user(&format!("a{number}")))
        .collect();
    let results: Vec<(UserId, Assignment)> = std::thread::scope(|scope| {
        let presses: Vec<_> = agents
            .iter()
            .map(|agent| {
                let (store, agent) = (house.store.clone(), *agent);
                scope.spawn(move || {
                    let result = store
                        .write_blocking(move |tx| assign(tx, id, agent))
                        .unwrap();
                    (agent, result)
                })
            })
            .collect();
        presses
            .into_iter()
            .map(|press| press.join().unwrap())
            .collect()
    });
    let winners: Vec<UserId> = results
        .iter()
        .filter(|(_, result)| *result == Assignment::Won)
        .map(|(agent, _)| *agent)
        .collect();
    assert_eq!(winners.len(), 1);
    for (agent, result) in results {
        if agent != winners[0] {
            assert_eq!(result, Assignment::Lost { to: winners[0] });
        }
    }
    let holder = house.read(|reader| by_id(reader, id)).unwrap();
    assert_eq!(
        (holder.agent, holder.state),
        (Some(winners[0]), State::Active)
    );
}

#[test]
fn only_the_holder_ends_parks_and_closes() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let (mine, other) = (house.user("mine"), house.user("other"));
    house.write(move |tx| assign(tx, id, mine));
    let apply = |act, by| house.write(move |tx| apply(tx, id, act, Some(by)));
    assert_eq!(apply(Act::End, other), None);
    assert_eq!(apply(Act::Complete, mine), None, "Close after End only");
    assert_eq!(apply(Act::Park, mine), Some(State::Waiting));
    assert_eq!(apply(Act::Resume, mine), Some(State::Active));
    assert_eq!(apply(Act::End, mine), Some(State::WrapUp));
    assert_eq!(apply(Act::UndoEnd, other), None);
    assert_eq!(apply(Act::UndoEnd, mine), Some(State::Active));
    assert_eq!(apply(Act::End, mine), Some(State::WrapUp));
    assert_eq!(apply(Act::Complete, mine), Some(State::Closed));
    let closed = house.read(|reader| by_id(reader, id)).unwrap();
    assert_eq!((closed.agent, closed.closed_by), (Some(mine), Some(mine)));
    assert_eq!((closed.due_at, closed.closed_at.is_some()), (None, true));
    let lines: Vec<EventKind> = house
        .read(|reader| history(reader, id, None, None, 50))
        .into_iter()
        .map(|line| line.kind)
        .collect();
    use EventKind::*;
    assert_eq!(
        lines,
        [
            Opened, Assigned, Parked, Resumed, Ended, Resumed, Ended, Closed
        ]
    );
}

#[test]
fn a_message_of_the_customer_brings_a_parked_conversation_back_to_its_agent() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let mine = house.user("mine");
    house.write(move |tx| assign(tx, id, mine));
    house.write(move |tx| apply(tx, id, Act::Park, Some(mine)));
    let message = house.message(id, "m1", "hello");
    let wrote = Timestamp::from_millis(1_780_500_000_000);
    house.write(move |tx| customer_wrote(tx, id, message, wrote));
    let late = house.message(id, "m2", "an earlier one that came late");
    let earlier = wrote.minus(Duration::from_secs(60));
    house.write(move |tx| customer_wrote(tx, id, late, earlier));
    let now = house.read(|reader| by_id(reader, id)).unwrap();
    assert_eq!((now.state, now.agent), (State::Active, Some(mine)));
    assert_eq!((now.inbound_count, now.last_message), (2, Some(late)));
    assert_eq!(
        now.last_inbound_at,
        Some(wrote),
        "the window never moves back"
    );
    assert!(now.unanswered_since.is_some());
    let reply = house.message(id, "m3", "an answer");
    house.write(move |tx| answered(tx, id, reply));
    let now = house.read(|reader| by_id(reader, id)).unwrap();
    assert_eq!((now.unanswered_since, now.inbound_count), (None, 2));
}

#[test]
fn a_customer_has_one_current_conversation_and_a_closed_one_stays_linked() {
    let house = House::furnished();
    let first = house.conversation("anna");
    let mine = house.user("mine");
    let profile = house.read(|reader| by_id(reader, first)).unwrap().profile;
    let (page, workstream) = (house.page, house.workstream);
    let second = house
        .store
        .write_blocking(move |tx| open(tx, profile, page, workstream, None));
    assert!(second.unwrap_err().is_unique_violation());
    for act in [Act::Assign, Act::End, Act::Complete] {
        house.write(move |tx| apply(tx, first, act, Some(mine)));
    }
    let second = house.write(move |tx| open(tx, profile, page, workstream, Some(first)));
    assert_eq!(
        house.read(|reader| current(reader, profile)).unwrap().id,
        second
    );
    assert_eq!(
        house.read(|reader| earlier(reader, profile, second, 10))[0].id,
        first
    );
}

#[test]
fn conversations_close_when_their_time_is_over() {
    let house = House::furnished();
    let id = house.conversation("anna");
    let due = house
        .read(|reader| by_id(reader, id))
        .unwrap()
        .due_at
        .unwrap();
    let before = due.minus(Duration::from_millis(1));
    assert_eq!(house.read(|reader| overdue(reader, before, 10)), []);
    assert_eq!(house.read(|reader| overdue(reader, due, 10)), [id]);
    let closed = house.write(move |tx| apply(tx, id, Act::TimeOver, None));
    assert_eq!(closed, Some(State::Closed));
    assert_eq!(house.read(|reader| overdue(reader, due, 10)), []);
}

#[test]
fn whoever_is_disabled_leaves_open_work_to_the_queue_with_a_line_that_says_why() {
    let house = House::furnished();
    let (gone, boss) = (house.user("Gone"), house.user("Boss"));
    let [active, waiting, tidied, foreign] =
        ["anna", "bertil", "cecilia", "doris"].map(|customer| house.conversation(customer));
    house.write(move |tx| {
        for id in [active, waiting, tidied] {
            assign(tx, id, gone)?;
        }
        assign(tx, foreign, boss)?;
        apply(tx, waiting, Act::Park, Some(gone))?;
        apply(tx, tidied, Act::End, Some(gone))?;
        users::disable(tx, gone, Some(boss))
    });
    let standing = |id| {
        let it = house.read(|reader| by_id(reader, id)).unwrap();
        (it.state, it.agent)
    };
    assert_eq!(standing(active), (State::Open, None));
    assert_eq!(standing(waiting), (State::Open, None));
    assert_eq!(standing(tidied), (State::WrapUp, Some(gone)));
    assert_eq!(standing(foreign), (State::Active, Some(boss)));
    let last_line = |id| {
        let lines = house.read(|reader| history(reader, id, None, None, 50));
        let line = lines.last().unwrap();
        (line.kind, line.user, line.detail.clone())
    };
    let released = |by| (EventKind::Released, by, "Gone".to_owned());
    assert_eq!(last_line(waiting), released(Some(boss)));
    assert_eq!(last_line(foreign).0, EventKind::Assigned);

    // A customer who writes again does not land with somebody who is not there.
    let message = house.message(tidied, "m1", "One more thing");
    house.write(move |tx| customer_wrote(tx, tidied, message, tx.now()));
    assert_eq!(standing(tidied), (State::Open, None));
    assert_eq!(last_line(tidied), released(None));
    let won = house.write(move |tx| assign(tx, tidied, boss));
    assert_eq!(won, Assignment::Won);
}

#[test]
fn the_kept_counts_are_those_that_counting_gives() {
    let house = House::furnished();
    let mine = house.user("mine");
    let [open, active, waiting, closed] =
        ["anna", "bertil", "cecilia", "doris"].map(|customer| house.conversation(customer));
    house.write(move |tx| {
        for id in [active, waiting, closed] {
            assign(tx, id, mine)?;
        }
        apply(tx, waiting, Act::Park, Some(mine))?;
        apply(tx, closed, Act::TimeOver, None)
    });
    let counts = State::ALL.map(|state| house.read(|reader| count_in(reader, state)));
    assert_eq!(counts, [1, 1, 1, 0, 1]);
    house.write(move |tx| {
        tx.connection().execute(
            "DELETE FROM conversation_event WHERE conversation_id = ?1",
            [open],
        )?;
        Ok(tx.connection().execute(
            "DELETE FROM conversation WHERE conversation_id = ?1",
            [open],
        )?)
    });
    assert_eq!(house.read(|reader| count_in(reader, State::Open)), 0);
}
