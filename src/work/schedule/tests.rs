use super::*;
use crate::channels::{Registry, registry};
use crate::config::Platforms;
use crate::domain::conversation::State;
use crate::store::testing::House;
use crate::store::{conversations, live_events};

const BY_CLOCK: Due = Due {
    by_start: false,
    by_clock: true,
};
const DAY: Duration = Duration::from_secs(24 * 3600);

fn no_channels() -> Registry {
    Registry::of(Vec::new())
}

fn declared(house: &House) -> Tools {
    let jobs: Vec<_> = JOBS.iter().map(|job| (job.key, job.when)).collect();
    house.write(move |tx| jobs::declare(tx, &jobs));
    Tools {
        store: house.store.clone(),
        channels: no_channels(),
        wake: Wake::default(),
    }
}

fn job(house: &House, key: &str) -> jobs::Job {
    house.read(|reader| jobs::by_key(reader, key)).unwrap()
}

fn look(tools: &Tools, key: &str, due: Due) {
    let job = JOBS.iter().find(|job| job.key == key).unwrap();
    run_when_due(tools, job, due, clock::now()).unwrap();
}

/// A job that nothing but the test runs.
fn own(run: fn(&Tools) -> Result<u64>) -> Job {
    Job {
        key: "optimize",
        when: "0 50 4 * * *",
        lane: Worker::Schedule,
        at_start: false,
        trusts_clock: true,
        run,
    }
}

#[test]
fn every_job_has_a_schedule_that_comes_and_texts() {
    let now = Timestamp::from_millis(1_780_000_000_000);
    for job in JOBS {
        let next = plan::next_after(job.when, Tz::UTC, now);
        assert!(
            next.is_some_and(|next| next.since(now) <= DAY),
            "{}",
            job.key
        );
        for text in ["", "-does", "-did"] {
            let text = format!("job-{}{text}", job.key);
            assert!(crate::locale::has(&text), "{text}");
        }
    }
}

#[test]
fn the_first_look_only_plans_and_a_missed_run_is_made_up_once() {
    let house = House::furnished();
    let tools = declared(&house);
    look(&tools, "optimize", BY_CLOCK);
    let planned = job(&house, "optimize");
    assert_eq!(planned.runs, 0, "the clock begins to run");
    assert!(planned.next_at.is_some());

    // Switched off for a month.
    house.execute("UPDATE job SET next_at = next_at - 30 * 86400000");
    for _ in 0..3 {
        look(&tools, "optimize", BY_CLOCK);
    }
    let run = job(&house, "optimize");
    assert_eq!(run.runs, 1);
    assert_eq!(run.last.unwrap().ended, Ended::Done(1));
    assert_eq!(run.next_at, planned.next_at);
}

#[test]
fn a_clock_that_was_put_back_does_not_put_a_job_off_for_years() {
    let house = House::furnished();
    let tools = declared(&house);
    look(&tools, "optimize", BY_CLOCK);
    let planned = job(&house, "optimize").next_at;
    house.execute("UPDATE job SET next_at = next_at + 400 * 86400000");
    look(&tools, "optimize", BY_CLOCK);
    let again = job(&house, "optimize");
    assert_eq!((again.next_at, again.runs), (planned, 0));
}

#[test]
fn what_takes_away_waits_until_a_clock_that_jumped_can_be_believed() {
    let house = House::furnished();
    let tools = declared(&house);
    house.execute("UPDATE job SET next_at = 1");
    let doubted = Due {
        by_start: false,
        by_clock: false,
    };
    look(&tools, "close-conversations", doubted);
    assert_eq!(job(&house, "close-conversations").runs, 0);
    look(&tools, "close-conversations", BY_CLOCK);
    assert_eq!(job(&house, "close-conversations").runs, 1);
}

