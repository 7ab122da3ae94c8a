//! The moments that are images, as the debugger knows them.
//!
//! An image is written by a copy of the process whose moment it is, while that one runs on. One is
//! written at a time, since each is written as its difference from the one before; who comes while
//! one is written does without, so a machine that writes slowly has fewer moments. After a failure no
//! more are written: then moments are kept as processes.
//!
//! They lie in a file (`shelf`) whose length is bounded. Where it is known how much is yet to come, they lie
//! as far apart as it takes for what they need to fit into most of the file. In the rest, or where it is not
//! known, it is as with any supply: the less there is the less is used. They lie twice as far apart when half
//! is taken, four times when half of the rest is, and so on.

use crate::image::{FULL_EVERY, Placed, Record};
use crate::moment::{Lost, Moment};
use crate::protocol::Reply;
use crate::shelf;

/// The number of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ImageId(pub(crate) usize);

pub(crate) struct Stored {
    images: Vec<Placed>,
    /// Where the chain begins that the next image belongs to, if it is not the first of one.
    chain: Option<usize>,
    /// Where the file ends.
    end: u64,
    limit_bytes: u64,
    writer: Option<Moment>,
    is_over: bool,
}

/// Images never lie so many times further apart.
const APART_MAX: f64 = 64.0;
/// The part of the file that is planned with.
const PLANNED_PART: f64 = 0.8;
/// So many images tell how large one is.
const KNOWN_MIN: usize = 8;

impl Stored {
    /// In a file that may become so long.
    pub(crate) fn new(limit_bytes: u64) -> Stored {
        Stored {
            images: Vec::new(),
            chain: None,
            end: shelf::BEGIN,
            limit_bytes,
            writer: None,
            is_over: false,
        }
    }

    /// Those that an earlier session left; the next one begins a chain, as how the last one's pages
    /// were is not known any more.
    pub(crate) fn restore(&mut self, images: Vec<Placed>, end: u64) {
        self.images = images;
        self.end = end;
    }

    /// All that were written, and where the file ends.
    pub(crate) fn all(&mut self) -> (Vec<Placed>, u64) {
        self.finish();
        (self.images.clone(), self.end)
    }

    /// How many times further apart than usual images are to lie, where so many would come if they
    /// lay as usual.
    pub(crate) fn apart(&self, coming: Option<f64>) -> f64 {
        let planned = self.limit_bytes as f64 * PLANNED_PART - self.end as f64;
        let known = self.images.len();
        if let Some(coming) = coming
            && planned > 0.0
            && known >= KNOWN_MIN
        {
            let image_bytes = self.end as f64 / known as f64;
            return (coming * image_bytes / planned).clamp(1.0, APART_MAX);
        }
        let left = self.limit_bytes.saturating_sub(self.end) as f64;
        let part = left / self.limit_bytes.max(1) as f64;
        2f64.powi((-part.max(1e-9).log2()) as i32).min(APART_MAX)
    }

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
        self.is_over |= self.end >= self.limit_bytes;
        if self.is_over {
            return Ok(None);
        }
        let number = self.images.len();
        let chain = self.chain.filter(|first| number - first < FULL_EVERY);
        self.writer = Some(there.store(self.end, chain.is_none())?);
        self.chain = Some(chain.unwrap_or(number));
        Ok(Some(ImageId(number)))
    }

    /// Waits for the one that is written.
    fn finish(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        match writer.told() {
            Ok(Reply::Stored(written)) => {
                let first = self.chain.unwrap_or(self.images.len());
                self.images.push(Placed {
                    record: written.record,
                    first,
                });
                self.end = written.end;
            }
            // The disk is full, or the system allows no images.
            Ok(_) | Err(_) => self.is_over = true,
        }
    }

    /// What makes up an image, if it was written.
    pub(crate) fn chain(&mut self, image: ImageId) -> Option<Vec<Record>> {
        if image.0 >= self.images.len() {
            self.finish();
        }
        let first = self.images.get(image.0)?.first;
        let chain = self.images.get(first..=image.0)?;
        Some(chain.iter().map(|placed| placed.record).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuller_the_file_the_further_apart() {
        let mut stored = Stored::new(1000);
        let mut apart = |end| {
            stored.end = end;
            stored.apart(None)
        };
        assert_eq!(
            [0, 499, 501, 751, 876].map(&mut apart),
            [1.0, 1.0, 2.0, 4.0, 8.0]
        );
        assert_eq!(apart(1000), APART_MAX);
        assert_eq!(apart(2000), APART_MAX);
    }

    #[test]
    fn what_is_yet_to_come_has_room() {
        let mut stored = Stored::new(100_000);
        stored.end = 40_000;
        let record = Record::default();
        stored.images = vec![Placed { record, first: 0 }; 40];
        // There is room for forty more of a thousand bytes each.
        let apart = [0.0, 40.0, 60.0, 160.0, 1e9].map(|coming| stored.apart(Some(coming)));
        assert_eq!(apart, [1.0, 1.0, 1.5, 4.0, APART_MAX]);
        // Beyond what is planned with, the less there is the less is used.
        stored.end = 85_000;
        assert_eq!(stored.apart(Some(0.0)), 4.0);
        // How large they are is not known yet.
        stored.end = 40_000;
        stored.images.truncate(KNOWN_MIN - 1);
        assert_eq!(stored.apart(Some(1e9)), 1.0);
    }
}
