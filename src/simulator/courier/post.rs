//! One webhook request over HTTP.

use parking_lot::Mutex;
use std::time::Duration;
use ureq::Agent;

/// A request, ready to go.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Post {
    pub(in crate::simulator) url: String,
    pub(in crate::simulator) headers: Vec<(&'static str, String)>,
    pub(in crate::simulator) body: Vec<u8>,
}

/// What the product answered.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Posted {
    pub(in crate::simulator) status: u16,
    pub(in crate::simulator) body: String,
}

/// The way to the product: no redirects, no proxy, a deadline.
pub(in crate::simulator) struct Wire {
    agent: Agent,
    deadline: Mutex<Duration>,
}

impl Wire {
    pub(super) fn new(deadline: Duration) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Shorter than any server keeps a connection: one that is closed just as we write would
            // look as if the product had not answered.
            .max_idle_age(Duration::from_secs(2))
            .max_idle_connections_per_host(64)
            .max_idle_connections(64)
            .proxy(None)
            .build()
            .new_agent();
        Self {
            agent,
            deadline: Mutex::new(deadline),
        }
    }

    pub(super) fn set_deadline(&self, deadline: Duration) {
        *self.deadline.lock() = deadline;
    }

    pub(super) fn send(&self, post: &Post) -> Result<Posted, ureq::Error> {
        let mut request = self
            .agent
            .post(&post.url)
            .config()
            .timeout_global(Some(*self.deadline.lock()))
            .build()
            .header("Content-Type", "application/json; charset=utf-8");
        for (name, value) in &post.headers {
            request = request.header(*name, value);
        }
        read(request.send(&post.body[..])?)
    }

    /// The verification request of Facebook's dashboard.
    pub(in crate::simulator) fn get(url: &str, deadline: Duration) -> Result<Posted, ureq::Error> {
        let wire = Self::new(deadline);
        let request = wire.agent.get(url).config().timeout_global(Some(deadline));
        read(request.build().call()?)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Posted, ureq::Error> {
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(1 << 20);
    Ok(Posted {
        status,
        body: body.read_to_string()?,
    })
}
