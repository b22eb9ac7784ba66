//! Static files, embedded in the binary. Their URLs carry a fingerprint of all of them together, so
//! browsers may keep them for ever, and what modules and style sheets refer to relatively is always of
//! the same build.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rocket::http::{ContentType, Header};
use rocket::response::Responder;
use rocket::{Route, get, routes};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The first 12 hex digits of a digest over every file.
static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for path in Files::iter() {
        let file = Files::get(&path).expect("a listed file is there");
        digest.update(path.as_bytes());
        digest.update(&file.metadata.sha256_hash());
    }
    crate::crypto::hex(&digest.finish().as_ref()[..6])
});

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![file]
}

/// The URL of a static file: `/static/<fingerprint>/<path>`.
pub fn url(path: &str) -> String {
    if Files::get(path).is_none() {
        tracing::error!(path, "a static file is missing");
    }
    format!("/static/{}/{path}", *FINGERPRINT)
}

#[derive(Responder)]
struct Asset {
    body: Cow<'static, [u8]>,
    content_type: ContentType,
    cache: Header<'static>,
}

#[get("/static/<fingerprint>/<path..>")]
fn file(fingerprint: &str, path: PathBuf) -> Option<Asset> {
    let file = Files::get(path.to_str()?)?;
    // A page of yesterday's build gets today's file. Debug builds read from disk, where files change.
    let cache = if fingerprint == *FINGERPRINT && !cfg!(debug_assertions) {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    Some(Asset {
        content_type: content_type(&path),
        cache: Header::new("Cache-Control", cache),
        body: file.data,
    })
}

fn content_type(path: &Path) -> ContentType {
    path.extension()
        .and_then(|extension| ContentType::from_extension(extension.to_str()?))
        .unwrap_or(ContentType::Binary)
}
