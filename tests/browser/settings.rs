//! A shop's settings as far as pages show them differently: what an administrator made by hand.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::client::{Client, Page};
use crate::support::world::{Person, World};

/// So old is the access token of the first page that it is flagged.
const OLD_TOKEN_DAYS: i64 = 61;

/// A calendar file with holidays to come, one of them added twice, and what cannot be taken.
pub const CALENDAR: &str = "BEGIN:VCALENDAR\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20980101\r\nSUMMARY:元旦\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20980208\r\nDTEND;VALUE=DATE:20980212\r\nSUMMARY:春節\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART:20980301T100000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART:20200101\r\nSUMMARY:Long ago\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// Fills everything that is empty in a shop that has just been set up. Returns addresses that no link leads to:
/// the steps of both wizards, as far as they were chosen.
pub fn furnish(world: &World, mia: &Person) -> Vec<String> {
    let client = &world.owner.client;
    make(
        client,
        "/admin/presences/new",
        "Save",
        &[("Name", "Lounas"), ("Presence text", "Syömässä")],
    );
    make(
        client,
        "/admin/skills/new",
        "Save",
        &[
            ("Name", "Ruotsi"),
            ("Type", "Kieli"),
            ("Description", "Puhuu ja kirjoittaa"),
        ],
    );
    make(
        client,
        "/admin/settings/masking/new",
        "Save",
        &[("Name", "Asiakasnumero"), ("Regular expression", r"AS-\d+")],
    );
    make(
        client,
        "/admin/capacity-profiles/new",
        "Save",
        &[("Profile name", "Kahvila")],
    );
    make(
        client,
        "/admin/customer-fields/new",
        "Save",
        &[("Name", "Koko"), ("Of", "Contacts"), ("Type", "Text")],
    );
    customers(mia);
    topics(client);
    for (path, client) in [
        ("/admin/quick-replies/new", client),
        ("/profile/quick-replies/new", client),
        ("/profile/quick-replies/new", &mia.client),
    ] {
        let values = [("Title", "Tervehdys"), ("Message", "Kiitos!")];
        make(client, path, "Save", &values);
    }
    hours(client);
    queues(world, mia);
    people(world, mia);
    let mut steps = workstreams(world);
    // Administrators have the same under *Users*, with more.
    steps.extend(["/team", "/team/work"].map(str::to_owned));
    rules(client);
    an_old_token(world);
    pause(client, "Valo Books");
    let off = client.get("/admin/channels/line/off");
    client.submit(&off.form("Turn off"));
    steps
}

/// A customer who is in the book with everything that can be kept about him, and who is there twice.
fn customers(mia: &Person) {
    let client = &mia.client;
    let row = mia.dashboard().part("tbody tr", "Anna Virtanen");
    let chat = row.link("/workspace/conversations/").expect("its page");
    let values = [
        ("Company", "Valo Oy"),
        ("Email", "anna@valo.example"),
        ("Koko", "M"),
    ];
    make(client, &format!("{chat}/customer/contact"), "Save", &values);
    let values = [("Title", "Teltta"), ("Description", "Keppi poikki")];
    make(client, &format!("{chat}/case/new"), "Save", &values);
    for path in [chat.as_str(), "/workspace/contacts/1"] {
        make(client, path, "Save note", &[("New note", "Soita huomenna")]);
    }
    let values = [("First name", "Anna"), ("Last name", "Virtanen")];
    make(client, "/workspace/contacts/new", "Save", &values);
}

/// What the form at an address makes of these values.
#[track_caller]
fn make(client: &Client, path: &str, button: &str, values: &[(&str, &str)]) -> Page {
    let made = client.submit(&client.get(path).fill(button, values));
    assert_eq!(made.status, 200, "{path}: {}", made.text());
    made
}

/// One topic, which agents may choose.
fn topics(client: &Client) {
    let path = "/admin/settings/topics";
    let new = format!("{path}/new");
    make(client, &new, "Save", &[("Name", "Toimitus")]);
    let mut form = client.get(path).form("Save");
    form.set("topics", "true");
    assert_eq!(client.submit(&form).status, 200);
}

fn hours(client: &Client) {
    let new = "/admin/operating-hours/new";
    make(client, new, "Create", &[("Name", "Varasto")]);
    let shop = make(client, new, "Create", &[("Name", "Myymälä")]);
    let holiday = format!("{}/holidays/new", shop.path);
    for (reason, first, last) in [
        ("Joulu", "2098-12-24", "2098-12-26"),
        ("Inventaario", "2098-01-02", ""),
    ] {
        make(
            client,
            &holiday,
            "Save holiday",
            &[("Reason", reason), ("First day", first), ("Last day", last)],
        );
    }
}

/// One queue with everything set, and one in which nobody works.
fn queues(world: &World, mia: &Person) {
    let client = &world.owner.client;
    let new = "/admin/queues/new";
    make(client, new, "Create queue", &[("Name", "Yöjono")]);
    let page = client.get(new);
    let mut form = page.fill(
        "Create queue",
        &[
            ("Name", "Palautukset"),
            ("Priority", "5"),
            ("Operating hours", "Myymälä"),
            ("Most conversations that wait", "10"),
            ("When more wait", "Transfer to a different queue"),
            ("Longest wait", "2"),
            ("Unit", "hours"),
            ("When one waits longer", "End conversation"),
        ],
    );
    let other: i64 = world.one("SELECT queue_id FROM queue WHERE name = 'Yöjono'", []);
    form.set("work_items.queue", &other.to_string());
    form.set("member", &id_of(world, mia).to_string());
    let made = client.submit(&form);
    assert_eq!(made.status, 200, "{}", made.text());
}

