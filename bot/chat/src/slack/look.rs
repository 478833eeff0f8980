//! What Slack says of the app, asked without opening a socket: Slack would hand events to it that somebody waits for.

use std::collections::BTreeSet;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use super::{CALL, Options, SlackError, https, sorted};
use crate::event::{SendError, chain};

/// How much of an answer is read.
const MOST: usize = 1 << 20;

/// Something that the bot's token may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Slack's name for it.
    pub name: &'static str,
    /// Whether Sickbay is no use without it.
    pub needed: bool,
    /// What it is for, and what is not there without it.
    pub what: &'static str,
}

/// The scopes that `deploy/slack-manifest.yaml` asks for.
pub const SCOPES: [Scope; 8] = [
    Scope {
        name: "app_mentions:read",
        needed: true,
        what: "without it @sickbay in a thread is not heard",
    },
    Scope {
        name: "channels:history",
        needed: false,
        what: "without it nothing is kept of what people say in an incident's thread",
    },
    Scope {
        name: "channels:read",
        needed: false,
        what: "without it nobody who joins a channel with an open incident is told of it",
    },
    Scope {
        name: "chat:write",
        needed: true,
        what: "without it there are no threads and no cards",
    },
    Scope {
        name: "commands",
        needed: true,
        what: "without it there is no /diagnose and no /sickbay",
    },
    Scope {
        name: "files:write",
        needed: false,
        what: "without it pictures are missing and long text is cut",
    },
    Scope {
        name: "groups:history",
        needed: false,
        what: "without it nothing is kept of what people say in a private channel's thread",
    },
    Scope {
        name: "groups:read",
        needed: false,
        what: "without it nobody who joins a private channel with an open incident is told of it",
    },
];

/// The scope that user groups take, for settings whose groups are listed there. The manifest has it as a comment.
pub const USER_GROUPS: Scope = Scope {
    name: "usergroups:read",
    needed: true,
    what: "without it nobody can tell who is in a group that Slack lists",
};

/// What Slack says.
#[derive(Debug)]
pub struct Looked {
    /// Who we are there.
    pub bot: Result<Bot, SendError>,
    /// Whether the app-level token opens a socket; nothing where there is none.
    pub socket: Option<Result<(), SendError>>,
    /// What time it is there: the `Date` header of an answer.
    pub date: Option<String>,
}

/// Who the bot is, and what its token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// The workspace.
    pub team: String,
    /// The bot's name there.
    pub user: String,
    /// What its token allows; none where Slack does not say.
    pub scopes: Option<BTreeSet<String>>,
}

/// Asks Slack.
///
/// # Errors
/// [`SlackError::Roots`].
pub async fn look(options: &Options) -> Result<Looked, SlackError> {
    let client = Client::builder(TokioExecutor::new()).build(https()?);
    let ask = |method: &str, token: &str| {
        let request = http::Request::post(format!("{}/{method}", options.api))
            .header(http::header::AUTHORIZATION, format!("Bearer {token}"))
            .header(
                http::header::CONTENT_TYPE,
                "application/x-www-form-urlencoded",
            )
            .body(Full::new(&b""[..]));
        let client = client.clone();
        async move {
            let trouble = |why: String| SendError::Trouble(why);
            // The request cannot be made where the address is none; the token is in its headers, so it is not shown.
            let request = request.map_err(|_bad| trouble("its address is none".to_owned()))?;
            let call = async {
                let response = client
                    .request(request)
                    .await
                    .map_err(|error| chain(&error))?;
                let (head, body) = response.into_parts();
                let body = Limited::new(body, MOST).collect().await;
                let body = body.map_err(|error| error.to_string())?.to_bytes();
                Ok::<_, String>((head, body))
            };
            let late = || trouble(format!("no answer within {} s", CALL.as_secs()));
            let answered = tokio::time::timeout(CALL, call).await;
            let (head, body) = answered.map_err(|_late| late())?.map_err(trouble)?;
            read(&head, &body)
        }
    };
    let told = ask("auth.test", &options.bot_token).await;
    let opened = match &options.app_token {
        Some(token) => Some(ask("apps.connections.open", token).await),
        None => None,
    };
    let date = [Some(&told), opened.as_ref()]
        .into_iter()
        .flatten()
        .find_map(|answer| answer.as_ref().ok()?.date.clone());
    Ok(Looked {
        bot: told.and_then(|answer| {
            let scopes = answer.scopes;
            answer.said.map(|said| Bot {
                team: said.team,
                user: said.user,
                scopes,
            })
        }),
        socket: opened.map(|opened| match opened?.said {
            Ok(said) if said.url.starts_with("ws") => Ok(()),
            Ok(_) => Err(SendError::Trouble(
                "it gives no address for a socket".to_owned(),
            )),
            Err(error) => Err(error),
        }),
        date,
    })
}

/// An answer of the Web API.
struct Answer {
    said: Result<Said, SendError>,
    scopes: Option<BTreeSet<String>>,
    date: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    ok: bool,
    error: String,
    team: String,
    user: String,
    url: String,
}

fn read(head: &http::response::Parts, body: &[u8]) -> Result<Answer, SendError> {
    let header = |name: &str| {
        let value = head.headers.get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let seconds = header("retry-after").and_then(|text| text.parse().ok());
    if head.status == http::StatusCode::TOO_MANY_REQUESTS {
        let wait = std::time::Duration::from_secs(seconds.unwrap_or(1));
        return Err(SendError::Limited(wait));
    }
    if !head.status.is_success() {
        return Err(SendError::Trouble(format!(
            "it says {}",
            head.status.as_u16()
        )));
    }
    let said: Said = serde_json::from_slice(body)
        .map_err(|_other| SendError::Trouble("its answer is not Slack's".to_owned()))?;
    let scopes = header("x-oauth-scopes").map(|list| {
        list.split(',')
            .map(|scope| scope.trim().to_owned())
            .filter(|scope| !scope.is_empty())
            .collect()
    });
    Ok(Answer {
        said: if said.ok {
            Ok(said)
        } else {
            Err(sorted(said.error))
        },
        scopes,
        date: header("date"),
    })
}

#[cfg(test)]
mod tests {
    use super::{SCOPES, USER_GROUPS};

    #[test]
    fn the_manifest_asks_for_exactly_these_scopes() {
        let manifest = include_str!("../../../../deploy/slack-manifest.yaml");
        let listed = manifest.split("    bot:\n").nth(1).unwrap();
        let asked: Vec<&str> = listed
            .lines()
            .take_while(|line| line.starts_with("      "))
            .filter_map(|line| line.trim().strip_prefix("- ")?.split_whitespace().next())
            .collect();
        let known: Vec<&str> = SCOPES.iter().map(|scope| scope.name).collect();
        assert_eq!(
            asked, known,
            "deploy/slack-manifest.yaml and chat::slack::SCOPES say the same, in one order"
        );
        assert!(listed.contains(&format!("# - {} ", USER_GROUPS.name)));
    }
}
