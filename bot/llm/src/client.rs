//! One question to one endpoint: what a compatible server may do wrong ends here as a [`Trouble`].

use std::time::Duration;

use async_openai::Client;
use async_openai::config::{AzureConfig, Config, OpenAIConfig};
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest_openai as reqwest;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use crate::endpoint::{Endpoint, Structured, Style};
use crate::trouble::Trouble;

#[cfg(test)]
mod tests;

/// An answer of a model is a few kilobytes; nobody reads on in a longer one.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What the model is there for.
    pub system: String,
    /// What it is told.
    pub user: String,
    /// The shape of the answer, as a JSON schema.
    pub schema: Value,
}

/// What came of it, whether or not it can be used: also a wrong answer costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the question.
    pub asked: u64,
    /// Tokens of the answer.
    pub answered: u64,
}

/// An answer that is JSON, or why there is none; and what it cost.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) answer: Result<Value, Trouble>,
    pub(crate) usage: Usage,
}

impl Heard {
    /// Nothing was heard. What a server may have read and written before is taken to be spent: it may be billed.
    fn nothing(trouble: Trouble, question: &Question, about: &Endpoint) -> Self {
        let usage = match &trouble {
            Trouble::Late(_) => Usage {
                asked: asked(question),
                answered: u64::from(about.most_tokens),
            },
            Trouble::Broke | Trouble::TooLong(_) | Trouble::Shape => Usage {
                asked: asked(question),
                answered: 0,
            },
            Trouble::Resting
            | Trouble::Spent
            | Trouble::Connect
            | Trouble::Status { .. }
            | Trouble::Cut(_)
            | Trouble::Schema(_)
            | Trouble::Choice(_) => Usage::default(),
        };
        Self {
            answer: Err(trouble),
            usage,
        }
    }
}

/// How many tokens a question has where nobody counts: one in each three bytes, which is dearer than it was.
fn asked(question: &Question) -> u64 {
    let parts = [
        question.system.len(),
        question.user.len(),
        question.schema.to_string().len(),
    ];
    parts.iter().map(|bytes| (*bytes as u64).div_ceil(3)).sum()
}

/// The way to one endpoint.
pub(crate) struct Line {
    way: Way,
    about: Endpoint,
}

enum Way {
    OpenAi(Client<OpenAIConfig>),
    Azure(Client<AzureConfig>),
}

