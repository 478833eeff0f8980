//! What comes over the gateway, as events. Each interaction is answered before it is handed on, since Discord waits three
//! seconds; what it asks for is done after that.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::{
    ChannelType, CommandInteraction, ComponentInteraction, GuildId, Http, Interaction,
    InteractionId, ModalInteraction, PartialChannel, RoleId,
};
use tokio::sync::mpsc;

use super::gateway::{Gateway, register};
use super::overhear::Overhearing;
use super::sure::{self, NOT_NOW, SURE};
use super::{
    Discord, DiscordError, FOR_ONE, Options, Typing, called, commands, form, introduce, response,
};
use crate::Locale;
use crate::again;
use crate::event::{Button, ChatEvent, Platform, SendError, What};
use crate::seen::Seen;

/// How long Discord waits for a first answer.
const IN_TIME: Duration = Duration::from_secs(3);

/// How often Discord is asked whether it still takes us, where no gateway shows it.
const ASK: Duration = Duration::from_secs(60);

/// What keeps us heard: an open gateway, or that Discord takes us where it brings what people do over HTTP. Dropping it ends that.
#[derive(Debug)]
pub struct Socket {
    greeted: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Socket {
    /// Whether the gateway is open and Discord has greeted us on it; without a gateway, whether it took us when it was asked last.
    #[must_use]
    pub fn greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What answers interactions and hands them on.
pub(super) struct Ears {
    options: Arc<Options>,
    quick: Arc<Http>,
    promised: Arc<Mutex<BTreeSet<String>>>,
    to: mpsc::UnboundedSender<ChatEvent>,
    seen: Seen,
}

impl Discord {
    /// Asks Discord who we are there, again and again while it is away; then registers the commands, opens the gateway and
    /// keeps it open, where there is one. What people do goes to `to`, whichever way it comes.
    ///
    /// # Errors
    /// [`DiscordError`] where the token is not taken.
    pub async fn arrive(
        &self,
        to: mpsc::UnboundedSender<ChatEvent>,
    ) -> Result<Socket, DiscordError> {
        let known = again::known(Platform::Discord, || introduce(&self.http)).await;
        known.map_err(DiscordError::Token)?;
        Ok(self.listen(to))
    }

    fn listen(&self, to: mpsc::UnboundedSender<ChatEvent>) -> Socket {
        let ears = Arc::clone(self.ears.get_or_init(|| {
            Arc::new(Ears {
                options: Arc::clone(&self.options),
                quick: Arc::clone(&self.quick),
                promised: Arc::clone(&self.promised),
                to,
                seen: Seen::default(),
            })
        }));
        let registering = register(Arc::clone(&self.options), Arc::clone(&self.http));
        let mut tasks = vec![tokio::spawn(registering)];
        // What people say comes over the gateway alone, wherever Discord brings what they do.
        if self.options.public_key.is_some() && !self.options.hear_threads {
            let greeted = Arc::new(AtomicBool::new(true));
            let asking = keep_asking(Arc::clone(&self.http), Arc::clone(&greeted));
            tasks.push(tokio::spawn(asking));
            return Socket { greeted, tasks };
        }
        let overheard = self.options.hear_threads.then(|| {
            let (overheard, told) = mpsc::unbounded_channel();
            let overhearing = Overhearing {
                http: Arc::clone(&self.http),
                guilds: self.options.guilds.clone(),
                to: ears.to.clone(),
            };
            tasks.push(tokio::spawn(overhearing.listen(told)));
            overheard
        });
        let (heard, mut interactions) = mpsc::unbounded_channel();
        let greeted = Arc::new(AtomicBool::new(false));
        let answering = tokio::spawn(async move {
            while let Some(interaction) = interactions.recv().await {
                let ears = Arc::clone(&ears);
                tokio::spawn(async move { ears.answer(interaction).await });
            }
        });
        let gateway = Gateway {
            options: Arc::clone(&self.options),
            http: Arc::clone(&self.http),
            greeted: Arc::clone(&greeted),
            heard,
            overheard,
            deaf: Arc::default(),
        };
        tasks.extend([answering, tokio::spawn(gateway.keep_open())]);
        Socket { greeted, tasks }
    }
}

/// Asks Discord now and then whether it takes us.
async fn keep_asking(http: Arc<Http>, greeted: Arc<AtomicBool>) {
    loop {
        tokio::time::sleep(ASK).await;
        let taken = introduce(&http).await;
        if let Err(error) = &taken {
            tracing::warn!(%error, "Discord does not take us now");
        }
        greeted.store(taken.is_ok(), Ordering::Relaxed);
    }
}

/// Where something was done: the conversation, and the message that its thread hangs on.
struct Place {
    place: String,
    thread: Option<String>,
}

/// Why nothing is done somewhere.
#[derive(Debug, Clone, Copy)]
enum Elsewhere {
    /// No thread can begin there.
    NoServer,
    /// The settings do not name that server.
    OtherServer(u64),
}

/// What all interactions tell: which one it is, where it was done, and who did it.
struct Deed<'a> {
    id: InteractionId,
    token: &'a str,
    guild: Option<GuildId>,
    channel: u64,
    about: Option<&'a PartialChannel>,
    user: u64,
    /// The language of their client.
    client: &'a str,
    roles: Option<BTreeSet<u64>>,
}

/// Each kind of interaction has these by the same names, and the library no word for that.
macro_rules! deed {
    ($interaction:expr) => {
        Deed {
            id: $interaction.id,
            token: &$interaction.token,
            guild: $interaction.guild_id,
            channel: $interaction.channel_id.get(),
            about: $interaction.channel.as_ref(),
            user: $interaction.user.id.get(),
            client: &$interaction.locale,
            roles: $interaction
                .member
                .as_ref()
                .map(|member| roles(&member.roles)),
        }
    };
}

fn roles(roles: &[RoleId]) -> BTreeSet<u64> {
    roles.iter().map(|role| role.get()).collect()
}

impl Ears {
    /// Whether somebody takes what people do.
    pub(super) fn listen(&self) -> bool {
        !self.to.is_closed()
    }

