//! Whether there is memory for a result whose size a program has chosen.
//!
//! Rust ends the process when an allocation fails; Python raises MemoryError. So sizes that come
//! from arguments are tried before they are used.

use crate::{PyResult, Vm};

/// Below this many bytes nothing is asked: so much there is, or nothing works any more.
const SURE_BYTES: usize = 1 << 26;

/// Whether `bytes` can be allocated, with copies as they arise on the way to the result.
pub fn has_room(bytes: usize) -> bool {
    bytes < SURE_BYTES
        || bytes
            .checked_mul(3)
            .is_some_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok())
}

/// MemoryError unless `bytes` can be allocated.
#[inline]
pub fn check(vm: &mut Vm, bytes: usize) -> PyResult<()> {
    if has_room(bytes) {
        Ok(())
    } else {
        Err(vm.raise_with(vm.types.memory_error, &[]))
    }
}
