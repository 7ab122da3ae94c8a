//! Commands that go somewhere else.

use super::{Done, count};
use crate::debugger::moves::Stop;
use crate::debugger::session::{Session, Trouble};

/// Tells how a move ended, and where one is.
pub(super) fn arrived(session: &mut Session, stop: &Stop) -> Done {
    session.tell_stop(stop);
    session.show_position()
}

/// A command that makes a move so many times.
fn repeated(
    session: &mut Session,
    rest: &str,
    one: fn(&mut Session) -> Result<Stop, Trouble>,
) -> Done {
    let stop = session.repeat(count(rest)?, one)?;
    arrived(session, &stop)
}

pub(super) fn step(session: &mut Session, rest: &str) -> Done {
    let stop = session.step(count(rest)?)?;
    arrived(session, &stop)
}

pub(super) fn step_back(session: &mut Session, rest: &str) -> Done {
    let stop = session.step_back(count(rest)?)?;
    arrived(session, &stop)
}

pub(super) fn next(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::next)
}

pub(super) fn next_back(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::next_back)
}

pub(super) fn finish(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::finish)
}

pub(super) fn finish_back(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::finish_back)
}

pub(super) fn until(session: &mut Session, rest: &str) -> Done {
    let line = match rest {
        "" => session.position.line,
        line => (count(line)? as u32).saturating_sub(1),
    };
    let stop = session.until(line)?;
    arrived(session, &stop)
}

pub(super) fn cont(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::go_on)
}

pub(super) fn cont_back(session: &mut Session, rest: &str) -> Done {
    repeated(session, rest, Session::go_back)
}

pub(super) fn go(session: &mut Session, rest: &str) -> Done {
    let mark = session.notes.marks.iter().find(|(name, _)| name == rest);
    let stop = match (mark, rest) {
        (Some(&(_, time)), _) => session.go_within(time)?,
        (None, "start") => {
            session.go(0)?;
            return session.show_position();
        }
        (None, "end") => session.go_end()?,
        (None, "") => return session.show_position(),
        (None, text) => match text.parse() {
            Ok(time) => session.go_within(time)?,
            Err(_) => {
                return Err(Trouble::Text(format!(
                    "'{text}' is neither a time nor a mark; `info marks` lists those"
                )));
            }
        },
    };
    arrived(session, &stop)
}
