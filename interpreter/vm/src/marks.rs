//! Which characters a constant contains, as tables that traces read.
//!
//! `char in " \t\n"`, `char in DIGITS`, `char not in PLAIN`: in loops over texts the container is
//! nearly always a string, a tuple or a frozen set that never changes. What the question comes to
//! is then a byte of a table by the character's number. The machine keeps the tables, so that all
//! traces that ask the same constant share one, and nothing but a recorder has them made.

use crate::Vm;
use object::heap::Marker;
use object::{Bytes, FrozenSet, Gc, Kind, Str, Tuple, Value};

/// How many characters a table tells of: those of which there is one string each.
const CHARACTERS: usize = 256;
/// Constants beyond these are asked by the runtime.
const TABLES_MAX: usize = 64;

/// The tables made so far, by their constants.
#[derive(Default)]
pub(crate) struct Marks {
    tables: Vec<(Value, Gc<Bytes>)>,
}

impl Marks {
    pub(crate) fn trace(&self, marker: &mut Marker) {
        for &(constant, table) in &self.tables {
            marker.visit(constant);
            marker.visit(table.into());
        }
    }
}

impl Vm {
    /// The table of a string, or of a tuple or frozen set of nothing but strings: a byte for each
    /// character below 256, not zero if `character in container`.
    pub(crate) fn marks(&mut self, container: Value) -> Option<Gc<Bytes>> {
        let tables = &mut self.marks.tables;
        if let Some(&(_, table)) = tables.iter().find(|(own, _)| *own == container) {
            return Some(table);
        }
        if tables.len() >= TABLES_MAX {
            return None;
        }
        let table = Bytes::new(&marked(container)?);
        tables.push((container, table));
        Some(table)
    }
}

/// The bytes of a constant's table.
fn marked(container: Value) -> Option<[u8; CHARACTERS]> {
    let mut marks = [0; CHARACTERS];
    let mut mark = |point: u32| {
        if let Some(place) = marks.get_mut(point as usize) {
            *place = 1;
        }
    };
    let mut mark_element = |element: Value| {
        let text = element.cast::<Str>()?;
        if text.len() == 1 {
            mark(text.point(0));
        }
        Some(())
    };
    match container.kind()? {
        Kind::Tuple => {
            let mut items = container.known::<Tuple>().items().iter();
            items.try_for_each(|&item| mark_element(item))?;
        }
        Kind::FrozenSet => {
            let mut elements = container.known::<FrozenSet>().elements();
            elements.try_for_each(mark_element)?;
        }
        Kind::Str => container.known::<Str>().points().for_each(mark),
        _ => return None,
    }
    Some(marks)
}

#[cfg(test)]
mod tests {
    use super::marked;
    use object::{FrozenSet, Str, Tuple, Value};

    fn found(container: Value) -> Option<Vec<usize>> {
        let marks = marked(container)?;
        Some((0..marks.len()).filter(|&at| marks[at] != 0).collect())
    }

    #[test]
    fn single_characters_below_256_are_marked() {
        let text = |text: &str| Value::from(Str::new(text));
        assert_eq!(found(text("ba\u{e9}\u{20ac}")), Some(vec![97, 98, 233]));
        assert_eq!(found(text("")), Some(vec![]));
        let items = [text("x"), text("longer"), text(""), text("\u{20ac}")];
        assert_eq!(found(Tuple::new(&items).into()), Some(vec![120]));
        let set = FrozenSet::new();
        set.insert_new(1, text("y"));
        assert_eq!(found(set.into()), Some(vec![121]));
    }

    #[test]
    fn elements_of_other_kinds_may_be_equal_to_a_character() {
        let items = [Str::new("x").into(), Value::small(1)];
        assert_eq!(found(Tuple::new(&items).into()), None);
        assert_eq!(found(Value::small(1)), None);
    }
}
