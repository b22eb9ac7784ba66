//! The account's ID and secret, the privacy notice, and, where an account has one page only, its token.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use super::{Step, steps, unfinished};
use crate::channels::{Credentials, PageFacts, SetupError};
use crate::crypto::Secret;
use crate::domain::ids::{AccountId, PageId};
use crate::domain::privacy;
use crate::locale::Text;
use crate::store::accounts;
use crate::store::pages::{self as page_store, NewPage};
use crate::store::{self, Tx};
use crate::web::App;
use crate::web::admin::connection;
use crate::web::admin::pages::{self, Owner};
use crate::web::admin::shown::ShownAccount;
use crate::web::admin::typed;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::page::{Page, filters};
use crate::work::connection::{UNREACHABLE, reason, stored_facts};

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![credentials, save_credentials]
}

#[derive(Template)]
#[template(path = "admin/setup/credentials.html")]
struct ShowCredentials {
    steps: Vec<Step>,
    shown: ShownAccount,
    external_id: String,
    acknowledged: bool,
    /// Secrets were typed that are not kept over the error: they are asked again.
    asks_again: bool,
    taken: Option<Owner>,
    problems: Problems,
}

#[get("/admin/accounts/<account>/setup/credentials")]
fn credentials(
    _administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
) -> Answer<Page<ShowCredentials>> {
    let shown = unfinished(app, account)?;
    let acknowledged = has_acknowledged(app, shown.account.id)?;
    Ok(Page::ok(ShowCredentials {
        steps: steps(&shown, "credentials"),
        external_id: shown.account.external_id.clone(),
        acknowledged,
        asks_again: false,
        taken: None,
        problems: Problems::default(),
        shown,
    }))
}

/// Whether somebody agreed to today's text of the privacy notice for this account.
///
/// # Errors
/// What the database says.
pub(super) fn has_acknowledged(app: &App, account: AccountId) -> Answer<bool> {
    let acknowledgement = app
        .store
        .read(|reader| accounts::acknowledgement(reader, account))?;
    Ok(acknowledgement.is_some_and(|it| it.text_version == privacy::TEXT_VERSION))
}

#[derive(FromForm)]
struct TypedCredentials {
    #[field(default = "")]
    external_id: String,
    #[field(default_with = Some(Secret::new("")))]
    secret: Secret,
    #[field(default_with = Some(Secret::new("")))]
    token: Secret,
    #[field(default = false)]
    acknowledged: bool,
}

/// What the step yields when it is right.
struct Given {
    external_id: String,
    /// `None` keeps the stored one.
    secret: Option<Secret>,
    token: Option<Secret>,
}

#[post("/admin/accounts/<account>/setup/credentials", data = "<form>")]
async fn save_credentials(
    administrator: Administrator,
    app: &State<Arc<App>>,
    account: i64,
    form: Form<TypedCredentials>,
) -> Answer<Result<Redirect, Page<ShowCredentials>>> {
    let shown = unfinished(app, account)?;
    let form = form.read()?;
    let mut problems = Problems::default();
    let given = read_credentials(&mut problems, &shown, &form);
    problems.check("acknowledged", form.acknowledged, "privacy-required");
    let mut facts = None;
    let mut taken = None;
    if problems.is_empty() && !shown.shape.many_pages {
        facts = check_only_page(app, &shown, &given, &mut problems).await?;
        if let Some(facts) = &facts {
            taken = pages::owner(app, &shown.account.channel, &facts.page)?
                .filter(|owner| owner.id != shown.account.id);
            if taken.is_some() {
                problems.add("external_id", Text::new("account-page-taken"));
            }
        }
    }
    if !problems.is_empty() {
        return Ok(Err(Page::unprocessable(ShowCredentials {
            steps: steps(&shown, "credentials"),
            external_id: form.external_id.clone(),
            acknowledged: form.acknowledged,
            asks_again: !form.secret.is_empty() || !form.token.is_empty(),
            taken,
            problems,
            shown,
        })));
    }
    let id = shown.account.id;
    let (has_acknowledged, user) = (has_acknowledged(app, id)?, administrator.id);
    let only_page = (!shown.shape.many_pages).then(|| OnlyPage {
        account: id,
        page: shown.pages.first().map(|page| page.page.id),
        name: shown.account.name.clone(),
        facts,
    });
    let step = if only_page.is_some() {
        "callback"
    } else {
        "pages"
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            if !has_acknowledged {
                accounts::acknowledge(tx, id, privacy::TEXT_VERSION, user)?;
            }
            accounts::set_external_id(tx, id, &given.external_id)?;
            if let Some(secret) = &given.secret {
                accounts::set_secret(tx, id, secret)?;
            }
            match only_page {
                Some(only_page) => only_page.store(tx, given.token.as_ref()),
                None => Ok(()),
            }
        })
        .await?;
    connection::settle(connection::start(app, id)).await;
    Ok(Ok(Redirect::to(format!(
        "/admin/accounts/{id}/setup/{step}"
    ))))
}

