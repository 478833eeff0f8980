//! `sickbay incident ack`, `resolve`, `summarise` and `postmortem`: what a person says of an incident as a whole, and what they are
//! told of it.

use std::io::Write as _;
use std::path::Path;

use chat::Locale;
use incident::account::Occasion;
use incident::notice::Notice;
use incident::status::Word;
use incident::{IncidentId, Refusal};

use crate::account::Gathered;
use crate::cli::Output;
use crate::commands::click;
use crate::exit::Exit;
use crate::journal::{self, JournalError};
use crate::world::{Usage, World};
use crate::{clerk, clock, json, screen};

/// Records what the person at this terminal says.
pub(super) async fn say(
    world: &World,
    id: &IncidentId,
    word: Word,
    output: &Output,
) -> anyhow::Result<Exit> {
    let by = (&world.who.id, world.who.via.as_str());
    let said = journal::attend(&world.store, id, &word, by, None, clock::now()).await;
    let incident = match said {
        Ok(incident) => incident,
        Err(JournalError::Refused(refusal)) => {
            return Ok(refused(id, &refusal, output, world.locale));
        }
        Err(error) => return Err(error.into()),
    };
    if output.json {
        screen::json(&serde_json::json!({
            "version": 1, "incident": id, "by": world.who.id, "status": incident.status().word(),
        }));
        return Ok(Exit::Fine);
    }
    let who = world.who.id.as_str();
    screen::line(&match &word {
        Word::OnIt => world.locale.is_on_it(who),
        Word::Over { reason } => world.locale.resolved_by(who, reason),
    });
    Ok(Exit::Fine)
}

/// Records that it is over.
pub(super) async fn resolve(
    world: &World,
    id: &IncidentId,
    note: &str,
    output: &Output,
) -> anyhow::Result<Exit> {
    match click::reason(world, note) {
        Ok(reason) => say(world, id, Word::Over { reason }, output).await,
        Err(refusal) => Ok(refused(id, &refusal, output, world.locale)),
    }
}

fn refused(id: &IncidentId, refusal: &Refusal, output: &Output, locale: Locale) -> Exit {
    if output.json {
        let why = Locale::English.refusal(refusal);
        let mut value = json::refused("", &why);
        if let Some(fields) = value.as_object_mut() {
            fields.remove("proposal");
            fields.insert("incident".to_owned(), id.to_string().into());
        }
        screen::json(&value);
    } else {
        let why = locale.refusal(refusal);
        screen::say(&Notice::Refused { why: &why }, false, locale);
    }
    Exit::Usage
}

/// Tells what happened so far, and below it what a model takes to matter most of it, where one may be asked.
pub(super) async fn summarise(
    world: &World,
    id: &IncidentId,
    asks: bool,
    output: &Output,
) -> anyhow::Result<Exit> {
    let mut told = Gathered::of(world, id).await?;
    if output.json {
        if asks && clerk::highlight(world, &told).await? {
            told = Gathered::of(world, id).await?;
        }
        let aids = told.aids(world, Locale::English);
        screen::json(&json::account(&told.account, &aids));
        return Ok(Exit::Fine);
    }
    tell(world, &told, Occasion::Asked);
    if asks && clerk::highlight(world, &told).await? {
        screen::line("");
        tell(world, &Gathered::of(world, id).await?, Occasion::Highlights);
    }
    Ok(Exit::Fine)
}

fn tell(world: &World, told: &Gathered, occasion: Occasion) {
    let notice = Notice::Account {
        account: &told.account,
        aids: &told.aids(world, world.locale),
        occasion,
        whole: "",
    };
    screen::say(&notice, false, world.locale);
}

/// Drafts the postmortem; into a file where one is named, which must not be there yet: somebody may have filled in its blanks.
pub(super) async fn postmortem(
    world: &World,
    id: &IncidentId,
    out: Option<&Path>,
    output: &Output,
) -> anyhow::Result<Exit> {
    let told = Gathered::of(world, id).await?;
    let text = told.postmortem(world, world.locale);
    let Some(path) = out else {
        if output.json {
            screen::json(&serde_json::json!({ "version": 1, "incident": id, "postmortem": text }));
        } else {
            screen::line(text.trim_end());
        }
        return Ok(Exit::Fine);
    };
    let written = std::fs::File::options()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        let shown = path.display();
        let why = if error.kind() == std::io::ErrorKind::AlreadyExists {
            format!("{shown} is there already; name another file, or take it away")
        } else {
            format!("{shown} cannot be written: {error}")
        };
        return Err(Usage(why).into());
    }
    if output.json {
        let path = path.display().to_string();
        screen::json(&serde_json::json!({ "version": 1, "incident": id, "file": path }));
    } else {
        screen::line(&world.locale.is_written(&path.display().to_string()));
    }
    Ok(Exit::Fine)
}
