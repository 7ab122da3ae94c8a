//! Calls of runtime and float functions.
//!
//! After the call, from the bottom up: what lives in registers that it destroyed is fetched back,
//! the result is moved to its place, and a raised exception leaves. The exit finds what it
//! restores in registers that calls leave alone, in slots and in homes only. Before the call
//! nothing lives in any other register, so that each argument's register is free for it: a value
//! that dies here lives in the argument's register itself.

use super::encode::{self, *};
use super::{FLOAT_BYTES, SCRATCH, X64};
use crate::allocate::{NO_REG, Pass, Reg, XMM};
use crate::check::Event;
use crate::isa::Isa;
use crate::{Error, ExitKind, Loc};
use trace::{FloatFn, NO_SNAPSHOT, RAISED, Ref, Rt};

/// Where the words go that follow the machine and the place.
const ARGUMENTS: [Gpr; 4] = [RDX, RCX, R8, R9];
/// What a call destroys.
const CLOBBERED: u32 = (X64::GENERAL | X64::FLOATING) & !X64::SAVED;
const FIRST_FLOAT: Reg = XMM;
/// Where a float function's second result lies, from its first.
const SECOND: u64 = FLOAT_BYTES as u64;

impl Pass<'_, X64> {
    pub(super) fn call_runtime(&mut self, at: usize) -> Result<(), Error> {
        let ins = self.trace.get(at);
        let function = Rt::from_number(ins.operands[0]).ok_or(Error::Operand)?;
        let address = self.env.functions.get(function as usize).copied();
        let address = address.ok_or(Error::Operand)?;
        let place = self.bits(ins.operand(1)).ok_or(Error::Operand)?;
        if !self.is_wanted(at) && function.is_dead_without_result() {
            return Ok(());
        }
        if function == Rt::PopFrame {
            self.pop_record();
            return Ok(());
        }
        if function == Rt::PushFrame && self.push_record(ins, place) {
            return Ok(());
        }
        let address = match function {
            Rt::RunFrame => self.shared.run_frame,
            _ => address,
        };
        let to = self.define(at, RAX);
        self.after_call(to, RAX);
        if function.effects().raises && ins.snapshot() != Some(NO_SNAPSHOT) {
            let all = self.restrict_exits(X64::SAVED);
            let exit = self.exit(ExitKind::Raise, 0, None);
            self.restrict_exits(all);
            self.leave_if(cc::E, exit);
            self.put(encode::alu_imm(Alu::Cmp, RAX, RAISED as i32));
        }
        if function.writes_registers() {
            self.buffers.log.event(Event::HomesLost);
        }
        self.emit_call(address);
        for (place, reg) in ARGUMENTS.into_iter().enumerate().take(function.arguments()) {
            self.argument(ins.operand(2 + place), reg);
        }
        self.put(encode::mov_imm(RSI, place));
        let vm = self.env.vm as u64;
        self.put(encode::mov_imm(RDI, vm));
        Ok(())
    }

    pub(super) fn call_float(&mut self, at: usize) -> Result<(), Error> {
        let ins = self.trace.get(at);
        let function = FloatFn::from_number(ins.operands[0]).ok_or(Error::Operand)?;
        let address = self.env.float_functions.get(function as usize).copied();
        let address = address.ok_or(Error::Operand)?;
        let Some(to) = self.define(at, FIRST_FLOAT) else {
            return Ok(());
        };
        let has_two = function.second().is_some();
        if has_two {
            self.load_float_result(to, 0);
            self.after_call(Some(to), to);
        } else {
            self.after_call(Some(to), FIRST_FLOAT);
        }
        self.emit_call(address);
        if has_two {
            let first = self.env.float_results as u64;
            self.put(encode::mov_imm(RSI, first + SECOND));
            self.put(encode::mov_imm(RDI, first));
        }
        for place in 0..function.arguments() {
            self.argument(ins.operand(1 + place), FIRST_FLOAT + place as Reg);
        }
        Ok(())
    }

    /// Takes what the op before that has several results has left.
    pub(super) fn other_float(&mut self, at: usize) {
        let Some(to) = self.define(at, NO_REG) else {
            return;
        };
        let ins = self.trace.get(at);
        // Whoever wants no more than this wants the op all the same.
        self.use_in(ins.operand(0), NO_REG, 0);
        self.load_float_result(to, i32::from(ins.operands[1]) * FLOAT_BYTES);
    }

    /// Takes a result that lies so far from the first of several.
    fn load_float_result(&mut self, to: Reg, at: i32) {
        self.put(encode::load_float(to - XMM, SCRATCH, at));
        self.name_float_results();
    }

    /// Empties the registers that the call destroys, and takes its result.
    fn after_call(&mut self, to: Option<Reg>, result: Reg) {
        let kept = to.map_or(0, |to| 1 << to);
        let mut lost = self.occupied() & CLOBBERED;
        while lost != 0 {
            let reg = lost.trailing_zeros() as Reg;
            self.vacate(reg, X64::SAVED & !kept);
            lost &= lost - 1;
        }
        if let Some(to) = to
            && to != result
        {
            X64::move_register(&mut self.buffers.out, to, result);
        }
    }

    fn emit_call(&mut self, address: usize) {
        self.buffers.log.event(Event::Clobber(CLOBBERED));
        self.put(encode::call(RAX));
        self.put(encode::mov_imm(RAX, address as u64));
    }

    /// Brings an argument to its register.
    fn argument(&mut self, r: Ref, to: Reg) {
        if let Some(bits) = self.bits(r) {
            return X64::constant(self, to, bits);
        }
        if self.is_unplaced(r) {
            let float = self.is_float(r);
            let saved = self.free_for_any(X64::SAVED);
            let from = if let Some(register) = self.home(r) {
                Loc::Home(register)
            } else if let Some(slot) = self.slot(r) {
                Loc::Slot(slot)
            } else if !float && self.crosses_call(r) && saved != 0 {
                let reg = saved.trailing_zeros() as Reg;
                self.live_in(r, reg);
                Loc::Register(reg)
            } else if float == (to >= XMM) {
                return self.live_in(r, to);
            } else {
                // The bits of a float as a word.
                let reg = self.take(X64::FLOATING, NO_REG, 0, false);
                self.live_in(r, reg);
                Loc::Register(reg)
            };
            return self.bring_argument(r, to, from);
        }
        let from = Loc::Register(self.reg(r));
        self.bring_argument(r, to, from);
    }

    fn bring_argument(&mut self, r: Ref, to: Reg, from: Loc) {
        self.uses(r, from);
        let out = &mut self.buffers.out;
        match from {
            Loc::Register(from) => X64::move_register(out, to, from),
            Loc::Slot(slot) => X64::load_slot(out, to, slot),
            Loc::Home(register) => X64::load_home(out, to, register),
            Loc::Constant(_) => {}
        }
    }

    /// Notes that a register of the register stack is written.
    pub(super) fn lose_home(&mut self, register: u16) {
        self.buffers.log.event(Event::HomeLost(register));
    }
}
