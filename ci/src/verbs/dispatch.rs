//! Whether the interpreter's loop is what `.cargo/config.toml` asks for.
//!
//! Each op is to end in a jump of its own to the next one. Whether LLVM copies the jump depends on more than
//! its limits (one op without any code was enough to undo it), nothing fails when it does not, and
//! the interpreter is then slower by a twentieth. So the built executables are looked at, with the
//! disassembler that comes with the linker.

use crate::place::Place;
use crate::shell::printed;
use std::process::Command;

/// What the mangled name of each copy of the loop has in it.
const LOOP: &str = "2vm4eval8dispatch";
/// Fewer jumps by way of a register than half the ops there are: the loop shares one.
const LEAST_JUMPS: usize = 85;

/// Looks at the loop that runs without a JIT's or debugger's doing, in one of the executables in `bin/`.
pub fn has_own_jumps(place: &Place, krait: &str) -> Result<(), String> {
    if !cfg!(target_arch = "x86_64") {
        return Ok(());
    }
    let krait = place.executable(krait);
    let told = |command: &mut Command| {
        printed(command).map_err(|e| format!("{e} (nm and objdump come with binutils)"))
    };
    let symbols = told(Command::new("nm").arg(&krait))?;
    let names = symbols
        .split_whitespace()
        .filter(|word| word.contains(LOOP));
    let mut most = None;
    for name in names {
        let only = format!("--disassemble={name}");
        let mut objdump = Command::new("objdump");
        objdump.args(["--no-show-raw-insn", &only]).arg(&krait);
        let code = told(&mut objdump)?;
        most = most.max(Some(jumps_by_register(&code)));
    }
    match most {
        Some(jumps) if jumps >= LEAST_JUMPS => Ok(()),
        Some(jumps) => Err(format!(
            "{}: of the copies of vm::eval::dispatch none has more than {jumps} jumps by way of a \
             register, so its ops share one jump to the next op (interpreter/ARCHITECTURE.md, \
             \"Each op ends in a jump of its own\")",
            krait.display()
        )),
        None => Err(format!(
            "{}: no symbol has {LOOP} in its name; has the loop another name now?",
            krait.display()
        )),
    }
}

fn jumps_by_register(code: &str) -> usize {
    let jumps = code.lines().filter_map(|line| line.split_once("jmp "));
    jumps
        .filter(|(_, target)| target.trim_start().starts_with("*%r"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_jumps_by_way_of_a_register_count() {
        let code = "
 1fac042:\tmov    0x0(%r13),%rdx
 1fac061:\tjmp    *%rax
 1fac070:\tje     1fad7e6 <dispatch+0x17e6>
 1fac076:\tjmp    1fae734 <dispatch+0x2734>
 1fac0a2:\tjmp    *0x10(%rax)
 1fac0b0:\tjmp    *%r11
";
        assert_eq!(jumps_by_register(code), 2);
    }
}
