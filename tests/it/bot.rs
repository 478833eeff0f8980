//! `sickbay serve` as a process, as the stories of all platforms have it.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tests::fakes::discord::Discord;
use tests::fakes::slack::Slack;

use crate::lab::{lab_dir, sickbay};

/// How long a story waits for something that takes a look at a host.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// Breaks the shop of a lab host: its program may not be executed.
pub(crate) const BREAK_SHOP: &str = r#"
systemctl enable --now shop
eventually 20 curl -fs http://127.0.0.1:8080/
chmod 0644 /opt/shop/bin/shop
systemctl restart shop 2>/dev/null || true
eventually 30 systemctl is-failed -q shop
"#;

/// The mode of the shop's program, and whether the shop runs.
pub(crate) const SHOP: &str = "stat -c %a /opt/shop/bin/shop; systemctl is-active shop || true";

/// A host that nobody answers at: an incident without a lab.
pub(crate) const GHOST: &str = r#"
[hosts.ghost]
address = "127.0.0.1"
port = 1
"#;

/// People and rules: ada is on call, bo asks.
pub(crate) const PEOPLE: &str = r#"
[people.ada]
slack = ["U1"]
discord = ["11"]
groups = ["oncall"]
[people.bo]
slack = ["U2"]
discord = ["12"]
[[policy]]
risk = ["low", "medium"]
hosts = "all"
approvers = ["@oncall"]
requester = true
"#;

/// Settings for a workspace and a guild, with these people.
pub(crate) fn on_both(slack: &Slack, discord: &Discord, people: &str) -> String {
    format!(
        r#"[slack]
bot_token_file = "bot"
app_token_file = "app"
api = "{}"
[discord]
bot_token_file = "discord"
api = "{}"
{people}"#,
        slack.api_url(),
        discord.url()
    )
}

/// The tokens that those settings name.
pub(crate) fn tokens_of_both<'a>(
    slack: &'a Slack,
    discord: &'a Discord,
) -> [(&'static str, &'a str); 3] {
    [
        ("bot", slack.bot_token()),
        ("app", slack.app_token()),
        ("discord", discord.token()),
    ]
}

/// `sickbay serve`. It is ended when this is dropped.
pub(crate) struct Bot {
    child: Child,
    manager: Manager,
    config: PathBuf,
    state: PathBuf,
}

impl Bot {
    /// Starts it with these settings, and keeps its files here: the tokens by the name of their file.
    pub(crate) fn start(dir: &Path, settings: &str, tokens: &[(&str, &str)]) -> Self {
        Self::start_to_die(dir, settings, tokens, "")
    }

