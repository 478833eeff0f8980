//! The account of an incident and what is said around it, on each platform in each language.

use std::collections::BTreeMap;

use incident::account::{Account, Aids, Highlighted, Occasion, Page, Remark, Source};
use incident::notice::Notice;
use incident::report::HostReport;
use incident::wording::Model;
use incident::{Fact, IncidentId, Moment, Proposal};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ana, both, faces, proposal, reports, too_much};
use crate::{Locale, discord, slack};

/// 2026-11-28 09:14 UTC.
const BEGAN: i64 = 1_795_857_240_000;

pub(crate) fn id() -> IncidentId {
    proposal().incident
}

fn fact(value: Value) -> Fact {
    serde_json::from_value(value).unwrap()
}

/// The facts of an incident that was looked at, mended and resolved, half a minute between each.
pub(crate) fn facts() -> Vec<(Moment, Fact)> {
    let reports: Vec<HostReport> = reports().into_iter().skip(1).take(2).collect();
    let proposal = Box::new(Proposal {
        answers_subject: incident::Subject::new("unit", "nginx.service"),
        ..proposal()
    });
    let evidence = json!({
        "id": "e-7", "host": "web1", "key": "unit.show nginx.service", "argv": ["systemctl"], "ended": {"how": "exited", "code": 0},
        "took": 20, "truncated": false, "text_hash": "sha256:0",
    });
    let evidence = vec![serde_json::from_value(evidence).unwrap()];
    let approval = json!({ "by": "bo", "via": "slack U2", "because": "@oncall", "at": BEGAN, "digest": "sha256:0" });
    let grant = json!({
        "grant": { "execution": "20261123-k7f3qa-1-a1", "host": "web1", "digest": "sha256:0", "approvals": [approval],
            "quorum": 1, "made_at": BEGAN, "expires_at": BEGAN },
        "signature": "",
    });
    let named = "k7f3qa-1";
    let all = [
        fact(
            json!({ "fact": "opened", "by": "ana", "via": "slack U1", "hosts": ["web1", "web2"],
            "symptom": "the *site* is down", "policy": "" }),
        ),
        Fact::Examined {
            host: reports[0].host.clone(),
            wave: 1,
            evidence,
        },
        Fact::Judged {
            report: reports[0].clone(),
        },
        Fact::Judged {
            report: reports[1].clone(),
        },
        Fact::Proposed { proposal },
        fact(json!({ "fact": "acknowledged", "by": "bo", "via": "slack U2" })),
        fact(json!({ "fact": "approved", "proposal": named, "approval": approval })),
        fact(json!({ "fact": "granted", "proposal": named, "grant": grant, "attempt": 1 })),
        fact(
            json!({ "fact": "executed", "proposal": named, "execution": "20261123-k7f3qa-1-a1",
            "ran": { "how": "done" }, "steps": [], "output": "" }),
        ),
        fact(
            json!({ "fact": "verified", "proposal": named, "verdict": "verified", "why": "gone",
            "seen": { "seen": "gone", "code": "unit.exec_permission", "title": "x is not executable" } }),
        ),
        fact(json!({ "fact": "resolved", "by": "bo", "via": "slack U2",
            "reason": "the deploy script lost the mode <!here> **now**" })),
    ];
    let times = (0..).map(|n| Moment(BEGAN + n * 30_000));
    times.zip(all).collect()
}

pub(crate) fn remarks() -> Vec<Remark> {
    let said = |n: i64, author: &str, text: Option<&str>| Remark {
        message: format!("slack:T1:C1:{n}.000100"),
        author: author.to_owned(),
        at: Moment(BEGAN + 45_000 + n * 1_000),
        text: text.map(str::to_owned),
    };
    vec![
        said(
            1,
            "ana",
            Some("I pulled a plug in the cellar, @everyone | see <b>#12</b>"),
        ),
        said(2, "slack U9", None),
        said(3, "ana", Some("and put it back")),
    ]
}

pub(crate) fn aids(locale: Locale) -> Aids {
    let proposal = proposal();
    let title = match locale {
        Locale::English => "A service's program may not be executed",
        Locale::Chinese => "服务程序没有执行权限",
    };
    let page = Page {
        runbook: proposal.runbook.clone(),
        title: title.to_owned(),
    };
    let link = |n: u32| format!("https://x.example/archives/C1/p{n}");
    Aids {
        links: BTreeMap::from([
            (Source::Fact(1), link(1)),
            (Source::Fact(10), link(10)),
            (Source::Remark("slack:T1:C1:1.000100".to_owned()), link(2)),
        ]),
        titles: BTreeMap::from([(proposal.id.clone(), title.to_owned())]),
        approvers: BTreeMap::from([(proposal.id.clone(), vec![ana().into()])]),
        pages: BTreeMap::from([("f-1".parse().unwrap(), page)]),
        owners: BTreeMap::from([(proposal.runbook, "ops".to_owned())]),
    }
}

