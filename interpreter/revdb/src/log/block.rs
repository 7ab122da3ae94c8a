//! A block while it is gathered: items, of which large answers lie where the program has them too.

use super::item;
use std::borrow::Cow;
use std::sync::Arc;
use world::{Op, Tail};

/// The bytes of items in the order in which they will be in the file.
#[derive(Default)]
pub(super) struct Block {
    /// All that was copied.
    bytes: Vec<u8>,
    /// What was not, each with the number of copied bytes before it.
    shared: Vec<(usize, Arc<Vec<u8>>)>,
    length: usize,
}

impl Block {
    pub(super) fn with_capacity(bytes: usize) -> Block {
        Block {
            bytes: Vec::with_capacity(bytes),
            ..Block::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// What keeping it empty, to be used again, takes.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.shared.clear();
        self.length = 0;
    }

    /// Adds an item that `put` writes.
    pub(super) fn add(&mut self, put: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        put(&mut self.bytes);
        self.length += self.bytes.len() - before;
    }

    pub(super) fn add_answer(&mut self, op: Op, check: u16, head: &[u8], tail: Tail<'_>) {
        match tail {
            Tail::Lent(bytes) => self.add(|out| {
                item::put_answer(out, op, check, head, bytes.len());
                out.extend(bytes);
            }),
            Tail::Shared(piece) => {
                self.add(|out| item::put_answer(out, op, check, head, piece.len()));
                self.length += piece.len();
                self.shared.push((self.bytes.len(), piece));
            }
        }
    }

    /// Its parts in order, which may be empty.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.shared.iter().map(|(end, _)| *end);
        let ends = ends.chain([self.bytes.len()]);
        let pieces = self.shared.iter().map(|(_, piece)| piece.as_slice());
        let mut begin = 0;
        ends.zip(pieces.chain([&[][..]]))
            .flat_map(move |(end, piece)| {
                let copied = &self.bytes[std::mem::replace(&mut begin, end)..end];
                [copied, piece]
            })
    }

    /// Some bytes from its middle.
    pub(super) fn middle(&self, count: usize) -> Vec<u8> {
        let mut before = self.length / 2;
        let mut taken = Vec::with_capacity(count);
        for part in self.parts() {
            let begin = before.min(part.len());
            before -= begin;
            let end = part.len().min(begin + count - taken.len());
            taken.extend(&part[begin..end]);
        }
        taken
    }

    /// All of it in one piece.
    pub(super) fn whole(&self) -> Cow<'_, [u8]> {
        match self.shared.is_empty() {
            true => Cow::Borrowed(&self.bytes),
            false => Cow::Owned(self.parts().collect::<Vec<_>>().concat()),
        }
    }
}
