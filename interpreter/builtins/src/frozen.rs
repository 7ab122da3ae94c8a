//! The library modules that are written in Python and carried inside the executable.

/// A module: its dotted name, its source, and whether it is a package.
type Frozen = (&'static str, &'static str, bool);

/// All of them, in order of their names.
const MODULES: &[Frozen] = &[
    ("_anext", include_str!("../lib/_anext.py"), false),
    ("_generic_alias", include_str!("../lib/_generic_alias.py"), false),
    ("_structseq", include_str!("../lib/_structseq.py"), false),
    ("abc", include_str!("../lib/abc.py"), false),
    ("collections", include_str!("../lib/collections.py"), true),
    ("collections.abc", include_str!("../lib/collections/abc.py"), false),
    ("functools", include_str!("../lib/functools.py"), false),
    ("heapq", include_str!("../lib/heapq.py"), false),
];

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
