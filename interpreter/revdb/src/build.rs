//! Which build of the executable this is.
//!
//! A linker notes in the executable what tells it from any other: a hash of all that it wrote (the note
//! `NT_GNU_BUILD_ID` of the ELF format). It lies at the file's beginning, so it is found without reading
//! the rest, which would cost a short recording more than everything else. An executable without the
//! note is told by the checksum of its file.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::{env, io};

/// Notes lie among the first so many bytes, or are not looked for.
const HEAD_BYTES: u64 = 1 << 16;
const PT_NOTE: u64 = 4;
const NT_GNU_BUILD_ID: u64 = 3;
const OWNER: &[u8] = b"GNU\0";

/// What tells one build of the executable from another.
pub fn build_id() -> String {
    let id = env::current_exe()
        .and_then(File::open)
        .and_then(|file| id_of(&file));
    id.unwrap_or_else(|_| String::from("unknown"))
}

/// The length of an executable, and the linker's hash of it, else the checksum.
fn id_of(file: &File) -> io::Result<String> {
    let length = file.metadata()?.len();
    let mut head = vec![0; length.min(HEAD_BYTES) as usize];
    file.read_exact_at(&mut head, 0)?;
    if let Some(noted) = noted(&head) {
        let digits: String = noted.iter().map(|byte| format!("{byte:02x}")).collect();
        return Ok(format!("{length:x}-{digits}"));
    }
    let mut whole = vec![0; length as usize];
    file.read_exact_at(&mut whole, 0)?;
    Ok(format!("{length:x}-{:08x}", crc32fast::hash(&whole)))
}

/// The linker's note in the beginning of a 64-bit ELF file.
fn noted(head: &[u8]) -> Option<&[u8]> {
    if !head.starts_with(b"\x7fELF\x02") {
        return None;
    }
    let is_big = head.get(5)? == &2;
    let number = |from: &[u8], at: usize, bytes: usize| -> Option<u64> {
        let bytes = from.get(at..at + bytes)?.iter();
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match is_big {
            true => bytes.fold(0, join),
            false => bytes.rev().fold(0, join),
        })
    };
    let table = number(head, 32, 8)? as usize;
    let (entry_bytes, entries) = (number(head, 54, 2)? as usize, number(head, 56, 2)? as usize);
    for entry in 0..entries {
        let entry = head.get(table + entry * entry_bytes..)?;
        if number(entry, 0, 4)? != PT_NOTE {
            continue;
        }
        let (begin, bytes) = (
            number(entry, 8, 8)? as usize,
            number(entry, 32, 8)? as usize,
        );
        let mut notes = head.get(begin..begin.checked_add(bytes)?)?;
        while let (Some(name), Some(contents), Some(kind)) = (
            number(notes, 0, 4),
            number(notes, 4, 4),
            number(notes, 8, 4),
        ) {
            let name_end = 12 + (name as usize).next_multiple_of(4);
            let end = name_end + (contents as usize).next_multiple_of(4);
            let (Some(named), Some(held)) = (
                notes.get(12..12 + name as usize),
                notes.get(name_end..name_end + contents as usize),
            ) else {
                break;
            };
            if kind == NT_GNU_BUILD_ID && named == OWNER && !held.is_empty() {
                return Some(held);
            }
            notes = notes.get(end..).unwrap_or_default();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file with one segment of notes.
    fn executable(is_big: bool, notes: &[(u32, &[u8], &[u8])]) -> Vec<u8> {
        let bytes = |number: u64, count: usize| match is_big {
            true => number.to_be_bytes()[8 - count..].to_vec(),
            false => number.to_le_bytes()[..count].to_vec(),
        };
        let mut held = Vec::new();
        for (kind, name, contents) in notes {
            held.extend(bytes(name.len() as u64, 4));
            held.extend(bytes(contents.len() as u64, 4));
            held.extend(bytes(u64::from(*kind), 4));
            for part in [name, contents] {
                held.extend(*part);
                held.resize(held.len().next_multiple_of(4), 0);
            }
        }
        let mut file = b"\x7fELF\x02".to_vec();
        file.push(1 + u8::from(is_big));
        file.resize(64, 0);
        file[32..40].copy_from_slice(&bytes(64, 8));
        file[54..56].copy_from_slice(&bytes(56, 2));
        file[56..58].copy_from_slice(&bytes(1, 2));
        file.extend(bytes(PT_NOTE, 4));
        file.extend(bytes(0, 4));
        file.extend(bytes(64 + 56, 8));
        file.extend([0; 16]);
        file.extend(bytes(held.len() as u64, 8));
        file.resize(64 + 56, 0);
        file.extend(held);
        file
    }

    #[test]
    fn the_linkers_note_is_found_in_either_byte_order() {
        for is_big in [false, true] {
            let notes: [(u32, &[u8], &[u8]); 3] = [
                (1, b"GNU\0", b"abcdef"),
                (3, b"other\0", b"1234"),
                (3, b"GNU\0", b"hash!"),
            ];
            let file = executable(is_big, &notes);
            assert_eq!(noted(&file), Some(&b"hash!"[..]));
            assert_eq!(noted(&executable(is_big, &notes[..2])), None);
            // Whatever is missing, nothing is made up.
            for length in 0..file.len() {
                assert_eq!(noted(&file[..length]), None, "{length}");
            }
        }
    }

    #[test]
    fn executables_without_a_note_are_told_by_their_contents() {
        let id = |contents: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, contents).unwrap();
            id_of(&file).unwrap()
        };
        assert_eq!(id(b"one"), id(b"one"));
        assert_ne!(id(b"one"), id(b"two"));
        assert_ne!(id(b"one"), id(b"one "));
        let note: [(u32, &[u8], &[u8]); 1] = [(3, b"GNU\0", b"\x01\xff")];
        let file = executable(false, &note);
        assert_eq!(id(&file), format!("{:x}-01ff", file.len()));
    }
}
