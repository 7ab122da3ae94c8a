//! Sets of characters: what a pattern's single-character operations come to.
//!
//! Whether a character below 256 is in a set is looked up in a table that is filled when the
//! pattern is translated; case and categories cost nothing then. Of wider characters the members
//! are asked one after the other, unless none or all of them are in the set.
//!
//! `Reach` is an upper bound of a set: what the first characters of a match may be.

use super::classes::{self, Fold};
use super::codes::{Category, Code};

/// A part of a set.
enum Member {
    Negate,
    Category(Category),
    Bits([u32; 8]),
    Pages(Pages),
    Literal(u32),
    Range(u32, u32),
    RangeUpper(u32, u32),
}

/// The set of a range of 65,536 characters: which of the blocks holds the bits of each 256.
struct Pages {
    blocks: Vec<[u32; 8]>,
    of: Vec<u8>,
}

fn bit(bits: &[u32; 8], at: u32) -> bool {
    bits[(at >> 5) as usize & 7] >> (at & 31) & 1 != 0
}

impl Member {
    fn holds(&self, c: u32) -> bool {
        match self {
            Member::Negate => false,
            Member::Category(category) => classes::is_of(*category, c),
            Member::Bits(bits) => c < 256 && bit(bits, c),
            Member::Pages(pages) => {
                let block = pages.of.get((c >> 8) as usize);
                let block = block.and_then(|&block| pages.blocks.get(block as usize));
                block.is_some_and(|bits| bit(bits, c & 255))
            }
            Member::Literal(literal) => c == *literal,
            Member::Range(from, to) => (*from..=*to).contains(&c),
            Member::RangeUpper(from, to) => {
                (*from..=*to).contains(&c) || (*from..=*to).contains(&classes::unicode_upper(c))
            }
        }
    }

    /// Whether it holds nothing beyond 255.
    fn is_narrow(&self) -> bool {
        match self {
            Member::Negate | Member::Bits(_) => true,
            Member::Literal(c) => *c < 256,
            Member::Range(_, to) => *to < 256,
            Member::Category(category) => matches!(
                category,
                Category::Digit
                    | Category::Space
                    | Category::Word
                    | Category::LocWord
                    | Category::Linebreak
            ),
            _ => false,
        }
    }
}

/// The members in the order in which they are asked, and how a character is folded before.
struct Members {
    list: Vec<Member>,
    fold: Fold,
    /// It is the set of all other characters.
    inverted: bool,
}

impl Members {
    fn hold(&self, c: u32) -> bool {
        let held = match self.fold {
            Fold::Locale => {
                let (lower, upper) = (self.fold.lower(c), classes::ascii_upper(c));
                self.listed(lower) || upper != lower && self.listed(upper)
            }
            fold => self.listed(fold.lower(c)),
        };
        held != self.inverted
    }

    fn listed(&self, c: u32) -> bool {
        let mut found = true;
        for member in &self.list {
            if let Member::Negate = member {
                found = !found;
            } else if member.holds(c) {
                return found;
            }
        }
        !found
    }

    /// Whether all wide characters are in the set, or none; `None` if it depends.
    fn wide(&self) -> Option<bool> {
        if self.fold == Fold::Unicode || !self.list.iter().all(Member::is_narrow) {
            return None;
        }
        Some(self.hold(u32::MAX))
    }
}

/// A set of characters.
pub struct Set {
    low: [bool; 256],
    wide: Option<bool>,
    members: Members,
}

impl Set {
    fn new(members: Members) -> Set {
        let mut low = [false; 256];
        for (c, held) in low.iter_mut().enumerate() {
            *held = members.hold(c as u32);
        }
        Set {
            low,
            wide: members.wide(),
            members,
        }
    }

    /// The set of the characters that a literal means, or of all others.
    pub fn literal(c: u32, fold: Fold, inverted: bool) -> Set {
        Set::new(Members {
            list: vec![Member::Literal(c)],
            fold,
            inverted,
        })
    }

