//! Names that are like another: which module somebody meant who made a slip.

/// The one name that is at most two letters away, if it is nearer than all others.
pub(super) fn nearest<'n>(name: &str, all: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // In a short name one letter is half of another one.
    let most = if name.len() < 6 { 1 } else { 2 };
    let mut best: Option<(usize, &str)> = None;
    let mut alone = false;
    for other in all.filter(|other| *other != name) {
        let far = distance(name, other);
        if far > most {
            continue;
        }
        match best {
            Some((nearest, _)) if far > nearest => {}
            Some((nearest, _)) if far == nearest => alone = false,
            _ => (best, alone) = (Some((far, other)), true),
        }
    }
    best.filter(|_| alone).map(|(_, other)| other)
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour; where only what parts words
/// differs, none.
fn distance(a: &str, b: &str) -> usize {
    let letters = |text: &str| -> Vec<char> { text.chars().filter(|c| *c != '_').collect() };
    let (a, b) = (letters(a), letters(b));
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&last, j) + usize::from(x != y))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = last;
        last = row;
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(name: &str, all: &[&str], want: Option<&str>) {
        assert_eq!(nearest(name, all.iter().copied()), want, "{name}");
    }

    #[test]
    fn a_slip_has_one_meaning_or_none() {
        let all = [
            "br_netfilter",
            "bridge",
            "nf_nat",
            "nf_tables",
            "ip_vs",
            "ip_vs_rr",
            "ip_vs_wrr",
            "dummy",
        ];
        check("br_netfilterr", &all, Some("br_netfilter"));
        check("br_netfitler", &all, Some("br_netfilter"));
        check("brnetfilter", &all, Some("br_netfilter"));
        check("bridgr", &all, Some("bridge"));
        check("ip_vs_rrr", &all, None);
        check("dumy", &all, Some("dummy"));
        check("overlay", &all, None);
        check("nf", &all, None);
    }
}
