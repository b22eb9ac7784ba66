//! What the audit log shows of a page.

use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, ShownSecret, Subject};
use crate::domain::ids::{AccountId, PageId};
use crate::store::{Result, Tx, audit};

use super::{by_id, manners};

/// A page in the audit log.
#[derive(Clone, Serialize)]
pub(super) struct ShownPage {
    pub name: String,
    pub account: AccountId,
    pub platform_id: String,
    pub token: ShownSecret,
    pub human_agent_tag: bool,
    pub paused: bool,
    pub reminder: bool,
    pub hold_s: u32,
    pub shows_writing: bool,
    pub marks_seen: bool,
    pub shows_sender: bool,
}

impl Shown for ShownPage {}

/// The page as it is now; `None` when it is gone.
pub(super) fn shown(tx: &Tx<'_>, page: PageId) -> Result<Option<ShownPage>> {
    let Some(manners) = manners(&tx.reader(), page)? else {
        return Ok(None);
    };
    Ok(by_id(&tx.reader(), page)?.map(|page| ShownPage {
        hold_s: manners.hold_s,
        shows_writing: manners.shows_writing,
        marks_seen: manners.marks_seen,
        shows_sender: manners.shows_sender,
        name: page.name,
        account: page.account,
        platform_id: page.platform_id,
        token: ShownSecret::of(page.has_token),
        human_agent_tag: page.human_agent_tag,
        paused: page.held_at.is_some(),
        reminder: page.token_snoozed_until.is_some(),
    }))
}

/// The page as the thing that a line is about.
pub(super) fn subject(page: PageId, shown: &ShownPage) -> Subject {
    Subject::new(Kind::Page, page.0, &shown.name)
}

/// Makes a change of a page and records what differs afterwards.
pub(super) fn recorded(
    tx: &Tx<'_>,
    page: PageId,
    change: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let before = shown(tx, page)?;
    change()?;
    if let (Some(before), Some(after)) = (before, shown(tx, page)?) {
        audit::changed(
            tx,
            Act::PageChanged,
            &subject(page, &after),
            &before,
            &after,
        )?;
    }
    Ok(())
}

/// Records that another token is about to be put in place, or the stored one to be taken away.
pub(super) fn record_token(tx: &Tx<'_>, page: PageId, has_token: bool) -> Result<()> {
    let Some(before) = shown(tx, page)? else {
        return Ok(());
    };
    let token = match has_token {
        true => before.token.replaced(),
        false => ShownSecret::None,
    };
    let after = ShownPage {
        token,
        ..before.clone()
    };
    let subject = subject(page, &before);
    audit::changed(tx, Act::PageChanged, &subject, &before, &after)
}
