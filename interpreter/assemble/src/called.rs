//! What machine code looks at and notes where it calls the code of another tree.

use std::cell::Cell;

/// Native frames of machine code, one in another.
pub const ACTIVATIONS_MAX: usize = 1500;

/// The code that a call finds, at an address that calls have as a constant.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Callee {
    /// Where the code is entered; 0 if there is none, or it is not known.
    pub entry: Cell<usize>,
    /// The tree's root.
    pub id: Cell<u64>,
    /// How many traces there had been when it was called last.
    pub used: Cell<u64>,
}

/// What is under way.
#[repr(C)]
#[derive(Debug)]
pub struct UnderWay {
    /// How many traces there have been.
    pub made: Cell<u64>,
    /// So many native frames of machine code there are.
    pub count: Cell<usize>,
    /// The roots that they were entered at.
    pub roots: [Cell<u64>; ACTIVATIONS_MAX],
}

impl Default for UnderWay {
    fn default() -> UnderWay {
        UnderWay {
            made: Cell::new(0),
            count: Cell::new(0),
            roots: [const { Cell::new(0) }; ACTIVATIONS_MAX],
        }
    }
}

/// What calls need to know of a machine, beside [`crate::Env`]'s own.
#[derive(Clone, Copy, Debug)]
pub struct CallEnv {
    pub under_way: *const UnderWay,
    /// The highest address of a frame's registers above which there is room enough for code.
    pub last_base: usize,
    /// `extern "sysv64" fn(vm, value) -> u64`: takes the frame on top off, which has returned a value; the
    /// result of the op that had opened it. It is called where that is not the value itself.
    pub finish: usize,
    /// `extern "sysv64" fn(vm, record) -> u64`: an exit was taken; runs the frame with this record, and those
    /// above it, to their ends. The same.
    pub rest: usize,
}

impl Default for CallEnv {
    /// Of code that is never called.
    fn default() -> CallEnv {
        CallEnv {
            under_way: std::ptr::null(),
            last_base: 0,
            finish: 0,
            rest: 0,
        }
    }
}
