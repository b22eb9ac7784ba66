//! Reads of one node with `fields=`: me, a page, a person, a message.

use super::super::call::Answer;
use super::World;
use super::errors::{GraphError, invalid};
use super::routes::Request;
use super::state::{Holder, Person, ProfileAccess};
use serde_json::{Map, Value, json};

impl World {
    /// `GET /{id}`: whatever this id is to the token's holder.
    pub(super) fn node(&self, request: &Request<'_>, id: &str) -> Answer {
        let Holder::Page(own_page) = &request.token.holder else {
            return self.user_node(request, id);
        };
        if id == "me" || id == own_page {
            return self.page_node(request, own_page);
        }
        let state = self.state();
        if let Some(person) = state.people.get(id) {
            return match person.page_id == *own_page {
                true => person_node(request, id, person),
                false => GraphError::UNKNOWN_ID.answer(),
            };
        }
        drop(state);
        self.message_node(request, own_page, id)
    }

    fn user_node(&self, request: &Request<'_>, id: &str) -> Answer {
        match (&request.token.holder, id) {
            (Holder::User(name), "me") => pick(
                request,
                "User",
                &["id", "name"],
                json!({"id": "10152368852405295", "name": name}),
            ),
            _ => GraphError::UNKNOWN_ID.answer(),
        }
    }

    fn page_node(&self, request: &Request<'_>, page_id: &str) -> Answer {
        let name = match self.state().pages.get(page_id) {
            Some(page) => page.name.clone(),
            None => return GraphError::UNKNOWN_ID.answer(),
        };
        pick(
            request,
            "Page",
            &["id", "name"],
            json!({
                "id": page_id,
                "name": name,
                "username": name.to_lowercase().replace(' ', "."),
                "link": format!("https://www.facebook.com/{page_id}"),
                "category": "Shopping & retail",
                "picture": {"data": {"url": format!("{}/cdn/page-{page_id}.png", self.url())}},
                "messaging_feature_status": {"hop_v2": false, "msgr_multi_app": true, "ig_multi_app": false},
                "has_transitioned_to_new_page_experience": true,
            }),
        )
    }

    /// A message of this page, as its sender and words (messenger.md §6.2).
    fn message_node(&self, request: &Request<'_>, page_id: &str, mid: &str) -> Answer {
        match self.message_json(page_id, mid) {
            Some(message) => pick(request, "Message", &["id", "created_time"], message),
            None => GraphError::UNKNOWN_ID.answer(),
        }
    }
}

/// The User Profile API (messenger.md §6.1).
fn person_node(request: &Request<'_>, psid: &str, person: &Person) -> Answer {
    if let ProfileAccess::Refused(error) = person.profile {
        return error.answer();
    }
    let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
    let mut known = json!({
        "id": psid,
        "name": person.name,
        "first_name": first,
        "last_name": last,
        "profile_pic": format!("https://platform-lookaside.fbsbx.com/platform/profilepic/?psid={psid}"),
    });
    // Without the grant the whole question is refused, as if the fields did not exist.
    if let Some((locale, hours)) = &person.region {
        known["locale"] = json!(locale);
        known["timezone"] = json!(hours);
    }
    let answer = pick(
        request,
        "User",
        &["id", "name", "first_name", "last_name"],
        known,
    );
    let may_see = match person.profile {
        // Before the customer has acted nothing is told.
        _ if person.last_act_ms.is_none() => &[][..],
        ProfileAccess::FirstName => &["first_name", "id"],
        ProfileAccess::Empty => &[],
        ProfileAccess::Full | ProfileAccess::Refused(_) => return answer,
    };
    match (
        answer.status,
        serde_json::from_slice::<Map<String, Value>>(&answer.body),
    ) {
        (200, Ok(mut fields)) => {
            fields.retain(|name, _| may_see.contains(&name.as_str()));
            Answer::json(200, &Value::Object(fields))
        }
        _ => answer,
    }
}

/// The wanted fields of a node. One unknown name makes the whole answer an error
/// (messenger.md §0).
fn pick(request: &Request<'_>, kind: &str, usual: &[&str], known: Value) -> Answer {
    let wanted = request.parameter("fields");
    let wanted: Vec<&str> = match &wanted {
        Some(fields) => field_names(fields),
        None => usual.to_vec(),
    };
    let mut picked = Map::new();
    for name in wanted {
        match known.get(name) {
            Some(value) => picked.insert(name.to_owned(), value.clone()),
            None => {
                return invalid(&format!(
                    "Tried accessing nonexisting field ({name}) on node type ({kind})"
                ));
            }
        };
    }
    picked.insert("id".to_owned(), known["id"].clone());
    Answer::json(200, &Value::Object(picked))
}

/// The names of `a,b{c,d},e.limit(2){f}` without what is nested: `a`, `b`, `e`.
pub(super) fn field_names(fields: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, c) in fields.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => {
                names.push(&fields[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    names.push(&fields[start..]);
    names
        .into_iter()
        .filter_map(|field| field.split(['{', '(', '.']).next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::field_names;

    #[test]
    fn nested_fields_belong_to_their_parent() {
        assert_eq!(
            field_names("id, name,picture{url,w},messages.limit(2){from,to}"),
            ["id", "name", "picture", "messages"]
        );
        assert_eq!(field_names(""), Vec::<&str>::new());
    }
}
