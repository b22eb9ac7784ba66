//! The demo: write on the customer's phone, answer in the workspace, see the answer on the phone.

use super::every_page::everywhere;
use super::{NARROW, WIDE, Window};
use crate::support::program::Home;

#[test]
fn what_is_written_on_the_phone_is_answered_and_the_answer_is_on_the_phone() {
    let home = Home::new();
    let server = home.demo();
    let agent = Window::new(&server.url, WIDE);
    agent.sign_in("mei-ling@saarela.example", "counter demo");
    agent.wait_until_live();

    agent.take("Emily Carter");
    let asked = agent.said();
    assert_eq!(
        asked.len(),
        1,
        "the sample conversation is there: {asked:?}"
    );

    let phone = Window::new(&server.url, NARROW);
    phone.go("/demo");
    phone.follow("Emily Carter");
    phone.fill("Write a message", "I would need it by Friday.");
    phone.follow("Send");
    agent.wait_until_said(&[asked[0].as_str(), "I would need it by Friday."]);
    agent.write("We do. It takes four days.");
    agent.key("Enter");
    phone.wait_for_text("We do. It takes four days.");
    agent.wait_for_state("We do. It takes four days.", "Read");
    agent.assert_quiet();
    phone.assert_quiet();
    let problems = everywhere(&phone, "/demo", 200);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
