//! The one client for outbound calls. Every default of the library is set on purpose: no redirects, no
//! proxy from the environment, https unless the address is on this machine, limits on time and size.

use std::io::Read as _;
use std::time::Duration;

pub mod download;

/// An answer is read up to this many bytes; more is refused (promises.md E21).
pub const ANSWER_LIMIT: u64 = 1024 * 1024;

/// Makes calls. Cheap to clone; keeps connections open.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    limit: Duration,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: ureq::http::HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `None` when it is something else.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The first value of a header, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer. The texts hold no URL, so no token can be in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The server was not reached: nothing arrived there for sure.
    #[error("{0}")]
    Unreachable(String),
    /// The request may have arrived: time-out, broken connection, answer too large.
    #[error("{0}")]
    Uncertain(String),
}

/// A request to make.
pub struct Request<'a> {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The whole URL.
    pub url: &'a str,
    /// Header names and values.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The body with its content type; `None` for none.
    pub body: Option<(&'a str, &'a [u8])>,
}

impl Client {
    /// A client whose calls take at most `limit` in all.
    pub fn new(limit: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(limit))
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_resolve(Some(Duration::from_secs(5)))
            .http_status_as_error(false)
            // A connection that idled may be closed at the other end just as we write: that would leave a
            // message in doubt for nothing.
            .max_idle_age(Duration::from_secs(5))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("Tiski/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
            limit,
        }
    }

    /// Makes the call. Blocks up to the client's limit.
    ///
    /// # Errors
    /// See [`CallError`]. A status of 400 and more is an answer, not an error.
    pub fn call(&self, request: Request<'_>) -> Result<Answer, CallError> {
        self.call_within(self.limit, request)
    }

    /// Makes the call. Blocks up to `limit`, which may be shorter than the client's.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn call_within(&self, limit: Duration, request: Request<'_>) -> Result<Answer, CallError> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method)
            .uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let sent = match request.body {
            Some((content_type, body)) => {
                let request = builder.header("content-type", content_type).body(body);
                self.run(limit, request)
            }
            None => self.run(limit, builder.body(())),
        };
        let (parts, body) = sent?.into_parts();
        let mut bytes = Vec::new();
        body.into_reader()
            .take(ANSWER_LIMIT + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| {
                CallError::Uncertain(format!("the answer broke off: {}", error.kind()))
            })?;
        if bytes.len() as u64 > ANSWER_LIMIT {
            return Err(CallError::Uncertain("the answer is too large".to_owned()));
        }
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: bytes,
        })
    }

    fn run<S: ureq::AsSendBody>(
        &self,
        limit: Duration,
        request: Result<ureq::http::Request<S>, ureq::http::Error>,
    ) -> Result<ureq::http::Response<ureq::Body>, CallError> {
        let request =
            request.map_err(|_| CallError::Unreachable("the request is not valid".to_owned()))?;
        let configured = self
            .agent
            .configure_request(request)
            .timeout_global(Some(limit.min(self.limit)))
            .build();
        self.agent.run(configured).map_err(classify)
    }
}

/// Tells errors before anything was sent from those after.
fn classify(error: ureq::Error) -> CallError {
    match error {
        ureq::Error::HostNotFound => {
            CallError::Unreachable("the host name is not known".to_owned())
        }
        ureq::Error::ConnectionFailed => {
            CallError::Unreachable("the connection was not made".to_owned())
        }
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            CallError::Unreachable("the connection was not made in time".to_owned())
        }
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            CallError::Unreachable("the connection was refused".to_owned())
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            CallError::Unreachable("no secure connection could be made".to_owned())
        }
        ureq::Error::Timeout(_) => CallError::Uncertain("no answer in time".to_owned()),
        ureq::Error::Io(error) => {
            CallError::Uncertain(format!("the connection broke: {}", error.kind()))
        }
        _ => CallError::Uncertain("the answer was not understood".to_owned()),
    }
}
