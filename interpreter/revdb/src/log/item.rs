//! Items: one thing that happened.

use world::{Ending, Event, Op};

const EVENT: u8 = 0xf0;
const ENDING: u8 = 0xf1;

const SIGNALS: u8 = 0;
const DEATHS: u8 = 1;
const ALIVE: u8 = 2;
const TURN: u8 = 3;

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// An operation, the checksum of what was asked, and what came of it.
    Answer {
        op: Op,
        check: u16,
        bytes: Vec<u8>,
    },
    Event {
        tick: u64,
        event: Event,
    },
    Ending(Ending),
}

/// Seven bits a byte, the least significant first.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn get_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn get_bytes<'a>(from: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(count)?;
    *from = rest;
    Some(taken)
}

/// Begins an answer, of which `tail_bytes` more are to follow.
pub(super) fn put_answer(out: &mut Vec<u8>, op: Op, check: u16, head: &[u8], tail_bytes: usize) {
    let [low, high] = check.to_le_bytes();
    out.extend([op as u8, low, high]);
    put_number(out, (head.len() + tail_bytes) as u64);
    out.extend(head);
}

pub(super) fn put_event(out: &mut Vec<u8>, tick: u64, event: &Event) {
    out.push(EVENT);
    let numbers: &[u64] = match event {
        Event::Signals => {
            out.push(SIGNALS);
            &[]
        }
        Event::Deaths(numbers) => {
            out.push(DEATHS);
            numbers
        }
        Event::Alive => {
            out.push(ALIVE);
            &[]
        }
        Event::Turn => {
            out.push(TURN);
            &[]
        }
    };
    put_number(out, tick);
    put_number(out, numbers.len() as u64);
    numbers.iter().for_each(|&number| put_number(out, number));
}

pub(super) fn put_ending(out: &mut Vec<u8>, ending: &Ending) {
    out.push(ENDING);
    out.extend(ending.exit_code.to_le_bytes());
    put_number(out, ending.ticks);
    put_number(out, ending.created);
    put_number(out, ending.digest);
}

/// Reads an item and moves on behind it; `None` if the bytes are none.
pub(super) fn get(from: &mut &[u8]) -> Option<Item> {
    let (&kind, rest) = from.split_first()?;
    *from = rest;
    Some(match kind {
        EVENT => {
            let kind = get_bytes(from, 1)?[0];
            let tick = get_number(from)?;
            let count = get_number(from)?;
            let mut numbers = Vec::new();
            for _ in 0..count {
                numbers.push(get_number(from)?);
            }
            let event = match kind {
                SIGNALS => Event::Signals,
                DEATHS => Event::Deaths(numbers),
                ALIVE => Event::Alive,
                TURN => Event::Turn,
                _ => return None,
            };
            Item::Event { tick, event }
        }
        ENDING => Item::Ending(Ending {
            exit_code: i32::from_le_bytes(get_bytes(from, 4)?.try_into().ok()?),
            ticks: get_number(from)?,
            created: get_number(from)?,
            digest: get_number(from)?,
        }),
        op => {
            let op = Op::from_number(op)?;
            let check = u16::from_le_bytes(get_bytes(from, 2)?.try_into().ok()?);
            let count = usize::try_from(get_number(from)?).ok()?;
            let bytes = get_bytes(from, count)?.to_vec();
            Item::Answer { op, check, bytes }
        }
    })
}
