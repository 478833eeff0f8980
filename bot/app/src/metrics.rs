//! What is counted while Sickbay runs, for whoever watches it. Numbers only: nothing of an incident, no host, no person.

mod models;

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use chat::event::{Button, Platform};
use chat::front::{Deed, Fate};
use incident::remediation::Outcome;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The seconds that a wave may take: the first of them is a warm connection, the last one a host that hangs.
const WAVE_SECONDS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0];
/// Waves from this one on are counted together: few hosts need as many.
const LATE: u32 = 4;

/// What is counted. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    incidents_opened: Counter,
    clicks: Family<Click, Counter>,
    commands: Family<Ask, Counter>,
    ended: Family<End, Counter>,
    waves: Family<Wave, Histogram, Seconds>,
    approvals_waiting: Gauge,
    sockets: Family<On, Gauge>,
    messages: Family<Message, Counter>,
    threads_behind: Gauge,
    thread_lag: Gauge<f64, AtomicU64>,
    messages_kept: Counter,
    journal_writable: Gauge,
    brought: Family<Brought, Counter>,
    models: models::Models,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Click {
    button: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ask {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct End {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Wave {
    wave: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct On {
    platform: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Message {
    platform: &'static str,
    deed: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Brought {
    platform: &'static str,
    status: u32,
}

/// Makes a histogram of seconds.
#[derive(Debug, Clone, Copy)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(WAVE_SECONDS)
    }
}

/// How things are at a moment.
#[derive(Debug, Default)]
pub(crate) struct Now {
    /// Proposals that wait for an approval in a thread here.
    pub(crate) approvals_waiting: usize,
    /// Threads that do not show how their incident is.
    pub(crate) threads_behind: usize,
    /// For how long the longest of them does not.
    pub(crate) thread_lag: Duration,
}

/// Whether something was done or refused.
fn result(taken: bool) -> &'static str {
    if taken { "taken" } else { "refused" }
}

impl Metrics {
    /// Counts from nothing. What may happen is there with a zero, so that its first time is seen as a change.
    pub(crate) fn new() -> Self {
        let metrics = Self {
            incidents_opened: Counter::default(),
            clicks: Family::default(),
            commands: Family::default(),
            ended: Family::default(),
            waves: Family::new_with_constructor(Seconds),
            approvals_waiting: Gauge::default(),
            sockets: Family::default(),
            messages: Family::default(),
            threads_behind: Gauge::default(),
            thread_lag: Gauge::default(),
            messages_kept: Counter::default(),
            journal_writable: Gauge::default(),
            brought: Family::default(),
            models: models::Models::new(),
        };
        for result in [true, false].map(result) {
            let _zero = metrics.commands.get_or_create_owned(&Ask { result });
            for (_, button) in Button::ALL {
                let _zero = metrics
                    .clicks
                    .get_or_create_owned(&Click { button, result });
            }
        }
        for outcome in Outcome::ALL.map(Outcome::word) {
            let _zero = metrics.ended.get_or_create_owned(&End { outcome });
        }
        metrics
    }

    /// An incident was opened here.
    pub(crate) fn opened(&self) {
        self.incidents_opened.inc();
    }

    /// Somebody pressed a button.
    pub(crate) fn pressed(&self, button: Button, taken: bool) {
        let (button, result) = (button.word(), result(taken));
        let click = Click { button, result };
        self.clicks.get_or_create_owned(&click).inc();
    }

    /// Somebody typed a command.
    pub(crate) fn asked(&self, taken: bool) {
        let result = result(taken);
        self.commands.get_or_create_owned(&Ask { result }).inc();
    }

    /// A remediation ended.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let outcome = outcome.word();
        self.ended.get_or_create_owned(&End { outcome }).inc();
    }

    /// A host answered a wave of probes, or was lost meanwhile.
    pub(crate) fn wave(&self, wave: u32, answered: bool, took: Duration) {
        let wave = Wave {
            wave: match wave {
                0 | 1 => "1",
                2 => "2",
                3 => "3",
                LATE.. => "later",
            },
            result: if answered { "answered" } else { "lost" },
        };
        self.waves
            .get_or_create_owned(&wave)
            .observe(took.as_secs_f64());
    }

    /// So many of the things that people said are kept.
    pub(crate) fn kept(&self, messages: usize) {
        self.messages_kept
            .inc_by(u64::try_from(messages).unwrap_or(u64::MAX));
    }

    /// Whether a platform hears us and is heard.
    pub(crate) fn socket(&self, platform: Platform, connected: bool) {
        let platform = platform.word();
        let gauge = self.sockets.get_or_create_owned(&On { platform });
        gauge.set(i64::from(connected));
    }

    /// How many messages met which fate on a platform, since the start.
    pub(crate) fn sent(&self, platform: Platform, deed: Deed, fate: Fate, so_many: u64) {
        let message = Message {
            platform: platform.word(),
            deed: deed.word(),
            result: fate.word(),
        };
        let counter = self.messages.get_or_create_owned(&message);
        counter.inc_by(so_many.saturating_sub(counter.get()));
    }

    /// A platform, or somebody in its name, brought something, and this status was the answer.
    pub(crate) fn brought(&self, platform: Platform, status: u16) {
        let (platform, status) = (platform.word(), u32::from(status));
        let brought = Brought { platform, status };
        self.brought.get_or_create_owned(&brought).inc();
    }

    /// A model was asked: who answered, what failed before, and what it took.
    pub(crate) fn model_asked(
        &self,
        by: Option<&str>,
        failures: &[llm::clerk::Failure],
        spent: incident::Spent,
        took: Duration,
    ) {
        self.models.asked(by, failures, spent, took);
    }

    /// So many sentences of a model broke a rule.
    pub(crate) fn sentences_dropped(&self, rule: &str, count: u32) {
        self.models.dropped(rule, count);
    }

    /// Whether the journal takes what is to be recorded.
    pub(crate) fn journal(&self, writable: bool) {
        self.journal_writable.set(i64::from(writable));
    }

    /// How things are now.
    pub(crate) fn now(&self, now: &Now) {
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.approvals_waiting.set(whole(now.approvals_waiting));
        self.threads_behind.set(whole(now.threads_behind));
        self.thread_lag.set(now.thread_lag.as_secs_f64());
    }

    /// All of it, as OpenMetrics has it.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("sickbay");
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "Which Sickbay this is", Info::new(version));
        registry.register(
            "incidents_opened",
            "Incidents that were opened in a chat",
            self.incidents_opened.clone(),
        );
        registry.register(
            "clicks",
            "Buttons that were pressed; refused is what the person was told no to",
            self.clicks.clone(),
        );
        registry.register(
            "commands",
            "Commands that were typed in a chat; refused is what the person was told no to",
            self.commands.clone(),
        );
        registry.register(
            "remediations_ended",
            "Fixes and undos that ended, by their outcome",
            self.ended.clone(),
        );
        registry.register_with_unit(
            "wave_duration",
            "How long a host took for a wave of probes",
            Unit::Seconds,
            self.waves.clone(),
        );
        registry.register(
            "approvals_waiting",
            "Fixes that wait for an approval in a thread",
            self.approvals_waiting.clone(),
        );
        registry.register(
            "sockets_connected",
            "Whether a platform can be heard",
            self.sockets.clone(),
        );
        registry.register(
            "messages",
            "What was sent to a platform, and what came of it",
            self.messages.clone(),
        );
        registry.register(
            "threads_behind",
            "Threads that do not show how their incident is",
            self.threads_behind.clone(),
        );
        registry.register_with_unit(
            "thread_lag",
            "For how long the thread that is most behind has been",
            Unit::Seconds,
            self.thread_lag.clone(),
        );
        registry.register(
            "messages_kept",
            "What people said in threads and is kept for the timeline",
            self.messages_kept.clone(),
        );
        registry.register(
            "journal_writable",
            "Whether the journal takes what is to be recorded",
            self.journal_writable.clone(),
        );
        registry.register(
            "requests",
            "What was brought in a platform's name, by the status that it was answered with",
            self.brought.clone(),
        );
        self.models.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of a sample.
    fn value(text: &str, sample: &str) -> Option<String> {
        let line = text.lines().find_map(|line| line.strip_prefix(sample));
        line.map(|rest| rest.trim().to_owned())
    }

    #[test]
    fn what_is_counted_is_told() {
        let metrics = Metrics::new();
        let text = metrics.text().unwrap();
        let zero = "sickbay_clicks_total{button=\"approve\",result=\"refused\"}";
        assert_eq!(value(&text, zero).as_deref(), Some("0"), "{text}");
        metrics.pressed(Button::Approve, false);
        metrics.ended(Outcome::NotFixed);
        metrics.wave(7, true, Duration::from_millis(300));
        metrics.socket(Platform::Slack, true);
        // What is told is the whole since the start, however often.
        metrics.sent(Platform::Slack, Deed::Edit, Fate::Limited, 3);
        metrics.sent(Platform::Slack, Deed::Edit, Fate::Limited, 5);
        metrics.now(&Now {
            approvals_waiting: 2,
            thread_lag: Duration::from_millis(1500),
            ..Now::default()
        });
        let text = metrics.text().unwrap();
        for (sample, expected) in [
            (zero, "1"),
            (
                "sickbay_remediations_ended_total{outcome=\"not_fixed\"}",
                "1",
            ),
            (
                "sickbay_wave_duration_seconds_bucket{le=\"0.5\",wave=\"later\",result=\"answered\"}",
                "1",
            ),
            ("sickbay_sockets_connected{platform=\"slack\"}", "1"),
            (
                "sickbay_messages_total{platform=\"slack\",deed=\"edit\",result=\"limited\"}",
                "5",
            ),
            ("sickbay_approvals_waiting", "2"),
            ("sickbay_thread_lag_seconds", "1.5"),
        ] {
            assert_eq!(value(&text, sample).as_deref(), Some(expected), "{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn labels_are_few_and_known() {
        let metrics = Metrics::new();
        let spent = incident::Spent::default();
        metrics.model_asked(Some("local"), &[], spent, Duration::ZERO);
        metrics.sentences_dropped("token", 1);
        let text = metrics.text().unwrap();
        let known = [
            "endpoint", "rule", "kind", "button", "result", "outcome", "wave", "platform", "deed",
            "le", "version", "status",
        ];
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.starts_with("sickbay_"), "{line}");
            let labels = line.split_once('{').map_or("", |(_, rest)| rest);
            let names = labels
                .split(',')
                .filter_map(|one| Some(one.split_once('=')?.0));
            for name in names {
                assert!(known.contains(&name), "{line}");
            }
        }
    }
}
