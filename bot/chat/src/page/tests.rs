//! The page as a browser's own parser reads it: nothing of a host is markup, and nothing is fetched from anywhere.

use std::collections::BTreeMap;

use html5ever::driver::ParseOpts;
use html5ever::parse_document;
use html5ever::tendril::TendrilSink as _;
use incident::Moment;
use incident::Span;
use incident::scan::{About, Scan, Scanned, Tally, Telling};
use incident::vitals::{Area, State, Unit};
use incident::{Gauge, HostStatus, Vitals};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::terminal::{Face, render};
use crate::{Locale, discord, slack};

/// What a host would say that means to write our page.
const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)> &lt;b&gt; {{7*7}} </style></title><!-- \u{202e}x";

fn vitals() -> Vitals {
    let gauge = |area, name: &str, used, state| {
        Gauge::new(area, name, Unit::Percent, used, Some(100), state)
    };
    Vitals {
        gauges: vec![
            gauge(Area::Processors, "busy", 12, State::Fine),
            gauge(Area::Space, "/var", 91, State::Near),
            gauge(Area::Space, "/", 100, State::Over),
            Gauge::unknown(Area::Waiting, "for anything", Unit::Percent, "not told"),
        ],
        needs: Vec::new(),
    }
}

/// Seven hosts: two that need somebody, two that could not be looked at, and well ones.
pub(crate) fn scan(name: &str) -> Scan {
    let mut hosts: Vec<Scanned> = crate::tests::reports()
        .into_iter()
        .map(|report| Scanned {
            vitals: (report.status != HostStatus::Unreachable).then(vitals),
            about: vec![
                About::System {
                    name: "Debian GNU/Linux 13 (trixie)".to_owned(),
                    kernel: "6.12.57+deb13-amd64".to_owned(),
                },
                About::Processor {
                    model: "Intel(R) Xeon(R) Processor".to_owned(),
                    online: 4,
                    within: "QEMU Standard PC".to_owned(),
                },
                About::Modules {
                    asked: 84,
                    lost: vec!["wireguard".to_owned()],
                },
                About::Certificate {
                    path: "/etc/ssl/shop/shop.crt".to_owned(),
                    days: 38,
                },
            ],
            report,
        })
        .collect();
    // The same on another host is the same line.
    let mut twin = hosts[1].clone();
    let host: incident::HostName = "web9".parse().unwrap();
    twin.report.host = host.clone();
    for finding in &mut twin.report.findings {
        finding.host = host.clone();
    }
    hosts.push(twin);
    let mut scan = Scan {
        name: name.to_owned(),
        at: Moment(1_795_433_400_000),
        took: Span::seconds(12),
        hosts,
        change: None,
    };
    let mut before = scan.keep();
    before
        .lines
        .retain(|line| line.line.host.as_str() != "web9");
    let mut gone = before.lines[0].clone();
    gone.line.host = "db1".parse().unwrap();
    before.lines.push(gone);
    for host in &mut before.hosts {
        host.seen = true;
        host.rooms.insert("/var".to_owned(), 74);
    }
    scan.change = Some(before.compare(&scan));
    scan
}

pub(crate) fn names(locale: Locale) -> BTreeMap<String, String> {
    let full = locale.say("A filesystem is full", "文件系统已满");
    let exec = locale.say(
        "A service's program may not be executed",
        "服务程序没有执行权限",
    );
    [("fs.full", full), ("unit.exec_permission", exec)]
        .map(|(code, name)| (code.to_owned(), name.to_owned()))
        .into()
}

fn told(scan: &Scan, locale: Locale, lay: impl Fn(&Telling<'_>) -> String) -> String {
    let names = names(locale);
    let (at, since) = ("2026-11-23 10:30", "2026-10-23 10:30");
    lay(&Telling {
        scan,
        at,
        since,
        names: &names,
    })
}

fn page(scan: &Scan, locale: Locale) -> String {
    told(scan, locale, |telling| super::scan(telling, locale))
}

/// An element: its name, its attributes, and the text directly in it.
type Element = (String, Vec<(String, String)>, String);

/// Every element, and what the parser complains of.
fn elements(page: &str) -> (Vec<Element>, Vec<String>) {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mut found = Vec::new();
    let mut open: Vec<Handle> = vec![dom.document.clone()];
    while let Some(node) = open.pop() {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attrs = attrs.borrow();
            let attrs = attrs
                .iter()
                .map(|attr| (attr.name.local.to_string(), attr.value.to_string()));
            let children = node.children.borrow();
            let text = children.iter().filter_map(|child| {
                let NodeData::Text { contents } = &child.data else {
                    return None;
                };
                Some(contents.borrow().to_string())
            });
            found.push((name.local.to_string(), attrs.collect(), text.collect()));
        }
        open.extend(node.children.borrow().iter().cloned());
    }
    let errors = dom.errors.borrow();
    (found, errors.iter().map(ToString::to_string).collect())
}

