//! What is said where a model had a say: its sentences among ours, its choices marked as choices, and who worded what.

use incident::report::HostReport;
use incident::summary::{Claim, ModelNote, Source, Summary};
use incident::wording::{Model, Wording};
use incident::{Confidence, Finding, FindingId, IncidentId, ResponderId, Severity, Spent, Status};

use crate::locale::{Locale, say};

impl Locale {
    /// The account of a diagnosis with what a model said of it, as far as that held. A root cause is never left out: where no
    /// sentence of the model speaks of it, ours does.
    #[must_use]
    pub fn worded(
        self,
        reports: &[HostReport],
        wording: &Wording,
        spent: Spent,
        currency: &str,
    ) -> Summary {
        // Sentences are for those who read their language; choices are for everybody.
        let speaks = wording.language == self.tag();
        let said: &[Claim] = if speaks { &wording.claims } else { &[] };
        let bad: Vec<&Finding> = reports
            .iter()
            .flat_map(|report| &report.findings)
            .filter(|finding| finding.severity > Severity::Info)
            .collect();
        // A claim of ours gives way to one of the model that speaks of all that it speaks of. What Sickbay is not sure of, it says
        // itself: no sentence of a model is as careful.
        let covered = |claim: &Claim| {
            let ids: Vec<&String> = claim
                .cites
                .iter()
                .filter(|id| id.starts_with("f-"))
                .collect();
            let sure = |id: &&String| {
                let finding = bad
                    .iter()
                    .find(|finding| finding.id.as_str() == id.as_str());
                finding.is_some_and(|finding| finding.confidence == Confidence::Confirmed)
            };
            let whole = |one: &Claim| ids.iter().all(|id| one.cites.contains(id));
            !ids.is_empty() && ids.iter().all(sure) && said.iter().any(whole)
        };
        let (template, well) = self.claims(reports, &wording.lead);
        let mut waiting: Vec<Claim> = said.to_vec();
        let mut claims: Vec<Claim> = Vec::new();
        for claim in template {
            // What the model says of the same thing stands in its place, or right behind it.
            let about = |one: &Claim| one.cites.iter().any(|id| claim.cites.contains(id));
            let (here, later) = waiting.into_iter().partition(about);
            waiting = later;
            if !covered(&claim) {
                claims.push(claim);
            }
            claims.extend::<Vec<Claim>>(here);
        }
        claims.extend(waiting);
        let title = |id: &FindingId| {
            let finding = bad.iter().find(|finding| finding.id == *id)?;
            Some(self.title(finding).trim_end_matches('.').to_owned())
        };
        for (cause, effect) in &wording.causes {
            if let (Some(cause_title), Some(effect_title)) = (title(cause), title(effect)) {
                claims.push(Claim {
                    text: say!(
                        self,
                        "Possible, not verified: “{cause_title}” is the cause of “{effect_title}”.",
                        "可能（未验证）：“{cause_title}”是“{effect_title}”的原因。"
                    ),
                    cites: vec![cause.to_string(), effect.to_string()],
                });
            }
        }
        if let Some(runbook) = &wording.runbook {
            claims.push(Claim {
                text: say!(
                    self,
                    "Of the runbooks that fit, the model takes {runbook} first.",
                    "在匹配的处置手册中，模型首选 {runbook}。"
                ),
                cites: wording.because.iter().map(ToString::to_string).collect(),
            });
        }
        claims.extend(well);
        let source = if said.is_empty() {
            Source::Template
        } else {
            Source::Model
        };
        Summary {
            model: Some(ModelNote {
                by: wording.model.clone(),
                dropped: wording.dropped.clone(),
                failures: wording.failures.clone(),
                spent,
                currency: currency.to_owned(),
            }),
            ..Summary::of(source, claims)
        }
    }