    /// Answers what somebody did, once, and hands it on.
    pub(super) async fn answer(&self, interaction: Interaction) {
        // What nobody hears is not answered as if it had arrived.
        if !self.listen() || !self.seen.first(&key(interaction.id())) {
            return;
        }
        match interaction {
            Interaction::Command(command) => self.command(command).await,
            Interaction::Autocomplete(typing) => self.complete(&typing).await,
            Interaction::Component(pressed) => self.pressed(pressed).await,
            Interaction::Modal(filled) => self.filled(filled).await,
            Interaction::Ping(_) | _ => {}
        }
    }

    async fn respond(&self, deed: &Deed<'_>, body: &Value) -> Result<(), SendError> {
        let call = self
            .quick
            .create_interaction_response(deed.id, deed.token, body, Vec::new());
        // What comes later helps nobody, and what was asked for is not kept waiting.
        let done = tokio::time::timeout(IN_TIME, called(call)).await;
        let done =
            done.unwrap_or_else(|_late| Err(SendError::Trouble("no answer in time".to_owned())));
        if let Err(error) = &done {
            tracing::warn!(%error, "Discord did not get its answer in time");
        }
        done
    }

    /// The language in which whoever did this is answered there.
    fn locale(&self, deed: &Deed<'_>, place: &str) -> Locale {
        let languages = &self.options.languages;
        let (user, client) = (deed.user.to_string(), Locale::of(deed.client));
        languages.of_person(Platform::Discord, &user, client, place)
    }

    /// Where this is, or why nothing is done there.
    fn place(&self, deed: &Deed<'_>) -> Result<Place, Elsewhere> {
        let Some(guild) = deed.guild.map(GuildId::get) else {
            return Err(Elsewhere::NoServer);
        };
        if !self.options.guilds.is_empty() && !self.options.guilds.contains(&guild) {
            return Err(Elsewhere::OtherServer(guild));
        }
        // Only a thread has a channel that it hangs in; for a channel it is the category.
        let threads = [
            ChannelType::PublicThread,
            ChannelType::PrivateThread,
            ChannelType::NewsThread,
        ];
        let inside = deed
            .about
            .filter(|about| threads.contains(&about.kind))
            .and_then(|about| about.parent_id);
        let channel = deed.channel;
        Ok(match inside {
            // A thread that began with a message has the message's number.
            Some(parent) => Place {
                place: format!("discord:{guild}:{parent}"),
                thread: Some(format!("discord:{guild}:{parent}:{channel}")),
            },
            None => Place {
                place: format!("discord:{guild}:{channel}"),
                thread: None,
            },
        })
    }

    /// Where this is; where nothing is done there, the person is told why.
    async fn placed(&self, deed: &Deed<'_>) -> Option<Place> {
        let why = match self.place(deed) {
            Ok(place) => return Some(place),
            Err(why) => why,
        };
        let locale = self.locale(deed, "");
        let why = match why {
            Elsewhere::NoServer => locale.no_server().to_owned(),
            Elsewhere::OtherServer(guild) => locale.other_server(guild),
        };
        let said = json!({
            "content": why, "allowed_mentions": { "parse": [] }, "flags": FOR_ONE,
        });
        let _told = self.respond(deed, &response(4, &said)).await;
        None
    }

