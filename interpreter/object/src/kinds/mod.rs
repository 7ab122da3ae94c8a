//! The layouts of the builtin kinds, a file for each family.

mod array;
mod bare;
mod callable;
mod class;
mod count;
mod dead_code;
mod decimal;
mod dict;
mod exception;
mod foreign;
mod frame_object;
mod generator;
mod instance;
mod iter;
mod list;
mod number;
mod set;
#[cfg(feature = "revdb")]
mod stops;
mod string;
mod view;

pub use array::{Array, Bytes, Entries};
pub(crate) use array::{Entry, STALE as REGISTERS_STALE};
pub use bare::Floats;
pub use callable::{
    BoundMethod, Builtin, CellBox, CodeObject, CodePointer, Function, GetSet, Member,
    MethodWrapper, Property, SiteCache, Super,
};
pub(crate) use class::sweep as sweep_classes;
pub use class::{Class, ClassFlags};
#[cfg(feature = "revdb")]
pub(crate) use class::{entered as entered_classes, forget as forget_classes};
pub use count::Count;
pub use dead_code::{note_dead_code, take_dead_code};
pub use decimal::Decimal;
pub(crate) use dict::LINEAR_MAX;
pub use dict::{Dict, DictIndex, OtherKind};
pub use exception::{Exception, Traceback, contexts};
pub(crate) use foreign::drop_payload;
pub use foreign::{Foreign, Payload};
pub use frame_object::{FrameObject, Seen};
pub use generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR, Generator, GeneratorState};
pub use instance::{Instance, Module, Wrapper, attributes};
pub use iter::{Iter, IterKind};
pub use list::{ByteArray, List, Range, Slice, Tuple};
pub use number::{
    BigInt, Complex, FloatBox, float_div_mod, hash_float, hash_i64, hash_small, low_bits, sincos,
};
pub use set::{FrozenSet, Set};
#[cfg(feature = "revdb")]
pub use stops::{link_with_stops, tell_of_linked};
pub use string::{Str, StrBuilder, Units, Width, set_hash_seed};
pub use view::View;
