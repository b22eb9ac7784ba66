//! Two who want the same thing: agents one conversation, processes one data directory, programs one
//! database. And the end of a server that was asked to end.

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;
use std::time::Duration;

use rusqlite::Connection;
use tiski::simulator::Fault;
use tiski::simulator::facebook::Receipts;

use super::support::program::{Home, wait_until};
use super::support::world::{Person, World};

#[test]
fn of_thirty_two_browsers_that_press_assign_to_me_exactly_one_person_wins() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let people: Vec<Person> = (0..16)
        .map(|n| world.agent(&format!("Agent{n:02}")))
        .collect();
    let browsers: Vec<Person> = people
        .iter()
        .map(|person| person.another_browser(&world))
        .collect();
    let everybody: Vec<&Person> = people.iter().chain(&browsers).collect();
    assert_eq!(everybody.len(), 32);
    for round in 0..3 {
        let customer = format!("Anna{round} Virtanen");
        world
            .messenger_customer(&account.pages[0], &customer)
            .writes("Hello");
        let forms: Vec<_> = everybody
            .iter()
            .map(|person| {
                person.sees("Open work items", &customer);
                let list = person.dashboard().section("Open work items");
                list.part("tbody tr", &customer).form("Assign to me")
            })
            .collect();
        let barrier = Barrier::new(everybody.len());
        let answers: Vec<_> = std::thread::scope(|scope| {
            let presses: Vec<_> = everybody
                .iter()
                .zip(&forms)
                .map(|(person, form)| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        person.client.submit(form)
                    })
                })
                .collect();
            presses
                .into_iter()
                .map(|press| press.join().expect("an answer"))
                .collect()
        });

        let winner: String = world.one(
            "SELECT user.name FROM conversation JOIN user ON user_id = agent_id
             JOIN social_profile USING (social_profile_id) WHERE social_profile.name = ?1",
            [&customer],
        );
        let assignments: i64 = world.one(
            "SELECT count(*) FROM conversation_event JOIN conversation USING (conversation_id)
             JOIN social_profile USING (social_profile_id)
             WHERE conversation_event.kind = 'assigned' AND social_profile.name = ?1",
            [&customer],
        );
        assert_eq!(assignments, 1);
        for (person, answer) in everybody.iter().zip(&answers) {
            if person.name == winner {
                assert_eq!(answer.status, 200, "{}", answer.text());
            } else {
                answer.assert_says(&winner);
                let own = person.list("My work items");
                assert!(!own.iter().any(|row| row.contains(&customer)), "{own:?}");
            }
        }
    }
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let world = World::new();
    let said = world.home.refuses_to_serve();
    assert!(said.contains("Another Tiski is running"), "{said}");
    assert_eq!(world.owner.dashboard().status, 200);
    // A plug that was pulled leaves no lock behind.
    world.restart();
    assert_eq!(world.owner.dashboard().status, 200);
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let world = World::new();
    assert_eq!(world.stop(), Some(0));
    world
        .database()
        .pragma_update(None, "user_version", 9999)
        .expect("a version can be set");
    let said = world.home.refuses_to_serve();
    assert!(said.contains("newer"), "{said}");
    let version: i64 = world.one("PRAGMA user_version", []);
    assert_eq!(version, 9999);
}

#[test]
fn a_copy_is_kept_before_an_older_database_is_brought_up_to_date() {
    let home = Home::new();
    assert_eq!(home.serve().stop().code(), Some(0));
    let path = home.data().join("tiski.db");
    std::fs::remove_file(&path).expect("there was a database");
    let old = Connection::open(&path).expect("a database");
    old.execute_batch(include_str!("../migrations/0001_people.sql"))
        .expect("the first schema");
    old.execute(
        "INSERT INTO user (email, name, role, password_hash, created_at) VALUES ('a@b.example', 'A', 'agent', '', 0)",
        [],
    )
    .expect("a person");
    old.pragma_update(None, "user_version", 1)
        .expect("a version");
    drop(old);

    assert_eq!(home.serve().stop().code(), Some(0));

    let look = |name: &str| -> (i64, i64) {
        let database = Connection::open(home.data().join(name)).expect("a database");
        let version = database.pragma_query_value(None, "user_version", |row| row.get(0));
        let people = database.query_row("SELECT count(*) FROM user", [], |row| row.get(0));
        (version.expect("a version"), people.expect("people"))
    };
    assert_eq!(look("tiski-before-0002.db"), (1, 1));
    let (version, people) = look("tiski.db");
    assert!(version > 1);
    assert_eq!(people, 1);
}

#[test]
fn a_wrong_a_missing_and_an_open_key_are_refused() {
    let world = World::new();
    world.connect_line();
    assert_eq!(world.stop(), Some(0));
    let path = world.home.data().join("secret.key");
    let key = std::fs::read(&path).expect("there is a key");
    let mode = std::fs::metadata(&path)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let other = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    std::fs::write(&path, other).expect("a file of ours");
    let said = world.home.refuses_to_serve();
    assert!(said.contains("key"), "{said}");

    std::fs::remove_file(&path).expect("a file of ours");
    let said = world.home.refuses_to_serve();
    assert!(said.contains("secret.key"), "{said}");
    assert!(
        !path.exists(),
        "a new key would hide that the old one is gone"
    );

    std::fs::write(&path, &key).expect("a file of ours");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("a file of ours");
    let said = world.home.refuses_to_serve();
    assert!(said.contains("chmod 600"), "{said}");

    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("a file of ours");
    world.start();
    assert_eq!(world.owner.dashboard().status, 200);
}

#[test]
fn a_server_that_is_asked_to_end_finishes_its_call_and_ends_cleanly() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    world
        .facebook()
        .inject(Fault::Slow(Duration::from_secs(2)).once());
    chat.replies("Good morning");
    wait_until("the platform has the message and has not answered", || {
        (world.facebook().sent_to(anna.psid()).len() == 1).then_some(())
    });
    assert_eq!(world.stop(), Some(0));
    let unfinished: i64 = world.one(
        "SELECT count(*) FROM outbox WHERE state IN ('sending', 'reconciling', 'unknown')",
        [],
    );
    assert_eq!(unfinished, 0);
    let status: String = world.one("SELECT status FROM message WHERE text = 'Good morning'", []);
    assert_eq!(status, "sent");
    assert!(
        !world.home.data().join("tiski.db-wal").exists(),
        "the last one out writes everything back"
    );
    world.start();
    world.settle();
    assert_eq!(world.facebook().sent_to(anna.psid()).len(), 1);
}
