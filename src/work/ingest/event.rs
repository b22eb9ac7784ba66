//! Stores one event. Everything here is safe against repetition and against disorder: what comes twice
//! changes nothing, and what overtakes another leads to the same end.

use crate::domain::automation::{self, Trigger};
use crate::domain::conversation::EventKind;
use crate::domain::ids::{
    AccountId, ConversationId, MessageId, PageId, SocialProfileId, WorkstreamId,
};
use crate::domain::inbound::{Inbound, InboundMessage, Remark, What};
use crate::domain::message::{Author, Kind, Status};
use crate::domain::names;
use crate::domain::obstacle::Obstacle;
use crate::store::automated_messages::About;
use crate::store::messages::{Foreknown, NewMessage};
use crate::store::outbox::{self, Receipt};
use crate::store::pages::Page;
use crate::store::{
    Result, Tx, accounts, automated_messages, conversations, courtesies, media, messages, pages,
    profiles, seen_events,
};

use super::super::route::arrival::{self, Rules};

/// What became of an event.
pub enum Fate {
    /// It is a message of a customer of this page.
    Message(PageId),
    /// It changed something else.
    Stored,
    /// It came before, is for a page that is not ours, or means nothing to us.
    Ignored,
    /// It cannot be stored until somebody mends something. Nothing was written.
    Refused(Obstacle),
}

/// The pages that the events of one transaction are for, looked up once.
#[derive(Default)]
pub struct Pages(Vec<Page>);

impl Pages {
    /// The account's page of a platform id. A body signed for one account tells nothing about another
    /// account's pages; but it tells the id of the account's only page while that is not known.
    fn find(
        &mut self,
        tx: &Tx<'_>,
        account: AccountId,
        channel: &str,
        platform_id: &str,
    ) -> Result<Option<&Page>> {
        let known = self
            .0
            .iter()
            .position(|page| page.account == account && page.platform_id == platform_id);
        if let Some(at) = known {
            return Ok(self.0.get(at));
        }
        let page = pages::by_platform_id(&tx.reader(), channel, platform_id)?
            .filter(|page| page.account == account);
        let page = match page {
            Some(page) => Some(page),
            None => pages::learn_platform_id(tx, account, platform_id)?,
        };
        let Some(page) = page else {
            return Ok(None);
        };
        self.0.push(page);
        Ok(self.0.last())
    }
}

/// An event on a page of ours.
struct Arrival<'a> {
    page: &'a Page,
    workstream: WorkstreamId,
    event: &'a Inbound,
}

/// Stores an event of an account. Within a transaction.
///
/// # Errors
/// SQLite's.
pub fn store(
    tx: &Tx<'_>,
    pages: &mut Pages,
    rules: &mut Rules,
    account: AccountId,
    channel: &str,
    event: &Inbound,
) -> Result<Fate> {
    match event.what {
        What::Test => {
            accounts::test_event(tx, account)?;
            return Ok(Fate::Ignored);
        }
        What::Nothing(_) => return Ok(Fate::Ignored),
        _ => {}
    }
    let Some(page) = pages.find(tx, account, channel, &event.page)? else {
        accounts::unknown_page_event(tx, account)?;
        return Ok(Fate::Ignored);
    };
    let Some(workstream) = page.workstream else {
        return Ok(Fate::Refused(Obstacle::NoWorkstream { page: page.id }));
    };
    if let Some(key) = &event.key
        && !seen_events::is_new(tx, page.id, key)?
    {
        return Ok(Fate::Ignored);
    }
    let arrival = Arrival {
        page,
        workstream,
        event,
    };
    let is_stored = arrival.settle(tx, rules)?;
    arrival.keep_reply_token(tx)?;
    if is_stored {
        arrival.answer_by_itself(tx)?;
    }
    Ok(match event.what {
        _ if !is_stored => Fate::Ignored,
        What::Message(_) => Fate::Message(page.id),
        _ => Fate::Stored,
    })
}

