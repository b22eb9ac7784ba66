//! Calls to the Graph API.

use std::collections::HashSet;
use std::time::Duration;

use parking_lot::Mutex;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use crate::channels::json::{self, Word, lenient};
use crate::channels::{CALL_LIMIT, Credentials};
use crate::crypto::{self, Secret};
use crate::http::{Answer, CallError, Client, Request};

/// The version of every call. v25.0 came in February 2026 and holds until July 2028.
const VERSION: &str = "v25.0";

/// Rate limits are told as a map of pages to lists of objects, in percent and minutes.
const USAGE_OF_PAGES: &str = "x-business-use-case-usage";
/// And these as one object, of the app or the page that calls.
const USAGE_OF_CALLER: [&str; 2] = ["x-app-usage", "x-page-usage"];

/// A file of 25 MB needs its time on a slow line.
const UPLOAD_LIMIT: Duration = Duration::from_secs(50);

/// The Graph API.
pub struct Graph {
    client: Client,
    base: String,
    /// Apps with the setting *Require App Secret*: every call must prove that it knows the secret. Calls
    /// of others must not, as a token of another app makes the proof wrong.
    apps_that_want_proof: Mutex<HashSet<String>>,
}

/// Why a call did not do what it was to do.
#[derive(Debug)]
pub enum Failure {
    /// There is no answer.
    NoAnswer(CallError),
    /// The Graph says no.
    Refused(Refusal),
    /// An answer that is not the Graph's: a proxy's page, a redirect. With its status.
    Garbled(u16),
}

/// An error object:
/// ```json
/// {"error":{"message":"(#10) This message is sent outside of allowed window.","type":"OAuthException",
///  "code":10,"error_subcode":2018278,"is_transient":false,"fbtrace_id":"AbCdEf"}}
/// ```
/// The words are translated and change: code and subcode decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// `code`; 0 when there is none.
    pub code: i64,
    /// `error_subcode`; 0 when there is none.
    pub subcode: i64,
    /// `is_transient`.
    pub is_transient: bool,
    /// `message`, one line, without secrets.
    pub words: String,
    /// How long the limits last.
    pub wait: Option<Duration>,
}

impl Refusal {
    /// `100/2018001`, or `190` without a subcode.
    pub fn number(&self) -> String {
        match self.subcode {
            0 => self.code.to_string(),
            subcode => format!("{}/{subcode}", self.code),
        }
    }

    /// Number and words, for the small print.
    pub fn told(&self) -> String {
        format!("{}: {}", self.number(), self.words)
    }
}

/// What is asked of the Graph.
pub struct Query<'a> {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Path below the version, each part made by [`part`].
    pub path: String,
    /// Query parameters; no secrets of ours.
    pub parameters: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: Option<Body>,
}

/// A body.
pub enum Body {
    /// JSON.
    Json(Value),
    /// A form with a file in it: its content type with the boundary, and its bytes.
    Multipart(String, Vec<u8>),
}

/// An id as part of a path.
pub fn part(id: &str) -> String {
    utf8_percent_encode(id, NON_ALPHANUMERIC).to_string()
}

impl Graph {
    /// The Graph at `base`.
    pub fn new(base: &str) -> Self {
        Self {
            client: Client::new(UPLOAD_LIMIT),
            base: format!("{base}/{VERSION}"),
            apps_that_want_proof: Mutex::default(),
        }
    }

    /// Asks with the page's token. Blocks up to 20 s.
    pub fn ask(&self, credentials: &Credentials, query: &Query<'_>) -> Result<Value, Failure> {
        Ok(self.ask_and_weigh(credentials, query)?.0)
    }

    /// Asks with the page's token, and how much of the page's allowance is used after that, in percent;
    /// `None` when the Graph does not say. Blocks up to 20 s.
    pub fn ask_and_weigh(
        &self,
        credentials: &Credentials,
        query: &Query<'_>,
    ) -> Result<(Value, Option<u32>), Failure> {
        let empty = Secret::new("");
        let token = credentials.token.as_ref().unwrap_or(&empty);
        self.ask_as(token, credentials, query)
    }

    /// Asks with the app's own token. Blocks up to 20 s.
    pub fn ask_as_app(
        &self,
        credentials: &Credentials,
        query: &Query<'_>,
    ) -> Result<Value, Failure> {
        let token = Secret::new(format!(
            "{}|{}",
            credentials.external_id,
            credentials.secret.expose()
        ));
        Ok(self.ask_as(&token, credentials, query)?.0)
    }

    fn ask_as(
        &self,
        token: &Secret,
        credentials: &Credentials,
        query: &Query<'_>,
    ) -> Result<(Value, Option<u32>), Failure> {
        let app = &credentials.external_id;
        let with_proof = self.apps_that_want_proof.lock().contains(app);
        let answer = self.try_once(token, credentials, query, with_proof);
        match answer {
            // Refused before anything was done: to ask again with the proof doubles nothing.
            Err(Failure::Refused(refusal))
                if refusal.code == 100
                    && refusal.words.contains("appsecret_proof")
                    && !with_proof
                    && !credentials.secret.is_empty() =>
            {
                let answer = self.try_once(token, credentials, query, true);
                if answer.is_ok() {
                    self.apps_that_want_proof.lock().insert(app.clone());
                }
                answer
            }
            answer => answer,
        }
    }

