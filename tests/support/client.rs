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
pub struct Form {
    pub action: String,
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
        let mut answer = if request.body().is_empty() && method == "GET" {
            let (parts, _) = request.into_parts();
            self.agent.run(ureq::http::Request::from_parts(parts, ()))
        } else {
            self.agent.run(request)
        }
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        self.keep_cookies(answer.headers());
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
        Page {
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
                .read_to_string()
                .expect("a page is text"),
            path: path.to_owned(),
        }
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
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &form.fields {
            body.append_pair(name, value);
        }
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.base.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.request(
            "POST",
            &form.action,
            &headers,
            Some(body.finish().into_bytes()),
        )
    }

    /// Sends a form and shows where it leads.
    pub fn submit(&self, form: &Form) -> Page {
        let answer = self.post(form);
        match answer.location.clone().filter(|_| answer.status == 303) {
            Some(location) => self.get(&location),
            None => answer,
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

    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
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
        let form = html
            .select(&select("form"))
            .find(|form| {
                form.select(&select("button"))
                    .any(|found| text_of(&found).starts_with(button))
            })
            .unwrap_or_else(|| {
                panic!(
                    "{} ({}) has no form with {button:?}:\n{}",
                    self.path,
                    self.status,
                    self.text()
                )
            });
        let pressed = form
            .select(&select("button[name]"))
            .find(|found| text_of(found).starts_with(button));
        let mut fields: Vec<(String, String)> = form
            .select(&select("input[name], textarea[name], select[name]"))
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
            fields,
        }
    }

    /// The `name` of the field with this label.
    #[track_caller]
    fn field_name(&self, label: &str) -> String {
        let html = self.html();
        let found = html
            .select(&select("label"))
            .find(|element| text_of(element).starts_with(label))
            .unwrap_or_else(|| panic!("{} has no field {label:?}:\n{}", self.path, self.text()));
        let field = match found.attr("for") {
            Some(id) => html.select(&select(&format!("[id='{id}']"))).next(),
            None => found.select(&select("input, textarea, select")).next(),
        };
        field
            .and_then(|field| field.attr("name"))
            .unwrap_or_else(|| panic!("{label:?} on {} labels no field", self.path))
            .to_owned()
    }

    /// The form with the button, filled in by label.
    #[track_caller]
    pub fn fill(&self, button: &str, values: &[(&str, &str)]) -> Form {
        let mut form = self.form(button);
        for (label, value) in values {
            form.set(&self.field_name(label), value);
        }
        form
    }
}

impl Form {
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(found, _)| found != name);
        self.fields.push((name.to_owned(), value.to_owned()));
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
