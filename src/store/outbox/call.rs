//! Making a call: claiming it, and recording what came of it.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::crypto::Secret;
use crate::domain::automation::Trigger;
use crate::domain::conversation::EventKind;
use crate::domain::delivery::{Outcome, Reason};
use crate::domain::ids::{ConversationId, OutboxId, PageId, SocialProfileId};
use crate::domain::inbound::Customer;
use crate::domain::message::Status;
use crate::domain::time::Timestamp;

use super::super::automated_messages::{self, About};
use super::super::outgoing::{self, CarriedFile};
use super::super::{Result, Tx, allowances, conversations, pages, profiles};
use super::economy::wait_for_room;
use super::proof::name;
use super::recovery::{CLOCK_SLACK, expire_leases};
use super::{
    ON_THE_WAY, advance, carried_by, close, give_up_knowing, note_doubt, read_reason, requeue,
    set_status, write_reason,
};

/// A claimed call belongs to its worker for this long: the limit of a call, with a large file on a slow line, and
/// ample time to record it.
const LEASE: Duration = Duration::from_secs(150);
/// Of one page at most this many calls are in flight: a slow page must not hold all the workers
/// (promises.md §1.2).
pub const MOST_PER_PAGE: usize = 4;

/// A call that this worker, and no other, is to make now.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Goes back into [`finish`].
    pub ticket: Ticket,
    /// The channel's name.
    pub channel: String,
    /// To whom.
    pub to: Customer,
    /// What, in order.
    pub texts: Vec<String>,
    /// What each of the texts answers, as its platform names it.
    pub quotes: Vec<Option<String>>,
    /// Files, after the texts.
    pub files: Vec<CarriedFile>,
    /// The same at every try.
    pub idempotency_key: String,
    /// A free reply token that belongs to this call alone.
    pub reply_token: Option<Secret>,
    /// Why an earlier try may have been accepted; `None`: none was.
    pub doubt: Option<Reason>,
    /// No echo came, and the platform's record is to be looked at: the platform's ids of the conversation's newest
    /// messages. `None`: not now.
    pub known: Option<Vec<String>>,
    /// The customer's last act that opens the reply window.
    pub last_inbound_at: Option<Timestamp>,
    /// Whether another application answers the customer now.
    pub standby: bool,
    /// Whether the page's replies may use the human agent tag.
    pub human_agent_tag: bool,
    /// Whether a person wrote it, not the program.
    pub by_person: bool,
    /// Who wrote it, by the name that customers see, where the page shows that.
    pub sender: Option<String>,
}

/// What names a try of a call.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// The call.
    pub outbox: OutboxId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its page.
    pub page: PageId,
    /// How many tries there were, this one included.
    pub tries: u32,
    /// When the first of them began.
    pub first_tried_at: Timestamp,
    attempt: i64,
}

/// What there is to do.
#[derive(Debug)]
pub enum Claim {
    /// This call.
    Call(Box<Claimed>),
    /// Nothing before the moment; `None`: nothing until something happens.
    Nothing(Option<Timestamp>),
}

