//! Cases of the debugger: a program, commands, and the transcript of a session.
//!
//! The program is recorded; its log is then opened with the commands from the file `.commands`, and
//! what the debugger prints is compared with the file `.out`. Addresses depend on the build, so a
//! transcript has `0x…` for each; `{path}` stands for the program's path. A transcript is full of
//! times: they are the same in each recording of a program that always does the same.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::case::Case;
use crate::launch::{End, Interpreter, Launch};
use crate::printed::without_addresses;

/// The transcript of a case's session.
pub(crate) fn transcript(
    interpreter: &Interpreter,
    case: &Case,
    script: &str,
) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
    let log = folder.path().join("log.rdb");
    let mut args: Vec<OsString> = vec!["--record".into(), log.clone().into(), script.into()];
    args.extend(case.header.args.iter().map(OsString::from));
    let recorded = interpreter.run_once(&Launch {
        args,
        stdin: case.header.stdin.clone().into_bytes(),
        variables: case.header.variables.clone(),
        folder: folder.path().to_path_buf(),
    })?;
    if recorded.end != End::Exit(case.header.exit) {
        return Err(format!("{} while recording", recorded.end));
    }
    let commands = Path::new(script).with_extension("commands");
    if !commands.is_file() {
        return Err("has no file .commands".into());
    }
    let before = fs::read(&log).map_err(|e| format!("cannot read the log: {e}"))?;
    let session = interpreter.run_once(&Launch {
        args: vec![
            "--replay".into(),
            log.clone().into(),
            "--commands".into(),
            commands.into(),
        ],
        folder: folder.path().to_path_buf(),
        ..Launch::default()
    })?;
    if fs::read(&log).ok() != Some(before) {
        return Err("the debugger altered the log".into());
    }
    let errors = String::from_utf8_lossy(&session.stderr);
    if session.end != End::Exit(0) || !errors.is_empty() {
        return Err(format!("{} of the debugger\n{errors}", session.end));
    }
    let text = String::from_utf8_lossy(&session.stdout).replace(script, "{path}");
    Ok(without_addresses(&text, "0x"))
}
