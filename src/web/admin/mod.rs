//! The admin center: one file a resource. What a channel is called, asks for and says comes from its
//! [`Shape`](crate::channels::Shape) and from the locale keys `channel-<name>-…`; no handler names a channel.

use rocket::Route;

use super::page::Frame;
use crate::domain::names;
use crate::locale::Text;

mod accounts;
mod activity;
mod alarms;
mod audit;
mod automated_messages;
mod capacity_profiles;
mod channels;
mod connection;
mod customer_fields;
mod general;
mod home;
mod jobs;
mod moves;
pub mod operating_hours;
mod organization;
mod pages;
mod parked_events;
mod pauses;
mod preparation;
pub mod presences;
mod privacy;
mod queues;
mod removal;
mod removals;
pub mod rules;
mod sending;
mod settings;
mod setup;
mod shown;
mod skills;
mod spans;
pub mod typed;
mod users;
mod workstreams;

pub mod reach;

/// The routes of the admin center.
pub fn routes() -> Vec<Route> {
    [
        home::routes(),
        channels::routes(),
        alarms::routes(),
        accounts::routes(),
        activity::routes(),
        sending::routes(),
        setup::routes(),
        settings::routes(),
        pages::routes(),
        pauses::routes(),
        moves::routes(),
        removals::routes(),
        preparation::routes(),
        connection::routes(),
        parked_events::routes(),
        operating_hours::routes(),
        queues::routes(),
        workstreams::routes(),
        rules::routes(),
        automated_messages::routes(),
        privacy::routes(),
        audit::routes(),
        organization::routes(),
        general::routes(),
        users::routes(),
        presences::routes(),
        skills::routes(),
        capacity_profiles::routes(),
        customer_fields::routes(),
        jobs::routes(),
    ]
    .concat()
}

/// What the copy of something is called; the store makes it differ from others.
fn copy_name(frame: &Frame, name: &str) -> String {
    let said = Text::new("copy-of")
        .arg("name", name.to_owned())
        .say(frame.locale);
    names::clean(&said).unwrap_or(said)
}
