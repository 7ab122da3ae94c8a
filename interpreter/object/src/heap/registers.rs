//! Which of the registers that the C library saves (`getcontext`, `swapcontext`) may refer to objects.
//!
//! To save them is a call, so what is in use lies in registers that calls preserve, or on the stack. On some targets
//! the C library saves the others as well, among them vector registers, in which a copy of memory leaves what it
//! copied until the next one: an object that has been dead for long would be taken for alive. Which are preserved is
//! said by the targets' calling conventions (ELFv2 for ppc64le, the zSeries supplement for s390x).

use std::ops::Range;

/// The addresses within a saved context where registers lie that calls do not preserve, in order. For aarch64 the C
/// library saves no other than those that they do.
pub(super) fn not_preserved(context: &libc::ucontext_t) -> [Range<usize>; 3] {
    let saved = &context.uc_mcontext;
    #[cfg(target_arch = "x86_64")]
    return [
        // r8 to r11; rdi and rsi; rdx, rax and rcx.
        some(&saved.gregs, 0..4),
        some(&saved.gregs, 8..10),
        some(&saved.gregs, 12..15),
    ];
    #[cfg(target_arch = "riscv64")]
    return [
        // t0 to t2; a0 to a7; t3 to t6.
        some(&saved.__gregs, 5..8),
        some(&saved.__gregs, 10..18),
        some(&saved.__gregs, 28..32),
    ];
    #[cfg(target_arch = "s390x")]
    return [
        some(&saved.gregs, 0..6),
        some(&saved.fpregs.fprs, 0..8),
        0..0,
    ];
    #[cfg(target_arch = "powerpc64")]
    {
        // The C library aligns the vector registers within what is set aside for them.
        let vectors = saved.vmx_reserve.as_ptr() as usize;
        let vectors = vectors.next_multiple_of(size_of::<u128>());
        [
            some(&saved.gp_regs, 3..13),
            some(&saved.fp_regs, 0..14),
            vectors..vectors + 20 * size_of::<u128>(),
        ]
    }
    #[cfg(target_arch = "aarch64")]
    {
        let _ = saved;
        [0..0, 0..0, 0..0]
    }
}

/// Of saved registers, where those with these numbers lie.
#[cfg(not(target_arch = "aarch64"))]
fn some<T>(saved: &[T], numbers: Range<usize>) -> Range<usize> {
    let some = saved[numbers].as_ptr_range();
    some.start as usize..some.end as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_are_words_of_the_context_in_order() {
        // SAFETY: numbers and pointers that no one follows.
        let context: libc::ucontext_t = unsafe { std::mem::zeroed() };
        let mut end = &raw const context as usize;
        let limit = end + size_of_val(&context);
        for range in not_preserved(&context) {
            if !range.is_empty() {
                assert!(end <= range.start && range.end <= limit, "{range:x?}");
                assert!((range.start | range.end).is_multiple_of(size_of::<usize>()));
                end = range.end;
            }
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn what_calls_preserve_is_not_among_them() {
        // SAFETY: numbers and pointers that no one follows.
        let context: libc::ucontext_t = unsafe { std::mem::zeroed() };
        let ranges = not_preserved(&context);
        let holds = |number: i32| {
            let at = &raw const context.uc_mcontext.gregs[number as usize] as usize;
            ranges.iter().any(|range| range.contains(&at))
        };
        use libc::{REG_R8, REG_R11, REG_RAX, REG_RCX, REG_RDI, REG_RDX, REG_RSI};
        use libc::{REG_R12, REG_R13, REG_R14, REG_R15, REG_RBP, REG_RBX, REG_RSP};
        for number in [REG_R8, REG_R11, REG_RAX, REG_RCX, REG_RDI, REG_RDX, REG_RSI] {
            assert!(holds(number), "{number}");
        }
        for number in [
            REG_R12, REG_R13, REG_R14, REG_R15, REG_RBP, REG_RBX, REG_RSP,
        ] {
            assert!(!holds(number), "{number}");
        }
    }
}
