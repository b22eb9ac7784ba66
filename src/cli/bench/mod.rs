//! `tiski bench`: measures what this machine can carry, on a temporary data directory, with what it could
//! do at best beside it in the same run. The goals are those of the README's table.

use std::path::Path;
use std::time::{Duration, Instant};

use rocket::tokio;

mod ceiling;
mod counter;
mod figures;
mod load;
mod screens;

use counter::{Counter, Server};
use figures::{Bound, Figure, Report};

use super::{Failure, say, usage};
use crate::clock;
use crate::config::Config;
use crate::locale::Text;
use crate::store::{Store, journal, messages};

/// Connections that send at once.
const CONNECTIONS: usize = 64;
/// Bodies whose way from the journal into conversations is timed.
const DRAINED: u64 = 30_000;
/// Conversations that are offered, one after the other.
const OFFERS: u64 = 40;
/// Tabs that are open at once.
const TABS: usize = 1000;
/// A person may have this many open streams; as many people as it takes are signed in.
const TABS_A_PERSON: usize = 8;

/// What the command line says.
#[derive(clap::Args)]
pub struct Options {
    #[arg(long)]
    json: bool,
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = usage::number)]
    seconds: u64,
    #[arg(long, default_value_t = 1_000_000, value_name = "COUNT", value_parser = usage::number)]
    history: u64,
    // Runs the server that others are compared with; the benchmark starts it itself.
    #[arg(long, hide = true)]
    ceiling: bool,
}

