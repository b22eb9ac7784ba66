//! The real binary in a data directory of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Nothing that the program promises takes longer on a busy machine; a test that waits for it fails then.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Guards `/setup` in every test.
pub const SETUP_CODE: &str = "setup-code-for-tests";

/// A data directory and how to start the program on it.
pub struct Home {
    folder: TempDir,
    environment: Vec<(String, String)>,
    port: u16,
}

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Home {
    /// An empty data directory. The server keeps its port over restarts, because the platforms keep
    /// its callback URLs.
    pub fn new() -> Home {
        let home = Home {
            folder: TempDir::new().expect("a temporary folder"),
            environment: Vec::new(),
            port: free_port(),
        };
        home.with("TISKI_SETUP_CODE", SETUP_CODE)
    }

    /// With an environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Home {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The program with arguments, ready to run on this directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiski"));
        command
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.environment.iter().cloned());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments)
            .output()
            .expect("the program starts")
    }

    /// Runs a command that reads standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child
            .stdin
            .take()
            .expect("standard input is a pipe")
            .write_all(input.as_bytes())
            .expect("the program reads its input");
        child.wait_with_output().expect("the program ends")
    }

    /// Runs a command that may wrongly go on for ever, until it ends.
    pub fn run_until_it_ends(&self, arguments: &[&str]) -> Output {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        wait_until("the program ends by itself", || {
            child.try_wait().expect("a child")
        });
        child.wait_with_output().expect("the program ended")
    }

    /// The server refuses to start; the sentence that says why.
    #[track_caller]
    pub fn refuses_to_serve(&self) -> String {
        let output = self.run_until_it_ends(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        sentence(&output)
    }

    /// Starts the server and waits until it accepts connections.
    pub fn serve(&self) -> Server {
        let listen = format!("127.0.0.1:{}", self.port);
        self.start(&["serve", "--listen", &listen])
    }

    /// Starts the demo, which keeps its data somewhere else.
    pub fn demo(&self) -> Server {
        let listen = format!("127.0.0.1:{}", self.port);
        self.start(&["demo", "--listen", &listen])
    }

    /// Starts a command that serves, and waits for the line that says where.
    pub fn start(&self, arguments: &[&str]) -> Server {
        let log = self.data().with_extension("log");
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            let read = lines
                .read_line(&mut line)
                .expect("the program speaks UTF-8");
            if read == 0 {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                let status = child.wait();
                panic!("the server ended before it was running: {status:?}\n{said}\n{log}");
            }
            said.push_str(&line);
            if let Some(url) = line.trim().strip_prefix("Tiski is running at ") {
                break url.to_owned();
            }
        };
        // What it says later must not block it.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Server { child, url }
    }

    /// Waits until the program has nothing left to do by itself.
    pub fn wait_until_idle(&self) {
        let limit = PATIENCE.as_secs().to_string();
        let output = self.run(&["check", "--idle", "--timeout", &limit]);
        assert!(
            output.status.success(),
            "not idle: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Every file that a thief would find beside the key, and the log.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut paths = vec![self.data().to_owned(), self.data().with_extension("log")];
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a folder of ours");
                paths.extend(entries.map(|entry| entry.expect("an entry").path()));
            } else if path.exists() && !path.ends_with("secret.key") {
                let bytes = std::fs::read(&path).expect("a file of ours");
                files.push((path, bytes));
            }
        }
        files
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.data().with_extension("log"));
    }
}

impl Server {
    /// Pulls the plug.
    pub fn kill(mut self) {
        self.child.kill().expect("the server was running");
        self.child.wait().expect("the server ended");
    }

    /// Asks it to end, as a supervisor does, and waits for that.
    pub fn stop(mut self) -> ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)
            .expect("the server was running");
        wait_until("the server ends", || {
            self.child.try_wait().expect("a child")
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command that failed says: exactly one sentence, in plain words.
#[track_caller]
pub fn sentence(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    assert!(!said.is_empty(), "it says nothing: {output:?}");
    assert!(
        !said.contains('\n') && !said.contains("panicked") && !said.contains("Err("),
        "no plain sentence: {said}"
    );
    said.to_owned()
}

/// A port that nobody uses, and that stays free while the server is down: below the range from which the
/// system takes ports for outgoing connections.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(start);
        let port = FIRST + number % COUNT;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Waits for a named condition, looking again and again, with a limit that only a broken program reaches.
pub fn wait_until<T>(condition: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "it never came true: {condition}"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
