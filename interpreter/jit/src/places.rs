//! Where records of different lengths begin: a place in full for each group of eight, and two bytes
//! for each record.

/// Records that share a full place.
const GROUP: usize = 8;

/// Where each record begins.
#[derive(Debug)]
pub(crate) struct Starts {
    groups: Box<[u32]>,
    offsets: Box<[u16]>,
}

impl Starts {
    /// Of ascending places; `None` if a group is longer than two bytes can say.
    pub(crate) fn of(places: &[u32]) -> Option<Starts> {
        let mut groups = Vec::with_capacity(places.len().div_ceil(GROUP));
        let mut offsets = Vec::with_capacity(places.len());
        for group in places.chunks(GROUP) {
            let (first, last) = (group[0], group[group.len() - 1]);
            u16::try_from(last - first).ok()?;
            groups.push(first);
            offsets.extend(group.iter().map(|place| (place - first) as u16));
        }
        Some(Starts {
            groups: groups.into(),
            offsets: offsets.into(),
        })
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> usize {
        self.groups[at / GROUP] as usize + usize::from(self.offsets[at])
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.groups) + size_of_val(&*self.offsets)
    }
}

#[cfg(test)]
mod tests {
    use super::Starts;

    #[test]
    fn records_are_found_where_they_begin() {
        let places: Vec<u32> = (0..30).map(|at| at * 1000 + at % 7).collect();
        let Some(starts) = Starts::of(&places) else {
            panic!("the places are near enough")
        };
        let found: Vec<u32> = (0..places.len()).map(|at| starts.get(at) as u32).collect();
        assert_eq!(found, places);
        assert!(Starts::of(&[0, 70_000]).is_none());
    }
}