impl Line {
    /// A line to an endpoint that was checked. TLS needs the process's provider to be installed.
    pub(crate) fn new(about: Endpoint) -> Result<Self, reqwest::Error> {
        let mut http = reqwest::Client::builder()
            // What the environment of a service says about proxies, its operator seldom means for this.
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(about.deadline)
            // A key is for the address that it was given for.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(proxy) = &about.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy)?);
        }
        let http = http.build()?;
        let key = about.key.as_ref().map_or("none", |key| key.expose_secret());
        let door = Door { http };
        let way = match &about.style {
            Style::OpenAi => {
                // The library would otherwise take them from the environment, and send a key to a stranger.
                let config = OpenAIConfig::default()
                    .with_api_base(&about.base)
                    .with_api_key(key)
                    .with_org_id("")
                    .with_project_id("");
                Way::OpenAi(Client::build(reqwest::Client::new(), config).with_http_service(door))
            }
            Style::Azure { api_version } => {
                let config = AzureConfig::default()
                    .with_api_base(&about.base)
                    .with_api_key(key)
                    .with_deployment_id(&about.model)
                    .with_api_version(api_version);
                Way::Azure(Client::build(reqwest::Client::new(), config).with_http_service(door))
            }
        };
        Ok(Self { way, about })
    }

    pub(crate) const fn about(&self) -> &Endpoint {
        &self.about
    }

    /// Asks once.
    pub(crate) async fn ask(&self, question: &Question, within: Duration) -> Heard {
        let body = self.body(question);
        let asked = async {
            match &self.way {
                Way::OpenAi(client) => chat(client, &body).await,
                Way::Azure(client) => chat(client, &body).await,
            }
        };
        match tokio::time::timeout(within, asked).await {
            Err(_late) => Heard::nothing(Trouble::Late(self.about.deadline), question, &self.about),
            Ok(Err(error)) => Heard::nothing(self.trouble(error), question, &self.about),
            Ok(Ok(completion)) => Heard {
                usage: usage(&completion, question),
                answer: answer(&completion),
            },
        }
    }

    /// The vectors of these texts, in their order.
    pub(crate) async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Trouble> {
        let body = json!({ "model": self.about.model, "input": texts, "encoding_format": "float" });
        let asked = async {
            match &self.way {
                Way::OpenAi(client) => client.embeddings().create_byot(&body).await,
                Way::Azure(client) => client.embeddings().create_byot(&body).await,
            }
        };
        let answer: Value = match tokio::time::timeout(self.about.deadline, asked).await {
            Err(_late) => return Err(Trouble::Late(self.about.deadline)),
            Ok(answer) => answer.map_err(|error| self.trouble(error))?,
        };
        vectors(&answer, texts.len()).ok_or(Trouble::Shape)
    }

    fn body(&self, question: &Question) -> Value {
        let about = &self.about;
        let mut user = question.user.clone();
        let mut body = Map::new();
        match about.structured {
            Structured::JsonSchema => {
                let schema =
                    json!({ "name": "choices", "strict": true, "schema": question.schema });
                let format = json!({ "type": "json_schema", "json_schema": schema });
                body.insert("response_format".to_owned(), format);
            }
            Structured::JsonObject => {
                body.insert(
                    "response_format".to_owned(),
                    json!({ "type": "json_object" }),
                );
            }
            Structured::Prompt => {}
        }
        if about.structured != Structured::JsonSchema {
            user.push_str("\n\nAnswer with one JSON object and nothing else. Its schema:\n");
            user.push_str(&question.schema.to_string());
        }
        body.insert("model".to_owned(), json!(about.model));
        body.insert(
            "messages".to_owned(),
            json!([
                { "role": "system", "content": question.system },
                { "role": "user", "content": user },
            ]),
        );
        body.insert("stream".to_owned(), json!(false));
        body.insert("temperature".to_owned(), json!(0));
        body.insert(
            about.token_field.name().to_owned(),
            json!(about.most_tokens),
        );
        // A model that takes no temperature is told `temperature = null`, which takes it out.
        for (name, value) in &about.extra_body {
            if value.is_null() {
                body.remove(name);
            } else {
                body.insert(name.clone(), value.clone());
            }
        }
        Value::Object(body)
    }

    fn trouble(&self, error: OpenAIError) -> Trouble {
        match error {
            OpenAIError::Reqwest(error) if error.is_timeout() && !error.is_connect() => {
                Trouble::Late(self.about.deadline)
            }
            OpenAIError::Reqwest(error) if error.is_connect() => Trouble::Connect,
            OpenAIError::Reqwest(_) => Trouble::Broke,
            OpenAIError::Boxed(error) => match error.downcast::<Trouble>() {
                Ok(trouble) => *trouble,
                Err(_other) => Trouble::Broke,
            },
            OpenAIError::ApiError(error) => Trouble::Status {
                code: error.status_code.as_u16(),
            },
            OpenAIError::JSONDeserialize(..)
            | OpenAIError::FileSaveError(_)
            | OpenAIError::FileReadError(_)
            | OpenAIError::StreamError(_)
            | OpenAIError::InvalidArgument(_) => Trouble::Shape,
        }
    }
}

async fn chat<C: Config>(client: &Client<C>, body: &Value) -> Result<Value, OpenAIError> {
    client.chat().create_byot(body).await
}

/// The way out: no retries but ours, no answer read beyond its cap, and the status kept where the library would lose it.
#[derive(Clone)]
struct Door {
    http: reqwest::Client,
}

impl tower::Service<HttpRequestFactory> for Door {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future = std::pin::Pin<
        Box<dyn Future<Output = Result<reqwest::Response, OpenAIError>> + Send + 'static>,
    >;

