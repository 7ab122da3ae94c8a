//! Calls of the runtime from a trace: which function of the table does what an op asks for, and
//! what must be in order before it is called.
//!
//! Most ops have two functions in the table, one for operands of any kind and a *plain* one for
//! operands that run no Python code. The operands' shapes are tested, so the plain one may be
//! called where they are of such kinds now.

use crate::abort::Abort;
use crate::emit::Kind as WordKind;
use crate::raise::Raising;
use crate::recorder::{Recorded, Recorder};
use object::{Bytes, CodePointer, Decimal, Dict, Kind, Str, Tuple, Value};
use trace::{NO_SNAPSHOT, Op, Ref, Rt};
use vm::machine::Runtime;
use vm::plain::{Plain, is_container, is_plain, is_plain_iter, is_sequence};
use vm::{BinaryOp, Machine, PyResult, Vm};

fn is_plain_binary(op: BinaryOp, a: Value, b: Value) -> bool {
    let text = |word: Value| matches!(word.kind(), Some(Kind::Str | Kind::Bytes));
    match op {
        BinaryOp::Add => is_plain(a) && is_plain(b) || is_sequence(a) && is_sequence(b),
        BinaryOp::Mul => {
            let counted = |a: Value, b: Value| is_sequence(a) && (b.is_small());
            is_plain(a) && is_plain(b) || counted(a, b) || counted(b, a)
        }
        // Formatting asks objects how they look; those in a tuple are not tested.
        BinaryOp::Mod if a.is::<Str>() => is_plain(b),
        _ => is_plain(a) && is_plain(b) && !text(a),
    }
}

/// Whether a value is a tuple of plain values.
fn is_plain_tuple(word: Value) -> bool {
    word.cast::<Tuple>()
        .is_some_and(|tuple| tuple.items().iter().all(|&item| is_plain(item)))
}

