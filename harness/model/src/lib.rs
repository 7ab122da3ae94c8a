//! kraitbench: model.
