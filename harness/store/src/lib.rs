//! kraitbench: store.