#[test]
fn a_browser_reads_it_without_a_complaint() {
    for locale in Locale::ALL {
        let page = page(&scan("monthly"), locale);
        let (elements, errors) = elements(&page);
        assert_eq!(errors, Vec::<String>::new());
        let count = |name: &str| elements.iter().filter(|(of, ..)| of == name).count();
        assert_eq!((count("main"), count("style"), count("h1")), (1, 1, 1));
        assert!(
            count("svg") >= 4 && count("rect") > 30,
            "there are pictures"
        );
        let html = elements.iter().find(|(of, ..)| of == "html").unwrap();
        assert_eq!(html.1, [("lang".to_owned(), locale.tag().to_owned())]);
        assert!(page.contains("width=device-width"), "it fits a phone");
        assert!(page.contains("prefers-color-scheme:dark"));
        let pictures = elements.iter().filter(|(of, ..)| of == "svg");
        for (_, attrs, _) in pictures {
            assert!(
                attrs
                    .iter()
                    .any(|(name, told)| name == "aria-label" && !told.is_empty())
            );
        }
    }
}

/// Puts a text wherever a host may put one.
fn hostile() -> Scan {
    let mut scan = scan("monthly");
    for host in &mut scan.hosts {
        for finding in &mut host.report.findings {
            finding.title = HOSTILE.to_owned();
            finding.detail = format!("{HOSTILE}\n{HOSTILE}");
        }
        for gap in &mut host.report.could_not_check {
            gap.why = HOSTILE.to_owned();
        }
        if !host.report.unreachable.is_empty() {
            host.report.unreachable = HOSTILE.to_owned();
        }
        host.about = vec![
            About::System {
                name: HOSTILE.to_owned(),
                kernel: HOSTILE.to_owned(),
            },
            About::Modules {
                asked: 3,
                lost: vec![HOSTILE.to_owned()],
            },
            About::Certificate {
                path: HOSTILE.to_owned(),
                days: 3,
            },
        ];
        for gauge in host.vitals.iter_mut().flat_map(|vitals| &mut vitals.gauges) {
            gauge.name = HOSTILE.to_owned();
            gauge.why = HOSTILE.to_owned();
        }
    }
    if let Some(change) = &mut scan.change {
        for line in change.new.iter_mut().chain(&mut change.gone) {
            line.title = HOSTILE.to_owned();
        }
        for grown in &mut change.grown {
            grown.path = HOSTILE.to_owned();
        }
    }
    scan
}

