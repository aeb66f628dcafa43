//! Connections rebuilt from segments and calls.
