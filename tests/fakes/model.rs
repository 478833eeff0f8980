//! A server that speaks OpenAI's chat completions: it refuses what such servers refuse, answers what a test tells it to, and
//! misbehaves in every way that real ones were seen to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::cut;
use super::door::{Door, Heard, Said};
use super::trouble::Refusal;

/// What the model does with the next question.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It writes this, and ends properly.
    Writes(String),
    /// It answers with this completion, whatever it is.
    Completion(Value),
    /// This status, with this body of this kind.
    Status(u16, &'static str, String),
    /// A status and a header.
    With(u16, &'static str, String),
    /// No answer, ever.
    Hang,
    /// The answer comes this much later.
    Slow(Duration, Box<Self>),
    /// The connection ends without a word.
    HangUp,
    /// So many bytes of JSON that never ends.
    Endless(usize),
    /// The head and half of the body, and then the connection ends.
    Half,
    /// A byte of the body now and then, for ever.
    Trickle,
}

impl Answer {
    /// The model writes this JSON.
    pub fn json(value: &Value) -> Self {
        Self::Writes(value.to_string())
    }
}

/// What a test makes of each question.
type Brain = Box<dyn Fn(&Question) -> Answer + Send>;

struct State {
    /// The key that it wants.
    key: Option<String>,
    brain: Brain,
    questions: Vec<Question>,
    refusals: Vec<Refusal>,
    /// The texts of which vectors were asked for.
    embedded: Vec<String>,
    no_embeddings: bool,
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The path.
    pub path: String,
    /// The body.
    pub body: Value,
    /// The headers that carry keys.
    pub keys: Vec<(String, String)>,
}

impl Question {
    /// All that the model is told, system and user.
    pub fn told(&self) -> String {
        let messages = self.body["messages"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let texts: Vec<&str> = messages
            .iter()
            .filter_map(|message| message["content"].as_str())
            .collect();
        texts.join("\n")
    }

    /// The ids of a field's enumeration in the schema.
    pub fn offered(&self, field: &str) -> Vec<String> {
        let schema = &self.body["response_format"]["json_schema"]["schema"]["properties"][field];
        let ids = schema.pointer("/items/enum").or_else(|| schema.get("enum"));
        let ids = ids.and_then(Value::as_array).cloned().unwrap_or_default();
        ids.iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect()
    }

    /// The least that fits the schema: the first finding leads, and nothing else.
    pub fn least(&self) -> Value {
        let properties = &self.body["response_format"]["json_schema"]["schema"]["properties"];
        let mut least = json!({ "lead": ["F1"], "sentences": [] });
        for (name, _) in properties.as_object().into_iter().flatten() {
            let value = match name.as_str() {
                "lead" => json!(["F1"]),
                "runbook" => json!("none"),
                _ => json!([]),
            };
            least[name] = value;
        }
        least
    }
}

/// A model at the wire.
pub struct Model {
    door: Door,
    state: Arc<Mutex<State>>,
}

impl Model {
    /// A model that answers with the least that fits.
    pub async fn start() -> Self {
        let state = State {
            key: None,
            brain: Box::new(|question| Answer::json(&question.least())),
            questions: Vec::new(),
            refusals: Vec::new(),
            embedded: Vec::new(),
            no_embeddings: false,
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let door = Door::raw(move |stream| converse(stream, Arc::clone(&shared))).await;
        Self { door, state }
    }

    /// Wants this key.
    pub fn wants_key(&self, key: &str) {
        self.state.lock().unwrap().key = Some(key.to_owned());
    }

    /// Answers all questions from here on like this.
    pub fn answers(&self, brain: impl Fn(&Question) -> Answer + Send + 'static) {
        self.state.lock().unwrap().brain = Box::new(brain);
    }

    /// Where it is: `http://127.0.0.1:40123/v1`.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.door.address())
    }

    /// Its address without a path, as Azure's settings have it.
    pub fn resource(&self) -> String {
        format!("http://{}", self.door.address())
    }

    /// Everything that it was asked, in order.
    pub fn questions(&self) -> Vec<Question> {
        self.state.lock().unwrap().questions.clone()
    }

    /// Ends every connection, until it is opened again.
    pub fn shut(&self) {
        self.door.shut();
    }

    /// Ends the outage.
    pub fn open(&self) {
        self.door.open();
    }

    /// The texts of which vectors were asked for, in order.
    pub fn embedded(&self) -> Vec<String> {
        self.state.lock().unwrap().embedded.clone()
    }

    /// Gives no more vectors.
    pub fn gives_no_vectors(&self) {
        self.state.lock().unwrap().no_embeddings = true;
    }

    /// Nothing was asked that a server would refuse.
    #[track_caller]
    pub fn assert_no_refusals(&self) {
        let refusals = self.state.lock().unwrap().refusals.clone();
        let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "the model refused:\n{}", told.join("\n"));
    }
}

/// One connection: HTTP by hand, since some answers are none.
async fn converse(mut stream: tokio::net::TcpStream, state: Arc<Mutex<State>>) {
    while let Some(heard) = hear(&mut stream).await {
        let mut answer = answer(&state, &heard);
        while let Answer::Slow(pause, then) = answer {
            tokio::time::sleep(pause).await;
            answer = *then;
        }
        if !say(&mut stream, answer).await {
            return;
        }
    }
}

async fn hear(stream: &mut tokio::net::TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (verb, target) = (first.next()?, first.next()?);
    let headers: std::collections::BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Heard {
        verb: verb.to_owned(),
        path: path.to_owned(),
        query: super::door::form(query),
        headers,
        body: bytes[end..end + length].to_vec(),
    })
}

