//! Set-up, tidy checks and the test driver.
fn main() {}
