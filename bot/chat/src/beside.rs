//! What stands beside a message: pictures, and what does not fit into it, whole.

use incident::report::HostReport;
use incident::{Finding, HostName, HostStatus, IncidentId, Proposal, Vitals};

use crate::Locale;
use crate::event::Button;
use crate::picture::{self, Picture, Shade};
use crate::text;

/// The most hosts of which pictures are shown in a thread, those first that came first.
const PICTURED: usize = 3;

/// A file beside a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// A picture in words, for those who do not see it; empty for a text.
    pub alt: String,
}

impl File {
    pub(crate) fn text(name: String, text: String) -> Self {
        Self {
            name,
            bytes: text.into_bytes(),
            alt: String::new(),
        }
    }

    fn picture(name: String, picture: Picture) -> Self {
        Self {
            name,
            bytes: picture.png,
            alt: picture.alt,
        }
    }

    /// What is in it, in words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.alt.is_empty() {
            String::from_utf8_lossy(&self.bytes).into_owned()
        } else {
            self.alt.clone()
        }
    }

    /// What it is, as platforms call it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let page = std::path::Path::new(&self.name)
            .extension()
            .is_some_and(|end| end == "html");
        match (self.alt.is_empty(), page) {
            (true, true) => "text/html",
            (true, false) => "text/plain",
            (false, _) => "image/png",
        }
    }
}

/// What tells files apart, for the hash of a message.
pub(crate) fn digests(files: &[File]) -> Vec<String> {
    files
        .iter()
        .map(|file| {
            let value = serde_json::json!([file.name, file.bytes]);
            incident::digest::of("sickbay file 1", &value)
        })
        .collect()
}

/// All that happened in an incident, line by line.
pub(crate) fn timeline(incident: &str, lines: &str) -> File {
    File::text(
        format!("timeline-{incident}.txt"),
        format!("{}\n", lines.trim_end()),
    )
}

/// The buttons below what was found: nothing where there is nothing to ask about.
pub(crate) fn buttons(reports: &[HostReport], told: &[&Finding]) -> Vec<Button> {
    let well = reports
        .iter()
        .all(|report| report.status == HostStatus::Healthy);
    let evidence = (!told.is_empty()).then_some(Button::Evidence);
    let account = (!well).then_some(Button::Account);
    evidence.into_iter().chain(account).collect()
}

/// All findings, below the account of them.
pub(crate) fn findings(
    incident: &IncidentId,
    all: &[&Finding],
    account: &str,
    several: bool,
    locale: Locale,
) -> File {
    let lines: Vec<String> = all
        .iter()
        .map(|one| {
            let head = locale.finding(one, several);
            let mut lines = vec![locale.headed(&head, &locale.title(one))];
            lines.extend(one.detail.lines().map(|line| format!("  {line}")));
            lines.extend(locale.explains(one).map(|line| format!("  {line}")));
            lines.join("\n")
        })
        .collect();
    let text = format!("{account}\n\n{}\n", lines.join("\n"));
    File::text(format!("findings-{incident}.txt"), text)
}

/// All that a fix does, and how it went where that is known.
pub(crate) fn fix(proposal: &Proposal, output: &str, locale: Locale) -> File {
    let parts = [
        locale.steps(proposal),
        text::exact(&proposal.diff),
        text::shown(output),
    ];
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.trim_end())
        .filter(|part| !part.is_empty())
        .collect();
    File::text(format!("{}.txt", proposal.id), parts.join("\n\n"))
}

/// The pictures of these hosts; what cannot be drawn is left out, since the cards say the same in words.
pub(crate) fn pictures(
    vitals: &[(HostName, Vitals)],
    reports: &[HostReport],
    shade: Shade,
    locale: Locale,
) -> Vec<File> {
    let mut files = Vec::new();
    for (host, vitals) in vitals.iter().take(PICTURED) {
        let found = reports.iter().find(|report| report.host == *host);
        let findings = found.map_or(&[][..], |report| &report.findings);
        let drawn = [
            (
                "vitals",
                picture::vitals(vitals, host, shade, locale).map(Some),
            ),
            ("causes", picture::causes(findings, shade, locale)),
            ("needs", picture::needs(&vitals.needs, shade, locale)),
        ];
        for (what, drawn) in drawn {
            match drawn {
                Ok(Some(picture)) => {
                    files.push(File::picture(format!("{what}-{host}.png"), picture));
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, host.name = %host, "a picture is missing"),
            }
        }
    }
    files
}
