//! Automated messages: of a channel, and of one page, whose own take the channel's place.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::shown::own;
use crate::domain::automation::{self, MOST_CHARACTERS, Receiver, Trigger};
use crate::domain::ids::{PageId, WorkstreamId};
use crate::domain::settings::Languages;
use crate::domain::text::shorten;
use crate::locale::Text;
use crate::store::automated_messages::{self as store, Choice, Level};
use crate::store::{self as database, Reader, pages, settings};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::forms::{Form, Problems};
use crate::web::guards::Administrator;
use crate::web::list::{self, Column, List, View, address};
use crate::web::outcome::{Led, Outcome};
use crate::web::page::{Frame, Page, filters};
use crate::web::voice;

mod edit;

/// The routes of automated messages.
pub fn routes() -> Vec<Route> {
    [routes![index, turn], edit::routes()].concat()
}

const PATH: &str = "/admin/automated-messages";
/// So much of a text is shown in the list.
const EXCERPT: usize = 160;

/// Where messages are looked at: a channel, or one page of it.
struct Scope {
    channel: String,
    /// `None`: the channel's own.
    instance: Option<Instance>,
    /// The language in which it speaks.
    language: String,
    /// Those in which the organization writes, and the one for all others.
    languages: Languages,
    of_page: HashMap<Trigger, Choice>,
    of_channel: HashMap<Trigger, Choice>,
}

/// A page that a workstream answers.
#[derive(Clone)]
struct Instance {
    page: PageId,
    name: String,
    workstream: WorkstreamId,
}

impl Scope {
    /// The scope of an address.
    ///
    /// # Errors
    /// 404 without such a channel, or such a page in a workstream of it; what the database says.
    fn load(app: &App, channel: &str, instance: Option<i64>) -> Answer<Scope> {
        let channel = app.channels.get(channel).ok_or(Status::NotFound)?;
        let scope = app
            .store
            .read(|reader| Scope::read(reader, channel.name(), instance.map(PageId)))?;
        Ok(scope.ok_or(Status::NotFound)?)
    }

    fn read(
        reader: &Reader<'_>,
        channel: &str,
        page: Option<PageId>,
    ) -> database::Result<Option<Scope>> {
        let languages = settings::read(reader)?.languages;
        let mut scope = Scope {
            language: languages.default_language.clone(),
            languages,
            instance: None,
            of_page: HashMap::new(),
            of_channel: store::choices(reader, &Level::Channel(channel.to_owned()))?,
            channel: channel.to_owned(),
        };
        if let Some(page) = page {
            let mut found = instances(reader, channel)?;
            let Some(at) = found.iter().position(|it| it.page == page) else {
                return Ok(None);
            };
            let instance = found.swap_remove(at);
            let settings = database::instances::by_page(reader, instance.workstream, page)?;
            if let Some(language) = settings.and_then(|found| found.settings.language) {
                scope.language = language;
            }
            scope.instance = Some(instance);
            scope.of_page = store::choices(reader, &scope.level())?;
        }
        Ok(Some(scope))
    }

    fn level(&self) -> Level {
        match &self.instance {
            None => Level::Channel(self.channel.clone()),
            Some(instance) => Level::Page(self.channel.clone(), instance.page),
        }
    }

    /// The page as an address says it; empty for the channel.
    fn instance_word(&self) -> String {
        let page = self.instance.as_ref().map(|instance| instance.page);
        page.map(|page| page.to_string()).unwrap_or_default()
    }

    /// The address of the list.
    fn href(&self) -> String {
        let instance = self.instance_word();
        address(PATH, [("channel", &*self.channel), ("instance", &instance)])
    }

    /// What was chosen here; `None`: nothing was.
    fn own_choice(&self, trigger: Trigger) -> Option<&Choice> {
        match self.instance {
            None => self.of_channel.get(&trigger),
            Some(_) => self.of_page.get(&trigger),
        }
    }

    fn is_active(&self, trigger: Trigger) -> bool {
        let chosen = self.own_choice(trigger);
        let chosen = chosen.or_else(|| self.of_channel.get(&trigger));
        chosen.map_or(trigger.is_on_at_first(), |choice| choice.is_active)
    }

    /// The words of a trigger in a language. `inherited`: those that would hold if this scope had none in it.
    fn words(&self, trigger: Trigger, language: &str, inherited: bool) -> String {
        let texts = |choices: &HashMap<Trigger, Choice>, is_own: bool| {
            let choice = choices.get(&trigger);
            let mut texts = choice.map_or_else(HashMap::new, |choice| choice.texts.clone());
            if is_own && inherited {
                texts.remove(language);
            }
            texts
        };
        let of_page = texts(&self.of_page, self.instance.is_some());
        let of_channel = texts(&self.of_channel, self.instance.is_none());
        let ours: HashMap<&str, String> = voice::own_texts(trigger).collect();
        let own = |language: &str| ours.get(language).map(String::as_str);
        let languages = [language, self.languages.default_language.as_str()];
        let words = automation::words_for(&of_page, &of_channel, own, languages);
        words.unwrap_or_default().to_owned()
    }

    /// The channel's own word for something.
    fn own(&self, part: &str) -> Text {
        own(&self.channel, part)
    }
}

/// The pages of a channel that workstreams answer.
fn instances(reader: &Reader<'_>, channel: &str) -> database::Result<Vec<Instance>> {
    let pages = pages::all(reader)?.into_iter();
    let instances = pages
        .filter(|page| page.channel == channel)
        .filter_map(|page| {
            Some(Instance {
                page: page.id,
                name: page.name,
                workstream: page.workstream?,
            })
        });
    Ok(instances.collect())
}

/// What a trigger is called.
pub fn title(trigger: Trigger) -> Text {
    Text::new(format!("automated-name-{}", trigger.word()))
}

