//! The endings of English words: `disks`, `mounted` and `mounting` are found by `disk` and `mount`.
//!
//! It need not be right, only the same on both sides.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that say nothing of what is wrong, with their endings.
const STOP: &str = "a about actually after again ago all already also am an and another any anymore anything are arent as at be \
    because been between both but by can cannot cant could did didnt do does doesnt doing done dont during each \
    else ever every everything few for from get gets getting got had has have having he hello help her here hey hi \
    him his how hundreds i if im in into is isnt it its ive just keep keeps let like looks lots many maybe me \
    millions more most much my never no not nothing now of off on one ones only or other others our out over own \
    per please pls really right said same says seem seems she should show showing shows since so some somebody \
    someone something still such tell tells than thanks that the their them then there these they this those \
    thousands to today told too under until up us very via want wants was wasnt we were what when where which \
    while who whom whose why will with within without wont would yesterday yet you your";

static STOPS: LazyLock<HashSet<String>> = LazyLock::new(|| STOP.split(' ').map(stem).collect());

/// Whether a word, as [`stem`] leaves it, says nothing of what is wrong.
pub(super) fn is_stop(word: &str) -> bool {
    STOPS.contains(word)
}

/// A word in lower case without its ending.
pub(super) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|one| one.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = plural(word);
    for ending in ["ing", "ed"] {
        if let Some(rest) = stem.strip_suffix(ending)
            && rest.len() >= 3
            && rest.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        {
            stem = single(rest).to_owned();
            break;
        }
    }
    // `cache`, `cached` and `caching` meet without the e.
    if stem.len() >= 5
        && let Some(rest) = stem.strip_suffix('e')
    {
        stem = rest.to_owned();
    }
    stem
}

fn plural(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() >= 3) {
        return format!("{rest}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(rest) if !rest.ends_with(['s', 'u', 'i']) => rest.to_owned(),
        Some(_) | None => word.to_owned(),
    }
}

/// `dropped` is of `drop`, `filled` of `fill`.
fn single(word: &str) -> &str {
    let mut last = word.chars().rev();
    match (last.next(), last.next()) {
        (Some(a), Some(b)) if a == b && !"lszaeiou".contains(a) => {
            word.strip_suffix(a).unwrap_or(word)
        }
        _ => word,
    }
}
