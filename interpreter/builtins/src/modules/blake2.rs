//! BLAKE2b and BLAKE2s (RFC 7693), with all parameters that Python's `hashlib` gives access to.
//!
//! Both are one algorithm for words of 64 and 32 bits. Words are kept in 64 bits for either, which
//! costs BLAKE2s little and spares a second copy.

/// The first bits of the fractional parts of the square roots of the first eight primes.
const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Which words of the message a round takes, in order.
const ORDER: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The columns and diagonals of the state that a round mixes.
const LANES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// A digest in progress.
#[derive(Clone)]
pub(super) struct Blake2 {
    wide: bool,
    state: [u64; 8],
    /// Bytes that are not worked in yet; the last block waits here until more comes.
    pending: Vec<u8>,
    count: u128,
    size: usize,
    last_node: bool,
}

fn start_word(at: usize, wide: bool) -> u64 {
    if wide { START[at] } else { START[at] >> 32 }
}

impl Blake2 {
    /// Starts with a parameter block, and with a key as the first block of the message if there
    /// is one.
    pub(super) fn new(
        wide: bool,
        parameters: &[u8],
        key: &[u8],
        size: usize,
        last_node: bool,
    ) -> Blake2 {
        let mut own = Blake2 {
            wide,
            state: [0; 8],
            pending: Vec::new(),
            count: 0,
            size,
            last_node,
        };
        for at in 0..8 {
            let from = at * own.word();
            let word = own.word_of(&parameters[from..from + own.word()]);
            own.state[at] = start_word(at, wide) ^ word;
        }
        if !key.is_empty() {
            own.pending.extend_from_slice(key);
            own.pending.resize(own.block(), 0);
        }
        own
    }

    fn word(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    fn block(&self) -> usize {
        self.word() * 16
    }

    fn word_of(&self, bytes: &[u8]) -> u64 {
        bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | byte as u64)
    }

    fn add(&self, a: u64, b: u64) -> u64 {
        let sum = a.wrapping_add(b);
        if self.wide {
            sum
        } else {
            sum & u32::MAX as u64
        }
    }

    fn turn(&self, word: u64, by: u32) -> u64 {
        if self.wide {
            word.rotate_right(by)
        } else {
            (word as u32).rotate_right(by) as u64
        }
    }

    pub(super) fn update(&mut self, mut data: &[u8]) {
        let block = self.block();
        while self.pending.len() + data.len() > block {
            let (now, later) = data.split_at(block - self.pending.len());
            let mut full = std::mem::take(&mut self.pending);
            full.extend_from_slice(now);
            self.count += block as u128;
            self.compress(&full, false);
            full.clear();
            self.pending = full;
            data = later;
        }
        self.pending.extend_from_slice(data);
    }

    fn compress(&mut self, block: &[u8], last: bool) {
        let mut message = [0; 16];
        for (word, bytes) in message.iter_mut().zip(block.chunks(self.word())) {
            *word = self.word_of(bytes);
        }
        let mask = if self.wide { u64::MAX } else { u32::MAX as u64 };
        let mut v = [0; 16];
        v[..8].copy_from_slice(&self.state);
        for at in 0..8 {
            v[8 + at] = start_word(at, self.wide);
        }
        v[12] ^= self.count as u64 & mask;
        v[13] ^= (self.count >> (self.word() * 8)) as u64 & mask;
        if last {
            v[14] ^= mask;
            if self.last_node {
                v[15] ^= mask;
            }
        }
        let turns = if self.wide {
            [32, 24, 16, 63]
        } else {
            [16, 12, 8, 7]
        };
        for round in 0..if self.wide { 12 } else { 10 } {
            let order = &ORDER[round % 10];
            for (lane, &[a, b, c, d]) in LANES.iter().enumerate() {
                for half in 0..2 {
                    let word = message[order[lane * 2 + half]];
                    v[a] = self.add(self.add(v[a], v[b]), word);
                    v[d] = self.turn(v[d] ^ v[a], turns[half * 2]);
                    v[c] = self.add(v[c], v[d]);
                    v[b] = self.turn(v[b] ^ v[c], turns[half * 2 + 1]);
                }
            }
        }
        for at in 0..8 {
            self.state[at] ^= v[at] ^ v[at + 8];
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let mut block = std::mem::take(&mut self.pending);
        self.count += block.len() as u128;
        block.resize(self.block(), 0);
        self.compress(&block, true);
        let word = self.word();
        let mut out: Vec<u8> = self
            .state
            .iter()
            .flat_map(|state| state.to_le_bytes()[..word].to_vec())
            .collect();
        out.truncate(self.size);
        out
    }
}
