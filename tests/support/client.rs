//! A person with a browser without scripts: cookies, pages, forms found by their labels.

use std::collections::BTreeMap;
use std::time::Duration;

use parking_lot::Mutex;
use scraper::{ElementRef, Html, Selector};

/// A browser without scripts.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// An answer, with the page in it.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub path: String,
}

/// A filled-in form.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    /// Sent in the URL, as a form that only leads somewhere is.
    pub is_get: bool,
    pub fields: Vec<(String, String)>,
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a valid selector")
}

impl Client {
    pub fn new(base: &str) -> Client {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .build()
            .into();
        Client {
            agent,
            base: base.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// The cookies as a header.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock();
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// One request with headers of the caller's choice.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Page {
        self.try_request(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Sends a form with a text file in its field `file`, as a browser does.
    pub fn post_with_file(&self, form: &Form, name: &str, file: &str) -> Page {
        let boundary = "----tiski";
        let mut body = String::new();
        for (name, value) in form.fields.iter().filter(|(name, _)| name != "file") {
            body += &format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        body += &format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\n{file}\r\n--{boundary}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [
            ("content-type", kind.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.request("POST", &form.action, &headers, Some(body.into_bytes()))
    }

    /// A file, byte by byte.
    pub fn download(&self, path: &str, headers: &[(&str, &str)]) -> Download {
        let mut answer = self
            .ask("GET", path, headers, None)
            .unwrap_or_else(|error| panic!("GET {path}: {error}"));
        let named = |value: &ureq::http::HeaderValue| value.to_str().expect("ASCII").to_owned();
        Download {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), named(value)))
                .collect(),
            bytes: answer.body_mut().read_to_vec().expect("a whole file"),
        }
    }

    /// [`Self::request`] to a server that may be down.
    pub fn try_request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Page, ureq::Error> {
        let answer = self.ask(method, path, headers, body)?;
        read(answer, path)
    }

    /// An answer whose body has not been read.
    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut builder = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("cookie", self.cookie_header());
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let request = builder
            .body(body.unwrap_or_default())
            .expect("a valid request");
        let answer = if request.body().is_empty() && method == "GET" {
            let (parts, _) = request.into_parts();
            self.agent.run(ureq::http::Request::from_parts(parts, ()))
        } else {
            self.agent.run(request)
        }?;
        self.keep_cookies(answer.headers());
        Ok(answer)
    }

    fn keep_cookies(&self, headers: &ureq::http::HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("ASCII");
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("name=value");
            let mut cookies = self.cookies.lock();
            if value.is_empty() || cookie.to_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// A page, redirects followed.
    pub fn get(&self, path: &str) -> Page {
        let mut page = self.request("GET", path, &[], None);
        for _ in 0..5 {
            let Some(location) = page.location.clone().filter(|_| page.status == 303) else {
                return page;
            };
            page = self.request("GET", &location, &[], None);
        }
        panic!("{path} redirects for ever");
    }

    /// Sends a form as a browser does. The redirect is not followed.
    pub fn post(&self, form: &Form) -> Page {
        self.try_post(form)
            .unwrap_or_else(|error| panic!("POST {}: {error}", form.action))
    }

    /// Sends a form with files, as a browser without scripts does. The redirect is not followed.
    pub fn post_files(&self, form: &Form, files: &[(&str, &[u8])]) -> Page {
        let boundary = "boundary-of-a-test";
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            let head =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [
            ("content-type", kind.as_str()),
            ("origin", self.base.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.request("POST", &form.action, &headers, Some(body))
    }

    /// [`Self::post`] to a server that may be down.
    pub fn try_post(&self, form: &Form) -> Result<Page, ureq::Error> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &form.fields {
            body.append_pair(name, value);
        }
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.base.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.try_request(
            "POST",
            &form.action,
            &headers,
            Some(body.finish().into_bytes()),
        )
    }

    /// Sends a form and shows where it leads.
    pub fn submit(&self, form: &Form) -> Page {
        if form.is_get {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&form.fields);
            return self.get(&format!("{}?{}", form.action, query.finish()));
        }
        let answer = self.post(form);
        match answer.location.clone().filter(|_| answer.status == 303) {
            Some(location) => self.get(&location),
            None => answer,
        }
    }
}

/// The whole answer, which ends.
pub(super) fn read(
    mut answer: ureq::http::Response<ureq::Body>,
    path: &str,
) -> Result<Page, ureq::Error> {
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    Ok(Page {
        status: answer.status().as_u16(),
        location: answer
            .headers()
            .get("location")
            .map(|value| value.to_str().expect("ASCII").to_owned()),
        headers,
        body: answer
            .body_mut()
            .with_config()
            .limit(64 * 1024 * 1024)
            .read_to_string()?,
        path: path.to_owned(),
    })
}

/// A file as it came.
pub struct Download {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Download {
    /// A header that is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(found, _)| found == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => value,
            _ => panic!("{name} is not there once: {:?}", self.headers),
        }
    }
}

impl Page {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// As a browser without scripts reads it: what stands in `<noscript>` is there.
    pub fn html(&self) -> Html {
        let body = self.body.replace("<noscript>", "<div>");
        Html::parse_document(&body.replace("</noscript>", "</div>"))
    }

    /// All text on the page, white space folded.
    pub fn text(&self) -> String {
        let html = self.html();
        let words: Vec<&str> = html
            .root_element()
            .text()
            .flat_map(str::split_whitespace)
            .collect();
        words.join(" ")
    }

    /// The text of every element that a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.html()
            .select(&select(selector))
            .map(|element| text_of(&element))
            .collect()
    }

    /// The part of the page that this element is.
    fn of(&self, element: &ElementRef<'_>) -> Page {
        Page {
            body: element.html(),
            ..self.clone()
        }
    }

    /// Every element that a selector finds, as a page of its own.
    pub fn parts(&self, selector: &str) -> Vec<Page> {
        let (html, selector) = (self.html(), select(selector));
        let found = html.select(&selector);
        found.map(|element| self.of(&element)).collect()
    }

    /// The first element that a selector finds and that says these words.
    #[track_caller]
    pub fn part(&self, selector: &str, words: &str) -> Page {
        let parts = self.parts(selector).into_iter();
        let found = parts.into_iter().find(|part| part.text().contains(words));
        found.unwrap_or_else(|| {
            panic!(
                "{} ({}) has no {selector:?} with {words:?}:\n{}",
                self.path,
                self.status,
                self.text()
            )
        })
    }

    /// The first link whose address contains this.
    pub fn link(&self, part: &str) -> Option<String> {
        let html = self.html();
        let links = select("a[href]");
        let mut addresses = html.select(&links).filter_map(|link| link.attr("href"));
        addresses
            .find(|address| address.contains(part))
            .map(str::to_owned)
    }

    /// The section under the heading that begins so.
    #[track_caller]
    pub fn section(&self, heading: &str) -> Page {
        let sections = self.parts("section").into_iter();
        let mut fitting = sections.filter(|part| {
            let headings = part.texts("h1, h2, h3");
            headings.first().is_some_and(|it| it.starts_with(heading))
        });
        fitting.next().unwrap_or_else(|| {
            panic!(
                "{} ({}) has no section {heading:?}:\n{}",
                self.path,
                self.status,
                self.text()
            )
        })
    }

    #[track_caller]
    pub fn assert_says(&self, words: &str) -> &Page {
        let text = self.text();
        assert!(
            text.contains(words),
            "{} ({}) does not say {words:?}:\n{text}",
            self.path,
            self.status
        );
        self
    }

    /// The form that holds a button with this text, its fields as they stand on the page.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        let html = self.html();
        // *Send* is not *Send now*, where both are there.
        let is_there = html
            .select(&select("button"))
            .any(|found| text_of(&found) == button);
        let says = |found: &ElementRef<'_>| match is_there {
            true => text_of(found) == button,
            false => text_of(found).starts_with(button),
        };
        // A button may stand outside its form, which it names then.
        let named = html
            .select(&select("button[form]"))
            .find(says)
            .and_then(|found| found.attr("form").map(str::to_owned));
        let form = html
            .select(&select("form"))
            .find(|form| {
                form.select(&select("button:not([form])"))
                    .any(|found| says(&found))
            })
            .or_else(|| {
                let with_an_id = select("form[id]");
                html.select(&with_an_id)
                    .find(|form| form.attr("id") == named.as_deref())
            })
            .unwrap_or_else(|| {
                panic!(
                    "{} ({}) has no form with {button:?}:\n{}",
                    self.path,
                    self.status,
                    self.text()
                )
            });
        let pressed = form.select(&select("button[name]:not([form])")).find(says);
        let mut fields: Vec<(String, String)> = form
            .select(&select(
                "input[name]:not([form]), textarea[name], select[name]",
            ))
            .filter_map(|field| value_of(&field))
            .collect();
        if let Some(pressed) = pressed {
            let attribute = |name| pressed.attr(name).unwrap_or_default().to_owned();
            fields.push((attribute("name"), attribute("value")));
        }
        Form {
            action: form
                .attr("action")
                .map_or_else(|| self.path.clone(), str::to_owned),
            is_get: form
                .attr("method")
                .is_none_or(|method| method.eq_ignore_ascii_case("get")),
            fields,
        }
    }

    /// What is done to the field with this label.
    #[track_caller]
    fn field<T>(&self, label: &str, look: impl Fn(&ElementRef<'_>) -> T) -> T {
        let html = self.html();
        let found = html
            .select(&select("label"))
            .find(|element| text_of(element).starts_with(label))
            .unwrap_or_else(|| panic!("{} has no field {label:?}:\n{}", self.path, self.text()));
        let field = match found.attr("for") {
            Some(id) => html.select(&select(&format!("[id='{id}']"))).next(),
            None => found.select(&select("input, textarea, select")).next(),
        };
        let field = field.unwrap_or_else(|| panic!("{label:?} on {} labels no field", self.path));
        look(&field)
    }

    /// The form with the button, filled in by label. Of a list of choices, the one with these words.
    #[track_caller]
    pub fn fill(&self, button: &str, values: &[(&str, &str)]) -> Form {
        let mut form = self.form(button);
        for (label, value) in values {
            let (name, value) = self.field(label, |field| {
                let name = field.attr("name").unwrap_or_default().to_owned();
                (name, choice(field, value).unwrap_or((*value).to_owned()))
            });
            form.set(&name, &value);
        }
        form
    }

    /// What stands in the field with this label.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        self.field(label, |field| {
            value_of(field).map_or_else(
                || field.attr("value").unwrap_or_default().to_owned(),
                |(_, value)| value,
            )
        })
    }
}

