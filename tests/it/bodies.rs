//! What Sickbay sends, whatever people and hosts wrote, is taken by the strict platforms as it is, and pings nobody.

use chat::front::{Front, New};
use chat::{Languages, Locale, discord, slack};
use incident::notice::{Card, Hints, Notice, Standing};
use incident::remediation::{Outcome, Why};
use incident::report::HostReport;
use incident::{HostName, HostStatus, Proposal, ResponderId, Span};
use serde_json::json;

/// A name that is italic in mrkdwn, and nothing but a name here.
const NAME: &str = "_web_1_";

/// What somebody wrote who means no good, or writes another way.
const HOSTILE: [&str; 8] = [
    "<!channel> <!here> <@U1> @everyone @here <@11> <@&31>",
    "*bold* _italic_ ~gone~ `code` ```block``` <https://evil.example|good.example> [x](https://evil.example)",
    "\u{202e}elbatucexe ton si nibs/rsu/\u{202c} \u{200b}\u{2066}שלום עולם\u{2069} مرحبا",
    "🔥👩‍👩‍👧‍👦🇩🇪 é e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "网站挂了，请尽快处理。数据库连接超时",
    "\u{1b}[31mred\u{1b}[0m \u{7} \0 \r\n\t",
    "&amp; &lt;b&gt; \\n %s {} $(reboot) `reboot`",
    "",
];

/// Findings that no message has room for.
const MANY: usize = 3_000;

fn report(text: &str, findings: usize) -> HostReport {
    let finding = |n: usize| {
        json!({
            "id": format!("f-{n}"), "code": "unit.failed", "severity": "critical", "confidence": "confirmed", "host": NAME,
            "subject": "unit:shop.service", "title": text, "facts": {}, "cites": ["e-1"],
            "explains": if n == 1 { vec!["f-2"] } else { Vec::new() }, "detail": text,
        })
    };
    let findings: Vec<_> = (1..=findings).map(finding).collect();
    serde_json::from_value(json!({
        "host": NAME, "status": "critical", "took": 2100, "unreachable": "", "findings": findings,
        "could_not_check": [{ "probe": "disk.remote", "why": text, "try": text }],
    }))
    .unwrap()
}

fn proposal(text: &str) -> Proposal {
    serde_json::from_value(json!({
        "id": "k7f3qa-1", "incident": "20261123-k7f3qa", "host": NAME, "host_key": "SHA256:x", "login": "ops",
        "privilege": "sudo", "runbook": "unit-exec-permission", "runbook_version": 1,
        "title": text, "risk": "low", "answers": "f-1",
        "answers_code": "unit.exec_permission", "answers_subject": "path:/x", "undo": "automatic",
        "steps": [{ "verb": "file.chmod", "args": ["/srv/_shop_/bin/serve", "0755"] }],
        "undo_words": [text], "undoes": null, "diff": text,
        "limits": { "cooldown": 600_000, "per_host_per_day": 3, "timeout": 60_000 },
        "min_approvals": 1, "made_at": 0, "expires_at": 900_000,
    }))
    .unwrap()
}

/// Posts each notice that can be made of this text.
async fn post_all(front: &Front, place: &str, locale: Locale, text: &str, findings: usize) {
    let (proposal, reports) = (proposal(text), [report(text, findings)]);
    let host = HostName::new(NAME).unwrap();
    let by = ResponderId::new("ada").unwrap();
    let approvers = [by.clone()];
    let candidates = approvers.clone().map(Into::into);
    let card = Card {
        title: text,
        proposal: &proposal,
        because: text,
        approvers: &candidates,
        needed: 2,
        may_approve: true,
        left: Span::minutes(10),
    };
    let cards = [card.clone()];
    let summary = locale.summary(&reports);
    let (incident, hosts, lines) = (&proposal.incident, [host], [text.to_owned()]);
    let pages = [("page".to_owned(), text.to_owned(), "f-1".to_owned())];
    let why = Why::Guard(text.to_owned());
    let ended = Standing::Ended {
        outcome: Outcome::Failed,
        why: &why,
        output: text,
        can_undo: true,
    };
    let notices = [
        Notice::Opened {
            incident,
            by: &by,
            hosts: &hosts,
            symptom: text,
            doing: &lines,
        },
        Notice::Headline {
            incident,
            by: &by,
            status: HostStatus::Critical,
            summary: &summary,
            cards: &cards,
            pages: &pages,
            stage: incident::Status::Resolved,
            hints: &Hints::default(),
        },
        Notice::Diagnosed {
            incident,
            summary: &summary,
            reports: &reports,
            cards: &cards,
            pages: &pages,
            withheld: &lines,
            hints: &Hints::default(),
        },
        Notice::Offer {
            card: &card,
            given: &approvers,
            standing: Standing::Open,
        },
        Notice::Offer {
            card: &card,
            given: &approvers,
            standing: ended,
        },
        Notice::Refused { why: text },
        Notice::Answer { text },
    ];
    let mut root = None;
    for (n, notice) in notices.iter().enumerate() {
        let content = front.content(notice, locale);
        let once = format!("{n} {findings} {locale:?} {text}");
        let new = New {
            place,
            root: root.as_deref(),
            once: &once,
            again: None,
        };
        if let Some(file) = front.apart(&content) {
            let once = format!("{once} file");
            let new = New { once: &once, ..new };
            front.post(new, &file).await.unwrap();
        }
        let posted = front.post(new, &content).await;
        let posted = posted.unwrap_or_else(|error| panic!("{notice:?}: {error}"));
        front.edit(&posted, &content).await.unwrap();
        root.get_or_insert(posted);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slack_takes_whatever_was_written_and_pings_nobody() {
    let slack = crate::slack::workspace().await;
    let front = slack::Slack::new(slack::Options {
        api: slack.api_url(),
        bot_token: slack.bot_token().to_owned(),
        app_token: Some(slack.app_token().to_owned()),
        signing_secret: None,
    })
    .unwrap();
    let front = Front::Slack(Box::new(front));
    let place = format!("slack:{}:C1", slack.team());
    for locale in [Locale::English, Locale::Chinese] {
        for text in HOSTILE {
            post_all(&front, &place, locale, text, 2).await;
        }
    }
    post_all(&front, &place, Locale::English, HOSTILE[0], MANY).await;
    slack.assert_no_refusals();
    assert_eq!(slack.pings(), []);
    let said = slack.messages("C1");
    assert!(said.iter().any(|one| one.words().contains(NAME)));
    let file = slack.look(|state| state.files.values().next_back().cloned().unwrap());
    let text = String::from_utf8(file.content.unwrap()).unwrap();
    assert_eq!(text.matches("CRITICAL f-").count(), MANY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_takes_whatever_was_written_and_pings_nobody() {
    let discord = crate::discord::guild().await;
    let front = discord::Discord::new(discord::Options {
        token: discord.token().to_owned(),
        guilds: std::collections::BTreeSet::new(),
        web: None,
        api: Some(discord.url()),
        people: std::collections::BTreeSet::new(),
        offers: discord::Offers::none(),
        hear_threads: false,
        public_key: None,
        patience: discord::PATIENCE,
        languages: Languages::default(),
    });
    let front = Front::Discord(front);
    let place = format!("discord:{}:21", tests::fakes::discord::GUILD);
    for locale in [Locale::English, Locale::Chinese] {
        for text in HOSTILE {
            post_all(&front, &place, locale, text, 2).await;
        }
    }
    post_all(&front, &place, Locale::English, HOSTILE[0], MANY).await;
    discord.assert_no_refusals();
    assert_eq!(discord.pings(), []);
}
