//! What the fake Discord answers is what the client can read: each path once, through its own types.

use serde_json::json;
use serenity::all::*;
use tests::fakes::discord::GUILD;

use super::discord::guild;
use super::discord_client::http;
use super::discord_limits::code;

#[tokio::test]
async fn the_client_reads_every_answer() {
    let discord = guild().await;
    let http = http(&discord);
    let (guild_id, ops, ada) = (
        GuildId::new(GUILD.parse().unwrap()),
        ChannelId::new(21),
        UserId::new(11),
    );
    let me = http.get_current_user().await.unwrap();
    assert_eq!(me.id.to_string(), discord.bot_user());
    let app = http.get_current_application_info().await.unwrap();
    assert_eq!(app.verify_key, discord.public_key());
    assert_eq!(http.get_bot_gateway().await.unwrap().shards, 1);
    assert_eq!(http.get_guild(guild_id).await.unwrap().id, guild_id);
    assert_eq!(http.get_guilds(None, None).await.unwrap().len(), 1);
    assert_eq!(
        http.get_guild_roles(guild_id).await.unwrap()[0].name,
        "on-call"
    );
    let bo = http.get_member(guild_id, UserId::new(12)).await.unwrap();
    assert_eq!(bo.roles, [RoleId::new(31)]);
    let members = || http.get_guild_members(guild_id, None, None);
    assert_eq!(code(members().await), Some((403, 50001)));
    discord.allow_intent(GatewayIntents::GUILD_MEMBERS.bits());
    assert_eq!(members().await.unwrap().len(), 3);
    assert_eq!(http.get_user(ada).await.unwrap().name, "ada");
    assert_eq!(http.get_channels(guild_id).await.unwrap()[0].name, "ops");
    assert_eq!(http.get_channel(ops).await.unwrap().id(), ops);
    let command = json!([{"name": "sickbay", "description": "Help"}]);
    http.create_global_commands(&command).await.unwrap();
    assert_eq!(http.get_global_commands().await.unwrap()[0].name, "sickbay");

    let body = json!({"content": "card"});
    let message = http.send_message(ops, Vec::new(), &body).await.unwrap();
    let read = http.get_message(ops, message.id).await.unwrap();
    assert_eq!(read.content, "card");
    assert_eq!(
        http.get_messages(ops, None, Some(10)).await.unwrap().len(),
        1
    );
    let eyes = ReactionType::Unicode("👀".to_owned());
    http.create_reaction(ops, message.id, &eyes).await.unwrap();
    http.broadcast_typing(ops).await.unwrap();
    let name = json!({"name": "incident"});
    let thread = http.create_thread_from_message(ops, message.id, &name, None);
    let thread = thread.await.unwrap().id;
    http.add_thread_channel_member(thread, ada).await.unwrap();
    let members = http.get_channel_thread_members(thread).await.unwrap();
    assert_eq!(members.len(), 2);
    let away = json!({"archived": true});
    let away = http.edit_thread(thread, &away, None).await.unwrap();
    assert!(away.thread_metadata.unwrap().archived);
    http.send_message(thread, Vec::new(), &body).await.unwrap();
    assert!(!discord.look(|state| state.channels[&thread.to_string()].archived));

    let with = json!({"recipient_id": ada});
    let direct = http.create_private_channel(&with).await.unwrap().id;
    http.send_message(direct, Vec::new(), &body).await.unwrap();
    assert_eq!(discord.messages(&discord.direct("11")).len(), 1);
    http.delete_message(ops, message.id, None).await.unwrap();
    discord.assert_no_refusals_but(&["50001"]);

    discord.revoke_token();
    assert_eq!(code(http.get_current_user().await), Some((401, 0)));
}
