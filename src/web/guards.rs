//! Who may come in: request guards that handlers name in their arguments.
//!
//! Each guard of a person also refuses, on every request that changes something, what another site made:
//! a handler cannot forget it. A request from nobody is answered 401, which the catcher turns into the way
//! to sign in; a person without the right is answered 403.

use std::ops::Deref;
use std::sync::Arc;

use rocket::Request;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};

use super::page::Person;
use super::visitor::{self, SignIn, Visitor};
use super::{App, csrf};
use crate::domain::access::{Action, Relation, may};

/// A request that a page of ours made. For handlers without a person; the others have it built in.
pub struct SameOrigin;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SameOrigin {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<SameOrigin, ()> {
        same_origin(request).map_or_else(
            |status| Outcome::Error((status, ())),
            |()| Outcome::Success(SameOrigin),
        )
    }
}

pub(super) fn same_origin(request: &Request<'_>) -> Result<(), Status> {
    let reads_only = matches!(request.method(), Method::Get | Method::Head);
    let app = request
        .rocket()
        .state::<Arc<App>>()
        .ok_or(Status::InternalServerError)?;
    if reads_only || csrf::is_same_origin(request, app) {
        Ok(())
    } else {
        Err(Status::Forbidden)
    }
}

/// Lets the visitor in when they may do `action`.
fn admit<'r>(request: &'r Request<'_>, action: Action) -> Result<&'r SignIn, Status> {
    same_origin(request)?;
    match visitor::of(request) {
        Visitor::SignedIn(signed_in) if may(signed_in.person.role, action, Relation::Foreign) => {
            Ok(signed_in)
        }
        Visitor::SignedIn(_) => Err(Status::Forbidden),
        Visitor::Stranger { .. } => Err(Status::Unauthorized),
        Visitor::Unknown => Err(Status::ServiceUnavailable),
    }
}

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident: $action:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub SignIn);

        impl Deref for $name {
            type Target = Person;

            fn deref(&self) -> &Person {
                &self.0.person
            }
        }

        #[rocket::async_trait]
        impl<'r> FromRequest<'r> for $name {
            type Error = ();

            async fn from_request(request: &'r Request<'_>) -> Outcome<$name, ()> {
                match admit(request, Action::$action) {
                    Ok(signed_in) => Outcome::Success($name(signed_in.clone())),
                    Err(status) => Outcome::Error((status, ())),
                }
            }
        }
    )*};
}

guards! {
    /// Anybody who is signed in.
    SignedIn: ManageOwnSessions,
    /// A person who may use the workspace.
    Agent: UseWorkspace,
    /// A person who may use the admin center.
    Administrator: Administer,
}
