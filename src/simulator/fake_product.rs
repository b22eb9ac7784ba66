//! A product small enough to test the simulators with: it keeps what it is told, and answers as it
//! is told to.

use super::call::{Answer, Call};
use super::changes::Changes;
use super::server::{Host, Server};
use parking_lot::Mutex;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// No test waits longer than this for anything.
pub(super) const LIMIT: Duration = Duration::from_secs(20);

pub(super) struct FakeProduct {
    pub(super) url: String,
    inbox: Arc<Inbox>,
    _server: Server,
}

#[derive(Default)]
struct Inbox {
    posts: Mutex<Vec<Call>>,
    status: AtomicU16,
    changes: Changes,
}

impl Host for Inbox {
    fn answer(&self, call: &Call) -> Answer {
        if call.method == "GET" {
            return match call.query("hub.verify_token") {
                Some("right") => {
                    let challenge = call.query("hub.challenge").unwrap_or_default();
                    Answer::bytes(200, "text/plain", challenge.into())
                }
                _ => Answer::bytes(403, "text/plain", Vec::new()),
            };
        }
        self.posts.lock().push(call.clone());
        self.changes.touch();
        Answer::bytes(self.status.load(Ordering::SeqCst), "text/plain", Vec::new())
    }
}

impl FakeProduct {
    pub(super) fn start() -> Self {
        let inbox = Arc::new(Inbox::default());
        inbox.status.store(200, Ordering::SeqCst);
        let host: Arc<dyn Host> = inbox.clone();
        let (server, [url]) = Server::start([host]).unwrap();
        Self {
            url,
            inbox,
            _server: server,
        }
    }

    pub(super) fn answers(&self, status: u16) {
        self.inbox.status.store(status, Ordering::SeqCst);
    }

    /// Waits for this many webhooks in all, then shows their bodies.
    pub(super) fn bodies(&self, count: usize) -> Vec<Value> {
        let is_there = || self.inbox.posts.lock().len() >= count;
        assert!(
            self.inbox.changes.wait_until(LIMIT, is_there),
            "{count} webhooks"
        );
        let posts = self.inbox.posts.lock();
        posts.iter().filter_map(Call::json).collect()
    }

    /// The newest webhook as it came in.
    pub(super) fn newest(&self) -> Call {
        self.inbox.posts.lock().last().cloned().unwrap()
    }
}

/// A JSON call with this token; the status and the body.
pub(super) fn call(
    method: &str,
    url: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<(u16, Value), ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(LIMIT))
        .build()
        .into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("Authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        Some(body) => agent.run(
            request
                .header("Content-Type", "application/json")
                .body(body.to_string())?,
        )?,
        None => agent.run(request.body(())?)?,
    };
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string()?;
    Ok((
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    ))
}
