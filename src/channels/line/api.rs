//! Calls to the Messaging API.

use std::io::Write;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::channels::json::{self, Word, lenient};
use crate::channels::{CALL_LIMIT, Credentials};
use crate::crypto::Secret;
use crate::domain::media::FETCH;
use crate::http::download::{DownloadError, Downloaded, Downloader, Reach};
use crate::http::{Answer, CallError, Client, Request};

use super::token::{TokenError, Tokens};

/// One call gets this long, so that a second one fits into the limit of both.
const ONE_CALL: Duration = Duration::from_secs(9);

/// The Messaging API.
pub struct Api {
    client: Client,
    base: String,
    data_base: String,
    files: Downloader,
    tokens: Tokens,
}

/// Why there is no answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The call did not come back.
    NoAnswer(CallError),
    /// There was no token to make the call with; nothing was sent.
    NoToken(TokenError),
}

/// Why a file did not come.
pub enum FetchFailure {
    /// There was no token to ask with.
    NoToken(Failure),
    /// It was not fetched.
    NotFetched(DownloadError),
}

impl From<Failure> for FetchFailure {
    fn from(failure: Failure) -> Self {
        FetchFailure::NoToken(failure)
    }
}

impl From<DownloadError> for FetchFailure {
    fn from(error: DownloadError) -> Self {
        FetchFailure::NotFetched(error)
    }
}

/// How long several calls may take together.
#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// What a caller of the channel waits for.
    pub fn of_a_call() -> Self {
        Self(Instant::now() + CALL_LIMIT)
    }

    fn left(self) -> Duration {
        let left = self.0.saturating_duration_since(Instant::now());
        left.clamp(Duration::from_secs(1), ONE_CALL)
    }
}

/// What is asked of LINE.
pub struct Query<'a> {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// Path with its slash, ids made by [`part`].
    pub path: &'a str,
    /// Headers beside the token.
    pub headers: Vec<(&'a str, &'a str)>,
    /// JSON body.
    pub body: Option<Value>,
}

impl<'a> Query<'a> {
    /// Something to read.
    pub fn get(path: &'a str) -> Self {
        Self {
            method: "GET",
            path,
            headers: vec![],
            body: None,
        }
    }

    /// Something to do.
    pub fn post(path: &'a str, body: Value) -> Self {
        Self {
            method: "POST",
            path,
            headers: vec![],
            body: Some(body),
        }
    }
}

/// An id as part of a path.
pub fn part(id: &str) -> String {
    utf8_percent_encode(id, NON_ALPHANUMERIC).to_string()
}

impl Api {
    /// The Messaging API at `base`, with what customers sent at `data_base`.
    pub fn new(base: &str, data_base: &str) -> Self {
        let client = Client::new(CALL_LIMIT);
        let host = Url::parse(data_base).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        let reach = Reach {
            hosts: vec![host.to_owned()],
            // Other than https only towards this machine, see the configuration.
            private: data_base.starts_with("http:"),
            redirects: 0,
        };
        Self {
            files: Downloader::new(reach, FETCH),
            data_base: data_base.to_owned(),
            tokens: Tokens::new(client.clone(), base),
            client,
            base: base.to_owned(),
        }
    }

    /// Makes a call with the token given, or with one made from the secret. A stateless token that LINE
    /// refuses is replaced once: a call that it refused did nothing.
    pub fn ask(
        &self,
        credentials: &Credentials,
        deadline: Deadline,
        query: &Query<'_>,
    ) -> Result<Answer, Failure> {
        if let Some(token) = given(credentials) {
            return self.ask_with(token, deadline, query);
        }
        let token = self.stateless(credentials, None, deadline)?;
        let answer = self.ask_with(&token, deadline, query)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let renewed = self.stateless(credentials, Some(&token), deadline)?;
        self.ask_with(&renewed, deadline, query)
    }

