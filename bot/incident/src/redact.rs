//! Secrets are taken out of evidence as it is captured, before it is stored, shown or sent anywhere.
//!
//! A placeholder keeps two occurrences of the same secret recognisable as the same, without saying
//! anything about it beyond that. Redacting twice changes nothing.
//!
//! One pass looks for the words without which there is no secret that we know (`words`); only lines that have one are
//! read by the rules that it calls for. What is not certain to have been read is withheld, not let through.

use std::borrow::Cow;

mod block;
mod column;
mod command;
mod engine;
mod forms;
mod hash;
mod header;
mod judge;
mod keys;
mod line;
mod named;
mod odd;
mod pass;
mod plain;
mod rules;
mod site;
mod stream;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod words;

use engine::{Engine, Sink};
use rules::Rules;
use site::Site;
pub use site::{Does, Rule, RuleError};
pub use stream::Stream;
use words::Words;

/// Takes secrets out of texts.
#[derive(Debug, Clone)]
pub struct Redactor {
    salt: String,
    site: Site,
    /// Why nothing can be redacted, and so nothing is let through.
    broken: Option<String>,
}

/// How a placeholder begins: `[redacted-1a2b]`.
pub const MARK: &str = "[redacted-";

/// How a text begins that stands for one which could not be redacted.
pub const WITHHELD: &str = "[withheld: secrets cannot be taken out of this: ";

impl Redactor {
    /// A redactor whose placeholders carry this salt, so that they cannot be looked up in a table of common passwords.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        Self {
            salt: salt.to_owned(),
            site: Site::default(),
            broken: None,
        }
    }

    /// The same with a site's own rules.
    ///
    /// # Errors
    /// When a rule cannot be used; it says which and why.
    pub fn with(salt: &str, rules: &[Rule]) -> Result<Self, RuleError> {
        Ok(Self {
            site: Site::new(rules)?,
            ..Self::new(salt)
        })
    }

    /// One that lets nothing through, and says why.
    #[must_use]
    pub fn broken(why: &str) -> Self {
        Self {
            broken: Some(why.to_owned()),
            ..Self::new("")
        }
    }

    /// The text without the secrets that the rules know.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.clean(text).into_owned()
    }

    /// The same, and no copy where there is none.
    #[must_use]
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.cleaned(text, Reads::Text)
    }

    /// A value of a type, without secrets. In a path or the name of a unit a word tells nothing of what stands beside it, and
    /// a value that is changed is none any more; only what is a secret by its own form is taken out. Anything else is read as
    /// a text.
    #[must_use]
    pub fn typed<'t>(&self, value: &'t str) -> Cow<'t, str> {
        let one = !value.contains(|c: char| c.is_whitespace() || c.is_control() || c == '·');
        let path = value.starts_with('/') && !value.starts_with("//");
        let unit =
            UNITS.iter().any(|kind| value.ends_with(kind)) && !value.contains(['=', '"', '\'']);
        let reads = if one && (path || unit) {
            Reads::Value
        } else {
            Reads::Text
        };
        self.cleaned(value, reads)
    }

    /// Redaction of what comes in pieces.
    #[must_use]
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }

    /// Makes what is made once for the process; otherwise the first text waits for it.
    pub fn warm(&self) {
        let _made = self.rules().is_ok();
    }

    fn cleaned<'t>(&self, text: &'t str, reads: Reads) -> Cow<'t, str> {
        let mut rules = match self.rules() {
            Ok(rules) => rules,
            Err(why) => return Cow::Owned(format!("{WITHHELD}{why}]")),
        };
        rules.names = reads == Reads::Text;
        let mut out = Vec::new();
        let mut sink = Sink::new(&mut out);
        let mut engine = Engine::new(engine::LONGEST);
        if engine.read_all(&rules, text.as_bytes(), &mut sink) {
            return Cow::Borrowed(text);
        }
        match String::from_utf8(out) {
            Ok(clean) => Cow::Owned(clean),
            Err(bad) => Cow::Owned(String::from_utf8_lossy(bad.as_bytes()).into_owned()),
        }
    }

    fn rules(&self) -> Result<Rules<'_>, &str> {
        if let Some(why) = &self.broken {
            return Err(why);
        }
        Ok(Rules {
            words: Words::get()?,
            site: &self.site,
            salt: &self.salt,
            names: true,
        })
    }
}

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// Names tell of what stands beside them.
    Text,
    /// They don't: it is one value.
    Value,
}

/// What the names of units end with.
const UNITS: [&str; 11] = [
    ".service",
    ".socket",
    ".timer",
    ".mount",
    ".automount",
    ".path",
    ".target",
    ".slice",
    ".scope",
    ".swap",
    ".device",
];

/// Whether this is a placeholder, and nothing else.
fn is_placeholder(text: &[u8]) -> bool {
    text.strip_prefix(MARK.as_bytes())
        .and_then(|rest| rest.strip_suffix(b"]"))
        .is_some_and(|hash| hash.len() == 4 && hash.iter().all(u8::is_ascii_hexdigit))
}

/// Whether there is a placeholder in this.
fn has_placeholder(text: &[u8]) -> bool {
    text.windows(MARK.len() + 5).any(is_placeholder)
}

/// Bytes as text that is safe to show: not UTF-8 becomes U+FFFD, terminal escapes and other control characters but line
/// feed and tab become `·`, and characters that change the direction of text are dropped.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .filter(|c| *c != '\r')
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '·' } else { c })
        .collect()
}
