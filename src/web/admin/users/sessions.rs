//! Signing a person's browsers out.

use std::sync::Arc;

use rocket::{Route, State, post, routes};

use super::load;
use crate::domain::ids::BrowserSessionId;
use crate::store::sessions;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![end, end_all]
}

#[post("/admin/users/<user>/sessions/<id>/end", data = "<_button>")]
async fn end(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    id: i64,
    _button: Button,
) -> Answer<Led> {
    let person = load(app, user)?.member.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            sessions::end(tx, person, BrowserSessionId(id))?;
            sessions::record_end(tx, person)
        })
        .await?;
    Ok(Outcome::SignedOut.at(format!("/admin/users/{user}")))
}

#[post("/admin/users/<user>/sessions/end-all", data = "<_button>")]
async fn end_all(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    _button: Button,
) -> Answer<Led> {
    let person = load(app, user)?.member.id;
    app.store
        .write_by(administrator.actor(), move |tx| {
            sessions::end_all(tx, person)?;
            sessions::record_end(tx, person)
        })
        .await?;
    Ok(Outcome::SignedOut.at(format!("/admin/users/{user}")))
}
