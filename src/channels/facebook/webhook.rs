//! What Meta calls us with: the verification, the signature, and bodies full of events.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::channels::json::{self, Fields, Word, field, read};
use crate::crypto::{self, Secret};
use crate::domain::inbound::{
    Customer, CustomerKind, Inbound, PageEffect, PageNotice, Parsed, Remark, What,
};
use crate::domain::obstacle::Obstacle;
use crate::domain::time::Timestamp;

use super::message;

/// `X-Hub-Signature-256: sha256=<64 hex>`, HMAC-SHA256 of the raw body under the app secret. The older
/// SHA-1 header beside it is not looked at.
pub fn verify(secret: &Secret, header: &dyn Fn(&str) -> Vec<String>, body: &[u8]) -> bool {
    let [signature] = &header("x-hub-signature-256")[..] else {
        return false;
    };
    signature
        .strip_prefix("sha256=")
        .and_then(bytes_of_hex)
        .is_some_and(|tag| crypto::verify_hmac_sha256(secret.expose().as_bytes(), body, &tag))
}

fn bytes_of_hex(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.bytes().all(|sign| sign.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// `?hub.mode=subscribe&hub.verify_token=…&hub.challenge=1158201444`: the challenge, when it is Meta
/// and not somebody who wants to see his own text at our address.
pub fn handshake(verify_token: &Secret, query: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let token = query("hub.verify_token")?;
    let challenge = query("hub.challenge")?;
    let is_harmless = (1..=128).contains(&challenge.len())
        && challenge
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'.' | b'-'));
    let is_allowed = query("hub.mode")? == "subscribe"
        && !verify_token.is_empty()
        && crypto::equal_in_constant_time(verify_token.expose(), &token);
    (is_harmless && is_allowed).then_some(challenge)
}

/// `{"object":"page","entry":[{"id":"542998526103632","time":1780500000400,"messaging":[…]}]}`
#[derive(Deserialize)]
struct Body<'a> {
    object: Option<Word>,
    #[serde(borrow)]
    entry: Option<Vec<&'a RawValue>>,
}

/// One page's part of a body. Each of the three lists may be missing, also all of them.
#[derive(Deserialize)]
struct Entry<'a> {
    id: Word,
    time: Option<Word>,
    #[serde(borrow)]
    messaging: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    standby: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    changes: Option<Vec<&'a RawValue>>,
}

/// The page id of the events that the app dashboard's *Test* button sends, and the id of its message.
const TEST_PAGE: &str = "0";
const TEST_MESSAGE: &str = "test_message_id";

/// Cuts a body into events. See [`crate::channels::Channel::parse`].
pub fn parse(body: &[u8], received_at: Timestamp) -> Result<Vec<Parsed>, Obstacle> {
    let body: Body<'_> = serde_json::from_slice(body).map_err(json::misread)?;
    let object = body.object.map_or_else(|| "page".to_owned(), |word| word.0);
    let mut events = Vec::new();
    for raw in body.entry.unwrap_or_default() {
        match serde_json::from_str::<Entry<'_>>(raw.get()) {
            Ok(entry) => read_entry(&object, entry, received_at, &mut events),
            Err(error) => events.push(Parsed {
                raw: format!(r#"{{"object":{},"entry":[{raw}]}}"#, quoted(&object)),
                event: Err(json::misread(error)),
            }),
        }
    }
    Ok(events)
}

fn read_entry(object: &str, entry: Entry<'_>, received_at: Timestamp, events: &mut Vec<Parsed>) {
    let list = |name, items: Option<Vec<_>>| {
        items
            .unwrap_or_default()
            .into_iter()
            .map(move |item| (name, item))
    };
    let items = list("messaging", entry.messaging)
        .chain(list("standby", entry.standby))
        .chain(list("changes", entry.changes));
    for (name, raw) in items {
        let place = Place {
            page: &entry.id.0,
            sent_at: json::moment(entry.time.as_ref(), received_at).unwrap_or(received_at),
            received_at,
            standby: name == "standby",
        };
        let event = if object != "page" {
            Ok(place.nothing("other-object"))
        } else if place.page == TEST_PAGE {
            Ok(place.event(What::Test))
        } else if name == "changes" {
            Ok(read_change(&place, raw))
        } else {
            read_item(&place, raw.get())
        };
        events.push(Parsed {
            raw: wrapped(object, &entry.id.0, entry.time.as_ref(), name, raw),
            event,
        });
    }
}

