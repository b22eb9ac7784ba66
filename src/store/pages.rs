//! Pages: where messages come in. A Facebook Page, or the official account of a LINE channel.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::crypto::Secret;
use crate::domain::ids::{AccountId, PageId, WorkstreamId};
use crate::domain::live_event::Worker;
use crate::domain::time::Timestamp;

use super::accounts::{changed, tell};
use super::{Reader, Result, Tx, accounts, workstreams};

/// A page. Its token is not in it: see [`credentials`].
#[derive(Clone, Debug)]
pub struct Page {
    /// Row id.
    pub id: PageId,
    /// The account that it belongs to.
    pub account: AccountId,
    /// The channel's name.
    pub channel: String,
    /// Page ID or bot user id; empty while the platform has not told it.
    pub platform_id: String,
    /// The name that customers see.
    pub name: String,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// Who answers its messages.
    pub workstream: Option<WorkstreamId>,
    /// Whether replies may use the human agent tag.
    pub human_agent_tag: bool,
    /// Whether a token is stored; without one it is made from the secret.
    pub has_token: bool,
    /// The token's last four characters; may be empty.
    pub token_last4: String,
    /// When the token was saved.
    pub token_saved_at: Option<Timestamp>,
    /// When the platform last accepted the token (or the one made from the secret).
    pub token_ok_at: Option<Timestamp>,
    /// Why the platform refuses it; `None`: it does not. Sending waits while it is set.
    pub token_error: Option<String>,
    /// Since when it refuses.
    pub token_error_at: Option<Timestamp>,
    /// When the platform last said that it sends us this page's events.
    pub subscribed_at: Option<Timestamp>,
    /// Why it does not: a [`crate::domain::delivery::Reason`] as JSON.
    pub subscribe_error: Option<String>,
    /// Something to mend although it does, as a locale key.
    pub subscribe_warning: Option<String>,
    /// When its first message came.
    pub first_message_at: Option<Timestamp>,
    /// When its last message came.
    pub last_message_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "page_id, account_id, channel, platform_id, name, handle, workstream_id, \
    human_agent_tag, token IS NOT NULL AS has_token, token_last4, token_saved_at, token_ok_at, token_error, \
    token_error_at, subscribed_at, subscribe_error, subscribe_warning, first_message_at, last_message_at, created_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page {
        id: row.get("page_id")?,
        account: row.get("account_id")?,
        channel: row.get("channel")?,
        platform_id: row.get("platform_id")?,
        name: row.get("name")?,
        handle: row.get("handle")?,
        workstream: row.get("workstream_id")?,
        human_agent_tag: row.get("human_agent_tag")?,
        has_token: row.get("has_token")?,
        token_last4: row.get("token_last4")?,
        token_saved_at: row.get("token_saved_at")?,
        token_ok_at: row.get("token_ok_at")?,
        token_error: row.get("token_error")?,
        token_error_at: row.get("token_error_at")?,
        subscribed_at: row.get("subscribed_at")?,
        subscribe_error: row.get("subscribe_error")?,
        subscribe_warning: row.get("subscribe_warning")?,
        first_message_at: row.get("first_message_at")?,
        last_message_at: row.get("last_message_at")?,
        created_at: row.get("created_at")?,
    })
}

/// The page of an id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_id(reader: &Reader<'_>, page: PageId) -> Result<Option<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM page WHERE page_id = ?1"))?
        .query_row([page], read)
        .optional()?)
}

/// The page that the platform calls by this id; `None` when there is none.
///
/// # Errors
/// SQLite's.
pub fn by_platform_id(
    reader: &Reader<'_>,
    channel: &str,
    platform_id: &str,
) -> Result<Option<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page
             WHERE channel = ?1 AND platform_id = ?2 AND platform_id <> ''"
        ))?
        .query_row([channel, platform_id], read)
        .optional()?)
}

