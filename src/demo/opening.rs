//! Opening the sample shop: its people and accounts as the wizard would leave them, then the sample
//! conversations, written and answered through the product itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::samples::{self, Ending, Sample};
use super::{Demo, book, shop};
use crate::channels::Channel;
use crate::crypto::{self, Secret, password};
use crate::domain::conversation::Act;
use crate::domain::ids::{AccountId, ConversationId, PageId, UserId};
use crate::domain::text;
use crate::store::accounts::NewAccount;
use crate::store::organization::Organization;
use crate::store::outbox::{Enqueued, Reply};
use crate::store::pages::NewPage;
use crate::store::users::NewUser;
use crate::store::{
    Store, StoreError, Tx, accounts, conversations, organization, outbox, pages, profiles, users,
};
use crate::web::App;
use crate::work::connection;

/// A sample that does not arrive within this time is left out; the demo works without it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the sample shop is not complete.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A platform refused, or something did not arrive.
    #[error("{0}")]
    Refused(String),
}

/// The people and accounts, before the server accepts connections.
///
/// # Errors
/// The database's.
pub fn people_and_accounts(demo: &Demo, store: &Store) -> Result<(), OpeningError> {
    let hash = password::hash(&Secret::new(shop::PASSWORD));
    let tokens = shop::page_tokens(demo.simulator());
    store.write_blocking(move |tx| {
        organization::save(
            tx,
            &Organization {
                name: shop::NAME.to_owned(),
                time_zone: iana_time_zone::get_timezone().unwrap_or_else(|_| "UTC".to_owned()),
                locale: "en".to_owned(),
            },
        )?;
        for sign_in in shop::SIGN_INS {
            users::add(
                tx,
                &NewUser {
                    email: sign_in.email.to_owned(),
                    name: sign_in.name.to_owned(),
                    role: sign_in.role,
                    password_hash: hash.clone(),
                },
            )?;
        }
        let facebook = add_account(tx, shop::FACEBOOK, shop::APP_ID, shop::APP_SECRET, true)?;
        for ((id, name), token) in shop::PAGES.into_iter().zip(&tokens) {
            add_page(tx, facebook, id, name, Some(Secret::new(token.clone())))?;
        }
        let line = add_account(
            tx,
            shop::LINE,
            shop::CHANNEL_ID,
            shop::CHANNEL_SECRET,
            false,
        )?;
        add_page(tx, line, shop::BOT, shop::BOT_NAME, None)
    })?;
    Ok(())
}

fn add_account(
    tx: &Tx<'_>,
    channel: &str,
    external_id: &str,
    secret: &str,
    verified: bool,
) -> Result<AccountId, StoreError> {
    let account = accounts::add(
        tx,
        &NewAccount {
            channel: channel.to_owned(),
            name: shop::NAME.to_owned(),
            webhook_key: crypto::random_key(),
            verify_token: verified.then(|| Secret::new(crypto::random_token())),
            created_by: None,
        },
    )?;
    accounts::set_external_id(tx, account, external_id)?;
    accounts::set_secret(tx, account, &Secret::new(secret))?;
    accounts::complete(tx, account)?;
    Ok(account)
}

fn add_page(
    tx: &Tx<'_>,
    account: AccountId,
    platform_id: &str,
    name: &str,
    token: Option<Secret>,
) -> Result<(), StoreError> {
    pages::add(
        tx,
        &NewPage {
            account,
            platform_id: platform_id.to_owned(),
            name: name.to_owned(),
            handle: String::new(),
            token,
        },
    )
    .map(|_| ())
}

/// What the wizard's checks do: tokens, subscriptions, and Facebook's *Verify and save*.
///
/// # Errors
/// When the simulated platforms refuse our own values.
pub fn connect(demo: &Demo, app: &Arc<App>) -> Result<(), OpeningError> {
    let rows = app
        .store
        .read(|reader| Ok((accounts::all(reader)?, pages::all(reader)?)))?;
    for account in rows.0 {
        let channel = app
            .channels
            .get(&account.channel)
            .ok_or_else(|| OpeningError::Refused("no such channel".to_owned()))?;
        let key = &account.webhook_key;
        let callback_url = format!("{}/webhooks/{}/{key}", app.public_url, account.channel);
        let id = account.id;
        app.store
            .write_blocking(move |tx| accounts::reached(tx, id, None))?;
        for page in rows.1.iter().filter(|page| page.account == id) {
            let checked = connection::check_page(&app.store, channel, page, &callback_url)?;
            checked.map_err(|error| OpeningError::Refused(format!("{error:?}")))?;
        }
        if let Some(token) = app
            .store
            .read(|reader| accounts::verify_token(reader, id))?
        {
            demo.simulator()
                .facebook()
                .set_webhook(shop::APP_ID, &callback_url, token.expose())
                .map_err(OpeningError::Refused)?;
        }
    }
    Ok(())
}

