//! The draft as people get it, in both languages, and that nothing in it is more than text.

use incident::account::{Account, Aids, Remark};
use incident::{Fact, Moment};
use proptest::prelude::*;

use super::{Sources, postmortem};
use crate::Locale;
use crate::tests::account::{aids, facts, id, remarks};

fn draft(facts: &[(Moment, Fact)], remarks: &[Remark], aids: &Aids, locale: Locale) -> String {
    let account = Account::of(&id(), facts, remarks);
    let sources = Sources {
        account: &account,
        facts,
        remarks,
        aids,
    };
    let draft = postmortem(sources, locale);
    assert_eq!(
        draft,
        postmortem(sources, locale),
        "the same text each time"
    );
    draft
}

#[test]
fn a_draft_in_english() {
    let draft = draft(
        &facts(),
        &remarks(),
        &aids(Locale::English),
        Locale::English,
    );
    insta::assert_snapshot!("english", draft);
}

#[test]
fn a_draft_in_chinese() {
    let draft = draft(
        &facts(),
        &remarks(),
        &aids(Locale::Chinese),
        Locale::Chinese,
    );
    insta::assert_snapshot!("chinese", draft);
}

#[test]
fn what_nobody_knows_is_a_marked_blank_and_nobody_is_blamed() {
    let facts = facts();
    let opened = draft(&facts[..1], &[], &Aids::default(), Locale::English);
    for row in ["acknowledged", "mitigated", "resolved"] {
        let blank = format!("| {row} | _to be filled in_ | | |");
        assert!(opened.contains(&blank), "{opened}");
    }
    assert!(opened.contains("It is not resolved yet"), "{opened}");
    let whole = draft(&facts, &remarks(), &aids(Locale::English), Locale::English);
    // Who reported it and who talked did not decide on anything.
    assert!(!whole.contains("ana"), "{whole}");
    assert!(whole.contains("approved by bo"), "{whole}");
    assert!(whole.contains("responder 1: and put it back"), "{whole}");
}

#[test]
fn an_attempt_that_did_not_help_is_told_with_who_sees_to_it() {
    let mut facts = facts();
    facts.truncate(10);
    let failed = serde_json::json!({ "fact": "verified", "proposal": "k7f3qa-1", "verdict": "not_fixed", "why": "there" });
    facts[9].1 = serde_json::from_value(failed).unwrap();
    let draft = draft(&facts, &[], &aids(Locale::English), Locale::English);
    let line = "- [ ] Find out why k7f3qa-1 did not help, and correct runbook unit-exec-permission (owner: ops)";
    assert!(draft.contains(line), "{draft}");
    assert!(
        draft.contains("| mitigated | _to be filled in_ |"),
        "{draft}"
    );
}

proptest! {
    #[test]
    fn hostile_words_stay_words(
        hostile in r"([ -~]|@everyone|<b>|```|\[x\]\(http://e\)|\n# |\n- |\n\||\||https://e|#12|é|\u{202e}|\n){0,60}",
    ) {
        let mut facts = facts();
        for (_, fact) in &mut facts {
            if let Fact::Opened { symptom: text, .. } | Fact::Resolved { reason: text, .. } = fact {
                text.clone_from(&hostile);
            }
            if let Fact::Judged { report } = fact {
                for finding in &mut report.findings {
                    finding.title.clone_from(&hostile);
                }
                for gap in &mut report.could_not_check {
                    gap.why.clone_from(&hostile);
                    gap.next.clone_from(&hostile);
                }
            }
        }
        let mut remarks = remarks();
        remarks[0].text = Some(hostile.clone());
        remarks[2].author.clone_from(&hostile);
        let draft = draft(&facts, &remarks, &aids(Locale::English), Locale::English);
        let headings = draft.lines().filter(|line| line.starts_with('#')).count();
        prop_assert_eq!(headings, 10, "{}", draft);
        for line in draft.lines().filter(|line| line.starts_with('|')) {
            let cells = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            prop_assert!(cells == 4 || cells == 5, "{}", line);
        }
        for sign in ["://", "@everyone", "<b>", "```"] {
            prop_assert!(!draft.contains(sign), "{} in {}", sign, draft);
        }
    }
}
