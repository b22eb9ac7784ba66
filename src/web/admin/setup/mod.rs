//! The wizard after its first step: credentials, pages, callback information. Each step is a page of its
//! own; the account is kept all the while, and a finished one leads to its settings.

use rocket::Route;

use super::shown::{self, ShownAccount};
use crate::locale::Text;
use crate::web::App;
use crate::web::failure::{Answer, Failure};

pub mod callback;
mod credentials;
mod details;
mod pages;

/// The routes of the wizard.
pub fn routes() -> Vec<Route> {
    [
        details::routes(),
        credentials::routes(),
        pages::routes(),
        callback::routes(),
    ]
    .concat()
}

/// One step in the list at the side.
pub struct Step {
    pub title: Text,
    pub sub: Option<Text>,
    pub href: String,
    pub is_done: bool,
    pub is_current: bool,
}

/// The steps of the account's channel; `current` is the last segment of the step's address.
pub fn steps(shown: &ShownAccount, current: &str) -> Vec<Step> {
    let account = &shown.account;
    let step = |name: &str, title: Text, sub: Option<Text>, is_done: bool| Step {
        title,
        sub,
        href: format!("/admin/accounts/{}/setup/{name}", account.id),
        is_done,
        is_current: name == current,
    };
    let mut steps = vec![
        step(
            "details",
            Text::new("account-step-details"),
            Some(Text::new(format!("channel-{}", account.channel))),
            true,
        ),
        step(
            "credentials",
            shown.own("step-credentials"),
            account.has_secret.then(|| shown.external_id()),
            account.has_secret,
        ),
    ];
    if shown.shape.many_pages {
        let count = shown.pages.len();
        steps.push(step(
            "pages",
            shown.own("step-pages"),
            (count > 0).then(|| Text::new("account-pages").arg("count", count)),
            count > 0,
        ));
    }
    steps.push(step(
        "callback",
        Text::new("account-step-callback"),
        None,
        account.completed_at.is_some(),
    ));
    steps
}

/// An account that is being set up.
///
/// # Errors
/// 404 when there is none; a finished one leads to its settings; what the database says.
fn unfinished(app: &App, account: i64) -> Answer<ShownAccount> {
    let shown = shown::load(app, account)?;
    match shown.account.completed_at {
        Some(_) => Err(Failure::elsewhere(shown.href())),
        None => Ok(shown),
    }
}
