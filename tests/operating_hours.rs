//! Operating hours as an administrator makes them: the week, holidays, a calendar file.

use crate::support::client::{Client, Form, Page};
use crate::support::world::World;

/// New hours with this name, made on the page; their address.
fn hours(client: &Client, name: &str, week: &[(&str, &str)]) -> Page {
    let page = client.get("/admin/operating-hours/new");
    let mut form = page.fill("Create", &[("Name", name), ("Time zone", "Asia/Taipei")]);
    for (day, hours) in week {
        form.set(&format!("{day}.hours"), hours);
    }
    let answer = client.post(&form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    client.get(&answer.location.unwrap())
}

fn errors(page: &Page) -> Vec<String> {
    page.texts(".field__error")
}

/// A form with a file, as a browser sends it.
fn with_file(client: &Client, form: &Form, file: &str) -> Page {
    client.post_with_file(form, "holidays.ics", file)
}

#[test]
fn a_week_is_made_changed_copied_and_taken_away() {
    let world = World::new();
    let client = &world.owner.client;
    client
        .get("/admin/operating-hours")
        .assert_says("No operating hours yet");
    let page = hours(
        client,
        "Shop",
        &[("monday", "9-12, 13:00-17:30"), ("friday", "")],
    );
    assert_eq!(page.value("Monday"), "09:00–12:00, 13:00–17:30");
    assert_eq!(page.value("Tuesday"), "08:00–17:00", "the usual hours");
    assert_eq!(page.value("Friday"), "");
    assert_eq!(page.parts(".hours li").len(), 7, "the next seven days");

    let mut form = page.fill("Save", &[("Name", "Shop in Taipei")]);
    form.set("sunday.all_day", "true");
    let page = client.submit(&form);
    page.assert_says("Shop in Taipei");
    assert!(
        page.body
            .contains("name=\"sunday.all_day\" value=\"true\" checked")
    );

    let copy = client.submit(&page.form("Copy"));
    copy.assert_says("Copy of Shop in Taipei");
    assert_eq!(copy.value("Monday"), "09:00–12:00, 13:00–17:30");
    let second = client.submit(&page.form("Copy"));
    second.assert_says("Copy of Shop in Taipei 2");

    let list = client.get("/admin/operating-hours");
    assert_eq!(list.parts("tbody tr").len(), 3);
    let found = client.get("/admin/operating-hours?search=taipei+2");
    assert_eq!(found.parts("tbody tr").len(), 1);

    let removal = client.get(&format!("{}/removal", second.path));
    removal.assert_says("No queue uses them.");
    client.submit(&removal.form("Delete operating hours"));
    assert_eq!(client.get(&second.path).status, 404);
}

#[test]
fn wrong_hours_are_told_at_their_field_and_kept() {
    let world = World::new();
    let client = &world.owner.client;
    hours(client, "Shop", &[]);
    let page = client.get("/admin/operating-hours/new");
    for (field, value, sentence) in [
        ("name", "", "Fill this in."),
        ("name", "SHOP", "Another one has this name."),
        (
            "time_zone",
            "Middle/Earth",
            "No place of this name is known.",
        ),
        (
            "monday.hours",
            "nine to five",
            "“nine to five” is not understood.",
        ),
        ("tuesday.hours", "22-2", "“22-2” ends before it begins."),
        ("wednesday.hours", "9-12, 11-13", "Two of these share time."),
    ] {
        let mut form = page.fill("Create", &[("Name", "Other")]);
        form.set(field, value);
        let answer = client.post(&form);
        assert_eq!(answer.status, 422, "{field} {value}");
        let errors = errors(&answer);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with(sentence), "{errors:?}");
        assert!(
            answer.body.contains(&format!("value=\"{value}\"")),
            "{field} is kept"
        );
        assert!(
            answer.body.contains(&format!("href=\"#{field}\"")),
            "the summary leads to {field}"
        );
    }
    assert_eq!(world.count("operating_hours"), 1);
}

