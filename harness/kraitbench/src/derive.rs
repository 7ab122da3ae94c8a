//! What is derived of runs: taken from beside the store where it is there, derived and laid there
//! where not. A run that is over is derived once.

use model::RunId;
use regress::derived::{VERSION, decode_samples, encode_figures, encode_samples};
use regress::judged::Observations;
use store::Store;

use crate::chosen;
use crate::failure::Failure;
use crate::render;

fn kind(what: &str) -> String {
    format!("{what}{VERSION}")
}

/// All series of a run, for judging.
///
/// # Errors
/// The run cannot be read, or something in its folder is not as it should be.
pub fn observations(store: &Store, id: &RunId) -> Result<Observations, Failure> {
    let state = store.state(id);
    let known = state
        .as_ref()
        .and_then(|state| store.derived(state, &kind("samples")));
    if let Some(found) = known.and_then(|bytes| decode_samples(&bytes)) {
        return Ok(found);
    }
    let observed = chosen::observations(&render::load(store, id)?);
    if let Some(state) = &state {
        store.keep_derived(state, &kind("samples"), &encode_samples(&observed));
        store.keep_derived(state, &kind("figures"), &encode_figures(&observed));
    }
    Ok(observed)
}

/// The figures of a run's series, for a history.
///
/// # Errors
/// As [`observations`].
pub fn figures(store: &Store, id: &RunId) -> Result<Vec<u8>, Failure> {
    let known = store
        .state(id)
        .and_then(|state| store.derived(&state, &kind("figures")));
    match known {
        Some(bytes) => Ok(bytes),
        None => Ok(encode_figures(&observations(store, id)?)),
    }
}

/// The same of a run that may be damaged: of what can be read, with a word on what cannot.
///
/// # Errors
/// The run's header cannot be read.
pub fn figures_of_what_is_left(store: &Store, id: &RunId) -> Result<Vec<u8>, Failure> {
    match figures(store, id) {
        Err(Failure::Damaged(_)) => {
            let (stored, damage) = store.load(id)?;
            for one in damage {
                eprintln!("warning: the history lacks {one}");
            }
            Ok(encode_figures(&chosen::observations(&stored)))
        }
        other => other,
    }
}
