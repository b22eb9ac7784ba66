//! Forms that carry a file. They are held to the same as [`Form`](super::forms::Form): from a page of ours, with
//! the token of its session.

use rocket::data::{FromData, Outcome};
use rocket::form::FromForm;
use rocket::fs::TempFile;
use rocket::http::Status;
use rocket::tokio::io::AsyncReadExt as _;
use rocket::{Data, Request, form};

use super::visitor::Visitor;
use super::{csrf, guards, visitor};

/// A form of a signed-in person with one file in the field `file`, of at most a mebibyte (the server's limit for
/// files that are not attachments).
pub struct Upload<'r>(Option<TempFile<'r>>);

#[derive(FromForm)]
struct Fields<'r> {
    csrf: &'r str,
    // Without it the token is still looked at first.
    file: Option<TempFile<'r>>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Upload<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Upload<'r>> {
        match signed(request, data).await {
            Ok(upload) => Outcome::Success(upload),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

async fn signed<'r>(request: &'r Request<'_>, data: Data<'r>) -> Result<Upload<'r>, Status> {
    guards::same_origin(request)?;
    let expected = match visitor::of(request) {
        Visitor::SignedIn(sign_in) => &sign_in.csrf_token,
        Visitor::Stranger { .. } => return Err(Status::Unauthorized),
        Visitor::Unknown => return Err(Status::ServiceUnavailable),
    };
    let fields = match form::Form::<Fields<'r>>::from_data(request, data).await {
        Outcome::Success(form) => form.into_inner(),
        // Without the token there is no telling whose form it was.
        Outcome::Error((_, errors)) if errors.iter().any(|error| error.is_for("csrf")) => {
            return Err(Status::Forbidden);
        }
        Outcome::Error((status, _)) => return Err(status),
        Outcome::Forward(_) => return Err(Status::Forbidden),
    };
    if !csrf::token_fits(expected, fields.csrf) {
        return Err(Status::Forbidden);
    }
    Ok(Upload(fields.file))
}

impl Upload<'_> {
    /// The file as text; what is no UTF-8 in it becomes �. Empty when no file was chosen.
    ///
    /// # Errors
    /// 500 when the disk does not give it back.
    pub async fn text(&self) -> Result<String, Status> {
        let mut bytes = Vec::new();
        let Some(file) = &self.0 else {
            return Ok(String::new());
        };
        let mut file = file.open().await.map_err(|_| Status::InternalServerError)?;
        file.read_to_end(&mut bytes)
            .await
            .map_err(|_| Status::InternalServerError)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