/// The sample conversations. Customers write on the platforms; the shop's people answer by the same
/// functions as the workspace.
///
/// # Errors
/// When a message did not come through.
pub fn conversations(demo: &Demo, app: &Arc<App>) -> Result<(), OpeningError> {
    let people: Vec<UserId> = app
        .store
        .read(|reader| {
            shop::SIGN_INS
                .iter()
                .map(|sign_in| users::by_email(reader, sign_in.email))
                .collect::<Result<Vec<_>, _>>()
        })?
        .into_iter()
        .flatten()
        .map(|user| user.id)
        .collect();
    for sample in &samples::SAMPLES {
        play(demo, app, sample, people[sample.agent])?;
    }
    let refund = &samples::SAMPLES[samples::REFUND];
    book::fill(&app.store, current(app, refund)?, people[refund.agent])?;
    Ok(())
}

fn play(demo: &Demo, app: &Arc<App>, sample: &Sample, agent: UserId) -> Result<(), OpeningError> {
    let customer = sample.customer();
    let mut seen = 0;
    for (by_the_shop, words) in sample.said {
        if *by_the_shop {
            answer(app, current(app, sample)?, agent, words)?;
            arrived(demo, sample, words)?;
        } else {
            shop::write(demo.simulator(), customer.channel, customer.id, words);
            seen += 1;
            wait("the customer's message is in the database", || {
                Ok(current(app, sample).is_ok_and(|id| inbound_count(app, id) >= seen))
            })?;
        }
    }
    let id = current(app, sample)?;
    match sample.ending {
        Ending::Open => {}
        Ending::Active => {
            app.store
                .write_blocking(move |tx| conversations::assign(tx, id, agent).map(|_| ()))?;
        }
        Ending::Waiting => act(app, id, agent, &[Act::Park])?,
        Ending::Closed => act(app, id, agent, &[Act::End, Act::Complete])?,
    }
    Ok(())
}

fn act(
    app: &Arc<App>,
    id: ConversationId,
    agent: UserId,
    acts: &'static [Act],
) -> Result<(), OpeningError> {
    app.store.write_blocking(move |tx| {
        for act in acts {
            conversations::apply(tx, id, *act, Some(agent))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn answer(
    app: &Arc<App>,
    conversation: ConversationId,
    user: UserId,
    words: &'static str,
) -> Result<(), OpeningError> {
    let channel = app
        .store
        .read(|reader| {
            let page = conversations::by_id(reader, conversation)?.map(|row| row.page);
            page.map_or(Ok(None), |page| pages::by_id(reader, page))
        })?
        .and_then(|page| app.channels.get(&page.channel).map(limits))
        .ok_or_else(|| OpeningError::Refused("the conversation has no page".to_owned()))?;
    let reply = Reply {
        conversation,
        user,
        client_id: crypto::random_uuid(),
        parts: text::split(words, channel.0),
        parts_per_call: channel.1,
        quoted: None,
        last_seen: None,
    };
    let queued = app.store.write_blocking(move |tx| {
        conversations::assign(tx, conversation, user)?;
        outbox::enqueue(tx, &reply)
    })?;
    match queued {
        Enqueued::Queued(_) => Ok(()),
        Enqueued::Stale | Enqueued::NotActive => Err(OpeningError::Refused(
            "a sample answer was refused".to_owned(),
        )),
    }
}

fn limits(channel: &dyn Channel) -> (text::Limit, usize) {
    (channel.text_limit(), channel.messages_per_call())
}

/// The sample customer's conversation.
fn current(app: &Arc<App>, sample: &Sample) -> Result<ConversationId, OpeningError> {
    let customer = sample.customer();
    let page: PageId = app
        .store
        .read(|reader| pages::by_platform_id(reader, customer.channel, customer.page))?
        .ok_or_else(|| OpeningError::Refused("a sample page is missing".to_owned()))?
        .id;
    let found =
        app.store
            .write_blocking(move |tx| match profiles::find(tx, page, customer.id)? {
                Some(profile) => conversations::newest(&tx.reader(), profile),
                None => Ok(None),
            })?;
    found
        .map(|conversation| conversation.id)
        .ok_or_else(|| OpeningError::Refused("a sample conversation is missing".to_owned()))
}

fn inbound_count(app: &Arc<App>, id: ConversationId) -> u32 {
    app.store
        .read(|reader| conversations::by_id(reader, id))
        .ok()
        .flatten()
        .map_or(0, |conversation| conversation.inbound_count)
}

/// Waits until the customer's phone shows the answer.
fn arrived(demo: &Demo, sample: &Sample, words: &str) -> Result<(), OpeningError> {
    let customer = sample.customer();
    let there = demo.simulator().wait_until(PATIENCE, |simulator| {
        shop::transcript(simulator, customer.channel, customer.id)
            .is_some_and(|entries| entries.iter().any(|entry| entry.text == words))
    });
    if there {
        Ok(())
    } else {
        Err(OpeningError::Refused(
            "a sample answer did not arrive".to_owned(),
        ))
    }
}

fn wait(
    what: &str,
    mut look: impl FnMut() -> Result<bool, OpeningError>,
) -> Result<(), OpeningError> {
    let started = Instant::now();
    while !look()? {
        if started.elapsed() > PATIENCE {
            return Err(OpeningError::Refused(format!("it never came true: {what}")));
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    Ok(())
}
