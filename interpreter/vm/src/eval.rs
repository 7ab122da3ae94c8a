//! The dispatch loop.
//!
//! The running frame's record, its place and its registers are local variables, so that they stay
//! in machine registers. An op is a fast part, generic over the machine and inlined here, and what
//! is left of it, which stands out of line in `slow` (and, for ops that have no fast part, in
//! `rare`). Python calls change the local variables and go on; the loop is left when the frame
//! returns that it was entered for.
//!
//! What keeps the fast parts fast is that nothing lives across the slow ones: the place is written
//! into the frame's record before (`slow!`), the slow part does all that the op has to do, be it
//! writing the result or moving the place on, and after it the frame on top is looked at anew. So
//! the compiler need not keep anything but the machine where calls leave it alone, and moves
//! nothing about around them.
//!
//! The `match` is compiled into a jump table. Should tail calls become available in stable Rust,
//! only this file would change.

use crate::frame::Then;
use crate::machine::Machine;
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::semantics::iteration::{self, Next};
use crate::semantics::{arithmetic, attribute, compare, global, subscript};
use crate::{PyResult, Raised, Vm, rare, slow};
use bytecode::{CommonConst, Op};
use object::{CodePointer, Regs, Top, Value};
use std::hint::black_box;

/// The running frame, as the loop sees it.
#[derive(Clone, Copy)]
struct Here {
    frame: Top,
    pc: CodePointer,
    regs: Regs,
}

/// The frame on top.
#[inline(always)]
fn here(vm: &Vm) -> Here {
    let frame = vm.frames.top();
    Here {
        frame,
        pc: frame.get().pc,
        regs: frame.get().base,
    }
}

/// What a call comes to in the loop.
pub(crate) enum Called {
    /// A frame was pushed.
    Entered,
    /// The result is here.
    Done(Value),
}

/// Runs the frame on top until it leaves with [`Then::Exit`].
pub(crate) fn run<M: Machine>(m: &mut M) -> PyResult {
    let mut at = here(m.vm());
    loop {
        match dispatch(m, at) {
            Ok(result) if M::TELLS && result.is_unbound() => {
                m.vm().go_on_otherwise()?;
                at = here(m.vm());
            }
            Ok(result) => return Ok(result),
            Err(raised) => {
                let raised = match slow::call_outside(m, raised) {
                    Ok(()) => {
                        at = here(m.vm());
                        continue;
                    }
                    Err(raised) => raised,
                };
                if m.vm().is_to_switch(raised, M::TELLS) {
                    return Err(Raised::SWITCH);
                }
                m.vm().unwind(raised)?;
                at = here(m.vm());
            }
        }
    }
}

/// Runs the frame on top with another machine until that machine leaves (the result is then
/// *unbound*), the entry frame returns, or something raises. An exception is not unwound: the
/// raising frame is left on top, its record in step.
pub fn run_with<M: Machine>(m: &mut M) -> PyResult {
    loop {
        let at = here(m.vm());
        match dispatch(m, at) {
            Err(raised) => slow::call_outside(m, raised)?,
            left => return left,
        }
    }
}

/// Raises in the frame on top, then runs on.
pub(crate) fn run_raising<M: Machine>(m: &mut M, raised: Raised) -> PyResult {
    m.vm().unwind(raised)?;
    run(m)
}

