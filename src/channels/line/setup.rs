//! Checks a channel's id, secret and token, and points LINE's webhook here.

use std::time::Duration;

use serde_json::{Value, json};

use crate::channels::{
    Credentials, PageFacts, Preparation, SetupError, Sign, Subscribed, TokenEnd,
};
use crate::domain::names;
use crate::http::{Answer, CallError};

use super::api::{Api, Deadline, Failure, Query, given, told, words};
use super::token::TokenError;

/// The one official account of a channel. The secret is proved too, also when a token is given: it signs
/// the webhooks.
pub fn check(api: &Api, credentials: &Credentials) -> Result<PageFacts, SetupError> {
    let deadline = Deadline::of_a_call();
    let proved = api.prove_secret(credentials, deadline);
    if let Err(TokenError::Refused(why)) = proved {
        return Err(SetupError::SecretRefused(why));
    }
    let answer = api
        .ask(credentials, deadline, &Query::get("/v2/bot/info"))
        .map_err(of_failure)?;
    let bot = body_of(&answer, credentials)?;
    let Some(page) = bot["userId"].as_str().map(str::to_owned) else {
        return Err(SetupError::Other(told(&answer, credentials)));
    };
    let name = bot["displayName"].as_str().and_then(names::clean);
    let page = PageFacts {
        name: name.unwrap_or_else(|| page.clone()),
        page,
        handle: bot["basicId"].as_str().unwrap_or_default().to_owned(),
        token_end: None,
        permissions: Vec::new(),
        // `chat`: people answer in LINE's own chat, and such answers never reach us. `bot`: they cannot.
        answered_elsewhere: bot["chatMode"].as_str().map(|mode| mode == "chat"),
    };
    if !credentials.page.is_empty() && page.page != credentials.page {
        return Err(SetupError::OtherPage {
            name: page.name,
            page: page.page,
        });
    }
    let Some(verified) = given(credentials).and_then(|token| api.verify(token, deadline)) else {
        return Ok(page);
    };
    if verified.channel != credentials.external_id {
        return Err(SetupError::OtherApp);
    }
    Ok(PageFacts {
        token_end: end_of(verified.expires_in_s),
        permissions: verified.scope,
        ..page
    })
}

/// What LINE says about the end of a long-lived token, which has none, is not written down anywhere: it is
/// told as some 30 days, again and again. An end is believed once it has come nearer than a new token's.
fn end_of(expires_in_s: u64) -> Option<TokenEnd> {
    const BELIEVED: Duration = Duration::from_secs(29 * 24 * 3600);
    let rest = Duration::from_secs(expires_in_s);
    (!rest.is_zero() && rest < BELIEVED).then_some(TokenEnd::In(rest))
}

const ENDPOINT: &str = "/v2/bot/channel/webhook/endpoint";

/// Sets the webhook, lets LINE call it, and looks whether it is switched on, which no call can do.
pub fn subscribe(
    api: &Api,
    credentials: &Credentials,
    callback_url: &str,
) -> Result<Subscribed, SetupError> {
    let ask = |query: &Query<'_>| {
        api.ask(credentials, Deadline::of_a_call(), query)
            .map_err(of_failure)
    };
    let before = endpoint(&ask(&Query::get(ENDPOINT))?, credentials)?;
    let old = before["endpoint"].as_str().filter(|old| !old.is_empty());
    if old != Some(callback_url) {
        let put = Query {
            method: "PUT",
            ..Query::post(ENDPOINT, json!({ "endpoint": callback_url }))
        };
        let answer = ask(&put)?;
        if answer.status == 400 {
            return Err(SetupError::CallbackRefused(words(&answer, credentials)));
        }
        body_of(&answer, credentials)?;
    }
    // With the address in the body, because it takes LINE up to a minute to use a new one by itself.
    let test = json!({ "endpoint": callback_url });
    let tested = ask(&Query::post("/v2/bot/channel/webhook/test", test))?;
    let after = endpoint(&ask(&Query::get(ENDPOINT))?, credentials)?;
    if after["active"] == false {
        return Err(SetupError::WebhookOff);
    }
    let callback_proved = read_test(&tested, credentials)?;
    Ok(Subscribed {
        callback_proved,
        warning: (!callback_proved).then_some("setup-warning-not-tested"),
        replaced: old.filter(|old| *old != callback_url).map(str::to_owned),
    })
}

