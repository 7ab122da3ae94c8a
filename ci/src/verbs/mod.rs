//! The verbs, a file each.

pub mod bench;
pub mod build;
pub mod cross;
mod dispatch;
pub mod lint;
pub mod nightly;
pub mod report;
pub mod setup;
pub mod test;
pub mod trial;
