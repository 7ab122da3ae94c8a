//! The source text with its line starts: byte offsets to lines and columns.

use ruff_text_size::{TextRange, TextSize};

pub struct Source<'s> {
    pub text: &'s str,
    /// Byte offset of each line's start.
    starts: Vec<u32>,
}

impl<'s> Source<'s> {
    pub fn new(text: &'s str) -> Source<'s> {
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|&(_, b)| b == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        Source { text, starts }
    }

    /// Index of the line that holds `offset`, from 0. `near` is where the last look-up ended;
    /// code comes mostly in order, so the answer is mostly there or just behind.
    pub fn line_index(&self, offset: TextSize, near: usize) -> usize {
        let offset = offset.to_u32();
        for candidate in near..near + 3 {
            let Some(&start) = self.starts.get(candidate) else {
                break;
            };
            if start <= offset
                && self
                    .starts
                    .get(candidate + 1)
                    .is_none_or(|&next| offset < next)
            {
                return candidate;
            }
        }
        self.starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1)
    }

    pub fn line_start(&self, index: usize) -> u32 {
        self.starts.get(index).copied().unwrap_or(0)
    }

    /// Line from 1 and column from 1 in characters.
    pub fn position(&self, offset: TextSize) -> (u32, u32) {
        let index = self.line_index(offset, 0);
        let start = self.line_start(index) as usize;
        let end = offset.to_usize().min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |before| before.chars().count());
        (index as u32 + 1, column as u32 + 1)
    }

    pub fn line(&self, offset: TextSize) -> u32 {
        self.line_index(offset, 0) as u32 + 1
    }

    /// Text of a line (from 1), newline included.
    pub fn line_text(&self, line: u32) -> Option<&'s str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        self.text.get(start..end)
    }

    pub fn slice(&self, range: TextRange) -> &'s str {
        self.text
            .get(range.start().to_usize()..range.end().to_usize())
            .unwrap_or("")
    }
}