/// Somebody who is good at something, somebody who is invited, somebody who is gone.
fn people(world: &World, mia: &Person) {
    let client = &world.owner.client;
    let page = client.get(&format!("/admin/users/{}", id_of(world, mia)));
    let mut form = page.form("Save");
    let skill: i64 = world.one("SELECT skill_id FROM skill", []);
    form.set(&format!("skills[{skill}]"), "7");
    assert_eq!(client.submit(&form).status, 200);
    invite(client, "Noora", "noora@lumi.example");
    let pat = world.agent("Pat");
    let deactivation = format!("/admin/users/{}/deactivation", id_of(world, &pat));
    client.submit(&client.get(&deactivation).form("Deactivate"));
}

/// Invites an agent; the page with the link.
pub fn invite(client: &Client, name: &str, email: &str) -> Page {
    let page = client.get("/admin/users/new");
    let mut form = page.fill("Make the invitation", &[("Name", name), ("Email", email)]);
    form.set("role", "agent");
    let page = client.submit(&form);
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

/// A workstream with a page and a variable, one without either, and how far the wizard of each went.
fn workstreams(world: &World) -> Vec<String> {
    let client = &world.owner.client;
    let mut steps = Vec::new();
    for (name, channel, page) in [
        ("Kahvila", "Facebook", "Lumi Café"),
        ("Verkkokauppa", "LINE", "Lumi on LINE"),
    ] {
        let workstream = make(
            client,
            "/admin/workstreams/new",
            "Create",
            &[("Name", name), ("Channel", channel)],
        );
        let page = id_of_page(world, page);
        let begun = format!("{}/set-up", workstream.path);
        steps.push(format!("{begun}?step=language"));
        for step in ["language", "behaviors", "features", "summary"] {
            let seen = format!("{begun}?step={step}&page={page}");
            assert_eq!(client.get(&seen).status, 200, "{seen}");
            steps.push(seen);
        }
        if channel == "Facebook" {
            let books = id_of_page(world, "Valo Books");
            let summary = client.get(&format!("{begun}?step=summary&page={books}"));
            client.submit(&summary.form("Create"));
            make(
                client,
                &format!("{}/variables/new", workstream.path),
                "Save variable",
                &[("Name", "tilausnumero"), ("Value", "0")],
            );
        }
    }
    steps
}

/// A rule of every kind.
fn rules(client: &Client) {
    let workstream = "/admin/workstreams/1";
    let classification = format!("{workstream}/classification");
    let queue_rules = "/admin/queues/1/rules".to_owned();
    make(
        client,
        &format!("{classification}/rulesets/new"),
        "Save",
        &[("Name", "Kiire")],
    );
    for (path, list, fields) in [
        (
            format!("{classification}/rulesets/1/new"),
            &classification,
            [("output[0].what", "skill:1"), ("output[0].value", "5")],
        ),
        (
            format!("{workstream}/routes/new"),
            &format!("{workstream}/routes"),
            [("share[0].queue", "1"), ("share[0].percent", "100")],
        ),
        (
            format!("{workstream}/timeouts/new"),
            &format!("{workstream}/timeouts"),
            [("text[0].language", "fi"), ("text[0].words", "Vieläkö")],
        ),
        (
            "/admin/queues/1/rules/order/new".to_owned(),
            &queue_rules,
            [("order", "newest"), ("name", "Kiireinen")],
        ),
        (
            "/admin/queues/1/rules/agents/new".to_owned(),
            &queue_rules,
            [("need[0].skill", "1"), ("need[0].rating", "5")],
        ),
    ] {
        let mut form = client.get(&path).form("Save");
        form.set("name", "Kiireinen");
        if path.contains("timeouts") {
            form.set("fallback", "fi");
        } else {
            form.set("when.group[0].test[0].attribute", "message-text");
            form.set("when.group[0].test[0].operator", "contains");
            form.set("when.group[0].test[0].value", "kiire");
        }
        for (name, value) in fields {
            form.set(name, value);
        }
        let made = client.submit(&form);
        assert_eq!(made.path, *list, "{}", made.text());
    }
}

fn an_old_token(world: &World) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(since.expect("after 1970").as_millis()).expect("a near year");
    world.change(
        "UPDATE page SET token_saved_at = ?1 WHERE name = 'Lumi Café'",
        [now - OLD_TOKEN_DAYS * 24 * 3_600_000],
    );
}

fn pause(client: &Client, page: &str) {
    let row = client.get("/admin/channels").part("tbody tr", page);
    let asked = client.get(&row.link("/pause").expect("a running page can be paused"));
    client.submit(&asked.form("Pause"));
}

fn id_of(world: &World, person: &Person) -> i64 {
    world.one("SELECT user_id FROM user WHERE email = ?1", [&person.email])
}

fn id_of_page(world: &World, name: &str) -> i64 {
    world.one("SELECT page_id FROM page WHERE name = ?1", [name])
}
