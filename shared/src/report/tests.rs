//! The JSON object field by field.
