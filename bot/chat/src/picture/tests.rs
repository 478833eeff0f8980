//! What the pictures show and say, that no name breaks them, and that what nobody saw never looks well.

use incident::vitals::{Area, State, Unit};
use incident::{Finding, Gauge, HostName, Vitals};
use proptest::prelude::*;
use serde_json::json;

use super::font::{INSTEAD, Ruler};
use super::layers::{MOST_NODES, layers};
use super::sheet::Palette;
use super::text::{clean, drawable, fit, wrap};
use super::{LONGEST_ALT, Shade, WIDTH, causes, gauges, graph, vitals};
use crate::Locale;

const SHADES: [Shade; 2] = [Shade::Light, Shade::Dark];

fn host() -> HostName {
    HostName::new("shop1").unwrap()
}

fn gauge(area: Area, name: &str, unit: Unit, used: i64, of: i64, state: State) -> Gauge {
    Gauge::new(area, name, unit, used, Some(of), state)
}

/// A host in trouble, with everything that can be told of one.
fn pressed() -> Vitals {
    const GIB: i64 = 1 << 30;
    let unseen = |area, name, unit, why| Gauge::unknown(area, name, unit, why);
    use Area::*;
    use State::*;
    use Unit::*;
    let gauges = vec![
        gauge(Processors, "busy", Percent, 99, 100, Near),
        gauge(Processors, "taken by other machines", Percent, 3, 100, Fine),
        gauge(Processors, "idle for a disk", Percent, 12, 100, Fine),
        gauge(
            Processors,
            "load of five minutes",
            Hundredths,
            890,
            200,
            Over,
        ),
        gauge(Memory, "memory", Bytes, 31 * GIB / 10, 38 * GIB / 10, Fine),
        unseen(
            Memory,
            "swap",
            Bytes,
            "it did not end within its time limit",
        ),
        gauge(Space, "/", Bytes, 199 * GIB / 10, 20 * GIB, Over),
        gauge(
            Space,
            "/srv/shop/releases/2026-11-23/shared/uploads/originals",
            Bytes,
            93 * GIB,
            100 * GIB,
            Near,
        ),
        gauge(Space, "/boot", Bytes, GIB / 5, GIB, Fine),
        gauge(Space, "/dev/shm", Bytes, 0, GIB, Fine),
        gauge(Space, "/run/lock", Bytes, 4096, 5 * GIB / 1024, Fine),
        gauge(Inodes, "/", Count, 481_913, 16_777_216, Fine),
        gauge(Inodes, "/boot", Count, 300, 65_536, Fine),
        gauge(Network, "broken or dropped packets", Percent, 0, 100, Fine),
        gauge(
            Network,
            "tracked connections",
            Count,
            261_000,
            262_144,
            Over,
        ),
        gauge(Waiting, "some work, for processors", Percent, 81, 100, Near),
        gauge(Waiting, "some work, for memory", Percent, 0, 100, Fine),
        gauge(Waiting, "all work, for memory", Percent, 0, 100, Fine),
        gauge(Waiting, "some work, for disks", Percent, 2, 100, Fine),
        gauge(Waiting, "all work, for disks", Percent, 1, 100, Fine),
        gauge(Limits, "tasks", Count, 202, 192_730, Fine),
        unseen(
            Limits,
            "open files",
            Count,
            "a container sees only its machine's",
        ),
        unseen(
            Limits,
            "threads",
            Count,
            "a container sees only its machine's",
        ),
    ];
    Vitals {
        gauges,
        needs: Vec::new(),
    }
}

fn finding(n: usize, severity: &str, title: &str, explains: &[usize]) -> Finding {
    let explains: Vec<String> = explains.iter().map(|n| format!("f-{n}")).collect();
    let value = json!({
        "id": format!("f-{n}"), "code": "unit.failed", "severity": severity, "confidence": "confirmed", "host": "shop1",
        "subject": "unit:nginx.service", "title": title, "detail": "", "facts": {}, "cites": ["e-7"], "explains": explains,
    });
    serde_json::from_value(value).unwrap()
}

