//! What the verdict's card says around the diagnosis.

pub const AS_EXPECTED: &str = "As the scenario expects";
pub const NOT_AS_EXPECTED: &str = "Not as the scenario expects:";
pub const RULED_OUT: &str = "Ruled out:";

/// `and 20 more`.
pub fn and_more(number: usize) -> String {
    format!("and {number} more")
}
