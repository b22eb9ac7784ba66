//! `tiski check`: looks at everything that can be looked at from outside and says how to mend what is wrong.
//! `tiski check --idle` waits until the program has nothing left to do by itself.
//!
//! Both read the database beside a running server and change nothing.

use std::time::{Duration, Instant};

use rustix::fs::statvfs;

use super::{Failure, home, say, usage};
use crate::channels::{self, Credentials, Registry, SetupError};
use crate::clock;
use crate::config::Config;
use crate::crypto::Sealer;
use crate::domain::time::Timestamp;
use crate::domain::token_health::{self, Concern};
use crate::http;
use crate::locale::Text;
use crate::store::inspect::{Inspection, Schema};
use crate::store::outbox::{self, Left};
use crate::store::pages::Page;
use crate::store::{Reader, accounts, facts, journal, pages};
use crate::work::connection;

/// Below this the next busy day may fill the disk.
const DISK_LOW: u64 = 200 * 1024 * 1024;
/// A clock that differs more than this from a platform's is wrong.
const CLOCK_OFF: Duration = Duration::from_secs(60);
/// One call to our own address or a platform.
const CALL: Duration = Duration::from_secs(10);
/// How often `--idle` looks.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// What is asked for.
#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    idle: bool,
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "idle", value_parser = usage::number)]
    timeout: u64,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    if !home::has_database(&config.data) {
        let folder = config.data.display().to_string();
        return Err(Failure::new(
            Text::new("cli-check-nothing-here").arg("folder", folder),
        ));
    }
    let sealer = home::sealer(config)?;
    let inspection = Inspection::open(&config.data).map_err(|error| {
        Failure::new(
            Text::new("cli-check-unreadable")
                .arg("folder", config.data.display().to_string())
                .arg("error", error.to_string()),
        )
    })?;
    if arguments.idle {
        return wait_until_idle(&inspection, &sealer, Duration::from_secs(arguments.timeout));
    }
    let mut report = Report::default();
    look(config, &inspection, &sealer, &mut report);
    report.end()
}

/// What was found, printed as it is found.
#[derive(Default)]
struct Report {
    problems: usize,
}

/// What a line of the report is about.
enum Subject {
    /// A part of the installation: the word of a locale key `cli-check-on-…`.
    Part(&'static str),
    /// A page of an account, by their names.
    Page(String),
}

impl Subject {
    fn name(&self) -> String {
        match self {
            Subject::Part(word) => say(Text::new(format!("cli-check-on-{word}"))),
            Subject::Page(name) => name.clone(),
        }
    }
}

impl Report {
    fn fine(&self, what: &Subject, how: Text) {
        self.line("cli-check-fine", what, how);
    }

    fn notice(&self, what: &Subject, how: Text) {
        self.line("cli-check-notice", what, how);
    }

    fn problem(&mut self, what: &Subject, how: Text) {
        self.line("cli-check-wrong", what, how);
        self.problems += 1;
    }

    fn line(&self, mark: &str, what: &Subject, how: Text) {
        println!("{:<7} {}: {}", say(Text::new(mark)), what.name(), say(how));
    }

    fn end(self) -> Result<(), Failure> {
        match self.problems {
            0 => Ok(()),
            count => Err(Failure::new(
                Text::new("cli-check-to-mend").arg("count", count),
            )),
        }
    }
}

const DATABASE: Subject = Subject::Part("database");
const SCHEMA: Subject = Subject::Part("schema");
const KEY: Subject = Subject::Part("key");
const DISK: Subject = Subject::Part("disk");
const SERVER: Subject = Subject::Part("server");
const PUBLIC_ADDRESS: Subject = Subject::Part("public-address");
const ACCOUNTS: Subject = Subject::Part("accounts");
const CLOCK: Subject = Subject::Part("clock");

/// A sentence with the words of an error in it.
fn because(key: &str, error: impl std::fmt::Display) -> Text {
    Text::new(key).arg("error", error.to_string())
}

fn look(config: &Config, inspection: &Inspection, sealer: &Sealer, report: &mut Report) {
    database(inspection, report);
    let readable = match inspection.schema() {
        Ok(Schema::Current) => {
            report.fine(&SCHEMA, Text::new("cli-check-schema-current"));
            true
        }
        Ok(Schema::Older) => {
            report.notice(&SCHEMA, Text::new("cli-check-schema-older"));
            false
        }
        Ok(Schema::Newer) => {
            report.problem(&SCHEMA, Text::new("cli-check-schema-newer"));
            false
        }
        Err(error) => {
            report.problem(&SCHEMA, because("cli-check-schema-unread", error));
            false
        }
    };
    let fits = readable && key(inspection, sealer, report);
    disk(config, report);
    address(config, report);
    let channels = channels::registry(&config.platforms);
    if fits {
        tokens(inspection, sealer, &channels, report);
    }
    if readable {
        time(config, inspection, sealer, report);
    }
}

fn database(inspection: &Inspection, report: &mut Report) {
    match inspection.damage() {
        Ok(damage) => match damage.first() {
            None => report.fine(&DATABASE, Text::new("cli-check-database-whole")),
            Some(first) => report.problem(
                &DATABASE,
                Text::new("cli-check-database-damaged")
                    .arg("first", first.clone())
                    .arg("count", damage.len()),
            ),
        },
        Err(error) => report.problem(&DATABASE, because("cli-check-database-unread", error)),
    }
}

fn key(inspection: &Inspection, sealer: &Sealer, report: &mut Report) -> bool {
    match inspection.fits(sealer) {
        Ok(true) => report.fine(&KEY, Text::new("cli-check-key-fits")),
        Ok(false) => report.problem(&KEY, Text::new("cli-check-key-foreign")),
        Err(error) => report.problem(&KEY, because("cli-check-key-unread", error)),
    }
    inspection.fits(sealer).unwrap_or(false)
}

fn disk(config: &Config, report: &mut Report) {
    match statvfs(&config.data) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let about = |key: &str| Text::new(key).arg("free", (free / (1024 * 1024)).to_string());
            if free < DISK_LOW {
                report.problem(&DISK, about("cli-check-disk-low"));
            } else {
                report.fine(&DISK, about("cli-check-disk-fine"));
            }
        }
        Err(error) => report.problem(&DISK, because("cli-check-disk-unread", error)),
    }
}

