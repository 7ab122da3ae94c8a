//! Where in a text a match may begin: what is tried is chosen when the pattern is translated.
//!
//! Of a match's first characters it is mostly known what they may be (`reach.rs`), up to eight of
//! them. Literals are looked for as such. Else each character has a word of bits, one for each
//! place in a match where it may stand; shifting such words along the text says at each character
//! how many of the last ones may be the first of a match. So the machine starts only where all of
//! them fit, and a character of the text costs a load, a shift and two operations.

use super::codes::Place;
use super::machine::Unit;
use super::program::{Op, Program};
use super::reach;
use super::sets::Reach;
use memchr::memmem::Finder;

/// A way to find the places where a match may begin.
pub enum Search {
    /// The text's start alone.
    Start,
    /// The literal that matches begin with.
    Literal(Box<Finder<'static>>, Box<Shift>),
    /// One of at most three characters.
    Rare(Vec<u8>, Box<Shift>),
    Shift(Box<Shift>),
    Everywhere,
}

/// For each character the places among the first of a match where it may stand, a bit each.
pub struct Shift {
    low: [u8; 256],
    wide: u8,
    count: usize,
}

impl Shift {
    fn new(first: &[Reach]) -> Shift {
        let mut shift = Shift {
            low: [0; 256],
            wide: 0,
            count: first.len(),
        };
        for (place, reach) in first.iter().enumerate() {
            reach
                .low()
                .for_each(|c| shift.low[c as usize] |= 1 << place);
            shift.wide |= (reach.wide as u8) << place;
        }
        shift
    }

    #[inline(always)]
    fn find<C: Unit>(&self, text: &[C], from: usize) -> Option<usize> {
        let last = 1 << (self.count - 1);
        let mut fitting = 0u8;
        let at = text.get(from..)?.iter().position(|c| {
            let places = self.low.get(c.point() as usize).unwrap_or(&self.wide);
            fitting = (fitting << 1 | 1) & places;
            fitting & last != 0
        })?;
        Some(from + at + 1 - self.count)
    }
}

impl Search {
    pub fn of(program: &Program) -> Search {
        let mut ops = program
            .ops
            .iter()
            .skip_while(|op| matches!(op, Op::Mark(_)));
        if let Some(Op::At(Place::Beginning | Place::BeginningString)) = ops.next() {
            return Search::Start;
        }
        let first = reach::first(program);
        let Some(start) = first.first() else {
            return Search::Everywhere;
        };
        let shift = Box::new(Shift::new(&first));
        let one = |reach: &Reach| match reach.count_low() {
            1 if !reach.wide => reach.low().next(),
            _ => None,
        };
        let literal: Vec<u8> = first.iter().map_while(one).collect();
        if literal.len() > 1 {
            let finder = Finder::new(&literal).into_owned();
            return Search::Literal(Box::new(finder), shift);
        }
        // A letter is likely to be found everywhere: then more of the match is looked at.
        let few = start.count_low() <= 3 && !start.wide;
        let common = |c: u8| c.is_ascii_alphanumeric() || c == b' ';
        if few && (first.len() == 1 || !start.low().any(common)) {
            return Search::Rare(start.low().collect(), shift);
        }
        Search::Shift(shift)
    }

    /// The first place from `from` on where a match may begin.
    #[inline(always)]
    pub fn next<C: Unit>(&self, text: &[C], from: usize) -> Option<usize> {
        let bytes = C::as_bytes(text);
        match (self, bytes) {
            (Search::Start, _) => (from == 0).then_some(0),
            (Search::Everywhere, _) => (from <= text.len()).then_some(from),
            (Search::Literal(finder, _), Some(bytes)) => {
                Some(from + finder.find(bytes.get(from..)?)?)
            }
            (Search::Rare(chars, _), Some(bytes)) => {
                let rest = bytes.get(from..)?;
                let at = match **chars {
                    [a] => memchr::memchr(a, rest),
                    [a, b] => memchr::memchr2(a, b, rest),
                    [a, b, c] => memchr::memchr3(a, b, c, rest),
                    _ => None,
                };
                Some(from + at?)
            }
            (Search::Literal(_, shift) | Search::Rare(_, shift) | Search::Shift(shift), _) => {
                shift.find(text, from)
            }
        }
    }
}
