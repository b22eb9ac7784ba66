//! The organization's settings: what is set holds at once, where it can be seen.

use tiski::simulator::facebook::Receipts;

use crate::support::client::{Client, Page};
use crate::support::world::{Person, World};

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

/// Sends a section's form with these fields instead of what stands in it.
fn set(client: &Client, section: &str, fields: &[(&str, &str)]) -> Page {
    let mut form = client
        .get(&format!("/admin/settings/{section}"))
        .form("Save");
    for (name, value) in fields {
        form.set(name, value);
    }
    client.submit(&form)
}

#[test]
fn every_section_refuses_what_is_out_of_range_at_its_field_and_keeps_what_is_fine() {
    let world = World::new();
    let client = &world.owner.client;
    for (section, field, wrong, sentence) in [
        ("attachments", "limit", "0", "Type a whole number"),
        ("attachments", "limit", "131073", "Type a whole number"),
        (
            "attachments",
            "blocked",
            "exe tar.gz",
            "“tar.gz” is no file ending",
        ),
        ("notifications", "declines", "6", "Type a whole number"),
        ("notifications", "declines", "many", "Type a whole number"),
        ("presence", "sessions", "51", "Type a whole number"),
        ("presence", "grace", "-1", "Type a whole number"),
        (
            "languages",
            "default_language",
            "th",
            "Choose one of the languages",
        ),
    ] {
        let answer = set(client, section, &[(field, wrong)]);
        assert_eq!(answer.status, 422, "{section} {field}");
        let errors = errors(&answer);
        assert!(
            errors.len() == 1 && errors[0].starts_with(sentence),
            "{errors:?}"
        );
        assert!(answer.body.contains(&format!("id=\"{field}-error\"")));
    }
    let entries = world.count("audit_entry");
    for (section, fields) in [
        (
            "attachments",
            &[("limit", "25600"), ("blocked", ".EXE, bat")][..],
        ),
        ("notifications", &[("missed", "true"), ("declines", "5")]),
        ("presence", &[("sessions", "4"), ("grace", "60")]),
        ("formatting", &[("markdown", "true")]),
    ] {
        let page = set(client, section, fields);
        assert_eq!(
            (page.status, page.path),
            (200, format!("/admin/settings/{section}"))
        );
    }
    let stored: (i64, String, bool, i64, i64, i64, bool) = world
        .database()
        .query_row(
            "SELECT attachment_limit_kb, blocked_extensions, missed_makes_inactive, declines, session_limit,
                    grace_s, markdown FROM settings",
            [],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ))
            },
        )
        .unwrap();
    assert_eq!(stored, (25_600, "bat exe".to_owned(), true, 5, 4, 60, true));
    assert_eq!(world.count("audit_entry"), entries + 4);
    let list = client.get("/admin/settings");
    list.assert_says("Up to 25600 KB");
    client
        .get("/admin/audit?kind=settings")
        .assert_says("Inactive after a missed notification");
}

