//! The organization: its name, the zone in which every time is told, the language of everybody who has not
//! chosen another.

use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};

use super::typed;
use crate::clock;
use crate::locale::{Locale, Text};
use crate::store::organization::{self, Organization};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Page, filters};
use crate::web::times;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![show, change]
}

const PATH: &str = "/admin/organization";

#[derive(FromForm)]
struct Typed {
    #[field(default = "")]
    name: String,
    #[field(default = "")]
    time_zone: String,
    #[field(default = "")]
    locale: String,
}

#[derive(Template)]
#[template(path = "admin/organization/show.html")]
struct Show {
    typed: Typed,
    problems: Problems,
}

impl Show {
    fn locales(&self) -> [(&'static str, Text); Locale::CHOICES.len()] {
        Locale::CHOICES.map(|locale| {
            let tag = locale.tag();
            (tag, Text::new(format!("locale-{}", tag.to_lowercase())))
        })
    }

    /// Every zone, for the browser to offer while somebody types.
    fn zones(&self) -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// What time it is in the zone, so that a wrong one is noticed.
    fn clock(&self) -> Option<Text> {
        let zone = self.typed.time_zone.parse().ok()?;
        Some(times::clock(clock::now(), zone))
    }
}

#[get("/admin/organization")]
fn show(_administrator: Administrator, app: &State<Arc<App>>) -> Answer<Page<Show>> {
    let stored = app.store.read(organization::find)?;
    let typed = match stored {
        Some(stored) => Typed {
            name: stored.name,
            time_zone: stored.time_zone,
            locale: stored.locale,
        },
        None => Typed {
            name: String::new(),
            time_zone: organization::system_time_zone(),
            locale: Locale::English.tag().to_owned(),
        },
    };
    Ok(Page::ok(Show {
        typed,
        problems: Problems::default(),
    }))
}

#[post("/admin/organization", data = "<form>")]
async fn change(
    administrator: Administrator,
    app: &State<Arc<App>>,
    form: Form<Typed>,
) -> Answer<Result<Led, Page<Show>>> {
    let typed = form.read()?;
    let mut problems = Problems::default();
    let name = typed::name(&mut problems, "name", &typed.name);
    let zone = typed.time_zone.trim().parse::<chrono_tz::Tz>().ok();
    problems.check("time_zone", zone.is_some(), "organization-zone-unknown");
    let locale = Locale::CHOICES
        .into_iter()
        .find(|locale| locale.tag() == typed.locale);
    problems.check("locale", locale.is_some(), "organization-language-required");
    let (Some(zone), Some(locale), true) = (zone, locale, problems.is_empty()) else {
        return Ok(Err(Page::unprocessable(Show { typed, problems })));
    };
    let organization = Organization {
        name,
        time_zone: zone.name().to_owned(),
        locale: locale.tag().to_owned(),
    };
    app.store
        .write_by(administrator.actor(), move |tx| {
            organization::save(tx, &organization)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(PATH)))
}

#[cfg(test)]
mod tests {
    use crate::web::testing::House;

    #[test]
    fn a_change_holds_at_once_and_is_in_the_audit_log() {
        let house = House::set_up();
        let boss = house.signed_in("boss@shop.example");
        let fields = [
            ("name", "Saarela Outdoor"),
            ("time_zone", "Asia/Taipei"),
            ("locale", "en"),
        ];
        assert_eq!(boss.post("/admin/organization", &fields).status.code, 303);
        let page = boss.get("/admin/organization").body;
        assert!(page.contains("Saarela Outdoor") && page.contains("Asia/Taipei"));
        let log = boss.get("/admin/audit?kind=organization").body;
        assert!(log.contains("Asia/Taipei"), "{log}");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let house = House::set_up();
        let boss = house.signed_in("boss@shop.example");
        for (field, value) in [("name", " "), ("time_zone", "Moon/Base"), ("locale", "xx")] {
            let mut fields = vec![
                ("name", "Saarela"),
                ("time_zone", "Europe/Helsinki"),
                ("locale", "en"),
            ];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let answer = boss.post("/admin/organization", &fields);
            assert_eq!(answer.status.code, 422, "{field}");
            let place = format!("id=\"{field}-error\"");
            assert!(answer.body.contains(&place), "{field}");
        }
    }
}