    /// The same; it kills itself at one of these fail points.
    pub(crate) fn start_to_die(
        dir: &Path,
        settings: &str,
        tokens: &[(&str, &str)],
        points: &str,
    ) -> Self {
        for (name, token) in tokens {
            let file = dir.join(name);
            std::fs::write(&file, format!("{token}\n")).unwrap();
            let mode = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&file, mode).unwrap();
        }
        let config = dir.join("config.toml");
        // Whoever runs the tests may be root, and may let others write what they make.
        let settings = format!("version = 1\n{settings}\n[serve]\nas_root = true\n");
        std::fs::write(&config, settings).unwrap();
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o644)).unwrap();
        let state = dir.join("state");
        let manager = Manager::at(&dir.join("notify"));
        Self {
            child: spawn(&config, &state, points),
            manager,
            config,
            state,
        }
    }

    /// What it logged so far, at the level at which most is told.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(log(&self.config)).unwrap()
    }

    /// Waits until it tells the service manager this, after what was waited for before; the whole of what it told then.
    pub(crate) fn tells(&self, words: &str) -> String {
        self.told(words, false)
    }

    /// Waits until it has told the service manager this, whenever that was; the whole of what it told then.
    pub(crate) fn has_told(&self, words: &str) -> String {
        self.told(words, true)
    }

    fn told(&self, words: &str, ever: bool) -> String {
        let told = self.manager.wait(words, ever);
        told.unwrap_or_else(|| panic!("it never told {words:?}:\n{}", self.log()))
    }

    /// Where machines ask it.
    pub(crate) fn door(&self) -> String {
        let told = self.has_told("; http://");
        let at = told.find("http://").unwrap();
        told[at..].lines().next().unwrap().to_owned()
    }

    /// Kills it with SIGKILL; `gone` waits until the platform has noticed; then another is started.
    pub(crate) async fn restart(&mut self, gone: impl Future<Output = ()>) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        gone.await;
        self.child = spawn(&self.config, &self.state, "");
    }

    /// Asks it to end, as systemd does; `gone` waits until the platform has noticed; then another is started.
    pub(crate) async fn restart_gently(&mut self, gone: impl Future<Output = ()>) {
        self.end();
        gone.await;
        self.child = spawn(&self.config, &self.state, "");
    }

    /// Waits until it has killed itself, and starts another, which may do so too.
    pub(crate) async fn after_death(&mut self, gone: impl Future<Output = ()>, points: &str) {
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.code(), None, "it ends by the signal of kill -9");
        gone.await;
        self.child = spawn(&self.config, &self.state, points);
    }

    /// Waits until it has ended by itself; its exit code.
    pub(crate) fn ended(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// A command at the terminal beside it, by its exit code.
    pub(crate) fn terminal(&self, args: &[&str]) -> i32 {
        let mut command = Command::new(sickbay());
        command.args(args);
        with_files(&mut command, &self.config, &self.state);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().unwrap().code().unwrap_or(-1)
    }

    /// What a command at the terminal beside it prints.
    pub(crate) fn printed(&self, args: &[&str]) -> String {
        let mut command = Command::new(sickbay());
        command.args(args);
        with_files(&mut command, &self.config, &self.state);
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The timeline of an incident, once it tells this.
    pub(crate) async fn timeline_with(&self, incident: &str, words: &str) -> String {
        let told = async {
            loop {
                let told = self.printed(&["incident", "timeline", incident]);
                if told.contains(words) {
                    return told;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let told = tokio::time::timeout(LONG, told).await;
        told.unwrap_or_else(|_late| panic!("the timeline never tells {words:?}"))
    }

    /// Asks it to end, as systemd does.
    pub(crate) fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.unwrap().success());
    }

    /// The same, and waits until it has.
    pub(crate) fn end(&mut self) {
        self.ask_to_end();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let told = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
            let told: Vec<&str> = log.lines().filter(told).collect();
            std::io::stderr()
                .write_all(told.join("\n").as_bytes())
                .unwrap();
        }
    }
}

/// What a service manager does: it is told, and never keeps anybody waiting.
struct Manager {
    told: Arc<(Mutex<Told>, Condvar)>,
}

#[derive(Default)]
struct Told {
    news: Vec<String>,
    /// How much of it was waited for.
    known: usize,
}

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        let told = Arc::<(Mutex<Told>, Condvar)>::default();
        let listening = Arc::downgrade(&told);
        socket
            .set_read_timeout(Some(Duration::from_secs(1)))
            .unwrap();
        std::thread::spawn(move || {
            let mut news = [0; 4096];
            while let Some(told) = listening.upgrade() {
                if let Ok(n) = socket.recv(&mut news) {
                    let text = String::from_utf8_lossy(&news[..n]).into_owned();
                    told.0.lock().unwrap().news.push(text);
                    told.1.notify_all();
                }
            }
        });
        Self { told }
    }

    /// The first that says so; only what was not waited for yet counts, unless it may ever have been told.
    fn wait(&self, words: &str, ever: bool) -> Option<String> {
        let ends = Instant::now() + LONG;
        let mut told = self.told.0.lock().unwrap();
        loop {
            let from = if ever { 0 } else { told.known };
            let mut news = told.news.iter().enumerate().skip(from);
            if let Some((at, news)) = news.find(|(_, news)| news.contains(words)) {
                let news = news.clone();
                told.known = told.known.max(at + 1);
                return Some(news);
            }
            let left = ends.checked_duration_since(Instant::now())?;
            told = self.told.1.wait_timeout(told, left).unwrap().0;
        }
    }
}

/// The log lies beside the settings.
fn log(config: &Path) -> PathBuf {
    config.with_file_name("log")
}

fn spawn(config: &Path, state: &Path, points: &str) -> Child {
    let mut serve = Command::new(sickbay());
    serve.arg("serve");
    with_files(&mut serve, config, state);
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log(config))
        .unwrap();
    serve.env("FAILPOINTS", points);
    serve.env("NOTIFY_SOCKET", config.with_file_name("notify"));
    serve.env("SICKBAY_LOG", "trace").stdin(Stdio::null());
    serve.stderr(log).spawn().unwrap()
}

/// Names the settings, the journal and the lab's hosts.
fn with_files(command: &mut Command, config: &Path, state: &Path) {
    command.arg("--config").arg(config);
    command.arg("--state").arg(state);
    // The lab has one once it has a host; a story that looks at this machine alone needs none.
    let hosts = lab_dir().join("ssh_config");
    if hosts.exists() {
        command.arg("--ssh-config").arg(hosts);
    }
}
