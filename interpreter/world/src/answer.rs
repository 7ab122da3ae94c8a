//! How answers are written down: little-endian numbers, lengths before contents.

use crate::{Entry, LocalTime, Stat, Tail, Terminal, Volume};
use std::io;

/// Reads what [`Answer::put`] wrote.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
}

/// What an operation gives, as bytes.
pub trait Answer: Sized {
    fn put(&self, out: &mut Vec<u8>);
    /// What [`Answer::put`] writes without what [`Answer::tail`] gives.
    fn put_head(&self, out: &mut Vec<u8>) {
        self.put(out);
    }
    /// What [`Answer::put`] writes last, if that lies there as it is: bulk need not be copied.
    fn tail(&self) -> &[u8] {
        &[]
    }
    /// The same for a tape, which may keep it.
    fn hand_tail(&mut self) -> Tail<'_> {
        Tail::Lent(self.tail())
    }
    /// `None` if the bytes are none of an answer.
    fn get(from: &mut Reader<'_>) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Answer for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }
            fn get(from: &mut Reader<'_>) -> Option<$type> {
                Some(<$type>::from_le_bytes(from.array()?))
            }
        })*
    };
}
numbers!(u8 u16 i32 u32 i64 u64 i128);

/// An answer of several parts, in order.
macro_rules! parts {
    ($type:ty { $($field:ident)* }) => {
        impl Answer for $type {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }
            fn get(from: &mut Reader<'_>) -> Option<$type> {
                Some(Self { $($field: Answer::get(from)?,)* })
            }
        }
    };
}
parts!(Stat { mode inode device links user group size access_ns modify_ns change_ns });
parts!(Volume {
    block_bytes fragment_bytes blocks free available files files_free files_available flags name_max id
});
parts!(Terminal { input output control local input_speed output_speed codes });
parts!(Entry { name is_dir is_file is_symlink });
parts!(LocalTime { offset_s is_summer name });

impl Answer for () {
    fn put(&self, _out: &mut Vec<u8>) {}
    fn get(_from: &mut Reader<'_>) -> Option<()> {
        Some(())
    }
}

impl Answer for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> Option<bool> {
        Some(u8::get(from)? != 0)
    }
}

impl Answer for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }
    fn get(from: &mut Reader<'_>) -> Option<usize> {
        usize::try_from(u64::get(from)?).ok()
    }
}

impl Answer for String {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        out.extend(self.as_bytes());
    }
    fn get(from: &mut Reader<'_>) -> Option<String> {
        let count = usize::get(from)?;
        String::from_utf8(from.take(count)?.to_vec()).ok()
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|item| item.put(out));
    }
    fn get(from: &mut Reader<'_>) -> Option<Vec<T>> {
        let count = usize::get(from)?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::get(from)?);
        }
        Some(items)
    }
}

impl<T: Answer> Answer for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(item) = self {
            item.put(out);
        }
    }
    fn get(from: &mut Reader<'_>) -> Option<Option<T>> {
        match bool::get(from)? {
            true => T::get(from).map(Some),
            false => Some(None),
        }
    }
}

impl<A: Answer, B: Answer> Answer for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.put_head(out);
        out.extend(self.tail());
    }
    fn put_head(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put_head(out);
    }
    fn tail(&self) -> &[u8] {
        self.1.tail()
    }
    fn hand_tail(&mut self) -> Tail<'_> {
        self.1.hand_tail()
    }
    fn get(from: &mut Reader<'_>) -> Option<(A, B)> {
        Some((A::get(from)?, B::get(from)?))
    }
}

/// The kinds of errors that come without the system's number.
const KINDS: [io::ErrorKind; 4] = [
    io::ErrorKind::Other,
    io::ErrorKind::Interrupted,
    io::ErrorKind::WriteZero,
    io::ErrorKind::InvalidInput,
];

impl<T: Answer> Answer for io::Result<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.put_head(out);
        out.extend(self.tail());
    }
    fn tail(&self) -> &[u8] {
        self.as_ref().map_or(&[], Answer::tail)
    }
    fn hand_tail(&mut self) -> Tail<'_> {
        self.as_mut().map_or(Tail::Lent(&[]), Answer::hand_tail)
    }
    fn put_head(&self, out: &mut Vec<u8>) {
        match self {
            Ok(item) => {
                out.push(0);
                item.put_head(out);
            }
            Err(error) => match error.raw_os_error() {
                Some(number) => {
                    out.push(1);
                    number.put(out);
                }
                None => {
                    out.push(2);
                    let kind = KINDS.iter().position(|&kind| kind == error.kind());
                    out.push(kind.unwrap_or(0) as u8);
                    error.to_string().put(out);
                }
            },
        }
    }
    fn get(from: &mut Reader<'_>) -> Option<io::Result<T>> {
        Some(match u8::get(from)? {
            0 => Ok(T::get(from)?),
            1 => Err(io::Error::from_raw_os_error(i32::get(from)?)),
            _ => {
                let kind = *KINDS.get(u8::get(from)? as usize)?;
                Err(io::Error::new(kind, String::get(from)?))
            }
        })
    }
}
