//! Several people on one conversation: handing it on, asking a colleague, reading along and joining, and the notes
//! that they write to each other.

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::world::{Chat, Person, World};

/// A shop in which Mia answers Anna, and Noa and Sam, a supervisor, are here.
struct Shop {
    world: World,
    mia: Person,
    noa: Person,
    sam: Person,
    anna: tiski::simulator::facebook::Customer,
    id: i64,
}

impl Shop {
    fn open() -> Shop {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        let (mia, noa) = (world.agent("Mia"), world.agent("Noa"));
        let sam = world.person("Sam", "supervisor");
        let anna = world.messenger_customer(&account.pages[0], "Anna Virtanen");
        anna.writes("Where is my order?");
        let id = mia.takes("Anna Virtanen").id;
        let shop = Shop {
            world,
            mia,
            noa,
            sam,
            anna,
            id,
        };
        shop.is("Noa", "available");
        shop.is("Sam", "busy");
        shop
    }

    /// As if the person had chosen this presence in a browser that is connected.
    fn is(&self, name: &str, base: &str) {
        self.world.change(
            "INSERT INTO agent (user_id, base, why, since, is_connected, signed_in_at)
             SELECT user_id, ?2, 'chosen', 0, 1, 0 FROM user WHERE name = ?1
             ON CONFLICT (user_id) DO UPDATE SET base = excluded.base, why = excluded.why,
                 presence_id = NULL, before_base = NULL, before_presence_id = NULL, before_why = NULL",
            [name, base],
        );
    }

    fn user(&self, name: &str) -> i64 {
        self.world
            .one("SELECT user_id FROM user WHERE name = ?1", [name])
    }

    fn path(&self) -> String {
        format!("/workspace/conversations/{}", self.id)
    }

    fn page(&self, person: &Person) -> Page {
        person.client.get(&self.path())
    }

    fn holder(&self) -> Option<String> {
        self.world.one(
            "SELECT name FROM conversation LEFT JOIN user ON user_id = agent_id WHERE conversation_id = ?1",
            [self.id],
        )
    }

    fn chat<'p>(&self, person: &'p Person) -> Chat<'p> {
        Chat {
            person,
            id: self.id,
        }
    }

    /// Mia asks a colleague.
    fn asks(&self, name: &str, question: &str) -> Page {
        let asking = self.mia.client.get(&format!("{}/consult", self.path()));
        let mut form = asking.form("Ask");
        form.set("person", &self.user(name).to_string());
        form.set("note", question);
        self.mia.client.submit(&form)
    }

    /// The words of a person's buttons and links about who takes part.
    fn company(&self, person: &Person) -> String {
        let page = self.page(person);
        page.texts("#company").concat()
    }
}

#[test]
fn a_conversation_is_handed_to_an_open_queue_or_a_colleague_who_is_here_with_a_note() {
    let shop = Shop::open();
    // Closed around the clock.
    shop.world
        .database()
        .execute_batch(
            "INSERT INTO operating_hours (operating_hours_id, name, time_zone, created_at) VALUES (90, 'Never', 'UTC', 0);
             INSERT INTO queue (queue_id, name, created_at, operating_hours_id) VALUES (80, 'Night desk', 0, 90), (81, 'Returns', 0, NULL);",
        )
        .unwrap();
    shop.world.agent("Pat");
    shop.is("Pat", "do-not-disturb");
    let asking = || shop.mia.client.get(&format!("{}/transfer", shop.path()));
    let page = asking();
    for (words, is_offered) in [
        ("Returns", true),
        ("Night desk", false),
        ("Noa", true),
        ("Pat", false),
        ("Mia", false),
    ] {
        let choices = page.texts("label").concat();
        assert_eq!(choices.contains(words), is_offered, "{words}: {choices}");
    }
    page.assert_says("1 queue is closed now");
    for not_offered in [
        "queue-80".to_owned(),
        format!("person-{}", shop.user("Pat")),
    ] {
        let mut form = page.form("Transfer");
        form.set("target", &not_offered);
        form.set("note", "What I know");
        let refused = shop.mia.client.post(&form);
        assert_eq!(refused.status, 422, "{not_offered}");
        refused.assert_says("Choose a queue or a person");
        refused.assert_says("What I know");
    }
    assert_eq!(shop.holder().as_deref(), Some("Mia"));

    let mut tab = shop.noa.client.listen(None).expect("a stream");
    tab.catches_up();
    let mut form = asking().form("Transfer");
    form.set("target", &format!("person-{}", shop.user("Noa")));
    form.set("note", "She waits since Monday");
    let after = shop.mia.client.submit(&form);
    after.assert_says("The conversation is handed on");
    assert_eq!(shop.holder().as_deref(), Some("Noa"));
    wait_until("Noa is told", || {
        let told = tab.next().data;
        told.contains("Mia gave you the conversation with Anna Virtanen")
            .then_some(())
    });
    let page = shop.page(&shop.noa);
    page.assert_says("She waits since Monday");
    page.assert_says("Mia gave the conversation to Noa");
    assert_eq!(shop.page(&shop.mia).status, 404, "out of sight");
    let closures: String = shop.world.one(
        "SELECT group_concat(coalesce(closure, 'open'), ' ') FROM agent_session WHERE conversation_id = ?1",
        [shop.id],
    );
    assert_eq!(closures, "agent-transferred open");

    // To a queue, where it waits for its members.
    shop.world.change(
        "INSERT INTO queue_member (queue_id, user_id) VALUES (81, ?1)",
        [shop.user("Mia")],
    );
    let asking = shop.noa.client.get(&format!("{}/transfer", shop.path()));
    let mut form = asking.form("Transfer");
    form.set("target", "queue-81");
    shop.noa.client.submit(&form);
    assert_eq!(shop.holder(), None);
    shop.mia.sees("Open work items", "Anna Virtanen");
    assert_eq!(shop.page(&shop.noa).status, 404);
    // Nothing of all this reaches the customer.
    shop.world.settle();
    let sent = shop.world.facebook().sent_to(shop.anna.psid());
    assert!(sent.is_empty(), "{sent:?}");
}

