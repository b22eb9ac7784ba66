//! Fifty times the plug is pulled at a moment that nobody chose, while customers write and an agent answers.
//! What the platforms count and what the database holds must agree: nothing that was acknowledged is lost,
//! nothing is there twice, and what was written after a message in doubt waits for the agent's decision.
//!
//! The same loop is run against a program that answers before it stores (a proxy lies in front of the real
//! one), and must notice: a loop that has never been red proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use parking_lot::{Condvar, Mutex, RwLock};
use tiski::simulator::facebook::Customer;
use tiski::simulator::line::LineUser;
use tiski::simulator::{Fault, Side, Tick, TranscriptEntry};

use super::support::client::{Client, Form};
use super::support::program::{PATIENCE, wait_until};
use super::support::world::World;

/// Customers on each platform.
const CUSTOMERS: usize = 4;

/// Once in so many messages the platform brings the last one again although it was taken.
const DUPLICATE_EVERY: u64 = 20;

/// A platform's time for an answer.
const PLATFORM_TIME: Duration = Duration::from_millis(40);

/// So many replies are written into a conversation between two pulls of the plug.
const REPLIES: u32 = 3;

enum Someone {
    Messenger(Customer),
    Line(LineUser),
}

impl Someone {
    fn writes(&self, text: &str) {
        match self {
            Someone::Messenger(customer) => customer.writes(text),
            Someone::Line(user) => user.writes(text),
        };
    }

    fn transcript(&self) -> Vec<TranscriptEntry> {
        match self {
            Someone::Messenger(customer) => customer.transcript(),
            Someone::Line(user) => user.transcript(),
        }
    }

    /// Texts that the platform brought and that were acknowledged.
    fn acknowledged(&self) -> BTreeSet<String> {
        let entries = self.transcript().into_iter();
        entries
            .filter(|entry| entry.side == Side::Customer && entry.tick >= Tick::Delivered)
            .map(|entry| entry.text)
            .collect()
    }

    /// Texts that this customer got, as often as they came.
    fn received(&self) -> Vec<String> {
        let entries = self.transcript().into_iter();
        entries
            .filter(|entry| entry.side == Side::Business)
            .map(|entry| entry.text)
            .collect()
    }
}

/// What the loop found.
#[derive(Debug, Default)]
struct Findings {
    kills: u32,
    acknowledged: usize,
    /// Acknowledged, and not in the database: a customer's message, or an agent's.
    lost: Vec<String>,
    /// In the database more than once.
    stored_twice: Vec<String>,
    replies: usize,
    /// On the customer's phone more than once.
    received_twice: Vec<String>,
    /// On the customer's phone before one that was written earlier, although the agent let it wait.
    out_of_order: Vec<String>,
    /// The customer does not have it, or the page does not say so although the platform told.
    unsettled: Vec<String>,
    /// Arrived, and the page cannot know: LINE tells nobody what became of a free answer.
    unknown: usize,
    /// How often an agent had to decide about a doubt.
    decisions: usize,
    integrity: String,
}

/// The lives of the program between two pulls of the plug.
#[derive(Default)]
struct Lives {
    number: Mutex<u32>,
    changed: Condvar,
}

impl Lives {
    /// After the last one.
    const OVER: u32 = u32::MAX;

    fn current(&self) -> u32 {
        *self.number.lock()
    }

    fn is_over(&self) -> bool {
        self.current() == Lives::OVER
    }

    fn begin(&self, number: u32) {
        *self.number.lock() = number;
        self.changed.notify_all();
    }

    fn wait_for_the_end_of(&self, life: u32) {
        let mut number = self.number.lock();
        self.changed
            .wait_while(&mut number, |number| *number == life);
    }
}

/// An agent's side of one conversation.
struct Desk<'w> {
    world: &'w World,
    person: &'w Someone,
    conversation: i64,
    csrf: String,
    /// Which conversation it is, in the texts.
    number: usize,
}

