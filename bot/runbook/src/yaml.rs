//! YAML inside Markdown: what the reader says about a fragment is told in lines and columns of the whole file.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_saphyr::{Location, Spanned, UserMessageFormatter};

use crate::problem::{Place, Trouble};

/// Where a fragment of YAML lies in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment {
    /// The line of the file that is the fragment's first line.
    pub(crate) first_line: usize,
    /// How many columns were cut from the left of each line.
    pub(crate) indent: usize,
}

impl Fragment {
    /// The place in the file of a place in the fragment.
    pub(crate) fn place(self, location: Location) -> Place {
        let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Place {
            line: self
                .first_line
                .saturating_add(count(location.line()).saturating_sub(1)),
            column: count(location.column()).max(1).saturating_add(self.indent),
        }
    }

    /// The place in the file of a value.
    pub(crate) fn of<T>(self, value: &Spanned<T>) -> Place {
        self.place(value.referenced)
    }

    /// Reads the fragment.
    pub(crate) fn read<T: DeserializeOwned>(self, yaml: &str) -> Result<T, Trouble> {
        serde_saphyr::from_str(yaml).map_err(|error| {
            let place = error
                .location()
                .map_or(Place::at(self.first_line, 1), |at| self.place(at));
            let told = error
                .without_snippet()
                .render_with_formatter(&UserMessageFormatter);
            let told = told
                .rsplit_once(" at line ")
                .map_or(told.as_str(), |(said, _)| said);
            let (what, cure) = explain(told);
            Trouble::new(place, what, cure)
        })
    }
}

/// Turns what the YAML reader said into what is wrong and what to do.
fn explain(told: &str) -> (String, String) {
    if let Some(rest) = told.strip_prefix("unknown field ") {
        let (name, known) = rest.split_once(", expected one of ").unwrap_or((rest, ""));
        return (
            format!("there is no field {name}"),
            format!("the fields here are {known}"),
        );
    }
    if let Some(name) = told.strip_prefix("missing field ") {
        return (
            format!("the field {name} is missing"),
            "add it; runbooks/README.md says what it means".to_owned(),
        );
    }
    if let Some(rest) = told.strip_prefix("unknown variant ") {
        let (name, known) = rest.split_once(", expected one of ").unwrap_or((rest, ""));
        return (
            format!("{name} is not a choice here"),
            format!("choose one of {known}"),
        );
    }
    if let Some(kind) = told.strip_prefix("invalid ")
        && matches!(kind, "u32" | "u64" | "i64")
    {
        return (
            "this is not a whole number".to_owned(),
            "write digits only, as in `1`".to_owned(),
        );
    }
    if told == "expected string scalar" {
        return (
            "one text belongs here, not a list or fields".to_owned(),
            "write one value".to_owned(),
        );
    }
    if told.starts_with("duplicate mapping key") {
        return (told.to_owned(), "keep one of them".to_owned());
    }
    if told.starts_with("unexpected end") {
        return (
            "there is nothing here".to_owned(),
            "write the fields; runbooks/_template.md shows them".to_owned(),
        );
    }
    (told.to_owned(), "correct the YAML here".to_owned())
}

/// One text or several, each with its place.
#[derive(Debug, Clone)]
pub(crate) struct Texts(pub(crate) Vec<Spanned<String>>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Texts;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Texts, E> {
                let unknown = Location::UNKNOWN;
                Ok(Texts(vec![Spanned {
                    value: text.to_owned(),
                    referenced: unknown,
                    defined: unknown,
                }]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        reader.deserialize_any(Visitor)
    }
}
