//! The sample shop: its pages on the platforms, its people, its customers and what they wrote.

use crate::domain::access::Role;
use crate::domain::media::{Form, sniff};
use crate::simulator::facebook::Receipts;
use crate::simulator::line::{Bot, ChatMode, Phone};
use crate::simulator::{Fault, Simulator, TranscriptEntry};

use super::phone::Owner;
use super::samples::CUSTOMERS;

/// A channel's name, as `channels::registry()` has it.
pub(super) const FACEBOOK: &str = "facebook";
/// A channel's name, as `channels::registry()` has it.
pub(super) const LINE: &str = "line";

/// The shop's name.
pub const NAME: &str = "Saarela Outdoor";

/// A ready-made sign-in.
pub struct SignIn {
    /// Address.
    pub email: &'static str,
    /// Name.
    pub name: &'static str,
    /// Permissions.
    pub role: Role,
}

/// Everybody signs in with this password.
pub const PASSWORD: &str = "counter demo";

/// The shop's people.
pub const SIGN_INS: &[SignIn] = &[
    SignIn {
        email: "aino@saarela.example",
        name: "Aino Lehtonen",
        role: Role::Administrator,
    },
    SignIn {
        email: "tomasz@saarela.example",
        name: "Tomasz Wójcik",
        role: Role::Supervisor,
    },
    SignIn {
        email: "mei-ling@saarela.example",
        name: "Mei-Ling Chen",
        role: Role::Agent,
    },
];

pub(super) const APP_ID: &str = "1184720936615042";
pub(super) const APP_SECRET: &str = "5d41402abc4b2a76b9719d911017c592";
pub(super) const CHANNEL_ID: &str = "2004417753";
pub(super) const CHANNEL_SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
pub(super) const BOT_NAME: &str = "Saarela Outdoor 台灣";
pub(super) const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";

/// The shop's Facebook Pages: id and name.
pub(super) const PAGES: [(&str, &str); 2] = [
    ("104882716359920", "Saarela Outdoor"),
    ("209913055847116", "Saarela Outdoor 台灣"),
];

/// Opens the shop's app, pages and official account on the platforms, and hands the customers their
/// phones.
pub(super) fn open_pages(simulator: &Simulator) {
    let facebook = simulator.facebook();
    facebook.add_app(APP_ID, APP_SECRET);
    for (id, name) in PAGES {
        facebook.add_page(APP_ID, id, name);
    }
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@saarela-tw".to_owned(),
        display_name: BOT_NAME.to_owned(),
        chat_mode: ChatMode::Bot,
    };
    simulator
        .line()
        .add_channel(CHANNEL_ID, CHANNEL_SECRET, None, bot);
    simulator.line().set_quota(CHANNEL_ID, Some(200));
    for customer in &CUSTOMERS {
        if customer.channel == FACEBOOK {
            facebook
                .customer(customer.page, customer.id, customer.name)
                .sets_receipts(Receipts::Delivered);
        } else {
            simulator
                .line()
                .user(CHANNEL_ID, customer.id, customer.name)
                .sets_phone(Phone::On);
        }
    }
}

/// A fresh token for each of [`PAGES`].
pub(super) fn page_tokens(simulator: &Simulator) -> Vec<String> {
    PAGES
        .iter()
        .map(|(id, _)| simulator.facebook().new_page_token(APP_ID, id))
        .collect()
}

/// Everybody with a phone.
pub(super) fn owners(simulator: &Simulator) -> Vec<Owner> {
    let facebook = simulator.facebook().customers();
    let line = simulator.line().users();
    let mut owners: Vec<Owner> = facebook
        .into_iter()
        .map(|customer| Owner {
            channel: FACEBOOK,
            id: customer.psid,
            name: customer.name,
            page: customer.page_name,
        })
        .collect();
    owners.extend(line.into_iter().map(|user| Owner {
        channel: LINE,
        id: user.user_id,
        name: user.name,
        page: user.account_name,
    }));
    owners
}

/// What a phone shows; `None` when there is no such phone.
pub(super) fn transcript(
    simulator: &Simulator,
    channel: &str,
    id: &str,
) -> Option<Vec<TranscriptEntry>> {
    match channel {
        FACEBOOK => Some(simulator.facebook().find_customer(id)?.transcript()),
        LINE => Some(simulator.line().find_user(id)?.transcript()),
        _ => None,
    }
}