/// The trigger of a word; `None` when there is none that an administrator gives texts to.
pub fn listed(word: &str) -> Option<Trigger> {
    Trigger::listed().find(|trigger| trigger.word() == word)
}

/// The words of a message as they were typed into the field `text`, tidied.
pub fn words(problems: &mut Problems, typed: &str) -> String {
    let words = typed.replace("\r\n", "\n").trim().to_owned();
    problems.check("text", !words.is_empty(), "automated-text-required");
    if words.chars().count() > MOST_CHARACTERS {
        let most = Text::new("automated-text-too-long").arg("most", MOST_CHARACTERS);
        problems.add("text", most);
    }
    words
}

/// A row of the list.
struct Row {
    trigger: Trigger,
    /// In the reader's language, for the search.
    name: String,
    /// In the order in which things happen in a conversation.
    order: usize,
    receiver: Receiver,
    words: String,
    /// The language of the words, as far as is known.
    lang: String,
    is_active: bool,
    /// Something was chosen here.
    is_own: bool,
    href: String,
}

const COLUMNS: &[Column<Row>] = &[
    Column::sorting("automated-column-message", "message", |a, b| {
        a.order.cmp(&b.order)
    }),
    Column::sorting("automated-column-receiver", "receiver", |a, b| {
        a.receiver.word().cmp(b.receiver.word()).reverse()
    }),
    Column::plain("automated-column-text"),
    Column::sorting("automated-column-state", "state", |a, b| {
        b.is_active.cmp(&a.is_active)
    }),
    Column::actions(),
];

#[derive(Template)]
#[template(path = "admin/automated_messages/index.html")]
struct Index {
    scope: Scope,
    /// Every channel of this program.
    channels: Vec<String>,
    /// The pages of this one.
    instances: Vec<Instance>,
    /// `on`, `off` or empty.
    state: String,
    list: List<Row>,
    problems: Problems,
}

impl Index {
    fn page(
        app: &App,
        frame: &Frame,
        scope: Scope,
        (state, view): (String, View),
        problems: Problems,
    ) -> Answer<Index> {
        let rows = Trigger::listed().enumerate().map(|(order, trigger)| Row {
            trigger,
            name: title(trigger).say(frame.locale),
            order,
            receiver: trigger.receiver(),
            words: shorten(&scope.words(trigger, &scope.language, false), EXCERPT),
            lang: scope.language.clone(),
            is_active: scope.is_active(trigger),
            is_own: scope.own_choice(trigger).is_some(),
            href: edit::href(&scope, trigger, ""),
        });
        let list = List::new(PATH, COLUMNS, view)
            .filter("channel", &*scope.channel)
            .filter("instance", scope.instance_word())
            .filter("state", &*state)
            .of(rows.collect(), |row: &Row, words| {
                let wanted = match state.as_str() {
                    "on" => row.is_active,
                    "off" => !row.is_active,
                    _ => true,
                };
                wanted && list::finds(words, [&row.name, &row.words])
            });
        Ok(Index {
            instances: app.store.read(|reader| instances(reader, &scope.channel))?,
            channels: app
                .channels
                .all()
                .map(|channel| channel.name().to_owned())
                .collect(),
            scope,
            state,
            list,
            problems,
        })
    }

    /// The address of the same list for another page of the channel; empty for all of them.
    fn level(&self, instance: &str) -> String {
        address(
            PATH,
            [("channel", &*self.scope.channel), ("instance", instance)],
        )
    }

    fn is_at(&self, instance: &Instance) -> bool {
        let here = self.scope.instance.as_ref();
        here.is_some_and(|here| here.page == instance.page)
    }
}

#[get("/admin/automated-messages?<channel>&<instance>&<state>&<view..>")]
fn index(
    _administrator: Administrator,
    frame: &Frame,
    app: &State<Arc<App>>,
    channel: Option<&str>,
    instance: Option<i64>,
    state: Option<&str>,
    view: View,
) -> Answer<Page<Index>> {
    let first = app.channels.all().next().map(|channel| channel.name());
    let channel = channel.or(first).unwrap_or_default();
    let scope = Scope::load(app, channel, instance)?;
    let state = state.unwrap_or_default().to_owned();
    let page = Index::page(app, frame, scope, (state, view), Problems::default())?;
    Ok(Page::ok(page))
}

/// *Turn on* and *Turn off*, for those that are ticked.
#[derive(FromForm)]
struct Turn {
    instance: Option<i64>,
    #[field(default = Vec::new())]
    trigger: Vec<String>,
    active: bool,
}

#[post("/admin/automated-messages/<channel>", data = "<form>")]
async fn turn(
    administrator: Administrator,
    frame: &Frame,
    app: &State<Arc<App>>,
    channel: &str,
    form: Form<Turn>,
) -> Answer<Result<Led, Page<Index>>> {
    let typed = form.read()?;
    let scope = Scope::load(app, channel, typed.instance)?;
    let triggers: Vec<Trigger> = Trigger::listed()
        .filter(|trigger| typed.trigger.iter().any(|word| word == trigger.word()))
        .collect();
    if triggers.is_empty() {
        let mut problems = Problems::default();
        problems.add("trigger", Text::new("automated-choose-some"));
        let view = (String::new(), <View as Default>::default());
        let page = Index::page(app, frame, scope, view, problems)?;
        return Ok(Err(Page::unprocessable(page)));
    }
    let (level, is_active, href) = (scope.level(), typed.active, scope.href());
    app.store
        .write_by(administrator.actor(), move |tx| {
            store::turn(tx, &level, &triggers, is_active)
        })
        .await?;
    Ok(Ok(Outcome::Saved.at(href)))
}
