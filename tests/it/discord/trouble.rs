//! What goes wrong on the way: answers that get lost, a gateway that is gone, a channel that may not be written to, a card that
//! was pressed too late.

use std::time::Duration;

use tests::fakes::Trouble;
use tests::fakes::discord::{Discord, End, Interaction, Message, State};

use super::{guild, press, ready, said, settings, socket_gone, start};
use crate::bot::{BREAK_SHOP, Bot, LONG, PEOPLE, SHOP};
use crate::lab::Host;

/// The incidents that were begun, by their first messages.
fn roots(discord: &Discord) -> usize {
    let begun = |message: &&Message| message.channel == "21" && message.only_for.is_none();
    discord.look(|state| state.said().filter(begun).count())
}

/// Waits until a message says this.
async fn says(discord: &Discord, message: &Message, words: &str) -> Message {
    let found = |state: &State| {
        let message = state.messages[&message.id].clone();
        message.says(words).then_some(message)
    };
    discord.wait_up_to(LONG, words, found).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn what_is_lost_is_made_up_for_and_nothing_is_done_twice() {
    let host = Host::up("it-discord-lost", "systemd");
    host.must("prepare", BREAK_SHOP);
    let discord = guild().await;
    let bot = start(host.state.path(), &discord, PEOPLE);
    ready(&discord).await;

    // The first message arrives and nobody says so, and the command is told twice: it is one incident with one thread.
    discord.trouble("POST /channels/21/messages", Trouble::AnswerLost, 1);
    let asked = discord
        .slash("11", "21", "diagnose", &[("host", "it-discord-lost")])
        .await;
    discord.redeliver(&asked);
    let card = said(&discord, &["set mode 0755", "ada may approve"]).await;
    assert_eq!(roots(&discord), 1);

    // The gateway breaks; what was pressed meanwhile is told when it is back. The card may be changed only later.
    discord.flap(2);
    discord
        .wait_for("the end of the flapping", |state| {
            (state.flaps == 0 && state.sockets == 1).then_some(())
        })
        .await;
    discord.trouble("PATCH /channels/", Trouble::RateLimited(1), 2);
    press(&discord, "11", &card, "Approve").await;
    // Fifteen minutes go by: the thread needs no token of an interaction.
    discord.expire_tokens();
    let done = says(&discord, &card, "Verified").await;
    assert!(host.must("mode", SHOP).starts_with("755\nactive"));

    // Discord is away, and somebody undoes it at a terminal. When it is back the thread says so.
    discord.outage();
    let id = done.content.split(':').next().unwrap().to_owned();
    assert_eq!(bot.terminal(&["rollback", &id, "--as", "ada"]), 0);
    assert!(host.must("mode", SHOP).starts_with("644"));
    discord.recover();
    let undone = said(&discord, &["✅", "Undone"]).await;
    assert_eq!(undone.channel, card.channel);
    assert!(discord.now(&card).unwrap().button("Undo").is_none());
    assert_eq!(roots(&discord), 1);
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn killed_after_each_message_it_posts_none_twice() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    let settings = settings(&discord, PEOPLE);
    let tokens = [("bot", discord.token())];
    // Dead between the first message and the note that it was posted; then once it was posted again and something else was
    // said.
    let point = "app::after_send";
    let mut bot = Bot::start_to_die(dir.path(), &settings, &tokens, &format!("{point}=return"));
    ready(&discord).await;
    discord
        .slash("11", "21", "diagnose", &[("host", "localhost")])
        .await;
    bot.after_death(socket_gone(&discord), &format!("{point}=1*off->return"))
        .await;
    bot.after_death(socket_gone(&discord), "").await;
    let found = |state: &State| {
        let root = state.in_channel("21").find(|one| one.only_for.is_none())?;
        let thread = root.id.to_string();
        let told = root.says("localhost: ") && state.in_channel(&thread).next().is_some();
        told.then(|| (root.clone(), thread))
    };
    let (root, thread) = discord.wait_up_to(LONG, "the whole thread", found).await;
    assert_eq!(roots(&discord), 1);
    assert_eq!(discord.messages(&thread).len(), 1);
    assert!(!root.says("asks to look"), "{}", root.content);
    assert_eq!(bot.terminal(&["audit", "verify"]), 0);
    // A thread that was begun is not begun again.
    discord.assert_no_refusals_but(&["160004"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_press_that_comes_too_late_is_told_so() {
    let host = Host::up("it-discord-late", "systemd");
    host.must("prepare", BREAK_SHOP);
    let discord = guild().await;
    let soon = PEOPLE.replace("requester = true", "requester = false\nexpires = \"8s\"");
    let _bot = start(host.state.path(), &discord, &soon);
    ready(&discord).await;
    // Its threads may not be begun: what would stand there stands in the channel.
    let threads = "POST /channels/21/messages/";
    discord.trouble(threads, Trouble::Status(403), 99);
    discord
        .slash("11", "21", "diagnose", &[("host", "it-discord-late")])
        .await;
    let card = said(&discord, &["set mode 0755", "ada may approve"]).await;
    assert_eq!(card.channel, "21");
    // Ada asked for it, so somebody else has to say yes.
    press(&discord, "11", &card, "Approve").await;
    said(&discord, &["may not also approve it"]).await;
    let over = says(&discord, &card, "Expired").await;
    assert_eq!(over.buttons(), []);
    // Somebody still has the card on the screen as it was.
    press(&discord, "11", &card, "Approve").await;
    said(&discord, &["expired; diagnose again"]).await;
    assert!(host.must("mode", SHOP).starts_with("644"));
    // The first post to a thread that is not there is how it is found out.
    discord.assert_no_refusals_but(&["10003"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn who_asks_where_sickbay_may_not_write_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    discord.hide("21");
    let _bot = start(dir.path(), &discord, PEOPLE);
    ready(&discord).await;
    let here = &[("host", "localhost")];
    let direct = discord.direct("11");
    let asked = discord.slash("11", &direct, "diagnose", here).await;
    assert!(asked.text().contains("in the channels of a server"));

    discord.slash("11", "21", "diagnose", here).await;
    let told = said(&discord, &["cannot write here yet", "view this channel"]).await;
    assert_eq!(told.only_for.as_deref(), Some("11"));
    // Allowed to, it begins the thread by itself.
    discord.unhide("21");
    let root = said(&discord, &["localhost", "incident "]).await;
    assert!(root.channel == "21" && root.only_for.is_none());
    // Asked for in a thread, another incident begins beside it: a thread has no threads.
    let thread = root.id.to_string();
    discord
        .wait_for("its thread", |state| state.thread_of(&root).map(|_| ()))
        .await;
    discord.slash("11", &thread, "diagnose", here).await;
    discord
        .wait_for("another first message", |state| {
            let begun = |one: &&Message| one.only_for.is_none() && one.says("incident ");
            let begun = state.in_channel("21").filter(begun);
            (begun.count() == 2).then_some(())
        })
        .await;
    discord.assert_no_refusals_but(&["50001"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn a_gateway_that_gave_up_is_opened_anew() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    // Discord is away when Sickbay starts, and later does not believe the token for a while: the library gives up then.
    discord.outage();
    let _bot = start(dir.path(), &discord, PEOPLE);
    tokio::time::timeout(LONG, async {
        discord.recover();
        ready(&discord).await;
    })
    .await
    .unwrap();
    discord.revoke_token();
    discord.end_sockets(End::Dropped);
    discord
        .wait_up_to(LONG, "the end", |state| {
            let gave_up = state.refusals.iter().any(|one| one.code == "4004");
            (state.sockets == 0 && gave_up).then_some(())
        })
        .await;
    discord.restore_token();
    discord
        .wait_up_to(LONG, "a new connection", |state| {
            (state.sockets == 1).then_some(())
        })
        .await;
    let asked = discord.slash("11", "21", "sickbay status", &[]).await;
    assert!(asked.answered());
    said(&discord, &["nothing waits and nothing runs"]).await;
    discord.assert_no_refusals_but(&["4004", "0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the lab"]
async fn two_hundred_commands_at_once_are_answered_in_time() {
    const MANY: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    let _bot = start(dir.path(), &discord, PEOPLE);
    ready(&discord).await;
    let mut asked = tokio::task::JoinSet::new();
    for _command in 0..MANY {
        let discord = discord.clone();
        asked.spawn(async move { discord.slash("11", "21", "sickbay status", &[]).await });
    }
    let mut delays: Vec<Duration> = asked
        .join_all()
        .await
        .iter()
        .map(|one: &Interaction| one.delay.unwrap_or(Duration::MAX))
        .collect();
    delays.sort();
    // Discord waits for three seconds; what is usual is a tenth of one, with both ends on one machine.
    assert!(delays[MANY - 1] < Duration::from_secs(3), "{delays:?}");
    let usual = delays[MANY / 2];
    assert!(
        usual < Duration::from_secs(1),
        "half of them took more than {usual:?}"
    );
    let answered = |state: &State| {
        let told = |message: &&Message| message.says("nothing waits");
        let told = state.said().filter(told).count();
        (told == MANY).then_some(())
    };
    discord
        .wait_up_to(LONG, "an answer to each", answered)
        .await;
    discord.assert_no_refusals();
}
