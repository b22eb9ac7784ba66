//! Two platforms, a shop, and the people in it: everything is done the way a person does it, on pages,
//! by the words that stand there.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, Params};
use serde_json::Value;
use tiski::simulator::facebook::Customer;
use tiski::simulator::line::{Bot, ChatMode, LineUser};
use tiski::simulator::{Facebook, Line, Simulator};

use super::client::{Client, Page};
use super::line_contract;
use super::program::{Home, SETUP_CODE, Server, wait_until};

/// Everybody's. Four words that no list of bad passwords has.
pub const PASSWORD: &str = "mustikka piirakka uunissa kello";

/// The first administrator, who works in the workspace like everybody else.
pub const OWNER: &str = "owner@lumi.example";

/// The two platforms, a running server, and its administrator.
pub struct World {
    pub simulator: Simulator,
    pub home: Home,
    pub owner: Person,
    server: Mutex<Option<Server>>,
    numbers: AtomicU64,
}

/// Somebody who works in the shop, signed in.
pub struct Person {
    pub email: String,
    pub name: String,
    pub client: Client,
}

/// A Facebook account as its administrator set it up.
pub struct FacebookAccount {
    pub id: i64,
    pub app_id: String,
    pub app_secret: String,
    pub callback: String,
    pub verify_token: String,
    pub pages: Vec<ConnectedPage>,
}

/// A page of a Facebook account.
#[derive(Clone)]
pub struct ConnectedPage {
    pub id: String,
    pub name: String,
    pub token: String,
}

/// A LINE account as its administrator set it up.
pub struct LineAccount {
    pub id: i64,
    pub channel_id: String,
    pub channel_secret: String,
    pub token: String,
    pub bot: String,
    pub callback: String,
}

/// One conversation as one person sees it.
pub struct Chat<'p> {
    pub person: &'p Person,
    pub id: i64,
}

/// A message as it stands on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    /// Its words; of what is not text, the label of its card.
    pub text: String,
    /// What is not text: one label a card.
    pub cards: Vec<String>,
    pub from_customer: bool,
    /// *Sending*, *Sent* …; empty for the customer's.
    pub status: String,
    /// Why it did not arrive, in words; empty when it did.
    pub why: String,
    /// The part of the page that is this message.
    pub html: String,
}

impl Drop for World {
    /// Whatever a test is about: LINE's own description allows every call that the program made.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let faults = line_contract::faults(&self.line().calls());
            assert!(faults.is_empty(), "LINE would refuse: {faults:#?}");
        }
    }
}

impl World {
    /// A shop that has just been set up; no account yet.
    pub fn new() -> World {
        World::with(&[])
    }

    /// With environment variables for the program.
    pub fn with(environment: &[(&str, &str)]) -> World {
        let simulator = Simulator::start().expect("the platforms start");
        let mut home = Home::new()
            .with("TISKI_GRAPH_API_URL", simulator.graph_url())
            .with("TISKI_LINE_API_URL", simulator.line_url())
            .with("TISKI_LINE_DATA_API_URL", simulator.line_data_url())
            .with("TISKI_ALLOW_PRIVATE_FETCH", "true");
        for (name, value) in environment {
            home = home.with(name, value);
        }
        let server = home.serve();
        let client = Client::new(&home.url());
        let form = client.get("/setup").fill(
            "Create administrator",
            &[
                ("Setup code", SETUP_CODE),
                ("Organization name", "Lumi & Co"),
                ("Your name", "Aino Owner"),
                ("Email", OWNER),
                ("Password", PASSWORD),
            ],
        );
        let page = client.submit(&form);
        assert_eq!(page.status, 200, "the set-up: {}", page.text());
        World {
            simulator,
            home,
            owner: Person {
                email: OWNER.to_owned(),
                name: "Aino Owner".to_owned(),
                client,
            },
            server: Mutex::new(Some(server)),
            numbers: AtomicU64::new(0),
        }
    }

    pub fn facebook(&self) -> &Facebook {
        self.simulator.facebook()
    }

