//! Tokens, the official account, people and groups as the API tells them (line.md §5 and §6).

use super::super::call::{Answer, Call, find};
use super::super::transcript::{Side, Tick};
use super::super::wire;
use super::World;
use super::errors::{LineError, bad};
use super::routes::Request;
use super::state::{ChatMode, Group, State, Token};
use serde_json::{Value, json};

/// A stateless token lives 15 minutes (line.md §6).
const STATELESS_TOKEN_S: i64 = 900;

impl World {
    /// `POST /oauth2/v3/token`: a stateless token for channel id and secret.
    pub(super) fn issue_stateless_token(&self, call: &Call) -> Answer {
        let form = call.form();
        let is_form = call.media_type() == "application/x-www-form-urlencoded";
        if !is_form || find(&form, "grant_type") != Some("client_credentials") {
            return oauth_error("invalid_request", "grant_type is missing or not supported");
        }
        let channel_id = find(&form, "client_id").unwrap_or_default();
        let secret = find(&form, "client_secret").unwrap_or_default();
        let token = wire::long_id("ey");
        let entry = Token {
            channel_id: channel_id.to_owned(),
            expires_at_ms: Some(self.now_ms() + STATELESS_TOKEN_S * 1000),
            is_stateless: true,
        };
        self.change(|state| match state.channels.get(channel_id) {
            Some(channel) if channel.secret == secret => {
                state.tokens.insert(token.clone(), entry);
                Answer::json(
                    200,
                    &json!({
                        "token_type": "Bearer",
                        "access_token": token,
                        "expires_in": STATELESS_TOKEN_S,
                    }),
                )
            }
            _ => oauth_error("invalid_client", "invalid client_id or client_secret"),
        })
    }

    /// `POST /v2/oauth/verify`: for long-lived and short-lived tokens; stateless ones cannot be asked about.
    /// A long-lived one is told to have some 30 days left, whenever it is asked about.
    pub(super) fn verify_token(&self, call: &Call) -> Answer {
        let form = call.form();
        let token = find(&form, "access_token").unwrap_or_default();
        let now_ms = self.now_ms();
        match self.state().tokens.get(token) {
            Some(token)
                if !token.is_stateless && token.expires_at_ms.is_none_or(|at| at > now_ms) =>
            {
                let expires_in = token
                    .expires_at_ms
                    .map_or(2_591_659, |at| (at - now_ms) / 1000);
                Answer::json(
                    200,
                    &json!({"client_id": token.channel_id, "expires_in": expires_in, "scope": "P CM"}),
                )
            }
            _ => oauth_error("invalid_request", "access token invalid"),
        }
    }

    /// `GET /v2/bot/info`.
    pub(super) fn bot_info(&self, request: &Request<'_>) -> Answer {
        let state = self.state();
        let Some(channel) = state.channels.get(&request.channel_id) else {
            return LineError::NOT_FOUND.answer();
        };
        let (chat_mode, read_mode) = match channel.bot.chat_mode {
            ChatMode::Chat => ("chat", "manual"),
            ChatMode::Bot => ("bot", "auto"),
        };
        Answer::json(
            200,
            &json!({
                "userId": channel.bot.user_id,
                "basicId": channel.bot.basic_id,
                "displayName": channel.bot.display_name,
                "pictureUrl": "https://profile.line-scdn.net/bot",
                "chatMode": chat_mode,
                "markAsReadMode": read_mode,
            }),
        )
    }

    /// `GET /v2/bot/profile/{user}`: friends, and others who wrote.
    pub(super) fn profile(&self, request: &Request<'_>, user_id: &str) -> Answer {
        if !is_id(user_id, 'U') {
            return bad("The value for the 'userId' parameter is invalid");
        }
        let state = self.state();
        let visible = state.people.get(user_id).filter(|person| {
            let is_near = person.is_friend || person.last_wrote_ms.is_some();
            person.channel_id == request.channel_id
                && is_near
                && !person.has_blocked
                && !person.hides_profile
        });
        match visible {
            Some(person) => Answer::json(200, &profile_of(user_id, &person.name)),
            None => LineError::NOT_FOUND.answer(),
        }
    }

