//! What the dispatch loop asks of the machine: entering calls, and operators of Python classes.
//!
//! These functions open frames instead of running them, so that the loop goes on in the callee
//! without recursion on the native stack.

use crate::eval::Called;
use crate::frame::{Chain, Then};
use crate::operator::{BinaryOp, Comparison, UnaryOp};
use crate::{PyResult, Vm};
use bytecode::{CommonConst, Op};
use object::{
    BoundMethod, Builtin, Class, CodeObject, CodePointer, Function, Gc, Instance, Kind, Regs, Str,
    Tuple, Value, Wrapper,
};

/// The comparison that an op makes, and its operands.
fn comparison_of(i: bytecode::Instr, regs: Regs) -> Option<(Comparison, Value, Value)> {
    let op = i.op() as u8;
    let from = |first: Op| {
        Comparison::ALL
            .get(op.wrapping_sub(first as u8) as usize)
            .copied()
    };
    if let Some(comparison) = from(Op::Lt) {
        return Some((comparison, regs.get(i.b()), regs.get(i.c())));
    }
    if let Some(comparison) = from(Op::JumpLt) {
        return Some((comparison, regs.get(i.a()), regs.get(i.b())));
    }
    from(Op::JumpLtImm).map(|comparison| (comparison, regs.get(i.a()), Value::small(i.sb() as i64)))
}

/// The operator of an arithmetic op.
pub(crate) fn binary_of(op: Op) -> BinaryOp {
    match op {
        Op::Add | Op::AddImm => BinaryOp::Add,
        Op::Sub | Op::SubImm => BinaryOp::Sub,
        Op::Mul | Op::MulImm => BinaryOp::Mul,
        Op::TrueDiv => BinaryOp::TrueDiv,
        Op::FloorDiv | Op::FloorDivImm => BinaryOp::FloorDiv,
        Op::Mod | Op::ModImm => BinaryOp::Mod,
        Op::LShift | Op::LShiftImm => BinaryOp::LShift,
        Op::RShift | Op::RShiftImm => BinaryOp::RShift,
        Op::And | Op::AndImm => BinaryOp::And,
        Op::Or => BinaryOp::Or,
        Op::Xor => BinaryOp::Xor,
        Op::MatMul => BinaryOp::MatMul,
        _ => BinaryOp::Pow,
    }
}

/// What an operator of objects of two classes begins with, if that is a Python function.
#[derive(Clone, Copy)]
pub(crate) struct OperatorPlace {
    versions: [u32; 2],
    what: u8,
    method: Option<Gc<Function>>,
}

impl OperatorPlace {
    /// No class has version 0.
    pub(crate) const EMPTY: OperatorPlace = OperatorPlace {
        versions: [0; 2],
        what: 0,
        method: None,
    };
}

/// Places in the table of operators.
pub(crate) const OPERATOR_PLACES: usize = 256;

/// The number of the first comparison among operators, after the binary ones.
const FIRST_COMPARISON: u8 = 2 * BinaryOp::ALL.len() as u8;

impl Vm {
    /// Writes the running frame's place into its record.
    #[inline(always)]
    pub(crate) fn set_pc(&mut self, pc: CodePointer) {
        self.frames.top().set_pc(pc);
    }

    #[inline(always)]
    pub(crate) fn has_room(&self, base: Regs, registers: usize) -> bool {
        self.stack
            .has_room(base, registers + crate::frame::WINDOW_MARGIN)
    }

    /// The Python function with which an op on an instance begins, if calling it is all there is
    /// to do unless it gives NotImplemented.
    pub(crate) fn binary_method(
        &mut self,
        op: BinaryOp,
        inplace: bool,
        a: Value,
        b: Value,
    ) -> Option<Gc<Function>> {
        if !(a.is::<Instance>() || a.is::<Wrapper>()) {
            return None;
        }
        let (left, right) = (self.class_of(a), self.class_of(b));
        let what = op as u8 * 2 + u8::from(inplace);
        self.remembered(left, right, what, |vm| {
            vm.find_binary_method(op, inplace, left, right)
        })
    }

