//! Checks a page's token, and subscribes to the page's events.

use serde_json::Value;

use crate::channels::{
    Credentials, PageFacts, Preparation, SetupError, Sign, Subscribed, TokenEnd,
};
use crate::domain::names;
use crate::domain::time::Timestamp;
use crate::http::CallError;

use super::errors;
use super::graph::{Failure, Graph, Query, Refusal, part};

/// The permissions without which nothing works.
const PERMISSIONS: [&str; 2] = ["pages_messaging", "pages_manage_metadata"];

/// Every event that is understood. `response_feedback` is left out: it would put 👍/👎 on the
/// customer's screen.
const FIELDS: &str = "messages,messaging_postbacks,message_echoes,message_reads,message_deliveries,\
    message_reactions,message_edits,messaging_referrals,messaging_optins,messaging_handovers,standby,\
    messaging_policy_enforcement,messaging_account_linking";

/// One unknown name fails the whole list: what is left then.
const FIELDS_AT_LEAST: &str = "messages,messaging_postbacks,message_echoes";

/// Whose token it is, by two calls: `debug_token` knows its kind, app and permissions, but needs the
/// right app secret; `/me` knows the page's name.
pub fn check(graph: &Graph, credentials: &Credentials) -> Result<PageFacts, SetupError> {
    let Some(token) = credentials.token.as_ref().filter(|token| !token.is_empty()) else {
        return Err(SetupError::TokenRefused(String::new()));
    };
    let knows_app = !credentials.external_id.is_empty() && !credentials.secret.is_empty();
    let inspected = knows_app.then(|| {
        let query = Query {
            method: "GET",
            path: "debug_token".to_owned(),
            // The one call that wants the token in its address; the error texts never hold it.
            parameters: &[("input_token", token.expose())],
            body: None,
        };
        graph.ask_as_app(credentials, &query)
    });
    let data = match &inspected {
        Some(Ok(answer)) => &answer["data"],
        _ => &Value::Null,
    };
    if data["is_valid"] == false {
        let words = data["error"]["message"].as_str().unwrap_or_default();
        return Err(SetupError::TokenRefused(crate::channels::json::words(
            words,
            &[token, &credentials.secret],
        )));
    }
    if data["type"].as_str().is_some_and(|kind| kind != "PAGE") {
        return Err(SetupError::NotAPageToken);
    }
    let page = ask_page(graph, credentials)?;
    if !credentials.page.is_empty() && page.page != credentials.page {
        return Err(SetupError::OtherPage {
            name: page.name,
            page: page.page,
        });
    }
    check_app(credentials, data, inspected.as_ref())?;
    Ok(PageFacts {
        token_end: end_of(data),
        permissions: words_of(&data["scopes"]),
        ..page
    })
}

/// `expires_at` counts seconds; 0 is never. `data_access_expires_at`, three months after the last sign-in, is
/// left alone: the token's age is flagged long before.
fn end_of(data: &Value) -> Option<TokenEnd> {
    let seconds = data["expires_at"].as_i64().filter(|seconds| *seconds > 0)?;
    Some(TokenEnd::At(Timestamp::from_millis(
        seconds.saturating_mul(1000),
    )))
}

fn words_of(list: &Value) -> Vec<String> {
    let words = list.as_array().into_iter().flatten();
    words
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}

