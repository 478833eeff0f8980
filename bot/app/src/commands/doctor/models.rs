//! Models: whether each endpoint answers a small question in the shape that is asked for, how fast, and what it counts.

use std::time::Instant;

use llm::Trouble;
use llm::client::Question;
use serde_json::json;

use super::report::Area;
use super::slack::no_token;
use crate::settings::models::Models;

/// What is asked: a choice among two ids, so that the server has to keep to a schema.
fn question() -> Question {
    Question {
        system: "You choose. Answer with the id that is asked for.".to_owned(),
        user: "Choose F2.".to_owned(),
        schema: json!({
            "type": "object",
            "properties": { "lead": { "type": "string", "enum": ["F1", "F2"] } },
            "required": ["lead"],
            "additionalProperties": false,
        }),
    }
}

/// Asks each endpoint once.
pub(super) async fn look(models: &Models, area: &mut Area<'_>) {
    for one in &models.endpoints {
        let endpoint = match one.endpoint() {
            Ok(endpoint) => endpoint,
            Err(error) => {
                match &one.key_file {
                    Some(from) => {
                        let error = anyhow::anyhow!(error);
                        no_token(&one.name, from, &error, "put the key into that file", area);
                    }
                    None => area.wrong(&one.name, error, "correct its block of the settings"),
                }
                continue;
            }
        };
        let clerk = match llm::Clerk::new(vec![endpoint]) {
            Ok(clerk) => clerk,
            Err(error) => {
                area.wrong(
                    &one.name,
                    crate::sentence::of(&error),
                    "correct its block of the settings",
                );
                continue;
            }
        };
        let began = Instant::now();
        let Some((answer, spent)) = clerk.try_first(&question()).await else {
            continue;
        };
        let took = began.elapsed().as_millis();
        let kept = |answer: &serde_json::Value| {
            let fields = answer.as_object();
            let id = answer.get("lead").and_then(serde_json::Value::as_str);
            fields.is_some_and(|fields| fields.len() == 1) && matches!(id, Some("F1" | "F2"))
        };
        match answer {
            Ok(answer) if kept(&answer) => area.fine(
                &one.name,
                format!(
                    "answers within the shape in {took} ms ({} and {} tokens)",
                    spent.asked, spent.answered
                ),
            ),
            Ok(_) => area.wrong(
                &one.name,
                "it answers, but not in the shape that is asked for",
                "try structured = \"json_object\" or \"prompt\", or a larger model; until then the template stands",
            ),
            Err(trouble) => area.wrong(&one.name, trouble.to_string(), next(&trouble)),
        }
    }
    if let Some(embeddings) = &models.embeddings {
        embedded(embeddings, area).await;
    }
}

async fn embedded(embeddings: &crate::settings::models::Embeddings, area: &mut Area<'_>) {
    const WHAT: &str = "embeddings";
    let clerk = embeddings
        .endpoint()
        .and_then(|one| llm::Clerk::new(vec![one]).map_err(|error| crate::sentence::of(&error)));
    let clerk = match clerk {
        Ok(clerk) => clerk,
        Err(error) => return area.wrong(WHAT, error, "correct [embeddings] of the settings"),
    };
    let began = Instant::now();
    match clerk.embed(&["the disk is full".to_owned()]).await {
        Ok(vectors) => {
            let length = vectors.first().map_or(0, Vec::len);
            let took = began.elapsed().as_millis();
            area.fine(WHAT, format!("vectors of {length} numbers in {took} ms"));
        }
        Err(trouble) => area.wrong(WHAT, trouble.to_string(), next(&trouble)),
    }
}

/// What to do about it.
const fn next(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Connect => "is the server there, and base_url its address with /v1?",
        Trouble::Late(_) => "a smaller model, or a longer deadline",
        Trouble::Status { code: 401 | 403 } => "compare key_file with what the provider shows",
        Trouble::Status { code: 404 } => {
            "compare base_url (with /v1) and model with what the server has"
        }
        Trouble::Status { .. } => {
            "look at the server's log; structured, token_field and omit are where servers differ"
        }
        Trouble::Cut(_) => "raise max_tokens, or turn the model's thinking off by extra_body",
        Trouble::Schema(_) | Trouble::Choice(_) => {
            "try structured = \"json_object\" or \"prompt\", or a larger model; until then the template stands"
        }
        Trouble::Resting
        | Trouble::Spent
        | Trouble::Broke
        | Trouble::TooLong(_)
        | Trouble::Shape => "compare base_url with the provider's page",
    }
}
