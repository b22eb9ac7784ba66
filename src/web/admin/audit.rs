//! The audit log: who changed what, when and from where. Read only; what is looked at can be taken away as a
//! file, which is itself recorded.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use chrono::NaiveDate;
use rocket::form::FromForm;
use rocket::{Route, State as Managed, get, post, routes};
use serde_json::Value;

use super::rules::known::Known;
use super::rules::words::{self, ShownCondition};
use crate::clock;
use crate::domain::audit::{Act, Fields, Kind, Subject};
use crate::domain::classification::Output;
use crate::domain::conversation::State;
use crate::domain::csv;
use crate::domain::ids::{AuditEntryId, UserId};
use crate::domain::languages;
use crate::domain::timeouts::Action;
use crate::locale::{self, Locale, Text};
use crate::store::audit::{self, Entry, Filter};
use crate::store::users::{self, User};
use crate::web::App;
use crate::web::admin::operating_hours::holidays;
use crate::web::failure::Answer;
use crate::web::forms::Form;
use crate::web::guards::Administrator;
use crate::web::list;
use crate::web::page::{Frame, Page, filters};
use crate::web::spreadsheet::{self, Spreadsheet};
use crate::web::times;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![index, export]
}

const PATH: &str = "/admin/audit";

/// Lines on one page.
const PAGE_SIZE: usize = 50;
/// Lines in one file: the newest. More than a spreadsheet is pleasant with.
const EXPORT_LIMIT: usize = 100_000;

/// What the filter asks for, as it was typed.
#[derive(Clone, Default, FromForm)]
struct Asked {
    #[field(default = "")]
    user: String,
    #[field(default = "")]
    act: String,
    #[field(default = "")]
    kind: String,
    /// The row of one thing of that kind.
    #[field(default = "")]
    subject: String,
    #[field(default = "")]
    words: String,
    /// The first day, 2026-11-21.
    #[field(default = "")]
    from: String,
    /// The last day.
    #[field(default = "")]
    until: String,
}

impl Asked {
    /// What is no person, act, kind or day asks for nothing: the page shows it unset.
    fn filter(&self, zone: chrono_tz::Tz) -> Filter {
        let day = |typed: &str| typed.parse::<NaiveDate>().ok();
        let kind = Kind::from_word(&self.kind);
        Filter {
            user: self.user.parse().ok().map(UserId),
            act: Act::from_word(&self.act),
            kind,
            subject_id: kind.and_then(|_| self.subject.parse().ok()),
            words: self.words.clone(),
            from: day(&self.from).and_then(|day| times::start_of(day, zone)),
            until: day(&self.until)
                .and_then(|day| day.succ_opt())
                .and_then(|day| times::start_of(day, zone)),
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("user", &self.user),
            ("act", &self.act),
            ("kind", &self.kind),
            ("subject", &self.subject),
            ("words", &self.words),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }
}

#[derive(Template)]
#[template(path = "admin/audit/index.html")]
struct Index {
    entries: Vec<Line>,
    /// Where the next page is; `None` on the last.
    older: Option<String>,
    is_first: bool,
    people: Vec<User>,
    asked: Asked,
    locale: Locale,
}

/// A line of the log with its words.
struct Line {
    entry: Entry,
    changes: Vec<Change>,
}

/// One field that differs.
struct Change {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

#[get("/admin/audit?<before>&<asked..>")]
fn index(
    _administrator: Administrator,
    app: &Managed<Arc<App>>,
    frame: &Frame,
    before: Option<i64>,
    asked: Asked,
) -> Answer<Page<Index>> {
    let filter = asked.filter(frame.time_zone);
    let before = before.map(AuditEntryId);
    let (mut entries, people) = app.store.read(|reader| {
        Ok((
            audit::list(reader, &filter, before, PAGE_SIZE + 1)?,
            users::all(reader)?,
        ))
    })?;
    let known_names = Known::of_all(app)?;
    let has_more = entries.len() > PAGE_SIZE;
    entries.truncate(PAGE_SIZE);
    let older = entries.last().filter(|_| has_more).map(|last| {
        let before = last.id.to_string();
        let pairs = asked.pairs().into_iter();
        list::address(PATH, pairs.chain([("before", before.as_str())]))
    });
    Ok(Page::ok(Index {
        entries: entries
            .into_iter()
            .map(|entry| Line {
                changes: changes(&entry, &known_names, frame.locale),
                entry,
            })
            .collect(),
        older,
        is_first: before.is_none(),
        people,
        asked,
        locale: frame.locale,
    }))
}

impl Index {
    /// The acts, by what they are called.
    fn acts(&self) -> Vec<(&'static str, String)> {
        let mut acts: Vec<_> = Act::ALL
            .iter()
            .map(|act| (act.word(), act_text(act.word()).say(self.locale)))
            .collect();
        acts.sort_by(|a, b| list::by_words(&a.1, &b.1));
        acts
    }