/// The pages of an account, oldest first.
///
/// # Errors
/// SQLite's.
pub fn of_account(reader: &Reader<'_>, account: AccountId) -> Result<Vec<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page WHERE account_id = ?1 ORDER BY page_id"
        ))?
        .query_map([account], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// Every page, oldest first.
///
/// # Errors
/// SQLite's.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Page>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!("SELECT {COLUMNS} FROM page ORDER BY page_id"))?
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// What a call needs to speak for a page, opened.
#[derive(Clone, Debug)]
pub struct PageCredentials {
    /// The account.
    pub account: AccountId,
    /// The channel's name.
    pub channel: String,
    /// App ID or Channel ID.
    pub external_id: String,
    /// App secret or channel secret.
    pub secret: Secret,
    /// Page ID or bot user id; empty while it is not known.
    pub page: String,
    /// The access token; `None` where it is made from the secret.
    pub token: Option<Secret>,
}

/// The credentials of a page; `None` when there is no such page, or its account has no secret.
///
/// # Errors
/// SQLite's, or a sealed secret that does not open.
pub fn credentials(reader: &Reader<'_>, page: PageId) -> Result<Option<PageCredentials>> {
    let row = reader
        .connection()
        .prepare_cached(
            "SELECT account_id, page.channel, external_id, platform_id, token
             FROM page JOIN account USING (account_id) WHERE page_id = ?1",
        )?
        .query_row([page], |row| {
            Ok((
                row.get::<_, AccountId>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        })
        .optional()?;
    let Some((account, channel, external_id, platform_id, token)) = row else {
        return Ok(None);
    };
    let Some(secret) = accounts::secret(reader, account)? else {
        return Ok(None);
    };
    Ok(Some(PageCredentials {
        account,
        channel,
        external_id,
        secret,
        page: platform_id,
        token: token
            .map(|sealed| reader.open_secret(&token_place(page), &sealed))
            .transpose()?,
    }))
}

fn token_place(page: PageId) -> String {
    format!("page|token|{page}")
}

/// A page to add to an account.
#[derive(Clone, Debug)]
pub struct NewPage {
    /// The account.
    pub account: AccountId,
    /// Page ID or bot user id; empty while the platform has not told it.
    pub platform_id: String,
    /// The name that customers see.
    pub name: String,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
    /// The access token; `None`: made from the secret.
    pub token: Option<Secret>,
}

/// Adds a page, with the account's workstream, so that its first message has a place to land. A page
/// that is in an account already breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn add(tx: &Tx<'_>, page: &NewPage) -> Result<PageId> {
    let workstream = workstreams::of_account(tx, page.account)?;
    tx.connection()
        .prepare_cached(
            "INSERT INTO page (account_id, channel, platform_id, name, handle, workstream_id, created_at)
             SELECT account_id, channel, :platform_id, :name, :handle, :workstream, :now
             FROM account WHERE account_id = :account",
        )?
        .execute(named_params! {
            ":account": page.account,
            ":platform_id": page.platform_id,
            ":name": page.name,
            ":handle": page.handle,
            ":workstream": workstream,
            ":now": tx.now(),
        })?;
    let id = PageId(tx.connection().last_insert_rowid());
    if let Some(token) = &page.token {
        store_token(tx, id, token)?;
    }
    changed(tx, page.account)?;
    Ok(id)
}

/// Gives a page another name.
///
/// # Errors
/// SQLite's.
pub fn rename(tx: &Tx<'_>, page: PageId, name: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET name = ?2 WHERE page_id = ?1")?
        .execute(params![page, name])?;
    page_changed(tx, page)
}

/// Takes a page away that never had a customer. False when it had one.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, page: PageId) -> Result<bool> {
    let account: Option<AccountId> = tx
        .connection()
        .prepare_cached(
            "DELETE FROM page WHERE page_id = ?1
                 AND NOT EXISTS (SELECT 1 FROM social_profile WHERE page_id = ?1)
             RETURNING account_id",
        )?
        .query_row([page], |row| row.get(0))
        .optional()?;
    if let Some(account) = account {
        changed(tx, account)?;
    }
    Ok(account.is_some())
}

/// Puts another token in place; `None`: made from the secret from now on. What waited for a good token
/// goes out.
///
/// # Errors
/// SQLite's.
pub fn replace_token(tx: &Tx<'_>, page: PageId, token: Option<&Secret>) -> Result<()> {
    match token {
        Some(token) => store_token(tx, page, token)?,
        None => {
            tx.connection()
                .prepare_cached(
                    "UPDATE page SET token = NULL, token_last4 = '', token_saved_at = NULL
                     WHERE page_id = ?1",
                )?
                .execute([page])?;
        }
    }
    clear_token_error(tx, page)?;
    page_changed(tx, page)
}

fn store_token(tx: &Tx<'_>, page: PageId, token: &Secret) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token = :token, token_last4 = :last4, token_saved_at = :now,
                 token_ok_at = NULL
             WHERE page_id = :page",
        )?
        .execute(named_params! {
            ":page": page,
            ":token": tx.seal(&token_place(page), token),
            ":last4": token.last4(),
            ":now": tx.now(),
        })?;
    Ok(())
}

fn clear_token_error(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_error = NULL, token_error_at = NULL WHERE page_id = ?1",
        )?
        .execute([page])?;
    tx.wake(Worker::Dispatch);
    Ok(())
}

