//! The Web API: who asks, may they, are the arguments known, and in Slack's words why not.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::state::{Call, State};
use super::{Inner, methods};
use crate::fakes::door::{Heard, Said, date, form};
use crate::fakes::trouble::Trouble;

/// Why a method does nothing: Slack's code, and what exactly was wrong.
#[derive(Debug)]
pub(crate) struct No {
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) more: Value,
}

impl No {
    pub(crate) fn new(code: &str, detail: impl ToString) -> Self {
        Self {
            code: code.to_owned(),
            detail: detail.to_string(),
            more: Value::Null,
        }
    }
}

impl From<&str> for No {
    fn from(code: &str) -> Self {
        Self::new(code, "")
    }
}

/// What a method answers.
pub(crate) type Answer = Result<Value, No>;

/// Which token a method takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token {
    /// `xoxb-…`.
    Bot,
    /// `xapp-…`.
    App,
    /// Either.
    Any,
}

/// One method of the Web API.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) token: Token,
    /// The scope it needs; empty for none. Methods whose scope depends on the channel check it themselves.
    pub(crate) scope: &'static str,
    /// Its arguments.
    pub(crate) args: &'static [&'static str],
    /// Whether it reads only the query or a form, not JSON.
    pub(crate) form_only: bool,
    pub(crate) run: fn(&mut State, &Args, &Inner) -> Answer,
}

/// The arguments of a call, whichever way they came.
#[derive(Debug, Default)]
pub(crate) struct Args(pub(crate) Map<String, Value>);

impl Args {
    /// A text; empty when it is not given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// A text that must be given.
    pub(crate) fn need(&self, name: &str) -> Result<&str, No> {
        match self.text(name) {
            "" => Err(No::new("invalid_arguments", format!("{name} is missing"))),
            text => Ok(text),
        }
    }

    /// Whether something was given, in whatever form.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A yes or no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            _ => false,
        }
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_u64().and_then(|n| usize::try_from(n).ok()),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// JSON, given as such or as text in a form.
    pub(crate) fn json(&self, name: &str) -> Value {
        match self.0.get(name) {
            Some(Value::String(text)) => {
                serde_json::from_str(text).unwrap_or_else(|_no_json| json!(text))
            }
            Some(value) => value.clone(),
            None => Value::Null,
        }
    }

    /// A list of objects.
    pub(crate) fn list(&self, name: &str, code: &str) -> Result<Vec<Value>, No> {
        match self.json(name) {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => Ok(items),
            _ => Err(No::new(code, format!("{name} is no list"))),
        }
    }

    /// Names, as a list or with commas between them.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
            Some(Value::String(text)) => text
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Answers one request to `/api/METHOD`.
pub(crate) async fn answer(inner: Arc<Inner>, heard: Heard) -> Said {
    let name = heard.path.trim_start_matches("/api/").to_owned();
    let args = read(&heard);
    let trouble = inner.change(|state| {
        let trouble = state.orders.meet(&name).or_else(|| {
            let args = args.as_ref().ok()?;
            let wait = state.rates.count(&name, args, Instant::now())?;
            Some(Trouble::RateLimited(wait))
        });
        if let Some(trouble) = &trouble {
            let args = args.as_ref().map_or_else(|_no| Map::new(), |a| a.0.clone());
            state.calls.push(call(&name, args, &format!("{trouble:?}")));
        }
        trouble
    });
    match trouble {
        None => decide(&inner, &name, args, &heard),
        Some(Trouble::RateLimited(seconds)) => {
            let body = json!({"ok": false, "error": "ratelimited"});
            Said::json(429, &body).with("retry-after", seconds)
        }
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            decide(&inner, &name, args, &heard)
        }
        Some(Trouble::Status(status)) => {
            Said::body(status, "text/html", "<html>upstream is unwell</html>")
        }
        Some(Trouble::AnswerLost) => {
            let _lost = decide(&inner, &name, args, &heard);
            Said::hang_up()
        }
    }
}

fn call(name: &str, args: Map<String, Value>, outcome: &str) -> Call {
    Call {
        method: name.to_owned(),
        at: Instant::now(),
        args,
        outcome: outcome.to_owned(),
    }
}

