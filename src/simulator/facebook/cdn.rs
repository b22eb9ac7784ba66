//! The content network: files that customers sent, until they expire (messenger.md §3.2).

use super::super::call::Answer;
use super::super::wire;
use super::state::CdnFile;
use super::{Facebook, World};
use std::time::Duration;

impl Facebook {
    /// Puts a file on the content network; returns its address, for an attachment's payload.
    pub fn put_file(&self, file_name: &str, content_type: &str, bytes: &[u8]) -> String {
        let name = format!("{}-{file_name}", wire::random_hex());
        let file = CdnFile {
            content_type: content_type.to_owned(),
            bytes: bytes.to_vec(),
            is_expired: false,
            delay: Duration::ZERO,
        };
        let url = format!("{}/cdn/{name}", self.world.url());
        self.world.change(|state| state.files.insert(name, file));
        url
    }

    /// The address is dead from now on: 403, as after some days.
    pub fn expire_file(&self, url: &str) {
        self.change_file(url, |file| file.is_expired = true);
    }

    /// The file comes only after this time.
    pub fn delay_file(&self, url: &str, delay: Duration) {
        self.change_file(url, |file| file.delay = delay);
    }

    fn change_file(&self, url: &str, change: impl FnOnce(&mut CdnFile)) {
        let name = url.rsplit('/').next().unwrap_or_default();
        self.world.change(|state| {
            state.files.get_mut(name).map(change);
        });
    }
}

impl World {
    /// `GET` of a file; needs no token.
    pub(super) fn cdn_file(&self, name: &str) -> Answer {
        match self.state().files.get(name) {
            None => Answer::bytes(404, "text/plain", b"Not found".to_vec()),
            Some(file) if file.is_expired => {
                Answer::bytes(403, "text/plain", b"URL signature expired".to_vec())
            }
            Some(file) => Answer {
                delay: file.delay,
                ..Answer::bytes(200, file.content_type.clone(), file.bytes.clone())
            },
        }
    }
}