/// What the platform said about a page when it accepted the token.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Page ID or bot user id.
    pub platform_id: String,
    /// The name that customers see; `None` keeps the one that the administrator gave.
    pub name: Option<String>,
    /// LINE's basic id with its @; empty where there is none.
    pub handle: String,
}

/// The platform accepted the token. What waited for it goes out. A page that is in another account by
/// now breaks a `UNIQUE` constraint.
///
/// # Errors
/// SQLite's.
pub fn token_accepted(tx: &Tx<'_>, page: PageId, facts: &Facts) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_ok_at = :now, platform_id = :platform_id, handle = :handle,
                 name = coalesce(:name, name)
             WHERE page_id = :page",
        )?
        .execute(named_params! {
            ":page": page,
            ":platform_id": facts.platform_id,
            ":handle": facts.handle,
            ":name": facts.name,
            ":now": tx.now(),
        })?;
    clear_token_error(tx, page)?;
    page_changed(tx, page)
}

/// A call with the token went through. Told when that is news; otherwise the moment is only kept.
///
/// # Errors
/// SQLite's.
pub fn token_used(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let news: bool = tx
        .connection()
        .prepare_cached(
            "SELECT token_ok_at IS NULL OR token_error IS NOT NULL FROM page WHERE page_id = ?1",
        )?
        .query_row([page], |row| row.get(0))
        .optional()?
        .unwrap_or(false);
    tx.connection()
        .prepare_cached("UPDATE page SET token_ok_at = ?2 WHERE page_id = ?1")?
        .execute(params![page, tx.now()])?;
    if news {
        clear_token_error(tx, page)?;
        page_changed(tx, page)?;
    }
    Ok(())
}

/// The platform refuses the token: sending from this page stops until it is replaced or accepted again.
/// `reason` is the platform's words.
///
/// # Errors
/// SQLite's.
pub fn token_refused(tx: &Tx<'_>, page: PageId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET token_error = ?2, token_error_at = coalesce(token_error_at, ?3)
             WHERE page_id = ?1",
        )?
        .execute(params![page, reason, tx.now()])?;
    page_changed(tx, page)
}

/// The platform sends us this page's events. `warning` is a locale key of something to mend all the same.
///
/// # Errors
/// SQLite's.
pub fn subscribed(tx: &Tx<'_>, page: PageId, warning: Option<&str>) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET subscribed_at = ?2, subscribe_error = NULL, subscribe_warning = ?3
             WHERE page_id = ?1",
        )?
        .execute(params![page, tx.now(), warning])?;
    page_changed(tx, page)
}

/// The platform does not send us this page's events; `reason` says why: a
/// [`crate::domain::delivery::Reason`] as JSON.
///
/// # Errors
/// SQLite's.
pub fn subscribe_failed(tx: &Tx<'_>, page: PageId, reason: &str) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE page SET subscribe_error = ?2 WHERE page_id = ?1")?
        .execute(params![page, reason])?;
    page_changed(tx, page)
}

/// A customer's message came. Told when it is the page's first; otherwise the moment is only kept.
///
/// # Errors
/// SQLite's.
pub fn note_message(tx: &Tx<'_>, page: PageId) -> Result<()> {
    let first: Option<bool> = tx
        .connection()
        .prepare_cached(
            "UPDATE page SET first_message_at = coalesce(first_message_at, ?2), last_message_at = ?2
             WHERE page_id = ?1 RETURNING first_message_at = ?2",
        )?
        .query_row(params![page, tx.now()], |row| row.get(0))
        .optional()?;
    match first {
        Some(true) => tell(tx, account_of(tx, page)?),
        _ => Ok(()),
    }
}

fn page_changed(tx: &Tx<'_>, page: PageId) -> Result<()> {
    changed(tx, account_of(tx, page)?)
}

