//! The tests at the boundary that users and platforms see: the real binary, in a data directory of its
//! own, against stateful simulators of the two platforms.

mod accounts;
mod automated_messages;
mod browser;
mod channel_health;
mod channels;
mod command_line;
mod configuration;
mod customers;
mod distribution;
mod economy;
mod kill_loop;
mod mail;
mod media;
mod media_out;
mod operating_hours;
mod queues;
mod quick_replies;
mod removals;
mod restarts;
mod routes;
mod rules;
mod schedule;
mod secrets;
mod sending;
mod settings;
mod structure;
mod supervisor;
mod support;
mod team;
mod the_whole_way;
mod token_health;
mod topics;
mod two_workers;
mod webhooks;
mod workstreams;
