//! The Graph API's door: version, token, proof and faults first, then the table of paths.

use super::super::call::{Answer, Call, TokenPlace, find};
use super::super::fault::Calls;
use super::super::server::Host;
use super::super::wire;
use super::World;
use super::errors::{GraphError, invalid};
use super::state::{Holder, State, Token};
use serde_json::{Value, json};
use std::sync::Arc;

/// Parameters that ended for all versions on 27 October 2026 (messenger.md §0).
const ENDED_PARAMETERS: [&str; 4] = ["pretty", "debug", "date_format", "ids"];

/// `graph.facebook.com`, and the content network beside it.
pub(in crate::simulator) struct GraphHost(pub(in crate::simulator) Arc<World>);

impl Host for GraphHost {
    fn answer(&self, call: &Call) -> Answer {
        let answer = self.route(call);
        let token = token_of(call).1;
        self.0.change(|state| state.calls.add(call, &answer, token));
        answer
    }
}

/// A call whose token was accepted.
pub(super) struct Request<'a> {
    pub(super) call: &'a Call,
    pub(super) token: Token,
    pub(super) now_ms: i64,
}

impl Request<'_> {
    /// A parameter, wherever the caller put it: query, JSON body, form or multipart.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.call, name)
    }

    /// The page that a path segment names, if the token is that page's.
    pub(super) fn page(&self, segment: &str) -> Result<String, Answer> {
        match &self.token.holder {
            Holder::Page(page) if segment == "me" || segment == page => Ok(page.clone()),
            Holder::Page(_) => Err(GraphError::PAGE_MISMATCH.answer()),
            Holder::User(_) => Err(GraphError {
                code: 210,
                message: "(#210) A page access token is required to request this resource.",
                ..GraphError::SESSION
            }
            .answer()),
        }
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.token.scopes.iter().any(|it| it == scope)
    }
}

impl GraphHost {
    fn route(&self, call: &Call) -> Answer {
        let segments = call.segments();
        let rest = match segments.as_slice() {
            ["cdn", name] => return self.0.cdn_file(name),
            [version, rest @ ..] if is_version(version) => rest,
            _ => return invalid("The path must begin with a version, as in /v25.0"),
        };
        if ENDED_PARAMETERS
            .iter()
            .any(|name| call.query(name).is_some())
        {
            return invalid("This query parameter is no longer supported");
        }
        match (call.method.as_str(), rest) {
            ("GET", ["debug_token"]) => return self.0.debug_token(call),
            ("GET", ["oauth", "access_token"]) => return self.0.exchange_token(call),
            ("GET" | "POST", [app_id, "subscriptions"]) => {
                return self.0.app_subscriptions(call, app_id);
            }
            _ => {}
        }
        match self.0.admit(call) {
            Ok(request) => self.spoiled(&request, rest),
            Err(answer) => answer,
        }
    }

    /// Answers, with whatever fault strikes this call.
    fn spoiled(&self, request: &Request<'_>, rest: &[&str]) -> Answer {
        let world = &self.0;
        let (calls, recipient) = match (request.call.method.as_str(), rest) {
            ("POST", [_, "messages"]) => (Calls::Sends, recipient(request)),
            ("GET", [id]) if world.state().people.contains_key(*id) => {
                (Calls::Profiles, Some((*id).to_owned()))
            }
            _ => (Calls::Every, None),
        };
        let place = match &request.token.holder {
            Holder::Page(page) => page.as_str(),
            Holder::User(_) => "",
        };
        let strike =
            |state: &mut State| state.faults.strike_call(calls, place, recipient.as_deref());
        let answer = match world.change(strike) {
            None => self.perform(request, rest),
            Some(fault) => fault.spoil(
                || self.perform(request, rest),
                || GraphError::PASSWORD_CHANGED.answer(),
                || {
                    GraphError::RATE_LIMIT
                        .answer()
                        .with_header(USAGE, usage(place, 100))
                },
            ),
        };
        match world.state().usage_percent {
            Some(percent) => answer.with_header(USAGE, usage(place, percent)),
            None => answer,
        }
    }

