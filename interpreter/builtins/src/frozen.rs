//! The library modules that are written in Python and carried inside the executable: as source, for
//! tracebacks, and as code compiled ahead, so that importing one neither parses nor compiles.

use vm::Frozen;

/// A module and its dotted name.
type Named = (&'static str, Frozen);

/// What all of them consist of, one after the other; the build script says where what begins.
const NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/library.names"));
const SOURCES: &str = include_str!(concat!(env!("OUT_DIR"), "/library.sources"));
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.code"));

/// All of them, in order of their names; made by the build script.
static MODULES: &[Named] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

const fn text(whole: &'static str, at: usize, bytes: usize) -> &'static str {
    whole.split_at(at).1.split_at(bytes).0
}

const fn code(at: usize, bytes: usize) -> &'static [u8] {
    CODE.split_at(at).1.split_at(bytes).0
}

/// The module with this name; what `Vm::frozen` wants.
pub fn find(name: &str) -> Option<Frozen> {
    let at = MODULES.binary_search_by(|module| module.0.cmp(name)).ok()?;
    Some(MODULES[at].1)
}

/// The names of all frozen modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.0)
}

#[cfg(test)]
mod tests {
    use super::MODULES;

    #[test]
    fn the_table_is_in_order() {
        assert!(MODULES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_was_compiled_ahead_passes_the_verifier() {
        for (name, module) in MODULES {
            let code = bytecode::Code::from_bytes(module.code);
            let code = code.unwrap_or_else(|error| panic!("{name}: {error}"));
            if let Err(error) = bytecode::verify(&code) {
                panic!("{name}: {error}");
            }
        }
    }
}
