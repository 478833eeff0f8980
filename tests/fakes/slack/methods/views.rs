//! Modals and the home page: opened within three seconds of a click, once per click.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fakes::slack::Inner;
use crate::fakes::slack::api::{Answer, Args, Method, No, Token};
use crate::fakes::slack::blocks;
use crate::fakes::slack::judge::second_opinion;
use crate::fakes::slack::state::{OpenView, State};

const fn view(
    name: &'static str,
    args: &'static [&'static str],
    run: fn(&mut State, &Args, &Inner) -> Answer,
) -> Method {
    Method {
        name,
        token: Token::Bot,
        scope: "",
        args,
        form_only: false,
        run,
    }
}

pub(crate) const METHODS: &[Method] = &[
    view("views.open", &["trigger_id", "view"], |state, args, _| {
        let user = spend(state, args.need("trigger_id")?)?;
        let body = checked(args.json("view"), "modal")?;
        Ok(json!({"view": accept_view(state, &user, body)}))
    }),
    view("views.push", &["trigger_id", "view"], |state, args, _| {
        let user = spend(state, args.need("trigger_id")?)?;
        let body = checked(args.json("view"), "modal")?;
        Ok(json!({"view": accept_view(state, &user, body)}))
    }),
    view(
        "views.publish",
        &["user_id", "view", "hash"],
        |state, args, _| {
            let user = args.need("user_id")?.to_owned();
            state.people.get(&user).ok_or("user_not_found")?;
            let body = checked(args.json("view"), "home")?;
            state
                .views
                .retain(|_id, view| view.user != user || view.body["type"] != "home");
            Ok(json!({"view": accept_view(state, &user, body)}))
        },
    ),
    view(
        "views.update",
        &["view_id", "external_id", "view", "hash"],
        |state, args, _| {
            let (id, external) = (args.text("view_id"), args.text("external_id"));
            let kind = args.json("view")["type"].as_str().unwrap_or("").to_owned();
            let body = checked(args.json("view"), &kind)?;
            let hash = format!("{}.hash", state.number());
            let found = state
                .views
                .values_mut()
                .find(|v| v.id == id || (!external.is_empty() && v.body["external_id"] == external))
                .ok_or("not_found")?;
            if args.has("hash") && args.text("hash") != found.hash {
                return Err("hash_conflict".into());
            }
            found.body = body;
            found.hash = hash;
            Ok(json!({"view": found.json(Value::Null)}))
        },
    ),
];

fn checked(body: Value, kind: &str) -> Result<Value, No> {
    blocks::check_view(&body, kind)
        .and_then(|()| second_opinion(kind, &body))
        .map_err(|why| No::new("invalid_arguments", why))?;
    Ok(body)
}

/// Opens a checked view for a person.
pub(crate) fn accept_view(state: &mut State, user: &str, body: Value) -> Value {
    let view = OpenView {
        id: format!("V{:06}", state.number()),
        user: user.to_owned(),
        body,
        hash: format!("{}.hash", state.number()),
    };
    let json = view.json(Value::Null);
    state.views.insert(view.id.clone(), view);
    json
}

fn spend(state: &mut State, id: &str) -> Result<String, No> {
    let trigger = state.triggers.get_mut(id).ok_or("invalid_trigger_id")?;
    if trigger.used {
        return Err("exchanged_trigger_id".into());
    }
    if trigger.made.elapsed() > Duration::from_secs(3) {
        return Err("expired_trigger_id".into());
    }
    trigger.used = true;
    Ok(trigger.user.clone())
}
