//! The supervisor board: what it shows, what a supervisor does there, and the switches that forbid it.

use crate::support::client::{Form, Page};
use crate::support::program::wait_until;
use crate::support::world::{Person, World};

const BOARD: &str = "/workspace/supervisor";

/// A shop in which Mia answers Anna, and Bo waits.
struct Shop {
    world: World,
    mia: Person,
    sam: Person,
    anna: i64,
    bo: i64,
}

impl Shop {
    fn open() -> Shop {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        let mia = world.agent("Mia");
        let sam = world.person("Sam", "supervisor");
        world
            .messenger_customer(&account.pages[0], "Anna Virtanen")
            .writes("Where is my order?");
        let anna = mia.takes("Anna Virtanen").id;
        world
            .messenger_customer(&account.pages[0], "Bo Lind")
            .writes("Are you open today?");
        mia.sees("Open work items", "Bo Lind");
        let bo = world.one(
            "SELECT conversation_id FROM conversation JOIN social_profile USING (social_profile_id)
             WHERE name = 'Bo Lind'",
            [],
        );
        Shop {
            world,
            mia,
            sam,
            anna,
            bo,
        }
    }

    fn row(&self, customer: &str) -> Page {
        let board = self.sam.client.get(BOARD);
        board
            .section("Ongoing conversations")
            .part("tbody tr", customer)
    }

    fn ask(&self, act: &str, conversations: &[i64]) -> Page {
        let ids: Vec<String> = conversations.iter().map(|id| format!("id={id}")).collect();
        let address = format!("{BOARD}/acts/{act}?{}", ids.join("&"));
        self.sam.client.get(&address)
    }

    /// Fills in to whom, and sends it.
    fn give(&self, act: &str, button: &str, conversation: i64, target: &str) -> Page {
        let mut form = self.ask(act, &[conversation]).form(button);
        form.set("target", target);
        self.sam.client.submit(&form)
    }

    fn user(&self, name: &str) -> i64 {
        self.world
            .one("SELECT user_id FROM user WHERE name = ?1", [name])
    }

    /// As if the person had chosen this presence in a browser that is connected.
    fn is(&self, name: &str, base: &str, why: &str) {
        self.world.change(
            "INSERT INTO agent (user_id, base, why, since, is_connected, signed_in_at)
             SELECT user_id, ?2, ?3, 0, 1, 0 FROM user WHERE name = ?1
             ON CONFLICT (user_id) DO UPDATE SET base = excluded.base, why = excluded.why,
                 presence_id = NULL, before_base = NULL, before_presence_id = NULL, before_why = NULL",
            [name, base, why],
        );
    }

