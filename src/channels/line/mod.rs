//! LINE: an official account with a Messaging API channel.

use crate::config::Platforms;
use crate::crypto::Secret;
use crate::domain::delivery::SendError;
use crate::domain::inbound::{Customer, Parsed};
use crate::domain::text::{Limit, Unit};
use crate::domain::time::Timestamp;
use crate::domain::window::Rules;

use super::{
    Call, Channel, Credentials, PageFacts, Profile, ProfileError, Sent, SetupError, Shape,
    Subscribed,
};

mod message;
mod webhook;

/// LINE.
pub struct Line;

impl Line {
    /// Against the configured platform.
    pub fn new(_platforms: &Platforms) -> Self {
        Self
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
        }
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

    fn parse(&self, body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, String> {
        webhook::parse(body, received_at)
    }

    fn send(&self, _credentials: &Credentials, _call: &Call) -> Result<Sent, SendError> {
        Err(SendError::Unreachable(String::new()))
    }

    fn profile(
        &self,
        _credentials: &Credentials,
        _customer: &Customer,
    ) -> Result<Profile, ProfileError> {
        Err(ProfileError::Later(String::new()))
    }

    fn check(&self, _credentials: &Credentials) -> Result<PageFacts, SetupError> {
        Err(SetupError::Unreachable(String::new()))
    }

    fn subscribe(
        &self,
        _credentials: &Credentials,
        _callback_url: &str,
    ) -> Result<Subscribed, SetupError> {
        Err(SetupError::Unreachable(String::new()))
    }
}