/// Whether the server answers, and whether it does at the address that the platforms call.
fn address(config: &Config, report: &mut Report) {
    let here = format!("http://{}", config.listen);
    let at = |key: &str, url: &str| Text::new(key).arg("url", url.to_owned());
    if let Err(why) = is_healthy(&here) {
        report.notice(&SERVER, at("cli-check-server-away", &here).arg("why", why));
        return;
    }
    report.fine(&SERVER, at("cli-check-server-there", &here));
    let Some(public) = config
        .public_url
        .as_deref()
        .filter(|public| *public != here)
    else {
        report.notice(&PUBLIC_ADDRESS, Text::new("cli-check-address-none"));
        return;
    };
    match is_healthy(public) {
        Ok(()) => report.fine(&PUBLIC_ADDRESS, at("cli-check-address-fine", public)),
        Err(why) => report.problem(
            &PUBLIC_ADDRESS,
            at("cli-check-address-wrong", public).arg("why", why),
        ),
    }
}

fn is_healthy(base: &str) -> Result<(), String> {
    let answer = get(&format!("{base}/health")).map_err(|error| error.to_string())?;
    let is_ours = answer
        .json()
        .is_some_and(|body| body.get("status").is_some());
    match answer.status {
        200 if is_ours => Ok(()),
        503 if is_ours => Err(say(Text::new("cli-check-server-cannot-write"))),
        status => Err(say(
            Text::new("cli-check-server-status").arg("status", status.to_string())
        )),
    }
}

fn get(url: &str) -> Result<http::Answer, http::CallError> {
    http::Client::new(CALL).call(http::Request {
        method: "GET",
        url,
        headers: Vec::new(),
        body: None,
    })
}

/// Every page's token: its age, and whether its platform accepts it.
fn tokens(inspection: &Inspection, sealer: &Sealer, channels: &Registry, report: &mut Report) {
    let found = inspection.read(sealer, |reader| {
        pages::all(reader)?
            .into_iter()
            .map(|page| {
                Ok((
                    account_name(reader, &page)?,
                    pages::credentials(reader, page.id),
                    page,
                ))
            })
            .collect::<crate::store::Result<Vec<_>>>()
    });
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return report.problem(&ACCOUNTS, because("cli-check-accounts-unread", error));
        }
    };
    if found.is_empty() {
        report.notice(&ACCOUNTS, Text::new("cli-check-accounts-none"));
    }
    for (account, credentials, page) in found {
        let what = Subject::Page(say(Text::new("cli-check-on-page")
            .arg("account", account)
            .arg("page", page.name.clone())));
        let Some(channel) = channels.get(&page.channel) else {
            report.problem(&what, Text::new("cli-check-page-no-channel"));
            continue;
        };
        let credentials = match credentials {
            Ok(Some(found)) => Credentials::from(found),
            Ok(None) => {
                report.problem(&what, Text::new("cli-check-page-no-secret"));
                continue;
            }
            Err(error) => {
                report.problem(&what, because("cli-check-page-sealed", error));
                continue;
            }
        };
        match channel.check(&credentials) {
            Ok(_) => accepted(&what, &page, report),
            Err(error) => report.problem(&what, refused(&error)),
        }
        let now = clock::now();
        if let Some(concern) = token_health::concern(&page.token(), now) {
            flagged(&what, concern, now, report);
        }
    }
}

