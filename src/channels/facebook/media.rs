//! Files that customers sent. Messenger puts them on its content network, under addresses that anybody may read
//! who knows them, and that expire after some days. (messenger.md §3.2)

use std::io::Write;

use crate::channels::{Wanted, fault_of_download};
use crate::domain::media::{FETCH, Fault};
use crate::http::download::{Downloader, Reach};

/// `scontent.xx.fbcdn.net`, `video.xx.fbcdn.net`, `cdn.fbsbx.com`, `lookaside.fbsbx.com`.
const HOSTS: [&str; 2] = ["fbcdn.net", "fbsbx.com"];
/// Lookaside leads on to the content network.
const REDIRECTS: u32 = 3;

/// Fetches from the content network; `private`: from a simulated one too.
pub fn downloader(private: bool) -> Downloader {
    let reach = Reach {
        hosts: HOSTS.map(str::to_owned).into(),
        private,
        redirects: REDIRECTS,
    };
    Downloader::new(reach, FETCH)
}

/// See [`crate::channels::Channel::fetch`]. No token goes along: the address is the key.
pub fn fetch(
    files: &Downloader,
    wanted: &Wanted<'_>,
    most: u64,
    to: &mut dyn Write,
) -> Result<(), Fault> {
    let Some(url) = &wanted.attachment.url else {
        return Err(Fault::Gone);
    };
    let came = files
        .fetch(url, None, most, to)
        .map_err(fault_of_download)?;
    match came.status {
        200 if came.bytes == 0 => Err(Fault::NotReady),
        200 => Ok(()),
        202 | 204 => Err(Fault::NotReady),
        // The signature in the address has run out, or the customer took it back.
        400 | 401 | 403 | 404 | 410 => Err(Fault::Gone),
        status => Err(Fault::Later(status.to_string())),
    }
}
