//! The dispatch loop.
//!
//! The running frame's code, place and registers are local variables, so that they stay in
//! machine registers; a frame's record learns its place only when something may look at it
//! (`sync!`). An op is a fast part, generic over the machine and inlined, and a runtime function
//! behind it. Python calls change the local variables and go on; the loop is left when the frame
//! returns that it was entered for.
//!
//! The `match` is compiled into a jump table. Should tail calls become available in stable Rust,
//! only this file would change.

use crate::frame::Then;
use crate::machine::{Machine, Runtime};
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::semantics::attribute::{self, Loaded};
use crate::semantics::call::{self, Made};
use crate::semantics::iteration::{self, Next};
use crate::semantics::{arithmetic, build, compare, global, subscript};
use crate::{PyResult, Raised, Vm};
use bytecode::Op;
use object::{CellBox, CodePointer, Dict, Function, Generator, List, Regs, Set, Top, Tuple, Value};

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
            Ok(result) => return Ok(result),
            Err(raised) => {
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
    let at = here(m.vm());
    dispatch(m, at)
}

/// Raises in the frame on top, then runs on.
pub(crate) fn run_raising<M: Machine>(m: &mut M, raised: Raised) -> PyResult {
    m.vm().unwind(raised)?;
    run(m)
}

/// The safepoint of a loop's back edge. Whether one is due is asked once.
#[inline(always)]
fn back_edge<M: Machine>(m: &mut M, pc: CodePointer) -> PyResult<()> {
    if M::RECORDS {
        m.vm().set_pc(pc);
        m.safepoint()
    } else if m.vm().safepoint_due() {
        m.vm().set_pc(pc);
        m.vm().safepoint()
    } else {
        Ok(())
    }
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
    /// As `sync!`, for what works on registers and not by operations of the machine.
    macro_rules! generic {
        () => {{
            m.generic();
            frame.set_pc(pc)
        }};
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
    macro_rules! jump {
        ($distance:expr) => {
            pc = pc.offset($distance as isize)
        };
    }
    macro_rules! binary {
        ($i:ident, $fast:path, $op:ident, $right:expr) => {{
            let a = m.get(regs, $i.b());
            let b = $right;
            match $fast(m, a, b) {
                Some(value) => m.set(regs, $i.a(), value),
                None => {
                    sync!();
                    m.settle(a);
                    m.settle(b);
                    let (wa, wb) = (m.word(a), m.word(b));
                    let inplace = $i.x() != 0;
                    if let Some(method) = m.vm().binary_method(BinaryOp::$op, inplace, wa, wb) {
                        m.enter(method, &[a, b], Then::Operator, $i.a())?;
                        reload!();
                        continue;
                    }
                    let value = m.residual(Runtime::Binary(BinaryOp::$op), &[a, b], |vm| {
                        if inplace {
                            vm.inplace(BinaryOp::$op, wa, wb)
                        } else {
                            vm.binary(BinaryOp::$op, wa, wb)
                        }
                    })?;
                    m.set(regs, $i.a(), value);
                }
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
                None => {
                    sync!();
                    m.settle(a);
                    m.settle(b);
                    let (wa, wb) = (m.word(a), m.word(b));
                    if let Some(method) = m.vm().comparison_method(Comparison::$op, wa, wb) {
                        m.enter(method, &[a, b], Then::Operator, $i.a())?;
                        reload!();
                        continue;
                    }
                    let value = m.residual(Runtime::Compare(Comparison::$op), &[a, b], |vm| {
                        vm.compare(Comparison::$op, wa, wb)
                    })?;
                    m.set(regs, $i.a(), value);
                }
            }
        }};
    }
    macro_rules! jump_compare {
        ($i:ident, $op:ident, $a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            let truth = match compare::compare(m, Comparison::$op, a, b) {
                Some(truth) => truth,
                None => {
                    sync!();
                    m.settle(a);
                    m.settle(b);
                    let (wa, wb) = (m.word(a), m.word(b));
                    if let Some(method) = m.vm().comparison_method(Comparison::$op, wa, wb) {
                        m.enter(method, &[a, b], Then::Operator, 0)?;
                        reload!();
                        continue;
                    }
                    let result = m.residual(Runtime::Test(Comparison::$op), &[a, b], |vm| {
                        vm.test(Comparison::$op, wa, wb).map(Value::bool)
                    })?;
                    decide!(result, $i.x() != 0, $i.sc())
                }
            };
            if truth == ($i.x() != 0) {
                jump!($i.sc());
            }
        }};
    }
    /// Whether a runtime function gave True, in an op that jumps by the distance if that is
    /// `jump_if`.
    macro_rules! decide {
        ($result:expr, $jump_if:expr, $distance:expr) => {{
            let (there, here) = (pc.offset($distance as isize), pc);
            let (yes, no) = if $jump_if {
                (there, here)
            } else {
                (here, there)
            };
            let result = $result;
            m.decide(result, Value::TRUE, yes, no)
        }};
    }
    /// Whether a value is true, as a fused test of an op that jumps.
    macro_rules! truth {
        ($value:expr, $jump_if:expr, $distance:expr) => {{
            let value = $value;
            match compare::truth(m, value) {
                Some(truth) => truth,
                None => {
                    sync!();
                    let word = m.word(value);
                    let result = m.residual(Runtime::Truth, &[value], |vm| {
                        vm.truth(word).map(Value::bool)
                    })?;
                    decide!(result, $jump_if, $distance)
                }
            }
        }};
    }
    /// Calls, by the machine's operations where it can, else by the runtime.
    macro_rules! call {
        ($i:ident, $callee:expr, $base:expr, $count:expr, $names:expr) => {{
            let (callee, base, count, names) = ($callee, $base, $count, $names);
            match call::call(m, callee, base, count, names, $i.a())? {
                Some(Made::Frame) => {
                    reload!();
                    if m.is_hot(pc) && m.vm().hot_function()? {
                        reload!();
                    }
                }
                Some(Made::Result(value)) => m.set(regs, $i.a(), value),
                None => {
                    m.generic();
                    let callee = m.word(callee);
                    match m.vm().call_in_loop(callee, base, count, names, $i.a())? {
                        Called::Entered if M::RECORDS => {
                            let value = m.vm().run_entered()?;
                            regs.set($i.a(), value);
                        }
                        Called::Entered => reload!(),
                        Called::Done(value) => regs.set($i.a(), value),
                    }
                }
            }
        }};
    }
    /// Reads an attribute; if the site's cache does not know it, it is filled first.
    macro_rules! load_attribute {
        ($object:expr, $at:expr) => {{
            let (object, at) = ($object, $at);
            match attribute::load(m, object, frame.get().code, at) {
                Loaded::Miss => {
                    sync!();
                    attribute::load_missed(m, object, frame.get().code, at)?
                }
                loaded => loaded,
            }
        }};
    }
    /// A runtime function of words whose result goes into register `a`.
    macro_rules! plain {
        ($i:ident, |$vm:ident| $result:expr) => {{
            generic!();
            let $vm = m.vm();
            let word = $result?;
            let value = m.constant(word);
            m.set(regs, $i.a(), value);
        }};
    }
    /// A runtime function without result.
    macro_rules! effect {
        (|$vm:ident| $result:expr) => {{
            generic!();
            let $vm = m.vm();
            $result?;
        }};
    }

    loop {
        if !m.instruction(pc, regs) {
            sync!();
            return Ok(Value::UNBOUND);
        }
        let code = frame.get().code;
        let (i, op) = m.fetch(pc);
        pc = pc.offset(1);
        match op {
            Op::Nop => std::hint::black_box(()), // Not empty, so that it is in the jump table.
            Op::Move => {
                let value = m.get(regs, i.b());
                m.set(regs, i.a(), value);
            }
            Op::LoadConst => {
                let value = m.constant(code.get().constant(i.bc() as u32));
                m.set(regs, i.a(), value);
            }
            Op::LoadInt => {
                let value = m.constant(Value::small(i.bc() as i64));
                m.set(regs, i.a(), value);
            }
            Op::LoadCommon => {
                let value = m.vm().common_constant(i.x());
                let value = m.constant(value);
                m.set(regs, i.a(), value);
            }
            Op::CheckBound => {
                let value = m.get(regs, i.a());
                if m.is_word(value, Value::UNBOUND) {
                    m.opaque();
                    sync!();
                    return Err(m.vm().unbound_local(code, i.bc() as u32));
                }
            }
            Op::DeleteLocal => {
                if regs.get(i.a()).is_unbound() {
                    m.opaque();
                    sync!();
                    return Err(m.vm().unbound_local(code, i.bc() as u32));
                }
                m.unbind(regs, i.a() as usize, 1);
            }

            Op::MakeCell => {
                let content = m.get(regs, i.a());
                let cell = m.new_cell(content);
                m.set(regs, i.a(), cell);
            }
            Op::LoadClosure => {
                let cell = m.closure_cell(i.bc() as usize);
                m.set(regs, i.a(), cell);
            }
            Op::LoadCell => {
                let cell = m.get(regs, i.b());
                let content = m.cell_content(cell);
                if m.is_word(content, Value::UNBOUND) {
                    m.opaque();
                    sync!();
                    return Err(m.vm().unbound_cell(code, i.c() as u32, i.x() != 0));
                }
                m.set(regs, i.a(), content);
            }
            Op::StoreCell => {
                let (cell, value) = (m.get(regs, i.a()), m.get(regs, i.b()));
                m.set_cell_content(cell, value);
            }
            Op::DeleteCell => {
                m.generic();
                let cell = regs.get(i.a()).known::<CellBox>();
                if cell.content.get().is_unbound() {
                    sync!();
                    return Err(m.vm().unbound_cell(code, i.bc() as u32, i.x() != 0));
                }
                cell.write(|c| &c.content, Value::UNBOUND);
            }

            Op::LoadGlobal => {
                let at = i.bc() as u32;
                let value = match m.vm().cached_global(code.get().site_cell(at).get()) {
                    Some(place) => global::load(m, place),
                    None => {
                        sync!();
                        global::load_missed(m, code, at)?
                    }
                };
                m.set(regs, i.a(), value);
            }
            Op::StoreGlobal => {
                let name = code.get().constant(i.bc() as u32).known();
                let value = m.get(regs, i.a());
                global::store(m, frame.get().globals(), name, value);
            }
            Op::DeleteGlobal => {
                m.generic();
                let name = code.get().constant(i.bc() as u32).known();
                if frame.get().globals().remove_str(name).is_none() {
                    sync!();
                    return Err(m.vm().undefined_name(name));
                }
            }
            Op::LoadName | Op::LoadNameOrGlobal => {
                let name = code.get().constant(i.bc() as u32);
                plain!(i, |vm| vm.load_name(name.known()));
            }
            Op::StoreName => {
                let name = code.get().constant(i.bc() as u32);
                let value = regs.get(i.a());
                effect!(|vm| vm.store_name(name.known(), value));
            }
            Op::DeleteName => {
                let name = code.get().constant(i.bc() as u32);
                effect!(|vm| vm.delete_name(name.known()));
            }
            Op::LoadNameOrCell => {
                let name = code.get().constant(i.c() as u32);
                let cell = regs.get(i.b());
                plain!(i, |vm| vm.load_name_or_cell(name.known(), cell));
            }
            Op::LoadLocals => {
                m.opaque();
                sync!();
                let value = m.vm().frame_namespace();
                regs.set(i.a(), value);
            }

            Op::LoadAttr => {
                let object = m.get(regs, i.b());
                match load_attribute!(object, i.c() as u32) {
                    Loaded::Value(value) => m.set(regs, i.a(), value),
                    Loaded::Getter(function) => {
                        sync!();
                        m.enter(function.known(), &[object], Then::Store, i.a())?;
                        reload!();
                    }
                    Loaded::Method(function) => {
                        let value = m.new_bound(function, object);
                        m.set(regs, i.a(), value);
                    }
                    Loaded::Miss => {}
                }
            }
            Op::LoadMethod => {
                let object = m.get(regs, i.b());
                match load_attribute!(object, i.c() as u32) {
                    Loaded::Method(function) => {
                        m.set(regs, i.a() + 1, object);
                        let function = m.constant(function);
                        m.set(regs, i.a(), function);
                    }
                    Loaded::Value(value) => {
                        m.set(regs, i.a(), value);
                        let none = m.constant(Value::UNBOUND);
                        m.set(regs, i.a() + 1, none);
                    }
                    Loaded::Getter(function) => {
                        sync!();
                        let none = m.constant(Value::UNBOUND);
                        m.set(regs, i.a() + 1, none);
                        m.enter(function.known(), &[object], Then::Store, i.a())?;
                        reload!();
                    }
                    Loaded::Miss => {}
                }
            }
            Op::StoreAttr => {
                let (object, value) = (m.get(regs, i.a()), m.get(regs, i.b()));
                let at = i.c() as u32;
                if !attribute::store(m, object, value, code, at) {
                    sync!();
                    attribute::store_missed(m, object, value, code, at)?;
                }
            }
            Op::DeleteAttr => {
                let (object, name) = (regs.get(i.a()), code.get().constant(i.bc() as u32));
                effect!(|vm| vm.del_attr(object, name.known()));
            }
            Op::LoadSuper => {
                let name = code.get().constant(i.c() as u32);
                let (class, object) = (m.get(regs, i.b()), m.get(regs, i.b() + 1));
                sync!();
                let for_call = i.x() != 0;
                let (found, receiver) =
                    attribute::load_super(m, class, object, name.known(), for_call)?;
                m.set(regs, i.a(), found);
                if for_call {
                    m.set(regs, i.a() + 1, receiver);
                }
            }
            Op::LoadSpecial => {
                let object = m.get(regs, i.b());
                sync!();
                let (found, receiver) = attribute::load_special(m, object, i.x())?;
                m.set(regs, i.a(), found);
                m.set(regs, i.a() + 1, receiver);
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
            Op::Pow | Op::MatMul => {
                let op = if i.op() == Op::Pow {
                    BinaryOp::Pow
                } else {
                    BinaryOp::MatMul
                };
                let (a, b, inplace) = (regs.get(i.b()), regs.get(i.c()), i.x() != 0);
                plain!(i, |vm| if inplace {
                    vm.inplace(op, a, b)
                } else {
                    vm.binary(op, a, b)
                });
            }
            Op::Neg => {
                let a = m.get(regs, i.b());
                match arithmetic::neg(m, a) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => {
                        let a = m.word(a);
                        plain!(i, |vm| vm.unary(UnaryOp::Neg, a));
                    }
                }
            }
            Op::Pos => {
                let a = regs.get(i.b());
                plain!(i, |vm| vm.unary(UnaryOp::Pos, a));
            }
            Op::Invert => {
                let a = m.get(regs, i.b());
                if m.is_small(a) {
                    let ones = m.constant(Value::small(-1));
                    let value = m.xor_small(a, ones);
                    m.set(regs, i.a(), value);
                } else {
                    let a = m.word(a);
                    plain!(i, |vm| vm.unary(UnaryOp::Invert, a));
                }
            }
            Op::Not => {
                let a = m.get(regs, i.b());
                match compare::truth(m, a) {
                    Some(truth) => {
                        let value = m.constant(Value::bool(!truth));
                        m.set(regs, i.a(), value);
                    }
                    None => {
                        sync!();
                        let word = m.word(a);
                        let value = m.residual(Runtime::Not, &[a], |vm| {
                            vm.truth(word).map(|truth| Value::bool(!truth))
                        })?;
                        m.set(regs, i.a(), value);
                    }
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
                sync!();
                let found = build::contains(m, item, container, i.x() != 0)?;
                m.set(regs, i.a(), found);
            }

            Op::Jump => jump!(i.bc()),
            Op::JumpBack => {
                back_edge(m, pc)?;
                jump!(i.bc());
                if m.is_hot(pc) {
                    sync!();
                    if m.vm().hot_loop()? {
                        reload!();
                    }
                }
            }
            Op::JumpIfTrue => {
                if truth!(m.get(regs, i.a()), true, i.bc()) {
                    jump!(i.bc());
                }
            }
            Op::JumpIfFalse => {
                if !truth!(m.get(regs, i.a()), false, i.bc()) {
                    jump!(i.bc());
                }
            }
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
                sync!();
                let found = build::contains(m, item, container, false)?;
                if decide!(found, i.x() != 0, i.sc()) == (i.x() != 0) {
                    jump!(i.sc());
                }
            }

            Op::GetIter => {
                let value = m.get(regs, i.b());
                match iteration::iterator(m, value) {
                    Some(iter) => m.set(regs, i.a(), iter),
                    None => {
                        sync!();
                        let word = m.word(value);
                        let iter = m.residual(Runtime::Iter, &[value], |vm| vm.iter(word))?;
                        m.set(regs, i.a(), iter);
                    }
                }
            }
            Op::ForIter => {
                let iter = m.get(regs, i.b());
                let (more, end) = ((pc, i.a()), pc.offset(i.c() as isize));
                match iteration::next(m, iter, more, end) {
                    Next::Value(value) => m.set(regs, i.a(), value),
                    Next::End => jump!(i.c()),
                    Next::Generator => {
                        sync!();
                        let none = m.constant(Value::NONE);
                        if m.resume(iter, none, Then::ForIter, i.a())? {
                            reload!();
                        } else {
                            jump!(i.c());
                        }
                    }
                    Next::Other => {
                        sync!();
                        match iteration::next_other(m, iter, end, pc)? {
                            Some(value) => m.set(regs, i.a(), value),
                            None => jump!(i.c()),
                        }
                    }
                }
            }

            Op::LoadItem | Op::LoadItemImm => {
                let a = m.get(regs, i.b());
                let b = if i.op() == Op::LoadItem {
                    m.get(regs, i.c())
                } else {
                    imm!(i)
                };
                match subscript::load_item(m, a, b) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => {
                        sync!();
                        m.settle(a);
                        let (wa, wb) = (m.word(a), m.word(b));
                        if let Some(method) = m.vm().item_method(wa) {
                            m.enter(method, &[a, b], Then::Store, i.a())?;
                            reload!();
                            continue;
                        }
                        let value =
                            m.residual(Runtime::GetItem, &[a, b], |vm| vm.get_item(wa, wb))?;
                        m.set(regs, i.a(), value);
                    }
                }
            }
            Op::StoreItem | Op::StoreItemImm => {
                let a = m.get(regs, i.a());
                let b = if i.op() == Op::StoreItem {
                    m.get(regs, i.b())
                } else {
                    imm_b!(i)
                };
                let value = m.get(regs, i.c());
                if !subscript::store_item(m, a, b, value) {
                    sync!();
                    let (wa, wb, wv) = (m.word(a), m.word(b), m.word(value));
                    m.residual(Runtime::SetItem, &[a, b, value], |vm| {
                        vm.set_item(wa, wb, wv).map(|()| Value::NONE)
                    })?;
                }
            }
            Op::DeleteItem => {
                let (a, b) = (regs.get(i.a()), regs.get(i.b()));
                effect!(|vm| vm.del_item(a, b));
            }
            Op::BuildSlice => {
                let slice = m.new_slice(regs, i.b());
                m.set(regs, i.a(), slice);
            }

            Op::BuildTuple => {
                let tuple = m.new_tuple(regs, i.b(), i.c());
                m.set(regs, i.a(), tuple);
            }
            Op::BuildList => {
                let list = m.new_list(regs, i.b(), i.c());
                m.set(regs, i.a(), list);
            }
            Op::BuildSet
            | Op::BuildDict
            | Op::BuildString
            | Op::FormatValue
            | Op::SetAdd
            | Op::DictInsert
                if M::RECORDS && build::is_recorded(i) =>
            {
                sync!();
                if let Some(value) = build::recorded(m, regs, i)? {
                    m.set(regs, i.a(), value);
                }
            }
            Op::BuildSet => {
                let items = regs.slice(i.b() as usize, i.c() as usize);
                plain!(i, |vm| vm.build_set(items));
            }
            Op::BuildDict => {
                let items = regs.slice(i.b() as usize, i.c() as usize);
                plain!(i, |vm| vm.build_dict(items));
            }
            Op::BuildString => {
                m.generic();
                let items = regs.slice(i.b() as usize, i.c() as usize);
                regs.set(i.a(), crate::link::concat(items));
            }
            Op::FormatValue => {
                let value = regs.get(i.b());
                let spec = if i.x() & 4 != 0 {
                    regs.get(i.c())
                } else {
                    Value::UNBOUND
                };
                plain!(i, |vm| vm.format_field(value, i.x() & 3, spec));
            }
            Op::ListAppend => {
                let (list, item) = (m.get(regs, i.a()), m.get(regs, i.b()));
                m.append(list, item);
            }
            Op::ListExtend => {
                let (list, items) = (regs.get(i.a()), regs.get(i.b()));
                let callee = if i.x() != 0 {
                    regs.get(i.c())
                } else {
                    Value::UNBOUND
                };
                effect!(|vm| vm.list_extend(list.known(), items, callee));
            }
            Op::ListToTuple => {
                m.generic();
                regs.set(
                    i.a(),
                    Tuple::new(regs.get(i.b()).known::<List>().items()).into(),
                );
            }
            Op::SetAdd => {
                let (set, item) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
                effect!(|vm| vm.set_add(set, item));
            }
            Op::SetUpdate => {
                let (set, items) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
                effect!(|vm| vm.for_each(items, |vm, item| vm.set_add(set, item)));
            }
            Op::DictInsert => {
                let (dict, key) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                let value = regs.get(i.c());
                effect!(|vm| vm.dict_set(dict, key, value));
            }
            Op::DictUpdate => {
                let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                effect!(|vm| vm.dict_update(dict, from, None));
            }
            Op::DictMerge => {
                let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                let callee = regs.get(i.c());
                effect!(|vm| vm.dict_update(dict, from, Some(callee)));
            }
            Op::UnpackSequence => {
                let source = m.get(regs, i.a());
                if !subscript::unpack(m, source, regs, i.b(), i.c()) {
                    let (source, to) = (m.word(source), regs.advance(i.b() as usize));
                    effect!(|vm| vm.unpack(source, to, i.c() as usize));
                }
            }
            Op::UnpackEx => {
                let source = regs.get(i.a());
                let to = regs.advance(i.b() as usize);
                let (before, after) = (i.c() as usize, i.x() as usize);
                effect!(|vm| vm.unpack_starred(source, to, before, after));
            }

            Op::MakeFunction => {
                let constant = code.get().constant(i.c() as u32);
                let value = match build::function(m, constant, regs, i) {
                    Some(value) => value,
                    None => {
                        m.generic();
                        let parts = regs.advance(i.b() as usize);
                        let value = m.vm().make_function(constant.known(), parts, i.x());
                        m.constant(value)
                    }
                };
                m.set(regs, i.a(), value);
            }
            Op::Call => {
                let window = regs.advance(i.b() as usize);
                let has_receiver = i.x() & 1 == 0 && {
                    let receiver = m.get(window, 1);
                    !m.is_word(receiver, Value::UNBOUND)
                };
                let (base, count) = if has_receiver {
                    (window.advance(1), i.c() as usize + 1)
                } else {
                    (window.advance(2), i.c() as usize)
                };
                let callee = m.get(window, 0);
                sync!();
                if !M::RECORDS
                    && let Some(function) = m.word(callee).cast::<Function>()
                {
                    let target = function.code();
                    if target.plain_arguments as usize == count
                        && m.vm().has_room(base, target.registers as usize)
                    {
                        m.safepoint()?;
                        m.unbind(base, count, (target.locals as usize).saturating_sub(count));
                        m.vm().push_frame(function, base, Then::Store, i.a())?;
                        frame = m.vm().frames.top();
                        pc = target.start();
                        regs = base;
                        if m.is_hot(pc) && m.vm().hot_function()? {
                            reload!();
                        }
                        continue;
                    }
                }
                call!(i, callee, base, count, &[]);
            }
            Op::CallKw => {
                let window = regs.advance(i.b() as usize);
                let has_receiver = i.x() & 1 == 0 && {
                    let receiver = m.get(window, 1);
                    !m.is_word(receiver, Value::UNBOUND)
                };
                let names = window.get(2 + i.c()).known::<Tuple>();
                let (base, count) = if has_receiver {
                    (window.advance(1), i.c() as usize + 1)
                } else {
                    (window.advance(2), i.c() as usize)
                };
                let callee = m.get(window, 0);
                sync!();
                call!(i, callee, base, count, names.items());
            }
            Op::CallEx => {
                generic!();
                let window = regs.advance(i.b() as usize);
                let receiver = if i.x() & 1 != 0 {
                    Value::UNBOUND
                } else {
                    window.get(1)
                };
                match m.vm().call_spread(window, receiver, i.a())? {
                    Called::Entered if M::RECORDS => {
                        let value = m.vm().run_entered()?;
                        regs.set(i.a(), value);
                    }
                    Called::Entered => reload!(),
                    Called::Done(value) => regs.set(i.a(), value),
                }
            }
            Op::Return => {
                let value = m.get(regs, i.a());
                match leave(m, value)? {
                    Left::Loop(value) => return Ok(value),
                    Left::Frame => reload!(),
                    Left::Jump(distance) => {
                        reload!();
                        jump!(distance);
                    }
                }
            }
            Op::Yield => {
                let value = m.get(regs, i.b());
                sync!();
                let frame = m.suspend(i.x() == 2);
                match frame.then {
                    Then::Exit => return Ok(m.word(value)),
                    _ => {
                        reload!();
                        m.set(regs, frame.dst, value);
                    }
                }
            }
            Op::GetYieldIter => {
                let value = m.get(regs, i.b());
                if M::RECORDS && i.x() == 0 && iteration::is_generator(m.shape(value)) {
                    m.set(regs, i.a(), value);
                } else {
                    let value = m.word(value);
                    plain!(i, |vm| vm.yield_iter(value, i.x() != 0));
                }
            }
            Op::Send => {
                let (iter, value) = (m.get(regs, i.b()), m.get(regs, i.a()));
                sync!();
                if let Some(generator) = m.word(iter).cast::<Generator>()
                    && m.vm().is_resumable(generator)
                    && m.resumes(iter)
                {
                    m.resume(iter, value, Then::Send, i.a())?;
                    reload!();
                } else {
                    m.opaque();
                    let (iter, value) = (m.word(iter), m.word(value));
                    let (finished, value) = m.vm().send(iter, value)?;
                    regs.set(i.a(), value);
                    if finished {
                        jump!(i.c());
                    }
                }
            }
            Op::GetAsyncIter => {
                let value = regs.get(i.b());
                plain!(i, |vm| vm.async_iter(value));
            }
            Op::GetAsyncNext => {
                let value = regs.get(i.b());
                plain!(i, |vm| vm.async_next(value));
            }
            Op::EndAsyncFor => {
                m.opaque();
                let raised = Raised(regs.get(i.a()));
                let vm = m.vm();
                if !raised.matches(vm, vm.types.stop_async_iteration) {
                    sync!();
                    return Err(raised);
                }
            }

            Op::Raise => {
                let (exception, cause) = (regs.get(i.a()), regs.get(i.b()));
                m.generic();
                sync!();
                return Err(m.vm().raise_op(i.x(), exception, cause));
            }
            Op::Reraise => {
                m.generic();
                sync!();
                return Err(Raised(regs.get(i.a())));
            }
            Op::PushHandled => {
                m.generic();
                let exception = regs.get(i.b());
                let before = std::mem::replace(&mut m.vm().handled, exception);
                regs.set(i.a(), before);
            }
            Op::PopHandled => {
                m.generic();
                m.vm().handled = regs.get(i.a());
            }
            Op::MatchException => {
                let (exception, class) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, |vm| vm
                    .matches_handler(exception, class)
                    .map(Value::bool));
            }
            Op::MatchExceptionStar => {
                let (exception, class) = (regs.get(i.b()), regs.get(i.c()));
                generic!();
                let (matched, rest) = m.vm().split_group(exception, class)?;
                regs.set(i.a(), matched);
                regs.set(i.a() + 1, rest);
            }
            Op::PrepareReraiseStar => {
                let (original, raised) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, |vm| vm.prepare_reraise_star(original, raised));
            }

            Op::ImportName => {
                let (name, fromlist) = (code.get().constant(i.c() as u32), regs.get(i.b()));
                plain!(i, |vm| {
                    let globals = frame.get().globals();
                    vm.import_name(name.known(), globals, fromlist, i.x() as u32)
                });
            }
            Op::ImportFrom => {
                let (module, name) = (regs.get(i.b()), code.get().constant(i.c() as u32));
                plain!(i, |vm| vm.import_from(module, name.known()));
            }
            Op::ImportStar => {
                let module = regs.get(i.a());
                effect!(|vm| {
                    let namespace = vm.frame_namespace();
                    vm.import_star(module, namespace)
                });
            }

            Op::GetLen => {
                let value = regs.get(i.b());
                plain!(i, |vm| vm.len(value).map(|n| Value::small(n as i64)));
            }
            Op::MatchSequence => {
                m.generic();
                let matches = m.vm().is_match_sequence(regs.get(i.b()));
                regs.set(i.a(), Value::bool(matches));
            }
            Op::MatchMapping => {
                m.generic();
                let matches = m.vm().is_match_mapping(regs.get(i.b()));
                regs.set(i.a(), Value::bool(matches));
            }
            Op::MatchKeys => {
                let (subject, keys) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, |vm| vm.match_keys(subject, keys.known()));
            }
            Op::MatchClass => {
                let b = i.b();
                let (subject, class, names) = (regs.get(b), regs.get(b + 1), regs.get(b + 2));
                plain!(i, |vm| vm.match_class(
                    subject,
                    class,
                    i.c() as usize,
                    names
                ));
            }
        }
    }
}

