//! Builtins that drive a generator, as functions of bytecode.
//!
//! `sum`, `any`, `list` and the like are native, and a native loop that resumes a generator is a
//! wall: a trace ends before it, and the generator's body is run from outside for each item. So
//! where the iterable is a generator, the machine opens the frame of a function of the same meaning
//! instead (`builtins/lib/_consume.py`). Its loop is like any other: the interpreter resumes the
//! generator without recursion on the native stack, and a trace of the loop has the generator's
//! body in it. What is native stays so for all other iterables, whose items it gets faster.
//!
//! *A copy each.* One loop for all generators of a program would be one trace with all their bodies
//! as bridges. So each generator's code has a copy of the function, found in a table; where two meet
//! in one of its places, the second shares the original.
//!
//! *Calls of several functions.* What calling a class comes to, or `getattr` with a default, is more than
//! one call of a Python function, or one whose exceptions are caught; such a function says that as well.
//!
//! The functions' frames are hidden ([`bytecode::CodeFlags`]), their code is linked when the first
//! of them is wanted.

use crate::delegates::EachFrame;
use crate::frame::{Frame, Then};
use crate::machine::Machine;
use crate::{PyResult, Vm, driven};
use bytecode::Const;
use object::shape::of_kind;
use object::{
    Builtin, Class, CodeObject, Dict, Function, Gc, Kind, List, Marker, Regs, Tuple, Value, intern,
};

/// The module that the functions stand in.
const MODULE: &str = "_consume";
/// Copies of functions.
const COPIES: usize = 512;

/// What a function gets behind its named arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Last {
    Nothing,
    /// The rounding error of a sum.
    Zero,
    /// Whether the argument named last was given.
    Given,
    /// Nothing, but the argument named last must be given, by position.
    Wanted,
}

/// What comes before the iterable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Before {
    Nothing,
    /// A receiver of a kind.
    Receiver(Kind),
    /// A function that is called with each item.
    Function,
}

/// A builtin and its function, which mostly has the same name.
#[derive(Debug)]
struct Row {
    owner: &'static str,
    name: &'static str,
    function: &'static str,
    /// What comes before the iterable.
    before: Before,
    /// Whether the first of the named arguments is a function that is called with each item.
    calls: bool,
    /// Arguments that may follow, with what stands for them if they are not given.
    named: &'static [(&'static str, Value)],
    /// How many of those may be given by position.
    positional: usize,
    last: Last,
}

const fn row(owner: &'static str, name: &'static str) -> Row {
    Row {
        owner,
        name,
        function: name,
        before: Before::Nothing,
        calls: false,
        named: &[],
        positional: 0,
        last: Last::Nothing,
    }
}

/// The owner of a builtin class, which no native function has.
const CLASS: &str = "";
/// The owner of what stands for no native function.
const DRIVER: &str = "driver";
/// The owner of what stands for `sum` of objects whose classes say what their sum is.
const SUM_OF_OBJECTS: &str = "sum of objects";
const RANKED: &[(&str, Value)] = &[("key", Value::NONE), ("default", Value::NONE)];