#[test]
fn a_colleague_who_is_asked_reads_and_writes_notes_and_not_to_the_customer() {
    let shop = Shop::open();
    assert_eq!(shop.page(&shop.noa).status, 404, "the premise");
    let mut tab = shop.noa.client.listen(None).expect("a stream");
    tab.catches_up();
    let page = shop.asks("Noa", "Is this under warranty?");
    page.assert_says("Is this under warranty?");
    page.assert_says("Mia asked Noa");
    wait_until("Noa is told", || {
        let told = tab.next().data;
        told.contains("Mia asks you about Anna Virtanen")
            .then_some(())
    });
    let sessions = shop.noa.client.get("/workspace/sessions");
    sessions.assert_says("Helping colleagues");
    sessions.assert_says("Anna Virtanen");

    let page = shop.page(&shop.noa);
    page.assert_says("Where is my order?");
    page.assert_says("Is this under warranty?");
    assert!(page.parts("form#composer").is_empty(), "reads only");
    // As if she wrote to the customer all the same.
    let mut form = shop.page(&shop.mia).fill("Send", &[("Message", "Yes")]);
    let csrf = page.form("Add note").get("csrf").unwrap().to_owned();
    form.set("csrf", &csrf);
    assert_eq!(shop.noa.client.post(&form).status, 403);
    for act in ["closure", "parking", "transfer", "consult"] {
        form.action = format!("{}/{act}", shop.path());
        form.fields = vec![("csrf".to_owned(), csrf.clone())];
        assert_eq!(shop.noa.client.post(&form).status, 403, "{act}");
    }
    let answer = page.fill("Add note", &[("Internal note", "Yes, for two years")]);
    shop.noa.client.submit(&answer);
    shop.page(&shop.mia).assert_says("Yes, for two years");

    // Let in, she writes; sent away, she sees it no longer.
    assert!(!shop.company(&shop.noa).contains("Add to conversation"));
    let admit = shop.page(&shop.mia).form("Add to conversation");
    shop.mia.client.submit(&admit);
    shop.chat(&shop.noa).replies("I looked it up for you");
    shop.chat(&shop.mia).waits_for("I looked it up for you");
    shop.world.settle();
    let dismiss = shop.page(&shop.mia).form("End consult");
    shop.mia.client.submit(&dismiss);
    assert_eq!(shop.page(&shop.noa).status, 404);
    let sent: Vec<_> = shop.world.facebook().sent_to(shop.anna.psid());
    let texts: Vec<_> = sent.iter().filter_map(|sent| sent.text.clone()).collect();
    assert_eq!(texts, ["I looked it up for you"], "notes stay here");
}

#[test]
fn who_is_asked_may_leave_and_everybody_leaves_with_the_one_who_holds_it() {
    let shop = Shop::open();
    shop.asks("Noa", "");
    let leave = shop.page(&shop.noa).form("Leave");
    let page = shop.noa.client.submit(&leave);
    assert_eq!(page.path, "/workspace");
    assert_eq!(shop.page(&shop.noa).status, 404);
    shop.page(&shop.mia)
        .assert_says("Noa left the conversation");

    shop.asks("Noa", "");
    assert_eq!(shop.page(&shop.noa).status, 200);
    let asking = shop.mia.client.get(&format!("{}/transfer", shop.path()));
    let mut form = asking.form("Transfer");
    form.set("target", &format!("person-{}", shop.user("Sam")));
    shop.mia.client.submit(&form);
    assert_eq!(shop.page(&shop.noa).status, 404);
}

