//! The functions behind the table of `trace::Rt`, as machine code calls them.
//!
//! Each gets the machine's address, the place of the bytecode op and four words. What raises keeps
//! the exception for the exit and gives `RAISED`.

use crate::exit::{current, machine, place_of, raise, take_raised, way_of};
use object::{CodeObject, Dict, Function, Iter, List, Set, Str, Value};
use trace::{FloatFn, RAISED, Rt};
use vm::traced::Inlined;
use vm::{Machine, PyResult, Then, Vm, slicing};

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

/// The parts of a slice that the trace has tested.
fn tested_parts(start: Value, stop: Value, step: Value) -> (i64, i64, i64) {
    match slicing::plain_parts(start, stop, step) {
        Some(parts) => parts,
        None => unreachable!("the trace has tested the slice's parts"),
    }
}

macro_rules! functions {
    ($($name:ident |$vm:ident, $place:ident, $a:ident, $b:ident, $c:ident, $d:ident| $body:expr;)*) => {
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
    };
}

functions! {
    step |vm, place, _a, _b, _c, _d| give(vm.step(place).map(|()| Value::NONE));
    push_frame |vm, place, a, b, c, d| {
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
    pop_frame |vm, _place, _a, _b, _c, _d| {
        vm.pop_inlined();
        Value::NONE.bits()
    };
    run_frame |vm, place, a, b, _c, _d| {
        give(current().run_frame(vm, place, a == Value::TRUE, way_of(b.bits() as usize)))
    };
    binary |vm, place, a, b, _c, _d| give(vm.binary_at(place, a, b));
    binary_plain |vm, place, a, b, _c, _d| give(vm.binary_of(place, a, b));
    compare |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.in_op(place, |vm| vm.compare(op, a, b))),
        None => RAISED,
    };
    compare_plain |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.compare(op, a, b)),
        None => RAISED,
    };
    test |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.in_op(place, |vm| vm.test(op, a, b)).map(Value::bool)),
        None => RAISED,
    };
    test_plain |vm, place, a, b, _c, _d| match Vm::comparison_at(place) {
        Some(op) => give(vm.test(op, a, b).map(Value::bool)),
        None => RAISED,
    };
    truth |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.truth(a)).map(Value::bool));
    truth_plain |vm, _place, a, _b, _c, _d| give(vm.truth(a).map(Value::bool));
    get_item |vm, place, a, b, _c, _d| give(vm.in_op(place, |vm| vm.get_item(a, b)));
    get_item_plain |vm, _place, a, b, _c, _d| give(vm.get_item(a, b));
    set_item |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.set_item(a, b, c)).map(|()| Value::NONE))
    };
    set_item_plain |vm, _place, a, b, c, _d| give(vm.set_item(a, b, c).map(|()| Value::NONE));
    part |_vm, _place, a, b, c, d| match slicing::part(a, tested_parts(b, c, d)) {
        Some(part) => part.bits(),
        None => unreachable!("the trace has tested what is sliced"),
    };
    set_list_slice |_vm, _place, a, b, c, d| {
        let done = slicing::set_plain(a.known(), tested_parts(b, c, Value::NONE), d);
        debug_assert!(done, "the trace has tested what is assigned");
        Value::NONE.bits()
    };
    contains |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.contains(b, a)).map(Value::bool))
    };
    contains_plain |vm, _place, a, b, _c, _d| give(vm.contains(b, a).map(Value::bool));
    native0 |vm, place, a, _b, _c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[]))
    };
    native1 |vm, place, a, b, _c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b]))
    };
    native2 |vm, place, a, b, c, _d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b, c]))
    };
    native3 |vm, place, a, b, c, d| {
        give(vm.native_at(place, a.small_unchecked() as u32, &[b, c, d]))
    };
    call0 |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.call(a, &[])));
    call1 |vm, place, a, b, _c, _d| give(vm.in_op(place, |vm| vm.call(a, &[b])));
    call2 |vm, place, a, b, c, _d| give(vm.in_op(place, |vm| vm.call(a, &[b, c])));
    call3 |vm, place, a, b, c, d| give(vm.in_op(place, |vm| vm.call(a, &[b, c, d])));
    append |_vm, _place, a, b, _c, _d| {
        a.known::<List>().push(b);
        Value::NONE.bits()
    };
    get_attr |vm, place, a, b, _c, _d| give(vm.get_attr_at(place, a, b.known()));
    set_attr |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.set_attr(a, b.known(), c)).map(|()| Value::NONE))
    };
    iter |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.iter(a)));
    next |vm, place, a, _b, _c, _d| give(current().next(vm, place, a));
    send |vm, place, a, b, _c, _d| give(current().send(vm, place, a, b));
    next_plain |vm, _place, a, _b, _c, _d| {
        let next = vm.next_builtin(a.known::<Iter>());
        give(next.map(|value| value.unwrap_or(Value::UNBOUND)))
    };
    box_float |_vm, _place, a, _b, _c, _d| Value::float(f64::from_bits(a.bits())).bits();
    reads1 |vm, _place, a, b, _c, _d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b]))
    };
    reads2 |vm, _place, a, b, c, _d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b, c]))
    };
    reads3 |vm, _place, a, b, c, d| {
        give(vm.plain_native_call(a.small_unchecked() as u32, &[b, c, d]))
    };
    call_plain0 |vm, _place, a, _b, _c, _d| give(vm.call(a, &[]));
    call_plain1 |vm, _place, a, b, _c, _d| give(vm.call(a, &[b]));
    call_plain2 |vm, _place, a, b, c, _d| give(vm.call(a, &[b, c]));
    call_plain3 |vm, _place, a, b, c, d| give(vm.call(a, &[b, c, d]));
    not |vm, place, a, _b, _c, _d| give(vm.in_op(place, |vm| vm.truth(a)).map(|t| Value::bool(!t)));
    not_plain |vm, _place, a, _b, _c, _d| give(vm.truth(a).map(|t| Value::bool(!t)));
    contains_not |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.contains(b, a)).map(|found| Value::bool(!found)))
    };
    contains_not_plain |vm, _place, a, b, _c, _d| {
        give(vm.contains(b, a).map(|found| Value::bool(!found)))
    };
    set_add |vm, place, a, b, _c, _d| {
        give(vm.in_op(place, |vm| vm.set_add(a.known(), b)).map(|()| Value::NONE))
    };
    set_add_plain |vm, _place, a, b, _c, _d| {
        give(vm.set_add(a.known(), b).map(|()| Value::NONE))
    };
    new_set |_vm, _place, _a, _b, _c, _d| Value::from(Set::new()).bits();
    new_dict |_vm, _place, _a, _b, _c, _d| Value::from(Dict::new()).bits();
    format |vm, place, a, b, c, _d| {
        give(vm.in_op(place, |vm| vm.formatted(a, b.small_unchecked() as u8, c)))
    };
    format_plain |vm, _place, a, b, c, _d| {
        give(vm.formatted(a, b.small_unchecked() as u8, c))
    };
    concat2 |_vm, _place, a, b, _c, _d| {
        Value::from(Str::concat(&[a.known(), b.known()])).bits()
    };
    concat3 |_vm, _place, a, b, c, _d| {
        Value::from(Str::concat(&[a.known(), b.known(), c.known()])).bits()
    };
    concat4 |_vm, _place, a, b, c, d| {
        Value::from(Str::concat(&[a.known(), b.known(), c.known(), d.known()])).bits()
    };
    iter_plain |vm, _place, a, _b, _c, _d| give(vm.iter(a));
    suspend_frame |vm, _place, _a, _b, _c, _d| {
        vm.suspend_inlined();
        Value::NONE.bits()
    };
    new_generator |vm, _place, a, _b, _c, _d| Value::from(vm.empty_generator(a.known())).bits();
    new_function |vm, _place, a, b, c, _d| vm.function_of(a.known(), b.known(), c).bits();
    closure_cell |vm, _place, a, _b, _c, _d| {
        vm.closure_cell(a.small_unchecked() as usize).bits()
    };
    caught |_vm, _place, _a, _b, _c, _d| {
        take_raised().map_or(Value::NONE, |raised| raised.0).bits()
    };
    passes |vm, place, a, b, c, _d| {
        let code = b.known::<CodeObject>();
        vm.pass_exception(a, code, c, place.index(code));
        Value::NONE.bits()
    };
    chains |vm, _place, a, b, _c, _d| {
        vm.chain_exception(a.known(), b);
        Value::NONE.bits()
    };
    nothing |_vm, _place, _a, _b, _c, _d| Value::NONE.bits();
}

