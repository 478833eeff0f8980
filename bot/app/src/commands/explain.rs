//! `sickbay explain CODE`: what a code means, how it is found, what can cause it, what is usually done.

use incident::Code;
use probes::catalogue;

use crate::cli::{Explain, Global};
use crate::exit::Exit;
use crate::screen;
use crate::world::{self, Usage};

/// Runs the command.
pub(crate) fn run(global: &Global, asked: &Explain) -> anyhow::Result<Exit> {
    let Some(text) = &asked.code else {
        for entry in catalogue::entries() {
            screen::line(&format!("{:<28} {}", entry.code, entry.title));
        }
        return Ok(Exit::Fine);
    };
    let code = Code::new(text).map_err(|bad| Usage(bad.to_string()))?;
    let Some(entry) = catalogue::explain(code.as_str()) else {
        let near = incident::command::nearest(text, catalogue::entries().map(|entry| entry.code));
        let next = near.map_or_else(
            || "`sickbay explain` lists all codes".to_owned(),
            |near| format!("did you mean `{near}`? `sickbay explain` lists all codes"),
        );
        return Err(Usage(format!("there is no finding code {text:?}; {next}")).into());
    };
    let settings = world::settings(global)?;
    let library = world::knowledge(global, &settings)?.library;
    screen::line(&format!(
        "{} — {} ({})\n",
        entry.code,
        entry.title,
        chat::words::severity(entry.severity)
    ));
    screen::line(entry.meaning);
    screen::line(&format!("\nHow it is found: {}", entry.detected));
    screen::line(&format!("\nWhat can cause it: {}", entry.causes));
    screen::line(&format!("\nWhat is usually done: {}", entry.usual));
    let pages: Vec<_> = library
        .iter()
        .filter(|page| {
            page.matching
                .findings
                .iter()
                .any(|pattern| pattern.to_string() == entry.code)
        })
        .collect();
    if !pages.is_empty() {
        screen::line("\nRunbooks:");
    }
    for page in pages {
        screen::line(&format!("  {:<28} {}", page.id.as_str(), page.title.en));
    }
    Ok(Exit::Fine)
}
