//! The value word, the heap and its collector, shapes, and the layouts of the builtin kinds.
//!
//! This crate alone knows addresses. Everything above it holds [`Value`]s and [`Gc`] handles,
//! which are plain words: the collector does not move objects and scans the native stack
//! conservatively, so they need no rooting. What keeps a handle valid is that a collection
//! happens only at a safepoint of the interpreter, and that it finds the handle on the stack
//! of the function that holds it, in a register of the virtual machine, or in another object.
//!
//! A collection never happens inside an allocation. Code that builds objects may therefore take
//! any number of steps, and lend out slices of an object's contents, between two safepoints.

pub mod frame;
pub mod frames;
pub mod header;
pub mod heap;
pub mod intern;
pub mod kinds;
pub mod layout;
pub mod limbs;
pub mod liveness;
pub mod shape;
pub mod stack;
pub mod strand;
pub mod value;
pub mod watch;
pub mod weak;

pub use frame::{Chain, Frame, Then};
pub use frames::{Frames, Top};
pub use header::{Gc, Header, Kind, Layout, Slot};
pub use heap::{Marker, barrier};
pub use intern::intern;
pub use kinds::*;
pub use shape::{Shape, ShapeId};
pub use stack::{Regs, Stack};
pub use value::Value;
pub use weak::{Shared, Weak, take_old_news};
