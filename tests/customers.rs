//! The shop's book of its customers: contacts, companies, cases, notes, and what the panel beside a conversation
//! says.

use super::support::client::Page;
use super::support::world::{Chat, FacebookAccount, World};

/// A shop with one page.
fn shop() -> (World, FacebookAccount) {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    (world, account)
}

/// The panel beside a conversation.
fn panel(chat: &Chat<'_>) -> Page {
    chat.page().part("#customer", "")
}

/// Writes the customer of a conversation into the book, and links it.
fn becomes_a_contact(chat: &Chat<'_>, values: &[(&str, &str)]) -> Page {
    let client = &chat.person.client;
    let form = client.get(&format!("{}/customer/contact", chat.path()));
    let page = client.submit(&form.fill("Save", values));
    assert_eq!(page.path, chat.path(), "{}", page.text());
    page
}

#[test]
fn the_panel_shows_channel_wait_queue_start_and_timeline() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    world.change(
        "UPDATE agent_session SET accepted_at = accepted_at + 300000",
        [],
    );
    let panel = panel(&chat);
    let facts: Vec<String> = panel.texts("dt");
    for fact in [
        "Channel",
        "Page or account",
        "Queue",
        "Waited",
        "Began",
        "Case",
    ] {
        assert!(facts.contains(&fact.to_owned()), "{fact}: {facts:?}");
    }
    for value in ["Facebook", "Lumi Café", "Default messaging queue", "5 min"] {
        panel.assert_says(value);
    }
    panel.assert_says("Reply within 23 h");
    panel.assert_says("Not told about privacy");
    panel
        .section("Timeline")
        .assert_says("Conversation on Lumi Café");
}

#[test]
fn the_second_conversation_of_a_linked_customer_opens_linked() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    panel(&chat).assert_says("Not linked to a contact");
    let form = format!("{}/customer/contact", chat.path());
    let typed = world.owner.client.get(&form);
    assert_eq!(
        (typed.value("First name"), typed.value("Last name")),
        ("Anna".to_owned(), "Virtanen".to_owned()),
        "the platform's name is there to begin with"
    );
    let values = [
        ("Phone", "+358 40 123 4567"),
        ("Email", "anna@mail.example"),
        ("Company", "Valo Oy"),
    ];
    becomes_a_contact(&chat, &values).assert_says("Linked to contact Anna Virtanen");
    chat.press("End");
    chat.press("Close");
    anna.writes("One more thing");
    let later = world.owner.takes("Anna Virtanen");
    assert_ne!(later.id, chat.id);
    let panel = panel(&later);
    for known in [
        "Linked to contact",
        "+358 40 123 4567",
        "anna@mail.example",
        "Valo Oy",
    ] {
        panel.assert_says(known);
    }
    assert_eq!(world.count("company"), 1, "its name has made it");
}

#[test]
fn a_contact_of_the_name_is_suggested_linked_taken_back_and_linked_again_without_scripts() {
    let (world, account) = shop();
    let client = &world.owner.client;
    let page = client.get("/workspace/contacts/new");
    let refused = client.submit(&page.fill("Save", &[("Email", "no address")]));
    assert_eq!(
        (refused.status, refused.texts(".field__error").len()),
        (422, 2)
    );
    for email in ["anna@one.example", "anna@two.example"] {
        let values = [
            ("First name", "Anna"),
            ("Last name", "Virtanen"),
            ("Email", email),
        ];
        client.submit(&client.get("/workspace/contacts/new").fill("Save", &values));
    }
    world
        .messenger_customer(&account.pages[0], "anna virtanen")
        .writes("Hello");
    let chat = world.owner.takes("anna virtanen");
    let suggested = panel(&chat);
    suggested.assert_says("anna@one.example");
    suggested.assert_says("anna@two.example");

    let found = client.get(&format!("{}/customer?search=two.exa", chat.path()));
    assert!(!found.text().contains("anna@one.example"));
    client
        .submit(&found.form("Link"))
        .assert_says("Linked to contact Anna Virtanen");
    let unlinked = client.submit(&chat.page().form("Unlink"));
    unlinked.assert_says("Not linked to a contact");
    client
        .submit(&unlinked.form("Undo"))
        .assert_says("Linked to contact Anna Virtanen");
    let links: i64 = world.one(
        "SELECT count(*) FROM customer_link WHERE contact_id = 2 AND unlinked_at IS NULL",
        [],
    );
    assert_eq!(links, 1);

    chat.press("End");
    chat.press("Close");
    assert!(!chat.page().text().contains("Unlink"), "it is closed");
    let mut form = client.get("/workspace/contacts/new").form("Save");
    form.action = format!("{}/customer/removal", chat.path());
    form.fields.retain(|(name, _)| name == "csrf");
    assert_eq!(client.post(&form).status, 403);
}

