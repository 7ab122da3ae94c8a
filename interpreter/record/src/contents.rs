//! What fields are known to hold: a list of the newest of them, to be walked through quickly.
//!
//! Each load asks for a field's content, and each store for all that may be the same field, so a
//! walk is what recording does most. Object and field are packed into a number: a walk compares
//! numbers that lie side by side, and only what might be meant is looked at in full. Most walks would find
//! nothing, and most of those are not begun: a *census* says how many contents there are by a few bits of
//! the place, of the field and of the object.

use trace::Ref;

/// So many contents are remembered.
const CONTENTS_MAX: usize = 96;

/// A field of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Field {
    /// At a displacement.
    At(u16),
    /// An item, at an index, of those from a displacement on.
    Item(Ref, u16),
    /// A byte, at an index, of those from a displacement on.
    Byte(Ref, u16),
    /// A value at a constant address, the object.
    Absolute,
    /// Of a dictionary: where it has a key. No field, but forgotten with those that it follows from.
    Found(Ref),
}

/// What a field is known to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Content {
    pub(crate) object: Ref,
    pub(crate) field: Field,
    pub(crate) value: Ref,
}

/// An object and a field, packed: displacement, index, kind of field, object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place(u64);

const INDEX: u32 = 16;
const KIND: u32 = 32;
const OBJECT: u32 = 48;
const AT: u64 = 0;
const ITEM: u64 = 1;
const BYTE: u64 = 2;
const ABSOLUTE: u64 = 3;
const FOUND: u64 = 4;
const KINDS: u64 = 7;

impl Place {
    #[inline(always)]
    pub(crate) fn new(object: Ref, field: Field) -> Place {
        let (kind, index, displacement) = match field {
            Field::At(at) => (AT, 0, at),
            Field::Item(index, first) => (ITEM, index.0, first),
            Field::Byte(index, first) => (BYTE, index.0, first),
            Field::Absolute => (ABSOLUTE, 0, 0),
            Field::Found(key) => (FOUND, key.0, 0),
        };
        let field = kind << KIND | u64::from(index) << INDEX | u64::from(displacement);
        Place(u64::from(object.0) << OBJECT | field)
    }

    #[inline(always)]
    pub(crate) fn object(self) -> Ref {
        Ref((self.0 >> OBJECT) as u16)
    }

    #[inline(always)]
    fn kind(self) -> u64 {
        self.0 >> KIND & KINDS
    }

    /// Which kinds of fields (a bit for each) may lie where this one does, whatever else they are: an
    /// item may lie at a displacement, and at whatever index another one has.
    #[inline(always)]
    fn kinds_met(self) -> u64 {
        match self.kind() {
            AT => 1 << ITEM,
            ITEM => 1 << AT | 1 << ITEM,
            BYTE => 1 << BYTE,
            _ => 0,
        }
    }

    /// Whether the two may be one field, as far as that shows without a look at the objects: most
    /// pairs are told apart by this alone. An item and what lies at a displacement are one in one object
    /// alone. `kinds` are those that the other one meets.
    #[inline(always)]
    fn may_meet(self, other: Place, kinds: u64) -> bool {
        let differ = self.0 ^ other.0;
        let (same_field, same_object) =
            (differ << (u64::BITS - OBJECT) == 0, differ >> OBJECT == 0);
        let same_kind = differ >> KIND & KINDS == 0;
        same_field || kinds >> self.kind() & 1 != 0 && (same_object || same_kind)
    }

    #[inline(always)]
    pub(crate) fn field(self) -> Field {
        let (index, displacement) = (Ref((self.0 >> INDEX) as u16), self.0 as u16);
        match self.kind() {
            AT => Field::At(displacement),
            ITEM => Field::Item(index, displacement),
            BYTE => Field::Byte(index, displacement),
            FOUND => Field::Found(index),
            _ => Field::Absolute,
        }
    }
}