/// Takes the call that has been due for longest and may be made: none of its conversation is before it or
/// in flight, what is to be made of its files is made, its page's token works, its page is paused neither by its platform nor by a person, has fewer than [`MOST_PER_PAGE`] calls in
/// flight, and is not among `closed` (pages that this process leaves alone). The try is on record, and the customer's free reply token is this call's, when
/// this transaction is committed; only then may the platform hear of it.
///
/// # Errors
/// SQLite's, or a sealed reply token that does not open.
pub fn claim_due(tx: &Tx<'_>, closed: &[PageId]) -> Result<Claim> {
    expire_leases(tx)?;
    let found = tx
        .connection()
        .prepare_cached(
            "SELECT outbox_id, conversation_id, outbox.page_id, tries, first_tried_at, idempotency_key,
                    doubt, outbox.reply_token, page.channel, page.human_agent_tag,
                    conversation.social_profile_id, conversation.last_inbound_at,
                    unpaid_since IS NOT NULL, looked_at IS NOT NULL
             FROM outbox JOIN page USING (page_id) JOIN conversation USING (conversation_id)
             WHERE outbox.state = 'queued'
               AND (outbox.due_at <= :now OR changed_at > :future)
               AND page.token_error IS NULL
               AND page.held_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM disabled_channel WHERE channel = page.channel)
               AND (page.paused_until IS NULL OR page.paused_until <= :now OR page.paused_at > :future)
               AND outbox.page_id NOT IN (SELECT value FROM json_each(:closed))
               AND outbox.page_id NOT IN (
                   SELECT page_id FROM outbox
                   WHERE state IN ('sending', 'reconciling') AND state = 'sending'
                   GROUP BY page_id HAVING count(*) >= :most)
               AND NOT EXISTS (
                   SELECT 1 FROM outbox AS other
                   WHERE other.conversation_id = outbox.conversation_id
                     AND other.state IN ('queued', 'sending', 'reconciling', 'unknown')
                     AND (other.turn < outbox.turn OR other.state IN ('sending', 'reconciling')))
               AND NOT EXISTS (
                   SELECT 1 FROM message JOIN attachment USING (message_id)
                   WHERE message.outbox_id = outbox.outbox_id AND prepare_at IS NOT NULL)
             ORDER BY outbox.due_at, outbox_id LIMIT 1",
        )?
        .query_row(
            named_params! {
                ":now": tx.now(),
                ":future": tx.now().plus(CLOCK_SLACK),
                ":closed": page_list(closed),
                ":most": MOST_PER_PAGE as i64,
            },
            candidate,
        )
        .optional()?;
    match found {
        Some(found) => begin_attempt(tx, found).map(|claimed| Claim::Call(Box::new(claimed))),
        None => next_due(tx).map(Claim::Nothing),
    }
}

fn page_list(pages: &[PageId]) -> String {
    let ids: Vec<String> = pages.iter().map(PageId::to_string).collect();
    format!("[{}]", ids.join(","))
}

struct Candidate {
    outbox: OutboxId,
    conversation: ConversationId,
    page: PageId,
    tries: u32,
    first_tried_at: Option<Timestamp>,
    idempotency_key: String,
    doubt: Option<Reason>,
    reply_token: Option<String>,
    channel: String,
    human_agent_tag: bool,
    profile: SocialProfileId,
    last_inbound_at: Option<Timestamp>,
    is_unpaid: bool,
    is_looked_for: bool,
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        outbox: row.get(0)?,
        conversation: row.get(1)?,
        page: row.get(2)?,
        tries: row.get(3)?,
        first_tried_at: row.get(4)?,
        idempotency_key: row.get(5)?,
        doubt: row
            .get::<_, Option<String>>(6)?
            .map(|json| read_reason(&json)),
        reply_token: row.get(7)?,
        channel: row.get(8)?,
        human_agent_tag: row.get(9)?,
        profile: row.get(10)?,
        last_inbound_at: row.get(11)?,
        is_unpaid: row.get(12)?,
        is_looked_for: row.get(13)?,
    })
}

