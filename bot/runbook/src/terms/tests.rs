//! Words in two languages, brought to one form; and hostile ones, which are only words.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::glossary::rows;
use super::{Query, Scored, fit, fuse, nearest, tokens};

fn set(text: &str) -> BTreeSet<String> {
    tokens(text).into_iter().collect()
}

#[test]
fn words_lose_their_endings_and_identifiers_stay_whole() {
    let check = |text: &str, has: &[&str], has_not: &[&str]| {
        let found = set(text);
        for one in has {
            assert!(found.contains(*one), "{text:?} has {found:?}, not {one:?}");
        }
        for one in has_not {
            assert!(!found.contains(*one), "{text:?} has {one:?}: {found:?}");
        }
    };
    check("Disks are MOUNTED", &["disk", "mount"], &["are", "disks"]);
    check("dropped, dropping, drops", &["drop"], &["dropp", "dropped"]);
    check(
        "cache caches cached caching",
        &["cach"],
        &["cache", "caching"],
    );
    check("queries retries", &["query", "retry"], &[]);
    check(
        "status address class",
        &["status", "address", "class"],
        &["statu", "addres"],
    );
    check("can't won't don’t", &[], &["cant", "t", "dont"]);
    check(
        "nginx.service net.ipv4.ip_local_port_range",
        &[
            "nginx.service",
            "nginx",
            "servic",
            "net.ipv4.ip_local_port_range",
            "ipv4",
            "port",
        ],
        &[],
    );
    // The numbers of an address or a version say nothing one by one, and a full stop is no part of a word.
    check(
        "10.0.0.1 down.",
        &["10.0.0.1", "down"],
        &["10", "0", "down."],
    );
    check("ＤＩＳＫ ５０２", &["disk", "502"], &[]);
    check(
        "磁盘满了",
        &["磁盘", "盘满", "=disk", "=full"],
        &["满了", "了"],
    );
    // What stands on both sides of a word that says nothing does not belong together.
    check("网站的证书", &["网站", "证书"], &["站的", "的证", "站证"]);
    check("nginx挂了", &["nginx", "=down", "=exit"], &["nginx挂"]);
    check("", &[], &["", " "]);
}

#[test]
fn one_thing_has_one_name_in_both_languages() {
    let shared = |english: &str, chinese: &str| {
        let (a, b) = (set(english), set(chinese));
        let shared = a.intersection(&b).filter(|one| one.starts_with('='));
        shared.cloned().collect::<Vec<_>>()
    };
    for (english, chinese, name) in [
        ("disk", "磁盘", "=disk"),
        ("out of memory", "内存溢出", "=oom"),
        ("packet loss", "丢包", "=packetloss"),
        ("the certificate has expired", "证书过期了", "=expired"),
        ("too many open files", "句柄不够", "=fd"),
        ("address already in use", "端口被占用", "=inuse"),
        ("permission denied", "没权限", "=permission"),
        ("mounting", "挂载", "=mount"),
        (
            "Temporary failure in name resolution",
            "域名解析失败",
            "=dns",
        ),
        ("connection timed out", "连接超时", "=timeout"),
        ("refused", "拒绝", "=refuse"),
        ("it keeps crashing", "老是崩溃", "=crash"),
    ] {
        let found = shared(english, chinese);
        assert!(
            found.contains(&name.to_owned()),
            "{english} / {chinese}: {found:?}"
        );
    }
}

#[test]
fn the_glossary_is_large_and_says_each_thing_once() {
    assert!(rows().count() >= 150, "{} things", rows().count());
    let mut names = BTreeSet::new();
    for (name, english, chinese) in rows() {
        assert!(names.insert(name), "{name} stands there twice");
        assert!(!english.is_empty(), "{name}");
        let phrases: Vec<&str> = english.split('|').chain(chinese.split('|')).collect();
        let once: BTreeSet<&&str> = phrases.iter().collect();
        assert_eq!(once.len(), phrases.len(), "{name} says a phrase twice");
        for phrase in english.split('|') {
            assert!(
                set(phrase).contains(&format!("={name}")),
                "{phrase:?} does not find {name}"
            );
        }
        for phrase in chinese.split('|').filter(|one| !one.is_empty()) {
            assert!(!phrase.is_ascii(), "{phrase:?} of {name} is no Chinese");
            assert!(
                set(phrase).contains(&format!("={name}")),
                "{phrase:?} does not find {name}"
            );
        }
    }
}

/// How much of a question texts with these tokens speak of, where each stands in so many of 100.
fn covered(question: &str, matched: &str, known: &[(&str, usize)]) -> f64 {
    let known: BTreeMap<String, usize> = known
        .iter()
        .map(|(one, n)| ((*one).to_owned(), *n))
        .collect();
    let matched = matched.split_whitespace().map(str::to_owned).collect();
    Query::read(question).covered(&matched, &known, 100)
}

