//! Messages: posted, changed, deleted, shown to one person; and reactions to them.

use serde_json::{Value, json};

use crate::fakes::slack::Inner;
use crate::fakes::slack::api::{Answer, Args, Method, No, Token, need_scope};
use crate::fakes::slack::blocks::{self, Surface};
use crate::fakes::slack::judge::second_opinion;
use crate::fakes::slack::message::Message;
use crate::fakes::slack::state::{BOT_USER, State, UploadedFile};

const fn write(
    name: &'static str,
    scope: &'static str,
    args: &'static [&'static str],
    run: fn(&mut State, &Args, &Inner) -> Answer,
) -> Method {
    Method {
        name,
        token: Token::Bot,
        scope,
        args,
        form_only: false,
        run,
    }
}

pub(crate) const METHODS: &[Method] = &[
    write(
        "chat.postMessage",
        "chat:write",
        &[
            "channel",
            "text",
            "blocks",
            "attachments",
            "thread_ts",
            "reply_broadcast",
            "unfurl_links",
            "unfurl_media",
            "mrkdwn",
            "metadata",
            "parse",
            "link_names",
            "username",
            "icon_emoji",
            "icon_url",
        ],
        post_message,
    ),
    write(
        "chat.postEphemeral",
        "chat:write",
        &[
            "channel",
            "user",
            "text",
            "blocks",
            "attachments",
            "thread_ts",
            "parse",
            "link_names",
            "username",
            "icon_emoji",
            "icon_url",
        ],
        post_ephemeral,
    ),
    write(
        "chat.update",
        "chat:write",
        &[
            "channel",
            "ts",
            "text",
            "blocks",
            "attachments",
            "parse",
            "link_names",
            "reply_broadcast",
            "metadata",
            "file_ids",
        ],
        update,
    ),
    write("chat.delete", "chat:write", &["channel", "ts"], delete),
    Method {
        form_only: true,
        ..write(
            "chat.getPermalink",
            "",
            &["channel", "message_ts"],
            |state, args, inner| {
                let (channel, ts) = (args.need("channel")?, args.need("message_ts")?);
                state.channels.get(channel).ok_or("channel_not_found")?;
                state.message(channel, ts).ok_or("message_not_found")?;
                let place = format!("{channel}/p{}", ts.replace('.', ""));
                let permalink = format!("{}/archives/{place}", inner.base());
                Ok(json!({"channel": channel, "permalink": permalink}))
            },
        )
    },
    write(
        "reactions.add",
        "reactions:write",
        &["channel", "name", "timestamp"],
        |state, args, _| {
            let (message, name) = reaction(state, args)?;
            let given = (name, BOT_USER.to_owned());
            if message.reactions.contains(&given) {
                return Err("already_reacted".into());
            }
            message.reactions.push(given);
            Ok(json!({}))
        },
    ),
    write(
        "reactions.remove",
        "reactions:write",
        &["channel", "name", "timestamp"],
        |state, args, _| {
            let (message, name) = reaction(state, args)?;
            let given = (name, BOT_USER.to_owned());
            if !message.reactions.contains(&given) {
                return Err("no_reaction".into());
            }
            message.reactions.retain(|reaction| *reaction != given);
            Ok(json!({}))
        },
    ),
];

/// What a message is made of, checked.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) metadata: Value,
}