/// Puts the try on record.
fn begin_attempt(tx: &Tx<'_>, found: Candidate) -> Result<Claimed> {
    let reply_token = reply_token(tx, &found)?;
    let first_tried_at = found.first_tried_at.unwrap_or(tx.now());
    tx.connection()
        .prepare_cached(
            "UPDATE outbox SET state = 'sending', tries = tries + 1, first_tried_at = :first_tried_at,
                               unpaid_since = NULL, changed_at = :now, lease_until = :lease_until
             WHERE outbox_id = :outbox",
        )?
        .execute(named_params! {
            ":outbox": found.outbox,
            ":first_tried_at": first_tried_at,
            ":now": tx.now(),
            ":lease_until": tx.now().plus(LEASE),
        })?;
    let attempt = tx
        .connection()
        .prepare_cached(
            "INSERT INTO delivery_attempt (outbox_id, started_at) VALUES (?1, ?2)
             RETURNING delivery_attempt_id",
        )?
        .query_row(params![found.outbox, tx.now()], |row| row.get(0))?;
    set_status(tx, found.outbox, &[Status::Queued], Status::Sending, None)?;
    let words = words_of(tx, found.outbox)?;
    let files = outgoing::carried_by(tx, found.outbox)?;
    let sender = sender_of(tx, found.outbox)?;
    let known = match found.is_looked_for {
        true => Some(known_ids(tx, found.conversation)?),
        false => None,
    };
    let profile = profiles::by_id(&tx.reader(), found.profile)?
        .ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Claimed {
        ticket: Ticket {
            outbox: found.outbox,
            conversation: found.conversation,
            page: found.page,
            tries: found.tries + 1,
            first_tried_at,
            attempt,
        },
        channel: found.channel,
        to: profile.customer(),
        texts: words.texts,
        quotes: words.quotes,
        files,
        idempotency_key: found.idempotency_key,
        reply_token,
        doubt: found.doubt,
        known,
        last_inbound_at: found.last_inbound_at,
        standby: profile.standby,
        human_agent_tag: found.human_agent_tag,
        by_person: words.by_person,
        sender,
    })
}

/// The free reply token of a call: the customer's newest at the first try, the same one at every other. A
/// later one must not be used: the try that was made without it may have been accepted. Of a call that was refused
/// because the paid messages are used up nothing was.
fn reply_token(tx: &Tx<'_>, found: &Candidate) -> Result<Option<Secret>> {
    let place = format!("outbox|reply_token|{}", found.outbox);
    if let Some(sealed) = &found.reply_token {
        return tx.reader().open_secret(&place, sealed).map(Some);
    }
    if found.tries > 0 && !(found.is_unpaid && found.doubt.is_none()) {
        return Ok(None);
    }
    let token = profiles::take_reply_token(tx, found.profile)?;
    if let Some(token) = &token {
        tx.connection()
            .prepare_cached("UPDATE outbox SET reply_token = ?2 WHERE outbox_id = ?1")?
            .execute(params![found.outbox, tx.seal(&place, token)])?;
    }
    Ok(token)
}

fn forget_reply_token(tx: &Tx<'_>, outbox: OutboxId) -> Result<()> {
    tx.connection()
        .prepare_cached("UPDATE outbox SET reply_token = NULL WHERE outbox_id = ?1")?
        .execute([outbox])?;
    Ok(())
}

/// What a call carries in words.
struct Words {
    texts: Vec<String>,
    /// What each of them answers.
    quotes: Vec<Option<String>>,
    by_person: bool,
}

fn words_of(tx: &Tx<'_>, outbox: OutboxId) -> Result<Words> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT text, user_id IS NOT NULL,
                (SELECT quote FROM message AS quoted
                 WHERE quoted.page_id = message.page_id AND quoted.platform_id = message.reply_to)
         FROM message WHERE outbox_id = ?1 ORDER BY message_id",
    )?;
    let mut rows = statement.query([outbox])?;
    let mut words = Words {
        texts: Vec::new(),
        quotes: Vec::new(),
        by_person: true,
    };
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        words.by_person &= row.get::<_, bool>(1)?;
        // A file's message has no words of its own.
        if !text.is_empty() {
            words.texts.push(text);
            words.quotes.push(row.get(2)?);
        }
    }
    Ok(words)
}

/// The platform's ids of a conversation's newest messages.
fn known_ids(tx: &Tx<'_>, conversation: ConversationId) -> Result<Vec<String>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT platform_id FROM message
         WHERE conversation_id = ?1 AND platform_id IS NOT NULL ORDER BY message_id DESC LIMIT 50",
    )?;
    let ids = statement.query_map([conversation], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The one person whose words a call carries, by the name that customers see. `None`: several, or the page does not
/// show it.
fn sender_of(tx: &Tx<'_>, outbox: OutboxId) -> Result<Option<String>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT CASE WHEN count(DISTINCT message.user_id) = 1 AND count(message.user_id) = count(*)
                         THEN max(coalesce(nullif(user.nickname, ''), user.name)) END
             FROM message JOIN page USING (page_id) LEFT JOIN user USING (user_id)
             WHERE outbox_id = ?1 AND shows_sender = 1",
        )?
        .query_row([outbox], |row| row.get(0))?)
}

