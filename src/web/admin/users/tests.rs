//! People in the admin center, through the whole server.

use crate::domain::access::Role;
use crate::web::testing::{Answer, Browser, House, PASSWORD};

const BOSS: &str = "boss@shop.example";
const OTHER: &str = "quiet lanterns over the harbour";

fn fields<'a>(email: &'a str, role: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Mei Chen"),
        ("nickname", ""),
        ("email", email),
        ("role", role),
        ("locale", ""),
        ("capacity", "60"),
        ("presence", ""),
    ]
}

/// The way in of the link that a page shows.
fn link(page: &str) -> String {
    let (_, rest) = page
        .split_once("/join?token=")
        .expect("the page shows a link");
    let end = rest.find(['"', '&']).expect("it ends");
    format!("/join?token={}", &rest[..end])
}

fn choose(browser: &Browser<'_>, link: &str, password: &str) -> Answer {
    let token = link.split_once('=').unwrap().1;
    let fields = [("csrf", ""), ("token", token), ("password", password)];
    browser.post_from("same-origin", "/join", &fields)
}

#[test]
fn somebody_is_invited_by_a_link_that_works_once() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    let page = boss.post("/admin/users/new", &fields("mei@shop.example", "agent"));
    assert_eq!(page.status.code, 200, "{}", page.body);
    assert!(
        page.body.contains("<svg viewBox"),
        "the link is a picture as well"
    );
    let link = link(&page.body);
    let mei = house.browser();
    assert!(mei.get(&link).body.contains("Mei Chen"));
    assert_eq!(mei.sign_in("mei@shop.example", PASSWORD).status.code, 422);
    assert_eq!(choose(&mei, &link, "short").status.code, 422);
    assert_eq!(choose(&mei, &link, OTHER).status.code, 303);
    assert_eq!(mei.get("/profile").status.code, 200);
    assert_eq!(choose(&house.browser(), &link, OTHER).status.code, 404);
    assert_eq!(house.browser().get(&link).status.code, 404);
    assert_eq!(
        house
            .browser()
            .sign_in("mei@shop.example", OTHER)
            .status
            .code,
        303
    );
}

#[test]
fn a_newer_link_ends_the_one_before_and_a_deactivation_ends_both() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    let first = link(&boss.post("/admin/users/2/link", &[]).body);
    let second = link(&boss.post("/admin/users/2/link", &[]).body);
    assert_eq!(house.browser().get(&first).status.code, 404);
    assert_eq!(house.browser().get(&second).status.code, 200);
    assert_eq!(
        boss.post("/admin/users/2/deactivation", &[]).status.code,
        303
    );
    assert_eq!(house.browser().get(&second).status.code, 404);
    assert_eq!(boss.post("/admin/users/2/activation", &[]).status.code, 303);
    assert_eq!(house.browser().get(&second).status.code, 404);
}

#[test]
fn a_new_password_by_a_link_signs_the_person_out_elsewhere() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    let anna = house.signed_in("anna@shop.example");
    let link = link(&boss.post("/admin/users/2/link", &[]).body);
    assert_eq!(
        anna.get("/profile").status.code,
        200,
        "a link alone changes nothing"
    );
    assert_eq!(choose(&house.browser(), &link, OTHER).status.code, 303);
    assert_eq!(anna.get("/profile").status.code, 303);
}

#[test]
fn what_is_set_about_a_person_is_kept_and_what_is_wrong_is_said() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    assert_eq!(
        boss.post(
            "/admin/skills/new",
            &[("name", "Polish"), ("kind", "Language")]
        )
        .status
        .code,
        303
    );
    let mut typed = fields("anna@shop.example", "supervisor");
    typed.push(("skills[1]", "7"));
    assert_eq!(boss.post("/admin/users/2", &typed).status.code, 303);
    let page = boss.get("/admin/users/2").body;
    for part in ["Mei Chen", "value=\"60\"", "<option value=\"7\" selected>"] {
        assert!(page.contains(part), "{part} is missing");
    }
    for (field, value) in [
        ("name", " "),
        ("email", "nobody"),
        ("email", "BOSS@shop.example"),
        ("role", "owner"),
        ("capacity", "10001"),
        ("capacity", "-1"),
        ("capacity", "many"),
    ] {
        let mut typed = fields("anna@shop.example", "agent");
        typed.retain(|(name, _)| *name != field);
        typed.push((field, value));
        let answer = boss.post("/admin/users/2", &typed);
        assert_eq!(answer.status.code, 422, "{field}={value}");
        assert!(
            answer.body.contains(&format!("id=\"{field}-error\"")),
            "{field}={value}"
        );
    }
}