impl Draft {
    /// Reads and checks the content; `longest` is the limit of the text.
    pub(crate) fn read(state: &mut State, args: &Args, longest: usize) -> Result<Self, No> {
        let mut draft = Self {
            text: args.text("text").to_owned(),
            blocks: args.list("blocks", "invalid_blocks_format")?,
            attachments: args.list("attachments", "invalid_attachments")?,
            metadata: args.json("metadata"),
        };
        if args.has("username") || args.has("icon_emoji") || args.has("icon_url") {
            need_scope(state, "chat:write.customize")?;
        }
        let length = draft.text.len();
        if length > longest {
            return Err(No::new("msg_too_long", format!("{length} > {longest}")));
        }
        if draft.attachments.len() > 100 {
            return Err("too_many_attachments".into());
        }
        blocks::check(&draft.blocks, Surface::Message)
            .map_err(|why| No::new("invalid_blocks", why))?;
        for attachment in &draft.attachments {
            blocks::check_attachment(attachment)
                .map_err(|why| No::new("invalid_attachments", why))?;
        }
        for block in &draft.blocks {
            if let Some(id) = block["slack_file"]["id"].as_str() {
                let file = state.files.get(id).and_then(|file| file.content.as_ref());
                file.ok_or_else(|| No::new("invalid_blocks", format!("invalid slack file {id}")))?;
            }
        }
        if !draft.blocks.is_empty() || !draft.attachments.is_empty() {
            let body = json!({"blocks": draft.blocks, "attachments": draft.attachments});
            second_opinion("message", &body).map_err(|why| No::new("invalid_blocks", why))?;
        }
        if !draft.metadata.is_null() {
            let object = draft.metadata["event_payload"].is_object();
            if !object || !draft.metadata["event_type"].is_string() {
                return Err("invalid_metadata_format".into());
            }
        }
        if draft.text.is_empty() && draft.blocks.is_empty() && draft.attachments.is_empty() {
            return Err("no_text".into());
        }
        if draft.text.is_empty() {
            let warning = "missing_text_in_message: a lock screen and a screen reader show nothing";
            state.warnings.push(warning.to_owned());
        }
        let attached = draft
            .attachments
            .iter_mut()
            .filter_map(|attachment| attachment["blocks"].as_array_mut())
            .flatten();
        for block in draft.blocks.iter_mut().chain(attached) {
            if block.get("block_id").is_none() {
                block["block_id"] = json!(format!("b{}", state.number()));
            }
        }
        Ok(draft)
    }
}

/// Puts a message of the bot into a channel. Checks were made before.
pub(crate) fn post(
    state: &mut State,
    channel: &str,
    thread: Option<String>,
    draft: Draft,
) -> Message {
    let message = Message {
        channel: channel.to_owned(),
        ts: state.next_ts(),
        thread,
        user: BOT_USER.to_owned(),
        by_bot: true,
        text: draft.text,
        blocks: draft.blocks,
        attachments: draft.attachments,
        metadata: draft.metadata,
        ..Message::default()
    };
    state.keep(&message);
    message
}

/// The thread to reply in: its parent must be there, and be a parent.
fn thread(state: &State, channel: &str, args: &Args) -> Result<Option<String>, No> {
    let ts = args.text("thread_ts");
    if ts.is_empty() {
        return Ok(None);
    }
    let parent = state.message(channel, ts).ok_or("thread_not_found")?;
    if parent.thread.is_some() {
        let detail = "thread_ts names a reply; name its parent";
        return Err(No::new("cannot_reply_to_message", detail));
    }
    Ok(Some(ts.to_owned()))
}

/// The channel that is meant: a person's id means the direct messages with them.
fn place(state: &mut State, args: &Args) -> Result<String, No> {
    let channel = args.need("channel")?.to_owned();
    if state.people.contains_key(&channel) {
        need_scope(state, "im:write")?;
        return Ok(state.direct(&channel));
    }
    state.writable(&channel)?;
    Ok(channel)
}

fn post_message(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let channel = place(state, args)?;
    let draft = Draft::read(state, args, 40_000)?;
    let thread = thread(state, &channel, args)?;
    if args.flag("reply_broadcast") && thread.is_none() {
        return Err(No::new(
            "invalid_arguments",
            "reply_broadcast without thread_ts",
        ));
    }
    let mut message = post(state, &channel, thread, draft);
    message.broadcast = args.flag("reply_broadcast");
    state.keep(&message);
    state.echo(&message, "");
    Ok(json!({"channel": channel, "ts": message.ts, "message": state.shown(&message)}))
}

fn post_ephemeral(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let channel = args.need("channel")?.to_owned();
    let user = args.need("user")?.to_owned();
    let members = state.writable(&channel)?.members.clone();
    if !members.contains(&user) {
        return Err("user_not_in_channel".into());
    }
    let draft = Draft::read(state, args, 40_000)?;
    let thread = thread(state, &channel, args)?;
    let mut message = post(state, &channel, thread, draft);
    message.only_for = Some(user);
    state.keep(&message);
    Ok(json!({"message_ts": message.ts}))
}

