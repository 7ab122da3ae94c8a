//! Tests of the log: what is written is read, and what is broken is told.

use super::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use world::{Ending, Event, Op, Tail};

fn header() -> Header {
    Header {
        build: crate::build_id(),
        target: crate::target().to_owned(),
        words: vec!["krait".into(), "a b".into()],
        folder: "/".into(),
        environment: "all".into(),
    }
}

const ENDING: Ending = Ending {
    exit_code: -3,
    ticks: 1 << 40,
    created: 12,
    digest: u64::MAX,
};

/// A log with an answer that compresses, one that does not, and each event.
fn written(folder: &tempfile::TempDir, closed: bool) -> (PathBuf, Vec<Item>) {
    let path = folder.path().join("log.rdb");
    let mut writer = Writer::create(&path, &header()).unwrap();
    let mut seed = 1u64;
    let noise = (0..300_000)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        })
        .collect();
    let mut items = Vec::new();
    for (op, bytes) in [(Op::Clock, vec![7; 1000]), (Op::Read, noise)] {
        let (head, tail) = bytes.split_at(9);
        writer.answer(op, 0x1234, head, Tail::Lent(tail));
        items.push(Item::Answer {
            op,
            check: 0x1234,
            bytes,
        });
    }
    let events = [
        Event::Signals,
        Event::Deaths(vec![0, 200, u64::MAX]),
        Event::Alive,
        Event::Turn,
    ];
    for (tick, event) in (100..).zip(events) {
        writer.event(tick, &event);
        items.push(Item::Event { tick, event });
    }
    if closed {
        writer.end(&ENDING);
        items.push(Item::Ending(ENDING));
    } else {
        writer.flush();
    }
    (path, items)
}

fn read(path: &std::path::Path) -> (Vec<Item>, Next) {
    let mut log = Log::open_own(path).unwrap();
    let mut items = Vec::new();
    loop {
        match log.next() {
            Next::Item(item) => items.push(item),
            end => return (items, end),
        }
    }
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for closed in [true, false] {
        let (path, items) = written(&folder, closed);
        assert_eq!(read(&path), (items, Next::End));
        let ending = Log::open_own(&path).unwrap().ending();
        assert_eq!(ending, closed.then_some(ENDING));
    }
}

/// Texts that compress in blocks of one answer each; the ways in which the blocks are stored.
fn stored(folder: &tempfile::TempDir, blocks: usize, block_bytes: usize) -> Vec<u8> {
    let path = folder.path().join("texts.rdb");
    let mut writer = Writer::create(&path, &header()).unwrap();
    let mut items = Vec::new();
    for block in 0..blocks {
        let text = format!("line {block}: what a program begins with\n");
        let bytes: Vec<u8> = text.bytes().cycle().take(block_bytes).collect();
        writer.answer(Op::ReadFile, 9, &bytes, Tail::Lent(&[]));
        writer.flush();
        let (op, check) = (Op::ReadFile, 9);
        items.push(Item::Answer { op, check, bytes });
    }
    writer.end(&ENDING);
    items.push(Item::Ending(ENDING));
    assert_eq!(read(&path), (items, Next::End));
    let bytes = fs::read(&path).unwrap();
    let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i])) as usize;
    let mut at = 16 + number(12) + 4;
    let mut ways = Vec::new();
    while bytes[at] == BLOCK {
        ways.push(bytes[at + 1]);
        at += BLOCK_HEAD_BYTES + number(at + 6);
    }
    ways
}

#[test]
fn the_beginning_is_compressed_tightly_and_the_rest_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let ways = stored(&folder, 8, 250_000);
    assert_eq!(ways[..5], [STORED_DEFLATE; 5]);
    assert_eq!(ways[5..8], [STORED_LZ4; 3]);
    // What is short is compressed quickly, and what is shorter for nothing not at all.
    assert_eq!(stored(&folder, 3, 1000)[..3], [STORED_LZ4; 3]);
    assert_eq!(stored(&folder, 3, 20)[..3], [STORED_RAW; 3]);
}