impl Desk<'_> {
    /// Does not wait when a message is in doubt: lets it be and goes on. The others wait until the end.
    fn is_hasty(&self) -> bool {
        self.number % 4 < 2
    }

    /// Writes some replies in each life of the program, each until it is taken.
    fn write_replies(&self, lives: &Lives, door: &RwLock<()>) -> Written {
        let mut written = Written::default();
        let mut count = 0;
        while !lives.is_over() {
            drop(door.read());
            let life = lives.current();
            if self.is_hasty() {
                for doubt in self.doubts().into_iter().filter(|doubt| doubt.holds) {
                    // When the plug is pulled meanwhile, there is another life.
                    written.decisions += usize::from(self.press(doubt.message, "release"));
                }
            }
            for _ in 0..REPLIES {
                count += 1;
                let text = format!("Answer {} {count}", self.number);
                while !lives.is_over() {
                    if self.is_taken(&text) {
                        written.taken.push(text);
                        break;
                    }
                    drop(door.read());
                }
            }
            lives.wait_for_the_end_of(life);
        }
        written
    }

    /// Sends a reply as the browser does, with the same mark when it heard nothing back the last time.
    fn is_taken(&self, text: &str) -> bool {
        let client_id = text.to_lowercase().replace(' ', "-");
        let action = format!("/workspace/conversations/{}/messages", self.conversation);
        self.post(
            action,
            &[
                ("text", text),
                ("client_id", &client_id),
                // An agent who has seen everything that will ever come: this loop is not about that guard.
                ("last_seen_message_id", "9000000000000000"),
            ],
        )
    }

    /// *Leave it and go on* or *Try again*. False when the program is down.
    fn press(&self, message: i64, what: &str) -> bool {
        self.post(format!("/workspace/messages/{message}/{what}"), &[])
    }

    fn post(&self, action: String, fields: &[(&str, &str)]) -> bool {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        let form = Form {
            action,
            is_get: false,
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        };
        match self.world.owner.client.try_post(&form) {
            Ok(page) if page.status == 303 => true,
            Ok(page) if page.status < 500 => panic!("{}: {}", page.status, page.text()),
            _ => false,
        }
    }

    /// The messages that are shown as *Unknown* or *Failed*.
    fn doubts(&self) -> Vec<Doubt> {
        let database = self.world.database();
        let mut doubts = database
            .prepare(
                "SELECT message_id, text, state = 'unknown' FROM message JOIN outbox USING (outbox_id)
                 WHERE message.conversation_id = ?1 AND status IN ('unknown', 'failed')",
            )
            .expect("a query");
        let rows = doubts.query_map([self.conversation], |row| {
            Ok(Doubt {
                message: row.get(0)?,
                text: row.get(1)?,
                holds: row.get(2)?,
            })
        });
        let rows = rows.expect("rows");
        rows.collect::<Result<_, _>>().expect("a row")
    }

    /// Asks the customer about each doubt, and decides. How many decisions that were.
    fn decide(&self) -> usize {
        let received = self.person.received();
        let mut decisions = 0;
        for doubt in self.doubts() {
            let what = match received.contains(&doubt.text) {
                false => "retry",
                true if doubt.holds => "release",
                true => continue,
            };
            assert!(self.press(doubt.message, what), "it runs");
            decisions += 1;
        }
        decisions
    }
}

/// What an agent did while the plug was pulled.
#[derive(Default)]
struct Written {
    /// The replies that were taken.
    taken: Vec<String>,
    /// How often a doubt was let be.
    decisions: usize,
}

struct Doubt {
    message: i64,
    text: String,
    /// Whether it holds back what was written later.
    holds: bool,
}

