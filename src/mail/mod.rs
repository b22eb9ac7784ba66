//! Tells administrators by e-mail what needs them, where a mail server is configured: access tokens that are
//! refused, end soon, or are old. Nothing else is sent by e-mail.
//!
//! A letter is a row first ([`alarm_mails`]); a server that is not reached is tried again until the trouble is
//! over. Should the program stop between the server's *yes* and our record of it, the letter goes out once more
//! under the same Message-ID, which mail programs show once.

use std::thread::JoinHandle;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};

use crate::clock;
use crate::config::{Security, Smtp};
use crate::domain::ids::{AlarmMailId, PageId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;
use crate::domain::token_health::{self, Concern};
use crate::locale::{Locale, Text};
use crate::store::alarm_mails::{self, Due};
use crate::store::pages::Page;
use crate::store::{Result, Store, organization, pages};
use crate::web::alarm;
use crate::work::{self, Wake};

/// Nobody says when a token grows old: so often troubles are looked at although nothing woke us.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// A letter that is due and cannot be sent yet must not keep the processor busy.
const SHORTEST: Duration = Duration::from_secs(1);
/// One letter may take this long.
const CALL_LIMIT: Duration = Duration::from_secs(20);
/// The first pause after a failure; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Sends letters until the workers are told to stop.
struct Post {
    store: Store,
    smtp: Smtp,
    /// Where the links of a letter lead.
    public_url: String,
    transport: SmtpTransport,
}

/// Starts the worker.
///
/// # Errors
/// A sentence when the mail server's name is not one that a certificate can be checked against.
pub fn start(
    store: &Store,
    smtp: &Smtp,
    public_url: String,
    wake: &Wake,
) -> std::result::Result<JoinHandle<()>, String> {
    let post = Post {
        transport: transport(smtp).map_err(|error| error.to_string())?,
        store: store.clone(),
        smtp: smtp.clone(),
        public_url,
    };
    let wake = wake.clone();
    Ok(work::spawn("mail", move || {
        loop {
            let pause = post.round(&wake).unwrap_or_else(|error| {
                tracing::error!(%error, "letters cannot be read or written");
                FIRST_PAUSE
            });
            if !wake.wait(Worker::Mail, pause) {
                return;
            }
        }
    }))
}

fn transport(smtp: &Smtp) -> std::result::Result<SmtpTransport, lettre::transport::smtp::Error> {
    let tls = || TlsParameters::new(smtp.host.clone());
    let security = match smtp.security {
        Security::Tls => Tls::Wrapper(tls()?),
        Security::Starttls => Tls::Required(tls()?),
        Security::None => Tls::None,
    };
    // "Dangerous" is without a default for TLS: it is set in the next line.
    let builder = SmtpTransport::builder_dangerous(&smtp.host)
        .tls(security)
        .port(smtp.port)
        .timeout(Some(CALL_LIMIT));
    Ok(match (&smtp.user, &smtp.password) {
        (Some(user), Some(password)) => {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            builder.credentials(credentials).build()
        }
        _ => builder.build(),
    })
}

/// What is the matter with a page.
struct Trouble {
    page: Page,
    concern: Concern,
}

impl Post {
    /// Raises what is the matter now, and sends what is due. How long nothing is to be done unless somebody wakes
    /// us.
    fn round(&self, wake: &Wake) -> Result<Duration> {
        let now = clock::now();
        let troubles: Vec<Trouble> = self
            .store
            .read(pages::all)?
            .into_iter()
            .filter_map(|page| {
                let concern = token_health::told(&page.token(), now)?;
                concern.is_flag().then_some(Trouble { page, concern })
            })
            .collect();
        let wanted: Vec<(PageId, &'static str)> = troubles
            .iter()
            .map(|trouble| (trouble.page.id, alarm::word(trouble.concern)))
            .collect();
        if !self
            .store
            .read(|reader| alarm_mails::is_raised(reader, &wanted, now))?
        {
            self.store
                .write_blocking(move |tx| alarm_mails::raise(tx, &wanted))?;
        }
        for letter in self.store.read(|reader| alarm_mails::due(reader, now))? {
            if wake.is_stopping() {
                break;
            }
            let trouble = troubles.iter().find(|it| it.page.id == letter.page);
            if let Some(trouble) = trouble {
                self.send(&letter, trouble, now)?;
            }
        }
        let next = self.store.read(alarm_mails::next_due)?;
        Ok(next.map_or(LOOK_EVERY, |due| due.since(now).clamp(SHORTEST, LOOK_EVERY)))
    }

    fn send(&self, letter: &Due, trouble: &Trouble, now: Timestamp) -> Result<()> {
        let id = letter.id;
        let organization = self.store.read(organization::find)?;
        let organization = organization.map_or_else(String::new, |it| it.name);
        let came = self
            .write(letter, trouble, &organization, now)
            .and_then(|message| match self.transport.send(&message) {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            });
        match came {
            Ok(()) => self
                .store
                .write_blocking(move |tx| alarm_mails::sent(tx, id)),
            Err(error) => {
                tracing::warn!(letter = %id, error, "a letter was not taken by the mail server");
                let due = now.plus(pause(letter.tries));
                self.store
                    .write_blocking(move |tx| alarm_mails::failed(tx, id, &error, due))
            }
        }
    }

    fn write(
        &self,
        letter: &Due,
        trouble: &Trouble,
        organization: &str,
        now: Timestamp,
    ) -> std::result::Result<Message, String> {
        let locale = letter.locale.as_deref().and_then(Locale::from_tag);
        let locale = locale.unwrap_or(Locale::English);
        let what = alarm::token_title(&trouble.page.name, trouble.concern, now).say(locale);
        let page = &trouble.page;
        let path = format!("/admin/accounts/{}/pages?replace={}", page.account, page.id);
        let text = Text::new("mail-alarm")
            .arg("name", letter.name.clone())
            .arg("what", what.clone())
            .arg("link", format!("{}{path}", self.public_url))
            .arg("organization", organization.to_owned())
            .say(locale);
        let subject = Text::new("mail-alarm-subject")
            .arg("what", what)
            .arg("organization", organization.to_owned());
        let from: Mailbox = self.smtp.from.parse().map_err(said)?;
        let to: Address = letter.email.parse().map_err(said)?;
        let message_id = message_id(letter.id, from.email.domain());
        Message::builder()
            .from(from)
            .to(Mailbox::new(Some(letter.name.clone()), to))
            .subject(subject.say(locale))
            .message_id(Some(message_id))
            .body(text)
            .map_err(said)
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The same at every try.
fn message_id(letter: AlarmMailId, domain: &str) -> String {
    format!("<tiski-alarm-{letter}@{domain}>")
}

/// How long to wait after so many tries before this one.
fn pause(tries: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(1 << tries.min(10))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bearable() {
        for (tries, seconds) in [
            (0, 30),
            (1, 60),
            (2, 120),
            (6, 1920),
            (7, 3600),
            (4000, 3600),
        ] {
            assert_eq!(pause(tries), Duration::from_secs(seconds), "{tries}");
        }
    }
}
