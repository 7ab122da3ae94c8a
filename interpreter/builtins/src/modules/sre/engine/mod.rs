//! The engine that runs compiled patterns.
//!
//! `re` compiles a pattern to words (`codes.rs`). The first time that it is used, they are
//! translated (`translate.rs`) into a program (`program.rs`): operations of one size, sets of
//! characters with tables (`sets.rs`, `classes.rs`), and what each choice can tell from the next
//! character (`reach.rs`). A search picks the places where a match may begin (`search.rs`); there
//! the machine tries (`machine.rs`). All of it is generic over the width of the text's characters.

mod classes;
mod codes;
mod machine;
mod program;
mod reach;
mod search;
mod sets;
mod translate;

pub use codes::{CODE_SIZE, MAGIC, MAX_GROUPS, MAX_REPEAT};
pub use machine::{Machine, NOWHERE, Scratch, Unit};
pub use program::Program;
pub use translate::{Invalid, translate};
