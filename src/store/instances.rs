//! Channel instances: pages that a workstream answers, with what customers and agents can do there.
//!
//! Invariant: a page is in one workstream. One that was made with an account and that nobody has changed gives
//! its pages away; from any other the page is taken first.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::ids::{AccountId, PageId, WorkstreamId};
use crate::domain::live_event::Worker;

use super::workstreams::settings as workstreams;
use super::{Reader, Result, Tx, accounts, audit, instance_drafts};

/// A page in a workstream.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The page's row.
    pub page: PageId,
    /// The page's name.
    pub name: String,
    /// Page ID or bot user id; may be empty.
    pub platform_id: String,
    /// What is set for it.
    pub settings: Settings,
}

/// What is set for a page in a workstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The language of what the program says there; `None`: the organization's.
    pub language: Option<String>,
    /// Whether a survey follows a conversation.
    pub survey: bool,
    /// Whether files may be sent at all.
    pub file_attachments: bool,
    /// Whether customers may send files.
    pub customer_files: bool,
    /// Whether agents may send files.
    pub agent_files: bool,
    /// Whether replies may use the human agent tag.
    pub human_agent_tag: bool,
}

impl Shown for Settings {}

/// A page that could be in a workstream.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The page's row.
    pub page: PageId,
    /// The page's name.
    pub name: String,
    /// Page ID or bot user id; may be empty.
    pub platform_id: String,
    /// The account's label.
    pub account: String,
    /// The workstream that answers it; `None`: none does.
    pub workstream: Option<Holder>,
}

impl Candidate {
    /// Whether it may be put into another workstream.
    pub fn is_free(&self) -> bool {
        let holder = self.workstream.as_ref();
        holder.is_none_or(|holder| holder.is_automatic)
    }
}

/// A workstream that answers a page.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Row id.
    pub id: WorkstreamId,
    /// Its name.
    pub name: String,
    /// Whether it gives the page away.
    pub is_automatic: bool,
}

const COLUMNS: &str = "page_id, name, platform_id, answer_language, survey, file_attachments, customer_files, agent_files, \
    human_agent_tag";

fn read(row: &Row<'_>) -> rusqlite::Result<Instance> {
    Ok(Instance {
        page: row.get(0)?,
        name: row.get(1)?,
        platform_id: row.get(2)?,
        settings: Settings {
            language: row.get(3)?,
            survey: row.get(4)?,
            file_attachments: row.get(5)?,
            customer_files: row.get(6)?,
            agent_files: row.get(7)?,
            human_agent_tag: row.get(8)?,
        },
    })
}

/// The pages that a workstream answers, oldest first.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, workstream: WorkstreamId) -> Result<Vec<Instance>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page WHERE workstream_id = ?1 ORDER BY page_id"
        ))?
        .query_map([workstream], read)?
        .collect::<rusqlite::Result<_>>()?)
}

/// A page of a workstream; `None` when another answers it, or there is no such page.
///
/// # Errors
/// SQLite's.
pub fn by_page(
    reader: &Reader<'_>,
    workstream: WorkstreamId,
    page: PageId,
) -> Result<Option<Instance>> {
    Ok(reader
        .connection()
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM page WHERE workstream_id = ?1 AND page_id = ?2"
        ))?
        .query_row(params![workstream, page], read)
        .optional()?)
}