#[test]
fn run_now_runs_once_and_leaves_the_schedule_as_it_is() {
    let house = House::furnished();
    let tools = declared(&house);
    let boss = house.user("boss");
    look(&tools, "optimize", BY_CLOCK);
    let planned = job(&house, "optimize").next_at;
    house.write(move |tx| jobs::request(tx, "optimize", boss));
    house.write(move |tx| jobs::request(tx, "optimize", boss));
    for _ in 0..2 {
        look(&tools, "optimize", BY_CLOCK);
    }
    let run = job(&house, "optimize");
    assert_eq!(
        (run.runs, run.next_at, run.requested_at),
        (1, planned, None)
    );
}

#[test]
fn a_job_that_fails_or_panics_is_told_and_tried_again_soon() {
    let house = House::furnished();
    let tools = declared(&house);
    for (broken, says) in [
        (own(|_| Err(crate::store::StoreError::Busy)), "busy"),
        (own(|_| panic!("a secret value")), "failed in one place"),
    ] {
        run(&tools, &broken, Tz::UTC).unwrap();
        let told = job(&house, "optimize");
        let Some(Ended::Failed(why)) = told.last.map(|last| last.ended) else {
            panic!("{says}: it did not fail");
        };
        assert!(why.contains(says) && !why.contains("secret"), "{why}");
        let next = told.next_at.unwrap();
        assert!(next.since(clock::now()) <= AFTER_FAILURE);
    }
    assert!(house.read(jobs::is_any_failed), "others learn of it");
}

#[test]
fn a_run_that_was_cut_off_is_marked_and_runs_again() {
    let house = House::furnished();
    let tools = declared(&house);
    house.execute("UPDATE job SET next_at = 1");
    house.write(|tx| jobs::begin(tx, "optimize"));
    let tools = Tools {
        wake: tools.wake,
        ..declared(&house)
    };
    let cut = job(&house, "optimize");
    assert_eq!(cut.started_at, None);
    assert_eq!(cut.last.unwrap().ended, Ended::Interrupted);
    look(&tools, "optimize", BY_CLOCK);
    assert_eq!(job(&house, "optimize").last.unwrap().ended, Ended::Done(1));
}

#[test]
fn jobs_that_are_gone_are_forgotten_and_those_that_stay_keep_their_runs() {
    let house = House::furnished();
    let tools = declared(&house);
    house.execute("INSERT INTO job (job, expression) VALUES ('bygone', '0 0 0 * * *')");
    house.execute("UPDATE job SET next_at = 1");
    look(&tools, "optimize", BY_CLOCK);
    declared(&house);
    let keys: Vec<String> = house
        .read(jobs::all)
        .into_iter()
        .map(|job| job.key)
        .collect();
    assert_eq!(keys.len(), JOBS.len());
    assert!(!keys.contains(&"bygone".to_owned()));
    assert_eq!(job(&house, "optimize").runs, 1);
}

#[test]
fn jobs_run_on_a_real_database() {
    let house = House::furnished();
    let tools = Tools {
        channels: registry(&Platforms::default()),
        ..declared(&house)
    };
    let id = house.conversation("anna");
    let fresh = house.conversation("berta");
    house.execute("UPDATE conversation SET due_at = 1 WHERE conversation_id = 1");
    house.execute("UPDATE live_event SET occurred_at = 1 WHERE live_event_id = 1");
    for job in JOBS {
        look(&tools, job.key, BY_CLOCK);
    }
    let state = |id| {
        house
            .read(|reader| conversations::by_id(reader, id))
            .unwrap()
            .state
    };
    assert_eq!(state(id), State::Open, "the first start only plans");
    house.execute("UPDATE job SET next_at = 1");
    for job in JOBS {
        look(&tools, job.key, BY_CLOCK);
        let last = house
            .read(|reader| jobs::by_key(reader, job.key))
            .unwrap()
            .last;
        assert!(
            matches!(
                last,
                Some(Run {
                    ended: Ended::Done(_),
                    ..
                })
            ),
            "{}: {last:?}",
            job.key
        );
    }
    assert_eq!((state(id), state(fresh)), (State::Closed, State::Open));
    let oldest = house.read(live_events::oldest).unwrap();
    assert!(oldest.0 > 1);
}
