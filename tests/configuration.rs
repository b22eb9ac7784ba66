//! The configuration as a file: written down by one counter, read back by another.

use super::support::program::{Home, sentence};
use super::support::world::World;

fn output(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert!(output.status.success(), "{}", sentence(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn write(home: &Home, name: &str, text: &str) -> String {
    let path = home.data().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_counter_is_written_down_and_another_one_made_of_it() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    world.connect_line();
    world.agent("Mia");
    let client = &world.owner.client;
    let queue = client.get("/admin/queues/new");
    client.submit(&queue.fill("Create queue", &[("Name", "Returns")]));
    let hours = client.get("/admin/operating-hours/new");
    client.submit(&hours.fill("Create", &[("Name", "Shop"), ("Time zone", "Asia/Taipei")]));

    let first = output(&world.home, &["config", "export"]);
    for kept in ["Returns", "Asia/Taipei", "Lumi Café", "owner@lumi.example"] {
        assert!(first.contains(kept), "{kept}: {first}");
    }
    let secrets = [
        &account.app_secret,
        &account.verify_token,
        &account.pages[0].token,
    ];
    for secret in secrets {
        assert!(
            !first.contains(secret.as_str()),
            "a secret stands in the file"
        );
    }

    let empty = Home::new();
    std::fs::create_dir_all(empty.data()).unwrap();
    let file = write(&empty, "counter.toml", &first);
    let told = output(&empty, &["config", "import", &file, "--dry-run"]);
    assert!(told.contains("adds queue \"Returns\""), "{told}");
    assert!(told.contains("Nothing was changed."), "{told}");
    let after = output(&empty, &["config", "export"]);
    assert!(!after.contains("Returns"), "it was only said: {after}");
    output(&empty, &["config", "import", &file]);
    assert_eq!(output(&empty, &["config", "export"]), first);
    let again = output(&empty, &["config", "import", &file]);
    assert!(again.contains("Nothing differs."), "{again}");
}

#[test]
fn a_change_holds_at_once_beside_a_running_server_and_stands_in_the_audit_log() {
    let world = World::new();
    let client = &world.owner.client;
    let queue = client.get("/admin/queues/new");
    client.submit(&queue.fill("Create queue", &[("Name", "Returns")]));
    let text = "tiski_configuration = 1\n[[queue]]\nname = 'Returns'\npriority = 7\n";
    let file = write(&world.home, "change.toml", text);
    let told = output(&world.home, &["config", "import", &file, "--dry-run"]);
    assert!(told.contains("priority: 100 → 7"), "{told}");
    output(&world.home, &["config", "import", &file]);
    let row = client.get("/admin/queues").part("tbody tr", "Returns");
    row.assert_says("7");
    client
        .get("/admin/audit")
        .assert_says("Configuration imported");
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    let world = World::new();
    for (text, said) in [
        (
            "tiski_configuration = 1\n[[queue]]\nname = 'Returns'\nprioriti = 7\n",
            "queue \"Returns\": there is no field prioriti",
        ),
        ("tiski_configuration = 99\n", "written by a newer Tiski"),
        (
            "[[queue]]\nname = 'Returns'\n",
            "does not begin with tiski_configuration",
        ),
        ("tiski_configuration = 1\n[[queue\n", "is not understood"),
        (
            "tiski_configuration = 1\n[[user]]\nemail = 'owner@lumi.example'\nrole = 'agent'\n",
            "Nobody could administer",
        ),
        (
            "tiski_configuration = 1\n[[queue]]\nname = 'Returns'\npriority = 0\n",
            "queue \"Returns\": priority is no whole number from 1 to 1000. Nothing was changed.",
        ),
    ] {
        let file = write(&world.home, "wrong.toml", text);
        for is_dry in [false, true] {
            let mut arguments = vec!["config", "import", &file];
            arguments.extend(is_dry.then_some("--dry-run"));
            let refused = world.home.run(&arguments);
            assert_eq!(refused.status.code(), Some(1), "{text}");
            assert!(sentence(&refused).contains(said), "{}", sentence(&refused));
        }
    }
    let two = "tiski_configuration = 1\n[[queue]]\nname = 'Returns'\npriority = 0\nassignment_method = 'dice'\n";
    let file = write(&world.home, "wrong.toml", two);
    let refused = world.home.run(&["config", "import", &file]);
    assert!(sentence(&refused).starts_with("The file has 2 mistakes"));
    let listed = String::from_utf8_lossy(&refused.stdout).into_owned();
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        lines,
        [
            "queue \"Returns\": assignment_method is none of these: highest-capacity, round-robin, least-active.",
            "queue \"Returns\": priority is no whole number from 1 to 1000.",
        ]
    );
    let queues: i64 = world.one("SELECT count(*) FROM queue WHERE name = 'Returns'", []);
    assert_eq!(queues, 0);
}
