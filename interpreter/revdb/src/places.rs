//! Watched places: an attribute, an item, or what a chain of those leads to, by the write barrier.
//!
//! A place is followed from its object step by step, as plain storage: no code of the program runs.
//! All objects on the way are watched (`object::heap::watched`), with the classes whose attributes
//! would be seen if an object had none of its own. Writes to them are told before they happen, so
//! what is known at that moment is that something may change: the next stop point looks. What one
//! write changed and the next one changes back is caught where a place's *spot* in its storage is
//! known, because each write is told before the next.
//!
//! So a watched place costs nothing at stop points before which nothing on its way was written to.
//! It finds between which two stop points a value changed; at which instruction, a second run through
//! that stretch finds by traps (`vm::stops`).
//!
//! A place changes when it holds another object, or another number; not when the object that it
//! holds does. What cannot be followed so (a property, `__getattr__`, `__getitem__` in Python) is
//! watched as an expression.
//!
//! An expression that only computes, with operators and builtin functions, has places for *inputs*
//! (`inputs`). While these hold numbers, texts, or containers of such, it is evaluated only when one
//! of them was written to; else (they are *deep*) at each stop point.

use crate::protocol::{Path, Step, Time, Watchpoint};
use object::heap::{numbers, watched};
use object::{
    Builtin, Class, Dict, Gc, Kind, List, Member, Module, Str, Tuple, Value, Wrapper, attributes,
    hash_i64, intern, shape,
};
use std::cell::{Cell, RefCell};
use vm::stops;

/// Containers with more parts are looked into at each stop point.
const PARTS_MAX: usize = 10_000;

/// What a place holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// The object that the place belongs to is created later.
    Unborn,
    /// It is there no more.
    Gone,
    /// There is no such attribute or item.
    Nothing,
    /// It cannot be followed.
    Opaque,
    Value(Value),
}

/// Something changed in a watched place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Change {
    /// The watchpoint's number.
    pub(crate) number: u32,
    /// The last stop point before.
    pub(crate) time: Time,
    pub(crate) old: Held,
    pub(crate) new: Held,
}

struct Place {
    number: u32,
    path: Path,
    held: Held,
    spot: Option<watched::Spot>,
    is_input: bool,
}

impl Place {
    /// Whether a look at its spot tells that it holds what it held.
    fn is_as_it_was(&self) -> bool {
        let now = self.spot.and_then(watched::Spot::read);
        !self.is_input
            && self.path.steps.len() == 1
            && now.is_some_and(|now| held(now) == self.held)
    }
}

thread_local! {
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
    /// What is changed, and not yet taken.
    static CHANGES: RefCell<Vec<Change>> = const { RefCell::new(Vec::new()) };
    static TOUCHED: Cell<bool> = const { Cell::new(false) };
    /// An input holds more than its text tells from the outside.
    static IS_DEEP: Cell<bool> = const { Cell::new(false) };
    static TOUCHED_TIME: Cell<Time> = const { Cell::new(0) };
}

/// Watches these from now on, and no others.
pub(crate) fn begin(watchpoints: &[Watchpoint]) {
    watched::forget();
    watched::listen(touched);
    CHANGES.take();
    TOUCHED.set(false);
    IS_DEEP.set(false);
    let created = numbers::created();
    let mut places = Vec::new();
    for watchpoint in watchpoints {
        let inputs = watchpoint.inputs.as_deref().unwrap_or_default();
        for path in watchpoint.place.iter().chain(inputs) {
            places.push(Place {
                held: match path.object > created {
                    true => Held::Unborn,
                    false => Held::Gone,
                },
                number: watchpoint.number,
                path: path.clone(),
                spot: None,
                is_input: watchpoint.place.is_none(),
            });
        }
    }
    let is_empty = places.is_empty();
    PLACES.set(places);
    if is_empty {
        return;
    }
    uncounted(|places| {
        for place in places.iter_mut().filter(|p| p.held == Held::Gone) {
            if let Some(object) = numbers::find(place.path.object) {
                watched::watch(object);
                look(place);
            }
        }
    });
}

