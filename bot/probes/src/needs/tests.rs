//! Trees made from answers of real hosts, written as indented lines.

use incident::{Need, Severity, Subject};
use proptest::prelude::*;

use super::needs;
use crate::draft::Draft;
use crate::judge::tests::{answers, look_at};

fn trees(texts: &[(&str, &str)], drafts: &[Draft]) -> Vec<Need> {
    look_at(&answers(texts), |look| needs(look, drafts))
}

#[track_caller]
fn check(texts: &[(&str, &str)], drafts: &[Draft], expected: &str) {
    let mut out = String::new();
    for tree in trees(texts, drafts) {
        for (level, need) in tree.walk() {
            let more = if need.more > 0 {
                format!(" +{}", need.more)
            } else {
                String::new()
            };
            let why = if need.why.is_empty() {
                String::new()
            } else {
                format!(" ({})", need.why)
            };
            out.push_str(&format!(
                "{}{:?} {:?} {}{why}{more}\n",
                "  ".repeat(level),
                need.state,
                need.kind,
                need.name
            ));
        }
    }
    assert_eq!(out, expected);
}

fn draft(code: &str, kind: &str, name: &str, title: &str) -> Draft {
    Draft::new(code, Severity::Critical, Subject::new(kind, name), title)
}

const UNITS: &str = "\
Id=shop.service
LoadState=loaded
ActiveState=failed
SubState=failed
Result=exit-code
Type=simple

Id=postgresql.service
LoadState=loaded
ActiveState=failed
SubState=failed
Result=resources
RequiredBy=shop.service

Id=var-lib-postgresql.mount
LoadState=loaded
ActiveState=active
SubState=mounted
RequiredBy=postgresql.service

Id=system.slice
LoadState=loaded
ActiveState=active
RequiredBy=shop.service
";

#[test]
fn units_lead_to_units_programs_libraries_and_packages() {
    let exec = "\
Id=shop.service
User=
-- who
-- programs
exec /opt/shop/bin/shop
path /opt/shop/bin/shop
node 41ed 0 0 root root 4096 1795000000 /
node 41ed 0 0 root root 4096 1795000000 /opt
node 81ed 0 0 root root 9000 1795000000 /opt/shop/bin/shop
package shop: /opt/shop/bin/shop
magic 7f454c46
library libc.so.6 /lib/x86_64-linux-gnu/libc.so.6
library libyaml-0.so.2 -
library-package libyaml-0.so.2 libyaml-0-2
-- places
-- mounts
";
    let drafts = [draft(
        "unit.failed",
        "unit",
        "shop.service",
        "shop.service has failed",
    )];
    check(
        &[("unit.list", UNITS), ("unit.exec shop.service", exec)],
        &drafts,
        "\
Broken Unit shop.service (failed (exit-code))
  Broken Unit postgresql.service (failed (resources))
    There Unit var-lib-postgresql.mount
  There File /opt/shop/bin/shop +1
    Broken Library libyaml-0.so.2 (no folder of libraries has it)
      Unknown Package libyaml-0-2 (should bring it)
    There Package shop
",
    );
}

#[test]
fn modules_lead_to_modules_and_symbols() {
    let module = "\
release 6.1.0-57-cloud-amd64
tree
index
dep kernel/net/bridge/br_netfilter.ko: kernel/net/bridge/bridge.ko kernel/net/802/stp.ko kernel/net/llc/llc.ko
lacks /lib/modules/6.1.0-57-cloud-amd64/kernel/net/802/stp.ko
";
    let drafts = [draft(
        "kmod.dependency",
        "module",
        "br_netfilter",
        "Module br_netfilter lacks a symbol",
    )
    .fact("symbol", "stp_proto_register")];
    check(
        &[("kernel.module br_netfilter", module)],
        &drafts,
        "\
Broken Module br_netfilter (Module br_netfilter lacks a symbol)
  Broken Module stp (its file is not there)
  Broken Symbol stp_proto_register (no module that is there has it)
  There Module bridge
  There Module llc
",
    );
}

#[test]
fn what_stands_alone_or_is_well_has_no_tree() {
    let alone = "Id=lone.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n";
    let drafts = [draft(
        "unit.failed",
        "unit",
        "lone.service",
        "lone.service has failed",
    )];
    check(&[("unit.list", alone)], &drafts, "");
    check(&[("unit.list", UNITS)], &[], "");
}

#[test]
fn units_that_need_each_other_end() {
    let circle = "\
Id=a.service
LoadState=loaded
ActiveState=failed
RequiredBy=b.service

Id=b.service
LoadState=loaded
ActiveState=failed
RequiredBy=a.service
";
    let drafts = [draft(
        "unit.failed",
        "unit",
        "a.service",
        "a.service has failed",
    )];
    let trees = trees(&[("unit.list", circle)], &drafts);
    assert_eq!(trees.iter().map(|tree| tree.walk().len()).sum::<usize>(), 2);
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(list in "\\PC{0,300}", exec in "\\PC{0,300}", module in "\\PC{0,300}") {
        let drafts = [
            draft("unit.failed", "unit", "x.service", "x").fact("unit", "x.service"),
            draft("kmod.gone", "module", "m", "m"),
        ];
        let list = format!("Id=x.service\n{list}");
        trees(&[("unit.list", &list), ("unit.exec x.service", &exec), ("kernel.module m", &module)], &drafts);
    }
}
