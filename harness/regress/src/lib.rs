//! kraitbench: regress.
