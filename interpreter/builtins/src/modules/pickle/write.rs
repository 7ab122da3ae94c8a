//! Writing: the opcodes of an object and of all that it consists of.
//!
//! What is plain data goes to the output without Python code. The memo is the writer's own while it
//! does, and the pickler's (where the collector finds it) whenever Python code may run:
//! [`Writer::outside`] is the only way to such code.

use super::memo::Memo;
use super::ops;
use super::pickler::{self, Hooks};
use super::{buffers, pickling_error};
use crate::codec::{Codec, encode_with};
use crate::{float_text, int_text};
use object::{BigInt, ByteArray, Bytes, Dict, FrozenSet, Gc, Kind, List, Set, Str, Tuple, Value};
use vm::{PyResult, Raised, Vm, tuple};

/// How many items are written between a mark and the opcode that adds them.
pub(super) const BATCH_ITEMS: usize = 1000;
/// The size of a frame from which on it is closed, in bytes; larger strings stand outside of frames.
const FRAME_TARGET: usize = 64 << 10;
/// The size below which a frame is not worth its header, in bytes.
const FRAME_LEAST: usize = 4;
/// The size of a frame's header: opcode and length.
const FRAME_HEADER: usize = 9;

/// The options of a pickler.
#[derive(Clone, Copy)]
pub struct Options {
    pub protocol: u8,
    /// Not protocol 0.
    pub binary: bool,
    /// Nothing is remembered.
    pub fast: bool,
    /// Modules get the names that Python 2 had for them.
    pub fix_imports: bool,
}

pub struct Writer {
    pub(super) out: Vec<u8>,
    pub(super) memo: Memo,
    pub(super) options: Options,
    pub(super) hooks: Hooks,
    /// The object that keeps the memo alive; *unbound* until it is needed.
    owner: Value,
    framing: bool,
    /// Where the header of the frame that is being written lies.
    frame: Option<usize>,
    /// The tables of `copyreg`, once they were needed.
    pub(super) dispatch_table: Value,
    pub(super) extensions: Value,
    /// How many containers are open in fast mode.
    depth: usize,
    /// Those that are, once there are many.
    open: Vec<Value>,
}

impl Writer {
    pub fn new(options: Options, hooks: Hooks, memo: Memo, owner: Value) -> Writer {
        Writer {
            out: Vec::with_capacity(512),
            memo,
            options,
            hooks,
            owner,
            framing: false,
            frame: None,
            dispatch_table: Value::UNBOUND,
            extensions: Value::UNBOUND,
            depth: 0,
            open: Vec::new(),
        }
    }

    /// Writes a whole pickle. What no file has got is in `out` then.
    pub fn dump(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        let protocol = self.options.protocol;
        if protocol >= 2 {
            self.put(&[ops::PROTO, protocol]);
        }
        self.framing = protocol >= 4;
        self.save(vm, value)?;
        self.op(ops::STOP);
        self.close_frame();
        self.framing = false;
        self.flush(vm)
    }

    // ---- calls into Python

    /// Runs what may run Python code, with the memo where the collector finds it.
    pub(super) fn outside<R>(&mut self, vm: &mut Vm, f: impl FnOnce(&mut Vm) -> R) -> PyResult<R> {
        if self.owner.is_unbound() {
            self.owner = pickler::bare(vm)?;
        }
        let owner = self.owner;
        pickler::keep_memo(owner, std::mem::take(&mut self.memo));
        let result = f(vm);
        self.memo = pickler::take_memo(owner);
        Ok(result)
    }

    pub(super) fn call(&mut self, vm: &mut Vm, callee: Value, args: &[Value]) -> PyResult {
        self.outside(vm, |vm| vm.call(callee, args))?
    }

    pub(super) fn find_attr(
        &mut self,
        vm: &mut Vm,
        object: Value,
        name: Gc<Str>,
    ) -> PyResult<Option<Value>> {
        self.outside(vm, |vm| vm.find_attr(object, name))?
    }

    pub(super) fn repr(&mut self, vm: &mut Vm, object: Value) -> PyResult<String> {
        self.outside(vm, |vm| vm.repr_text(object))?
    }