/// Whether watched expressions are to be evaluated at each stop point.
pub(crate) fn are_deep() -> bool {
    IS_DEEP.get()
}

/// Works on the places; what is allocated meanwhile is none of the program's.
fn uncounted(work: impl FnOnce(&mut [Place])) {
    let created = numbers::set_created(numbers::FIRST_FOREIGN);
    PLACES.with_borrow_mut(|places| {
        work(places);
        await_next(places);
    });
    numbers::set_created(created);
}

/// The next object that is to be born.
fn await_next(places: &[Place]) {
    let unborn = places.iter().filter(|place| place.held == Held::Unborn);
    watched::wait_for(unborn.map(|place| place.path.object).min().unwrap_or(0));
}

/// Follows a place anew, and watches what lies on its way.
fn look(place: &mut Place) {
    let Some(object) = watched::object_of(place.path.object) else {
        return;
    };
    let found = follow(object, &place.path.steps);
    found.way.iter().for_each(|&object| watched::watch(object));
    if let Held::Value(value) = found.held
        && found.held != place.held
    {
        watched::keep(value);
    }
    place.held = found.held;
    place.spot = found.spot;
    if place.is_input {
        let is_shallow = match found.held {
            Held::Value(value) => watch_shallow(value),
            _ => found.held != Held::Opaque,
        };
        if !is_shallow {
            IS_DEEP.set(true);
        }
    }
}

/// Watches a value with all that its text is made of; false: that may be more.
fn watch_shallow(value: Value) -> bool {
    if is_flat(value) {
        return true;
    }
    let parts: Option<Vec<Value>> = if let Some(list) = value.cast::<List>() {
        Some(list.to_vec())
    } else {
        let dict = value.cast::<Dict>();
        dict.map(|dict| {
            let pairs = dict.get().iter();
            pairs.flat_map(|(key, value)| [key, value]).collect()
        })
    };
    let is_shallow =
        parts.is_some_and(|parts| parts.len() <= PARTS_MAX && parts.into_iter().all(is_flat));
    if is_shallow {
        watched::watch(value);
    }
    is_shallow
}

/// Whether a value never changes, nor anything in it.
fn is_flat(value: Value) -> bool {
    match value.kind() {
        None
        | Some(
            Kind::Str | Kind::Bytes | Kind::BigInt | Kind::Float | Kind::Complex | Kind::Decimal,
        ) => true,
        Some(Kind::Tuple) => value
            .cast::<Tuple>()
            .is_some_and(|tuple| tuple.items().iter().all(|&item| is_flat(item))),
        Some(_) => false,
    }
}

/// Something watched is about to be written to, or what was waited for was born.
fn touched() {
    let time = match TOUCHED.replace(true) {
        true => TOUCHED_TIME.get(),
        false => stops::time(),
    };
    TOUCHED_TIME.set(stops::time());
    stops::set_until(0);
    PLACES.with_borrow_mut(|places| {
        for place in places {
            let now = place.spot.and_then(watched::Spot::read);
            if let Some(now) = now
                && !place.is_input
                && held(now) != place.held
                && matches!(place.held, Held::Value(_) | Held::Nothing)
            {
                note(place, held(now), time);
            }
        }
    });
}

fn held(value: Value) -> Held {
    match value.bound() {
        Some(value) => Held::Value(value),
        None => Held::Nothing,
    }
}

fn note(place: &mut Place, new: Held, time: Time) {
    let change = Change {
        number: place.number,
        time,
        old: place.held,
        new,
    };
    place.held = new;
    CHANGES.with_borrow_mut(|all| all.push(change));
}

