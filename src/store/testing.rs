//! A small furnished database for tests.

use crate::crypto::Sealer;
use crate::domain::ids::{ConversationId, MessageId, PageId, QueueId, UserId, WorkstreamId};
use crate::domain::inbound::{Customer, CustomerKind};
use crate::domain::message::{Author, Kind};
use crate::domain::time::Timestamp;

use super::{Reader, Result, Store, Tx, conversations, messages, profiles};

/// One queue, one workstream, one account with one page, in a folder that goes with it.
pub struct House {
    pub store: Store,
    pub queue: QueueId,
    pub workstream: WorkstreamId,
    pub page: PageId,
    _folder: tempfile::TempDir,
}

impl House {
    pub fn furnished() -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Sealer::new(&[7; 32]), |_| ()).unwrap();
        store
            .write_blocking(|tx| Ok(tx.connection().execute_batch(FURNITURE)?))
            .unwrap();
        House {
            store,
            queue: QueueId(1),
            workstream: WorkstreamId(1),
            page: PageId(1),
            _folder: folder,
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
    VALUES (1, 'facebook', 'Shop', 'key1', 0);
    INSERT INTO page (page_id, account_id, channel, platform_id, name, workstream_id, created_at)
    VALUES (1, 1, 'facebook', 'page1', 'Shop', 1, 0);
";
