//! Module `_random`: the generator under `random`, the Mersenne Twister MT19937 (Matsumoto and
//! Nishimura, 1998), seeded as their `init_by_array` does.

use dashu_int::{IBig, UBig};
use object::{BigInt, Class, ClassFlags, Foreign, Payload, Tuple, Value, intern};
use std::cell::{Cell, RefCell};
use vm::{Def, PyResult, Vm, method, static_method, tuple};
use world::Clock;

const N: usize = 624;
const M: usize = 397;

struct Twister {
    state: RefCell<[u32; N]>,
    at: Cell<usize>,
}

impl Payload for Twister {}

impl Twister {
    fn new() -> Twister {
        Twister {
            state: RefCell::new([0; N]),
            at: Cell::new(N),
        }
    }

    fn seed_number(&self, seed: u32) {
        let mut state = self.state.borrow_mut();
        state[0] = seed;
        for i in 1..N {
            let previous = state[i - 1];
            state[i] = 1_812_433_253u32
                .wrapping_mul(previous ^ (previous >> 30))
                .wrapping_add(i as u32);
        }
        self.at.set(N);
    }

    fn seed(&self, key: &[u32]) {
        self.seed_number(19_650_218);
        let mut state = self.state.borrow_mut();
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let previous = state[i - 1];
            state[i] = (state[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            let previous = state[i - 1];
            state[i] = (state[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
    }

    fn turn(&self) {
        let mut state = self.state.borrow_mut();
        for i in 0..N {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            state[i] = state[(i + M) % N] ^ (y >> 1) ^ odd;
        }
        self.at.set(0);
    }

    fn next(&self) -> u32 {
        if self.at.get() >= N {
            self.turn();
        }
        let at = self.at.get();
        self.at.set(at + 1);
        let mut y = self.state.borrow()[at];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }
}

const METHODS: &[Def] = &[
    static_method("__new__(cls, /, *args, **kwargs)", new),
    method("__init__(self, seed=None, /)", seed),
    method("random(self, /)", random),
    method("seed(self, n=None, /)", seed),
    method("getstate(self, /)", getstate),
    method("setstate(self, state, /)", setstate),
    method("getrandbits(self, k, /)", getrandbits),
];

fn new(vm: &mut Vm, args: &[Value]) -> PyResult {
    let Some(class) = args[0].cast::<Class>() else {
        return Err(vm.type_error("a class was expected"));
    };
    // `__init__` seeds it: a subclass may be given what is no seed.
    Ok(Foreign::new(class.new_instance_shape(), Twister::new()).into())
}

fn twister(vm: &mut Vm, value: Value) -> PyResult<&'static Twister> {
    match value.cast::<Foreign>().and_then(|f| f.payload::<Twister>()) {
        Some(twister) => Ok(twister),
        None => Err(vm.type_error("a generator of random numbers is required")),
    }
}

/// The number's magnitude in 32-bit words, the least significant first.
fn words_of(n: &UBig) -> Vec<u32> {
    let mut bytes = n.to_le_bytes().to_vec();
    bytes.resize(bytes.len().div_ceil(4).max(1) * 4, 0);
    bytes
        .chunks_exact(4)
        .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]))
        .collect()
}

fn seed(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = twister(vm, args[0])?;
    let given = args[1].bound().unwrap_or(Value::NONE);
    if given.is_none() {
        let mut bytes = [0; 4 * 16];
        if vm.world.random(&mut bytes).is_err() {
            let now = vm.world.clock_ns(Clock::Real).to_le_bytes();
            bytes[..8].copy_from_slice(&now);
        }
        let key: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]))
            .collect();
        own.seed(&key);
        return Ok(Value::NONE);
    }
    let magnitude = match vm.as_int(given) {
        Some(n) => vm.big(n).into_parts().1,
        None => UBig::from(vm.hash(given)? as u64),
    };
    own.seed(&words_of(&magnitude));
    Ok(Value::NONE)
}

fn random(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = twister(vm, args[0])?;
    let (a, b) = (own.next() >> 5, own.next() >> 6);
    Ok(Value::float(
        (a as f64 * 67_108_864.0 + b as f64) / 9_007_199_254_740_992.0,
    ))
}

fn getrandbits(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = twister(vm, args[0])?;
    let count = vm.index(args[1])?;
    let Ok(mut left) = usize::try_from(count) else {
        return Err(vm.value_error("number of bits must be non-negative"));
    };
    if left == 0 {
        return Ok(Value::small(0));
    }
    if left <= 32 {
        return Ok(Value::small((own.next() >> (32 - left)) as i64));
    }
    if left > 1 << 34 {
        return Err(vm.overflow_error("number of bits is too large"));
    }
    let mut bytes = Vec::with_capacity(left / 8 + 4);
    while left > 0 {
        let mut word = own.next();
        if left < 32 {
            word >>= 32 - left;
        }
        bytes.extend_from_slice(&word.to_le_bytes());
        left = left.saturating_sub(32);
    }
    Ok(BigInt::value_of(&IBig::from(UBig::from_le_bytes(&bytes))))
}

fn getstate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = twister(vm, args[0])?;
    let mut items: Vec<Value> = own
        .state
        .borrow()
        .iter()
        .map(|&word| Value::small(word as i64))
        .collect();
    items.push(Value::small(own.at.get() as i64));
    Ok(tuple(&items))
}

fn setstate(vm: &mut Vm, args: &[Value]) -> PyResult {
    let own = twister(vm, args[0])?;
    let Some(items) = args[1].to::<Tuple>() else {
        return Err(vm.type_error("state vector must be a tuple"));
    };
    if items.len() != N + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut words = [0; N];
    for (to, &item) in words.iter_mut().zip(items.items()) {
        *to = u32::try_from(vm.index(item)?)
            .map_err(|_| vm.overflow_error("can't convert negative value to unsigned int"))?;
    }
    let at = vm.index(items.items()[N])?;
    match usize::try_from(at) {
        Ok(at) if at <= N => own.at.set(at),
        _ => return Err(vm.value_error("invalid state")),
    }
    *own.state.borrow_mut() = words;
    Ok(Value::NONE)
}

pub fn install(vm: &mut Vm) {
    let module = vm.define_module("_random", &[]);
    let object = vm.types.object;
    let flags = ClassFlags {
        immutable: true,
        ..ClassFlags::default()
    };
    let class = vm.native_class("_random", "Random", object, flags, METHODS);
    module.namespace().set_str(intern("Random"), class.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_numbers() {
        // The first outputs of the authors' test program for this key.
        let twister = Twister::new();
        twister.seed(&[0x123, 0x234, 0x345, 0x456]);
        let first: Vec<u32> = (0..3).map(|_| twister.next()).collect();
        assert_eq!(first, [1_067_595_299, 955_945_823, 477_289_528]);
    }
}
