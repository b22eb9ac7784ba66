//! The people who answer: the list, inviting somebody, what is set about a person, their browsers, and taking
//! the right to sign in away. Nothing is sent: links are shown on screen, as an address and as a picture to
//! scan.

mod deactivation;
mod form;
mod link;
mod sessions;

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, get, routes};

use crate::domain::access::Role;
use crate::domain::ids::UserId;
use crate::locale::Text;
use crate::store::staff::{self, Member};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View};
use crate::web::page::{Page, filters};

/// The routes of this folder.
pub fn routes() -> Vec<Route> {
    [
        routes![index],
        form::routes(),
        link::routes(),
        sessions::routes(),
        deactivation::routes(),
    ]
    .concat()
}

const COLUMNS: &[Column<ShownMember>] = &[
    Column::sorting("users-column-name", "name", |a, b| {
        list::by_words(&a.member.name, &b.member.name)
    }),
    Column::sorting("users-column-role", "role", |a, b| {
        b.member.role.cmp(&a.member.role)
    }),
    Column::plain("users-column-queues"),
    Column::sorting("users-column-capacity", "capacity", |a, b| {
        a.member.capacity.cmp(&b.member.capacity)
    }),
    Column::sorting("users-column-state", "state", |a, b| {
        a.state().cmp(&b.state())
    }),
    Column::sorting("users-column-seen", "seen", |a, b| {
        b.member.seen_at.cmp(&a.member.seen_at)
    }),
];

/// Where a person stands, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Invited,
    Active,
    Disabled,
}

/// A person as the pages show them.
struct ShownMember {
    member: Member,
}

impl ShownMember {
    fn state(&self) -> Standing {
        match &self.member {
            member if member.disabled_at.is_some() => Standing::Disabled,
            member if member.joined_at.is_none() => Standing::Invited,
            _ => Standing::Active,
        }
    }

    fn initials(&self) -> String {
        crate::domain::names::initials(&self.member.name)
    }

    fn tone(&self) -> char {
        crate::web::page::tone(self.member.id.0)
    }

    fn role(&self) -> Text {
        role_text(self.member.role)
    }
}

/// The word of a role.
fn role_text(role: Role) -> Text {
    Text::new(format!("role-{}", role.word()))
}

impl Standing {
    const ALL: [Standing; 3] = [Standing::Active, Standing::Invited, Standing::Disabled];

    const fn word(self) -> &'static str {
        match self {
            Standing::Invited => "invited",
            Standing::Active => "active",
            Standing::Disabled => "disabled",
        }
    }

    fn text(self) -> Text {
        Text::new(format!("users-state-{}", self.word()))
    }

    /// How its pill looks.
    const fn tone(self) -> &'static str {
        match self {
            Standing::Invited => "info",
            Standing::Active => "ok",
            Standing::Disabled => "outline",
        }
    }
}

#[derive(Template)]
#[template(path = "admin/users/index.html")]
struct Index {
    list: List<ShownMember>,
    states: Vec<(Standing, usize)>,
    state: String,
}

#[get("/admin/users?<state>&<view..>")]
fn index(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    state: Option<String>,
    view: View,
) -> Answer<Page<Index>> {
    let all: Vec<ShownMember> = app
        .store
        .read(staff::all)?
        .into_iter()
        .map(|member| ShownMember { member })
        .collect();
    let state = state.unwrap_or_default();
    let states = Standing::ALL
        .map(|state| (state, all.iter().filter(|it| it.state() == state).count()))
        .into();
    Ok(Page::ok(Index {
        states,
        list: List::new("/admin/users", COLUMNS, view)
            .filter("state", state.clone())
            .of(all, |shown, words| {
                let member = &shown.member;
                (state.is_empty() || shown.state().word() == state)
                    && list::finds(words, [&member.name, &member.email, &member.nickname])
            }),
        state,
    }))
}

/// The person of an id.
///
/// # Errors
/// 404 when there is none; what the database says.
fn load(app: &App, user: i64) -> Answer<ShownMember> {
    let member = app
        .store
        .read(|reader| staff::by_id(reader, UserId(user)))?
        .ok_or(Status::NotFound)?;
    Ok(ShownMember { member })
}

#[cfg(test)]
mod tests;
