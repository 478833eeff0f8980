//! The account of an incident as lines: each with the number of the fact that it rests on, as the timeline has them.

use incident::account::{Account, Aids, Occasion, Source};

use super::Face;
use crate::words::account::label;

/// How many lines each section has; the timeline has all.
const MOST: usize = 12;

pub(super) fn account(
    out: &mut String,
    account: &Account,
    aids: &Aids,
    occasion: Occasion,
    face: Face,
) {
    let told = face.locale.account(account, aids, occasion);
    let mut head = told.head.iter();
    if let Some(first) = head.next() {
        face.put(out, 2, &face.strong(first));
    }
    for line in head {
        face.put(out, 2, line);
    }
    let mut cut = false;
    for section in &told.sections {
        out.push('\n');
        face.put(out, 2, &face.strong(&section.title));
        let (lines, left_out, before) = section.picked(MOST);
        for (n, line) in lines.into_iter().enumerate() {
            if left_out > 0 && n == before {
                face.put_dim(
                    out,
                    4,
                    &format!("  {}", face.locale.lines_left_out(left_out)),
                );
            }
            let source = line.source.as_ref();
            // A message is not to be seen at a terminal.
            let fact = source.filter(|source| matches!(source, Source::Fact(_)));
            let text = match fact {
                Some(fact) => format!("  {} {}", line.text, label(fact)),
                None => format!("  {}", line.text),
            };
            face.put(out, 4, &text);
        }
        cut |= left_out > 0;
    }
    if cut {
        out.push('\n');
        let incident = account.incident.id.as_str();
        face.put_dim(out, 2, &face.locale.read_all(incident));
    }
}
