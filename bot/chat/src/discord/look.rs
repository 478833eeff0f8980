//! What Discord says of the application, asked without opening a gateway.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serenity::all::{ApplicationId, GuildId, Http, LightMethod, Request, Route};

use super::{Options, called, client};
use crate::event::SendError;

/// The permissions that Sickbay needs in a server, by Discord's bits: those that README's invitation asks for.
pub const PERMISSIONS: [(u64, &str); 6] = [
    (1 << 10, "View Channels"),
    (1 << 11, "Send Messages"),
    (1 << 14, "Embed Links"),
    (1 << 15, "Attach Files"),
    (1 << 35, "Create Public Threads"),
    (1 << 38, "Send Messages in Threads"),
];
/// Whoever has it has all of them.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// The privileged intents, by the application's flags: for a verified application and for one that is not.
const INTENTS: [(u64, &str); 3] = [
    (1 << 12 | 1 << 13, "Presence"),
    (1 << 14 | 1 << 15, "Server Members"),
    (1 << 18 | 1 << 19, CONTENT),
];
/// The privileged intent by which a bot hears what people say, as the portal calls it.
pub const CONTENT: &str = "Message Content";
/// The commands that Sickbay registers.
pub const COMMANDS: [&str; 2] = ["diagnose", "sickbay"];
/// How many servers Discord lists at once.
const PAGE: usize = 200;

/// What Discord says.
#[derive(Debug)]
pub struct Looked {
    /// What we are there.
    pub application: Result<Application, SendError>,
    /// The servers that it was added to.
    pub servers: Result<Vec<Server>, SendError>,
    /// The names of the commands that are registered: by server, and under none those for all servers.
    pub commands: BTreeMap<Option<u64>, Result<BTreeSet<String>, SendError>>,
    /// What time it is there: the `Date` header of an answer.
    pub date: Option<String>,
}

/// An application of Discord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The privileged intents that are switched on; none where Discord does not say.
    pub intents: Option<Vec<&'static str>>,
    /// Whether interactions go to a web address, so that the gateway hears of none.
    pub elsewhere: bool,
}

/// A server that the application was added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What the bot may do there, as far as no channel says otherwise.
    pub permissions: u64,
}

#[derive(Deserialize)]
struct ApplicationSaid {
    id: ApplicationId,
    name: String,
    flags: Option<u64>,
    interactions_endpoint_url: Option<String>,
}

#[derive(Deserialize)]
struct ServerSaid {
    id: GuildId,
    name: String,
    permissions: String,
}

#[derive(Deserialize)]
struct CommandSaid {
    name: String,
}

/// Asks Discord.
pub async fn look(options: &Options) -> Looked {
    let http = client(options).build();
    let mut date = None;
    let told = ask(
        &http,
        Route::Oauth2ApplicationCurrent,
        Vec::new(),
        &mut date,
    )
    .await;
    let application = told.map(|told: ApplicationSaid| Application {
        id: told.id.get(),
        name: told.name,
        intents: told.flags.map(|flags| {
            let on = INTENTS.iter().filter(|(bits, _)| flags & bits != 0);
            on.map(|(_, name)| *name).collect()
        }),
        elsewhere: told
            .interactions_endpoint_url
            .is_some_and(|url| !url.is_empty()),
    });
    let mut commands = BTreeMap::new();
    if let Ok(application) = &application {
        let application_id = ApplicationId::new(application.id);
        http.set_application_id(application_id);
        let mut open = vec![None];
        open.extend(options.guilds.iter().map(|guild| Some(*guild)));
        for guild in open {
            let route = match guild {
                Some(guild) => Route::GuildCommands {
                    application_id,
                    guild_id: GuildId::new(guild),
                },
                None => Route::Commands { application_id },
            };
            let told = ask(&http, route, Vec::new(), &mut date).await;
            let told = told.map(|all: Vec<CommandSaid>| all.into_iter().map(|one| one.name));
            commands.insert(guild, told.map(Iterator::collect));
        }
    }
    let servers = match &application {
        Ok(_) => servers(&http, &mut date).await,
        // Once is enough to hear that the token is not taken.
        Err(error) => Err(again(error)),
    };
    Looked {
        application,
        servers,
        commands,
        date,
    }
}

/// All servers, however many.
async fn servers(http: &Http, date: &mut Option<String>) -> Result<Vec<Server>, SendError> {
    let mut all: Vec<Server> = Vec::new();
    loop {
        let mut params = vec![("limit", PAGE.to_string())];
        if let Some(last) = all.last() {
            params.push(("after", last.id.to_string()));
        }
        let page: Vec<ServerSaid> = ask(http, Route::UserMeGuilds, params, date).await?;
        let whole = page.len() < PAGE;
        all.extend(page.into_iter().map(|one| Server {
            id: one.id.get(),
            name: one.name,
            permissions: one.permissions.parse().unwrap_or(0),
        }));
        if whole {
            return Ok(all);
        }
    }
}

async fn ask<T: DeserializeOwned>(
    http: &Http,
    route: Route<'_>,
    params: Vec<(&'static str, String)>,
    date: &mut Option<String>,
) -> Result<T, SendError> {
    let mut request = Request::new(route, LightMethod::Get);
    if !params.is_empty() {
        request = request.params(Some(params));
    }
    let call = async {
        let response = http.request(request).await?;
        let said = response.headers().get("date");
        let said = said.and_then(|said| said.to_str().ok()).map(str::to_owned);
        Ok((said, response.bytes().await?))
    };
    let (said, body) = called(call).await?;
    *date = date.take().or(said);
    serde_json::from_slice(&body)
        .map_err(|_other| SendError::Trouble("its answer is not Discord's".to_owned()))
}

/// The same once more, for another question that was not even asked.
fn again(error: &SendError) -> SendError {
    match error {
        SendError::Limited(wait) => SendError::Limited(*wait),
        SendError::Refused(why) => SendError::Refused(why.clone()),
        SendError::Trouble(why) => SendError::Trouble(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::PERMISSIONS;

    #[test]
    fn the_invitation_asks_for_exactly_these_permissions() {
        let all: u64 = PERMISSIONS.iter().map(|(bit, _)| bit).sum();
        let readme = include_str!("../../../../README.md");
        assert!(
            readme.contains(&format!("permissions={all}`")),
            "README's invitation has another number than {all}"
        );
    }
}
