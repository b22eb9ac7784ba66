//! `tiski check`: looks at everything that can be looked at from outside and says how to mend what is wrong.
//! `tiski check --idle` waits until the program has nothing left to do by itself.
//!
//! Both read the database beside a running server and change nothing.

use std::time::{Duration, Instant};

use rustix::fs::statvfs;

use super::{Failure, home};
use crate::channels::{self, Credentials, Registry, SetupError};
use crate::clock;
use crate::config::Config;
use crate::crypto::Sealer;
use crate::domain::time::Timestamp;
use crate::domain::token_age::{self, TokenAge};
use crate::http;
use crate::store::inspect::{Inspection, Schema};
use crate::store::outbox::{self, Left};
use crate::store::pages::Page;
use crate::store::{Reader, accounts, facts, journal, pages};

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
    /// Wait until every webhook is worked on and every message is sent that can be sent now
    #[arg(long)]
    idle: bool,
    /// With --idle: give up after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "idle")]
    timeout: u64,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    if !home::has_database(&config.data) {
        return Err(Failure(format!(
            "There is no Tiski in {}. Give its folder with --data, or start it once.",
            config.data.display()
        )));
    }
    let sealer = home::sealer(config)?;
    let inspection = Inspection::open(&config.data).map_err(|error| {
        Failure(format!(
            "The database in {} cannot be read: {error}. Restore a backup.",
            config.data.display()
        ))
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

impl Report {
    fn fine(&self, what: &str, how: &str) {
        println!("ok      {what}: {how}");
    }

    fn notice(&self, what: &str, how: &str) {
        println!("notice  {what}: {how}");
    }

    fn problem(&mut self, what: &str, how: &str) {
        println!("WRONG   {what}: {how}");
        self.problems += 1;
    }

    fn end(self) -> Result<(), Failure> {
        match self.problems {
            0 => Ok(()),
            1 => Err(Failure("One thing is to be mended; see above.".to_owned())),
            many => Err(Failure(format!(
                "{many} things are to be mended; see above."
            ))),
        }
    }
}

fn look(config: &Config, inspection: &Inspection, sealer: &Sealer, report: &mut Report) {
    database(inspection, report);
    let readable = match inspection.schema() {
        Ok(Schema::Current) => {
            report.fine("Schema", "up to date.");
            true
        }
        Ok(Schema::Older) => {
            report.notice("Schema", "an older program's; the next start updates it.");
            false
        }
        Ok(Schema::Newer) => {
            report.problem("Schema", "a newer program's. Install that one.");
            false
        }
        Err(error) => {
            report.problem("Schema", &format!("cannot be read: {error}."));
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
    const HOW: &str = "Stop the server and restore the last backup.";
    match inspection.damage() {
        Ok(damage) if damage.is_empty() => report.fine("Database", "whole."),
        Ok(damage) => {
            let (first, count) = (&damage[0], damage.len());
            report.problem("Database", &format!("{first} ({count} in all). {HOW}"));
        }
        Err(error) => report.problem("Database", &format!("cannot be read: {error}. {HOW}")),
    }
}

fn key(inspection: &Inspection, sealer: &Sealer, report: &mut Report) -> bool {
    match inspection.fits(sealer) {
        Ok(true) => report.fine("Key", "fits the database."),
        Ok(false) => report.problem(
            "Key",
            "does not fit the database. Put back the secret.key or TISKI_SECRET_KEY that belongs to it.",
        ),
        Err(error) => report.problem("Key", &format!("cannot be compared: {error}.")),
    }
    inspection.fits(sealer).unwrap_or(false)
}

fn disk(config: &Config, report: &mut Report) {
    match statvfs(&config.data) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let shown = format!("{} MB free.", free / (1024 * 1024));
            if free < DISK_LOW {
                report.problem("Disk", &format!("only {shown} Make room."));
            } else {
                report.fine("Disk", &shown);
            }
        }
        Err(error) => report.problem("Disk", &format!("cannot be asked: {error}.")),
    }
}

/// Whether the server answers, and whether it does at the address that the platforms call.
fn address(config: &Config, report: &mut Report) {
    let here = format!("http://{}", config.listen);
    if let Err(why) = is_healthy(&here) {
        report.notice(
            "Server",
            &format!("none answers at {here} ({why}); the public address is not checked."),
        );
        return;
    }
    report.fine("Server", &format!("answers at {here}."));
    let Some(public) = config
        .public_url
        .as_deref()
        .filter(|public| *public != here)
    else {
        report.notice(
            "Public address",
            "none is set: the platforms cannot reach this machine. Set --public-url.",
        );
        return;
    };
    match is_healthy(public) {
        Ok(()) => report.fine("Public address", &format!("{public} leads here.")),
        Err(why) => report.problem(
            "Public address",
            &format!("{public} does not lead here ({why}). Mend the proxy, tunnel or name."),
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
        503 if is_ours => Err("the server cannot write".to_owned()),
        status => Err(format!("status {status}")),
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
        Err(error) => return report.problem("Accounts", &format!("cannot be read: {error}.")),
    };
    if found.is_empty() {
        report.notice("Accounts", "there is none yet.");
    }
    for (account, credentials, page) in found {
        let what = format!("{account}, page {}", page.name);
        let Some(channel) = channels.get(&page.channel) else {
            report.problem(&what, "this program has no such channel.");
            continue;
        };
        let credentials = match credentials {
            Ok(Some(found)) => Credentials::from(found),
            Ok(None) => {
                report.problem(&what, "has no secret. Enter it in the account's settings.");
                continue;
            }
            Err(error) => {
                report.problem(&what, &format!("{error}. Enter secret and token anew."));
                continue;
            }
        };
        match channel.check(&credentials) {
            Ok(_) => accepted(&what, &page, report),
            Err(error) => report.problem(&what, &refused(&error)),
        }
        if let Some(age) = page
            .token_saved_at
            .map(|saved| token_age::age(saved, clock::now()))
        {
            old(&what, age, report);
        }
    }
}

fn account_name(reader: &Reader<'_>, page: &Page) -> crate::store::Result<String> {
    let account = accounts::by_id(reader, page.account)?;
    Ok(account.map(|account| account.name).unwrap_or_default())
}

fn accepted(what: &str, page: &Page, report: &mut Report) {
    match &page.token_error {
        None => report.fine(what, "the access token is accepted."),
        Some(error) => report.problem(
            what,
            &format!(
                "nothing is sent, because the access token was refused ({error}). It is accepted now: \
                 press Check again in the account's settings."
            ),
        ),
    }
}

fn refused(error: &SetupError) -> String {
    const REPLACE: &str = "Replace the token in the account's settings.";
    match error {
        SetupError::Unreachable(why) => {
            format!("the platform could not be asked ({why}). Check the way to the internet.")
        }
        SetupError::OtherPage { name, .. } => {
            format!("the access token belongs to another page, {name}. {REPLACE}")
        }
        SetupError::NotAPageToken => {
            format!("the access token is a person's, not a page's. {REPLACE}")
        }
        SetupError::OtherApp => format!("the access token was made by another app. {REPLACE}"),
        SetupError::TokenRefused(why) => format!("the access token is refused ({why}). {REPLACE}"),
        SetupError::SecretRefused(why) => {
            format!("the secret is refused ({why}). Enter it anew in the account's settings.")
        }
        SetupError::MissingPermission(names) => {
            format!("the access token lacks {names}. {REPLACE}")
        }
        SetupError::CallbackRefused(why)
        | SetupError::CallbackUnreachable(why)
        | SetupError::Other(why) => format!("the platform says: {why}."),
        SetupError::WebhookOff => "webhooks are switched off in the platform's console.".to_owned(),
    }
}

fn old(what: &str, age: TokenAge, report: &mut Report) {
    let days = age.days();
    if age.is_old() {
        report.problem(
            what,
            &format!("the access token is {days} days old. Replace it in the account's settings."),
        );
    } else if age.is_aging() {
        report.notice(
            what,
            &format!("the access token is {days} days old; replace it before 60."),
        );
    }
}

/// Compares the clock with the last thing that was stored, and with a platform's, when one is in use.
fn time(config: &Config, inspection: &Inspection, sealer: &Sealer, report: &mut Report) {
    let now = clock::now();
    let facts = inspection.read(sealer, |reader| {
        Ok((facts::newest(reader)?, !accounts::all(reader)?.is_empty()))
    });
    let Ok((newest, has_accounts)) = facts else {
        return report.problem("Clock", "the database cannot be asked.");
    };
    if newest.is_some_and(|newest| newest.since(now) > CLOCK_OFF) {
        return report.problem(
            "Clock",
            "earlier than what was stored last. Set the machine's clock.",
        );
    }
    let platforms = [&config.platforms.graph_api, &config.platforms.line_api];
    let told = has_accounts
        .then(|| platforms.into_iter().find_map(|base| told_by(base)))
        .flatten();
    match told {
        None => report.fine("Clock", "not earlier than what was stored last."),
        Some(told) if told.since(now).max(now.since(told)) > CLOCK_OFF => report.problem(
            "Clock",
            "more than a minute from a platform's. Set the machine's clock.",
        ),
        Some(_) => report.fine("Clock", "agrees with a platform's."),
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
            match calls.waiting {
                0 => println!("Idle."),
                waiting => println!("Idle. {waiting} calls wait for a later try or for a person."),
            }
            return Ok(());
        }
        if start.elapsed() >= timeout {
            return Err(busy(timeout, events, calls));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn busy(timeout: Duration, events: u64, calls: Left) -> Failure {
    Failure(format!(
        "Not idle after {} s: {events} webhooks to work on, {} calls in flight, {} to be made. Is the server \
         running?",
        timeout.as_secs(),
        calls.in_flight,
        calls.due
    ))
}
