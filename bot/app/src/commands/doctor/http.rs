//! The door for machines: whether the Sickbay that serves answers there.

use crate::commands::health;
use crate::settings::Http;

use super::report::Area;

/// Asks there. The place is not tried out: for that moment nobody else could have it.
pub(super) async fn look(http: &Http, area: &mut Area<'_>) {
    let listen = http.listen;
    match health::asked(listen, "/readyz").await {
        Ok((200, _)) => area.fine(
            "answers",
            format!("{listen}: a Sickbay serves, and is ready"),
        ),
        Ok((503, body)) => area.note(
            "answers",
            format!("{listen}: a Sickbay serves, and is not ready"),
            health::in_words(false, &serde_json::from_str(&body).unwrap_or_default())
                .replace('\n', "; "),
        ),
        Ok((status, _)) => area.wrong(
            "answers",
            format!("{listen}: something else answers there, with {status}"),
            "give one of the two another port",
        ),
        Err(why) => area.note(
            "answers",
            format!("{listen}: nobody answers there: {why}"),
            "where `sickbay serve` runs, its log says why; nothing is wrong where it does not",
        ),
    }
    if !listen.ip().is_loopback() {
        area.note(
            "reach",
            format!("{listen} can be reached from elsewhere, without TLS"),
            "a proxy with a certificate has to stand before it, or let it listen on 127.0.0.1",
        );
    }
}
