//! The text form of a trace, and its parser. One op a line; snapshots stand where they are first
//! used, before the op; sunk objects, with the numbers of their stores, at the end.

use crate::buffer::{Const, Entry, Fact, NO_SNAPSHOT, Ref, Snapshot, Trace};
use crate::ops::{Cond, Op, Repr, Role};
use crate::rt::{FloatFn, Rt};
use object::Value;
use std::fmt::Write;

/// The text of a trace.
pub fn print(trace: &Trace) -> String {
    let mut text = String::new();
    let mut shown = 0;
    for at in 0..trace.len() {
        let ins = trace.get(at);
        if let Some(snapshot) = ins.snapshot() {
            while shown <= snapshot as usize && shown < trace.snapshot_count() {
                print_snapshot(trace, shown as u16, &mut text);
                shown += 1;
            }
        }
        let info = ins.op.info();
        if info.result == Repr::None {
            text.push_str("  ");
        } else {
            let _ = write!(text, "  v{at} = ");
        }
        text.push_str(info.name);
        for (place, (letter, &word)) in info.operands.bytes().zip(&*ins.operands).enumerate() {
            let at_first = place == 0;
            let _ = match letter {
                b'i' if is_condition(ins.op) => {
                    write!(text, " {}", Cond::NAMES.get(word as usize).unwrap_or(&"?"))
                }
                b'i' if at_first && is_call(ins.op) => write!(text, " {}", function(word)),
                b'i' if at_first && is_float_call(ins.op) => {
                    write!(text, " {}", float_function(word))
                }
                b'i' => write!(text, " {word}"),
                b's' => write!(text, " @{word}"),
                _ => write!(text, " {}", show(trace, Ref(word))),
            };
        }
        text.push('\n');
    }
    for object in trace.sunk() {
        let _ = write!(text, "sunk v{}", object.new);
        for store in &object.stores {
            let _ = write!(text, " {store}");
        }
        text.push('\n');
    }
    text
}

fn is_call(op: Op) -> bool {
    op.role() == Role::Call
}

fn is_float_call(op: Op) -> bool {
    matches!(op, Op::CallFloat | Op::CallFloat2)
}

fn function(number: u16) -> &'static str {
    Rt::from_number(number).map_or("?", Rt::text)
}

fn float_function(number: u16) -> &'static str {
    FloatFn::from_number(number).map_or("?", FloatFn::text)
}

/// What stands behind a value for what is known of it.
fn show_fact(trace: &Trace, fact: Fact) -> String {
    let kind = Fact::KINDS[usize::from(fact.kind())];
    match fact.shape().and_then(|shape| trace.constant_of(shape)) {
        Some(Const::Raw(shape)) => format!(":{kind}#{shape}"),
        _ if fact.kind() == 0 => String::new(),
        _ => format!(":{kind}"),
    }
}

fn is_condition(op: Op) -> bool {
    matches!(op, Op::GuardInt | Op::GuardFloats)
}

fn show(trace: &Trace, r: Ref) -> String {
    match trace.constant_of(r) {
        Some(Const::Word(word)) => match word.as_small() {
            Some(n) => n.to_string(),
            None => format!("w:{:#x}", word.bits()),
        },
        Some(Const::Float(bits)) => format!("f:{:?}", f64::from_bits(bits)),
        Some(Const::Raw(n)) => format!("raw:{n}"),
        None => format!("v{}", r.0),
    }
}

fn print_snapshot(trace: &Trace, at: u16, text: &mut String) {
    let frame = trace.frame(at);
    let _ = write!(text, "@{at} pc {}", frame.pc);
    if frame.parent != NO_SNAPSHOT {
        let _ = write!(
            text,
            " in @{} function {} base {} to {}",
            frame.parent,
            show(trace, frame.function),
            frame.base,
            frame.dst
        );
        if frame.then != 0 {
            let _ = write!(text, " then {}", frame.then);
        }
        if frame.pushed {
            text.push_str(" pushed");
        }
    }
    for entry in trace.frame_entries(at) {
        let (register, value) = (entry.register, show(trace, entry.value));
        let _ = write!(text, " r{register}={value}{}", show_fact(trace, entry.fact));
    }
    text.push('\n');
}

/// Reads a trace; lines that begin with `#` are comments. An error names the line.
pub fn parse(text: &str) -> Result<Trace, String> {
    let mut trace = Trace::new();
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let result = match words.first() {
            None => Ok(()),
            Some(first) if first.starts_with('#') => Ok(()),
            Some(&"sunk") => parse_sunk(&mut trace, &words),
            Some(first) if first.starts_with('@') => parse_snapshot(&mut trace, &words),
            Some(_) => parse_op(&mut trace, &words),
        };
        result.map_err(|what| format!("line {}: {what}", number + 1))?;
    }
    Ok(trace)
}

