//! Chromium over the DevTools protocol, workers of the page included.

use super::wire::Wire;
use super::{Driver, Happening, Key, Viewport};
use serde_json::{Value, json};
use std::path::Path;

/// Switches that keep the browser quiet and small. None of them changes what a page may do: the
/// rules of `file:` stay stock.
pub(super) const SWITCHES: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-extensions",
    "--metrics-recording-only",
    "--mute-audio",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
];

/// A tab.
pub(super) struct Chromium {
    wire: Wire,
    session: String,
}

impl Chromium {
    /// Takes a tab of the browser that keeps its profile in `profile`, once it listens.
    pub(super) fn attach(profile: &Path) -> Option<Self> {
        let listening = std::fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
        let (port, path) = listening.split_once('\n')?;
        let mut wire = Wire::connect(port.parse().ok()?, path.trim());
        let target = wire
            .call("Target.createTarget", &json!({"url": "about:blank"}), None)
            .expect("a tab");
        let session = wire
            .call(
                "Target.attachToTarget",
                &json!({"targetId": target["targetId"], "flatten": true}),
                None,
            )
            .expect("a session")["sessionId"]
            .as_str()
            .expect("a session has an id")
            .to_owned();
        let mut tab = Self { wire, session };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), &json!({}));
        }
        tab.call(
            "Target.setAutoAttach",
            &json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}),
        );
        Some(tab)
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.wire
            .call(method, params, Some(("sessionId", &self.session)))
            .unwrap_or_else(|error| panic!("Chromium: {error}"))
    }

    /// Listens to a worker as to the page itself, then lets it run.
    fn adopt(&mut self, worker: &str) {
        for method in [
            "Runtime.enable",
            "Log.enable",
            "Network.enable",
            "Runtime.runIfWaitingForDebugger",
        ] {
            self.wire
                .send(method, &json!({}), Some(("sessionId", worker)));
        }
    }
}

fn words(arguments: &Value) -> String {
    let one = |argument: &Value| match (&argument["value"], &argument["description"]) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => text.clone(),
        (value, _) => value.to_string(),
    };
    let all: Vec<String> = arguments
        .as_array()
        .into_iter()
        .flatten()
        .map(one)
        .collect();
    all.join(" ")
}

impl Driver for Chromium {
    fn navigate(&mut self, url: &str) -> Result<(), String> {
        let answer = self.call("Page.navigate", &json!({"url": url}));
        match answer["errorText"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(()),
        }
    }

    fn evaluate(&mut self, script: &str) -> Result<String, String> {
        let answer = self.wire.call(
            "Runtime.evaluate",
            &json!({"expression": script, "awaitPromise": true, "returnByValue": true}),
            Some(("sessionId", &self.session)),
        )?;
        if let Some(exception) = answer.get("exceptionDetails") {
            return Err(exception.to_string());
        }
        Ok(answer["result"]["value"].as_str().unwrap_or("null").into())
    }

    fn click_at(&mut self, x: f64, y: f64) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            self.call(
                "Input.dispatchMouseEvent",
                &json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1}),
            );
        }
    }

    fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({"text": text}));
    }

    fn press(&mut self, key: Key) {
        let (name, code, number, text) = match key {
            Key::Enter => ("Enter", "Enter", 13, Some("\r")),
            Key::Escape => ("Escape", "Escape", 27, None),
            Key::Tab => ("Tab", "Tab", 9, None),
            Key::Up => ("ArrowUp", "ArrowUp", 38, None),
            Key::Down => ("ArrowDown", "ArrowDown", 40, None),
            Key::Slash => ("/", "Slash", 191, Some("/")),
        };
        let mut down = json!({"type": if text.is_some() { "keyDown" } else { "rawKeyDown" },
            "key": name, "code": code, "windowsVirtualKeyCode": number});
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", &down);
        self.call(
            "Input.dispatchKeyEvent",
            &json!({"type": "keyUp", "key": name, "code": code, "windowsVirtualKeyCode": number}),
        );
    }

    fn viewport(&mut self, viewport: Viewport) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": viewport.width, "height": viewport.height,
                "deviceScaleFactor": 1, "mobile": viewport.width < 600}),
        );
    }

    fn dark(&mut self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({"features": [{"name": "prefers-color-scheme", "value": value}]}),
        );
    }

    fn scripts(&mut self, allowed: bool) {
        self.call(
            "Emulation.setScriptExecutionDisabled",
            &json!({"value": !allowed}),
        );
    }

    fn screenshot(&mut self) -> String {
        self.call("Page.captureScreenshot", &json!({"format": "png"}))["data"]
            .as_str()
            .expect("a picture")
            .to_owned()
    }

    fn happenings(&mut self) -> Vec<Happening> {
        let mut found = Vec::new();
        for event in self.wire.take_events() {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.consoleAPICalled" => found.push(Happening::Console(format!(
                    "{}: {}",
                    params["type"].as_str().unwrap_or_default(),
                    words(&params["args"])
                ))),
                "Log.entryAdded" => found.push(Happening::Console(format!(
                    "{}: {} {}",
                    params["entry"]["level"].as_str().unwrap_or_default(),
                    params["entry"]["text"].as_str().unwrap_or_default(),
                    params["entry"]["url"].as_str().unwrap_or_default()
                ))),
                "Runtime.exceptionThrown" => {
                    let details = &params["exceptionDetails"];
                    let text = details["exception"]["description"]
                        .as_str()
                        .or(details["text"].as_str());
                    found.push(Happening::Error(text.unwrap_or_default().to_owned()));
                }
                "Network.requestWillBeSent" => found.push(Happening::Request(
                    params["request"]["url"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                )),
                "Target.attachedToTarget" => {
                    if let Some(worker) = params["sessionId"].as_str() {
                        self.adopt(worker);
                    }
                }
                _ => {}
            }
        }
        found
    }
}
