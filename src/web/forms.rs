//! Forms: how they are read, and what is said about what was typed.
//!
//! Before a field is looked at, the request must come from a page of ours and carry the token of its
//! session, and the handler must have found that the person may do this here: only then does it read the
//! fields. A field that the form does not have is refused.

use std::borrow::Cow;
use std::ops::Deref;

use rocket::data::{ByteUnit, FromData, Outcome};
use rocket::form::error::ErrorKind;
use rocket::form::{self, FromForm, FromFormField, Strict, ValueField};
use rocket::http::{ContentType, Status};
use rocket::{Data, Request};
use url::form_urlencoded;

use super::visitor::Visitor;
use super::{body, csrf, guards, visitor};
use crate::crypto::Secret;
use crate::locale::Text;

/// The field with the session's token; `templates/_csrf.html` writes it.
const TOKEN_FIELD: &str = "csrf";

/// More than the longest text that a person sends at once.
const LIMIT: ByteUnit = ByteUnit::Kibibyte(256);

/// A form of a signed-in person. `T` has one field for each of the form's, and no others.
pub struct Form<T>(Result<T, Status>);

/// A form of somebody who is not signed in yet: there is no session whose token it could carry.
pub struct GateForm<T>(Result<T, Status>);

/// A form without fields: only a button.
pub struct Button;

/// Something that was typed and is not accepted: the field's name (which is also its id), and why.
pub type FieldError = (Cow<'static, str>, Text);

/// What is not accepted, in the order of the fields.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldError>);

impl Problems {
    /// Adds why the field is not accepted.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, why: Text) {
        self.0.push((field.into(), why));
    }

    /// Adds it when the field is not accepted.
    pub fn check(&mut self, field: impl Into<Cow<'static, str>>, is_fine: bool, why: &str) {
        if !is_fine {
            self.add(field, Text::new(why));
        }
    }

    /// Why the field is not accepted; `None` when it is.
    pub fn at(&self, field: &str) -> Option<&Text> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, why)| why)
    }
}

impl FromIterator<FieldError> for Problems {
    fn from_iter<I: IntoIterator<Item = FieldError>>(errors: I) -> Problems {
        Problems(errors.into_iter().collect())
    }
}

impl Deref for Problems {
    type Target = [FieldError];

    fn deref(&self) -> &[FieldError] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> Form<T> {
    /// What was sent. To be asked for when the row is loaded and the person may change it: to anybody else
    /// the answer is the same whatever was sent.
    ///
    /// # Errors
    /// 422 when the fields are not the form's.
    pub fn read(self) -> Result<T, Status> {
        self.0
    }
}

impl<T> GateForm<T> {
    /// What was sent. To be asked for when it is certain that there is such a page now.
    ///
    /// # Errors
    /// 422 when the fields are not the form's.
    pub fn read(self) -> Result<T, Status> {
        self.0
    }
}

#[rocket::async_trait]
impl<'r, T: for<'v> FromForm<'v>> FromData<'r> for Form<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Form<T>> {
        outcome(
            signed_fields(request, data)
                .await
                .map(|fields| Form(parse(&fields))),
        )
    }
}

#[rocket::async_trait]
impl<'r, T: for<'v> FromForm<'v>> FromData<'r> for GateForm<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, GateForm<T>> {
        outcome(
            fields(request, data)
                .await
                .map(|fields| GateForm(parse(&fields))),
        )
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Button {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Button> {
        outcome(signed_fields(request, data).await.map(|_| Button))
    }
}

fn outcome<'r, T: FromData<'r, Error = ()>>(result: Result<T, Status>) -> Outcome<'r, T> {
    match result {
        Ok(form) => Outcome::Success(form),
        Err(status) => Outcome::Error((status, ())),
    }
}

type Fields = Vec<(String, String)>;

/// The fields of a form that carries its session's token.
async fn signed_fields(request: &Request<'_>, data: Data<'_>) -> Result<Fields, Status> {
    let expected = match visitor::of(request) {
        Visitor::SignedIn(sign_in) => &sign_in.csrf_token,
        Visitor::Stranger { .. } => return Err(Status::Unauthorized),
        Visitor::Unknown => return Err(Status::ServiceUnavailable),
    };
    let fields = fields(request, data).await?;
    let given = fields.iter().find(|(name, _)| name == TOKEN_FIELD);
    match given {
        Some((_, given)) if csrf::token_fits(expected, given) => Ok(fields),
        _ => Err(Status::Forbidden),
    }
}

