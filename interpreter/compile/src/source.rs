//! The source text with its line starts: byte offsets to lines and columns.
//!
//! A tree that came without source has one that is pretended: lines of one width, whose text is
//! not there, and behind them an appendix.

use ruff_python_ast::AtomicNodeIndex;
use ruff_text_size::{TextRange, TextSize};
use std::ops::Range;

pub struct Source<'s> {
    pub text: &'s str,
    /// Byte offset of each line's start.
    starts: Vec<u32>,
    pretended: Option<Box<Pretended>>,
}

/// What stands in for a text.
struct Pretended {
    /// Bytes of each line.
    width: u32,
    /// Where the lines end and the appendix begins.
    end: u32,
    appendix: String,
    /// What template strings say of their fields, by the fields' node indices.
    labels: Vec<String>,
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
        Source {
            text,
            starts,
            pretended: None,
        }
    }

    /// Lines of one width up to `end`, without text, and then the appendix.
    pub fn pretend(width: u32, end: u32, appendix: String, labels: Vec<String>) -> Source<'static> {
        Source {
            text: "",
            starts: Vec::new(),
            pretended: Some(Box::new(Pretended {
                width,
                end,
                appendix,
                labels,
            })),
        }
    }

    /// Index of the line that holds `offset`, from 0. `near` is where the last look-up ended;
    /// code comes mostly in order, so the answer is mostly there or just behind.
    pub fn line_index(&self, offset: TextSize, near: usize) -> usize {
        let offset = offset.to_u32();
        if let Some(pretended) = &self.pretended {
            return (offset.min(pretended.end - 1) / pretended.width) as usize;
        }
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
        match &self.pretended {
            Some(pretended) => index as u32 * pretended.width,
            None => self.starts.get(index).copied().unwrap_or(0),
        }
    }

    /// The offsets of the line that holds `offset`.
    pub fn line_around(&self, offset: TextSize) -> Range<u32> {
        let index = self.line_index(offset, 0);
        let start = self.line_start(index);
        let end = match &self.pretended {
            Some(pretended) => start + pretended.width,
            None => self.starts.get(index + 1).copied().unwrap_or(u32::MAX),
        };
        start..end
    }

    /// Line from 1 and column from 1 in characters.
    pub fn position(&self, offset: TextSize) -> (u32, u32) {
        let index = self.line_index(offset, 0);
        let start = self.line_start(index) as usize;
        if self.pretended.is_some() {
            return (index as u32 + 1, offset.to_u32() - start as u32 + 1);
        }
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

    pub fn slice(&self, range: TextRange) -> &str {
        let (text, base) = match &self.pretended {
            Some(pretended) => (pretended.appendix.as_str(), pretended.end as usize),
            None => (self.text, 0),
        };
        let from = range.start().to_usize().checked_sub(base);
        from.and_then(|from| text.get(from..range.end().to_usize() - base))
            .unwrap_or("")
    }

    /// Whether the range goes over several lines.
    pub fn spans_lines(&self, range: TextRange) -> bool {
        match &self.pretended {
            Some(_) => self.line(range.start()) != self.line(range.end()),
            None => self.slice(range).contains('\n'),
        }
    }

    /// What a template string says of the field with this index: its text, or what it is
    /// pretended to be.
    pub fn label(&self, index: &AtomicNodeIndex, range: TextRange) -> &str {
        match (&self.pretended, index.load().as_u32()) {
            (Some(pretended), Some(at)) => {
                pretended.labels.get(at as usize).map_or("", String::as_str)
            }
            _ => self.slice(range),
        }
    }
}
