//! What the set-up and the sign-in share: how a session begins, how long a pause still is, and where to go
//! afterwards.

use std::time::Duration;

use rocket::http::uri::Origin;
use rocket::http::{Cookie, CookieJar};

use super::peer::Peer;
use super::{App, visitor};
use crate::crypto;
use crate::domain::time::Timestamp;
use crate::locale::Text;
use crate::store::sessions::NewSession;

/// Without a request for this long a session ends,
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// and after this long in any case.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// Both, when the person asked to stay signed in.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// Where a signed-in person starts.
pub const START: &str = "/workspace";

/// A session that is about to begin: the row goes into the database, the cookie to the browser.
pub struct Beginning {
    /// The row.
    pub session: NewSession,
    token: String,
    keep: bool,
}

impl Beginning {
    /// With a new secret each time. `keep`: the person asked to stay signed in.
    pub fn new(peer: &Peer, keep: bool) -> Beginning {
        let token = crypto::random_token();
        Beginning {
            session: NewSession {
                token_hash: crypto::sha256(token.as_bytes()),
                csrf_token: crypto::random_token(),
                user_agent: peer.user_agent.clone(),
                address: peer.address.to_string(),
                idle: if keep { KEPT } else { IDLE },
                lifetime: if keep { KEPT } else { LIFETIME },
            },
            token,
            keep,
        }
    }

    /// Gives the browser its cookie, once the row is stored.
    pub fn hand_over(self, app: &App, jar: &CookieJar<'_>) {
        jar.add(visitor::cookie(app, self.token, self.keep.then_some(KEPT)));
    }
}

/// Takes the cookie away again.
pub fn forget_cookie(app: &App, jar: &CookieJar<'_>) {
    let gone: Cookie<'static> = visitor::cookie(app, String::new(), Some(Duration::ZERO));
    jar.add(gone);
}

/// That too many tries were made, and how long to wait.
pub fn pause(until: Timestamp, now: Timestamp) -> Text {
    let seconds = until.since(now).as_millis().div_ceil(1000).max(1) as u64;
    if seconds < 60 {
        Text::new("gate-pause-seconds").arg("count", seconds)
    } else {
        Text::new("gate-pause-minutes").arg("count", seconds.div_ceil(60))
    }
}

/// The place in this program that `next` names, else [`START`]: a link that somebody sent must not lead
/// elsewhere after the sign-in.
pub fn local(next: &str) -> &str {
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && Origin::parse(next).is_ok();
    if is_ours { next } else { START }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;

    #[test]
    fn nothing_leads_elsewhere_after_the_sign_in() {
        for next in [
            "/workspace/conversations/7",
            "/admin/accounts?tab=pages",
            "/",
        ] {
            assert_eq!(local(next), next);
        }
        for next in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "workspace",
            "/a b",
            "/a\r\nSet-Cookie: x=y",
        ] {
            assert_eq!(local(next), START, "{next:?}");
        }
    }

    #[test]
    fn a_pause_is_said_in_words() {
        let now = Timestamp::from_millis(0);
        for (seconds, expected) in [
            (0, "Too many tries. You can try again in 1 second."),
            (32, "Too many tries. You can try again in 32 seconds."),
            (64, "Too many tries. You can try again in 2 minutes."),
            (900, "Too many tries. You can try again in 15 minutes."),
        ] {
            let until = now.plus(Duration::from_secs(seconds));
            assert_eq!(pause(until, now).say(Locale::English), expected);
        }
    }
}
