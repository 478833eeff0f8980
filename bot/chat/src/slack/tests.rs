//! What notices look like on Slack.
