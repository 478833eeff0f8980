//! Whoever may approve is called by name once, when an offer has waited for two thirds of its time.

use incident::Span;

use super::{IN_SLACK, Site, offered};

const RULE: &str = r#"
[groups.oncall]
slack = ["S1"]
[[policy]]
risk = ["low"]
hosts = "all"
approvers = ["@oncall"]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_whom_slack_lists_are_called_by_name_once() {
    let site = Site::new().await;
    // Bo asked, and may not approve it himself; eve is nobody here.
    site.slack.user_group("S1", "oncall", &["U1", "U2", "U3"]);
    offered(&site.state(), IN_SLACK, Span::seconds(9)).await;
    let _bot = site.start(RULE).await;
    site.card_in_slack(&["@oncall"]).await;
    let called = |state: &tests::fakes::slack::State| {
        let mut said = state.said();
        said.find(|message| !message.pings().is_empty()).cloned()
    };
    let call = site.slack.wait_for("a call", called).await;
    assert_eq!(call.pings(), ["@U1"], "{}", call.words());
    // It expires, and nobody is called again.
    site.card_in_slack(&["Expired: nobody approved it in time"])
        .await;
    let calls = site.slack.look(|state| {
        let said = state.said();
        said.filter(|message| !message.pings().is_empty()).count()
    });
    assert_eq!(calls, 1);
    site.slack.assert_no_refusals();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_called_where_the_settings_say_so() {
    let site = Site::new().await;
    site.slack.user_group("S1", "oncall", &["U1"]);
    offered(&site.state(), IN_SLACK, Span::seconds(6)).await;
    let _bot = site.start_with("reminders = false\n", RULE).await;
    site.card_in_slack(&["Expired: nobody approved it in time"])
        .await;
    assert_eq!(site.slack.pings(), []);
}
