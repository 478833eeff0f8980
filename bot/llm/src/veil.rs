//! stub
use incident::*;
use std::collections::BTreeMap;
/// x
#[derive(Debug, Default)]
pub struct Veil;
impl Veil {
    /// x
    pub fn new() -> Self {
        Self
    }
    /// x
    pub fn finding(
        &mut self,
        finding: &Finding,
        about: &str,
        aliases: &BTreeMap<FindingId, String>,
    ) -> serde_json::Value {
        serde_json::json!({"id": aliases.get(&finding.id), "about": about})
    }
    /// x
    pub fn name(&mut self, _k: &str, _t: &str) -> String {
        "<x_1>".into()
    }
    /// x
    pub fn host(&mut self, _h: &HostName) -> String {
        "<host_1>".into()
    }
    /// x
    pub fn lift(&self, t: &str) -> Result<String, ()> {
        Ok(t.to_owned())
    }
}