/// What changed since this was last asked for, or since the beginning. To be asked for at stop
/// points and traps. True: an input may have changed.
pub(crate) fn take_changes() -> (Vec<Change>, bool) {
    let mut inputs_changed = false;
    if TOUCHED.replace(false) {
        IS_DEEP.set(false);
        uncounted(|places| {
            for place in places {
                if place.is_as_it_was() {
                    continue;
                }
                inputs_changed |= place.is_input;
                let before = place.held;
                look(place);
                let now = place.held;
                place.held = before;
                if now != before && !place.is_input {
                    note(place, now, TOUCHED_TIME.get());
                }
                place.held = now;
            }
        });
        watched::renew();
    }
    (CHANGES.take(), inputs_changed)
}

/// What code of the debugger's user has just done to watched places is no change, but may have given
/// them another storage: an object whose attributes were asked for has a dictionary from then on.
pub(crate) fn settle() {
    if TOUCHED.replace(false) {
        uncounted(|places| places.iter_mut().for_each(look));
        watched::renew();
        CHANGES.take();
    }
}

/// The numbers of all objects whose writing may change the watchpoints, if that can be told.
pub(crate) fn ways(watchpoints: &[Watchpoint]) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    for watchpoint in watchpoints {
        let inputs = watchpoint.inputs.as_deref().unwrap_or_default();
        for path in watchpoint.place.iter().chain(inputs) {
            let Some(object) = numbers::find(path.object) else {
                continue;
            };
            let mut found = follow(object, &path.steps);
            if let (Held::Value(value), None) = (found.held, &watchpoint.place) {
                if !watch_shallow(value) {
                    return None;
                }
                found.way.push(value);
            }
            if found.held == Held::Opaque {
                return None;
            }
            for object in found.way {
                watched::for_each_part(object, &mut |part| {
                    numbers.extend(numbers::number_of(part));
                });
            }
        }
    }
    watched::forget();
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

/// Whether a place can be followed now.
pub(crate) fn can_follow(path: &Path) -> bool {
    numbers::find(path.object)
        .is_some_and(|object| follow(object, &path.steps).held != Held::Opaque)
}

/// Where a path leads.
struct Found {
    held: Held,
    spot: Option<watched::Spot>,
    /// The objects that were asked.
    way: Vec<Value>,
}

fn follow(object: Value, steps: &[Step]) -> Found {
    let mut way = vec![object];
    let mut held = Held::Value(object);
    let mut spot = None;
    for step in steps {
        let Held::Value(value) = held else { break };
        way.push(value);
        (held, spot) = match step {
            Step::Attribute(name) => attribute(value, intern(name), &mut way),
            Step::Index(at) => item(value, Value::small(*at), Some(*at), &mut way),
            Step::Key(key) => item(value, intern(key).into(), None, &mut way),
        };
    }
    if !matches!(held, Held::Value(_) | Held::Nothing) {
        spot = None;
    }
    Found { held, spot, way }
}

type Part = (Held, Option<watched::Spot>);

fn attribute(object: Value, name: Gc<Str>, way: &mut Vec<Value>) -> Part {
    let Some(header) = object.header() else {
        return (Held::Opaque, None);
    };
    if let Some(class) = object.cast::<Class>() {
        way.extend(class.get().mro());
        let found = class.get().lookup(name);
        return (found.map_or(Held::Nothing, Held::Value), None);
    }
    if let Some(module) = object.cast::<Module>() {
        return entry(module.namespace(), name.into(), name.hash());
    }
    if !attributes::has_slots(header.kind()) {
        return (Held::Opaque, None);
    }
    let shape = shape::of(header);
    let class = shape.class().get();
    way.extend(class.mro());
    let of_class = class.lookup(name);
    if let Some(member) = of_class.and_then(|found| found.cast::<Member>()) {
        return slot(object, header.shape.get(), member.slot);
    }
    let is_builtin = |name| class.lookup(intern(name)).is_none_or(|m| m.is::<Builtin>());
    if !is_builtin("__getattribute__") || of_class.is_some_and(computes) {
        return (Held::Opaque, None);
    }
    let own = match attributes::dict(object).filter(|_| shape.has_dict) {
        Some(dict) => entry(dict, name.into(), name.hash()),
        None => match shape.lookup(name) {
            Some(at) => slot(object, header.shape.get(), at),
            None => (Held::Nothing, None),
        },
    };
    match (own.0, of_class) {
        (Held::Nothing, Some(found)) => (Held::Value(found), None),
        (Held::Nothing, None) if class.lookup(intern("__getattr__")).is_some() => {
            (Held::Opaque, None)
        }
        _ => own,
    }
}

