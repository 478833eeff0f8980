//! Names that are like another: which module somebody meant who made a slip.

/// The shortest name in which one letter more or less is a slip, and not another module.
const LONG: usize = 8;

/// The one name that somebody meant who wrote this, if it is clear which: another way to part its words, two neighbours that
/// changed places, or one letter too many or too few in a long name. Another letter or digit makes another module.
pub(super) fn nearest<'n>(name: &str, all: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut like = all.filter(|other| *other != name && is_slip(name, other));
    let first = like.next()?;
    like.next().is_none().then_some(first)
}

/// What follows the first so many letters.
fn rest(of: &[char], from: usize) -> &[char] {
    of.get(from..).unwrap_or(&[])
}

fn is_slip(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> Vec<char> { text.chars().filter(|c| *c != '_').collect() };
    let (a, b) = (letters(a), letters(b));
    if a == b {
        return true;
    }
    if a.len() < LONG || b.len() < LONG {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (short, long) = if a.len() < b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    match long.len() - short.len() {
        0 => {
            let swapped = a.get(same) == b.get(same + 1) && a.get(same + 1) == b.get(same);
            swapped && rest(&a, same + 2) == rest(&b, same + 2)
        }
        1 => {
            let letter = long.get(same).is_some_and(char::is_ascii_alphabetic);
            letter && rest(short, same) == rest(long, same + 1)
        }
        _ => false,
    }
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
            "nf_conntrack",
            "nf_nat_ipv4",
            "ip_vs_rr",
            "ip_vs_wrr",
            "dummy",
            "tcp_bic",
            "ufs",
            "r8169",
            "iptable_nat",
            "ip6table_nat",
        ];
        check("br_netfilterr", &all, Some("br_netfilter"));
        check("br_netfitler", &all, Some("br_netfilter"));
        check("brnetfilter", &all, Some("br_netfilter"));
        check("nf_contrack", &all, Some("nf_conntrack"));
        // Others of their own, though only a letter away.
        for other in [
            "bridgr",
            "nf_nat_ipv6",
            "ip_vs_rrr",
            "dumy",
            "tcp_bbr",
            "aufs",
            "r8168",
            "overlay",
            "iptablenat6",
            "nf",
        ] {
            check(other, &all, None);
        }
    }
}
