//! Images: a process's memory as pages in a file, from which another process becomes it.
//!
//! A kept moment that is a process (`kept`) takes memory: page tables, and every page that it does not
//! share. A long recording wants thousands of moments, so most are images. The processes of one
//! session are all forks of one, so the same things lie at the same addresses in all of them, and a
//! moment is nothing but the contents of its pages and the registers of its one thread. To *save* one,
//! a copy of the process collects its garbage, wipes what holds no object, hashes its pages and
//! writes those that differ from the image before. To *load* one, a copy of whatever process is at
//! hand hashes its own pages, and takes from the file those that differ. So neither needs to know what
//! was written when, by whom, or how the two moments lie to each other; all costs are those of the
//! differences, but for the hashing, which takes some milliseconds for a hundred megabytes.
//!
//! While memory is read or replaced the thread stands on another stack, in a region that belongs to no
//! image (`memory`). Its registers lie saved on its own stack, where the image has them.
//!
//! *Chains.* An image is written as the list of its pages that changed since the one written before;
//! each [`FULL_EVERY`]th has all. To load one is to read the list of all and those after it up to
//! the one wanted.
//!
//! What it relies on: a Linux that tells a process of its memory (`/proc/self/maps`), and pages that
//! only the thread writes to. Files are not part of an image; a replaying process has those that all
//! of them have, and its channel, which is given to the process that loads. Two pages that differ
//! may have the same hash, once in 2^64 comparisons. What is taken from the file is compared with its
//! checksum or hash: the file may be one of an earlier session (`shelf`).

mod maps;
mod memory;
mod page;

use maps::Mapping;
use memory::Outcome;
use page::{ABSENT, Page, page_bytes};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::FileExt;

/// So many images in a chain.
pub(crate) const FULL_EVERY: usize = 16;

/// Where a list of pages lies in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
    crc: u32,
}

/// An image's list, and the number of the image whose list is the first of its chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub(crate) record: Record,
    pub(crate) first: usize,
}

/// The files of images, to be opened before the first fork.
pub(crate) struct Files {
    /// Pages and lists.
    pub(crate) pages: File,
    /// The pages of the image written last, whose contents need not be written again.
    pub(crate) table: File,
}

/// What was written for an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) record: Record,
    /// Where the file ends now.
    pub(crate) end: u64,
    pub(crate) pages: u64,
    pub(crate) changed: u64,
}

/// How a process came back from saving.
pub(crate) enum Saved {
    /// It has been saved.
    Here(Written),
    /// It is another process, which has loaded the image; its channel is this file.
    Loaded(OwnedFd),
}

/// The files of images, and the region in which one works on them.
pub(crate) struct Images {
    region: memory::Region,
    file: File,
    table: File,
}

/// How the memory of this process lies, as far as an image has to find it: where executable, libraries
/// and the thread's own memory are, which they are, and the system and processor that they were chosen
/// for.
pub(crate) use maps::layout;

impl Images {
    pub(crate) fn new(files: Files) -> io::Result<Images> {
        Ok(Images {
            region: memory::Region::reserve()?,
            table: files.table,
            file: files.pages,
        })
    }

    /// Writes this process's image behind `end`: the pages that differ from those of the image written
    /// last, and the list of all its pages if `is_full`, else of those that differ.
    pub(crate) fn save(&self, end: u64, is_full: bool) -> io::Result<Saved> {
        match self.region.save(&self.table, self.table_pages()?) {
            Outcome::Saved(found) => {
                let written = self.write(&found, end, is_full);
                self.region.forget();
                Ok(Saved::Here(written?))
            }
            Outcome::Loaded(channel) => {
                self.region.forget();
                Ok(Saved::Loaded(channel))
            }
            Outcome::Failed(error) => {
                self.region.forget();
                Err(io::Error::from_raw_os_error(error))
            }
        }
    }

    fn table_pages(&self) -> io::Result<usize> {
        Ok(self.table.metadata()?.len() as usize / size_of::<Page>())
    }

    fn write(&self, found: &memory::Found, end: u64, is_full: bool) -> io::Result<Written> {
        let mut at = end;
        let mut pending = Vec::new();
        let mut packed = vec![0; lz4_flex::block::get_maximum_output_size(page_bytes())];
        let mut changed = 0;
        for (place, contents) in found.changed() {
            let length = lz4_flex::block::compress_into(contents, &mut packed);
            let stored = match length {
                Ok(length) if length < contents.len() => &packed[..length],
                _ => contents,
            };
            let page = &mut found.pages()[place];
            page.offset = at + pending.len() as u64;
            page.bytes = stored.len() as u64;
            pending.extend_from_slice(stored);
            changed += 1;
            if pending.len() >= 1 << 20 {
                self.file.write_all_at(&pending, at)?;
                at += pending.len() as u64;
                pending.clear();
            }
        }
        self.file.write_all_at(&pending, at)?;
        at += pending.len() as u64;
        let pages = found.pages();
        let list = List {
            brk: found.brk,
            registers: found.registers,
            mappings: found.mappings().to_vec(),
            pages: match is_full {
                true => pages.to_vec(),
                false => difference(found.old(), pages),
            },
        };
        let bytes = lz4_flex::compress_prepend_size(&list.to_bytes());
        self.file.write_all_at(&bytes, at)?;
        self.table.set_len(0)?;
        self.table.write_all_at(&pages_bytes(pages), 0)?;
        Ok(Written {
            record: Record {
                offset: at,
                bytes: bytes.len() as u32,
                crc: crc32fast::hash(&bytes),
            },
            end: at + bytes.len() as u64,
            pages: pages.len() as u64,
            changed,
        })
    }

