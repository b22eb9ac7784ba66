//! `tiski config`: the whole configuration as one file, without secrets; while the server runs or not.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use parking_lot::Mutex;
use serde_json::Value;

use super::{Failure, home, say};
use crate::channels;
use crate::config::Config;
use crate::crypto::{self, Secret};
use crate::domain::audit::Actor;
use crate::locale::{Locale, Text};
use crate::store::configuration::{self, Ambiguous, Change, Fields, Fresh, Mistake, Report, Why};
use crate::store::{Store, StoreError};

#[derive(Subcommand)]
pub enum Command {
    Export {
        /// Must not be there yet; standard output without one.
        file: Option<PathBuf>,
    },
    Import {
        /// `-` is standard input.
        file: PathBuf,
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs one of the commands.
pub fn run(config: &Config, command: Command) -> Result<(), Failure> {
    home::create(&config.data)?;
    // The notices of this process reach nobody: the server looks at the database itself.
    let store =
        Store::open(&config.data, home::sealer(config)?, |_| ()).map_err(home::not_opened)?;
    let done = match command {
        Command::Export { file } => export(&store, file.as_deref()),
        Command::Import { file, dry_run } => import(config, &store, &file, dry_run),
    };
    store.close();
    done
}

fn export(store: &Store, file: Option<&Path>) -> Result<(), Failure> {
    let document = store.read(configuration::export)?.map_err(ambiguous)?;
    let values = toml::to_string_pretty(&document)?;
    let text = format!("{}\n{values}", head());
    match file {
        None => Ok(std::io::stdout().write_all(text.as_bytes())?),
        Some(path) => {
            let mut file = std::fs::File::create_new(path).map_err(|error| about(path, &error))?;
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| about(path, &error))?;
            println!(
                "{}",
                say(Text::new("cli-config-exported").arg("path", path.display().to_string()))
            );
            Ok(())
        }
    }
}

/// What came of an import: how it went, or everything that is wrong with the file.
type Came = Result<Report, Vec<Mistake>>;

/// What stands above the values, as comments.
fn head() -> String {
    let text = say(Text::new("cli-config-head"));
    text.lines().map(|line| format!("# {line}\n")).collect()
}

fn ambiguous(ambiguous: Ambiguous) -> Failure {
    Failure::new(
        Text::new("cli-config-ambiguous")
            .arg("section", ambiguous.section)
            .arg("name", ambiguous.name),
    )
}

fn about(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Text::new("cli-config-file")
            .arg("path", path.display().to_string())
            .arg("error", error.to_string()),
    )
}

fn import(config: &Config, store: &Store, path: &Path, dry_run: bool) -> Result<(), Failure> {
    let document = read(path)?;
    let fresh = Fresh {
        unknown_hash: crypto::password::hash(&Secret::new(crypto::random_token())),
        verified_channels: channels::registry(&config.platforms)
            .all()
            .filter(|channel| channel.shape().verify_token)
            .map(|channel| channel.name().to_owned())
            .collect(),
        channels: channels::registry(&config.platforms)
            .all()
            .map(|channel| channel.name().to_owned())
            .collect(),
        locales: Locale::CHOICES.map(|locale| locale.tag().to_owned()).into(),
    };
    let came: Arc<Mutex<Option<Came>>> = Arc::default();
    let told = came.clone();
    let written = store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        let report = configuration::import(tx, &document, &fresh)?;
        let keeps = report.is_ok() && !dry_run;
        *told.lock() = Some(report);
        match keeps {
            true => Ok(()),
            false => Err(StoreError::TakenBack),
        }
    });
    match (written, came.lock().take()) {
        (_, Some(Err(mistakes))) => Err(refusal(mistakes)),
        (Ok(()) | Err(StoreError::TakenBack), Some(Ok(report))) => {
            print(&report, dry_run);
            Ok(())
        }
        (Err(error), _) => Err(error.into()),
        (Ok(()), None) => Err(StoreError::Busy.into()),
    }
}

fn read(path: &Path) -> Result<Fields, Failure> {
    let mut text = String::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        false => std::fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| about(path, &error))?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let until = error.span().map_or(0, |place| place.start);
        let line = text[..until.min(text.len())].matches('\n').count() + 1;
        Failure::new(
            Text::new("cli-config-not-understood")
                .arg("path", path.display().to_string())
                .arg("line", line)
                .arg("error", error.message().replace('\n', ", ")),
        )
    })
}

