//! The moments that are images, as the debugger knows them.
//!
//! An image is written by a copy of the process whose moment it is, while that one runs on. One is
//! written at a time, since each is written as its difference from the one before; who comes while
//! one is written does without, so a machine that writes slowly has fewer moments. After a failure no
//! more are written: then moments are kept as processes.

use crate::image::{FULL_EVERY, Record};
use crate::moment::{Lost, Moment};
use crate::protocol::Reply;

/// The number of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ImageId(usize);

#[derive(Default)]
pub(crate) struct Stored {
    records: Vec<Record>,
    /// Where the file ends.
    end: u64,
    writer: Option<Moment>,
    is_over: bool,
}

impl Stored {
    /// Whether no more are written.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Bytes in the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Whether one can be begun without waiting.
    pub(crate) fn is_ready(&mut self) -> bool {
        if self.writer.as_ref().is_some_and(Moment::has_news) {
            self.finish();
        }
        self.writer.is_none() && !self.is_over
    }

    /// Has a copy of a process write its image.
    pub(crate) fn begin(&mut self, there: &mut Moment) -> Result<Option<ImageId>, Lost> {
        self.finish();
        if self.is_over {
            return Ok(None);
        }
        let number = self.records.len();
        self.writer = Some(there.store(self.end, number.is_multiple_of(FULL_EVERY))?);
        Ok(Some(ImageId(number)))
    }

    /// Waits for the one that is written.
    fn finish(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        match writer.told() {
            Ok(Reply::Stored(written)) => {
                self.records.push(written.record);
                self.end = written.end;
            }
            // The disk is full, or the system allows no images.
            Ok(_) | Err(_) => self.is_over = true,
        }
    }

    /// What makes up an image, if it was written.
    pub(crate) fn chain(&mut self, image: ImageId) -> Option<Vec<Record>> {
        if image.0 >= self.records.len() {
            self.finish();
        }
        let first = image.0 / FULL_EVERY * FULL_EVERY;
        self.records.get(first..=image.0).map(<[Record]>::to_vec)
    }
}
