//! A Chromium that is told what to show and asked what it sees, over its own debugging protocol.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// The names under which it is installed.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
/// How long one answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A screen, in the pixels of a page's style.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// One that runs, and its one tab.
pub(super) struct Chromium {
    child: Child,
    /// What it keeps of itself.
    _profile: tempfile::TempDir,
    line: WebSocketStream<TcpStream>,
    session: String,
    asked: u64,
    /// What happened in the tab and was not looked at.
    events: Vec<Value>,
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    places.into_iter().find(|place| place.is_file())
}

impl Chromium {
    /// Starts it; none where there is none, which is said.
    pub(super) async fn start() -> Option<Self> {
        let Some(program) = installed() else {
            #[expect(clippy::print_stdout, reason = "tests/run counts it as skipped")]
            {
                println!(
                    "skipped: pages in a browser: there is no Chromium; on Debian apt-get install chromium"
                );
            }
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let child = Command::new(program)
            .args([
                "--headless=new",
                // It shows pages of ours alone, and root has no sandbox.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                &format!("--user-data-dir={}", profile.path().display()),
                "about:blank",
            ])
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut chromium = Self {
            line: line(profile.path()).await,
            child,
            _profile: profile,
            session: String::new(),
            asked: 0,
            events: Vec::new(),
        };
        let about = json!({ "url": "about:blank" });
        let target = chromium.ask("Target.createTarget", about).await;
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = chromium.ask("Target.attachToTarget", target).await;
        session["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut chromium.session);
        for domain in ["Page", "Network", "Log", "Runtime"] {
            chromium.ask(&format!("{domain}.enable"), json!({})).await;
        }
        Some(chromium)
    }

    /// Asks for something and waits for the answer; what happens meanwhile is kept.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut question = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            question["sessionId"] = self.session.clone().into();
        }
        let text = question.to_string();
        self.line.send(Message::text(text)).await.unwrap();
        let mut answer = self.heard(method, |heard| heard["id"] == id).await;
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].take()
    }

    /// Waits for something of this kind.
    async fn heard(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let heard = async {
            loop {
                let message = self.line.next().await.unwrap().unwrap();
                let Message::Text(text) = message else {
                    continue;
                };
                let heard: Value = serde_json::from_str(&text).unwrap();
                if fits(&heard) {
                    return heard;
                }
                self.events.push(heard);
            }
        };
        let heard = tokio::time::timeout(PATIENCE, heard).await;
        heard.unwrap_or_else(|_late| panic!("Chromium says nothing to {what}"))
    }

    /// Opens a page on such a screen, `light` or `dark`, and gives what happened until it stood there.
    pub(super) async fn open(&mut self, url: &str, screen: Screen, shade: &str) -> Vec<Value> {
        let Screen { width, height } = screen;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let shade = json!({ "features": [{ "name": "prefers-color-scheme", "value": shade }] });
        self.ask("Emulation.setEmulatedMedia", shade).await;
        self.events.clear();
        self.ask("Page.navigate", json!({ "url": url })).await;
        let loaded = |heard: &Value| heard["method"] == "Page.loadEventFired";
        if !self.events.iter().any(loaded) {
            self.heard(url, loaded).await;
        }
        // Whatever it has to say of the page it has said before it answers this.
        self.says("document.readyState").await;
        std::mem::take(&mut self.events)
    }

    /// What an expression comes to on the page.
    pub(super) async fn says(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let mut said = self.ask("Runtime.evaluate", asked).await;
        assert_eq!(said["exceptionDetails"], Value::Null, "{expression}");
        said["result"]["value"].take()
    }

    /// Keeps a picture of the whole page, for people, where they name a folder for it.
    pub(super) async fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("BROWSER_PICTURES") else {
            return;
        };
        let asked = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.ask("Page.captureScreenshot", asked).await;
        let bytes = data_encoding::BASE64
            .decode(picture["data"].as_str().unwrap().as_bytes())
            .unwrap();
        let file = name.replace([' ', ','], "-");
        std::fs::write(Path::new(&folder).join(format!("{file}.png")), bytes).unwrap();
    }
}

/// The line to one that has just been started: it writes where it listens into its profile.
async fn line(profile: &Path) -> WebSocketStream<TcpStream> {
    let told = async {
        loop {
            let told = std::fs::read_to_string(profile.join("DevToolsActivePort"));
            let told = told.unwrap_or_default();
            if let Some((port, path)) = told.trim().split_once('\n') {
                let address = format!("127.0.0.1:{port}");
                return (format!("ws://{address}{path}"), address);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let url = tokio::time::timeout(PATIENCE, told).await;
    let (url, address) = url.unwrap_or_else(|_late| panic!("Chromium does not start"));
    let stream = TcpStream::connect(address).await.unwrap();
    let (line, _answer) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    line
}
