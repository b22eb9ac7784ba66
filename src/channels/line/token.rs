//! Stateless channel access tokens: made from channel id and secret on use, kept in memory, renewed
//! before they end. Nothing to store, nothing to rotate, nothing to run out unnoticed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::channels::Credentials;
use crate::channels::json;
use crate::crypto::{self, Secret};
use crate::http::{CallError, Client, Request};

/// A token lives 15 minutes; it is used for this long at most.
const USED_FOR: Duration = Duration::from_secs(13 * 60);
/// It is not used in the last of its seconds: the call has to arrive.
const MARGIN: Duration = Duration::from_secs(60);

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Channel id and secret do not belong together, in LINE's words.
    Refused(String),
    /// LINE was not reached or is out of order; nothing was sent.
    Later(String),
}

/// The tokens of all channels.
pub struct Tokens {
    client: Client,
    url: String,
    /// By channel id and secret, so that a replaced secret makes a new token. The inner lock is held
    /// while a token is fetched: others wait for that one instead of fetching too.
    held: Mutex<HashMap<[u8; 32], Slot>>,
}

type Slot = Arc<Mutex<Option<Held>>>;

struct Held {
    token: Secret,
    until: Instant,
}

impl Tokens {
    /// Tokens from LINE at `base`.
    pub fn new(client: Client, base: &str) -> Self {
        Self {
            client,
            url: format!("{base}/oauth2/v3/token"),
            held: Mutex::default(),
        }
    }

    /// A token for this channel that is not `refused`. Blocks up to `limit` when one must be fetched.
    pub fn get(
        &self,
        credentials: &Credentials,
        refused: Option<&Secret>,
        limit: Duration,
    ) -> Result<Secret, TokenError> {
        let slot = self.slot(credentials);
        let mut held = slot.lock();
        let usable = held
            .as_ref()
            .filter(|held| held.until > Instant::now() && Some(&held.token) != refused);
        if let Some(held) = usable {
            return Ok(held.token.clone());
        }
        let fetched = self.fetch(credentials, limit)?;
        let token = fetched.token.clone();
        *held = Some(fetched);
        Ok(token)
    }

    /// A new token, whatever is held: proves that id and secret belong together.
    pub fn prove(&self, credentials: &Credentials, limit: Duration) -> Result<(), TokenError> {
        let fetched = self.fetch(credentials, limit)?;
        *self.slot(credentials).lock() = Some(fetched);
        Ok(())
    }

    fn slot(&self, credentials: &Credentials) -> Slot {
        let name = format!(
            "{}|{}",
            credentials.external_id,
            credentials.secret.expose()
        );
        self.held
            .lock()
            .entry(crypto::sha256(name.as_bytes()))
            .or_default()
            .clone()
    }

    /// `{"token_type":"Bearer","access_token":"ey…","expires_in":900}`
    fn fetch(&self, credentials: &Credentials, limit: Duration) -> Result<Held, TokenError> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &credentials.external_id)
            .append_pair("client_secret", credentials.secret.expose())
            .finish();
        let asked_at = Instant::now();
        let answer = self.client.call_within(
            limit,
            Request {
                method: "POST",
                url: &self.url,
                headers: vec![],
                body: Some(("application/x-www-form-urlencoded", form.as_bytes())),
            },
        );
        let answer = answer.map_err(|error| match error {
            // A token that nobody got does no harm: there is no doubt to carry on.
            CallError::Unreachable(why) | CallError::Uncertain(why) => TokenError::Later(why),
        })?;
        let body = answer.json().unwrap_or_default();
        let word = |name: &str| body[name].as_str().unwrap_or_default();
        match answer.status {
            200..=299 if !word("access_token").is_empty() => {
                let life = Duration::from_secs(body["expires_in"].as_u64().unwrap_or(900));
                Ok(Held {
                    token: Secret::new(word("access_token")),
                    until: asked_at + life.saturating_sub(MARGIN).min(USED_FOR),
                })
            }
            // {"error":"invalid_client","error_description":"invalid client_secret"}
            400 | 401 | 403 => {
                let told = format!("{}: {}", word("error"), word("error_description"));
                let told = json::words(&told, &[&credentials.secret]);
                Err(TokenError::Refused(told))
            }
            status => Err(TokenError::Later(status.to_string())),
        }
    }
}
