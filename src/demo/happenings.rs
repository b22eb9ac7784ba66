//! What can happen at the platforms in the demo beside faults: rules that only show when somebody else acts.

use crate::simulator::Simulator;

use super::shop::{APP_ID, CHANNEL_ID, FACEBOOK, LINE, PAGES};

/// Facebook's own inbox, as an app.
const PAGE_INBOX: &str = "263902037430900";
/// Of the sample plan's paid messages a month.
const QUOTA: u64 = 200;

/// Something to let happen.
pub(super) struct Happening {
    /// Its name in forms and text keys.
    pub key: &'static str,
    channel: &'static str,
    /// To the customer with this platform's id.
    happens: fn(&Simulator, &str),
}

const ALL: &[Happening] = &[
    of_facebook("other-app", |simulator, id| {
        if let Some(customer) = simulator.facebook().find_customer(id) {
            customer.is_controlled_by(Some(PAGE_INBOX));
            customer.is_answered_in_page_inbox("Facebook's own inbox is answering now.");
        }
    }),
    of_facebook("handed-back", |simulator, id| {
        if let Some(customer) = simulator.facebook().find_customer(id) {
            customer.is_controlled_by(None);
        }
    }),
    of_facebook("events-stop", |simulator, _| {
        for (page, _) in PAGES {
            simulator.facebook().drop_subscription(page, APP_ID);
        }
    }),
    of_facebook("page-blocked", |simulator, id| {
        enforce(simulator, id, "block", "Your Page was reported for spam.");
    }),
    of_facebook("block-lifted", |simulator, id| {
        enforce(simulator, id, "unblock", "");
    }),
    of_line("quota-used", |simulator, _| {
        simulator.line().set_quota_used(CHANNEL_ID, QUOTA);
    }),
    of_line("quota-renewed", |simulator, _| {
        simulator.line().set_quota_used(CHANNEL_ID, 0);
    }),
    of_line("customer-blocks", |simulator, id| {
        if let Some(user) = simulator.line().find_user(id) {
            user.unfollows();
        }
    }),
    of_line("customer-returns", |simulator, id| {
        if let Some(user) = simulator.line().find_user(id) {
            user.follows();
        }
    }),
];

const fn of_facebook(key: &'static str, happens: fn(&Simulator, &str)) -> Happening {
    Happening {
        key,
        channel: FACEBOOK,
        happens,
    }
}

const fn of_line(key: &'static str, happens: fn(&Simulator, &str)) -> Happening {
    Happening {
        key,
        channel: LINE,
        happens,
    }
}

fn enforce(simulator: &Simulator, id: &str, action: &str, reason: &str) {
    if let Some(customer) = simulator.facebook().find_customer(id) {
        let page = customer.page_id();
        simulator.facebook().enforce_policy(page, action, reason);
    }
}

/// What can happen on a channel, in the order of the buttons.
pub(super) fn of_channel(channel: &str) -> impl Iterator<Item = &'static Happening> {
    ALL.iter()
        .filter(move |happening| happening.channel == channel)
}

/// Lets it happen; `None` when there is no such thing on this channel.
pub(super) fn happen(simulator: &Simulator, channel: &str, id: &str, key: &str) -> Option<()> {
    let happening = of_channel(channel).find(|happening| happening.key == key)?;
    (happening.happens)(simulator, id);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale;

    #[test]
    fn every_happening_has_a_name() {
        for happening in ALL {
            assert!(
                locale::has(&format!("demo-happening-{}", happening.key)),
                "{}",
                happening.key
            );
        }
    }
}
