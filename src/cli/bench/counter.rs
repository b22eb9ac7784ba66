//! The counter that is measured: a data directory with an account, people and customers, and the server
//! on it in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::load::Make;
use crate::cli::{Failure, home};
use crate::config::Config;
use crate::crypto::{self, Secret};
use crate::domain::access::Role;
use crate::domain::conversation::State;
use crate::domain::ids::{AccountId, PageId, UserId};
use crate::domain::inbound::{Customer, CustomerKind};
use crate::domain::message::{Author, Kind};
use crate::domain::workstream::Mode;
use crate::locale::Text;
use crate::store::accounts::NewAccount;
use crate::store::messages::NewMessage;
use crate::store::organization::Organization;
use crate::store::pages::NewPage;
use crate::store::sessions::NewSession;
use crate::store::users::{Added, NewUser};
use crate::store::workstreams::settings::{self as workstreams, NewWorkstream};
use crate::store::{
    Result, Store, StoreError, Tx, accounts, conversations, instances, journal, messages,
    organization, pages, profiles, queues, sessions, users,
};

/// Signs every body.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
const PAGE: &str = "104882716359920";
/// Its conversations are offered.
const PUSH_PAGE: &str = "104882716359921";
/// Customers who write, so that conversations grow as they do in life.
const CUSTOMERS: u64 = 2000;
/// Longer than the measurements.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What was laid out.
pub struct Counter {
    account: AccountId,
    page: PageId,
    key: String,
    /// Cookies of signed-in browsers, one a person.
    pub cookies: Vec<String>,
}

/// Opens the data directory as a command does beside a server.
pub fn open(config: &Config) -> std::result::Result<Store, Failure> {
    home::create(&config.data)?;
    Store::open(&config.data, home::sealer(config)?, |_| {}).map_err(home::not_opened)
}

/// Lays out an account with a page, and `people` who are signed in.
pub fn lay_out(store: &Store, people: usize) -> std::result::Result<Counter, Failure> {
    let key = crypto::random_key();
    let webhook_key = key.clone();
    let (account, page, cookies) = store.write_blocking(move |tx| {
        organization::save(
            tx,
            &Organization {
                name: "Bench".to_owned(),
                time_zone: "UTC".to_owned(),
                locale: "en".to_owned(),
            },
        )?;
        let cookies = (0..people)
            .map(|number| sign_in(tx, number))
            .collect::<Result<_>>()?;
        let account = accounts::add(
            tx,
            &NewAccount {
                channel: "facebook".to_owned(),
                name: "Bench".to_owned(),
                webhook_key,
                verify_token: None,
                created_by: None,
            },
        )?;
        accounts::set_secret(tx, account, &Secret::new(SECRET))?;
        let page = pages::add(
            tx,
            &NewPage {
                account,
                platform_id: PAGE.to_owned(),
                name: "Bench".to_owned(),
                handle: String::new(),
                token: None,
            },
        )?;
        offer_conversations(tx, account)?;
        Ok((account, page, cookies))
    })?;
    Ok(Counter {
        account,
        page,
        key,
        cookies,
    })
}

/// A second page, in a workstream that offers conversations to whoever is connected, without a limit that the
/// measurement would meet.
fn offer_conversations(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let page = pages::add(
        tx,
        &NewPage {
            account,
            platform_id: PUSH_PAGE.to_owned(),
            name: "Bench, offered".to_owned(),
            handle: String::new(),
            token: None,
        },
    )?;
    let workstream = workstreams::add(
        tx,
        &NewWorkstream {
            name: "Bench, offered".to_owned(),
            channel: "facebook".to_owned(),
            mode: Mode::Push,
            fallback_queue: queues::default_queue(tx)?,
        },
    )?;
    let settings = instances::Settings {
        language: None,
        survey: false,
        file_attachments: true,
        customer_files: true,
        agent_files: true,
        human_agent_tag: false,
    };
    instances::place(tx, workstream, page, &settings)?;
    let Some(mut made) = workstreams::by_id(&tx.reader(), workstream)? else {
        return Ok(());
    };
    made.distribution.capacity_units = 0;
    workstreams::distribute(tx, workstream, &made.distribution)?;
    made.offers.session_limit = Some(50);
    workstreams::set_offers(tx, workstream, &made.offers)
}

fn sign_in(tx: &Tx<'_>, number: usize) -> Result<String> {
    let added = users::add(
        tx,
        &NewUser {
            email: format!("person{number}@bench.example"),
            name: format!("Person {number}"),
            role: if number == 0 {
                Role::Administrator
            } else {
                Role::Agent
            },
            // Nobody signs in with a password here.
            password_hash: String::new(),
        },
    )?;
    let Added::Added(user) = added else {
        return Err(StoreError::Word {
            what: "a new person",
            word: format!("person{number}"),
        });
    };
    let cookie = crypto::random_token();
    start_session(tx, user, &cookie)?;
    Ok(format!("tiski={cookie}"))
}

fn start_session(tx: &Tx<'_>, user: UserId, cookie: &str) -> Result<()> {
    let session = NewSession {
        token_hash: crypto::sha256(cookie.as_bytes()),
        csrf_token: crypto::random_token(),
        user_agent: String::new(),
        address: "127.0.0.1".to_owned(),
        idle: DAY,
        lifetime: DAY,
    };
    sessions::start(tx, user, &session).map(|_| ())
}

/// The body of the n-th message, about 1 KB.
pub fn body(number: u64) -> Vec<u8> {
    body_on(PAGE, number)
}

