//! For tests of handlers: the whole server on a database of its own, and browsers that visit it.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use rocket::http::{ContentType, Cookie, Header, Status};
use rocket::local::blocking::{Client, LocalRequest};
use rocket::{Build, Rocket};
use tempfile::TempDir;

use super::App;
use crate::config::{Config, Flags, Platforms};
use crate::crypto::{Sealer, Secret, password};
use crate::domain::access::Role;
use crate::domain::ids::UserId;
use crate::live::Hub;
use crate::store::Store;
use crate::store::organization;
use crate::store::users::{self, Added, NewUser};

pub const PASSWORD: &str = "correct horse battery";
pub const SETUP_CODE: &str = "ring-the-bell";
const PUBLIC_URL: &str = "http://localhost:8000";

/// Hashing is slow on purpose; once is enough for all tests.
static HASH: LazyLock<String> = LazyLock::new(|| password::hash(&Secret::new(PASSWORD)));

/// A server that nobody has set up.
pub struct House {
    pub client: Client,
    pub app: Arc<App>,
    _data: TempDir,
}

impl House {
    pub fn new() -> House {
        House::with(|rocket| rocket)
    }

    /// `shape` adds what only this test needs.
    pub fn with(shape: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> House {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::new();
        let publisher = hub.clone();
        let store = Store::open(data.path(), Sealer::new(&[7; 32]), move |notice| {
            publisher.publish(notice);
        })
        .unwrap();
        let app = Arc::new(App {
            store,
            hub,
            channels: crate::channels::registry(&Platforms::default()),
            public_url: PUBLIC_URL.to_owned(),
            setup_code: Secret::new(SETUP_CODE),
            demo: false,
        });
        let flags = Flags {
            data: Some(data.path().to_owned()),
            ..Flags::default()
        };
        let config = Config::load(flags, &|_| None).unwrap();
        let rocket = shape(super::build(&config, app.clone()));
        House {
            client: Client::untracked(rocket).unwrap(),
            app,
            _data: data,
        }
    }

    /// A server with an administrator, `boss@shop.example`, and an agent, `anna@shop.example`.
    pub fn set_up() -> House {
        let house = House::new();
        house.people();
        house
    }

    /// Adds the two.
    pub fn people(&self) {
        self.add("boss@shop.example", Role::Administrator);
        self.add("anna@shop.example", Role::Agent);
    }

    pub fn add(&self, email: &str, role: Role) -> UserId {
        let user = NewUser {
            email: email.to_owned(),
            name: email.split('@').next().unwrap().to_owned(),
            role,
            password_hash: HASH.clone(),
        };
        let added = self.app.store.write_blocking(move |tx| {
            organization::ensure(tx)?;
            users::add(tx, &user)
        });
        match added.unwrap() {
            Added::Added(id) => id,
            Added::EmailTaken => panic!("{email} is there already"),
        }
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser {
            house: self,
            cookie: RefCell::default(),
            outcome: RefCell::default(),
        }
    }

    /// A browser in which somebody has signed in.
    pub fn signed_in(&self, email: &str) -> Browser<'_> {
        let browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD);
        assert_eq!(answer.status, Status::SeeOther, "{}", answer.body);
        browser
    }
}

/// A browser: keeps its cookies, and sends what browsers send.
pub struct Browser<'a> {
    house: &'a House,
    /// That of its session.
    cookie: RefCell<Option<Cookie<'static>>>,
    /// What its next page is to say.
    outcome: RefCell<Option<Cookie<'static>>>,
}

/// What came back.
pub struct Answer {
    pub status: Status,
    pub location: String,
    pub set_cookie: String,
    pub body: String,
}

impl Browser<'_> {
    pub fn get(&self, path: &str) -> Answer {
        self.send(self.house.client.get(path.to_owned()))
    }

    /// A fragment for a page of ours.
    pub fn fragment(&self, path: &str) -> Answer {
        let request = self.house.client.get(path.to_owned());
        self.send(request.header(Header::new("HX-Request", "true")))
    }

    /// Sends a form as our page does: from our origin, with the session's token.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let with_token = [&[("csrf", csrf.as_str())], fields].concat();
        self.post_from("same-origin", path, &with_token)
    }

    /// Sends just these fields, from a page of `site`.
    pub fn post_from(&self, site: &'static str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.house.client.post(path.to_owned());
        let request = request.header(Header::new("Sec-Fetch-Site", site));
        self.send(request.header(ContentType::Form).body(body))
    }

    pub fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post_from(
            "same-origin",
            "/login",
            &[("email", email), ("password", password)],
        )
    }

    /// The token that the pages of this session carry; empty when nobody is signed in.
    pub fn csrf(&self) -> String {
        let page = self.get("/profile/sessions").body;
        let (_, rest) = page
            .split_once(r#"name="csrf" content=""#)
            .unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    pub fn cookie(&self) -> Option<Cookie<'static>> {
        self.cookie.borrow().clone()
    }

    pub fn set_cookie(&self, cookie: Option<Cookie<'static>>) {
        self.cookie.replace(cookie);
    }

    pub fn send<'c>(&self, request: LocalRequest<'c>) -> Answer {
        let cookies = self.cookie().into_iter().chain(self.outcome.take());
        let response = request.cookies(cookies).dispatch();
        let header = |name| {
            response
                .headers()
                .get_one(name)
                .unwrap_or_default()
                .to_owned()
        };
        let location = header("Location");
        let mut set_cookie = String::new();
        for text in response.headers().get("Set-Cookie") {
            let cookie = Cookie::parse(text.to_owned()).unwrap();
            let kept = (!cookie.value().is_empty()).then(|| cookie.clone());
            if cookie.name() == super::outcome::COOKIE {
                self.outcome.replace(kept);
            } else {
                self.set_cookie(kept);
                set_cookie = text.to_owned();
            }
        }
        Answer {
            status: response.status(),
            location,
            set_cookie,
            body: response.into_string().unwrap_or_default(),
        }
    }
}