const ROWS: &[Row] = &[
    Row {
        named: &[("start", Value::small(0))],
        positional: 1,
        last: Last::Zero,
        ..row("builtins", "sum")
    },
    Row {
        named: &[("start", Value::small(0))],
        positional: 1,
        ..row(SUM_OF_OBJECTS, "sum_objects")
    },
    Row {
        before: Before::Function,
        named: &[("initial", Value::NONE)],
        positional: 1,
        last: Last::Given,
        ..row("_functools", "reduce")
    },
    row("builtins", "any"),
    row("builtins", "all"),
    Row {
        named: RANKED,
        calls: true,
        last: Last::Given,
        ..row("builtins", "min")
    },
    Row {
        named: RANKED,
        calls: true,
        last: Last::Given,
        ..row("builtins", "max")
    },
    Row {
        named: &[("key", Value::NONE), ("reverse", Value::FALSE)],
        ..row("builtins", "sorted")
    },
    Row {
        named: &[("default", Value::NONE)],
        positional: 1,
        last: Last::Wanted,
        ..row("builtins", "next")
    },
    Row {
        before: Before::Receiver(Kind::Str),
        ..row("str", "join")
    },
    Row {
        before: Before::Receiver(Kind::List),
        ..row("list", "extend")
    },
    Row {
        function: "extend_bytes",
        before: Before::Receiver(Kind::ByteArray),
        ..row("bytearray", "extend")
    },
    row(CLASS, "bytes"),
    row(CLASS, "bytearray"),
    row(CLASS, "list"),
    row(CLASS, "tuple"),
    row(CLASS, "set"),
    row(CLASS, "frozenset"),
    // Generators that drive iterators: see `driven`.
    row(DRIVER, "by_index"),
    row(DRIVER, "zip2"),
    row(DRIVER, "zip3"),
    row(DRIVER, "enumerate"),
    row(DRIVER, "map1"),
    row(DRIVER, "map2"),
    row(DRIVER, "cached1"),
    row(DRIVER, "cached2"),
    row(DRIVER, "map3"),
    row(DRIVER, "filter"),
    row(DRIVER, "filter_true"),
    // What calling a class is.
    row(DRIVER, "construct"),
    row(DRIVER, "construct_named"),
    // What asking a class for its instances is, and an attribute that is computed.
    row(DRIVER, "check_instance"),
    row(DRIVER, "get_one"),
    row(DRIVER, "get_two"),
    row(DRIVER, "has_one"),
    row(DRIVER, "has_two"),
    // What looks up a key whose hash a Python function gives.
    row(DRIVER, "item_by_key"),
    row(DRIVER, "get_by_key"),
    row(DRIVER, "store_by_key"),
    row(DRIVER, "contains_key"),
    row(DRIVER, "add_key"),
];

/// The functions of this module: of the rows, and then those that take steps of iterators.
fn function_names() -> impl Iterator<Item = &'static str> {
    let rows = ROWS.iter().map(|row| row.function);
    rows.chain(driven::STEPS.iter().copied())
}

/// A builtin that has a function, by its number in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Consumer(u8);

/// The consumer that a native function is, by its name and the class or module it is of.
pub(crate) fn of(owner: &str, name: &str) -> Option<Consumer> {
    let at = ROWS
        .iter()
        .position(|row| row.owner == owner && row.name == name)?;
    Some(Consumer(at as u8))
}

/// Whether some native function of a class or module may be a consumer.
pub(crate) fn has_rows_of(owner: &str) -> bool {
    ROWS.iter().any(|row| row.owner == owner)
}

impl Consumer {
    /// The function of a generator that drives an iterator.
    pub(crate) fn driver(name: &str) -> Option<Consumer> {
        of(DRIVER, name)
    }

    /// The function that takes a step of an iterator, by the number of its walk.
    pub(crate) fn step(walk: i64) -> Option<Consumer> {
        let at = usize::try_from(walk).ok()?.checked_sub(1)?;
        (at < driven::STEPS.len()).then_some(Consumer((ROWS.len() + at) as u8))
    }
}

/// The functions, once they are linked.
#[derive(Default)]
pub(crate) struct Consumers {
    functions: Vec<Gc<Function>>,
    /// By consumer and the generator's code, whose place stands beside.
    copies: Vec<Option<(usize, Gc<Function>)>>,
}

impl Consumers {
    pub(crate) fn trace(&self, marker: &mut Marker) {
        let copies = self.copies.iter().flatten().map(|copy| &copy.1);
        for &function in self.functions.iter().chain(copies) {
            marker.visit(function.into());
        }
    }
}

/// The iterable and two more arguments may lead to bytecode.
const LOOKED_AT: usize = 3;