#[test]
fn a_company_is_the_customer_and_keeps_its_people_together() {
    let (world, account) = shop();
    let client = &world.owner.client;
    world
        .messenger_customer(&account.pages[0], "Valo Oy")
        .writes("Our order?");
    let chat = world.owner.takes("Valo Oy");
    let form = client.get(&format!("{}/customer/company", chat.path()));
    let values = [
        ("Name", "Valo Oy"),
        ("Number", "K-1007"),
        ("Phone", "09 123"),
    ];
    client
        .submit(&form.fill("Save", &values))
        .assert_says("Linked to company Valo Oy");
    let page = client.get("/workspace/contacts/new");
    client.submit(&page.fill("Save", &[("Last name", "Nowak"), ("Company", "VALO OY")]));
    assert_eq!(world.count("company"), 1);
    let company = client.get("/workspace/companies?search=1007");
    company.assert_says("Valo Oy");
    let company = client.get("/workspace/companies/1");
    company.section("People").assert_says("Nowak");
    company
        .section("Timeline")
        .assert_says("Conversation on Lumi Café");
    let edit = client.get("/workspace/companies/1/edit");
    client.submit(&edit.fill("Save", &[("Primary contact", "Nowak")]));
    panel(&chat).assert_says("Primary contact");
    let archived = client.submit(&client.get("/workspace/companies/1").form("Take out of use"));
    archived.assert_says("Out of use");
    client
        .get("/workspace/companies")
        .assert_says("No companies yet");
    client.submit(&archived.form("Bring back into use"));
    client.get("/workspace/companies").assert_says("Valo Oy");
}

#[test]
fn closing_a_conversation_leaves_its_case_open() {
    let (world, account) = shop();
    let client = &world.owner.client;
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("It is broken");
    let chat = world.owner.takes("Anna Virtanen");
    becomes_a_contact(&chat, &[]);
    let new = format!("{}/case/new", chat.path());
    let refused = client.submit(&client.get(&new).form("Save"));
    assert_eq!(refused.status, 422);
    let values = [("Title", "Broken pole"), ("Priority", "High")];
    client
        .submit(&client.get(&new).fill("Save", &values))
        .assert_says("C-0001 Broken pole");
    // One at most: another form that was open meanwhile does not take its place.
    client.submit(&client.get(&new).fill("Save", &[("Title", "Refund")]));
    panel(&chat).assert_says("C-0001 Broken pole");
    assert_eq!(world.count("customer_case"), 1);
    chat.press("End");
    chat.press("Close");
    let open = || -> i64 {
        world.one(
            "SELECT count(*) FROM customer_case WHERE resolved_at IS NULL AND title = 'Broken pole'",
            [],
        )
    };
    assert_eq!(open(), 1);
    let list = client.get("/workspace/cases");
    assert!(list.texts("tbody tr")[0].contains("Anna Virtanen"));

    anna.writes("And the pole?");
    let later = world.owner.takes("Anna Virtanen");
    let choose = client.get(&format!("{}/case", later.path()));
    let choice = choose.part("main li", "Broken pole");
    client.submit(&choice.form("Link")).assert_says("C-0001");
    let case = client.get("/workspace/cases/1");
    assert_eq!(
        case.section("Conversations about it").texts("li").len(),
        2,
        "{}",
        case.text()
    );
    client.submit(&case.form("Resolve")).assert_says("Resolved");
    assert_eq!(open(), 0);
    client.submit(&client.get("/workspace/cases/1").form("Open again"));
    assert_eq!(open(), 1);
}

