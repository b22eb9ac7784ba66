//! Chromium, driven over the DevTools protocol: what a person with a real browser sees.

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Weak};

use base64::Engine as _;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use super::program::PATIENCE;

/// A running Chromium.
pub struct Browser {
    child: Child,
    address: String,
    _profile: TempDir,
}

/// A tab, in a browsing context of its own: its cookies are nobody else's.
pub struct Tab {
    socket: RefCell<WebSocket<MaybeTlsStream<TcpStream>>>,
    context: String,
    session: String,
    next: Cell<u64>,
    /// Everything that the console said as an error, every exception, every violated policy.
    complaints: RefCell<Vec<String>>,
}

/// What Chromium answers to a command that failed.
#[derive(Debug)]
pub struct Refused(Value);

/// Messages in the protocol are not larger than this; a picture of a long page may be some megabytes.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

impl Browser {
    /// The one Chromium of all tests that run now; it ends with the last of them.
    pub fn shared() -> Arc<Browser> {
        static RUNNING: Mutex<Weak<Browser>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock();
        if let Some(browser) = running.upgrade() {
            return browser;
        }
        let browser = Arc::new(Browser::start());
        *running = Arc::downgrade(&browser);
        browser
    }

    fn start() -> Browser {
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
                // Every tab is somebody who looks at it.
                "--disable-background-timer-throttling",
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
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
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE));
        let (mut socket, _) =
            tungstenite::client::connect_with_config(&self.address, Some(config), 0)
                .expect("Chromium listens");
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a time-out can be set");
        }
        let mut tab = Tab {
            socket: RefCell::new(socket),
            context: String::new(),
            session: String::new(),
            next: Cell::new(1),
            complaints: RefCell::default(),
        };
        let context = tab.send("Target.createBrowserContext", json!({}));
        tab.context = string(&context["browserContextId"]);
        let target = tab.send(
            "Target.createTarget",
            json!({ "url": "about:blank", "browserContextId": tab.context, "newWindow": true }),
        );
        let session = tab.send(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        tab.session = string(&session["sessionId"]);
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            tab.send(&format!("{domain}.enable"), json!({}));
        }
        tab.send(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        );
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

impl Drop for Tab {
    fn drop(&mut self) {
        let id = self.next.get();
        let close = json!({ "id": id, "method": "Target.disposeBrowserContext",
                            "params": { "browserContextId": self.context } });
        // A Chromium that is gone has no tab to close.
        let _ = self.socket.get_mut().send(Message::text(close.to_string()));
    }
}

impl Tab {
    /// One command of the protocol, and its answer.
    #[track_caller]
    pub fn send(&self, method: &str, parameters: Value) -> Value {
        self.ask(method, parameters)
            .unwrap_or_else(|Refused(error)| panic!("{method}: {error}"))
    }

