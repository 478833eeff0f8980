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
    "不知道",
    "为什么",
    "怎么办",
    "是不是",
    "有没有",
    "一下",
    "一个",
    "一堆",
    "一直",
    "不要",
    "什么",
    "他们",
    "但是",
    "你们",
    "全部",
    "几个",
    "只有",
    "可以",
    "可能",
    "咱们",
    "哪个",
    "因为",
    "处理",
    "大家",
    "好像",
    "如何",
    "如果",
    "已经",
    "帮忙",
    "应该",
    "怎么",
    "总是",
    "感觉",
    "我们",
    "或者",
    "所以",
    "有个",
    "有人",
    "求助",
    "没人",
    "没有",
    "然后",
    "特别",
    "现在",
    "看下",
    "看看",
    "突然",
    "老是",
    "解决",
    "请问",
    "还是",
    "这个",
    "这些",
    "这台",
    "那个",
    "那些",
    "那台",
    "需要",
    "非常",
    "与",
    "个",
    "也",
    "了",
    "从",
    "他",
    "会",
    "但",
    "你",
    "全",
    "再",
    "又",
    "及",
    "只",
    "台",
    "吗",
    "吧",
    "呀",
    "呢",
    "和",
    "啊",
    "在",
    "多",
    "太",
    "她",
    "它",
    "对",
    "就",
    "很",
    "急",
    "想",
    "我",
    "或",
    "才",
    "把",
    "是",
    "有",
    "没",
    "的",
    "着",
    "给",
    "老",
    "而",
    "能",
    "被",
    "要",
    "让",
    "说",
    "请",
    "还",
    "这",
    "那",
    "都",
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
