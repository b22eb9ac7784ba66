//! Files for spreadsheets.

use rocket::http::{ContentType, Header};
use rocket::response::Responder;

/// What [`crate::domain::csv`] wrote, as a download.
#[derive(Responder)]
pub struct Spreadsheet {
    body: String,
    content_type: ContentType,
    disposition: Header<'static>,
}

/// How a file begins: the mark tells spreadsheets that it is UTF-8.
pub const BEGIN: &str = "\u{FEFF}";

impl Spreadsheet {
    /// A file called `name`, without its ending; `body` begins with [`BEGIN`].
    pub fn new(name: &str, body: String) -> Spreadsheet {
        Spreadsheet {
            body,
            content_type: ContentType::new("text", "csv").with_params(("charset", "utf-8")),
            disposition: Header::new(
                "Content-Disposition",
                format!("attachment; filename=\"{name}.csv\""),
            ),
        }
    }
}
