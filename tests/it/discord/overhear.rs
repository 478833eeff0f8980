//! What people say in an incident's thread, where the settings want it kept: in the timeline, and gone when it is taken back.

use tests::fakes::discord::Message;

use super::{guild, ready, said, settings};
use crate::bot::{Bot, GHOST, PEOPLE};

/// The intent for what messages say.
const CONTENT: u64 = 1 << 15;

fn bot(dir: &std::path::Path, discord: &tests::fakes::discord::Discord) -> Bot {
    let hears = settings(discord, PEOPLE).replace("[discord]", "[discord]\nhear_threads = true");
    let settings = format!("{hears}{GHOST}");
    Bot::start(dir, &settings, &[("bot", discord.token())])
}

fn incident_of(root: &Message) -> String {
    let (_, id) = root.content.rsplit_once("incident ").unwrap();
    id.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_in_a_thread_is_kept_and_what_is_taken_back_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    discord.allow_intent(CONTENT);
    let bot = bot(dir.path(), &discord);
    ready(&discord).await;
    discord
        .slash("11", "21", "diagnose", &[("host", "ghost")])
        .await;
    let root = said(&discord, &["be reached", "incident "]).await;
    let (thread, id) = (root.id.to_string(), incident_of(&root));

    discord.say("11", "21", "this is nobody's business");
    let slip = discord.say("12", &thread, "wrong thread, sorry");
    discord.say("13", &thread, "the password=hunter2hunter2 is no secret");
    discord.delete(&slip);
    discord.say("12", &thread, "I pulled a plug");
    let told = bot.timeline_with(&id, "bo: I pulled a plug").await;
    assert!(
        told.contains("discord 13: the password=[redacted"),
        "{told}"
    );
    assert!(told.contains("bo took back what they had said"), "{told}");
    for gone in ["hunter2", "wrong thread", "nobody's business"] {
        assert!(!told.contains(gone), "{told}");
    }
    discord.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_discord_does_not_allow_it_commands_work_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let discord = guild().await;
    let bot = bot(dir.path(), &discord);
    ready(&discord).await;
    discord
        .slash("11", "21", "diagnose", &[("host", "ghost")])
        .await;
    said(&discord, &["be reached", "incident "]).await;
    assert!(bot.log().contains("turn on the Message Content Intent"));
    discord.assert_no_refusals_but(&["4014"]);
}
