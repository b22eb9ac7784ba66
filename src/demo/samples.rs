//! Who writes to the sample shop, and what was said so far, in five languages.

use super::shop::{BOT, FACEBOOK, LINE, PAGES};

/// A customer with a phone.
pub(super) struct Customer {
    /// The channel's name.
    pub(super) channel: &'static str,
    /// The page or official account.
    pub(super) page: &'static str,
    /// The platform's id.
    pub(super) id: &'static str,
    /// The name.
    pub(super) name: &'static str,
}

const fn customer(
    channel: &'static str,
    page: &'static str,
    id: &'static str,
    name: &'static str,
) -> Customer {
    Customer {
        channel,
        page,
        id,
        name,
    }
}

pub(super) const CUSTOMERS: [Customer; 8] = [
    customer(FACEBOOK, PAGES[0].0, "28181025008155401", "Emily Carter"),
    customer(FACEBOOK, PAGES[0].0, "28181025008155402", "Ville Mäkinen"),
    customer(FACEBOOK, PAGES[0].0, "28181025008155403", "Katarzyna Nowak"),
    customer(FACEBOOK, PAGES[0].0, "28181025008155404", "Rafael Siqueira"),
    customer(FACEBOOK, PAGES[1].0, "28181025008155405", "林怡君"),
    customer(LINE, BOT, "U11111111111111111111111111111101", "黃詩涵"),
    customer(LINE, BOT, "U11111111111111111111111111111102", "王建宏"),
    customer(
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

impl Sample {
    /// Who writes.
    pub(super) fn customer(&self) -> &'static Customer {
        &CUSTOMERS[self.customer]
    }
}

/// The place of the conversation about a refund.
pub(super) const REFUND: usize = 2;

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
