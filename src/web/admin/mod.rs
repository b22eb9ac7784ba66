//! The admin center: one file a resource. What a channel is called, asks for and says comes from its
//! [`Shape`](crate::channels::Shape) and from the locale keys `channel-<name>-…`; no handler names a channel.

use rocket::Route;

mod accounts;
mod activity;
mod alarms;
mod audit;
mod channels;
mod connection;
mod home;
mod jobs;
mod organization;
mod pages;
mod parked_events;
mod pauses;
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
        channels::routes(),
        alarms::routes(),
        accounts::routes(),
        activity::routes(),
        setup::routes(),
        settings::routes(),
        pages::routes(),
        pauses::routes(),
        connection::routes(),
        parked_events::routes(),
        audit::routes(),
        organization::routes(),
        users::routes(),
        presences::routes(),
        skills::routes(),
        jobs::routes(),
    ]
    .concat()
}
