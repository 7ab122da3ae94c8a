//! Every source of nondeterminism.
