//! The web server: the one route table, what every handler is given, and what surrounds every response.

use std::sync::Arc;

use rocket::data::{Limits, ToByteUnit as _};
use rocket::{Build, Rocket};

use crate::channels::Registry;
use crate::config::Config;
use crate::live::Hub;
use crate::store::Store;

pub mod admin;
pub mod alarm;
pub mod assets;
pub mod body;
mod catchers;
pub mod csrf;
mod decisions;
mod events;
pub mod failure;
pub mod fields;
pub mod file_answer;
pub mod forms;
mod gate;
pub mod guards;
pub mod headers;
pub mod health;
pub mod instruction;
mod join;
pub mod layout;
pub mod list;
mod media;
pub mod outcome;
pub mod page;
pub mod parts;
pub mod passwords;
pub mod peer;
#[cfg(test)]
mod plans;
mod profile;
mod qr;
mod quick_replies;
mod setup;
mod sign_in;
mod spreadsheet;
mod summary;
mod team;
#[cfg(test)]
pub(crate) mod testing;
pub mod times;
pub mod ui;
pub mod upload;
pub mod visitor;
pub mod voice;
pub mod webhooks;
pub mod workspace;

/// What handlers reach through `&State<App>`.
pub struct App {
    /// The database.
    pub store: Store,
    /// The live hub.
    pub hub: Hub,
    /// The channels.
    pub channels: Registry,
    /// What Facebook and LINE call, without a trailing slash. Every absolute URL begins with it.
    pub public_url: String,
    /// Guards `/setup` while there is no administrator.
    pub setup_code: crate::crypto::Secret,
    /// Whether `tiski demo` runs.
    pub demo: bool,
}

impl App {
    /// Whether browsers reach us by https: cookies are Secure then.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Puts the server together.
pub fn build(config: &Config, app: Arc<App>) -> Rocket<Build> {
    let figment = rocket::Config::figment()
        .merge(("address", config.listen.ip()))
        .merge(("port", config.listen.port()))
        // Our own log says what is worth saying; Rocket's prints query strings, which may hold tokens.
        .merge(("log_level", rocket::config::LogLevel::Off))
        .merge(("cli_colors", false))
        // A client's word about its address is believed from a configured proxy only (`web::peer`).
        .merge(("ip_header", false))
        .merge(("ident", false))
        .merge(("keep_alive", 60))
        .merge(("temp_dir", config.data.join("tmp")))
        .merge(("limits", Limits::default().limit("form", 256.kibibytes())))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()))
        .merge(("shutdown.grace", 2))
        .merge(("shutdown.mercy", 1));
    let https = app.is_https();
    rocket::custom(figment)
        // Ours are stricter.
        .attach(rocket::shield::Shield::new())
        .attach(headers::SecurityHeaders { https })
        .attach(visitor::Lookup)
        .attach(webhooks::forget_what_changes())
        .attach(events::standing::Watch)
        .attach(events::attendance::Keeper)
        .attach(admin::reach::Answers)
        .manage(app)
        .manage(Arc::new(events::Desk::default()))
        .manage(passwords::Passwords::default())
        .manage(peer::Trusted(config.proxy.clone()))
        .manage(webhooks::Known::default())
        .manage(health::Pulse::default())
        .register("/", catchers::catchers())
        .mount("/", routes())
}

/// Every route of the product.
pub fn routes() -> Vec<rocket::Route> {
    [
        admin::routes(),
        assets::routes(),
        events::routes(),
        health::routes(),
        join::routes(),
        media::routes(),
        profile::routes(),
        quick_replies::routes(),
        setup::routes(),
        sign_in::routes(),
        team::routes(),
        webhooks::routes(),
        workspace::routes(),
    ]
    .concat()
}
