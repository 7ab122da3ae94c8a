//! What stands before an executable on the command line: nothing, an emulator, or a tool that
//! counts the instructions.
//!
//! A tool that counts writes into a file of a fixed name in the folder in which the process runs
//! ([`ClockKind::COUNTED`]), so that the command line is the same for every process.

use std::fs;
use std::path::{Path, PathBuf};

use guestcount::PLUGIN;
use model::{ClockKind, Executor, Target};

use sha2::{Digest, Sha256};

use crate::find::in_path;

#[derive(Debug)]
pub(crate) struct Tool {
    /// When the executable is asked what it is.
    pub plain: Vec<String>,
    /// When it is measured.
    pub measuring: Vec<String>,
}

impl Tool {
    /// # Errors
    /// The tool is not on this machine; says what to install.
    pub(crate) fn of(
        executor: &Executor,
        target: Target,
        clock: ClockKind,
    ) -> Result<Tool, String> {
        let is_there = |tool: &str, package: &str| match in_path(Path::new(tool)) {
            Some(_) => Ok(()),
            None => Err(format!(
                "there is no `{tool}`; install Debian's {package}, or remove the executor `{}`",
                executor.name
            )),
        };
        match clock {
            ClockKind::Native => Ok(Tool {
                plain: Vec::new(),
                measuring: Vec::new(),
            }),
            ClockKind::QemuWall => {
                let emulator = target.emulator();
                is_there(&emulator[0], "qemu-user-static")?;
                Ok(Tool {
                    plain: emulator.clone(),
                    measuring: emulator,
                })
            }
            ClockKind::Callgrind => {
                is_there(VALGRIND[0], "valgrind")?;
                let words = VALGRIND.iter().map(|word| (*word).to_owned());
                let log = format!("--log-file={}", ClockKind::COUNTED);
                Ok(Tool {
                    plain: Vec::new(),
                    measuring: words.chain([log]).collect(),
                })
            }
            ClockKind::GuestInstructions => {
                let emulator = target.extensible_emulator();
                is_there(&emulator[0], "qemu-user")?;
                let plugin = plugin()?;
                let option = format!("{},out={}", plugin.display(), ClockKind::COUNTED);
                Ok(Tool {
                    measuring: [&emulator[..], &["-plugin".to_owned(), option]].concat(),
                    plain: emulator,
                })
            }
        }
    }
}

/// The plugin as a file, laid down where it is not there yet: its name has its digest, so that two
/// kraitbenches never have one file.
fn plugin() -> Result<PathBuf, String> {
    if PLUGIN.is_empty() {
        let why = "this kraitbench was built without the plugin that counts under qemu; build it on \
                   the machine that measures, or leave `clock` out of the executor";
        return Err(why.to_owned());
    }
    let digest = Sha256::digest(PLUGIN);
    let digest: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = cache().join("kraitbench");
    let path = folder.join(format!("guestcount-{digest}.so"));
    if fs::read(&path).is_ok_and(|there| there == PLUGIN) {
        return Ok(path);
    }
    let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
    let write = || {
        fs::create_dir_all(&folder)?;
        fs::write(&unfinished, PLUGIN)?;
        fs::rename(&unfinished, &path)
    };
    match write() {
        Ok(()) => Ok(path),
        Err(error) => Err(format!("{} cannot be written: {error}", path.display())),
    }
}

fn cache() -> PathBuf {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(home).unwrap_or_else(std::env::temp_dir)
}

/// Counts are of the process alone, not of what it starts; its own code is looked at anew wherever
/// it may have been changed, as a JIT does. The profile itself is thrown away.
const VALGRIND: [&str; 4] = [
    "valgrind",
    "--tool=callgrind",
    "--smc-check=all-non-file",
    "--callgrind-out-file=/dev/null",
];