fn account_name(reader: &Reader<'_>, page: &Page) -> crate::store::Result<String> {
    let account = accounts::by_id(reader, page.account)?;
    Ok(account.map(|account| account.name).unwrap_or_default())
}

fn accepted(what: &Subject, page: &Page, report: &mut Report) {
    match &page.token_error {
        None => report.fine(what, Text::new("cli-check-token-accepted")),
        Some(error) => report.problem(what, because("cli-check-token-accepted-again", error)),
    }
}

/// `cli-check-refused-<word>`, with the words of a set-up error.
fn refused(error: &SetupError) -> Text {
    let told = connection::told(error);
    Text::new(format!("cli-check-refused-{}", told.word)).arg("detail", told.detail)
}

fn flagged(what: &Subject, concern: Concern, now: Timestamp, report: &mut Report) {
    let about = |key: &str, days: u64| Text::new(key).arg("days", days);
    match concern {
        // Told with the platform's answer of just now.
        Concern::Refused => {}
        Concern::Ending(at) => {
            let days = at.since(now).as_secs() / (24 * 3600);
            report.problem(what, about("cli-check-token-ending", days));
        }
        Concern::Old(days) => report.problem(what, about("cli-check-token-old", days)),
        Concern::Aging(days) => report.notice(what, about("cli-check-token-aging", days)),
    }
}

/// Compares the clock with the last thing that was stored, and with a platform's, when one is in use.
fn time(config: &Config, inspection: &Inspection, sealer: &Sealer, report: &mut Report) {
    let now = clock::now();
    let facts = inspection.read(sealer, |reader| {
        Ok((facts::newest(reader)?, !accounts::all(reader)?.is_empty()))
    });
    let Ok((newest, has_accounts)) = facts else {
        return report.problem(&CLOCK, Text::new("cli-check-clock-unread"));
    };
    if newest.is_some_and(|newest| newest.since(now) > CLOCK_OFF) {
        return report.problem(&CLOCK, Text::new("cli-check-clock-behind"));
    }
    let platforms = [&config.platforms.graph_api, &config.platforms.line_api];
    let told = has_accounts
        .then(|| platforms.into_iter().find_map(|base| told_by(base)))
        .flatten();
    match told {
        None => report.fine(&CLOCK, Text::new("cli-check-clock-plausible")),
        Some(told) if told.since(now).max(now.since(told)) > CLOCK_OFF => {
            report.problem(&CLOCK, Text::new("cli-check-clock-off"));
        }
        Some(_) => report.fine(&CLOCK, Text::new("cli-check-clock-agrees")),
    }
}

/// The time as a server tells it: `Date: Sat, 21 Nov 2026 14:02:00 GMT`.
fn told_by(base: &str) -> Option<Timestamp> {
    let answer = get(base).ok()?;
    let date = chrono::DateTime::parse_from_rfc2822(answer.header("date")?).ok()?;
    Some(Timestamp::from_millis(date.timestamp_millis()))
}

/// Waits until no webhook waits to be worked on, no call is in flight, and none will be made before the time
/// is over. What waits for a person or for a later moment does not count: the program does nothing about it.
fn wait_until_idle(
    inspection: &Inspection,
    sealer: &Sealer,
    timeout: Duration,
) -> Result<(), Failure> {
    let start = Instant::now();
    let until = clock::now().plus(timeout);
    loop {
        let (events, calls) = inspection.read(sealer, |reader| {
            Ok((
                journal::unfinished_count(reader)?,
                outbox::left(reader, until)?,
            ))
        })?;
        if events == 0 && calls.in_flight == 0 && calls.due == 0 {
            let idle = Text::new("cli-check-idle").arg("waiting", calls.waiting);
            println!("{}", say(idle));
            return Ok(());
        }
        if start.elapsed() >= timeout {
            return Err(busy(timeout, events, calls));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn busy(timeout: Duration, events: u64, calls: Left) -> Failure {
    Failure::new(
        Text::new("cli-check-busy")
            .arg("seconds", timeout.as_secs())
            .arg("events", events)
            .arg("in-flight", calls.in_flight)
            .arg("due", calls.due),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale;

    #[test]
    fn every_refusal_of_a_platform_has_a_sentence() {
        let words = || "why".to_owned();
        for error in [
            SetupError::OtherPage {
                name: words(),
                page: words(),
            },
            SetupError::NotAPageToken,
            SetupError::OtherApp,
            SetupError::TokenRefused(words()),
            SetupError::SecretRefused(words()),
            SetupError::MissingPermission(words()),
            SetupError::CallbackRefused(words()),
            SetupError::CallbackUnreachable(words()),
            SetupError::WebhookOff,
            SetupError::Unreachable(words()),
            SetupError::Other(words()),
        ] {
            assert!(locale::has(refused(&error).key()), "{error:?}");
        }
    }
}
