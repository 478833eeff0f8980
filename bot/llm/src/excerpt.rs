//! stub
/// x
pub fn fence(lines: &[&str], _n: &str, _m: usize) -> String {
    lines.join("\n")
}