/// Customers write and the owner answers, until `kills` times the plug was pulled.
fn storm(kills: u32, lie: bool) -> Findings {
    let proxy = Proxy::start();
    let world = World::with(&[("TISKI_PUBLIC_URL", &proxy.url())]);
    proxy.stand_before(&world.home.url());
    let account = world.connect_facebook(&["Lumi Café"]);
    let line = world.connect_line();
    let mut people = Vec::new();
    for number in 0..CUSTOMERS {
        let anna = world.messenger_customer(&account.pages[0], &format!("Anna{number} Virtanen"));
        people.push(Someone::Messenger(anna));
        let mei = world.line_customer(&line, &format!("Mei{number} Lin"));
        people.push(Someone::Line(mei));
    }
    for person in &people {
        person.writes("Hello");
    }
    let names = (0..CUSTOMERS).flat_map(|n| [format!("Anna{n} Virtanen"), format!("Mei{n} Lin")]);
    let chats: Vec<_> = names.map(|name| world.owner.takes(&name)).collect();
    let form = chats[0].page().form("Send");
    let csrf = form.get("csrf").expect("every form has one");
    let desks: Vec<Desk<'_>> = (people.iter().zip(&chats).enumerate())
        .map(|(number, (person, chat))| Desk {
            world: &world,
            person,
            conversation: chat.id,
            csrf: csrf.to_owned(),
            number,
        })
        .collect();
    proxy.lie(lie);
    // So that the plug is often pulled between a call and its answer, on any machine.
    let slow = || Fault::Slow(PLATFORM_TIME).until_cleared();
    world.facebook().inject(slow());
    world.line().inject(slow());

    // Closed while the program is down: nobody writes thousands of messages to nobody.
    let door = RwLock::new(());
    let lives = Lives::default();
    let brought = AtomicU64::new(0);
    let written: Vec<Written> = std::thread::scope(|scope| {
        for (number, person) in people.iter().enumerate() {
            let (lives, brought, world, door) = (&lives, &brought, &world, &door);
            scope.spawn(move || {
                let mut count = 0;
                while !lives.is_over() {
                    drop(door.read());
                    count += 1;
                    person.writes(&format!("Customer {number} message {count}"));
                    if brought.fetch_add(1, Ordering::Relaxed) % DUPLICATE_EVERY == 0 {
                        match person {
                            Someone::Messenger(_) => world.facebook().courier().redeliver_last(1),
                            Someone::Line(_) => world.line().courier().redeliver_last(1),
                        }
                    }
                }
            });
        }
        let agents: Vec<_> = (desks.iter())
            .map(|desk| scope.spawn(|| desk.write_replies(&lives, &door)))
            .collect();
        // Pulls the plug after this many changes on the platforms' side: in the middle of things.
        let mut seed = 7_u64;
        for life in 1..=kills {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let target = world.simulator.version() + 10 + (seed >> 33) % 60;
            let is_busy = world
                .simulator
                .wait_until(PATIENCE, |simulator| simulator.version() >= target);
            if !is_busy {
                lives.begin(Lives::OVER);
                panic!("customers and agent no longer go on");
            }
            world.kill();
            let closed = door.write();
            world.start();
            // The echoes that the last life waited for: what did not come is in doubt now.
            world.let_pauses_end();
            lives.begin(life);
            drop(closed);
            world.facebook().courier().redeliver_pending();
            world.line().courier().redeliver_pending();
        }
        lives.begin(Lives::OVER);
        let written = agents.into_iter().map(|agent| agent.join());
        written.map(|written| written.expect("an agent")).collect()
    });
    world.facebook().clear_faults();
    world.line().clear_faults();
    let decided: usize = written.iter().map(|written| written.decisions).sum();
    let decisions = decided + come_to_rest(&world, &desks);
    let taken: Vec<String> = (written.into_iter())
        .flat_map(|written| written.taken)
        .collect();
    Findings {
        kills,
        decisions,
        ..examine(&world, &desks, &taken)
    }
}

