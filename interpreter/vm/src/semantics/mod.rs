//! The meaning of the hot ops, written once and generic over the machine.
//!
//! A function here is the part of an op that is worth inlining: it gives `None` where the op is
//! left to the runtime function behind it, having done nothing.

pub(crate) mod arithmetic;
pub(crate) mod attribute;
mod braces;
pub(crate) mod build;
pub(crate) mod call;
pub(crate) mod compare;
pub mod exception;
pub(crate) mod global;
pub(crate) mod import;
pub mod intrinsic;
pub(crate) mod iteration;
pub(crate) mod keyed;
pub(crate) mod own;
pub(crate) mod payload;
pub(crate) mod percent;
pub(crate) mod subscript;
pub(crate) mod text;
