//! Forms that carry files, part by part: nothing is read before it is known whose form it is, and a file goes to
//! where it is to stay while it comes.

use std::time::{Duration, Instant};

use multer::bytes::Bytes;
use multer::{Constraints, Field, Multipart, SizeLimit};
use rocket::data::{FromData, Outcome, ToByteUnit as _};
use rocket::http::Status;
use rocket::{Data, Request, tokio};

use super::visitor::Visitor;
use super::{csrf, guards, visitor};

/// The whole form, in MiB; every file has a limit of its own.
const MOST: u64 = 512;
/// A field that is no file: an id, a token.
const SHORT: u64 = 1024;
/// The field that comes first.
const TOKEN: &str = "csrf";
/// Whoever sends nothing for so long sends nothing any more.
const PATIENCE: Duration = Duration::from_secs(15);
/// A form may take this long in any case, and then as long as enough of it comes.
const AT_LEAST: Duration = Duration::from_secs(60);
/// Enough, in bytes a second: a slow telephone line, and not somebody who holds a connection open.
const PACE: u64 = 8 * 1024;

/// A form of a signed-in person, of which nothing has been read.
pub struct Parts<'r> {
    parts: Option<Multipart<'r>>,
    token: String,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Parts<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Parts<'r>> {
        match begin(request, data) {
            Ok(parts) => Outcome::Success(parts),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

fn begin<'r>(request: &'r Request<'_>, data: Data<'r>) -> Result<Parts<'r>, Status> {
    guards::same_origin(request)?;
    let token = match visitor::of(request) {
        Visitor::SignedIn(sign_in) => sign_in.csrf_token.clone(),
        Visitor::Stranger { .. } => return Err(Status::Unauthorized),
        Visitor::Unknown => return Err(Status::ServiceUnavailable),
    };
    let boundary = request
        .content_type()
        .filter(|kind| kind.is_form_data())
        .and_then(|kind| kind.param("boundary"));
    let body = data.open(MOST.mebibytes());
    Ok(Parts {
        parts: boundary.map(|boundary| {
            let limits = SizeLimit::new()
                .for_field(TOKEN, SHORT)
                .for_field("client_id", SHORT);
            let limits = Constraints::new().size_limit(limits);
            Multipart::with_reader_with_constraints(body, boundary, limits)
        }),
        token,
    })
}

impl<'r> Parts<'r> {
    /// Reads the session's token, which comes first. To be called when the person may send the form at all.
    ///
    /// # Errors
    /// 403 when it is not there: then there is no telling whose form it is.
    pub async fn signed(self) -> Result<SignedParts<'r>, Status> {
        let Some(parts) = self.parts else {
            return Err(Status::Forbidden);
        };
        let mut form = SignedParts {
            parts,
            began: Instant::now(),
            read: 0,
        };
        let token = match form.next().await? {
            Some(field) if field.name() == Some(TOKEN) => form.text(field).await?,
            _ => return Err(Status::Forbidden),
        };
        match csrf::token_fits(&self.token, &token) {
            true => Ok(form),
            false => Err(Status::Forbidden),
        }
    }
}

/// What follows the token.
pub struct SignedParts<'r> {
    parts: Multipart<'r>,
    began: Instant,
    /// In bytes.
    read: u64,
}

impl<'r> SignedParts<'r> {
    /// The next part; `None` after the last. What was not read of the one before is passed over.
    ///
    /// # Errors
    /// 400 when the form is broken or breaks off, 408 when nothing comes, or too little.
    pub async fn next(&mut self) -> Result<Option<Field<'r>>, Status> {
        in_time(self.left(), self.parts.next_field()).await
    }

    /// A part's text; for short ones.
    ///
    /// # Errors
    /// As [`SignedParts::next`].
    pub async fn text(&mut self, field: Field<'_>) -> Result<String, Status> {
        in_time(self.left().min(PATIENCE), field.text()).await
    }

    /// The next bytes of a part; `None` after the last.
    ///
    /// # Errors
    /// As [`SignedParts::next`].
    pub async fn bytes(&mut self, field: &mut Field<'_>) -> Result<Option<Bytes>, Status> {
        let bytes = in_time(self.left().min(PATIENCE), field.chunk()).await?;
        self.read += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Ok(bytes)
    }

    /// How long the next piece may take.
    fn left(&self) -> Duration {
        let earned = AT_LEAST + Duration::from_secs(self.read / PACE);
        earned.saturating_sub(self.began.elapsed())
    }
}

async fn in_time<T>(
    left: Duration,
    read: impl Future<Output = multer::Result<T>>,
) -> Result<T, Status> {
    // Passing over a part that nobody wants is no piece: it takes all the time that is left.
    match tokio::time::timeout(left, read).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(_)) => Err(Status::BadRequest),
        Err(_) => Err(Status::RequestTimeout),
    }
}
