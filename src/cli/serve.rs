//! `tiski serve`: config → store → hub → workers → server; and back.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use rocket::fairing::AdHoc;
use rocket::tokio;
use rocket::tokio::signal::unix::{SignalKind, signal};
use rocket::{Build, Rocket};

use super::{Failure, home, say};
use crate::config::Config;
use crate::crypto::Secret;
use crate::domain::live_event::Notice;
use crate::live::Hub;
use crate::locale::Text;
use crate::store::{Store, users};
use crate::web::App;
use crate::work::{Wake, Workers};
use crate::{channels, crypto, locale, mail, web};

type Prepare = Box<dyn FnOnce(&Store) -> Result<(), Failure> + Send>;
type Shape = Box<dyn FnOnce(Rocket<Build>) -> Rocket<Build> + Send>;
type Running = Box<dyn FnOnce(Arc<App>) + Send + Sync>;

/// What a command adds to the plain server.
#[derive(Default)]
pub struct Extras {
    /// Whether `tiski demo` runs.
    pub demo: bool,
    /// Fills the database before anything looks at it.
    pub prepared: Option<Prepare>,
    /// Shapes the server before it starts: more routes, more state.
    pub shape: Option<Shape>,
    /// Runs on a thread of its own once the server accepts connections.
    pub running: Option<Running>,
}

/// Runs the server until it is told to stop.
pub fn run(config: Config) -> Result<(), Failure> {
    run_with(config, Extras::default())
}

/// [`run`], with what another command adds.
pub fn run_with(mut config: Config, mut extras: Extras) -> Result<(), Failure> {
    start_log(&config);
    log_panics();
    take_free_port(&mut config)?;
    raise_open_file_limit();
    home::create(&config.data)?;
    let _lock = home::lock(&config.data)?;
    locale::load();
    let sealer = home::sealer(&config)?;

    let hub = Hub::new();
    let wake = Wake::default();
    let store = {
        let (hub, wake) = (hub.clone(), wake.clone());
        Store::open(&config.data, sealer, move |notice| {
            if let Notice::Wake(worker) = notice {
                wake.wake(worker);
            } else {
                hub.publish(notice);
            }
        })
        .map_err(home::not_opened)?
    };
    if let Some(prepared) = extras.prepared.take() {
        prepared(&store)?;
    }
    let channels = channels::registry(&config.platforms);
    store.give_voice(web::voice::voice(&channels));
    let public_url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.listen));
    let workers = Workers::start(&store, &channels, wake.clone(), &public_url)?;
    let app = Arc::new(App {
        store: store.clone(),
        hub,
        channels,
        public_url,
        setup_code: config
            .setup_code
            .clone()
            .unwrap_or_else(|| Secret::new(crypto::random_key())),
        demo: extras.demo,
    });
    let letters = match &config.smtp {
        Some(smtp) => Some(
            mail::start(&store, smtp, app.public_url.clone(), &wake).map_err(|error| {
                Failure::new(Text::new("cli-serve-no-mail").arg("error", error))
            })?,
        ),
        None => None,
    };
    let served = serve(&config, app, extras);
    workers.stop();
    if let Some(letters) = letters {
        // Told to stop with the others; one that panicked has already taken the process down.
        let _ = letters.join();
    }
    store.close();
    served
}

fn serve(config: &Config, app: Arc<App>, extras: Extras) -> Result<(), Failure> {
    rocket::execute(async move {
        let setup_line = setup_line(config, &app)?;
        let mut rocket = web::build(config, app.clone());
        if let Some(shape) = extras.shape {
            rocket = shape(rocket);
        }
        let rocket = rocket
            .attach(announce(app, setup_line, extras.running))
            .ignite()
            .await
            .map_err(|error| {
                Failure::new(Text::new("cli-serve-no-start").arg("error", error.to_string()))
            })?;
        stop_on_signal(rocket.shutdown());
        rocket.launch().await.map(|_| ()).map_err(|error| {
            let reason = error.to_string();
            error.pretty_print();
            Failure::new(Text::new("cli-serve-stopped").arg("reason", reason))
        })
    })
}

/// Port 0 means any free one. It is chosen before the start, because the callback URLs contain it.
fn take_free_port(config: &mut Config) -> Result<(), Failure> {
    if config.listen.port() == 0 {
        config.listen = std::net::TcpListener::bind(config.listen)
            .and_then(|listener| listener.local_addr())
            .map_err(|error| {
                Failure::new(
                    Text::new("cli-serve-no-port")
                        .arg("address", config.listen.ip().to_string())
                        .arg("error", error.to_string()),
                )
            })?;
    }
    Ok(())
}

/// Says where the server is once it accepts connections (people and scripts wait for this line), then runs
/// what the command wants to do with it.
fn announce(app: Arc<App>, setup_line: Option<String>, running: Option<Running>) -> AdHoc {
    AdHoc::on_liftoff("Announcement", |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            let address = SocketAddr::new(config.address, config.port);
            let running_at = Text::new("cli-serve-running").arg("url", format!("http://{address}"));
            println!("{}", say(running_at));
            if let Some(line) = setup_line {
                println!("{line}");
            }
            if let Some(running) = running {
                std::thread::spawn(move || running(app));
            }
        })
    })
}

/// How to begin, while there is nobody who could sign in and administer. A code that was chosen by its
/// owner is not printed: the output may be kept somewhere.
fn setup_line(config: &Config, app: &App) -> Result<Option<String>, Failure> {
    if app.store.read(users::has_administrator)? {
        return Ok(None);
    }
    let code = match &config.setup_code {
        Some(_) => say(Text::new("cli-serve-own-setup-code")),
        None => in_groups(app.setup_code.expose()),
    };
    Ok(Some(say(Text::new("cli-serve-set-up")
        .arg("url", format!("{}/setup", app.public_url))
        .arg("code", code))))
}

/// A long code, so that people can copy it by hand.
fn in_groups(code: &str) -> String {
    let signs: Vec<char> = code.chars().collect();
    let groups: Vec<String> = signs
        .chunks(5)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// Ends the server on SIGTERM and SIGINT.
fn stop_on_signal(shutdown: rocket::Shutdown) {
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let shutdown = shutdown.clone();
        let mut signals = signal(kind).expect("the runtime handles signals");
        tokio::spawn(async move {
            signals.recv().await;
            shutdown.notify();
        });
    }
}

/// A panic's place goes into the log; its message may hold a value that must not.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or_default();
        tracing::error!(place, thread, "the program failed in one place and goes on");
    }));
}

/// Our own words only: libraries that use `log` are not listened to, because Rocket prints addresses with
/// their query, which may hold a token.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,tiski={}", config.log.level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first log.
    let _ = if config.log.json {
        tracing::subscriber::set_global_default(log.json().finish())
    } else {
        tracing::subscriber::set_global_default(log.finish())
    };
}

/// Every open page is a connection: as many files as the system allows.
fn raise_open_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the open-file limit stays as it is");
    }
}