    /// `GET /v2/bot/group/{group}/summary`.
    pub(super) fn group_summary(&self, request: &Request<'_>, group_id: &str) -> Answer {
        match group_of(&self.state(), request, group_id) {
            None => LineError::NOT_FOUND.answer(),
            Some(group) => {
                Answer::json(200, &json!({"groupId": group_id, "groupName": group.name}))
            }
        }
    }

    /// `GET /v2/bot/group/{group}/member/{user}`; works without friendship.
    pub(super) fn group_member(
        &self,
        request: &Request<'_>,
        group_id: &str,
        user_id: &str,
    ) -> Answer {
        let state = self.state();
        let name = group_of(&state, request, group_id).and_then(|group| group.members.get(user_id));
        match name {
            None => LineError::NOT_FOUND.answer(),
            Some(name) => Answer::json(200, &profile_of(user_id, name)),
        }
    }

    /// `GET /v2/bot/group/{group}/members/count`, without the bot.
    pub(super) fn group_count(&self, request: &Request<'_>, group_id: &str) -> Answer {
        match group_of(&self.state(), request, group_id) {
            None => LineError::NOT_FOUND.answer(),
            Some(group) => Answer::json(200, &json!({"count": group.members.len()})),
        }
    }

    /// `GET /v2/bot/message/quota`.
    pub(super) fn quota(&self, request: &Request<'_>) -> Answer {
        let state = self.state();
        let quota = state
            .channels
            .get(&request.channel_id)
            .and_then(|channel| channel.quota);
        Answer::json(
            200,
            &match quota {
                None => json!({"type": "none"}),
                Some(value) => json!({"type": "limited", "value": value}),
            },
        )
    }

    /// `GET /v2/bot/message/quota/consumption`.
    pub(super) fn quota_consumption(&self, request: &Request<'_>) -> Answer {
        let state = self.state();
        let used = state
            .channels
            .get(&request.channel_id)
            .map_or(0, |channel| channel.used);
        Answer::json(200, &json!({"totalUsage": used}))
    }

    /// `POST /v2/bot/chat/markAsRead` with the token of a message.
    pub(super) fn mark_as_read(&self, request: &Request<'_>) -> Answer {
        let token = request.body["markAsReadToken"].as_str().unwrap_or_default();
        self.change(|state| match state.read_tokens.get(token) {
            Some((channel_id, user_id)) if *channel_id == request.channel_id => {
                if let Some(person) = state.people.get_mut(user_id) {
                    person.transcript.tick_all(Side::Customer, Tick::Read);
                }
                Answer::json(200, &json!({}))
            }
            _ => bad("The markAsReadToken is invalid"),
        })
    }

    /// `POST /v2/bot/chat/loading/start`: 5 to 60 seconds in steps of 5, one person only.
    pub(super) fn start_loading(&self, request: &Request<'_>) -> Answer {
        let seconds = match &request.body["loadingSeconds"] {
            Value::Null => Some(20),
            seconds => seconds.as_u64(),
        };
        let is_person = is_id(request.body["chatId"].as_str().unwrap_or_default(), 'U');
        match seconds {
            Some(5..=60) if !is_person => {
                bad("The property, 'chatId', in the request body is invalid")
            }
            Some(seconds @ 5..=60) if seconds % 5 == 0 => Answer::json(202, &json!({})),
            _ => bad("The property, 'loadingSeconds', in the request body is invalid"),
        }
    }
}

fn oauth_error(error: &str, description: &str) -> Answer {
    Answer::json(
        400,
        &json!({"error": error, "error_description": description}),
    )
}

fn group_of<'a>(state: &'a State, request: &Request<'_>, group_id: &str) -> Option<&'a Group> {
    let group = state.groups.get(group_id)?;
    (group.channel_id == request.channel_id).then_some(group)
}

fn profile_of(user_id: &str, name: &str) -> Value {
    json!({
        "userId": user_id,
        "displayName": name,
        "pictureUrl": format!("https://profile.line-scdn.net/{user_id}"),
        "language": "en",
    })
}

/// Is this `letter` and 32 lower-case hex digits (line.md §2)?
pub(super) fn is_id(id: &str, letter: char) -> bool {
    let is_hex = |digits: &str| {
        digits
            .bytes()
            .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    id.strip_prefix(letter)
        .is_some_and(|digits| digits.len() == 32 && is_hex(digits))
}
