//! Why a model gave no answer that can be used. The text of a server is never shown: it may hold anything.

use std::time::Duration;

/// Why a model gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is nobody to ask, or nobody may be asked now.
    #[error("no model is asked now: each failed several times in a row")]
    Resting,
    /// Nothing more may be spent on this incident.
    #[error("the incident's budget for models is spent")]
    Spent,
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Late(Duration),
    /// There was no connection.
    #[error("no connection")]
    Connect,
    /// The connection broke.
    #[error("the connection broke")]
    Broke,
    /// The server refused.
    #[error("the server answered {code}{}", meaning(*code))]
    Status {
        /// The status.
        code: u16,
    },
    /// The answer is longer than any that could be meant.
    #[error("the answer is longer than {} KiB", .0 / 1024)]
    TooLong(usize),
    /// The answer is no chat completion.
    #[error("the answer is no chat completion")]
    Shape,
    /// The model was cut off, or did not say that it had ended.
    #[error("the answer was cut off ({0})")]
    Cut(&'static str),
    /// What the model wrote is not what it was asked for.
    #[error("what it wrote does not fit the schema: {0}")]
    Schema(String),
    /// The model chose something that it was not offered.
    #[error("it chose what it was not offered: {0}")]
    Choice(String),
}

impl Trouble {
    /// A stable word for counting.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Resting => "resting",
            Self::Spent => "budget",
            Self::Late(_) => "late",
            Self::Connect => "connect",
            Self::Broke => "broken",
            Self::Status { .. } => "status",
            Self::TooLong(_) => "too_long",
            Self::Shape => "shape",
            Self::Cut(_) => "cut",
            Self::Schema(_) => "schema",
            Self::Choice(_) => "choice",
        }
    }

    /// Whether the same question is worth being asked once more.
    #[must_use]
    pub const fn passes(&self) -> bool {
        match self {
            Self::Connect | Self::Broke | Self::Shape | Self::Schema(_) | Self::Choice(_) => true,
            Self::Status { code } => matches!(code, 408 | 409 | 425 | 429 | 500..=599),
            Self::Resting | Self::Spent | Self::Late(_) | Self::TooLong(_) | Self::Cut(_) => false,
        }
    }
}

/// What a status means for whoever set the endpoint up.
const fn meaning(code: u16) -> &'static str {
    match code {
        400 | 422 => {
            " (it does not take the request: look at structured, token_field and extra_body)"
        }
        401 | 403 => " (the key is not taken)",
        404 => " (the address or the model is not known there)",
        408 | 504 => " (it took too long)",
        413 => " (the question is too long for it)",
        429 => " (it takes no more questions now)",
        500..=599 => " (something is wrong there)",
        300..=399 => " (it leads elsewhere, which is not followed)",
        _ => "",
    }
}
