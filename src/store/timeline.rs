//! What there was with a customer, newest first: conversations, notes, cases. Of conversations, and of what was noted
//! in them, only those that the viewer may read.

use rusqlite::params;

use crate::domain::access::Viewer;
use crate::domain::conversation::State;
use crate::domain::ids::{CaseId, ContactId, ConversationId, SocialProfileId};
use crate::domain::time::Timestamp;

use super::customer_links::{self, Customer};
use super::notes::{self, About, Note};
use super::{Reader, Result, cases, contacts, conversations, pages, work_items};

/// So many conversations of one thread are looked at.
const THREAD: usize = 200;

/// Something that was.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What was.
#[derive(Clone, Debug)]
pub enum What {
    /// A conversation began.
    Conversation {
        /// The conversation.
        id: ConversationId,
        /// The later one of the thread by which the viewer may read it; `None`: it is read by itself.
        through: Option<ConversationId>,
        /// Where it stands.
        state: State,
        /// The channel's name.
        channel: String,
        /// The name of the page.
        page: String,
    },
    /// Somebody wrote a note.
    Note {
        /// The note.
        note: Note,
        /// The conversation that it is about, if it is about one, and the later one by which the viewer may read it.
        conversation: Option<(ConversationId, Option<ConversationId>)>,
    },
    /// A case was opened.
    CaseOpened(CaseId, String),
    /// A case was resolved.
    CaseResolved(CaseId, String),
}