/// Opens the frame of the function that stands for calling `callee`, which is not a Python
/// function. False: there is none for such arguments, and nothing has happened.
#[inline(always)]
pub(crate) fn enter<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<bool> {
    // Where a generator drives or a function is called, it is one of the first arguments.
    let first = 0..count.min(LOOKED_AT) as u16;
    let drives = first.clone().any(|at| m.vm().is_driven(base.get(at)));
    if !drives && m.vm().counts() && first.into_iter().any(|at| base.get(at).is::<Function>()) {
        let word = m.word(callee);
        return match m.vm().consumer_of(word) {
            Some(consumer) if ROWS[consumer.0 as usize].may_call() => {
                enter_for(m, callee, consumer, base, count, names, dst)
            }
            _ => Ok(false),
        };
    }
    if !drives && base_is_object(m, base, count) {
        let word = m.word(callee);
        return match m.vm().consumer_of(word) {
            Some(consumer) if ROWS[consumer.0 as usize].iterates() => {
                enter_for(m, callee, consumer, base, count, names, dst)
            }
            _ => Ok(false),
        };
    }
    if !drives {
        return match names.is_empty() && (1..=2).contains(&count) && begins_with_object(base.get(0))
        {
            true => enter_sum(m, callee, base, count, dst),
            false => Ok(false),
        };
    }
    let word = m.word(callee);
    let Some(consumer) = m.vm().consumer_of(word) else {
        return Ok(false);
    };
    enter_for(m, callee, consumer, base, count, names, dst)
}

/// Whether the first argument is an object of a Python class.
#[inline(always)]
fn base_is_object<M: Machine>(m: &mut M, base: Regs, count: usize) -> bool {
    count > 0 && base.get(0).kind() == Some(Kind::Instance) && m.vm().counts()
}

impl Row {
    /// Whether a function may be among the arguments that is called with each item.
    fn may_call(&self) -> bool {
        self.calls || self.before == Before::Function
    }

    /// Whether the first argument is an iterable and nothing else.
    fn iterates(&self) -> bool {
        let is_other = self.last == Last::Wanted || self.function.starts_with("byte");
        self.before == Before::Nothing && !is_other
    }
}

/// Whether a value is a list or tuple whose first item is an object of a Python class.
#[inline(always)]
fn begins_with_object(value: Value) -> bool {
    let first = match value.kind() {
        Some(Kind::List) => value.known::<List>().item(0),
        Some(Kind::Tuple) => value.known::<Tuple>().items().first().copied(),
        _ => None,
    };
    first.and_then(Value::kind) == Some(Kind::Instance)
}

/// The same for `sum` of objects whose classes say what their sum is.
fn enter_sum<M: Machine>(
    m: &mut M,
    callee: M::V,
    base: Regs,
    count: usize,
    dst: u16,
) -> PyResult<bool> {
    let word = m.word(callee);
    let is_sum = m.vm().counts()
        && m.vm().consumer_of(word) == of("builtins", "sum")
        && (count == 1 || base.get(1).is_small() || base.get(1).kind() == Some(Kind::Instance));
    let (true, Some(consumer)) = (is_sum, of(SUM_OF_OBJECTS, "sum_objects")) else {
        return Ok(false);
    };
    m.promote(callee);
    let items = m.get(base, 0);
    let zero = m.constant(Value::small(0));
    let is_list = m.shape(items) == of_kind(Kind::List);
    let first = match is_list {
        true => m.list_item(items, zero),
        false => m.tuple_item(items, zero),
    };
    let Some(first) = first else {
        return Ok(false);
    };
    let key = m.shape(first) as usize;
    let start = match count {
        1 => zero,
        _ => m.get(base, 1),
    };
    if !m.is_small(start) {
        m.shape(start);
    }
    let function = m.vm().consumer_function(consumer, key)?;
    m.enter(function, &[items, start], Then::Store, dst)?;
    Ok(true)
}

