//! Real captures explained: in every format the same verdict, damaged only by what is gone, folded without a difference.
//!
//! `cfg(test)` is always true here; it tells clippy that helpers may unwrap too.

#[cfg(test)]
#[path = "captures/damage.rs"]
mod damage;
#[cfg(test)]
#[path = "captures/first.rs"]
mod first;
#[cfg(test)]
#[path = "captures/fold.rs"]
mod fold;
#[cfg(test)]
#[path = "captures/formats.rs"]
mod formats;
#[cfg(test)]
#[path = "captures/headers.rs"]
mod headers;
#[cfg(test)]
#[path = "captures/support.rs"]
mod support;
#[cfg(test)]
#[path = "captures/whole.rs"]
mod whole;
#[cfg(test)]
#[path = "captures/writer.rs"]
mod writer;
