//! The page of a scan in a real browser, by day and by night, on a phone and on a screen: nothing is wider than the screen, nothing
//! is fetched, nothing is complained of, and all of it can be read.

mod chromium;

use std::collections::BTreeMap;

use chat::Locale;
use incident::scan::{About, Scan, Scanned, Telling};
use incident::vitals::{Area, State, Unit};
use incident::{Gauge, Moment, Span, Vitals};
use serde_json::{Value, json};

use crate::bad_input::Place;
use crate::bot::GHOST;
use chromium::{Chromium, Screen};

const PHONE: Screen = Screen {
    width: 390,
    height: 844,
};
const DESKTOP: Screen = Screen {
    width: 1280,
    height: 900,
};

/// A word without a place to break it.
const LONG: &str = "/srv/shop/releases/2026-11-23T10-30-00Z/node_modules/.cache/terser-webpack-plugin/content-v2/sha512/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn gauges() -> Vec<Gauge> {
    let gauge = |area, name: &str, used, state| {
        Gauge::new(area, name, Unit::Percent, used, Some(100), state)
    };
    vec![
        gauge(Area::Processors, "busy", 12, State::Fine),
        gauge(Area::Memory, "in use", 71, State::Fine),
        gauge(Area::Space, LONG, 100, State::Over),
        gauge(Area::Space, "/var", 91, State::Near),
        gauge(Area::Inodes, "/var/lib/containers/storage", 3, State::Fine),
        Gauge::unknown(Area::Waiting, "for anything", Unit::Percent, "not told"),
    ]
}

/// A host of the page: every kind of line with words that are too long for a phone.
fn host(n: usize) -> Scanned {
    let name = match n % 3 {
        0 => format!("web{n}"),
        1 => format!(
            "{}.eu-central-1.compute.internal.example.com",
            "x".repeat(50)
        ),
        _ => format!("db{n}.example.com"),
    };
    let status = ["critical", "degraded", "healthy", "unreachable"][n % 4];
    let finding = |id: &str, code: &str, severity: &str, explains: &[&str]| {
        json!({
            "id": id, "code": code, "severity": severity, "confidence": "confirmed", "host": name,
            "subject": format!("path:{LONG}"), "title": format!("{LONG} is not executable (mode 0644)"),
            "detail": format!("{LONG}\n\tand a line that is long because it has many words, one after another, until it does not fit any more"),
            "facts": {}, "cites": ["e-1"], "explains": explains,
        })
    };
    let findings = match status {
        "critical" => vec![
            finding("f-1", "unit.exec_permission", "critical", &["f-2"]),
            finding("f-2", "unit.failed", "critical", &[]),
            finding("f-3", "host.reboot_required", "info", &[]),
        ],
        "degraded" => vec![finding("f-1", "fs.full", "warning", &[])],
        _ => Vec::new(),
    };
    let away =
        format!("{name}: no connection (connect to address 2001:db8:0:0:0:0:0:1 port 22: {LONG})");
    let report = json!({
        "host": name, "status": status, "took": 10, "findings": findings,
        "could_not_check": [{ "probe": "net.firewall", "why": "needs root: firewall rules", "try": LONG }],
        "unreachable": if status == "unreachable" { away.as_str() } else { "" },
    });
    Scanned {
        report: serde_json::from_value(report).unwrap(),
        vitals: (status != "unreachable").then(|| Vitals {
            gauges: gauges(),
            needs: Vec::new(),
        }),
        about: vec![
            About::System {
                name: "Debian GNU/Linux 13 (trixie)".to_owned(),
                kernel: "6.12.57+deb13-amd64".to_owned(),
            },
            About::Processor {
                model: "Intel(R) Xeon(R) Platinum 8488C Processor".to_owned(),
                online: 96,
                within: "QEMU Standard PC (i440FX + PIIX, 1996)".to_owned(),
            },
            About::Certificate {
                path: LONG.to_owned(),
                days: 38,
            },
        ],
    }
}

/// A page of many hosts with long names and long lines.
fn long_page(locale: Locale) -> String {
    let mut scan = Scan {
        name: "monthly".to_owned(),
        at: Moment(1_795_433_400_000),
        took: Span::seconds(12),
        hosts: (0..14).map(host).collect(),
        change: None,
    };
    let mut before = scan.keep();
    let mut lines = before.lines.split_off(4);
    for line in &mut lines {
        line.line.subject = "path:/gone".to_owned().try_into().unwrap();
    }
    before.lines = lines;
    for host in &mut before.hosts {
        for room in host.rooms.values_mut() {
            *room -= 20;
        }
    }
    scan.change = Some(before.compare(&scan));
    let telling = Telling {
        scan: &scan,
        at: "2026-11-23 10:30 CET",
        since: "2026-10-23 10:30 CEST",
        names: &BTreeMap::new(),
    };
    chat::page::scan(&telling, locale)
}

/// What is too wide, too faint or cut off on the page, each in a line.
const FLAWS: &str = include_str!("browser/flaws.js");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_scan_fits_every_screen() {
    let Some(mut chromium) = Chromium::start().await else {
        return;
    };
    let place = Place::new();
    let config = place.file("sickbay.toml", format!("version = 1\n{GHOST}"));
    let scanned = place.at("scanned.html");
    let args = [
        "scan",
        "localhost",
        "ghost",
        "--config",
        &config,
        "--out",
        &scanned,
    ];
    let said = place.run(&args);
    assert_eq!(said.code, 3, "the ghost is away: {}{}", said.out, said.err);
    let pages = [
        ("scanned", scanned),
        ("long", place.file("long.html", long_page(Locale::English))),
        (
            "long-zh",
            place.file("long-zh.html", long_page(Locale::Chinese)),
        ),
    ];
    for (name, path) in &pages {
        for (screen, shade) in [
            (PHONE, "light"),
            (PHONE, "dark"),
            (DESKTOP, "light"),
            (DESKTOP, "dark"),
        ] {
            let url = format!("file://{path}");
            let events = chromium.open(&url, screen, shade).await;
            let what = format!("{name}, {} px, {shade}", screen.width);
            chromium.picture(&what).await;
            assert_eq!(fetched(&events, &url), Vec::<String>::new(), "{what}");
            assert_eq!(complaints(&events), Vec::<&Value>::new(), "{what}");
            let flaws = chromium.says(FLAWS).await;
            assert_eq!(flaws, json!([]), "{what}: {flaws:#}");
            let dark = chromium
                .says("getComputedStyle(document.body).backgroundColor")
                .await;
            let is_dark = dark != json!("rgb(255, 255, 255)");
            assert_eq!(is_dark, shade == "dark", "{what}: {dark}");
        }
    }
}

/// What was fetched beside the page.
fn fetched(events: &[Value], page: &str) -> Vec<String> {
    let asked = events
        .iter()
        .filter(|event| event["method"] == "Network.requestWillBeSent")
        .filter_map(|event| event["params"]["request"]["url"].as_str());
    asked
        .filter(|url| *url != page)
        .map(str::to_owned)
        .collect()
}

/// What the browser complained of.
fn complaints(events: &[Value]) -> Vec<&Value> {
    const ALL: [&str; 3] = [
        "Log.entryAdded",
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
    ];
    let complaint = |event: &&Value| ALL.iter().any(|method| event["method"] == *method);
    events.iter().filter(complaint).collect()
}