fn body_on(page: &str, number: u64) -> Vec<u8> {
    let customer = 28_181_025_000_000_000 + number % CUSTOMERS;
    let words =
        "The tent that I bought last week has a broken pole and I would like to know what to do. ";
    serde_json::json!({
        "object": "page",
        "entry": [{
            "id": page,
            "time": crate::clock::now().millis(),
            "messaging": [{
                "sender": { "id": customer.to_string() },
                "recipient": { "id": page },
                "timestamp": crate::clock::now().millis(),
                "message": {
                    "mid": format!("m_{}_{number}", std::process::id()),
                    "text": format!("bench-{number} {}", words.repeat(8)),
                },
            }],
        }],
    })
    .to_string()
    .into_bytes()
}

impl Counter {
    /// Makes the n-th webhook request for a path of ours, numbered from `first` on.
    pub fn request(&self, path: &str, first: u64) -> Make {
        self.request_of(PAGE, path, first)
    }

    /// Makes the n-th webhook request with a conversation that is offered.
    pub fn offered(&self, first: u64) -> Make {
        self.request_of(PUSH_PAGE, &self.webhook(), first)
    }

    fn request_of(&self, page: &'static str, path: &str, first: u64) -> Make {
        let path = path.to_owned();
        std::sync::Arc::new(move |number| {
            let body = body_on(page, first + number);
            let signature = crypto::hex(&crypto::hmac_sha256(SECRET.as_bytes(), &body));
            let mut request = format!(
                "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
                 x-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            )
            .into_bytes();
            request.extend(body);
            request
        })
    }

    /// Where the platform calls.
    pub fn webhook(&self) -> String {
        format!("/webhooks/facebook/{}", self.key)
    }

    /// Puts `count` bodies into the journal, numbered from `first` on.
    pub fn fill_journal(
        &self,
        store: &Store,
        first: u64,
        count: u64,
    ) -> std::result::Result<(), Failure> {
        let account = self.account;
        for start in (first..first + count).step_by(1000) {
            store.write_blocking(move |tx| {
                (start..(start + 1000).min(first + count))
                    .try_for_each(|number| journal::append(tx, account, &body(number)))
            })?;
        }
        Ok(())
    }

    /// A history of `count` messages in conversations of ten, all closed.
    pub fn fill_history(&self, store: &Store, count: u64) -> std::result::Result<(), Failure> {
        let page = self.page;
        for start in (0..count / 10).step_by(200) {
            store.write_blocking(move |tx| {
                (start..(start + 200).min(count / 10))
                    .try_for_each(|number| old_conversation(tx, page, number))
            })?;
        }
        Ok(())
    }
}

fn old_conversation(tx: &Tx<'_>, page: PageId, number: u64) -> Result<()> {
    let customer = Customer {
        platform_id: format!("history{number}"),
        kind: CustomerKind::Person,
        speaker: None,
    };
    let (profile, _) = profiles::find_or_create(tx, page, &customer)?;
    let workstream = pages::by_id(&tx.reader(), page)?
        .and_then(|page| page.workstream)
        .ok_or(StoreError::Busy)?;
    let conversation = conversations::open(tx, profile, page, workstream, None)?;
    for part in 0..10 {
        let platform_id = format!("history{number}.{part}");
        let message = NewMessage {
            conversation,
            page,
            platform_id: Some(&platform_id),
            author: Author::Customer,
            user: None,
            speaker: None,
            kind: Kind::Text,
            text: "The tent that I bought last week has a broken pole. What can I do now?",
            client_id: None,
            outbox: None,
            status: None,
            reply_to: None,
            sent_at: tx.now(),
            automated: None,
            attachments: &[],
        };
        messages::insert(tx, &message)?;
    }
    let closed = conversations::apply(
        tx,
        conversation,
        crate::domain::conversation::Act::TimeOver,
        None,
    )?;
    debug_assert_eq!(closed, Some(State::Closed));
    Ok(())
}

/// A server in a process of its own; killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to the first answer 200.
    pub started_in: Duration,
}

impl Server {
    /// Starts this program on a data directory and waits for its first answer.
    pub fn start(data: &Path, arguments: &[&str]) -> std::result::Result<Server, Failure> {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0"])
            .env_remove("TISKI_PUBLIC_URL")
            .env("TISKI_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Failure::new(Text::new("cli-bench-server-mute")))?;
        let mut lines = BufReader::new(stdout).lines();
        let url = lines
            .by_ref()
            .map_while(std::result::Result::ok)
            .find_map(|line| line.strip_prefix("Tiski is running at ").map(str::to_owned))
            .ok_or_else(|| Failure::new(Text::new("cli-bench-server-no-start")))?;
        std::thread::spawn(move || lines.for_each(drop));
        let client = crate::http::Client::new(Duration::from_secs(10));
        client.call(crate::http::Request {
            method: "GET",
            url: &format!("{url}/health"),
            headers: Vec::new(),
            body: None,
        })?;
        let started_in = began.elapsed();
        let address = url
            .trim_start_matches("http://")
            .parse()
            .map_err(|_| Failure::new(Text::new("cli-bench-server-no-address")))?;
        Ok(Server {
            child,
            address,
            started_in,
        })
    }

    /// What it holds in memory, in MB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|value| value.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
            .map_or(0.0, |kilobytes| kilobytes / 1024.0)
    }

    /// Asks it to end, as a supervisor does.
    pub fn stop(mut self) -> std::result::Result<(), Failure> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already after `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
