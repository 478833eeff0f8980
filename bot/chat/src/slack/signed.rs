//! Slack's signed requests, where it is told to bring what people do instead of a socket.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use http::HeaderMap;
use slack_morphism::prelude::*;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;

use super::Slack;
use super::ear::{Closed, Ear};
use crate::event::Platform;
use crate::signed::{Answer, Refusals, header};

/// Where commands, presses and events come.
pub(crate) const PATHS: [&str; 3] = [COMMANDS, INTERACTIONS, EVENTS];
const COMMANDS: &str = "/slack/commands";
const INTERACTIONS: &str = "/slack/interactions";
const EVENTS: &str = "/slack/events";

/// The headers that hold the signature, and when it was made.
pub(crate) const SIGNED_BY: (&str, &str) = (
    SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER,
    SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP,
);

/// Tells Slack's requests from anybody's.
pub struct Signed {
    verifier: SlackEventSignatureVerifier,
    ear: Arc<OnceLock<Arc<Ear>>>,
    refusals: Refusals,
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

/// Why something that Slack signed is not handed on.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Closed(#[from] Closed),
    #[error("{0}")]
    NotUnderstood(String),
}

impl Slack {
    /// What takes signed requests; nothing where no secret is known to check them by.
    #[must_use]
    pub fn signed(&self) -> Option<Signed> {
        let secret = self.options.signing_secret.clone()?;
        Some(Signed {
            verifier: SlackEventSignatureVerifier::new(&secret.into()),
            ear: Arc::clone(&self.ear),
            refusals: Refusals::default(),
        })
    }
}

impl Signed {
    /// Takes a request whose time is about now.
    pub(crate) fn take(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let (signature, at) = SIGNED_BY;
        let signed = header(headers, signature).zip(header(headers, at));
        let proved = signed.zip(std::str::from_utf8(body).ok());
        let proved = proved.filter(|((signature, at), body)| {
            // The library compares in constant time, and looks at the time once more.
            self.verifier.verify(signature, body, at).is_ok()
        });
        let Some((_, body)) = proved else {
            self.refusals.one(Platform::Slack, "signing_secret_file");
            return Answer::FORGED;
        };
        let Some(ear) = self.ear.get() else {
            return Answer::NOT_NOW;
        };
        match heard(ear, path, body) {
            Ok(answer) => answer,
            Err(Lost::Closed(_)) => Answer::NOT_NOW,
            Err(Lost::NotUnderstood(why)) => {
                tracing::warn!(why, "Slack said something that is not understood");
                // Slack would only bring it again.
                Answer::ARRIVED
            }
        }
    }
}

/// Hands on what a request says.
fn heard(ear: &Ear, path: &str, body: &str) -> Result<Answer, Lost> {
    match path {
        COMMANDS => ear.command(&command(body)?)?,
        INTERACTIONS => return answer(&ear.did(&did(body)?)?),
        _ => match read(body)? {
            SlackPushEvent::EventCallback(event) => ear.said(event)?,
            SlackPushEvent::UrlVerification(asked) => {
                return Ok(Answer::said("text/plain; charset=utf-8", asked.challenge));
            }
            SlackPushEvent::AppRateLimited(_) => {
                tracing::warn!("Slack holds events back: more than 30 000 in an hour");
            }
        },
    }
    Ok(Answer::ARRIVED)
}

/// A command comes as a form; its fields are those that the socket has in JSON.
fn command(body: &str) -> Result<SlackCommandEvent, Lost> {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let fields = serde_json::to_value(fields).map_err(|error| not_understood(&error))?;
    serde_json::from_value(fields).map_err(|error| not_understood(&error))
}

/// What Slack is told of what somebody did.
fn answer(said: &SlackInteractionResponse) -> Result<Answer, Lost> {
    if *said == SlackInteractionResponse::Empty {
        return Ok(Answer::ARRIVED);
    }
    let said = serde_json::to_string(said).map_err(|error| not_understood(&error))?;
    Ok(Answer::said("application/json", said))
}

