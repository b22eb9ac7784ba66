//! What the audit log shows of an account.

use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, ShownSecret, Subject};
use crate::domain::ids::AccountId;
use crate::store::{Result, Tx, audit};

use super::{by_id, changed};

/// An account in the audit log.
#[derive(Clone, Serialize)]
pub(super) struct ShownAccount {
    pub name: String,
    pub channel: String,
    pub external_id: String,
    pub secret: ShownSecret,
    pub completed: bool,
    pub flags_token_age: bool,
}

impl Shown for ShownAccount {}

/// The account as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, account: AccountId) -> Result<Option<ShownAccount>> {
    Ok(by_id(&tx.reader(), account)?.map(|account| ShownAccount {
        name: account.name,
        channel: account.channel,
        external_id: account.external_id,
        secret: ShownSecret::of(account.has_secret),
        completed: account.completed_at.is_some(),
        flags_token_age: account.flags_token_age,
    }))
}

/// The account as the thing that a line is about.
pub(super) fn subject(account: AccountId, shown: &ShownAccount) -> Subject {
    Subject::new(Kind::Account, account.0, &shown.name)
}

/// Makes a change of an account, records what differs afterwards, and tells it.
pub(super) fn recorded(
    tx: &Tx<'_>,
    account: AccountId,
    act: Act,
    change: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let before = shown(tx, account)?;
    change()?;
    if let (Some(before), Some(after)) = (before, shown(tx, account)?) {
        audit::changed(tx, act, &subject(account, &after), &before, &after)?;
    }
    changed(tx, account)
}

/// Records that the secret is about to be put in place.
pub(super) fn record_secret(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    let Some(before) = shown(tx, account)? else {
        return Ok(());
    };
    let after = ShownAccount {
        secret: before.secret.replaced(),
        ..before.clone()
    };
    let subject = subject(account, &before);
    audit::changed(tx, Act::AccountChanged, &subject, &before, &after)
}

/// The privacy notice in the audit log.
#[derive(Serialize)]
pub(super) struct ShownText {
    pub text_version: String,
}

impl Shown for ShownText {}