    /// What an operator (of number `what`) of objects of two classes begins with, as the table of
    /// operators knows it or `find` gives it.
    #[inline(always)]
    fn remembered(
        &mut self,
        left: Gc<Class>,
        right: Gc<Class>,
        what: u8,
        find: impl FnOnce(&mut Vm) -> Option<Gc<Function>>,
    ) -> Option<Gc<Function>> {
        let versions = [left.version.get(), right.version.get()];
        let mixed =
            versions[0] as usize ^ (versions[1] as usize).rotate_left(3) ^ (what as usize * 5);
        let at = mixed % OPERATOR_PLACES;
        let place = self.operators[at];
        if place.versions == versions && place.what == what {
            // The function may have got other code since.
            return place.method.filter(|f| f.code().plain_arguments == 2);
        }
        let method = find(self);
        self.operators[at] = OperatorPlace {
            versions,
            what,
            method,
        };
        method
    }

    #[inline(never)]
    fn find_binary_method(
        &mut self,
        op: BinaryOp,
        inplace: bool,
        left: Gc<Class>,
        right: Gc<Class>,
    ) -> Option<Gc<Function>> {
        let (name, reflected, inplace_name) = op.methods(self);
        if inplace && let Some(own) = self.lookup_type(left, inplace_name) {
            return self.suitable(Some(own));
        }
        if left != right
            && right.is_subclass_of(left)
            && self.lookup_type(right, reflected).is_some()
        {
            return None;
        }
        let method = self.lookup_type(left, name);
        self.suitable(method)
    }

    #[inline(always)]
    pub(crate) fn comparison_method(
        &mut self,
        op: Comparison,
        a: Value,
        b: Value,
    ) -> Option<Gc<Function>> {
        if !(a.is::<Instance>() || a.is::<Wrapper>()) {
            return None;
        }
        let (left, right) = (self.class_of(a), self.class_of(b));
        let what = FIRST_COMPARISON + op as u8;
        self.remembered(left, right, what, |vm| {
            vm.find_comparison_method(op, left, right)
        })
    }

    #[inline(never)]
    fn find_comparison_method(
        &mut self,
        op: Comparison,
        left: Gc<Class>,
        right: Gc<Class>,
    ) -> Option<Gc<Function>> {
        let name = op.method(self);
        if left != right && right.is_subclass_of(left) {
            return None;
        }
        let method = self.lookup_type(left, name);
        self.suitable(method)
    }

    /// A Python function that opens a frame when called.
    fn suitable(&self, method: Option<Value>) -> Option<Gc<Function>> {
        method?
            .cast::<Function>()
            .filter(|f| f.code().plain_arguments == 2)
    }

    /// Goes on with an operator whose method gave NotImplemented, which `then` tells.
    #[cold]
    #[inline(never)]
    pub(crate) fn operator_declined(
        &mut self,
        then: Then,
        i: bytecode::Instr,
        regs: Regs,
    ) -> PyResult {
        let op = i.op();
        if let Some((comparison, a, b)) = comparison_of(i, regs) {
            return self.compare_after_left(comparison, a, b);
        }
        let immediate = (Op::AddImm as u8..=Op::RShiftImm as u8).contains(&(op as u8));
        let right = if immediate {
            Value::small(i.sc() as i64)
        } else {
            regs.get(i.c())
        };
        let (op, inplace, left) = (binary_of(op), i.x() != 0, regs.get(i.b()));
        match then {
            Then::Inplace => self.inplace_after_method(op, left, right),
            Then::Reflected => self.binary_after_right(op, inplace, left, right),
            _ => self.binary_after_left(op, inplace, left, right),
        }
    }

    /// Whether an operator's method is the one that works in place.
    pub(crate) fn is_inplace(&mut self, op: BinaryOp, a: Value, method: Gc<Function>) -> bool {
        let (_, _, inplace) = op.methods(self);
        let class = self.class_of(a);
        self.lookup_type(class, inplace) == Some(method.into())
    }

