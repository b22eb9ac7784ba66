//! `tiski user`: people from the command line, while the server runs or not. A second process writes to the
//! same database; the server notices within one heartbeat of its live streams.

use std::io::{BufRead as _, stdin};

use clap::{Args, Subcommand};

use super::{Failure, home, say};
use crate::config::Config;
use crate::crypto::{self, Secret};
use crate::domain::access::Role;
use crate::domain::audit::Actor;
use crate::domain::{email, names, password};
use crate::locale::Text;
use crate::store::organization;
use crate::store::users::{self, Added, Disabled, NewUser, User};
use crate::store::{self, Reader, Store};

#[derive(Subcommand)]
pub enum Command {
    Add {
        #[command(flatten)]
        who: Who,
        #[arg(long)]
        name: String,
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        password: FromStdin,
    },
    List,
    Password {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        password: FromStdin,
    },
    Disable {
        #[command(flatten)]
        who: Who,
    },
    Enable {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Args)]
pub struct Who {
    #[arg(long)]
    email: String,
}

#[derive(Args)]
pub struct FromStdin {
    #[arg(long, required = true)]
    password_stdin: bool,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| say(Text::new("usage-not-a-role")))
}

/// Runs one of the commands.
pub fn run(config: &Config, command: Command) -> Result<(), Failure> {
    home::create(&config.data)?;
    // The notices of this process reach nobody: the server looks at the database itself.
    let store =
        Store::open(&config.data, home::sealer(config)?, |_| ()).map_err(home::not_opened)?;
    let done = match command {
        Command::Add {
            who, name, role, ..
        } => add(&store, &who.email, &name, role),
        Command::List => list(&store),
        Command::Password { who, .. } => set_password(&store, &who.email),
        Command::Disable { who } => disable(&store, &who.email),
        Command::Enable { who } => enable(&store, &who.email),
    };
    store.close();
    done
}

fn add(store: &Store, typed: &str, name: &str, role: Role) -> Result<(), Failure> {
    let Some(email) = email::clean(typed) else {
        return Err(Failure::new(
            Text::new("cli-user-email-wrong").arg("typed", format!("{typed:?}")),
        ));
    };
    let Some(name) = names::clean(name) else {
        return Err(Failure::new(Text::new("cli-user-name-empty")));
    };
    let password = read_password()?;
    check_password(&password, &[&email, &name, &organization_name(store)?])?;
    let user = NewUser {
        email: email.clone(),
        name: name.clone(),
        role,
        password_hash: crypto::password::hash(&password),
    };
    let added = store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        organization::ensure(tx)?;
        users::add(tx, &user)
    })?;
    match added {
        Added::Added(_) => {
            let added = Text::new("cli-user-added")
                .arg("name", name)
                .arg("email", email)
                .arg("role", role.word());
            println!("{}", say(added));
            Ok(())
        }
        Added::EmailTaken => Err(Failure::new(
            Text::new("cli-user-email-taken").arg("email", email),
        )),
    }
}

fn list(store: &Store) -> Result<(), Failure> {
    for user in store.read(users::all)? {
        let state = if user.disabled_at.is_some() {
            format!("\t{}", say(Text::new("cli-user-disabled-mark")))
        } else {
            String::new()
        };
        println!("{}\t{}\t{}{state}", user.email, user.role.word(), user.name);
    }
    Ok(())
}

fn set_password(store: &Store, email: &str) -> Result<(), Failure> {
    let user = find(store, email)?;
    let password = read_password()?;
    let known = [user.email.as_str(), &user.name, &organization_name(store)?];
    check_password(&password, &known)?;
    let hash = crypto::password::hash(&password);
    let id = user.id;
    store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        users::set_password(tx, id, &hash)
    })?;
    println!("{}", about(&user, "cli-user-new-password"));
    Ok(())
}

fn disable(store: &Store, email: &str) -> Result<(), Failure> {
    let user = find(store, email)?;
    let id = user.id;
    match store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        users::disable(tx, id, None)
    })? {
        Disabled::Disabled => {
            println!("{}", about(&user, "cli-user-disabled"));
            Ok(())
        }
        Disabled::LastAdministrator => Err(Failure(about(&user, "cli-user-last-administrator"))),
    }
}

fn enable(store: &Store, email: &str) -> Result<(), Failure> {
    let user = find(store, email)?;
    let id = user.id;
    store.write_blocking(move |tx| {
        tx.act_as(Actor::CommandLine);
        users::enable(tx, id)
    })?;
    println!("{}", about(&user, "cli-user-enabled"));
    Ok(())
}

/// A sentence about a person, who is named by the address.
fn about(user: &User, key: &str) -> String {
    say(Text::new(key).arg("email", user.email.clone()))
}

fn find(store: &Store, email: &str) -> Result<User, Failure> {
    let email = email.trim();
    store
        .read(|reader| users::by_email(reader, email))?
        .ok_or_else(|| Failure::new(Text::new("cli-user-unknown").arg("email", email.to_owned())))
}

fn organization_name(store: &Store) -> store::Result<String> {
    let name = |reader: &Reader<'_>| {
        let organization = organization::find(reader)?;
        Ok(organization.map(|organization| organization.name))
    };
    Ok(store.read(name)?.unwrap_or_default())
}

/// The first line of standard input.
fn read_password() -> Result<Secret, Failure> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line).map_err(|error| {
        Failure::new(Text::new("cli-user-password-unread").arg("error", error.to_string()))
    })?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

fn check_password(password: &Secret, known: &[&str]) -> Result<(), Failure> {
    match password::weakness(password.expose(), known) {
        None => Ok(()),
        Some(weakness) => Err(Failure::new(Text::new(weakness.key()))),
    }
}
