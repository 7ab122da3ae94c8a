//! What the allocator wants to know of a target, and asks it to emit. A target knows no other.

use crate::Error;
use crate::allocate::{Pass, Reg};
use crate::code::{Backward, Code};

pub(crate) mod x64;

/// The target that this program runs on.
#[cfg(target_arch = "x86_64")]
pub(crate) type Native = x64::X64;

/// Facts and emitters of a target. Registers are numbered 0–15 (general) and 16–31 (floating
/// point); sets of them are bit masks. Emitters put an instruction before all others.
pub(crate) trait Isa: Sized {
    /// General registers that values may live in.
    const GENERAL: u32;
    const FLOATING: u32;
    /// Of both, those that calls leave alone.
    const SAVED: u32;
    /// How many registers of a class values may hold across a loop's back edge.
    const LOOP_GENERAL: usize;
    const LOOP_FLOATING: usize;
    /// A general register that is free between any two emitters.
    const SCRATCH: Reg;

    fn move_register(out: &mut Backward, to: Reg, from: Reg);
    fn load_slot(out: &mut Backward, to: Reg, slot: u16);
    fn store_slot(out: &mut Backward, slot: u16, from: Reg);
    /// Loads register number `register` of the entry frame.
    fn load_home(out: &mut Backward, to: Reg, register: u16);
    /// Leaves the flags alone.
    fn constant(pass: &mut Pass<'_, Self>, to: Reg, bits: u64);
    /// Begins the tail with what all exits of the code share.
    fn begin_tail(pass: &mut Pass<'_, Self>, id: u32);
    /// Puts an exit's stub into the tail, behind the instruction that undoes what the op did;
    /// gives where the stub begins, and where a jump to a bridge goes.
    fn stub(pass: &mut Pass<'_, Self>, number: u32, undo: Option<Code>) -> (u32, u32);
    /// Emits an op.
    fn lower(pass: &mut Pass<'_, Self>, at: usize) -> Result<(), Error>;
    /// Emits the jump to the loop's start; what [`Isa::close_loop`] gets.
    fn open_loop(pass: &mut Pass<'_, Self>) -> usize;
    fn close_loop(pass: &mut Pass<'_, Self>, jump: usize);
    /// Emits the test that code which is entered is still valid.
    fn entry(pass: &mut Pass<'_, Self>);
}