/// Where it goes on after a frame has returned.
enum Left {
    /// Out of the loop, with a result.
    Loop(Value),
    /// In the frame on top.
    Frame,
    /// There, so many instructions further on.
    Jump(isize),
}

/// Takes the frame on top off, and does with its result what the op below wants.
#[inline(always)]
fn leave<M: Machine>(m: &mut M, value: M::V) -> PyResult<Left> {
    // Tests come before the frame goes: a guard resumes at the op that returns.
    let then = m.vm().frames.top().get().then;
    let mut declined = false;
    let mut truth = None;
    match then {
        Then::Init if !m.is_word(value, Value::NONE) => {
            m.opaque();
            let word = m.word(value);
            m.vm().pop_frame();
            return Err(m.vm().init_returned(word));
        }
        Then::Operator => {
            declined = m.is_word(value, Value::NOT_IMPLEMENTED);
            if !declined {
                truth = compare::truth(m, value);
            }
        }
        Then::Exit => m.opaque(),
        Then::ForIter | Then::Send => m.finish_generator(),
        Then::Store | Then::Init => {}
    }
    let made = m.frame_locals();
    let frame = m.vm().pop_frame();
    if !frame.generator.is_unbound() {
        frame.generator.known::<Generator>().finish();
    }
    if then == Then::Exit {
        return Ok(Left::Loop(m.word(value)));
    }
    let at = here(m.vm());
    let i = at.pc.offset(-1).fetch();
    match then {
        Then::Init => m.set(at.regs, frame.dst, made),
        Then::Operator => return operated(m, at.regs, i, value, declined, truth),
        Then::ForIter => return Ok(Left::Jump(i.c() as isize)),
        Then::Send => {
            m.set(at.regs, frame.dst, value);
            return Ok(Left::Jump(i.c() as isize));
        }
        Then::Store | Then::Exit => m.set(at.regs, frame.dst, value),
    }
    Ok(Left::Frame)
}

/// Goes on with an operator whose method has returned.
#[inline(always)]
fn operated<M: Machine>(
    m: &mut M,
    regs: Regs,
    i: bytecode::Instr,
    mut value: M::V,
    declined: bool,
    mut truth: Option<bool>,
) -> PyResult<Left> {
    if declined {
        m.opaque();
        let result = m.vm().operator_declined(i, regs)?;
        value = m.constant(result);
        truth = None;
    }
    if !is_jump(i.op()) {
        m.set(regs, i.a(), value);
        return Ok(Left::Frame);
    }
    let truth = match truth {
        Some(truth) => truth,
        None => {
            m.opaque();
            let word = m.word(value);
            m.vm().truth(word)?
        }
    };
    Ok(if truth == (i.x() != 0) {
        Left::Jump(i.sc() as isize)
    } else {
        Left::Frame
    })
}

/// Whether an op is a comparison fused with a jump.
pub(crate) fn is_jump(op: Op) -> bool {
    (Op::JumpLt as u8..=Op::JumpGeImm as u8).contains(&(op as u8))
}