    // ---- output and frames

    #[inline]
    pub(super) fn put(&mut self, data: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        self.out.extend_from_slice(data);
    }

    #[inline]
    pub(super) fn op(&mut self, op: u8) {
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        self.out.push(op);
    }

    #[cold]
    fn open_frame(&mut self) {
        self.frame = Some(self.out.len());
        self.out.extend_from_slice(&[0; FRAME_HEADER]);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        let length = self.out.len() - start - FRAME_HEADER;
        if length >= FRAME_LEAST {
            self.out[start] = ops::FRAME;
            self.out[start + 1..start + FRAME_HEADER]
                .copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            self.out.drain(start..start + FRAME_HEADER);
        }
    }

    /// Gives the file what there is.
    fn flush(&mut self, vm: &mut Vm) -> PyResult<()> {
        if let Some(write) = self.hooks.write {
            let data = Bytes::new(&std::mem::take(&mut self.out));
            self.call(vm, write, &[data.into()])?;
        }
        Ok(())
    }

    /// Closes a frame that has become large, between two opcodes.
    #[inline]
    fn boundary(&mut self, vm: &mut Vm) -> PyResult<()> {
        match self.frame {
            Some(start) if self.out.len() - start - FRAME_HEADER >= FRAME_TARGET => {
                self.close_frame();
                self.flush(vm)
            }
            _ => Ok(()),
        }
    }

