//! kraitbench: build.