/// What a call of a consumer is about.
struct Call {
    /// How many arguments come before the iterable.
    first: usize,
    /// The register of each named argument.
    places: Vec<Option<u16>>,
    /// The code that drives the iterable, or that is called with its items.
    code: Gc<CodeObject>,
}

/// Looks at the arguments of a call; `None`: no function stands for it.
fn call_of(
    vm: &mut Vm,
    row: &Row,
    base: Regs,
    count: usize,
    names: &[Value],
) -> PyResult<Option<Call>> {
    let first = usize::from(row.before != Before::Nothing);
    let given = count - names.len();
    if given <= first || given > first + 1 + row.positional {
        return Ok(None);
    }
    if let Before::Receiver(kind) = row.before
        && base.get(0).shape_id() != of_kind(kind)
    {
        return Ok(None);
    }
    let Some(places) = named_places(row, first, given, names) else {
        return Ok(None);
    };
    let start = places.first().copied().flatten();
    if row.last == Last::Zero
        && start.is_some_and(|at| !(base.get(at).is_small() || base.get(at).is_inline_float()))
        || row.last == Last::Wanted && (names.len(), given) != (0, first + 2)
    {
        return Ok(None);
    }
    let called = match row.before {
        Before::Function => Some(0),
        _ => start.filter(|_| row.calls),
    };
    let iterable = base.get(first as u16);
    let own = match row.iterates() && iterable.kind() == Some(Kind::Instance) {
        true => vm.lookup_special(iterable, vm.names.iter),
        false => None,
    };
    let own = own.and_then(|method| method.cast::<Function>());
    let code = match own.map(|method| method.code()) {
        None => vm.code_behind(iterable)?,
        found => found,
    };
    let code = match code {
        None => called
            .and_then(|at| base.get(at).cast::<Function>())
            .map(|f| f.code()),
        found => found,
    };
    Ok(code.map(|code| Call {
        first,
        places,
        code,
    }))
}

fn enter_for<M: Machine>(
    m: &mut M,
    callee: M::V,
    consumer: Consumer,
    base: Regs,
    count: usize,
    names: &[Value],
    dst: u16,
) -> PyResult<bool> {
    let row = &ROWS[consumer.0 as usize];
    let Some(call) = call_of(m.vm(), row, base, count, names)? else {
        return Ok(false);
    };
    // From here on it is sure.
    m.promote(callee);
    let mut args = Vec::with_capacity(6);
    for at in 0..=call.first as u16 {
        let arg = m.get(base, at);
        m.shape(arg);
        if m.word(arg).kind() == Some(Kind::Instance) {
            m.settle(arg);
        }
        args.push(arg);
    }
    for (place, (_, default)) in call.places.iter().zip(row.named) {
        let arg = match place {
            Some(at) => m.get(base, *at),
            None => m.constant(*default),
        };
        if row.last == Last::Zero && !m.is_small(arg) {
            m.is_float(arg);
        }
        if row.calls && args.len() == call.first + 1 {
            m.shape(arg);
        }
        args.push(arg);
    }
    match row.last {
        Last::Nothing | Last::Wanted => {}
        Last::Zero => args.push(m.constant(Value::float(0.0))),
        Last::Given => {
            let is_given = call.places.last().is_some_and(Option::is_some);
            args.push(m.constant(Value::bool(is_given)));
        }
    }
    let function = m
        .vm()
        .consumer_function(consumer, call.code.start().key())?;
    m.enter(function, &args, Then::Store, dst)?;
    Ok(true)
}

/// The register of each named argument; `None` if the names are not such.
fn named_places(
    row: &Row,
    first: usize,
    given: usize,
    names: &[Value],
) -> Option<Vec<Option<u16>>> {
    let mut places = vec![None; row.named.len()];
    for (place, at) in places.iter_mut().zip(first + 1..given) {
        *place = Some(at as u16);
    }
    for (at, name) in names.iter().enumerate() {
        let name = name.cast::<object::Str>()?;
        let slot = row
            .named
            .iter()
            .position(|(own, _)| name.equals_text(own))?;
        if places[slot].is_some() {
            return None;
        }
        places[slot] = Some((given + at) as u16);
    }
    Some(places)
}

