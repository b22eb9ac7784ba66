//! The calls of setting up: tokens, the pages of a user, subscriptions (messenger.md §7 and §8).

use super::super::call::{Answer, Call};
use super::World;
use super::errors::{GraphError, invalid};
use super::events::FIELDS;
use super::routes::{Request, parameter, token_of};
use super::state::{Holder, State};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl World {
    /// `GET /debug_token?input_token=…` with the app's own token `{app id}|{app secret}`.
    pub(super) fn debug_token(&self, call: &Call) -> Answer {
        let state = self.state();
        let asking = token_of(call).0.unwrap_or_default();
        let app_id = match app_of(&state, &asking) {
            Some(app_id) => app_id,
            None => match state.holder(Some(&asking), self.now_ms()) {
                Ok(token) => token.app_id.clone(),
                Err(error) => return error.answer(),
            },
        };
        let Some(input) = call.query("input_token") else {
            return invalid("The parameter input_token is required");
        };
        let Some(token) = state.tokens.get(input) else {
            return Answer::json(
                200,
                &json!({"data": {
                    "error": {"code": 190, "message": GraphError::TOKEN_INVALID.message},
                    "is_valid": false,
                    "scopes": [],
                }}),
            );
        };
        if token.app_id != app_id {
            return invalid("The App_id in the input_token did not match the Viewing App");
        }
        let page_id = match &token.holder {
            Holder::Page(page) => Some(page),
            Holder::User(_) => None,
        };
        let dead = state.token_error(token, self.now_ms()).or_else(|| {
            let is_dead = page_id.is_some_and(|page| state.faults.has_dead_token(page));
            is_dead.then_some(GraphError::PASSWORD_CHANGED)
        });
        let mut data = json!({
            "app_id": token.app_id,
            "type": if page_id.is_some() { "PAGE" } else { "USER" },
            "application": format!("App {}", token.app_id),
            "expires_at": token.expires_at_ms / 1000,
            "data_access_expires_at": token.issued_at_ms / 1000 + 90 * 86_400,
            "is_valid": dead.is_none(),
            "issued_at": token.issued_at_ms / 1000,
            "user_id": "10152368852405295",
            "scopes": token.scopes,
        });
        if let Some(page) = page_id {
            data["profile_id"] = page.as_str().into();
        }
        if let Some(error) = dead {
            data["error"] =
                json!({"code": error.code, "subcode": error.subcode, "message": error.message});
        }
        Answer::json(200, &json!({"data": data}))
    }

    /// `GET /oauth/access_token?grant_type=fb_exchange_token…`: a long token for a short one.
    pub(super) fn exchange_token(&self, call: &Call) -> Answer {
        let state = self.state();
        let client = (call.query("client_id"), call.query("client_secret"));
        let is_known = match client {
            (Some(id), Some(secret)) => state.apps.get(id).is_some_and(|app| app.secret == secret),
            _ => false,
        };
        let token = call.query("fb_exchange_token").unwrap_or_default();
        if !is_known {
            return invalid("Error validating client secret.");
        }
        match state.holder(Some(token), self.now_ms()) {
            Ok(_) => Answer::json(
                200,
                &json!({"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}),
            ),
            Err(error) => error.answer(),
        }
    }

    /// `GET /me/accounts` with a user's token: all pages, each with a token.
    pub(super) fn accounts(&self, request: &Request<'_>) -> Answer {
        if matches!(request.token.holder, Holder::Page(_)) {
            return invalid("Tried accessing nonexisting field (accounts) on node type (Page)");
        }
        let state = self.state();
        let rows = state.tokens.iter().filter_map(|(token, entry)| {
            let Holder::Page(page_id) = &entry.holder else {
                return None;
            };
            let name = &state.pages.get(page_id)?.name;
            (entry.app_id == request.token.app_id).then(|| {
                json!({
                    "access_token": token,
                    "category": "Shopping & retail",
                    "name": name,
                    "id": page_id,
                    "tasks": ["MESSAGING", "MODERATE", "MANAGE"],
                })
            })
        });
        let rows: Vec<Value> = rows.collect();
        Answer::json(200, &json!({"data": rows, "paging": {}}))
    }

    /// `GET /{page}/subscribed_apps`.
    pub(super) fn subscribed_apps(&self, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        let state = self.state();
        let rows: Vec<Value> = state
            .pages
            .get(&page_id)
            .into_iter()
            .flat_map(|page| &page.subscriptions)
            .map(|(app_id, fields)| {
                json!({
                    "category": "Business",
                    "link": "https://example.com/",
                    "name": format!("App {app_id}"),
                    "id": app_id,
                    "subscribed_fields": fields,
                })
            })
            .collect();
        Answer::json(200, &json!({"data": rows}))
    }

    /// `POST /{page}/subscribed_apps?subscribed_fields=…`. The list replaces the former one; one
    /// unknown name fails the call (messenger.md §8.2).
    pub(super) fn subscribe(&self, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        if !request.has_scope("pages_manage_metadata") {
            return GraphError::PERMISSION.answer_saying(
                "(#200) Requires pages_manage_metadata permission to manage the object",
            );
        }
        let fields = match known_fields(request.parameter("subscribed_fields")) {
            Ok(fields) => fields,
            Err(answer) => return answer,
        };
        self.change(|state| {
            if let Some(page) = state.pages.get_mut(&page_id) {
                page.subscriptions
                    .insert(request.token.app_id.clone(), fields);
            }
        });
        Answer::json(200, &json!({"success": true}))
    }

    /// `DELETE /{page}/subscribed_apps`.
    pub(super) fn unsubscribe(&self, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        self.change(|state| {
            if let Some(page) = state.pages.get_mut(&page_id) {
                page.subscriptions.remove(&request.token.app_id);
            }
        });
        Answer::json(200, &json!({"success": true}))
    }

    /// `GET` and `POST /{app}/subscriptions` with the app's own token: the same as the dashboard,
    /// by call.
    pub(super) fn app_subscriptions(&self, call: &Call, app_id: &str) -> Answer {
        let asking = token_of(call).0.unwrap_or_default();
        if app_of(&self.state(), &asking).as_deref() != Some(app_id) {
            return GraphError::TOKEN_INVALID.answer();
        }
        if call.method == "GET" {
            return self.read_app_subscriptions(app_id);
        }
        if parameter(call, "object").as_deref() != Some("page") {
            return invalid("Param object must be one of {page}");
        }
        let fields = match known_fields(parameter(call, "fields")) {
            Ok(fields) => fields,
            Err(answer) => return answer,
        };
        let url = parameter(call, "callback_url").unwrap_or_default();
        let verify_token = parameter(call, "verify_token").unwrap_or_default();
        let fields = fields.iter().map(String::as_str);
        match self.set_webhook(app_id, &url, &verify_token, fields) {
            Ok(()) => Answer::json(200, &json!({"success": true})),
            Err(reason) => GraphError {
                code: 2200,
                ..GraphError::INVALID_PARAMETER
            }
            .answer_saying(&format!("(#2200) {reason}")),
        }
    }

    fn read_app_subscriptions(&self, app_id: &str) -> Answer {
        let state = self.state();
        let rows: Vec<Value> = state
            .apps
            .get(app_id)
            .into_iter()
            .filter_map(|app| {
                let url = app.callback_url.as_deref()?;
                let fields = app
                    .fields
                    .iter()
                    .map(|name| json!({"name": name, "version": "v25.0"}));
                Some(json!({
                    "object": "page",
                    "callback_url": url,
                    "active": true,
                    "fields": fields.collect::<Vec<_>>(),
                }))
            })
            .collect();
        Answer::json(200, &json!({"data": rows}))
    }
}

/// The app whose own token this is.
fn app_of(state: &State, token: &str) -> Option<String> {
    let (app_id, secret) = token.split_once('|')?;
    let app = state.apps.get(app_id)?;
    (app.secret == secret).then(|| app_id.to_owned())
}

fn known_fields(list: Option<String>) -> Result<BTreeSet<String>, Answer> {
    let list = list.unwrap_or_default();
    let fields: BTreeSet<String> = list
        .trim_matches(['[', ']'])
        .split(',')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    if fields.is_empty() {
        return Err(invalid("The parameter subscribed_fields is required."));
    }
    match fields.iter().find(|name| !FIELDS.contains(&name.as_str())) {
        None => Ok(fields),
        Some(unknown) => Err(invalid(&format!(
            "Param subscribed_fields[0] must be one of {{{}}} - got {unknown:?}.",
            FIELDS.join(", ")
        ))),
    }
}
