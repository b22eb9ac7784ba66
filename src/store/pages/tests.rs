use std::sync::Arc;

use parking_lot::Mutex;

use super::*;
use crate::crypto::Sealer;
use crate::domain::live_event::{LiveEvent, Notice, Worker};
use crate::store::accounts::NewAccount;
use crate::store::{Store, accounts};

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
