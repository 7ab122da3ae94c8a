//! Upper, lower, title and folded case.

use super::text_of;
use crate::unicode;
use object::{Gc, Str, StrBuilder, Value};
use vm::{Def, PyResult, Vm, method};

pub(super) const METHODS: &[Def] = &[
    method("lower(self, /)", |vm, args| {
        Ok(lower(text_of(vm, args[0])?).into())
    }),
    method("upper(self, /)", |vm, args| {
        Ok(upper(text_of(vm, args[0])?).into())
    }),
    method("casefold(self, /)", |vm, args| {
        Ok(casefold(text_of(vm, args[0])?).into())
    }),
    method("capitalize(self, /)", |vm, args| {
        Ok(capitalize(text_of(vm, args[0])?).into())
    }),
    method("title(self, /)", |vm, args| {
        Ok(title(text_of(vm, args[0])?).into())
    }),
    method("swapcase(self, /)", swapcase),
];

/// Maps code points one by one; `map` gets all of them and the place.
fn mapped(text: Gc<Str>, map: impl Fn(&[u32], usize, &mut dyn FnMut(u32))) -> Gc<Str> {
    let points = text.to_points();
    let mut out = StrBuilder::with_capacity(points.len());
    for at in 0..points.len() {
        map(&points, at, &mut |point| out.push_point(point));
    }
    out.finish()
}

pub fn lower(text: Gc<Str>) -> Gc<Str> {
    match text.get().as_ascii() {
        Some(ascii) => Str::from_latin1(&ascii.as_bytes().to_ascii_lowercase()),
        None => mapped(text, |all, at, mut push| {
            unicode::lower_at(all, at, &mut push);
        }),
    }
}

pub fn upper(text: Gc<Str>) -> Gc<Str> {
    match text.get().as_ascii() {
        Some(ascii) => Str::from_latin1(&ascii.as_bytes().to_ascii_uppercase()),
        None => mapped(text, |all, at, mut push| unicode::upper(all[at], &mut push)),
    }
}

fn casefold(text: Gc<Str>) -> Gc<Str> {
    match text.get().as_ascii() {
        Some(ascii) => Str::from_latin1(&ascii.as_bytes().to_ascii_lowercase()),
        None => mapped(text, |all, at, mut push| unicode::fold(all[at], &mut push)),
    }
}

fn capitalize(text: Gc<Str>) -> Gc<Str> {
    mapped(text, |all, at, mut push| match at {
        0 => unicode::title(all[0], &mut push),
        _ => unicode::lower_at(all, at, &mut push),
    })
}

fn is_cased(point: u32) -> bool {
    unicode::is_lower(point) || unicode::is_upper(point) || unicode::is_title(point)
}

fn title(text: Gc<Str>) -> Gc<Str> {
    mapped(text, |all, at, mut push| {
        if at > 0 && is_cased(all[at - 1]) {
            unicode::lower_at(all, at, &mut push);
        } else {
            unicode::title(all[at], &mut push);
        }
    })
}

fn swapcase(vm: &mut Vm, args: &[Value]) -> PyResult {
    let text = text_of(vm, args[0])?;
    let swapped = mapped(text, |all, at, mut push| match all[at] {
        point if unicode::is_upper(point) => unicode::lower_at(all, at, &mut push),
        point if unicode::is_lower(point) => unicode::upper(point, &mut push),
        point => push(point),
    });
    Ok(swapped.into())
}
