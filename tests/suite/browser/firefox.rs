//! Firefox over WebDriver BiDi.

use super::wire::Wire;
use super::{Driver, Happening, Key, Viewport};
use serde_json::{Value, json};
use std::path::Path;

/// The profile's preferences: no first-run page, no traffic of the browser's own. The first one
/// keeps the remote agent from loosening the rules of `file:` and others for testing's sake.
pub(super) const PREFERENCES: &str = r#"
user_pref("remote.prefs.recommended", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("captivedetect.canonicalURL", "");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
"#;

/// A tab.
pub(super) struct Firefox {
    wire: Wire,
    context: String,
}

impl Firefox {
    /// Takes the first tab of the browser that keeps its profile in `profile`, once it listens.
    pub(super) fn attach(profile: &Path) -> Option<Self> {
        let listening = std::fs::read(profile.join("WebDriverBiDiServer.json")).ok()?;
        let listening: Value = serde_json::from_slice(&listening).ok()?;
        let port = u16::try_from(listening["ws_port"].as_u64()?).ok()?;
        let mut wire = Wire::connect(port, "/session");
        wire.call("session.new", &json!({"capabilities": {}}), None)
            .expect("a session");
        wire.call(
            "session.subscribe",
            &json!({"events": ["log.entryAdded", "network.beforeRequestSent"]}),
            None,
        )
        .expect("the browser tells of log entries and requests");
        let context = wire
            .call("browsingContext.create", &json!({"type": "tab"}), None)
            .expect("a tab")["context"]
            .as_str()
            .expect("a tab has an id")
            .to_owned();
        Some(Self { wire, context })
    }

    fn call(&mut self, method: &str, mut params: Value) -> Value {
        params["context"] = json!(self.context);
        self.wire
            .call(method, &params, None)
            .unwrap_or_else(|error| panic!("Firefox: {error}"))
    }

    fn keys(&mut self, values: impl Iterator<Item = char>) {
        let actions: Vec<Value> = values
            .flat_map(|value| {
                ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": value.to_string()}))
            })
            .collect();
        self.call(
            "input.performActions",
            json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}),
        );
    }
}

impl Driver for Firefox {
    fn navigate(&mut self, url: &str) -> Result<(), String> {
        self.wire
            .call(
                "browsingContext.navigate",
                &json!({"url": url, "wait": "none", "context": self.context}),
                None,
            )
            .map(drop)
    }

    fn evaluate(&mut self, script: &str) -> Result<String, String> {
        let answer = self.wire.call(
            "script.evaluate",
            &json!({"expression": script, "awaitPromise": true,
                "target": {"context": self.context}}),
            None,
        )?;
        if answer["type"] == "exception" {
            return Err(answer["exceptionDetails"].to_string());
        }
        Ok(answer["result"]["value"].as_str().unwrap_or("null").into())
    }

    fn click_at(&mut self, x: f64, y: f64) {
        let (x, y) = (x.round(), y.round());
        self.call(
            "input.performActions",
            json!({"actions": [{"type": "pointer", "id": "mouse", "actions": [
                {"type": "pointerMove", "x": x as i64, "y": y as i64},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0}]}]}),
        );
    }

    fn type_text(&mut self, text: &str) {
        self.keys(text.chars());
    }

    fn press(&mut self, key: Key) {
        // Key values of the WebDriver standard.
        let value = match key {
            Key::Enter => '\u{E007}',
            Key::Escape => '\u{E00C}',
            Key::Tab => '\u{E004}',
            Key::Up => '\u{E013}',
            Key::Down => '\u{E015}',
            Key::Slash => '/',
        };
        self.keys(std::iter::once(value));
    }

    fn viewport(&mut self, viewport: Viewport) {
        self.call(
            "browsingContext.setViewport",
            json!({"viewport": {"width": viewport.width, "height": viewport.height}}),
        );
    }

    fn dark(&mut self, _: bool) {
        panic!("dark pages are looked at in Chromium");
    }

    fn scripts(&mut self, _: bool) {
        panic!("pages without scripts are looked at in Chromium");
    }

    fn screenshot(&mut self) -> String {
        self.call("browsingContext.captureScreenshot", json!({}))["data"]
            .as_str()
            .expect("a picture")
            .to_owned()
    }

    fn happenings(&mut self) -> Vec<Happening> {
        let mut found = Vec::new();
        for event in self.wire.take_events() {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "log.entryAdded" => {
                    let text = params["text"].as_str().unwrap_or_default();
                    let level = params["level"].as_str().unwrap_or_default();
                    found.push(if params["type"] == "javascript" && level == "error" {
                        Happening::Error(text.to_owned())
                    } else {
                        Happening::Console(format!("{level}: {text}"))
                    });
                }
                // The browser's own traffic has no tab.
                "network.beforeRequestSent" if !params["context"].is_null() => {
                    found.push(Happening::Request(
                        params["request"]["url"]
                            .as_str()
                            .unwrap_or_default()
                            .to_owned(),
                    ));
                }
                _ => {}
            }
        }
        found
    }
}