#[inline]
fn is_hidden(frame: &Frame) -> bool {
    frame.code.get().code().flags.hidden
}

impl Vm {
    fn consumer_of(&self, callee: Value) -> Option<Consumer> {
        if let Some(builtin) = callee.cast::<Builtin>() {
            let is_free = builtin.receiver.get().is_unbound();
            return self.natives[builtin.number as usize]
                .consumer
                .filter(|_| is_free);
        }
        let class = callee.cast::<Class>()?;
        let types = &self.types;
        let name = [
            (types.list, "list"),
            (types.tuple, "tuple"),
            (types.set, "set"),
            (types.frozenset, "frozenset"),
            (types.bytes, "bytes"),
            (types.bytearray, "bytearray"),
        ]
        .iter()
        .find_map(|(own, name)| (*own == class).then_some(*name))?;
        of(CLASS, name)
    }

    /// The function for a consumer that all share.
    pub(crate) fn consumer_original(&mut self, consumer: Consumer) -> PyResult<Gc<Function>> {
        if self.consumers.functions.is_empty() {
            self.link_consumers()?;
        }
        Ok(self.consumers.functions[consumer.0 as usize])
    }

    /// The function for a consumer, for what asks, is asked by or calls what has such a key.
    pub(crate) fn consumer_function(
        &mut self,
        consumer: Consumer,
        key: usize,
    ) -> PyResult<Gc<Function>> {
        let original = self.consumer_original(consumer)?;
        if !cfg!(feature = "hook") {
            // Without a JIT there is nothing to keep apart, and addresses must not decide what a
            // run that is replayed allocates.
            return Ok(original);
        }
        let at = (key ^ (key >> 9) ^ (usize::from(consumer.0) * 37)) % COPIES;
        let key = key * ROWS.len() + usize::from(consumer.0);
        match self.consumers.copies[at] {
            Some((own, copy)) if own == key => return Ok(copy),
            Some(_) => return Ok(original),
            None => {}
        }
        let own = original.code();
        let code = self.link_with(own.get().code().clone(), own.constants());
        let copy = self.function_of(code, original.globals(), Value::UNBOUND);
        let copy = copy.known::<Function>();
        self.consumers.copies[at] = Some((key, copy));
        Ok(copy)
    }

    /// The function that calls a class's `__new__` and, maybe, its `__init__`.
    pub(crate) fn constructor(&mut self, new: Gc<Function>, named: bool) -> PyResult<Gc<Function>> {
        let name = if named {
            "construct_named"
        } else {
            "construct"
        };
        self.hidden_function(name, new.code())
    }

    /// The function of a name that calls Python functions with such code.
    pub(crate) fn hidden_function(
        &mut self,
        name: &str,
        code: Gc<CodeObject>,
    ) -> PyResult<Gc<Function>> {
        match Consumer::driver(name) {
            Some(consumer) => self.consumer_function(consumer, code.start().key()),
            None => Err(self.system_error(format!("no function '{name}'"))),
        }
    }