#[test]
fn notes_are_written_without_scripts_and_deleted_with_undo() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let client = &world.owner.client;
    let note = |words: &str| {
        client.submit(&chat.page().fill("Save note", &[("New note", words)]));
    };
    note("Prefers refunds");
    note("  ");
    assert_eq!(world.count("note"), 1);
    let notes = || panel(&chat).section("Notes");
    notes().assert_says("Prefers refunds");
    client.submit(&notes().form("Delete"));
    notes().assert_says("Note deleted.");
    client.submit(&notes().form("Undo"));
    notes().assert_says("Prefers refunds");
    let sent = world.facebook().sent_to(anna.psid());
    assert!(sent.is_empty(), "no note reaches a customer");
}

#[test]
fn a_record_says_why_each_agents_part_ended() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let question = chat.press("Close");
    world.owner.client.submit(&question.form("Close and wait"));
    let record = format!("{}/record", chat.path());
    let page = world.owner.client.get(&record);
    page.assert_says("Waits for the customer");
    page.assert_says("The agent closed it to wait for the customer");
    world.owner.client.submit(&chat.page().form("Open"));
    chat.press("End");
    chat.press("Close");
    let page = world.owner.client.get(&record);
    page.assert_says("Closed by its agent");
    let sessions = page.texts("tbody tr");
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert!(sessions[1].contains("Aino Owner") && sessions[1].contains("The agent closed it"));
}

#[test]
fn people_rename_a_customer_and_the_platforms_name_stays_beside_it() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    let client = &world.owner.client;
    let path = format!("{}/name", chat.path());
    let values = [("Your name for this customer", "Anna from the sauna club")];
    client.submit(&client.get(&path).fill("Save", &values));
    let page = panel(&chat);
    page.assert_says("Anna from the sauna club");
    page.assert_says("On Facebook");
    page.assert_says("Anna Virtanen");
    world
        .owner
        .sees("My work items", "Anna from the sauna club");
    // The platform's own is asked for again, and does not overwrite it.
    world.change("UPDATE social_profile SET name_asked_at = 0", []);
    anna.writes("Me again");
    world.settle();
    panel(&chat).assert_says("Anna from the sauna club");
    client.submit(
        &client
            .get(&path)
            .fill("Save", &[("Your name for this customer", "")]),
    );
    let page = panel(&chat);
    assert!(!page.text().contains("sauna") && !page.text().contains("On Facebook"));
}

#[test]
fn who_may_not_read_a_conversation_learns_nothing_of_it_from_the_book() {
    let (world, account) = shop();
    let anna = world.messenger_customer(&account.pages[0], "Private Anna");
    anna.writes("Private words");
    let (mia, noa) = (world.agent("Mia"), world.agent("Noa"));
    let chat = mia.takes("Private Anna");
    let values = [("First name", "Anna"), ("Last name", "")];
    becomes_a_contact(&chat, &values);
    let note = chat
        .page()
        .fill("Save note", &[("New note", "Private note")]);
    mia.client.submit(&note);
    let new = mia.client.get(&format!("{}/case/new", chat.path()));
    mia.client.submit(&new.fill("Save", &[("Title", "Pole")]));
    let sam = world.person("Sam", "supervisor");
    for (person, reads) in [(&mia, true), (&noa, false), (&sam, true)] {
        let contact = person.client.get("/workspace/contacts/1");
        contact.assert_says("Anna");
        for private in ["Private Anna", "Private note", "Lumi Café"] {
            assert_eq!(
                contact.text().contains(private),
                reads,
                "{}: {private}",
                person.name
            );
        }
        let case = person.client.get("/workspace/cases/1");
        assert_eq!(
            case.text().contains("Conversation of"),
            reads,
            "{}",
            person.name
        );
    }
    let id: i64 = world.one("SELECT note_id FROM note", []);
    let mut form = noa.client.get("/workspace/contacts/new").form("Save");
    form.action = format!("/workspace/notes/{id}/removal");
    form.fields.retain(|(name, _)| name == "csrf");
    assert_eq!(noa.client.post(&form).status, 404);
}

