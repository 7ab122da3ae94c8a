//! One runner for text cases.
