//! What can go wrong with a platform, ordered by a test for a method and a number of times; and what a platform refused.

use std::time::Duration;

/// What a platform does instead of answering.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// 429 with this many whole seconds in `Retry-After`; nothing is done.
    RateLimited(u64),
    /// No answer, ever; nothing is done.
    Hang,
    /// The answer comes this much later.
    Slow(Duration),
    /// This status, with a body that is no JSON; nothing is done.
    Status(u16),
    /// What was asked for is done, and the connection ends before the answer.
    AnswerLost,
}

/// Something that the platform would not do.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The method, or what else was asked.
    pub asked: String,
    /// The platform's own code.
    pub code: String,
    /// What exactly was wrong.
    pub detail: String,
    /// What was sent, cut to some lines.
    pub body: String,
}

impl Refusal {
    pub(crate) fn new(asked: &str, code: &str, detail: &str, body: &str) -> Self {
        Self {
            asked: asked.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
            body: body.chars().take(2000).collect(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            asked,
            code,
            detail,
            body,
        } = self;
        write!(f, "{asked}: {code}: {detail}\n    {body}")
    }
}

/// Troubles that were ordered and have not happened.
#[derive(Debug, Default)]
pub(crate) struct Orders(Vec<(String, Trouble, usize)>);

impl Orders {
    /// Orders a trouble for calls whose name begins with `method`.
    pub(crate) fn order(&mut self, method: &str, trouble: Trouble, times: usize) {
        self.0.push((method.to_owned(), trouble, times));
    }

    /// The trouble that this call meets.
    pub(crate) fn meet(&mut self, method: &str) -> Option<Trouble> {
        let (_method, trouble, left) = self
            .0
            .iter_mut()
            .find(|(ordered, _trouble, left)| *left > 0 && method.starts_with(ordered.as_str()))?;
        *left -= 1;
        Some(trouble.clone())
    }

    /// Takes every order back.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