    /// One command of the protocol, and its answer, or why it was not possible: e.g. the page was just
    /// being left.
    fn ask(&self, method: &str, parameters: Value) -> Result<Value, Refused> {
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
                return match &answer["error"] {
                    Value::Null => Ok(answer["result"].clone()),
                    error => Err(Refused(error.clone())),
                };
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
        let is_phone = width < 500;
        self.send(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone }),
        );
        self.send(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": is_phone }),
        );
    }

    /// `light` or `dark`, as a person who wants things to keep still. Waits until everything has its colour.
    pub fn theme(&self, scheme: &str) {
        self.send(
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        );
        self.wait_for(
            "the colours have changed",
            "!document.getAnimations().some(animation => animation instanceof CSSTransition)",
        );
    }

    /// As a person who switched scripts off.
    pub fn without_scripts(&self) {
        self.send(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        );
    }

    /// May read and write the clipboard, as a person who pressed *Allow*.
    pub fn allow_clipboard(&self) {
        self.send(
            "Browser.setPermission",
            json!({ "browserContextId": self.context, "setting": "granted",
                    "permission": { "name": "clipboard-read" } }),
        );
        self.send(
            "Browser.setPermission",
            json!({ "browserContextId": self.context, "setting": "granted",
                    "permission": { "name": "clipboard-write" } }),
        );
    }

    /// Requests to these addresses (with `*`) fail from now on; those that are under way go on.
    pub fn block(&self, addresses: &[&str]) {
        self.send("Network.setBlockedURLs", json!({ "urls": addresses }));
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
    #[track_caller]
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
            // While one page gives way to the next there is nothing to look at.
            let answer = self.ask(
                "Runtime.evaluate",
                json!({ "expression": format!("!!({expression})"), "returnByValue": true }),
            );
            if answer.is_ok_and(|answer| answer["result"]["value"] == json!(true)) {
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
        self.type_text(value);
    }

    /// Chooses an option of the select with this label.
    #[track_caller]
    pub fn choose(&self, label: &str, option: &str) {
        self.evaluate(&format!(
            "(() => {{ const field = {FIELD}({}); \
               field.value = [...field.options].find(option => option.text.trim() === {}).value; \
               field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()",
            json!(label),
            json!(option)
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
        self.press_in("body", words);
    }

    /// The same within the first element that a selector finds.
    #[track_caller]
    pub fn press_in(&self, place: &str, words: &str) {
        let find = format!("{BUTTON}({}, {})", json!(words), json!(place));
        self.wait_for(&format!("there is a button {words:?} in {place}"), &find);
        self.click(&find, 1);
    }

    /// Presses twice, as fast as somebody who is not sure that the first time counted.
    #[track_caller]
    pub fn press_twice(&self, words: &str) {
        let find = format!("{BUTTON}({}, 'body')", json!(words));
        self.wait_for(&format!("there is a button {words:?}"), &find);
        self.click(&find, 2);
    }

    /// Presses the first element that a selector finds.
    #[track_caller]
    pub fn press_at(&self, selector: &str) {
        let find = format!("document.querySelector({})", json!(selector));
        self.wait_for(&format!("there is {selector}"), &find);
        self.click(&find, 1);
    }

    #[track_caller]
    fn click(&self, find: &str, times: u32) {
        let place = self.evaluate(&format!(
            "(() => {{ const button = {find}; button.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
               const box = button.getBoundingClientRect(); \
               return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}; }})()"
        ));
        for time in 1..=times {
            for kind in ["mousePressed", "mouseReleased"] {
                self.send(
                    "Input.dispatchMouseEvent",
                    json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": time }),
                );
            }
        }
    }

    /// Puts the caret at the end of the field with this label.
    #[track_caller]
    pub fn focus(&self, label: &str) {
        self.evaluate(&format!(
            "(() => {{ const field = {FIELD}({}); field.focus(); field.setSelectionRange(field.value.length, field.value.length); }})()",
            json!(label)
        ));
    }

    /// Presses a key.
    pub fn key(&self, key: &str) {
        self.stroke(key, 0);
    }

    /// Presses a key while Shift is held.
    pub fn shift_key(&self, key: &str) {
        self.stroke(key, 8);
    }

    /// Presses a key while Ctrl and Shift are held.
    pub fn ctrl_shift_key(&self, key: &str) {
        self.stroke(key, 2 + 8);
    }

    fn stroke(&self, key: &str, modifiers: u32) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            "Escape" => (27, ""),
            "Backspace" => (8, ""),
            _ => panic!("the tests do not know the key {key}"),
        };
        for kind in ["keyDown", "keyUp"] {
            self.send(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                        "modifiers": modifiers, "text": if kind == "keyDown" { text } else { "" } }),
            );
        }
    }

    /// Types where the caret is.
    pub fn type_text(&self, text: &str) {
        self.send("Input.insertText", json!({ "text": text }));
    }

    /// Begins to write a word with an input method, as Chinese and Japanese are written: nothing of it is
    /// final before it is chosen (by `type_text`).
    pub fn compose(&self, text: &str) {
        let end = text.encode_utf16().count();
        self.send(
            "Input.imeSetComposition",
            json!({ "text": text, "selectionStart": end, "selectionEnd": end }),
        );
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

    /// Empties the form that is sent there, sends it, and waits for the answer.
    #[track_caller]
    pub fn send_empty(&self, action: &str) {
        self.evaluate(&format!(
            "(() => {{ window.__left = true; \
               const form = [...document.forms].find(form => form.getAttribute('action') === {}); \
               for (const field of form.querySelectorAll('input.input:not([readonly])')) field.value = ''; \
               form.requestSubmit(); }})()",
            json!(action)
        ));
        self.wait_for(
            &format!("{action} answers"),
            "!window.__left && document.readyState === 'complete'",
        );
    }

    /// Puts a file with this text into the field with this label.
    #[track_caller]
    pub fn give_file(&self, label: &str, text: &str) {
        self.give_files(label, &[("file.ics", text.as_bytes())]);
    }

    /// Puts files into the field with this label, as if they had been chosen.
    #[track_caller]
    pub fn give_files(&self, label: &str, files: &[(&str, &[u8])]) {
        self.evaluate(&format!(
            "(() => {{ const field = {FIELD}({}); field.files = ({}).files; \
               field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()",
            json!(label),
            carried(files)
        ));
    }

    /// Drops files on the first element that a selector finds.
    #[track_caller]
    pub fn drop_files(&self, selector: &str, files: &[(&str, &[u8])]) {
        self.evaluate(&format!(
            "(() => {{ const dataTransfer = {}; for (const kind of ['dragover', 'drop']) \
               document.querySelector({}).dispatchEvent(new DragEvent(kind, {{ dataTransfer, bubbles: true, cancelable: true }})); }})()",
            carried(files),
            json!(selector)
        ));
    }

    /// Pastes files where the caret is.
    #[track_caller]
    pub fn paste_files(&self, files: &[(&str, &[u8])]) {
        self.evaluate(&format!(
            "document.activeElement.dispatchEvent(new ClipboardEvent('paste', \
               {{ clipboardData: {}, bubbles: true, cancelable: true }}))",
            carried(files)
        ));
    }

    /// What axe-core finds, one line a violation.
    pub fn violations(&self) -> Vec<String> {
        self.axe(
            "{ type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }",
        )
    }

    /// What axe-core finds about colours alone: all that another theme can change.
    pub fn colour_violations(&self) -> Vec<String> {
        self.axe("{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }")
    }

    fn axe(&self, rules: &str) -> Vec<String> {
        if self.evaluate("typeof axe") != json!("object") {
            self.evaluate(concat!(include_str!("../vendor/axe-core/axe.min.js"), ";0"));
        }
        let found = self.evaluate(&format!(
            "axe.run(document, {{ runOnly: {rules}, resultTypes: ['violations'] }}).then(result => result.violations.map(v => \
               v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))"
        ));
        strings(&found)
    }

    /// Whether something sticks out at the side.
    pub fn overflow(&self) -> i64 {
        self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .as_i64()
            .unwrap_or_default()
    }

    /// How high the whole page is, in CSS pixels.
    pub fn height(&self) -> u32 {
        self.evaluate("document.documentElement.scrollHeight")
            .as_u64()
            .and_then(|height| u32::try_from(height).ok())
            .unwrap_or_default()
    }

    /// A picture of the tab, as a PNG file.
    pub fn screenshot(&self) -> Vec<u8> {
        let answer = self.send("Page.captureScreenshot", json!({ "format": "png" }));
        base64::engine::general_purpose::STANDARD
            .decode(string(&answer["data"]))
            .expect("Chromium speaks base64")
    }

    /// The text of everything that a selector finds, as it can be seen.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        strings(&self.evaluate(&format!(
            "[...document.querySelectorAll({})].map(element => element.innerText.trim())",
            json!(selector)
        )))
    }

    /// What is in the field with this label.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        string(&self.evaluate(&format!("{FIELD}({}).value", json!(label))))
    }
}