/// The address of a runtime function.
pub(crate) fn address(rt: Rt) -> usize {
    let function: RuntimeFn = match rt {
        Rt::Step | Rt::StepPlain => step,
        Rt::PushFrame => push_frame,
        Rt::PopFrame => pop_frame,
        Rt::RunFrame => run_frame,
        Rt::Binary => binary,
        Rt::BinaryPlain => binary_plain,
        Rt::Compare => compare,
        Rt::ComparePlain => compare_plain,
        Rt::Test => test,
        Rt::TestPlain => test_plain,
        Rt::Truth => truth,
        Rt::TruthPlain => truth_plain,
        Rt::GetItem => get_item,
        Rt::GetItemPlain => get_item_plain,
        Rt::SetItem => set_item,
        Rt::SetItemPlain => set_item_plain,
        Rt::Part => part,
        Rt::SetListSlice => set_list_slice,
        Rt::Contains => contains,
        Rt::ContainsPlain => contains_plain,
        Rt::Native0 => native0,
        Rt::Native1 => native1,
        Rt::Native2 => native2,
        Rt::Native3 => native3,
        Rt::Call0 => call0,
        Rt::Call1 => call1,
        Rt::Call2 => call2,
        Rt::Call3 => call3,
        Rt::Append => append,
        Rt::GetAttr => get_attr,
        Rt::SetAttr => set_attr,
        Rt::Iter => iter,
        Rt::Next => next,
        Rt::Send => send,
        Rt::NextPlain => next_plain,
        Rt::BoxFloat => box_float,
        Rt::NewInstance => nothing,
        Rt::Reads1 | Rt::Writes1 => reads1,
        Rt::Reads2 | Rt::Writes2 => reads2,
        Rt::Reads3 | Rt::Writes3 => reads3,
        Rt::CallPlain0 => call_plain0,
        Rt::CallPlain1 => call_plain1,
        Rt::CallPlain2 => call_plain2,
        Rt::CallPlain3 => call_plain3,
        Rt::Not => not,
        Rt::NotPlain => not_plain,
        Rt::ContainsNot => contains_not,
        Rt::ContainsNotPlain => contains_not_plain,
        Rt::SetAdd => set_add,
        Rt::SetAddPlain => set_add_plain,
        Rt::NewSet => new_set,
        Rt::NewDict => new_dict,
        Rt::Format => format,
        Rt::FormatPlain => format_plain,
        Rt::Concat2 => concat2,
        Rt::Concat3 => concat3,
        Rt::Concat4 => concat4,
        Rt::IterPlain => iter_plain,
        Rt::SuspendFrame => suspend_frame,
        Rt::NewGenerator => new_generator,
        Rt::NewFunction => new_function,
        Rt::ClosureCell => closure_cell,
        Rt::Caught => caught,
        Rt::Passes => passes,
        Rt::Chains => chains,
    };
    function as usize
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
    floor_div |x, y| (x / y).floor();
    modulo |x, y| x - y * (x / y).floor();
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
    }
}
