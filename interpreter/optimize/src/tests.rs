//! Passes at their own boundary: text before and after, and random traces executed before and
//! after.

mod cases;
mod fuzz;
mod model;