fn print(report: &Report, dry_run: bool) {
    for change in &report.changes {
        print_change(change);
    }
    for place in &report.staying {
        let stays = Text::new("cli-config-stays").arg("place", place.clone());
        println!("{}", say(stays));
    }
    let key = match (report.changes.is_empty(), dry_run) {
        (true, _) => "cli-config-same",
        (false, true) => "cli-config-would-change",
        (false, false) => "cli-config-changed",
    };
    println!("{}", say(Text::new(key).arg("count", report.changes.len())));
}

fn print_change(change: &Change) {
    let key = match change.is_new {
        true => "cli-config-adds",
        false => "cli-config-changes",
    };
    println!("{}", say(Text::new(key).arg("place", change.place.clone())));
    if change.is_new {
        return;
    }
    for (field, was, is) in &change.fields {
        println!(
            "    {field}: {} → {}",
            shown(was.as_ref()),
            shown(is.as_ref())
        );
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| say(Text::new("cli-config-nothing")), Value::to_string)
}

/// What is wrong with a file. One mistake is the sentence; several are listed before it.
fn refusal(mistakes: Vec<Mistake>) -> Failure {
    let sentences: Vec<String> = mistakes.into_iter().map(|it| say(sentence(it))).collect();
    if let [only] = sentences.as_slice() {
        return Failure::new(Text::new("cli-config-mistake").arg("sentence", only.clone()));
    }
    for sentence in &sentences {
        println!("{sentence}");
    }
    Failure::new(Text::new("cli-config-mistakes").arg("count", sentences.len()))
}

fn sentence(mistake: Mistake) -> Text {
    let at = |key: &str, place: String| match place.is_empty() {
        true => Text::new(format!("{key}-at-top")),
        false => Text::new(key).arg("place", place),
    };
    match mistake {
        Mistake::Newer { version } => Text::new("cli-config-newer").arg("version", version),
        Mistake::NoVersion => {
            Text::new("cli-config-no-version").arg("field", configuration::VERSION_FIELD)
        }
        Mistake::Unknown { place, field } => at("cli-config-unknown", place).arg("field", field),
        Mistake::Missing { place, field } => Text::new("cli-config-missing")
            .arg("place", place)
            .arg("field", field),
        Mistake::Wrong { place, field } => at("cli-config-wrong", place).arg("field", field),
        Mistake::Nowhere { place, field, name } => Text::new("cli-config-nowhere")
            .arg("place", place)
            .arg("field", field)
            .arg("name", name),
        Mistake::Twice { place } => Text::new("cli-config-twice").arg("place", place),
        Mistake::NotOurs { place } => Text::new("cli-config-not-ours").arg("place", place),
        Mistake::Against { place, field, why } => Text::new("cli-config-against")
            .arg("place", place)
            .arg("field", field)
            .arg("why", say(reason(why))),
        Mistake::Refused { place, words } => Text::new("cli-config-refused")
            .arg("place", place)
            .arg("words", words),
        Mistake::NoAdministrator => Text::new("cli-config-no-administrator"),
    }
}

/// Why a form would not accept a value.
fn reason(why: Why) -> Text {
    match why {
        Why::Empty => Text::new("cli-config-why-empty"),
        Why::TooLong { most } => Text::new("cli-config-why-long").arg("most", most),
        Why::Untidy => Text::new("cli-config-why-untidy"),
        Why::NoneOf { words } => Text::new("cli-config-why-none-of").arg("words", words.join(", ")),
        Why::OutOfRange { from, to } => Text::new("cli-config-why-range")
            .arg("from", from.to_string())
            .arg("to", to.to_string()),
        Why::NoWord { word } => Text::new("cli-config-why-word").arg("word", word),
        Why::TooMany { most } => Text::new("cli-config-why-many").arg("most", most),
        Why::Total { total } => Text::new("cli-config-why-total").arg("total", total),
        Why::Backwards => Text::new("cli-config-why-backwards"),
        Why::NotWith { other } => Text::new("cli-config-why-not-with").arg("other", other),
        Why::Without { other } => Text::new("cli-config-why-without").arg("other", other),
        Why::Form => Text::new("cli-config-why-form"),
        Why::Senseless => Text::new("cli-config-why-senseless"),
    }
}
