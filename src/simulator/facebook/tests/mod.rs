//! The simulated Facebook, met as the product meets it: over HTTP.

mod reads;
mod sends;
mod webhooks;

use super::super::fake_product::{FakeProduct, LIMIT, call};
use super::super::{Fault, Side, Signature, Simulator, Tick, TokenPlace, wire};
use super::{Customer, Echo, GraphError, ProfileAccess, Receipts};
use serde_json::{Value, json};
use std::time::Duration;

const APP: &str = "138483919580948";
const SECRET: &str = "60efff025951cddde78c8d03de52cc90";
const PAGE: &str = "542998526103632";
const PSID: &str = "5794982867201265";

struct World {
    simulator: Simulator,
    product: FakeProduct,
    token: String,
    anna: Customer,
}

/// One page, subscribed for everything, and one customer.
fn world() -> World {
    let product = FakeProduct::start();
    let simulator = Simulator::start().unwrap();
    let facebook = simulator.facebook();
    facebook.add_app(APP, SECRET);
    let token = facebook.add_page(APP, PAGE, "Shop");
    facebook
        .set_webhook(APP, &format!("{}/hook", product.url), "right")
        .unwrap();
    let anna = facebook.customer(PAGE, PSID, "Anna Meri");
    anna.sets_receipts(Receipts::None);
    let world = World {
        anna,
        simulator,
        product,
        token,
    };
    let fields = "messages,messaging_postbacks,message_echoes,message_reads,message_deliveries,\
                  message_reactions,message_edits,standby";
    let path = format!("/{PAGE}/subscribed_apps?subscribed_fields={fields}");
    assert_eq!(world.post(&path, &json!({})).0, 200);
    world
}

impl World {
    fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("{}/v25.0{path}", self.simulator.graph_url());
        call("GET", &url, &self.token, &[], None).unwrap()
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<(u16, Value), ureq::Error> {
        let url = format!("{}/v25.0{path}", self.simulator.graph_url());
        call("POST", &url, &self.token, &[], Some(body))
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.try_post(path, body).unwrap()
    }

    fn send(&self, message: Value) -> (u16, Value) {
        self.post(&format!("/{PAGE}/messages"), &response(message))
    }

    /// The code and subcode with which a send is refused.
    fn refusal(&self, body: &Value) -> (i64, Option<i64>) {
        let (status, answer) = self.post("/me/messages", body);
        assert!(status >= 400, "accepted: {answer}");
        code(&answer)
    }
}

fn response(message: Value) -> Value {
    json!({"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": message})
}

fn code(answer: &Value) -> (i64, Option<i64>) {
    let error = &answer["error"];
    (
        error["code"].as_i64().unwrap(),
        error["error_subcode"].as_i64(),
    )
}