impl Recorder<'_> {
    /// The function for what an op asks, by its operands as they are now.
    fn function(&mut self, what: Runtime, args: &[Recorded]) -> Option<Rt> {
        let word = |at: usize| args[at].word;
        Some(match what {
            Runtime::Binary(op) if is_plain_binary(op, word(0), word(1)) => Rt::BinaryPlain,
            Runtime::Binary(_) => Rt::Binary,
            Runtime::Compare(_) if is_plain(word(0)) && is_plain(word(1)) => Rt::ComparePlain,
            Runtime::Compare(_) => Rt::Compare,
            Runtime::Test(_) if is_plain(word(0)) && is_plain(word(1)) => Rt::TestPlain,
            Runtime::Test(_) => Rt::Test,
            Runtime::Truth | Runtime::Not => {
                let plain = is_plain(word(0))
                    || is_sequence(word(0))
                    || matches!(
                        word(0).kind(),
                        Some(Kind::Dict | Kind::Set | Kind::FrozenSet)
                    )
                    || self.vm.native_length(word(0)).is_some();
                match (what, plain) {
                    (Runtime::Truth, true) => Rt::TruthPlain,
                    (Runtime::Truth, false) => Rt::Truth,
                    (_, true) => Rt::NotPlain,
                    (_, false) => Rt::Not,
                }
            }
            Runtime::GetAttr => Rt::GetAttr,
            Runtime::SetAttr => Rt::SetAttr,
            Runtime::GetItem => {
                let by_place = is_sequence(word(0))
                    || word(0).kind() == Some(Kind::Range)
                    || self.vm.native_length(word(0)).is_some();
                let plain = word(0).kind() == Some(Kind::Dict) && self.is_plain_key(args[1])
                    || by_place && (word(1).is_small() || word(1).kind() == Some(Kind::Slice));
                if plain { Rt::GetItemPlain } else { Rt::GetItem }
            }
            Runtime::SetItem => {
                let slice = word(1).kind() == Some(Kind::Slice) && is_sequence(word(2));
                let plain = word(0).kind() == Some(Kind::Dict) && self.is_plain_key(args[1])
                    || word(0).kind() == Some(Kind::List) && (word(1).is_small() || slice);
                if plain { Rt::SetItemPlain } else { Rt::SetItem }
            }
            Runtime::Contains | Runtime::ContainsNot => self.contains_function(what, args),
            Runtime::Iter
                if is_container(word(0))
                    || word(0).is::<object::View>()
                    || self.vm.native_length(word(0)).is_some() =>
            {
                Rt::IterPlain
            }
            Runtime::Iter => Rt::Iter,
            Runtime::Next if is_plain_iter(word(0)) => Rt::NextPlain,
            Runtime::Next => Rt::Next,
            Runtime::Send => Rt::Send,
            Runtime::AsyncNext => Rt::AsyncNext,
            Runtime::Native => return self.native_function(args),
            Runtime::Call => return self.call_function(args),
            Runtime::Append => Rt::Append,
            Runtime::Collect => Rt::Collect,
            Runtime::SetAdd if self.is_plain_key(args[1]) => Rt::SetAddPlain,
            Runtime::SetAdd => Rt::SetAdd,
            Runtime::NewSet => Rt::NewSet,
            Runtime::NewDict => Rt::NewDict,
            Runtime::OwnDict => Rt::OwnDict,
            Runtime::Format if is_plain(word(0)) && !word(0).is::<Decimal>() => Rt::FormatPlain,
            Runtime::Format => Rt::Format,
            Runtime::Concat if args.len() == 2 => Rt::Concat2,
            Runtime::Concat if args.len() == 3 => Rt::Concat3,
            Runtime::Concat => Rt::Concat4,
        })
    }

    /// For an item and a container.
    fn contains_function(&mut self, what: Runtime, args: &[Recorded]) -> Rt {
        let (item, container) = (args[0].word, args[1].word);
        let kind = container.kind();
        let hashed = matches!(kind, Some(Kind::Dict | Kind::Set | Kind::FrozenSet));
        let plain = hashed && self.is_plain_key(args[0])
            || is_plain(item) && args[1].r.is_constant() && is_plain_tuple(container)
            || kind == Some(Kind::Str) && item.kind() == Some(Kind::Str);
        match (what, plain) {
            (Runtime::Contains, true) => Rt::ContainsPlain,
            (Runtime::Contains, false) => Rt::Contains,
            (_, true) => Rt::ContainsNotPlain,
            (_, false) => Rt::ContainsNot,
        }
    }

    /// Whether using a value as a key runs no Python code; of an object of a Python class, or a class,
    /// its class is relied on for that.
    pub(crate) fn is_plain_key(&mut self, key: Recorded) -> bool {
        let plain = self.vm.is_plain_key(key.word);
        if plain && matches!(key.word.kind(), Some(Kind::Instance | Kind::Class)) {
            self.settle(key);
        }
        plain
    }

    /// For a native function, its number and its arguments.
    fn native_function(&mut self, args: &[Recorded]) -> Option<Rt> {
        let words: Vec<Value> = args[1..].iter().map(|arg| arg.word).collect();
        let number = args[0].word.as_small()? as u32;
        let does = self.vm.plain_native(number, &words);
        for (at, &arg) in args[1..].iter().enumerate() {
            if does.is_some() && self.vm.takes_key(number, at) {
                self.is_plain_key(arg);
            }
            if does.is_some() && self.vm.takes_codec(number, at) {
                self.promote(arg);
            }
        }
        let table = match does {
            Some(Plain::Reads | Plain::Finds) => {
                [Rt::Reads0, Rt::Reads1, Rt::Reads2, Rt::Reads3].map(Some)
            }
            Some(Plain::Writes | Plain::Adds) => [
                None,
                Some(Rt::Writes1),
                Some(Rt::Writes2),
                Some(Rt::Writes3),
            ],
            None => [Rt::Native0, Rt::Native1, Rt::Native2, Rt::Native3].map(Some),
        };
        *table.get(words.len())?
    }

    /// For a callee and its arguments.
    fn call_function(&self, args: &[Recorded]) -> Option<Rt> {
        let words: Vec<Value> = args[1..].iter().map(|arg| arg.word).collect();
        let class = args[0].word.cast::<object::Class>();
        let plain = class.is_some_and(|class| self.vm.is_plain_class(class, &words));
        let table = match plain {
            true => [
                Rt::CallPlain0,
                Rt::CallPlain1,
                Rt::CallPlain2,
                Rt::CallPlain3,
            ],
            false => [Rt::Call0, Rt::Call1, Rt::Call2, Rt::Call3],
        };
        table.get(words.len()).copied()
    }

    /// The function for what an op asks, its operands' shapes being tested where that matters, and
    /// the words that it gets.
    fn function_with_words(&mut self, what: Runtime, args: &[Recorded]) -> Option<(Rt, Vec<Ref>)> {
        if let Some(joined) = self.joined_bytes(what, args) {
            return Some(joined);
        }
        let mut rt = self.function(what, args)?;
        let in_dict = self.in_dict(rt, args);
        let mut args = args;
        if let Some(making) = self.making(rt, args) {
            (rt, args) = (making, &args[1..]);
        }
        if !rt.effects().runs_python {
            for (at, arg) in args.iter().enumerate() {
                if !self.is_only_kept(what, args, at) {
                    self.shape_of(*arg);
                }
            }
        }
        let words = args.iter().map(|arg| self.boxed(arg.r));
        let Some((rt, at)) = in_dict else {
            return Some((rt, words.collect()));
        };
        let mut words: Vec<Ref> = words.collect();
        if matches!(rt, Rt::DictHas | Rt::DictLacks) {
            words.swap(0, 1);
        }
        words.push(self.word_ref(Value::small(at as i64)));
        Some((rt, words))
    }

    /// For a sum of bytes. One that goes on with what another has just made copies that one's parts, so the
    /// other need not be made if no one else wants it. An exit between them would.
    fn joined_bytes(&mut self, what: Runtime, args: &[Recorded]) -> Option<(Rt, Vec<Ref>)> {
        let (Runtime::Binary(BinaryOp::Add), [a, b]) = (what, args) else {
            return None;
        };
        if !(a.word.is::<Bytes>() && b.word.is::<Bytes>()) {
            return None;
        }
        self.shape_of(*a);
        self.shape_of(*b);
        if let Some(made) = self.emitter.made_by(a.r)
            && made.op == Op::Call2
            && made.operands[0] == Rt::JoinBytes2 as u16
            && !self.emitter.exits_since(a.r)
        {
            return Some((Rt::JoinBytes3, vec![made.operand(2), made.operand(3), b.r]));
        }
        Some((Rt::JoinBytes2, vec![a.r, b.r]))
    }

    /// For a call of a builtin class that copies a list or a tuple, makes an empty container or reads a
    /// number, or of a set's method that adds, the function that does no more.
    fn making(&self, rt: Rt, args: &[Recorded]) -> Option<Rt> {
        let types = &self.vm.types;
        if rt == Rt::Writes2 {
            let number = args[0].word.as_small()? as u32;
            return (self.vm.adds_to_set(number)).then_some(Rt::SetAddPlain);
        }
        let (class, source) = match (rt, args) {
            (Rt::CallPlain0, [class]) if class.word == types.set.into() => {
                return Some(Rt::EmptySet);
            }
            (Rt::CallPlain0, [class]) if class.word == types.dict.into() => {
                return Some(Rt::NewDict);
            }
            (Rt::CallPlain1, [class, source]) => (class, source),
            _ => return None,
        };
        match source.word.kind()? {
            Kind::Str if class.word == types.int.into() => Some(Rt::IntOf),
            Kind::List if class.word == types.tuple.into() => Some(Rt::TupleOf),
            Kind::List | Kind::Tuple if class.word == types.list.into() => Some(Rt::ListOf),
            _ => None,
        }
    }

    /// For a plain function whose container is a dictionary, the one of dictionaries, and where
    /// the key is in it or would be added.
    fn in_dict(&mut self, rt: Rt, args: &[Recorded]) -> Option<(Rt, usize)> {
        let (rt, container, key) = match rt {
            Rt::GetItemPlain => (Rt::DictGet, args[0], args[1]),
            Rt::SetItemPlain => (Rt::DictSet, args[0], args[1]),
            Rt::ContainsPlain => (Rt::DictHas, args[1], args[0]),
            Rt::ContainsNotPlain => (Rt::DictLacks, args[1], args[0]),
            _ => return None,
        };
        let dict = container.word.cast::<Dict>()?;
        let (_, at) = self.vm.dict_find(dict, key.word).ok()?;
        Some((rt, at.map_or(dict.end(), |at| at.0)))
    }

    /// Whether a plain function does with an argument nothing but keep it, whatever it is.
    fn is_only_kept(&self, what: Runtime, args: &[Recorded], at: usize) -> bool {
        match what {
            Runtime::Append | Runtime::Collect => at == 1,
            Runtime::SetItem => at == 2 && args[1].word.kind() != Some(Kind::Slice),
            Runtime::Native => {
                let number = args[0].word.as_small();
                at > 0 && number.is_some_and(|n| self.vm.takes_anything(n as u32, at - 1))
            }
            _ => false,
        }
    }

    /// Whether what a function gives is what the op writes, or neither is anything.
    fn is_whole_op(&self, what: Runtime) -> bool {
        let gives_result = matches!(
            what,
            Runtime::Binary(_)
                | Runtime::Compare(_)
                | Runtime::GetAttr
                | Runtime::GetItem
                | Runtime::Not
                | Runtime::Contains
                | Runtime::ContainsNot
                | Runtime::Iter
                | Runtime::Native
                | Runtime::Call
                | Runtime::Format
        );
        let mut writes = false;
        bytecode::writes(self.pc.fetch(), &mut |_| writes = true);
        gives_result == writes
    }

    /// Executes a runtime function and records its call.
    pub(crate) fn residual_call(
        &mut self,
        what: Runtime,
        args: &[Recorded],
        f: impl FnOnce(&mut Vm) -> PyResult,
    ) -> PyResult<Recorded> {
        let unknown = |word: Value| Recorded { word, r: Ref::NONE };
        if self.abort.is_some() || self.is_generic {
            return f(self.vm).map(unknown);
        }
        if let (Runtime::Binary(op), [a, b]) = (what, args)
            && let Some(result) = self.large_integer(op, *a, *b)
        {
            return Ok(result);
        }
        if let (Runtime::Binary(BinaryOp::Mod), [format, values]) = (what, args)
            && let Some(result) = self.percent(*format, *values)
        {
            return Ok(result);
        }
        if let Some(result) = self.by_place(what, args) {
            return match what {
                Runtime::SetItem => f(self.vm).map(|word| Recorded { word, ..result }),
                _ => Ok(result),
            };
        }
        let slice = self.plain_slice(what, args);
        let (rt, words) = match slice {
            Some(found) => found,
            None => match self.function_with_words(what, args) {
                Some(found) => found,
                None => {
                    self.give_up(Abort::Opaque);
                    return f(self.vm).map(unknown);
                }
            },
        };
        if rt.effects().runs_python {
            self.show_variables();
            self.push_frames();
            self.snapshot = None;
        }
        let snapshot = match rt.is_dead_without_result() {
            true => NO_SNAPSHOT,
            false => self.snapshot_here(),
        };
        let r = self.call_at(self.pc, rt, &words, snapshot);
        let effects = rt.effects();
        if effects.writes || effects.changes || effects.iterates || effects.runs_python {
            self.effect = true;
        }
        if effects.runs_python {
            self.revalidate = true;
        }
        // What it gives can be used only once it is known that it did not raise.
        self.raising = match self.is_whole_op(what) {
            true => Raising::Call(r),
            false => Raising::Unknown,
        };
        self.go_away(effects.runs_python);
        let result = f(self.vm);
        self.come_back();
        let word = result?;
        self.raising = Raising::Unknown;
        if r != Ref::NONE && self.abort.is_none() {
            self.assume_result(what, rt, word, r);
        }
        Ok(Recorded { word, r })
    }

    /// `format % values` of a tuple or a dictionary, the values in which are plain now: whether they are,
    /// the function sees each time.
    fn percent(&mut self, format: Recorded, values: Recorded) -> Option<Recorded> {
        let word = self.vm.plain_percent(format.word, values.word)?;
        self.shape_of(format);
        self.shape_of(values);
        let words = [self.boxed(format.r), self.boxed(values.r)];
        let r = self.call(Rt::Percent, &words);
        let text = Recorded { word, r };
        self.shape_of(text);
        Some(text)
    }

    /// What the function alone says of its result.
    fn assume_result(&mut self, what: Runtime, rt: Rt, word: Value, r: Ref) {
        let gives_boolean = matches!(
            what,
            Runtime::Test(_)
                | Runtime::Truth
                | Runtime::Not
                | Runtime::Contains
                | Runtime::ContainsNot
                | Runtime::Send
        );
        if gives_boolean {
            self.emitter.assume(r, WordKind::Immediate, 0);
        }
        // These give an object of the same shape for arguments of the same shapes.
        let settled = matches!(
            rt,
            Rt::IterPlain
                | Rt::NewSet
                | Rt::EmptySet
                | Rt::NewDict
                | Rt::OwnDict
                | Rt::Concat2
                | Rt::Concat3
                | Rt::Concat4
                | Rt::JoinBytes2
                | Rt::JoinBytes3
                | Rt::FormatPlain
                | Rt::Part
                | Rt::TupleOf
                | Rt::ListOf
        );
        if settled {
            self.emitter.assume(r, WordKind::Object, word.shape_id());
        }
    }

    /// Tests the shape of a value, if it has one.
    pub(crate) fn shape_of(&mut self, v: Recorded) -> u32 {
        if self.learn(v) != WordKind::Object {
            return 0;
        }
        let shape = v.word.shape_id();
        if self.abort.is_none() && self.emitter.shape(v.r) != shape {
            let expected = self.raw_ref(i64::from(shape));
            self.guard(Op::GuardShape, &[v.r.0, expected.0]);
        }
        shape
    }

    /// Calls a runtime function that needs no snapshot.
    pub(crate) fn call(&mut self, rt: Rt, words: &[Ref]) -> Ref {
        self.call_at(self.pc, rt, words, NO_SNAPSHOT)
    }

    pub(crate) fn call_at(
        &mut self,
        place: CodePointer,
        rt: Rt,
        words: &[Ref],
        snapshot: u16,
    ) -> Ref {
        debug_assert_eq!(words.len(), rt.arguments());
        let Some(op) = Op::call(words.len()) else {
            self.give_up(Abort::Opaque);
            return Ref::NONE;
        };
        let place = self.raw_ref(place.address() as i64);
        let mut operands = [0u16; 7];
        operands[0] = rt as u16;
        operands[1] = place.0;
        for (at, word) in words.iter().enumerate() {
            operands[2 + at] = word.0;
        }
        operands[2 + words.len()] = snapshot;
        self.emit(op, &operands[..3 + words.len()])
    }
}
