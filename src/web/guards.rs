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
use crate::domain::audit::Actor;

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

        impl $name {
            /// The person, as the audit log names who makes a change.
            pub fn actor(&self) -> Actor {
                self.0.actor()
            }
        }

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
    /// A person who may change what everybody writes with.
    Supervisor: KeepSharedReplies,
    /// A person who may look after the others' work.
    TeamManager: ManageTeam,
    /// A person who may see how work is given out.
    RoutingReader: SeeRouting,
    /// A person who may see and direct the work of others.
    Overseer: Supervise,
    /// A person who may make two contacts one.
    Merger: MergeCustomers,
    /// A person who may use the admin center.
    Administrator: Administer,
}

#[cfg(test)]
mod tests {
    use rocket::http::Status;
    use rocket::{get, post, routes};

    use super::*;
    use crate::domain::access::Role;
    use crate::store::users;
    use crate::web::testing::{Browser, House};

    #[get("/test/agent")]
    fn agent(person: Agent) -> String {
        person.name.clone()
    }

    #[get("/test/administrator")]
    fn administrator(_person: Administrator) {}

    #[post("/test/change")]
    fn change(_person: Agent) {}

    fn house() -> House {
        let house = House::with(|rocket| rocket.mount("/", routes![agent, administrator, change]));
        house.people();
        house
    }

    fn changes(browser: &Browser<'_>, site: &'static str) -> Status {
        browser.post_from(site, "/test/change", &[]).status
    }

    #[test]
    fn a_stranger_is_led_to_the_sign_in_and_back() {
        let house = house();
        let stranger = house.browser();
        let answer = stranger.get("/test/agent?tab=2");
        assert_eq!(answer.status, Status::SeeOther);
        assert_eq!(answer.location, "/login?next=%2Ftest%2Fagent%3Ftab%3D2");
        assert_eq!(
            stranger.fragment("/test/agent").status,
            Status::Unauthorized
        );
        assert_eq!(changes(&stranger, "same-origin"), Status::SeeOther);
    }

    #[test]
    fn before_the_set_up_everything_leads_there() {
        let house = House::new();
        for path in ["/profile/sessions", "/login"] {
            let answer = house.browser().get(path);
            assert_eq!(
                (answer.status, answer.location.as_str()),
                (Status::SeeOther, "/setup")
            );
        }
    }

    #[test]
    fn a_role_opens_what_it_is_for() {
        let house = house();
        for (email, path, expected) in [
            ("anna@shop.example", "/test/agent", Status::Ok),
            (
                "anna@shop.example",
                "/test/administrator",
                Status::Forbidden,
            ),
            ("boss@shop.example", "/test/agent", Status::Ok),
            ("boss@shop.example", "/test/administrator", Status::Ok),
        ] {
            assert_eq!(
                house.signed_in(email).get(path).status,
                expected,
                "{email} {path}"
            );
        }
    }

    #[test]
    fn another_site_changes_nothing_whoever_is_signed_in() {
        let house = house();
        for browser in [house.browser(), house.signed_in("anna@shop.example")] {
            for site in ["cross-site", "same-site", "nonsense"] {
                assert_eq!(changes(&browser, site), Status::Forbidden);
            }
        }
        assert_eq!(
            changes(&house.signed_in("anna@shop.example"), "same-origin"),
            Status::Ok
        );
    }

    #[test]
    fn whoever_is_disabled_is_out_at_once() {
        let house = house();
        let id = house.add("mei@shop.example", Role::Agent);
        let browser = house.signed_in("mei@shop.example");
        assert_eq!(browser.get("/test/agent").body, "mei");
        let store = &house.app.store;
        store
            .write_blocking(move |tx| users::disable(tx, id, None))
            .unwrap();
        assert_eq!(browser.get("/test/agent").status, Status::SeeOther);
        store
            .write_blocking(move |tx| users::enable(tx, id))
            .unwrap();
        assert_eq!(browser.get("/test/agent").status, Status::SeeOther);
    }

    #[test]
    fn a_made_up_cookie_opens_nothing() {
        let house = house();
        let browser = house.browser();
        browser.set_cookie(Some(rocket::http::Cookie::new("tiski", "AAAA")));
        assert_eq!(browser.get("/test/agent").status, Status::SeeOther);
    }
}