    /// Writes an opcode with its length, and data, of which `object` consists if it is given.
    fn put_large(
        &mut self,
        vm: &mut Vm,
        head: &[u8],
        data: &[u8],
        object: Option<Value>,
    ) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.put(head);
            self.out.extend_from_slice(data);
            return Ok(());
        }
        self.close_frame();
        let framing = std::mem::take(&mut self.framing);
        self.put(head);
        match self.hooks.write {
            Some(write) => {
                let object = object.unwrap_or_else(|| Bytes::new(data).into());
                self.flush(vm)?;
                self.call(vm, write, &[object])?;
            }
            None => self.put(data),
        }
        self.framing = framing;
        Ok(())
    }

    // ---- the memo

    /// Writes that the object just written has the next number.
    #[inline]
    pub(super) fn memoize(&mut self, object: Value) {
        if self.options.fast {
            return;
        }
        let number = self.memo.len() as u32;
        self.memo.set(object, number);
        if self.options.protocol >= 4 {
            self.op(ops::MEMOIZE);
        } else if !self.options.binary {
            self.put(format!("p{number}\n").as_bytes());
        } else {
            self.put_number(ops::BINPUT, ops::LONG_BINPUT, number);
        }
    }

    fn put_number(&mut self, short: u8, long: u8, number: u32) {
        match u8::try_from(number) {
            Ok(number) => self.put(&[short, number]),
            Err(_) => {
                let [a, b, c, d] = number.to_le_bytes();
                self.put(&[long, a, b, c, d]);
            }
        }
    }

    pub(super) fn get(&mut self, number: u32) {
        if self.options.binary {
            self.put_number(ops::BINGET, ops::LONG_BINGET, number);
        } else {
            self.put(format!("g{number}\n").as_bytes());
        }
    }

    // ---- values

    /// Writes an object.
    #[inline]
    pub fn save(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        self.boundary(vm)?;
        if let (Some(number), None) = (value.as_small(), self.hooks.persistent_id) {
            self.int(number);
            return Ok(());
        }
        if self.hooks.persistent_id.is_some() && self.save_persistent(vm, value)? {
            return Ok(());
        }
        self.save_value(vm, value)
    }

    /// Writes an object, whatever the program has for it.
    pub(super) fn save_own(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        self.boundary(vm)?;
        self.save_value(vm, value)
    }

    fn save_value(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if let Some(number) = value.as_small() {
            self.int(number);
            return Ok(());
        }
        let Some(kind) = value.kind() else {
            return self.immediate(vm, value);
        };
        match kind {
            Kind::Float => {
                self.float(value.as_float().unwrap_or(0.0));
                return Ok(());
            }
            Kind::BigInt => return self.big(vm, value.known()),
            _ => {}
        }
        let value = match kind {
            Kind::Bytes if value.known::<Bytes>().len() <= 1 => the_short(vm, value.known()),
            _ => value,
        };
        if let Some(number) = self.memo.get(value) {
            self.get(number);
            return Ok(());
        }
        match kind {
            Kind::Str => self.text(vm, value.known()),
            Kind::Bytes => self.bytes(vm, value.known()),
            _ => vm.nested(|vm| self.container(vm, value, kind)),
        }
    }

    /// A value that lies in its word.
    fn immediate(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        match value {
            Value::NONE => self.op(ops::NONE),
            Value::TRUE | Value::FALSE => {
                let is_true = value == Value::TRUE;
                match (self.options.protocol >= 2, is_true) {
                    (true, true) => self.op(ops::NEWTRUE),
                    (true, false) => self.op(ops::NEWFALSE),
                    (false, true) => self.put(b"I01\n"),
                    (false, false) => self.put(b"I00\n"),
                }
            }
            _ => match value.as_float() {
                Some(float) => self.float(float),
                None => {
                    if let Some(number) = self.memo.get(value) {
                        self.get(number);
                        return Ok(());
                    }
                    return vm.nested(|vm| self.object(vm, value));
                }
            },
        }
        Ok(())
    }

    #[inline]
    fn int(&mut self, number: i64) {
        let Ok(short) = i32::try_from(number) else {
            return self.long(number);
        };
        let [a, b, c, d] = short.to_le_bytes();
        match short {
            _ if !self.options.binary => self.put(format!("I{number}\n").as_bytes()),
            0..=0xff => self.put(&[ops::BININT1, a]),
            0x100..=0xffff => self.put(&[ops::BININT2, a, b]),
            _ => self.put(&[ops::BININT, a, b, c, d]),
        }
    }

    /// An integer that does not fit 32 bits.
    fn long(&mut self, number: i64) {
        if self.options.protocol < 2 {
            return self.put(format!("L{number}L\n").as_bytes());
        }
        self.put_long(&mut number.to_le_bytes().to_vec(), number < 0);
    }

    /// Two's complement, the lowest byte first, of which those at the end that say nothing are left out.
    fn put_long(&mut self, bytes: &mut Vec<u8>, negative: bool) {
        let filling = if negative { 0xff } else { 0 };
        while let [.., before, last] = bytes[..]
            && last == filling
            && (before ^ filling) & 0x80 == 0
        {
            bytes.pop();
        }
        match u8::try_from(bytes.len()) {
            Ok(length) => self.put(&[ops::LONG1, length]),
            Err(_) => {
                self.op(ops::LONG4);
                self.put(&(bytes.len() as u32).to_le_bytes());
            }
        }
        self.put(bytes);
    }

    fn big(&mut self, vm: &mut Vm, number: Gc<BigInt>) -> PyResult<()> {
        if self.options.protocol < 2 {
            let digits = int_text::decimal_text(vm, number.into())?;
            self.put(format!("L{digits}L\n").as_bytes());
            return Ok(());
        }
        let negative = number.is_negative();
        let limbs = number.limbs().iter();
        let mut bytes: Vec<u8> = limbs.flat_map(|limb| limb.to_le_bytes()).collect();
        bytes.push(0);
        if negative {
            let mut carry = true;
            for byte in &mut bytes {
                let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
                (*byte, carry) = (sum, over);
            }
        }
        self.put_long(&mut bytes, negative);
        Ok(())
    }

    fn float(&mut self, float: f64) {
        if self.options.binary {
            self.op(ops::BINFLOAT);
            self.put(&float.to_be_bytes());
        } else {
            self.op(ops::FLOAT);
            self.put(&float_text::repr(float));
            self.op(b'\n');
        }
    }

    fn text(&mut self, vm: &mut Vm, text: Gc<Str>) -> PyResult<()> {
        let string = text.get();
        if !self.options.binary {
            self.op(ops::UNICODE);
            let mut escaped = Vec::with_capacity(string.len());
            string
                .points()
                .for_each(|point| put_escaped(&mut escaped, point));
            self.put(&escaped);
            self.op(b'\n');
        } else if string.is_ascii()
            && let Some(data) = string.as_latin1()
        {
            self.text_data(vm, data)?;
        } else {
            let data = encode_with(vm, text, Codec::Utf8, "surrogatepass")?;
            self.text_data(vm, data.as_slice())?;
        }
        self.memoize(text.into());
        Ok(())
    }

    #[inline]
    fn text_data(&mut self, vm: &mut Vm, data: &[u8]) -> PyResult<()> {
        let length = data.len();
        if length <= 0xff && self.options.protocol >= 4 {
            self.put(&[ops::SHORT_BINUNICODE, length as u8]);
            self.out.extend_from_slice(data);
            return Ok(());
        }
        let [a, b, c, d, ..] = (length as u64).to_le_bytes();
        if length <= 0xffff_ffff {
            return self.put_large(vm, &[ops::BINUNICODE, a, b, c, d], data, None);
        }
        if self.options.protocol < 4 {
            return Err(vm.overflow_error(
                "serializing a string larger than 4 GiB requires pickle protocol 4 or higher",
            ));
        }
        self.put_large(vm, &with_length(ops::BINUNICODE8, length), data, None)
    }

    fn bytes(&mut self, vm: &mut Vm, bytes: Gc<Bytes>) -> PyResult<()> {
        if self.options.protocol >= 3 {
            return self.bytes_data(vm, bytes.into(), bytes.as_slice(), Some(bytes.into()));
        }
        // Python 2 makes bytes of this.
        let reduced = if bytes.is_empty() {
            tuple(&[vm.types.bytes.into(), tuple(&[])])
        } else {
            let codecs = self.outside(vm, |vm| vm.import_module("_codecs"))??;
            let encode = self.outside(vm, |vm| vm.get_attr_text(codecs, "encode"))??;
            let text = Str::from_latin1(bytes.as_slice()).into();
            tuple(&[encode, tuple(&[text, object::intern("latin1").into()])])
        };
        vm.nested(|vm| self.save_reduced(vm, reduced, Some(bytes.into())))
    }

    pub(super) fn bytes_data(
        &mut self,
        vm: &mut Vm,
        object: Value,
        data: &[u8],
        written: Option<Value>,
    ) -> PyResult<()> {
        let length = data.len();
        let [a, b, c, d, ..] = (length as u64).to_le_bytes();
        if length <= 0xff {
            self.put(&[ops::SHORT_BINBYTES, length as u8]);
            self.out.extend_from_slice(data);
        } else if length <= 0xffff_ffff {
            self.put_large(vm, &[ops::BINBYTES, a, b, c, d], data, written)?;
        } else if self.options.protocol >= 4 {
            self.put_large(vm, &with_length(ops::BINBYTES8, length), data, written)?;
        } else {
            return Err(vm.overflow_error(
                "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or \
                 higher",
            ));
        }
        self.memoize(object);
        Ok(())
    }

    fn byte_array(&mut self, vm: &mut Vm, array: Gc<ByteArray>) -> PyResult<()> {
        let data = array.as_slice();
        if self.options.protocol >= 5 {
            return self.array_data(vm, array.into(), data);
        }
        let arguments = match data {
            [] => tuple(&[]),
            _ => tuple(&[Bytes::new(data).into()]),
        };
        let reduced = tuple(&[vm.types.bytearray.into(), arguments]);
        self.save_reduced(vm, reduced, Some(array.into()))
    }

    fn array_data(&mut self, vm: &mut Vm, object: Value, data: &[u8]) -> PyResult<()> {
        let head = with_length(ops::BYTEARRAY8, data.len());
        self.put_large(vm, &head, data, None)?;
        self.memoize(object);
        Ok(())
    }

    fn buffer(&mut self, vm: &mut Vm, object: Value) -> PyResult<()> {
        if self.options.protocol < 5 {
            return Err(pickling_error(
                vm,
                "PickleBuffer can only be pickled with protocol >= 5",
            ));
        }
        let view = buffers::view(vm, object)?;
        if !buffers::is_contiguous(vm, view)? {
            return Err(pickling_error(
                vm,
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        }
        let is_readonly = buffers::is_readonly(vm, view)?;
        let mut in_band = true;
        if let Some(callback) = self.hooks.buffer_callback {
            let answer = self.call(vm, callback, &[object])?;
            in_band = self.outside(vm, |vm| vm.truth(answer))??;
        }
        if !in_band {
            self.op(ops::NEXT_BUFFER);
            if is_readonly {
                self.op(ops::READONLY_BUFFER);
            }
            return Ok(());
        }
        let data = crate::types::bytes::required(vm, view)?;
        match is_readonly {
            true => self.bytes_data(vm, object, &data, None),
            false => self.array_data(vm, object, &data),
        }
    }

    // ---- containers

    fn container(&mut self, vm: &mut Vm, value: Value, kind: Kind) -> PyResult<()> {
        match kind {
            Kind::Tuple if self.is_plain(vm, value, vm.types.tuple) => {
                self.tuple(vm, value.known())
            }
            Kind::List => self.list(vm, value.known()),
            Kind::Dict => self.dict(vm, value.known()),
            Kind::Set => self.set(vm, value.known()),
            Kind::FrozenSet => self.frozen_set(vm, value.known()),
            Kind::ByteArray => self.byte_array(vm, value.known()),
            Kind::Foreign if buffers::is_buffer(value) => self.buffer(vm, value),
            _ => self.object(vm, value),
        }
    }

    /// Whether an object is of a builtin class and of no other with the same layout.
    fn is_plain(&self, vm: &Vm, value: Value, class: Gc<object::Class>) -> bool {
        vm.class_of(value) == class
    }

    fn tuple_items(&mut self, vm: &mut Vm, items: Gc<Tuple>) -> PyResult<()> {
        for (at, &item) in items.items().iter().enumerate() {
            if let Err(raised) = self.save(vm, item) {
                return Err(noted_item(vm, raised, items.into(), at));
            }
        }
        Ok(())
    }

    fn tuple(&mut self, vm: &mut Vm, items: Gc<Tuple>) -> PyResult<()> {
        let (count, protocol) = (items.len(), self.options.protocol);
        if count == 0 {
            match self.options.binary {
                true => self.op(ops::EMPTY_TUPLE),
                false => self.put(&[ops::MARK, ops::TUPLE]),
            }
            return Ok(());
        }
        let short = count <= 3 && protocol >= 2;
        if !short {
            self.op(ops::MARK);
        }
        self.tuple_items(vm, items)?;
        // It is part of itself if it was written meanwhile.
        if let Some(number) = self.memo.get(items.into()) {
            match (short, self.options.binary) {
                (true, _) => self.put(&vec![ops::POP; count]),
                (false, true) => self.op(ops::POP_MARK),
                (false, false) => self.put(&vec![ops::POP; count + 1]),
            }
            self.get(number);
            return Ok(());
        }
        match (short, count) {
            (true, 1) => self.op(ops::TUPLE1),
            (true, 2) => self.op(ops::TUPLE2),
            (true, _) => self.op(ops::TUPLE3),
            (false, _) => self.op(ops::TUPLE),
        }
        self.memoize(items.into());
        Ok(())
    }

    /// Begins a list or dictionary: the opcode, or a mark and the older one.
    fn begin(&mut self, empty: u8, old: u8, value: Value) {
        match self.options.binary {
            true => self.op(empty),
            false => self.put(&[ops::MARK, old]),
        }
        self.memoize(value);
    }

    fn list(&mut self, vm: &mut Vm, list: Gc<List>) -> PyResult<()> {
        self.enter_fast(vm, list.into())?;
        self.begin(ops::EMPTY_LIST, ops::LIST, list.into());
        let mut at = 0;
        if self.options.protocol == 0 {
            while let Some(item) = list.item(at) {
                self.list_item(vm, list, at, item)?;
                self.op(ops::APPEND);
                at += 1;
            }
        } else if let (1, Some(item)) = (list.len(), list.item(0)) {
            self.list_item(vm, list, 0, item)?;
            self.op(ops::APPEND);
        } else {
            while at < list.len() {
                self.op(ops::MARK);
                let end = at + BATCH_ITEMS;
                while at < end
                    && let Some(item) = list.item(at)
                {
                    self.list_item(vm, list, at, item)?;
                    at += 1;
                }
                self.op(ops::APPENDS);
            }
        }
        self.leave_fast(list.into());
        Ok(())
    }

    #[inline]
    fn list_item(&mut self, vm: &mut Vm, list: Gc<List>, at: usize, item: Value) -> PyResult<()> {
        match self.save(vm, item) {
            Ok(()) => Ok(()),
            Err(raised) => Err(noted_item(vm, raised, list.into(), at)),
        }
    }

    fn dict(&mut self, vm: &mut Vm, dict: Gc<Dict>) -> PyResult<()> {
        self.enter_fast(vm, dict.into())?;
        self.begin(ops::EMPTY_DICT, ops::DICT, dict.into());
        let count = dict.len();
        let is_single = count == 1;
        if self.options.protocol == 0 || is_single {
            let mut from = 0;
            while let Some((at, _, key, value)) = dict.next_entry(from) {
                self.member(vm, dict.into(), key, value)?;
                self.op(ops::SETITEM);
                from = at.0 + 1;
                self.unchanged(vm, dict, count, "dictionary")?;
            }
        } else if count > 0 {
            let (mut from, mut in_batch) = (0, BATCH_ITEMS);
            while in_batch == BATCH_ITEMS {
                self.op(ops::MARK);
                in_batch = 0;
                while in_batch < BATCH_ITEMS
                    && let Some((at, _, key, value)) = dict.next_entry(from)
                {
                    self.member(vm, dict.into(), key, value)?;
                    from = at.0 + 1;
                    in_batch += 1;
                    self.unchanged(vm, dict, count, "dictionary")?;
                }
                self.op(ops::SETITEMS);
            }
        }
        self.leave_fast(dict.into());
        Ok(())
    }

    #[inline]
    fn unchanged(
        &mut self,
        vm: &mut Vm,
        table: Gc<Dict>,
        count: usize,
        what: &str,
    ) -> PyResult<()> {
        if table.len() == count {
            return Ok(());
        }
        Err(vm.runtime_error(format!("{what} changed size during iteration")))
    }

    /// A key and its value.
    #[inline]
    pub(super) fn member(
        &mut self,
        vm: &mut Vm,
        owner: Value,
        key: Value,
        value: Value,
    ) -> PyResult<()> {
        self.save(vm, key)?;
        match self.save(vm, value) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let shown = self.repr(vm, key)?;
                Err(noted(vm, raised, owner, &format!("item {shown}")))
            }
        }
    }

    fn set(&mut self, vm: &mut Vm, set: Gc<Set>) -> PyResult<()> {
        if self.options.protocol < 4 {
            return self.set_by_list(vm, set.into(), &set.elements().collect::<Vec<_>>());
        }
        self.op(ops::EMPTY_SET);
        self.memoize(set.into());
        let (table, count) = (set.table(), set.len());
        if count == 0 {
            return Ok(());
        }
        let (mut from, mut in_batch) = (0, BATCH_ITEMS);
        while in_batch == BATCH_ITEMS {
            self.op(ops::MARK);
            in_batch = 0;
            while in_batch < BATCH_ITEMS
                && let Some((at, _, element, _)) = table.next_entry(from)
            {
                self.element(vm, set.into(), element)?;
                from = at.0 + 1;
                in_batch += 1;
                self.unchanged(vm, table, count, "set")?;
            }
            self.op(ops::ADDITEMS);
        }
        Ok(())
    }

    fn element(&mut self, vm: &mut Vm, set: Value, element: Value) -> PyResult<()> {
        match self.save(vm, element) {
            Ok(()) => Ok(()),
            Err(raised) => Err(noted(vm, raised, set, "element")),
        }
    }

    /// A set as the call that makes it of a list.
    fn set_by_list(&mut self, vm: &mut Vm, set: Value, elements: &[Value]) -> PyResult<()> {
        let list = List::from_slice(elements);
        let class = vm.class_of(set);
        let reduced = tuple(&[class.into(), tuple(&[list.into()])]);
        self.save_reduced(vm, reduced, Some(set))
    }

    fn frozen_set(&mut self, vm: &mut Vm, set: Gc<FrozenSet>) -> PyResult<()> {
        if self.options.protocol < 4 {
            return self.set_by_list(vm, set.into(), &set.elements().collect::<Vec<_>>());
        }
        self.op(ops::MARK);
        let (table, mut from) = (set.table(), 0);
        while let Some((at, _, element, _)) = table.next_entry(from) {
            self.element(vm, set.into(), element)?;
            from = at.0 + 1;
        }
        if let Some(number) = self.memo.get(set.into()) {
            self.op(ops::POP_MARK);
            self.get(number);
            return Ok(());
        }
        self.op(ops::FROZENSET);
        self.memoize(set.into());
        Ok(())
    }

    // ---- fast mode, which does not remember, but must not go round forever

    /// How deep containers are nested before it is asked whether one is part of itself.
    const FAST_DEPTH: usize = 50;

    pub(super) fn enter_fast(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        if !self.options.fast {
            return Ok(());
        }
        self.depth += 1;
        if self.depth >= Writer::FAST_DEPTH {
            if self.open.contains(&value) {
                let class = vm.type_name(value);
                let object = crate::types::object::address(value);
                return Err(vm.value_error(format!(
                    "fast mode: can't pickle cyclic objects including object type {class} at \
                     {object:#x}"
                )));
            }
            self.open.push(value);
        }
        Ok(())
    }

    pub(super) fn leave_fast(&mut self, value: Value) {
        if self.options.fast {
            if self.open.last() == Some(&value) {
                self.open.pop();
            }
            self.depth -= 1;
        }
    }
}

