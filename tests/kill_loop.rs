//! Fifty times the plug is pulled at a moment that nobody chose, while customers write and an agent answers.
//! What the platforms count and what the database holds must agree: nothing that was acknowledged is lost,
//! nothing is there twice.
//!
//! The same loop is run against a program that answers before it stores (a proxy lies in front of the real
//! one), and must notice: a loop that has never been red proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use parking_lot::RwLock;
use tiski::simulator::facebook::Customer;
use tiski::simulator::line::LineUser;
use tiski::simulator::{Side, Tick, TranscriptEntry};

use super::support::client::{Client, Form};
use super::support::program::PATIENCE;
use super::support::world::World;

/// Customers on each platform.
const CUSTOMERS: usize = 4;

/// Once in so many messages the platform brings the last one again although it was taken.
const DUPLICATE_EVERY: u64 = 20;

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
    /// Acknowledged, and not in the database.
    lost: Vec<String>,
    /// In the database more than once.
    stored_twice: Vec<String>,
    replies: usize,
    /// On the customer's phone more than once.
    received_twice: Vec<String>,
    /// The page says that it was sent, and the customer does not have it; or it never was settled.
    not_received: Vec<String>,
    /// Nobody knows, and the page says so.
    unknown: usize,
    integrity: String,
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
    let csrf = chats[0]
        .page()
        .form("Send")
        .get("csrf")
        .unwrap_or_default()
        .to_owned();
    proxy.lie(lie);

    // Closed while the program is down: nobody writes thousands of messages to nobody.
    let door = RwLock::new(());
    let is_over = AtomicBool::new(false);
    let written = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for (number, person) in people.iter().enumerate() {
            let (is_over, written, world, door) = (&is_over, &written, &world, &door);
            scope.spawn(move || {
                let mut count = 0;
                while !is_over.load(Ordering::Relaxed) {
                    drop(door.read());
                    count += 1;
                    person.writes(&format!("Customer {number} message {count}"));
                    if written.fetch_add(1, Ordering::Relaxed) % DUPLICATE_EVERY == 0 {
                        match person {
                            Someone::Messenger(_) => world.facebook().courier().redeliver_last(1),
                            Someone::Line(_) => world.line().courier().redeliver_last(1),
                        }
                    }
                }
            });
        }
        for (number, chat) in chats.iter().enumerate() {
            let (is_over, csrf, client, door) = (&is_over, &csrf, &world.owner.client, &door);
            scope.spawn(move || {
                let mut count = 0;
                while !is_over.load(Ordering::Relaxed) {
                    count += 1;
                    let form = a_reply(&chat.path(), csrf, &format!("Answer {number} {count}"));
                    while !is_over.load(Ordering::Relaxed) && !is_taken(client, &form) {
                        drop(door.read());
                    }
                }
            });
        }
        // Pulls the plug after this many changes on the platforms' side: in the middle of things.
        let mut seed = 7_u64;
        for _ in 0..kills {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let target = world.simulator.version() + 10 + (seed >> 33) % 90;
            let is_busy = world
                .simulator
                .wait_until(PATIENCE, |simulator| simulator.version() >= target);
            if !is_busy {
                is_over.store(true, Ordering::Relaxed);
                panic!("customers and agent no longer go on");
            }
            world.kill();
            let closed = door.write();
            world.start();
            drop(closed);
            world.facebook().courier().redeliver_pending();
            world.line().courier().redeliver_pending();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    bring_everything(&world);
    examine(&world, &people, kills)
}

/// An answer as the browser sends it, and sends again with the same mark when it hears nothing back.
fn a_reply(chat: &str, csrf: &str, text: &str) -> Form {
    let client_id = text.to_lowercase().replace(' ', "-");
    let fields = [
        ("csrf", csrf),
        ("text", text),
        ("client_id", &client_id),
        // An agent who has seen everything that will ever come: this loop is not about that guard.
        ("last_seen_message_id", "9000000000000000"),
    ];
    Form {
        action: format!("{chat}/messages"),
        is_get: false,
        fields: fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    }
}

fn is_taken(client: &Client, form: &Form) -> bool {
    match client.try_post(form) {
        Ok(page) if page.status == 303 => true,
        Ok(page) if page.status < 500 => panic!("{}: {}", page.status, page.text()),
        _ => false,
    }
}

/// The platforms bring what was not acknowledged until all of it is, and the program works on it.
fn bring_everything(world: &World) {
    loop {
        for courier in [world.facebook().courier(), world.line().courier()] {
            courier.redeliver_pending();
        }
        world.settle();
        let pending =
            [world.facebook().courier(), world.line().courier()].map(|courier| courier.pending());
        if pending == [0, 0] {
            return;
        }
    }
}

fn examine(world: &World, people: &[Someone], kills: u32) -> Findings {
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
        kills,
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
    for (text, count) in &stored {
        if *count > 1 && text != "Hello" {
            findings.stored_twice.push(text.clone());
        }
    }
    let mut received: BTreeMap<String, u32> = BTreeMap::new();
    for person in people {
        let acknowledged = person.acknowledged();
        findings.acknowledged += acknowledged.len();
        let lost = acknowledged
            .into_iter()
            .filter(|text| !stored.contains_key(text));
        findings.lost.extend(lost);
        for text in person.received() {
            *received.entry(text).or_default() += 1;
        }
    }
    let twice = received.iter().filter(|(_, count)| **count > 1);
    findings.received_twice = twice.map(|(text, _)| text.clone()).collect();
    findings.replies = answers.len();
    for (text, status) in &answers {
        match status.as_str() {
            "unknown" => findings.unknown += 1,
            "sent" | "delivered" | "read" if received.contains_key(text) => {}
            _ => findings.not_received.push(format!("{text} ({status})")),
        }
    }
    findings
}

#[test]
fn fifty_pulled_plugs_lose_and_double_nothing() {
    let findings = storm(50, false);
    assert_eq!(findings.kills, 50);
    assert!(
        findings.acknowledged > 500,
        "too little happened: {findings:?}"
    );
    assert!(findings.replies > 50, "too little happened: {findings:?}");
    assert_eq!(findings.lost, [""; 0], "{findings:?}");
    assert_eq!(findings.stored_twice, [""; 0], "{findings:?}");
    assert_eq!(findings.received_twice, [""; 0], "{findings:?}");
    assert_eq!(findings.not_received, [""; 0], "{findings:?}");
    assert_eq!(findings.integrity, "ok");
    eprintln!(
        "{} kills, {} acknowledged, {} replies, {} unknown",
        findings.kills, findings.acknowledged, findings.replies, findings.unknown
    );
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
    behind: parking_lot::Mutex<String>,
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
