//! Calls of the runtime from a trace: which function of the table does what an op asks for, and
//! what must be in order before it is called.
//!
//! Most ops have two functions in the table, one for operands of any kind and a *plain* one for
//! operands that run no Python code. The operands' shapes are tested, so the plain one may be
//! called where they are of such kinds now.

use crate::abort::Abort;
use crate::emit::Kind as WordKind;
use crate::recorder::{Recorded, Recorder};
use object::{CodePointer, Iter, IterKind, Kind, Value};
use trace::{NO_SNAPSHOT, Op, Ref, Rt};
use vm::machine::Runtime;
use vm::{BinaryOp, PyResult, Vm};

/// Numbers, strings and the like: comparing, hashing and adding them runs no Python code.
fn is_plain(word: Value) -> bool {
    match word.kind() {
        None => true,
        Some(kind) => matches!(
            kind,
            Kind::BigInt | Kind::Float | Kind::Complex | Kind::Str | Kind::Bytes
        ),
    }
}

fn is_sequence(word: Value) -> bool {
    matches!(
        word.kind(),
        Some(Kind::List | Kind::Tuple | Kind::Str | Kind::Bytes)
    )
}

/// Iterators that run no Python code, whatever they walk over.
fn is_plain_iter(word: Value) -> bool {
    word.cast::<Iter>().is_some_and(|iter| {
        [
            IterKind::Tuple,
            IterKind::Str,
            IterKind::Bytes,
            IterKind::ByteArray,
            IterKind::DictKeys,
            IterKind::DictValues,
            IterKind::DictItems,
            IterKind::Set,
            IterKind::ListReverse,
            IterKind::DictReverse,
        ]
        .iter()
        .any(|&kind| iter.is_variant(kind))
    })
}

fn is_plain_binary(op: BinaryOp, a: Value, b: Value) -> bool {
    let text = |word: Value| matches!(word.kind(), Some(Kind::Str | Kind::Bytes));
    match op {
        BinaryOp::Add => is_plain(a) && is_plain(b) || is_sequence(a) && is_sequence(b),
        BinaryOp::Mul => {
            let counted = |a: Value, b: Value| is_sequence(a) && (b.is_small());
            is_plain(a) && is_plain(b) || counted(a, b) || counted(b, a)
        }
        // Formatting asks objects how they look.
        _ => is_plain(a) && is_plain(b) && !text(a),
    }
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
            Runtime::Truth => {
                let plain = is_plain(word(0))
                    || is_sequence(word(0))
                    || matches!(
                        word(0).kind(),
                        Some(Kind::Dict | Kind::Set | Kind::FrozenSet)
                    );
                if plain { Rt::TruthPlain } else { Rt::Truth }
            }
            Runtime::GetAttr => Rt::GetAttr,
            Runtime::SetAttr => Rt::SetAttr,
            Runtime::GetItem => {
                let by_place = is_sequence(word(0)) || word(0).kind() == Some(Kind::Range);
                let plain = word(0).kind() == Some(Kind::Dict) && is_plain(word(1))
                    || by_place && (word(1).is_small() || word(1).kind() == Some(Kind::Slice));
                if plain { Rt::GetItemPlain } else { Rt::GetItem }
            }
            Runtime::SetItem => {
                let plain = word(0).kind() == Some(Kind::Dict) && is_plain(word(1))
                    || word(0).kind() == Some(Kind::List) && word(1).is_small();
                if plain { Rt::SetItemPlain } else { Rt::SetItem }
            }
            Runtime::Contains => {
                let hashed = matches!(
                    word(1).kind(),
                    Some(Kind::Dict | Kind::Set | Kind::FrozenSet)
                );
                let plain = hashed && is_plain(word(0))
                    || word(1).kind() == Some(Kind::Str) && word(0).kind() == Some(Kind::Str);
                if plain {
                    Rt::ContainsPlain
                } else {
                    Rt::Contains
                }
            }
            Runtime::Iter => Rt::Iter,
            Runtime::Next if is_plain_iter(word(0)) => Rt::NextPlain,
            Runtime::Next => Rt::Next,
            Runtime::Native => {
                *[Rt::Native0, Rt::Native1, Rt::Native2, Rt::Native3].get(args.len() - 1)?
            }
            Runtime::Call => *[Rt::Call0, Rt::Call1, Rt::Call2, Rt::Call3].get(args.len() - 1)?,
            Runtime::Append => Rt::Append,
        })
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
        let Some(rt) = self.function(what, args) else {
            self.give_up(Abort::Opaque);
            return f(self.vm).map(unknown);
        };
        if !rt.effects().runs_python {
            for arg in args {
                self.shape_of(*arg);
            }
        }
        let words: Vec<Ref> = args.iter().map(|arg| self.boxed(arg.r)).collect();
        if rt.effects().runs_python {
            self.push_frames();
            self.snapshot = None;
        }
        let snapshot = self.snapshot_here();
        let r = self.call_at(self.pc, rt, &words, snapshot);
        if rt.effects().writes || rt.effects().runs_python {
            self.effect = true;
        }
        if rt.effects().runs_python {
            self.revalidate = true;
        }
        // What it gives can be used only once it is known that it did not raise.
        let word = f(self.vm)?;
        if matches!(what, Runtime::Test(_) | Runtime::Truth | Runtime::Contains) && r != Ref::NONE {
            self.emitter.assume(r, WordKind::Immediate, 0);
        }
        Ok(Recorded { word, r })
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
