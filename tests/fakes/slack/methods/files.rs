//! Files, the way that is left: ask for an address, upload, complete.

use serde_json::{Value, json};

use super::chat::{Draft, post};
use crate::fakes::door::Said;
use crate::fakes::slack::Inner;
use crate::fakes::slack::api::{Answer, Args, Method, No, Token};
use crate::fakes::slack::state::{State, UploadedFile};

pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "files.getUploadURLExternal",
        token: Token::Bot,
        scope: "files:write",
        args: &["filename", "length", "alt_txt", "snippet_type"],
        form_only: true,
        run: address,
    },
    Method {
        name: "files.completeUploadExternal",
        token: Token::Bot,
        scope: "files:write",
        args: &[
            "files",
            "channel_id",
            "channels",
            "thread_ts",
            "initial_comment",
            "blocks",
        ],
        form_only: false,
        run: complete,
    },
];

fn address(state: &mut State, args: &Args, inner: &Inner) -> Answer {
    let name = args.need("filename")?.to_owned();
    let length = args.number("length").ok_or("invalid_arguments")?;
    if length == 0 {
        return Err(No::new("invalid_arguments", "a file of no length"));
    }
    let id = format!("F{:010}", state.number());
    let upload_url = format!("{}/upload/{id}", inner.base());
    let file = UploadedFile {
        id: id.clone(),
        title: name.clone(),
        name,
        length,
        content: None,
        shared: Vec::new(),
        alt_text: args.text("alt_txt").to_owned(),
    };
    state.files.insert(id.clone(), file);
    Ok(json!({"upload_url": upload_url, "file_id": id}))
}

/// Takes the bytes of a file.
pub(crate) fn upload(state: &mut State, id: &str, bytes: &[u8]) -> Said {
    let announced = state.files.get(id).map(|file| file.length);
    if announced != Some(bytes.len()) {
        let detail = format!("{} bytes, announced were {announced:?}", bytes.len());
        state.refuse("upload", "upload_failed", &detail, id);
        return Said::body(400, "text/plain", detail);
    }
    if let Some(file) = state.files.get_mut(id) {
        file.content = Some(bytes.to_vec());
    }
    Said::body(200, "text/plain", format!("OK - {}", bytes.len()))
}

fn complete(state: &mut State, args: &Args, _inner: &Inner) -> Answer {
    let files = args.list("files", "invalid_arguments")?;
    if files.is_empty() {
        return Err(No::new("invalid_arguments", "no files"));
    }
    let mut ids = Vec::new();
    for file in &files {
        let id = file["id"].as_str().unwrap_or("").to_owned();
        let found = state.files.get_mut(&id).ok_or("file_not_found")?;
        if found.content.is_none() {
            return Err(No::new("file_not_found", format!("{id} was not uploaded")));
        }
        if let Some(title) = file["title"].as_str() {
            found.title = title.to_owned();
        }
        ids.push(id);
    }
    let mut channels = args.names("channels");
    channels.extend(args.names("channel_id"));
    for channel in &channels {
        state.writable(channel).map_err(|_code| {
            No::new("channel_not_found", "the bot may not write in this channel")
        })?;
        let comment = Args(
            [("text", "initial_comment"), ("blocks", "blocks")]
                .into_iter()
                .filter_map(|(to, from)| Some((to.to_owned(), args.0.get(from)?.clone())))
                .collect(),
        );
        let draft = match comment.0.is_empty() {
            true => Draft::default(),
            false => Draft::read(state, &comment, 40_000)?,
        };
        let thread = Some(args.text("thread_ts").to_owned()).filter(|ts| !ts.is_empty());
        if let Some(ts) = &thread {
            state.message(channel, ts).ok_or("thread_not_found")?;
        }
        let mut message = post(state, channel, thread, draft);
        message.files.clone_from(&ids);
        state.keep(&message);
    }
    let mut shown: Vec<Value> = Vec::new();
    for id in &ids {
        if let Some(file) = state.files.get_mut(id) {
            file.shared.extend(channels.iter().cloned());
            shown.push(file.json());
        }
    }
    Ok(json!({"files": shown}))
}
