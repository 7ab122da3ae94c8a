//! kraitbench: run.
