//! Verdicts on whole runs.