/// A body with only one event.
fn wrapped(object: &str, page: &str, time: Option<&Word>, list: &str, raw: &RawValue) -> String {
    let mut body = format!(
        r#"{{"object":{},"entry":[{{"id":{}"#,
        quoted(object),
        quoted(page)
    );
    if let Some(time) = time {
        let _ = write!(body, r#","time":{}"#, quoted(&time.0));
    }
    let _ = write!(body, r#","{list}":[{raw}]}}]}}"#);
    body
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Where an event stands in a body.
struct Place<'a> {
    page: &'a str,
    /// The entry's time, or the arrival where it cannot be believed.
    sent_at: Timestamp,
    received_at: Timestamp,
    standby: bool,
}

impl Place<'_> {
    /// An event that concerns no conversation.
    fn event(&self, what: What) -> Inbound {
        Inbound {
            page: self.page.to_owned(),
            customer: None,
            at: self.sent_at,
            key: None,
            reply_token: None,
            standby: self.standby,
            what,
        }
    }

    fn nothing(&self, why: &'static str) -> Inbound {
        self.event(What::Nothing(why))
    }
}

/// `{"field":"feed","value":{"item":"comment",…}}`; the dashboard sends its test messages in this form.
fn read_change(place: &Place<'_>, raw: &RawValue) -> Inbound {
    let is_test = serde_json::from_str::<serde_json::Value>(raw.get())
        .is_ok_and(|change| change["value"]["message"]["mid"] == TEST_MESSAGE);
    if is_test {
        return place.event(What::Test);
    }
    place.nothing("change")
}

/// `"sender":{"id":"5794982867201265"}`, or `{"user_ref":"ref-1"}` for a guest of the chat plugin.
#[derive(Deserialize)]
struct Party {
    id: Option<Word>,
    user_ref: Option<Word>,
}

/// What the readers of the single kinds know about the event around.
pub struct Item {
    /// The page itself wrote: an echo even where the mark is missing.
    pub from_page: bool,
    /// When it happened.
    pub at: Timestamp,
    /// To read the times within.
    pub received_at: Timestamp,
}

type Reader = fn(&Item, &str) -> Result<What, Obstacle>;

/// Which key of an item decides what it is, the first that is there.
const KINDS: &[(&str, Reader)] = &[
    ("message", message::read),
    ("postback", message::read_postback),
    ("message_edit", read_edit),
    ("reaction", read_reaction),
    ("read", read_read),
    ("delivery", read_delivery),
    ("referral", read_referral),
    ("optin", read_optin),
    ("account_linking", read_account_linking),
    ("pass_thread_control", |_, raw| {
        handover("handover-passed", raw, "new_owner_app_id")
    }),
    ("take_thread_control", |_, raw| {
        handover("handover-taken", raw, "new_owner_app_id")
    }),
    ("request_thread_control", |_, raw| {
        handover("handover-requested", raw, "requested_owner_app_id")
    }),
    ("app_roles", |_, _| Ok(What::Nothing("app-roles"))),
    ("policy_enforcement", read_policy),
    ("policy-enforcement", read_policy),
    ("response_feedback", |_, raw| {
        plain("feedback", raw, "feedback")
    }),
    ("order", read_order),
    ("game_play", |_, raw| plain("game", raw, "score")),
    ("checkout_update", |_, _| remark("checkout", String::new())),
    ("payment", read_payment),
];

/// Keys that stand beside the deciding one.
const COMPANIONS: &[&str] = &[
    "sender",
    "recipient",
    "timestamp",
    "prior_message",
    "hop_context",
    "lead",
];

/// Reads one item of `messaging` or `standby`.
fn read_item(place: &Place<'_>, raw: &str) -> Result<Inbound, Obstacle> {
    let fields: Fields<'_> = serde_json::from_str(raw).map_err(json::misread)?;
    let sender: Option<Party> = read(&fields, "sender");
    let recipient: Option<Party> = read(&fields, "recipient");
    let is_guest = sender
        .as_ref()
        .is_some_and(|party| party.id.is_none() && party.user_ref.is_some());
    let id = |party: Option<Party>| party.and_then(|party| json::filled(party.id));
    let (sender, recipient) = (id(sender), id(recipient));
    let timestamp: Option<Word> = read(&fields, "timestamp");
    let received_at = place.received_at;
    let at = json::moment(timestamp.as_ref(), received_at).unwrap_or(place.sent_at);
    let item = Item {
        from_page: sender.as_deref() == Some(place.page),
        at,
        received_at,
    };
    let customer = [sender, recipient]
        .into_iter()
        .flatten()
        .find(|party| party != place.page);

    let known = KINDS
        .iter()
        .find_map(|(key, reader)| Some((*key, reader, field(&fields, key)?)));
    let (key, what) = match known {
        Some((key, reader, payload)) => (key, reader(&item, payload)?),
        None => read_unknown(&fields)?,
    };
    let what = match what {
        What::Message(_) | What::Echo { .. } if customer.is_none() && is_guest => {
            What::Nothing("guest")
        }
        What::Message(_) | What::Echo { .. } if customer.is_none() => {
            return Err(Obstacle::NoCustomer);
        }
        what => what,
    };
    let key = is_keyed(&what).then(|| {
        let who = customer.as_deref().unwrap_or_default();
        let when = json::text(timestamp);
        json::event_key(
            &[place.page, who, key, &when],
            field(&fields, key).unwrap_or(raw),
        )
    });
    Ok(Inbound {
        customer: customer.map(|platform_id| Customer {
            platform_id,
            kind: CustomerKind::Person,
            speaker: None,
        }),
        at,
        key,
        ..place.event(what)
    })
}

/// Whether coming twice would change something: all that has no message id of its own.
fn is_keyed(what: &What) -> bool {
    match what {
        What::Message(message) => message.platform_id.is_none(),
        What::Edited { .. } | What::Reaction { .. } | What::Remark(_) | What::Page(_) => true,
        _ => false,
    }
}

/// An event of a kind that is newer than this program is shown by its name.
fn read_unknown<'a>(fields: &Fields<'a>) -> Result<(&'static str, What), Obstacle> {
    fields
        .keys()
        .find(|key| !COMPANIONS.contains(&key.as_str()))
        .map(|key| Ok(("", remark("unknown-event", key.clone())?)))
        .unwrap_or(Err(Obstacle::NothingHappened))
}

