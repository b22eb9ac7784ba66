//! One HTTP call that the product made, and the answer it gets.

use super::multipart::{self, Part};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

/// A call as it came in: everything read, nothing understood yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    pub(super) method: String,
    /// The path's segments, percent-decoded, without empty ones.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Call {
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer …`.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The media type of the body, without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        let essence = header.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }

    /// The parts of a `multipart/form-data` body; `None` when it is not one.
    pub(super) fn parts(&self) -> Option<Vec<Part>> {
        multipart::parts(self.header("content-type")?, &self.body)
    }
}

/// Decodes `a=1&b=2`.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The first value of this name.
pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// What to do once the answer has gone out.
pub(super) type Afterwards = Box<dyn FnOnce() + Send>;

/// What the call gets.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: Cow<'static, str>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// How long the answer is held back. Others are served meanwhile.
    pub(super) delay: Duration,
    /// Close the connection instead of answering.
    pub(super) hang_up: bool,
    /// Runs when the answer has gone out, or the connection is closed.
    pub(super) afterwards: Option<Afterwards>,
}

impl Answer {
    pub(super) fn bytes(
        status: u16,
        content_type: impl Into<Cow<'static, str>>,
        body: Vec<u8>,
    ) -> Self {
        Self {
            status,
            content_type: content_type.into(),
            headers: Vec::new(),
            body,
            delay: Duration::ZERO,
            hang_up: false,
            afterwards: None,
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::json_text(status, body.to_string())
    }

    pub(super) fn json_text(status: u16, body: String) -> Self {
        Self::bytes(status, "application/json; charset=utf-8", body.into_bytes())
    }

    /// The page that a load balancer shows when everything behind it is down.
    pub(super) fn server_error() -> Self {
        let page =
            b"<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>";
        Self::bytes(500, "text/html; charset=utf-8", page.to_vec())
    }

    pub(super) fn hang_up() -> Self {
        Self {
            hang_up: true,
            ..Self::bytes(0, "", Vec::new())
        }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds something to do once the answer is out.
    pub(super) fn and_then(mut self, more: impl FnOnce() + Send + 'static) -> Self {
        self.afterwards = Some(match self.afterwards.take() {
            None => Box::new(more),
            Some(first) => Box::new(move || {
                first();
                more();
            }),
        });
        self
    }
}

/// Where a call carried its access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// `Authorization: Bearer`, where it stays out of logs.
    Header,
    /// In the query string.
    Query,
    /// In the body.
    Body,
    /// Nowhere.
    Missing,
}

/// A call as the platform's log keeps it: never an access token or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCall {
    /// `GET`, `POST` …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status it got; `None` when the connection was closed without an answer.
    pub status: Option<u16>,
    /// Where the token stood.
    pub token: TokenPlace,
    /// The body, where it is JSON; null otherwise.
    pub body: Value,
}

impl SeenCall {
    /// A call that nobody has made, for tests of what looks at calls.
    pub fn of(method: &str, path: &str, body: Value) -> SeenCall {
        SeenCall {
            method: method.to_owned(),
            path: path.to_owned(),
            status: None,
            token: TokenPlace::Header,
            body,
        }
    }
}

/// The last calls, oldest first.
#[derive(Debug, Default)]
pub struct CallLog(VecDeque<SeenCall>);

impl CallLog {
    /// So many calls are remembered.
    const LENGTH: usize = 20_000;

    pub(super) fn add(&mut self, call: &Call, answer: &Answer, token: TokenPlace) {
        if self.0.len() == Self::LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(SeenCall {
            method: call.method.clone(),
            path: format!("/{}", call.path.join("/")),
            status: (!answer.hang_up).then_some(answer.status),
            token,
            body: call.json().unwrap_or_default(),
        });
    }

    pub(super) fn to_vec(&self) -> Vec<SeenCall> {
        self.0.iter().cloned().collect()
    }
}
