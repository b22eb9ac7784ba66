//! Letters to administrators: one for each trouble, to those who administer, when a mail server is configured.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use base64::Engine as _;
use parking_lot::Mutex;
use tiski::simulator::facebook::GraphError;

use super::support::program::wait_until;
use super::support::world::{FacebookAccount, World};

/// A mail server that keeps what it is given.
#[derive(Clone)]
struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    letters: Vec<Letter>,
    /// Who signed in, as user and password.
    signed_in: Vec<String>,
    /// So many letters are turned away before one is taken.
    refuses: usize,
}

#[derive(Clone, Debug)]
struct Letter {
    to: String,
    text: String,
}

impl MailServer {
    fn start() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = MailServer {
            port: listener.local_addr().unwrap().port(),
            state: Arc::default(),
        };
        let serving = server.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let serving = serving.clone();
                // One that hangs up in the middle has had enough.
                std::thread::spawn(move || serving.talk(connection).ok());
            }
        });
        server
    }

    fn talk(&self, connection: TcpStream) -> std::io::Result<()> {
        let mut out = connection.try_clone()?;
        let mut lines = BufReader::new(connection).lines();
        let mut to = String::new();
        out.write_all(b"220 mail.test ready\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "EHLO" => "250-mail.test\r\n250 AUTH PLAIN",
                "AUTH" => {
                    let sealed = line.rsplit(' ').next().unwrap_or_default();
                    let opened = base64::engine::general_purpose::STANDARD
                        .decode(sealed)
                        .unwrap();
                    let words = String::from_utf8(opened).unwrap().replace('\0', " ");
                    self.state.lock().signed_in.push(words.trim().to_owned());
                    "235 welcome"
                }
                "RCPT" => {
                    line.clone_into(&mut to);
                    "250 yes"
                }
                "DATA" => {
                    out.write_all(b"354 go on\r\n")?;
                    let mut text = String::new();
                    for line in lines.by_ref() {
                        match line?.as_str() {
                            "." => break,
                            line => text.push_str(&format!("{line}\n")),
                        }
                    }
                    self.take(&to, text)
                }
                "QUIT" => "221 bye",
                _ => "250 yes",
            };
            out.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    fn take(&self, to: &str, text: String) -> &'static str {
        let mut state = self.state.lock();
        if state.refuses > 0 {
            state.refuses -= 1;
            return "451 not now";
        }
        let to = to.to_owned();
        state.letters.push(Letter { to, text });
        "250 taken"
    }

    fn letters(&self) -> Vec<Letter> {
        self.state.lock().letters.clone()
    }
}

fn world(server: &MailServer) -> (World, FacebookAccount) {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    let settings = format!(
        "[smtp]\nhost = 'localhost'\nport = {}\nsecurity = 'none'\nuser = 'tiski'\npassword = 'only for letters'\n\
         from = 'Tiski <tiski@lumi.example>'\n",
        server.port
    );
    std::fs::write(world.home.data().join("tiski.toml"), settings).unwrap();
    world.restart();
    (world, account)
}

/// The platform ends the token, and somebody looks.
fn kill_token(world: &World, account: &FacebookAccount) {
    world
        .facebook()
        .kill_token(&account.pages[0].token, GraphError::PASSWORD_CHANGED);
    check_now(world, account);
}

fn check_now(world: &World, account: &FacebookAccount) {
    let client = &world.owner.client;
    let page = client.get(&format!("/admin/accounts/{}", account.id));
    client.submit(&page.form("Check now"));
}

#[test]
fn administrators_and_nobody_else_get_one_letter_about_a_token_that_is_refused() {
    let server = MailServer::start();
    let (world, account) = world(&server);
    world.person("Ada", "administrator");
    world.agent("Mia");
    kill_token(&world, &account);
    wait_until("both administrators have a letter", || {
        (server.letters().len() == 2).then_some(())
    });
    let letters = server.letters();
    let to: String = letters.iter().map(|letter| letter.to.clone()).collect();
    assert!(
        to.contains("owner@lumi.example") && to.contains("ada@"),
        "{to}"
    );
    assert!(!to.contains("mia@"), "{to}");
    let text = letters[0].text.replace("=\n", "");
    assert!(text.contains("From: Tiski <tiski@lumi.example>"), "{text}");
    assert!(text.contains("its access token is refused"), "{text}");
    assert!(text.contains("?replace"), "the way to mend it: {text}");
    assert!(!text.contains(&account.pages[0].token), "no secret");
    assert_eq!(server.state.lock().signed_in[0], "tiski only for letters");

    // It goes on; the program even starts anew: nobody is told twice.
    check_now(&world, &account);
    world.restart();
    check_now(&world, &account);
    let rows: i64 = world.one("SELECT count(*) FROM alarm_mail", []);
    assert_eq!((server.letters().len(), rows), (2, 2));
    let unsent: i64 = world.one("SELECT count(*) FROM alarm_mail WHERE sent_at IS NULL", []);
    assert_eq!(unsent, 0);
}

#[test]
fn a_letter_that_the_server_does_not_take_is_tried_again_and_told_on_screen() {
    let server = MailServer::start();
    server.state.lock().refuses = 1;
    let (world, account) = world(&server);
    kill_token(&world, &account);
    wait_until("the failure is told", || {
        let home = world.owner.client.get("/admin").text();
        home.contains("E-mail to administrators does not get out")
            .then_some(())
    });
    assert!(server.letters().is_empty());
    world.change("UPDATE alarm_mail SET due_at = 0", []);
    world.restart();
    wait_until("the letter is taken", || {
        (server.letters().len() == 1).then_some(())
    });
    wait_until("the failure is over", || {
        let home = world.owner.client.get("/admin").text();
        (!home.contains("E-mail to administrators")).then_some(())
    });
}

#[test]
fn without_a_mail_server_no_letter_is_written() {
    let world = World::new();
    let account = world.connect_facebook(&["Lumi Café"]);
    kill_token(&world, &account);
    world
        .owner
        .client
        .get("/admin")
        .assert_says("its access token is refused");
    let rows: i64 = world.one("SELECT count(*) FROM alarm_mail", []);
    assert_eq!(rows, 0);
}
