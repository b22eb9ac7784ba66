//! The organization's settings: one row, read whole, changed section by section.

use rusqlite::{OptionalExtension as _, Row, named_params, params};
use serde::Serialize;

use crate::domain::attachments::{Carries, Policy};
use crate::domain::audit::{Act, Kind, Shown, Subject};
use crate::domain::message::AttachmentKind;
use crate::domain::settings::{
    Attachments, Formatting, Languages, Masking, Offers, Presence, Settings, Supervision, Topics,
    Unanswered,
};

use super::{Reader, Result, Tx, audit};

/// The settings as they are now.
///
/// # Errors
/// SQLite's.
pub fn read(reader: &Reader<'_>) -> Result<Settings> {
    Ok(reader
        .connection()
        .prepare_cached(
            "SELECT languages, default_language, attachment_limit_kb, blocked_extensions, mask_agents,
                    mask_customers, markdown, supervisor_monitor, supervisor_assign, supervisor_transfer,
                    supervisor_force_close, missed_makes_inactive, rejected_makes_do_not_disturb, declines,
                    session_limit, grace_s, topics, topic_required, topic_limit, unanswered_person_minutes,
                    unanswered_queue_minutes, unanswered_administrator_minutes
             FROM settings",
        )?
        .query_row([], settings)?)
}

fn settings(row: &Row<'_>) -> rusqlite::Result<Settings> {
    Ok(Settings {
        languages: Languages {
            languages: words(row.get_ref(0)?.as_str()?),
            default_language: row.get(1)?,
        },
        attachments: Attachments {
            attachment_limit_kb: row.get(2)?,
            blocked_extensions: words(row.get_ref(3)?.as_str()?),
        },
        masking: Masking {
            mask_agents: row.get(4)?,
            mask_customers: row.get(5)?,
        },
        formatting: Formatting {
            markdown: row.get(6)?,
        },
        supervision: Supervision {
            monitor: row.get(7)?,
            assign: row.get(8)?,
            transfer: row.get(9)?,
            force_close: row.get(10)?,
        },
        offers: Offers {
            missed_makes_inactive: row.get(11)?,
            rejected_makes_do_not_disturb: row.get(12)?,
            declines: row.get(13)?,
        },
        presence: Presence {
            sessions: row.get(14)?,
            grace_s: row.get(15)?,
        },
        topics: Topics {
            topics: row.get(16)?,
            topic_required: row.get(17)?,
            topic_limit: row.get(18)?,
        },
        unanswered: Unanswered {
            person: row.get(19)?,
            queue: row.get(20)?,
            administrator: row.get(21)?,
        },
    })
}

fn words(joined: &str) -> Vec<String> {
    joined.split_whitespace().map(str::to_owned).collect()
}

/// Everything, as the audit log shows it: only what differs is kept there.
#[derive(Serialize)]
struct ShownSettings<'a> {
    #[serde(flatten)]
    languages: &'a Languages,
    #[serde(flatten)]
    attachments: &'a Attachments,
    #[serde(flatten)]
    masking: &'a Masking,
    #[serde(flatten)]
    formatting: &'a Formatting,
    #[serde(flatten)]
    supervision: &'a Supervision,
    #[serde(flatten)]
    offers: &'a Offers,
    #[serde(flatten)]
    presence: &'a Presence,
    #[serde(flatten)]
    topics: &'a Topics,
    #[serde(flatten)]
    unanswered: &'a Unanswered,
}

impl Shown for ShownSettings<'_> {}

fn shown(settings: &Settings) -> ShownSettings<'_> {
    ShownSettings {
        languages: &settings.languages,
        attachments: &settings.attachments,
        masking: &settings.masking,
        formatting: &settings.formatting,
        supervision: &settings.supervision,
        offers: &settings.offers,
        presence: &settings.presence,
        topics: &settings.topics,
        unanswered: &settings.unanswered,
    }
}