#[test]
fn administrators_merge_contacts_and_part_them_again() {
    let (world, account) = shop();
    let client = &world.owner.client;
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    becomes_a_contact(&chat, &[("Email", "anna@mail.example")]);
    let page = client.get("/workspace/contacts/new");
    client.submit(&page.fill("Save", &[("First name", "A. Virtanen")]));
    let choose = client.get("/workspace/contacts/2/merge?search=anna");
    let way = choose.link("?other=1").expect("the other one is found");
    let asked = client.get(&way);
    asked.assert_says("Merge Anna Virtanen into A. Virtanen?");
    client
        .submit(&asked.form("Merge"))
        .assert_says("anna@mail.example");
    panel(&chat).assert_says("Linked to contact A. Virtanen");
    assert_eq!(
        client.get("/workspace/contacts/1").path,
        "/workspace/contacts/2"
    );
    client
        .get("/admin/audit?kind=contact")
        .assert_says("Contacts merged");
    let kept = client.get("/workspace/contacts/2");
    client.submit(&kept.form("Part them again"));
    panel(&chat).assert_says("Linked to contact Anna Virtanen");
    let kept = client.get("/workspace/contacts/2");
    assert!(!kept.text().contains("anna@mail.example"));
    let mia = world.agent("Mia");
    assert_eq!(mia.client.get("/workspace/contacts/1/merge").status, 403);
}

#[test]
fn fields_that_an_administrator_adds_are_typed_and_shown() {
    let (world, _) = shop();
    let client = &world.owner.client;
    client
        .get("/admin/customer-fields")
        .assert_says("No fields of your own yet");
    let add = |values: &[(&str, &str)]| {
        let page = client.get("/admin/customer-fields/new");
        client.submit(&page.fill("Save", values))
    };
    let choice = [("Name", "Size"), ("Of", "Contacts"), ("Type", "Choice")];
    assert_eq!(add(&choice).status, 422, "it has no choices");
    let choice = [&choice[..], &[("Choices, one a line", "S\nM")]].concat();
    add(&choice);
    add(&[("Name", "Born"), ("Of", "Contacts"), ("Type", "Date")]);
    let taken = add(&[("Name", "BORN"), ("Of", "Contacts"), ("Type", "Text")]);
    assert_eq!(taken.status, 422);
    let form = client.get("/workspace/contacts/new");
    let wrong = form.fill("Save", &[("First name", "Anna"), ("Born", "yesterday")]);
    let refused = client.submit(&wrong);
    assert_eq!(refused.status, 422);
    refused.assert_says("Write a day, such as 2026-02-28.");
    let right = refused.fill("Save", &[("Born", "1990-05-17"), ("Size", "M")]);
    let contact = client.submit(&right);
    contact.assert_says("Size");
    contact.assert_says("1990-05-17");
    let removal = client.get("/admin/customer-fields/1/removal");
    removal.assert_says("What stands in it at one record goes with it.");
    client.submit(&removal.form("Delete field"));
    assert!(!client.get("/workspace/contacts/1").text().contains("Size"));
    client
        .get("/admin/audit?kind=customer-field")
        .assert_says("Customer field deleted");
}

#[test]
fn a_rule_sends_the_people_of_a_company_to_their_own_queue() {
    let (world, account) = shop();
    let client = &world.owner.client;
    let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
    anna.writes("Hello");
    let chat = world.owner.takes("Anna Virtanen");
    becomes_a_contact(&chat, &[("Company", "Valo Oy")]);
    chat.press("End");
    chat.press("Close");
    let queue = client.get("/admin/queues/new");
    let queue = client.post(&queue.fill("Create queue", &[("Name", "Partners")]));
    let queue = queue.location.expect("the queue's page");
    let page = client.get("/admin/workstreams/1/routes/new");
    let mut form = page.form("Save");
    for (name, value) in [
        ("name", "Partners first"),
        ("when.group[0].test[0].attribute", "contact-company"),
        ("when.group[0].test[0].operator", "is"),
        ("when.group[0].test[0].value", "valo oy"),
        ("share[0].queue", queue.rsplit('/').next().expect("its id")),
        ("share[0].percent", "100"),
    ] {
        form.set(name, value);
    }
    client
        .submit(&form)
        .assert_says("Contact’s company is valo oy");
    anna.writes("One more thing");
    world
        .messenger_customer(&account.pages[0], "Ben Nobody")
        .writes("Hello");
    world.settle();
    let queue_of = |name: &str| -> String {
        world.one(
            "SELECT queue.name FROM conversation JOIN queue USING (queue_id)
             JOIN social_profile USING (social_profile_id)
             WHERE social_profile.name = ?1 ORDER BY conversation_id DESC LIMIT 1",
            [name],
        )
    };
    assert_eq!(queue_of("Anna Virtanen"), "Partners");
    assert_eq!(queue_of("Ben Nobody"), "Default messaging queue");
}