/// The platforms bring what was not acknowledged until all of it is, the program works on it, and agents
/// decide about what stays in doubt. How often they had to.
fn come_to_rest(world: &World, desks: &[Desk<'_>]) -> usize {
    let couriers = [world.facebook().courier(), world.line().courier()];
    let mut decisions = 0;
    loop {
        for courier in couriers {
            courier.redeliver_pending();
        }
        wait_until("the couriers have nothing to carry", || {
            couriers
                .iter()
                .all(|courier| courier.is_idle())
                .then_some(())
        });
        // Every echo that there is has come.
        world.let_pauses_end();
        world.settle();
        let made: usize = desks.iter().map(Desk::decide).sum();
        decisions += made;
        if made == 0 && couriers.iter().all(|courier| courier.pending() == 0) {
            return decisions;
        }
    }
}

fn examine(world: &World, desks: &[Desk<'_>], taken: &[String]) -> Findings {
    let database = world.database();
    let mut stored: BTreeMap<String, u32> = BTreeMap::new();
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    let mut rows = database
        .prepare("SELECT author, text, coalesce(status, '') FROM message")
        .expect("a query");
    let found = rows
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("rows");
    let mut findings = Findings {
        integrity: world.one("PRAGMA integrity_check", []),
        ..Findings::default()
    };
    for row in found {
        let (author, text, status): (String, String, String) = row.expect("a row");
        match author.as_str() {
            "customer" => *stored.entry(text).or_default() += 1,
            _ => {
                if let Some(first) = answers.insert(text.clone(), status) {
                    findings.stored_twice.push(format!("{text} ({first})"));
                }
            }
        }
    }
    let twice = (stored.iter()).filter(|(text, count)| **count > 1 && *text != "Hello");
    findings
        .stored_twice
        .extend(twice.map(|(text, _)| text.clone()));
    findings.replies = answers.len();
    let is_missing = |text: &&String| !answers.contains_key(*text);
    findings
        .lost
        .extend(taken.iter().filter(is_missing).cloned());
    for desk in desks {
        let acknowledged = desk.person.acknowledged();
        findings.acknowledged += acknowledged.len();
        let is_missing = |text: &String| !stored.contains_key(text);
        findings
            .lost
            .extend(acknowledged.into_iter().filter(is_missing));
        findings.examine_phone(desk, &answers);
    }
    findings
}

impl Findings {
    /// What the customer has, beside what the page says.
    fn examine_phone(&mut self, desk: &Desk<'_>, answers: &BTreeMap<String, String>) {
        let received = desk.person.received();
        let mut seen = BTreeSet::new();
        let mut highest = 0;
        for text in &received {
            if !seen.insert(text) {
                self.received_twice.push(text.clone());
            }
            let count = text.rsplit(' ').next().and_then(|count| count.parse().ok());
            let count: u64 = count.expect("an answer of ours");
            if count < highest && !desk.is_hasty() {
                self.out_of_order.push(text.clone());
            }
            highest = highest.max(count);
        }
        let own = format!("Answer {} ", desk.number);
        for (text, status) in answers.iter().filter(|(text, _)| text.starts_with(&own)) {
            let is_line = matches!(desk.person, Someone::Line(_));
            match status.as_str() {
                "sent" | "delivered" | "read" if seen.contains(text) => {}
                "unknown" if is_line && seen.contains(text) => self.unknown += 1,
                _ => self.unsettled.push(format!("{text} ({status})")),
            }
        }
    }
}

#[test]
fn fifty_pulled_plugs_lose_and_double_nothing() {
    let findings = storm(50, false);
    println!("{findings:?}");
    assert_eq!(findings.kills, 50);
    assert!(
        findings.acknowledged > 500,
        "too little happened: {findings:?}"
    );
    assert!(findings.replies > 500, "too little happened: {findings:?}");
    assert!(findings.decisions > 0, "nothing was in doubt: {findings:?}");
    assert_eq!(findings.lost, [""; 0], "{findings:?}");
    assert_eq!(findings.stored_twice, [""; 0], "{findings:?}");
    assert_eq!(findings.received_twice, [""; 0], "{findings:?}");
    assert_eq!(findings.out_of_order, [""; 0], "{findings:?}");
    assert_eq!(findings.unsettled, [""; 0], "{findings:?}");
    assert_eq!(findings.integrity, "ok");
}

#[test]
fn the_same_loop_notices_a_program_that_answers_before_it_stores() {
    let findings = storm(6, true);
    assert!(
        !findings.lost.is_empty(),
        "it noticed nothing: {findings:?}"
    );
}

/// Stands between the platforms and the program. Honest, it passes everything on. Lying, it answers 200 to
/// every webhook at once and brings it to the program a little later.
struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    behind: Mutex<String>,
    lies: AtomicBool,
}

/// A request as it came in.
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Proxy {
    fn start() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let (later, due) = mpsc::channel::<Request>();
        let worker = shared.clone();
        std::thread::spawn(move || {
            // Eight at a time: what was promised lies here for a moment.
            let mut promised = Vec::new();
            for request in due {
                promised.push(request);
                if promised.len() == 8 {
                    for request in promised.drain(..) {
                        let _ = pass_on(&worker, &request);
                    }
                }
            }
        });
        let acceptor = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, later) = (acceptor.clone(), later.clone());
                std::thread::spawn(move || stream.map(|stream| serve(stream, &shared, &later)));
            }
        });
        Proxy { port, shared }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn stand_before(&self, url: &str) {
        *self.shared.behind.lock() = url.to_owned();
    }

    fn lie(&self, lies: bool) {
        self.shared.lies.store(lies, Ordering::SeqCst);
    }
}

fn serve(mut stream: TcpStream, shared: &Shared, later: &mpsc::Sender<Request>) -> Option<()> {
    let request = read(&stream)?;
    if shared.lies.load(Ordering::SeqCst) && request.method == "POST" {
        later.send(request).ok()?;
        return respond(&mut stream, 200, b"");
    }
    // Who is not there does not answer.
    let (status, body) = pass_on(shared, &request)?;
    respond(&mut stream, status, &body)
}

fn respond(stream: &mut TcpStream, status: u16, body: &[u8]) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        target,
        headers,
        body,
    })
}

fn pass_on(shared: &Shared, request: &Request) -> Option<(u16, Vec<u8>)> {
    let behind = shared.behind.lock().clone();
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .filter(|(name, _)| name.contains("signature") || name == "content-type")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();

    let body = (request.method == "POST").then(|| request.body.clone());
    let page = Client::new(&behind)
        .try_request(&request.method, &request.target, &headers, body)
        .ok()?;
    Some((page.status, page.body.into_bytes()))
}
