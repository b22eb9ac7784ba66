//! Chromium, driven over the DevTools protocol: what a person with a real browser sees.

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use super::program::{PATIENCE, wait_until};

/// A running Chromium.
pub struct Browser {
    child: Child,
    address: String,
    _profile: TempDir,
}

/// A tab, in a browsing context of its own: its cookies are nobody else's.
pub struct Tab {
    socket: RefCell<WebSocket<MaybeTlsStream<TcpStream>>>,
    session: String,
    next: Cell<u64>,
    /// Everything that the console said as an error, every exception, every violated policy.
    complaints: RefCell<Vec<String>>,
}

impl Browser {
    pub fn start() -> Browser {
        let profile = TempDir::new().expect("a temporary folder");
        let mut child = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--hide-scrollbars",
                "--lang=en",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("Chromium is installed (tests/run installs it)");
        let mut lines = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
        let address = loop {
            let mut line = String::new();
            let read = lines.read_line(&mut line).expect("Chromium speaks UTF-8");
            assert!(read > 0, "Chromium ended at its start");
            if let Some(address) = line.trim().strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Browser {
            child,
            address,
            _profile: profile,
        }
    }

    /// A new tab of this size.
    pub fn tab(&self, width: u32, height: u32) -> Tab {
        let (mut socket, _) = tungstenite::connect(&self.address).expect("Chromium listens");
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a time-out can be set");
        }
        let mut tab = Tab {
            socket: RefCell::new(socket),
            session: String::new(),
            next: Cell::new(1),
            complaints: RefCell::default(),
        };
        let context = tab.send("Target.createBrowserContext", json!({}));
        let target = tab.send(
            "Target.createTarget",
            json!({ "url": "about:blank", "browserContextId": context["browserContextId"] }),
        );
        let session = tab.send(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        tab.session = session["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            tab.send(&format!("{domain}.enable"), json!({}));
        }
        tab.resize(width, height);
        tab
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Tab {
    /// One command of the protocol, and its answer.
    pub fn send(&self, method: &str, parameters: Value) -> Value {
        let id = self.next.replace(self.next.get() + 1);
        let mut command = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        let mut socket = self.socket.borrow_mut();
        socket
            .send(Message::text(command.to_string()))
            .expect("Chromium listens");
        loop {
            let message = socket.read().expect("Chromium answers");
            let Ok(text) = message.to_text() else {
                continue;
            };
            let Ok(answer) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.listen(&answer);
        }
    }

    /// Keeps what a developer would see in red.
    fn listen(&self, event: &Value) {
        let parameters = &event["params"];
        let complaint = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => Some(parameters["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                Some(parameters["args"].to_string())
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => Some(format!(
                "{} {}",
                parameters["entry"]["text"], parameters["entry"]["url"]
            )),
            _ => None,
        };
        self.complaints.borrow_mut().extend(complaint);
    }

    /// What the browser complained about so far; forgets it.
    pub fn complaints(&self) -> Vec<String> {
        self.send("Runtime.evaluate", json!({ "expression": "0" }));
        self.complaints.take()
    }

    pub fn resize(&self, width: u32, height: u32) {
        self.send(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 }),
        );
    }

    /// `light` or `dark`.
    pub fn theme(&self, scheme: &str) {
        self.send(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
    }

    /// As a person who switched scripts off.
    pub fn without_scripts(&self) {
        self.send(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        );
    }

    /// Cuts the network, or gives it back.
    pub fn offline(&self, offline: bool) {
        self.send(
            "Network.emulateNetworkConditions",
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        );
    }

    /// Opens a URL and waits until it has loaded.
    pub fn open(&self, url: &str) {
        let answer = self.send("Page.navigate", json!({ "url": url }));
        assert!(
            answer["errorText"].is_null(),
            "{url}: {}",
            answer["errorText"]
        );
        self.loaded();
    }

    pub fn reload(&self) {
        self.evaluate("window.__left = true");
        self.send("Page.reload", json!({}));
        self.wait_for(
            "the page is loaded anew",
            "!window.__left && document.readyState === 'complete'",
        );
    }

    fn loaded(&self) {
        self.wait_for("the page is loaded", "document.readyState === 'complete'");
    }

    /// The value of an expression, through JSON. Promises are awaited.
    pub fn evaluate(&self, expression: &str) -> Value {
        let answer = self.send(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true. Says what the page said when it never is.
    #[track_caller]
    pub fn wait_for(&self, condition: &str, expression: &str) {
        let started = std::time::Instant::now();
        loop {
            let answer = self.send(
                "Runtime.evaluate",
                json!({ "expression": format!("!!({expression})"), "returnByValue": true }),
            );
            if answer["result"]["value"] == json!(true) {
                return;
            }
            if started.elapsed() > PATIENCE {
                panic!("it never came true: {condition}\n{}", self.text());
            }
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    }

    /// Waits until the page says these words somewhere that can be seen.
    #[track_caller]
    pub fn wait_for_text(&self, words: &str) {
        self.wait_for(
            &format!("the page says {words:?}"),
            &format!(
                "document.body && document.body.innerText.includes({})",
                json!(words)
            ),
        );
    }

    pub fn text(&self) -> String {
        self.evaluate("document.body ? document.body.innerText : ''")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn location(&self) -> String {
        self.evaluate("location.pathname")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn title(&self) -> String {
        self.evaluate("document.title")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Puts the caret into the field with this label and types.
    #[track_caller]
    pub fn fill(&self, label: &str, value: &str) {
        self.wait_for(
            &format!("there is a field {label:?}"),
            &format!("{FIELD}({})", json!(label)),
        );
        self.evaluate(&format!(
            "(() => {{ const field = {FIELD}({}); field.focus(); if (field.select) field.select(); }})()",
            json!(label)
        ));
        self.send("Input.insertText", json!({ "text": value }));
    }

    /// Chooses an option of the select, or the radio button, with this label.
    #[track_caller]
    pub fn choose(&self, label: &str, option: &str) {
        self.evaluate(&format!(
            "(() => {{ const field = {FIELD}({}); if (field.tagName === 'SELECT') {{ \
               field.value = [...field.options].find(o => o.text.trim() === {o}).value; \
               field.dispatchEvent(new Event('change', {{ bubbles: true }})); }} else {FIELD}({o}).click(); }})()",
            json!(label),
            o = json!(option)
        ));
    }

    /// Ticks the box with this label.
    #[track_caller]
    pub fn tick(&self, label: &str) {
        self.evaluate(&format!("{FIELD}({}).click()", json!(label)));
    }

    /// Presses the first visible button or link whose words begin so, with a real click.
    #[track_caller]
    pub fn press(&self, words: &str) {
        let find = format!("{BUTTON}({})", json!(words));
        self.wait_for(&format!("there is a button {words:?}"), &find);
        let place = self.evaluate(&format!(
            "(() => {{ const button = {find}; button.scrollIntoView({{ block: 'center' }}); \
               const box = button.getBoundingClientRect(); \
               return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.send(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1 }),
            );
        }
    }

    /// Presses a key.
    pub fn key(&self, key: &str, shift: bool) {
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "Escape" => 27,
            _ => 0,
        };
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            self.send(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                        "modifiers": if shift { 8 } else { 0 },
                        "text": if kind == "keyDown" { text } else { "" } }),
            );
        }
    }

    /// Presses something that leads to another page, and waits for that page.
    #[track_caller]
    pub fn follow(&self, words: &str) {
        self.evaluate("window.__left = true");
        self.press(words);
        self.wait_for(
            &format!("{words:?} leads to another page"),
            "!window.__left && document.readyState === 'complete'",
        );
    }

    /// What axe-core finds, one line a violation.
    pub fn violations(&self) -> Vec<String> {
        self.evaluate(concat!(include_str!("../vendor/axe-core/axe.min.js"), ";0"));
        let found = self.evaluate(
            "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })\
               .then(result => result.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))",
        );
        strings(&found)
    }

    /// Whether something sticks out at the side.
    pub fn overflow(&self) -> i64 {
        self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .as_i64()
            .unwrap_or_default()
    }

    /// A picture of the tab as PNG bytes, base64.
    pub fn screenshot(&self) -> String {
        let answer = self.send("Page.captureScreenshot", json!({ "format": "png" }));
        answer["data"].as_str().unwrap_or_default().to_owned()
    }
}

/// Waits for the same thing outside the browser.
pub fn eventually<T>(condition: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_until(condition, look)
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(|list| {
            list.iter()
                .map(|item| item.as_str().unwrap_or_default().to_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// The field with a label that begins with some words, as a person or a screen reader finds it.
const FIELD: &str = "(words => { \
    const label = [...document.querySelectorAll('label')].find(l => l.innerText.trim().startsWith(words) || l.textContent.trim().startsWith(words)); \
    if (label) return label.control || (label.htmlFor && document.getElementById(label.htmlFor)); \
    const group = [...document.querySelectorAll('fieldset')].find(f => f.querySelector('legend')?.textContent.trim().startsWith(words)); \
    return group || document.querySelector(`[aria-label^=\"${words}\"]`); })";

/// The first button or link that can be seen and whose words begin so.
const BUTTON: &str = "(words => [...document.querySelectorAll('button, a[href], summary, input[type=submit]')] \
    .find(e => ((e.getAttribute('aria-label') || e.innerText).trim().startsWith(words)) && e.getClientRects().length))";