fn decide(inner: &Inner, name: &str, args: Result<Args, No>, heard: &Heard) -> Said {
    inner.change(|state| {
        let given = args.as_ref().map_or_else(|_no| Map::new(), |a| a.0.clone());
        let answer = args.and_then(|args| perform(state, inner, name, &args, heard));
        let outcome = answer.as_ref().err().map_or("ok", |no| no.code.as_str());
        state.calls.push(call(name, given.clone(), outcome));
        let body = match answer {
            Ok(mut body) => {
                body["ok"] = json!(true);
                body
            }
            Err(no) => {
                state.refuse(
                    name,
                    &no.code,
                    &no.detail,
                    &Value::Object(given).to_string(),
                );
                let mut body = json!({"ok": false, "error": no.code});
                if !no.detail.is_empty() {
                    let message = format!("[ERROR] {}", no.detail);
                    body["response_metadata"] = json!({"messages": [message]});
                }
                for (name, value) in no.more.as_object().into_iter().flatten() {
                    body[name] = value.clone();
                }
                body
            }
        };
        let said = Said::json(200, &body).with("date", date(state.clock_ahead));
        // Whose token it is not tells of no scopes.
        match kind(inner, heard) {
            Some(kind) => said.with("x-oauth-scopes", scopes_of(state, kind)),
            None => said,
        }
    })
}

fn perform(state: &mut State, inner: &Inner, name: &str, args: &Args, heard: &Heard) -> Answer {
    let found = methods::all().find(|method| method.name == name);
    let Some(method) = found else {
        return Err(No::new(
            "unknown_method",
            format!("{name} is not known to this fake"),
        ));
    };
    let token = heard.header("authorization").strip_prefix("Bearer ");
    let kind = match (token, kind(inner, heard)) {
        (None, _) => return Err(No::new("not_authed", "no bearer token")),
        (Some(_), _) if state.tokens_revoked => return Err("token_revoked".into()),
        (Some(_), Some(kind)) => kind,
        (Some(_), None) => return Err("invalid_auth".into()),
    };
    if method.token != Token::Any && method.token != kind {
        return Err("not_allowed_token_type".into());
    }
    if !method.scope.is_empty() {
        need(state, kind, method.scope)?;
    }
    let json = heard.header("content-type").starts_with("application/json");
    if method.form_only && json && !heard.body.is_empty() && heard.verb == "POST" {
        let detail = format!("{name} reads the query or a form, not JSON");
        return Err(No::new("invalid_arguments", detail));
    }
    for name in args.0.keys() {
        if !method.args.contains(&name.as_str()) {
            let detail = format!("unknown argument {name:?}; known: {:?}", method.args);
            return Err(No::new("invalid_arguments", detail));
        }
    }
    (method.run)(state, args, inner)
}

/// Refuses what the bot's token has no scope for.
pub(crate) fn need_scope(state: &State, scope: &str) -> Result<(), No> {
    need(state, Token::Bot, scope)
}

fn need(state: &State, kind: Token, scope: &str) -> Result<(), No> {
    let provided = scopes_of(state, kind);
    if provided.split(',').any(|one| one == scope) {
        return Ok(());
    }
    Err(No {
        code: "missing_scope".to_owned(),
        detail: format!("needs {scope}"),
        more: json!({"needed": scope, "provided": provided}),
    })
}

/// What a token of this kind may do.
fn scopes_of(state: &State, kind: Token) -> String {
    let scopes = match kind {
        Token::App => &state.app_scopes,
        Token::Bot | Token::Any => &state.scopes,
    };
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    scopes.join(",")
}

/// Which of the two tokens a request carries, if one of them.
fn kind(inner: &Inner, heard: &Heard) -> Option<Token> {
    let token = heard.header("authorization").strip_prefix("Bearer ")?;
    let known = [
        (&inner.bot_token, Token::Bot),
        (&inner.app_token, Token::App),
    ];
    let found = known.into_iter().find(|(known, _kind)| *known == token);
    found.map(|(_token, kind)| kind)
}

/// Arguments from the query, a form or JSON. `null` is as good as not given.
fn read(heard: &Heard) -> Result<Args, No> {
    let mut args = Map::new();
    let texts = |pairs: Vec<(String, String)>| {
        pairs
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
    };
    args.extend(texts(heard.query.clone()));
    let kind = heard.header("content-type");
    match heard.verb.as_str() {
        "GET" => {}
        "POST" if heard.body.is_empty() => {}
        "POST" if kind.starts_with("application/x-www-form-urlencoded") => {
            args.extend(texts(form(&String::from_utf8_lossy(&heard.body))));
        }
        "POST" if kind.starts_with("application/json") => {
            match serde_json::from_slice(&heard.body) {
                Ok(Value::Object(object)) => args.extend(object),
                Ok(_) => return Err("json_not_object".into()),
                Err(why) => return Err(No::new("invalid_json", why)),
            }
        }
        "POST" => return Err(No::new("invalid_post_type", kind)),
        verb => return Err(No::new("method_not_supported_for_channel_type", verb)),
    }
    args.retain(|_name, value| !value.is_null());
    if args.contains_key("token") {
        return Err(No::new(
            "invalid_auth",
            "a token belongs into the Authorization header, where no log has it",
        ));
    }
    Ok(Args(args))
}