    fn try_once(
        &self,
        token: &Secret,
        credentials: &Credentials,
        query: &Query<'_>,
        with_proof: bool,
    ) -> Result<(Value, Option<u32>), Failure> {
        let mut parameters = url::form_urlencoded::Serializer::new(String::new());
        parameters.extend_pairs(query.parameters);
        if with_proof {
            let key = credentials.secret.expose().as_bytes();
            let proof = crypto::hmac_sha256(key, token.expose().as_bytes());
            parameters.append_pair("appsecret_proof", &crypto::hex(&proof));
        }
        let url = format!("{}/{}?{}", self.base, query.path, parameters.finish());
        let bearer = Secret::new(format!("Bearer {}", token.expose()));
        let json = match &query.body {
            Some(Body::Json(body)) => body.to_string(),
            _ => String::new(),
        };
        let (limit, body) = match &query.body {
            None => (CALL_LIMIT, None),
            Some(Body::Json(_)) => (CALL_LIMIT, Some(("application/json", json.as_bytes()))),
            Some(Body::Multipart(kind, bytes)) => {
                (UPLOAD_LIMIT, Some((kind.as_str(), bytes.as_slice())))
            }
        };
        let answer = self
            .client
            .call_within(
                limit,
                Request {
                    method: query.method,
                    url: url.trim_end_matches('?'),
                    headers: vec![("authorization", bearer.expose())],
                    body,
                },
            )
            .map_err(Failure::NoAnswer)?;
        let mut secrets = vec![token, &credentials.secret];
        secrets.extend(&credentials.token);
        let body = read(&answer, &secrets)?;
        Ok((body, used_percent(&answer, &credentials.page)))
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    #[serde(default, deserialize_with = "lenient")]
    code: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    error_subcode: Option<Word>,
    #[serde(default, deserialize_with = "lenient")]
    is_transient: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    message: Option<Word>,
}

/// The body of a success, or the error object, which also comes with status 200.
fn read(answer: &Answer, secrets: &[&Secret]) -> Result<Value, Failure> {
    if let Ok(body) = serde_json::from_slice::<ErrorBody>(&answer.body) {
        let number = |word: Option<Word>| word.and_then(|word| word.0.parse().ok()).unwrap_or(0);
        return Err(Failure::Refused(Refusal {
            code: number(body.error.code),
            subcode: number(body.error.error_subcode),
            is_transient: body.error.is_transient == Some(true),
            words: json::words(&json::text(body.error.message), secrets),
            wait: wait(answer),
        }));
    }
    match answer.json() {
        Some(value) if answer.status < 300 => Ok(value),
        _ => Err(Failure::Garbled(answer.status)),
    }
}

/// `x-business-use-case-usage: {"542998526103632":[{"type":"messenger","call_count":100,
/// "estimated_time_to_regain_access":12}]}`, in minutes. Calls before that prolong the block.
fn wait(answer: &Answer) -> Option<Duration> {
    let retry_after = answer
        .header("retry-after")
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    let minutes = usages(answer)
        .filter_map(|usage| most(&usage, &["estimated_time_to_regain_access"]))
        .max()
        .filter(|minutes| *minutes > 0);
    retry_after.max(minutes.map(|minutes| Duration::from_secs(minutes.min(24 * 60) * 60)))
}

/// How much of what the page may call is used, in percent: the largest figure of any limit. Other pages of the
/// same business have limits of their own.
fn used_percent(answer: &Answer, page: &str) -> Option<u32> {
    let percent = usages(answer)
        .filter_map(|usage| {
            let own = usage.get(page).unwrap_or(&usage);
            most(own, &["call_count", "total_cputime", "total_time"])
        })
        .max()?;
    u32::try_from(percent).ok()
}

fn usages(answer: &Answer) -> impl Iterator<Item = Value> {
    let names = USAGE_OF_CALLER.iter().chain([&USAGE_OF_PAGES]);
    names.filter_map(|name| serde_json::from_str(answer.header(name)?).ok())
}

/// The largest figure of these names, however deep it lies.
fn most(usage: &Value, names: &[&str]) -> Option<u64> {
    match usage {
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(name, value)| match names.contains(&name.as_str()) {
                true => value.as_u64(),
                false => most(value, names),
            })
            .max(),
        Value::Array(values) => values.iter().filter_map(|value| most(value, names)).max(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        Answer {
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<ureq::http::HeaderMap>(),
            body: b"{}".to_vec(),
        }
    }

    #[test]
    fn what_a_page_has_used_is_its_own_largest_figure_of_any_limit() {
        for (headers, expected) in [
            (vec![], None),
            (vec![("x-app-usage", "rubbish")], None),
            (
                vec![(
                    "x-app-usage",
                    r#"{"call_count":28,"total_time":85,"total_cputime":3}"#,
                )],
                Some(85),
            ),
            (
                vec![
                    ("x-page-usage", r#"{"call_count":12}"#),
                    (
                        "x-business-use-case-usage",
                        concat!(
                            r#"{"P1":[{"call_count":81,"estimated_time_to_regain_access":0}],"#,
                            r#""P2":[{"call_count":100,"estimated_time_to_regain_access":12}]}"#
                        ),
                    ),
                ],
                Some(81),
            ),
        ] {
            assert_eq!(
                used_percent(&answer(&headers), "P1"),
                expected,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn a_limit_lasts_as_long_as_the_longest_of_the_headers_says() {
        let limited = answer(&[
            ("retry-after", "30"),
            (
                "x-business-use-case-usage",
                r#"{"P1":[{"estimated_time_to_regain_access":12}]}"#,
            ),
        ]);
        assert_eq!(wait(&limited), Some(Duration::from_secs(720)));
        assert_eq!(wait(&answer(&[])), None);
    }
}
