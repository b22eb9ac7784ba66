//! What an administrator does in a shell: people, checks, the demo; and what the program says when it is
//! used wrongly.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Output;
use std::time::Duration;

use super::support::client::Client;
use super::support::program::{Home, sentence};
use super::support::world::{OWNER, PASSWORD, Person, World, sign_in};

const OTHER_PASSWORD: &str = "kuusi vanhaa polkupyörää vajassa";

/// The live page of somebody who may not see it any more is gone after this long (promises.md E12).
const LIVE_PAGE_ENDS: Duration = Duration::from_secs(5);

fn output_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn people_are_added_listed_disabled_and_enabled_while_the_server_runs() {
    let world = World::new();
    let mia = world.agent("Mia");
    let listed = output_of(&world.home.run(&["user", "list"]));
    for expected in [OWNER, "mia@lumi.example", "Mia", "agent", "administrator"] {
        assert!(listed.contains(expected), "{listed}");
    }

    let disabled = world
        .home
        .run(&["user", "disable", "--email", "mia@lumi.example"]);
    assert!(disabled.status.success(), "{disabled:?}");
    let answer = mia.client.request("GET", "/workspace", &[], None);
    assert_eq!(answer.status, 303, "signed out at once");
    assert_eq!(sign_in(&mia.client, &mia.email, PASSWORD).status, 422);
    assert!(output_of(&world.home.run(&["user", "list"])).contains("disabled"));

    let enabled = world
        .home
        .run(&["user", "enable", "--email", "mia@lumi.example"]);
    assert!(enabled.status.success(), "{enabled:?}");
    assert_eq!(sign_in(&mia.client, &mia.email, PASSWORD).status, 200);
}

/// The live stream of a person's tab, as far as it is open.
fn live_page(world: &World, person: &Person) -> BufReader<TcpStream> {
    let url = world.home.url();
    let host = url.strip_prefix("http://").expect("plain http");
    let mut stream = TcpStream::connect(host).expect("the server listens");
    write!(
        stream,
        "GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        person.client.cookie_header()
    )
    .expect("a request is sent");
    stream.set_read_timeout(Some(LIVE_PAGE_ENDS)).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while !line.contains("event: beat") {
        line.clear();
        assert_ne!(stream.read_line(&mut line).expect("it answers"), 0);
    }
    stream
}

#[test]
fn the_live_page_of_a_person_who_is_disabled_in_a_shell_ends_within_five_seconds() {
    let world = World::new();
    let mia = world.agent("Mia");
    let mut stream = live_page(&world, &mia);
    let disabled = world.home.run(&["user", "disable", "--email", &mia.email]);
    assert!(disabled.status.success(), "{disabled:?}");
    // Nothing is written meanwhile: the next heartbeat is further off than this.
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("it ends in time");
    assert!(!rest.contains("event: beat"), "{rest}");
}

#[test]
fn a_new_password_holds_at_once_and_ends_every_sign_in() {
    let world = World::new();
    let mia = world.agent("Mia");
    let changed = world.home.run_with_input(
        &[
            "user",
            "password",
            "--email",
            &mia.email,
            "--password-stdin",
        ],
        OTHER_PASSWORD,
    );
    assert!(changed.status.success(), "{changed:?}");
    let answer = mia.client.request("GET", "/workspace", &[], None);
    assert_eq!(answer.status, 303);
    assert_eq!(sign_in(&mia.client, &mia.email, PASSWORD).status, 422);
    assert_eq!(sign_in(&mia.client, &mia.email, OTHER_PASSWORD).status, 200);
}

#[test]
fn what_cannot_be_done_is_said_in_one_sentence() {
    let world = World::new();
    let add = |email: &str, password: &str| {
        world.home.run_with_input(
            &[
                "user",
                "add",
                "--email",
                email,
                "--name",
                "Mia",
                "--role",
                "agent",
                "--password-stdin",
            ],
            password,
        )
    };
    for (output, expected) in [
        (add(OWNER, PASSWORD), OWNER),
        (add("no address", PASSWORD), "no address"),
        (add("mia@lumi.example", "short"), "12"),
        (
            world.home.run(&["user", "disable", "--email", OWNER]),
            "only administrator",
        ),
        (
            world
                .home
                .run(&["user", "enable", "--email", "nobody@x.example"]),
            "nobody@x.example",
        ),
    ] {
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = sentence(&output);
        assert!(said.contains(expected), "{said:?} lacks {expected:?}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let home = Home::new();
    for arguments in [
        &["dance"][..],
        &["user"],
        &["user", "add", "--email", "a@b.example"],
        &[
            "user",
            "add",
            "--email",
            "a@b.example",
            "--name",
            "A",
            "--role",
            "king",
            "--password-stdin",
        ],
        &["serve", "--quickly"],
    ] {
        let output = home.run_until_it_ends(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_refused_in_one_sentence() {
    for (name, value) in [
        ("TISKI_LISTEN", "everywhere"),
        ("TISKI_PUBLIC_URL", "http://shop.example"),
        ("TISKI_GRAPH_API_URL", "http://graph.example"),
        ("TISKI_SECRET_KEY", "too-short"),
        ("TISKI_LOG", "loud"),
    ] {
        let home = Home::new().with(name, value);
        let output = home.run_until_it_ends(&["serve"]);
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        sentence(&output);
    }
}

#[test]
fn the_check_tells_a_healthy_installation_from_one_with_a_dead_token() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let healthy = world.home.run(&["check"]);
    assert_eq!(healthy.status.code(), Some(0), "{healthy:?}");

    let page = &account.pages[0];
    world.facebook().kill_token(
        &page.token,
        tiski::simulator::facebook::GraphError::PASSWORD_CHANGED,
    );
    let ill = world.home.run(&["check"]);
    assert_eq!(ill.status.code(), Some(1), "{ill:?}");
    let said = output_of(&ill) + &String::from_utf8_lossy(&ill.stderr);
    assert!(said.contains(&page.name), "{said}");
    assert!(!said.contains(&page.token), "{said}");
}

#[test]
fn the_check_finds_a_database_whose_key_is_gone() {
    let world = World::new();
    world.stop();
    std::fs::remove_file(world.home.data().join("secret.key")).expect("there was a key");
    let output = world.home.run(&["check"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn the_demo_starts_and_answers() {
    let home = Home::new();
    let demo = home.start(&["demo", "--listen", "127.0.0.1:0"]);
    let client = Client::new(&demo.url);
    let phone = client.get("/demo");
    assert_eq!(phone.status, 200, "{}", phone.text());
    let health = client.get("/health");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
}
