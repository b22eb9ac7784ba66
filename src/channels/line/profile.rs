//! Asks for the name of a person or a group.

use crate::channels::{Credentials, Profile, ProfileError};
use crate::domain::inbound::{Customer, CustomerKind};
use crate::domain::names;
use crate::http::CallError;

use super::api::{Api, Deadline, Failure, Query, part, told};
use super::token::TokenError;

/// People by their profile, people in a group by their membership, groups by their summary. A room has no
/// name.
pub fn profile(
    api: &Api,
    credentials: &Credentials,
    customer: &Customer,
) -> Result<Profile, ProfileError> {
    let id = part(&customer.platform_id);
    let speaker = customer.speaker.as_deref().map(part);
    let (path, field) = match (customer.kind, speaker) {
        (CustomerKind::Person, _) => (format!("/v2/bot/profile/{id}"), "displayName"),
        (CustomerKind::Group, Some(user)) => {
            (format!("/v2/bot/group/{id}/member/{user}"), "displayName")
        }
        (CustomerKind::Room, Some(user)) => {
            (format!("/v2/bot/room/{id}/member/{user}"), "displayName")
        }
        (CustomerKind::Group, None) => (format!("/v2/bot/group/{id}/summary"), "groupName"),
        (CustomerKind::Room, None) => {
            return Err(ProfileError::Hidden("a room has no name".to_owned()));
        }
    };
    let answer = api
        .ask(credentials, Deadline::of_a_call(), &Query::get(&path))
        .map_err(|failure| match failure {
            Failure::NoToken(TokenError::Refused(why)) => ProfileError::Credentials(why),
            Failure::NoToken(TokenError::Later(why))
            | Failure::NoAnswer(CallError::Unreachable(why) | CallError::Uncertain(why)) => {
                ProfileError::Later(why)
            }
        })?;
    match answer.status {
        // {"displayName":"LINE taro","userId":"U4af…","language":"en","pictureUrl":"https://…"}
        200..300 => {
            let body = answer.json().unwrap_or_default();
            let name = body[field].as_str().and_then(names::clean);
            Ok(Profile {
                name: name.ok_or_else(|| ProfileError::Hidden("the name is empty".to_owned()))?,
                language: body["language"].as_str().map(str::to_owned),
                locale: None,
                time_zone: None,
            })
        }
        401 => Err(ProfileError::Credentials(told(&answer, credentials))),
        // 404: blocked us, never agreed, or not there.
        400..=428 => Err(ProfileError::Hidden(told(&answer, credentials))),
        _ => Err(ProfileError::Later(told(&answer, credentials))),
    }
}
