//! The sample shop: its pages on the platforms, its people, its customers and what they wrote.

use crate::domain::access::Role;
use crate::simulator::facebook::Receipts;
use crate::simulator::line::{Bot, ChatMode, Phone};
use crate::simulator::{Fault, Simulator, TranscriptEntry};

use super::phone::Owner;

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
pub(super) const BOT: &str = "U8e742f61d673b39c7fff3cecb7536ef0";

/// The shop's Facebook Pages: id and name.
pub(super) const PAGES: [(&str, &str); 2] = [
    ("104882716359920", "Saarela Outdoor"),
    ("209913055847116", "Saarela Outdoor 台灣"),
];

/// A customer: channel, page or bot, the platform's id, name.
type Customer = (&'static str, &'static str, &'static str, &'static str);

const CUSTOMERS: [Customer; 8] = [
    (FACEBOOK, PAGES[0].0, "28181025008155401", "Emily Carter"),
    (FACEBOOK, PAGES[0].0, "28181025008155402", "Ville Mäkinen"),
    (FACEBOOK, PAGES[0].0, "28181025008155403", "Katarzyna Nowak"),
    (FACEBOOK, PAGES[0].0, "28181025008155404", "Rafael Siqueira"),
    (FACEBOOK, PAGES[1].0, "28181025008155405", "林怡君"),
    (LINE, BOT, "U11111111111111111111111111111101", "黃詩涵"),
    (LINE, BOT, "U11111111111111111111111111111102", "王建宏"),
    (
        LINE,
        BOT,
        "U11111111111111111111111111111103",
        "Sanna Heikkilä",
    ),
];

/// How a sample conversation stands in the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Nobody has taken it.
    Open,
    /// Somebody is answering.
    Active,
    /// Parked until the customer writes.
    Waiting,
    /// Finished.
    Closed,
}

/// A sample conversation: the customer's place in the list, who answers (place in [`SIGN_INS`]), what was
/// said (`true`: by the shop), and how it ended.
pub(super) struct Sample {
    pub(super) customer: usize,
    pub(super) agent: usize,
    pub(super) said: &'static [(bool, &'static str)],
    pub(super) ending: Ending,
}

pub(super) const SAMPLES: [Sample; 7] = [
    Sample {
        customer: 3,
        agent: 0,
        said: &[
            (
                false,
                "Oi! Minha mochila veio com o zíper quebrado. Vocês trocam?",
            ),
            (
                true,
                "Oi, Rafael! Trocamos, sim. Pode me enviar uma foto da etiqueta?",
            ),
        ],
        ending: Ending::Waiting,
    },
    Sample {
        customer: 1,
        agent: 2,
        said: &[
            (false, "Hei! Onko Kaaos 2 -telttaa varastossa Tampereella?"),
            (
                true,
                "Hei Ville! On, kolme kappaletta. Varaanko sinulle yhden?",
            ),
            (false, "Kyllä kiitos, haen sen huomenna."),
            (true, "Varattu nimelläsi perjantaihin asti."),
        ],
        ending: Ending::Closed,
    },
    Sample {
        customer: 4,
        agent: 2,
        said: &[
            (
                false,
                "您好，上週買的雙人帳今天第一次搭，營柱從接頭的地方斷掉了 😢",
            ),
            (
                true,
                "怡君您好，真的很抱歉！這在保固範圍內，您想要換新的營柱，還是退款呢？",
            ),
            (
                false,
                "我比較想退款，因為下週就要去合歡山了。退款大概要多久呢？",
            ),
        ],
        ending: Ending::Active,
    },
    Sample {
        customer: 6,
        agent: 0,
        said: &[
            (false, "請問信義店今天開到幾點？"),
            (true, "您好！信義店今天營業到晚上九點半。"),
        ],
        ending: Ending::Active,
    },
    Sample {
        customer: 2,
        agent: 0,
        said: &[(
            false,
            "Dzień dobry! Czy mogę jeszcze zmienić adres dostawy?",
        )],
        ending: Ending::Open,
    },
    Sample {
        customer: 5,
        agent: 0,
        said: &[(
            false,
            "請問你們台北信義店今天有現貨嗎？我想買女款的登山鞋 38 號，下班後可以過去看看～",
        )],
        ending: Ending::Open,
    },
    Sample {
        customer: 0,
        agent: 0,
        said: &[(false, "Hi! Do you ship the Tarn stove to Norway?")],
        ending: Ending::Open,
    },
];

/// A sample's customer: channel, page, platform id.
pub(super) fn customer(sample: &Sample) -> Customer {
    CUSTOMERS[sample.customer]
}

/// Opens the shop's app, pages and official account on the platforms, and hands the customers their
/// phones. Returns nothing to keep: tokens are asked for when the accounts are made.
pub(super) fn open_pages(simulator: &Simulator) {
    let facebook = simulator.facebook();
    facebook.add_app(APP_ID, APP_SECRET);
    for (id, name) in PAGES {
        facebook.add_page(APP_ID, id, name);
    }
    let bot = Bot {
        user_id: BOT.to_owned(),
        basic_id: "@saarela-tw".to_owned(),
        display_name: "Saarela Outdoor 台灣".to_owned(),
        chat_mode: ChatMode::Bot,
    };
    simulator
        .line()
        .add_channel(CHANNEL_ID, CHANNEL_SECRET, None, bot);
    simulator.line().set_quota(CHANNEL_ID, Some(200));
    for (channel, page, id, name) in CUSTOMERS {
        if channel == FACEBOOK {
            let customer = facebook.customer(page, id, name);
            customer.sets_receipts(Receipts::Delivered);
        } else {
            let user = simulator.line().user(CHANNEL_ID, id, name);
            user.sets_phone(Phone::On);
        }
    }
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

/// The customer sends a sticker; `None` when there is no such phone.
pub(super) fn send_sticker(simulator: &Simulator, channel: &str, id: &str) -> Option<()> {
    match channel {
        FACEBOOK => simulator.facebook().find_customer(id)?.sends_attachment(
            "sticker",
            serde_json::json!({ "url": "https://scontent.xx.fbcdn.net/thumb.png", "sticker_id": 369_239_263_222_822_u64 }),
        ),
        LINE => simulator
            .line()
            .find_user(id)?
            .sends_sticker("446", "1988"),
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
