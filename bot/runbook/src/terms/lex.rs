//! Where a word begins and ends: identifiers stay whole and are split too, Chinese characters are taken one by one.

use unicode_normalization::UnicodeNormalization as _;

use super::stem::stem;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A word: as it stands, and in parts without their endings. `nginx.service` has two.
    Word {
        /// In lower case.
        whole: String,
        /// At least one.
        parts: Vec<String>,
    },
    /// Characters of a script that puts no spaces between words.
    Run(Vec<char>),
}

/// Words of Chinese that say nothing of what is wrong. What stands on both sides of one does not belong together.
const STOP: &[&str] = &[
    "为什么",
    "怎么办",
    "怎么",
    "什么",
    "我们",
    "你们",
    "他们",
    "咱们",
    "一下",
    "一直",
    "帮忙",
    "请问",
    "看看",
    "看下",
    "这个",
    "那个",
    "这台",
    "那台",
    "不知道",
    "是不是",
    "有没有",
    "现在",
    "突然",
    "好像",
    "感觉",
    "老是",
    "总是",
    "然后",
    "但是",
    "因为",
    "所以",
    "如何",
    "处理",
    "解决",
    "求助",
    "急",
    "的",
    "了",
    "吗",
    "呢",
    "吧",
    "啊",
    "呀",
    "着",
    "就",
    "都",
    "也",
    "很",
    "又",
    "把",
    "被",
    "给",
    "我",
    "你",
    "他",
    "她",
    "它",
    "这",
    "那",
    "请",
    "是",
    "在",
    "和",
    "与",
    "及",
    "或",
    "而",
    "还",
    "再",
    "才",
    "让",
    "从",
    "对",
    "个",
    "台",
    "有",
];

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut word, mut run) = (String::new(), Vec::new());
    for one in text.nfkc().flat_map(char::to_lowercase) {
        // An apostrophe belongs to its word and is not written: `can't` is `cant`.
        if matches!(one, '\'' | '\u{2019}') && !word.is_empty() {
            continue;
        }
        let in_word =
            (one.is_alphanumeric() && !is_run(one)) || (is_joint(one) && !word.is_empty());
        if !in_word {
            end_word(&mut pieces, &mut word);
        }
        if !is_run(one) {
            end_run(&mut pieces, &mut run);
        }
        if in_word {
            word.push(one);
        } else if is_run(one) {
            run.push(one);
        }
    }
    end_word(&mut pieces, &mut word);
    end_run(&mut pieces, &mut run);
    pieces
}

fn end_word(pieces: &mut Vec<Piece>, word: &mut String) {
    let whole = word.trim_matches(is_joint);
    if !whole.is_empty() {
        let several = whole.contains(is_joint);
        let mut parts: Vec<String> = whole
            .split(is_joint)
            .filter(|part| !part.is_empty())
            // The numbers of an address or a version say nothing one by one.
            .filter(|part| !several || !part.chars().all(|one| one.is_ascii_digit()))
            .map(stem)
            .collect();
        if parts.is_empty() {
            parts.push(whole.to_owned());
        }
        let whole = if several {
            whole.to_owned()
        } else {
            stem(whole)
        };
        pieces.push(Piece::Word { whole, parts });
    }
    word.clear();
}

fn end_run(pieces: &mut Vec<Piece>, run: &mut Vec<char>) {
    if !run.is_empty() {
        pieces.push(Piece::Run(std::mem::take(run)));
    }
}

const fn is_joint(one: char) -> bool {
    matches!(one, '.' | '-' | '_')
}

/// Han, kana and Hangul.
const fn is_run(one: char) -> bool {
    matches!(one, '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Which characters of a run belong to words that say nothing.
pub(super) fn stopped(chars: &[char]) -> Vec<bool> {
    let mut stopped = vec![false; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let here = chars.get(at..).unwrap_or_default();
        let word = STOP.iter().find(|word| {
            let long = word.chars().count();
            here.len() >= long && word.chars().eq(here.iter().take(long).copied())
        });
        let long = word.map_or(0, |word| word.chars().count());
        for stop in stopped.iter_mut().skip(at).take(long) {
            *stop = true;
        }
        at += long.max(1);
    }
    stopped
}