    /// The kinds of things, by what they are called.
    fn kinds(&self) -> Vec<(&'static str, String)> {
        let mut kinds: Vec<_> = Kind::ALL
            .iter()
            .map(|kind| (kind.word(), kind_text(kind.word()).say(self.locale)))
            .collect();
        kinds.sort_by(|a, b| list::by_words(&a.1, &b.1));
        kinds
    }

    fn is_user(&self, user: &User) -> bool {
        self.asked.user == user.id.to_string()
    }
}

impl Line {
    fn actor(&self) -> Text {
        actor_text(&self.entry)
    }

    fn act(&self) -> Text {
        act_text(&self.entry.act)
    }

    fn kind(&self) -> Text {
        kind_text(&self.entry.kind)
    }

    /// What the thing is called; `None` when its kind says it all.
    fn subject(&self) -> Option<Text> {
        let word = &self.entry.subject;
        (!word.is_empty()).then(|| match self.entry.kind.as_str() {
            // Of these the program names the things itself.
            kind @ ("channel" | "job") => known(format!("{kind}-{word}"), word),
            _ => Text::new("audit-word").arg("word", word.clone()),
        })
    }

    /// The log of this one thing.
    fn subject_href(&self) -> Option<String> {
        let id = self.entry.subject_id?.to_string();
        Some(list::address(
            PATH,
            [("kind", self.entry.kind.as_str()), ("subject", &id)],
        ))
    }
}

fn actor_text(entry: &Entry) -> Text {
    if entry.actor == "person" {
        Text::new("audit-actor-person").arg("name", entry.name.clone())
    } else {
        Text::new(format!("audit-actor-{}", entry.actor))
    }
}

/// A word that an older or newer program wrote is shown as it is.
fn act_text(word: &str) -> Text {
    known(format!("audit-action-{word}"), word)
}

fn kind_text(word: &str) -> Text {
    known(format!("audit-subject-{word}"), word)
}

fn known(key: String, word: &str) -> Text {
    if locale::has(&key) {
        Text::new(key)
    } else {
        Text::new("audit-word").arg("word", word.to_owned())
    }
}

fn changes(entry: &Entry, names: &Known, locale: Locale) -> Vec<Change> {
    let mut fields: Vec<&String> = entry.before.keys().chain(entry.after.keys()).collect();
    fields.sort();
    fields.dedup();
    let side = |side: &Fields, name: &str| value_said(name, side.get(name)?, names, locale);
    fields
        .into_iter()
        .map(|name| Change {
            field: known(format!("audit-field-{}", name.replace('_', "-")), name).say(locale),
            before: side(&entry.before, name),
            after: side(&entry.after, name),
        })
        .filter(|change| change.before.is_some() || change.after.is_some())
        .collect()
}

/// A part of a rule in the words of its list; `None` for anything else, also for what an older program wrote as an
/// expression.
fn rule_words(value: &Value, name: &str, names: &Known, locale: Locale) -> Option<String> {
    let all = |texts: Vec<Text>| {
        let said = texts.iter().map(|text| text.say(locale));
        said.collect::<Vec<_>>().join(", ")
    };
    match name {
        "condition" => Some(ShownCondition::of(&read(value)?, names).say(locale)),
        "outputs" => {
            let outputs: Vec<Output> = read(value)?;
            let texts = outputs.iter().map(|output| words::output(output, names));
            Some(all(texts.collect()))
        }
        "overflow" => {
            let pairs = words::overflow(&read(value)?, names);
            let said = pairs
                .iter()
                .map(|(when, then)| format!("{}: {}", when.say(locale), then.say(locale)));
            Some(said.collect::<Vec<_>>().join("; "))
        }
        "way" => Some(all(words::way(&read(value)?, names))),
        "action" => {
            let action: Action = read(value)?;
            let does = words::action(&action).say(locale);
            Some(match &action {
                Action::Message { texts, .. } => {
                    let texts = texts.iter().map(|(tag, text)| format!("{tag}: {text}"));
                    format!("{does}: {}", texts.collect::<Vec<_>>().join("; "))
                }
                Action::Close(states) => {
                    let key = |state: &State| {
                        let word = state.word().replace('_', "-");
                        Text::new(format!("conversation-state-{word}"))
                    };
                    format!("{does}: {}", all(states.iter().map(key).collect()))
                }
                Action::Park => does,
            })
        }
        _ => None,
    }
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

/// Fields whose values are words that another page says already, and how the keys of those texts begin.
const SAID_ELSEWHERE: &[(&str, &str)] = &[
    ("allowed_presences", "presence"),
    ("base", "presence"),
    ("channel", "channel"),
    ("inbound", "attachment"),
    ("locale", "locale"),
    ("method", "queue-method"),
    ("mode", "workstream-mode"),
    ("offer_desktop", "offer-desktop"),
    ("order", "queue-order"),
    ("out_of_hours", "queue-overflow"),
    ("reset", "capacity-profile-reset"),
    ("role", "role"),
    ("serves", "queue-order"),
    ("skill_matching", "workstream-matching"),
    ("waiting_time", "queue-overflow"),
    ("work_items", "queue-overflow"),
    ("wrap_up_blocking", "workstream-blocking"),
];

/// Fields whose values are tags of languages.
const LANGUAGES: &[&str] = &[
    "answer_language",
    "default_language",
    "language",
    "languages",
];

/// One word of a field; what somebody typed is shown as it is.
fn word_said(name: &str, word: &str, locale: Locale) -> String {
    if LANGUAGES.contains(&name)
        && let Some(own_name) = languages::name(word)
    {
        return own_name.to_owned();
    }
    if let Some(days) = days_said(name, word, locale) {
        return days;
    }
    let elsewhere = SAID_ELSEWHERE.iter().find(|(field, _)| *field == name);
    let key = match elsewhere {
        Some((_, begin)) => format!("{begin}-{}", word.to_lowercase()),
        None => format!("audit-value-{}-{word}", name.replace('_', "-")),
    };
    known(key, word).say(locale)
}

/// Days, which the log keeps as 2026-12-24, written out: those of a holiday, with what it is and when it is open
/// (2026-12-24/2026-12-26 Christmas), or one by itself. `None` for all that is no day.
fn days_said(name: &str, word: &str, locale: Locale) -> Option<String> {
    match name {
        "holidays" => {
            let (days, what) = word.split_once(' ').unwrap_or((word, ""));
            let (first, last) = days.split_once('/')?;
            let days = holidays::days(first.parse().ok()?, last.parse().ok()?);
            let said = format!("{} {what}", days.say(locale));
            Some(said.trim_end().to_owned())
        }
        "first_day" | "last_day" => {
            let day = holidays::date(word.parse().ok()?);
            Some(day.say(locale))
        }
        _ => None,
    }
}

/// What the log keeps of a field in words; `None` for an empty one.
fn value_said(name: &str, value: &Value, names: &Known, locale: Locale) -> Option<String> {
    if let Some(words) = rule_words(value, name, names, locale) {
        return Some(words);
    }
    let said = match value {
        Value::Null => return None,
        Value::String(word) if word.is_empty() => return None,
        Value::String(word) => word_said(name, word, locale),
        Value::Bool(true) => Text::new("audit-yes").say(locale),
        Value::Bool(false) => Text::new("audit-no").say(locale),
        Value::Array(values) if values.is_empty() => return None,
        Value::Array(values) => {
            let values = values.iter();
            let said = values.map(|value| value_said(name, value, names, locale));
            let said = said.map(|said| said.unwrap_or_else(|| "–".to_owned()));
            said.collect::<Vec<_>>().join(", ")
        }
        // A line of a list in an imported file.
        Value::Object(fields) => {
            let fields = fields.iter();
            let said = fields.filter_map(|(name, value)| value_said(name, value, names, locale));
            said.collect::<Vec<_>>().join(" · ")
        }
        Value::Number(number) if name.ends_with("_ms") => {
            let span = Duration::from_millis(number.as_u64().unwrap_or_default());
            times::span(span).say(locale)
        }
        other => other.to_string(),
    };
    Some(said)
}

#[post("/admin/audit/export", data = "<asked>")]
async fn export(
    administrator: Administrator,
    app: &Managed<Arc<App>>,
    frame: &Frame,
    asked: Form<Asked>,
) -> Answer<Spreadsheet> {
    let asked = asked.read()?;
    app.store
        .write_by(administrator.actor(), |tx| {
            audit::done(tx, Act::AuditExported, &Subject::only(Kind::AuditLog))
        })
        .await?;
    let filter = asked.filter(frame.time_zone);
    let entries = app
        .store
        .read(|reader| audit::list(reader, &filter, None, EXPORT_LIMIT))?;
    let day = times::date(clock::now(), frame.time_zone);
    Ok(Spreadsheet::new(
        &format!("audit-log-{day}"),
        table(&entries, &Known::of_all(app)?, frame.locale),
    ))
}

/// The lines as a file.
fn table(entries: &[Entry], names: &Known, locale: Locale) -> String {
    let mut out = spreadsheet::BEGIN.to_owned();
    let titles = [
        "audit-column-when",
        "audit-column-who",
        "audit-column-address",
        "audit-column-what",
        "audit-column-kind",
        "audit-column-subject",
        "audit-column-before",
        "audit-column-after",
    ];
    csv::row(&mut out, titles.map(|key| Text::new(key).say(locale)));
    for entry in entries {
        let sides = changes(entry, names, locale);
        let side = |value: fn(&Change) -> &Option<String>| {
            sides
                .iter()
                .filter_map(|change| Some(format!("{}: {}", change.field, value(change).as_ref()?)))
                .collect::<Vec<_>>()
                .join("\n")
        };
        csv::row(
            &mut out,
            [
                times::iso(entry.at),
                actor_text(entry).say(locale),
                entry.address.clone(),
                act_text(&entry.act).say(locale),
                kind_text(&entry.kind).say(locale),
                entry.subject.clone(),
                side(|change| &change.before),
                side(|change| &change.after),
            ],
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::access::Role;
    use crate::domain::audit::Actor;
    use crate::web::testing::House;

    /// What an administrator's page and file show of a change to the organization's name.
    fn house_with_a_change(name: &'static str) -> House {
        let house = House::set_up();
        let actor = Actor::Person {
            id: UserId(1),
            name: "=boss".to_owned(),
            address: "192.0.2.7".parse().unwrap(),
        };
        house
            .app
            .store
            .write_blocking(move |tx| {
                tx.act_as(actor);
                let now = crate::store::organization::find(&tx.reader())?.unwrap();
                let changed = crate::store::organization::Organization {
                    name: name.to_owned(),
                    ..now
                };
                crate::store::organization::save(tx, &changed)
            })
            .unwrap();
        house
    }

    #[test]
    fn a_change_is_shown_with_who_where_before_and_after() {
        let house = house_with_a_change("Saarela <b>");
        let boss = house.signed_in("boss@shop.example");
        let page = boss.get("/admin/audit").body;
        for part in [
            "=boss",
            "192.0.2.7",
            "Organization changed",
            "Saarela &#60;b&#62;",
        ] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
    }

    #[test]
    fn a_filter_narrows_the_page_and_the_file() {
        let house = house_with_a_change("Saarela");
        house.add("mei@shop.example", Role::Agent);
        let boss = house.signed_in("boss@shop.example");
        for (query, mei, saarela) in [
            ("", true, true),
            ("?act=user-added", true, false),
            ("?kind=organization", false, true),
            ("?user=1", false, true),
            ("?words=MEI", true, false),
            ("?from=2999-01-01", false, false),
            ("?until=1999-01-01", false, false),
            ("?kind=nonsense&from=yesterday", true, true),
        ] {
            let page = boss.get(&format!("/admin/audit{query}")).body;
            let table = page.split("<tbody>").nth(1).unwrap_or_default();
            assert_eq!(
                (table.contains("mei"), table.contains("Saarela")),
                (mei, saarela),
                "{query}"
            );
        }
        let file = boss
            .post("/admin/audit/export", &[("act", "user-added")])
            .body;
        assert!(file.contains("mei") && !file.contains("Saarela"), "{file}");
    }

    #[test]
    fn a_file_has_no_formula_and_is_itself_recorded() {
        let house = house_with_a_change("=cmd|' /C calc'!A0");
        let boss = house.signed_in("boss@shop.example");
        let file = boss.post("/admin/audit/export", &[]).body;
        assert!(file.contains("\"'=boss\""), "{file}");
        assert!(!file.contains(",=") && !file.contains("\"="), "{file}");
        let page = boss.get("/admin/audit?act=audit-exported").body;
        assert!(page.contains("<td"), "{page}");
    }

    #[test]
    fn a_long_log_is_read_page_by_page() {
        let house = House::set_up();
        house
            .app
            .store
            .write_blocking(|tx| {
                for n in 0..120 {
                    let subject = Subject::new(Kind::ParkedEvent, n, format!("Entry {n:03}."));
                    audit::done(tx, Act::ParkedEventDiscarded, &subject)?;
                }
                Ok(())
            })
            .unwrap();
        let boss = house.signed_in("boss@shop.example");
        let (mut href, mut seen) = ("/admin/audit?kind=parked-event".to_owned(), Vec::new());
        loop {
            let page = boss.get(&href).body;
            seen.extend(
                page.match_indices("Entry ")
                    .map(|(at, _)| page[at..at + 10].to_owned()),
            );
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else {
                break;
            };
            href = before[before.rfind('"').unwrap() + 1..].replace("&#38;", "&");
        }
        let expected: Vec<String> = (0..120).rev().map(|n| format!("Entry {n:03}.")).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn days_spans_languages_and_rules_are_written_out() {
        let house = House::set_up();
        let names = Known::of_all(&house.app).ok().unwrap();
        let refund = json!({ "attribute": "message-text", "operator": "contains", "values": [{ "text": "refund" }] });
        for (name, value, expected) in [
            (
                "holidays",
                json!([
                    "2026-12-24/2026-12-26 Christmas 10:00–12:00",
                    "2027-01-01/2027-01-01"
                ]),
                "24 Dec 2026 – 26 Dec 2026 Christmas 10:00–12:00, 1 Jan 2027",
            ),
            (
                "holiday",
                json!([{ "first_day": "2026-12-24", "reason": "Christmas" }]),
                "24 Dec 2026 · Christmas",
            ),
            ("wrap_up_ms", json!(900_000), "15 min"),
            ("languages", json!(["fi", "xx"]), "Suomi, xx"),
            ("week", json!(["08:00–17:00", ""]), "08:00–17:00, –"),
            (
                "condition",
                json!({ "join": "all", "parts": [{ "test": refund }] }),
                "Message text contains refund",
            ),
            // As an older program kept it.
            ("condition", json!("page is 1"), "page is 1"),
            (
                "action",
                json!({ "close": ["active"] }),
                "Closes it: Active",
            ),
        ] {
            let said = value_said(name, &value, &names, Locale::English);
            assert_eq!(said.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn every_act_and_kind_has_its_words() {
        let acts = Act::ALL
            .iter()
            .map(|act| format!("audit-action-{}", act.word()));
        let kinds = Kind::ALL
            .iter()
            .map(|kind| format!("audit-subject-{}", kind.word()));
        for key in acts.chain(kinds) {
            assert!(locale::has(&key), "{key}");
        }
    }
}
