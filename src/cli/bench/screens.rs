//! How soon a message is on the screens of those who wait for it, and what many open tabs cost.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rocket::tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use rocket::tokio::net::TcpStream;
use rocket::tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use rocket::tokio::task::JoinSet;
use rocket::tokio::time::timeout;

use super::counter::{Counter, Server};
use super::load;
use crate::cli::Failure;
use crate::locale::Text;

/// Messages a second from the webhook to one screen.
const PER_SECOND: u32 = 200;
/// A message that is not on the screen by then is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open live stream.
struct Tab {
    stream: TcpStream,
    text: Vec<u8>,
}

impl Tab {
    /// Opens the stream and waits until the server has begun to answer.
    async fn open(address: SocketAddr, cookie: &str) -> std::io::Result<Tab> {
        let mut stream = TcpStream::connect(address).await?;
        // 1.0, so that what is read is the stream itself: in 1.1 the frame of a chunk may stand in a word.
        let request = format!(
            "GET /events HTTP/1.0\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\ncookie: {cookie}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut tab = Tab {
            stream,
            text: Vec::new(),
        };
        tab.read_until(b"\r\n\r\n").await?;
        if tab.text.get(8..12) == Some(b" 200") {
            Ok(tab)
        } else {
            Err(std::io::Error::other("a live stream was refused"))
        }
    }

    async fn read_until(&mut self, words: &[u8]) -> std::io::Result<()> {
        let mut looked = 0;
        loop {
            if self.text[looked..]
                .windows(words.len())
                .any(|window| window == words)
            {
                return Ok(());
            }
            looked = self.text.len().saturating_sub(words.len());
            if self.stream.read_buf(&mut self.text).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

impl Tab {
    /// Waits until a conversation with these words is offered: what is offered stands before the presence.
    async fn is_offered(&mut self, words: &[u8]) -> std::io::Result<()> {
        let has = |text: &[u8], words: &[u8]| text.windows(words.len()).any(|it| it == words);
        loop {
            self.read_until(b"presence-menu").await?;
            let offers = self
                .text
                .windows(11)
                .position(|window| window == b"alertdialog");
            if offers.is_some_and(|at| has(&self.text[at..], words)) {
                return Ok(());
            }
            self.text.clear();
        }
    }
}

/// From the webhook to one agent's screen, at a steady rate: how long each message took, shortest first.
pub async fn one(
    address: SocketAddr,
    counter: &Counter,
    duration: Duration,
) -> Result<Vec<Duration>, Failure> {
    let first = 30_000_000;
    let count = u64::from(PER_SECOND) * duration.as_secs();
    let sent: Arc<Mutex<HashMap<u64, Instant>>> = Arc::default();
    let tab = Tab::open(address, &counter.cookies[0]).await?;
    let (seen, mut arrivals) = unbounded_channel();
    let watching = rocket::tokio::spawn(watch(tab, seen));

    let noted = sent.clone();
    let request = counter.request(&counter.webhook(), first);
    load::open(address, PER_SECOND, count, request, |number, at| {
        noted.lock().insert(first + number, at);
    })
    .await?;

    let mut latencies = Vec::with_capacity(count as usize);
    while !sent.lock().is_empty() {
        let (number, at) = timeout(PATIENCE, arrivals.recv())
            .await
            .ok()
            .flatten()
            .ok_or_else(|| Failure::new(Text::new("cli-bench-screen-lost")))?;
        // Told twice (once more as a change) counts once.
        if let Some(left) = sent.lock().remove(&number) {
            latencies.push(at.duration_since(left));
        }
    }
    watching.abort();
    latencies.sort_unstable();
    Ok(latencies)
}

/// From the webhook to the offer on the agent's screen: how long each of `count` conversations took, shortest
/// first.
pub async fn offers(
    address: SocketAddr,
    counter: &Counter,
    count: u64,
) -> Result<Vec<Duration>, Failure> {
    let mut tab = Tab::open(address, &counter.cookies[0]).await?;
    let lost = || Failure::new(Text::new("cli-bench-screen-lost"));
    // Nothing is offered before the person is known to be here: the button then says so.
    timeout(PATIENCE, tab.read_until(b"presence--ok"))
        .await
        .map_err(|_| lost())??;
    let mut latencies = Vec::new();
    for number in 0..count {
        let left = Mutex::new(Instant::now());
        let request = counter.offered(50_000_000 + number);
        load::open(address, 1, 1, request, |_, at| *left.lock() = at).await?;
        let words = format!("bench-{} ", 50_000_000 + number);
        timeout(PATIENCE, tab.is_offered(words.as_bytes()))
            .await
            .map_err(|_| lost())??;
        latencies.push(left.lock().elapsed());
    }
    latencies.sort_unstable();
    Ok(latencies)
}

/// Reports every `bench-<number>` in the stream.
async fn watch(mut tab: Tab, seen: UnboundedSender<(u64, Instant)>) -> std::io::Result<()> {
    const MARK: &[u8] = b"bench-";
    loop {
        tab.read_until(MARK).await?;
        let at = Instant::now();
        while let Some(found) = tab
            .text
            .windows(MARK.len())
            .position(|window| window == MARK)
        {
            let digits = &tab.text[found + MARK.len()..];
            let Some(end) = digits.iter().position(|digit| !digit.is_ascii_digit()) else {
                break;
            };
            let number = std::str::from_utf8(&digits[..end])
                .ok()
                .and_then(|text| text.parse().ok());
            tab.text.drain(..found + MARK.len() + end);
            if let Some(number) = number {
                let _ = seen.send((number, at));
            }
        }
        if tab.stream.read_buf(&mut tab.text).await? == 0 {
            return Ok(());
        }
    }
}

/// What many tabs cost.
pub struct Many {
    /// The server's memory with all of them open, in MB.
    pub memory: f64,
    /// From the webhook to the last of them.
    pub told_in: Duration,
}

/// Opens many tabs and sends one message to all of them.
pub async fn many(
    server: &Server,
    counter: &Counter,
    tabs: usize,
    per_person: usize,
) -> Result<Many, Failure> {
    let mut opened = Vec::with_capacity(tabs);
    for number in 0..tabs {
        let cookie = &counter.cookies[number / per_person % counter.cookies.len()];
        opened.push(Tab::open(server.address, cookie).await?);
    }
    let memory = server.memory();
    let mut waiting = JoinSet::new();
    for mut tab in opened {
        waiting.spawn(async move {
            tab.read_until(b"bench-40000000 ").await?;
            Ok::<Instant, std::io::Error>(Instant::now())
        });
    }
    let left = Mutex::new(Instant::now());
    let request = counter.request(&counter.webhook(), 40_000_000);
    load::open(server.address, 1, 1, request, |_, at| *left.lock() = at).await?;
    let left = *left.lock();
    let mut told_in = Duration::ZERO;
    while let Some(arrived) = timeout(PATIENCE, waiting.join_next())
        .await
        .map_err(|_| Failure::new(Text::new("cli-bench-tabs-lost")))?
    {
        let arrived = arrived.map_err(std::io::Error::other)??;
        told_in = told_in.max(arrived.duration_since(left));
    }
    Ok(Many { memory, told_in })
}
