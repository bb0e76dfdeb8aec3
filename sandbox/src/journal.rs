//! What came in, kept in order, the oldest forgotten when there is very much of it.

use std::collections::VecDeque;

/// How many entries are remembered.
const KEPT: usize = 5_000;

/// Entries by the number of their coming.
pub(crate) struct Journal<T> {
    forgotten: usize,
    kept: VecDeque<T>,
}

impl<T> Default for Journal<T> {
    fn default() -> Self {
        Self { forgotten: 0, kept: VecDeque::new() }
    }
}

impl<T: Clone> Journal<T> {
    /// Writes one down; the number finds it again.
    pub(crate) fn add(&mut self, entry: T) -> usize {
        self.kept.push_back(entry);
        if self.kept.len() > KEPT {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        self.forgotten + self.kept.len() - 1
    }

    /// The entry of a number, unless it is forgotten.
    pub(crate) fn entry(&mut self, number: usize) -> Option<&mut T> {
        let at = number.checked_sub(self.forgotten)?;
        self.kept.get_mut(at)
    }

    /// Everything that is remembered, the oldest first.
    pub(crate) fn all(&self) -> Vec<T> {
        self.kept.iter().cloned().collect()
    }
}