/// A full disk and what comes of it, and a fault of its own beside it.
fn chain() -> Vec<Finding> {
    vec![
        finding(
            1,
            "warning",
            "/var/log/shop/debug.log grows by 41.0 MiB a second and has 18.2 GiB",
            &[2, 3, 4, 6],
        ),
        finding(2, "critical", "/ is 99 % full, 102 MiB left", &[3, 4, 6]),
        finding(
            3,
            "critical",
            "mariadb.service has failed (exit-code): it could not write to /var/lib/mysql/aria_log_control, and gave up after five attempts in a row",
            &[6],
        ),
        finding(4, "warning", "The journal could not be written", &[]),
        finding(
            5,
            "critical",
            "/etc/nginx/sites-enabled/shop has a syntax error on line 12",
            &[6],
        ),
        finding(6, "critical", "nginx.service has failed (exit-code)", &[]),
        finding(7, "info", "A reboot is pending", &[]),
    ]
}

fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The SVG of a picture, read again as XML: how many texts it has and what they are.
fn texts(svg: &str) -> Vec<String> {
    let tree = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
    let texts = tree.descendants().filter(|node| node.has_tag_name("text"));
    texts
        .map(|node| node.text().unwrap_or("").to_owned())
        .collect()
}

#[test]
fn vitals_are_drawn_in_both_shades() {
    for shade in SHADES {
        let sheet = gauges::sheet(&pressed(), &host(), shade, Locale::English).unwrap();
        insta::assert_snapshot!(format!("vitals_{shade:?}").to_lowercase(), sheet.svg());
    }
}

#[test]
fn causes_are_drawn_in_both_shades() {
    let findings = chain();
    for shade in SHADES {
        let sheet = graph::sheet(&layers(&findings), shade, Locale::English).unwrap();
        insta::assert_snapshot!(format!("causes_{shade:?}").to_lowercase(), sheet.svg());
    }
}

#[test]
fn a_picture_is_as_large_as_it_says_and_says_what_it_shows() {
    for shade in SHADES {
        let drawn = vitals(&pressed(), &host(), shade, Locale::English).unwrap();
        assert_eq!(size(&drawn.png), (drawn.width, drawn.height));
        assert_eq!(drawn.width, WIDTH);
        let graph = causes(&chain(), shade, Locale::English).unwrap().unwrap();
        assert_eq!(size(&graph.png), (graph.width, graph.height));
        insta::assert_snapshot!("alt", format!("{}\n\n{}", drawn.alt, graph.alt));
    }
}

/// For looking at: `SICKBAY_PICTURES=DIR cargo test -p chat pictures_to_look_at`.
#[test]
fn pictures_to_look_at() {
    let Some(dir) = std::env::var_os("SICKBAY_PICTURES") else {
        return;
    };
    let dir = std::path::PathBuf::from(dir);
    let many: Vec<Finding> = (1..=20)
        .map(|n| {
            finding(
                n,
                "warning",
                "one after another, each the cause of the next",
                &[n + 1],
            )
        })
        .collect();
    let hostile = Vitals {
        gauges: vec![gauge(
            Area::Space,
            "/mnt/\u{202e}<b>&\u{7}数据库/שלום/🔥",
            Unit::Bytes,
            5,
            9,
            State::Fine,
        )],
        needs: Vec::new(),
    };
    for shade in SHADES {
        let put = |name: &str, png: &[u8]| {
            std::fs::write(
                dir.join(format!("{name}-{shade:?}.png").to_lowercase()),
                png,
            )
            .unwrap();
        };
        put(
            "vitals",
            &vitals(&pressed(), &host(), shade, Locale::English)
                .unwrap()
                .png,
        );
        put(
            "hostile",
            &vitals(&hostile, &host(), shade, Locale::English)
                .unwrap()
                .png,
        );
        put(
            "causes",
            &causes(&chain(), shade, Locale::English)
                .unwrap()
                .unwrap()
                .png,
        );
        put(
            "deep",
            &causes(&many, shade, Locale::English).unwrap().unwrap().png,
        );
    }
}

#[test]
fn no_text_is_too_small_and_every_colour_stands_out() {
    for shade in SHADES {
        for svg in [
            gauges::sheet(&pressed(), &host(), shade, Locale::English)
                .unwrap()
                .svg(),
            graph::sheet(&layers(&chain()), shade, Locale::English)
                .unwrap()
                .svg(),
        ] {
            for size in svg.split("font-size=\"").skip(1) {
                let points: f32 = size.split('"').next().unwrap().parse().unwrap();
                assert!(points * 2.0 >= 26.0, "{points}");
            }
        }
        let Palette {
            paper,
            ink,
            quiet,
            trough,
            line,
            good,
            warn,
            bad,
        } = Palette::of(shade);
        for (colour, least) in [
            (ink, 7.0),
            (quiet, 4.5),
            (good, 4.5),
            (warn, 4.5),
            (bad, 4.5),
            (line, 3.0),
        ] {
            for ground in [paper, trough] {
                let contrast = contrast(colour, ground);
                assert!(
                    contrast >= least,
                    "{shade:?} {colour} on {ground}: {contrast}"
                );
            }
        }
    }
    assert!(contrast("#777777", "#888888") < 3.0, "a control");
}

