//! Annotations as text, for `from __future__ import annotations`: what the tree says, written as CPython
//! writes it, not what stands in the source. A tree that a program made has no source.
//!
//! Kinds of expressions that annotations have no use for (lambdas, comprehensions, f-strings) are
//! not written here; for those the source is taken.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Number, Operator, UnaryOp};

/// How tightly the parts of an expression hold together, from loose to tight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    /// The next tighter one.
    fn tighter(self) -> Level {
        use Level::*;
        const ALL: [Level; 16] = [
            Tuple, Test, Or, And, Not, Compare, BitOr, BitXor, BitAnd, Shift, Sum, Term, Factor,
            Power, Await, Atom,
        ];
        ALL[(self as usize + 1).min(ALL.len() - 1)]
    }
}

/// An annotation's text; `None` if it contains something that is not written here.
pub fn annotation(expr: &Expr) -> Option<String> {
    let mut out = String::new();
    write(expr, Level::Test, &mut out)?;
    Some(out)
}

fn write(expr: &Expr, level: Level, out: &mut String) -> Option<()> {
    match expr {
        Expr::Name(name) => out.push_str(&name.id),
        Expr::NoneLiteral(_) => out.push_str("None"),
        Expr::EllipsisLiteral(_) => out.push_str("..."),
        Expr::BooleanLiteral(boolean) => out.push_str(if boolean.value { "True" } else { "False" }),
        Expr::StringLiteral(string) => quoted(string.value.to_str(), out),
        Expr::BytesLiteral(bytes) => {
            if !bytes.value.bytes().all(|byte| byte.is_ascii()) {
                return None;
            }
            out.push('b');
            quoted(
                &bytes.value.bytes().map(char::from).collect::<String>(),
                out,
            );
        }
        Expr::NumberLiteral(number) => write_number(&number.value, out)?,
        Expr::Attribute(attribute) => {
            write(&attribute.value, Level::Atom, out)?;
            if matches!(&*attribute.value, Expr::NumberLiteral(_)) {
                out.push(' ');
            }
            out.push('.');
            out.push_str(&attribute.attr);
        }
        Expr::Subscript(subscript) => {
            write(&subscript.value, Level::Atom, out)?;
            out.push('[');
            write(&subscript.slice, Level::Tuple, out)?;
            out.push(']');
        }
        Expr::Slice(slice) => write_slice(slice, out)?,
        Expr::Starred(starred) => {
            out.push('*');
            write(&starred.value, Level::BitOr, out)?;
        }
        Expr::Call(call) => write_call(call, out)?,
        Expr::List(items) => {
            out.push('[');
            list(&items.elts, out)?;
            out.push(']');
        }
        Expr::Set(items) => {
            out.push('{');
            list(&items.elts, out)?;
            out.push('}');
        }
        Expr::Dict(dict) => write_dict(dict, out)?,
        _ => return write_operation(expr, level, out),
    }
    Some(())
}

fn write_slice(slice: &ast::ExprSlice, out: &mut String) -> Option<()> {
    for (mark, part) in [("", &slice.lower), (":", &slice.upper)] {
        out.push_str(mark);
        if let Some(part) = part {
            write(part, Level::Test, out)?;
        }
    }
    if let Some(step) = &slice.step {
        out.push(':');
        write(step, Level::Test, out)?;
    }
    Some(())
}

fn write_call(call: &ast::ExprCall, out: &mut String) -> Option<()> {
    write(&call.func, Level::Atom, out)?;
    out.push('(');
    list(&call.arguments.args, out)?;
    for (at, keyword) in call.arguments.keywords.iter().enumerate() {
        if at > 0 || !call.arguments.args.is_empty() {
            out.push_str(", ");
        }
        match &keyword.arg {
            Some(name) => {
                out.push_str(name);
                out.push('=');
            }
            None => out.push_str("**"),
        }
        write(&keyword.value, Level::Test, out)?;
    }
    out.push(')');
    Some(())
}

fn write_dict(dict: &ast::ExprDict, out: &mut String) -> Option<()> {
    out.push('{');
    for (at, item) in dict.items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        match &item.key {
            Some(key) => {
                write(key, Level::Test, out)?;
                out.push_str(": ");
                write(&item.value, Level::Test, out)?;
            }
            None => {
                out.push_str("**");
                write(&item.value, Level::BitOr, out)?;
            }
        }
    }
    out.push('}');
    Some(())
}