/// Bytes of at most one, of which there is one object each as far as pickles are concerned.
#[cold]
fn the_short(vm: &mut Vm, bytes: Gc<Bytes>) -> Value {
    const NAME: &str = "_pickle.short_bytes";
    let all = match vm.kept(NAME) {
        Some(all) => all.known::<Tuple>(),
        None => {
            let single = (0..=u8::MAX).map(|byte| Value::from(Bytes::new(&[byte])));
            let all: Vec<Value> = single.chain([Bytes::new(&[]).into()]).collect();
            let all = Tuple::new(&all);
            vm.keep(NAME, all.into());
            all
        }
    };
    let at = bytes.as_slice().first().map_or(256, |&byte| byte.into());
    all.items()[at]
}

/// An opcode and a length of eight bytes.
fn with_length(op: u8, length: usize) -> [u8; 9] {
    let mut head = [op; 9];
    head[1..].copy_from_slice(&(length as u64).to_le_bytes());
    head
}

/// A character of a string of protocol 0: no line end in it, and nothing that could be one.
fn put_escaped(out: &mut Vec<u8>, point: u32) {
    match point {
        0x10000.. => out.extend_from_slice(format!("\\U{point:08x}").as_bytes()),
        0x5c | 0 | 0x0a | 0x0d | 0x1a | 0x100.. => {
            out.extend_from_slice(format!("\\u{point:04x}").as_bytes());
        }
        _ => out.push(point as u8),
    }
}

/// Notes on an exception which part of an object it is about.
#[cold]
pub(super) fn noted(vm: &mut Vm, raised: Raised, object: Value, what: &str) -> Raised {
    let class = full_name(vm, object);
    vm.add_note(raised, &format!("when serializing {class} {what}"));
    raised
}

#[cold]
pub(super) fn noted_item(vm: &mut Vm, raised: Raised, object: Value, at: usize) -> Raised {
    noted(vm, raised, object, &format!("item {at}"))
}

/// The name of an object's class, with its module unless that is builtin.
pub(super) fn full_name(vm: &mut Vm, object: Value) -> String {
    let class = vm.class_of(object);
    let name = match class.qualname.get().cast::<Str>() {
        Some(name) => name.to_text_escaped(),
        None => class.name_text(),
    };
    let module = class.dict().get_str(vm.names.module);
    match module.and_then(|module| module.to::<Str>()) {
        Some(module) if !module.equals_text("builtins") && !module.equals_text("__main__") => {
            format!("{}.{name}", module.to_text_escaped())
        }
        _ => name,
    }
}
