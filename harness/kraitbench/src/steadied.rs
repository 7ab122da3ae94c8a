//! The machine's settings around a run: put back what an earlier one has left, set what was asked
//! for, and say both.

use isolate::machine::{Machine, MachineError, Steady, Undone};
use model::{Environment, Fact};

use crate::failure::Failure;

impl From<MachineError> for Failure {
    fn from(error: MachineError) -> Failure {
        Failure::Machine(error.to_string())
    }
}

/// Undoes what a killed run has left changed. Each start of a run does so, whatever it was asked:
/// figures of a machine that is otherwise than its owner set it are nobody's.
pub fn restore() -> Result<(), Failure> {
    for undone in Machine::here().undo_left()? {
        eprintln!("{}", told(&undone));
    }
    Ok(())
}

/// Sets the machine, where that is asked for. What is given is to be kept until the run's end.
pub fn steady(is_asked: bool) -> Result<Option<Steady>, Failure> {
    restore()?;
    let Some(cpu) = isolate::processor().filter(|_| is_asked) else {
        if is_asked {
            eprintln!("warning: --steady does nothing with one processor only");
        }
        return Ok(None);
    };
    let steady = Machine::here().steady(cpu)?;
    for refused in &steady.refused {
        eprintln!("warning: {refused}");
    }
    Ok(Some(steady))
}

/// What a reader of the figures is to know of it.
pub fn describe(steady: Option<&Steady>, environment: &mut Environment) {
    let Some(steady) = steady else { return };
    for change in &steady.changes {
        let value = format!("/{}: `{}` to `{}`", change.path, change.before, change.set);
        environment
            .facts
            .push(Fact::new("changed for the run", value));
    }
    environment.warnings.extend(steady.refused.iter().cloned());
}

/// Puts the machine back; what was changed by others meanwhile is told.
pub fn put_back(steady: Option<Steady>) -> Result<(), Failure> {
    let Some(steady) = steady else { return Ok(()) };
    for undone in steady.put_back()? {
        if !matches!(undone, Undone::PutBack(_)) {
            eprintln!("{}", told(&undone));
        }
    }
    Ok(())
}

fn told(undone: &Undone) -> String {
    match undone {
        Undone::PutBack(change) => format!(
            "/{} is `{}` again: a run that was killed had left it changed",
            change.path, change.before
        ),
        Undone::NothingToDo(change) => {
            format!(
                "/{} is `{}`, as it was before a run",
                change.path, change.before
            )
        }
        Undone::ChangedSince { change, now } => format!(
            "warning: /{} was `{}` before a run and is `{now}` now, which is not what the run set; \
             it is left",
            change.path, change.before
        ),
    }
}
