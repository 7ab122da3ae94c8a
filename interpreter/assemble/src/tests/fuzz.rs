//! Traces made at random, with a fixed seed.