/// The next moment at which something becomes possible by itself.
fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT min(moment) FROM (
                 SELECT min(max(due_at, coalesce(paused_until, 0))) AS moment
                 FROM outbox JOIN page USING (page_id)
                 WHERE outbox.state = 'queued' AND max(due_at, coalesce(paused_until, 0)) > ?1
                 UNION ALL
                 SELECT min(lease_until) FROM outbox WHERE state IN ('sending', 'reconciling'))",
        )?
        .query_row([tx.now()], |row| row.get(0))?)
}

/// What came of a try.
#[derive(Clone, Debug)]
pub enum Came {
    /// The platform accepted the call.
    Sent {
        /// Its message ids, in the order of the texts; may be fewer.
        platform_ids: Vec<String>,
        /// How it went.
        way: &'static str,
        /// Its request id; may be empty.
        request_id: String,
        /// Another application held the conversation, and it was taken over.
        took_control: bool,
        /// Whether it counts against the page's allowance; `None` where nothing is counted.
        counted: Option<bool>,
        /// What the platform keeps of the files from now on: each with its id there, and until when.
        kept_there: Vec<(CarriedFile, String, Timestamp)>,
    },
    /// It did not, or nobody knows.
    NotSent {
        /// What is done about it.
        outcome: Outcome,
        /// Whether it may have been accepted all the same.
        doubt: bool,
    },
}

/// Records what came of a try.
///
/// # Errors
/// SQLite's.
pub fn finish(tx: &Tx<'_>, ticket: &Ticket, came: Came) -> Result<()> {
    match came {
        Came::Sent {
            platform_ids,
            way,
            request_id,
            counted,
            kept_there,
            took_control,
        } => {
            end_attempt(tx, ticket, way, "sent", &request_id)?;
            if took_control {
                profiles::note_control(tx, ticket.conversation)?;
                conversations::add_line(
                    tx,
                    ticket.conversation,
                    EventKind::Remark,
                    None,
                    "control-taken",
                )?;
            }
            for (file, id, until) in kept_there {
                outgoing::remember(tx, ticket.page, &file, &id, until)?;
            }
            accepted(tx, ticket, &platform_ids, counted)
        }
        Came::NotSent { outcome, doubt } => {
            let reason = outcome.reason();
            let detail = format!("{}: {}", reason.word, reason.detail);
            end_attempt(tx, ticket, "", outcome.word(), &detail)?;
            if doubt {
                note_doubt(tx, ticket.outbox, reason)?;
                if matches!(outcome, Outcome::RetryAt(..)) {
                    // Tried again in doubt is only what carries a key, for which no reply token was used.
                    forget_reply_token(tx, ticket.outbox)?;
                }
            }
            // Settled meanwhile by an echo, or by the end of the lease.
            if is_current(tx, ticket)? {
                not_accepted(tx, ticket, &outcome)?;
            }
            Ok(())
        }
    }
}

fn end_attempt(tx: &Tx<'_>, ticket: &Ticket, way: &str, outcome: &str, detail: &str) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE delivery_attempt SET finished_at = ?2, way = ?3, outcome = ?4, detail = ?5
             WHERE delivery_attempt_id = ?1",
        )?
        .execute(params![ticket.attempt, tx.now(), way, outcome, detail])?;
    Ok(())
}

fn is_current(tx: &Tx<'_>, ticket: &Ticket) -> Result<bool> {
    Ok(tx
        .connection()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox
                            WHERE outbox_id = ?1 AND state = 'sending' AND tries = ?2)",
        )?
        .query_row(params![ticket.outbox, ticket.tries], |row| row.get(0))?)
}