    pub fn line(&self) -> &Line {
        self.simulator.line()
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    // ---------------------------------------------------------------------------------- accounts

    /// *New account* for Facebook, through all its steps, with these pages.
    pub fn connect_facebook(&self, pages: &[&str]) -> FacebookAccount {
        let number = self.number();
        let app_id = format!("1384839195{number:05}");
        let app_secret = format!("60efff025951cddde78c8d03de5{number:05}");
        self.facebook().add_app(&app_id, &app_secret);
        let pages: Vec<ConnectedPage> = pages
            .iter()
            .map(|name| {
                let id = format!("5429985261{:05}", self.number());
                ConnectedPage {
                    token: self.facebook().add_page(&app_id, &id, name),
                    name: (*name).to_owned(),
                    id,
                }
            })
            .collect();
        let client = &self.owner.client;
        let page = self.begin_account(&format!("Facebook {number}"), "Facebook");
        let mut form = page.fill("Next", &[("App ID", &app_id), ("App secret", &app_secret)]);
        form.tick_everything(&page);
        let mut page = client.submit(&form);
        for wanted in &pages {
            let adding = client.submit(&page.form("Add"));
            page = client.submit(&adding.fill(
                "Add",
                &[
                    ("Page name", &wanted.name),
                    ("Page ID", &wanted.id),
                    ("Page access token", &wanted.token),
                ],
            ));
            page.assert_says(&wanted.name);
        }
        let page = client.submit(&page.form("Next"));
        let callback = page.value("Callback URL");
        let verify_token = page.value("Verify token");
        self.facebook()
            .set_webhook(&app_id, &callback, &verify_token)
            .expect("the callback is verified");
        let page = client.submit(&page.form("Done"));
        assert_eq!(page.status, 200, "Done: {}", page.text());
        FacebookAccount {
            id: self.account_of(&app_id),
            app_id,
            app_secret,
            callback,
            verify_token,
            pages,
        }
    }

    /// *New account* for LINE, through all its steps.
    pub fn connect_line(&self) -> LineAccount {
        let number = self.number();
        let channel_id = format!("16{number:08}");
        let channel_secret = format!("8c570fa6dd201bb328f1c1eac23{number:05}");
        let token = format!("line-token-that-nobody-may-see-{number}-q8fj2LxY0d7aPz");
        let bot = format!("U8e742f61d673b39c7fff3cecb75{number:05}");
        self.line().add_channel(
            &channel_id,
            &channel_secret,
            Some(&token),
            Bot {
                user_id: bot.clone(),
                basic_id: "@lumi".to_owned(),
                display_name: "Lumi on LINE".to_owned(),
                chat_mode: ChatMode::Chat,
            },
        );
        let client = &self.owner.client;
        let page = self.begin_account(&format!("LINE {number}"), "LINE");
        let mut form = page.fill(
            "Next",
            &[
                ("Channel ID", &channel_id),
                ("Channel secret", &channel_secret),
                ("Channel access token", &token),
            ],
        );
        form.tick_everything(&page);
        let page = client.submit(&form);
        let callback = page.value("Callback URL");
        let page = client.submit(&page.form("Done"));
        assert_eq!(page.status, 200, "Done: {}", page.text());
        LineAccount {
            id: self.account_of(&channel_id),
            channel_id,
            channel_secret,
            token,
            bot,
            callback,
        }
    }

    /// The first step of *New account*; the page of the second.
    pub fn begin_account(&self, name: &str, channel: &str) -> Page {
        let client = &self.owner.client;
        let form = client
            .get("/admin/accounts/new")
            .fill("Next", &[("Name", name), ("Channel", channel)]);
        client.submit(&form)
    }

    fn account_of(&self, external_id: &str) -> i64 {
        self.one(
            "SELECT account_id FROM account WHERE external_id = ?1",
            [external_id],
        )
    }

    // ------------------------------------------------------------------------------------ people

    /// A new agent, signed in.
    pub fn agent(&self, name: &str) -> Person {
        self.person(name, "agent")
    }

    /// A new person with this role, signed in.
    pub fn person(&self, name: &str, role: &str) -> Person {
        let email = format!("{}@lumi.example", name.to_lowercase());
        let added = self.home.run_with_input(
            &[
                "user",
                "add",
                "--email",
                &email,
                "--name",
                name,
                "--role",
                role,
                "--password-stdin",
            ],
            PASSWORD,
        );
        assert!(
            added.status.success(),
            "{}",
            String::from_utf8_lossy(&added.stderr)
        );
        let client = Client::new(&self.home.url());
        let page = sign_in(&client, &email, PASSWORD);
        assert_eq!(page.status, 200, "{} signs in: {}", name, page.text());
        Person {
            email,
            name: name.to_owned(),
            client,
        }
    }

    /// A customer of a page who has not written yet.
    pub fn messenger_customer(&self, page: &ConnectedPage, name: &str) -> Customer {
        let psid = format!("57949828672{:05}", self.number());
        self.facebook().customer(&page.id, &psid, name)
    }

    /// A customer of a LINE account who has not written yet.
    pub fn line_customer(&self, account: &LineAccount, name: &str) -> LineUser {
        let user_id = format!("U0123456789abcdef0123456789a{:05}", self.number());
        self.line().user(&account.channel_id, &user_id, name)
    }

    // ------------------------------------------------------------------------------- the program

    /// Pulls the plug.
    pub fn kill(&self) {
        self.server.lock().take().expect("it runs").kill();
    }

    /// Starts the server again on the same data, at the same address.
    pub fn start(&self) {
        let mut server = self.server.lock();
        assert!(server.is_none(), "it runs already");
        *server = Some(self.home.serve());
    }

    /// Pulls the plug and starts again.
    pub fn restart(&self) {
        self.kill();
        self.start();
    }

    /// Asks the server to end; its exit code.
    pub fn stop(&self) -> Option<i32> {
        let server = self.server.lock().take().expect("it runs");
        server.stop().code()
    }

    /// Waits until the platforms have delivered everything and the program has worked on it.
    pub fn settle(&self) {
        let couriers = [self.facebook().courier(), self.line().courier()];
        loop {
            wait_until("the couriers have nothing to carry", || {
                couriers
                    .iter()
                    .all(|courier| courier.is_idle())
                    .then_some(())
            });
            let before = self.simulator.version();
            self.home.wait_until_idle();
            // What the program did may have made the platforms send something.
            let is_quiet = couriers.iter().all(|courier| courier.is_idle());
            if is_quiet && self.simulator.version() == before {
                return;
            }
        }
    }

    // ------------------------------------------------------------------------------ the database

    /// The database, to look at.
    pub fn database(&self) -> Connection {
        let path = self.home.data().join("tiski.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).expect("the database is there");
        connection
            .busy_timeout(super::program::PATIENCE)
            .expect("a time-out can be set");
        connection
    }

    /// The one value that a query gives.
    #[track_caller]
    pub fn one<T: rusqlite::types::FromSql>(&self, sql: &str, parameters: impl Params) -> T {
        self.database()
            .query_row(sql, parameters, |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// How many rows a table has.
    #[track_caller]
    pub fn count(&self, table: &str) -> i64 {
        self.one(&format!("SELECT count(*) FROM {table}"), [])
    }

    /// Changes the database behind the program's back, where there is no page for it.
    #[track_caller]
    pub fn change(&self, sql: &str, parameters: impl Params) {
        let changed = self
            .database()
            .execute(sql, parameters)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(changed > 0, "nothing to change: {sql}");
    }

    /// As if all customers had written this much earlier.
    pub fn let_hours_pass(&self, hours: i64) {
        self.change(
            "UPDATE conversation SET last_inbound_at = last_inbound_at - ?1 WHERE last_inbound_at IS NOT NULL",
            [hours * 3_600_000],
        );
    }

    /// As if every pause that the program makes before it tries again were over, and no echo came while
    /// it waited for one.
    pub fn let_pauses_end(&self) {
        let pauses = "UPDATE page SET paused_until = NULL;
             UPDATE outbox SET due_at = 0 WHERE state = 'queued';
             UPDATE outbox SET lease_until = 0 WHERE state = 'reconciling';";
        self.database()
            .execute_batch(pauses)
            .expect("the database can be changed");
    }

    /// As if the customers of LINE had written more than a minute ago.
    pub fn let_reply_tokens_expire(&self) {
        self.change("UPDATE reply_token SET expires_at = 0", []);
    }
}

/// Signs in through the page, whatever comes of it.
pub fn sign_in(client: &Client, email: &str, password: &str) -> Page {
    let form = client
        .get("/login")
        .fill("Sign in", &[("Email", email), ("Password", password)]);
    client.submit(&form)
}

impl Person {
    /// The same person in another browser.
    pub fn another_browser(&self, world: &World) -> Person {
        let client = Client::new(&world.home.url());
        let page = sign_in(&client, &self.email, PASSWORD);
        assert_eq!(page.status, 200, "{}", page.text());
        Person {
            email: self.email.clone(),
            name: self.name.clone(),
            client,
        }
    }

    pub fn dashboard(&self) -> Page {
        self.client.get("/workspace")
    }

    /// The rows of a list on the dashboard, as text.
    pub fn list(&self, title: &str) -> Vec<String> {
        self.dashboard().section(title).texts("tbody tr")
    }

    /// Waits until a customer is in a list on the dashboard.
    #[track_caller]
    pub fn sees(&self, title: &str, customer: &str) -> String {
        wait_until(&format!("{title} shows {customer}"), || {
            let rows = self.list(title);
            rows.into_iter().find(|row| row.contains(customer))
        })
    }

    /// Waits for a customer in *Open work items* and presses *Assign to me* there.
    #[track_caller]
    pub fn takes(&self, customer: &str) -> Chat<'_> {
        self.sees("Open work items", customer);
        let row = self
            .dashboard()
            .section("Open work items")
            .part("tbody tr", customer);
        let page = self.client.submit(&row.form("Assign to me"));
        assert_eq!(page.status, 200, "{}", page.text());
        let id = page.path.rsplit('/').next().and_then(|id| id.parse().ok());
        Chat {
            person: self,
            id: id.unwrap_or_else(|| panic!("{} is no conversation", page.path)),
        }
    }
}

impl Chat<'_> {
    pub fn path(&self) -> String {
        format!("/workspace/conversations/{}", self.id)
    }

    pub fn page(&self) -> Page {
        self.person.client.get(&self.path())
    }

    /// Everything in the log, oldest first.
    pub fn bubbles(&self) -> Vec<Bubble> {
        bubbles(&self.page())
    }

    /// The words of everything in the log, oldest first.
    pub fn texts(&self) -> Vec<String> {
        let bubbles = self.bubbles().into_iter();
        bubbles.map(|bubble| bubble.text).collect()
    }

    /// Waits for a message with these words.
    #[track_caller]
    pub fn waits_for(&self, text: &str) -> Bubble {
        wait_until(&format!("the log shows {text:?}"), || {
            self.bubbles()
                .into_iter()
                .find(|bubble| bubble.text == text)
        })
    }

    /// Waits until the message with these words has this status.
    #[track_caller]
    pub fn waits_until(&self, text: &str, status: &str) -> Bubble {
        wait_until(&format!("{text:?} is {status}"), || {
            self.bubbles()
                .into_iter()
                .find(|bubble| bubble.text == text && bubble.status == status)
        })
    }

    /// Writes and presses *Send*.
    #[track_caller]
    pub fn replies(&self, text: &str) -> Page {
        let form = self.page().fill("Send", &[("Message", text)]);
        let page = self.person.client.submit(&form);
        assert_eq!(page.status, 200, "{text:?}: {}", page.text());
        page
    }

    /// Presses a button of the message with these words.
    #[track_caller]
    pub fn presses(&self, button: &str, text: &str) -> Page {
        let message = self.page().part("#log article", text);
        self.person.client.submit(&message.form(button))
    }

    /// Presses a button of the conversation: *End*, *Close*.
    #[track_caller]
    pub fn press(&self, button: &str) -> Page {
        let page = self.person.client.submit(&self.page().form(button));
        assert_eq!(page.status, 200, "{button}: {}", page.text());
        page
    }
}

/// The messages on a conversation's page, oldest first.
pub fn bubbles(page: &Page) -> Vec<Bubble> {
    let parts = page.parts("#log article");
    let one = |part: &Page, selector: &str| part.texts(selector).join(" ");
    parts
        .iter()
        .map(|part| {
            let cards = part.texts(".attach__file");
            let words = one(part, ".msg__bubble");
            Bubble {
                text: if words.is_empty() {
                    cards.join(" ")
                } else {
                    words
                },
                cards,
                from_customer: part.body.contains("data-inbound"),
                status: one(part, ".msg__state"),
                why: one(part, ".why"),
                html: part.body.clone(),
            }
        })
        .collect()
}

/// A webhook body of Facebook with these items of one page.
pub fn facebook_body(page_id: &str, items: &[Value]) -> Vec<u8> {
    let entries: Vec<Value> = items
        .iter()
        .map(|item| serde_json::json!({"id": page_id, "time": 1_780_500_000_400_i64, "messaging": [item]}))
        .collect();
    serde_json::json!({"object": "page", "entry": entries})
        .to_string()
        .into_bytes()
}

/// A webhook body of LINE with these events.
pub fn line_body(destination: &str, events: &[Value]) -> Vec<u8> {
    serde_json::json!({"destination": destination, "events": events})
        .to_string()
        .into_bytes()
}

/// The signature that Facebook puts into `X-Hub-Signature-256`.
pub fn facebook_signature(secret: &str, body: &[u8]) -> String {
    let hex = |byte: &u8| format!("{byte:02x}");
    let digits: String = hmac(secret, body).iter().map(hex).collect();
    format!("sha256={digits}")
}

/// The signature that LINE puts into `x-line-signature`.
pub fn line_signature(secret: &str, body: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(hmac(secret, body))
}

fn hmac(secret: &str, body: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    ring::hmac::sign(&key, body).as_ref().to_vec()
}

/// The path of a URL of ours.
pub fn path_of(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    url.path().to_owned()
}
