//! kraitbench: plan.
