//! Messenger: a Facebook app with one or more Pages, over the Graph API.
//!
//! The wire contract was read from Meta's pages of 2026 (Graph v25.0). Every call carries the token in
//! the `Authorization` header: a URL may end up in somebody's log.
#![doc = include_str!("traps.md")]

use std::io::Write;
use std::time::Duration;

use crate::config::Platforms;
use crate::crypto::Secret;
use crate::domain::attachments::Carries;
use crate::domain::courtesy::Courtesy;
use crate::domain::delivery::SendError;
use crate::domain::facts::Attribute;
use crate::domain::inbound::{Customer, Inbound, Parsed};
use crate::domain::markdown::Dialect;
use crate::domain::media::{Fault, Type};
use crate::domain::message::AttachmentKind;
use crate::domain::obstacle::Obstacle;
use crate::domain::outgoing::Manner;
use crate::domain::text::{Limit, Unit};
use crate::domain::time::Timestamp;
use crate::domain::window::Rules;
use crate::http::download::Downloader;

use super::{
    Call, Channel, Credentials, PageFacts, Preparation, Profile, ProfileError, Sent, SetupError,
    Shape, Subscribed, Wanted,
};

use graph::Graph;

mod control;
mod errors;
mod graph;
mod media;
mod message;
mod profile;
mod send;
mod setup;
mod threads;
mod webhook;

const HOUR: Duration = Duration::from_secs(3600);

/// Messenger.
pub struct Facebook {
    graph: Graph,
    files: Downloader,
}

impl Facebook {
    /// Against the configured Graph API.
    pub fn new(platforms: &Platforms) -> Self {
        Self {
            graph: Graph::new(&platforms.graph_api),
            files: media::downloader(platforms.allow_private_fetch),
        }
    }
}

impl Channel for Facebook {
    fn name(&self) -> &'static str {
        "facebook"
    }

    fn shape(&self) -> Shape {
        Shape {
            many_pages: true,
            verify_token: true,
            token_optional: false,
            token_lasts: false,
        }
    }

    fn text_limit(&self) -> Limit {
        Limit {
            max: 2000,
            unit: Unit::Characters,
        }
    }

    fn messages_per_call(&self) -> usize {
        1
    }

    fn window(&self) -> Rules {
        Rules {
            standard: Some(24 * HOUR),
            tagged: Some(7 * 24 * HOUR),
            in_standby: true,
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Marks
    }

    /// Outbound endings as Dynamics documents them; 25 MB is Messenger's own limit.
    fn files(&self) -> Carries {
        Carries {
            outbound: &[
                "jpg", "jpeg", "png", "gif", "mp3", "oga", "ogg", "amr", "mp4", "pdf", "docx",
                "txt", "xlsx", "xls",
            ],
            inbound: &[
                AttachmentKind::Picture,
                AttachmentKind::Audio,
                AttachmentKind::Video,
                AttachmentKind::File,
            ],
            largest_kb: Some(25 * 1024),
        }
    }

    /// Messenger reads JPEG, PNG and GIF; of a picture it takes 8 MB where it fetches it, and 25 MB as bytes.
    fn manner(&self, found: Type) -> Manner {
        match found.mime {
            "image/webp" => Manner::Picture {
                largest: 8_000_000,
                preview: None,
            },
            _ => Manner::AsItIs,
        }
    }

    fn fetches_files(&self) -> bool {
        false
    }

    fn echoes(&self) -> bool {
        true
    }

    fn tells(&self) -> &'static [Attribute] {
        const TOLD: &[Attribute] = &[
            Attribute::ProfileName,
            Attribute::ProfileLocale,
            Attribute::ProfileTimeZone,
            Attribute::ProfileId,
        ];
        TOLD
    }

    fn verify(&self, secret: &Secret, header: &dyn Fn(&str) -> Vec<String>, body: &[u8]) -> bool {
        webhook::verify(secret, header, body)
    }

    fn handshake(
        &self,
        verify_token: &Secret,
        query: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        webhook::handshake(verify_token, query)
    }

    fn parse(&self, body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, Obstacle> {
        webhook::parse(body, received_at)
    }

    fn send(&self, credentials: &Credentials, call: &Call) -> Result<Sent, SendError> {
        control::send(&self.graph, credentials, call)
    }

    fn profile(
        &self,
        credentials: &Credentials,
        customer: &Customer,
    ) -> Result<Profile, ProfileError> {
        profile::profile(&self.graph, credentials, customer)
    }

    fn fetch(
        &self,
        _credentials: &Credentials,
        wanted: &Wanted<'_>,
        most: u64,
        to: &mut dyn Write,
    ) -> Result<(), Fault> {
        media::fetch(&self.files, wanted, most, to)
    }

    fn check(&self, credentials: &Credentials) -> Result<PageFacts, SetupError> {
        setup::check(&self.graph, credentials)
    }

    fn subscribe(
        &self,
        credentials: &Credentials,
        _callback_url: &str,
    ) -> Result<Subscribed, SetupError> {
        setup::subscribe(&self.graph, credentials)
    }

    fn keeps_history(&self) -> bool {
        true
    }

    fn history(
        &self,
        credentials: &Credentials,
        since: Timestamp,
    ) -> Result<Option<Vec<Inbound>>, SetupError> {
        threads::history(&self.graph, credentials, since).map(Some)
    }

    fn renew_subscription(
        &self,
        credentials: &Credentials,
        _callback_path: &str,
    ) -> Result<bool, SetupError> {
        setup::renew(&self.graph, credentials)
    }

    fn show(
        &self,
        credentials: &Credentials,
        customer: &Customer,
        courtesy: Courtesy,
        _read_token: Option<&str>,
    ) -> Result<(), SendError> {
        control::show(&self.graph, credentials, customer, courtesy)
    }

    fn unsubscribe(&self, credentials: &Credentials) -> Result<(), SetupError> {
        setup::unsubscribe(&self.graph, credentials)
    }

    fn preparation(&self) -> &'static [Preparation] {
        setup::PREPARATION
    }
}

#[cfg(test)]
mod tests;