/// Whether the webhook leads to us and is switched on. Another address is somebody's choice: to set ours again would
/// take the events from whoever has them now, every ten minutes. (line.md §7)
pub fn look(api: &Api, credentials: &Credentials, callback_path: &str) -> Result<(), SetupError> {
    let answer = api
        .ask(credentials, Deadline::of_a_call(), &Query::get(ENDPOINT))
        .map_err(of_failure)?;
    let found = endpoint(&answer, credentials)?;
    let address = found["endpoint"].as_str().unwrap_or_default();
    if !address.ends_with(callback_path) {
        return Err(SetupError::PointsElsewhere(address.to_owned()));
    }
    match found["active"] == false {
        true => Err(SetupError::WebhookOff),
        false => Ok(()),
    }
}

/// `{"endpoint":"https://example.com/hook","active":true}`; 404 when none was ever set.
fn endpoint(answer: &Answer, credentials: &Credentials) -> Result<Value, SetupError> {
    match answer.status {
        404 => Ok(Value::Null),
        _ => body_of(answer, credentials),
    }
}

/// `{"success":false,"timestamp":"2020-09-30T05:38:20.031Z","statusCode":404,"reason":"ERROR_STATUS_CODE","detail":"404"}`.
/// False when LINE tests no more: it does so 60 times an hour.
fn read_test(answer: &Answer, credentials: &Credentials) -> Result<bool, SetupError> {
    match answer.status {
        429 => return Ok(false),
        // The host name is not known, for example.
        400 => return Err(SetupError::CallbackUnreachable(words(answer, credentials))),
        _ => {}
    }
    let test = body_of(answer, credentials)?;
    if test["success"] == true {
        return Ok(true);
    }
    let word = |name: &str| test[name].as_str().unwrap_or_default().to_owned();
    let reason = format!("{} {}", word("reason"), word("detail"));
    Err(SetupError::CallbackUnreachable(reason.trim().to_owned()))
}

pub fn body_of(answer: &Answer, credentials: &Credentials) -> Result<Value, SetupError> {
    let detail = told(answer, credentials);
    match answer.status {
        200..300 => Ok(answer.json().unwrap_or_default()),
        401 => Err(SetupError::TokenRefused(detail)),
        403 => Err(SetupError::MissingPermission(detail)),
        429 | 500.. => Err(SetupError::Unreachable(detail)),
        _ => Err(SetupError::Other(detail)),
    }
}

/// What LINE wants before the first message comes. (Contract line.md §7.) No call tells whether events are sent
/// again after an outage, or whether LINE greets and answers customers by itself.
pub const PREPARATION: &[Preparation] = &[
    by("channel", Sign::Credentials),
    by("token", Sign::Tokens),
    by("webhook", Sign::Events),
    by_hand("redelivery"),
    by_hand("auto-reply"),
    by_hand("greeting"),
    by("chat", Sign::OneInbox),
    by("message", Sign::Message),
];

const fn by(word: &'static str, sign: Sign) -> Preparation {
    Preparation {
        word,
        sign: Some(sign),
    }
}

const fn by_hand(word: &'static str) -> Preparation {
    Preparation { word, sign: None }
}

pub fn of_failure(failure: Failure) -> SetupError {
    match failure {
        Failure::NoToken(TokenError::Refused(why)) => SetupError::SecretRefused(why),
        Failure::NoToken(TokenError::Later(why))
        | Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why)) => {
            SetupError::Unreachable(why)
        }
    }
}
