//! What was read, as one piece: bulk is not to be handled byte by byte, nor copied for a recording that
//! writes it down while the program uses it.

use crate::answer::{Answer, Reader};
use std::ops::Deref;
use std::sync::Arc;

/// Copying what is shorter takes less than sharing it.
const SHARED_BYTES_MIN: usize = 16 << 10;

/// Bytes that were read. A recording may have them too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Own(Vec<u8>),
    Shared(Arc<Vec<u8>>),
}

impl Piece {
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Piece::Own(bytes) => bytes,
            Piece::Shared(bytes) => Arc::unwrap_or_clone(bytes),
        }
    }
}

impl Deref for Piece {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Piece::Own(bytes) => bytes,
            Piece::Shared(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Piece {
    fn from(bytes: Vec<u8>) -> Piece {
        Piece::Own(bytes)
    }
}

/// The last part of an answer, as a tape takes it.
#[derive(Clone, Debug)]
pub enum Tail<'a> {
    /// To be copied.
    Lent(&'a [u8]),
    /// To be kept as long as it takes.
    Shared(Arc<Vec<u8>>),
}

/// A piece as an answer is its last part, whose length follows from the answer's.
impl Answer for Piece {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.tail());
    }
    fn put_head(&self, _out: &mut Vec<u8>) {}
    fn tail(&self) -> &[u8] {
        self
    }
    fn hand_tail(&mut self) -> Tail<'_> {
        if let Piece::Own(bytes) = self
            && bytes.len() >= SHARED_BYTES_MIN
        {
            *self = Piece::Shared(Arc::new(std::mem::take(bytes)));
        }
        match self {
            Piece::Own(bytes) => Tail::Lent(bytes),
            Piece::Shared(bytes) => Tail::Shared(Arc::clone(bytes)),
        }
    }
    fn get(from: &mut Reader<'_>) -> Option<Piece> {
        Some(Piece::Own(from.rest().to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_piece_is_the_rest_of_its_answer_and_shared_if_it_is_long() {
        for length in [0, 9, SHARED_BYTES_MIN - 1, SHARED_BYTES_MIN] {
            let mut answer: io::Result<Piece> = Ok(vec![7; length].into());
            let (mut whole, mut parts) = (Vec::new(), Vec::new());
            answer.put(&mut whole);
            answer.put_head(&mut parts);
            match answer.hand_tail() {
                Tail::Lent(bytes) => {
                    assert!(bytes.len() < SHARED_BYTES_MIN);
                    parts.extend(bytes);
                }
                Tail::Shared(bytes) => {
                    assert!(bytes.len() >= SHARED_BYTES_MIN);
                    parts.extend(bytes.iter());
                }
            }
            assert_eq!(parts, whole);
            let read = io::Result::<Piece>::get(&mut Reader::new(&whole)).unwrap();
            assert_eq!(read.unwrap().into_vec(), vec![7; length]);
            assert_eq!(answer.unwrap().into_vec(), vec![7; length]);
        }
    }
}
