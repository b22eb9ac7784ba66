//! `tiski serve`: config → store → hub → workers → server; and back.

use std::sync::Arc;

use rocket::fairing::AdHoc;
use rocket::tokio;
use rocket::tokio::signal::unix::{SignalKind, signal};
use rocket::{Build, Rocket};

use super::{Failure, home};
use crate::config::Config;
use crate::crypto::Secret;
use crate::domain::live_event::Notice;
use crate::live::Hub;
use crate::store::Store;
use crate::web::App;
use crate::work::{Wake, Workers};
use crate::{channels, crypto, locale, web};

/// What a command adds to the plain server.
#[derive(Default)]
pub struct Extras {
    /// Whether `tiski demo` runs.
    pub demo: bool,
    /// Shapes the server before it starts: more routes, more state.
    pub shape: Option<Box<dyn FnOnce(Rocket<Build>) -> Rocket<Build> + Send>>,
    /// Runs on a thread of its own once the server accepts connections.
    pub running: Option<Box<dyn FnOnce(Arc<App>) + Send + Sync>>,
}

/// Runs the server until it is told to stop.
pub fn run(config: Config) -> Result<(), Failure> {
    run_with(config, Extras::default())
}

/// [`run`], with what another command adds.
pub fn run_with(mut config: Config, extras: Extras) -> Result<(), Failure> {
    start_log(&config);
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
        })?
    };
    let channels = channels::registry(&config.platforms);
    let workers = Workers::start(&store, &channels, wake)?;
    let app = Arc::new(App {
        store: store.clone(),
        hub,
        channels,
        public_url: config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", config.listen)),
        setup_code: config
            .setup_code
            .clone()
            .unwrap_or_else(|| Secret::new(crypto::random_key())),
        demo: extras.demo,
    });
    let served = serve(&config, app, extras);
    workers.stop();
    store.close();
    served
}

fn serve(config: &Config, app: Arc<App>, extras: Extras) -> Result<(), Failure> {
    rocket::execute(async move {
        let mut rocket = web::build(config, app.clone());
        if let Some(shape) = extras.shape {
            rocket = shape(rocket);
        }
        let rocket = rocket
            .attach(announce(app, extras.running))
            .ignite()
            .await
            .map_err(|error| Failure(format!("The server cannot start: {error}.")))?;
        stop_on_signal(rocket.shutdown());
        rocket.launch().await.map(|_| ()).map_err(|error| {
            let reason = error.to_string();
            error.pretty_print();
            Failure(format!("The server stopped: {reason}."))
        })
    })
}

/// Port 0 means any free one. It is chosen before the start, because the callback URLs contain it.
fn take_free_port(config: &mut Config) -> Result<(), Failure> {
    if config.listen.port() == 0 {
        config.listen = std::net::TcpListener::bind(config.listen)
            .and_then(|listener| listener.local_addr())
            .map_err(|error| {
                Failure(format!(
                    "No port is free on {}: {error}.",
                    config.listen.ip()
                ))
            })?;
    }
    Ok(())
}

/// Says where the server is once it accepts connections (people and scripts wait for this line), then runs
/// what the command wants to do with it.
fn announce(app: Arc<App>, running: Option<Box<dyn FnOnce(Arc<App>) + Send + Sync>>) -> AdHoc {
    AdHoc::on_liftoff("Announcement", |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            println!(
                "Tiski is running at http://{}:{}",
                config.address, config.port
            );
            if let Some(running) = running {
                std::thread::spawn(move || running(app));
            }
        })
    })
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

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,tiski={}", config.log.level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first log.
    let _ = if config.log.json {
        log.json().try_init()
    } else {
        log.try_init()
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
