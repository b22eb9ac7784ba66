//! What is done by the clock: the page *Scheduled jobs*, *Run now*, and what a machine that was off makes up.

use super::support::client::Page;
use super::support::program::wait_until;
use super::support::world::World;

const DAY_MS: i64 = 24 * 3_600_000;

fn runs(world: &World, job: &str) -> i64 {
    world.one("SELECT runs FROM job WHERE job = ?1", [job])
}

/// Waits until a job has run so often.
#[track_caller]
fn ran(world: &World, job: &str, times: i64) {
    wait_until(&format!("{job} ran {times} times"), || {
        (runs(world, job) >= times).then_some(())
    });
    assert_eq!(runs(world, job), times, "{job}");
}

fn jobs(world: &World) -> Page {
    world.owner.client.get("/admin/jobs")
}

#[test]
fn every_job_stands_on_the_page_and_run_now_runs_it_once() {
    let world = World::new();
    let page = jobs(&world);
    for name in [
        "Check access tokens",
        "Close conversations",
        "Forget old webhook calls",
        "Tend the database",
    ] {
        page.assert_says(name);
    }
    assert_eq!(runs(&world, "optimize"), 0);
    let row = page.part("tbody tr", "Tend the database");
    row.assert_says("Never ran");
    let after = world.owner.client.submit(&row.form("Run now"));
    assert_eq!(after.path, "/admin/jobs");
    ran(&world, "optimize", 1);
    let row = jobs(&world).part("tbody tr", "Tend the database");
    row.assert_says("Done");
    assert!(
        world.one::<i64>(
            "SELECT next_at > ran_at FROM job WHERE job = 'optimize'",
            []
        ) == 1
    );
}

#[test]
fn a_run_missed_while_the_machine_was_off_is_made_up_once() {
    let world = World::new();
    wait_until("the jobs are planned", || {
        let planned: i64 = world.one("SELECT count(*) FROM job WHERE next_at IS NOT NULL", []);
        (planned == world.count("job")).then_some(())
    });
    world.kill();
    // Off for a month: thirty nights were missed.
    world.change(
        "UPDATE job SET next_at = next_at - ?1 WHERE job = 'optimize'",
        [30 * DAY_MS],
    );
    world.start();
    ran(&world, "optimize", 1);
    world.restart();
    // The lane has looked at every job once it has planned this one anew.
    world.kill();
    world.change(
        "UPDATE job SET next_at = NULL WHERE job = 'forget-the-journal'",
        [],
    );
    world.start();
    wait_until("the schedule was looked at", || {
        world
            .one::<Option<i64>>(
                "SELECT next_at FROM job WHERE job = 'forget-the-journal'",
                [],
            )
            .map(|_| ())
    });
    ran(&world, "optimize", 1);
}

#[test]
fn a_clock_that_was_put_back_keeps_no_job_waiting_for_years() {
    let world = World::new();
    world.kill();
    world.change("UPDATE job SET next_at = 4102444800000", []);
    world.start();
    wait_until("every job is planned anew", || {
        let far: i64 = world.one(
            "SELECT count(*) FROM job WHERE next_at >= 4102444800000",
            [],
        );
        (far == 0).then_some(())
    });
    assert_eq!(runs(&world, "optimize"), 0);
}

#[test]
fn only_administrators_run_jobs() {
    let world = World::new();
    for role in ["agent", "supervisor"] {
        let person = world.person(&format!("{role}x"), role);
        assert_eq!(person.client.get("/admin/jobs").status, 403);
    }
    assert_eq!(world.owner.client.get("/admin/jobs").status, 200);
    let unknown = {
        let mut form = jobs(&world).form("Run now");
        form.action = "/admin/jobs/no-such-job/run".to_owned();
        world.owner.client.submit(&form)
    };
    assert_eq!(unknown.status, 404);
}
