//! What the paid messages of each page come to: what the platform last said, and what went out month by month.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::allowance::{Allowance, Level};
use crate::domain::ids::{AccountId, PageId};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Tx, outbox};

/// The allowance of a page, and when the platform told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The page.
    pub page: PageId,
    /// What it said, with what went out since.
    pub allowance: Allowance,
    /// When it said so.
    pub told_at: Timestamp,
}

/// What a page sent in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// The page.
    pub page: PageId,
    /// `2026-08`, in UTC.
    pub month: String,
    /// Messages that cost nothing.
    pub free_messages: u64,
    /// Calls that cost nothing.
    pub free_calls: u64,
    /// Messages that went out in calls which count.
    pub counted_messages: u64,
    /// Calls that count against the allowance, each once however many messages it carries.
    pub counted_calls: u64,
}

impl Month {
    /// How many more messages would have counted, had each gone in a call of its own.
    pub const fn saved(&self) -> u64 {
        self.free_messages + self.counted_messages.saturating_sub(self.counted_calls)
    }
}

/// So many months are told.
const MONTHS: u32 = 13;

/// The allowances of an account's pages; those of pages where nothing is counted are left out.
///
/// # Errors
/// SQLite's.
pub fn of_account(reader: &Reader<'_>, account: AccountId) -> Result<Vec<Told>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT page_id, most, used, begins_at, renews_at, told_at
         FROM allowance JOIN page USING (page_id)
         WHERE account_id = ?1 AND removed_at IS NULL ORDER BY page_id",
    )?;
    let told = statement.query_map([account], |row| {
        Ok(Told {
            page: row.get(0)?,
            allowance: Allowance {
                most: row.get::<_, Option<i64>>(1)?.map(i64::unsigned_abs),
                used: row.get::<_, i64>(2)?.unsigned_abs(),
                begins_at: row.get(3)?,
                renews_at: row.get(4)?,
            },
            told_at: row.get(5)?,
        })
    })?;
    Ok(told.collect::<rusqlite::Result<_>>()?)
}

/// Records what a platform says. What waits because the allowance was used up is tried again when there is room.
///
/// # Errors
/// SQLite's.
pub fn told(tx: &Tx<'_>, page: PageId, allowance: &Allowance) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO allowance (page_id, most, used, begins_at, renews_at, told_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (page_id) DO UPDATE
             SET most = excluded.most, used = excluded.used, begins_at = excluded.begins_at,
                 renews_at = excluded.renews_at, told_at = excluded.told_at",
        )?
        .execute(params![
            page,
            allowance.most.map(as_number),
            as_number(allowance.used),
            allowance.begins_at,
            allowance.renews_at,
            tx.now()
        ])?;
    match allowance.level() {
        Level::Used => Ok(()),
        _ => outbox::try_unpaid(tx, page),
    }
}

fn as_number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A platform refused a message because the allowance is used up, whatever it said before.
///
/// # Errors
/// SQLite's.
pub fn used_up(tx: &Tx<'_>, page: PageId) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "UPDATE allowance SET used = max(used, most) WHERE page_id = ?1 AND most IS NOT NULL",
        )?
        .execute([page])?;
    Ok(())
}

/// Records that a call with so many messages went out, and whether it counts. The platform's own figure, which may
/// also know what went out elsewhere, replaces ours when it is next told.
///
/// # Errors
/// SQLite's.
pub fn spent(tx: &Tx<'_>, page: PageId, is_counted: bool, messages: usize) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO sending_cost (page_id, month, counted, calls, messages)
             VALUES (?1, strftime('%Y-%m', ?2 / 1000, 'unixepoch'), ?3, 1, ?4)
             ON CONFLICT (page_id, month, counted) DO UPDATE
             SET calls = calls + 1, messages = messages + excluded.messages",
        )?
        .execute(params![page, tx.now(), is_counted, messages as i64])?;
    if is_counted {
        tx.connection()
            .prepare_cached("UPDATE allowance SET used = used + 1 WHERE page_id = ?1")?
            .execute([page])?;
    }
    Ok(())
}

