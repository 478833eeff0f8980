//! The kernel's words, as dmesg and journalctl print them.

use super::{all_compile, messages};

#[test]
fn every_pattern_compiles() {
    assert!(all_compile());
}

#[test]
fn both_forms_of_the_log_are_read() {
    let dmesg = messages("[   12.5] sd 0:0:0:0: [sda] ready\n[junk\nplain\n");
    assert_eq!(dmesg.len(), 1);
    assert_eq!(dmesg[0].text, "sd 0:0:0:0: [sda] ready");
    let journal = messages("[   99.000001] web1 kernel: oom-reaper: done");
    assert_eq!(journal[0].text, "oom-reaper: done");
    assert_eq!(messages("<4>[    1.0] x")[0].text, "x");
}