/// An expression for what carries these files from one place to another.
fn carried(files: &[(&str, &[u8])]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD;
    let files: Vec<[String; 2]> = files
        .iter()
        .map(|(name, bytes)| [(*name).to_owned(), base64.encode(bytes)])
        .collect();
    format!(
        "{}.reduce((all, [name, bytes]) => {{ \
           all.items.add(new File([Uint8Array.from(atob(bytes), sign => sign.charCodeAt())], name)); return all; \
         }}, new DataTransfer())",
        json!(files)
    )
}

#[track_caller]
fn string(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

#[track_caller]
fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array();
    list.unwrap_or_else(|| panic!("{value} is no list"))
        .iter()
        .map(string)
        .collect()
}

/// The field with a label of these words, or that begins with them, as a person or a screen reader finds it.
const FIELD: &str = "(words => { \
    const labels = [...document.querySelectorAll('label')]; \
    const says = label => label.textContent.trim(); \
    const label = labels.find(l => says(l) === words) ?? labels.find(l => says(l).startsWith(words)); \
    return label?.control ?? document.querySelector(`[aria-label^=\"${words}\"]`); })";

/// The first button or link within a place that can be seen and says these words, begins with them, or has
/// them somewhere.
const BUTTON: &str = "((words, place) => { \
    const all = document.querySelector(place)?.querySelectorAll('button, a[href], summary') ?? []; \
    const seen = [...all].filter(e => e.getClientRects().length); \
    const says = e => (e.getAttribute('aria-label') || e.innerText).trim(); \
    return seen.find(e => says(e) === words) ?? seen.find(e => says(e).startsWith(words)) \
      ?? seen.find(e => says(e).includes(words)); })";