/// Whether a class attribute computes what reading it through an object gives, with code that may be
/// Python's.
fn computes(found: Value) -> bool {
    match found.kind() {
        Some(Kind::Property | Kind::GetSet) => true,
        Some(Kind::Instance | Kind::Foreign | Kind::Wrapper) => {
            let header = found.header();
            let class = header.map(shape::class_of);
            class.is_some_and(|class| class.get().lookup(intern("__get__")).is_some())
        }
        _ => false,
    }
}

fn slot(object: Value, shape: u32, at: u16) -> Part {
    let spot = watched::Spot::Slot { object, shape, at };
    (held(attributes::get(object, at)), Some(spot))
}

fn entry(dict: Gc<Dict>, key: Value, hash: u64) -> Part {
    let found = dict.find(hash, key, |other| {
        Ok::<bool, std::convert::Infallible>(is_equal(key, other))
    });
    match found {
        Ok(Some(at)) => {
            let spot = watched::Spot::entry(dict, at);
            (Held::Value(dict.value_at(at)), Some(spot))
        }
        Ok(None) => (Held::Nothing, None),
        Err(never) => match never {},
    }
}

/// Whether two keys are equal of which the first is a string or a small integer.
fn is_equal(key: Value, other: Value) -> bool {
    match (key.cast::<Str>(), other.cast::<Str>()) {
        (Some(a), Some(b)) => a.equals(b),
        (None, None) => {
            let truth = |value| match value {
                Value::FALSE => Value::small(0),
                Value::TRUE => Value::small(1),
                value => value,
            };
            truth(key) == truth(other)
        }
        _ => false,
    }
}

fn item(object: Value, key: Value, at: Option<i64>, way: &mut Vec<Value>) -> Part {
    let place = |length: usize| {
        let at = at?;
        let at = if at < 0 { at + length as i64 } else { at };
        usize::try_from(at).ok().filter(|&at| at < length)
    };
    if let Some(list) = object.cast::<List>() {
        let found = place(list.len()).and_then(|at| Some((at, list.item(at)?)));
        return match found {
            // An index from the end is another place once the length changes.
            Some((at, value)) if key.small_unchecked() >= 0 => {
                let spot = watched::Spot::Item { list: object, at };
                (Held::Value(value), Some(spot))
            }
            Some((_, value)) => (Held::Value(value), None),
            None => (Held::Nothing, None),
        };
    }
    if let Some(tuple) = object.cast::<Tuple>() {
        let found = place(tuple.len()).map(|at| tuple.items()[at]);
        return (found.map_or(Held::Nothing, Held::Value), None);
    }
    if let Some(dict) = object.cast::<Dict>() {
        let hash = match key.cast::<Str>() {
            Some(text) => text.hash(),
            None => hash_i64(at.unwrap_or(0)) as u64,
        };
        return entry(dict, key, hash);
    }
    if let Some(wrapper) = object.cast::<Wrapper>() {
        let class = object.header().map(shape::class_of);
        let method = class.and_then(|class| class.get().lookup(intern("__getitem__")));
        if method.is_some_and(|method| method.is::<Builtin>()) {
            let payload = wrapper.payload.get();
            way.push(payload);
            return item(payload, key, at, way);
        }
    }
    (Held::Opaque, None)
}