    fn state(&self, conversation: i64) -> (String, Option<String>) {
        self.world
            .database()
            .query_row(
                "SELECT state, name FROM conversation LEFT JOIN user ON user_id = agent_id
                 WHERE conversation_id = ?1",
                [conversation],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("the conversation")
    }

    fn history(&self, conversation: i64) -> Page {
        let path = format!("/workspace/conversations/{conversation}");
        self.sam.client.get(&path)
    }
}

#[test]
fn a_switch_that_is_off_takes_the_button_away_and_refuses_the_form() {
    let shop = Shop::open();
    let target = format!(
        "queue-{}",
        shop.world.one::<i64>("SELECT min(queue_id) FROM queue", [])
    );
    for (switch, word, button, customer, id) in [
        (
            "assign",
            "assign",
            "Assign conversation",
            "Bo Lind",
            shop.bo,
        ),
        (
            "transfer",
            "transfer",
            "Transfer conversation",
            "Anna Virtanen",
            shop.anna,
        ),
        (
            "force_close",
            "force-close",
            "Force close conversation",
            "Anna Virtanen",
            shop.anna,
        ),
    ] {
        let link = format!("acts/{word}?id={id}");
        let set = |is_on: i64| {
            let sql = format!("UPDATE settings SET supervisor_{switch} = ?1");
            shop.world.change(&sql, [is_on]);
        };
        // The premise: with the switch on there is a way.
        assert!(shop.row(customer).link(&link).is_some(), "{word}");
        let mut form = shop.ask(word, &[id]).form(button);
        form.set("target", &target);

        set(0);
        assert_eq!(shop.row(customer).link(&link), None, "{word}");
        assert_eq!(shop.ask(word, &[id]).status, 403, "{word}");
        let before = shop.state(id);
        assert_eq!(shop.sam.client.post(&form).status, 403, "{word}");
        assert_eq!(shop.state(id), before, "{word}");

        set(1);
        assert_eq!(shop.sam.client.post(&form).status, 303, "{word}");
        if word == "transfer" {
            // It waits in its queue now; Mia answers it again.
            assert_eq!(shop.state(id), ("open".to_owned(), None));
            shop.mia.takes("Anna Virtanen");
        }
    }
    assert_eq!(shop.state(shop.anna).0, "closed");
}

#[test]
fn reading_along_has_a_switch_too_and_is_told_once() {
    let shop = Shop::open();
    let form = || -> Form { shop.row("Anna Virtanen").form("") };
    let monitoring = form();
    assert!(
        monitoring.action.ends_with("/monitoring"),
        "{}",
        monitoring.action
    );
    shop.world
        .change("UPDATE settings SET supervisor_monitor = 0", []);
    assert_eq!(shop.row("Anna Virtanen").parts("form").len(), 0);
    assert_eq!(shop.sam.client.post(&monitoring).status, 403);

    shop.world
        .change("UPDATE settings SET supervisor_monitor = 1", []);
    for _ in 0..2 {
        let page = shop.sam.client.submit(&monitoring);
        page.assert_says("Where is my order?");
    }
    let lines = shop.history(shop.anna).texts(".event");
    let told = lines.iter().filter(|line| line.contains("Sam reads along"));
    assert_eq!(told.count(), 1, "{lines:?}");
    let present: i64 = shop.world.one(
        "SELECT count(*) FROM participant WHERE mode = 'monitor' AND left_at IS NULL",
        [],
    );
    assert_eq!(present, 1);
}

#[test]
fn what_a_supervisor_does_stands_in_the_conversation_with_the_name() {
    let shop = Shop::open();
    let mia = format!("person-{}", shop.user("Mia"));
    shop.give("assign", "Assign conversation", shop.bo, &mia);
    assert_eq!(
        shop.state(shop.bo),
        ("active".to_owned(), Some("Mia".to_owned()))
    );
    shop.history(shop.bo)
        .assert_says("Sam gave the conversation to Mia");

    shop.world.agent("Noa");
    shop.is("Noa", "available", "chosen");
    let noa = format!("person-{}", shop.user("Noa"));
    shop.give("transfer", "Transfer conversation", shop.anna, &noa);
    assert_eq!(
        shop.state(shop.anna),
        ("active".to_owned(), Some("Noa".to_owned()))
    );
    let sessions: String = shop.world.one(
        "SELECT group_concat(coalesce(closure, 'open'), ' ') FROM agent_session WHERE conversation_id = ?1",
        [shop.anna],
    );
    assert_eq!(sessions, "supervisor-transfer-to-agent open");

    // Several at once, and the one that is closed already is no obstacle.
    let form = shop
        .ask("force-close", &[shop.anna, shop.bo])
        .form("Force close");
    let board = shop.sam.client.submit(&form);
    board.assert_says("The conversations are closed");
    for id in [shop.anna, shop.bo] {
        assert_eq!(shop.state(id).0, "closed");
        shop.history(id)
            .assert_says("Sam closed the conversation as supervisor");
    }
    let again = shop.sam.client.post(&form);
    assert_eq!(again.status, 409);
}

#[test]
fn what_is_answered_goes_on_with_a_colleague_who_is_here() {
    let shop = Shop::open();
    shop.world.agent("Noa");
    for base in ["away", "do-not-disturb", "offline"] {
        shop.is("Noa", base, "chosen");
        let mut form = shop
            .ask("transfer", &[shop.anna])
            .form("Transfer conversation");
        form.set("target", &format!("person-{}", shop.user("Noa")));
        let page = shop.sam.client.post(&form);
        assert_eq!(page.status, 422, "{base}");
        assert_eq!(page.texts(".field__error").len(), 1, "{base}");
    }
    // What waits is given to whomever the supervisor wants.
    let noa = format!("person-{}", shop.user("Noa"));
    shop.give("assign", "Assign conversation", shop.bo, &noa);
    assert_eq!(shop.state(shop.bo).1.as_deref(), Some("Noa"));
}

#[test]
fn what_has_moved_on_meanwhile_is_left_as_it_is_and_named() {
    let shop = Shop::open();
    let mut form = shop.ask("assign", &[shop.bo]).form("Assign conversation");
    form.set("target", &format!("person-{}", shop.user("Sam")));
    shop.mia.takes("Bo Lind");
    let page = shop.sam.client.post(&form);
    assert_eq!(page.status, 409);
    page.assert_says("Not everything could be done");
    page.assert_says("Bo Lind");
    assert_eq!(shop.state(shop.bo).1.as_deref(), Some("Mia"));
}

#[test]
fn the_board_filters_searches_and_counts() {
    let shop = Shop::open();
    let rows = |query: &str| {
        let page = shop.sam.client.get(&format!("{BOARD}?{query}"));
        page.section("Ongoing conversations")
            .texts("tbody a.strong")
    };
    // Who waits for somebody stands first.
    assert_eq!(rows(""), ["Bo Lind", "Anna Virtanen"]);
    assert_eq!(rows("sort=customer"), ["Anna Virtanen", "Bo Lind"]);
    assert_eq!(rows("state=active"), ["Anna Virtanen"]);
    assert_eq!(
        rows(&format!("agent={}", shop.user("Mia"))),
        ["Anna Virtanen"]
    );
    assert_eq!(rows("search=bo+l"), ["Bo Lind"]);
    assert_eq!(rows("channel=line"), Vec::<String>::new());
    let queues = shop.sam.client.get(BOARD).section("Queues");
    queues.assert_says("Default messaging queue");
    assert!(queues.texts("tbody td.num")[0].starts_with('1'));
}

#[test]
fn a_presence_is_reset_and_the_audit_log_says_by_whom() {
    let shop = Shop::open();
    shop.is("Mia", "away", "missed");
    let person = |words: &str| {
        let page = shop.sam.client.get(BOARD);
        let row = page.section("People").part("tbody tr", "Mia");
        assert!(row.text().contains(words), "{}", row.text());
        row
    };
    let form = person("Inactive").form("Reset presence");
    shop.sam.client.submit(&form);
    // She has one conversation in hand.
    let row = person("Busy");
    assert!(row.parts("form").is_empty(), "nothing to reset any more");
    shop.world
        .owner
        .client
        .get("/admin/audit")
        .part("tbody tr", "Presence of a person reset")
        .assert_says("Sam");
}

#[test]
fn the_board_of_a_supervisor_is_told_to_look_again() {
    let shop = Shop::open();
    let mut board = shop
        .sam
        .client
        .listen(None)
        .unwrap_or_else(|page| panic!("no stream: {}", page.status));
    board.catches_up();
    shop.give(
        "assign",
        "Assign conversation",
        shop.bo,
        &format!("person-{}", shop.user("Mia")),
    );
    wait_until("the board is told", || {
        (board.next().name == "board").then_some(())
    });
}