/// A press comes as a form with one field, which is JSON.
fn did(body: &str) -> Result<SlackInteractionEvent, Lost> {
    let mut fields = url::form_urlencoded::parse(body.as_bytes());
    let payload = fields.find(|(name, _)| name == "payload");
    let (_, payload) =
        payload.ok_or_else(|| Lost::NotUnderstood("a press without a payload".to_owned()))?;
    read(&payload)
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Lost> {
    serde_json::from_str(text).map_err(|error| not_understood(&error))
}

/// Where it is not understood; not what stands there.
fn not_understood(error: &serde_json::Error) -> Lost {
    Lost::NotUnderstood(format!(
        "{:?} at line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use tokio::sync::mpsc;

    use super::*;
    use crate::event::{ChatEvent, What};

    fn ear() -> (Ear, mpsc::UnboundedReceiver<ChatEvent>) {
        let (to, heard) = mpsc::unbounded_channel();
        (Ear::new(to, "U0".to_owned()), heard)
    }

    #[test]
    fn a_command_comes_as_a_form() {
        let (ear, mut events) = ear();
        let body = "team_id=T1&channel_id=C1&user_id=U1&command=%2Fdiagnose&text=web1+%E6%8C%82%E4%BA%86+%26amp%3B&response_url=https%3A%2F%2Fhooks.example%2F1&trigger_id=7.T1";
        assert_eq!(heard(&ear, COMMANDS, body).unwrap(), Answer::ARRIVED);
        let event = events.try_recv().unwrap();
        assert_eq!(event.place, "slack:T1:C1");
        assert_eq!(event.reply.as_deref(), Some("https://hooks.example/1"));
        let text = "diagnose web1 挂了 &".to_owned();
        assert_eq!(event.what, What::Asked { text });
        // Brought once more it is the same.
        assert_eq!(heard(&ear, COMMANDS, body).unwrap(), Answer::ARRIVED);
        assert!(events.try_recv().is_err());
    }

    #[test]
    fn what_nobody_takes_any_more_has_not_arrived() {
        let (ear, events) = ear();
        drop(events);
        let body = "team_id=T1&channel_id=C1&user_id=U1&command=%2Fsickbay&response_url=https%3A%2F%2Fhooks.example%2F1&trigger_id=7.T1";
        let lost = heard(&ear, COMMANDS, body).unwrap_err();
        assert!(matches!(lost, Lost::Closed(_)), "{lost}");
    }

    fn payload(event: &serde_json::Value) -> String {
        let event = event.to_string();
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &event)
            .finish()
    }

    #[test]
    fn a_form_is_answered_and_filled_in_without_a_socket_too() {
        let (ear, mut events) = ear();
        ear.kept
            .keep("7.T1", &["web1".to_owned(), "db1".to_owned()]);
        let carried = json!({ "form": "7.T1", "place": "slack:T1:C1" });
        let view = json!({
            "type": "modal", "id": "V1", "team_id": "T1", "hash": "1", "callback_id": "diagnose",
            "title": { "type": "plain_text", "text": "Diagnose" }, "blocks": [],
            "private_metadata": carried.to_string(),
            "state": { "values": {
                "hosts": { "hosts": { "type": "multi_external_select", "selected_options": [
                    { "text": { "type": "plain_text", "text": "web1" }, "value": "web1" },
                    { "text": { "type": "plain_text", "text": "db1" }, "value": "db1" },
                ] } },
                "symptom": { "symptom": { "type": "plain_text_input", "value": " slow\nsince 9 " } },
            } },
        });
        let typing = payload(&json!({
            "type": "block_suggestion", "team": { "id": "T1", "domain": "x" },
            "user": { "id": "U1", "name": "ada" }, "api_app_id": "A1", "action_id": "hosts",
            "block_id": "hosts", "value": "we", "container": { "type": "view", "view_id": "V1" },
            "view": view,
        }));
        let answer = heard(&ear, INTERACTIONS, &typing).unwrap();
        let (kind, options) = answer.says.unwrap();
        assert_eq!(kind, "application/json");
        let options: serde_json::Value = serde_json::from_str(&options).unwrap();
        let web1 = json!([{ "text": { "type": "plain_text", "text": "web1" }, "value": "web1" }]);
        assert_eq!(options["options"], web1);

        let filled = payload(&json!({
            "type": "view_submission", "team": { "id": "T1", "domain": "x" },
            "user": { "id": "U1", "name": "ada" }, "view": view,
        }));
        let answer = heard(&ear, INTERACTIONS, &filled).unwrap();
        assert_eq!(answer, Answer::ARRIVED);
        let event = events.try_recv().unwrap();
        assert_eq!(event.place, "slack:T1:C1");
        let text = "diagnose web1,db1 slow\nsince 9".to_owned();
        assert_eq!(event.what, What::Asked { text });
    }

    #[test]
    fn slack_gets_its_challenge_back() {
        let (ear, _events) = ear();
        let body = r#"{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}"#;
        let answer = heard(&ear, EVENTS, body).unwrap();
        let says = ("text/plain; charset=utf-8", "3eZbrw1aB".to_owned());
        assert_eq!((answer.status, answer.says), (200, Some(says)));
    }

    #[test]
    fn what_is_not_understood_is_not_repeated() {
        let (ear, _events) = ear();
        for path in PATHS {
            let lost = heard(&ear, path, "payload={\"s3cret\":1}").unwrap_err();
            assert!(!lost.to_string().contains("s3cret"), "{lost}");
        }
    }

    proptest! {
        #[test]
        fn hostile_requests_never_panic(path in 0_usize..3, body in "\\PC{0,200}", json in "[\\[\\]{}\",:a-z0-9_ ]{0,80}") {
            let (ear, _events) = ear();
            for body in [body, json.clone(), format!("payload={json}")] {
                let _heard = heard(&ear, PATHS[path], &body);
            }
        }
    }
}