/// Changes the settings: `how` is given them as they are in this transaction, and puts another section in. It is
/// in force from the commit on.
///
/// # Errors
/// SQLite's; a value outside the ranges of [`crate::domain::settings`] breaks a constraint.
pub fn change(tx: &Tx<'_>, how: impl FnOnce(&mut Settings)) -> Result<()> {
    let before = read(&tx.reader())?;
    let mut after = before.clone();
    how(&mut after);
    tx.connection()
        .prepare_cached(
            "UPDATE settings SET
                 languages = :languages, default_language = :default_language,
                 attachment_limit_kb = :attachment_limit_kb, blocked_extensions = :blocked_extensions,
                 mask_agents = :mask_agents, mask_customers = :mask_customers, markdown = :markdown,
                 supervisor_monitor = :monitor, supervisor_assign = :assign,
                 supervisor_transfer = :transfer, supervisor_force_close = :force_close,
                 missed_makes_inactive = :missed, rejected_makes_do_not_disturb = :rejected,
                 declines = :declines, session_limit = :sessions, grace_s = :grace_s,
                 topics = :topics, topic_required = :topic_required, topic_limit = :topic_limit,
                 unanswered_person_minutes = :unanswered_person, unanswered_queue_minutes = :unanswered_queue,
                 unanswered_administrator_minutes = :unanswered_administrator",
        )?
        .execute(named_params! {
            ":languages": after.languages.languages.join(" "),
            ":default_language": after.languages.default_language,
            ":attachment_limit_kb": after.attachments.attachment_limit_kb,
            ":blocked_extensions": after.attachments.blocked_extensions.join(" "),
            ":mask_agents": after.masking.mask_agents,
            ":mask_customers": after.masking.mask_customers,
            ":markdown": after.formatting.markdown,
            ":monitor": after.supervision.monitor,
            ":assign": after.supervision.assign,
            ":transfer": after.supervision.transfer,
            ":force_close": after.supervision.force_close,
            ":missed": after.offers.missed_makes_inactive,
            ":rejected": after.offers.rejected_makes_do_not_disturb,
            ":declines": after.offers.declines,
            ":sessions": after.presence.sessions,
            ":grace_s": after.presence.grace_s,
            ":topics": after.topics.topics,
            ":topic_required": after.topics.topic_required,
            ":topic_limit": after.topics.topic_limit,
            ":unanswered_person": after.unanswered.person,
            ":unanswered_queue": after.unanswered.queue,
            ":unanswered_administrator": after.unanswered.administrator,
        })?;
    let subject = Subject::only(Kind::Settings);
    audit::changed(
        tx,
        Act::SettingsChanged,
        &subject,
        &shown(&before),
        &shown(&after),
    )
}

/// The file types that are allowed on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelFiles {
    /// Endings that agents may send, in small letters without the dot.
    pub outbound: Vec<String>,
    /// Kinds that customers may send.
    #[serde(serialize_with = "kind_words")]
    pub inbound: Vec<AttachmentKind>,
}

impl Shown for ChannelFiles {}

fn kind_words<S: serde::Serializer>(
    kinds: &[AttachmentKind],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(kinds.iter().map(|kind| kind.word()))
}

