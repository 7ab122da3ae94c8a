//! How often a function was entered, counted by its code: unlike the counter of any other place, this one
//! is found at once, and it is gone when the code is.

use std::cell::Cell;

/// How often code is still to be entered at its start until someone is to be asked.
#[derive(Default)]
pub struct EntryCount {
    left: Cell<u16>,
    /// What it was set to last; 0: not yet.
    set: Cell<u16>,
}

impl EntryCount {
    /// Counts an entry. True: it has not been counted, and [`EntryCount::due`] is to be asked.
    #[inline(always)]
    pub fn count(&self) -> bool {
        let left = self.left.get();
        if left <= 1 {
            return true;
        }
        self.left.set(left - 1);
        false
    }

    /// Counts an entry that `count` has not counted, `first` being what a counter is set to at first. If
    /// the code has been entered as often as it was set to: how often.
    pub fn due(&self, first: u16) -> Option<u16> {
        if self.set.get() == 0 {
            self.set(first);
        }
        self.count().then(|| self.set.get())
    }

    /// Lets so many entries, at least one, be counted.
    pub fn set(&self, times: u16) {
        self.left.set(times.max(1));
        self.set.set(times.max(1));
    }

    /// Begins anew.
    pub fn forget(&self) {
        self.left.set(0);
        self.set.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: u16 = 3;

    /// Enters code until it is hot: how often, and what it was set to.
    fn entered_until_hot(own: &EntryCount) -> (usize, u16) {
        let due = || own.count().then(|| own.due(FIRST)).flatten();
        (1..=1 << 17)
            .find_map(|times| due().map(|set| (times, set)))
            .unwrap_or_default()
    }

    #[test]
    fn code_is_hot_when_it_was_entered_as_often_as_it_was_set_to() {
        let own = EntryCount::default();
        assert_eq!(entered_until_hot(&own), (3, 3));
        own.set(u16::MAX);
        assert_eq!(entered_until_hot(&own), (65_535, 65_535));
        own.set(0);
        assert_eq!(entered_until_hot(&own), (1, 1));
        assert_eq!(entered_until_hot(&own), (1, 1), "no one has set it");
        own.forget();
        assert_eq!(entered_until_hot(&own), (3, 3));
    }
}
