//! The command line: one file a command.
//!
//! Exit codes: 0 done, 1 the thing asked for failed, 2 wrong usage. Errors go to stderr in one plain
//! sentence that says what to do. Everything that is said is in the catalog, also what `--help` says (`usage`).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, Flags};
use crate::locale::{Locale, Text};

mod bench;
mod check;
mod configuration;
mod demo;
mod home;
mod serve;
mod usage;
mod user;

#[derive(Parser)]
#[command(name = "tiski", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(clap::Args)]
struct Settings {
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    Serve,
    Check(check::Arguments),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    Config(configuration::Command),
    Demo,
    Bench(bench::Options),
}

/// A command failed: one sentence that says what to do.
pub struct Failure(String);

impl Failure {
    /// One sentence that says what to do.
    pub fn new(sentence: Text) -> Failure {
        Failure(say(sentence))
    }
}

/// A text of the catalog for whoever sits at the terminal. It is said in English: before a database is open
/// nobody's language is known, and scripts read these lines.
fn say(text: Text) -> String {
    text.say(Locale::English)
}

/// What has no sentence of its own: the system's or the database's words.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::new(Text::new("cli-failed").arg("error", error.to_string()))
    }
}

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    let arguments = usage::read();
    let result = load(arguments.settings).and_then(|config| match arguments.command {
        None | Some(Command::Serve) => serve::run(config),
        Some(Command::Check(arguments)) => check::run(&config, &arguments),
        Some(Command::User(command)) => user::run(&config, command),
        Some(Command::Config(command)) => configuration::run(&config, command),
        Some(Command::Demo) => demo::run(config),
        Some(Command::Bench(options)) => bench::run(config, options),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn load(settings: Settings) -> Result<Config, Failure> {
    let flags = Flags {
        data: settings.data,
        listen: settings.listen,
        public_url: settings.public_url,
    };
    Config::load(flags, &|name| std::env::var(name).ok())
        .map_err(|ConfigError(sentence)| Failure::new(sentence))
}
