//! Tiski: the counter where a small business answers the customers who write to its Facebook Pages
//! (Messenger) and its LINE official accounts. One binary, one folder, one SQLite database.
//!
//! # Bird's-eye view
//!
//! ```text
//! domain  ←  store  ←─────────────┐
//!    ↑         ↑                  ├─ work (ingest, route, dispatch, names, media, pictures, schedule)  ←  web  ←  cli / main
//!    └──── channels ──────────────┘            live ←──────────────┘
//! ```
//!
//! `A ← B` reads "B may use A"; a structure test fails when a module uses another than these:
//!
//! | module | may use |
//! |---|---|
//! | `domain` | nothing of ours |
//! | `crypto`, `http`, `locale` | nothing of ours |
//! | `config` | `crypto`, `locale` |
//! | `clock` | `domain::time` |
//! | `store` | `domain`, `crypto`, `clock` |
//! | `channels` | `domain`, `http`, `crypto`, `config` |
//! | `live` | `domain` |
//! | `work` | `domain`, `store`, `channels`, `live`, `clock`, `http`, `crypto` |
//! | `web` | `domain`, `store`, `live`, `work`, `locale`, `config`, `clock`, `crypto`, `http`, `channels::registry()` |
//! | `mail` | `domain`, `store`, `work`, `web`, `locale`, `config`, `clock` |
//! | `simulator` | nothing of ours: it plays the outside world |
//! | `demo` | `domain`, `store`, `simulator`, `work`, `web`, `locale`, `crypto`, `config`, `channels` |
//! | `cli`, `main` | everything |
//!
//! # Principles
//!
//! 1. The database is the truth; live updates, wake-ups and caches are hints.
//! 2. A webhook is acknowledged only after it is durable, and nothing else happens before that.
//! 3. Every outside effect is a row first, written in the transaction of its reason.
//! 4. One writer thread with group commit; readers are read-only. Write functions take `&Tx`, read
//!    functions a `&Reader`.
//! 5. `domain` is pure: it gets `now` and returns decisions.
//! 6. A channel is a folder. Core code never names Facebook or LINE.
//!
//! # One inbound message
//!
//! 1. `web::webhooks` reads the raw body, lets the channel verify the signature, writes one journal
//!    row (`store::journal`), answers 200 and wakes the ingest worker.
//! 2. `work::ingest` takes journal rows in order, lets the channel cut the body into events, and
//!    stores each in a transaction of its own: profile, conversation, message, live event. A bad
//!    event is parked with its reason.
//! 3. `work::names` fetches the customer's name afterwards, and `work::media` the files that hang on the
//!    message, from the platform's own hosts only (`http::download`), into the folder `attachments`
//!    (`store::files`); `web::file_answer` gives them to whoever may read the conversation.
//! 4. `live::Hub` tells every open tab; `web::events` renders the fragments.
//!
//! # One outbound message
//!
//! 1. `web::workspace::messages` checks the person, the conversation and the reply window, and writes
//!    message and outbox row in one transaction.
//! 2. `work::dispatch` claims the row with a lease, lets the channel send it, and records what came
//!    of it: `domain::delivery` decides between retry, failure and doubt.
//! 3. Receipts move the status forward only.
//!
//! A file that an agent sends (`web::workspace::files`) is in the folder before the rows that name it are written.
//! What the channel wants made of it ([`channels::Channel::manner`]) `work::pictures` makes, one at a time, and only
//! then the outbox row may be claimed; it makes the small pictures of the log as well. A platform that fetches files
//! itself is given addresses under `/media` (`web::media`, `store::outgoing`): unguessable, until a day, countable and
//! ended at any time.
//!
//! What sending costs is in `domain::allowance` and `store::allowances`; what waits to cost less, in
//! `store::outbox::economy`. `work::courtesies` shows customers that somebody writes; `work::subscriptions` looks
//! whether platforms still send events, and `work::history` brings in what was said meanwhile.
//!
//! # What the program says by itself
//!
//! `store::automated_messages::say` writes an automated message, or a line for agents, in the transaction of its
//! reason; what may be said, how often and in which words is in `domain::automation`. The channels' manners and
//! our own texts (`locale::customers`: in five languages, whatever the screens speak) come from `web::voice`, and are
//! given to the store at start.
//!
//! # Configuration
//!
//! What an administrator sets up is a row with an entry in the audit log, written in one transaction:
//! handlers write with `Store::write_by`, and every change goes through `store::audit`. Lists are made
//! with `web::list`, form parts with `web::fields` and `web::ui`. What holds for the whole organization is one
//! typed value, `domain::settings`, read with `store::settings::read` wherever it is applied; its pages are in
//! `web::admin::general`.
//!
//! All of it can be written down as one file and read back: `store::configuration` declares what belongs to it,
//! and a test fails when a table or column is neither in that declaration nor in the list of what is none. The
//! declaration also says what the forms ask of each field, so that a file is taken when the forms would take it.
//!
//! # Time
//!
//! `work::schedule` does what is due by the clock: jobs are rows (`store::jobs`), planned by `cron`
//! expressions; a missed run is made up once. The daily check of the access tokens is one of them, its
//! rules are in `domain::token_health`. `mail` tells administrators of them by e-mail, where a server is configured.
//!
//! # Routing
//!
//! Who gets a conversation is decided in `domain`: `classification`, `routing`, `overflow`,
//! `assignment`, `offer`, `presence`, `capacity`, proven together by a simulated shop. `work::route`
//! applies it: `arrival` asks the rules in the transaction that stores the first message, `assign` hands
//! out what waits whenever somebody may be free, `answer` ends offers. `store::conversations` lets
//! sessions, capacity and presences follow every move. Each decision is a row of the routing log
//! (`store::routing`). Who is here is who has a live stream, and answers it while something is offered:
//! `web::events::attendance`.
//!
//! The rules of a workstream are rows (`store::rules`), edited in `web::admin::rules`; those of a queue, which
//! `domain::queue_rules` applies, in `web::admin::queues`. What they ask about a conversation is read in one place,
//! `store::rules::facts`, also when a message is only tried.
//!
//! Beside the agent who holds a conversation others take part (`store::participation`): colleagues who are asked,
//! supervisors who read along, both maybe let in to write. Whether somebody may read is answered by
//! `domain::supervision::may_read` alone, for pages (`store::work_items::load_for`) and live streams alike.
//!
//! The rules of a workstream are rows (`store::rules`), edited in `web::admin::rules`. What they ask about a
//! conversation is read in one place, `store::rules::facts`, also when a message is only tried.
//!
//! # Customers
//!
//! `store::profiles` are customers as one page knows them; `store::contacts`, `companies` and `cases` are the shop's
//! own book of them (`web::workspace::customers`). `store::customer_links` says who of the book a profile is: once
//! said, all of his conversations are that contact's, and rules can ask about him (`store::rules::facts`). A merged
//! contact points to the kept one, and nothing is moved. Records are found by words of our own
//! (`domain::record`, `store::record_words`), because one sign of a Chinese name is a search. Everybody who works here
//! finds records; what was said or noted in conversations is shown by `store::timeline` to who may read them.

pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod domain;
pub mod http;
pub mod live;
pub mod locale;
pub mod mail;
pub mod simulator;
pub mod store;
pub mod web;
pub mod work;
