//! Text from people and hosts on its way to people: nothing in it turns the order in which the rest is read, and nothing in it
//! is there and not seen. What is approved is shown exactly, so that nobody says yes to another path than they read.

use std::fmt::Write as _;

/// Words as they may stand beside ours: a sign that turns directions or that is not seen is written out.
pub(crate) fn shown(text: &str) -> String {
    written(text, |c| turns(c) || hidden(c))
}

/// A name, a path or a word of a command, exactly: besides, what is read from right to left, what stands above other signs
/// and blanks that are none of the common ones are written out.
pub(crate) fn exact(text: &str) -> String {
    let unclear = |c: char| {
        let joined = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        let blank = c.is_whitespace() && !matches!(c, ' ' | '\n' | '\t');
        turns(c) || hidden(c) || joined || blank || leftward(c) || above(c)
    };
    // What only looks like a sign that is written out has its stroke twice.
    written(&text.replace("\\u{", "\\\\u{"), unclear)
}

/// The words of a command, each exactly; one with a blank in it stands in quotes, so that it is not read as two.
pub(crate) fn words(argv: &[String]) -> String {
    let words: Vec<String> = argv
        .iter()
        .map(|word| {
            let shown = exact(word);
            if shown.is_empty() || shown.contains(' ') {
                format!("'{shown}'")
            } else {
                shown
            }
        })
        .collect();
    words.join(" ")
}

fn written(text: &str, unclear: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut stacked = 0;
    for c in text.chars() {
        stacked = if above(c) { stacked + 1 } else { 0 };
        if unclear(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else if stacked <= MOST_ABOVE {
            out.push(c);
        } else if stacked == MOST_ABOVE + 1 {
            out.push('\u{fffd}');
        }
    }
    out
}

/// Signs that may stand above one letter; more of them cover the lines around.
const MOST_ABOVE: usize = 4;

/// Whether a sign turns the direction in which what follows is read.
pub(crate) const fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Whether a sign is not seen, where it joins nothing that is.
const fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a letter is read from right to left: Hebrew, Arabic and those near them.
const fn leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Whether a sign stands above or below the letter before it.
const fn above(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::{exact, shown, words};

    #[test]
    fn what_turns_or_hides_is_written_out() {
        let check = |text: &str, is: &str| assert_eq!(shown(text), is);
        check("the site is down", "the site is down");
        check("网站打不开，数据库超时", "网站打不开，数据库超时");
        check("a\u{202e}b\u{2069}", "a\\u{202e}b\\u{2069}");
        check("pay\u{200b}pal\u{feff}", "pay\\u{200b}pal\\u{feff}");
        check("👩\u{200d}👧 ☎\u{fe0f} שלום", "👩\u{200d}👧 ☎\u{fe0f} שלום");
        check(
            &format!("z{}", "\u{301}".repeat(90)),
            "z\u{301}\u{301}\u{301}\u{301}\u{fffd}",
        );
        check("dev-disk-by\\x2dlabel.mount", "dev-disk-by\\x2dlabel.mount");
    }

    #[test]
    fn a_path_is_shown_exactly() {
        let check = |text: &str, is: &str| assert_eq!(exact(text), is);
        check("/srv/shop/网站.conf", "/srv/shop/网站.conf");
        check("/srv/\u{202e}fdp.sh", "/srv/\\u{202e}fdp.sh");
        check("/srv/שם/1", "/srv/\\u{5e9}\\u{5dd}/1");
        check("/srv/a\u{a0}b", "/srv/a\\u{a0}b");
        check("/srv/e\u{301}", "/srv/e\\u{301}");
        check("/srv/\\u{202e}", "/srv/\\\\u{202e}");
        let argv = ["rm", "--", "/srv/a /etc", ""].map(str::to_owned);
        assert_eq!(words(&argv), "rm -- '/srv/a /etc' ''");
    }

    proptest::proptest! {
        #[test]
        fn nothing_turns_whatever_comes(text in "\\PC{0,60}|[\u{200b}-\u{206f}a/\\\\{}u]{0,60}") {
            for shown in [shown(&text), exact(&text)] {
                proptest::prop_assert!(!shown.chars().any(super::turns));
            }
        }
    }
}
