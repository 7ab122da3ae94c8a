//! Surroundings for random traces: a memory of their own, and a log of what others could see, in
//! which objects have numbers in the order in which they are met instead of addresses.

use object::Value;
use std::collections::HashMap;
use trace::{Outcome, Rt, Surroundings, Trace, execute};

/// Objects begin at such an address, and are so many bytes apart.
const FIRST: usize = 0x10_0000;
const APART: usize = 0x100;

pub(super) struct Model {
    registers: Vec<Value>,
    memory: HashMap<usize, u64>,
    /// By number from the first address: bytes.
    objects: Vec<usize>,
    log: Vec<String>,
}

/// What an execution did that others can see.
pub(super) fn run(trace: &Trace, registers: &[Value]) -> Vec<String> {
    let mut model = Model {
        registers: registers.to_vec(),
        memory: HashMap::new(),
        objects: Vec::new(),
        log: Vec::new(),
    };
    match execute(trace, &mut model, 5_000) {
        Outcome::Left(exit) => {
            let pc = trace.frame(exit.snapshot).pc;
            let restored = exit.restored(trace, &mut model);
            let registers: Vec<usize> = restored.iter().map(|&(register, _)| register).collect();
            let words: Vec<u64> = restored.iter().map(|(_, word)| word.bits()).collect();
            let shown = model.show(&words);
            model
                .log
                .push(format!("left at {pc}: {registers:?} {shown}"));
        }
        Outcome::Finished(word) => {
            let shown = model.show(&[word.bits()]);
            model.log.push(format!("finished: {shown}"));
        }
        other => model.log.push(format!("{other:?}")),
    }
    let registers: Vec<u64> = model.registers.iter().map(|word| word.bits()).collect();
    let shown = model.show(&registers);
    model.log.push(format!("registers: {shown}"));
    model.log
}

impl Model {
    /// The object that a word is.
    fn object(&self, word: u64) -> Option<usize> {
        let address = (word as usize).checked_sub(1 + FIRST)?;
        let number = address / APART;
        (address % APART == 0 && number < self.objects.len()).then_some(number)
    }

    fn show(&self, words: &[u64]) -> String {
        let mut met = Vec::new();
        let mut text: Vec<String> = words
            .iter()
            .map(|&word| self.name(word, &mut met))
            .collect();
        let mut at = 0;
        while at < met.len() {
            let first = FIRST + met[at] * APART;
            let words = (0..self.objects[met[at]]).step_by(8);
            let fields: Vec<String> = words
                .map(|place| self.name(self.load(first + place, 8), &mut met))
                .collect();
            text.push(format!("#{at}={fields:?}"));
            at += 1;
        }
        text.join(" ")
    }

    fn name(&self, word: u64, met: &mut Vec<usize>) -> String {
        let Some(object) = self.object(word) else {
            return format!("{word:x}");
        };
        let at = met.iter().position(|&other| other == object);
        let at = at.unwrap_or_else(|| {
            met.push(object);
            met.len() - 1
        });
        format!("#{at}")
    }
}

/// Where an address begins in its word, in bits.
fn shift(address: usize) -> usize {
    address % 8 * 8
}

/// The bits of so many bytes.
fn mask(bytes: u32) -> u64 {
    u64::MAX >> (64 - bytes * 8)
}

impl Surroundings for Model {
    fn register(&self, number: u16) -> Value {
        self.registers[usize::from(number)]
    }

    fn set_register(&mut self, number: u16, value: Value) {
        self.registers[usize::from(number)] = value;
    }

    fn load(&self, address: usize, bytes: u32) -> u64 {
        let word = self.memory.get(&(address & !7)).copied().unwrap_or(0);
        word >> shift(address) & mask(bytes)
    }

    fn store(&mut self, address: usize, bytes: u32, value: u64) {
        let word = self.memory.entry(address & !7).or_insert(0);
        let (shift, mask) = (shift(address), mask(bytes));
        *word = *word & !(mask << shift) | (value & mask) << shift;
    }

    fn allocate(&mut self, bytes: usize, header: u64) -> Value {
        let first = FIRST + self.objects.len() * APART;
        self.objects.push(bytes);
        self.memory.insert(first, header);
        Value::from_bits(first as u64 + 1)
    }

    /// Changes the first field of an object that it is given.
    fn call(&mut self, function: Rt, _place: i64, arguments: &[u64]) -> u64 {
        let shown = self.show(arguments);
        self.log.push(format!("{function:?} {shown}"));
        for &word in arguments {
            if let Some(object) = self.object(word) {
                let count = self.log.len() as i64;
                self.store(FIRST + object * APART + 8, 8, Value::small(count).bits());
            }
        }
        Value::NONE.bits()
    }
}
