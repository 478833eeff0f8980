//! Who is at the terminal: the real uid decides, and `--as` only where the settings say so.

use incident::ResponderId;

use crate::settings::Settings;

/// Who acts, and how that was established.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The responder.
    pub(crate) id: ResponderId,
    /// What the journal records as the way: `terminal uid 1000`.
    pub(crate) via: String,
    /// The real uid.
    pub(crate) uid: u32,
}

/// Why somebody may not act under a name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotThem {
    #[error(transparent)]
    BadName(#[from] incident::id::BadId),
    #[error(
        "uid {uid} is not {name}; the settings map {name} to {mapped}. Leave --as out, or ask whoever keeps the settings"
    )]
    NotMapped {
        uid: u32,
        name: ResponderId,
        mapped: String,
    },
    #[error("there is nobody called {name} in the settings; name one of [people]")]
    Nobody { name: ResponderId },
}

/// The responder at this terminal.
pub(crate) fn at_terminal(settings: &Settings, as_name: Option<&str>) -> Result<Person, NotThem> {
    let uid = rustix::process::getuid().as_raw();
    identify(settings, as_name, uid)
}

fn identify(settings: &Settings, as_name: Option<&str>, uid: u32) -> Result<Person, NotThem> {
    let Some(name) = as_name else {
        let mapped = settings
            .people
            .iter()
            .find(|(_, person)| person.uids.contains(&uid));
        let id = match mapped {
            Some((id, _)) => id.clone(),
            None => ResponderId::new(account_name(uid).unwrap_or_else(|| format!("uid-{uid}")))?,
        };
        return Ok(Person {
            id,
            via: format!("terminal uid {uid}"),
            uid,
        });
    };
    let name = ResponderId::new(name)?;
    let person = settings.people.get(&name);
    if uid == 0 {
        // Root may act for anybody it names: it could change the settings anyway. The journal says that it was root.
        if person.is_none() && settings.file.is_some() {
            return Err(NotThem::Nobody { name });
        }
        return Ok(Person {
            via: format!("terminal uid 0 as {name}"),
            id: name,
            uid,
        });
    }
    match person {
        Some(person) if person.uids.contains(&uid) => Ok(Person {
            via: format!("terminal uid {uid}"),
            id: name,
            uid,
        }),
        Some(person) if person.uids.is_empty() => Err(NotThem::NotMapped {
            uid,
            name,
            mapped: "no uid".to_owned(),
        }),
        Some(person) => {
            let uids: Vec<String> = person.uids.iter().map(ToString::to_string).collect();
            Err(NotThem::NotMapped {
                uid,
                name,
                mapped: format!("uid {}", uids.join(", ")),
            })
        }
        None if settings.file.is_none() => Err(NotThem::NotMapped {
            uid,
            name,
            mapped: "nothing, since there is no settings file".to_owned(),
        }),
        None => Err(NotThem::Nobody { name }),
    }
}

/// The account's name in /etc/passwd; none where it has none there.
fn account_name(uid: u32) -> Option<String> {
    let text = std::fs::read_to_string("/etc/passwd").ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let this: u32 = fields.nth(1)?.parse().ok()?;
        (this == uid).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings {
            file: Some("x".into()),
            ..Settings::default()
        };
        let person = |uids: &[u32]| crate::settings::Person {
            slack: std::collections::BTreeSet::new(),
            discord: std::collections::BTreeSet::new(),
            locale: None,
            uids: uids.iter().copied().collect(),
        };
        settings
            .people
            .insert(ResponderId::new("ana").unwrap(), person(&[1000]));
        settings
            .people
            .insert(ResponderId::new("bo").unwrap(), person(&[]));
        settings
    }

    #[track_caller]
    fn check(as_name: Option<&str>, uid: u32, expected: &str) {
        let got = match identify(&settings(), as_name, uid) {
            Ok(person) => format!("{} by {}", person.id, person.via),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expected);
    }

    #[test]
    fn the_real_uid_decides() {
        check(None, 1000, "ana by terminal uid 1000");
        check(Some("ana"), 1000, "ana by terminal uid 1000");
        check(Some("bo"), 0, "bo by terminal uid 0 as bo");
        check(
            Some("eve"),
            0,
            "there is nobody called eve in the settings; name one of [people]",
        );
        check(
            Some("ana"),
            1001,
            "uid 1001 is not ana; the settings map ana to uid 1000. Leave --as out, or ask whoever keeps the settings",
        );
        check(
            Some("bo"),
            1000,
            "uid 1000 is not bo; the settings map bo to no uid. Leave --as out, or ask whoever keeps the settings",
        );
    }
}