    fn hand_on(&self, deed: Deed<'_>, place: Place, what: What) {
        let event = ChatEvent {
            key: key(deed.id),
            platform: Platform::Discord,
            user: deed.user.to_string(),
            place: place.place,
            thread: place.thread,
            locale: Locale::of(deed.client),
            roles: deed.roles,
            reply: Some(deed.token.to_owned()),
            // Where a form follows, it was the answer.
            form: None,
            what,
        };
        if self.to.send(event).is_err() {
            tracing::warn!("nobody listens to Discord any more");
        }
    }

    async fn command(&self, command: CommandInteraction) {
        let text = commands::text(&command.data.name, &command.data.options);
        let deed = deed!(command);
        let Some(place) = self.placed(&deed).await else {
            return;
        };
        // What was promised is kept or taken back by whoever handles the command.
        let promise = response(5, &json!({ "flags": FOR_ONE }));
        let told = self.respond(&deed, &promise).await;
        if told.is_ok()
            && let Ok(mut promised) = self.promised.lock()
        {
            promised.insert(key(deed.id));
        }
        self.hand_on(deed, place, What::Asked { text });
    }

    /// Offers hosts to those who may name them here; the names of hosts are nobody else's business.
    async fn complete(&self, typing: &CommandInteraction) {
        let deed = deed!(typing);
        let user = deed.user.to_string();
        let hosts = self.place(&deed).map_or_else(
            |_nowhere| Vec::new(),
            |place| {
                self.options.offers.to(Typing {
                    user: &user,
                    place: &place.place,
                    roles: deed.roles.as_ref(),
                })
            },
        );
        let typed = commands::typing(&typing.data.options);
        let hosts = hosts.iter().map(String::as_str);
        let choices = typed.map_or_else(Vec::new, |typed| commands::choices(typed, hosts));
        let choices: Vec<Value> = choices
            .iter()
            .map(|choice| json!({ "name": choice, "value": choice }))
            .collect();
        let body = response(8, &json!({ "choices": choices }));
        let _told = self.respond(&deed, &body).await;
    }

    async fn pressed(&self, pressed: ComponentInteraction) {
        let deed = deed!(pressed);
        let Some(place) = self.placed(&deed).await else {
            return;
        };
        let locale = self.locale(&deed, &place.place);
        let custom = pressed.data.custom_id.as_str();
        if custom == NOT_NOW {
            let said = sure::answered(locale.nothing_done());
            let _told = self.respond(&deed, &response(7, &said)).await;
            return;
        }
        let (meant, named) = match custom.strip_prefix(SURE) {
            Some(named) => (true, named),
            None => (false, custom),
        };
        let (word, about) = named.split_once(':').unwrap_or((named, ""));
        let Some(button) = Button::of(word) else {
            let _told = self.respond(&deed, &json!({ "type": 6 })).await;
            return;
        };
        let known = self.options.people.contains(&deed.user.to_string());
        if sure::is_asked(button) && !meant && known {
            let embeds = pressed.message.embeds.iter();
            let titles: Vec<&str> = embeds.filter_map(|embed| embed.title.as_deref()).collect();
            let ask = sure::sure(button, about, &pressed.message.content, &titles, locale);
            let _told = self.respond(&deed, &response(4, &ask)).await;
            return;
        }
        // A form is an answer too.
        let asks_why = button == Button::Reject && known;
        let answer = if asks_why {
            response(9, &form::reject(about, locale))
        } else if meant {
            response(7, &sure::answered(locale.said_yes()))
        } else {
            json!({ "type": 6 })
        };
        let told = self.respond(&deed, &answer).await;
        if told.is_ok() && asks_why {
            return;
        }
        // Whether Discord got its answer or not: a yes is never lost, and no more is a no.
        let what = What::Pressed {
            button,
            about: about.to_owned(),
            words: None,
        };
        self.hand_on(deed, place, what);
    }

    /// Somebody filled in the form that a press had put before them.
    async fn filled(&self, filled: ModalInteraction) {
        let deed = deed!(filled);
        let Some(place) = self.placed(&deed).await else {
            return;
        };
        let _told = self.respond(&deed, &json!({ "type": 6 })).await;
        if let Some(what) = form::filled(&filled.data) {
            self.hand_on(deed, place, what);
        }
    }
}

/// What makes an interaction the same when it is delivered again.
fn key(id: InteractionId) -> String {
    format!("discord:interaction:{id}")
}
