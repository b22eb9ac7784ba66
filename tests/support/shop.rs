//! A shop where conversations are offered, and the people who work in it.

use tiski::simulator::facebook::Customer;

use super::client::{Form, Page};
use super::program::wait_until;
use super::stream::Stream;
use super::world::{FacebookAccount, Person, World};

/// A shop where conversations are offered.
pub struct Shop {
    pub world: World,
    pub account: FacebookAccount,
}

/// Somebody with an open page, so that conversations can be offered to them.
pub struct AtWork {
    pub person: Person,
    pub id: i64,
    pub csrf: String,
    pub tab: Stream,
}

impl Shop {
    pub fn open() -> Shop {
        let world = World::new();
        let account = world.connect_facebook(&["Lumi Café"]);
        world.change("UPDATE workstream SET mode = 'push'", []);
        Shop { world, account }
    }

    pub fn customer(&self, name: &str) -> Customer {
        self.world.messenger_customer(&self.account.pages[0], name)
    }

    /// A new agent who is at work.
    pub fn agent(&self, name: &str) -> AtWork {
        let person = self.world.agent(name);
        let page = person.client.get("/profile/sessions").form("Sign out");
        let mut at_work = AtWork {
            id: self
                .world
                .one("SELECT user_id FROM user WHERE name = ?1", [name]),
            csrf: page.get("csrf").expect("every form has one").to_owned(),
            tab: person.client.listen(None).expect("a stream"),
            person,
        };
        at_work.tab.catches_up();
        self.until(&format!("{name} is connected"), || {
            self.number(
                "SELECT is_connected FROM agent WHERE user_id = ?1",
                at_work.id,
            ) == 1
        });
        at_work
    }

    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        wait_until(what, || is_so().then_some(()));
    }

    pub fn number(&self, sql: &str, parameter: i64) -> i64 {
        let all = [parameter];
        let count = sql.matches("?1").count().min(1);
        let found = self.world.database().query_row(
            sql,
            rusqlite::params_from_iter(&all[..count]),
            |row| row.get::<_, Option<i64>>(0),
        );
        found.ok().flatten().unwrap_or(-1)
    }

    pub fn word(&self, sql: &str, parameter: i64) -> String {
        let found: Result<Option<String>, _> =
            self.world
                .database()
                .query_row(sql, [parameter], |row| row.get(0));
        found.ok().flatten().unwrap_or_default()
    }

    /// Waits until something is offered to an agent; the offer.
    pub fn offered(&self, to: &AtWork) -> i64 {
        let sql = "SELECT max(offer_id) FROM offer WHERE user_id = ?1 AND ended_at IS NULL";
        let name = &to.person.name;
        self.until(&format!("something is offered to {name}"), || {
            self.number(sql, to.id) > 0
        });
        self.number(sql, to.id)
    }

    pub fn conversation_of(&self, offer: i64) -> i64 {
        self.number(
            "SELECT conversation_id FROM offer WHERE offer_id = ?1",
            offer,
        )
    }

    /// Waits until an offer has ended; how.
    pub fn ending(&self, offer: i64) -> String {
        let sql = "SELECT ending FROM offer WHERE offer_id = ?1";
        self.until("the offer ends", || !self.word(sql, offer).is_empty());
        self.word(sql, offer)
    }

    pub fn state(&self, conversation: i64) -> String {
        self.word(
            "SELECT state FROM conversation WHERE conversation_id = ?1",
            conversation,
        )
    }

    /// The words of the steps in a conversation's routing log.
    pub fn steps(&self, conversation: i64) -> Vec<String> {
        let database = self.world.database();
        let mut statement = database
            .prepare("SELECT step ->> '$.step' FROM routing_step WHERE conversation_id = ?1 ORDER BY routing_step_id")
            .unwrap();
        let steps = statement
            .query_map([conversation], |row| row.get(0))
            .unwrap();
        steps.map(Result::unwrap).collect()
    }

    /// The conversations that were offered, in the order of the offers.
    pub fn offered_in_turn(&self) -> Vec<i64> {
        let database = self.world.database();
        let mut statement = database
            .prepare("SELECT conversation_id FROM offer ORDER BY offer_id")
            .unwrap();
        let offered = statement.query_map([], |row| row.get(0)).unwrap();
        offered.map(Result::unwrap).collect()
    }

    /// As if an offer had been made so many seconds earlier.
    pub fn let_offer_age(&self, offer: i64, seconds: i64) {
        self.world.change(
            "UPDATE offer SET offered_at = offered_at - ?2, expires_at = expires_at - ?2 WHERE offer_id = ?1",
            [offer, seconds * 1000],
        );
    }

    /// Waits until the log says that nobody can take the newest of so many conversations.
    pub fn waits(&self, so_many: i64) -> i64 {
        let sql = "SELECT conversation_id FROM routing_step
                   WHERE step ->> '$.step' = 'assessed' AND step ->> '$.chosen' IS NULL
                   ORDER BY routing_step_id DESC LIMIT 1";
        let newest = "SELECT max(conversation_id) FROM conversation";
        self.until("the newest conversation waits", || {
            self.number("SELECT count(*) FROM conversation", 0) == so_many
                && self.number(sql, 0) == self.number(newest, 0)
        });
        self.number(newest, 0)
    }
}

impl AtWork {
    pub fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf".to_owned(), self.csrf.clone())];
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.person.client.submit(&Form {
            action: path.to_owned(),
            is_get: false,
            fields: all,
        })
    }

    pub fn accepts(&self, offer: i64) -> Page {
        self.posts(&format!("/workspace/offers/{offer}/acceptance"), &[])
    }

    pub fn rejects(&self, offer: i64) -> Page {
        self.posts(&format!("/workspace/offers/{offer}/rejection"), &[])
    }

    /// Chooses a presence by its row; 0: by work in hand.
    pub fn becomes(&self, presence: i64) {
        let presence = match presence {
            0 => String::new(),
            id => id.to_string(),
        };
        let page = self.posts("/workspace/presence", &[("presence", &presence)]);
        assert_eq!(page.status, 200, "{}", page.text());
    }

    pub fn presses(&self, button: &str, conversation: i64) {
        let path = format!("/workspace/conversations/{conversation}");
        let page = self.person.client.get(&path);
        let page = self.person.client.submit(&page.form(button));
        assert_eq!(page.status, 200, "{button}: {}", page.text());
    }
}
