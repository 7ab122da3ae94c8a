//! The functions behind the table of `trace::Rt`, as machine code calls them.
//!
//! Each gets the machine's address, the place of the bytecode op and four words. What raises keeps
//! the exception for the exit and gives `RAISED`.

use crate::exit::{current, machine, place_of, raise, take_raised, way_of};
use assemble::FloatResults;
use object::{
    Bytes, CodeObject, Dict, DictIndex, Function, Gc, Iter, Kind, List, Set, Str, Tuple, Value,
};
use std::cell::Cell;
use trace::{FloatFn, RAISED, Rt};
use vm::traced::Inlined;
use vm::{BinaryOp, Machine, PyResult, Then, Vm, slicing};

/// A runtime function's type.
type RuntimeFn = extern "sysv64" fn(*mut Vm, usize, u64, u64, u64, u64) -> u64;

/// Gives a result to machine code.
fn give(result: PyResult) -> u64 {
    match result {
        Ok(value) => value.bits(),
        Err(raised) => {
            raise(raised);
            RAISED
        }
    }
}

/// See [`assemble::CallEnv::finish`].
pub(crate) extern "sysv64" fn finish_called(vm: *mut Vm, value: u64) -> u64 {
    give(machine(vm).finish_frame(Value::from_bits(value)))
}

/// See [`assemble::CallEnv::rest`].
pub(crate) extern "sysv64" fn rest_of_called(vm: *mut Vm, record: usize) -> u64 {
    let vm = machine(vm);
    let at = vm.frames().number_at(record);
    give(current().run_rest(vm, at))
}

/// The parts of a slice that the trace has tested.
fn tested_parts(start: Value, stop: Value, step: Value) -> (i64, i64, i64) {
    match slicing::plain_parts(start, stop, step) {
        Some(parts) => parts,
        None => unreachable!("the trace has tested the slice's parts"),
    }
}

/// So many decimal digits are always a small integer.
const DIGITS_MAX: usize = 17;

