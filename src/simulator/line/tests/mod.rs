//! The simulated LINE, met as the product meets it: over HTTP.

mod account;
mod sends;
mod webhooks;

use super::super::fake_product::{FakeProduct, call};
use super::super::{Calls, Fault, Side, Signature, Simulator, Tick, wire};
use super::{Bot, ChatMode, LineError, LineUser, Phone, Via};
use serde_json::{Value, json};
use std::time::Duration;

const CHANNEL: &str = "1653424449";
const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";
const USER: &str = "U0123456789abcdef0123456789abcdef";
const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

struct World {
    simulator: Simulator,
    product: FakeProduct,
    token: String,
    mei: LineUser,
}

/// One official account whose webhook is set, and one friend.
fn world() -> World {
    let simulator = Simulator::start().unwrap();
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@shop".to_owned(),
        display_name: "Shop".to_owned(),
        chat_mode: ChatMode::Chat,
    };
    let line = simulator.line();
    line.add_channel(CHANNEL, SECRET, Some("long"), bot);
    let world = World {
        mei: line.user(CHANNEL, USER, "美玲"),
        token: "long".to_owned(),
        product: FakeProduct::start(),
        simulator,
    };
    let endpoint = json!({"endpoint": world.product.url});
    assert_eq!(
        world
            .call("PUT", "/channel/webhook/endpoint", Some(endpoint))
            .0,
        200
    );
    world
}

impl World {
    fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/v2/bot{path}", self.simulator.line_url());
        call(method, &url, &self.token, &[], body.as_ref()).unwrap()
    }

    fn try_push(&self, key: Option<&str>, body: &Value) -> Result<(u16, Value), ureq::Error> {
        let url = format!("{}/v2/bot/message/push", self.simulator.line_url());
        let header = key.map(|key| ("X-Line-Retry-Key", key));
        call("POST", &url, &self.token, header.as_slice(), Some(body))
    }

    fn push(&self, key: Option<&str>, text: &str) -> (u16, Value) {
        self.try_push(key, &to_user(text)).unwrap()
    }

    fn reply(&self, token: &str, text: &str) -> (u16, Value) {
        let body = json!({"replyToken": token, "messages": [{"type": "text", "text": text}]});
        self.call("POST", "/message/reply", Some(body))
    }

    fn texts(&self) -> Vec<String> {
        let sent = self.simulator.line().sent_to(USER);
        sent.into_iter().filter_map(|sent| sent.text).collect()
    }
}

fn to_user(text: &str) -> Value {
    json!({"to": USER, "messages": [{"type": "text", "text": text}]})
}
