//! The admin center: one file a resource. What a channel is called, asks for and says comes from its
//! [`Shape`](crate::channels::Shape) and from the locale keys `channel-<name>-…`; no handler names a channel.

use rocket::Route;

mod accounts;
mod audit;
mod connection;
mod home;
mod pages;
mod parked_events;
pub mod presences;
mod settings;
mod setup;
mod shown;
mod skills;
mod typed;
mod users;

pub mod reach;

/// The routes of the admin center.
pub fn routes() -> Vec<Route> {
    [
        home::routes(),
        accounts::routes(),
        setup::routes(),
        settings::routes(),
        pages::routes(),
        connection::routes(),
        parked_events::routes(),
        audit::routes(),
        users::routes(),
        presences::routes(),
        skills::routes(),
    ]
    .concat()
}
