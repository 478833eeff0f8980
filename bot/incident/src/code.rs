//! Finding codes: stable dotted names, as compilers number their errors.

use serde::{Deserialize, Serialize};

/// A validated finding code such as `unit.exec_permission`: two or more parts of lower-case letters, digits and `_`,
/// parted by dots. Ours are listed in `probes::catalogue`; a site's own begin with `custom.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// Why a text is not a finding code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a finding code; write it like `fs.full`: lower-case parts with dots between"
)]
pub struct BadCode {
    /// What was given.
    pub text: String,
}

impl Code {
    /// Checks the text and makes the code.
    ///
    /// # Errors
    /// [`BadCode`] when the text is not of the form `area.thing`.
    pub fn new(text: &str) -> Result<Self, BadCode> {
        let mut parts = 0;
        for part in text.split('.') {
            parts += 1;
            let mut chars = part.chars();
            let starts_well = chars.next().is_some_and(|c| c.is_ascii_lowercase());
            let goes_on_well =
                chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !starts_well || !goes_on_well {
                return Err(BadCode {
                    text: text.to_owned(),
                });
            }
        }
        if parts < 2 || text.len() > 64 {
            return Err(BadCode {
                text: text.to_owned(),
            });
        }
        Ok(Self(text.to_owned()))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot: `unit` of `unit.failed`.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// Whether a site made it up: such codes are not in our catalogue.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.area() == "custom"
    }
}

impl TryFrom<String> for Code {
    type Error = BadCode;
    fn try_from(text: String) -> Result<Self, BadCode> {
        Self::new(&text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