    fn perform(&self, request: &Request<'_>, rest: &[&str]) -> Answer {
        let world = &self.0;
        match (request.call.method.as_str(), rest) {
            ("GET", ["me", "accounts"]) => world.accounts(request),
            ("GET", [page, "subscribed_apps"]) => world.subscribed_apps(request, page),
            ("POST", [page, "subscribed_apps"]) => world.subscribe(request, page),
            ("DELETE", [page, "subscribed_apps"]) => world.unsubscribe(request, page),
            ("POST", [page, "messages"]) => world.send(request, page),
            ("POST", [page, "message_attachments"]) => world.keep_attachment(request, page),
            ("GET", [page, "conversations"]) => world.conversations(request, page),
            ("GET", [page, "thread_owner"]) => world.thread_owner(request, page),
            ("POST", [page, control]) if control.ends_with("_thread_control") => {
                world.thread_control(request, page, control)
            }
            ("GET", [id]) => world.node(request, id),
            _ => GraphError::UNKNOWN_ID.answer(),
        }
    }
}

impl World {
    /// Lets a call in when its token and its proof are right.
    fn admit<'a>(&self, call: &'a Call) -> Result<Request<'a>, Answer> {
        let now_ms = self.now_ms();
        let (token, _) = token_of(call);
        let state = self.state();
        let entry = state
            .holder(token.as_deref(), now_ms)
            .map_err(GraphError::answer)?
            .clone();
        if let Some(app) = state.apps.get(&entry.app_id) {
            let right = wire::appsecret_proof(&app.secret, token.as_deref().unwrap_or_default());
            // Only the query counts; a copy in the body is ignored (messenger.md §4.2).
            match call.query("appsecret_proof") {
                Some(proof) if proof != right => return Err(GraphError::PROOF_INVALID.answer()),
                None if app.requires_proof => return Err(GraphError::PROOF_REQUIRED.answer()),
                _ => {}
            }
        }
        Ok(Request {
            call,
            token: entry,
            now_ms,
        })
    }
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| {
            [major, minor]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

fn recipient(request: &Request<'_>) -> Option<String> {
    let recipient = request.parameter("recipient")?;
    let recipient: Value = serde_json::from_str(&recipient).ok()?;
    recipient["id"].as_str().map(str::to_owned)
}

/// The access token and where it stood (messenger.md §4.1).
pub(super) fn token_of(call: &Call) -> (Option<String>, TokenPlace) {
    if let Some(token) = call.bearer() {
        return (Some(token.to_owned()), TokenPlace::Header);
    }
    if let Some(token) = call.query("access_token") {
        return (Some(token.to_owned()), TokenPlace::Query);
    }
    match parameter(call, "access_token") {
        Some(token) => (Some(token), TokenPlace::Body),
        None => (None, TokenPlace::Missing),
    }
}

/// A parameter, wherever the caller put it. Objects come as their JSON text.
pub(super) fn parameter(call: &Call, name: &str) -> Option<String> {
    if let Some(value) = call.query(name) {
        return Some(value.to_owned());
    }
    match call.media_type().as_str() {
        "application/json" => match call.json()?.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
        "multipart/form-data" => call
            .parts()?
            .into_iter()
            .find(|part| part.name == name && part.file_name.is_none())
            .and_then(|part| String::from_utf8(part.body).ok()),
        _ => find(&call.form(), name).map(str::to_owned),
    }
}

const USAGE: &str = "X-Business-Use-Case-Usage";

fn usage(page_id: &str, percent: u32) -> String {
    json!({page_id: [{
        "type": "messenger",
        "call_count": percent,
        "total_cputime": percent / 2,
        "total_time": percent / 2,
        "estimated_time_to_regain_access": if percent >= 100 { 1 } else { 0 },
    }]})
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_version_is_a_v_and_two_numbers() {
        assert!(is_version("v25.0"));
        assert!(!is_version("v25"));
        assert!(!is_version("v2x.0"));
        assert!(!is_version("25.0"));
    }
}