/// The number that a string of a few ASCII digits is, with or without a sign before them.
fn small_of(text: Gc<Str>) -> Option<i64> {
    let all = text.as_latin1()?;
    let (negative, digits) = match all {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if !(1..=DIGITS_MAX).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |n: i64, digit: &u8| n * 10 + i64::from(digit - b'0');
    let size = digits.iter().fold(0, digit);
    Some(if negative { -size } else { size })
}

/// The place in a dictionary that a trace has seen a key at.
fn near(place: Value) -> DictIndex {
    DictIndex(place.small_unchecked() as usize)
}

/// The functions, each after the names that the table has it under.
macro_rules! functions {
    ($($($rt:ident)+: $name:ident |$vm:ident, $place:ident, $a:ident, $b:ident, $c:ident, $d:ident| $body:expr;)*) => {
        $(
            extern "sysv64" fn $name(
                vm: *mut Vm,
                place: usize,
                a: u64,
                b: u64,
                c: u64,
                d: u64,
            ) -> u64 {
                let $vm = machine(vm);
                let $place = place_of(place);
                let ($a, $b, $c, $d) = (
                    Value::from_bits(a),
                    Value::from_bits(b),
                    Value::from_bits(c),
                    Value::from_bits(d),
                );
                $body
            }
        )*

        /// The address of a runtime function.
        pub(crate) fn address(rt: Rt) -> usize {
            let function: RuntimeFn = match rt {
                $($(Rt::$rt)|+ => $name,)*
            };
            function as usize
        }
    };
}

functions! {
    Step StepPlain: step |vm, place, _a, _b, _c, _d| give(vm.step(place).map(|()| Value::NONE));
    PushFrame: push_frame |vm, place, a, b, c, d| {
        vm.resume_at(place);
        if let Some(below) = vm.frames().last().copied() {
            let function = a.known::<Function>();
            let kind = c.small_unchecked();
            vm.push_inlined(Inlined {
                function,
                base: below.base.advance(b.small_unchecked() as usize),
                pc: function.code().start(),
                then: Then::from_number((kind >> 16) as u8),
                dst: kind as u16,
                locals: d,
            });
        }
        Value::NONE.bits()
    };
    PopFrame: pop_frame |vm, _place, _a, _b, _c, _d| {
        vm.pop_inlined();
        Value::NONE.bits()
    };
    RunFrame: run_frame |vm, place, a, b, _c, _d| {
        give(current().run_frame(vm, place, a == Value::TRUE, way_of(b.bits() as usize)))
    };
    Binary: binary |vm, place, a, b, _c, _d| give(vm.binary_at(place, a, b));
    BinaryPlain: binary_plain |vm, place, a, b, _c, _d| give(vm.binary_of(place, a, b));
    Percent: percent |vm, _place, a, b, _c, _d| {
        vm.plain_percent(a, b).map_or(Value::UNBOUND.bits(), |text| text.bits())
    };
    Integer: integer |vm, _place, op, a, b, _d| {
        let op = BinaryOp::ALL[op.small_unchecked() as usize];
        // Integers can be added whatever they are: there is nothing to raise.
        give(vm.binary(op, a, b))
    };
    Compare: compare |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.in_op(place, |vm| vm.compare(op, a, b))),
        None => RAISED,
    };
    ComparePlain: compare_plain |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.compare(op, a, b)),
        None => RAISED,
    };
    Test: test |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.in_op(place, |vm| vm.test(op, a, b)).map(Value::bool)),
        None => RAISED,
    };
    TestPlain: test_plain |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.test(op, a, b).map(Value::bool)),
        None => RAISED,
    };
    Truth: truth |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.truth(a)).map(Value::bool));
    TruthPlain: truth_plain |vm, _place, a, _b, _c, _d| give(vm.truth(a).map(Value::bool));
    GetItem: get_item |vm, place, a, b, _c, _d| give(vm.in_op(place, |vm| vm.get_item(a, b)));
    GetItemPlain: get_item_plain |vm, _place, a, b, _c, _d| give(vm.get_item(a, b));
    SetItem: set_item |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.set_item(a, b, c)).map(|()| Value::NONE))
    };
    SetItemPlain: set_item_plain |vm, _place, a, b, c, _d| give(vm.set_item(a, b, c).map(|()| Value::NONE));
    DictFind: dict_find |vm, _place, a, b, c, _d| {
        give(vm.dict_find_near(a.known(), b, near(c)).map(DictIndex::in_words))
    };
    DictFindSame: dict_find_same |vm, _place, a, b, _c, _d| {
        let dict = a.known::<Dict>();
        match dict.find_same(b.identity_hash() as u64, b) {
            Ok(at) => DictIndex::in_words(at).bits(),
            Err(_) => give(vm.dict_find(dict, b).map(|(_, at)| DictIndex::in_words(at))),
        }
    };
    DictGet: dict_get |vm, _place, a, b, c, _d| {
        let dict = a.known::<Dict>();
        give(match vm.dict_find_near(dict, b, near(c)) {
            Ok(Some(at)) => Ok(dict.value_at(at)),
            Ok(None) => Err(vm.key_error(b)),
            Err(raised) => Err(raised),
        })
    };
    DictSet: dict_set |vm, _place, a, b, c, d| {
        let dict = a.known::<Dict>();
        if dict.is_at(near(d), b) {
            dict.set_value_at(near(d), c);
            return DictIndex::in_words(Some(near(d))).bits();
        }
        give(vm.dict_put(dict, b, c).map(|at| DictIndex::in_words(Some(at))))
    };
    DictAdd: dict_add |vm, _place, a, b, c, _d| {
        let hash = match b.kind() {
            Some(Kind::Instance) => Ok(b.identity_hash()),
            _ => vm.hash(b),
        };
        give(hash.map(|hash| {
            let at = a.known::<Dict>().append(hash as u64, b, c);
            DictIndex::in_words(Some(at))
        }))
    };
    DictHas: dict_has |vm, _place, a, b, c, _d| {
        let found = vm.dict_find_near(a.known(), b, near(c));
        give(found.map(|at| Value::bool(at.is_some())))
    };
    DictLacks: dict_lacks |vm, _place, a, b, c, _d| {
        let found = vm.dict_find_near(a.known(), b, near(c));
        give(found.map(|at| Value::bool(at.is_none())))
    };
    Part: part |_vm, _place, a, b, c, d| match slicing::part(a, tested_parts(b, c, d)) {
        Some(part) => part.bits(),
        None => unreachable!("the trace has tested what is sliced"),
    };
    TupleOf: tuple_of |_vm, _place, a, _b, _c, _d| {
        Value::from(Tuple::of_list(a.known())).bits()
    };
    ListOf: list_of |_vm, _place, a, _b, _c, _d| {
        let list = match a.cast::<List>() {
            Some(list) => List::copy_of(list),
            None => List::from_slice(a.known::<Tuple>().items()),
        };
        Value::from(list).bits()
    };
    SetListSlice: set_list_slice |_vm, _place, a, b, c, d| {
        let done = slicing::set_plain(a.known(), tested_parts(b, c, Value::NONE), d);
        debug_assert!(done, "the trace has tested what is assigned");
        Value::NONE.bits()
    };
    Contains: contains |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.contains(b, a)).map(Value::bool))
    };
    ContainsPlain: contains_plain |vm, _place, a, b, _c, _d| give(vm.contains(b, a).map(Value::bool));
    IntOf: int_of |vm, _place, a, _b, _c, _d| match small_of(a.known()) {
        Some(number) => Value::small(number).bits(),
        None => give(vm.call(vm.types.int.into(), &[a])),
    };
    Native0: native0 |vm, place, a, _b, _c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[]))
    };
    Native1: native1 |vm, place, a, b, _c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b]))
    };
    Native2: native2 |vm, place, a, b, c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b, c]))
    };
    Native3: native3 |vm, place, a, b, c, d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b, c, d]))
    };
    Call0: call0 |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.call(a, &[])));
    Call1: call1 |vm, place, a, b, _c, _d| give(vm.in_op(place, |vm| vm.call(a, &[b])));
    Call2: call2 |vm, place, a, b, c, _d| give(vm.in_op(place, |vm| vm.call(a, &[b, c])));
    Call3: call3 |vm, place, a, b, c, d| give(vm.in_op(place, |vm| vm.call(a, &[b, c, d])));
    Append: append |_vm, _place, a, b, _c, _d| {
        a.known::<List>().push(b);
        Value::NONE.bits()
    };
    Collect: collect |_vm, _place, a, b, c, _d| {
        a.known::<List>().collect(b, c);
        Value::NONE.bits()
    };
    GetAttr: get_attr |vm, place, a, b, _c, _d| give(vm.get_attr_at(place, a, b.known()));
    SetAttr: set_attr |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.set_attr(a, b.known(), c)).map(|()| Value::NONE))
    };
    Iter: iter |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.iter(a)));
    Next: next |vm, place, a, _b, _c, _d| give(current().next(vm, place, a));
    Send: send |vm, place, a, b, _c, _d| give(current().send(vm, place, a, b));
    AsyncNext: async_next |vm, place, a, _b, _c, _d| give(vm.async_next_at(place, a));
    NextPlain: next_plain |vm, _place, a, _b, _c, _d| {
        let next = match a.cast::<Iter>() {
            Some(iter) => vm.next_builtin(iter),
            None => vm.next(a),
        };
        give(next.map(|value| value.unwrap_or(Value::UNBOUND)))
    };
    BoxFloat: box_float |_vm, _place, a, _b, _c, _d| Value::float(f64::from_bits(a.bits())).bits();
    Reads0: reads0 |vm, _place, a, _b, _c, _d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[]))
    };
    Reads1 Writes1: reads1 |vm, _place, a, b, _c, _d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b]))
    };
    Reads2 Writes2: reads2 |vm, _place, a, b, c, _d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b, c]))
    };
    Reads3 Writes3: reads3 |vm, _place, a, b, c, d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b, c, d]))
    };
    CallPlain0: call_plain0 |vm, _place, a, _b, _c, _d| give(vm.call(a, &[]));
    CallPlain1: call_plain1 |vm, _place, a, b, _c, _d| give(vm.call(a, &[b]));
    CallPlain2: call_plain2 |vm, _place, a, b, c, _d| give(vm.call(a, &[b, c]));
    CallPlain3: call_plain3 |vm, _place, a, b, c, d| give(vm.call(a, &[b, c, d]));
    Not: not |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.truth(a)).map(|t| Value::bool(!t)));
    NotPlain: not_plain |vm, _place, a, _b, _c, _d| give(vm.truth(a).map(|t| Value::bool(!t)));
    ContainsNot: contains_not |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.contains(b, a)).map(|found| Value::bool(!found)))
    };
    ContainsNotPlain: contains_not_plain |vm, _place, a, b, _c, _d| {
        give(vm.contains(b, a).map(|found| Value::bool(!found)))
    };
    SetAdd: set_add |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.set_add(a.known(), b)).map(|()| Value::NONE))
    };
    SetAddPlain: set_add_plain |vm, _place, a, b, _c, _d| {
        give(vm.set_add(a.known(), b).map(|()| Value::NONE))
    };
    NewSet: new_set |_vm, _place, _a, _b, _c, _d| Value::from(Set::new()).bits();
    EmptySet: empty_set |_vm, _place, _a, _b, _c, _d| Value::from(Set::without_room()).bits();
    OwnDict: own_dict |vm, _place, a, _b, _c, _d| vm.own_dict_of(a).bits();
    NewDict: new_dict |_vm, _place, _a, _b, _c, _d| Value::from(Dict::new()).bits();
    Format: format |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.formatted(a, b.small_unchecked() as u8, c)))
    };
    FormatPlain: format_plain |vm, _place, a, b, c, _d| {
        give(vm.formatted(a, b.small_unchecked() as u8, c))
    };
    Concat2: concat2 |_vm, _place, a, b, _c, _d| {
        Value::from(Str::concat(&[a.known(), b.known()])).bits()
    };
    Concat3: concat3 |_vm, _place, a, b, c, _d| {
        Value::from(Str::concat(&[a.known(), b.known(), c.known()])).bits()
    };
    Concat4: concat4 |_vm, _place, a, b, c, d| {
        Value::from(Str::concat(&[a.known(), b.known(), c.known(), d.known()])).bits()
    };
    JoinBytes2: join_bytes2 |_vm, _place, a, b, _c, _d| {
        let (a, b) = (a.known::<Bytes>(), b.known::<Bytes>());
        Value::from(Bytes::joined([a.as_slice(), b.as_slice()])).bits()
    };
    JoinBytes3: join_bytes3 |_vm, _place, a, b, c, _d| {
        let (a, b, c) = (a.known::<Bytes>(), b.known::<Bytes>(), c.known::<Bytes>());
        Value::from(Bytes::joined([a.as_slice(), b.as_slice(), c.as_slice()])).bits()
    };
    IterPlain: iter_plain |vm, _place, a, _b, _c, _d| give(vm.iter(a));
    SuspendFrame: suspend_frame |vm, _place, _a, _b, _c, _d| {
        vm.suspend_inlined();
        Value::NONE.bits()
    };
    NewGenerator: new_generator |vm, _place, a, _b, _c, _d| {
        Value::from(vm.empty_generator(a.known(), false)).bits()
    };
    TellWhenDead: tell_when_dead |_vm, _place, a, _b, _c, _d| {
        object::heap::register_finalizable(a);
        Value::NONE.bits()
    };
    ClosureCell: closure_cell |vm, _place, a, _b, _c, _d| {
        vm.closure_cell(a.small_unchecked() as usize).bits()
    };
    Caught: caught |_vm, _place, _a, _b, _c, _d| {
        take_raised().map_or(Value::NONE, |raised| raised.0).bits()
    };
    Passes: passes |vm, place, a, b, c, _d| {
        match b.cast::<CodeObject>() {
            Some(code) => vm.pass_exception(a, code, c, place.index(code)),
            None => vm.leave_by_exception(a, b.known()),
        }
        Value::NONE.bits()
    };
    Links: links |vm, _place, a, b, _c, _d| {
        vm.link_entries(a, b.known());
        Value::NONE.bits()
    };
    Chains: chains |vm, _place, a, b, _c, _d| {
        vm.chain_exception(a.known(), b);
        Value::NONE.bits()
    };
    NewInstance: nothing |_vm, _place, _a, _b, _c, _d| Value::NONE.bits();
}

