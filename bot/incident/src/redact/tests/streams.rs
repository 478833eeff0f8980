//! The same comes out however a text was cut, and what came out once is not changed again.

use proptest::prelude::*;

use super::super::stream::Stream;
use super::REDACTOR;
use super::cases::cases;

/// A text through a stream, cut into pieces of these sizes in turn.
fn streamed(text: &[u8], sizes: &[usize], longest: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = Stream::with_longest(&REDACTOR, longest);
    let mut sizes = sizes.iter().cycle();
    let mut rest = text;
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
        let (chunk, more) = rest.split_at(size);
        stream.push(chunk, &mut out);
        rest = more;
    }
    stream.finish(&mut out);
    out
}

/// Every line of the cases, secret or not, and all of them with their neighbours.
fn pieces() -> &'static (Vec<String>, Vec<String>) {
    static PIECES: std::sync::LazyLock<(Vec<String>, Vec<String>)> =
        std::sync::LazyLock::new(|| {
            let all: Vec<_> = cases("secrets").into_iter().chain(cases("stays")).collect();
            let lines = all.iter().flat_map(|case| case.text.lines());
            let mut lines: Vec<String> = lines.map(str::to_owned).collect();
            let secrets = all.into_iter().flat_map(|case| case.secrets).collect();
            let odd = [
                "password:",
                "password: |",
                "  ",
                "",
                "data:",
                "kind: Secret",
                "[redacted-1a2b]",
                "password=[redacted-",
                "-----END RSA PRIVATE KEY-----",
                "·",
                "\u{3000}",
                "=",
                "\"",
                "'",
                "token",
                "-p",
                "://",
                "密码",
                "，",
                "&",
                ";",
                "Zg==",
            ];
            lines.extend(odd.map(str::to_owned));
            (lines, secrets)
        });
    &PIECES
}

fn text() -> impl Strategy<Value = String> {
    let (lines, secrets) = pieces();
    let piece = prop_oneof![
        4 => proptest::sample::select(lines.clone()),
        2 => proptest::sample::select(secrets.clone()),
        1 => "\\PC{0,40}",
        1 => "[ \\t\"'=:;,&@/{}\\[\\]·.-]{1,6}",
    ];
    let glue = proptest::sample::select(vec!["\n", "\n", "\n", " ", "", "\t", "=", "\u{b7}"]);
    proptest::collection::vec((piece, glue), 0..14).prop_map(|parts| {
        parts
            .into_iter()
            .flat_map(|(piece, glue)| [piece, glue.to_owned()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cuts_change_nothing(text in text(), sizes in proptest::collection::vec(1_usize..200, 1..6)) {
        let whole = REDACTOR.redact(&text);
        let longest = super::super::engine::LONGEST;
        let cut = streamed(text.as_bytes(), &sizes, longest);
        prop_assert_eq!(String::from_utf8_lossy(&cut), whole);
    }

    #[test]
    fn once_is_enough(text in text()) {
        let once = REDACTOR.redact(&text);
        prop_assert_eq!(REDACTOR.redact(&once), once);
    }

    #[test]
    fn long_lines_come_out_the_same_however_cut(text in text(), sizes in proptest::collection::vec(1_usize..900, 1..6)) {
        let whole = streamed(text.as_bytes(), &[usize::MAX], 512);
        let cut = streamed(text.as_bytes(), &sizes, 512);
        prop_assert_eq!(String::from_utf8_lossy(&cut), String::from_utf8_lossy(&whole));
    }
}

#[test]
fn every_case_comes_out_the_same_from_a_stream() {
    for case in cases("secrets").iter().chain(&cases("stays")) {
        let whole = REDACTOR.redact(&case.text);
        for sizes in [&[1][..], &[7, 1, 64], &[4096]] {
            let cut = streamed(case.text.as_bytes(), sizes, super::super::engine::LONGEST);
            assert_eq!(
                String::from_utf8_lossy(&cut),
                whole,
                "{} by {sizes:?}",
                case.name
            );
        }
    }
}

/// A line without an end is not kept whole, and what its pieces cut is masked all the same.
#[test]
fn a_secret_that_a_piece_cuts_is_masked() {
    let longest = super::super::engine::LONGEST;
    for before in (longest - 9000..longest + 40).step_by(997) {
        let mut text = "x ".repeat(before / 2);
        text.push_str("password=Hun7er2cut ghp_0123456789abcdefghijABCDEFGHIJ012345 ");
        text.push_str(&"y ".repeat(longest));
        let cut = streamed(text.as_bytes(), &[8192], longest);
        let cut = String::from_utf8(cut).unwrap();
        assert!(
            !cut.contains("er2cut") && !cut.contains("GHIJ01"),
            "{before}"
        );
        assert_eq!(cut.matches(super::MARK).count(), 2, "{before}");
    }
    let mut endless = "token=".to_owned();
    endless.push_str(&"aB3".repeat(longest));
    endless.push_str(" after");
    let cut = String::from_utf8(streamed(endless.as_bytes(), &[5000], longest)).unwrap();
    assert!(
        cut.len() < 100 && cut.ends_with("] after"),
        "{} bytes",
        cut.len()
    );
}