/// Long answers that the writer shares, between short ones that it copies; some compress.
#[test]
fn what_is_shared_is_written_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for closed in [true, false] {
        let path = folder.path().join("shared.rdb");
        let mut writer = Writer::create(&path, &header()).unwrap();
        let mut items = Vec::new();
        let (op, check) = (Op::Read, 7);
        for number in 0..200_u32 {
            let modulus = if number < 100 { 256 } else { 1 << 20 };
            let noise = |at: u32| ((at.wrapping_mul(0x9e37_79b9) % modulus) >> 4) as u8;
            let bytes: Vec<u8> = (0..20_000).map(noise).collect();
            writer.answer(op, check, &[0], Tail::Shared(Arc::new(bytes.clone())));
            let bytes = [&[0][..], &bytes].concat();
            items.push(Item::Answer { op, check, bytes });
            let bytes = number.to_le_bytes().to_vec();
            writer.answer(op, check, &bytes, Tail::Lent(&[]));
            items.push(Item::Answer { op, check, bytes });
            if number % 70 == 0 {
                writer.flush();
            }
        }
        match closed {
            true => {
                writer.end(&ENDING);
                items.push(Item::Ending(ENDING));
            }
            false => writer.flush(),
        }
        assert!(read(&path) == (items, Next::End), "closed: {closed}");
        let data = fs::metadata(&path).unwrap();
        let room = data.blocks() * 512;
        // What was reserved is given back.
        assert!(!closed || room < data.len() + (1 << 20), "{room}");
    }
}

#[test]
fn a_log_cut_anywhere_reads_as_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let (path, items) = written(&folder, true);
    let bytes = fs::read(&path).unwrap();
    for length in (400..bytes.len()).step_by(997) {
        fs::write(&path, &bytes[..length]).unwrap();
        let (read, end) = read(&path);
        assert_eq!(end, Next::End, "{length}");
        assert_eq!(read[..], items[..read.len()], "{length}");
    }
}

#[test]
fn a_flipped_bit_is_found_and_nothing_wrong_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (path, items) = written(&folder, true);
    let bytes = fs::read(&path).unwrap();
    // Behind the index there is only the sign that the log was closed.
    let tail = bytes.len() - 16;
    for at in (0..bytes.len())
        .step_by(1009)
        .chain(0..700)
        .chain(tail - 200..bytes.len())
    {
        // One bit of each byte, another one from byte to byte.
        let bit = at * 5 % 8;
        let mut broken = bytes.clone();
        broken[at] ^= 1 << bit;
        fs::write(&path, &broken).unwrap();
        if Log::open_own(&path).is_ok() {
            let (read, end) = read(&path);
            assert_eq!(read[..], items[..read.len()], "{at}");
            assert!(
                end != Next::End || at >= tail,
                "{at}, bit {bit}: nothing is told"
            );
        }
    }
}

#[test]
fn what_is_no_log_of_this_build_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.rdb");
    let text = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Log::open_own(&path).err().map(|e| e.to_string())
    };
    assert!(text(b"").is_some_and(|t| t.contains("is empty")));
    assert!(text(b"#!/usr/bin/python\n").is_some_and(|t| t.contains("is no recording")));
    assert!(text(b"KRAITRDB\x09\0\0\0\0\0\0\0").is_some_and(|t| t.contains("format 9")));
    let endless = [&MAGIC[..], &VERSION.to_le_bytes(), &[0xff; 4]].concat();
    assert!(text(&endless).is_some_and(|t| t.contains("header")));
    let mut other = header();
    other.build = "other".into();
    drop(Writer::create(&path, &other).unwrap());
    let message = Log::open_own(&path).err().map(|e| e.to_string()).unwrap();
    assert!(message.contains("other") && message.contains(&crate::build_id()));
}