    /// Who worded an account, what of it was dropped, and what it cost; nothing where no model was asked.
    #[must_use]
    pub fn worded_by(self, summary: &Summary) -> Option<String> {
        let note = summary.model.as_ref()?;
        let mut parts = vec![match (summary.source, &note.by) {
            (Source::Model, Some(Model { endpoint, model })) => say!(
                self,
                "worded by the model {model} ({endpoint})",
                "文字由模型 {model}（{endpoint}）生成"
            ),
            (Source::Template, Some(Model { endpoint, .. })) => say!(
                self,
                "template ({endpoint} gave choices, no sentence that holds)",
                "模板（{endpoint} 只给出选择，没有成立的句子）"
            ),
            (_, None) => {
                let last = note.failures.last();
                let why = last.map_or_else(String::new, |(endpoint, word)| {
                    let why = self.model_trouble(word);
                    say!(self, " ({endpoint}: {why})", "（{endpoint}：{why}）")
                });
                say!(self, "template{why}", "模板{why}")
            }
        }];
        let dropped: u32 = note.dropped.values().sum();
        if dropped > 0 {
            let rules: Vec<&str> = note.dropped.keys().map(String::as_str).collect();
            let rules = rules.join(", ");
            parts.push(say!(
                self,
                "{dropped} dropped: {rules}",
                "丢弃 {dropped} 句：{rules}"
            ));
        }
        if note.spent.tokens() > 0 {
            let tokens = note.spent.tokens();
            parts.push(say!(self, "{tokens} tokens", "{tokens} 个 token"));
        }
        if note.spent.cost > 0 {
            parts.push(format!("{} {}", money(note.spent.cost), note.currency));
        }
        Some(parts.join(" · "))
    }

    /// What stands above findings that came to light because a model asked for more.
    pub(crate) const fn found_later(self) -> &'static str {
        self.say("Found by asking for more:", "进一步探测发现：")
    }

    /// What was found because a model asked for more, a line each.
    pub(crate) fn later(self, reports: &[HostReport]) -> String {
        const MOST: usize = 8;
        let several = reports.len() > 1;
        let all = || reports.iter().flat_map(|report| &report.findings);
        let mut lines = vec![self.found_later().to_owned()];
        lines.extend(
            all()
                .take(MOST)
                .map(|finding| self.headed(&self.finding(finding, several), &self.title(finding))),
        );
        if let more @ 1.. = all().count().saturating_sub(MOST) {
            lines.push(say!(self, "and {more} more", "另有 {more} 项"));
        }
        lines.join("\n")
    }

    /// What stands small below a headline: who asked, which incident, and who worded it where a model had a say.
    pub(crate) fn below(
        self,
        by: &ResponderId,
        incident: &IncidentId,
        stage: Status,
        summary: &Summary,
    ) -> String {
        let mut parts = vec![by.to_string(), self.placed(incident, stage)];
        parts.extend(self.worded_by(summary));
        parts.join(" · ")
    }

    /// Why a model gave nothing, by the word for it.
    fn model_trouble(self, word: &str) -> &str {
        match word {
            "settings" => self.say(
                "its settings are wrong; sickbay doctor",
                "配置有误，请运行 sickbay doctor",
            ),
            "resting" => self.say("failed several times, left alone", "多次失败，暂停使用"),
            "budget" => self.say("the budget is spent", "预算已用完"),
            "late" => self.say("too late", "超时"),
            "connect" => self.say("no connection", "无法连接"),
            "broken" => self.say("the connection broke", "连接中断"),
            "status" => self.say("refused", "被拒绝"),
            "too_long" => self.say("too long an answer", "回答过长"),
            "shape" | "schema" | "cut" => self.say("no usable answer", "回答无法使用"),
            "choice" => self.say("chose what was not offered", "选择了未提供的项"),
            other => other,
        }
    }
}

/// What of an account stands in a headline: what a model worded is worth two lines more.
pub(crate) fn first_lines(summary: &Summary) -> impl Iterator<Item = &str> {
    let most = if summary.source == Source::Model {
        4
    } else {
        2
    };
    summary.text.lines().take(most)
}

/// An amount in millionths, without zeros at its end.
fn money(millionths: u64) -> String {
    let (whole, part) = (millionths / 1_000_000, millionths % 1_000_000);
    let text = format!("{whole}.{part:06}");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}
