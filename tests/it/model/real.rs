//! A real server with a real model, small enough to be wrong about nearly everything: what it makes up must not get through.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use incident::Spent;
use llm::clerk::Budget;
use llm::endpoint::{Price, Structured, Style, TokenField};
use llm::language::Language;
use llm::offer::{Further, Offer, Page};
use llm::{Clerk, Endpoint};
use serde_json::{Map, json};

use super::story::config;
use crate::bot::BREAK_SHOP;
use crate::lab::{Host, lab_dir, root};

/// How long it may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(100);

/// A model that serves. It ends with this.
pub(super) struct Real {
    child: Child,
    pub(super) base: String,
}

impl Real {
    /// Starts one; none where there is none on this machine, which is said.
    pub(super) fn start() -> Option<Self> {
        let dir = lab_dir().join("model");
        if !dir.join("ready").exists() {
            #[expect(clippy::print_stdout, reason = "what leaves itself out says so")]
            {
                println!(
                    "skipped: a story with a real model: tests/model/install could not fetch it"
                );
            }
            return None;
        }
        let mut child = Command::new(dir.join("venv/bin/python"))
            .arg(root().join("tests/model/serve.py"))
            .arg(dir.join("model.gguf"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("listening ")?.to_owned()));
        let base = format!("http://127.0.0.1:{}/v1", port.unwrap());
        Some(Self { child, base })
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn endpoint(base: &str, structured: Structured) -> Endpoint {
    Endpoint {
        name: "real".to_owned(),
        base: base.to_owned(),
        style: Style::OpenAi,
        proxy: None,
        key: None,
        model: "smol".to_owned(),
        structured,
        token_field: TokenField::MaxTokens,
        extra_body: Map::new(),
        deadline: PATIENCE,
        most_tokens: 700,
        price: Price::default(),
    }
}

fn offer() -> Offer {
    let finding = |id: &str, code: &str, subject: &str| json!({ "id": id, "code": code, "severity": "critical", "subject": subject });
    Offer {
        language: Language::English,
        symptom: String::new(),
        findings: vec![
            finding("F1", "unit.exec_permission", "<path_1>"),
            finding("F2", "unit.failed", "<unit_1>"),
        ],
        causes: vec![(0, 1)],
        runbooks: vec![Page {
            title: "A service's program is not executable".to_owned(),
            summary: "Give it the mode that its package says.".to_owned(),
            answers: vec![0],
        }],
        probes: vec![Further {
            about: "the last log lines of one unit".to_owned(),
            of: "<unit_1>".to_owned(),
            host: "<host_1>".to_owned(),
        }],
        unseen: 0,
        excerpts: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_model_answers_within_its_shape() {
    let Some(real) = Real::start() else { return };
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let clerk = Clerk::new(vec![endpoint(&real.base, Structured::JsonSchema)]).unwrap();
    let offer = offer();
    let budget = Budget {
        tokens: 100_000,
        cost: None,
    };
    let asked = clerk
        .ask(&offer.question(), (&budget, Spent::default()), |answer| {
            offer.read(answer)
        })
        .await;
    // A model as small as that runs out of tokens now and then; whatever it does is an answer within the shape, or a word for why not.
    match &asked.answer {
        Some(answer) => assert!(!answer.says.lead.is_empty()),
        None => assert!(
            asked
                .failures
                .iter()
                .all(|one| ["cut", "schema"].contains(&one.trouble.word())),
            "{:?}",
            asked.failures
        ),
    }
    assert!(
        asked.spent.asked > 100 && asked.spent.answered > 0,
        "{:?}",
        asked.spent
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn what_a_real_model_makes_up_does_not_get_through() {
    let Some(real) = Real::start() else { return };
    let host = Host::up("it-model-real", "systemd");
    host.must("prepare", BREAK_SHOP);
    let (_, without) = host.sickbay(&["diagnose", "it-model-real"]);
    let settings = format!(
        r#"
[[models]]
name = "real"
base_url = "{}"
model = "smol"
deadline = "100s"
max_tokens = 700
"#,
        real.base
    );
    let config = config(&host, &settings);
    let (code, with) = host.sickbay(&[&config, "diagnose", "it-model-real"]);
    assert_eq!(code, 1);
    let codes = |said: &serde_json::Value| {
        let findings = said["hosts"][0]["findings"].as_array().unwrap().clone();
        let of = |one: &serde_json::Value| (one["code"].clone(), one["title"].clone());
        findings.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(codes(&with), codes(&without));
    let note = &with["summary"]["model"];
    let asked = note["spent"]["asked"].as_u64().unwrap();
    assert!(asked > 100, "{note}");
    // Whatever it wrote: the root cause is told, and each number in a claim stands in a finding.
    let text = with["summary"]["text"].as_str().unwrap();
    assert!(text.contains("is not executable"), "{text}");
    let known = with["hosts"][0]["findings"].to_string();
    for number in text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|one| !one.is_empty())
    {
        assert!(known.contains(number), "{number} of {text}");
    }
    let doctor = host.command(&[&config, "doctor"]).output().unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let tried = |line: &str| line.contains(" real ") && line.contains("answers within the shape");
    assert!(doctor.lines().any(tried), "{doctor}");
}
