//! The Conversations API and the control of a conversation (messenger.md §6.2, §6.3, §8.5).

use super::super::call::Answer;
use super::super::transcript::{Side, TranscriptEntry};
use super::World;
use super::errors::{GraphError, invalid};
use super::nodes::field_names;
use super::routes::Request;
use super::state::Person;
use serde_json::{Value, json};

impl World {
    /// `GET /{page}/conversations?platform=messenger&user_id=…&fields=…`, newest first.
    pub(super) fn conversations(&self, request: &Request<'_>, page: &str) -> Answer {
        let page_id = match request.page(page) {
            Ok(page_id) => page_id,
            Err(answer) => return answer,
        };
        let state = self.state();
        let page_name = state.pages.get(&page_id).map_or("", |page| &page.name);
        let wanted = request.parameter("fields").unwrap_or_default();
        let wanted = field_names(&wanted);
        let user_id = request.parameter("user_id");
        let mut threads: Vec<(i64, Value)> = Vec::new();
        for (psid, person) in &state.people {
            let is_wanted = user_id.as_ref().is_none_or(|only| only == psid);
            let Some(newest) = person.transcript.entries().last() else {
                continue;
            };
            if person.page_id != page_id || !is_wanted {
                continue;
            }
            match thread(psid, person, page_name, &wanted) {
                Ok(thread) => threads.push((newest.at_ms, thread)),
                Err(answer) => return answer,
            }
        }
        threads.sort_by_key(|(at_ms, _)| std::cmp::Reverse(*at_ms));
        let threads: Vec<Value> = threads.into_iter().map(|(_, thread)| thread).collect();
        Answer::json(200, &json!({"data": threads, "paging": {}}))
    }

    /// One message of this page's conversations.
    pub(super) fn message_json(&self, page_id: &str, mid: &str) -> Option<Value> {
        let state = self.state();
        let page_name = &state.pages.get(page_id)?.name;
        state
            .people
            .iter()
            .filter(|(_, person)| person.page_id == page_id)
            .find_map(|(psid, person)| {
                let entries = person.transcript.entries();
                let entry = entries.iter().find(|entry| entry.id == mid)?;
                Some(message(psid, person, page_name, entry))
            })
    }

    /// `GET /{page}/thread_owner?recipient=…`.
    pub(super) fn thread_owner(&self, request: &Request<'_>, page: &str) -> Answer {
        if let Err(answer) = request.page(page) {
            return answer;
        }
        let psid = request.parameter("recipient").unwrap_or_default();
        match self.state().people.get(&psid) {
            None => GraphError::NO_MATCHING_USER.answer(),
            Some(person) => {
                let owner = person
                    .controlled_by
                    .as_ref()
                    .unwrap_or(&request.token.app_id);
                Answer::json(200, &json!({"data": [{"thread_owner": {"app_id": owner}}]}))
            }
        }
    }

    /// `POST /{page}/take_thread_control` and its sisters. Asking succeeds and changes nothing, as
    /// it was seen in production.
    pub(super) fn thread_control(&self, request: &Request<'_>, page: &str, call: &str) -> Answer {
        if let Err(answer) = request.page(page) {
            return answer;
        }
        let own_app = request.token.app_id.clone();
        let target = request.parameter("target_app_id");
        let recipient = request.parameter("recipient").unwrap_or_default();
        let recipient: Value = serde_json::from_str(&recipient).unwrap_or_default();
        let psid = recipient["id"].as_str().unwrap_or_default();
        self.change(|state| {
            let page = state.pages.get(page);
            if call == "take_thread_control" && page.is_some_and(|page| page.refuses_takeover) {
                return GraphError::PERMISSION.answer();
            }
            let Some(person) = state.people.get_mut(psid) else {
                return GraphError::NO_MATCHING_USER.answer();
            };
            match call {
                "take_thread_control" => person.controlled_by = Some(own_app),
                "pass_thread_control" => person.controlled_by = target,
                "release_thread_control" => person.controlled_by = None,
                "request_thread_control" | "extend_thread_control" => {}
                _ => return GraphError::UNKNOWN_ID.answer(),
            }
            Answer::json(200, &json!({"success": true}))
        })
    }
}

fn thread(psid: &str, person: &Person, page_name: &str, wanted: &[&str]) -> Result<Value, Answer> {
    let entries = person.transcript.entries();
    let mut thread = json!({"id": format!("t_{psid}")});
    for &name in wanted {
        thread[name] = match name {
            "id" => continue,
            "link" => format!("/{}/inbox/{psid}", person.page_id).into(),
            "updated_time" => time(entries.last().map_or(0, |entry| entry.at_ms)),
            "message_count" => entries.len().into(),
            "snippet" => entries.last().map_or("", |entry| &entry.text).into(),
            "can_reply" => (!person.has_blocked).into(),
            "participants" | "senders" => json!({"data": [
                party(psid, &person.name),
                party(&person.page_id, page_name),
            ]}),
            "messages" => {
                // Only the twenty newest can be read (messenger.md §6.3).
                let newest = entries.iter().rev().take(20);
                let messages = newest.map(|entry| message(psid, person, page_name, entry));
                json!({"data": messages.collect::<Vec<_>>()})
            }
            _ => {
                return Err(invalid(&format!(
                    "Tried accessing nonexisting field ({name}) on node type (UnifiedThread)"
                )));
            }
        };
    }
    Ok(thread)
}

fn message(psid: &str, person: &Person, page_name: &str, entry: &TranscriptEntry) -> Value {
    let customer = party(psid, &person.name);
    let page = party(&person.page_id, page_name);
    let (from, to) = match entry.side {
        Side::Customer => (customer, page),
        Side::Business => (page, customer),
    };
    json!({
        "id": entry.id,
        "created_time": time(entry.at_ms),
        "from": from,
        "to": {"data": [to]},
        "message": entry.text,
        "attachments": {"data": []},
    })
}

fn party(id: &str, name: &str) -> Value {
    json!({"name": name, "email": format!("{id}@facebook.com"), "id": id})
}

fn time(at_ms: i64) -> Value {
    let time = chrono::DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%S+0000").to_string().into()
}
