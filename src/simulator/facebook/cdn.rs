//! The content network: files that customers sent, until they expire (messenger.md §3.2).

use super::super::call::Answer;
use super::super::transcript::Enclosed;
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
            failures: 0,
            asked: 0,
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

    /// The content network is out of order for so many answers: 503.
    pub fn break_file(&self, url: &str, answers: u32) {
        self.change_file(url, |file| file.failures = answers);
    }

    /// What was an empty file has content now.
    pub fn fill_file(&self, url: &str, bytes: &[u8]) {
        self.change_file(url, |file| file.bytes = bytes.to_vec());
    }

    /// How often the file was asked for.
    pub fn file_asked_for(&self, url: &str) -> u32 {
        let mut asked = 0;
        self.change_file(url, |file| asked = file.asked);
        asked
    }

    fn change_file(&self, url: &str, change: impl FnOnce(&mut CdnFile)) {
        let name = url.rsplit('/').next().unwrap_or_default();
        self.world.change(|state| {
            state.files.get_mut(name).map(change);
        });
    }
}

impl World {
    /// A file of the content network, as the phone that sent it shows it.
    pub(super) fn enclosed(&self, url: &str) -> Option<Enclosed> {
        let name = url.rsplit('/').next()?;
        let state = self.state();
        let file = state.files.get(name)?;
        Some(Enclosed {
            name: name.split_once('-')?.1.to_owned(),
            media_type: file.content_type.clone(),
            bytes: file.bytes.as_slice().into(),
        })
    }

    /// `GET` of a file; needs no token.
    pub(super) fn cdn_file(&self, name: &str) -> Answer {
        self.change(|state| {
            let Some(file) = state.files.get_mut(name) else {
                return Answer::bytes(404, "text/plain", b"Not found".to_vec());
            };
            file.asked += 1;
            if file.is_expired {
                return Answer::bytes(403, "text/plain", b"URL signature expired".to_vec());
            }
            if file.failures > 0 {
                file.failures -= 1;
                return Answer::bytes(503, "text/plain", b"Out of order".to_vec());
            }
            Answer {
                delay: file.delay,
                ..Answer::bytes(200, file.content_type.clone(), file.bytes.clone())
            }
        })
    }
}