    /// Fetches `path` of the data API into `to`, with the same care about tokens as [`Self::ask`].
    pub fn fetch(
        &self,
        credentials: &Credentials,
        path: &str,
        most: u64,
        to: &mut dyn Write,
    ) -> Result<Downloaded, FetchFailure> {
        let deadline = Deadline::of_a_call();
        let token = match given(credentials) {
            Some(token) => token.clone(),
            None => self.stateless(credentials, None, deadline)?,
        };
        let url = format!("{}{path}", self.data_base);
        let mut fetch = |token: &Secret| {
            let bearer = Secret::new(format!("Bearer {}", token.expose()));
            self.files.fetch(&url, Some(bearer.expose()), most, to)
        };
        let came = fetch(&token)?;
        if came.status != 401 || given(credentials).is_some() {
            return Ok(came);
        }
        let renewed = self.stateless(credentials, Some(&token), deadline)?;
        Ok(fetch(&renewed)?)
    }

    fn stateless(
        &self,
        credentials: &Credentials,
        refused: Option<&Secret>,
        deadline: Deadline,
    ) -> Result<Secret, Failure> {
        self.tokens
            .get(credentials, refused, deadline.left())
            .map_err(Failure::NoToken)
    }

    /// Whether channel id and secret belong together.
    pub fn prove_secret(
        &self,
        credentials: &Credentials,
        deadline: Deadline,
    ) -> Result<(), TokenError> {
        self.tokens.prove(credentials, deadline.left())
    }

    /// What LINE knows about a token that an administrator gave; `None` when it does not tell.
    pub fn verify(&self, token: &Secret, deadline: Deadline) -> Option<Verified> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("access_token", token.expose())
            .finish();
        let request = Request {
            method: "POST",
            url: &format!("{}/v2/oauth/verify", self.base),
            headers: vec![],
            body: Some(("application/x-www-form-urlencoded", form.as_bytes())),
        };
        let answer = self.client.call_within(deadline.left(), request).ok()?;
        if !(200..300).contains(&answer.status) {
            return None;
        }
        let mut body = answer.json()?;
        let channel: Word = serde_json::from_value(body["client_id"].take()).ok()?;
        let scope = body["scope"].as_str().unwrap_or_default();
        Some(Verified {
            channel: channel.0,
            expires_in_s: body["expires_in"].as_u64().unwrap_or_default(),
            scope: scope.split_whitespace().map(str::to_owned).collect(),
        })
    }

    fn ask_with(
        &self,
        token: &Secret,
        deadline: Deadline,
        query: &Query<'_>,
    ) -> Result<Answer, Failure> {
        let url = format!("{}{}", self.base, query.path);
        let bearer = Secret::new(format!("Bearer {}", token.expose()));
        let mut headers = query.headers.clone();
        headers.push(("authorization", bearer.expose()));
        let body = query.body.as_ref().map(Value::to_string);
        let request = Request {
            method: query.method,
            url: &url,
            headers,
            body: body
                .as_ref()
                .map(|body| ("application/json", body.as_bytes())),
        };
        self.client
            .call_within(deadline.left(), request)
            .map_err(Failure::NoAnswer)
    }
}

/// `{"scope":"P CM","client_id":"1440057261","expires_in":2591659}`
pub struct Verified {
    /// The channel that the token belongs to.
    pub channel: String,
    /// 0 when it is not told.
    pub expires_in_s: u64,
    /// What the token may do.
    pub scope: Vec<String>,
}

/// The token that an administrator gave; `None`: it is made from the secret.
pub fn given(credentials: &Credentials) -> Option<&Secret> {
    credentials.token.as_ref().filter(|token| !token.is_empty())
}

/// `{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}`
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default, deserialize_with = "lenient")]
    message: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    details: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
struct Detail {
    message: Option<Word>,
    property: Option<Word>,
}

/// LINE's words, in one line. The status decides; the texts may change.
pub fn words(answer: &Answer, credentials: &Credentials) -> String {
    let body: ErrorBody = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut told = json::text(body.message);
    for detail in body.details.unwrap_or_default() {
        let (message, property) = (json::text(detail.message), json::text(detail.property));
        told.push_str(&format!("; {property}: {message}"));
    }
    let mut secrets = vec![&credentials.secret];
    secrets.extend(&credentials.token);
    json::words(&told, &secrets)
}

/// Status and words, for the small print.
pub fn told(answer: &Answer, credentials: &Credentials) -> String {
    format!("{}: {}", answer.status, words(answer, credentials))
}