fn remark(word: &'static str, detail: String) -> Result<What, Obstacle> {
    Ok(What::Remark(Remark {
        word,
        detail,
        opens_window: false,
    }))
}

/// A payload as its fields by name.
pub fn fields(raw: &str) -> Result<Fields<'_>, Obstacle> {
    serde_json::from_str(raw).map_err(json::misread)
}

/// A remark whose detail is one field of the payload.
fn plain(word: &'static str, raw: &str, detail: &str) -> Result<What, Obstacle> {
    remark(word, json::text(read(&fields(raw)?, detail)))
}

/// The message that an event is about.
fn mid(fields: &Fields<'_>) -> Result<String, Obstacle> {
    json::filled(read(fields, "mid")).ok_or(Obstacle::NoSubject)
}

/// `{"mid":"m_6","text":"/track 42","num_edit":1}`
fn read_edit(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    Ok(What::Edited {
        platform_id: mid(&fields)?,
        text: json::text(read(&fields, "text")),
    })
}

/// `{"mid":"m_30","action":"react","reaction":"love","emoji":"❤"}`; an `unreact` often names no sign.
fn read_reaction(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let taken_away = json::text(read(&fields, "action")) == "unreact";
    let sign = || {
        json::filled(read(&fields, "emoji")).unwrap_or_else(|| {
            match json::text(read(&fields, "reaction")).as_str() {
                "smile" => "😆".to_owned(),
                "angry" => "😠".to_owned(),
                "sad" => "😢".to_owned(),
                "wow" => "😮".to_owned(),
                "love" => "❤".to_owned(),
                "like" | "" => "👍".to_owned(),
                "dislike" => "👎".to_owned(),
                other => other.to_owned(),
            }
        })
    };
    Ok(What::Reaction {
        platform_id: mid(&fields)?,
        emoji: (!taken_away).then(sign),
    })
}