    /// The Python method of the right operand that an operator asks first as the left one, of a builtin
    /// type, knows nothing of it.
    pub(crate) fn reflected_method(
        &mut self,
        op: BinaryOp,
        a: Value,
        b: Value,
    ) -> Option<Gc<Function>> {
        let is_number = a.is_small() || a.is_inline_float();
        let is_sequence = a.is::<Str>() || a.is::<Tuple>();
        let joins = matches!(op, BinaryOp::Add | BinaryOp::Mul);
        if !(is_number || is_sequence && joins) {
            return None;
        }
        let class = self.class_of(b.cast::<Instance>()?.into());
        let (_, reflected, _) = op.methods(self);
        let method = self.lookup_type(class, reflected);
        self.suitable(method)
    }

    #[inline(always)]
    pub(crate) fn common_constant(&self, number: u8) -> Value {
        match CommonConst::ALL[number as usize] {
            CommonConst::None => Value::NONE,
            CommonConst::False => Value::FALSE,
            CommonConst::True => Value::TRUE,
            CommonConst::Ellipsis => Value::ELLIPSIS,
            CommonConst::NotImplemented => Value::NOT_IMPLEMENTED,
            CommonConst::Unbound => Value::UNBOUND,
            CommonConst::AssertionError => self.types.assertion_error.into(),
            CommonConst::BuildClass => self
                .builtins
                .get_str(object::intern("__build_class__"))
                .unwrap_or(Value::NONE),
            CommonConst::EmptyTuple => Tuple::new(&[]).into(),
        }
    }

    /// Calls a Python function that takes just these arguments: opens its frame above the running
    /// one.
    pub(crate) fn enter_above(
        &mut self,
        function: Gc<Function>,
        args: &[Value],
        then: Then,
        dst: u16,
    ) -> PyResult<()> {
        let base = self.frames.top().above();
        let target = function.code();
        let plain = target.plain_arguments as usize == args.len() && !self.frames.is_full();
        if plain && self.has_room(base, target.registers as usize) {
            base.fill_from(0, args);
            self.open_plain(function.into(), target, base, args.len(), then, dst);
            return Ok(());
        }
        let top = self.top();
        let base = self.window_at(top, args.len())?;
        base.fill_from(0, args);
        match self.enter_function(function, base, args.len(), &[], then, dst)? {
            crate::Bound::Entered => Ok(()),
            crate::Bound::Made(_) => unreachable!("no generator's function is entered by an op"),
        }
    }

    /// Takes the frame on top off.
    #[inline(always)]
    pub(crate) fn drop_frame(&mut self) {
        self.handled = self.frames.top().get().handled_below;
        self.frames.drop_top();
    }

    /// Takes the frame on top off, and gives what its record was.
    #[inline(always)]
    pub(crate) fn pop_frame(&mut self) -> crate::Frame {
        let frame = self.frames.top().get();
        self.drop_frame();
        frame
    }

    /// The code of a Python function whose frame can be opened as it is, with `count` arguments at
    /// `base`.
    #[inline(always)]
    pub(crate) fn plain_target(
        &self,
        callee: Value,
        base: Regs,
        count: usize,
    ) -> Option<Gc<CodeObject>> {
        let target = callee.cast::<Function>()?.code();
        let fits = target.plain_arguments as usize == count
            && self.has_room(base, target.registers as usize)
            && !self.frames.is_full();
        fits.then_some(target)
    }

    /// Opens the frame of a function of which [`Vm::plain_target`] has given the code.
    #[inline(always)]
    pub(crate) fn open_plain(
        &mut self,
        callee: Value,
        target: Gc<CodeObject>,
        base: Regs,
        count: usize,
        then: Then,
        dst: u16,
    ) {
        base.unbind(count, (target.locals as usize).saturating_sub(count));
        self.frames.push(crate::Frame {
            pc: target.start(),
            base,
            code: target,
            function: callee,
            handled_below: self.handled,
            locals: Value::UNBOUND,
            generator: Value::UNBOUND,
            dst,
            then,
            chain: Chain::None,
            shown: 0,
        });
    }