fn told(upto: usize, occasion: Occasion) -> String {
    let account = Account::of(&id(), &facts()[..upto], &remarks());
    both(|locale| {
        let notice = Notice::Account {
            account: &account,
            aids: &aids(locale),
            occasion,
            whole: "",
        };
        faces(&notice, locale)
    })
}

#[test]
fn an_account_from_its_beginning_to_its_end() {
    let mut out = told(1, Occasion::Asked);
    out += &told(5, Occasion::CatchUp);
    out += &told(8, Occasion::Busy);
    out += &told(10, Occasion::Busy);
    out += &told(11, Occasion::Resolved);
    insta::assert_snapshot!("account", out);
}

#[test]
fn who_is_on_it_and_where_the_draft_is() {
    let incident = id();
    let mut out = both(|locale| {
        let on_it = Notice::OnIt {
            incident: &incident,
            by: &ana(),
        };
        faces(&on_it, locale)
    });
    out += &both(|locale| {
        let draft = Notice::Postmortem {
            incident: &incident,
            file: "postmortem-20261123-k7f3qa.md",
            text: "# Postmortem\n",
        };
        faces(&draft, locale)
    });
    insta::assert_snapshot!("on_it", out);
}

/// An account of which more was said than a message holds.
fn crowded(text: &str, many: i64) -> Account {
    let crowd = (0..many).map(|n| Remark {
        message: format!("slack:T1:C1:{n}.000900"),
        author: text.to_owned(),
        at: Moment(BEGAN + 500_000 + n),
        text: Some(format!("word {n} {text}")),
    });
    let remarks: Vec<Remark> = crowd.collect();
    Account::of(&id(), &facts(), &remarks)
}

#[test]
fn what_a_message_does_not_hold_is_in_a_file_or_said_to_be_elsewhere() {
    let account = crowded("eve", 90);
    let aids = Aids::default();
    let notice = |whole| Notice::Account {
        account: &account,
        aids: &aids,
        occasion: Occasion::Asked,
        whole,
    };
    let on_slack = slack::content(&notice("line 1\nline 2"), Locale::English);
    let on_discord = discord::content(&notice("line 1\nline 2"), Locale::English);
    for file in [&on_slack.files[0], &on_discord.files[0]] {
        assert_eq!(file.name, "timeline-20261123-k7f3qa.txt");
        assert_eq!(file.words(), "line 1\nline 2\n");
    }
    let faces = faces(&notice(""), Locale::English);
    assert_eq!(
        faces
            .matches("All of it: sickbay incident timeline 20261123-k7f3qa")
            .count(),
        3,
        "{faces}"
    );
    // How it began, and how it is now.
    for words in ["ana asks to look at", "word 89", "… 85 more"] {
        assert!(faces.contains(words), "{words}: {faces}");
    }
    assert!(!faces.contains("word 40"), "{faces}");
}

#[test]
fn what_a_model_chose_is_told_first_and_alone_where_the_rest_was_told() {
    let mut account = crowded("eve", 9);
    let chosen: Vec<_> = account.choices().into_iter().cloned().collect();
    account.highlights = Some(Highlighted {
        model: Model {
            endpoint: "fast".to_owned(),
            model: "small_*model*".to_owned(),
        },
        at: Moment(BEGAN + 600_000),
        statements: chosen.into_iter().skip(1).take(3).collect(),
        fresh: true,
    });
    let told = |account: &Account, occasion| {
        both(|locale| {
            let notice = Notice::Account {
                account,
                aids: &aids(locale),
                occasion,
                whole: "",
            };
            faces(&notice, locale)
        })
    };
    let mut out = told(&account, Occasion::Highlights);
    account.highlights.as_mut().unwrap().fresh = false;
    out += &told(&account, Occasion::Asked);
    insta::assert_snapshot!("highlights", out);
}

proptest! {
    #[test]
    fn hostile_words_link_and_ping_nothing(
        hostile in r"([ -~]|@everyone|<@11>|<!here>|```|\[x\]\(http://e\)|\n# |https://e|é|🔥|\n){0,60}",
        times in 1_usize..9,
        many in 0_i64..40,
    ) {
        let text = hostile.repeat(times);
        let account = crowded(&text, many);
        let notice = Notice::Account {
            account: &account, aids: &Aids::default(), occasion: Occasion::Busy, whole: &text,
        };
        let content = slack::content(&notice, Locale::Chinese);
        let size = json!(content.blocks).to_string().len();
        prop_assert!(size <= 11_300 && content.blocks.len() <= 50, "{}", size);
        // Slack reads links and mentions in no part of it: none is of that kind, and no text is mrkdwn.
        let shown = json!(content.blocks).to_string();
        prop_assert!(!shown.contains("\"type\":\"mrkdwn\"") && !shown.contains("\"type\":\"link\""));
        let content = discord::content(&notice, Locale::English);
        prop_assert_eq!(too_much(&content), Vec::<String>::new());
        for embed in &content.embeds {
            let text = embed["description"].as_str().unwrap().replace("\\[", "");
            for sign in ["@everyone", " @11", "[x](", " https://"] {
                prop_assert!(!text.contains(sign), "{} in {}", sign, text);
            }
        }
    }
}