    /// Becomes the process whose image a chain of lists ends with. It goes on where that one was
    /// saved, and answers on this channel. Returns only if nothing was touched yet.
    pub(crate) fn load(&self, chain: &[Record], channel: RawFd) -> io::Error {
        match self.read_chain(chain) {
            Ok(list) => self.region.load(&list, self.file.as_raw_fd(), channel),
            Err(error) => error,
        }
    }

    fn read_chain(&self, chain: &[Record]) -> io::Result<List> {
        let mut whole: Option<List> = None;
        for record in chain {
            let mut bytes = vec![0; record.bytes as usize];
            self.file.read_exact_at(&mut bytes, record.offset)?;
            if crc32fast::hash(&bytes) != record.crc {
                return Err(ErrorKind::InvalidData.into());
            }
            let list = lz4_flex::decompress_size_prepended(&bytes).ok();
            let list = list.and_then(|list| List::from_bytes(&list));
            let mut list = list.ok_or(ErrorKind::InvalidData)?;
            if let Some(before) = whole.take() {
                list.pages = merged(before.pages, &list.pages);
            }
            whole = Some(list);
        }
        whole.ok_or_else(|| ErrorKind::InvalidInput.into())
    }
}

/// An image without the contents of its pages. Only the machine that wrote it loads it, so numbers lie
/// there as that machine has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct List {
    /// Where the system's heap ends.
    brk: u64,
    /// Where the registers lie.
    registers: u64,
    mappings: Vec<Mapping>,
    /// By address.
    pages: Vec<Page>,
}

impl List {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |number: u64| bytes.extend(number.to_ne_bytes());
        put(self.brk);
        put(self.registers);
        put(self.mappings.len() as u64);
        put(self.pages.len() as u64);
        for mapping in &self.mappings {
            mapping.words().into_iter().for_each(&mut put);
        }
        bytes.extend(pages_bytes(&self.pages));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<List> {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut words = words.iter().map(|word| u64::from_ne_bytes(*word));
        let mut next = || words.next();
        let (brk, registers) = (next()?, next()?);
        let (mappings, pages) = (next()? as usize, next()? as usize);
        if !rest.is_empty() || bytes.len() != 32 + 32 * mappings + 32 * pages {
            return None;
        }
        let mut four = || Some([next()?, next()?, next()?, next()?]);
        Some(List {
            brk,
            registers,
            mappings: (0..mappings)
                .map(|_| four().map(Mapping::from_words))
                .collect::<Option<_>>()?,
            pages: (0..pages)
                .map(|_| four().map(Page::from_words))
                .collect::<Option<_>>()?,
        })
    }
}

fn pages_bytes(pages: &[Page]) -> Vec<u8> {
    let words = pages.iter().flat_map(Page::words);
    words.flat_map(u64::to_ne_bytes).collect()
}

/// What leads from one list of pages to another.
fn difference(old: &[Page], new: &[Page]) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut old = old.iter().peekable();
    for page in new {
        while let Some(gone) = old.next_if(|before| before.address < page.address) {
            pages.push(gone.absent());
        }
        let before = old.next_if(|before| before.address == page.address);
        if before != Some(page) {
            pages.push(*page);
        }
    }
    pages.extend(old.map(Page::absent));
    pages
}

/// A list of pages with later changes.
fn merged(old: Vec<Page>, changes: &[Page]) -> Vec<Page> {
    let mut pages = Vec::with_capacity(old.len() + changes.len());
    let mut old = old.into_iter().peekable();
    for page in changes {
        while let Some(kept) = old.next_if(|before| before.address < page.address) {
            pages.push(kept);
        }
        old.next_if(|before| before.address == page.address);
        if page.offset != ABSENT {
            pages.push(*page);
        }
    }
    pages.extend(old);
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: u64, hash: u64) -> Page {
        Page {
            address: address * 4096,
            hash,
            offset: hash * 10,
            bytes: 7,
        }
    }

    fn table(pages: &[(u64, u64)]) -> Vec<Page> {
        let pages = pages.iter();
        pages.map(|&(address, hash)| page(address, hash)).collect()
    }

    #[test]
    fn changes_lead_from_one_list_to_the_other() {
        let lists = [
            table(&[]),
            table(&[(1, 1), (2, 2), (5, 5)]),
            table(&[(1, 1), (2, 3), (4, 4), (5, 5)]),
            table(&[(0, 9), (5, 5), (6, 1)]),
            table(&[(7, 1)]),
        ];
        for old in &lists {
            for new in &lists {
                let changes = difference(old, new);
                assert_eq!(merged(old.clone(), &changes), *new);
            }
        }
        let changes = difference(&lists[1], &lists[2]);
        assert_eq!(changes, table(&[(2, 3), (4, 4)]));
    }

    #[test]
    fn lists_are_written_and_read() {
        let list = List {
            brk: 77,
            registers: 99,
            mappings: vec![Mapping {
                start: 4096,
                end: 8192,
                protection: 3,
                is_file: 0,
            }],
            pages: table(&[(1, 1), (2, 2)]),
        };
        let bytes = list.to_bytes();
        assert_eq!(List::from_bytes(&bytes), Some(list));
        assert_eq!(List::from_bytes(&bytes[1..]), None);
        assert_eq!(List::from_bytes(&bytes[..bytes.len() - 8]), None);
    }
}