/// The contrast of two colours as WCAG counts it.
fn contrast(a: &str, b: &str) -> f64 {
    let light = |colour: &str| {
        let part = |at: usize| {
            let c = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[test]
fn a_graph_needs_a_cause_and_an_effect() {
    let alone = [finding(1, "critical", "alone", &[])];
    let strangers = [
        finding(1, "critical", "a", &[]),
        finding(2, "info", "b", &[]),
    ];
    let itself = [finding(1, "critical", "a", &[1])];
    let absent = [finding(1, "critical", "a", &[9])];
    for findings in [&[][..], &alone, &strangers, &itself, &absent] {
        assert_eq!(
            causes(findings, Shade::Light, Locale::English).unwrap(),
            None
        );
    }
}

/// Each line: a finding's id, its depth and its direct causes.
#[track_caller]
fn check(explains: &[&[usize]], expected: &[&str]) {
    let findings: Vec<Finding> = (1..)
        .zip(explains)
        .map(|(n, explains)| finding(n, "warning", "x", explains))
        .collect();
    let graph = layers(&findings);
    let found: Vec<String> = graph
        .nodes
        .iter()
        .map(|node| {
            let causes = node
                .causes
                .iter()
                .map(|n| graph.nodes[*n].finding.id.to_string());
            let causes: Vec<String> = causes.collect();
            format!("{} {} {}", node.finding.id, node.depth, causes.join(" "))
                .trim()
                .to_owned()
        })
        .collect();
    assert_eq!(expected, found);
}

#[test]
fn causes_come_before_what_they_explain() {
    check(&[&[2], &[]], &["f-1 0", "f-2 1 f-1"]);
    check(&[&[], &[1]], &["f-2 0", "f-1 1 f-2"]);
    // What follows from another arrow is not drawn again.
    check(&[&[2, 3], &[3], &[]], &["f-1 0", "f-2 1 f-1", "f-3 2 f-2"]);
    // Two causes of one effect.
    check(
        &[&[3], &[3], &[], &[]],
        &["f-1 0", "f-2 0", "f-3 1 f-1 f-2"],
    );
    // A circle has no first; it is entered at its first finding, and ends.
    check(&[&[2], &[1]], &["f-1 0", "f-2 1 f-1"]);
    check(&[&[2], &[3], &[2]], &["f-1 0", "f-2 1 f-1", "f-3 2 f-2"]);
}

#[test]
fn three_thousand_findings_are_a_dozen_and_a_number() {
    let all: Vec<usize> = (2..=3000).collect();
    let mut findings = vec![finding(1, "critical", "root", &all)];
    findings.extend(all.iter().map(|n| {
        let severity = if n % 1000 == 0 { "critical" } else { "warning" };
        finding(*n, severity, "of it", &[n + 1])
    }));
    let graph = layers(&findings);
    assert_eq!(
        (graph.nodes.len(), graph.more, graph.more_critical),
        (MOST_NODES, 2988, 3)
    );
    let picture = causes(&findings, Shade::Dark, Locale::English)
        .unwrap()
        .unwrap();
    assert!(
        picture.alt.ends_with("and 2988 more, 3 of them critical."),
        "{}",
        picture.alt
    );
    assert!(picture.height < 4000);
}

#[test]
fn what_nobody_saw_has_no_bar_and_no_figure() {
    let unseen = Gauge::unknown(Area::Memory, "memory", Unit::Bytes, "it was not asked");
    let vitals_of = |gauge: Gauge| Vitals {
        gauges: vec![gauge],
        needs: Vec::new(),
    };
    let sheet = gauges::sheet(
        &vitals_of(unseen.clone()),
        &host(),
        Shade::Light,
        Locale::English,
    )
    .unwrap();
    let said = texts(&sheet.svg()).join("|");
    assert!(
        said.contains("not seen") && said.contains("it was not asked"),
        "{said}"
    );
    assert!(
        !said.contains("fine") && !said.contains('%') && !said.contains(" 0"),
        "{said}"
    );
    assert!(sheet.svg().contains("stroke-dasharray"));
    let alt = vitals(&vitals_of(unseen), &host(), Shade::Light, Locale::English)
        .unwrap()
        .alt;
    assert_eq!(
        alt,
        "Vitals of shop1: 1 not seen. Not seen: memory (it was not asked)."
    );
    // Control: a measured zero has a bar, a figure, and no dashes.
    let zero = gauge(Area::Memory, "memory", Unit::Bytes, 0, 1024, State::Fine);
    let sheet = gauges::sheet(&vitals_of(zero), &host(), Shade::Light, Locale::English).unwrap();
    assert!(texts(&sheet.svg()).join("|").contains("0 %") && !sheet.svg().contains("dash"));
}

#[test]
fn hostile_text_is_stripped_seen_and_cut() {
    let ruler = Ruler::new().unwrap();
    let steering = "a\u{202e}b\u{7}c\u{200b}d\u{1b}[31me\u{2066}\u{feff}\u{e0041}f\r\n\t g";
    assert_eq!(clean(steering), "abcd[31mef g");
    assert_eq!(
        drawable(&ruler, "/mnt/数/é→─"),
        format!("/mnt/{INSTEAD}/é→─")
    );
    assert!(ruler.has(INSTEAD) && ruler.has('…'));
    assert!(clean(&"x".repeat(100_000)).chars().count() <= 301);
    let cut = fit(&ruler, &"W".repeat(500), 13.0, 100.0);
    assert!(cut.ends_with('…') && ruler.width(&cut, 13.0) <= 100.0);
    let share = wrap(
        &ruler,
        "of all 94 % more",
        13.0,
        ruler.width("of all 94", 13.0),
        3,
    );
    assert_eq!(share, ["of all", "94 %", "more"]);
    let lines = wrap(&ruler, &"word ".repeat(60), 13.0, 100.0, 3);
    assert_eq!(lines.len(), 3);
    assert!(lines[2].ends_with('…'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_name_breaks_a_picture(name in "[\\PC\\p{C}<>&'\"]{0,120}", why in "\\PC{0,80}", used: i64, of: i64, links in prop::collection::vec((0..20_usize, 0..20_usize), 0..40)) {
        let gauges = vec![
            gauge(Area::Space, &name, Unit::Bytes, used, of, State::Near),
            gauge(Area::Limits, &name, Unit::Hundredths, used, of, State::Fine),
            Gauge::unknown(Area::Waiting, name.clone(), Unit::Count, &why),
        ];
        let told = Vitals { gauges, ..Vitals::default() };
        let sheet = gauges::sheet(&told, &host(), Shade::Light, Locale::English).unwrap();
        let svg = sheet.svg();
        let drawn = texts(&svg);
        prop_assert!(drawn.len() >= 8, "{svg}");
        let ruler = Ruler::new().unwrap();
        prop_assert!(drawn.iter().flat_map(|text| text.chars()).all(|c| ruler.has(c)));
        let mut findings: Vec<Finding> = (0..20).map(|n| finding(n, "info", &name, &[])).collect();
        for (from, to) in links {
            let id = findings[to].id.clone();
            findings[from].explains.push(id);
        }
        let graph = layers(&findings);
        prop_assert!(graph.nodes.len() <= MOST_NODES);
        for (at, node) in graph.nodes.iter().enumerate() {
            for cause in &node.causes {
                prop_assert!(*cause < at && graph.nodes[*cause].depth < node.depth);
            }
        }
        let _texts = texts(&graph::sheet(&graph, Shade::Dark, Locale::English).unwrap().svg());
        let alt = Locale::English.vitals_told(&told, &host());
        prop_assert!(alt.chars().count() <= LONGEST_ALT && !alt.contains(|c: char| c.is_control()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn any_text_ends_as_a_png(name in "[\\PC\\p{C}<>&'\"]{0,120}") {
        let told = Vitals { gauges: vec![gauge(Area::Space, &name, Unit::Bytes, 1, 2, State::Near)], ..Vitals::default() };
        let picture = vitals(&told, &host(), Shade::Dark, Locale::English).unwrap();
        prop_assert_eq!(size(&picture.png), (picture.width, picture.height));
    }
}