#[test]
fn a_supervisor_reads_along_joins_and_leaves_and_everybody_sees_it() {
    let shop = Shop::open();
    let board = || {
        let board = shop.sam.client.get("/workspace/supervisor");
        board
            .section("Ongoing conversations")
            .part("tbody tr", "Anna Virtanen")
    };
    let monitoring = format!("/workspace/supervisor/conversations/{}/monitoring", shop.id);
    let form_to = |page: &Page, to: &str| {
        let forms = page.parts("form");
        let found = forms.iter().map(|form| form.form(""));
        found.into_iter().find(|form| form.action.ends_with(to))
    };
    let row = board();
    shop.sam
        .client
        .submit(&form_to(&row, &monitoring).expect("Read along"));
    assert!(board().text().contains("You read along"));
    assert!(form_to(&board(), "/monitoring").is_none(), "already");
    assert!(shop.company(&shop.mia).contains("Sam reads along"));
    let page = shop.page(&shop.sam);
    assert!(page.parts("form#composer").is_empty());
    page.assert_says("You read along with Mia.");

    shop.sam.client.submit(&page.form("Join"));
    assert!(shop.company(&shop.mia).contains("Sam writes too"));
    shop.page(&shop.mia)
        .assert_says("Sam joined the conversation");
    shop.chat(&shop.sam).replies("Let me add something");
    shop.chat(&shop.mia).waits_for("Let me add something");
    assert_eq!(shop.holder().as_deref(), Some("Mia"), "still hers");
    assert!(board().text().contains("You write here too"));

    let leaving = form_to(&board(), "/leaving").expect("a way out");
    shop.sam.client.submit(&leaving);
    assert!(!board().text().contains("You write here too"));
    assert!(!shop.company(&shop.mia).contains("Sam"));
    let parts: (i64, i64) = shop
        .world
        .database()
        .query_row(
            "SELECT count(*), count(left_at) FROM participant WHERE mode = 'monitor'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(parts, (1, 1));
}

#[test]
fn with_the_switch_of_reading_along_off_the_server_refuses_every_way_in() {
    let shop = Shop::open();
    let routing = format!("{}/routing", shop.path());
    let older = format!("{}/messages?before=99999", shop.path());
    let ways = [shop.path(), routing, older];
    for path in &ways {
        assert_eq!(shop.sam.client.get(path).status, 200, "{path}: the premise");
    }
    let mut tab = shop.sam.client.listen(None).expect("a stream");
    tab.catches_up();
    shop.world
        .change("UPDATE settings SET supervisor_monitor = 0", []);
    for person in [&shop.sam, &shop.world.owner] {
        for path in &ways {
            let page = person.client.get(path);
            assert!([403, 404].contains(&page.status), "{path}: {}", page.status);
            assert!(!page.body.contains("Where is my order?"), "{path}");
        }
        assert_eq!(person.client.get(&ways[0]).status, 403);
    }
    // The board names it, and leads nowhere.
    let board = shop.sam.client.get("/workspace/supervisor");
    let row = board
        .section("Ongoing conversations")
        .part("tbody tr", "Anna Virtanen");
    assert_eq!(row.link(&shop.path()), None);
    // And the stream says nothing of what is written.
    shop.anna.writes("Are you there?");
    shop.chat(&shop.mia).waits_for("Are you there?");
    wait_until("the stream has told of it", || {
        let event = tab.next();
        assert!(!event.data.contains("Are you there?"), "{}", event.data);
        (event.name == "board").then_some(())
    });
    // Whom its agent asks reads it all the same.
    shop.asks("Sam", "");
    shop.page(&shop.sam).assert_says("Are you there?");
}

#[test]
fn a_note_is_masked_like_everything_that_people_of_ours_write() {
    let shop = Shop::open();
    shop.world.change("UPDATE settings SET mask_agents = 1", []);
    shop.world
        .change("UPDATE masking_rule SET is_active = 1", []);
    let form = shop.page(&shop.mia).fill(
        "Add note",
        &[("Internal note", "The card is 4111 1111 1111 1111")],
    );
    shop.mia.client.submit(&form);
    let note: String = shop.world.one(
        "SELECT detail FROM conversation_event WHERE kind = 'note'",
        [],
    );
    assert!(
        note.starts_with("The card is") && !note.contains("4111"),
        "{note}"
    );
    // Nothing comes of an empty one.
    let empty = shop
        .page(&shop.mia)
        .fill("Add note", &[("Internal note", "  ")]);
    assert_eq!(shop.mia.client.submit(&empty).status, 200);
    assert_eq!(
        shop.world.one::<i64>(
            "SELECT count(*) FROM conversation_event WHERE kind = 'note'",
            []
        ),
        1
    );
}
