//! The three hosts on 127.0.0.1, in one thread with its own runtime.

use super::call::{Afterwards, Answer, Call, pairs};
use parking_lot::Mutex;
use rocket::config::{Config, Ident, LogLevel, Shutdown as ShutdownConfig};
use rocket::data::{Data, ToByteUnit};
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Request, Response, Shutdown, tokio};
use std::io::{self, Cursor};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// What stands behind one host name of a platform.
pub(super) trait Host: Send + Sync + 'static {
    /// Answers one call. May block.
    fn answer(&self, call: &Call) -> Answer;
}

/// The running hosts. Dropping it stops them and frees their ports.
pub(super) struct Server {
    shutdowns: Vec<Shutdown>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts every host on a free port; returns their addresses in the same order.
    pub(super) fn start<const N: usize>(
        hosts: [Arc<dyn Host>; N],
    ) -> io::Result<(Self, [String; N])> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("simulator")
            .enable_all()
            .build()?;
        let (ready, lifted_off) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || {
                let launches = hosts.into_iter().enumerate().map(|(index, host)| {
                    let ready = ready.clone();
                    runtime.spawn(launch(host, move |liftoff| {
                        // Nobody listens any more when another host failed to start.
                        let _ = ready.send((index, liftoff));
                    }))
                });
                let launches: Vec<_> = launches.collect();
                drop(ready);
                runtime.block_on(async {
                    for launch in launches {
                        // A host that failed has said so through its liftoff.
                        let _ = launch.await;
                    }
                });
                // Answers that are still held back, and webhooks under way, are let go.
                runtime.shutdown_background();
            })?;
        let mut server = Self {
            shutdowns: Vec::new(),
            thread: Some(thread),
        };
        let mut urls = [const { String::new() }; N];
        for _ in 0..N {
            let (index, liftoff) = lifted_off
                .recv()
                .map_err(|_| io::Error::other("a simulated host did not start"))?;
            let (port, shutdown) = liftoff.map_err(io::Error::other)?;
            urls[index] = format!("http://127.0.0.1:{port}");
            server.shutdowns.push(shutdown);
        }
        Ok((server, urls))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for shutdown in self.shutdowns.drain(..) {
            shutdown.notify();
        }
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was printed where it happened.
            let _ = thread.join();
        }
    }
}

/// What a host has to say about its start: its port and the handle that stops it, or why not.
type Liftoff = Result<(u16, Shutdown), String>;

async fn launch(host: Arc<dyn Host>, report: impl Fn(Liftoff) + Clone + Send + Sync + 'static) {
    let told = report.clone();
    let launched = rocket::custom(config())
        .mount("/", routes(&host))
        .attach(AdHoc::on_liftoff("Tell the port", move |rocket| {
            told(Ok((rocket.config().port, rocket.shutdown())));
            Box::pin(async {})
        }))
        .attach(AdHoc::on_response("Hang up", |request, _| {
            Box::pin(async move {
                if request.local_cache(|| HangUp(false)).0 {
                    // The only way to leave a call unanswered: its task ends, and hyper closes
                    // the connection. Unlike a panic this prints nothing.
                    std::panic::resume_unwind(Box::new("hung up"));
                }
            })
        }))
        .launch()
        .await;
    if let Err(error) = launched {
        report(Err(error.kind().to_string()));
    }
}

fn config() -> Config {
    Config {
        port: 0,
        workers: 2,
        log_level: LogLevel::Off,
        cli_colors: false,
        ident: Ident::none(),
        ip_header: None,
        // As long as large sites do: a connection that idled must not break under a caller's hands.
        keep_alive: 75,
        shutdown: ShutdownConfig {
            ctrlc: false,
            #[cfg(unix)]
            signals: Default::default(),
            grace: 0,
            mercy: 0,
            force: false,
            ..Default::default()
        },
        ..Config::debug_default()
    }
}

fn routes(host: &Arc<dyn Host>) -> Vec<Route> {
    [Method::Get, Method::Post, Method::Put, Method::Delete]
        .map(|method| Route::new(method, "/<path..>", Door(host.clone())))
        .into()
}