fn account_of(tx: &Tx<'_>, page: PageId) -> Result<AccountId> {
    Ok(tx
        .connection()
        .prepare_cached("SELECT account_id FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;
    use crate::crypto::Sealer;
    use crate::domain::live_event::{LiveEvent, Notice};
    use crate::store::Store;
    use crate::store::accounts::NewAccount;

    struct House {
        store: Store,
        notices: Arc<Mutex<Vec<Notice>>>,
        _folder: tempfile::TempDir,
    }

    fn house() -> House {
        let folder = tempfile::tempdir().unwrap();
        let notices = Arc::new(Mutex::new(Vec::new()));
        let told = notices.clone();
        let store = Store::open(folder.path(), Sealer::new(&[7; 32]), move |notice| {
            told.lock().push(notice);
        })
        .unwrap();
        House {
            store,
            notices,
            _folder: folder,
        }
    }

    fn account(tx: &Tx<'_>, key: &str) -> Result<AccountId> {
        let account = accounts::add(
            tx,
            &NewAccount {
                channel: "facebook".to_owned(),
                name: "Saarela".to_owned(),
                webhook_key: key.to_owned(),
                verify_token: Some(Secret::new("verify-me")),
                created_by: None,
            },
        )?;
        accounts::set_external_id(tx, account, "4711")?;
        accounts::set_secret(tx, account, &Secret::new("app-secret-1234"))?;
        Ok(account)
    }

    fn page(account: AccountId, platform_id: &str) -> NewPage {
        NewPage {
            account,
            platform_id: platform_id.to_owned(),
            name: "Saarela Outdoor".to_owned(),
            handle: String::new(),
            token: Some(Secret::new("EAAG-token-5678")),
        }
    }

    #[test]
    fn credentials_open_and_nothing_secret_stands_in_the_file() {
        let house = house();
        let id = house
            .store
            .write_blocking(|tx| {
                let account = account(tx, "key")?;
                add(tx, &page(account, "1"))
            })
            .unwrap();
        let credentials = house
            .store
            .read(|reader| credentials(reader, id))
            .unwrap()
            .unwrap();
        assert_eq!(credentials.external_id, "4711");
        assert_eq!(credentials.secret.expose(), "app-secret-1234");
        assert_eq!(credentials.token.unwrap().expose(), "EAAG-token-5678");
        let webhook = house
            .store
            .read(|reader| accounts::for_webhook(reader, "facebook", "key"))
            .unwrap()
            .unwrap();
        assert_eq!(webhook.verify_token.unwrap().expose(), "verify-me");
        assert!(
            house
                .store
                .read(|reader| accounts::for_webhook(reader, "line", "key"))
                .unwrap()
                .is_none()
        );
        house.store.close();
        let bytes = std::fs::read(house.store.path()).unwrap();
        let holds = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert!(holds("Saarela Outdoor"));
        for secret in ["app-secret-1234", "EAAG-token-5678", "verify-me"] {
            assert!(!holds(secret), "{secret}");
        }
    }

    #[test]
    fn a_page_is_in_one_account_only_but_several_may_be_unknown_yet() {
        let house = house();
        house
            .store
            .write_blocking(|tx| {
                let account = account(tx, "one")?;
                add(tx, &page(account, "1"))?;
                add(tx, &page(account, ""))?;
                add(tx, &page(account, ""))
            })
            .unwrap();
        let again = house.store.write_blocking(|tx| {
            let account = account(tx, "two")?;
            add(tx, &page(account, "1"))
        });
        assert!(again.unwrap_err().is_unique_violation());
        let unknown = house
            .store
            .read(|reader| by_platform_id(reader, "facebook", ""))
            .unwrap();
        assert!(unknown.is_none());
    }

    #[test]
    fn pages_of_an_account_share_its_workstream_in_the_default_queue() {
        let house = house();
        let (first, second) = house
            .store
            .write_blocking(|tx| {
                let account = account(tx, "key")?;
                Ok((add(tx, &page(account, "1"))?, add(tx, &page(account, "2"))?))
            })
            .unwrap();
        house
            .store
            .read(|reader| {
                let first = by_id(reader, first)?.unwrap();
                let second = by_id(reader, second)?.unwrap();
                assert_eq!(first.workstream, second.workstream);
                let workstream = workstreams::by_id(reader, first.workstream.unwrap())?.unwrap();
                assert_eq!(
                    crate::store::queues::name(reader, workstream.fallback_queue)?.as_deref(),
                    Some("Default messaging queue")
                );
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_refused_token_is_told_and_a_new_one_releases_what_waited() {
        let house = house();
        let id = house
            .store
            .write_blocking(|tx| {
                let account = account(tx, "key")?;
                let id = add(tx, &page(account, "1"))?;
                token_refused(tx, id, "190: expired")?;
                Ok(id)
            })
            .unwrap();
        house.notices.lock().clear();
        house
            .store
            .write_blocking(move |tx| replace_token(tx, id, Some(&Secret::new("EAAG-new-9999"))))
            .unwrap();
        let page = house
            .store
            .read(|reader| by_id(reader, id))
            .unwrap()
            .unwrap();
        assert_eq!(page.token_error, None);
        assert_eq!(page.token_last4, "9999");
        // The last notice is published before the store is closed.
        house.store.close();
        let notices = house.notices.lock();
        assert!(notices.contains(&Notice::Wake(Worker::Dispatch)));
        assert!(notices.contains(&Notice::AccountsChanged));
        assert!(notices.iter().any(|notice| matches!(
            notice,
            Notice::Live(_, LiveEvent::AccountChanged(account)) if *account == page.account
        )));
    }
}
