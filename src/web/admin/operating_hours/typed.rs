//! What is typed about a week, and what it means.

use rocket::form::FromForm;

use crate::domain::hours::{DESCRIPTION_LIMIT, DayHours, Mistake};
use crate::locale::Text;
use crate::store::operating_hours::{Given, OperatingHours};
use crate::web::admin::typed;
use crate::web::forms::Problems;

/// The days as the form's fields are called, from Monday.
const DAYS: [(&str, &str); 7] = [
    ("monday", "monday.hours"),
    ("tuesday", "tuesday.hours"),
    ("wednesday", "wednesday.hours"),
    ("thursday", "thursday.hours"),
    ("friday", "friday.hours"),
    ("saturday", "saturday.hours"),
    ("sunday", "sunday.hours"),
];

/// The form.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Typed {
    #[field(default = "")]
    pub name: String,
    #[field(default = "")]
    pub description: String,
    #[field(default = "")]
    pub time_zone: String,
    monday: TypedDay,
    tuesday: TypedDay,
    wednesday: TypedDay,
    thursday: TypedDay,
    friday: TypedDay,
    saturday: TypedDay,
    sunday: TypedDay,
}

/// A day of it.
#[derive(Clone, Debug, Default, FromForm)]
struct TypedDay {
    #[field(default = "")]
    hours: String,
    #[field(default = false)]
    all_day: bool,
}

/// A day as the page shows it.
pub struct Day<'a> {
    /// What its fields' names begin with.
    pub name: &'static str,
    /// Its name.
    pub title: Text,
    /// What is typed.
    pub hours: &'a str,
    /// Whether it is ticked.
    pub all_day: bool,
    /// Why it is not accepted.
    pub error: Option<&'a Text>,
}

impl Typed {
    /// What a new counter begins with (specification §2.11).
    pub fn usual(zone: chrono_tz::Tz) -> Typed {
        let mut typed = Typed {
            time_zone: zone.name().to_owned(),
            ..Default::default()
        };
        for day in typed.days_mut().into_iter().take(5) {
            day.hours = "08:00–17:00".to_owned();
        }
        typed
    }

    fn days_mut(&mut self) -> [&mut TypedDay; 7] {
        [
            &mut self.monday,
            &mut self.tuesday,
            &mut self.wednesday,
            &mut self.thursday,
            &mut self.friday,
            &mut self.saturday,
            &mut self.sunday,
        ]
    }

    fn days(&self) -> [&TypedDay; 7] {
        [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ]
    }

    /// The week as the page shows it.
    pub fn week<'a>(&'a self, problems: &'a Problems) -> Vec<Day<'a>> {
        let days = DAYS.iter().zip(self.days()).enumerate();
        days.map(|(index, ((name, field), day))| Day {
            name,
            title: weekday(index),
            hours: &day.hours,
            all_day: day.all_day,
            error: problems.at(field),
        })
        .collect()
    }

    /// What it means; `None` when something is not accepted.
    pub fn read(&self, problems: &mut Problems) -> Option<Given> {
        let name = typed::name(problems, "name", &self.name);
        let description = self.description.trim();
        if description.chars().count() > DESCRIPTION_LIMIT {
            let limit = Text::new("field-too-long").arg("limit", DESCRIPTION_LIMIT);
            problems.add("description", limit);
        }
        let zone = self.time_zone.trim().parse();
        problems.check("time_zone", zone.is_ok(), "hours-zone-unknown");
        let mut week: [DayHours; 7] = Default::default();
        for (index, day) in self.days().into_iter().enumerate() {
            let field = DAYS[index].1;
            week[index] = if day.all_day {
                DayHours::all_day()
            } else {
                day_hours(problems, field, &day.hours)
            };
        }
        let zone = zone.ok()?;
        problems.is_empty().then(|| Given {
            name,
            description: description.to_owned(),
            zone,
            week,
        })
    }
}

impl From<OperatingHours> for Typed {
    fn from(stored: OperatingHours) -> Typed {
        let mut typed = Typed {
            name: stored.name,
            description: stored.description,
            time_zone: stored.hours.zone.name().to_owned(),
            ..Default::default()
        };
        for (day, hours) in typed.days_mut().into_iter().zip(&stored.hours.week) {
            day.all_day = hours.is_all_day();
            if !day.all_day {
                day.hours = hours.to_string();
            }
        }
        typed
    }
}

/// The name of a day of the week, from Monday.
pub fn weekday(index: usize) -> Text {
    Text::new("time-weekday").arg("weekday", index + 1)
}

/// Typed hours of a day.
pub fn day_hours(problems: &mut Problems, field: &'static str, typed: &str) -> DayHours {
    DayHours::parse(typed).unwrap_or_else(|mistake| {
        problems.add(field, sentence(mistake));
        DayHours::closed()
    })
}

fn sentence(mistake: Mistake) -> Text {
    match mistake {
        Mistake::Unreadable(part) => Text::new("hours-unreadable").arg("part", part),
        Mistake::Backwards(part) => Text::new("hours-backwards").arg("part", part),
        Mistake::Overlapping => Text::new("hours-overlapping"),
        Mistake::TooMany => Text::new("hours-too-many"),
    }
}