/// Executes instructions until the entry frame returns or something raises. An error leaves the
/// raising frame on top, its record in step.
fn dispatch<M: Machine>(m: &mut M, start: Here) -> PyResult {
    let Here {
        mut frame,
        mut pc,
        mut regs,
    } = start;

    /// Writes the place into the frame's record, for what looks at frames.
    macro_rules! sync {
        () => {
            frame.set_pc(pc)
        };
    }
    /// Goes on in the frame on top.
    macro_rules! reload {
        () => {{
            let at = here(m.vm());
            frame = at.frame;
            pc = at.pc;
            regs = at.regs;
        }};
    }
    /// Leaves the op to a function out of line.
    macro_rules! slow {
        ($function:path $(, $argument:expr)*) => {{
            sync!();
            $function(m, frame $(, $argument)*)?;
            reload!();
        }};
    }
    /// The same for one that may leave the loop.
    macro_rules! slow_leaving {
        ($function:path $(, $argument:expr)*) => {{
            sync!();
            if let Some(result) = $function(m, frame $(, $argument)*)? {
                return Ok(result);
            }
            reload!();
        }};
    }
    macro_rules! jump {
        ($distance:expr) => {
            pc = pc.offset($distance as isize)
        };
    }
    macro_rules! binary {
        ($i:ident, $fast:path, $op:ident, $right:expr) => {{
            let (a, b) = (m.get(regs, $i.b()), $right);
            match $fast(m, a, b) {
                Some(value) => m.set(regs, $i.a(), value),
                None => slow!(slow::binary, $i, BinaryOp::$op, a, b),
            }
        }};
    }
    macro_rules! imm {
        ($i:ident) => {
            m.constant(Value::small($i.sc() as i64))
        };
    }
    macro_rules! imm_b {
        ($i:ident) => {
            m.constant(Value::small($i.sb() as i64))
        };
    }
    macro_rules! comparison {
        ($i:ident, $op:ident) => {{
            let (a, b) = (m.get(regs, $i.b()), m.get(regs, $i.c()));
            match compare::compare(m, Comparison::$op, a, b) {
                Some(truth) => {
                    let value = m.constant(Value::bool(truth));
                    m.set(regs, $i.a(), value);
                }
                None => slow!(slow::comparison, $i, Comparison::$op, a, b),
            }
        }};
    }
    macro_rules! jump_compare {
        ($i:ident, $op:ident, $a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            match compare::compare(m, Comparison::$op, a, b) {
                Some(truth) if truth == ($i.x() != 0) => jump!($i.sc()),
                Some(_) => {}
                None => slow!(slow::jump_compare, $i, Comparison::$op, a, b),
            }
        }};
    }
    macro_rules! load_item {
        ($i:ident, $index:expr) => {{
            let (a, b) = (m.get(regs, $i.b()), $index);
            match subscript::load_item(m, a, b) {
                Some(value) => m.set(regs, $i.a(), value),
                None => slow!(slow::load_item, $i, a, b),
            }
        }};
    }
    macro_rules! store_item {
        ($i:ident, $index:expr) => {{
            let (a, b) = (m.get(regs, $i.a()), $index);
            let value = m.get(regs, $i.c());
            if !subscript::store_item(m, a, b, value) {
                slow!(slow::store_item, a, b, value);
            }
        }};
    }
    /// Jumps if the value's truth is such.
    macro_rules! jump_if {
        ($i:ident, $wanted:expr) => {{
            let value = m.get(regs, $i.a());
            match compare::truth(m, value) {
                Some(truth) if truth == $wanted => jump!($i.bc()),
                Some(_) => {}
                None => slow!(slow::jump_if, $i, $wanted, value),
            }
        }};
    }

    loop {
        if !m.instruction(pc, regs) {
            sync!();
            return Ok(Value::UNBOUND);
        }
        let (i, op) = m.fetch(pc);
        pc = pc.offset(1);
        match op {
            Op::Nop => pc = black_box(pc), // Were it empty, no jump to the next op would be copied.
            Op::Switch => slow!(slow::change_machine),
            Op::Move => {
                let value = m.get(regs, i.b());
                m.set(regs, i.a(), value);
            }
            Op::LoadConst => {
                let value = m.constant(frame.get().code.get().constant(i.bc() as u32));
                m.set(regs, i.a(), value);
            }
            Op::LoadInt => {
                let value = m.constant(Value::small(i.bc() as i64));
                m.set(regs, i.a(), value);
            }
            Op::LoadCommon if i.x() == CommonConst::None as u8 => {
                let value = m.constant(Value::NONE);
                m.set(regs, i.a(), value);
            }
            Op::CheckBound => {
                let value = m.get(regs, i.a());
                if m.is_word(value, Value::UNBOUND) {
                    slow!(slow::unbound_local, i);
                }
            }

            Op::LoadClosure => {
                let cell = m.closure_cell(i.bc() as usize);
                m.set(regs, i.a(), cell);
            }
            Op::LoadCell => {
                let cell = m.get(regs, i.b());
                let content = m.cell_content(cell);
                if m.is_word(content, Value::UNBOUND) {
                    slow!(slow::unbound_cell, i);
                } else {
                    m.set(regs, i.a(), content);
                }
            }
            Op::StoreCell => {
                let (cell, value) = (m.get(regs, i.a()), m.get(regs, i.b()));
                m.set_cell_content(cell, value);
            }

            Op::LoadGlobal => {
                let site = frame.get().code.get().site_cell(i.bc() as u32).get();
                match m.vm().cached_global(frame.get().globals(), site) {
                    Some(place) => {
                        let value = global::load(m, place);
                        m.set(regs, i.a(), value);
                    }
                    None => slow!(slow::load_global, i),
                }
            }

            Op::LoadAttr => {
                let object = m.get(regs, i.b());
                match attribute::load_slot(m, object, frame.get().code, i.c() as u32) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => slow!(slow::load_attribute, i, object),
                }
            }
            Op::LoadMethod => {
                let object = m.get(regs, i.b());
                match attribute::load_method(m, object, frame.get().code, i.c() as u32) {
                    Some(function) => {
                        m.set(regs, i.a() + 1, object);
                        let function = m.constant(function);
                        m.set(regs, i.a(), function);
                    }
                    None => slow!(slow::load_method, i, object),
                }
            }
            Op::StoreAttr => {
                let (object, value) = (m.get(regs, i.a()), m.get(regs, i.b()));
                if !attribute::store(m, object, value, frame.get().code, i.c() as u32) {
                    slow!(slow::store_attribute, i, object, value);
                }
            }

            Op::Add => binary!(i, arithmetic::add, Add, m.get(regs, i.c())),
            Op::Sub => binary!(i, arithmetic::sub, Sub, m.get(regs, i.c())),
            Op::Mul => binary!(i, arithmetic::mul, Mul, m.get(regs, i.c())),
            Op::TrueDiv => binary!(i, arithmetic::true_div, TrueDiv, m.get(regs, i.c())),
            Op::FloorDiv => binary!(i, arithmetic::floor_div, FloorDiv, m.get(regs, i.c())),
            Op::Mod => binary!(i, arithmetic::modulo, Mod, m.get(regs, i.c())),
            Op::LShift => binary!(i, arithmetic::lshift, LShift, m.get(regs, i.c())),
            Op::RShift => binary!(i, arithmetic::rshift, RShift, m.get(regs, i.c())),
            Op::And => binary!(i, arithmetic::and, And, m.get(regs, i.c())),
            Op::Or => binary!(i, arithmetic::or, Or, m.get(regs, i.c())),
            Op::Xor => binary!(i, arithmetic::xor, Xor, m.get(regs, i.c())),
            Op::AddImm => binary!(i, arithmetic::add, Add, imm!(i)),
            Op::SubImm => binary!(i, arithmetic::sub, Sub, imm!(i)),
            Op::MulImm => binary!(i, arithmetic::mul, Mul, imm!(i)),
            Op::FloorDivImm => binary!(i, arithmetic::floor_div, FloorDiv, imm!(i)),
            Op::ModImm => binary!(i, arithmetic::modulo, Mod, imm!(i)),
            Op::AndImm => binary!(i, arithmetic::and, And, imm!(i)),
            Op::LShiftImm => binary!(i, arithmetic::lshift, LShift, imm!(i)),
            Op::RShiftImm => binary!(i, arithmetic::rshift, RShift, imm!(i)),
            Op::Neg => {
                let a = m.get(regs, i.b());
                match arithmetic::neg(m, a) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => slow!(slow::unary, i, UnaryOp::Neg, a),
                }
            }
            Op::Not => {
                let a = m.get(regs, i.b());
                match compare::truth(m, a) {
                    Some(truth) => {
                        let value = m.constant(Value::bool(!truth));
                        m.set(regs, i.a(), value);
                    }
                    None => slow!(slow::not, i, a),
                }
            }

            Op::Lt => comparison!(i, Lt),
            Op::Le => comparison!(i, Le),
            Op::Eq => comparison!(i, Eq),
            Op::Ne => comparison!(i, Ne),
            Op::Gt => comparison!(i, Gt),
            Op::Ge => comparison!(i, Ge),
            Op::Is => {
                let (a, b) = (m.get(regs, i.b()), m.get(regs, i.c()));
                let same = m.same(a, b);
                let value = m.constant(Value::bool(same != (i.x() != 0)));
                m.set(regs, i.a(), value);
            }
            Op::In => {
                let (item, container) = (m.get(regs, i.b()), m.get(regs, i.c()));
                slow!(slow::contains, i, item, container);
            }

            Op::Jump => jump!(i.bc()),
            Op::JumpBack => {
                if M::RECORDS {
                    slow!(slow::safepoint);
                } else if m.vm().safepoint_due() {
                    slow!(slow::due_safepoint);
                }
                jump!(i.bc());
                if m.is_hot(frame.get().code, i) {
                    slow!(slow::hot_loop);
                }
            }
            Op::JumpIfTrue => jump_if!(i, true),
            Op::JumpIfFalse => jump_if!(i, false),
            Op::JumpIfNone => {
                let a = m.get(regs, i.a());
                if m.is_word(a, Value::NONE) {
                    jump!(i.bc());
                }
            }
            Op::JumpIfNotNone => {
                let a = m.get(regs, i.a());
                if !m.is_word(a, Value::NONE) {
                    jump!(i.bc());
                }
            }
            Op::JumpLt => jump_compare!(i, Lt, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpLe => jump_compare!(i, Le, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpEq => jump_compare!(i, Eq, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpNe => jump_compare!(i, Ne, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpGt => jump_compare!(i, Gt, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpGe => jump_compare!(i, Ge, m.get(regs, i.a()), m.get(regs, i.b())),
            Op::JumpLtImm => jump_compare!(i, Lt, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpLeImm => jump_compare!(i, Le, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpEqImm => jump_compare!(i, Eq, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpNeImm => jump_compare!(i, Ne, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpGtImm => jump_compare!(i, Gt, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpGeImm => jump_compare!(i, Ge, m.get(regs, i.a()), imm_b!(i)),
            Op::JumpIs => {
                let (a, b) = (m.get(regs, i.a()), m.get(regs, i.b()));
                if m.same(a, b) == (i.x() != 0) {
                    jump!(i.sc());
                }
            }
            Op::JumpIn => {
                let (item, container) = (m.get(regs, i.a()), m.get(regs, i.b()));
                slow!(slow::jump_in, i, item, container);
            }

            Op::ForIter => {
                let iter = m.get(regs, i.b());
                let (more, end) = ((pc, i.a()), pc.offset(i.c() as isize));
                match iteration::next(m, iter, more, end) {
                    Next::Value(value) => m.set(regs, i.a(), value),
                    Next::End => jump!(i.c()),
                    Next::Generator => slow!(slow::resume, i, iter),
                    Next::Other => slow!(slow::next, i, iter),
                }
            }

            Op::AddUp => slow!(slow::add_up, i),

            Op::LoadItem => load_item!(i, m.get(regs, i.c())),
            Op::LoadItemImm => load_item!(i, imm!(i)),
            Op::StoreItem => store_item!(i, m.get(regs, i.b())),
            Op::StoreItemImm => store_item!(i, imm_b!(i)),
            Op::UnpackSequence => {
                let source = m.get(regs, i.a());
                if !subscript::unpack(m, source, regs, i.b(), i.c()) {
                    slow!(rare::unpack, i, source);
                }
            }
            Op::ListAppend => iteration::append(m, regs, i),
            Op::ListCollect => iteration::collect(m, regs, i),

            Op::Call => {
                let window = regs.advance(i.b() as usize);
                let has_receiver = i.x() & 1 == 0 && {
                    let receiver = m.get(window, 1);
                    !m.is_word(receiver, Value::UNBOUND)
                };
                let (base, count) = match has_receiver {
                    true => (window.advance(1), i.c() as usize + 1),
                    false => (window.advance(2), i.c() as usize),
                };
                let callee = m.get(window, 0);
                let word = m.word(callee);
                if !M::RECORDS
                    && let Some(target) = m.vm().plain_target(word, base, count)
                {
                    sync!();
                    if m.vm().safepoint_due() {
                        slow::due_safepoint(m, frame)?;
                    }
                    let (vm, then) = (m.vm(), Then::Store);
                    vm.open_plain(word, target, base, count, then, i.a());
                    frame = m.vm().frames.top();
                    pc = target.start();
                    regs = base;
                    if m.is_hot_code(target) {
                        slow!(slow::hot_function);
                    }
                } else {
                    slow!(slow::call, i, callee, base, count);
                }
            }
            Op::Return => {
                let value = m.get(regs, i.a());
                if frame.get().then == Then::Store {
                    let dst = frame.get().dst;
                    m.vm().drop_frame();
                    reload!();
                    m.set(regs, dst, value);
                } else if !M::RECORDS
                    && frame.get().then == Then::Init
                    && m.is_word(value, Value::NONE)
                {
                    let (dst, made) = (frame.get().dst, m.frame_locals());
                    m.vm().drop_frame();
                    reload!();
                    m.set(regs, dst, made);
                } else {
                    slow_leaving!(slow::leave, value);
                }
            }
            Op::Yield => slow_leaving!(slow::suspend, i),
            Op::MakeCell => slow!(slow::make_cell, i),
            Op::BuildTuple => slow!(slow::build_tuple, i),
            Op::BuildList => slow!(slow::build_list, i),
            Op::GetIter => slow!(slow::iterator, i),
            Op::LoadSuper => slow!(slow::load_super, i),
            Op::CallKw => slow!(slow::call_keywords, i),
            Op::CallEx => slow!(slow::call_spread, i),
            Op::Send => slow!(slow::send, i),
            Op::EndAsyncFor => slow!(slow::end_async_for, i),
            Op::LoadName => slow!(slow::load_name, i),
            Op::DeleteLocal
            | Op::DeleteCell
            | Op::StoreGlobal
            | Op::DeleteGlobal
            | Op::StoreName
            | Op::DeleteName
            | Op::LoadNameOrCell
            | Op::LoadLocals => slow!(rare::names, i, op),
            Op::ImportName | Op::ImportFrom | Op::ImportStar => slow!(rare::imports, i, op),
            Op::LoadCommon
            | Op::Pow
            | Op::MatMul
            | Op::Pos
            | Op::Invert
            | Op::DeleteAttr
            | Op::DeleteItem
            | Op::LoadSpecial
            | Op::GetLen
            | Op::MakeFunction => slow!(rare::operators, i, op),
            Op::BuildString | Op::FormatValue | Op::BuildSlice => slow!(rare::texts, i, op),
            Op::BuildSet
            | Op::BuildDict
            | Op::ListExtend
            | Op::ListToTuple
            | Op::SetAdd
            | Op::SetUpdate
            | Op::DictInsert
            | Op::DictUpdate
            | Op::DictMerge
            | Op::UnpackEx => slow!(rare::collections, i, op),
            Op::GetYieldIter | Op::GetAsyncIter | Op::GetAsyncNext => slow!(rare::awaits, i, op),
            Op::Raise
            | Op::Reraise
            | Op::PushHandled
            | Op::PopHandled
            | Op::MatchException
            | Op::MatchExceptionStar
            | Op::PrepareReraiseStar => slow!(rare::exceptions, i, op),
            Op::MatchSequence | Op::MatchMapping | Op::MatchKeys | Op::MatchClass => {
                slow!(rare::patterns, i, op);
            }
        }
    }
}
