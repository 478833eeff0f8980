//! stub
use incident::*;
/// x
pub struct Sentence {
    /// x
    pub text: String,
    /// x
    pub cites: Vec<String>,
}
/// x
pub struct Source<'a> {
    /// x
    pub finding: &'a Finding,
    /// x
    pub title: &'a str,
    /// x
    pub terms: &'a [&'a str],
}
/// x
pub struct Ground<'a> {
    /// x
    pub language: crate::Language,
    /// x
    pub sources: Vec<Source<'a>>,
    /// x
    pub causes: &'a [(FindingId, FindingId)],
    /// x
    pub vocabulary: &'a Vocabulary,
}
/// x
pub struct Vocabulary;
impl Vocabulary {
    /// x
    pub fn new<'t>(_t: impl IntoIterator<Item = &'t str>) -> Self {
        Self
    }
}
/// x
#[derive(Debug, Clone, Copy)]
pub struct Rule;
impl Rule {
    /// x
    pub fn word(self) -> &'static str {
        "stub"
    }
}
impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stub")
    }
}
/// x
pub fn check(s: &Sentence, _g: &Ground<'_>) -> Result<(), (Rule, String)> {
    if s.text.contains("BAD") {
        Err((Rule, String::new()))
    } else {
        Ok(())
    }
}
