//! A load of HTTP requests over connections that stay open, and how long each took.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rocket::tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use rocket::tokio::net::TcpStream;
use rocket::tokio::task::JoinSet;
use rocket::tokio::time::sleep_until;

/// What came of a load.
#[derive(Debug, Default)]
pub struct Load {
    /// Answered 200.
    pub answered: u64,
    /// Answered otherwise.
    pub refused: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long each answer took, shortest first.
    latencies: Vec<Duration>,
}

impl Load {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.elapsed.as_secs_f64()
    }

    /// The time within which `share` (0 to 1) of the answers came.
    pub fn percentile(&self, share: f64) -> Duration {
        percentile(&self.latencies, share)
    }
}

/// The value at `share` (0 to 1) of a sorted list; zero for an empty one.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1) as f64;
    sorted
        .get((last * share).round() as usize)
        .copied()
        .unwrap_or_default()
}

/// Makes the bytes of the n-th request.
pub type Make = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// Each connection sends its next request as soon as it has the answer to the last.
pub async fn closed(
    address: SocketAddr,
    connections: usize,
    duration: Duration,
    make: Make,
) -> std::io::Result<Load> {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (next, make) = (next.clone(), make.clone());
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut load = Load::default();
            while started.elapsed() < duration {
                let request = make(next.fetch_add(1, Ordering::Relaxed));
                connection.ask(&request, &mut load).await?;
            }
            Ok::<Load, std::io::Error>(load)
        });
    }
    let mut load = Load::default();
    while let Some(part) = tasks.join_next().await {
        let part = part.map_err(std::io::Error::other)??;
        load.answered += part.answered;
        load.refused += part.refused;
        load.latencies.extend(part.latencies);
    }
    load.elapsed = started.elapsed();
    load.latencies.sort_unstable();
    Ok(load)
}

/// Requests leave at a fixed rate, whether or not the answers keep up. `sent` is told the number and the
/// moment of each.
pub async fn open(
    address: SocketAddr,
    per_second: u32,
    count: u64,
    make: Make,
    sent: impl Fn(u64, Instant),
) -> std::io::Result<Load> {
    let started = Instant::now();
    let mut connection = Connection::open(address).await?;
    let mut load = Load::default();
    for number in 0..count {
        let due = started + Duration::from_secs_f64(number as f64 / f64::from(per_second));
        sleep_until(due.into()).await;
        let request = make(number);
        sent(number, Instant::now());
        connection.ask(&request, &mut load).await?;
    }
    load.elapsed = started.elapsed();
    load.latencies.sort_unstable();
    Ok(load)
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    async fn ask(&mut self, request: &[u8], load: &mut Load) -> std::io::Result<()> {
        let asked = Instant::now();
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if let Some(found) = head(&self.buffer) {
                break found;
            }
            self.fill().await?;
        };
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        load.latencies.push(asked.elapsed());
        if self.buffer.starts_with(b"HTTP/1.1 200") {
            load.answered += 1;
        } else {
            load.refused += 1;
        }
        Ok(())
    }

    async fn fill(&mut self) -> std::io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Length of the head and of the body, once the whole head is there.
fn head(buffer: &[u8]) -> Option<(usize, usize)> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..end]).ok()?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    Some((end, length))
}