/// The customer looks at the phone.
pub(super) fn read_all(simulator: &Simulator, channel: &str, id: &str) {
    match channel {
        FACEBOOK => {
            if let Some(customer) = simulator.facebook().find_customer(id)
                && has_unread(&customer.transcript())
            {
                customer.reads_all();
            }
        }
        _ => {
            if let Some(user) = simulator.line().find_user(id)
                && has_unread(&user.transcript())
            {
                user.reads_all();
            }
        }
    }
}

fn has_unread(entries: &[TranscriptEntry]) -> bool {
    use crate::simulator::{Side, Tick};
    entries
        .iter()
        .any(|entry| entry.side == Side::Business && entry.tick != Tick::Read)
}

/// The customer writes; `None` when there is no such phone.
pub(super) fn write(simulator: &Simulator, channel: &str, id: &str, text: &str) -> Option<()> {
    match channel {
        FACEBOOK => simulator.facebook().find_customer(id)?.writes(text),
        LINE => simulator.line().find_user(id)?.writes(text),
        _ => return None,
    };
    Some(())
}

/// What customers send when they send a picture.
const PICTURE: &[u8] = include_bytes!("picture.png");

/// The customer sends a picture; `None` when there is no such phone.
pub(super) fn send_picture(simulator: &Simulator, channel: &str, id: &str) -> Option<()> {
    match channel {
        FACEBOOK => {
            let facebook = simulator.facebook();
            let customer = facebook.find_customer(id)?;
            let address = facebook.put_file("cup.png", "image/png", PICTURE);
            customer.sends_attachment("image", serde_json::json!({ "url": address }))
        }
        LINE => simulator.line().find_user(id)?.sends_picture(PICTURE),
        _ => return None,
    };
    Some(())
}

/// The customer sends a file, as what it is; `None` when there is no such phone.
pub(super) fn send_file(
    simulator: &Simulator,
    channel: &str,
    id: &str,
    name: &str,
    bytes: &[u8],
) -> Option<()> {
    let found = sniff(bytes);
    match channel {
        FACEBOOK => {
            let facebook = simulator.facebook();
            let customer = facebook.find_customer(id)?;
            let address = facebook.put_file(name, found.mime, bytes);
            let kind = match found.form {
                Form::Picture => "image",
                Form::Video => "video",
                Form::Audio => "audio",
                Form::Download => "file",
            };
            customer.sends_attachment(kind, serde_json::json!({ "url": address }))
        }
        LINE => {
            let user = simulator.line().find_user(id)?;
            match found.form {
                Form::Picture => user.sends_picture(bytes),
                Form::Video => user.sends_video(bytes, 1_000),
                Form::Audio => user.sends_audio(bytes, 1_000),
                Form::Download => user.sends_file(name, bytes),
            }
        }
        _ => return None,
    };
    Some(())
}

/// The customer sends a sticker; `None` when there is no such phone.
pub(super) fn send_sticker(simulator: &Simulator, channel: &str, id: &str) -> Option<()> {
    match channel {
        FACEBOOK => {
            let facebook = simulator.facebook();
            let customer = facebook.find_customer(id)?;
            let address = facebook.put_file("thumb.png", "image/png", PICTURE);
            let payload =
                serde_json::json!({ "url": address, "sticker_id": 369_239_263_222_822_u64 });
            customer.sends_attachment("sticker", payload)
        }
        LINE => simulator.line().find_user(id)?.sends_sticker("446", "1988"),
        _ => return None,
    };
    Some(())
}

/// Switches a fault on: token trouble until it is mended, everything else for the next call.
pub(super) fn break_something(simulator: &Simulator, channel: &str, fault: Fault) {
    let rule = match fault {
        Fault::DeadToken => fault.until_cleared(),
        _ => fault.once(),
    };
    match channel {
        FACEBOOK => simulator.facebook().inject(rule),
        _ => simulator.line().inject(rule),
    }
}

/// The keys of the faults that are on.
pub(super) fn faults(simulator: &Simulator, channel: &str) -> Vec<&'static str> {
    let rules = match channel {
        FACEBOOK => simulator.facebook().faults(),
        _ => simulator.line().faults(),
    };
    rules.iter().map(|rule| rule.fault.key()).collect()
}

/// Switches every fault off.
pub(super) fn mend(simulator: &Simulator) {
    simulator.facebook().clear_faults();
    simulator.line().clear_faults();
}
