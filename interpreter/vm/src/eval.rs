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

use crate::frame::{Frame, Then};
use crate::machine::{Machine, Runtime};
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::semantics::attribute::{self, Loaded};
use crate::semantics::{arithmetic, compare, subscript};
use crate::{PyResult, Raised, Vm};
use bytecode::Op;
use object::{
    CellBox, CodeObject, CodePointer, Dict, Function, Gc, Generator, Iter, IterKind, Kind, List,
    Regs, Set, Slice, Tuple, Value,
};

/// The running frame, as the loop sees it.
#[derive(Clone, Copy)]
struct Here {
    code: Gc<CodeObject>,
    pc: CodePointer,
    regs: Regs,
}

/// The frame on top.
#[inline(always)]
fn here(vm: &Vm) -> Here {
    let frame = top(vm);
    Here {
        code: frame.code,
        pc: frame.pc,
        regs: frame.base,
    }
}

#[inline(always)]
fn top(vm: &Vm) -> &Frame {
    match vm.frames.last() {
        Some(frame) => frame,
        None => unreachable!("the dispatch loop runs a frame"),
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

/// Executes instructions until the entry frame returns or something raises. An error leaves the
/// raising frame on top, its record in step.
fn dispatch<M: Machine>(m: &mut M, start: Here) -> PyResult {
    let Here {
        mut code,
        mut pc,
        mut regs,
    } = start;

    /// Writes the place into the frame's record, for what looks at frames. A recorder does not
    /// follow there.
    macro_rules! sync {
        () => {{
            m.opaque();
            m.vm().set_pc(pc)
        }};
    }
    /// Goes on in the frame on top.
    macro_rules! reload {
        () => {{
            let at = here(m.vm());
            code = at.code;
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
                    let (wa, wb) = (m.word(a), m.word(b));
                    let vm = m.vm();
                    if let Some(method) = vm.binary_method(BinaryOp::$op, $i.x() != 0, wa, wb) {
                        vm.enter(method, &[wa, wb], Then::Operator, $i.a())?;
                        reload!();
                        continue;
                    }
                    let value = if $i.x() == 0 {
                        m.residual(Runtime::Binary(BinaryOp::$op), &[a, b], |vm| {
                            vm.binary(BinaryOp::$op, wa, wb)
                        })?
                    } else {
                        m.residual(Runtime::Inplace(BinaryOp::$op), &[a, b], |vm| {
                            vm.inplace(BinaryOp::$op, wa, wb)
                        })?
                    };
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
                    let (wa, wb) = (m.word(a), m.word(b));
                    let vm = m.vm();
                    if let Some(method) = vm.comparison_method(Comparison::$op, wa, wb) {
                        vm.enter(method, &[wa, wb], Then::Operator, $i.a())?;
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
                    let (wa, wb) = (m.word(a), m.word(b));
                    let vm = m.vm();
                    if let Some(method) = vm.comparison_method(Comparison::$op, wa, wb) {
                        vm.enter(method, &[wa, wb], Then::Operator, 0)?;
                        reload!();
                        continue;
                    }
                    let result = m.residual(Runtime::Truth, &[a, b], |vm| {
                        vm.test(Comparison::$op, wa, wb).map(Value::bool)
                    })?;
                    m.is_word(result, Value::TRUE)
                }
            };
            if truth == ($i.x() != 0) {
                jump!($i.sc());
            }
        }};
    }
    macro_rules! truth {
        ($value:expr) => {{
            let value = $value;
            match compare::truth(m, value) {
                Some(truth) => truth,
                None => {
                    sync!();
                    let word = m.word(value);
                    let result = m.residual(Runtime::Truth, &[value], |vm| {
                        vm.truth(word).map(Value::bool)
                    })?;
                    m.is_word(result, Value::TRUE)
                }
            }
        }};
    }
    /// A runtime function of words whose result goes into register `a`.
    macro_rules! plain {
        ($i:ident, $what:ident, |$vm:ident| $result:expr) => {{
            sync!();
            let value = m.residual(Runtime::$what, &[], |$vm| $result)?;
            m.set(regs, $i.a(), value);
        }};
    }
    /// A runtime function without result.
    macro_rules! effect {
        ($what:ident, |$vm:ident| $result:expr) => {{
            sync!();
            m.residual(Runtime::$what, &[], |$vm| $result.map(|()| Value::NONE))?;
        }};
    }

    loop {
        if !m.instruction(pc, regs) {
            m.vm().set_pc(pc);
            return Ok(Value::UNBOUND);
        }
        let (i, op) = pc.fetch_with_op();
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
                    sync!();
                    return Err(m.vm().unbound_local(code, i.bc() as u32));
                }
            }
            Op::DeleteLocal => {
                if regs.get(i.a()).is_unbound() {
                    sync!();
                    return Err(m.vm().unbound_local(code, i.bc() as u32));
                }
                regs.set(i.a(), Value::UNBOUND);
            }

            Op::MakeCell => regs.set(i.a(), CellBox::new(regs.get(i.a())).into()),
            Op::LoadClosure => {
                let closure = top(m.vm()).function.known::<Function>().closure.get();
                regs.set(i.a(), closure.known::<Tuple>().items()[i.bc() as usize]);
            }
            Op::LoadCell => {
                let content = regs.get(i.b()).known::<CellBox>().content.get();
                if content.is_unbound() {
                    sync!();
                    return Err(m.vm().unbound_cell(code, i.c() as u32, i.x() != 0));
                }
                let content = m.constant(content);
                m.set(regs, i.a(), content);
            }
            Op::StoreCell => {
                let value = regs.get(i.b());
                regs.get(i.a())
                    .known::<CellBox>()
                    .write(|c| &c.content, value);
            }
            Op::DeleteCell => {
                let cell = regs.get(i.a()).known::<CellBox>();
                if cell.content.get().is_unbound() {
                    sync!();
                    return Err(m.vm().unbound_cell(code, i.bc() as u32, i.x() != 0));
                }
                cell.write(|c| &c.content, Value::UNBOUND);
            }

            Op::LoadGlobal => {
                let site = code.get().site_cell(i.bc() as u32).get();
                let value = match m.vm().cached_global(site) {
                    Some(value) => value,
                    None => {
                        sync!();
                        m.vm().load_global_miss(code, i.bc() as u32)?
                    }
                };
                let value = m.constant(value);
                m.set(regs, i.a(), value);
            }
            Op::StoreGlobal => {
                let name = code.get().constant(i.bc() as u32);
                top(m.vm()).globals.set_str(name.known(), regs.get(i.a()));
            }
            Op::DeleteGlobal => {
                let name = code.get().constant(i.bc() as u32).known();
                if top(m.vm()).globals.remove_str(name).is_none() {
                    sync!();
                    return Err(m.vm().undefined_name(name));
                }
            }
            Op::LoadName | Op::LoadNameOrGlobal => {
                let name = code.get().constant(i.bc() as u32);
                plain!(i, Other, |vm| vm.load_name(name.known()));
            }
            Op::StoreName => {
                let name = code.get().constant(i.bc() as u32);
                let value = regs.get(i.a());
                effect!(Other, |vm| vm.store_name(name.known(), value));
            }
            Op::DeleteName => {
                let name = code.get().constant(i.bc() as u32);
                effect!(Other, |vm| vm.delete_name(name.known()));
            }
            Op::LoadNameOrCell => {
                let name = code.get().constant(i.c() as u32);
                let cell = regs.get(i.b());
                plain!(i, Other, |vm| vm.load_name_or_cell(name.known(), cell));
            }
            Op::LoadLocals => {
                sync!();
                let value = m.vm().frame_namespace();
                regs.set(i.a(), value);
            }

            Op::LoadAttr => {
                let object = m.get(regs, i.b());
                let mut loaded = attribute::load(m, object, code, i.c() as u32);
                if let Loaded::Miss = loaded {
                    sync!();
                    let word = m.word(object);
                    loaded = match m.vm().load_attr_miss(word, code, i.c() as u32)? {
                        Loaded::Value(value) => Loaded::Value(m.constant(value)),
                        Loaded::Method(function) => Loaded::Method(function),
                        Loaded::Getter(function) => Loaded::Getter(function),
                        Loaded::Miss => unreachable!("a full look-up gives something"),
                    };
                }
                match loaded {
                    Loaded::Value(value) => m.set(regs, i.a(), value),
                    Loaded::Getter(function) => {
                        sync!();
                        let word = m.word(object);
                        let vm = m.vm();
                        match vm.enter(function.known(), &[word], Then::Store, i.a())? {
                            Called::Entered => reload!(),
                            Called::Done(value) => regs.set(i.a(), value),
                        }
                    }
                    Loaded::Method(function) => {
                        m.opaque();
                        let word = m.word(object);
                        let value = m.vm().bind_method(function, word);
                        let value = m.constant(value);
                        m.set(regs, i.a(), value);
                    }
                    Loaded::Miss => {}
                }
            }
            Op::LoadMethod => {
                let object = m.get(regs, i.b());
                let mut loaded = attribute::load(m, object, code, i.c() as u32);
                if let Loaded::Miss = loaded {
                    sync!();
                    let word = m.word(object);
                    loaded = match m.vm().load_attr_miss(word, code, i.c() as u32)? {
                        Loaded::Value(value) => Loaded::Value(m.constant(value)),
                        Loaded::Method(function) => Loaded::Method(function),
                        Loaded::Getter(function) => Loaded::Getter(function),
                        Loaded::Miss => unreachable!("a full look-up gives something"),
                    };
                }
                match loaded {
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
                        regs.set(i.a() + 1, Value::UNBOUND);
                        let word = m.word(object);
                        match m
                            .vm()
                            .enter(function.known(), &[word], Then::Store, i.a())?
                        {
                            Called::Entered => reload!(),
                            Called::Done(value) => regs.set(i.a(), value),
                        }
                    }
                    Loaded::Miss => {}
                }
            }
            Op::StoreAttr => {
                let (object, value) = (m.get(regs, i.a()), m.get(regs, i.b()));
                if !attribute::store(m, object, value, code, i.c() as u32) {
                    let (object, value) = (m.word(object), m.word(value));
                    effect!(SetAttr, |vm| vm.store_attr_miss(
                        object,
                        value,
                        code,
                        i.c() as u32
                    ));
                }
            }
            Op::DeleteAttr => {
                let (object, name) = (regs.get(i.a()), code.get().constant(i.bc() as u32));
                effect!(SetAttr, |vm| vm.del_attr(object, name.known()));
            }
            Op::LoadSuper => {
                let name = code.get().constant(i.c() as u32);
                let (class, object) = (regs.get(i.b()), regs.get(i.b() + 1));
                sync!();
                let (value, receiver) =
                    m.vm().load_super(class, object, name.known(), i.x() != 0)?;
                regs.set(i.a(), value);
                if i.x() != 0 {
                    regs.set(i.a() + 1, receiver);
                }
            }
            Op::LoadSpecial => {
                let object = regs.get(i.b());
                sync!();
                let (value, receiver) = m.vm().load_special(object, i.x())?;
                regs.set(i.a(), value);
                regs.set(i.a() + 1, receiver);
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
                plain!(i, Other, |vm| if inplace {
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
                        plain!(i, Unary, |vm| vm.unary(UnaryOp::Neg, a));
                    }
                }
            }
            Op::Pos => {
                let a = regs.get(i.b());
                plain!(i, Unary, |vm| vm.unary(UnaryOp::Pos, a));
            }
            Op::Invert => {
                let a = regs.get(i.b());
                plain!(i, Unary, |vm| vm.unary(UnaryOp::Invert, a));
            }
            Op::Not => {
                let truth = truth!(m.get(regs, i.b()));
                let value = m.constant(Value::bool(!truth));
                m.set(regs, i.a(), value);
            }

            Op::Lt => comparison!(i, Lt),
            Op::Le => comparison!(i, Le),
            Op::Eq => comparison!(i, Eq),
            Op::Ne => comparison!(i, Ne),
            Op::Gt => comparison!(i, Gt),
            Op::Ge => comparison!(i, Ge),
            Op::Is => {
                let same = is(regs.get(i.b()), regs.get(i.c()));
                regs.set(i.a(), Value::bool(same != (i.x() != 0)));
            }
            Op::In => {
                let (item, container, negate) = (regs.get(i.b()), regs.get(i.c()), i.x() != 0);
                plain!(i, Contains, |vm| vm
                    .contains(container, item)
                    .map(|found| Value::bool(found != negate)));
            }

            Op::Jump => jump!(i.bc()),
            Op::JumpBack => {
                if m.vm().safepoint_due() {
                    sync!();
                    m.vm().safepoint()?;
                }
                jump!(i.bc());
                if m.vm().counts_loops() && m.vm().loop_is_hot(pc) {
                    sync!();
                    if m.vm().hot_loop()? {
                        reload!();
                    }
                }
            }
            Op::JumpIfTrue => {
                if truth!(m.get(regs, i.a())) {
                    jump!(i.bc());
                }
            }
            Op::JumpIfFalse => {
                if !truth!(m.get(regs, i.a())) {
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
            Op::JumpLtImm => {
                jump_compare!(
                    i,
                    Lt,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpLeImm => {
                jump_compare!(
                    i,
                    Le,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpEqImm => {
                jump_compare!(
                    i,
                    Eq,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpNeImm => {
                jump_compare!(
                    i,
                    Ne,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpGtImm => {
                jump_compare!(
                    i,
                    Gt,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpGeImm => {
                jump_compare!(
                    i,
                    Ge,
                    m.get(regs, i.a()),
                    m.constant(Value::small(i.sb() as i64))
                );
            }
            Op::JumpIs => {
                if is(regs.get(i.a()), regs.get(i.b())) == (i.x() != 0) {
                    jump!(i.sc());
                }
            }
            Op::JumpIn => {
                let (item, container) = (regs.get(i.a()), regs.get(i.b()));
                sync!();
                let found = m.residual(Runtime::Contains, &[], |vm| {
                    vm.contains(container, item).map(Value::bool)
                })?;
                if m.is_word(found, Value::TRUE) == (i.x() != 0) {
                    jump!(i.sc());
                }
            }

            Op::GetIter => {
                let value = regs.get(i.b());
                plain!(i, Iter, |vm| vm.iter(value));
            }
            Op::ForIter => {
                let iter = m.get(regs, i.b());
                if m.shape(iter) == object::shape::of_variant(Kind::Iter, IterKind::Range as u8) {
                    match m.range_next(iter) {
                        Some(value) => m.set(regs, i.a(), value),
                        None => jump!(i.c()),
                    }
                    continue;
                }
                let iter = m.word(iter);
                if let Some(iter) = iter.cast::<Iter>() {
                    // `next_builtin` may run Python code.
                    sync!();
                    match m.vm().next_builtin(iter)? {
                        Some(value) => {
                            let value = m.constant(value);
                            m.set(regs, i.a(), value);
                        }
                        None => jump!(i.c()),
                    }
                } else if iter.is::<Generator>() {
                    sync!();
                    let vm = m.vm();
                    if vm.enter_generator(iter.known(), Value::NONE, Then::ForIter, i.a())? {
                        reload!();
                    } else {
                        jump!(i.c());
                    }
                } else {
                    sync!();
                    match m.vm().next(iter)? {
                        Some(value) => regs.set(i.a(), value),
                        None => jump!(i.c()),
                    }
                }
            }

            Op::LoadItem => {
                let (a, b) = (m.get(regs, i.b()), m.get(regs, i.c()));
                match subscript::load_item(m, a, b) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => {
                        let (a, b) = (m.word(a), m.word(b));
                        plain!(i, GetItem, |vm| vm.get_item(a, b));
                    }
                }
            }
            Op::LoadItemImm => {
                let (a, b) = (m.get(regs, i.b()), imm!(i));
                match subscript::load_item(m, a, b) {
                    Some(value) => m.set(regs, i.a(), value),
                    None => {
                        let (a, b) = (m.word(a), m.word(b));
                        plain!(i, GetItem, |vm| vm.get_item(a, b));
                    }
                }
            }
            Op::StoreItem | Op::StoreItemImm => {
                let a = m.get(regs, i.a());
                let b = if i.op() == Op::StoreItem {
                    m.get(regs, i.b())
                } else {
                    m.constant(Value::small(i.sb() as i64))
                };
                let value = m.get(regs, i.c());
                if !subscript::store_item(m, a, b, value) {
                    let (a, b, value) = (m.word(a), m.word(b), m.word(value));
                    effect!(SetItem, |vm| vm.set_item(a, b, value));
                }
            }
            Op::DeleteItem => {
                let (a, b) = (regs.get(i.a()), regs.get(i.b()));
                effect!(SetItem, |vm| vm.del_item(a, b));
            }
            Op::BuildSlice => {
                let b = i.b();
                let slice = Slice::new(regs.get(b), regs.get(b + 1), regs.get(b + 2));
                regs.set(i.a(), slice.into());
            }

            Op::BuildTuple => {
                regs.set(
                    i.a(),
                    Tuple::new(regs.slice(i.b() as usize, i.c() as usize)).into(),
                );
            }
            Op::BuildList => {
                let items = regs.slice(i.b() as usize, i.c() as usize);
                regs.set(i.a(), List::from_slice(items).into());
            }
            Op::BuildSet => {
                let items = regs.slice(i.b() as usize, i.c() as usize);
                plain!(i, Build, |vm| vm.build_set(items));
            }
            Op::BuildDict => {
                let items = regs.slice(i.b() as usize, i.c() as usize);
                plain!(i, Build, |vm| vm.build_dict(items));
            }
            Op::BuildString => {
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
                plain!(i, Format, |vm| vm.format_field(value, i.x() & 3, spec));
            }
            Op::ListAppend => regs.get(i.a()).known::<List>().push(regs.get(i.b())),
            Op::ListExtend => {
                let (list, items) = (regs.get(i.a()), regs.get(i.b()));
                let callee = if i.x() != 0 {
                    regs.get(i.c())
                } else {
                    Value::UNBOUND
                };
                effect!(Build, |vm| vm.list_extend(list.known(), items, callee));
            }
            Op::ListToTuple => {
                regs.set(
                    i.a(),
                    Tuple::new(regs.get(i.b()).known::<List>().items()).into(),
                );
            }
            Op::SetAdd => {
                let (set, item) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
                effect!(Build, |vm| vm.set_add(set, item));
            }
            Op::SetUpdate => {
                let (set, items) = (regs.get(i.a()).known::<Set>(), regs.get(i.b()));
                effect!(Build, |vm| vm
                    .for_each(items, |vm, item| vm.set_add(set, item)));
            }
            Op::DictInsert => {
                let (dict, key) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                let value = regs.get(i.c());
                effect!(Build, |vm| vm.dict_set(dict, key, value));
            }
            Op::DictUpdate => {
                let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                effect!(Build, |vm| vm.dict_update(dict, from, None));
            }
            Op::DictMerge => {
                let (dict, from) = (regs.get(i.a()).known::<Dict>(), regs.get(i.b()));
                let callee = regs.get(i.c());
                effect!(Build, |vm| vm.dict_update(dict, from, Some(callee)));
            }
            Op::UnpackSequence => {
                let source = regs.get(i.a());
                let (to, count) = (i.b() as usize, i.c() as usize);
                match source.kind() {
                    Some(Kind::Tuple) if source.known::<Tuple>().len() == count => {
                        regs.fill_from(to, source.known::<Tuple>().items());
                    }
                    Some(Kind::List) if source.known::<List>().len() == count => {
                        regs.fill_from(to, source.known::<List>().items());
                    }
                    _ => effect!(Other, |vm| vm.unpack(source, regs.advance(to), count)),
                }
            }
            Op::UnpackEx => {
                let source = regs.get(i.a());
                let to = regs.advance(i.b() as usize);
                let (before, after) = (i.c() as usize, i.x() as usize);
                effect!(Other, |vm| vm.unpack_starred(source, to, before, after));
            }

            Op::MakeFunction => {
                let constant = code.get().constant(i.c() as u32);
                let value =
                    m.vm()
                        .make_function(constant.known(), regs.advance(i.b() as usize), i.x());
                regs.set(i.a(), value);
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
                let callee = m.promote(callee);
                m.vm().set_pc(pc);
                if let Some(function) = callee.cast::<Function>() {
                    let target = function.code();
                    if target.plain_arguments as usize == count
                        && m.vm().has_room(base, target.registers as usize)
                    {
                        let vm = m.vm();
                        if vm.safepoint_due() {
                            vm.safepoint()?;
                        }
                        m.unbind(base, count, (target.locals as usize).saturating_sub(count));
                        m.vm().push_frame(function, base, Then::Store, i.a())?;
                        code = target;
                        pc = target.start();
                        regs = base;
                        continue;
                    }
                }
                m.opaque();
                match m.vm().call_in_loop(callee, base, count, &[], i.a())? {
                    Called::Entered => reload!(),
                    Called::Done(value) => {
                        let value = m.constant(value);
                        m.set(regs, i.a(), value);
                    }
                }
            }
            Op::CallKw => {
                let window = regs.advance(i.b() as usize);
                let receiver = if i.x() & 1 != 0 {
                    Value::UNBOUND
                } else {
                    window.get(1)
                };
                let names = window.get(2 + i.c()).known::<Tuple>();
                let (base, count) = if receiver.is_unbound() {
                    (window.advance(2), i.c() as usize)
                } else {
                    (window.advance(1), i.c() as usize + 1)
                };
                sync!();
                let vm = m.vm();
                match vm.call_in_loop(window.get(0), base, count, names.items(), i.a())? {
                    Called::Entered => reload!(),
                    Called::Done(value) => regs.set(i.a(), value),
                }
            }
            Op::CallEx => {
                let window = regs.advance(i.b() as usize);
                let receiver = if i.x() & 1 != 0 {
                    Value::UNBOUND
                } else {
                    window.get(1)
                };
                sync!();
                match m.vm().call_spread(window, receiver, i.a())? {
                    Called::Entered => reload!(),
                    Called::Done(value) => regs.set(i.a(), value),
                }
            }
            Op::Return => {
                let value = m.get(regs, i.a());
                let vm = m.vm();
                let Some(frame) = vm.frames.pop() else {
                    unreachable!("the dispatch loop runs a frame")
                };
                vm.handled = frame.handled_below;
                if !frame.generator.is_unbound() {
                    frame.generator.known::<Generator>().finish();
                }
                match frame.then {
                    Then::Store => {
                        reload!();
                        m.set(regs, frame.dst, value);
                    }
                    Then::Exit => return Ok(m.word(value)),
                    Then::Init => {
                        reload!();
                        let word = m.word(value);
                        if !word.is_none() {
                            return Err(m.vm().init_returned(word));
                        }
                        regs.set(frame.dst, frame.locals);
                    }
                    Then::Operator => {
                        reload!();
                        let i = pc.offset(-1).fetch();
                        let mut value = value;
                        if m.is_word(value, Value::NOT_IMPLEMENTED) {
                            let result = m.vm().operator_declined(i, regs)?;
                            value = m.constant(result);
                        }
                        if is_jump(i.op()) {
                            if truth!(value) == (i.x() != 0) {
                                jump!(i.sc());
                            }
                        } else {
                            m.set(regs, i.a(), value);
                        }
                    }
                    Then::ForIter => {
                        reload!();
                        jump!(pc.offset(-1).fetch().c());
                    }
                    Then::Send => {
                        reload!();
                        m.set(regs, frame.dst, value);
                        jump!(pc.offset(-1).fetch().c());
                    }
                }
            }
            Op::Yield => {
                let value = regs.get(i.b());
                sync!();
                let frame = m.vm().suspend(i.x() == 2);
                match frame.then {
                    Then::Exit => return Ok(value),
                    _ => {
                        reload!();
                        regs.set(frame.dst, value);
                    }
                }
            }
            Op::GetYieldIter => {
                let value = regs.get(i.b());
                plain!(i, Iter, |vm| vm.yield_iter(value, i.x() != 0));
            }
            Op::Send => {
                let (iter, value) = (regs.get(i.b()), regs.get(i.a()));
                sync!();
                if let Some(generator) = iter.cast::<Generator>()
                    && m.vm().is_resumable(generator)
                {
                    m.vm()
                        .enter_generator(generator, value, Then::Send, i.a())?;
                    reload!();
                } else {
                    let (finished, value) = m.vm().send(iter, value)?;
                    regs.set(i.a(), value);
                    if finished {
                        jump!(i.c());
                    }
                }
            }
            Op::GetAsyncIter => {
                let value = regs.get(i.b());
                plain!(i, Iter, |vm| vm.async_iter(value));
            }
            Op::GetAsyncNext => {
                let value = regs.get(i.b());
                plain!(i, Iter, |vm| vm.async_next(value));
            }
            Op::EndAsyncFor => {
                let raised = Raised(regs.get(i.a()));
                let vm = m.vm();
                if !raised.matches(vm, vm.types.stop_async_iteration) {
                    sync!();
                    return Err(raised);
                }
            }

            Op::Raise => {
                let (exception, cause) = (regs.get(i.a()), regs.get(i.b()));
                sync!();
                return Err(m.vm().raise_op(i.x(), exception, cause));
            }
            Op::Reraise => {
                sync!();
                return Err(Raised(regs.get(i.a())));
            }
            Op::PushHandled => {
                let exception = regs.get(i.b());
                let before = std::mem::replace(&mut m.vm().handled, exception);
                regs.set(i.a(), before);
            }
            Op::PopHandled => m.vm().handled = regs.get(i.a()),
            Op::MatchException => {
                let (exception, class) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, Other, |vm| vm
                    .matches_handler(exception, class)
                    .map(Value::bool));
            }
            Op::MatchExceptionStar => {
                let (exception, class) = (regs.get(i.b()), regs.get(i.c()));
                sync!();
                let (matched, rest) = m.vm().split_group(exception, class)?;
                regs.set(i.a(), matched);
                regs.set(i.a() + 1, rest);
            }
            Op::PrepareReraiseStar => {
                let (original, raised) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, Other, |vm| vm.prepare_reraise_star(original, raised));
            }

            Op::ImportName => {
                let (name, fromlist) = (code.get().constant(i.c() as u32), regs.get(i.b()));
                plain!(i, Other, |vm| {
                    let globals = top(vm).globals;
                    vm.import_name(name.known(), globals, fromlist, i.x() as u32)
                });
            }
            Op::ImportFrom => {
                let (module, name) = (regs.get(i.b()), code.get().constant(i.c() as u32));
                plain!(i, Other, |vm| vm.import_from(module, name.known()));
            }
            Op::ImportStar => {
                let module = regs.get(i.a());
                effect!(Other, |vm| {
                    let namespace = vm.frame_namespace();
                    vm.import_star(module, namespace)
                });
            }

            Op::GetLen => {
                let value = regs.get(i.b());
                plain!(i, Other, |vm| vm.len(value).map(|n| Value::small(n as i64)));
            }
            Op::MatchSequence => {
                let matches = m.vm().is_match_sequence(regs.get(i.b()));
                regs.set(i.a(), Value::bool(matches));
            }
            Op::MatchMapping => {
                let matches = m.vm().is_match_mapping(regs.get(i.b()));
                regs.set(i.a(), Value::bool(matches));
            }
            Op::MatchKeys => {
                let (subject, keys) = (regs.get(i.b()), regs.get(i.c()));
                plain!(i, Other, |vm| vm.match_keys(subject, keys.known()));
            }
            Op::MatchClass => {
                let b = i.b();
                let (subject, class, names) = (regs.get(b), regs.get(b + 1), regs.get(b + 2));
                plain!(i, Other, |vm| vm.match_class(
                    subject,
                    class,
                    i.c() as usize,
                    names
                ));
            }
        }
    }
}

/// Whether an op is a comparison fused with a jump.
fn is_jump(op: Op) -> bool {
    (Op::JumpLt as u8..=Op::JumpGeImm as u8).contains(&(op as u8))
}

/// `a is b`
#[inline(always)]
fn is(a: Value, b: Value) -> bool {
    a == b
}