macro_rules! float_functions {
    ($($name:ident |$a:ident| $one:expr;)* ; $($name2:ident |$x:ident, $y:ident| $two:expr;)*) => {
        $(extern "sysv64" fn $name($a: f64) -> f64 { $one })*
        $(extern "sysv64" fn $name2($x: f64, $y: f64) -> f64 { $two })*
    };
}

float_functions! {
    sin |a| a.sin();
    cos |a| a.cos();
    tan |a| a.tan();
    asin |a| a.asin();
    acos |a| a.acos();
    atan |a| a.atan();
    exp |a| a.exp();
    log |a| a.ln();
    floor |a| a.floor();
    ceil |a| a.ceil();
    ;
    atan2 |x, y| x.atan2(y);
    pow |x, y| x.powf(y);
    fmod |x, y| x % y;
    hypot |x, y| x.hypot(y);
    floor_div |x, y| object::float_div_mod(x, y).0;
    modulo |x, y| object::float_div_mod(x, y).1;
}

thread_local! {
    /// Where what has several results leaves them.
    static RESULTS: Cell<FloatResults> = const { Cell::new([0.0; 4]) };
}

/// The place of several results for machine code of this thread.
pub(crate) fn float_results() -> *mut FloatResults {
    RESULTS.with(Cell::as_ptr)
}

/// The address of a function of floats.
pub(crate) fn float_address(function: FloatFn) -> usize {
    let one = |f: extern "sysv64" fn(f64) -> f64| f as usize;
    let two = |f: extern "sysv64" fn(f64, f64) -> f64| f as usize;
    match function {
        FloatFn::Sin => one(sin),
        FloatFn::Cos => one(cos),
        FloatFn::Tan => one(tan),
        FloatFn::Asin => one(asin),
        FloatFn::Acos => one(acos),
        FloatFn::Atan => one(atan),
        FloatFn::Exp => one(exp),
        FloatFn::Log => one(log),
        FloatFn::Floor => one(floor),
        FloatFn::Ceil => one(ceil),
        FloatFn::Atan2 => two(atan2),
        FloatFn::Pow => two(pow),
        FloatFn::Fmod => two(fmod),
        FloatFn::Hypot => two(hypot),
        FloatFn::FloorDiv => two(floor_div),
        FloatFn::Mod => two(modulo),
        FloatFn::SinCos => object::sincos as *const () as usize,
    }
}