    /// `__getitem__` of an instance, if calling it is all there is to do.
    pub(crate) fn item_method(&mut self, object: Value) -> Option<Gc<Function>> {
        if !object.is::<Instance>() {
            return None;
        }
        let class = self.class_of(object);
        let method = self.lookup_type(class, self.names.getitem);
        self.suitable(method)
    }

    /// `__setitem__` of an instance, if calling it is all there is to do.
    pub(crate) fn store_method(&mut self, object: Value) -> Option<Gc<Function>> {
        if !object.is::<Instance>() {
            return None;
        }
        let method = self.lookup_special(object, self.names.setitem)?;
        let method = method.cast::<Function>()?;
        (method.code().plain_arguments == 3).then_some(method)
    }

    /// The next value of an iterator, *unbound* at its end.
    pub(crate) fn next_or_unbound(&mut self, iter: Value) -> PyResult {
        Ok(self.next(iter)?.unwrap_or(Value::UNBOUND))
    }

    fn enter_bound(
        &mut self,
        function: Gc<Function>,
        base: Regs,
        count: usize,
        names: &[Value],
        then: Then,
        dst: u16,
    ) -> PyResult<Called> {
        Ok(
            match self.enter_function(function, base, count, names, then, dst)? {
                crate::Bound::Entered => Called::Entered,
                crate::Bound::Made(value) => Called::Done(value),
            },
        )
    }

