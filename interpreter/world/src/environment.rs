//! The command line and the environment.

use crate::{Op, World};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The environment of the process, in its order.
pub(crate) fn of_process() -> Vec<(Vec<u8>, Vec<u8>)> {
    std::env::vars_os()
        .map(|(k, v)| (k.into_vec(), v.into_vec()))
        .collect()
}

impl World {
    /// The words of the command line, the program's name first.
    pub fn command_line(&mut self) -> Vec<OsString> {
        let words = self.tap(
            Op::CommandLine,
            |_| (),
            |_| std::env::args_os().map(OsString::into_vec).collect(),
        );
        let words: Vec<Vec<u8>> = words;
        words.into_iter().map(OsString::from_vec).collect()
    }

    /// Where the executable lies, if the system can tell.
    pub fn executable(&mut self) -> Option<String> {
        self.tap(
            Op::Executable,
            |_| (),
            |_| {
                let path = std::env::current_exe().ok()?;
                Some(path.to_string_lossy().into_owned())
            },
        )
    }

    /// The environment that the program starts with, written down or read once.
    pub fn settle_variables(&mut self) {
        let variables = self.variables.clone();
        self.variables = self.tap(Op::Variables, |_| (), |_| variables);
    }

    /// All variables.
    pub fn variables(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.variables.clone()
    }

    /// One variable, if it is set, not empty, and text.
    pub fn variable(&mut self, name: &str) -> Option<String> {
        let (_, value) = self.variables.iter().find(|(k, _)| k == name.as_bytes())?;
        let text = String::from_utf8(value.clone()).ok()?;
        (!text.is_empty()).then_some(text)
    }

    /// Sets a variable for the program and for the processes that it starts.
    pub fn set_variable(&mut self, name: &[u8], value: &[u8]) {
        self.unset_variable(name);
        self.variables.push((name.to_vec(), value.to_vec()));
    }

    pub fn unset_variable(&mut self, name: &[u8]) {
        self.variables.retain(|(k, _)| k != name);
    }

    /// The folder that relative paths start from.
    pub fn current_dir(&mut self) -> io::Result<Vec<u8>> {
        self.tap(
            Op::CurrentDir,
            |_| (),
            |_| Ok(std::env::current_dir()?.into_os_string().into_vec()),
        )
    }

    pub fn set_current_dir(&mut self, path: &[u8]) -> io::Result<()> {
        self.tap(
            Op::SetCurrentDir,
            |q| _ = q.bytes(path),
            |_| std::env::set_current_dir(Path::new(std::ffi::OsStr::from_bytes(path))),
        )
    }
}