/// Every call goes through here to the host behind it.
#[derive(Clone)]
struct Door(Arc<dyn Host>);

#[rocket::async_trait]
impl Handler for Door {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some(call) = read(request, data).await else {
            return Outcome::Error(Status::PayloadTooLarge);
        };
        let host = self.0.clone();
        let Ok(answer) = tokio::task::spawn_blocking(move || host.answer(&call)).await else {
            return Outcome::Error(Status::InternalServerError);
        };
        request.local_cache(|| OnceAnswered(Mutex::new(answer.afterwards)));
        request.local_cache(|| HangUp(answer.hang_up));
        if answer.delay > Duration::ZERO {
            tokio::time::sleep(answer.delay).await;
        }
        let mut response = Response::build();
        response
            .status(Status::new(answer.status))
            .raw_header("Content-Type", answer.content_type)
            .sized_body(answer.body.len(), Cursor::new(answer.body));
        for (name, value) in answer.headers {
            response.raw_header(name, value);
        }
        Outcome::Success(response.finalize())
    }
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Option<Call> {
    let body = data.open(64.mebibytes()).into_bytes().await.ok()?;
    let uri = request.uri();
    body.is_complete().then(|| Call {
        method: request.method().as_str().to_owned(),
        path: uri
            .path()
            .segments()
            .map(str::to_owned)
            .filter(|segment| !segment.is_empty())
            .collect(),
        query: uri
            .query()
            .map(|query| pairs(query.as_str()))
            .unwrap_or_default(),
        headers: request
            .headers()
            .iter()
            .map(|header| (header.name().as_str().to_owned(), header.value().to_owned()))
            .collect(),
        body: body.into_inner(),
    })
}

/// Whether this call is left without an answer.
struct HangUp(bool);

/// Lives in the request, which ends when the answer has gone out.
struct OnceAnswered(Mutex<Option<Afterwards>>);

impl Drop for OnceAnswered {
    fn drop(&mut self) {
        if let Some(afterwards) = self.0.get_mut().take() {
            afterwards();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Echo {
        answered: Arc<AtomicUsize>,
        told: mpsc::Sender<()>,
    }

    impl Host for Echo {
        fn answer(&self, call: &Call) -> Answer {
            let answered = self.answered.clone();
            let told = self.told.clone();
            let answer = match call.path.first().map(String::as_str) {
                Some("hang-up") => Answer::hang_up(),
                Some("slow") => Answer {
                    delay: Duration::from_secs(3600),
                    ..Answer::server_error()
                },
                _ => Answer::bytes(200, "text/plain", call.body.clone()),
            };
            answer.and_then(move || {
                answered.fetch_add(1, Ordering::SeqCst);
                let _ = told.send(());
            })
        }
    }

    #[test]
    fn calls_are_answered_or_left_without_an_answer_and_slow_ones_stop_nobody() {
        let answered = Arc::new(AtomicUsize::new(0));
        let (told, hears) = mpsc::channel();
        let host: Arc<dyn Host> = Arc::new(Echo {
            answered: answered.clone(),
            told,
        });
        let (server, [url]) = Server::start([host]).unwrap();
        let agent = ureq::Agent::new_with_defaults();
        for _ in 0..8 {
            let (agent, url) = (agent.clone(), url.clone());
            std::thread::spawn(move || agent.get(format!("{url}/slow")).call().is_ok());
        }
        let mut answer = agent.post(format!("{url}/x")).send("hello").unwrap();
        assert_eq!(answer.body_mut().read_to_string().unwrap(), "hello");
        assert!(agent.get(format!("{url}/hang-up")).call().is_err());
        for _ in 0..2 {
            assert!(hears.recv_timeout(Duration::from_secs(20)).is_ok());
        }
        assert_eq!(answered.load(Ordering::SeqCst), 2);
        drop(server);
        assert!(agent.get(format!("{url}/x")).call().is_err());
    }
}