/// The bot's own message, which it may change.
fn own(state: &State, args: &Args, refused: &str) -> Result<Message, No> {
    let (channel, ts) = (args.need("channel")?, args.need("ts")?);
    let found = state.channels.get(channel).ok_or("channel_not_found")?;
    if found.archived {
        return Err("is_archived".into());
    }
    let message = state.message(channel, ts).ok_or("message_not_found")?;
    if message.only_for.is_some() {
        let detail = "a message for one person is changed through its response_url";
        return Err(No::new("message_not_found", detail));
    }
    if !message.by_bot {
        return Err(refused.into());
    }
    Ok(message.clone())
}

fn update(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let mut message = own(state, args, "cant_update_message")?;
    let draft = Draft::read(state, args, 4_000)?;
    message.change(draft, args);
    state.keep(&message);
    state.echo(&message, "message_changed");
    Ok(json!({
        "channel": message.channel, "ts": message.ts, "text": message.text,
        "message": state.shown(&message),
    }))
}

fn delete(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let message = own(state, args, "cant_delete_message")?;
    state.echo(&message, "message_deleted");
    state.forget(&message);
    Ok(json!({"channel": message.channel, "ts": message.ts}))
}

fn reaction<'a>(state: &'a mut State, args: &Args) -> Result<(&'a mut Message, String), No> {
    let name = args.need("name")?.to_owned();
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-".contains(c);
    if !name.chars().all(known) {
        return Err(No::new("invalid_name", name));
    }
    let place = (
        args.need("channel")?.to_owned(),
        args.need("timestamp")?.to_owned(),
    );
    state.channels.get(&place.0).ok_or("channel_not_found")?;
    let message = state.messages.get_mut(&place).ok_or("message_not_found")?;
    Ok((message, name))
}

impl Message {
    /// Takes what was given; what was not given stays, except that blocks go when only a text comes.
    pub(crate) fn change(&mut self, draft: Draft, args: &Args) {
        if args.has("text") || args.has("blocks") {
            self.text = draft.text;
            self.blocks = draft.blocks;
        }
        if args.has("attachments") {
            self.attachments = draft.attachments;
        }
        if args.has("metadata") {
            self.metadata = draft.metadata;
        }
        self.edits += 1;
    }
}

impl State {
    /// Stores a message under its place.
    pub(crate) fn keep(&mut self, message: &Message) {
        let place = (message.channel.clone(), message.ts.clone());
        self.messages.insert(place, message.clone());
    }

    /// Deletes a message.
    pub(crate) fn forget(&mut self, message: &Message) {
        let place = (message.channel.clone(), message.ts.clone());
        self.messages.remove(&place);
    }

    /// Tells the bot of a message, its own included, as Slack does wherever the bot hears what is said.
    pub(crate) fn echo(&mut self, message: &Message, subtype: &str) {
        let channel = self.channels.get(&message.channel);
        let Some(channel) = channel.filter(|channel| channel.heard(self)) else {
            return;
        };
        let mut event = json!({
            "type": "message", "channel": message.channel, "channel_type": channel.kind.word(),
            "ts": message.ts, "event_ts": message.ts,
        });
        let shown = self.shown(message);
        if subtype.is_empty() {
            for (name, value) in shown.as_object().into_iter().flatten() {
                event[name] = value.clone();
            }
        } else {
            event["ts"] = json!(self.next_ts());
            event["subtype"] = json!(subtype);
            event["hidden"] = json!(true);
            if subtype == "message_deleted" {
                event["deleted_ts"] = json!(message.ts);
                event["previous_message"] = shown;
            } else {
                event["message"] = shown;
            }
        }
        self.echoes.push(event);
    }

    /// A message as the platform returns it.
    pub(crate) fn shown(&self, message: &Message) -> Value {
        let files: Vec<UploadedFile> = message
            .files
            .iter()
            .filter_map(|id| self.files.get(id).cloned())
            .collect();
        let replies = match message.thread {
            Some(_) => 0,
            None => self.in_thread(&message.channel, &message.ts).count() - 1,
        };
        message.json(&files, replies)
    }
}
