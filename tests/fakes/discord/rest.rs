//! REST, version 10: who asks, for which path, and in Discord's words why not.

mod channels;
mod guild;
mod interactions;
mod messages;

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::Inner;
use super::limits::Wrong;
use super::parts::{Body, read};
use super::state::{Call, State};
use crate::fakes::door::{Heard, Said, date};
use crate::fakes::trouble::Trouble;

pub(super) use interactions::respond;
pub(super) use messages::shown;

/// Why nothing was done: the status, Discord's number, its words.
#[derive(Debug)]
pub(crate) struct No {
    pub(crate) status: u16,
    pub(crate) code: u64,
    pub(crate) words: String,
    pub(crate) wrong: Vec<(String, String)>,
}

/// What is answered: a status and a body.
pub(crate) type Answer = Result<(u16, Value), No>;

pub(crate) fn no(status: u16, code: u64, words: &str) -> No {
    No {
        status,
        code,
        words: words.to_owned(),
        wrong: Vec::new(),
    }
}

pub(crate) fn unknown(code: u64, what: &str) -> No {
    no(404, code, &format!("Unknown {what}"))
}

impl Wrong {
    /// Refuses a body with anything wrong in it.
    pub(crate) fn refuse(self) -> Result<(), No> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(No {
            status: 400,
            code: 50035,
            words: "Invalid Form Body".to_owned(),
            wrong: self.0,
        })
    }
}

/// A request, taken apart.
pub(crate) struct Asked<'a> {
    pub(crate) verb: &'a str,
    /// The path without `/api/v10`, in its parts.
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: Body,
}

impl Asked<'_> {
    /// A parameter of the query; empty when it is not given.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(known, _value)| known == name);
        found.map_or("", |(_name, value)| value.as_str())
    }
}

/// Answers one request.
pub(super) async fn answer(inner: Arc<Inner>, heard: Heard) -> Said {
    let path = heard.path.strip_prefix("/api/v10").unwrap_or(&heard.path);
    let asked = format!("{} {path}", heard.verb);
    let trouble = inner.watched.change(|state| {
        let trouble = state.orders.meet(&asked).or_else(|| {
            let wait = state.rates.count(&asked, Instant::now())?;
            Some(Trouble::RateLimited(wait))
        });
        if let Some(trouble) = &trouble {
            state.calls.push(Call {
                asked: asked.clone(),
                at: Instant::now(),
                body: serde_json::from_slice(&heard.body).unwrap_or(Value::Null),
                outcome: format!("{trouble:?}"),
            });
        }
        trouble
    });
    match trouble {
        None => decide(&inner, &asked, &heard),
        Some(Trouble::RateLimited(seconds)) => {
            let words = "You are being rate limited.";
            let body = json!({"message": words, "retry_after": seconds, "global": false});
            Said::json(429, &body)
                .with("retry-after", seconds)
                .with("x-ratelimit-limit", 5)
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-reset-after", seconds)
                .with("x-ratelimit-scope", "user")
                .with("x-ratelimit-bucket", "fake")
        }
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            decide(&inner, &asked, &heard)
        }
        Some(Trouble::Status(status)) => Said::body(status, "text/html", "<html>502</html>"),
        Some(Trouble::AnswerLost) => {
            let _lost = decide(&inner, &asked, &heard);
            Said::hang_up()
        }
    }
}

fn decide(inner: &Inner, asked: &str, heard: &Heard) -> Said {
    let told = String::from_utf8_lossy(&heard.body).into_owned();
    inner.watched.change(|state| {
        let body = read(heard);
        let json = body.as_ref().map_or(Value::Null, |body| body.json.clone());
        let answer = match body {
            Some(body) => perform(state, inner, heard, body),
            None => Err(no(400, 50109, "The request body contains invalid JSON.")),
        };
        let status = answer
            .as_ref()
            .map_or_else(|no| no.status, |(status, _body)| *status);
        state.calls.push(Call {
            asked: asked.to_owned(),
            at: Instant::now(),
            body: json,
            outcome: status.to_string(),
        });
        let said = match answer {
            Ok((204, _nothing)) => Said::empty(204),
            Ok((status, body)) => Said::json(status, &body),
            Err(no) => {
                let lines = no
                    .wrong
                    .iter()
                    .map(|(place, what)| format!("{place}: {what}"));
                let detail = lines.collect::<Vec<String>>().join("; ");
                let detail = format!("{} {detail}", no.words);
                state.refuse(asked, &no.code.to_string(), &detail, &told);
                let mut body = json!({"code": no.code, "message": no.words});
                for (place, what) in &no.wrong {
                    let one = json!({"code": "INVALID", "message": what});
                    body["errors"][place.as_str()] = json!({"_errors": [one]});
                }
                Said::json(no.status, &body)
            }
        };
        said.with("date", date(state.clock_ahead))
            .with("x-ratelimit-limit", 1000)
            .with("x-ratelimit-remaining", 999)
            .with("x-ratelimit-reset-after", "0.050")
            .with("x-ratelimit-bucket", "fake")
    })
}

fn perform(state: &mut State, inner: &Inner, heard: &Heard, body: Body) -> Answer {
    let Some(path) = heard.path.strip_prefix("/api/v10/") else {
        return Err(no(404, 0, "404: Not Found: only /api/v10 is there"));
    };
    let path: Vec<&str> = path.split('/').collect();
    // An interaction's token is in its path; everything else is asked by the bot.
    let by_token = matches!(path.as_slice(), ["interactions" | "webhooks", ..]);
    let bot = format!("Bot {}", inner.token);
    let believed = heard.header("authorization") == bot && !state.token_revoked;
    if !by_token && !believed {
        return Err(no(401, 0, "401: Unauthorized"));
    }
    let asked = Asked {
        verb: &heard.verb,
        path,
        query: &heard.query,
        body,
    };
    match asked.path.first().copied() {
        Some("interactions" | "webhooks") => interactions::answer(state, inner, &asked),
        Some("channels") => channels::answer(state, inner, &asked),
        _ => guild::answer(state, inner, &asked),
    }
}