fn answer(state: &Arc<Mutex<State>>, heard: &Heard) -> Answer {
    let mut state = state.lock().unwrap();
    let text = String::from_utf8_lossy(&heard.body).into_owned();
    if heard.verb == "POST" && heard.path == "/v1/embeddings" {
        return embeddings(&mut state, &text);
    }
    let mut refuse = |code: u16, what: &str| {
        let refusal = Refusal::new(&heard.path, &code.to_string(), what, &cut(&text));
        state.refusals.push(refusal);
        // llama.cpp and vLLM write an integer where OpenAI writes a word.
        let error =
            json!({ "error": { "message": what, "type": "invalid_request_error", "code": code } });
        Answer::Status(code, "application/json", error.to_string())
    };
    if heard.verb != "POST"
        || !heard.path.ends_with("/chat/completions")
        || heard.path.contains("//")
    {
        return refuse(404, "there is no such path");
    }
    let Ok(body) = serde_json::from_str::<Value>(&text) else {
        return refuse(400, "the body is no JSON");
    };
    let azure = heard.path.starts_with("/openai/deployments/");
    if azure && !heard.query.iter().any(|(name, _)| name == "api-version") {
        return refuse(404, "Azure wants api-version");
    }
    if body["model"].as_str().is_none_or(str::is_empty) {
        return refuse(400, "no model");
    }
    if body["messages"].as_array().is_none_or(Vec::is_empty) {
        return refuse(400, "no messages");
    }
    if let Some(format) = body.get("response_format")
        && format["type"] == "json_schema"
        && let Some(wrong) = strict(&format["json_schema"]["schema"])
    {
        return refuse(400, &wrong);
    }
    let keys: Vec<(String, String)> = ["authorization", "api-key", "openai-organization"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), heard.headers.get(*name)?.clone())))
        .collect();
    if let Some(key) = &state.key {
        let given = if azure {
            heard.header("api-key").to_owned()
        } else {
            heard.header("authorization").replace("Bearer ", "")
        };
        if given != *key {
            return Answer::Status(401, "text/html", "<html>401</html>".to_owned());
        }
    }
    let question = Question {
        path: heard.path.clone(),
        body,
        keys,
    };
    let answer = (state.brain)(&question);
    state.questions.push(question);
    answer
}

/// Vectors that are near where texts have words in common. Asked in another order than it answers, as some servers do.
fn embeddings(state: &mut State, text: &str) -> Answer {
    let body: Value = serde_json::from_str(text).unwrap();
    let texts = body["input"].as_array().unwrap().clone();
    let texts: Vec<String> = texts
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    state.embedded.extend(texts.clone());
    if state.no_embeddings {
        return Answer::Status(500, "text/plain", "no".to_owned());
    }
    let vectors = texts.iter().enumerate().rev().map(|(index, text)| {
        let mut vector = vec![0.0_f32; 64];
        vector[0] = 0.01;
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            let place = word.bytes().map(usize::from).sum::<usize>() % 64;
            vector[place] += 1.0;
        }
        json!({ "index": index, "embedding": vector, "object": "embedding" })
    });
    let data: Vec<Value> = vectors.collect();
    Answer::Completion(json!({ "object": "list", "data": data }))
}

/// What OpenAI's strict mode refuses: a property that is not required, an object that is open, an empty enumeration.
fn strict(schema: &Value) -> Option<String> {
    let Value::Object(fields) = schema else {
        return None;
    };
    if let Some(Value::Object(properties)) = fields.get("properties") {
        if fields.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Some("additionalProperties must be false".to_owned());
        }
        let required = fields.get("required").and_then(Value::as_array);
        for name in properties.keys() {
            if !required.is_some_and(|all| all.iter().any(|one| one == name)) {
                return Some(format!("{name} must be required"));
            }
        }
        if let Some(wrong) = properties.values().find_map(strict) {
            return Some(wrong);
        }
    }
    if fields
        .get("enum")
        .is_some_and(|all| all.as_array().is_none_or(Vec::is_empty))
    {
        return Some("an enum must not be empty".to_owned());
    }
    fields.get("items").and_then(strict)
}

/// A completion in which the model wrote this.
pub fn completion(content: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "fake",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": content },
        }],
        "usage": { "prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100 },
    })
}

/// False where the connection is over.
async fn say(stream: &mut tokio::net::TcpStream, answer: Answer) -> bool {
    let said = match answer {
        Answer::Writes(text) => Said::json(200, &completion(&text)),
        Answer::Completion(value) => Said::json(200, &value),
        Answer::Status(code, kind, body) => Said::body(code, kind, body),
        Answer::With(code, name, value) => Said::body(code, "text/plain", "no").with(name, value),
        Answer::Slow(..) | Answer::HangUp => return false,
        Answer::Hang => {
            std::future::pending::<()>().await;
            return false;
        }
        Answer::Endless(bytes) => {
            let mut body = b"{\"choices\":[".to_vec();
            body.resize(bytes, b' ');
            Said::body(200, "application/json", body)
        }
        Answer::Half => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n{\"choices\":";
            let _sent = stream.write_all(head).await;
            return false;
        }
        Answer::Trickle => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n";
            if stream.write_all(head).await.is_err() {
                return false;
            }
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            return false;
        }
    };
    let mut head = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\n",
        said.status,
        said.body.len()
    );
    for (name, value) in &said.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let sent = stream.write_all(head.as_bytes()).await.is_ok();
    sent && stream.write_all(&said.body).await.is_ok()
}