/// What there was with somebody before `before` (`None`: until now), as `viewer` sees it at `now`; newest first, at
/// most `limit`.
///
/// # Errors
/// SQLite's.
pub fn of_customer(
    reader: &Reader<'_>,
    viewer: Viewer,
    customer: Customer,
    now: Timestamp,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<Vec<Moment>> {
    // An older page begins somewhere behind the newest conversations.
    let reach = if before.is_some() { THREAD } else { limit };
    let mut moments = Vec::new();
    for profile in everybody(reader, customer)? {
        moments.extend(of_thread(reader, viewer, profile, now, (limit, reach))?);
    }
    let about = match customer {
        Customer::Contact(id) => About::Contact(id),
        Customer::Company(id) => About::Company(id),
    };
    moments.extend(noted(reader, viewer, about, None, now, limit)?);
    for case in cases::of_customer(reader, customer, limit)? {
        let title = format!("{} {}", case.number(), case.draft.title);
        if let Some(at) = case.resolved_at {
            let what = What::CaseResolved(case.id, title.clone());
            moments.push(Moment { at, what });
        }
        moments.push(Moment {
            at: case.created_at,
            what: What::CaseOpened(case.id, title),
        });
        moments.extend(noted(
            reader,
            viewer,
            About::Case(case.id),
            None,
            now,
            limit,
        )?);
    }
    Ok(newest(moments, before, limit))
}

/// What there was with a customer of a page whom nobody has put into the book yet. As [`of_customer`].
///
/// # Errors
/// SQLite's.
pub fn of_profile(
    reader: &Reader<'_>,
    viewer: Viewer,
    profile: SocialProfileId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Moment>> {
    let moments = of_thread(reader, viewer, profile, now, (limit, limit))?;
    Ok(newest(moments, None, limit))
}

/// The customers of pages that somebody is; a company's people are the company's, too.
fn everybody(reader: &Reader<'_>, customer: Customer) -> Result<Vec<SocialProfileId>> {
    /// A company with more people is not read to its end.
    const PEOPLE: usize = 50;
    let mut profiles = customer_links::profiles_of(reader, customer)?;
    if let Customer::Company(company) = customer {
        for contact in contacts::of_company(reader, company, PEOPLE)? {
            let id: ContactId = contact.id;
            profiles.extend(customer_links::profiles_of(reader, Customer::Contact(id))?);
        }
    }
    Ok(profiles)
}

/// The conversations of one customer of a page that `viewer` may read, and their notes. Whoever may read one may read
/// those before it: it is one thread. At most `limit` notes of each of the newest `reach` conversations.
fn of_thread(
    reader: &Reader<'_>,
    viewer: Viewer,
    profile: SocialProfileId,
    now: Timestamp,
    (limit, reach): (usize, usize),
) -> Result<Vec<Moment>> {
    let ids = reader
        .connection()
        .prepare_cached(
            "SELECT conversation_id FROM conversation
             WHERE social_profile_id = ?1 ORDER BY conversation_id DESC LIMIT ?2",
        )?
        .query_map(params![profile, reach as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ConversationId>>>()?;
    let mut moments = Vec::new();
    let mut door = None;
    for id in ids {
        let by_itself = work_items::load_for(reader, viewer, id)?.map(|(found, _)| found);
        let through = door.filter(|_| by_itself.is_none());
        let conversation = match (by_itself, through) {
            (Some(found), _) => Some(found),
            (None, Some(_)) => conversations::by_id(reader, id)?,
            (None, None) => None,
        };
        let Some(conversation) = conversation else {
            continue;
        };
        door = door.or(Some(id));
        let page = pages::by_id(reader, conversation.page)?;
        let (channel, page) = page.map(|it| (it.channel, it.name)).unwrap_or_default();
        moments.push(Moment {
            at: conversation.created_at,
            what: What::Conversation {
                id,
                through,
                state: conversation.state,
                channel,
                page,
            },
        });
        let (about, place) = (About::Conversation(id), Some((id, through)));
        moments.extend(noted(reader, viewer, about, place, now, limit)?);
    }
    Ok(moments)
}

fn noted(
    reader: &Reader<'_>,
    viewer: Viewer,
    about: About,
    conversation: Option<(ConversationId, Option<ConversationId>)>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Moment>> {
    let notes = notes::of(reader, about, viewer.user, now, limit)?;
    let notes = notes.into_iter().filter(|note| !note.is_removed);
    Ok(notes
        .map(|note| Moment {
            at: note.written_at,
            what: What::Note { note, conversation },
        })
        .collect())
}

fn newest(mut moments: Vec<Moment>, before: Option<Timestamp>, limit: usize) -> Vec<Moment> {
    moments.retain(|moment| before.is_none_or(|before| moment.at < before));
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments.truncate(limit);
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use crate::domain::ids::UserId;
    use crate::store::contacts::Draft;
    use crate::store::testing::House;

    #[test]
    fn nobody_sees_what_was_said_or_noted_in_conversations_of_others() {
        let house = House::furnished();
        let (mine, other) = (house.user("mine"), house.user("other"));
        let conversation = house.answered_by(mine, "anna");
        let found = house.read(|reader| conversations::by_id(reader, conversation));
        let profile = found.expect("it is there").profile;
        let contact = house.write(move |tx| {
            let draft = Draft {
                first_name: "Anna".to_owned(),
                ..Draft::default()
            };
            let contact = contacts::add(tx, &draft)?;
            customer_links::link(tx, profile, Customer::Contact(contact), mine)?;
            notes::write(tx, About::Conversation(conversation), mine, "Secret", false)?;
            notes::write(tx, About::Contact(contact), mine, "Hikes", false)?;
            Ok(contact)
        });
        let seen = |user: UserId, role| -> Vec<String> {
            let viewer = Viewer { user, role };
            let customer = Customer::Contact(contact);
            let now = Timestamp::from_millis(i64::MAX);
            let moments = house.read(|reader| of_customer(reader, viewer, customer, now, None, 20));
            let mut said: Vec<String> = moments
                .into_iter()
                .map(|moment| match moment.what {
                    What::Note { note, .. } => note.text,
                    What::Conversation { page, .. } => page,
                    What::CaseOpened(..) | What::CaseResolved(..) => "case".to_owned(),
                })
                .collect();
            said.sort();
            said
        };
        assert_eq!(seen(mine, Role::Agent), ["Hikes", "Secret", "Shop"]);
        assert_eq!(seen(other, Role::Agent), ["Hikes"]);
        assert_eq!(seen(other, Role::Supervisor), ["Hikes", "Secret", "Shop"]);
    }
}