#[test]
fn holidays_are_added_changed_and_taken_away() {
    let world = World::new();
    let client = &world.owner.client;
    let shop = hours(client, "Shop", &[]);
    let page = client.get(&format!("{}/holidays/new", shop.path));
    for (values, sentence) in [
        (&[("Reason", "Christmas")][..], "Choose a day."),
        (
            &[
                ("Reason", "Christmas"),
                ("First day", "2098-12-26"),
                ("Last day", "2098-12-24"),
            ],
            "The last day is before the first.",
        ),
        (
            &[
                ("Reason", "Christmas"),
                ("First day", "2097-12-26"),
                ("Last day", "2098-12-27"),
            ],
            "More than a year is no exception.",
        ),
        (&[("First day", "2098-12-24")], "Fill this in."),
    ] {
        let answer = client.post(&page.fill("Save holiday", values));
        assert_eq!(answer.status, 422);
        let errors = errors(&answer);
        assert!(errors[0].starts_with(sentence), "{errors:?}");
    }
    let shop = client.submit(&page.fill(
        "Save holiday",
        &[
            ("Reason", "Christmas"),
            ("First day", "2098-12-24"),
            ("Last day", "2098-12-26"),
        ],
    ));
    let row = shop.part("tr", "Christmas");
    row.assert_says("24 Dec 2098 – 26 Dec 2098");
    row.assert_says("Closed");
    let holiday = client.get(&row.link("/holidays/").unwrap());
    let form = holiday.fill("Save holiday", &[("Last day", ""), ("Open at", "10-12")]);
    let shop = client.submit(&form);
    let row = shop.part("tr", "Christmas");
    row.assert_says("24 Dec 2098");
    row.assert_says("10:00–12:00");
    let shop = client.submit(&row.form("Delete holiday"));
    shop.assert_says("None to come.");
    assert_eq!(world.count("holiday"), 0);
}

#[test]
fn a_calendar_file_is_shown_before_it_is_taken() {
    let world = World::new();
    let client = &world.owner.client;
    let shop = hours(client, "Shop", &[]);
    let chooser = client.get(&format!("{}/holidays/import", shop.path));
    let form = chooser.form("Look inside");
    let wrong = with_file(client, &form, "Dear diary");
    assert_eq!(wrong.status, 422);
    assert!(errors(&wrong)[0].starts_with("This is no calendar file."));

    let file = "BEGIN:VCALENDAR\r\n\
        BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20980101\r\nSUMMARY:元旦\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20980208\r\nDTEND;VALUE=DATE:20980212\r\nSUMMARY:春節\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20980301T100000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20200101\r\nSUMMARY:Long ago\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    let preview = with_file(client, &form, file);
    assert_eq!(preview.status, 200, "{}", preview.text());
    preview.assert_says("2 holidays");
    preview.assert_says("8 Feb 2098 – 11 Feb 2098");
    preview.assert_says("1 event with a time of day was left out.");
    preview.assert_says("1 is over.");
    assert_eq!(world.count("holiday"), 0, "nothing is changed yet");

    let mut take = preview.form("Add ticked holidays");
    take.fields.retain(|(_, value)| !value.contains("元旦"));
    let shop = client.submit(&take);
    shop.part("tr", "春節");
    assert_eq!(world.count("holiday"), 1);

    let again = with_file(client, &form, file);
    again.assert_says("1 is here already.");
    again.assert_says("元旦");
}

#[test]
fn a_file_from_another_site_is_refused() {
    let world = World::new();
    let client = &world.owner.client;
    let shop = hours(client, "Shop", &[]);
    let chooser = client.get(&format!("{}/holidays/import", shop.path));
    let mut form = chooser.form("Look inside");
    form.set("csrf", "guess");
    assert_eq!(with_file(client, &form, "BEGIN:VCALENDAR").status, 403);
}
