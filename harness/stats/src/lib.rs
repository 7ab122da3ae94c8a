//! kraitbench: stats.