/// The pages whose allowance of the month in which `now` lies is nearly used up, the fullest first.
///
/// # Errors
/// SQLite's.
pub fn pressing(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<(AccountId, String, Level)>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT account_id, page.name, most, used, begins_at, renews_at
         FROM allowance JOIN page USING (page_id)
         WHERE removed_at IS NULL AND most IS NOT NULL AND renews_at > ?1
         ORDER BY used * 1.0 / max(most, 1) DESC",
    )?;
    let rows = statement.query_map([now], |row| {
        let allowance = Allowance {
            most: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
            used: row.get::<_, i64>(3)?.unsigned_abs(),
            begins_at: row.get(4)?,
            renews_at: row.get(5)?,
        };
        Ok((row.get(0)?, row.get(1)?, allowance.level()))
    })?;
    let all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(all
        .into_iter()
        .filter(|(_, _, level)| *level != Level::Fine)
        .collect())
}

/// What an account's pages sent in the last thirteen months, the newest first.
///
/// # Errors
/// SQLite's.
pub fn months(reader: &Reader<'_>, account: AccountId) -> Result<Vec<Month>> {
    let mut statement = reader.connection().prepare_cached(
        "SELECT page_id, month,
                coalesce(sum(messages) FILTER (WHERE counted = 0), 0), coalesce(sum(calls) FILTER (WHERE counted = 0), 0),
                coalesce(sum(messages) FILTER (WHERE counted = 1), 0), coalesce(sum(calls) FILTER (WHERE counted = 1), 0)
         FROM sending_cost JOIN page USING (page_id)
         WHERE account_id = ?1 AND removed_at IS NULL
         GROUP BY page_id, month ORDER BY month DESC, page_id LIMIT ?2",
    )?;
    let count = |row: &rusqlite::Row<'_>, at| {
        Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs())
    };
    let months = statement.query_map(params![account, MONTHS], |row| {
        Ok(Month {
            page: row.get(0)?,
            month: row.get(1)?,
            free_messages: count(row, 2)?,
            free_calls: count(row, 3)?,
            counted_messages: count(row, 4)?,
            counted_calls: count(row, 5)?,
        })
    })?;
    Ok(months.collect::<rusqlite::Result<_>>()?)
}

/// How many messages of a page wait for the allowance.
///
/// # Errors
/// SQLite's.
pub fn waiting(reader: &Reader<'_>, page: PageId) -> Result<u64> {
    let count: Option<i64> = reader
        .connection()
        .prepare_cached(
            "SELECT count(*) FROM message JOIN outbox USING (outbox_id)
             WHERE outbox.page_id = ?1 AND state = 'queued' AND unpaid_since IS NOT NULL",
        )?
        .query_row([page], |row| row.get(0))
        .optional()?;
    Ok(count.unwrap_or_default().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::testing::House;

    fn allowance(used: u64) -> Allowance {
        let begins_at = Timestamp::from_millis(1_785_500_000_000);
        Allowance {
            most: Some(200),
            used,
            begins_at,
            renews_at: begins_at.plus(Duration::from_secs(30 * 24 * 3600)),
        }
    }

    #[test]
    fn what_goes_out_counts_until_the_platform_says_how_much_it_was() {
        let house = House::furnished();
        let (page, account) = (house.line_page, house.line_account);
        let used = || {
            house.read(|reader| of_account(reader, account))[0]
                .allowance
                .used
        };
        house.write(move |tx| told(tx, page, &allowance(150)));
        house.write(move |tx| spent(tx, page, true, 3));
        house.write(move |tx| spent(tx, page, false, 2));
        assert_eq!(used(), 151);
        house.write(move |tx| told(tx, page, &allowance(160)));
        assert_eq!(used(), 160);
        house.write(move |tx| used_up(tx, page));
        assert_eq!(used(), 200);
        let months = house.read(|reader| months(reader, account));
        let [month] = &months[..] else {
            panic!("{months:?}");
        };
        let counts = (
            month.free_calls,
            month.free_messages,
            month.counted_calls,
            month.counted_messages,
        );
        assert_eq!(counts, (1, 2, 1, 3));
    }
}
