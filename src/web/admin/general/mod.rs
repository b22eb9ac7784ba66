//! Settings: what holds for the whole organization, a page for each section. Rules that hide sensitive data are
//! in [`masking`], what conversations are about in [`topics`].

use std::sync::Arc;

use askama::Template;
use rocket::{Route, State, get, routes};

use super::typed;
use crate::domain::languages;
use crate::domain::settings::Settings;
use crate::locale::Text;
use crate::store::{masking as rules, settings};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};

mod attachments;
mod formatting;
mod language;
mod masking;
mod notifications;
mod presence;
mod supervision;
mod topics;
mod unanswered;

/// The routes of the settings.
pub fn routes() -> Vec<Route> {
    [
        routes![index],
        language::routes(),
        attachments::routes(),
        masking::routes(),
        formatting::routes(),
        supervision::routes(),
        notifications::routes(),
        presence::routes(),
        unanswered::routes(),
        topics::routes(),
    ]
    .concat()
}

#[derive(Template)]
#[template(path = "admin/general/index.html")]
struct Index {
    sections: Vec<Section>,
}

/// A line of the list. Title and what it is about are the texts `settings-<name>` and `settings-<name>-lede`.
struct Section {
    name: &'static str,
    icon: &'static str,
    /// How it is set now.
    now: Text,
}

#[get("/admin/settings")]
fn index(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Index>> {
    let (settings, rules) = app
        .store
        .read(|reader| Ok((settings::read(reader)?, rules::all(reader)?)))?;
    let active = rules.iter().filter(|rule| rule.draft.is_active).count();
    Ok(Page::ok(Index {
        sections: sections(&settings, active),
    }))
}

fn sections(settings: &Settings, active_rules: usize) -> Vec<Section> {
    let section = |name, icon, now| Section { name, icon, now };
    let offered = settings.languages.languages.iter();
    let named: Vec<&str> = offered.filter_map(|tag| languages::name(tag)).collect();
    let languages = Text::new("settings-now-languages").arg("names", named.join(", "));
    let files = Text::new("settings-now-attachments")
        .arg("limit", settings.attachments.attachment_limit_kb);
    let masking = match (
        settings.masking.mask_agents,
        settings.masking.mask_customers,
    ) {
        (false, false) => Text::new("settings-now-off"),
        _ => Text::new("settings-now-masking").arg("count", active_rules),
    };
    let formatting = on_or_off(settings.formatting.markdown);
    let may = settings.supervision;
    let allowed = [may.monitor, may.assign, may.transfer, may.force_close];
    let supervision = Text::new("settings-now-supervision")
        .arg("count", allowed.iter().filter(|is_on| **is_on).count());
    let notifications =
        Text::new("settings-now-notifications").arg("count", settings.offers.declines);
    let presence = Text::new("settings-now-presence").arg("count", settings.presence.sessions);
    let told = settings.unanswered;
    let levels = [told.person, told.queue, told.administrator];
    let unanswered = match levels.iter().flatten().count() {
        0 => Text::new("settings-now-off"),
        count => Text::new("settings-now-unanswered").arg("count", count),
    };
    let topics = match settings.topics.topics {
        true => Text::new("settings-now-topics").arg("count", settings.topics.topic_limit),
        false => Text::new("settings-now-off"),
    };
    vec![
        section("languages", "languages", languages),
        section("attachments", "paperclip", files),
        section("masking", "eye", masking),
        section("formatting", "file-text", formatting),
        section("supervision", "users", supervision),
        section("notifications", "bell", notifications),
        section("presence", "user-check", presence),
        section("unanswered", "hourglass", unanswered),
        section("topics", "tag", topics),
    ]
}

fn on_or_off(is_on: bool) -> Text {
    Text::new(match is_on {
        true => "settings-now-on",
        false => "settings-now-off",
    })
}

/// Puts another section into the settings, and leads back to the page at `path`.
async fn save(
    app: &App,
    administrator: &Administrator,
    path: &'static str,
    how: impl FnOnce(&mut Settings) + Send + 'static,
) -> Answer<Led> {
    app.store
        .write_by(administrator.actor(), move |tx| settings::change(tx, how))
        .await?;
    Ok(Outcome::Saved.at(path))
}
