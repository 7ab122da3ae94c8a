//! The library modules that are written in Python and carried inside the executable.

/// A module: its dotted name, its source, and whether it is a package.
type Frozen = (&'static str, &'static str, bool);

/// All of them, in order of their names; made by the build script.
const MODULES: &[Frozen] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The source of a frozen module, and whether it is a package; what `Vm::frozen` wants.
pub fn find(name: &str) -> Option<(&'static str, bool)> {
    let at = MODULES.binary_search_by(|module| module.0.cmp(name)).ok()?;
    Some((MODULES[at].1, MODULES[at].2))
}

/// The names of all frozen modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_in_order() {
        assert!(super::MODULES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
