//! Ansible's ranges in host names: `web[01:03]` stands for three hosts.

/// No inventory line stands for more hosts than this.
const MOST: usize = 10_000;

/// The names that a pattern stands for; a name without brackets stands for itself.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, tail)) = after.split_once(']') else {
            return Err(format!("`{pattern}`: a `[` without its `]`"));
        };
        let values = values(inside).ok_or_else(|| {
            format!("`{pattern}`: `[{inside}]` is no range; write [1:5], [01:20:2] or [a:f]")
        })?;
        if names.len().saturating_mul(values.len()) > MOST {
            return Err(format!("`{pattern}` stands for more than {MOST} hosts"));
        }
        names = names
            .iter()
            .flat_map(|name| {
                values
                    .iter()
                    .map(move |value| format!("{name}{before}{value}"))
            })
            .collect();
        rest = tail;
    }
    for name in &mut names {
        name.push_str(rest);
    }
    Ok(names)
}

fn values(inside: &str) -> Option<Vec<String>> {
    let mut parts = inside.split(':');
    let (first, last) = (parts.next()?, parts.next()?);
    let step: usize = match parts.next() {
        Some(step) => step.parse().ok().filter(|step| *step > 0)?,
        None => 1,
    };
    if parts.next().is_some() {
        return None;
    }
    let mut letters = (first.chars(), last.chars());
    if let (Some(from), None, Some(to), None) = (
        letters.0.next(),
        letters.0.next(),
        letters.1.next(),
        letters.1.next(),
    ) && from.is_ascii_alphabetic()
        && to.is_ascii_alphabetic()
    {
        return (from <= to).then(|| (from..=to).step_by(step).map(String::from).collect());
    }
    let all_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let (from, to): (usize, usize) = match first {
        "" => (0, last.parse().ok()?),
        first if all_digits(first) => (first.parse().ok()?, last.parse().ok()?),
        _ => return None,
    };
    let width = if first.len() > 1 && first.starts_with('0') {
        first.len()
    } else {
        0
    };
    if from > to || (to - from) / step > MOST || (width > 0 && last.len() < width) || width > 20 {
        return None;
    }
    Some(
        (from..=to)
            .step_by(step)
            .map(|n| format!("{n:0width$}"))
            .collect(),
    )
}
