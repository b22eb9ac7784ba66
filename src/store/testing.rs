//! A small furnished database for tests.

use std::time::Duration;

use crate::crypto::{Sealer, Secret};
use crate::domain::ids::{
    AccountId, ConversationId, MessageId, PageId, QueueId, UserId, WorkstreamId,
};
use crate::domain::inbound::{Customer, CustomerKind};
use crate::domain::message::{Author, Kind};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Store, Tx, accounts, conversations, messages, pages, profiles};

/// One queue, one workstream, a Facebook account and a LINE account with a page each, in a folder that goes
/// with it.
pub struct House {
    pub store: Store,
    pub account: AccountId,
    pub queue: QueueId,
    pub workstream: WorkstreamId,
    pub page: PageId,
    pub line_account: AccountId,
    pub line_page: PageId,
    _folder: Option<tempfile::TempDir>,
}

impl House {
    pub fn furnished() -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[7; 32]), |_| ()).unwrap();
        House {
            _folder: Some(folder),
            ..House::in_store(store)
        }
    }

    /// Furnishes an empty database of somebody else's.
    pub fn in_store(store: Store) -> House {
        store
            .write_blocking(|tx| Ok(tx.connection().execute_batch(FURNITURE)?))
            .unwrap();
        House {
            store,
            account: AccountId(1),
            queue: QueueId(1),
            workstream: WorkstreamId(1),
            page: PageId(1),
            line_account: AccountId(2),
            line_page: PageId(2),
            _folder: None,
        }
    }

    /// What a crash and a new start leave of it.
    pub fn reopen(&mut self) {
        self.store.close();
        let folder = self.store.path().parent().unwrap();
        self.store = Store::open(folder, Sealer::new(&[7; 32]), |_| ()).unwrap();
    }

    pub fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.write_blocking(job).unwrap()
    }

    pub fn read<T>(&self, read: impl FnOnce(&Reader<'_>) -> Result<T>) -> T {
        self.store.read(read).unwrap()
    }

    /// The number that a query gives.
    pub fn number(&self, sql: &str) -> i64 {
        self.read(|reader| Ok(reader.connection().query_row(sql, [], |row| row.get(0))?))
    }

    /// Changes the database directly.
    pub fn execute(&self, sql: &str) {
        let sql = sql.to_owned();
        self.write(move |tx| Ok(tx.connection().execute_batch(&sql)?));
    }

    /// An agent.
    pub fn user(&self, name: &str) -> UserId {
        let name = name.to_owned();
        self.write(move |tx| {
            tx.connection().execute(
                "INSERT INTO user (email, name, role, password_hash, created_at)
                 VALUES (?1 || '@example.com', ?1, 'agent', '', 0)",
                [name],
            )?;
            Ok(UserId(tx.connection().last_insert_rowid()))
        })
    }

    /// An open conversation with a new customer.
    pub fn conversation(&self, platform_user_id: &str) -> ConversationId {
        let (customer, page, workstream) = (customer(platform_user_id), self.page, self.workstream);
        self.write(move |tx| {
            let (profile, _) = profiles::find_or_create(tx, page, &customer)?;
            conversations::open(tx, profile, page, workstream, None)
        })
    }

    /// A conversation that an agent holds and whose customer has just written.
    pub fn answered_by(&self, agent: UserId, platform_user_id: &str) -> ConversationId {
        let conversation = self.conversation(platform_user_id);
        let asked = self.message(conversation, &format!("in-{platform_user_id}"), "Hello?");
        self.write(move |tx| {
            conversations::customer_wrote(tx, conversation, asked, tx.now())?;
            conversations::assign(tx, conversation, agent)
        });
        conversation
    }

    /// The page gets what a call needs.
    pub fn with_credentials(&self) {
        let page = self.page;
        self.write(move |tx| {
            accounts::set_secret(tx, AccountId(1), &Secret::new("app-secret"))?;
            pages::replace_token(tx, page, Some(&Secret::new("page-token-1234")))
        });
    }

    /// What waits for a moment waits no longer.
    pub fn let_time_pass(&self) {
        self.write(|tx| {
            Ok(tx.connection().execute_batch(
                "UPDATE outbox SET due_at = 0, lease_until = min(lease_until, 0);
                 UPDATE page SET paused_until = NULL;",
            )?)
        });
    }

    /// The customer's last act lies this long back.
    pub fn last_inbound(&self, conversation: ConversationId, ago: Duration) {
        self.write(move |tx| {
            Ok(tx.connection().execute(
                "UPDATE conversation SET last_inbound_at = ?2 WHERE conversation_id = ?1",
                rusqlite::params![conversation, tx.now().minus(ago)],
            )?)
        });
    }

    /// Switches the page's human agent tag on.
    pub fn with_human_agent_tag(&self) {
        self.write(|tx| {
            Ok(tx
                .connection()
                .execute("UPDATE page SET human_agent_tag = 1", [])?)
        });
    }

    /// A message of the customer; the conversation is not told.
    pub fn message(
        &self,
        conversation: ConversationId,
        platform_id: &str,
        text: &str,
    ) -> MessageId {
        let (page, platform_id, text) = (self.page, platform_id.to_owned(), text.to_owned());
        self.write(move |tx| {
            messages::insert(
                tx,
                &messages::NewMessage {
                    conversation,
                    page,
                    platform_id: Some(&platform_id),
                    author: Author::Customer,
                    user: None,
                    speaker: None,
                    kind: Kind::Text,
                    text: &text,
                    client_id: None,
                    outbox: None,
                    status: None,
                    reply_to: None,
                    sent_at: Timestamp::from_millis(1_780_500_000_000),
                    automated: None,
                    attachments: &[],
                },
            )
        })
        .expect("the message is new")
    }
}

/// A person as the platform names him.
pub fn customer(platform_id: &str) -> Customer {
    Customer {
        platform_id: platform_id.to_owned(),
        kind: CustomerKind::Person,
        speaker: None,
    }
}

const FURNITURE: &str = "
    INSERT INTO queue (queue_id, name, is_default, created_at)
    VALUES (1, 'Default messaging queue', 1, 0);
    INSERT INTO workstream (workstream_id, name, channel, mode, fallback_queue_id, auto_close_waiting_ms,
                            wrap_up_ms, created_at)
    VALUES (1, 'Facebook', 'facebook', 'pick', 1, 2419200000, 86400000, 0);
    INSERT INTO account (account_id, channel, name, webhook_key, created_at)
    VALUES (1, 'facebook', 'Shop', 'key1', 0), (2, 'line', 'Shop on LINE', 'key2', 0);
    INSERT INTO page (page_id, account_id, channel, platform_id, name, workstream_id, hold_s, created_at)
    VALUES (1, 1, 'facebook', 'page1', 'Shop', 1, 0, 0), (2, 2, 'line', 'Ubot', 'Shop on LINE', 1, 0, 0);
";