/// Stores a message that a platform kept from a time when nothing reached us, flagged as brought in; nothing is said
/// because of it. It joins the customer's current conversation. A customer without one gets one where `makes_work`, and
/// otherwise one that is closed from the beginning. False when it was here. Within a transaction.
///
/// # Errors
/// SQLite's.
pub fn import(tx: &Tx<'_>, page: &Page, event: &Inbound, makes_work: bool) -> Result<bool> {
    let (message, author) = match &event.what {
        What::Message(message) => (message, Author::Customer),
        What::Echo { message, .. } => (message, Author::Elsewhere),
        _ => return Ok(false),
    };
    let Some(workstream) = page.workstream else {
        return Ok(false);
    };
    let it = Arrival {
        page,
        workstream,
        event,
    };
    let foreknown = it.foreknown(tx, message)?;
    if foreknown.is_here {
        return Ok(false);
    }
    let Some(profile) = it.profile(tx)? else {
        return Ok(false);
    };
    let waits = makes_work && author == Author::Customer;
    let is_going_on = conversations::current(&tx.reader(), profile)?.is_some();
    let (conversation, is_new) = match is_going_on || waits {
        true => it.current_or_new(tx, profile)?,
        false => (it.latest_or_closed(tx, profile)?, false),
    };
    let Some(id) = it.insert(tx, conversation, message, author, foreknown)? else {
        return Ok(false);
    };
    messages::mark_imported(tx, id)?;
    if author == Author::Customer && (is_going_on || waits) {
        conversations::customer_wrote(tx, conversation, id, event.at)?;
    } else {
        conversations::written_elsewhere(tx, conversation, id)?;
    }
    if is_new {
        arrival::arrived(tx, &mut Rules::default(), workstream, conversation)?;
    }
    Ok(true)
}

