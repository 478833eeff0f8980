//! The models that may be asked, and how much of it: one block for each endpoint, whoever makes the server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use llm::Budget;
use llm::endpoint::{Endpoint, Price, Structured, Style, TokenField};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::policy::duration;
use crate::secret::Secret;

/// How models are used.
#[derive(Debug, Clone)]
pub(crate) struct Models {
    /// The endpoints, the preferred one first.
    pub(crate) endpoints: Vec<Model>,
    /// What may be spent on one incident.
    pub(crate) budget: Budget,
    /// What a cost is in.
    pub(crate) currency: String,
    /// How often a model may ask for further probes in one diagnosis.
    pub(crate) rounds: u32,
    /// Whether lines of logs may go into a question.
    pub(crate) excerpts: bool,
    /// What vectors of texts come from; none where search goes by words alone.
    pub(crate) embeddings: Option<Embeddings>,
}

impl Default for Models {
    fn default() -> Self {
        Self {
            endpoints: Vec::new(),
            budget: Budget {
                tokens: TOKENS,
                cost: None,
            },
            currency: CURRENCY.to_owned(),
            rounds: ROUNDS,
            excerpts: false,
            embeddings: None,
        }
    }
}

const TOKENS: u64 = 40_000;
/// What a question of usual length may have.
const QUESTION: u64 = 4_000;
const ROUNDS: u32 = 2;
const MOST_ROUNDS: u32 = 3;
const CURRENCY: &str = "USD";
/// A question that nobody answers within that is of no use to anybody on call.
const LONGEST: Duration = Duration::from_secs(120);

/// One endpoint, as the settings have it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// What it is called here.
    pub(crate) name: String,
    base_url: String,
    model: String,
    /// The file with its key; none where it wants none.
    #[serde(default)]
    pub(crate) key_file: Option<Secret>,
    #[serde(default)]
    style: RawStyle,
    #[serde(default)]
    api_version: Option<String>,
    #[serde(default)]
    proxy: Option<String>,
    #[serde(default)]
    structured: RawStructured,
    #[serde(default)]
    token_field: RawTokenField,
    #[serde(default = "most_tokens")]
    max_tokens: u32,
    #[serde(default = "deadline")]
    deadline: String,
    #[serde(default)]
    extra_body: toml::Table,
    #[serde(default)]
    omit: BTreeSet<String>,
    #[serde(default)]
    price: RawPrice,
}

fn most_tokens() -> u32 {
    1_200
}

fn deadline() -> String {
    "20s".to_owned()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawStyle {
    #[default]
    Openai,
    Azure,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawStructured {
    #[default]
    JsonSchema,
    JsonObject,
    Prompt,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawTokenField {
    #[default]
    MaxTokens,
    MaxCompletionTokens,
}

/// For a million tokens.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrice {
    #[serde(default)]
    asked: f64,
    #[serde(default)]
    answered: f64,
}

/// What holds for all models.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShared {
    #[serde(default)]
    tokens: Option<u64>,
    #[serde(default)]
    cost: Option<f64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    rounds: Option<u32>,
    #[serde(default)]
    excerpts: bool,
}

/// Where vectors of texts come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Embeddings {
    base_url: String,
    model: String,
    /// The file with its key; none where it wants none.
    #[serde(default)]
    pub(crate) key_file: Option<Secret>,
    #[serde(default)]
    proxy: Option<String>,
    /// What stands before what is searched for: some models want `query: `.
    #[serde(default)]
    pub(crate) query_prefix: String,
    /// What stands before what is found: some models want `passage: `.
    #[serde(default)]
    pub(crate) passage_prefix: String,
    #[serde(default = "deadline")]
    deadline: String,
}

/// Money or a price in millionths; none where it is no amount.
fn millionths(amount: f64) -> Option<u64> {
    let fits = amount.is_finite() && (0.0..=1e9).contains(&amount);
    fits.then_some((amount * 1e6).round() as u64)
}

impl Model {
    /// The endpoint without its key.
    fn about(&self) -> Result<Endpoint, String> {
        let style = match (self.style, &self.api_version) {
            (RawStyle::Openai, None) => Style::OpenAi,
            (RawStyle::Openai, Some(_)) => {
                return Err(
                    "api_version is of style = \"azure\"; take it out, or say so".to_owned(),
                );
            }
            (RawStyle::Azure, Some(version)) => Style::Azure {
                api_version: version.clone(),
            },
            (RawStyle::Azure, None) => {
                return Err(
                    "style = \"azure\" wants api_version, such as \"2024-10-21\"; it is on the deployment's page".to_owned(),
                );
            }
        };
        let deadline = span(&self.deadline)?;
        let price = |amount: f64| {
            millionths(amount).ok_or_else(|| format!("price {amount} is no amount of money"))
        };
        let price = Price {
            asked: price(self.price.asked)?,
            answered: price(self.price.answered)?,
        };
        if !(64..=100_000).contains(&self.max_tokens) {
            return Err(format!(
                "max_tokens is {}; an answer needs some hundreds: 64 to 100000",
                self.max_tokens
            ));
        }
        if self.model.trim().is_empty() {
            return Err("model is empty; write the name that the server has for it".to_owned());
        }
        checked(Endpoint {
            name: self.name.clone(),
            base: self.base_url.trim_end_matches('/').to_owned(),
            style,
            proxy: self.proxy.clone(),
            key: None,
            model: self.model.clone(),
            structured: match self.structured {
                RawStructured::JsonSchema => Structured::JsonSchema,
                RawStructured::JsonObject => Structured::JsonObject,
                RawStructured::Prompt => Structured::Prompt,
            },
            token_field: match self.token_field {
                RawTokenField::MaxTokens => TokenField::MaxTokens,
                RawTokenField::MaxCompletionTokens => TokenField::MaxCompletionTokens,
            },
            extra_body: self.extra_body()?,
            deadline,
            most_tokens: self.max_tokens,
            price,
        })
    }

