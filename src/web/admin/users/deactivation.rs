//! Taking somebody's right to sign in away, with what it does to their conversations said before, and giving
//! it back.

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, post, routes};

use super::{ShownMember, load};
use crate::locale::Text;
use crate::store::staff::{self, InHand};
use crate::store::users::{self, Disabled};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![preview, deactivate, activate]
}

#[derive(Template)]
#[template(path = "admin/users/deactivation.html")]
struct Preview {
    shown: ShownMember,
    in_hand: InHand,
    /// Why it cannot be done.
    problem: Option<Text>,
}

impl Preview {
    fn load(app: &App, administrator: &Administrator, user: i64) -> Answer<Preview> {
        let shown = load(app, user)?;
        let id = shown.member.id;
        let (in_hand, is_last) = app.store.read(|reader| {
            Ok((
                staff::in_hand(reader, id)?,
                users::is_last_administrator(reader, id)?,
            ))
        })?;
        let problem = if administrator.id == id {
            Some("users-deactivate-own")
        } else if is_last {
            Some("users-last-administrator")
        } else {
            None
        };
        Ok(Preview {
            shown,
            in_hand,
            problem: problem.map(Text::new),
        })
    }
}

#[get("/admin/users/<user>/deactivation")]
fn preview(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
) -> Answer<Page<Preview>> {
    Ok(Page::ok(Preview::load(app, &administrator, user)?))
}

#[post("/admin/users/<user>/deactivation", data = "<_button>")]
async fn deactivate(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    _button: Button,
) -> Answer<Result<Led, Page<Preview>>> {
    let page = Preview::load(app, &administrator, user)?;
    if page.problem.is_some() {
        return Ok(Err(Page::unprocessable(page)));
    }
    let (id, by) = (page.shown.member.id, administrator.id);
    let disabled = app
        .store
        .write_by(administrator.actor(), move |tx| {
            users::disable(tx, id, Some(by))
        })
        .await?;
    match disabled {
        Disabled::Disabled => Ok(Ok(
            Outcome::UserDeactivated.at(format!("/admin/users/{user}"))
        )),
        Disabled::LastAdministrator => Ok(Err(Page::unprocessable(Preview {
            problem: Some(Text::new("users-last-administrator")),
            ..page
        }))),
    }
}

#[post("/admin/users/<user>/activation", data = "<_button>")]
async fn activate(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    _button: Button,
) -> Answer<Led> {
    let id = load(app, user)?.member.id;
    app.store
        .write_by(administrator.actor(), move |tx| users::enable(tx, id))
        .await?;
    Ok(Outcome::UserActivated.at(format!("/admin/users/{user}")))
}