/// Measures and prints.
pub fn run(config: Config, options: Options) -> Result<(), Failure> {
    if options.ceiling {
        return ceiling::run(config, counter::SECRET.to_owned());
    }
    let yesterday = messages_of_the_last_day(&config)?;
    let folder = tempfile::tempdir()?;
    let mut bench = Bench {
        config: Config {
            data: folder.path().join("counter"),
            ..config
        },
        load: Duration::from_secs(options.seconds.max(1)),
        figures: Vec::new(),
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?,
        quiet: options.json,
    };
    bench.measure(folder.path(), options.history)?;
    let report = Report {
        machine: figures::machine(),
        messages_an_hour: bench.messages_an_hour(),
        messages_of_the_last_day: yesterday,
        figures: bench.figures,
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

/// From the shop's own database, when there is one.
fn messages_of_the_last_day(config: &Config) -> Result<Option<u64>, Failure> {
    if !super::home::has_database(&config.data) {
        return Ok(None);
    }
    let store = Store::open(&config.data, super::home::sealer(config)?, |_| {})
        .map_err(super::home::not_opened)?;
    let since = clock::now().minus(Duration::from_secs(24 * 3600));
    let count = store.read(|reader| messages::inbound_since(reader, since))?;
    store.close();
    Ok(Some(count))
}

struct Bench {
    config: Config,
    load: Duration,
    figures: Vec<Figure>,
    runtime: tokio::runtime::Runtime,
    quiet: bool,
}

impl Bench {
    fn measure(&mut self, folder: &Path, history: u64) -> Result<(), Failure> {
        let store = counter::open(&self.config)?;
        let counter = counter::lay_out(&store, TABS.div_ceil(TABS_A_PERSON))?;
        self.step("start");
        self.start_and_idle(&store)?;
        self.step("webhooks");
        self.webhooks(&counter, folder)?;
        self.step("drain");
        self.drain(&store, &counter)?;
        self.step("screens");
        self.screens(&counter)?;
        self.step("large");
        self.large(&store, &counter, history)?;
        self.program()?;
        store.close();
        Ok(())
    }

    /// Says what is measured now: `cli-bench-step-<word>`.
    fn step(&self, word: &str) {
        if !self.quiet {
            eprintln!("{}", say(Text::new(format!("cli-bench-step-{word}"))));
        }
    }

    fn note(
        &mut self,
        goal: u8,
        what: &'static str,
        value: f64,
        unit: &'static str,
        bound: Option<Bound>,
    ) {
        self.figures.push(Figure {
            goal,
            what,
            value,
            unit,
            bound,
        });
    }

    fn value(&self, what: &str) -> f64 {
        self.figures
            .iter()
            .find(|figure| figure.what == what)
            .map_or(0.0, |figure| figure.value)
    }

    fn start_and_idle(&mut self, store: &Store) -> Result<(), Failure> {
        let server = Server::start(&self.config.data, &["serve"])?;
        let started = server.started_in;
        settle(store)?;
        self.note(
            6,
            "memory-idle",
            server.memory(),
            "megabytes",
            Some(Bound::AtMost(24.0)),
        );
        self.note(
            7,
            "start-small",
            millis(started),
            "milliseconds",
            Some(Bound::AtMost(100.0)),
        );
        server.stop()
    }

    fn webhooks(&mut self, counter: &Counter, folder: &Path) -> Result<(), Failure> {
        let ceiling = Server::start(&folder.join("ceiling"), &["bench", "--ceiling"])?;
        let mut rates = Vec::new();
        for path in [
            "/webhooks/ceiling/without-database",
            "/webhooks/ceiling/mutex",
        ] {
            let load = self.runtime.block_on(load::closed(
                ceiling.address,
                CONNECTIONS,
                self.load,
                counter.request(path, 0),
            ))?;
            rates.push(load.rate());
        }
        ceiling.stop()?;

        let server = Server::start(&self.config.data, &["serve"])?;
        let load = self.runtime.block_on(load::closed(
            server.address,
            CONNECTIONS,
            self.load,
            counter.request(&counter.webhook(), 0),
        ))?;
        let memory = server.memory();
        server.stop()?;
        if load.refused > 0 {
            return Err(Failure::new(
                Text::new("cli-bench-refused").arg("count", load.refused),
            ));
        }
        self.note(1, "webhooks-ceiling", rates[0], "per-second", None);
        self.note(1, "webhooks-mutex", rates[1], "per-second", None);
        self.note(1, "webhooks", load.rate(), "per-second", None);
        self.note(
            1,
            "webhooks-to-ceiling",
            load.rate() / rates[0],
            "times",
            Some(Bound::AtLeast(0.45)),
        );
        self.note(
            1,
            "webhooks-to-mutex",
            load.rate() / rates[1],
            "times",
            Some(Bound::AtLeast(3.0)),
        );
        self.note(
            1,
            "webhooks-median",
            millis(load.percentile(0.5)),
            "milliseconds",
            None,
        );
        self.note(
            1,
            "webhooks-slowest",
            millis(load.percentile(0.99)),
            "milliseconds",
            Some(Bound::AtMost(12.0)),
        );
        self.note(6, "memory-load", memory, "megabytes", None);
        Ok(())
    }

    fn drain(&mut self, store: &Store, counter: &Counter) -> Result<(), Failure> {
        let server = Server::start(&self.config.data, &["serve"])?;
        wait_for_empty_journal(store)?;
        server.stop()?;
        counter.fill_journal(store, 10_000_000, DRAINED)?;
        let began = Instant::now();
        let server = Server::start(&self.config.data, &["serve"])?;
        wait_for_empty_journal(store)?;
        let elapsed = began.elapsed();
        server.stop()?;
        self.note(
            2,
            "drain",
            DRAINED as f64 / elapsed.as_secs_f64(),
            "per-second",
            Some(Bound::AtLeast(15_000.0)),
        );
        Ok(())
    }

    fn screens(&mut self, counter: &Counter) -> Result<(), Failure> {
        let server = Server::start(&self.config.data, &["serve"])?;
        let seen = self
            .runtime
            .block_on(screens::one(server.address, counter, self.load))?;
        self.note(
            2,
            "screen-median",
            millis(load::percentile(&seen, 0.5)),
            "milliseconds",
            Some(Bound::AtMost(50.0)),
        );
        self.note(
            2,
            "screen-slowest",
            millis(load::percentile(&seen, 0.99)),
            "milliseconds",
            Some(Bound::AtMost(250.0)),
        );
        let offered = self
            .runtime
            .block_on(screens::offers(server.address, counter, OFFERS))?;
        self.note(
            2,
            "offer-slowest",
            millis(load::percentile(&offered, 1.0)),
            "milliseconds",
            Some(Bound::AtMost(1000.0)),
        );
        let all = self
            .runtime
            .block_on(screens::many(&server, counter, TABS, TABS_A_PERSON))?;
        self.note(
            5,
            "memory-tabs",
            all.memory,
            "megabytes",
            Some(Bound::AtMost(64.0)),
        );
        self.note(
            5,
            "tabs-told",
            millis(all.told_in),
            "milliseconds",
            Some(Bound::AtMost(25.0)),
        );
        server.stop()
    }

    fn large(&mut self, store: &Store, counter: &Counter, history: u64) -> Result<(), Failure> {
        counter.fill_history(store, history)?;
        let server = Server::start(&self.config.data, &["serve"])?;
        self.note(
            7,
            "start-large",
            millis(server.started_in),
            "milliseconds",
            Some(Bound::AtMost(500.0)),
        );
        let load = self.runtime.block_on(load::closed(
            server.address,
            CONNECTIONS,
            self.load,
            counter.request(&counter.webhook(), 20_000_000),
        ))?;
        self.note(
            6,
            "memory-large",
            server.memory(),
            "megabytes",
            Some(Bound::AtMost(96.0)),
        );
        self.note(1, "webhooks-large", load.rate(), "per-second", None);
        server.stop()
    }

    fn program(&mut self) -> Result<(), Failure> {
        let bytes = std::fs::metadata(std::env::current_exe()?)?.len();
        self.note(
            8,
            "program",
            bytes as f64 / 1024.0 / 1024.0,
            "megabytes",
            Some(Bound::AtMost(20.0)),
        );
        Ok(())
    }

    /// What comes in must also get through: the slower of both.
    fn messages_an_hour(&self) -> u64 {
        let slowest = self.value("webhooks").min(self.value("drain"));
        (slowest * 3600.0) as u64
    }
}

/// Waits until a fresh server has nothing left from its start.
fn settle(store: &Store) -> Result<(), Failure> {
    wait_for_empty_journal(store)?;
    std::thread::park_timeout(Duration::from_secs(1));
    Ok(())
}

fn wait_for_empty_journal(store: &Store) -> Result<(), Failure> {
    let began = Instant::now();
    while store.read(journal::unfinished_count)? > 0 {
        if began.elapsed() > Duration::from_secs(300) {
            return Err(Failure::new(Text::new("cli-bench-journal-stuck")));
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
