//! What needs what, drawn and told; no name breaks it.

use incident::Need;
use proptest::prelude::*;

use super::sheet;
use crate::Locale;
use crate::picture::{LONGEST_ALT, Shade, WIDTH, needs};

/// A service that lacks a library, and a unit before it that failed.
fn hurt() -> Vec<Need> {
    use incident::needs::Kind::*;
    use incident::needs::State::*;
    let mut program = Need::new(File, "/opt/shop/releases/2026-11-23/bin/shop", There, "");
    let mut library = Need::new(
        Library,
        "libyaml-0.so.2",
        Broken,
        "no folder of libraries has it",
    );
    library.needs.push(Need::new(
        Package,
        "libyaml-0-2",
        Unknown,
        "should bring it",
    ));
    program.needs = vec![library, Need::new(Package, "shop", There, "")];
    program.more = 6;
    let mut shop = Need::new(Unit, "shop.service", Broken, "failed (exit-code)");
    shop.needs = vec![Need::new(Unit, "postgresql.service", There, ""), program];
    let mut bridge = Need::new(
        Module,
        "br_netfilter",
        Broken,
        "Module br_netfilter lacks a symbol that bridge has",
    );
    bridge.needs = vec![
        Need::new(
            Symbol,
            "br_fdb_test_addr",
            Broken,
            "no module that is there has it",
        ),
        Need::new(Module, "bridge", There, ""),
    ];
    vec![shop, bridge]
}

#[test]
fn what_needs_what_is_drawn_and_told() {
    let drawn = needs(&hurt(), Shade::Light, Locale::English)
        .unwrap()
        .unwrap();
    assert_eq!(
        (drawn.width, drawn.png.starts_with(b"\x89PNG")),
        (WIDTH, true)
    );
    let chinese = needs(&hurt(), Shade::Dark, Locale::Chinese)
        .unwrap()
        .unwrap();
    let svg = sheet(&hurt(), Shade::Light, Locale::English).unwrap().svg();
    let terminal = Locale::English.needs(&hurt()).join("\n");
    insta::assert_snapshot!(
        "needs",
        format!("{}\n\n{}\n\n{terminal}\n\n{svg}", drawn.alt, chinese.alt)
    );
    assert!(needs(&[], Shade::Light, Locale::English).unwrap().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_name_breaks_what_needs_what(names in prop::collection::vec("\\PC{0,60}", 1..40), why in "\\PC{0,300}") {
        use incident::needs::{Kind, State};
        let mut tree = Need::new(Kind::Unit, "root", State::Broken, &why);
        for (n, name) in names.iter().enumerate() {
            let mut one = Need::new(Kind::Library, name, [State::There, State::Broken, State::Unknown][n % 3], &why);
            one.needs.push(Need::new(Kind::Package, name, State::Unknown, ""));
            tree.needs.push(one);
        }
        sheet(&[tree.clone()], Shade::Dark, Locale::English).unwrap();
        prop_assert!(Locale::English.needs_told(&[tree.clone()]).chars().count() <= LONGEST_ALT);
        for line in Locale::Chinese.needs(&[tree]) {
            prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