/// The fields of a form that a page of ours sent.
async fn fields(request: &Request<'_>, data: Data<'_>) -> Result<Fields, Status> {
    guards::same_origin(request)?;
    if request.content_type() != Some(&ContentType::Form) {
        return Err(Status::UnsupportedMediaType);
    }
    let body = body::read(data, LIMIT)
        .await
        .map_err(|error| error.status())?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

/// Puts the fields into `T`. Rocket is strict about both or neither: a field that is not there may have a
/// default (a check box that is not ticked is not sent), but one that `T` does not have is refused.
fn parse<T: for<'v> FromForm<'v>>(fields: &Fields) -> Result<T, Status> {
    let strict = form::Form::<Strict<T>>::parse_iter(values(fields)).err();
    let strange = strict
        .into_iter()
        .flatten()
        .find(|error| matches!(error.kind, ErrorKind::Unexpected));
    if let Some(error) = strange {
        tracing::debug!(field = ?error.name, "a form has a field that its page does not have");
        return Err(Status::UnprocessableEntity);
    }
    form::Form::<T>::parse_iter(values(fields)).map_err(|errors| {
        // Names only: values may be secrets.
        let names: Vec<_> = errors
            .iter()
            .filter_map(|error| error.name.as_ref())
            .collect();
        tracing::debug!(?names, "a form lacks fields, or has values that do not fit");
        Status::UnprocessableEntity
    })
}

fn values(fields: &Fields) -> impl Iterator<Item = ValueField<'_>> {
    fields
        .iter()
        .filter(|(name, _)| name != TOKEN_FIELD)
        .map(|(name, value)| ValueField::from((name.as_str(), value.as_str())))
}

/// A typed secret.
impl<'v> FromFormField<'v> for Secret {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Secret> {
        Ok(Secret::new(field.value))
    }
}

#[cfg(test)]
mod tests {
    use rocket::form::FromForm;
    use rocket::http::Header;
    use rocket::{post, routes};

    use super::*;
    use crate::web::testing::House;

    #[derive(FromForm)]
    struct Typed {
        name: String,
        #[field(default = false)]
        tick: bool,
        #[field(default = String::new())]
        note: String,
    }

    #[post("/test/form", data = "<typed>")]
    fn form(typed: Form<Typed>) -> Result<String, Status> {
        let typed = typed.read()?;
        Ok(format!("{} {} {}", typed.name, typed.tick, typed.note))
    }

    #[post("/test/button", data = "<_button>")]
    fn button(_button: Button) {}

    fn house() -> House {
        let house = House::with(|rocket| rocket.mount("/", routes![form, button]));
        house.people();
        house
    }

    #[test]
    fn a_form_has_its_fields_and_no_others() {
        let house = house();
        let anna = house.signed_in("anna@shop.example");
        let post = |fields: &[(&str, &str)]| {
            let answer = anna.post("/test/form", fields);
            (answer.status.code, answer.body)
        };
        assert_eq!(
            post(&[("name", "Müller & Söhne"), ("tick", "on")]),
            (200, "Müller & Söhne true ".to_owned())
        );
        assert_eq!(
            post(&[("name", "x"), ("note", "y")]),
            (200, "x false y".to_owned())
        );
        for wrong in [
            &[("note", "y")][..],
            &[("name", "x"), ("role", "administrator")],
            &[("name", "x"), ("tick", "perhaps")],
        ] {
            assert_eq!(post(wrong).0, 422, "{wrong:?}");
        }
    }

    #[test]
    fn a_form_carries_its_own_sessions_token() {
        let house = house();
        let anna = house.signed_in("anna@shop.example");
        let boss = house.signed_in("boss@shop.example");
        let (own, foreign) = (anna.csrf(), boss.csrf());
        assert!(
            own.len() > 20,
            "a token is needed for this test to mean anything"
        );
        for (token, expected) in [(own.as_str(), 200), (foreign.as_str(), 403), ("", 403)] {
            let answer = anna.post_from("same-origin", "/test/button", &[("csrf", token)]);
            assert_eq!(answer.status.code, expected);
        }
        assert_eq!(
            anna.post_from("same-origin", "/test/button", &[])
                .status
                .code,
            403
        );
        let from_elsewhere = anna.post_from("cross-site", "/test/button", &[("csrf", &own)]);
        assert_eq!(from_elsewhere.status.code, 403);
    }

    #[test]
    fn a_body_that_is_no_form_or_too_large_is_refused() {
        let house = house();
        let anna = house.signed_in("anna@shop.example");
        let ours = || Header::new("Sec-Fetch-Site", "same-origin");
        let request = house.client.post("/test/form").header(ours());
        let json = anna.send(request.header(ContentType::JSON).body("{}"));
        assert_eq!(json.status.code, 415);
        let long = "x".repeat(300 * 1024);
        assert_eq!(anna.post("/test/form", &[("name", &long)]).status.code, 413);
    }
}