/// The file types that are allowed on the channel of a name: what the administrator left of what it carries.
///
/// # Errors
/// SQLite's.
pub fn channel_files(
    reader: &Reader<'_>,
    channel: &str,
    carries: &Carries,
) -> Result<ChannelFiles> {
    let chosen: Option<(String, String)> = reader
        .connection()
        .prepare_cached("SELECT outbound, inbound FROM channel_files WHERE channel = ?1")?
        .query_row([channel], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let carried = carries.outbound.iter().map(|ending| (*ending).to_owned());
    let kinds = carries.inbound.iter().copied();
    Ok(match chosen {
        // What an update of the program took away is not allowed any more; what it added waits to be chosen.
        Some((outbound, inbound)) => ChannelFiles {
            outbound: carried
                .filter(|it| outbound.split(' ').any(|word| word == it))
                .collect(),
            inbound: kinds
                .filter(|kind| inbound.split(' ').any(|word| word == kind.word()))
                .collect(),
        },
        None => ChannelFiles {
            outbound: carried.collect(),
            inbound: kinds.collect(),
        },
    })
}

/// Allows these file types on a channel, and no others. `before` is what [`channel_files`] says now.
///
/// # Errors
/// SQLite's.
pub fn allow_files(
    tx: &Tx<'_>,
    channel: &str,
    before: &ChannelFiles,
    after: &ChannelFiles,
) -> Result<()> {
    let kinds: Vec<&str> = after.inbound.iter().map(|kind| kind.word()).collect();
    tx.connection()
        .prepare_cached(
            "INSERT INTO channel_files (channel, outbound, inbound) VALUES (?1, ?2, ?3)
             ON CONFLICT (channel) DO UPDATE SET outbound = excluded.outbound, inbound = excluded.inbound",
        )?
        .execute(params![channel, after.outbound.join(" "), kinds.join(" ")])?;
    let subject = Subject {
        kind: Kind::Channel,
        id: None,
        name: channel.to_owned(),
    };
    audit::changed(tx, Act::SettingsChanged, &subject, before, after)
}

/// What holds for files on the channel of a name: to be asked with [`crate::domain::attachments::may_send`].
///
/// # Errors
/// SQLite's.
pub fn file_policy(reader: &Reader<'_>, channel: &str, carries: &Carries) -> Result<Policy> {
    let attachments = read(reader)?.attachments;
    let files = channel_files(reader, channel, carries)?;
    Ok(Policy {
        limit_kb: attachments.attachment_limit_kb,
        blocked: attachments.blocked_extensions,
        outbound: files.outbound,
        inbound: files.inbound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attachments::{Refusal, may_send};
    use crate::store::audit::{Filter, list};
    use crate::store::testing::House;

    const CARRIES: Carries = Carries {
        outbound: &["jpg", "pdf"],
        inbound: &[AttachmentKind::Picture, AttachmentKind::File],
        largest_kb: Some(25_600),
    };

    #[test]
    fn a_fresh_database_has_the_settings_that_the_domain_names() {
        let house = House::furnished();
        assert_eq!(house.read(read), Settings::default());
    }

    #[test]
    fn what_is_changed_is_read_back_and_is_in_the_audit_log_field_by_field() {
        let house = House::furnished();
        let other = Settings {
            languages: Languages {
                languages: vec!["fi".into(), "sv".into()],
                default_language: "sv".into(),
            },
            attachments: Attachments {
                attachment_limit_kb: 25_600,
                blocked_extensions: Vec::new(),
            },
            masking: Masking {
                mask_agents: true,
                mask_customers: true,
            },
            formatting: Formatting { markdown: true },
            supervision: Supervision {
                monitor: false,
                assign: false,
                transfer: false,
                force_close: false,
            },
            offers: Offers {
                missed_makes_inactive: true,
                rejected_makes_do_not_disturb: true,
                declines: 5,
            },
            presence: Presence {
                sessions: 3,
                grace_s: 0,
            },
            topics: Topics {
                topics: true,
                topic_required: true,
                topic_limit: 12,
            },
            unanswered: Unanswered {
                person: Some(5),
                queue: None,
                administrator: Some(43_200),
            },
        };
        let all = other.clone();
        house.write(move |tx| change(tx, |settings| *settings = all.clone()));
        assert_eq!(house.read(read), other);
        house.write(|tx| change(tx, |settings| settings.offers.declines = 4));
        house.write(|tx| change(tx, |_| ()));
        let entries = house.read(|reader| list(reader, &Filter::default(), None, 10));
        assert_eq!(
            entries.len(),
            2,
            "a change that changes nothing leaves no entry"
        );
        assert_eq!(entries[0].after.len(), 1);
        assert_eq!(entries[0].after["declines"], 4);
        assert_eq!(entries[1].after.len(), 22, "every setting is shown");
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let house = House::furnished();
        let too_many = house
            .store
            .write_blocking(|tx| change(tx, |settings| settings.offers.declines = 6));
        assert!(too_many.unwrap_err().is_about_the_data());
    }

    #[test]
    fn a_channel_allows_what_it_carries_until_an_administrator_takes_something_out() {
        let house = House::furnished();
        let policy = |house: &House| house.read(|reader| file_policy(reader, "mail", &CARRIES));
        assert_eq!(may_send(&policy(&house), true, "a.pdf", 10), Ok(()));
        house.write(|tx| {
            let before = channel_files(&tx.reader(), "mail", &CARRIES)?;
            let after = ChannelFiles {
                outbound: vec!["jpg".into(), "gone".into()],
                inbound: vec![AttachmentKind::File],
            };
            allow_files(tx, "mail", &before, &after)
        });
        let policy = policy(&house);
        assert_eq!(
            policy.outbound,
            ["jpg"],
            "what is not carried is not allowed"
        );
        assert_eq!(policy.inbound, [AttachmentKind::File]);
        let refused = may_send(&policy, true, "a.pdf", 10);
        assert_eq!(refused, Err(Refusal::TypeNotAllowed));
    }
}