fn read_credentials(
    problems: &mut Problems,
    shown: &ShownAccount,
    form: &TypedCredentials,
) -> Given {
    let has_page = !shown.pages.is_empty();
    Given {
        external_id: typed::id(problems, "external_id", &form.external_id),
        secret: typed::secret(problems, "secret", &form.secret, shown.account.has_secret),
        token: if shown.shape.many_pages {
            None
        } else {
            let may_be_empty = shown.shape.token_optional || has_page;
            typed::token(problems, "token", &form.token, may_be_empty)
        },
    }
}

/// Where the account's own token tells its one page: asks the platform for it. `None` when it was not
/// reached; the account is saved all the same and says so.
async fn check_only_page(
    app: &Arc<App>,
    shown: &ShownAccount,
    given: &Given,
    problems: &mut Problems,
) -> Answer<Option<PageFacts>> {
    let id = shown.account.id;
    let stored = app.store.read(|reader| accounts::secret(reader, id))?;
    let Some(secret) = given.secret.clone().or(stored) else {
        return Ok(None);
    };
    let credentials = Credentials {
        external_id: given.external_id.clone(),
        secret,
        page: String::new(),
        token: given.token.clone(),
    };
    match connection::look(app, &shown.account.channel, credentials).await {
        Ok(facts) => Ok(facts),
        Err(error) => {
            let field = match error {
                SetupError::SecretRefused(_) => "secret",
                _ if given.token.is_some() => "token",
                _ => "secret",
            };
            problems.add(field, connection::sentence(&error));
            Ok(None)
        }
    }
}

/// The one page of an account, to be stored with it.
struct OnlyPage {
    account: AccountId,
    /// `None` when it is to be added.
    page: Option<PageId>,
    /// Stands in until the platform tells the page's own.
    name: String,
    /// `None` when the platform was not reached.
    facts: Option<PageFacts>,
}

impl OnlyPage {
    fn store(self, tx: &Tx<'_>, token: Option<&Secret>) -> store::Result<()> {
        let page = match (self.page, token) {
            (Some(page), Some(_)) => {
                page_store::replace_token(tx, page, token)?;
                page
            }
            (Some(page), None) => page,
            (None, _) => page_store::add(
                tx,
                &NewPage {
                    account: self.account,
                    platform_id: String::new(),
                    name: self.name,
                    handle: String::new(),
                    token: token.cloned(),
                },
            )?,
        };
        match self.facts {
            Some(facts) => page_store::token_accepted(tx, page, &stored_facts(facts, true)),
            None => page_store::subscribe_failed(tx, page, &reason(UNREACHABLE, "")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto;
    use crate::locale::Locale;

    /// Who agreed to which text is kept by the version: a text that changes needs another one.
    #[test]
    fn the_privacy_notice_has_the_text_of_its_version() {
        let keys = [
            "channel-facebook-privacy",
            "channel-line-privacy",
            "privacy-1",
            "privacy-2",
            "privacy-3",
            "privacy-acknowledge",
        ];
        let text: Vec<String> = keys
            .into_iter()
            .map(|key| Text::new(key).say(Locale::English))
            .collect();
        let digest = crypto::hex(&crypto::sha256(text.join("\n").as_bytes()));
        assert_eq!(
            (privacy::TEXT_VERSION, &digest[..16]),
            ("2026-11", "b514c855fb946bde")
        );
    }
}
