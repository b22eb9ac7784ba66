//! What is asked before something is done that cannot be taken back: above the page where scripts run, else
//! on a page of its own. The question and its act have one address, by GET and by POST.

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::Either;

use crate::locale::Text;
use crate::web::page::{ForFragment, Page, filters};

/// The question.
#[derive(Template)]
#[template(path = "workspace/question/body.html")]
pub struct Question {
    /// What is asked.
    pub title: Text,
    /// What will happen.
    pub text: Text,
    /// Says that it is not to be done.
    pub keep: Text,
    /// Says that it is to be done.
    pub act: Text,
    /// Something is lost by it.
    pub is_loss: bool,
    /// Where the act is posted.
    pub action: String,
    /// Where one goes who does not want it.
    pub back: String,
    /// The element whose place the answer to a script takes. `None`: the act leads to another page.
    pub replaces: Option<String>,
}

impl HtmlSafe for Question {}

/// The question on a page of its own.
#[derive(Template)]
#[template(path = "workspace/question/page.html")]
pub struct OnItsOwn {
    question: Question,
}

/// The question, in the form in which the browser can show it.
pub type Asked = Either<Page<Question>, Page<OnItsOwn>>;

impl Question {
    /// Asks it.
    pub fn ask(self, for_fragment: ForFragment) -> Asked {
        match for_fragment.0 {
            true => Either::Left(Page::ok(self)),
            false => Either::Right(Page::ok(OnItsOwn { question: self })),
        }
    }
}
