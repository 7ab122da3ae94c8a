//! Recording: the interpreter's semantics, executed by a machine that writes them down.
//!
//! [`record`] executes the frame on top until the loop comes round, the function returns or other
//! compiled code is reached, and gives the trace of what was done. `machine` is the recording
//! machine (`values`, `follow`, `generator`, `raise` and `iterate` its parts), `recorder` what it knows of frames and registers, `residual` how it calls the runtime and `lookup` how it does without, `keywords` what it knows of dictionaries that keywords are gathered in,
//! `emit` what every op goes through on its way into the trace (`by_op` what it asks of each, `fields` with `contents` and `seen` what it knows), `peel` how a loop is closed,
//! `body` how bridges enter its body.

mod abort;
mod body;
mod by_op;
mod bytes;
mod contents;
mod emit;
mod fields;
mod floats;
mod follow;
mod generator;
pub mod holding;
mod integers;
mod iterate;
mod keywords;
mod lists;
mod lookup;
mod machine;
mod peel;
mod raise;
mod recorder;
mod residual;
mod seen;
mod shown;
mod slices;
mod slots;
mod start;
mod values;

pub use abort::Abort;
pub use body::{Body, BodyEntry};
pub use emit::Kind;
pub use recorder::{
    Aborted, Dependency, Figures, Limits, Origin, Outcome, Recorded, Recording, Scratch, Start,
    StartFrame, StartObject, StartValue, Target, Targets, record,
};

#[cfg(test)]
mod tests;
