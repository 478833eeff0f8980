//! What is counted of models: how often they helped, why they did not, and what it cost.

use std::time::Duration;

use incident::Spent;
use llm::clerk::Failure;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The seconds that an answer may take.
const ANSWER_SECONDS: [f64; 8] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 120.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    endpoint: String,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dropped {
    rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tokens {
    kind: &'static str,
}

/// Makes a histogram of seconds.
#[derive(Debug, Clone, Copy)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(ANSWER_SECONDS)
    }
}

/// What is counted of models. Clones count together.
#[derive(Debug, Clone)]
pub(super) struct Models {
    asked: Family<Asked, Counter>,
    dropped: Family<Dropped, Counter>,
    tokens: Family<Tokens, Counter>,
    cost: Counter,
    took: Histogram,
}

impl Models {
    pub(super) fn new() -> Self {
        Self {
            asked: Family::default(),
            dropped: Family::default(),
            tokens: Family::default(),
            cost: Counter::default(),
            took: Seconds.new_metric(),
        }
    }

    pub(super) fn asked(
        &self,
        by: Option<&str>,
        failures: &[Failure],
        spent: Spent,
        took: Duration,
    ) {
        let count = |endpoint: &str, result| {
            let endpoint = endpoint.to_owned();
            self.asked
                .get_or_create_owned(&Asked { endpoint, result })
                .inc();
        };
        for failure in failures {
            count(&failure.endpoint, failure.trouble.word());
        }
        if let Some(endpoint) = by {
            count(endpoint, "answered");
        }
        for (kind, tokens) in [("asked", spent.asked), ("answered", spent.answered)] {
            self.tokens
                .get_or_create_owned(&Tokens { kind })
                .inc_by(tokens);
        }
        self.cost.inc_by(spent.cost);
        self.took.observe(took.as_secs_f64());
    }

    pub(super) fn dropped(&self, rule: &str, count: u32) {
        let rule = rule.to_owned();
        let counter = self.dropped.get_or_create_owned(&Dropped { rule });
        counter.inc_by(u64::from(count));
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "model_questions",
            "Questions to a model, by endpoint and what came of them",
            self.asked.clone(),
        );
        registry.register(
            "model_sentences_dropped",
            "Sentences of a model that were dropped, by the rule that they broke",
            self.dropped.clone(),
        );
        registry.register(
            "model_tokens",
            "Tokens that models used",
            self.tokens.clone(),
        );
        registry.register(
            "model_cost_millionths",
            "What models cost, in millionths of the currency of the settings",
            self.cost.clone(),
        );
        registry.register_with_unit(
            "model_answer",
            "How long a question to a model took, whatever came of it",
            Unit::Seconds,
            self.took.clone(),
        );
    }
}