fn parse_op(trace: &mut Trace, words: &[&str]) -> Result<(), String> {
    let words = match words {
        [result, "=", rest @ ..] => {
            if *result != format!("v{}", trace.len()) {
                return Err(format!("the result is v{}, not {result}", trace.len()));
            }
            rest
        }
        rest => rest,
    };
    let [name, operands @ ..] = words else {
        return Err("an op is missing".into());
    };
    let op = Op::ALL.iter().copied().find(|op| op.info().name == *name);
    let op = op.ok_or_else(|| format!("there is no op {name}"))?;
    if operands.len() != op.operand_count() {
        return Err(format!("{name} takes {} operands", op.operand_count()));
    }
    let mut encoded = Vec::with_capacity(operands.len());
    for (place, (letter, word)) in op.info().operands.bytes().zip(operands).enumerate() {
        encoded.push(match letter {
            b'i' if is_condition(op) => Cond::NAMES
                .iter()
                .position(|name| name == word)
                .ok_or_else(|| format!("{word} is no condition"))?
                as u16,
            b'i' if place == 0 && is_call(op) => {
                Rt::from_text(word).ok_or_else(|| format!("there is no function {word}"))? as u16
            }
            b'i' if place == 0 && is_float_call(op) => FloatFn::from_text(word)
                .ok_or_else(|| format!("there is no function {word}"))?
                as u16,
            b'i' => parse_number(word)?,
            b's' => parse_number(word.strip_prefix('@').unwrap_or("?"))?,
            _ => parse_ref(trace, word)?.0,
        });
    }
    trace
        .push(op, &encoded)
        .map_err(|_| "the trace is too long")?;
    Ok(())
}

fn parse_number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word} is no number that fits"))
}

fn parse_ref(trace: &mut Trace, word: &str) -> Result<Ref, String> {
    let constant = if let Some(number) = word.strip_prefix('v') {
        return parse_number::<u16>(number).and_then(|number| {
            if number < 0x8000 {
                Ok(Ref(number))
            } else {
                Err(format!("{word} is too large"))
            }
        });
    } else if let Some(bits) = word.strip_prefix("w:0x") {
        let bits = u64::from_str_radix(bits, 16).map_err(|_| format!("{word} is no word"))?;
        Const::Word(Value::from_bits(bits))
    } else if let Some(float) = word.strip_prefix("f:") {
        Const::Float(parse_number::<f64>(float)?.to_bits())
    } else if let Some(raw) = word.strip_prefix("raw:") {
        Const::Raw(parse_number(raw)?)
    } else {
        let small = Value::try_small(parse_number(word)?);
        Const::Word(small.ok_or_else(|| format!("{word} is no small integer"))?)
    };
    trace
        .constant(constant)
        .map_err(|_| "too many constants".into())
}

/// Splits what is known of a value off its text.
fn parse_fact<'a>(trace: &mut Trace, text: &'a str) -> Result<(&'a str, Fact), String> {
    let Some((value, fact)) = text.rsplit_once(':') else {
        return Ok((text, Fact::default()));
    };
    let (kind, shape) = match fact.split_once('#') {
        Some((kind, shape)) => (kind, Some(parse_number(shape)?)),
        None => (fact, None),
    };
    let Some(kind) = Fact::KINDS.iter().position(|&name| name == kind) else {
        return Ok((text, Fact::default()));
    };
    let shape = match shape {
        Some(shape) => Some(
            trace
                .constant(Const::Raw(shape))
                .map_err(|_| "too many constants")?,
        ),
        None => None,
    };
    Ok((value, Fact::new(kind as u8, shape)))
}

fn parse_sunk(trace: &mut Trace, words: &[&str]) -> Result<(), String> {
    let [_, new, stores @ ..] = words else {
        return Err("a sunk object has a number".into());
    };
    let new = parse_number(new.strip_prefix('v').unwrap_or("?"))?;
    let stores = stores.iter().map(|store| parse_number(store));
    let stores = stores.collect::<Result<_, _>>()?;
    trace.sink(new, stores);
    Ok(())
}

fn parse_snapshot(trace: &mut Trace, words: &[&str]) -> Result<(), String> {
    let expected = format!("@{}", trace.snapshot_count());
    let [name, "pc", pc, rest @ ..] = words else {
        return Err("a snapshot has a pc".into());
    };
    if *name != expected {
        return Err(format!("the snapshot is {expected}, not {name}"));
    }
    let mut frame = Snapshot {
        parent: NO_SNAPSHOT,
        function: Ref::NONE,
        base: 0,
        dst: 0,
        pc: parse_number(pc)?,
        then: 0,
        pushed: false,
    };
    let mut entries = rest;
    if let [
        "in",
        parent,
        "function",
        function,
        "base",
        base,
        "to",
        dst,
        more @ ..,
    ] = rest
    {
        frame.parent = parse_number(parent.strip_prefix('@').unwrap_or("?"))?;
        frame.function = parse_ref(trace, function)?;
        frame.base = parse_number(base)?;
        frame.dst = parse_number(dst)?;
        entries = more;
        if let ["then", then, more @ ..] = entries {
            frame.then = parse_number(then)?;
            entries = more;
        }
        if let ["pushed", more @ ..] = entries {
            frame.pushed = true;
            entries = more;
        }
    }
    let mut values = Vec::new();
    for entry in entries {
        let (register, value) = entry
            .split_once('=')
            .ok_or_else(|| format!("{entry} is no register's value"))?;
        let register = parse_number(register.strip_prefix('r').unwrap_or("?"))?;
        let (value, fact) = parse_fact(trace, value)?;
        values.push(Entry {
            register,
            value: parse_ref(trace, value)?,
            fact,
        });
    }
    trace
        .snapshot(frame, &values)
        .map_err(|_| "too many snapshots")?;
    Ok(())
}
