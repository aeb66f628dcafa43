//! Expectations against made-up runs.