    /// Links the functions, in a namespace of their own.
    #[cold]
    fn link_consumers(&mut self) -> PyResult<()> {
        let Some(frozen) = self.frozen.and_then(|find| find(MODULE)) else {
            return Err(self.import_error(format!("No module named '{MODULE}'")));
        };
        let module = match bytecode::Code::from_bytes(frozen.code) {
            Ok(code) => code,
            Err(error) => return Err(self.import_error(format!("'{MODULE}': {error}"))),
        };
        let namespace = self.consumers_namespace();
        let mut functions = Vec::new();
        for name in function_names() {
            let own = module.constants.iter().find_map(|constant| match constant {
                Const::Code(code) if *code.name == *name => Some(code),
                _ => None,
            });
            let Some(code) = own else {
                return Err(self.import_error(format!("'{MODULE}' has no function '{name}'")));
            };
            let code = self.link((**code).clone());
            let function = self.function_of(code, namespace, Value::UNBOUND);
            functions.push(function.known());
        }
        for constant in &module.constants {
            if let Const::Code(code) = constant
                && code.name.starts_with('_')
            {
                let own = self.link((**code).clone());
                let function = self.function_of(own, namespace, Value::UNBOUND);
                namespace.set_str(intern(&code.name), function);
            }
        }
        self.consumers.copies = vec![None; COPIES];
        self.consumers.functions = functions;
        Ok(())
    }

    /// What the functions find by names.
    fn consumers_namespace(&mut self) -> Gc<Dict> {
        let method = |class: Gc<Class>, name: &str| {
            let found = class.dict().get_str(intern(name));
            found.unwrap_or(Value::NONE)
        };
        let function = |name: &str| {
            let mut natives = self.natives.iter();
            let at = natives.position(|native| !native.is_method() && native.name() == name);
            at.map_or(Value::NONE, |at| {
                Builtin::new(at as u32, intern(name).into(), Value::NONE, Value::UNBOUND).into()
            })
        };
        let types = &self.types;
        let values = [
            ("ValueError", types.value_error.into()),
            ("TypeError", types.type_error.into()),
            ("AttributeError", types.attribute_error.into()),
            ("IndexError", types.index_error.into()),
            ("StopIteration", types.stop_iteration.into()),
            ("make_tuple", types.tuple.into()),
            ("make_frozenset", types.frozenset.into()),
            ("join_list", method(types.str, "join")),
            ("append", method(types.list, "append")),
            ("type", types.type_.into()),
            ("int", types.int.into()),
            ("make_bytes", types.bytes.into()),
            ("make_bytearray", types.bytearray.into()),
            ("append_byte", method(types.bytearray, "append")),
            ("extend_by", method(types.bytearray, "extend")),
            (
                "make_group",
                self.kept("itertools._group").unwrap_or(Value::NONE),
            ),
            ("KeyError", types.key_error.into()),
            ("len", function("len")),
            ("iter", function("iter")),
            ("hash", function("hash")),
        ];
        let namespace = Dict::new();
        for (name, value) in values {
            namespace.set_str(intern(name), value);
        }
        for (name, function) in self.key_functions() {
            namespace.set_str(intern(name), function.into());
        }
        namespace
    }

    /// The running frame as a program sees it.
    pub fn visible_frame(&self) -> Option<Frame> {
        self.frames_from_top().next()
    }

    /// The frames that a program sees, the running one last.
    pub fn visible_frames(&self) -> Vec<Frame> {
        let mut frames: Vec<Frame> = self.frames_from_top().collect();
        frames.reverse();
        frames
    }

    /// The same, the running one first.
    pub fn frames_from_top(&self) -> impl Iterator<Item = Frame> {
        self.frames_below(self.frames.len())
    }

    /// The same of those below frame number `count`.
    pub fn frames_below(&self, count: usize) -> impl Iterator<Item = Frame> {
        self.numbered_frames_below(count).map(|(_, frame)| *frame)
    }

    /// The same, with their numbers, if they are on the stack.
    #[inline]
    pub fn numbered_frames_below(
        &self,
        count: usize,
    ) -> impl Iterator<Item = (Option<usize>, EachFrame<'_>)> {
        let frames = self.each_frame(count);
        frames.filter(|(_, frame)| !is_hidden(frame))
    }

    /// The globals of the running frame as a program sees it.
    pub fn visible_globals(&self) -> Option<Gc<Dict>> {
        self.visible_frame().map(|frame| frame.globals())
    }
}
