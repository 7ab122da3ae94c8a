//! Colours of the prompt: on a terminal, unless its user wants none.

use std::env;
use std::io::{self, IsTerminal};

/// Whether texts are painted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Paint {
    is_on: bool,
}

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Prompt,
    Error,
    /// The line that is run next.
    Present,
    /// What is said of a place or a search.
    Remark,
}

/// The signs that switch a terminal to a role's colour, and back.
const COLOURS: &[(Role, &str)] = &[
    (Role::Prompt, "\x1b[1;32m"),
    (Role::Error, "\x1b[31m"),
    (Role::Present, "\x1b[1m"),
    (Role::Remark, "\x1b[36m"),
];
const PLAIN: &str = "\x1b[0m";

impl Paint {
    pub(super) fn none() -> Paint {
        Paint { is_on: false }
    }

    /// As standard output, `NO_COLOR` (any text but none) and `TERM` have it.
    pub(super) fn of_terminal() -> Paint {
        let is_refused = env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty());
        let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
        Paint {
            is_on: io::stdout().is_terminal() && !is_refused && !is_dumb,
        }
    }

    pub(super) fn text(self, role: Role, text: &str) -> String {
        let colour = COLOURS.iter().find(|(known, _)| *known == role);
        match colour {
            Some((_, colour)) if self.is_on => format!("{colour}{text}{PLAIN}"),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_painted_only_on_request() {
        let on = Paint { is_on: true };
        assert_eq!(on.text(Role::Error, "x"), "\x1b[31mx\x1b[0m");
        assert_eq!(Paint::none().text(Role::Error, "x"), "x");
    }
}