/// The pages of a channel that are not in this workstream, oldest first. Those of accounts that are not set up
/// yet are left out.
///
/// # Errors
/// SQLite's.
pub fn candidates(
    reader: &Reader<'_>,
    channel: &str,
    workstream: WorkstreamId,
) -> Result<Vec<Candidate>> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT page_id, page.name, platform_id, account.name, workstream.workstream_id,
                 workstream.name, is_automatic
             FROM page JOIN account USING (account_id)
                 LEFT JOIN workstream ON workstream.workstream_id = page.workstream_id
             WHERE page.channel = ?1 AND page.workstream_id IS NOT ?2 AND completed_at IS NOT NULL
                 AND page.removed_at IS NULL
             ORDER BY page_id",
        )?
        .query_map(params![channel, workstream], |row| {
            let holder = match row.get::<_, Option<WorkstreamId>>(4)? {
                Some(id) => Some(Holder {
                    id,
                    name: row.get(5)?,
                    is_automatic: row.get(6)?,
                }),
                None => None,
            };
            Ok(Candidate {
                page: row.get(0)?,
                name: row.get(1)?,
                platform_id: row.get(2)?,
                account: row.get(3)?,
                workstream: holder,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// Puts a page into a workstream of its channel, with the automated messages that were written for it. False, and nothing happens, when another workstream answers it
/// that does not give it away. One that gives its last page away, and has no conversation that goes on, goes too.
///
/// # Errors
/// SQLite's.
pub fn place(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    page: PageId,
    settings: &Settings,
) -> Result<bool> {
    let reader = tx.reader();
    let Some(goal) = workstreams::by_id(&reader, workstream)? else {
        return Ok(false);
    };
    let found = candidates(&reader, &goal.channel, workstream)?;
    let Some(candidate) = found.into_iter().find(|candidate| candidate.page == page) else {
        return Ok(false);
    };
    if !candidate.is_free() {
        return Ok(false);
    }
    tx.connection()
        .prepare_cached("UPDATE page SET workstream_id = ?2 WHERE page_id = ?1")?
        .execute(params![page, workstream])?;
    store(tx, page, settings)?;
    audit::added(
        tx,
        Act::InstanceAdded,
        &subject(page, &candidate.name),
        settings,
    )?;
    instance_drafts::settle(tx, &goal.channel, page, settings.language.as_deref())?;
    if let Some(holder) = candidate.workstream {
        let is_empty = of(&reader, holder.id)?.is_empty();
        if is_empty && workstreams::going_on(&reader, holder.id)? == 0 {
            workstreams::remove(tx, holder.id)?;
        }
    }
    settle(tx, workstream, page)?;
    // What was parked for want of a workstream goes through now.
    tx.wake(Worker::Ingest);
    Ok(true)
}

/// A workstream that somebody gave a page to gives it away no more; tabs that show the page are told.
fn settle(tx: &Tx<'_>, workstream: WorkstreamId, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE workstream SET is_automatic = 0 WHERE workstream_id = ?1")?
        .execute([workstream])?;
    let account: AccountId = tx
        .connection()
        .prepare_cached("SELECT account_id FROM page WHERE page_id = ?1")?
        .query_row([page], |row| row.get(0))?;
    accounts::changed(tx, account)
}

/// Changes what is set for a page of a workstream; it holds from the next message on.
///
/// # Errors
/// SQLite's.
pub fn change(
    tx: &Tx<'_>,
    workstream: WorkstreamId,
    page: PageId,
    settings: &Settings,
) -> Result<()> {
    let Some(before) = by_page(&tx.reader(), workstream, page)? else {
        return Ok(());
    };
    store(tx, page, settings)?;
    let subject = subject(page, &before.name);
    audit::changed(
        tx,
        Act::InstanceChanged,
        &subject,
        &before.settings,
        settings,
    )?;
    settle(tx, workstream, page)
}

fn store(tx: &Tx<'_>, page: PageId, settings: &Settings) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE page SET answer_language = :language, survey = :survey, file_attachments = :files,
                 customer_files = :customer, agent_files = :agent, human_agent_tag = :tag
             WHERE page_id = :page",
        )?
        .execute(named_params! {
            ":page": page,
            ":language": settings.language,
            ":survey": settings.survey,
            ":files": settings.file_attachments,
            ":customer": settings.customer_files,
            ":agent": settings.agent_files,
            ":tag": settings.human_agent_tag,
        })?;
    Ok(())
}

/// Takes a page out of a workstream. Its conversations go on; what comes from then on is kept as events that
/// could not be worked on, until the page is in a workstream again.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Tx<'_>, workstream: WorkstreamId, page: PageId) -> Result<()> {
    let Some(before) = by_page(&tx.reader(), workstream, page)? else {
        return Ok(());
    };
    tx.connection()
        .prepare_cached("UPDATE page SET workstream_id = NULL WHERE page_id = ?1")?
        .execute([page])?;
    let subject = subject(page, &before.name);
    audit::removed(tx, Act::InstanceRemoved, &subject, &before.settings)?;
    settle(tx, workstream, page)
}

/// How many conversations with a page are not closed.
///
/// # Errors
/// SQLite's.
pub fn going_on(reader: &Reader<'_>, page: PageId) -> Result<u32> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM conversation WHERE page_id = ?1 AND state <> 'closed'",
        )?
        .query_row([page], |row| row.get(0))?)
}

fn subject(page: PageId, name: &str) -> Subject {
    Subject::new(Kind::Page, page.0, name)
}
