//! The link by which a person chooses a password, as an address and as a picture to scan.

use std::sync::Arc;

use askama::Template;
use rocket::http::Status;
use rocket::{Route, State, post, routes};

use super::{ShownMember, load};
use crate::crypto;
use crate::domain::ids::UserId;
use crate::store::user_links;
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::Button;
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};
use crate::web::qr::{self, Picture};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![make]
}

/// The page that shows a link, once.
#[derive(Template)]
#[template(path = "admin/users/link.html")]
pub struct ShowLink {
    shown: ShownMember,
    address: String,
    picture: Option<Picture>,
}

impl ShowLink {
    /// Whether the person has never come: it is an invitation.
    fn is_invitation(&self) -> bool {
        self.shown.member.joined_at.is_none()
    }
}

/// The page with the link of a person whose secret was just made.
pub fn page(app: &App, user: UserId, token: &str) -> Answer<Page<ShowLink>> {
    // In the query, because paths are logged when a request fails.
    let address = format!("{}/join?token={token}", app.public_url);
    Ok(Page::ok(ShowLink {
        shown: load(app, user.0)?,
        picture: qr::picture(&address),
        address,
    }))
}

/// Another link; the one before stops working. Its secret is not kept anywhere, so there is no address to go
/// to.
#[post("/admin/users/<user>/link", data = "<_button>")]
async fn make(
    administrator: Administrator,
    app: &State<Arc<App>>,
    user: i64,
    _button: Button,
) -> Answer<Page<ShowLink>> {
    let shown = load(app, user)?;
    if shown.member.disabled_at.is_some() {
        return Err(Status::NotFound.into());
    }
    let id = shown.member.id;
    let token = crypto::random_token();
    let digest = crypto::sha256(token.as_bytes());
    app.store
        .write_by(administrator.actor(), move |tx| {
            user_links::make(tx, id, &digest)
        })
        .await?;
    page(app, id, &token)
}
