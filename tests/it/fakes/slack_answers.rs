//! What the fake Slack answers is what the client can read: each method once, through its own types.

use serde_json::json;
use slack_morphism::prelude::*;

use super::slack::{post, workspace};
use super::slack_client::{client, token};

#[tokio::test]
async fn the_client_reads_every_answer() {
    let slack = workspace().await;
    slack.user_speaking("U3", "小明", "zh-CN");
    slack.private_channel("G1", &["U1"]);
    slack.user_group("S1", "oncall", &["U1", "U2"]);
    let message = post(&slack, json!({"channel": "C1", "text": "card"})).await;
    let api = client(&slack);
    let bot = token(&slack);
    let session = api.open_session(&bot);
    let c1 = || SlackChannelId::from("C1");

    let me = session.auth_test().await.unwrap();
    assert_eq!(me.user_id.to_string(), slack.bot_user());

    let ask = SlackApiUsersInfoRequest::new("U3".into()).with_include_locale(true);
    let user = session.users_info(&ask).await.unwrap().user;
    assert_eq!(user.locale.unwrap().to_string(), "zh-CN");
    let ask = SlackApiUsersListRequest::new().with_limit(2);
    let users = session.users_list(&ask).await.unwrap();
    assert_eq!(users.members.len(), 2);
    let next = users.response_metadata.unwrap().next_cursor.unwrap();
    let ask = ask.with_cursor(next);
    assert_eq!(session.users_list(&ask).await.unwrap().members.len(), 2);

    let ask = SlackApiConversationsInfoRequest::new(c1());
    let info = session.conversations_info(&ask).await.unwrap();
    assert_eq!(info.channel.flags.is_member, Some(true));
    let ask = SlackApiConversationsMembersRequest::new().with_channel(c1());
    let members = session.conversations_members(&ask).await.unwrap();
    assert_eq!(members.members.len(), 3);
    let kinds = vec![
        SlackConversationType::Public,
        SlackConversationType::Private,
    ];
    let ask = SlackApiConversationsListRequest::new().with_types(kinds);
    let channels = session.conversations_list(&ask).await.unwrap();
    assert_eq!(channels.channels.len(), 2);
    let ask = SlackApiConversationsHistoryRequest::new().with_channel(c1());
    let history = session.conversations_history(&ask).await.unwrap();
    assert_eq!(history.messages[0].origin.ts.to_string(), message.ts);
    let ask = SlackApiConversationsOpenRequest::new().with_users(vec!["U1".into()]);
    let direct = session.conversations_open(&ask).await.unwrap().channel.id;
    let hello = SlackMessageContent::new().with_text("hello".into());
    let ask = SlackApiChatPostMessageRequest::new(direct, hello);
    session.chat_post_message(&ask).await.unwrap();

    let ask = SlackApiUserGroupsListRequest::new().with_include_users(true);
    let groups = session.usergroups_list(&ask).await.unwrap();
    assert_eq!(groups.usergroups[0].handle, "oncall");
    let ask = SlackApiUserGroupsUsersListRequest::new("S1".into());
    let users = session.usergroups_users_list(&ask).await.unwrap();
    assert_eq!(users.users.len(), 2);

    let ts = || SlackTs::from(message.ts.clone());
    let ask = SlackApiChatGetPermalinkRequest::new(c1(), ts());
    let link = session.chat_get_permalink(&ask).await.unwrap();
    assert!(link.permalink.path().starts_with("/archives/C1/p"));
    let ask = SlackApiReactionsAddRequest::new(c1(), "eyes".into(), ts());
    session.reactions_add(&ask).await.unwrap();
    let home = json!({"type": "home", "blocks": [{"type": "divider"}]});
    let home: SlackView = serde_json::from_value(home).unwrap();
    let ask = SlackApiViewsPublishRequest::new("U1".into(), home);
    session.views_publish(&ask).await.unwrap();
    let ask = SlackApiChatDeleteRequest::new(c1(), ts());
    session.chat_delete(&ask).await.unwrap();
    slack.assert_no_refusals();
}
