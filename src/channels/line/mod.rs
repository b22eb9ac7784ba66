//! LINE: one official account with a Messaging API channel.
//!
//! The wire contract was read from LINE's documentation of August 2026. An answer of a call decides by its
//! status; LINE's texts may change.
#![doc = include_str!("traps.md")]

use std::io::Write;

use crate::config::Platforms;
use crate::crypto::Secret;
use crate::domain::allowance::Allowance;
use crate::domain::attachments::Carries;
use crate::domain::courtesy::Courtesy;
use crate::domain::delivery::SendError;
use crate::domain::facts::Attribute;
use crate::domain::inbound::{Customer, Parsed};
use crate::domain::markdown::Dialect;
use crate::domain::media::{Fault, Type};
use crate::domain::message::AttachmentKind;
use crate::domain::obstacle::Obstacle;
use crate::domain::outgoing::Manner;
use crate::domain::text::{Limit, Unit};
use crate::domain::time::Timestamp;
use crate::domain::window::Rules;

use super::{
    Call, Channel, Credentials, PageFacts, Preparation, Profile, ProfileError, Sent, SetupError,
    Shape, Subscribed, Wanted,
};

use api::Api;

mod api;
mod chat;
mod media;
mod message;
mod profile;
mod quota;
mod send;
mod setup;
mod token;
mod webhook;

/// LINE.
pub struct Line {
    api: Api,
}

impl Line {
    /// Against the configured Messaging API.
    pub fn new(platforms: &Platforms) -> Self {
        Self {
            api: Api::new(&platforms.line_api, &platforms.line_data_api),
        }
    }
}

impl Channel for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn shape(&self) -> Shape {
        Shape {
            many_pages: false,
            verify_token: false,
            token_optional: true,
            token_lasts: true,
        }
    }

    fn text_limit(&self) -> Limit {
        Limit {
            max: 5000,
            unit: Unit::Utf16,
        }
    }

    fn messages_per_call(&self) -> usize {
        5
    }

    fn window(&self) -> Rules {
        Rules {
            standard: None,
            tagged: None,
            in_standby: false,
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Plain
    }

    /// Outbound endings as Dynamics documents them, without spreadsheets; documents go out as links. How large
    /// a file may be that a link leads to is not LINE's matter.
    fn files(&self) -> Carries {
        Carries {
            outbound: &[
                "jpg", "jpeg", "png", "gif", "mp3", "oga", "ogg", "amr", "mp4", "pdf", "docx",
                "txt",
            ],
            inbound: &[
                AttachmentKind::Picture,
                AttachmentKind::Audio,
                AttachmentKind::Video,
                AttachmentKind::File,
            ],
            largest_kb: None,
        }
    }

    /// LINE takes JPEG and PNG of 10 MB with a preview of 1 MB, MP4 with a picture, MP3 and M4A with their length;
    /// there is no message for anything else. Pictures are always made anew: what a camera wrote about place and
    /// owner stays here. (line.md §3)
    fn manner(&self, found: Type) -> Manner {
        match found.mime {
            "image/jpeg" | "image/png" | "image/gif" | "image/webp" => Manner::Picture {
                largest: 10_000_000,
                preview: Some(send::LARGEST_PREVIEW),
            },
            "video/mp4" => Manner::Video {
                preview: send::LARGEST_PREVIEW,
            },
            "audio/mpeg" | "audio/mp4" => Manner::Audio,
            _ => Manner::Link,
        }
    }

    fn fetches_files(&self) -> bool {
        true
    }

    /// LINE tells nothing about what we send.
    fn echoes(&self) -> bool {
        false
    }

    fn tells(&self) -> &'static [Attribute] {
        &[Attribute::ProfileName]
    }

    fn verify(&self, secret: &Secret, header: &dyn Fn(&str) -> Vec<String>, body: &[u8]) -> bool {
        webhook::verify(secret, header, body)
    }

    fn handshake(
        &self,
        _verify_token: &Secret,
        _query: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        None
    }

    fn parse(&self, body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, Obstacle> {
        webhook::parse(body, received_at)
    }

    fn without_tokens(&self, body: &str) -> String {
        webhook::without_reply_tokens(body)
    }

    fn send(&self, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
        send::send(&self.api, credentials, call)
    }

    /// A reply costs nothing; a push counts once for everybody whom it reaches, however many messages it carries.
    fn is_counted(&self, way: &str) -> Option<bool> {
        Some(way == send::PUSH)
    }

    fn allowance(
        &self,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<Option<Allowance>, SetupError> {
        quota::allowance(&self.api, credentials, now).map(Some)
    }

    fn profile(
        &self,
        credentials: &Credentials,
        customer: &Customer,
    ) -> Result<Profile, ProfileError> {
        profile::profile(&self.api, credentials, customer)
    }

    fn fetch(
        &self,
        credentials: &Credentials,
        wanted: &Wanted<'_>,
        most: u64,
        to: &mut dyn Write,
    ) -> Result<(), Fault> {
        media::fetch(&self.api, credentials, wanted, most, to)
    }

    fn check(&self, credentials: &Credentials) -> Result<PageFacts, SetupError> {
        setup::check(&self.api, credentials)
    }

    fn subscribe(
        &self,
        credentials: &Credentials,
        callback_url: &str,
    ) -> Result<Subscribed, SetupError> {
        setup::subscribe(&self.api, credentials, callback_url)
    }

    fn renew_subscription(
        &self,
        credentials: &Credentials,
        callback_path: &str,
    ) -> Result<bool, SetupError> {
        setup::look(&self.api, credentials, callback_path).map(|()| false)
    }

    fn show(
        &self,
        credentials: &Credentials,
        customer: &Customer,
        courtesy: Courtesy,
        read_token: Option<&str>,
    ) -> Result<(), SendError> {
        chat::show(&self.api, credentials, customer, courtesy, read_token)
    }

    /// LINE shows it as *name from 'account'*.
    fn names_senders(&self) -> bool {
        true
    }

    /// LINE has no call that takes the webhook's address away or switches it off. (line.md §5)
    fn unsubscribe(&self, _credentials: &Credentials) -> Result<(), SetupError> {
        Ok(())
    }

    fn preparation(&self) -> &'static [Preparation] {
        setup::PREPARATION
    }
}

#[cfg(test)]
mod tests;
