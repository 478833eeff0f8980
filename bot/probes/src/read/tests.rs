//! The shared readers, on what real hosts print and on what nobody should.

use proptest::prelude::*;

use super::{date, file, openssl_date, size, unescape, unit};

#[test]
fn dates_of_certificates_are_read_and_written() {
    assert_eq!(
        openssl_date("Nov 20 09:00:00 2026 GMT"),
        Some(1_795_165_200)
    );
    assert_eq!(openssl_date("Feb 29 00:00:00 2000 GMT"), Some(951_782_400));
    assert_eq!(openssl_date("soon"), None);
    assert_eq!(date(1_795_165_200), "2026-11-20");
    assert_eq!(date(951_782_400), "2000-02-29");
}

#[test]
fn a_process_belongs_to_the_outer_unit_or_to_none() {
    assert_eq!(unit("0::/system.slice/nginx.service"), "nginx.service");
    assert_eq!(
        unit("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service"),
        "user@1000.service"
    );
    assert_eq!(unit("0::/payload/system.slice/cron.service"), "");
    assert_eq!(unit("0::/system.slice/docker-0123.scope"), "");
    assert_eq!(unit("0::/"), "");
}

#[test]
fn sizes_and_names_are_for_people() {
    assert_eq!(size(0), "0 B");
    assert_eq!(size(1_500_000), "1.4 MiB");
    assert_eq!(size(264_212_084 * 1024), "252 GiB");
    assert_eq!(unescape(r"/mnt/my\040disk"), "/mnt/my disk");
    assert_eq!(unescape(r"\"), r"\");
    assert_eq!(file("/proc/a:1 2\n", "/proc/a"), Some("1 2"));
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "\\PC{0,80}", n in any::<i64>()) {
        let _unused = (unescape(&text), openssl_date(&text), unit(&text), size(n), date(n / 2));
    }
}