/// `{"data":{"app_id":"138483919580948","type":"PAGE","is_valid":true,"profile_id":"542998526103632",
/// "scopes":["pages_messaging","pages_manage_metadata"]}}`, for a token that works.
fn check_app(
    credentials: &Credentials,
    data: &Value,
    inspected: Option<&Result<Value, Failure>>,
) -> Result<(), SetupError> {
    match inspected {
        Some(Err(Failure::Refused(refusal))) if names_other_app(refusal) => {
            return Err(SetupError::OtherApp);
        }
        // The app's own token is made of id and secret: it is they that are refused.
        Some(Err(Failure::Refused(refusal))) if matches!(refusal.code, 1 | 101 | 190) => {
            return Err(SetupError::SecretRefused(refusal.told()));
        }
        _ => {}
    }
    let app = match &data["app_id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    };
    if !app.is_empty() && app != credentials.external_id {
        return Err(SetupError::OtherApp);
    }
    let Some(scopes) = data["scopes"].as_array() else {
        return Ok(());
    };
    let missing: Vec<&str> = PERMISSIONS
        .into_iter()
        .filter(|permission| !scopes.iter().any(|scope| scope == permission))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(SetupError::MissingPermission(missing.join(", ")))
}

/// "The App_id in the input_token did not match the Viewing App": code 100 has no subcode here.
fn names_other_app(refusal: &Refusal) -> bool {
    refusal.code == 100 && refusal.words.contains("App_id")
}

/// `GET /me?fields=id,name` → `{"id":"542998526103632","name":"Shop"}`
fn ask_page(graph: &Graph, credentials: &Credentials) -> Result<PageFacts, SetupError> {
    let query = Query {
        method: "GET",
        path: "me".to_owned(),
        parameters: &[("fields", "id,name")],
        body: None,
    };
    let answer = graph.ask(credentials, &query).map_err(of_failure)?;
    let page = match &answer["id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return Err(SetupError::Other(String::new())),
    };
    let name = answer["name"].as_str().and_then(names::clean);
    Ok(PageFacts {
        name: name.unwrap_or_else(|| page.clone()),
        page,
        handle: String::new(),
        token_end: None,
        permissions: Vec::new(),
        answered_elsewhere: None,
    })
}

/// `POST /{page}/subscribed_apps?subscribed_fields=…`. The list replaces the former one. The callback
/// URL itself is set in the app's dashboard: Meta verifies it there.
pub fn subscribe(graph: &Graph, credentials: &Credentials) -> Result<Subscribed, SetupError> {
    let subscribe_to = |fields: &str| {
        let query = Query {
            method: "POST",
            path: format!("{}/subscribed_apps", part(&credentials.page)),
            parameters: &[("subscribed_fields", fields)],
            body: None,
        };
        graph.ask(credentials, &query)
    };
    let warning = match subscribe_to(FIELDS) {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) if refusal.code == 100 => {
            subscribe_to(FIELDS_AT_LEAST).map_err(of_failure)?;
            Some("setup-warning-fewer-events")
        }
        Err(failure) => return Err(of_failure(failure)),
    };
    Ok(Subscribed {
        callback_proved: false,
        warning,
        replaced: None,
    })
}

/// `GET /{page}/subscribed_apps` → `{"data":[{"id":"138483919580948","name":"Shop desk","subscribed_fields":["messages",…]}]}`:
/// after an hour of unbroken failure Meta takes an app off the list, and puts it back only when it is asked.
/// (messenger.md §2.3) True when ours had gone, or had lost an event that we cannot do without.
pub fn renew(graph: &Graph, credentials: &Credentials) -> Result<bool, SetupError> {
    let query = Query {
        method: "GET",
        path: format!("{}/subscribed_apps", part(&credentials.page)),
        parameters: &[],
        body: None,
    };
    let answer = graph.ask(credentials, &query).map_err(of_failure)?;
    let apps = answer["data"].as_array().map(Vec::as_slice);
    let ours = apps
        .unwrap_or_default()
        .iter()
        .find(|app| app["id"] == credentials.external_id.as_str());
    let has = |field: &str| {
        let fields = ours.and_then(|app| app["subscribed_fields"].as_array());
        // An answer without the list tells nothing about it.
        fields.is_none_or(|fields| fields.iter().any(|found| found == field))
    };
    if ours.is_some() && FIELDS_AT_LEAST.split(',').all(has) {
        return Ok(false);
    }
    subscribe(graph, credentials).map(|_| true)
}

/// `DELETE /{page}/subscribed_apps`: the app leaves the page. (messenger.md §8.2)
pub fn unsubscribe(graph: &Graph, credentials: &Credentials) -> Result<(), SetupError> {
    let query = Query {
        method: "DELETE",
        path: format!("{}/subscribed_apps", part(&credentials.page)),
        parameters: &[],
        body: None,
    };
    graph.ask(credentials, &query).map_err(of_failure)?;
    Ok(())
}

/// What Meta wants before the first message comes. (Specification §2.2.)
pub const PREPARATION: &[Preparation] = &[
    by("page", Sign::Page),
    by("app", Sign::Credentials),
    by_hand("messenger"),
    by("token", Sign::Tokens),
    by("messaging", Sign::Permission(PERMISSIONS[0])),
    by("metadata", Sign::Permission(PERMISSIONS[1])),
    by("events", Sign::Events),
    by_hand("testers"),
    by_hand("live"),
    by_hand("names"),
    by_hand("human-agent"),
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
        Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why)) => {
            SetupError::Unreachable(why)
        }
        Failure::Garbled(status) => SetupError::Unreachable(status.to_string()),
        Failure::Refused(refusal) if errors::is_credentials(&refusal) => {
            SetupError::TokenRefused(refusal.told())
        }
        Failure::Refused(refusal) if errors::is_temporary(&refusal) => {
            SetupError::Unreachable(refusal.told())
        }
        // The token is not this page's: "Requested Page Does Not Match Page Access Token", or a person's.
        Failure::Refused(refusal) if refusal.code == 210 => SetupError::NotAPageToken,
        Failure::Refused(refusal) if matches!(refusal.code, 3 | 10 | 200..=299) => {
            SetupError::MissingPermission(refusal.told())
        }
        Failure::Refused(refusal) => SetupError::Other(refusal.told()),
    }
}
