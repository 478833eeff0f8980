//! Text from hosts and people that would like to be more than text.

use incident::HostStatus;
use incident::notice::{Notice, Standing};
use incident::people::Candidate;
use incident::remediation::{Outcome, Why};
use proptest::prelude::*;
use serde_json::Value;

use super::{ana, card, hints, proposal, reports, too_much};
use crate::{Locale, discord};

/// The lines of a text that stand in no block of code, and whether each block is closed.
fn outside(text: &str) -> (String, bool) {
    let parts: Vec<&str> = text.split("```").collect();
    let outside = parts.iter().step_by(2).copied().collect();
    (outside, parts.len() % 2 == 1)
}

proptest! {
    #[test]
    fn hostile_text_formats_and_pings_nothing(
        hostile in r"([ -~]|@everyone|<@11>|<@&31>|```|``|\[x\]\(http://e\)|\n# |\n- |\n> |https://e|\|\||\u{202e}|é|🔥|\n){0,60}",
        times in 1_usize..60,
    ) {
        let text = hostile.repeat(times);
        let mut reports = reports();
        reports[1].findings[0].title = text.clone();
        reports[1].findings[0].detail = text.clone();
        reports[1].could_not_check[0].why = text.clone();
        let mut proposal = proposal();
        proposal.title = text.clone();
        proposal.diff = text.clone();
        let approvers = [ana()];
        let candidates = approvers.clone().map(Candidate::from);
        let mut card = card(&proposal, &candidates, 1);
        card.because = &text;
        let hosts = [proposal.host.clone()];
        let doing = [text.clone()];
        let withheld = [text.clone()];
        let summary = Locale::English.summary(&reports);
        let hints = hints(&text);
        let incident = &proposal.incident;
        let by = ana();
        let cards = [card.clone()];
        let why = Why::Guard(text.clone());
        let ended = Standing::Ended {
            outcome: Outcome::Failed, why: &why, output: &text, can_undo: true,
        };
        let notices = [
            Notice::Opened { incident, by: &by, hosts: &hosts, symptom: &text, doing: &doing },
            Notice::Headline {
                incident, by: &by, status: HostStatus::Unknown, summary: &summary, cards: &cards, pages: &[], stage: incident::Status::Investigating, hints: &hints },
            Notice::Diagnosed {
                incident, summary: &summary, reports: &reports, cards: &[], pages: &[], withheld: &withheld, hints: &hints },
            Notice::Offer { card: &card, given: &approvers, standing: Standing::Open },
            Notice::Offer { card: &card, given: &approvers, standing: ended },
            Notice::Refused { why: &text },
            Notice::Answer { text: &text },
        ];
        for notice in &notices {
            let content = crate::slack::content(notice, Locale::English);
            prop_assert!(content.text.len() <= 4_000, "Slack takes no longer one where it is edited");
            let size = serde_json::json!(content.blocks).to_string().len();
            prop_assert!(size <= 11_300, "{} bytes of {:?}", size, notice);
            let content = discord::content(notice, Locale::English);
            prop_assert_eq!(too_much(&content), Vec::<String>::new());
            let embeds = content.embeds.iter();
            let texts = embeds.flat_map(|embed| [&embed["title"], &embed["description"]]);
            let texts = texts.filter_map(Value::as_str).chain([content.text.as_str()]);
            for text in texts {
                let (outside, closed) = outside(text);
                prop_assert!(closed, "{}", text);
                for sign in ["@everyone", " @11", "[x](", " https://"] {
                    let outside = outside.replace("\\[", "");
                    prop_assert!(!outside.contains(sign), "{} in {}", sign, text);
                }
                // Only the time at which an offer ends is ours.
                for (at, _) in outside.match_indices('<') {
                    let ours = outside[at..].starts_with("<t:");
                    prop_assert!(ours || outside[..at].ends_with('\\'), "{}", text);
                }
            }
            prop_assert!(!content.title.contains('\n'));
        }
    }
}

/// What turns the order in which a line is read.
fn turns(text: &str) -> bool {
    text.chars().any(crate::text::turns)
}

#[test]
fn no_card_shows_another_path_than_the_one_that_is_approved() {
    let mut proposal = proposal();
    let path = "/srv/\u{202e}hs.pukcab/\u{2066}x y\u{200b}";
    proposal.steps = vec![incident::Step::new("file.delete", vec![path.to_owned()]).unwrap()];
    proposal.diff = format!("-{path}\n");
    let approvers = [ana().into()];
    let title = "title \u{202e}eltit";
    let card = incident::notice::Card {
        title,
        because: title,
        ..card(&proposal, &approvers, 1)
    };
    let shown = r"/srv/\u{202e}hs.pukcab/\u{2066}x y\u{200b}";
    for locale in Locale::ALL {
        let offer = Notice::Offer {
            card: &card,
            given: &[],
            standing: Standing::Open,
        };
        let faces = super::faces(&offer, locale);
        assert!(!turns(&faces), "{faces}");
        // The step and the difference, on each of three platforms; at a terminal the command too, its path as one word.
        assert_eq!(faces.matches(shown).count(), 7, "{faces}");
        assert!(faces.contains(&format!("'{shown}'")), "{faces}");
        let symptom = Notice::Opened {
            incident: &proposal.incident,
            by: &ana(),
            hosts: std::slice::from_ref(&proposal.host),
            symptom: "\u{202e}nwod si 1bew\u{202c} 网站 שלום 👩\u{200d}👧",
            doing: &[],
        };
        let faces = super::faces(&symptom, locale);
        assert!(!turns(&faces), "{faces}");
        assert!(faces.contains("网站 שלום 👩\u{200d}👧"), "{faces}");
    }
}