#[test]
fn nobody_locks_themselves_out() {
    let house = House::set_up();
    house.add("second@shop.example", Role::Administrator);
    let boss = house.signed_in(BOSS);
    assert_eq!(
        boss.post("/admin/users/1/deactivation", &[]).status.code,
        422
    );
    assert_eq!(
        boss.post("/admin/users/1", &fields(BOSS, "agent"))
            .status
            .code,
        303
    );
    assert_eq!(boss.get("/admin/users").status.code, 200, "the role stayed");
    assert_eq!(
        boss.post("/admin/users/3", &fields("second@shop.example", "agent"))
            .status
            .code,
        303
    );
    let second = house.signed_in("second@shop.example");
    assert_eq!(
        second.get("/admin/users").status.code,
        403,
        "a change of role holds at once"
    );
}

#[test]
fn an_administrator_signs_somebody_out() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    let (here, there) = (
        house.signed_in("anna@shop.example"),
        house.signed_in("anna@shop.example"),
    );
    let page = boss.get("/admin/users/2").body;
    let (_, rest) = page.split_once("/admin/users/2/sessions/").unwrap();
    let rest = rest
        .strip_prefix("end-all")
        .map_or(rest, |rest| rest.split_once("/sessions/").unwrap().1);
    let id = rest.split('/').next().unwrap();
    boss.post(&format!("/admin/users/2/sessions/{id}/end"), &[]);
    let alive = [&here, &there].map(|browser| browser.get("/profile").status.code);
    assert!(
        alive.contains(&200) && alive.contains(&303),
        "one of two: {alive:?}"
    );
    boss.post("/admin/users/2/sessions/end-all", &[]);
    for browser in [&here, &there] {
        assert_eq!(browser.get("/profile").status.code, 303);
    }
    assert!(
        boss.get("/admin/audit?act=sessions-ended")
            .body
            .contains("anna")
    );
}

#[test]
fn a_presence_has_its_own_name_and_the_built_in_ones_stay() {
    let house = House::set_up();
    let boss = house.signed_in(BOSS);
    let lunch = [
        ("name", "Lunch"),
        ("text", "Back soon"),
        ("base", "away"),
        ("description", ""),
    ];
    assert_eq!(boss.post("/admin/presences/new", &lunch).status.code, 303);
    assert_eq!(boss.post("/admin/presences/new", &lunch).status.code, 422);
    let page = boss.get("/admin/presences").body;
    let ids: Vec<&str> = page
        .match_indices("href=\"/admin/presences/")
        .map(|(at, mark)| page[at + mark.len()..].split('"').next().unwrap())
        .filter(|id| id.parse::<i64>().is_ok())
        .collect();
    assert_eq!(ids.len(), 1, "{page}");
    for built_in in 1..=6 {
        let path = format!("/admin/presences/{built_in}");
        assert_eq!(boss.get(&path).status.code, 404);
        assert_eq!(boss.post(&format!("{path}/removal"), &[]).status.code, 404);
    }
    let mut typed = fields("anna@shop.example", "agent");
    typed.retain(|(name, _)| *name != "presence");
    typed.push(("presence", ids[0]));
    assert_eq!(boss.post("/admin/users/2", &typed).status.code, 303);
    let path = format!("/admin/presences/{}/removal", ids[0]);
    assert!(boss.get(&path).body.contains("1 person"));
    assert_eq!(boss.post(&path, &[]).status.code, 303);
    assert_eq!(boss.get("/admin/users/2").status.code, 200);
}
