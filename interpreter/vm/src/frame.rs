//! What the machine adds to the records of calls in progress, which `object` defines because
//! machine code has to know their layout.

pub use object::{Chain, Frame, Then};

/// Registers above a frame's own that a call under preparation may use.
pub(crate) const WINDOW_MARGIN: usize = 64;
