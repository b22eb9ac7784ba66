//! What supervisors may do about the people they look after, and nothing more.

use super::support::world::World;

#[test]
fn a_supervisor_sets_capacity_presence_and_queues_and_nothing_else() {
    let world = World::new();
    world.connect_facebook(&["Lumi Café"]);
    let owner = &world.owner.client;
    let queue = owner.get("/admin/queues/new");
    owner.submit(&queue.fill("Create queue", &[("Name", "Returns")]));
    world.agent("Mia");
    let sam = world.person("Sam", "supervisor");
    let desk = sam.client.get("/workspace");
    assert!(desk.link("/team").is_some(), "the way there");
    let mia = sam.client.get("/team").part("tbody tr", "Mia");
    let page = sam.client.get(&mia.link("/team/").unwrap());
    let mut form = page.fill("Save", &[("Capacity", "40"), ("Default presence", "Busy")]);
    let returns: i64 = world.one("SELECT queue_id FROM queue WHERE name = 'Returns'", []);
    form.set("queues", &returns.to_string());
    let team = sam.client.submit(&form);
    team.assert_says("Saved");
    let mia = team.part("tbody tr", "Mia");
    mia.assert_says("Returns");
    mia.assert_says("40");
    let kept: (String, String, i64) = world
        .database()
        .query_row(
            "SELECT role, presence.name, capacity FROM user JOIN presence ON presence_id = default_presence_id
             WHERE user.name = 'Mia'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(kept, ("agent".to_owned(), "busy".to_owned(), 40));
    let log = owner.get("/admin/audit").text();
    assert!(log.contains("Sam"), "who did it stands in the log: {log}");

    // A role is not a field of the form, whatever is sent.
    let mut bold = page.form("Save");
    bold.set("role", "administrator");
    assert_eq!(sam.client.post(&bold).status, 422);
    let refused = sam
        .client
        .submit(&page.fill("Save", &[("Capacity", "a lot")]));
    assert_eq!(refused.status, 422);
    assert_eq!(refused.value("Capacity"), "a lot");
    assert_eq!(sam.client.get("/admin/users").status, 403);

    let hours = owner.get("/admin/operating-hours/new");
    owner.submit(&hours.fill("Create", &[("Name", "Shop"), ("Time zone", "Asia/Taipei")]));
    let work = sam.client.get("/team/work");
    work.section("Operating hours").assert_says("Asia/Taipei");
    // Agents look, and change nothing.
    let noa = world.agent("Noa").client;
    let team = noa.get("/team");
    team.assert_says("Mia");
    assert!(team.link("/team/").is_none_or(|link| link == "/team/work"));
    assert_eq!(noa.get(&page.path).status, 403);
    assert_eq!(noa.post(&page.form("Save")).status, 403);
    let seen = noa.get("/team/work");
    seen.assert_says("Returns");
    assert!(!seen.text().contains("Asia/Taipei"));
    work.assert_says("Returns");
    work.assert_says("1 person");
    work.assert_says("Pick");
}

#[test]
fn a_capacity_profile_has_a_limit_a_reset_that_stays_and_people_with_limits_of_their_own() {
    let world = World::new();
    world.agent("Mia");
    let client = &world.owner.client;
    let new = client.get("/admin/capacity-profiles/new");
    let mia: i64 = world.one("SELECT user_id FROM user WHERE name = 'Mia'", []);
    let mut form = new.fill(
        "Save",
        &[
            ("Profile name", "Chats"),
            ("Work item limit", "4"),
            ("Reset frequency", "End of day"),
        ],
    );
    form.set("people", &mia.to_string());
    form.set(&format!("limits[{mia}]"), "2");
    let list = client.submit(&form);
    list.assert_says("Chats");
    let row = list.part("tbody tr", "Chats");
    row.assert_says("End of day");
    let page = client.get(&row.link("/admin/capacity-profiles/").unwrap());
    page.assert_says("It stays as it was made.");
    let mut form = page.fill("Save", &[("Work item limit", "5")]);
    form.set("reset", "immediate");
    client.submit(&form);
    let kept: (i64, String, i64) = world
        .database()
        .query_row(
            "SELECT p.item_limit, reset, u.item_limit
             FROM capacity_profile AS p JOIN user_capacity_profile AS u USING (capacity_profile_id)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(kept, (5, "end-of-day".to_owned(), 2));
    let refused = client.submit(&new.fill("Save", &[("Profile name", "chats")]));
    assert_eq!(
        refused.status, 422,
        "the name is taken, whatever its capitals"
    );
    world.connect_facebook(&["Lumi Café"]);
    world.change("UPDATE workstream SET capacity_profile_id = 1", []);
    let asked = client.get(&format!("{}/removal", page.path));
    asked.assert_says("These workstreams use it");
    let stays = client.submit(&asked.form("Delete capacity profile"));
    stays.assert_says("A workstream or a rule uses it, so it stays.");
    world.change("UPDATE workstream SET capacity_profile_id = NULL", []);
    let removal = client.get(&format!("{}/removal", page.path));
    let gone = client.submit(&removal.form("Delete capacity profile"));
    gone.assert_says("Deleted");
    client
        .get("/admin/audit")
        .assert_says("Capacity profile removed");
}
