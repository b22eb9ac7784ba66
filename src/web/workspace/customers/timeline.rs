//! What there was with a customer, as the viewer may see it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::clock;
use crate::domain::access::Viewer;
use crate::domain::ids::SocialProfileId;
use crate::domain::time::Timestamp;
use crate::store::customer_links::Customer;
use crate::store::timeline::{self as store, Moment, What};
use crate::store::{self as database, Reader};
use crate::web::list;
use crate::web::page::filters;

/// Moments on one page.
const PAGE: usize = 30;

/// A page of a timeline, newest first.
#[derive(Template)]
#[template(path = "workspace/customers/timeline.html")]
pub struct Timeline {
    moments: Vec<Moment>,
    /// The address of what was before.
    older: Option<String>,
}

impl HtmlSafe for Timeline {}

impl Timeline {
    /// The timeline of somebody in the book, whose page is `path`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn of(
        reader: &Reader<'_>,
        viewer: Viewer,
        customer: Customer,
        before: Option<Timestamp>,
        path: String,
    ) -> database::Result<Timeline> {
        let now = clock::now();
        let mut moments = store::of_customer(reader, viewer, customer, now, before, PAGE + 1)?;
        let is_more = moments.len() > PAGE;
        moments.truncate(PAGE);
        let last = moments.last().filter(|_| is_more);
        Ok(Timeline {
            older: last.map(|last| {
                let before = last.at.millis().to_string();
                list::address(&path, [("before", &*before)])
            }),
            moments,
        })
    }

    /// The newest `limit` moments, without a way to older ones, of somebody in the book, or (`None`) of a customer of
    /// a page who is in none.
    ///
    /// # Errors
    /// SQLite's.
    pub fn newest(
        reader: &Reader<'_>,
        viewer: Viewer,
        profile: SocialProfileId,
        customer: Option<Customer>,
        limit: usize,
    ) -> database::Result<Timeline> {
        let now = clock::now();
        let moments = match customer {
            Some(customer) => store::of_customer(reader, viewer, customer, now, None, limit)?,
            None => store::of_profile(reader, viewer, profile, now, limit)?,
        };
        Ok(Timeline {
            moments,
            older: None,
        })
    }

    /// Whether there was nothing.
    pub fn is_empty(&self) -> bool {
        self.moments.is_empty()
    }
}

/// Whether somebody may read any conversation of a customer of a page.
///
/// # Errors
/// SQLite's.
pub fn reads_any(
    reader: &Reader<'_>,
    viewer: Viewer,
    profile: SocialProfileId,
) -> database::Result<bool> {
    let moments = store::of_profile(reader, viewer, profile, clock::now(), 1)?;
    Ok(!moments.is_empty())
}
