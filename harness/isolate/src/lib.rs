//! kraitbench: isolate.
