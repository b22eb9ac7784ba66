//! The bar that tells administrators on every page what needs them, as a fragment: it fetches itself again
//! whenever an account changes.

use askama::Template;
use rocket::{Route, get, routes};

use crate::web::guards::Administrator;
use crate::web::page::Page;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show]
}

/// The request's own frame holds what there is to tell.
#[derive(Template)]
#[template(path = "admin/alarms/show.html")]
struct Show;

#[get("/admin/alarm")]
fn show(_administrator: Administrator) -> Page<Show> {
    Page::ok(Show)
}