    /// The set that words describe, up to their end; `None` if they are no set.
    pub fn read(words: &[u32], fold: Fold) -> Option<Set> {
        let mut list = Vec::new();
        let mut rest = words;
        loop {
            let (&code, after) = rest.split_first()?;
            rest = after;
            let mut take = |count: usize| {
                let (taken, after) = rest.split_at_checked(count)?;
                rest = after;
                Some(taken)
            };
            list.push(match Code::of(code)? {
                Code::Failure => break,
                Code::Negate => Member::Negate,
                Code::Category => Member::Category(Category::of(take(1)?[0])?),
                Code::Charset => Member::Bits(take(8)?.try_into().ok()?),
                Code::BigCharset => {
                    let count = take(1)?[0] as usize;
                    let of = take(64)?.iter().flat_map(|word| word.to_ne_bytes());
                    let of = of.collect();
                    let bits = take(count.checked_mul(8)?)?;
                    let blocks = bits.chunks_exact(8).filter_map(|b| b.try_into().ok());
                    let blocks = blocks.collect();
                    Member::Pages(Pages { blocks, of })
                }
                Code::Literal => Member::Literal(take(1)?[0]),
                Code::Range => {
                    let bounds = take(2)?;
                    Member::Range(bounds[0], bounds[1])
                }
                Code::RangeUniIgnore => {
                    let bounds = take(2)?;
                    Member::RangeUpper(bounds[0], bounds[1])
                }
                _ => return None,
            });
        }
        Some(Set::new(Members {
            list,
            fold,
            inverted: false,
        }))
    }

    #[inline(always)]
    pub fn has(&self, c: u32) -> bool {
        match self.low.get(c as usize) {
            Some(&held) => held,
            None => self.has_wide(c),
        }
    }

    #[inline(never)]
    fn has_wide(&self, c: u32) -> bool {
        self.wide.unwrap_or_else(|| self.members.hold(c))
    }

    pub fn reach(&self) -> Reach {
        let mut reach = Reach::default();
        for (c, _) in self.low.iter().enumerate().filter(|(_, held)| **held) {
            reach.add(c as u32);
        }
        reach.wide = self.wide != Some(false);
        reach
    }
}

/// What a character may be at most: a set of those below 256, and whether it may be a wider one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Reach {
    bits: [u64; 4],
    pub wide: bool,
}

impl Reach {
    pub const ALL: Reach = Reach {
        bits: [u64::MAX; 4],
        wide: true,
    };

    pub fn add(&mut self, c: u32) {
        match u8::try_from(c) {
            Ok(c) => self.bits[c as usize >> 6] |= 1 << (c & 63),
            Err(_) => self.wide = true,
        }
    }

    pub fn remove(&mut self, c: u32) {
        if let Ok(c) = u8::try_from(c) {
            self.bits[c as usize >> 6] &= !(1 << (c & 63));
        }
    }

    pub fn unite(&mut self, other: &Reach) {
        for (bits, others) in self.bits.iter_mut().zip(other.bits) {
            *bits |= others;
        }
        self.wide |= other.wide;
    }

    pub fn meets(&self, other: &Reach) -> bool {
        let common = self.bits.iter().zip(other.bits).any(|(a, b)| a & b != 0);
        common || self.wide && other.wide
    }

    #[inline(always)]
    pub fn has(&self, c: u32) -> bool {
        match self.bits.get(c as usize >> 6) {
            Some(bits) => bits >> (c & 63) & 1 != 0,
            None => self.wide,
        }
    }

    /// The characters below 256 that it has.
    pub fn low(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|&c| self.has(c as u32))
    }

    /// How many characters below 256 it has.
    pub fn count_low(&self) -> u32 {
        self.bits.iter().map(|bits| bits.count_ones()).sum()
    }
}