/// How many contents there are of the places, fields and objects that share some bits.
#[derive(Clone, Debug)]
struct Census {
    places: [u8; 256],
    fields: [u8; 64],
    objects: [u8; 64],
    kinds: [u8; KINDS as usize + 1],
}

const _: () = assert!(CONTENTS_MAX < u8::MAX as usize);

impl Default for Census {
    fn default() -> Census {
        Census {
            places: [0; 256],
            fields: [0; 64],
            objects: [0; 64],
            kinds: [0; KINDS as usize + 1],
        }
    }
}

/// The uppermost bits of a product depend on all bits of both factors.
#[inline(always)]
fn mixed(bits: u64) -> u64 {
    bits.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[inline(always)]
fn object_bits(object: Ref) -> usize {
    usize::from(object.0 & 63)
}

impl Census {
    /// The counts that a place is counted in.
    #[inline(always)]
    fn counts(&mut self, place: Place) -> [&mut u8; 4] {
        [
            &mut self.places[(mixed(place.0) >> 56) as usize],
            &mut self.fields[(mixed(place.0 << (u64::BITS - OBJECT)) >> 58) as usize],
            &mut self.objects[object_bits(place.object())],
            &mut self.kinds[place.kind() as usize],
        ]
    }

    #[inline(always)]
    fn add(&mut self, place: Place) {
        for count in self.counts(place) {
            *count += 1;
        }
    }

    #[inline(always)]
    fn take_off(&mut self, place: Place) {
        for count in self.counts(place) {
            *count -= 1;
        }
    }

    #[inline(always)]
    fn may_have(&self, place: Place) -> bool {
        self.places[(mixed(place.0) >> 56) as usize] != 0
    }

    #[inline(always)]
    fn may_have_object(&self, object: Ref) -> bool {
        self.objects[object_bits(object)] != 0
    }

    /// No fewer than there are that may be the same field as a place: an item and what lies at a displacement
    /// are so in one object alone; items and bytes may be so whatever their indices.
    #[inline(always)]
    fn met(&self, place: Place) -> usize {
        let field = (mixed(place.0 << (u64::BITS - OBJECT)) >> 58) as usize;
        let kind = place.kind();
        let of_kind = match kind == ITEM || kind == BYTE {
            true => usize::from(self.kinds[kind as usize]),
            false => 0,
        };
        usize::from(self.fields[field]) + of_kind + self.met_here(place)
    }

    /// The same in the object of the place.
    #[inline(always)]
    fn met_here(&self, place: Place) -> usize {
        let others = match place.kind() {
            AT => self.kinds[ITEM as usize] != 0,
            ITEM => self.kinds[ITEM as usize] != 0 || self.kinds[AT as usize] != 0,
            BYTE => self.kinds[BYTE as usize] != 0,
            _ => false,
        };
        match others || self.may_have(place) {
            true => self.objects[object_bits(place.object())].into(),
            false => 0,
        }
    }
}

/// A search for the contents that may be the same field as a place, the newest first. Most that are looked
/// for are new, so it ends where no more are left that the census has counted.
pub(crate) struct Meeting {
    own: Place,
    kinds: u64,
    /// Those of the place's object alone.
    of_object: bool,
    /// Where it has got to.
    at: usize,
    /// No fewer than are still to come.
    left: usize,
}

impl Meeting {
    /// The number of the next one, which the caller may remove.
    #[inline]
    pub(crate) fn next(&mut self, contents: &Contents) -> Option<usize> {
        let places = contents.places();
        while self.left > 0 && self.at > 0 {
            self.at -= 1;
            let place = places[self.at];
            let is_one = match self.of_object {
                true if place.object() != self.own.object() => continue,
                _ => place.may_meet(self.own, self.kinds),
            };
            self.left -= usize::from(self.of_object || is_one);
            if is_one {
                return Some(self.at);
            }
        }
        None
    }
}

/// The contents, the oldest first.
#[derive(Clone, Default, Debug)]
pub(crate) struct Contents {
    census: Census,
    places: Vec<Place>,
    values: Vec<Ref>,
    /// How many of the first have gone: they are taken out together now and then.
    gone: usize,
}

impl Contents {
    pub(crate) fn clear(&mut self) {
        if !self.places().is_empty() {
            self.census = Census::default();
        }
        self.places.clear();
        self.values.clear();
        self.gone = 0;
    }

    /// Takes out what has gone.
    #[cold]
    fn compact(&mut self) {
        self.places.drain(..self.gone);
        self.values.drain(..self.gone);
        self.gone = 0;
    }

    #[inline(always)]
    fn places(&self) -> &[Place] {
        &self.places[self.gone..]
    }

    #[inline(always)]
    fn values(&self) -> &[Ref] {
        &self.values[self.gone..]
    }

    /// The content number `from` or the next one of this object, and its number.
    #[inline]
    pub(crate) fn of_object(&self, object: Ref, from: usize) -> Option<(usize, Ref)> {
        if !self.census.may_have_object(object) {
            return None;
        }
        let rest = self.places()[from..].iter();
        let at = from + { rest }.position(|place| place.object() == object)?;
        Some((at, self.values()[at]))
    }

    /// The newest content of a place.
    #[inline]
    pub(crate) fn find(&self, object: Ref, field: Field) -> Option<Ref> {
        let place = Place::new(object, field);
        if !self.census.may_have(place) {
            return None;
        }
        let at = self.places().iter().rposition(|&own| own == place)?;
        Some(self.values()[at])
    }

    /// Whether a place is known to hold a value.
    pub(crate) fn contains(&self, content: Content) -> bool {
        let place = Place::new(content.object, content.field);
        if !self.census.may_have(place) {
            return false;
        }
        let all = self.places().iter().zip(self.values());
        let mut same = all.filter(|&(&own, &value)| own == place && value == content.value);
        same.next().is_some()
    }

    /// Appends a content. If there are too many then, the oldest goes; its value.
    pub(crate) fn push(&mut self, content: Content) -> Option<Ref> {
        let mut gone = None;
        if self.places().len() >= CONTENTS_MAX {
            gone = self.values().first().copied();
            self.census.take_off(self.places[self.gone]);
            self.gone += 1;
            if self.gone >= CONTENTS_MAX {
                self.compact();
            }
        }
        let place = Place::new(content.object, content.field);
        self.census.add(place);
        self.places.push(place);
        self.values.push(content.value);
        gone
    }

    /// Drops those of which `is_gone` says so by place and value.
    #[inline]
    pub(crate) fn forget(&mut self, mut is_gone: impl FnMut(Place, Ref) -> bool) {
        let mut kept = self.gone;
        for at in self.gone..self.places.len() {
            let (place, value) = (self.places[at], self.values[at]);
            if is_gone(place, value) {
                self.census.take_off(place);
            } else {
                (self.places[kept], self.values[kept]) = (place, value);
                kept += 1;
            }
        }
        self.places.truncate(kept);
        self.values.truncate(kept);
    }

    /// A search for the contents that may be the same field as a place; if so told, of its object alone.
    #[inline]
    pub(crate) fn meeting(&self, own: Place, of_object: bool) -> Meeting {
        Meeting {
            own,
            kinds: own.kinds_met(),
            of_object,
            at: self.places().len(),
            left: match of_object {
                true => self.census.met_here(own),
                false => self.census.met(own),
            },
        }
    }

    /// Content number `at`: its place and value.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> (Place, Ref) {
        (self.places()[at], self.values()[at])
    }

    pub(crate) fn remove(&mut self, at: usize) {
        let place = self.places.remove(self.gone + at);
        self.values.remove(self.gone + at);
        self.census.take_off(place);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Content> + '_ {
        let all = self.places().iter().zip(self.values());
        all.map(|(place, &value)| Content {
            object: place.object(),
            field: place.field(),
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        let index = Ref::constant(3);
        let fields = [
            Field::At(24),
            Field::Item(index, 16),
            Field::Item(Ref(5), 16),
            Field::Byte(index, 16),
            Field::Absolute,
            Field::Found(Ref(5)),
            Field::Found(index),
        ];
        let mut contents = Contents::default();
        for (at, &field) in fields.iter().enumerate() {
            for object in [Ref(7), Ref::constant(9)] {
                let content = Content {
                    object,
                    field,
                    value: Ref(at as u16),
                };
                assert_eq!(contents.push(content), None);
                assert!(contents.contains(content));
            }
        }
        for (at, &field) in fields.iter().enumerate() {
            assert_eq!(contents.find(Ref(7), field), Some(Ref(at as u16)));
            assert_eq!(contents.find(Ref(8), field), None);
        }
        assert!(contents.iter().all(|content| contents.contains(content)));
        contents.forget(|place, _| place.object() != Ref(7));
        assert_eq!(contents.iter().count(), fields.len());
        let own = |from: usize| contents.of_object(Ref(7), from).map(|(at, _)| at);
        assert!((0..fields.len()).all(|at| own(at) == Some(at)));
        assert_eq!(contents.of_object(Ref::constant(9), 0), None);
        let own = Place::new(Ref(7), Field::At(24));
        let met = |contents: &Contents, of_object: bool| {
            let mut meeting = contents.meeting(own, of_object);
            std::iter::from_fn(|| meeting.next(contents)).count()
        };
        // Items may lie there too.
        assert_eq!(met(&contents, false), 3);
        assert_eq!(met(&contents, true), 3);
        let mut meeting = contents.meeting(own, false);
        while let Some(at) = meeting.next(&contents) {
            if contents.get(at).0 == own {
                contents.remove(at);
            }
        }
        assert_eq!(contents.iter().count(), fields.len() - 1);
        assert_eq!(met(&contents, false), 2);
        assert_eq!(contents.find(Ref(7), Field::At(24)), None);
    }

    #[test]
    fn fields_that_may_be_one_are_not_told_apart() {
        let (one, other) = (Ref::constant(3), Ref(5));
        let place = |object: u16, field| Place::new(Ref(object), field);
        let meets = |a: Place, b: Place| a.may_meet(b, b.kinds_met());
        let meet = |a: Place, b: Place| (meets(a, b), meets(b, a));
        let at = place(7, Field::At(24));
        assert_eq!(meet(at, place(8, Field::At(24))), (true, true));
        assert_eq!(meet(at, place(7, Field::At(32))), (false, false));
        let item = place(7, Field::Item(one, 16));
        assert_eq!(meet(at, item), (true, true));
        assert_eq!(meet(place(9, Field::Item(other, 16)), item), (true, true));
        let byte = place(7, Field::Byte(one, 16));
        assert_eq!(meet(item, byte), (false, false));
        assert_eq!(meet(place(9, Field::Byte(other, 16)), byte), (true, true));
        assert_eq!(meet(at, byte), (false, false));
        assert_eq!(meet(item, place(7, Field::Absolute)), (false, false));
        assert_eq!(
            meet(place(7, Field::Absolute), place(9, Field::Absolute)),
            (true, true)
        );
    }

    #[test]
    fn the_oldest_goes() {
        let mut contents = Contents::default();
        let content = |at: usize| Content {
            object: Ref(at as u16),
            field: Field::At(8),
            value: Ref(at as u16),
        };
        let gone = (0..4 * CONTENTS_MAX).filter_map(|at| contents.push(content(at)));
        assert!(gone.eq((0..3 * CONTENTS_MAX).map(|at| Ref(at as u16))));
        let left = contents.iter().map(|content| usize::from(content.object.0));
        assert!(left.eq(3 * CONTENTS_MAX..4 * CONTENTS_MAX));
        contents.forget(|place, _| place.object().0 % 2 == 0);
        assert_eq!(contents.iter().count(), CONTENTS_MAX / 2);
    }
}