fn accepted(
    tx: &Tx<'_>,
    ticket: &Ticket,
    platform_ids: &[String],
    counted: Option<bool>,
) -> Result<()> {
    let carried = carried_by(tx, ticket.outbox)?;
    if let Some(is_counted) = counted {
        allowances::spent(tx, ticket.page, is_counted, carried.len())?;
    }
    for (index, id) in carried.into_iter().enumerate() {
        if let Some(platform_id) = platform_ids.get(index) {
            name(tx, ticket.page, id, platform_id)?;
        }
        // Not before this moment, so that no receipt for an earlier message counts for this one. The echo
        // brings the platform's own time.
        tx.connection()
            .prepare_cached(
                "UPDATE message SET sent_at = ?2, counted = ?3
                 WHERE message_id = ?1 AND status IN ('queued', 'sending', 'failed', 'unknown')",
            )?
            .execute(params![id, tx.now(), counted])?;
        advance(tx, id, Status::Sent)?;
    }
    close(tx, ticket.outbox, "done")?;
    pages::note_sent(tx, ticket.page)
}

fn not_accepted(tx: &Tx<'_>, ticket: &Ticket, outcome: &Outcome) -> Result<()> {
    let outbox = ticket.outbox;
    match outcome {
        Outcome::RetryAt(at, reason) => requeue(tx, outbox, *at, Some(reason)),
        Outcome::PausePage(at, reason) => {
            tx.connection()
                .prepare_cached(
                    "UPDATE page SET paused_until = ?2, paused_at = ?3 WHERE page_id = ?1",
                )?
                .execute(params![ticket.page, at, tx.now()])?;
            if reason.word == Reason::RESTRICTED {
                pages::restricted(tx, ticket.page, &reason.detail)?;
            }
            requeue(tx, outbox, *at, Some(reason))
        }
        Outcome::WaitForRoom(at, reason) => {
            allowances::used_up(tx, ticket.page)?;
            wait_for_room(tx, outbox)?;
            requeue(tx, outbox, *at, Some(reason))
        }
        Outcome::HoldPage(reason) => {
            let why = match reason.word.as_str() {
                Reason::NO_SECRET => write_reason(reason),
                _ => reason.detail.clone(),
            };
            pages::token_refused(tx, ticket.page, &why)?;
            // The time for which the page was held does not count against the call.
            tx.connection()
                .prepare_cached(
                    "UPDATE outbox SET first_tried_at = NULL WHERE outbox_id = ?1 AND doubt IS NULL",
                )?
                .execute([outbox])?;
            requeue(tx, outbox, tx.now(), Some(reason))
        }
        Outcome::WaitForEcho(until, _) => {
            tx.connection()
                .prepare_cached(
                    "UPDATE outbox SET state = 'reconciling', lease_until = ?2, changed_at = ?3
                     WHERE outbox_id = ?1",
                )?
                .execute(params![outbox, until, tx.now()])?;
            Ok(())
        }
        Outcome::Failed(reason) => {
            close(tx, outbox, "failed")?;
            set_status(tx, outbox, &ON_THE_WAY, Status::Failed, Some(reason))?;
            say_that_it_failed(tx, ticket, reason)
        }
        Outcome::Unknown(reason) => give_up_knowing(tx, outbox, reason),
    }
}

/// Tells agents that a message did not reach the customer, in a line of the conversation.
fn say_that_it_failed(tx: &Tx<'_>, ticket: &Ticket, reason: &Reason) -> Result<()> {
    let trigger = match reason.word.as_str() {
        Reason::WINDOW_CLOSED => Trigger::WindowClosed,
        _ => Trigger::NotSent,
    };
    let about = About {
        facts: &reason.detail,
        ..About::default()
    };
    automated_messages::say(tx, ticket.conversation, trigger, about)?;
    Ok(())
}
