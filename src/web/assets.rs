//! Static files, embedded in the binary. Their URLs carry a fingerprint of the content, so browsers may
//! keep them for ever.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rocket::http::{ContentType, Header};
use rocket::response::Responder;
use rocket::{Route, get, routes};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The routes of this file.
pub fn routes() -> Vec<Route> {
    routes![file]
}

/// The URL of a static file: `/static/<first 12 hex of its SHA-256>/<path>`. Relative references within
/// a style sheet keep working, because everything is served under every fingerprint.
pub fn url(path: &str) -> String {
    match Files::get(path) {
        Some(file) => format!("/static/{}/{path}", fingerprint(&file)),
        None => {
            tracing::error!(path, "a static file is missing");
            format!("/static/0/{path}")
        }
    }
}

fn fingerprint(file: &EmbeddedFile) -> String {
    crate::crypto::hex(&file.metadata.sha256_hash()[..6])
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
    // A stale fingerprint gets today's file, but only for today.
    let cache = if fingerprint == self::fingerprint(&file) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=300"
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
