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
    let body = content(path.to_str()?)?;
    // A page of yesterday's build gets today's file. Debug builds read from disk, where files change.
    let cache = if fingerprint == *FINGERPRINT && !cfg!(debug_assertions) {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    Some(Asset {
        content_type: content_type(&path),
        cache: Header::new("Cache-Control", cache),
        body,
    })
}

/// What is served at a path.
fn content(path: &str) -> Option<Cow<'static, [u8]>> {
    if path == "css/all.css" {
        return Some(Cow::Owned(joined_style_sheets()));
    }
    Some(Files::get(path)?.data)
}

/// Every style sheet in one, so that a browser asks once. The tokens come first: they declare the order
/// of the cascade layers, so that the order of the rest does not matter.
fn joined_style_sheets() -> Vec<u8> {
    const FIRST: &str = "css/tokens.css";
    let rest = Files::iter().filter(|path| path.starts_with("css/") && path != FIRST);
    std::iter::once(Cow::Borrowed(FIRST))
        .chain(rest)
        .filter_map(|path| Files::get(&path))
        .flat_map(|sheet| sheet.data.into_owned())
        .collect()
}

fn content_type(path: &Path) -> ContentType {
    path.extension()
        .and_then(|extension| ContentType::from_extension(extension.to_str()?))
        .unwrap_or(ContentType::Binary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn templates(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        entries
            .flat_map(|entry| {
                let path = entry.expect("it can be read").path();
                if path.is_dir() {
                    templates(&path)
                } else {
                    vec![fs::read_to_string(path).expect("templates are text")]
                }
            })
            .collect()
    }

    /// What stands in quotes after each occurrence of `before` in any template.
    fn quoted_after(before: &str) -> Vec<String> {
        let templates = templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
        templates
            .iter()
            .flat_map(|text| text.split(before).skip(1))
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .filter(|name| !name.is_empty())
            .collect()
    }

    #[test]
    fn every_icon_that_a_page_shows_is_in_the_sprite() {
        let sprite = Files::get("icons.svg").expect("the sprite is there").data;
        let sprite = String::from_utf8_lossy(&sprite);
        let shown: Vec<_> = ["icon(\"", "icon_name = \"", "empty(\""]
            .into_iter()
            .flat_map(quoted_after)
            .collect();
        assert!(shown.len() > 20, "the calls are found");
        for name in shown {
            assert!(sprite.contains(&format!("<symbol id=\"{name}\"")), "{name}");
        }
    }

    #[test]
    fn every_file_that_a_page_names_is_served() {
        let templates = templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
        let named: Vec<_> = templates
            .iter()
            .flat_map(|text| text.match_indices("\"|asset").map(|(end, _)| &text[..end]))
            .filter_map(|before| before.rsplit('"').next())
            .collect();
        assert!(named.contains(&"css/all.css"), "{named:?}");
        for path in named {
            assert!(content(path).is_some(), "{path}");
        }
    }

    #[test]
    fn every_module_is_imported() {
        let modules: String = Files::iter()
            .filter(|path| path.starts_with("js/"))
            .filter_map(|path| Files::get(&path))
            .map(|file| String::from_utf8_lossy(&file.data).into_owned())
            .collect();
        for path in Files::iter() {
            if let Some(name) = path.strip_prefix("js/").filter(|name| *name != "main.js") {
                assert!(modules.contains(&format!("\"./{name}\"")), "{path}");
            }
        }
    }

    #[test]
    fn the_joined_style_sheet_begins_with_the_order_of_the_layers() {
        let joined = String::from_utf8(joined_style_sheets()).expect("style sheets are text");
        let order = joined.find("@layer reset, tokens, base");
        let first_block = joined.find("@layer tokens {");
        assert!(order.is_some() && order < first_block);
        assert!(joined.contains(".msg__bubble") && joined.contains(".gate__form"));
    }

    #[test]
    fn every_kind_of_file_has_its_content_type() {
        for path in Files::iter() {
            let text = path.starts_with("vendor/") || path.contains("LICENSE");
            assert!(
                text || content_type(Path::new(&*path)) != ContentType::Binary,
                "{path}"
            );
        }
    }
}