impl Arrival<'_> {
    /// False when the event changes nothing.
    fn settle(&self, tx: &Tx<'_>, rules: &mut Rules) -> Result<bool> {
        let page = self.page.id;
        match &self.event.what {
            What::Message(message) => self.message(tx, rules, message),
            What::Echo { message, metadata } => self.echo(tx, message, metadata.as_deref()),
            What::Edited { platform_id, text } => {
                messages::edit(tx, page, platform_id, text, self.event.at)?;
                Ok(true)
            }
            What::Unsent { platform_id } => {
                messages::unsend(tx, page, platform_id, self.event.at)?;
                Ok(true)
            }
            What::Reaction { platform_id, emoji } => {
                self.reaction(tx, platform_id, emoji.as_deref())
            }
            What::Delivered {
                platform_ids,
                watermark,
            } => self.receipt(
                tx,
                &Receipt::Delivered {
                    platform_ids: platform_ids.clone(),
                    watermark: *watermark,
                },
            ),
            What::Read { watermark } => self.receipt(
                tx,
                &Receipt::Read {
                    watermark: *watermark,
                },
            ),
            What::Followed => self.follows(tx, true),
            What::Unfollowed => self.follows(tx, false),
            What::Remark(remark) => self.remark(tx, remark),
            What::Page(notice) => {
                pages::noted(tx, page, notice)?;
                Ok(true)
            }
            What::Test | What::Nothing(_) => Ok(false),
        }
    }

    fn message(&self, tx: &Tx<'_>, rules: &mut Rules, message: &InboundMessage) -> Result<bool> {
        let foreknown = self.foreknown(tx, message)?;
        if foreknown.is_here {
            return Ok(false);
        }
        let Some(profile) = self.profile(tx)? else {
            return Ok(false);
        };
        let (conversation, is_new) = self.current_or_new(tx, profile)?;
        let author = Author::Customer;
        let Some(id) = self.insert(tx, conversation, message, author, foreknown)? else {
            return Ok(false);
        };
        if let Some(token) = &message.read_token {
            courtesies::keep_read_token(tx, profile, token)?;
        }
        conversations::customer_wrote(tx, conversation, id, self.event.at)?;
        if is_new {
            arrival::arrived(tx, rules, self.workstream, conversation)?;
        }
        self.tell_control(tx, profile, conversation)?;
        Ok(true)
    }

    /// A message of ours reported back, or one that somebody sent in the platform's own inbox. That does not
    /// open the reply window and makes no work: it goes into the customer's current conversation, else into
    /// the last one, else into one that is closed from the beginning.
    fn echo(&self, tx: &Tx<'_>, message: &InboundMessage, metadata: Option<&str>) -> Result<bool> {
        if let (Some(metadata), Some(platform_id)) = (metadata, &message.platform_id)
            && outbox::settle_echo(tx, self.page.id, metadata, platform_id, self.event.at)?
        {
            return Ok(true);
        }
        let foreknown = self.foreknown(tx, message)?;
        if foreknown.is_here {
            return Ok(false);
        }
        let Some(profile) = self.profile(tx)? else {
            return Ok(false);
        };
        let conversation = self.latest_or_closed(tx, profile)?;
        let author = Author::Elsewhere;
        let Some(id) = self.insert(tx, conversation, message, author, foreknown)? else {
            return Ok(false);
        };
        conversations::written_elsewhere(tx, conversation, id)?;
        self.tell_control(tx, profile, conversation)?;
        Ok(true)
    }

    /// A line beside the message, or in the customer's last conversation when the message is not ours to
    /// see. Taking a reaction back from what we never saw is no news.
    fn reaction(&self, tx: &Tx<'_>, platform_id: &str, emoji: Option<&str>) -> Result<bool> {
        if let (Some(current), true) = (self.current(tx)?, emoji.is_some()) {
            conversations::open_window(tx, current, self.event.at)?;
        }
        let place = match messages::find(tx, self.page.id, platform_id)? {
            Some((_, conversation)) => conversation,
            None if emoji.is_none() => return Ok(false),
            None => match self.profile(tx)? {
                Some(profile) => self.latest_or_closed(tx, profile)?,
                None => return Ok(false),
            },
        };
        let sign = emoji.and_then(names::clean).unwrap_or_default();
        conversations::add_line(tx, place, EventKind::Reaction, None, &sign)?;
        Ok(true)
    }

    fn receipt(&self, tx: &Tx<'_>, receipt: &Receipt) -> Result<bool> {
        let Some(profile) = self.known_profile(tx)? else {
            return Ok(false);
        };
        outbox::receipt(tx, self.page.id, profile, receipt)?;
        Ok(true)
    }

    fn follows(&self, tx: &Tx<'_>, follows: bool) -> Result<bool> {
        let Some(profile) = self.profile(tx)? else {
            return Ok(false);
        };
        if !profiles::set_follows(tx, profile, follows, self.event.at)? {
            return Ok(false);
        }
        if let Some(current) = self.current(tx)? {
            let kind = if follows {
                EventKind::Followed
            } else {
                EventKind::Unfollowed
            };
            conversations::add_line(tx, current, kind, None, "")?;
        }
        Ok(true)
    }

    /// A line in the customer's last conversation. It is no work for anybody: a customer without one gets one
    /// that is closed from the beginning, so that whoever answers him one day sees by which link he came.
    fn remark(&self, tx: &Tx<'_>, remark: &Remark) -> Result<bool> {
        let Some(profile) = self.profile(tx)? else {
            return Ok(false);
        };
        if let (Some(current), true) = (self.current(tx)?, remark.opens_window) {
            conversations::open_window(tx, current, self.event.at)?;
        }
        let conversation = self.latest_or_closed(tx, profile)?;
        let detail = match names::clean(&remark.detail) {
            Some(detail) => format!("{}: {detail}", remark.word),
            None => remark.word.to_owned(),
        };
        conversations::add_line(tx, conversation, EventKind::Remark, None, &detail)?;
        Ok(true)
    }

    /// What is known of a message before it is stored; nothing of one without an id.
    fn foreknown(&self, tx: &Tx<'_>, message: &InboundMessage) -> Result<Foreknown> {
        match &message.platform_id {
            Some(platform_id) => messages::foreknown(tx, self.page.id, platform_id),
            None => Ok(Foreknown::default()),
        }
    }

    /// Stores a message as it is now: what was changed or taken back before it came is so from the start.
    fn insert(
        &self,
        tx: &Tx<'_>,
        conversation: ConversationId,
        message: &InboundMessage,
        author: Author,
        foreknown: Foreknown,
    ) -> Result<Option<MessageId>> {
        let (page, platform_id) = (self.page.id, message.platform_id.as_deref());
        let is_there = foreknown.unsent_at.is_none();
        let inserted = messages::insert(
            tx,
            &NewMessage {
                conversation,
                page,
                platform_id,
                author,
                user: None,
                speaker: self
                    .event
                    .customer
                    .as_ref()
                    .and_then(|customer| customer.speaker.as_deref()),
                kind: message.kind,
                text: if is_there { &message.text } else { "" },
                client_id: None,
                outbox: None,
                status: (author != Author::Customer).then_some(Status::Sent),
                reply_to: message.reply_to.as_deref(),
                sent_at: self.event.at,
                automated: None,
                attachments: if is_there { &message.attachments } else { &[] },
            },
        )?;
        if let (Some(id), Some(quote)) = (inserted, &message.quote) {
            messages::keep_quote(tx, id, quote)?;
        }
        if let Some(id) = inserted {
            media::expect(tx, id)?;
        }
        if let (Some(platform_id), Some(at)) = (platform_id, foreknown.unsent_at) {
            messages::unsend(tx, page, platform_id, at)?;
        } else if let (Some(platform_id), true) = (platform_id, foreknown.was_edited)
            && let Some((text, at)) = messages::take_early_edit(tx, page, platform_id)?
        {
            messages::edit(tx, page, platform_id, &text, at)?;
        }
        Ok(inserted)
    }

    /// The customer, made when he is new. `None` when the event names none.
    fn profile(&self, tx: &Tx<'_>) -> Result<Option<SocialProfileId>> {
        let Some(customer) = &self.event.customer else {
            return Ok(None);
        };
        let (profile, _) = profiles::find_or_create(tx, self.page.id, customer)?;
        Ok(Some(profile))
    }

    /// The customer; `None` for a stranger, and when the event names none.
    fn known_profile(&self, tx: &Tx<'_>) -> Result<Option<SocialProfileId>> {
        match &self.event.customer {
            Some(customer) => profiles::find(tx, self.page.id, &customer.platform_id),
            None => Ok(None),
        }
    }

    fn current(&self, tx: &Tx<'_>) -> Result<Option<ConversationId>> {
        let Some(profile) = self.known_profile(tx)? else {
            return Ok(None);
        };
        let current = conversations::current(&tx.reader(), profile)?;
        Ok(current.map(|conversation| conversation.id))
    }

    /// The customer's current conversation, else the last one.
    fn latest(&self, tx: &Tx<'_>, profile: SocialProfileId) -> Result<Option<ConversationId>> {
        // A current conversation is always the newest.
        let newest = conversations::newest(&tx.reader(), profile)?;
        Ok(newest.map(|conversation| conversation.id))
    }

    /// The customer's current conversation, else the last one, else one that is closed from the beginning.
    fn latest_or_closed(&self, tx: &Tx<'_>, profile: SocialProfileId) -> Result<ConversationId> {
        match self.latest(tx, profile)? {
            Some(conversation) => Ok(conversation),
            None => conversations::open_closed(tx, profile, self.page.id, self.workstream),
        }
    }

    /// Messenger and LINE tell what another application answers too, as *standby*: a line says when that
    /// begins and when it is over. (messenger.md §3.7, line.md §2)
    fn tell_control(
        &self,
        tx: &Tx<'_>,
        profile: SocialProfileId,
        conversation: ConversationId,
    ) -> Result<()> {
        let standby = self.event.standby;
        if !profiles::set_standby(tx, profile, standby, self.event.at)? {
            return Ok(());
        }
        let word = if standby { "standby" } else { "standby-over" };
        conversations::add_line(tx, conversation, EventKind::Remark, None, word)
    }

    /// The customer's current conversation, or a new one, and whether it is new.
    fn current_or_new(
        &self,
        tx: &Tx<'_>,
        profile: SocialProfileId,
    ) -> Result<(ConversationId, bool)> {
        let newest = conversations::newest(&tx.reader(), profile)?;
        match newest {
            Some(newest) if newest.closed_at.is_none() => Ok((newest.id, false)),
            earlier => {
                let earlier = earlier.map(|earlier| earlier.id);
                let (page, workstream) = (self.page.id, self.workstream);
                let id = conversations::open(tx, profile, page, workstream, earlier)?;
                Ok((id, true))
            }
        }
    }

    /// What is said to a message without anybody having read it; after its reply token is kept, which carries it
    /// for free. What came late is answered by people.
    fn answer_by_itself(&self, tx: &Tx<'_>) -> Result<()> {
        let What::Message(message) = &self.event.what else {
            return Ok(());
        };
        let Some(profile) = self.known_profile(tx)? else {
            return Ok(());
        };
        let Some(current) = conversations::current(&tx.reader(), profile)? else {
            return Ok(());
        };
        let is_late = tx.now().since(self.event.at) > automation::LATE;
        let mut triggers = Vec::new();
        if !is_late {
            triggers.push(Trigger::PrivacyNotice);
        }
        if current.inbound_count == 1 && !is_late {
            triggers.push(Trigger::Greeting);
        }
        if message.kind == Kind::Unsupported {
            triggers.push(Trigger::AgentUnsupported);
            if !is_late {
                triggers.push(Trigger::Unsupported);
            }
        }
        if !is_late && self.has_refused_files(tx, message)? {
            triggers.push(Trigger::FileRefused);
        }
        for trigger in triggers {
            automated_messages::say(tx, current.id, trigger, About::default())?;
        }
        Ok(())
    }

    fn has_refused_files(&self, tx: &Tx<'_>, message: &InboundMessage) -> Result<bool> {
        let Some(platform_id) = &message.platform_id else {
            return Ok(false);
        };
        match messages::find(tx, self.page.id, platform_id)? {
            Some((id, _)) => media::was_refused(tx, id),
            None => Ok(false),
        }
    }

    /// LINE: the newest token answers for free, once. One that came in standby is not ours to use.
    fn keep_reply_token(&self, tx: &Tx<'_>) -> Result<()> {
        let Some(token) = &self.event.reply_token else {
            return Ok(());
        };
        match self.known_profile(tx)? {
            Some(profile) if !self.event.standby => {
                profiles::keep_reply_token(tx, profile, &token.token, token.expires_at)?;
                outbox::answer_free(tx, profile)
            }
            _ => Ok(()),
        }
    }
}
