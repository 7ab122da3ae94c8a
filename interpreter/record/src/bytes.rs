//! Bytes in a trace: of bytes objects, which stay as they are, and of arrays of bytes, which do not.
//!
//! An array's storage is a bytes object that nothing else refers to, so its bytes are loaded and stored as
//! that one's. Who stores into bytes in another way, or gives an array other storage, is a residual call
//! that may write to containers, of which both are.

use crate::recorder::{Recorded, Recorder};
use object::{ByteArray, Value, layout};
use trace::{Cond, Op, Ref};
use vm::Machine;

impl Recorder<'_> {
    /// The bytes object that holds the bytes of one, or of an array.
    fn bytes_of(&mut self, bytes: Recorded) -> Ref {
        if !bytes.word.is::<ByteArray>() {
            return bytes.r;
        }
        let field = layout::BYTE_ARRAY_STORAGE as u16;
        self.emit(Op::Load, &[bytes.r.0, field])
    }

    /// The byte of a bytes object or array at a small index, if there is one.
    pub(crate) fn byte_at(&mut self, bytes: Recorded, index: Recorded) -> Option<Recorded> {
        let word = self.vm.bytes_item(bytes.word, index.word)?;
        if self.is_off() {
            return Some(Recorder::unknown(word));
        }
        let length = self.vm.length(bytes.word).small_unchecked();
        let index = self.checked_index(bytes, index, length)?;
        Some(self.byte_of(bytes, index, word))
    }

    /// Records and executes that the byte of an array at a small index is replaced by a small integer.
    /// False: that is the runtime's, which raises.
    pub(crate) fn replace_byte(
        &mut self,
        array: Recorded,
        index: Recorded,
        value: Recorded,
    ) -> bool {
        if self.is_off() {
            return self.vm.set_byte(array.word, index.word, value.word);
        }
        let length = array.word.known::<ByteArray>().len() as i64;
        let Some(at) = self.checked_index(array, index, length) else {
            return false;
        };
        self.store_byte(array, at, value) && self.vm.set_byte(array.word, index.word, value.word)
    }

    /// The byte of a bytes object or array at an index below its length.
    pub(crate) fn byte_of(&mut self, bytes: Recorded, index: Ref, word: Value) -> Recorded {
        let from = self.bytes_of(bytes);
        let first = layout::BYTES_ITEMS as u16;
        let byte = self.emit(Op::LoadByteAt, &[from.0, index.0, first]);
        let r = self.emit(Op::TagInt, &[byte.0]);
        Recorded { word, r }
    }

    /// A small integer as a byte, if it is one.
    fn byte_from(&mut self, value: Recorded) -> Option<Ref> {
        u8::try_from(value.word.small_unchecked()).ok()?;
        let limit = self.word_ref(Value::small(256));
        self.guard(Op::GuardBelow, &[value.r.0, limit.0]);
        Some(self.emit(Op::UntagInt, &[value.r.0]))
    }

    /// Records that the byte at an index below an array's length is replaced by a small integer. False:
    /// that is the runtime's, which raises.
    fn store_byte(&mut self, array: Recorded, index: Ref, value: Recorded) -> bool {
        let Some(byte) = self.byte_from(value) else {
            return false;
        };
        let to = self.bytes_of(array);
        let first = layout::BYTES_ITEMS as u16;
        self.emit(Op::StoreByteAt, &[to.0, index.0, byte.0, first]);
        self.effect = true;
        true
    }

    /// Records and executes that a small integer is appended to an array that has room for it and of which
    /// there was never a view. False: that is the runtime's, and nothing has happened.
    pub(crate) fn append_in_array(&mut self, array: Recorded, value: Recorded) -> bool {
        let gc = array.word.known::<ByteArray>();
        let number = u8::try_from(value.word.small_unchecked());
        let (Ok(number), true, false) = (number, gc.len() < gc.capacity(), gc.was_viewed()) else {
            return false;
        };
        let Some(byte) = self.byte_from(value) else {
            return false;
        };
        let header = self.emit(Op::LoadRaw, &[array.r.0, 0]);
        let (mask, none) = (self.raw_ref(layout::viewed_mask() as i64), self.raw_ref(0));
        let viewed = self.emit(Op::AndRaw, &[header.0, mask.0]);
        self.guard(Op::GuardInt, &[Cond::Eq as u16, viewed.0, none.0]);
        let field = layout::BYTE_ARRAY_LENGTH as u16;
        let old = self.emit(Op::LoadRaw, &[array.r.0, field]);
        let storage = self.bytes_of(array);
        let room = self.emit(Op::LoadFixedRaw, &[storage.0, layout::BYTES_LENGTH as u16]);
        self.guard(Op::GuardInt, &[Cond::Lt as u16, old.0, room.0]);
        let index = self.emit(Op::TagInt, &[old.0]);
        let first = layout::BYTES_ITEMS as u16;
        self.emit(Op::StoreByteAt, &[storage.0, index.0, byte.0, first]);
        let one = self.raw_ref(1);
        let new = self.emit(Op::AddRaw, &[old.0, one.0]);
        self.emit(Op::StoreRaw, &[array.r.0, field, new.0]);
        self.effect = true;
        gc.extend(&[number]);
        true
    }
}