#[test]
fn what_a_host_wrote_is_text_and_nothing_else() {
    const OURS: [&str; 27] = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section",
        "h1", "h2", "h3", "p", "span", "b", "ul", "li", "code", "pre", "svg", "text", "rect",
        "title", "g", "a", "br",
    ];
    const MAY_HAVE: [&str; 21] = [
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "class",
        "viewBox",
        "role",
        "aria-label",
        "x",
        "y",
        "rx",
        "width",
        "height",
        "text-anchor",
        "viewbox",
        "id",
        "fill",
        "style",
        "d",
        "title",
    ];
    for locale in Locale::ALL {
        let page = page(&hostile(), locale);
        let (elements, errors) = elements(&page);
        assert_eq!(errors, Vec::<String>::new());
        let mut seen = false;
        for (name, attrs, text) in &elements {
            assert!(OURS.contains(&name.as_str()), "<{name}>");
            for (attr, value) in attrs {
                assert!(
                    MAY_HAVE.contains(&attr.as_str()),
                    "<{name} {attr}={value:?}>"
                );
                assert!(!value.contains("url(") && !value.contains("javascript:"));
            }
            seen |= text.contains("<script>alert(1)</script>");
            assert!(
                !text.contains('\u{202e}'),
                "nothing turns the order of reading"
            );
        }
        assert!(seen, "it is there to be read");
    }
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    let page = page(&hostile(), Locale::English);
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    let style = super::STYLE;
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'));
    for (name, attrs, _) in elements(&page).0 {
        for (attr, _) in attrs {
            assert!(
                !["src", "href", "srcset", "data", "action"].contains(&attr.as_str()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_scan_as_it_is_read() {
    let scan = scan("monthly");
    let shown = |width, all, locale| {
        told(&scan, locale, |telling| {
            let notice = incident::notice::Notice::Scanned {
                telling,
                file: "scan-monthly-2026-11-23.html",
                page: "",
            };
            let face = Face {
                colour: false,
                all,
                width: Some(width),
                locale,
            };
            render(&notice, face)
        })
    };
    for locale in Locale::ALL {
        for width in [40, 72] {
            for all in [false, true] {
                let out = shown(width, all, locale);
                let wide = |line: &&str| unicode_width::UnicodeWidthStr::width(*line) > width;
                assert_eq!(out.lines().find(wide), None);
            }
        }
    }
    let both = Locale::ALL
        .map(|locale| format!("——— {}\n{}", locale.tag(), shown(90, false, locale)))
        .concat();
    insta::assert_snapshot!("text", both);
    insta::assert_snapshot!("page", page(&scan, Locale::English).replace("><", ">\n<"));
}

#[test]
fn a_chat_gets_the_worst_and_the_page() {
    let scan = scan("monthly");
    let out = Locale::ALL.map(|locale| {
        told(&scan, locale, |telling| {
            let notice = incident::notice::Notice::Scanned {
                telling,
                file: "scan-monthly-2026-11-23.html",
                page: "<!DOCTYPE html>…",
            };
            let on_slack = slack::content(&notice, locale);
            let on_discord = discord::content(&notice, locale);
            assert_eq!(on_slack.files.len(), 1);
            assert_eq!(on_slack.files[0].kind(), "text/html");
            assert_eq!(on_discord.files, on_slack.files);
            let blocks = serde_json::to_string_pretty(&on_slack.blocks).unwrap();
            let embeds = serde_json::to_string_pretty(&on_discord.embeds).unwrap();
            format!(
                "——— {}\n{}\n{blocks}\n{}\n{embeds}\n",
                locale.tag(),
                on_slack.text,
                on_discord.text
            )
        })
    });
    insta::assert_snapshot!("chat", out.concat());
}

#[test]
fn a_large_fleet_fits_into_a_message_and_a_file() {
    let mut scan = hostile();
    let sick = scan.hosts[1].clone();
    scan.hosts = (0..700)
        .map(|n| {
            let mut host = sick.clone();
            host.report.host = format!("a-host-with-quite-a-long-name-{n}.example.com")
                .parse()
                .unwrap();
            for finding in &mut host.report.findings {
                finding.host = host.report.host.clone();
                let code = format!("area.{}", "x".repeat(n % 40 + 1));
                finding.code = code.try_into().unwrap();
                finding.title = HOSTILE.repeat(20);
            }
            host
        })
        .collect();
    for locale in Locale::ALL {
        told(&scan, locale, |telling| {
            let page = super::scan(telling, locale);
            assert!(page.len() < 8 << 20, "{} bytes", page.len());
            let notice = incident::notice::Notice::Scanned {
                telling,
                file: "scan-monthly-2026-11-23.html",
                page: &page,
            };
            let on_discord = discord::content(&notice, locale);
            assert_eq!(crate::tests::too_much(&on_discord), Vec::<String>::new());
            let on_slack = slack::content(&notice, locale);
            assert!(on_slack.text.len() <= 4_000);
            assert!(serde_json::to_string(&on_slack.blocks).unwrap().len() <= 13_000);
            String::new()
        });
    }
}

#[test]
fn a_fleet_that_is_well_is_one_line() {
    let mut scan = scan("");
    scan.hosts
        .retain(|host| host.report.status == HostStatus::Healthy);
    scan.change = None;
    let notice = |locale| {
        told(&scan, locale, |telling| {
            let notice = incident::notice::Notice::Scanned {
                telling,
                file: "",
                page: "",
            };
            slack::content(&notice, locale).text
        })
    };
    assert_eq!(notice(Locale::English), "1 host: 1 well");
    assert_eq!(notice(Locale::Chinese), "1 台主机：1 台正常");
}

#[test]
fn what_could_not_be_read_is_part_of_the_verdict() {
    let check = |(well, partly), english: &str, chinese: &str| {
        let tally = Tally {
            hosts: 7,
            need: 7 - well - 1,
            unseen: 1,
            well,
            partly,
        };
        assert_eq!(Locale::English.scan_verdict(&tally), english);
        assert_eq!(Locale::Chinese.scan_verdict(&tally), chinese);
    };
    check(
        (4, 0),
        "7 hosts: 2 need somebody, 1 could not be looked at, 4 well",
        "7 台主机：2 台需要处理，1 台无法检查，4 台正常",
    );
    check(
        (5, 2),
        "7 hosts: 1 needs somebody, 1 could not be looked at, 5 well, 2 of them as far as could be read",
        "7 台主机：1 台需要处理，1 台无法检查，5 台正常（其中 2 台未能完整检查）",
    );
    check(
        (6, 6),
        "7 hosts: 1 could not be looked at, 6 well as far as could be read",
        "7 台主机：1 台无法检查，6 台在能检查的范围内正常",
    );
}
