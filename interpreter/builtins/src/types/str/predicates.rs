//! `isalpha` and its kin.

use super::text_of;
use crate::unicode;
use object::Value;
use vm::{Def, PyResult, Vm, method};

pub(super) const METHODS: &[Def] = &[
    method("isascii(self, /)", |vm, args| {
        Ok(text_of(vm, args[0])?.is_ascii().into())
    }),
    method("isalpha(self, /)", |vm, args| {
        all(vm, args, unicode::is_alpha)
    }),
    method("isalnum(self, /)", |vm, args| {
        all(vm, args, unicode::is_alnum)
    }),
    method("isdecimal(self, /)", |vm, args| {
        all(vm, args, unicode::is_decimal)
    }),
    method("isdigit(self, /)", |vm, args| {
        all(vm, args, unicode::is_digit)
    }),
    method("isnumeric(self, /)", |vm, args| {
        all(vm, args, unicode::is_numeric)
    }),
    method("isspace(self, /)", |vm, args| {
        all(vm, args, unicode::is_space)
    }),
    method("isprintable(self, /)", |vm, args| {
        let text = text_of(vm, args[0])?;
        Ok(text.points().all(unicode::is_printable).into())
    }),
    method("isidentifier(self, /)", is_identifier),
    method("islower(self, /)", |vm, args| {
        one_case(vm, args, unicode::is_lower, unicode::is_upper)
    }),
    method("isupper(self, /)", |vm, args| {
        one_case(vm, args, unicode::is_upper, unicode::is_lower)
    }),
    method("istitle(self, /)", is_title),
];

fn all(vm: &mut Vm, args: &[Value], holds: fn(u32) -> bool) -> PyResult {
    let text = text_of(vm, args[0])?;
    Ok((!text.is_empty() && text.points().all(holds)).into())
}

fn is_identifier(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let mut points = text.points();
    let starts = points.next().is_some_and(unicode::is_identifier_start);
    Ok((starts && points.all(unicode::is_identifier_continue)).into())
}

/// At least one character of a case and none of the other.
fn one_case(
    vm: &mut Vm,
    args: &[Value],
    wanted: fn(u32) -> bool,
    unwanted: fn(u32) -> bool,
) -> PyResult {
    let text = text_of(vm, args[0])?;
    let mut found = false;
    for point in text.points() {
        if unwanted(point) || unicode::is_title(point) {
            return Ok(Value::FALSE);
        }
        found |= wanted(point);
    }
    Ok(found.into())
}

fn is_title(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let (mut after_cased, mut found) = (false, false);
    for point in text.points() {
        let starts = unicode::is_upper(point) || unicode::is_title(point);
        let follows = unicode::is_lower(point);
        if (starts && after_cased) || (follows && !after_cased) {
            return Ok(Value::FALSE);
        }
        after_cased = starts || follows;
        found |= after_cased;
    }
    Ok(found.into())
}
