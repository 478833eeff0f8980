//! What all readers share: lines, numbers, sizes and who owns a process, read without ever failing.

/// The lines of `grep -sH`: a path and the line found in it.
pub(crate) fn files(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .filter(|line| line.starts_with('/'))
        .filter_map(|line| line.split_once(':'))
}

/// The first line of one file in the output of `grep -sH`.
pub(crate) fn file<'t>(text: &'t str, path: &str) -> Option<&'t str> {
    files(text)
        .find(|(of, _)| *of == path)
        .map(|(_, line)| line.trim())
}

/// The rest of the first line that begins with these words.
pub(crate) fn after<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.strip_prefix(start))
        .map(str::trim)
}

/// The rests of all lines that begin with these words.
pub(crate) fn all_after<'t>(text: &'t str, start: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines()
        .filter_map(move |line| line.strip_prefix(start))
        .map(str::trim)
}

/// Beyond this nothing that a host tells is a measurement; short of it a number can be multiplied by a thousand. It holds
/// microseconds since 1970 until the year 2096, and four petabytes.
const MOST: i128 = 4_000_000_000_000_000;

/// A whole number, brought into the range in which it can be counted with; nothing where there is none.
pub(crate) fn counted(text: &str) -> Option<i64> {
    let number: i128 = text.trim().parse().ok()?;
    i64::try_from(number.clamp(-MOST, MOST)).ok()
}

/// A whole number, zero where there is none.
pub(crate) fn int(text: &str) -> i64 {
    counted(text).unwrap_or(0)
}

/// The n-th word as a number, from 0.
pub(crate) fn nth(text: &str, n: usize) -> i64 {
    text.split_whitespace().nth(n).map_or(0, int)
}

/// A number with a fraction, zero where there is none or it is not finite.
pub(crate) fn real(text: &str) -> f64 {
    text.trim()
        .parse()
        .ok()
        .filter(|n: &f64| n.is_finite())
        .unwrap_or(0.0)
}

/// `part` of `whole` in percent, rounded down; 0 of nothing.
pub(crate) fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    i64::try_from(i128::from(part) * 100 / i128::from(whole)).unwrap_or(i64::MAX)
}

/// A number with a fraction as a whole one, rounded; what does not fit is cut off.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` from f64 saturates, which is what is wanted"
)]
pub(crate) const fn whole(n: f64) -> i64 {
    n.round() as i64
}

/// A count as a number with a fraction, for rates; exact up to 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "rates and shares do not need the last digit"
)]
pub(crate) const fn float(n: i64) -> f64 {
    n as f64
}

/// `1.4 GiB`, for people.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut rest = float(bytes.max(0));
    let mut unit = "B";
    for next in UNITS {
        unit = next;
        if rest < 1024.0 || next == "TiB" {
            break;
        }
        rest /= 1024.0;
    }
    if unit == "B" || rest >= 100.0 {
        format!("{rest:.0} {unit}")
    } else {
        format!("{rest:.1} {unit}")
    }
}

/// `3 d`, `5 h`, `12 min`, for people.
pub(crate) fn time(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s / 60),
        s @ 7200..172_800 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

/// The unit that a control group path belongs to, or nothing: `/system.slice/nginx.service` -> `nginx.service`.
///
/// Processes in a container of this host belong to no unit of this host that could be restarted for them.
pub(crate) fn unit(cgroup: &str) -> String {
    let path = cgroup.rsplit_once(':').map_or(cgroup, |(_, path)| path);
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let first = parts.clone().next().unwrap_or("");
    let inside = [
        "payload",
        "docker",
        "machine.slice",
        "kubepods",
        "kubepods.slice",
        "lxc",
        "libpod_parent",
    ];
    if inside.contains(&first) || path.contains("/payload/") || path.contains("/docker-") {
        return String::new();
    }
    parts
        .find(|part| part.ends_with(".service"))
        .unwrap_or("")
        .to_owned()
}

/// Undoes the octal escapes of `/proc/mounts` and fstab: `\040` is a space.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let octal = after
            .get(..3)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        rest = match octal {
            Some(code) if byte == b'\\' => {
                out.push(code);
                after.get(3..).unwrap_or(&[])
            }
            Some(_) | None => {
                out.push(byte);
                after
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A text cut for a title, so that a hostile name fills no screen.
pub(crate) fn short(text: &str, longest: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if clean.chars().count() <= longest {
        return clean;
    }
    let mut cut: String = clean.chars().take(longest.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Seconds since the epoch of a date as openssl prints it: `Nov 20 09:00:00 2026 GMT`.
pub(crate) fn openssl_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.split_whitespace();
    let month = words.next()?;
    let month = i64::try_from(MONTHS.iter().position(|m| *m == month)?).ok()? + 1;
    let day = counted(words.next()?)?;
    let mut clock = words.next()?.split(':').map(counted);
    let (h, m, s) = (clock.next()??, clock.next()??, clock.next()??);
    let year = counted(words.next()?)?;
    let fits = (1..=31).contains(&day) && (1900..10_000).contains(&year);
    let fits = fits && [h, m, s].iter().all(|part| (0..=60).contains(part));
    fits.then(|| days(year, month, day) * 86_400 + h * 3600 + m * 60 + s)
}

/// Seconds since the epoch of a moment as Go writes it, `2026-11-20 09:00:00.1 +0100 CET`, or RFC 3339, `2026-11-20T09:00:00Z`. Nothing for
/// the year 1, which is Go's word for never.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    let mut numbers = text.get(..19)?.split(['-', ' ', 'T', ':']).map(counted);
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (h, m, s) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let fits = (1970..10_000).contains(&year) && (1..=12).contains(&month);
    let fits = fits && (1..=31).contains(&day) && [h, m, s].iter().all(|n| (0..=60).contains(n));
    let rest = text.get(19..)?.trim_start_matches(['.', ' ']);
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let zone = zone.trim_start();
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone
        .strip_prefix(['+', '-'])
        .unwrap_or("")
        .chars()
        .filter(|c| *c != ':')
        .take_while(char::is_ascii_digit)
        .take(4)
        .collect();
    let shift = int(digits.get(..2).unwrap_or("")) * 3600 + int(digits.get(2..).unwrap_or("")) * 60;
    fits.then(|| days(year, month, day) * 86_400 + h * 3600 + m * 60 + s - sign * shift)
}

/// Days since 1970-01-01 in the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `2026-11-20` of seconds since the epoch.
pub(crate) fn date(unix: i64) -> String {
    let z = unix.div_euclid(86_400) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests;
