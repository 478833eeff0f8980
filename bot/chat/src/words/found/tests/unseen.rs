//! Why a host could not be looked at: every sentence is found by its own English, and what nobody knows stays as it is.

use super::super::{reason, unseen};
use super::*;

#[test]
fn every_reason_is_the_one_that_its_own_english_finds() {
    for row in unseen::SAID {
        assert_eq!(places(row.english), places(row.chinese), "{}", row.english);
        let (mut english, mut chinese) = (row.english.to_owned(), row.chinese.to_owned());
        for name in places(row.english) {
            assert!(name.starts_with('_'), "{name} is no fact: there are none");
            english = english.replace(&format!("{{{name}}}"), "x 7");
            chinese = chinese.replace(&format!("{{{name}}}"), "x 7");
        }
        assert_eq!(reason(&english), Some(chinese), "{}", row.english);
    }
}

#[test]
fn what_a_machine_said_stays_as_it_is() {
    let said = Locale::Chinese.reason("no connection (Connection refused); is it up, is sshd running, does a firewall stand between?");
    assert_eq!(
        said,
        "无法建立连接（Connection refused）；主机是否已启动？sshd 是否在运行？中间是否有防火墙？"
    );
    assert_eq!(
        Locale::Chinese.reason("the moon is full"),
        "the moon is full"
    );
    assert_eq!(Locale::English.reason("needs root: x"), "needs root: x");
}
