//! A file that somebody sent, as an answer: whole or a part of it, and such that whatever is in it cannot act in
//! our name. (promises.md E8)

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::tokio::fs::File;
use rocket::tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeek, ReadBuf, SeekFrom, Take};

use crate::domain::media::{Form, Type, type_of};
use crate::store::Store;
use crate::store::media::Kept;

/// A file that is opened in a window of its own gets no scripts, no cookies and no origin there.
const SANDBOX: &str =
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";
/// What a name keeps in a header. (RFC 8187, attr-char)
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A file, opened.
pub struct FileAnswer {
    file: File,
    kept: Kept,
    found: Type,
    /// To be saved, also where a browser could show it.
    to_save: bool,
}

impl FileAnswer {
    /// Opens a file of the folder.
    ///
    /// # Errors
    /// 404 when somebody took it out of the folder.
    pub async fn open(store: &Store, kept: Kept, to_save: bool) -> Result<FileAnswer, Status> {
        let file = File::open(store.files().path(&kept.content))
            .await
            .map_err(|error| {
                tracing::error!(content = kept.content, %error, "a file cannot be read");
                Status::NotFound
            })?;
        Ok(FileAnswer {
            file,
            found: type_of(&kept.media_type),
            kept,
            to_save,
        })
    }

    /// What a browser does with it, and what it is called.
    fn disposition(&self) -> String {
        let way = match self.found.form {
            Form::Picture | Form::Video | Form::Audio if !self.to_save => "inline",
            _ => "attachment",
        };
        let plain: String = self
            .kept
            .name
            .chars()
            .map(|sign| match sign {
                '"' | '\\' | '%' => '_',
                sign if sign.is_ascii() && !sign.is_control() => sign,
                _ => '_',
            })
            .collect();
        let whole = utf8_percent_encode(&self.kept.name, NAME);
        format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
    }
}

impl<'r> Responder<'r, 'static> for FileAnswer {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let size = self.kept.size_bytes;
        let mut response = Response::build();
        response
            .raw_header("Content-Type", self.found.mime)
            .raw_header("Content-Disposition", self.disposition())
            .raw_header("Content-Security-Policy", SANDBOX)
            .raw_header("Accept-Ranges", "bytes");
        // Without a validator of ours there is nothing that a condition could match.
        let range = match request.headers().get_one("If-Range") {
            Some(_) => None,
            None => request.headers().get_one("Range"),
        };
        let part = match range.map(|range| part(range, size)) {
            None | Some(Part::Whole) => 0..size,
            Some(Part::Some(part)) => {
                let last = part.end.saturating_sub(1);
                response.status(Status::PartialContent).header(Header::new(
                    "Content-Range",
                    format!("bytes {}-{last}/{size}", part.start),
                ));
                part
            }
            Some(Part::Outside) => {
                return response
                    .status(Status::RangeNotSatisfiable)
                    .header(Header::new("Content-Range", format!("bytes */{size}")))
                    .ok();
            }
        };
        let length =
            usize::try_from(part.end - part.start).map_err(|_| Status::InternalServerError)?;
        response
            .sized_body(length, Piece::new(self.file, part))
            .ok()
    }
}

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Everything: it asks for several parts, or in words that nobody knows; both may be ignored.
    Whole,
    /// These bytes.
    Some(Range<u64>),
    /// Nothing that is there.
    Outside,
}

fn part(header: &str, size: u64) -> Part {
    let Some((first, last)) = header
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Part::Whole,
    };
    match range.is_empty() {
        true => Part::Outside,
        false => Part::Some(range),
    }
}

/// A part of a file, read from its beginning to its end.
struct Piece {
    start: Option<u64>,
    file: Take<File>,
    is_seeking: bool,
}

impl Piece {
    fn new(file: File, part: Range<u64>) -> Piece {
        Piece {
            start: Some(part.start).filter(|start| *start > 0),
            file: file.take(part.end - part.start),
            is_seeking: false,
        }
    }

    /// Moves to where the part begins.
    fn poll_start(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(start) = self.start else {
            return Poll::Ready(Ok(()));
        };
        let mut file = Pin::new(self.file.get_mut());
        if !self.is_seeking {
            file.as_mut().start_seek(SeekFrom::Start(start))?;
            self.is_seeking = true;
        }
        match file.poll_complete(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(_)) => {
                self.start = None;
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncRead for Piece {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.poll_start(context) {
            Poll::Ready(Ok(())) => Pin::new(&mut self.file).poll_read(context, buffer),
            other => other,
        }
    }
}

/// Rocket asks for this of a body with a length, and does not use it when the length is told.
impl AsyncSeek for Piece {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_browsers_and_players_write_it() {
        for (header, expected) in [
            ("bytes=0-", Part::Some(0..100)),
            ("bytes=0-0", Part::Some(0..1)),
            ("bytes=10-19", Part::Some(10..20)),
            ("bytes=90-200", Part::Some(90..100)),
            ("bytes=-10", Part::Some(90..100)),
            ("bytes=-500", Part::Some(0..100)),
            ("bytes=100-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=20-10", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("pages=1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
        ] {
            assert_eq!(part(header, 100), expected, "{header}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Outside);
    }
}
