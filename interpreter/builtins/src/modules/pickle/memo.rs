//! What a pickler and an unpickler remember of the objects that they have seen.
//!
//! Both lie outside of the collector's sight while nothing but Rust code runs, since nothing is
//! collected then, and are put into an object whenever Python code may run.

use object::{Marker, Value};
use std::collections::BTreeMap;

/// The numbers of objects, by identity: a table with open addressing. Nothing that is written
/// depends on the order in it.
#[derive(Default)]
pub struct Memo {
    /// Object and number; *unbound* where there is none. The length is a power of two, or zero.
    slots: Vec<(Value, u32)>,
    count: usize,
}

impl Memo {
    const LEAST: usize = 128;

    pub fn len(&self) -> usize {
        self.count
    }

    fn start(&self, object: Value) -> usize {
        let hash = (object.identity_hash() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 32) as usize & (self.slots.len() - 1)
    }

    /// The number of an object.
    #[inline]
    pub fn get(&self, object: Value) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mut at = self.start(object);
        loop {
            match self.slots[at] {
                (known, number) if known == object => return Some(number),
                (Value::UNBOUND, _) => return None,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Gives an object a number.
    #[inline]
    pub fn set(&mut self, object: Value, number: u32) {
        if self.count * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        let mut at = self.start(object);
        loop {
            match self.slots[at].0 {
                known if known == object => break,
                Value::UNBOUND => {
                    self.count += 1;
                    break;
                }
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
        self.slots[at] = (object, number);
    }

    #[cold]
    fn grow(&mut self) {
        let larger = (self.slots.len() * 4).max(Memo::LEAST);
        let old = std::mem::replace(&mut self.slots, vec![(Value::UNBOUND, 0); larger]);
        self.count = 0;
        for (object, number) in old {
            if !object.is_unbound() {
                self.set(object, number);
            }
        }
    }

    /// Objects and their numbers, in the order of the numbers.
    pub fn entries(&self) -> Vec<(Value, u32)> {
        let used = self.slots.iter().filter(|(object, _)| !object.is_unbound());
        let mut entries: Vec<(Value, u32)> = used.copied().collect();
        entries.sort_by_key(|&(_, number)| number);
        entries
    }

    pub fn trace(&self, marker: &mut Marker) {
        self.slots
            .iter()
            .for_each(|&(object, _)| marker.visit(object));
    }
}

/// The objects that an unpickler knows by number. Numbers that follow each other, as picklers give
/// them, lie in an array.
#[derive(Default)]
pub struct Numbered {
    dense: Vec<Value>,
    sparse: BTreeMap<usize, Value>,
    count: usize,
}

impl Numbered {
    /// How far beyond the array's end a number may lie that it grows for.
    const REACH: usize = 1 << 12;

    /// How many numbers are in use.
    pub fn len(&self) -> usize {
        self.count
    }

    #[inline]
    pub fn get(&self, number: usize) -> Option<Value> {
        match self.dense.get(number) {
            Some(value) => value.bound(),
            None => self.sparse.get(&number).copied(),
        }
    }

    #[inline]
    pub fn set(&mut self, number: usize, value: Value) {
        if number == self.dense.len() && self.sparse.is_empty() {
            self.dense.push(value);
            self.count += 1;
            return;
        }
        self.set_apart(number, value);
    }

    #[cold]
    fn set_apart(&mut self, number: usize, value: Value) {
        let near = number < self.dense.len() + Numbered::REACH && self.sparse.is_empty();
        if near && number >= self.dense.len() {
            self.dense.resize(number + 1, Value::UNBOUND);
        }
        let known = match self.dense.get_mut(number) {
            Some(slot) => !std::mem::replace(slot, value).is_unbound(),
            None => self.sparse.insert(number, value).is_some(),
        };
        self.count += usize::from(!known);
    }

    /// Numbers and their objects, in order.
    pub fn entries(&self) -> Vec<(usize, Value)> {
        let dense = self.dense.iter().copied().enumerate();
        let sparse = self.sparse.iter().map(|(&number, &value)| (number, value));
        let used = dense.filter(|(_, value)| !value.is_unbound());
        used.chain(sparse).collect()
    }

    pub fn trace(&self, marker: &mut Marker) {
        self.dense.iter().for_each(|&value| marker.visit(value));
        self.sparse.values().for_each(|&value| marker.visit(value));
    }
}
