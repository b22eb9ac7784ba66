use std::time::Duration;

use super::*;
use crate::domain::capacity::Fill;
use crate::domain::conversation::{Act, State};
use crate::domain::ids::ConversationId;
use crate::domain::offer::{Ending, Offer, Terms};
use crate::domain::presence::{Base, Why};
use crate::domain::status::Closure;
use crate::store::conversations::{self, Deed};
use crate::store::testing::House;
use crate::store::{agent_sessions, offers};

/// A house where an agent has signed in and is connected.
fn house() -> (House, UserId) {
    let house = House::furnished();
    let aino = house.user("Aino");
    house.write(move |tx| connects(tx, aino));
    (house, aino)
}

fn found(house: &House, user: UserId) -> Agent {
    house.read(|reader| find(reader, user)).expect("he is here")
}

fn presence_of(house: &House, user: UserId) -> (Base, Why) {
    let status = found(house, user).status;
    (status.presence.base, status.why)
}

fn fill(house: &House, user: UserId) -> Fill {
    house.write(move |tx| capacity::load(&tx.reader(), user, tx.now()).map(|load| load.fill()))
}

fn act(house: &House, id: ConversationId, act: Act, by: UserId) -> Option<State> {
    house.write(move |tx| conversations::apply(tx, id, act, Some(by)))
}

#[test]
fn presence_follows_the_work_in_hand() {
    let (house, aino) = house();
    assert_eq!(presence_of(&house, aino), (Base::Available, Why::Capacity));
    // Five times 20 units are all of her 100.
    let ids: Vec<_> = (0..5)
        .map(|number| house.answered_by(aino, &format!("customer-{number}")))
        .collect();
    assert_eq!(fill(&house, aino), Fill::Full);
    assert_eq!(
        presence_of(&house, aino),
        (Base::DoNotDisturb, Why::Capacity)
    );
    act(&house, ids[0], Act::Park, aino);
    assert_eq!(presence_of(&house, aino), (Base::Busy, Why::Capacity));
    for id in &ids[1..] {
        act(&house, *id, Act::End, aino);
        assert_eq!(fill(&house, aino), Fill::Part, "wrap-up blocks");
        act(&house, *id, Act::Complete, aino);
    }
    assert_eq!(presence_of(&house, aino), (Base::Available, Why::Capacity));
    assert_eq!(house.number("SELECT count(*) FROM capacity_use"), 0);
}

#[test]
fn a_part_begins_and_ends_with_who_has_the_conversation() {
    let (house, aino) = house();
    let mei = house.user("Mei");
    let id = house.answered_by(aino, "customer");
    act(&house, id, Act::Park, aino);
    act(&house, id, Act::Resume, aino);
    house.write(move |tx| {
        let deed = Deed {
            act: Act::TransferToAgent,
            by: Some(aino),
            to: Some(mei),
        };
        conversations::hand(tx, id, deed)
    });
    act(&house, id, Act::End, mei);
    act(&house, id, Act::Complete, mei);
    let parts = house.read(|reader| agent_sessions::of(reader, id));
    let told: Vec<_> = parts
        .iter()
        .map(|(_, part)| {
            let user = part.participants[0].user;
            (user, part.closed.map(|(_, closure)| closure))
        })
        .collect();
    assert_eq!(
        told,
        [
            (aino, Some(Closure::AgentMovedConversationToWaiting)),
            (aino, Some(Closure::AgentTransferred)),
            (mei, Some(Closure::AgentClosed)),
        ]
    );
}

#[test]
fn who_comes_back_in_time_is_what_he_was() {
    let (house, aino) = house();
    let away = Presence::built_in(Base::Away);
    house.write(move |tx| happens(tx, aino, Event::Chooses(away)));
    house.write(nobody_is_connected);
    assert_eq!(
        presence_of(&house, aino),
        (Base::Offline, Why::Disconnected)
    );
    house.write(move |tx| connects(tx, aino));
    assert_eq!(presence_of(&house, aino), (Base::Away, Why::Chosen));

    house.write(nobody_is_connected);
    house.execute("UPDATE agent SET since = since - 151000");
    house.write(move |tx| connects(tx, aino));
    assert_eq!(presence_of(&house, aino), (Base::Available, Why::Capacity));
}

#[test]
fn whoever_is_disabled_loses_what_is_offered_too() {
    let (house, aino) = house();
    house.execute("UPDATE workstream SET mode = 'push'");
    let id = house.conversation("customer");
    house.write(move |tx| {
        let offer = Offer {
            user: aino,
            offered_at: tx.now(),
            terms: Terms {
                countdown: Duration::from_secs(60),
                ..Terms::default()
            },
        };
        let deed = Deed {
            act: Act::Offer,
            by: None,
            to: Some(aino),
        };
        conversations::hand(tx, id, deed)?;
        offers::make(tx, id, &offer)
    });
    assert_eq!(fill(&house, aino), Fill::Part, "an offer takes capacity");
    let offer = house
        .write(move |tx| offers::of(&tx.reader(), id, tx.now()))
        .unwrap();
    assert_eq!(offer.offer.user, aino);
    house.write(move |tx| conversations::release_all(tx, aino, None));
    let state = house
        .read(|reader| conversations::by_id(reader, id))
        .unwrap()
        .state;
    assert_eq!(state, State::Open);
    let ending = house.read(|reader| offers::ending(reader, offer.id));
    assert_eq!(ending, Some(Ending::TakenBack));
    assert_eq!(fill(&house, aino), Fill::Empty);
}