#[test]
fn rare_words_count_for_more_and_unknown_names_for_nothing() {
    let known = [("disk", 50), ("nfs", 1), ("=disk", 50), ("=nfs", 1)];
    let common = covered("nfs disk", "disk =disk", &known);
    let rare = covered("nfs disk", "nfs =nfs", &known);
    assert!(rare > 0.7 && common < 0.3, "{rare} {common}");
    assert!((rare + common - 1.0).abs() < 1e-9);
    // A word that no text knows counts for most of all; a host's name or a number for nothing.
    assert!(covered("nfs printer", "nfs", &known) < 0.5);
    assert!((covered("nfs web1 4711", "nfs", &known) - 1.0).abs() < 1e-9);
    for nothing in ["", "web1", "the of a", "的了吗"] {
        assert!(covered(nothing, "nfs", &known).abs() < 1e-9, "{nothing:?}");
    }
}

fn list(ids: &str) -> Vec<Scored> {
    let mut score = 100.0;
    let scored = ids.split_whitespace().map(|id| {
        score -= 1.0;
        Scored::new(id, score, 1.0)
    });
    scored.collect()
}

fn ids(list: &[Scored]) -> Vec<&str> {
    list.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn a_page_fits_by_how_much_it_speaks_of() {
    let check = |found: &[(&str, f64, f64)], fits: &[&str]| {
        let found = found
            .iter()
            .map(|(id, bm25, covered)| Scored::new(*id, *bm25, *covered));
        let left = fit(found.collect());
        assert_eq!(ids(&left), fits, "{left:?}");
    };
    check(&[], &[]);
    check(&[("a", 0.1, 0.8)], &["a"]);
    check(&[("a", 30.0, 0.2)], &[]);
    check(&[("a", 9.0, 0.4)], &[]);
    check(&[("a", 20.0, 0.4), ("b", 1.0, 0.1)], &["a", "b"]);
    // What weighs a little less and speaks of all of it comes first.
    check(&[("a", 20.0, 0.5), ("b", 15.0, 1.0)], &["b", "a"]);
    check(&[("b", 9.0, 1.0), ("a", 9.0, 1.0)], &["a", "b"]);
}

#[test]
fn the_first_place_is_that_of_words() {
    let check = |lexical: &str, semantic: &str, fused: &str| {
        let found = fuse(&list(lexical), &list(semantic));
        assert_eq!(ids(&found).join(" "), fused, "{lexical:?} {semantic:?}");
    };
    check("a b c", "c d a", "a c b d");
    check("a b c", "", "a b c");
    // Something is always near.
    check("", "x y", "");
    check("", "", "");
    check("a", "b a c", "a b c");
}

#[test]
fn what_points_the_same_way_is_near() {
    let texts: [(&str, &[f32]); 5] = [
        ("away", &[-1.0, 0.0]),
        ("near", &[3.0, 0.1]),
        ("across", &[0.0, 2.0]),
        ("nowhere", &[0.0, 0.0]),
        ("longer", &[1.0, 0.0, 0.0]),
    ];
    let found = nearest(&[1.0, 0.0], texts);
    assert_eq!(ids(&found), ["near", "across", "away"]);
    assert!((found[1].score).abs() < 1e-9 && (found[2].score + 1.0).abs() < 1e-9);
    assert_eq!(nearest(&[f32::NAN, 1.0], texts), []);
    assert_eq!(nearest(&[], texts), []);
}

proptest! {
    #[test]
    fn hostile_text_is_only_words(text in "(\\PC|[ -~]|[\u{4e00}-\u{4e20}]|\u{0}|的|磁盘|\\.|-|_|'){0,200}") {
        for token in tokens(&text) {
            prop_assert!(!token.is_empty());
            prop_assert!(!token.contains(char::is_whitespace), "{:?}", token);
        }
        let query = Query::read(&text);
        for token in query.tokens() {
            prop_assert!(!token.is_empty() && !token.contains(char::is_whitespace), "{:?}", token);
        }
        let all: BTreeSet<String> = query.tokens().into_iter().collect();
        let share = query.covered(&all, &BTreeMap::new(), 10);
        prop_assert!((0.0..=1.0).contains(&share));
    }

    #[test]
    fn a_text_covers_itself(text in "[a-z ]{1,40}|[\u{4e00}-\u{4e40}]{1,10}") {
        let query = Query::read(&text);
        let matched = set(&text);
        if !query.is_empty() {
            let share = query.covered(&matched, &BTreeMap::new(), 10);
            prop_assert!((share - 1.0).abs() < 1e-9, "{} {:?} {:?}", share, query, matched);
        }
    }

    #[test]
    fn fusing_loses_and_doubles_nothing(a in proptest::collection::btree_set("[a-f]", 0..6), b in proptest::collection::btree_set("[a-f]", 0..6)) {
        let a: Vec<&str> = a.iter().map(String::as_str).collect();
        let b: Vec<&str> = b.iter().map(String::as_str).collect();
        let fused = fuse(&list(&a.join(" ")), &list(&b.join(" ")));
        let both: BTreeSet<&str> = a.iter().chain(&b).copied().collect();
        match a.first() {
            Some(first) => {
                prop_assert_eq!(fused.len(), both.len());
                prop_assert_eq!(&fused[0].id, first);
            }
            None => prop_assert_eq!(fused, []),
        }
    }
}