fn list(items: &[Expr], out: &mut String) -> Option<()> {
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write(item, Level::Test, out)?;
    }
    Some(())
}

/// How tightly an operation's parts hold together; `None` for what is none.
fn own_level(expr: &Expr) -> Option<Level> {
    Some(match expr {
        Expr::Tuple(_) => Level::Tuple,
        Expr::If(_) => Level::Test,
        Expr::BoolOp(op) if op.op == BoolOp::Or => Level::Or,
        Expr::BoolOp(_) => Level::And,
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => Level::Not,
        Expr::UnaryOp(_) => Level::Factor,
        Expr::Compare(_) => Level::Compare,
        Expr::BinOp(op) => binary(op.op).1,
        _ => return None,
    })
}

/// What may need parentheses.
fn write_operation(expr: &Expr, level: Level, out: &mut String) -> Option<()> {
    if let Expr::Tuple(tuple) = expr
        && tuple.elts.is_empty()
    {
        out.push_str("()");
        return Some(());
    }
    let own = own_level(expr)?;
    let parenthesized = level > own;
    if parenthesized {
        out.push('(');
    }
    match expr {
        Expr::Tuple(tuple) => {
            list(&tuple.elts, out)?;
            if tuple.elts.len() == 1 {
                out.push(',');
            }
        }
        Expr::If(choice) => {
            write(&choice.body, own.tighter(), out)?;
            out.push_str(" if ");
            write(&choice.test, own.tighter(), out)?;
            out.push_str(" else ");
            write(&choice.orelse, own, out)?;
        }
        Expr::BoolOp(op) => {
            for (at, value) in op.values.iter().enumerate() {
                match (at, op.op) {
                    (0, _) => {}
                    (_, BoolOp::And) => out.push_str(" and "),
                    (_, BoolOp::Or) => out.push_str(" or "),
                }
                write(value, own.tighter(), out)?;
            }
        }
        Expr::UnaryOp(op) => {
            out.push_str(match op.op {
                UnaryOp::Not => "not ",
                UnaryOp::Invert => "~",
                UnaryOp::UAdd => "+",
                UnaryOp::USub => "-",
            });
            write(&op.operand, own, out)?;
        }
        Expr::Compare(compare) => {
            write(&compare.left, own.tighter(), out)?;
            for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                out.push_str(comparison(*op));
                write(right, own.tighter(), out)?;
            }
        }
        Expr::BinOp(op) => {
            let is_power = op.op == Operator::Pow;
            let (left, right) = match is_power {
                true => (own.tighter(), own),
                false => (own, own.tighter()),
            };
            write(&op.left, left, out)?;
            out.push_str(binary(op.op).0);
            write(&op.right, right, out)?;
        }
        _ => return None,
    }
    if parenthesized {
        out.push(')');
    }
    Some(())
}

fn binary(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", Level::Sum),
        Operator::Sub => (" - ", Level::Sum),
        Operator::Mult => (" * ", Level::Term),
        Operator::MatMult => (" @ ", Level::Term),
        Operator::Div => (" / ", Level::Term),
        Operator::Mod => (" % ", Level::Term),
        Operator::FloorDiv => (" // ", Level::Term),
        Operator::LShift => (" << ", Level::Shift),
        Operator::RShift => (" >> ", Level::Shift),
        Operator::BitOr => (" | ", Level::BitOr),
        Operator::BitXor => (" ^ ", Level::BitXor),
        Operator::BitAnd => (" & ", Level::BitAnd),
        Operator::Pow => (" ** ", Level::Power),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

/// Integers as they are; of floats those that Rust writes as Python does.
fn write_number(number: &Number, out: &mut String) -> Option<()> {
    match number {
        Number::Int(int) => {
            let text = int.to_string();
            if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            out.push_str(&text);
        }
        Number::Float(float) if *float == 0.0 || (1e-4..1e16).contains(&float.abs()) => {
            out.push_str(&format!("{float:?}"));
        }
        _ => return None,
    }
    Some(())
}

/// A literal, as `repr` writes it.
fn quoted(text: &str, out: &mut String) {
    let turned = text.contains('\'') && !text.contains('"');
    let quote = if turned { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
}
