//! What the reader of TOML says, for somebody who writes settings and not Rust.

/// What the reader of TOML says, in the words of somebody who writes settings and not Rust.
pub(super) fn words(said: &str) -> String {
    let mut named = said.split('`').skip(1).step_by(2);
    let first = named.next().unwrap_or("");
    let known: Vec<&str> = named.collect();
    let near = incident::command::nearest(first, known.iter().copied());
    let meant = near.map_or_else(
        || match known.as_slice() {
            [] => String::new(),
            [only] => format!("; only `{only}` can stand here"),
            [..] => format!("; here can stand: {}", known.join(", ")),
        },
        |near| format!("; did you mean `{near}`?"),
    );
    if said.starts_with("unknown field") {
        return format!("there is no setting `{first}` here{meant}");
    }
    if said.starts_with("unknown variant") {
        return format!("`{first}` is not one of the values that are allowed{meant}");
    }
    if said.starts_with("missing field `version`") {
        return "`version = 1` is missing; put it first".to_owned();
    }
    if said.starts_with("missing field") {
        return format!("`{first}` is missing");
    }
    if let Some(rest) = said.strip_prefix("invalid type: ") {
        let rest = rest
            .replace("expected u32", "expected a whole number")
            .replace("expected u16", "expected a whole number up to 65535")
            .replace("expected a sequence", "expected a list in [ ]")
            .replace("expected a boolean", "expected true or false")
            .replace("expected path string", "expected a path in quotes")
            .replace("expected a string", "expected a text in quotes");
        let rest = match rest.find("expected struct ") {
            Some(at) => format!("{}expected a table", rest.get(..at).unwrap_or("")),
            None => rest,
        };
        return format!("this is of the wrong type: {rest}");
    }
    if said == "invalid socket address syntax" {
        return "this is no address with a port; write it like \"127.0.0.1:8080\"".to_owned();
    }
    said.to_owned()
}