/// `{"watermark":1780500000109}`: everything sent until then is read.
fn read_read(item: &Item, raw: &str) -> Result<What, Obstacle> {
    Ok(What::Read {
        watermark: watermark(item, &fields(raw)?).unwrap_or(item.at),
    })
}

/// `{"mids":["m_30"],"watermark":1780500000109}`; the list is optional.
fn read_delivery(item: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let mids: Vec<Word> = read(&fields, "mids").unwrap_or_default();
    Ok(What::Delivered {
        platform_ids: mids.into_iter().map(|mid| mid.0).collect(),
        watermark: watermark(item, &fields),
    })
}

fn watermark(item: &Item, fields: &Fields<'_>) -> Option<Timestamp> {
    json::moment(read(fields, "watermark").as_ref(), item.received_at)
}

/// `{"ref":"r","source":"SHORTLINK","type":"OPEN_THREAD"}`: the customer came back into the thread by a
/// link, which opens the window, or by an advertisement, which does not until he writes.
fn read_referral(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let by_ad = json::text(read(&fields, "source")) == "ADS";
    let title = read::<Fields<'_>>(&fields, "ads_context_data")
        .and_then(|context| json::filled(read(&context, "ad_title")));
    let reference = || json::text(read(&fields, "ref"));
    Ok(What::Remark(Remark {
        word: if by_ad { "referral-ad" } else { "referral" },
        detail: title.unwrap_or_else(reference),
        opens_window: !by_ad,
    }))
}

/// `{"type":"notification_messages","payload":"promo","title":"News","notification_messages_status":"STOP_NOTIFICATIONS"}`
fn read_optin(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let status = json::text(read(&fields, "notification_messages_status"));
    let word = if status.starts_with("STOP") {
        "opted-out"
    } else {
        "opted-in"
    };
    let topic = json::filled(read(&fields, "title")).or_else(|| json::filled(read(&fields, "ref")));
    remark(word, topic.unwrap_or_default())
}

/// `{"status":"linked","authorization_code":"abc"}`
fn read_account_linking(_: &Item, raw: &str) -> Result<What, Obstacle> {
    match json::text(read(&fields(raw)?, "status")).as_str() {
        "unlinked" => remark("account-unlinked", String::new()),
        _ => remark("account-linked", String::new()),
    }
}

/// `{"previous_owner_app_id":null,"new_owner_app_id":"263902037430900","metadata":"x"}`
fn handover(word: &'static str, raw: &str, app: &str) -> Result<What, Obstacle> {
    plain(word, raw, app)
}

/// `{"action":"block","reason":"…"}`: about the page, not about a conversation.
fn read_policy(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let (word, effect) = match json::text(read(&fields, "action")).as_str() {
        "block" => ("policy-blocked", PageEffect::Pauses),
        "unblock" => ("policy-unblocked", PageEffect::Resumes),
        _ => ("policy-warning", PageEffect::Tells),
    };
    Ok(What::Page(PageNotice {
        word,
        detail: json::text(read(&fields, "reason")),
        effect,
    }))
}

/// `{"products":[{"name":"Shoes","unit_price":10,"currency":"USD","quantity":2}],"note":"gift"}`
fn read_order(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let fields = fields(raw)?;
    let products: Vec<Fields<'_>> = read(&fields, "products").unwrap_or_default();
    let mut lines: Vec<String> = products
        .iter()
        .map(|product| {
            let quantity =
                json::filled(read(product, "quantity")).unwrap_or_else(|| "1".to_owned());
            format!("{quantity} × {}", json::text(read(product, "name")))
        })
        .collect();
    lines.extend(json::filled(read(&fields, "note")));
    remark("order", lines.join(", "))
}

/// `{"payload":"x","amount":{"currency":"USD","amount":"29.62"}}`
fn read_payment(_: &Item, raw: &str) -> Result<What, Obstacle> {
    let amount = read::<Fields<'_>>(&fields(raw)?, "amount").unwrap_or_default();
    let sum = json::text(read(&amount, "amount"));
    let currency = json::text(read(&amount, "currency"));
    remark("payment", format!("{sum} {currency}").trim().to_owned())
}
