//! Machine code against the reference executor: the same trace in the same surroundings must
//! leave at the same place with the same values, having written the same and made the same calls.

mod cases;
mod fuzz;
mod harness;
