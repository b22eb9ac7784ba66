//! The bytes of what customers sent, on `api-data.line.me` (line.md §4).

use super::super::call::Answer;
use super::errors::{LineError, bad};
use super::routes::Request;
use super::{Line, World};
use serde_json::json;

impl Line {
    /// The content of this message answers 202, so many times, before it is there.
    pub fn prepare_content(&self, message_id: &str, answers: u32) {
        self.world.change(|state| {
            if let Some(content) = state.contents.get_mut(message_id) {
                content.preparing = answers;
            }
        });
    }

    /// LINE deleted the content, as it does after an undisclosed time: 404.
    pub fn forget_content(&self, message_id: &str) {
        self.world.change(|state| state.contents.remove(message_id));
    }
}

impl World {
    /// `GET …/content`: the bytes; 202 without a body while they are prepared; 410 after an unsend.
    pub(super) fn content(&self, request: &Request<'_>, message_id: &str) -> Answer {
        self.change(|state| {
            let Some(content) = state
                .contents
                .get_mut(message_id)
                .filter(|content| content.channel_id == request.channel_id)
            else {
                return LineError::NOT_FOUND.answer();
            };
            if content.is_gone {
                return LineError::CONTENT_GONE.answer();
            }
            if content.preparing > 0 {
                content.preparing -= 1;
                return Answer::bytes(202, content.media_type.clone(), Vec::new());
            }
            Answer::bytes(200, content.media_type.clone(), content.bytes.clone())
        })
    }

    /// `GET …/content/preview`: pictures and videos only.
    pub(super) fn preview(&self, request: &Request<'_>, message_id: &str) -> Answer {
        let media_type = self.media_type(message_id);
        match media_type.as_deref().and_then(|it| it.split('/').next()) {
            Some("image" | "video") => self.content(request, message_id),
            Some(_) => bad("The content can not be previewed"),
            None => LineError::NOT_FOUND.answer(),
        }
    }

    /// `GET …/content/transcoding`: videos and audio only.
    pub(super) fn transcoding(&self, request: &Request<'_>, message_id: &str) -> Answer {
        let state = self.state();
        let Some(content) = state
            .contents
            .get(message_id)
            .filter(|content| content.channel_id == request.channel_id)
        else {
            return LineError::NOT_FOUND.answer();
        };
        match content.media_type.split('/').next() {
            _ if content.is_gone => LineError::CONTENT_GONE.answer(),
            Some("video" | "audio") if content.preparing > 0 => {
                Answer::json(200, &json!({"status": "processing"}))
            }
            Some("video" | "audio") => Answer::json(200, &json!({"status": "succeeded"})),
            _ => bad("The content can not be transcoded"),
        }
    }

    fn media_type(&self, message_id: &str) -> Option<String> {
        Some(self.state().contents.get(message_id)?.media_type.clone())
    }
}
