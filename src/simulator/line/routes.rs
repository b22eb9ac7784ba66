//! The doors of `api.line.me` and `api-data.line.me`: token and faults first, then the tables of
//! paths.

use super::super::call::{Answer, Call, TokenPlace, find};
use super::super::fault::Calls;
use super::super::server::Host;
use super::super::wire;
use super::World;
use super::errors::LineError;
use super::state::State;
use serde_json::Value;
use std::sync::Arc;

/// The largest body, 2 MB (line.md §3).
const LARGEST_BODY: usize = 2 << 20;

/// `api.line.me`.
pub(in crate::simulator) struct LineHost(pub(in crate::simulator) Arc<World>);

/// `api-data.line.me`.
pub(in crate::simulator) struct LineDataHost(pub(in crate::simulator) Arc<World>);

impl Host for LineHost {
    fn answer(&self, call: &Call) -> Answer {
        let world = &self.0;
        let answer = match (call.method.as_str(), call.segments().as_slice()) {
            ("POST", ["oauth2", "v3", "token"]) => world.issue_token(call),
            ("POST", ["v2", "oauth", "verify"]) => world.verify_token(call),
            _ => world.admitted(call, World::perform),
        };
        world.log(call, answer)
    }
}

impl Host for LineDataHost {
    fn answer(&self, call: &Call) -> Answer {
        let answer = self.0.admitted(call, World::perform_data);
        self.0.log(call, answer)
    }
}

/// A call whose token was accepted.
pub(super) struct Request<'a> {
    pub(super) call: &'a Call,
    pub(super) channel_id: String,
    pub(super) now_ms: i64,
    /// What `x-line-request-id` will say.
    pub(super) request_id: String,
    /// The JSON body; null for calls without one.
    pub(super) body: Value,
}

impl World {
    fn log(&self, call: &Call, answer: Answer) -> Answer {
        let token = match call.bearer() {
            Some(_) => TokenPlace::Header,
            None => TokenPlace::Missing,
        };
        self.change(|state| state.calls.add(call, &answer, token));
        answer
    }

    /// Lets a call in when its token is right, and answers it with whatever fault strikes it.
    fn admitted(
        self: &Arc<Self>,
        call: &Call,
        perform: fn(&Arc<Self>, &Request<'_>, &[&str]) -> Answer,
    ) -> Answer {
        let request = match self.admit(call) {
            Ok(request) => request,
            Err(answer) => return answer,
        };
        let segments = call.segments();
        let (calls, recipient) = match (call.method.as_str(), segments.as_slice()) {
            ("POST", ["v2", "bot", "message", "push"]) => {
                (Calls::Sends, request.body["to"].as_str().map(str::to_owned))
            }
            ("POST", ["v2", "bot", "message", "reply"]) => {
                (Calls::Sends, self.chat_of_reply(&request))
            }
            ("GET", ["v2", "bot", "profile", user]) => (Calls::Profiles, Some((*user).to_owned())),
            _ => (Calls::Every, None),
        };
        let under_way = match (calls, &recipient) {
            (Calls::Sends, Some(chat)) => Some(self.under_way.begin(chat)),
            _ => None,
        };
        let perform = || perform(self, &request, &segments);
        let answer = self.spoiled(calls, &request.channel_id, recipient.as_deref(), perform);
        answer
            .with_header("x-line-request-id", request.request_id)
            .and_then(move || drop(under_way))
    }

    /// What `perform` answers, or what a fault makes of it.
    fn spoiled(
        &self,
        calls: Calls,
        channel_id: &str,
        recipient: Option<&str>,
        perform: impl FnOnce() -> Answer,
    ) -> Answer {
        let strike = |state: &mut State| state.faults.strike_call(calls, channel_id, recipient);
        match self.change(strike) {
            None => perform(),
            Some(fault) => fault.spoil(
                perform,
                || LineError::UNAUTHORIZED.answer(),
                || LineError::RATE_LIMIT.answer(),
            ),
        }
    }

    fn issue_token(&self, call: &Call) -> Answer {
        let form = call.form();
        let channel_id = find(&form, "client_id").unwrap_or_default();
        self.spoiled(Calls::Tokens, channel_id, None, || {
            self.issue_stateless_token(call)
        })
    }

    fn admit<'a>(&self, call: &'a Call) -> Result<Request<'a>, Answer> {
        let now_ms = self.now_ms();
        let state = self.state();
        let token = call
            .bearer()
            .and_then(|token| state.tokens.get(token))
            .filter(|token| {
                token
                    .expires_at_ms
                    .is_none_or(|expires_at_ms| now_ms < expires_at_ms)
            })
            .ok_or_else(|| LineError::UNAUTHORIZED.answer())?;
        if call.body.len() > LARGEST_BODY {
            return Err(LineError::TOO_LARGE.answer());
        }
        let has_body = matches!(call.method.as_str(), "POST" | "PUT");
        if has_body && call.media_type() != "application/json" {
            return Err(LineError::WRONG_MEDIA_TYPE.answer());
        }
        let body = match call.json() {
            None if has_body => return Err(LineError::BAD_REQUEST.answer()),
            body => body.unwrap_or_default(),
        };
        Ok(Request {
            call,
            channel_id: token.channel_id.clone(),
            now_ms,
            request_id: wire::random_hex(),
            body,
        })
    }

    fn perform(self: &Arc<Self>, request: &Request<'_>, segments: &[&str]) -> Answer {
        let ["v2", "bot", rest @ ..] = segments else {
            return LineError::NOT_FOUND.answer();
        };
        match (request.call.method.as_str(), rest) {
            ("POST", ["message", "reply"]) => self.reply(request),
            ("POST", ["message", "push"]) => self.push(request),
            ("POST", ["message", "validate", "reply" | "push"]) => self.validate(request),
            ("GET", ["message", "quota"]) => self.quota(request),
            ("GET", ["message", "quota", "consumption"]) => self.quota_consumption(request),
            ("POST", ["chat", "markAsRead"]) => self.mark_as_read(request),
            ("POST", ["chat", "loading", "start"]) => self.start_loading(request),
            ("GET", ["info"]) => self.bot_info(request),
            ("GET", ["profile", user]) => self.profile(request, user),
            ("GET", ["group", group, "summary"]) => self.group_summary(request, group),
            ("GET", ["group" | "room", group, "member", user]) => {
                self.group_member(request, group, user)
            }
            ("GET", ["group" | "room", group, "members", "count"]) => {
                self.group_count(request, group)
            }
            ("GET", ["channel", "webhook", "endpoint"]) => self.endpoint(request),
            ("PUT", ["channel", "webhook", "endpoint"]) => self.set_endpoint(request),
            ("POST", ["channel", "webhook", "test"]) => self.test_webhook(request),
            ("GET", ["followers", "ids"]) => LineError::FORBIDDEN.answer(),
            _ => LineError::NOT_FOUND.answer(),
        }
    }

    fn perform_data(self: &Arc<Self>, request: &Request<'_>, segments: &[&str]) -> Answer {
        match (request.call.method.as_str(), segments) {
            ("GET", ["v2", "bot", "message", id, "content"]) => self.content(request, id),
            ("GET", ["v2", "bot", "message", id, "content", "preview"]) => {
                self.preview(request, id)
            }
            ("GET", ["v2", "bot", "message", id, "content", "transcoding"]) => {
                self.transcoding(request, id)
            }
            _ => LineError::NOT_FOUND.answer(),
        }
    }
}
