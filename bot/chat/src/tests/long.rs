//! What a message has no room for is beside it, whole.

use incident::IncidentId;
use incident::notice::{Hints, Notice, Standing};

use super::{ana, card, on_slack, proposal, reports, too_much};
use crate::{Locale, discord, slack};

#[test]
fn what_is_too_long_is_beside_the_message_whole() {
    let mut reports = reports();
    let one = reports[1].findings[0].clone();
    reports[1].findings = (0..3_000).map(|_| one.clone()).collect();
    let incident = IncidentId::new("20261123-k7f3qa").unwrap();
    let found = Notice::Diagnosed {
        incident: &incident,
        summary: &Locale::English.summary(&reports),
        reports: &reports,
        cards: &[],
        pages: &[],
        withheld: &[],
        hints: &Hints::default(),
    };
    let content = discord::content(&found, Locale::English);
    assert_eq!(too_much(&content), Vec::<String>::new());
    let text = content.files[0].words();
    assert_eq!(text.matches("CRITICAL f-1 on web1:").count(), 3_000);
    assert!(text.starts_with("web1: "), "the account comes first");
    assert!(content.embeds.iter().any(|embed| {
        let text = embed["description"].as_str().unwrap();
        text.contains("2993 more findings")
    }));
    let content = slack::content(&found, Locale::English);
    assert_eq!(content.files[0].words(), text);
    assert!(content.blocks.len() <= 50);
    assert!(on_slack(&content).contains("2980 more findings; all of them are in findings-"));

    let mut proposal = proposal();
    proposal.diff = "+ a line that is added\n".repeat(400);
    let approvers = [ana().into()];
    let content = discord::content(
        &Notice::Offer {
            card: &card(&proposal, &approvers, 1),
            given: &[],
            standing: Standing::Open,
        },
        Locale::English,
    );
    assert_eq!(too_much(&content), Vec::<String>::new());
    assert!(content.files[0].words().ends_with(proposal.diff.trim_end()));

    let text = "line\n".repeat(3_000);
    let content = discord::content(&Notice::Answer { text: &text }, Locale::English);
    assert_eq!(too_much(&content), Vec::<String>::new());
    assert_eq!(content.files[0].words(), text);
    let content = slack::content(&Notice::Answer { text: &text }, Locale::English);
    assert_eq!(content.files[0].words(), text);
    let parts = slack::in_parts(&content, Locale::English);
    let told: Vec<&str> = parts
        .iter()
        .map(|part| {
            part.blocks[0]
                .pointer("/elements/0/elements/0/text")
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(told.concat(), text);
    let long = "line\n".repeat(30_000);
    let parts = slack::in_parts(
        &slack::content(&Notice::Answer { text: &long }, Locale::English),
        Locale::English,
    );
    assert_eq!(parts.len(), 5);
    assert_eq!(parts[4].text, Locale::English.cut_off());
}

#[test]
fn what_grows_as_it_is_written_out_is_whole_too() {
    let mut proposal = proposal();
    proposal.diff = "\u{202e}".repeat(2_000);
    let approvers = [ana().into()];
    let offer = Notice::Offer {
        card: &card(&proposal, &approvers, 1),
        given: &[],
        standing: Standing::Open,
    };
    let written = r"\u{202e}".repeat(2_000);
    let on_slack = slack::content(&offer, Locale::English);
    let on_discord = discord::content(&offer, Locale::English);
    for files in [on_slack.files, on_discord.files] {
        assert!(files[0].words().contains(&written));
    }
}
