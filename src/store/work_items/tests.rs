use super::counts::{COUNT_CLOSED, COUNT_OF_AGENT, COUNT_OPEN, COUNT_UNREAD};
use super::lists::{CLOSED, OF_AGENT, OPEN};
use super::*;
use crate::domain::access::Role;
use crate::domain::access::{Relation, Viewer};
use crate::domain::conversation::Act;
use crate::store::conversations;
use crate::store::testing::House;
use crate::store::{Reader, Result, queues};

fn viewer(user: UserId, role: Role) -> Viewer {
    Viewer { user, role }
}

/// A house where everybody picks from the one queue.
fn staffed() -> (House, UserId, UserId) {
    let house = House::furnished();
    let (mei, aino) = (house.user("mei"), house.user("aino"));
    let queue = house.queue;
    house.write(move |tx| {
        queues::join(tx, queue, mei)?;
        queues::join(tx, queue, aino)
    });
    (house, mei, aino)
}

fn taken(house: &House, customer: &str, by: UserId) -> ConversationId {
    let id = house.conversation(customer);
    house.write(move |tx| conversations::assign(tx, id, by));
    id
}

fn ids(items: &[WorkItem]) -> Vec<ConversationId> {
    items.iter().map(|item| item.conversation).collect()
}

#[test]
fn what_somebody_else_holds_is_not_there_for_an_agent() {
    let (house, mei, aino) = staffed();
    let id = taken(&house, "anna", mei);
    let reaches = |user, role| {
        house
            .read(|reader| load_for(reader, viewer(user, role), id))
            .map(|(_, relation)| relation)
    };
    assert_eq!(reaches(mei, Role::Agent), Some(Relation::Own));
    assert_eq!(reaches(aino, Role::Agent), None);
    assert_eq!(reaches(aino, Role::Supervisor), Some(Relation::Foreign));

    let audience = house.read(|reader| audience(reader, id)).unwrap();
    assert_eq!(audience.relation(mei), Relation::Own);
    assert_eq!(audience.relation(aino), Relation::Foreign);
}

#[test]
fn an_open_conversation_is_there_for_those_who_pick_from_its_queue() {
    let (house, mei, _) = staffed();
    let outsider = house.user("outsider");
    let id = house.conversation("anna");
    let reaches = |user| {
        house
            .read(|reader| load_for(reader, viewer(user, Role::Agent), id))
            .map(|(_, relation)| relation)
    };
    assert_eq!(reaches(mei), Some(Relation::OwnQueue));
    assert_eq!(reaches(outsider), None);
}

#[test]
fn only_the_same_customers_earlier_conversations_belong_to_a_thread() {
    let (house, mei, aino) = staffed();
    let first = taken(&house, "anna", aino);
    let stranger = taken(&house, "bertil", aino);
    house.write(move |tx| {
        conversations::apply(tx, first, Act::End, Some(aino))?;
        conversations::apply(tx, first, Act::Complete, Some(aino))
    });
    let second = taken(&house, "anna", mei);
    let mine = viewer(mei, Role::Agent);
    let (now, _) = house.read(|reader| load_for(reader, mine, second)).unwrap();
    let earlier = |id| house.read(|reader| load_earlier(reader, &now, id));
    assert_eq!(earlier(first).map(|found| found.id), Some(first));
    assert_eq!(earlier(stranger), None);
    assert_eq!(earlier(second), None, "a thread does not contain itself");
}

#[test]
fn my_work_items_go_through_the_states_page_by_page() {
    let (house, mei, aino) = staffed();
    let held: Vec<_> = (0..7)
        .map(|number| taken(&house, &format!("customer {number}"), mei))
        .collect();
    taken(&house, "somebody else's", aino);
    let (parked, ended) = (held[1], held[2]);
    house.write(move |tx| {
        conversations::apply(tx, parked, Act::Park, Some(mei))?;
        conversations::apply(tx, ended, Act::End, Some(mei))
    });

    let whole = house.read(|reader| mine(reader, mei, None, 50));
    let states: Vec<_> = whole.iter().map(|item| item.state).collect();
    assert_eq!(states[..5], [State::Active; 5]);
    assert_eq!(states[5..], [State::Waiting, State::WrapUp]);

    let mut paged = Vec::new();
    loop {
        let after = paged.last().map(WorkItem::cursor);
        let page = house.read(|reader| mine(reader, mei, after, 2));
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(ids(&paged), ids(&whole));

    let counts = house.read(|reader| counts(reader, mei, Timestamp::from_millis(0)));
    assert_eq!((counts.active, counts.waiting, counts.wrap_up), (5, 1, 1));
}

#[test]
fn the_longest_waiting_comes_first_and_unread_messages_are_counted() {
    let (house, mei, _) = staffed();
    let (first, second) = (house.conversation("anna"), house.conversation("bertil"));
    let message = house.message(first, "m1", "Is it open on Sunday?");
    let at = Timestamp::from_millis(0);
    house.write(move |tx| conversations::customer_wrote(tx, first, message, at));

    let waiting = house.read(|reader| open(reader, mei, None, 50));
    assert_eq!(ids(&waiting), [first, second]);
    let snippet = waiting[0].last_message.as_ref().unwrap();
    assert_eq!(snippet.text, "Is it open on Sunday?");
    assert!(waiting[1].last_message.is_none());
    let rest = house.read(|reader| open(reader, mei, Some(first), 50));
    assert_eq!(ids(&rest), [second]);

    house.write(move |tx| conversations::assign(tx, first, mei));
    let counts = house.read(|reader| counts(reader, mei, at));
    assert_eq!((counts.open, counts.active, counts.unread), (1, 1, 1));
}

#[test]
fn closed_work_items_are_those_that_the_person_closed_since_a_moment() {
    let (house, mei, aino) = staffed();
    let id = taken(&house, "anna", mei);
    house.write(move |tx| {
        conversations::apply(tx, id, Act::End, Some(mei))?;
        conversations::apply(tx, id, Act::Complete, Some(mei))
    });
    let closed_by = |user, since| {
        let since = Timestamp::from_millis(since);
        ids(&house.read(|reader| closed(reader, user, since, None, 50)))
    };
    assert_eq!(closed_by(mei, 0), [id]);
    assert_eq!(closed_by(aino, 0), []);
    assert_eq!(closed_by(mei, i64::MAX), []);
}

/// Conversations and messages are only ever reached by an index, and no list is sorted after the fact.
#[test]
fn no_list_scans_or_sorts() {
    let house = House::furnished();
    for sql in [
        OF_AGENT,
        OPEN,
        CLOSED,
        COUNT_OF_AGENT,
        COUNT_OPEN,
        COUNT_CLOSED,
        COUNT_UNREAD,
    ] {
        let plan = house.read(|reader| plan(reader, sql));
        for step in &plan {
            // The bounded lists that are counted are scanned, and they are made by an index.
            let scans = step.starts_with("SCAN") && step != "SCAN (subquery-1)";
            assert!(!scans, "{sql}\n{plan:#?}");
            assert!(!step.contains("TEMP B-TREE"), "{sql}\n{plan:#?}");
        }
        assert!(
            plan.iter()
                .any(|step| step.contains("USING INDEX conversation_")
                    || step.contains("USING COVERING INDEX conversation_")),
            "{sql}\n{plan:#?}"
        );
    }
}

fn plan(reader: &Reader<'_>, sql: &str) -> Result<Vec<String>> {
    let mut statement = reader
        .connection()
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    // What is looked for does not matter to how it is looked for.
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(row.get(3)?);
    }
    Ok(steps)
}