    /// Arguments in registers as a slice that stays as it is while the callee runs Python code:
    /// those of a call with `*` lie above the frame, where the next frame goes, and are copied.
    #[inline]
    fn settled(&self, base: Regs, count: usize) -> &'static [Value] {
        let args = base.slice(0, count);
        if self.stack.position(base) + count <= self.top() {
            return args;
        }
        Tuple::new(args).items()
    }

    /// A call whose arguments (the receiver included) lie in `count` registers from `base`, with
    /// one more register of the window before them.
    #[inline(never)]
    pub(crate) fn call_in_loop(
        &mut self,
        callee: Value,
        base: Regs,
        count: usize,
        names: &[Value],
        dst: u16,
    ) -> PyResult<Called> {
        match callee.kind() {
            Some(Kind::Function) => {
                self.quiet_safepoint_now();
                self.enter_bound(callee.known(), base, count, names, Then::Store, dst)
            }
            Some(Kind::Builtin) => {
                let builtin = callee.known::<Builtin>();
                if builtin.receiver.get().is_unbound() {
                    let args = self.settled(base, count);
                    self.call_native(builtin.number, args, names)
                        .map(Called::Done)
                } else {
                    self.call_with(callee, self.settled(base, count), names)
                        .map(Called::Done)
                }
            }
            Some(Kind::BoundMethod) => {
                let method = callee.known::<BoundMethod>();
                let (function, receiver) = (method.function.get(), method.receiver.get());
                if !function.is::<Function>() {
                    return self
                        .call_with(callee, self.settled(base, count), names)
                        .map(Called::Done);
                }
                base.fill_from(1, base.slice(0, count));
                base.set(0, receiver);
                self.enter_bound(function.known(), base, count + 1, names, Then::Store, dst)
            }
            Some(Kind::Class) => self.call_class_in_loop(callee.known(), base, count, names, dst),
            _ => match self.function_that_calls(callee) {
                Some(function) => {
                    base.fill_from(1, base.slice(0, count));
                    base.set(0, callee);
                    self.enter_bound(function, base, count + 1, names, Then::Store, dst)
                }
                None => self
                    .call_with(callee, self.settled(base, count), names)
                    .map(Called::Done),
            },
        }
    }

    /// A special method of an object of a Python class with so many arguments, the object among them,
    /// if calling it opens a frame.
    pub(crate) fn own_method(
        &mut self,
        object: Value,
        name: Gc<Str>,
        arguments: u16,
    ) -> Option<Gc<Function>> {
        if !object.is::<Instance>() {
            return None;
        }
        let method = self.lookup_special(object, name)?.cast::<Function>()?;
        (method.code().plain_arguments == arguments).then_some(method)
    }

    /// `__str__`
    pub(crate) fn text_method(&mut self, object: Value) -> Option<Gc<Function>> {
        self.own_method(object, self.names.str, 1)
    }

    /// Whether an object's class has a method from `object`.
    pub(crate) fn leaves_to_object(&mut self, object: Value, name: Gc<Str>) -> bool {
        let default = self.lookup_type(self.types.object, name);
        default.is_some() && self.lookup_special(object, name) == default
    }

    /// The Python function that shows an object as text: its `__str__`, or its `__repr__` if that of `object` asks
    /// for it.
    pub(crate) fn shown_by(&mut self, object: Value) -> Option<(Gc<Function>, Then)> {
        if let Some(function) = self.text_method(object) {
            return Some((function, Then::Shown));
        }
        let (str, repr) = (self.names.str, self.names.repr);
        if !object.is::<Instance>() || !self.leaves_to_object(object, str) {
            return None;
        }
        let function = self.own_method(object, repr, 1)?;
        Some((function, Then::Repr))
    }

    /// The method of an operator of one operand.
    pub(crate) fn unary_method(&mut self, op: UnaryOp, object: Value) -> Option<Gc<Function>> {
        let (name, _) = op.method(self);
        self.own_method(object, name, 1)
    }

    /// Makes an object by a function of bytecode that calls the class's `__new__`, and `__init__` if
    /// need be.
    fn construct_in_loop(
        &mut self,
        class: Gc<Class>,
        new: Gc<Function>,
        base: Regs,
        count: usize,
        names: &[Value],
        dst: u16,
    ) -> PyResult<Called> {
        let function = self.constructor(new, !names.is_empty())?;
        let at = self.stack.position(base);
        self.window_at(at, function.code().registers as usize + count + 3)?;
        base.fill_from(3, base.slice(0, count));
        base.set(0, new.into());
        base.set(1, Value::NONE);
        base.set(2, class.into());
        self.enter_bound(function, base, count + 3, names, Then::Store, dst)
    }

    /// Makes an object of a Python class without going through the native stack: `__new__` is
    /// `object`'s, `__init__` a Python function.
    fn call_class_in_loop(
        &mut self,
        class: Gc<Class>,
        base: Regs,
        count: usize,
        names: &[Value],
        dst: u16,
    ) -> PyResult<Called> {
        let plain = class.instance_kind.get() == Kind::Instance && !class.flags.get().no_instances;
        if plain
            && self.is_called_as_type(class)
            && self.has_default_new(class)
            && let Some(init) = self.lookup_type(class, self.names.init)
            && let Some(function) = init.cast::<Function>()
        {
            self.quiet_safepoint_now();
            let instance: Value = Instance::new(class.new_instance_shape()).into();
            // The arguments move up by one for the receiver.
            base.fill_from(1, base.slice(0, count));
            base.set(0, instance);
            let called = self.enter_bound(function, base, count + 1, names, Then::Init, dst)?;
            return match called {
                Called::Entered => {
                    if let Some(frame) = self.frames.last_mut() {
                        frame.locals = instance;
                    }
                    Ok(Called::Entered)
                }
                Called::Done(value) => Err(self.init_returned(value)),
            };
        }
        if let Some(function) = self.python_new(class) {
            // What it makes may be of a class below, which has an `__init__` of its own.
            if class.flags.get().extended {
                return self.construct_in_loop(class, function, base, count, names, dst);
            }
            base.fill_from(1, base.slice(0, count));
            base.set(0, class.into());
            return self.enter_bound(function, base, count + 1, names, Then::Store, dst);
        }
        if class == self.types.str
            && count == 1
            && names.is_empty()
            && let Some(function) = self.text_method(base.get(0))
        {
            self.enter_above(function, &[base.get(0)], Then::Text, dst)?;
            return Ok(Called::Entered);
        }
        self.call_with(class.into(), self.settled(base, count), names)
            .map(Called::Done)
    }
}
