//! The virtual machine: frames, the [`Machine`] trait, one semantic function per op, unwinding.
//!
//! A Python call pushes a [`Frame`] and goes on in the same dispatch loop ([`eval`]); the native
//! stack grows only where Rust code calls back into Python. Nothing here knows a JIT: the loop
//! calls a hook at back edges and calls, and a link decision says who listens.

pub mod attribute;
mod call;
mod class;
pub mod compiled;
mod consume;
mod coroutine;
mod delegates;
pub mod driven;
mod enter;
mod error;
mod eval;
#[cfg_attr(not(feature = "revdb"), path = "no_events.rs")]
pub mod events;
mod frame;
mod generator;
mod group;
pub mod hook;
pub mod hooks;
mod import;
mod imports;
mod instances;
mod keys;
mod link;
pub mod machine;
mod marks;
mod names;
mod native;
mod operator;
mod pattern;
mod pauses;
pub mod plain;
pub mod protocol;
mod rare;
pub mod room;
mod runtime;
mod semantics;
pub mod shown;
pub mod slicing;
mod slow;
#[cfg(feature = "revdb")]
pub mod stops;
#[cfg(feature = "gc-stress")]
mod stress;
pub mod threads;
mod traceback;
pub mod traced;
pub mod types;
mod unwind;
mod vm;
mod warnings;

pub use call::Bound;
pub use class::{mangle, solid_base};
pub use coroutine::is_told_when_dead;
pub use delegates::unlink;
pub use driven::{CACHE, Walk};
pub use error::{PyResult, Raised};
pub use eval::run_with;
pub use frame::{Frame, Then};
pub use generator::gives_item;
pub use import::{path_bytes, path_value};
pub use machine::Machine;
pub use names::Names;
pub use native::{
    Def, DefKind, Native, NativeFn, class_method, field, getter, method, setter, static_method,
    string, tuple,
};
pub use operator::{BinaryOp, Comparison, UnaryOp};
pub use pauses::{CollectorTimes, Pauses};
pub use traceback::closest;
pub use types::Types;
pub use vm::{DecimalOperators, Frozen, Options, Vm};
