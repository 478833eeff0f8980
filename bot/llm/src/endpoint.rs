//! Where a model is asked, and how: one description serves every server that speaks OpenAI's chat completions.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value};

/// How a server is spoken to where servers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// `BASE/chat/completions` with a bearer key: OpenAI, Ollama, vLLM, llama.cpp, Anthropic's compatible layer.
    OpenAi,
    /// `BASE/openai/deployments/MODEL/chat/completions?api-version=…` with an `api-key` header.
    Azure {
        /// The version of the interface: `2024-10-21`.
        api_version: String,
    },
}

/// How the server is told which shape the answer must have. The answer is checked here in any case: some servers accept a
/// schema and ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structured {
    /// `response_format: json_schema`.
    JsonSchema,
    /// `response_format: json_object`, and the schema in the prompt.
    JsonObject,
    /// The schema in the prompt alone.
    Prompt,
}

/// The name of the field that limits the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenField {
    /// `max_tokens`, which all compatible servers know.
    MaxTokens,
    /// `max_completion_tokens`, which newer models of OpenAI insist on.
    MaxCompletionTokens,
}

impl TokenField {
    /// The field's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// What tokens cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Price {
    /// For a million tokens of question, in millionths of the site's currency.
    pub asked: u64,
    /// For a million tokens of answer, in millionths of the site's currency.
    pub answered: u64,
}

impl Price {
    /// What so many tokens cost, in millionths of the site's currency, rounded up.
    #[must_use]
    pub const fn of(self, asked: u64, answered: u64) -> u64 {
        let sum = self
            .asked
            .saturating_mul(asked)
            .saturating_add(self.answered.saturating_mul(answered));
        sum.div_ceil(1_000_000)
    }
}

/// One place to ask.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// What the settings call it.
    pub name: String,
    /// The address, without a slash at its end: `https://api.openai.com/v1`.
    pub base: String,
    /// How it is spoken to.
    pub style: Style,
    /// The HTTP proxy on the way there; the environment's are not used.
    pub proxy: Option<String>,
    /// The key; none where the server wants none.
    pub key: Option<SecretString>,
    /// The model, or Azure's deployment.
    pub model: String,
    /// How it is told the shape of the answer.
    pub structured: Structured,
    /// How its answer is limited.
    pub token_field: TokenField,
    /// What else goes into each request: `{"chat_template_kwargs": {"enable_thinking": false}}`.
    pub extra_body: Map<String, Value>,
    /// Until when one question must be answered, retry included.
    pub deadline: Duration,
    /// How many tokens an answer may have.
    pub most_tokens: u32,
    /// What it costs; nothing where it is ours.
    pub price: Price,
}

/// Why an endpoint cannot be used as it is described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// The address is none.
    #[error(
        "{base:?} is no address of a model; it begins with http:// or https:// and has no `?`: https://api.openai.com/v1"
    )]
    Base {
        /// What was given.
        base: String,
    },
    /// The key cannot be sent.
    #[error(
        "the key has characters that no header may have; a key is one line of letters, digits and signs"
    )]
    Key,
    /// The proxy is none.
    #[error("{proxy:?} is no address of a proxy; it looks like http://proxy.example.com:3128")]
    Proxy {
        /// What was given.
        proxy: String,
    },
    /// The extra body would change what this program decides.
    #[error("extra_body and omit may not name {field:?}: Sickbay sets it")]
    Extra {
        /// Which field.
        field: String,
    },
}

/// What this program puts into a request itself.
const OURS: [&str; 10] = [
    "model",
    "messages",
    "stream",
    "n",
    "tools",
    "tool_choice",
    "functions",
    "response_format",
    "max_tokens",
    "max_completion_tokens",
];

impl Endpoint {
    /// Whether it can be used as it is described.
    ///
    /// # Errors
    /// [`BadEndpoint`] says what is wrong.
    pub fn check(&self) -> Result<(), BadEndpoint> {
        let base = || BadEndpoint::Base {
            base: self.base.clone(),
        };
        let rest = self.base.strip_prefix("https://");
        let rest = rest.or_else(|| self.base.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split('/').next());
        let fits = host.is_some_and(|host| !host.is_empty() && !host.contains('@'));
        let plain = |c: char| c.is_ascii_graphic() && !"?#\"<>\\^`{|}".contains(c);
        if !fits || !self.base.chars().all(plain) || self.base.ends_with('/') {
            return Err(base());
        }
        // The library would panic over a key that is no header.
        if let Some(key) = &self.key {
            let key = secrecy::ExposeSecret::expose_secret(key);
            if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
                return Err(BadEndpoint::Key);
            }
        }
        if let Some(proxy) = &self.proxy
            && reqwest_openai::Proxy::all(proxy).is_err()
        {
            return Err(BadEndpoint::Proxy {
                proxy: proxy.clone(),
            });
        }
        match OURS
            .iter()
            .find(|ours| self.extra_body.contains_key(**ours))
        {
            Some(field) => Err(BadEndpoint::Extra {
                field: (*field).to_owned(),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
