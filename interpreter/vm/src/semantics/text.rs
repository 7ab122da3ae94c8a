//! Strings compared, and looked for in constants, as a recorder takes them: by the numbers of
//! characters and by lengths, which a trace has at hand, instead of by the runtime.
//!
//! What is expressed so are the answers that loops over texts get most: two characters, of which
//! each has its number; one and the same string; strings whose lengths differ. Anything else is
//! the runtime's, as is the same place where it gets another answer and leaves the trace.

use crate::machine::Machine;
use crate::operator::Comparison;
use object::shape::of_kind;
use object::{FrozenSet, Kind, Str, Tuple, Value};

/// A number is looked for among so many at most, one after the other.
const NUMBERS_MAX: usize = 8;

/// Whether a value is a string of one character below 256.
fn is_character(word: Value) -> bool {
    word.cast::<Str>()
        .is_some_and(|text| text.len() == 1 && text.point(0) < 256)
}

/// `a op b` of strings.
#[cold]
pub(crate) fn compare<M: Machine>(m: &mut M, op: Comparison, a: M::V, b: M::V) -> Option<bool> {
    let (wa, wb) = (m.word(a), m.word(b));
    let (x, y) = (wa.cast::<Str>()?, wb.cast::<Str>()?);
    if is_character(wa) && is_character(wb) {
        let (x, y) = (m.ord(a)?, m.ord(b)?);
        return Some(m.compare_small(op, x, y));
    }
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return None;
    }
    if wa == wb {
        let shapes = [m.shape(a), m.shape(b)];
        let same = shapes == [of_kind(Kind::Str); 2] && m.same(a, b);
        return same.then_some(op == Comparison::Eq);
    }
    if x.len() == y.len() || m.shape(a) != of_kind(Kind::Str) || m.shape(b) != of_kind(Kind::Str) {
        return None;
    }
    let (x, y) = (m.length(a), m.length(b));
    let differ = m.compare_small(Comparison::Ne, x, y);
    Some(differ == (op == Comparison::Ne))
}

/// Whether an item is in a container that is a constant of the trace.
#[cold]
pub(crate) fn contains<M: Machine>(m: &mut M, item: M::V, container: M::V) -> Option<bool> {
    if is_character(m.word(item)) {
        let constant = m.constant_container(container)?;
        let marks = m.vm().marks(constant)?;
        let number = m.ord(item)?;
        return Some(m.is_marked(marks, number));
    }
    if !m.word(item).is_small() {
        return None;
    }
    let numbers = numbers_of(m.word(container))?;
    m.constant_container(container)?;
    m.is_small(item).then(|| {
        numbers.iter().any(|&number| {
            let number = m.constant(number);
            m.compare_small(Comparison::Eq, item, number)
        })
    })
}

/// The elements of a tuple or frozen set of a few small integers.
fn numbers_of(container: Value) -> Option<Vec<Value>> {
    let elements: Vec<Value> = match container.kind()? {
        Kind::Tuple => container.known::<Tuple>().items().to_vec(),
        Kind::FrozenSet => container.known::<FrozenSet>().elements().collect(),
        _ => return None,
    };
    let few = elements.len() <= NUMBERS_MAX && elements.iter().all(|item| item.is_small());
    few.then_some(elements)
}