#[test]
fn supervisors_lose_what_is_switched_off() {
    let world = World::new();
    let client = &world.owner.client;
    let mut form = client.get("/admin/settings/supervision").form("Save");
    assert_eq!(
        form.get("force_close"),
        Some("true"),
        "on until somebody says otherwise"
    );
    form.fields.retain(|(name, _)| name != "force_close");
    client.submit(&form);
    let stored: (bool, bool) = world
        .database()
        .query_row(
            "SELECT supervisor_force_close, supervisor_assign FROM settings",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(stored, (false, true));
}

#[test]
fn a_channel_loses_the_file_types_that_are_not_ticked() {
    let world = World::new();
    let client = &world.owner.client;
    let path = "/admin/settings/attachments/facebook";
    assert!(client.get(path).body.contains("value=\"xlsx\""));
    let line = client.get("/admin/settings/attachments/line");
    assert!(
        !line.body.contains("value=\"xlsx\""),
        "LINE carries no spreadsheets"
    );
    assert_eq!(client.get("/admin/settings/attachments/fax").status, 404);
    let mut form = client.get(path).form("Save");
    form.fields
        .retain(|(name, value)| name == "csrf" || value == "pdf" || value == "picture");
    client.submit(&form);
    let stored: (String, String) = world
        .database()
        .query_row("SELECT outbound, inbound FROM channel_files", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(stored, ("pdf".to_owned(), "picture".to_owned()));
    let form = client.get(path).form("Save");
    let ticked = form.fields.iter().filter(|(name, _)| name == "outbound");
    assert_eq!(ticked.count(), 1);
}

#[test]
fn a_rule_is_tried_before_it_is_saved_and_a_bad_one_says_why() {
    let world = World::new();
    let client = &world.owner.client;
    let page = client.get("/admin/settings/masking/new");
    for (pattern, sentence) in [
        ("", "Fill this in."),
        ("(TK", "This is no expression: look at character 1."),
        ("x*", "This expression also finds nothing at all"),
        (r"\w{500}{500}", "This expression is too large."),
    ] {
        let form = page.fill(
            "Save",
            &[("Name", "Orders"), ("Regular expression", pattern)],
        );
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{pattern}");
        assert!(
            errors(&answer)[0].starts_with(sentence),
            "{:?}",
            errors(&answer)
        );
        assert_eq!(
            answer.value("Regular expression"),
            pattern,
            "what was typed stays"
        );
    }
    let form = page.fill(
        "Test",
        &[
            ("Regular expression", r"\bTK-\d+\b"),
            ("Text to try the rule on", "My order is TK-123456."),
        ],
    );
    let tried = client.submit(&form);
    tried.assert_says("My order is #########.");
    let made = || world.count("masking_rule");
    assert_eq!(made(), 3, "a trial saves nothing");
    client.submit(&tried.fill("Save", &[("Name", "Orders")]));
    assert_eq!(made(), 4);
    let list = client.get("/admin/settings/masking");
    list.assert_says("4 of 10 at most");
    let built_in = client.get("/admin/settings/masking/1");
    assert!(
        !built_in.body.contains("name=\"pattern\""),
        "a built-in one is only switched"
    );
    assert_eq!(client.get("/admin/settings/masking/1/removal").status, 404);
    let removal = client.get("/admin/settings/masking/4/removal");
    removal.assert_says("From then on messages show again what it hid.");
    client.submit(&removal.form("Delete"));
    assert_eq!(made(), 3);
}

#[test]
fn sensitive_data_is_hidden_wherever_an_agent_reads_it_and_stays_what_it_was() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("My card is 4111 1111 1111 1111");
    let chat = world.owner.takes("Anna Virtanen");
    chat.waits_for("My card is 4111 1111 1111 1111");
    set(&world.owner.client, "masking", &[("customers", "true")]);
    let masked = "My card is #### #### #### ####";
    chat.waits_for(masked);
    for page in [
        chat.page(),
        world.owner.dashboard(),
        world.owner.client.get("/workspace/sessions"),
    ] {
        assert!(page.text().contains(masked), "{}", page.path);
        assert!(!page.body.contains("4111"), "{}", page.path);
    }
    let kept: String = world.one("SELECT text FROM message WHERE author = 'customer'", []);
    assert!(
        kept.contains("4111"),
        "the message itself is kept as it came"
    );
    chat.replies("Write to shop@lumi.example");
    chat.waits_until("Write to shop@lumi.example", "Sent");

    set(&world.owner.client, "masking", &[("agents", "true")]);
    chat.waits_for("Write to #################");
    chat.replies("Or to hello@lumi.example");
    chat.waits_until("Or to ##################", "Sent");
    let received = world.facebook().sent_to(anna.psid());
    let last = received.last().and_then(|sent| sent.text.as_deref());
    assert_eq!(last, Some("Or to ##################"));
    let kept: i64 = world.one(
        "SELECT count(*) FROM message WHERE text LIKE '%hello@%'",
        [],
    );
    assert_eq!(kept, 0, "what an agent writes is masked before it is kept");
}

#[test]
fn markdown_arrives_as_each_channel_can_show_it() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    let mei = world.line_customer(&line, "Mei");
    anna.writes("Hello");
    mei.writes("Hello");
    let (annas, meis) = (world.owner.takes("Anna Virtanen"), world.owner.takes("Mei"));
    let typed = "## Today\n**Open** until _six_";
    annas.replies(typed);
    annas.waits_until("## Today **Open** until _six_", "Sent");
    set(&world.owner.client, "formatting", &[("markdown", "true")]);
    annas.replies(typed);
    annas.waits_until("Today *Open* until _six_", "Sent");
    meis.replies(typed);
    meis.waits_until("Today Open until six", "Sent");
    let received = world.facebook().sent_to(anna.psid());
    let last = received.last().and_then(|sent| sent.text.as_deref());
    assert_eq!(last, Some("Today\n*Open* until _six_"));
}

/// As if the customer had written so long ago.
fn let_time_pass(world: &World, millis: i64) {
    world.change(
        "UPDATE conversation SET last_inbound_at = last_inbound_at - ?1",
        [millis],
    );
}

#[test]
fn the_message_tag_switch_decides_about_replies_between_a_day_and_a_week_at_once() {
    const SECOND: i64 = 1_000;
    const DAY: i64 = 24 * 3_600 * SECOND;
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.sets_receipts(Receipts::None);
    anna.writes("Is it ready?");
    let owner: &Person = &world.owner;
    let chat = owner.takes("Anna Virtanen");
    // A page that was opened while the window was open: the server decides, not the page.
    let opened = chat.page();
    opened.assert_says("Reply window closes in");
    let reply = |text: &str| {
        let form = opened.fill("Send", &[("Message", text)]);
        owner.client.post(&form)
    };
    let_time_pass(&world, DAY + SECOND);
    let blocked = reply("A second too late");
    assert_eq!(blocked.status, 422, "{}", blocked.text());
    let closed = chat.page();
    assert!(
        !closed.body.contains("id=\"composer-text\""),
        "there is no box to write in"
    );

    // Switched on in the running conversation: it holds from the next send on.
    world.change("UPDATE page SET human_agent_tag = 1", []);
    let tagged = chat.page();
    assert!(tagged.body.contains("id=\"composer-text\""));
    tagged.assert_says("human agent tag");
    let fresh = tagged.fill("Send", &[("Message", "It is ready")]);
    assert_eq!(owner.client.submit(&fresh).status, 200);
    chat.waits_until("It is ready", "Sent");
    // Ten minutes are more than this test takes.
    let_time_pass(&world, 6 * DAY - 600 * SECOND);
    let last = chat.page();
    assert!(
        last.body.contains("id=\"composer-text\""),
        "just before the week is over"
    );
    let_time_pass(&world, 600 * SECOND);
    let late = owner
        .client
        .post(&last.fill("Send", &[("Message", "Too late")]));
    assert_eq!(late.status, 422);
    assert!(!chat.page().body.contains("id=\"composer-text\""));
}