    /// What else goes along; what is left out is null here.
    fn extra_body(&self) -> Result<Map<String, Value>, String> {
        let told = serde_json::to_value(&self.extra_body);
        let Ok(Value::Object(mut extra)) = told else {
            return Err("extra_body has a value that JSON has no word for".to_owned());
        };
        let omitted = self.omit.iter().map(|field| (field.clone(), Value::Null));
        extra.extend(omitted);
        Ok(extra)
    }

    /// The endpoint with its key, to be asked.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, String> {
        with_key(self.about()?, self.key_file.as_ref())
    }
}

impl Embeddings {
    /// The endpoint with its key, to be asked.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, String> {
        with_key(self.about()?, self.key_file.as_ref())
    }

    fn about(&self) -> Result<Endpoint, String> {
        checked(Endpoint {
            name: "embeddings".to_owned(),
            base: self.base_url.trim_end_matches('/').to_owned(),
            style: Style::OpenAi,
            proxy: self.proxy.clone(),
            key: None,
            model: self.model.clone(),
            structured: Structured::Prompt,
            token_field: TokenField::MaxTokens,
            extra_body: Map::new(),
            deadline: span(&self.deadline)?,
            most_tokens: 0,
            price: Price::default(),
        })
    }
}

/// An endpoint with the key from its file.
fn with_key(endpoint: Endpoint, from: Option<&Secret>) -> Result<Endpoint, String> {
    let key = from.map(Secret::read).transpose();
    let key = key.map_err(|error| crate::sentence::of(&error))?;
    let key = key.map(secrecy::SecretString::from);
    checked(Endpoint { key, ..endpoint })
}

/// An endpoint that can be used as it is described.
fn checked(endpoint: Endpoint) -> Result<Endpoint, String> {
    endpoint.check().map_err(|bad| bad.to_string())?;
    Ok(endpoint)
}

fn span(text: &str) -> Result<Duration, String> {
    let span = Duration::from_millis(duration(text)?.0);
    if span.is_zero() || span > LONGEST {
        return Err(format!(
            "deadline {text:?} is not between 1s and {} s: the template is there at once, and nobody on call waits longer for words",
            LONGEST.as_secs()
        ));
    }
    Ok(span)
}

/// What the settings say of models, checked; paths are taken from this directory where they are not whole.
pub(super) fn models(
    raw: Vec<Model>,
    shared: RawShared,
    embeddings: Option<Embeddings>,
    dir: &Path,
) -> Result<Models, String> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut endpoints = Vec::with_capacity(raw.len());
    for (n, model) in raw.into_iter().enumerate() {
        let place = format!("models {} ({})", n + 1, model.name);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if model.name.is_empty() || !model.name.chars().all(plain) {
            return Err(format!(
                "{place}: a name is letters, digits, `-`, `_` and `.`: it stands in the journal"
            ));
        }
        if let Some(other) = names.insert(model.name.clone(), n + 1) {
            return Err(format!("{place}: models {other} has that name, too"));
        }
        model.about().map_err(|bad| format!("{place}: {bad}"))?;
        let key_file = model.key_file.clone().map(|file| file.beside(dir));
        endpoints.push(Model { key_file, ..model });
    }
    let rounds = shared.rounds.unwrap_or(ROUNDS);
    if rounds > MOST_ROUNDS {
        return Err(format!(
            "[model]: rounds is {rounds}; a model may ask for more at most {MOST_ROUNDS} times"
        ));
    }
    let cost = shared
        .cost
        .map(|cost| {
            millionths(cost).ok_or_else(|| format!("[model]: cost {cost} is no amount of money"))
        })
        .transpose()?;
    let budget = Budget {
        tokens: shared.tokens.unwrap_or(TOKENS),
        cost,
    };
    for model in &endpoints {
        let about = model.about()?;
        let one = incident::Spent {
            asked: QUESTION,
            answered: u64::from(about.most_tokens),
            cost: about.price.of(QUESTION, u64::from(about.most_tokens)),
        };
        if !budget.allows(incident::Spent::default(), one) {
            return Err(format!(
                "[model]: tokens or cost is less than one question of models {} may need ({QUESTION} tokens and its max_tokens of {}), so it would never be asked; raise them, or lower max_tokens",
                model.name, about.most_tokens
            ));
        }
    }
    let embeddings = embeddings
        .map(|one| {
            one.about().map_err(|bad| format!("[embeddings]: {bad}"))?;
            let key_file = one.key_file.clone().map(|file| file.beside(dir));
            Ok::<_, String>(Embeddings { key_file, ..one })
        })
        .transpose()?;
    Ok(Models {
        endpoints,
        budget,
        currency: shared.currency.unwrap_or_else(|| CURRENCY.to_owned()),
        rounds,
        excerpts: shared.excerpts,
        embeddings,
    })
}
