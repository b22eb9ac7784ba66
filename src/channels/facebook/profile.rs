//! Asks for a customer's name.

use serde::Deserialize;
use serde_json::Value;

use crate::channels::{Credentials, Profile, ProfileError};
use crate::domain::inbound::Customer;
use crate::domain::names;
use crate::http::CallError;

use super::errors;
use super::graph::{Failure, Graph, Query, part};

/// Language and time zone of a person need permissions of their own. Without them the platform refuses the whole
/// question, so that it is asked again without.
const ALL_FIELDS: &str = "first_name,last_name,name,locale,timezone";
const NAMES_ONLY: &str = "first_name,last_name,name";

/// The User Profile API, which needs a feature that small businesses often lack; then the participants
/// of the conversation, which need nothing more than the token.
pub fn profile(
    graph: &Graph,
    credentials: &Credentials,
    customer: &Customer,
) -> Result<Profile, ProfileError> {
    let psid = &customer.platform_id;
    let told = match ask_profile(graph, credentials, psid, ALL_FIELDS) {
        Err(ProfileError::Hidden(_)) => ask_profile(graph, credentials, psid, NAMES_ONLY),
        told => told,
    };
    let hidden = match told {
        Ok(Some(profile)) => return Ok(profile),
        Ok(None) => "the profile is empty".to_owned(),
        Err(ProfileError::Hidden(why)) => why,
        Err(error) => return Err(error),
    };
    ask_participants(graph, credentials, psid)?.ok_or(ProfileError::Hidden(hidden))
}

/// `{"first_name":"Anna","last_name":"Virtanen","name":"Anna Virtanen","locale":"fi_FI","timezone":2,"id":"5794982867201265"}`,
/// or any part of it, or `{}`.
#[derive(Deserialize)]
struct Person {
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    locale: Option<String>,
    timezone: Option<f64>,
}

fn ask_profile(
    graph: &Graph,
    credentials: &Credentials,
    psid: &str,
    fields: &str,
) -> Result<Option<Profile>, ProfileError> {
    let answer = ask(graph, credentials, part(psid), &[("fields", fields)])?;
    let Ok(person) = serde_json::from_value::<Person>(answer) else {
        return Ok(None);
    };
    let parts = [person.first_name, person.last_name];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let named = named(person.name.as_deref()).or_else(|| named(Some(&joined)));
    let locale = person.locale.as_deref().and_then(names::clean);
    Ok(named.map(|profile| Profile {
        language: locale.as_deref().map(language),
        time_zone: person.timezone.filter(|hours| hours.abs() <= 24.0),
        locale,
        ..profile
    }))
}

/// The language tag of a locale: `fi-FI` of `fi_FI`.
fn language(locale: &str) -> String {
    locale.replace('_', "-")
}

/// `{"data":[{"participants":{"data":[{"name":"Anna Virtanen","id":"5794982867201265"},{"name":"Shop","id":"542…"}]}}]}`
fn ask_participants(
    graph: &Graph,
    credentials: &Credentials,
    psid: &str,
) -> Result<Option<Profile>, ProfileError> {
    let path = format!("{}/conversations", part(&credentials.page));
    let parameters = [
        ("platform", "messenger"),
        ("user_id", psid),
        ("fields", "participants"),
    ];
    let answer = ask(graph, credentials, path, &parameters)?;
    let threads = answer["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let participant = threads
        .iter()
        .filter_map(|thread| thread["participants"]["data"].as_array())
        .flatten()
        .find(|participant| participant["id"] == psid);
    Ok(participant.and_then(|participant| named(participant["name"].as_str())))
}

fn named(name: Option<&str>) -> Option<Profile> {
    Some(Profile {
        name: names::clean(name?)?,
        language: None,
        locale: None,
        time_zone: None,
    })
}

fn ask(
    graph: &Graph,
    credentials: &Credentials,
    path: String,
    parameters: &[(&str, &str)],
) -> Result<Value, ProfileError> {
    let query = Query {
        method: "GET",
        path,
        parameters,
        body: None,
    };
    graph
        .ask(credentials, &query)
        .map_err(|failure| match failure {
            Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why)) => {
                ProfileError::Later(why)
            }
            Failure::Garbled(status) => ProfileError::Later(status.to_string()),
            Failure::Refused(refusal) if errors::is_credentials(&refusal) => {
                ProfileError::Credentials(refusal.told())
            }
            Failure::Refused(refusal)
                if errors::is_rate_limit(&refusal) || errors::is_temporary(&refusal) =>
            {
                ProfileError::Later(refusal.told())
            }
            Failure::Refused(refusal) => ProfileError::Hidden(refusal.told()),
        })
}