    fn poll_ready(
        &mut self,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), OpenAIError>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let http = self.http.clone();
        Box::pin(async move {
            let request = request.build().await?;
            let mut response = http.execute(request).await?;
            let status = response.status();
            if !status.is_success() {
                return Err(boxed(Trouble::Status {
                    code: status.as_u16(),
                }));
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > LONGEST_ANSWER {
                    return Err(boxed(Trouble::TooLong(LONGEST_ANSWER)));
                }
                body.extend_from_slice(&chunk);
            }
            // The library logs what it cannot read, whole.
            if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err() {
                return Err(boxed(Trouble::Shape));
            }
            Ok(http::Response::new(body).into())
        })
    }
}

fn boxed(trouble: Trouble) -> OpenAIError {
    OpenAIError::Boxed(Box::new(trouble))
}

/// What the model wrote, as JSON.
fn answer(completion: &Value) -> Result<Value, Trouble> {
    let choice = completion.pointer("/choices/0").ok_or(Trouble::Shape)?;
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("stop" | "eos" | "end_turn" | "stop_sequence" | "") => {}
        Some("length" | "max_tokens") => return Err(Trouble::Cut("its tokens ran out")),
        Some("content_filter") => return Err(Trouble::Cut("the server's filter stepped in")),
        Some("tool_calls" | "function_call") => return Err(Trouble::Shape),
        Some(_) => return Err(Trouble::Cut("for a reason that is not known here")),
        None => return Err(Trouble::Cut("it never said that it had ended")),
    }
    let content = choice
        .pointer("/message/content")
        .and_then(text_of)
        .ok_or(Trouble::Shape)?;
    let json = bare(&content);
    serde_json::from_str(json)
        .map_err(|error| Trouble::Schema(format!("no JSON ({:?})", error.classify())))
}

/// A content: a text, or the texts of its parts.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(
            parts
                .iter()
                .filter_map(|part| part.get("text").and_then(Value::as_str))
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// The JSON without the thinking before it and the fence around it, which many models write all the same.
fn bare(content: &str) -> &str {
    let mut text = content.trim();
    if let Some(rest) = text.strip_prefix("<think>") {
        text = rest
            .split_once("</think>")
            .map_or("", |(_, after)| after)
            .trim();
    }
    if let Some(rest) = text.strip_prefix("```") {
        let rest = rest.split_once('\n').map_or(rest, |(_, after)| after);
        text = rest.trim_end().strip_suffix("```").unwrap_or(rest).trim();
    }
    text
}

/// What it cost. A server that does not tell is taken to have read a token in each three bytes: dearer than it was.
fn usage(completion: &Value, question: &Question) -> Usage {
    let count = |name: &str| {
        let told = completion.pointer(&format!("/usage/{name}"))?;
        told.as_u64()
            .or_else(|| told.as_f64().map(|float| float.max(0.0).ceil() as u64))
    };
    let bytes = |text: &str| (text.len() as u64).div_ceil(3);
    let written = completion
        .pointer("/choices/0/message/content")
        .and_then(text_of);
    Usage {
        asked: count("prompt_tokens").unwrap_or_else(|| asked(question)),
        answered: count("completion_tokens").unwrap_or_else(|| written.as_deref().map_or(0, bytes)),
    }
}

/// The vectors of an answer, as many as there were texts, each as long as the others.
fn vectors(answer: &Value, wanted: usize) -> Option<Vec<Vec<f32>>> {
    let data = answer.get("data")?.as_array()?;
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; wanted];
    for (place, one) in data.iter().enumerate() {
        let index = one.get("index").and_then(Value::as_u64);
        let index = index.map_or(Some(place), |index| usize::try_from(index).ok())?;
        let vector: Option<Vec<f32>> = one
            .get("embedding")?
            .as_array()?
            .iter()
            .map(|number| number.as_f64().map(|float| float as f32))
            .collect();
        let vector = vector.filter(|vector| {
            !vector.is_empty() && vector.iter().all(|number| number.is_finite())
        })?;
        *vectors.get_mut(index)? = Some(vector);
    }
    let vectors: Vec<Vec<f32>> = vectors.into_iter().collect::<Option<_>>()?;
    let length = vectors.first().map_or(0, Vec::len);
    vectors
        .iter()
        .all(|vector| vector.len() == length)
        .then_some(vectors)
}
