//! The agent workspace: dashboard, session list, conversations.

pub mod composer;
pub mod customer;
pub mod links;
pub mod log;
pub mod message_view;
pub mod messages;