impl Form {
    /// Another button of the same row.
    pub fn in_row(&self, end: &str) -> Form {
        let (base, _) = self.action.rsplit_once('/').expect("a path");
        Form {
            action: format!("{base}{end}"),
            is_get: false,
            fields: self
                .fields
                .iter()
                .filter(|(name, _)| name == "csrf")
                .cloned()
                .collect(),
        }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(found, _)| found != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Ticks every box that stands on the page.
    pub fn tick_everything(&mut self, page: &Page) {
        for box_ in page.html().select(&select("input[type=checkbox][name]")) {
            let name = box_.attr("name").unwrap_or_default();
            self.set(name, box_.attr("value").unwrap_or("on"));
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

fn text_of(element: &ElementRef<'_>) -> String {
    let words: Vec<&str> = element.text().flat_map(str::split_whitespace).collect();
    words.join(" ")
}

/// What a list of choices sends for the one with these words.
fn choice(field: &ElementRef<'_>, words: &str) -> Option<String> {
    let options = select("option");
    let option = field
        .select(&options)
        .find(|option| text_of(option) == words)?;
    option.attr("value").map(str::to_owned)
}

/// What a browser would send for a field; `None` for an unticked box or a button.
fn value_of(field: &ElementRef<'_>) -> Option<(String, String)> {
    let name = field.attr("name")?.to_owned();
    let value = match field.value().name() {
        "textarea" => field.text().collect(),
        "select" => {
            let options: Vec<ElementRef<'_>> = field.select(&select("option")).collect();
            let chosen = options
                .iter()
                .find(|option| option.attr("selected").is_some())
                .or(options.first())?;
            chosen
                .attr("value")
                .map_or_else(|| text_of(chosen), str::to_owned)
        }
        _ => {
            let kind = field.attr("type").unwrap_or("text");
            if ["submit", "button", "image"].contains(&kind) {
                return None;
            }
            if ["checkbox", "radio"].contains(&kind) && field.attr("checked").is_none() {
                return None;
            }
            field
                .attr("value")
                .unwrap_or(match kind {
                    "checkbox" => "on",
                    _ => "",
                })
                .to_owned()
        }
    };
    Some((name, value))
}
